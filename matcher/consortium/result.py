"""The proposal: who does what, what stays open, and how it compares with the best team alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from matcher.consortium.problem import ConsortiumRules
from matcher.consortium.search import fewest_possible
from matcher.consortium.table import Table


@dataclass(frozen=True, slots=True)
class Member:
    """A member and the facets it answers for (best of all members on them)."""

    team_id: str
    org: str
    role: Literal["盟主", "成员"]
    fit: float
    facets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FacetCover:
    """Who covers a facet, and how well: 覆盖 (level 1), 部分 (above 0)."""

    label: str
    team_id: str
    level: float


@dataclass(frozen=True, slots=True)
class Consortium:
    """The proposal.

    Attributes:
        members: 盟主 first, then by number of facets and fit.
        lead: organisation that leads; "" when the rules ask none.
        cover: facets somebody covers, in the order given.
        open: facets no member shows anything on.
        coverage: Σ weight·level / Σ weight, 0..1.
        best_single, single_coverage: the best team alone, and its coverage.
        unmet: rules that could not be kept, in words.
        exact: the fewest teams for this coverage, proven.
        fewest: no consortium of fewer members has this coverage.
    """

    members: tuple[Member, ...]
    lead: str
    cover: tuple[FacetCover, ...]
    open: tuple[str, ...]
    coverage: float
    best_single: str
    single_coverage: float
    unmet: tuple[str, ...]
    exact: bool
    fewest: int


def proposal(
    table: Table, chosen: list[int], rules: ConsortiumRules, unmet: list[str], proven: bool
) -> Consortium:
    """The chosen applicants as a proposal.

    Args:
        table: all applicants.
        chosen: places of the members.
        rules: asked.
        unmet: rules that could not be kept, in words.
        proven: nobody has this coverage with fewer members.
    """
    cover = _cover(table, chosen)
    total = float(table.weights.sum()) or 1.0
    alone = [(table.gain([i]), a.fit, a.team_id) for i, a in enumerate(table.applicants)]
    single = max(alone, key=lambda item: (item[0], item[1]), default=(0.0, 0.0, ""))
    members = _members(table, chosen, cover, rules)
    lead = rules.lead_org or next((m.org or m.team_id for m in members if m.role == "盟主"), "")
    named = {c.label for c in cover}
    reached = table.gain(chosen)
    return Consortium(
        members=members,
        lead=lead if rules.enterprise_lead else "",
        cover=cover,
        open=tuple(n.label for n in table.needs if n.label not in named),
        coverage=reached / total,
        best_single=single[2],
        single_coverage=single[0] / total,
        unmet=tuple(unmet),
        exact=proven,
        fewest=len(chosen) if proven else fewest_possible(table, reached),
    )


def _cover(table: Table, chosen: list[int]) -> tuple[FacetCover, ...]:
    """Per facet the member with the highest level, then fit, then the first id."""
    cover = []
    for need in table.needs:
        able = [
            (-a.coverage.get(need.label, 0.0), -a.fit, a.team_id)
            for a in (table.applicants[i] for i in chosen)
        ]
        level, _, team = min(able, default=(0.0, 0.0, ""))
        if level < 0:
            cover.append(FacetCover(need.label, team, -level))
    return tuple(cover)


def _members(
    table: Table, chosen: list[int], cover: tuple[FacetCover, ...], rules: ConsortiumRules
) -> tuple[Member, ...]:
    teams = [table.applicants[i] for i in chosen]
    held = {a.team_id: tuple(c.label for c in cover if c.team_id == a.team_id) for a in teams}
    teams.sort(key=lambda a: (-len(held[a.team_id]), -a.fit, a.team_id))
    wanted = rules.enterprise_lead and not rules.lead_org
    lead = next((a.team_id for a in teams if wanted and a.org_type == "企业"), None)
    members = [
        Member(a.team_id, a.org, "盟主" if a.team_id == lead else "成员", a.fit, held[a.team_id])
        for a in teams
    ]
    return tuple(sorted(members, key=lambda m: m.role != "盟主"))
