"""Alliances that are one, and organisations in several: found and shown, never merged unasked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz

from matcher.alliances.members import research_members
from matcher.records.alliance import Alliance
from matcher.text.organisations import normalise_organisation

OverlapKind = Literal["疑似重复", "同一盟主", "同一高校院所"]
_ALIKE = 85.0


@dataclass(frozen=True, slots=True)
class Overlap:
    """What several alliances have in common."""

    kind: OverlapKind
    organisation: str
    alliances: tuple[str, ...]
    words: str


def overlaps(alliances: Sequence[Alliance]) -> tuple[Overlap, ...]:
    """Suspected duplicates, leads of several, research members of several; the largest first.

    >>> one = Alliance(alliance_id="A1", name="轴承联盟", lead_org="甲公司", members=["乙大学"])
    >>> other = one.model_copy(update={"alliance_id": "A2"})
    >>> [(o.kind, o.alliances) for o in overlaps([one, other])]
    [('疑似重复', ('A1', 'A2')), ('同一盟主', ('A1', 'A2')), ('同一高校院所', ('A1', 'A2'))]
    """
    leads = _by_key(alliances, lambda a: [a.lead_org])
    found = [
        Overlap("疑似重复", one.lead_org, (one.alliance_id, other.alliance_id), words)
        for _, mine in leads.values()
        for place, one in enumerate(mine)
        for other in mine[place + 1 :]
        if (words := _same(one, other))
    ]
    found += _shared("同一盟主", leads.values(), "牵头")
    found += _shared("同一高校院所", _by_key(alliances, research_members).values(), "参加")
    return tuple(found)


def duplicates_of(alliance: Alliance, known: Iterable[Alliance]) -> tuple[str, ...]:
    """Ids of the known alliances that a new one may be."""
    lead = normalise_organisation(alliance.lead_org)
    return tuple(
        other.alliance_id
        for other in known
        if other.alliance_id != alliance.alliance_id
        and normalise_organisation(other.lead_org) == lead
        and _same(alliance, other)
    )


def _same(one: Alliance, other: Alliance) -> str:
    """Why two alliances of one lead may be the same; empty where they are not alike."""
    if one.name and other.name and fuzz.ratio(one.name, other.name) >= _ALIKE:
        return f"盟主相同，名称相近：{one.name}、{other.name}"
    mine = {normalise_organisation(m) for m in one.members}
    if mine and mine == {normalise_organisation(m) for m in other.members}:
        ours, theirs = set(one.tech_domain), set(other.tech_domain)
        if not ours or not theirs or ours & theirs:
            return "盟主和成员单位都相同"
    return ""


def _by_key(
    alliances: Sequence[Alliance], names: Callable[[Alliance], Iterable[str]]
) -> dict[str, tuple[str, list[Alliance]]]:
    kept: dict[str, tuple[str, list[Alliance]]] = {}
    for alliance in alliances:
        for name in dict.fromkeys(names(alliance)):
            if name:
                kept.setdefault(normalise_organisation(name), (name, []))[1].append(alliance)
    return kept


def _shared(
    kind: OverlapKind, groups: Iterable[tuple[str, list[Alliance]]], verb: str
) -> list[Overlap]:
    found = [
        Overlap(kind, name, tuple(a.alliance_id for a in mine), f"{name}{verb} {len(mine)} 个联盟")
        for name, mine in groups
        if len(mine) > 1
    ]
    return sorted(found, key=lambda o: (-len(o.alliances), o.organisation))
