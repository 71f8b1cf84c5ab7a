"""Is it the same one? Duplicates within and across files, merging, and what changed.

Found by rule (the same title or the same subject words of a name, beside the same organisation),
shown with the reason, merged only when asked.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeVar

from matcher.corpora.cells import format_cell
from matcher.records import Challenge, Evidence, Team, headers
from matcher.resources import data_path
from matcher.text.normalise import normalise
from matcher.text.organisations import normalise_organisation

RecordT = TypeVar("RecordT", Challenge, Team)
SURE, LIKELY = 0.97, 0.82
_GRAM = 3
_RARE = 60
_MARKS = re.compile(r"[\W_]+")
_RANK = re.compile(
    r"(?:省部共建|国家级|省级|市级|教育部|科技部|辽宁省|全国|国家)?(?:重点|工程|技术|协同)?"
    r"(?:实验室|研究中心|创新中心|工程中心|技术中心|研究室|课题组|创新团队|团队|研究所|研究组|平台)"
)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two records that may be one: their ids, how sure (0-1), and why, in words."""

    first_id: str
    second_id: str
    score: float
    why: str

    @property
    def sure(self) -> bool:
        """Whether the rule merges them without a person."""
        return self.score >= SURE


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that differs between two versions."""

    field: str
    label: str
    before: str
    after: str


def find_duplicates(
    records: Sequence[RecordT], against: Sequence[RecordT] = ()
) -> tuple[Duplicate, ...]:
    """Pairs that may be the same: among ``records``, and of them with ``against``.

    Records of the same id are versions of each other and not listed. The surest come first.
    """
    everyone = [*against, *records]
    keys = [_key(record) for record in everyone]
    found: dict[tuple[int, int], Duplicate] = {}
    for first, second in _candidates(keys, len(against)):
        one, other = everyone[first], everyone[second]
        if one.record_id == other.record_id:
            continue
        duplicate = _compare(one, other, keys[first], keys[second])
        if duplicate is not None:
            found[first, second] = duplicate
    return tuple(sorted(found.values(), key=lambda d: (-d.score, d.first_id, d.second_id)))


@dataclass(frozen=True, slots=True)
class _Key:
    name: str
    organisation: str


def _key(record: Challenge | Team) -> _Key:
    if isinstance(record, Challenge):
        name, organisation = record.title or record.problem[:60], record.demand_org
    else:
        name, organisation = subject_words(record.team_name), record.org_name
        name = name or normalise(record.leader_name)
    plain = _MARKS.sub("", normalise(name))
    return _Key(plain, _MARKS.sub("", normalise(normalise_organisation(organisation))))


@cache
def _rank_words() -> re.Pattern[str]:
    lines = data_path("corpora/dictionary/rank_words.txt").read_text(encoding="utf-8").split("\n")
    words = sorted((w.strip() for w in lines if len(w.strip()) > 2 and w[0] != "#"), key=len)
    return re.compile("|".join(re.escape(word) for word in reversed(words)))


def subject_words(name: str) -> str:
    """The name of a laboratory without its rank, which changes when it is renamed.

    >>> subject_words("轧制技术及连轧自动化国家重点实验室(RAL)")
    '轧制技术及连轧自动化'
    """
    bare = re.sub(r"[(（].*?[)）]", "", name)
    return _RANK.sub("", _rank_words().sub("", bare)) or bare


def _candidates(keys: Sequence[_Key], old: int) -> Iterable[tuple[int, int]]:
    """Pairs that share a rare run of three characters of their names."""
    index: dict[str, list[int]] = defaultdict(list)
    for position, key in enumerate(keys):
        grams = {key.name[i : i + _GRAM] for i in range(max(1, len(key.name) - _GRAM + 1))}
        for gram in grams:
            if gram:
                index[gram].append(position)
    seen: set[tuple[int, int]] = set()
    for members in index.values():
        if len(members) > _RARE:
            continue
        for i, first in enumerate(members):
            for second in members[i + 1 :]:
                if second >= old and (first, second) not in seen:
                    seen.add((first, second))
                    yield first, second


def _compare(one: Challenge | Team, other: Challenge | Team, a: _Key, b: _Key) -> Duplicate | None:
    from rapidfuzz import fuzz

    alike = fuzz.ratio(a.name, b.name) / 100
    same_org = bool(a.organisation) and a.organisation == b.organisation
    unknown_org = not a.organisation or not b.organisation
    what = "题目" if isinstance(one, Challenge) else "名称 (不计级别)"
    if alike == 1.0 and same_org:
        score, why = 1.0, f"{what}与单位都相同"
    elif alike == 1.0 and (unknown_org or len(a.name) >= 10):
        score, why = (
            0.95 if unknown_org else 0.9,
            f"{what}相同, 单位{'有一方未填' if unknown_org else '不同'}",
        )
    elif same_org and alike >= LIKELY:
        score, why = round(alike * 0.96, 3), f"单位相同, {what}相似 {alike:.0%}"
    elif alike >= 0.92 and len(a.name) >= 8:
        score, why = round(alike * 0.9, 3), f"{what}相似 {alike:.0%}"
    else:
        return None
    return Duplicate(one.record_id, other.record_id, score, why)


def difference(before: RecordT, after: RecordT) -> tuple[FieldChange, ...]:
    """The fields that differ, with both values as a table shows them."""
    changes: list[FieldChange] = []
    old: Any
    new: Any
    for name, mark in headers(type(before)):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            changes.append(
                FieldChange(name, mark.name, str(format_cell(old)), str(format_cell(new)))
            )
    for column in dict.fromkeys((*before.extra, *after.extra)):
        was, now = before.extra.get(column), after.extra.get(column)
        if was != now:
            changes.append(FieldChange(f"extra.{column}", column, str(was or ""), str(now or "")))
    return tuple(changes)


def merge(
    first: RecordT, second: RecordT, choices: Mapping[str, Literal["first", "second"]] | None = None
) -> RecordT:
    """Two records of one thing as one, under the id of the first.

    By rule what the second (newer) says wins where it says anything, lists are joined. ``choices``
    decides single fields by hand.
    """
    decided = choices or {}
    values: dict[str, Any] = {}
    for name, field in type(first).model_fields.items():
        old: Any = getattr(first, name)
        new: Any = getattr(second, name)
        if name in decided:
            values[name] = old if decided[name] == "first" else new
        elif name == "evidence":
            values[name] = _joined_evidence(old, new)
        elif name == "extra":
            values[name] = {**old, **new}
        elif name == "indicators":
            values[name] = new or old
        elif isinstance(old, tuple):
            values[name] = tuple(dict.fromkeys((*old, *new)))
        else:
            values[name] = old if new == field.get_default() or new is None else new
    values["challenge_id" if isinstance(first, Challenge) else "team_id"] = first.record_id
    return first.model_copy(update=values)


def _joined_evidence(old: Sequence[Evidence], new: Sequence[Evidence]) -> tuple[Evidence, ...]:
    known = {(piece.kind, _MARKS.sub("", normalise(piece.title))) for piece in old}
    fresh = (p for p in new if (p.kind, _MARKS.sub("", normalise(p.title))) not in known)
    return (*old, *fresh)
