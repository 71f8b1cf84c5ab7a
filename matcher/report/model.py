"""The report as data: what every face (xlsx, docx, html, json, csv) shows, and nothing else.

Plain frozen objects that pydantic reads back from JSON. No contacts, no times: the same inputs
give the same report.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from matcher.assignment import Concentration
from matcher.explanation import CoverageStatus
from matcher.ranking.calibration import Band, Verdict

RiskLevel = Literal["高", "中", "低"]
UNRECORDED = "未记录"


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """One piece of evidence behind a place in a ranking."""

    kind: str
    title: str
    year: int | None
    terms: tuple[str, ...]
    snippet: str
    source_url: str


@dataclass(frozen=True, slots=True)
class RequirementLine:
    """One requirement, held against one team.

    Attributes:
        evidence: what covers it; "" where nothing is seen.
        demonstrated: values the team's evidence records on an indicator; `UNRECORDED` without
            any, "" where the requirement is no indicator.
    """

    label: str
    text: str
    status: CoverageStatus
    evidence: str
    demonstrated: str = ""


@dataclass(frozen=True, slots=True)
class Caution:
    """Something a reader should check before calling the team; with its rule where one says so."""

    kind: str
    text: str
    rule: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class TeamLine:
    """One team in the ranking of a challenge.

    Attributes:
        score: orders this ranking only.
        chance: calibrated, in 0..1; the fit an assignment adds up. Shown in words (``band``).
        role: 主 or 备选 in the plan, else "".
        override: 人工推荐 or 人工排除 with the reason, else "".
    """

    rank: int
    team_id: str
    team_name: str
    org_name: str
    org_type: str
    province: str
    city: str
    score: float
    band: Band
    chance: float | None
    evidence: tuple[EvidenceLine, ...]
    requirements: tuple[RequirementLine, ...]
    cautions: tuple[Caution, ...] = ()
    role: str = ""
    override: str = ""

    def labels(self, status: CoverageStatus) -> tuple[str, ...]:
        """Labels of the requirements with this status."""
        return tuple(r.label for r in self.requirements if r.status == status)


@dataclass(frozen=True, slots=True)
class Contender:
    """A candidate of the assignment, shown or not."""

    team_id: str
    rank: int
    score: float
    band: Band
    chance: float | None


@dataclass(frozen=True, slots=True)
class RankedChallenge:
    """What the matcher says of one challenge; kept on disk so that a long run can resume.

    Attributes:
        failure: why it could not be ranked, else "".
    """

    challenge_id: str
    verdict: Verdict
    teams: tuple[TeamLine, ...]
    contenders: tuple[Contender, ...]
    failure: str = ""


@dataclass(frozen=True, slots=True)
class AmountLine:
    """A figure in 万元 with its working, rule and source."""

    name: str
    value_wan: float
    working: str
    rule: str
    source: str


@dataclass(frozen=True, slots=True)
class JointMember:
    """A member of a proposed consortium and the requirements it answers for."""

    team_id: str
    team_name: str
    org_name: str
    role: str
    requirements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JointProposal:
    """The fewest teams that cover more than the best team alone.

    Attributes:
        coverage, single: Σ levels / number of requirements, 0..1: together, the best team alone.
        open: requirements nobody shows anything on.
    """

    members: tuple[JointMember, ...]
    coverage: float
    best_single: str
    single: float
    open: tuple[str, ...]
    unmet: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Risk:
    """Whether a challenge may go unanswered (流标), why, and what could be done."""

    level: RiskLevel
    reason: str
    advice: str


@dataclass(frozen=True, slots=True)
class ChallengeCard:
    """One challenge on one page."""

    challenge_id: str
    title: str
    demand_org: str
    tech_domain: str
    province: str
    city: str
    bounty_wan: float | None
    deadline: str
    summary: str
    source: str
    verdict: Verdict
    teams: tuple[TeamLine, ...]
    assigned: tuple[str, ...]
    alternates: tuple[str, ...]
    risk: Risk
    amounts: tuple[AmountLine, ...] = ()
    findings: tuple[Caution, ...] = ()
    joint: JointProposal | None = None
    failure: str = ""


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One assigned pair or alternate.

    Attributes:
        forced: pinned by staff.
        firm: no scenario of the sensitivity analysis gives it up; None where it was not asked.
    """

    challenge_id: str
    challenge_title: str
    team_id: str
    team_name: str
    org_name: str
    province: str
    role: str
    band: Band
    rank: int
    fit: float
    forced: bool
    firm: bool | None


@dataclass(frozen=True, slots=True)
class PlanSummary:
    """The plan in figures.

    Attributes:
        gap: how much better a plan could at most be, relative; None when no bound is known.
        infeasible: why pins of staff could not be honoured, in words; else "".
        limits: what kept teams out, in words.
    """

    answered: int
    challenges: int
    total_fit: float
    worst_fit: float | None
    optimal: bool
    gap: float | None
    infeasible: str
    limits: tuple[str, ...]
    lines: tuple[PlanLine, ...]


@dataclass(frozen=True, slots=True)
class ConflictLine:
    """A rule, an override or a limit that touches a pair."""

    severity: str
    challenge_id: str
    challenge_title: str
    team_id: str
    team_name: str
    org_name: str
    text: str
    rule: str
    source: str


@dataclass(frozen=True, slots=True)
class TeamView:
    """The list as one team sees it.

    Attributes:
        capacity: challenges it can still take; None without limit.
    """

    team_id: str
    team_name: str
    org_name: str
    org_type: str
    province: str
    capacity: int | None
    active: int
    assigned: tuple[str, ...]
    alternate: tuple[str, ...]
    first: tuple[str, ...]
    listed: int


@dataclass(frozen=True, slots=True)
class Spread:
    """Concentration of the plan beside that of the ranking alone, and pairs by province."""

    plan: Concentration
    ranking: Concentration
    provinces: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class FlipLine:
    """An assignment that does not hold when fits and weights move."""

    challenge_id: str
    team_id: str
    team_name: str
    scenarios: tuple[str, ...]
    replaced_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Firmness:
    """Which assignments flip at ±``change``; ``scenarios`` were solved."""

    change: float
    scenarios: tuple[str, ...]
    kept: int
    adverse_holds: bool
    flips: tuple[FlipLine, ...]


@dataclass(frozen=True, slots=True)
class OverrideLine:
    """A decision of staff, and whether the plan honours it."""

    challenge_id: str
    team_id: str
    team_name: str
    stage: str
    reason: str
    who: str
    when: str
    honoured: str


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a meeting is shown.

    Attributes:
        notes: what must be said aloud about this report (no calibration, nothing assigned, ...).
        method: (what, how) for the method sheet.
    """

    title: str
    cards: tuple[ChallengeCard, ...]
    plan: PlanSummary
    conflicts: tuple[ConflictLine, ...]
    teams: tuple[TeamView, ...]
    spread: Spread
    firmness: Firmness | None
    overrides: tuple[OverrideLine, ...]
    notes: tuple[str, ...]
    method: tuple[tuple[str, str], ...] = field(default=())

    @property
    def at_risk(self) -> tuple[ChallengeCard, ...]:
        """Challenges that may go unanswered, worst first."""
        order = {"高": 0, "中": 1}
        risky = [card for card in self.cards if card.risk.level in order]
        return tuple(sorted(risky, key=lambda c: (order[c.risk.level], c.challenge_id)))

    def team_name(self, team_id: str) -> str:
        """What a person calls a team of the report; the id where it is not in it."""
        return next((t.team_name for t in self.teams if t.team_id == team_id), team_id)
