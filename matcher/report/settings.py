"""What a report is asked: which challenges, how deep, under which rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from matcher.plan_settings import PlanSettings
from matcher.report.profiles import DEFAULT_PROFILE


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
        dated: the day the report bears; None for none.
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
    dated: date | None = None
