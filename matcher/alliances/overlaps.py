"""Alliances that are one, and organisations in several: found and shown, never merged unasked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz

from matcher.alliances.members import research_members
from matcher.alliances.organisations import Organisations
from matcher.policy import name_key
from matcher.records.alliance import Alliance

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
    known = Organisations.of(alliances)
    leads = _by_key(known, alliances, lambda a: [a.lead_org])
    found = [
        Overlap("疑似重复", one.lead_org, (one.alliance_id, other.alliance_id), words)
        for _, mine in leads.values()
        for place, one in enumerate(mine)
        for other in mine[place + 1 :]
        if (words := _same(known, one, other))
    ]
    found += _shared("同一盟主", leads.values(), "牵头")
    found += _shared("同一高校院所", _by_key(known, alliances, research_members).values(), "参加")
    return tuple(found)


def duplicates_of(
    alliance: Alliance, others: Iterable[Alliance], known: Organisations | None = None
) -> tuple[str, ...]:
    """Ids of the other alliances that a new one may be: of one lead, by credit code or by name."""
    kept = list(others)
    organisations = known or Organisations.of([alliance, *kept])
    return tuple(
        other.alliance_id
        for other in kept
        if other.alliance_id != alliance.alliance_id
        and organisations.same(other.lead_org, alliance.lead_org)
        and _same(organisations, alliance, other)
    )


def _same(known: Organisations, one: Alliance, other: Alliance) -> str:
    """Why two alliances of one lead may be the same; empty where they are not alike."""
    lead = "盟主相同"
    if name_key(one.lead_org) != name_key(other.lead_org):
        lead = f"盟主信用代码相同（{one.lead_org}、{other.lead_org}）"
    if one.name and other.name and fuzz.ratio(one.name, other.name) >= _ALIKE:
        return f"{lead}，名称相近：{one.name}、{other.name}"
    mine = {known.key(m) for m in one.members}
    if mine and mine == {known.key(m) for m in other.members}:
        ours, theirs = "、".join(one.tech_domain), "、".join(other.tech_domain)
        apart = ours and theirs and not set(one.tech_domain) & set(other.tech_domain)
        words = "盟主和成员单位都相同" if lead == "盟主相同" else f"{lead}，成员单位相同"
        return words + (f"，领域不同（{ours}；{theirs}），请核对" if apart else "")
    return ""


def _by_key(
    known: Organisations, alliances: Sequence[Alliance],
    names: Callable[[Alliance], Iterable[str]],
) -> dict[str, tuple[list[str], list[Alliance]]]:  # fmt: skip
    """Names and alliances of each organisation, however it is written."""
    kept: dict[str, tuple[list[str], list[Alliance]]] = {}
    for alliance in alliances:
        for name in dict.fromkeys(names(alliance)):
            if name:
                written, mine = kept.setdefault(known.key(name), ([], []))
                if name not in written:
                    written.append(name)
                mine.append(alliance)
    return kept


def _shared(
    kind: OverlapKind, groups: Iterable[tuple[list[str], list[Alliance]]], verb: str
) -> list[Overlap]:
    """Organisations in several alliances; of one written in several ways all of them."""
    found = []
    for written, mine in groups:
        if len(mine) > 1:
            also = f"（也写作{'、'.join(written[1:])}）" if len(written) > 1 else ""
            words = f"{written[0]}{also}{verb} {len(mine)} 个联盟"
            found.append(Overlap(kind, written[0], tuple(a.alliance_id for a in mine), words))
    return sorted(found, key=lambda o: (-len(o.alliances), o.organisation))
