"""Is it the same one? Duplicates within and across files, merging, and what changed.

Found by rule (the same title or the same subject words of a name, beside the same organisation),
shown with the reason, merged only when asked.
"""

from __future__ import annotations

import hashlib
import re
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal, TypeVar

from matcher.corpora.cells import read_out
from matcher.records import Challenge, Evidence, Team, headers
from matcher.resources import data_path
from matcher.text.normalise import normalise, without_brackets
from matcher.text.organisations import normalise_organisation

RecordT = TypeVar("RecordT", Challenge, Team)
SURE, LIKELY = 0.97, 0.82
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
    records: Iterable[RecordT], against: Iterable[RecordT] = ()
) -> tuple[Duplicate, ...]:
    """Pairs that may be the same: among ``records``, and of them with ``against``.

    Records of the same id are versions of each other and not listed. The surest come first.
    Records are looked at once, one by one; only their names stay in memory.
    """
    everyone = _Keys()
    for record in against:
        everyone.append(record)
    old = len(everyone)
    for record in records:
        everyone.append(record)
    found: dict[tuple[int, int], Duplicate] = {}
    for first, second in _candidates(everyone, old):
        duplicate = everyone.compare(first, second)
        if duplicate is not None:
            found[first, second] = duplicate
    return tuple(sorted(found.values(), key=lambda d: (-d.score, d.first_id, d.second_id)))


@dataclass(frozen=True, slots=True)
class _Key:
    name: str
    organisation: str


class _Keys:
    """Of many records what they are compared by, packed."""

    def __init__(self) -> None:
        from matcher.corpora.duplicates.alike import Names

        self.names = Names()
        self._ids = Names()
        # Organisations are only ever equal or not: a hash of eight bytes tells.
        self._organisations = array("q")
        self._what = ""

    def __len__(self) -> int:
        return len(self.names)

    def append(self, record: Challenge | Team) -> None:
        key = _key(record)
        self.names.append(key.name)
        self._ids.append(record.record_id)
        digest = hashlib.blake2b(key.organisation.encode(), digest_size=8).digest()
        known = int.from_bytes(digest, "big", signed=True) if key.organisation else 0
        self._organisations.append(known)
        self._what = "题目" if isinstance(record, Challenge) else "名称（不计级别）"

    def compare(self, first: int, second: int) -> Duplicate | None:
        one, other = self._ids[first], self._ids[second]
        if one == other:
            return None
        org, its = self._organisations[first], self._organisations[second]
        same_org, unknown_org = org == its != 0, not org or not its
        found = _verdict(self.names[first], self.names[second], same_org, unknown_org, self._what)
        return None if found is None else Duplicate(one, other, *found)


def _key(record: Challenge | Team) -> _Key:
    if isinstance(record, Challenge):
        name, organisation = record.title or record.problem[:60], record.demand_org
    else:
        name, organisation = subject_words(record.team_name), record.org_name
        name = name or normalise(record.leader_name)
    plain = _MARKS.sub("", normalise(name))
    return _Key(plain, _organisation(organisation))


@lru_cache(maxsize=10_000)
def _organisation(name: str) -> str:
    """What an organisation is compared by; thousands of records are of the same few."""
    return _MARKS.sub("", normalise(normalise_organisation(name)))


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
    bare = without_brackets(name)
    return _RANK.sub("", _rank_words().sub("", bare)) or bare


def _candidates(keys: _Keys, old: int) -> Iterator[tuple[int, int]]:
    """Pairs that share a rare run of three characters of their names, and are alike enough."""
    from rapidfuzz import fuzz, process

    from matcher.corpora.duplicates.alike import rare_pairs

    for pairs in rare_pairs(keys.names, old):
        firsts, seconds = ([keys.names[i] for i in column] for column in pairs.T.tolist())
        alike = process.cpdist(firsts, seconds, scorer=fuzz.ratio, score_cutoff=100 * LIKELY - 1)
        yield from map(tuple, pairs[alike > 0].tolist())


def _verdict(
    name: str, other: str, same_org: bool, unknown_org: bool, what: str
) -> tuple[float, str] | None:
    """How surely two are one and why, in words; None if they are not."""
    from rapidfuzz import fuzz

    alike = fuzz.ratio(name, other) / 100
    if alike == 1.0 and same_org:
        return 1.0, f"{what}与单位都相同"
    if alike == 1.0 and unknown_org:
        return 0.95, f"{what}相同，单位有一方未填"
    if alike == 1.0 and len(name) >= 10:
        return 0.9, f"{what}相同，单位不同"
    if same_org and alike >= LIKELY:
        return round(alike * 0.96, 3), f"单位相同，{what}相似 {alike:.0%}"
    if alike >= 0.92 and len(name) >= 8:
        return round(alike * 0.9, 3), f"{what}相似 {alike:.0%}"
    return None


def difference(before: RecordT, after: RecordT) -> tuple[FieldChange, ...]:
    """The fields that differ, with both values as a person reads them."""
    changes: list[FieldChange] = []
    old: Any
    new: Any
    for name, mark in headers(type(before)):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            changes.append(FieldChange(name, mark.name, read_out(old), read_out(new)))
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
        elif name == "indicators" and "indicators_text" in decided:
            values[name] = old if decided["indicators_text"] == "first" else new
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
