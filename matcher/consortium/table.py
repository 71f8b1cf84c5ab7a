"""Who covers what, as numbers; and the groups that need a member of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matcher.arithmetic import weighted
from matcher.arrays import WideArray
from matcher.consortium.problem import Applicant, ConsortiumRules, Requirement

# Coverages closer than this are the same; well above the solver's tolerance of 1e-6.
EPSILON = 1e-4


@dataclass(frozen=True, eq=False)
class Table:
    """Applicants by place, and the groups that need a member of theirs."""

    needs: tuple[Requirement, ...]
    applicants: tuple[Applicant, ...]
    groups: tuple[WideArray, ...]

    @cached_property
    def levels(self) -> WideArray:
        """(n_applicants, n_facets)."""
        rows = [[a.coverage.get(n.label, 0.0) for n in self.needs] for a in self.applicants]
        return np.array(rows, dtype=np.float64).reshape(len(rows), len(self.needs))

    @cached_property
    def weights(self) -> WideArray:
        """(n_facets,); the largest is 1."""
        given = np.array([n.weight for n in self.needs], dtype=np.float64)
        return given / given.max() if len(given) else given

    def gain(self, chosen: Sequence[int]) -> float:
        """f(S) = Σ weight · best level among the chosen."""
        if not chosen:
            return 0.0
        return float(weighted(self.levels[list(chosen)].max(axis=0, initial=0.0), self.weights))


def groups_of(
    applicants: Sequence[Applicant], rules: ConsortiumRules
) -> tuple[list[WideArray], list[str]]:
    """Who is in each group that needs a member; the groups nobody is in, in words."""
    wanted = [(group, f"没有{'或'.join(group)}可以参加") for group in rules.kinds]
    if rules.enterprise_lead and not rules.lead_org:
        wanted.append((("企业",), "没有企业可作盟主"))
    groups, unmet = [], []
    for group, complaint in wanted:
        inside = np.array([a.org_type in group for a in applicants], dtype=np.float64)
        if inside.any():
            groups.append(inside)
        else:
            unmet.append(complaint)
    if len(fewest_for(groups)) > rules.max_teams:
        unmet.append(f"最多 {rules.max_teams} 个团队，凑不齐所要的单位类型")
        groups = []
    return groups, unmet


def fewest_for(groups: Sequence[WideArray]) -> list[WideArray]:
    """Groups that need a member of their own (groups are of organisation types)."""
    apart: list[WideArray] = []
    for group in sorted(groups, key=lambda g: float(g.sum())):
        if all(not (group * other).any() for other in apart):
            apart.append(group)
    return apart
