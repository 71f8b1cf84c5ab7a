"""The fewest teams that together cover a challenge, beside the best single team.

A facet (a part of the challenge) is covered as well as the best member covers it: two halves do not
make a whole. The gain f(S) = Σ weight · max over members of level is monotone and submodular.
Small libraries are solved exactly (facility location in whole numbers), large ones greedily with
lazy evaluation (Minoux 1978) and a stated bound.
"""

from __future__ import annotations

from collections.abc import Sequence

from matcher.consortium.problem import (
    LEVELS,
    Applicant,
    ConsortiumRules,
    Requirement,
    check,
    coverage_levels,
    requirements,
)
from matcher.consortium.result import Consortium, FacetCover, Member, proposal
from matcher.consortium.search import chosen_applicants
from matcher.consortium.table import Table, groups_of

__all__ = [
    "LEVELS",
    "Applicant",
    "Consortium",
    "ConsortiumRules",
    "FacetCover",
    "Member",
    "Requirement",
    "consortium",
    "coverage_levels",
    "requirements",
]


def consortium(
    needs: Sequence[Requirement],
    applicants: Sequence[Applicant],
    rules: ConsortiumRules | None = None,
) -> Consortium:
    """The fewest teams that cover what can be covered, and among those the fittest.

    In this order: most coverage that ``max_teams`` members who keep the rules can reach; fewest
    members that reach ``share`` of it; largest total fit; lot by id.

    Raises:
        InputError: a weight, level, fit or rule out of its range, or an id given twice.

    >>> found = consortium(
    ...     [Requirement("提纯"), Requirement("烧结")],
    ...     [Applicant("T1", fit=0.9, coverage={"提纯": 1}),
    ...      Applicant("T2", fit=0.5, coverage={"烧结": 1}),
    ...      Applicant("T3", fit=0.2, coverage={"提纯": 1, "烧结": 1})])
    >>> [member.team_id for member in found.members]
    ['T3']
    """
    asked = rules or ConsortiumRules()
    check(needs, applicants, asked)
    ordered = sorted(applicants, key=lambda a: a.team_id)
    groups, unmet = groups_of(ordered, asked)
    table = Table(tuple(needs), tuple(ordered), tuple(groups))
    chosen, proven = chosen_applicants(table, asked)
    return proposal(table, chosen, asked, unmet, proven)
