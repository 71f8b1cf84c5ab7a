"""A list of alliances held against those that are kept; nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matcher.alliances.organisations import Organisations
from matcher.alliances.overlaps import duplicates_of
from matcher.records.alliance import Alliance


@dataclass(frozen=True)
class Incoming:
    """What a list would do.

    Attributes:
        added, changed, unchanged: records by what becomes of them.
        suspects: of an added one, the ids of those kept or incoming it may be.
    """

    added: tuple[Alliance, ...]
    changed: tuple[Alliance, ...]
    unchanged: int
    suspects: Mapping[str, tuple[str, ...]]


def held_against(records: Sequence[Alliance], kept: Sequence[Alliance]) -> Incoming:
    """What becomes of the records of a list: what it says goes over what is kept.

    >>> one = Alliance(alliance_id="A", name="轴承联盟", note="已备案")
    >>> held_against([Alliance(alliance_id="A", name="新名")], [one]).changed[0].note
    '已备案'
    """
    known = {one.alliance_id: one for one in kept}
    added, changed, unchanged = [], [], 0
    for record in records:
        before = known.get(record.alliance_id)
        if before is None:
            added.append(record)
        elif _content(before) != _content(over := _over(before, record)):
            changed.append(over)
        else:
            unchanged += 1
    organisations = Organisations.of((*kept, *added))
    by_lead: dict[str, list[Alliance]] = {}
    for one in (*kept, *added):
        by_lead.setdefault(organisations.key(one.lead_org), []).append(one)
    suspects = {
        one.alliance_id: duplicates_of(one, by_lead[organisations.key(one.lead_org)], organisations)
        for one in added
    }
    # A pair of the list itself is told once, by the first of the two.
    told = {
        one: tuple(o for o in alike if o > one or one not in suspects.get(o, ()))
        for one, alike in suspects.items()
    }
    return Incoming(tuple(added), tuple(changed), unchanged, {k: v for k, v in told.items() if v})


def _content(record: Alliance) -> str:
    return record.model_dump_json(exclude={"source"}, exclude_defaults=True)


def _over(before: Alliance, record: Alliance) -> Alliance:
    """What the list says goes over what is kept; what it leaves out stays."""
    said = {name: getattr(record, name) for name in record.model_fields_set}
    return before.model_copy(update={**said, "extra": before.extra | record.extra})
