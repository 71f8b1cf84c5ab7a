"""What is asked: requirements to cover, teams that could join, rules a consortium must keep."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from matcher.assignment.problem import Kinds
from matcher.errors import InputError
from matcher.ranking.grades import Coverage
from matcher.records import ORG_TYPES

if TYPE_CHECKING:
    from matcher.explanation import Explanation
    from matcher.matches import Match

LEVELS: Mapping[str, float] = {
    Coverage.COVERED: 1.0, Coverage.PARTLY: 0.5, Coverage.UNSEEN: 0.0,
}  # fmt: skip
"""What a coverage status counts for."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """A facet that should be covered; ``weight`` above 0 is its importance beside the others."""

    label: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Applicant:
    """A team that could join.

    Attributes:
        fit: 0 or more; decides between consortia that cover as much with as few teams.
        coverage: level in 0..1 by facet label; labels left out count 0.
    """

    team_id: str
    org: str = ""
    org_type: str = "其他"
    fit: float = 0.0
    coverage: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def from_match(cls, match: Match, fit: float | None = None) -> Applicant:
        """An applicant from a match with an explanation.

        Args:
            match: of one team.
            fit: instead of the match's score; scores below 0 count 0.

        Raises:
            InputError: the match carries no explanation.
        """
        if match.explanation is None:
            raise InputError(
                "这条匹配没有解释，不知道覆盖了哪些要求",
                given=match.team_id,
                remedy="匹配时设 explained 大于 0",
            )
        worth = max(0.0, match.score) if fit is None else fit
        team = match.team
        levels = coverage_levels(match.explanation)
        return cls(team.team_id, team.org_name, team.org_type, worth, levels)


@dataclass(frozen=True, slots=True)
class ConsortiumRules:
    """What a consortium must be.

    Attributes:
        max_teams: most members.
        enterprise_lead: an enterprise leads (盟主).
        lead_org: the demand enterprise, where it leads itself; then no other is looked for.
        kinds: groups of organisation types, one member of each; a university or institute is
            ``matcher.assignment.RESEARCH_MEMBER``.
        share: part of what is coverable that must be covered, 0..1.
        exact_up_to: applicants above which the greedy method is used.
    """

    max_teams: int = 5
    enterprise_lead: bool = False
    lead_org: str = ""
    kinds: Kinds = ()
    share: float = 1.0
    exact_up_to: int = 300


def coverage_levels(explanation: Explanation) -> dict[str, float]:
    """Levels by facet label from an explanation: 覆盖 1, 部分 0.5, 未见 0."""
    return {c.facet.label: LEVELS[c.status] for c in explanation.coverage}


def requirements(
    matches: Iterable[Match], weights: Mapping[str, float] | None = None
) -> tuple[Requirement, ...]:
    """The facets of the challenge as the first explained match lists them.

    Args:
        matches: of one challenge.
        weights: by facet label; 1 where not given.

    Raises:
        InputError: the challenge has a title and nothing that could be shared out.
    """
    given = weights or {}
    for match in matches:
        if match.explanation is not None:
            labels = [c.facet.label for c in match.explanation.coverage]
            if not labels:
                raise InputError(
                    "这个需求只有题目，没有可以分给各团队的要求",
                    given=match.challenge.name,
                    expected="问题、技术难点、攻关内容或考核指标",
                    remedy="补充后重试",
                )
            return tuple(Requirement(label, given.get(label, 1.0)) for label in labels)
    return ()


def check(
    needs: Sequence[Requirement], applicants: Sequence[Applicant], rules: ConsortiumRules
) -> None:
    """Raises: InputError: a weight, level, fit or rule out of its range, or an id given twice."""
    faults = [f"要求 {n.label} 的权重 {n.weight}" for n in needs if not 0 < n.weight < math.inf]
    for a in applicants:
        if not 0 <= a.fit < math.inf:
            faults.append(f"团队 {a.team_id} 的契合度 {a.fit}")
        faults += [
            f"团队 {a.team_id} 对 {label} 的覆盖 {level}"
            for label, level in a.coverage.items()
            if not 0 <= level <= 1
        ]
    for what, ids in (
        ("要求", [n.label for n in needs]),
        ("团队", [a.team_id for a in applicants]),
    ):
        faults += [f"{what} {i} 重复" for i in sorted({i for i in ids if ids.count(i) > 1})]
    if rules.max_teams < 1 or not 0 < rules.share <= 1:
        faults.append(f"最多团队数 {rules.max_teams}，覆盖比例 {rules.share}")
    if any(set(group) - set(ORG_TYPES) or not group for group in rules.kinds):
        faults.append(f"单位类型 {rules.kinds}")
    if faults:
        raise InputError(
            "联合体的输入不能用",
            given="; ".join(faults[:5]),
            expected="权重大于 0，覆盖在 0–1，契合度不小于 0，编号不重复，至少允许 1 个团队",
            remedy="改正后重试",
        )
