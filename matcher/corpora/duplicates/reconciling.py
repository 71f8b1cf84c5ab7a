"""Incoming records against those already there: ids that clash, duplicates, new evidence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from matcher.corpora.duplicates.identity import Duplicate, find_duplicates, merge
from matcher.corpora.headers.kinds import TeamEvidence
from matcher.corpora.rows.tidying import made_id
from matcher.corpora.spool import Spool
from matcher.records import Challenge, Evidence, Team
from matcher.text.normalise import normalise

RecordT = TypeVar("RecordT", Challenge, Team)
_LONGEST_ORDINAL = 4
_ALIKE = 60.0


class Renamed(NamedTuple):
    """A record whose serial number is another record's in the workspace."""

    old_id: str
    new_id: str
    name: str


@dataclass(frozen=True)
class Reconciled(Generic[RecordT]):
    """Records ready to be stored, and what was found about their identity."""

    records: Sequence[RecordT]
    renamed: tuple[Renamed, ...] = ()
    merged: tuple[Duplicate, ...] = ()
    suspected: tuple[Duplicate, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """The same in words."""
        return (
            *(
                f"序号 {old} 在工作区里是另一项，「{name[:30]}」改用编号 {new}"
                for old, new, name in self.renamed
            ),
            *(f"合并：{d.second_id} 并入 {d.first_id}（{d.why}）" for d in self.merged),
            *(f"疑为同一项：{d.first_id} 与 {d.second_id}（{d.why}）" for d in self.suspected),
        )


def reconcile(
    records: Sequence[RecordT], stored: Mapping[str, RecordT], *, merging: bool = False
) -> Reconciled[RecordT]:
    """Give ordinal ids that clash an id of their own, and tell (or merge) duplicates.

    A serial number (1, 2, 3) says nothing across files: where the stored record of that number is
    another one, the incoming record gets an id made from its content. Records are gone through
    one by one, those that change nothing are never held together.
    """
    renamed: list[Renamed] = []
    records = _with_own_ids(records, stored, renamed)
    duplicates = find_duplicates(records, stored.values())
    involved = {i for d in duplicates for i in (d.first_id, d.second_id)}
    now = {r.record_id: r for r in records if r.record_id in involved} if involved else {}
    merged: list[Duplicate] = []
    suspected: list[Duplicate] = []
    for duplicate in duplicates:
        first = now.get(duplicate.first_id) or stored.get(duplicate.first_id)
        second = now.get(duplicate.second_id)
        if first is None or second is None:
            continue
        if merging and duplicate.sure:
            now[duplicate.first_id] = merge(first, second)
            del now[duplicate.second_id]
            merged.append(duplicate)
        else:
            suspected.append(duplicate)
    if merged:
        records = _merged(records, now, involved)
    return Reconciled(records, tuple(renamed), tuple(merged), tuple(suspected))


def _with_own_ids(
    records: Sequence[RecordT], stored: Mapping[str, RecordT], told: list[Renamed]
) -> Sequence[RecordT]:
    """The same records if no id clashes; of those that get the same new id the last one stays."""
    if not any(map(_is_ordinal, stored)):
        return records
    renamed: dict[int, RecordT] = {}
    for position, record in enumerate(records):
        new = _renamed(record, stored, told)
        if new is not record:
            renamed[position] = new
    if not renamed:
        return records
    last = {record.record_id: position for position, record in renamed.items()}
    kept: Spool[RecordT] = Spool()
    for position, record in enumerate(records):
        new = renamed.get(position, record)
        if last.get(new.record_id, position) == position:
            kept.append(new)
    return kept.kept()


def _merged(
    records: Sequence[RecordT], merged: Mapping[str, RecordT], involved: Collection[str]
) -> Sequence[RecordT]:
    """Each record as it is now; what stored records have become comes last."""
    left = dict(merged)
    kept: Spool[RecordT] = Spool()
    for record in records:
        now = left.pop(record.record_id, None) if record.record_id in involved else record
        if now is not None:
            kept.append(now)
    kept.extend(left.values())
    return kept.kept()


def _renamed(record: RecordT, stored: Mapping[str, RecordT], told: list[Renamed]) -> RecordT:
    there = stored.get(record.record_id) if _is_ordinal(record.record_id) else None
    if there is None or _same_thing(record, there):
        return record
    field = "challenge_id" if isinstance(record, Challenge) else "team_id"
    new = made_id(type(record), record.model_dump())
    told.append(Renamed(record.record_id, new, record.name))
    return record.model_copy(update={field: new})


def _is_ordinal(record_id: str) -> bool:
    return record_id.isdecimal() and len(record_id) <= _LONGEST_ORDINAL


def _same_thing(one: Any, other: Any) -> bool:
    from rapidfuzz import fuzz

    return fuzz.ratio(normalise(one.name), normalise(other.name)) >= _ALIKE


def with_evidence(
    teams: Mapping[str, Team], rows: Sequence[TeamEvidence]
) -> tuple[list[Team], list[str]]:
    """The teams with evidence of theirs added (what they have already is passed over).

    Also gives the ids or names no team has.
    """
    names = Counter(team.team_name for team in teams.values() if team.team_name)
    by_name = {t.team_name: t.team_id for t in teams.values() if names[t.team_name] == 1}
    fresh: dict[str, list[Evidence]] = defaultdict(list)
    strays: dict[str, None] = {}
    for row in rows:
        owner = row.team_id if row.team_id in teams else by_name.get(row.team_id)
        if owner is None:
            strays[row.team_id] = None
            continue
        values = {field: getattr(row, field) for field in Evidence.model_fields}
        fresh[owner].append(Evidence.model_construct(**values))
    changed = []
    for owner, pieces in fresh.items():
        addition = teams[owner].model_copy(update={"evidence": tuple(pieces), "extra": {}})
        changed.append(merge(teams[owner], addition))
    return changed, list(strays)
