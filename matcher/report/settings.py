"""What a report is asked: which challenges, how deep, under which rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from matcher.assignment import RESEARCH_MEMBER, Exclusion, Objective, Rules
from matcher.report.profiles import DEFAULT_PROFILE

LOWEST_BANDS = ("强", "中", "弱", "未定")


@dataclass(frozen=True, slots=True)
class PlanSettings:
    """What staff set for the assignment; formulas in ``docs/assignment.md``.

    Attributes:
        lowest_band: nobody is assigned below it (不拉郎配).
        research_member: a university or institute on every answered challenge.
        worst_off: λ in 0..1, weight of the worst-off challenge.
        spread: μ, the penalty on assignments in one organisation.
        default_capacity: 可承担数 of teams that state none; None for no limit.
    """

    lowest_band: str = "中"
    min_teams: int = 1
    max_teams: int = 1
    alternates: int = 2
    leader_limit: int | None = None
    org_limit: int | None = None
    research_member: bool = False
    worst_off: float = 0.0
    spread: float = 0.0
    default_capacity: int | None = 1
    time_limit_s: float = 60.0

    def rules(
        self, forced: tuple[tuple[str, str], ...] = (), excluded: tuple[Exclusion, ...] = ()
    ) -> Rules:
        """As the engine takes them."""
        return Rules(
            min_teams=self.min_teams,
            max_teams=self.max_teams,
            alternates=self.alternates,
            leader_limit=self.leader_limit,
            org_limit=self.org_limit,
            kinds=RESEARCH_MEMBER if self.research_member else (),
            lowest_band=self.lowest_band,
            forced=forced,
            excluded=excluded,
        )

    @property
    def objective(self) -> Objective:
        """As the engine takes it."""
        return Objective(worst_off=self.worst_off, concentration=self.spread)


@dataclass(frozen=True, slots=True)
class ReportSettings:
    """What a report is asked.

    Attributes:
        top: teams shown for a challenge, with evidence.
        contenders: teams of a challenge the assignment may choose from.
        only: ids of challenges; empty for all.
        since: only challenges still open on this day; None for all.
        draws: random moves of the fits in the sensitivity analysis; 0 leaves the analysis out.
        old_after: evidence is called old when the team's newest shown piece is this many years
            older than the newest of the library.
        profile: for whom, one of `matcher.report.profiles.PROFILES`.
    """

    title: str = "技术需求与科研团队匹配报告"
    top: int = 10
    contenders: int = 40
    only: tuple[str, ...] = ()
    since: date | None = None
    draws: int = 40
    old_after: int = 8
    plan: PlanSettings = field(default_factory=PlanSettings)
    profile: str = DEFAULT_PROFILE
