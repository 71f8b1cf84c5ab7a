"""The report as data: what every face (xlsx, docx, html, json, csv) shows, and nothing else.

Plain frozen objects that pydantic reads back from JSON. No contacts, no times: the same inputs
give the same report.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from matcher.assignment import CHANGE, Concentration
from matcher.matches import fit
from matcher.ranking.grades import Band, Coverage, Verdict
from matcher.report.changes import Changes

RiskLevel = Literal["高", "中", "低"]
UNRECORDED = "未记录"
FIRMNESS = ("稳", "较稳", "难分")
_FIRM, _FAIR = 0.8, 0.5


def firmness_word(stays: float | None) -> str:
    """稳: kept by at least 80% of the draws; 较稳: at least 50%; 难分: fewer.

    >>> [firmness_word(share) for share in (1.0, 0.5, 0.4, None)]
    ['稳', '较稳', '难分', '']
    """
    if stays is None:
        return ""
    return FIRMNESS[0 if stays >= _FIRM else 1 if stays >= _FAIR else 2]


def moved(change: float) -> str:
    """A relative move in words.

    >>> moved(0.1)
    '±10%'
    """
    return f"±{change:.0%}"


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
    status: Coverage
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
        earlier_work: titles of pieces on which the demand organisation is named.
        conversions: titles of pieces that were put to use.
        maturity_gap: levels short of the target; None where either is not known.
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
    earlier_work: tuple[str, ...] = ()
    conversions: tuple[str, ...] = ()
    maturity_gap: int | None = None

    def labels(self, status: Coverage) -> tuple[str, ...]:
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

    @property
    def fit(self) -> float:
        """What the assignment adds up for it."""
        return fit(self.chance, self.rank)


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
class FactLine:
    """What a record says about an item of an alliance condition (`RuleBook.items`), and which."""

    key: str
    holds: bool
    basis: str


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
    """One challenge on one page.

    Attributes:
        bounty: in words, which also say whether it is negotiable or was not stated.
        facts: of the alliance of demand organisation and assigned teams, as the records have
            them; items left out are for staff to look into. Empty where nobody is assigned.
    """

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
    bounty: str = ""
    total_budget_wan: float | None = None
    fiscal_support_wan: float | None = None
    received_wan: float | None = None
    amounts: tuple[AmountLine, ...] = ()
    facts: tuple[FactLine, ...] = ()
    findings: tuple[Caution, ...] = ()
    joint: JointProposal | None = None
    failure: str = ""

    @property
    def facts_in_words(self) -> str:
        """Who asks, in which field and place, for how much, until when."""
        told = (
            self.demand_org, self.tech_domain, f"{self.province}{self.city}",
            f"榜额 {self.bounty}" if self.bounty else "",
            f"截止 {self.deadline}" if self.deadline else "",
        )  # fmt: skip
        return " · ".join(filter(None, told))


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One assigned pair or alternate.

    Attributes:
        forced: pinned by staff.
        stays: part of the draws of the sensitivity analysis that keep it, 0..1; None where it
            was not asked.
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
    stays: float | None

    @property
    def firmness(self) -> str:
        """稳, 较稳 or 难分; "" where it was not asked."""
        return firmness_word(self.stays)


@dataclass(frozen=True, slots=True)
class PlanSummary:
    """The plan in figures.

    Attributes:
        gap: how much better a plan could at most be, relative; None when no bound is known.
        infeasible: why pins of staff could not be honoured, in words; else "".
        limits: what kept teams out, in words.
        org_limit: most assignments of one organisation; None without limit.
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
    org_limit: int | None = None


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

    def measures(self) -> list[tuple[str, float | str, float | str]]:
        """(measure, of the plan, of the ranking alone)."""
        a, b = self.plan, self.ranking
        outside = ["不详" if c.out_of_province is None else round(c.out_of_province, 4)
                   for c in (a, b)]  # fmt: skip
        return [
            ("配对数", a.pairs, b.pairs),
            ("HHI (0–1)", round(a.hhi, 4), round(b.hhi, 4)),
            (f"基尼系数 (0–1, {a.population} 个单位)", round(a.gini, 4), round(b.gini, 4)),
            ("省外占比 (0–1)", outside[0], outside[1]),
            ("省份不详的配对", a.province_unknown, b.province_unknown),
        ]


@dataclass(frozen=True, slots=True)
class Rival:
    """A team that takes a challenge instead in a part of the draws, 0..1."""

    team_id: str
    team_name: str
    band: Band
    fit: float
    share: float


@dataclass(frozen=True, slots=True)
class FlipLine:
    """An assignment that does not hold in every draw.

    Attributes:
        fit: of the assigned team.
        stays: part of the draws that keep it, 0..1.
        lost_to: moves of weights that give it up, by name.
        rivals: who takes the challenge instead, most frequent first.
    """

    challenge_id: str
    challenge_title: str
    team_id: str
    team_name: str
    band: Band
    fit: float
    stays: float
    lost_to: tuple[str, ...]
    rivals: tuple[Rival, ...]

    @property
    def word(self) -> str:
        """较稳 or 难分."""
        return firmness_word(self.stays)


@dataclass(frozen=True, slots=True)
class Firmness:
    """How firm the plan is when every fit moves by up to ±``change``; see docs/assignment.md.

    Attributes:
        draws: random moves that were solved.
        weights: moves of the objective's weights that were solved, by name.
        counts: assignments by word (稳, 较稳, 难分).
        adverse_holds: the whole plan survives the worst case.
        flips: the assignments that are not 稳, the least firm first.
    """

    change: float
    draws: int
    weights: tuple[str, ...]
    counts: tuple[tuple[str, int], ...]
    adverse_holds: bool
    flips: tuple[FlipLine, ...]

    @property
    def open_calls(self) -> tuple[FlipLine, ...]:
        """The assignments a meeting should decide by looking at the evidence (难分)."""
        return tuple(f for f in self.flips if f.word == FIRMNESS[-1])


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
class RuleLine:
    """One rule of the pack with its numbers and source.

    Attributes:
        table: 原则, 资格与冲突, 资金, 联盟条件 or 评估方面.
        figures: its numbers in words, "" without any.
        checked: whether the pack's author held it against the original.
    """

    rule: str
    table: str
    text: str
    figures: str
    source: str
    checked: bool
    url: str


@dataclass(frozen=True, slots=True)
class AskedItem:
    """A line staff fill in: an item of an alliance condition, or an aspect of the evaluation.

    Attributes:
        rule: the condition or aspect it belongs to.
        met, missing, unknown: answered challenges by what their records say (items only).
    """

    key: str
    text: str
    rule: str
    source: str
    met: int = 0
    missing: int = 0
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class AmountRule:
    """A funding rule as arithmetic over 总投入, 财政支持 and what was received this year.

    Attributes:
        kind: of `matcher.policy.pack.FundingRule`.
        factor: share or multiple; None where the rule has none.
        cap_wan: most, 万元; None where the rule has none.
    """

    rule: str
    name: str
    kind: str
    factor: float | None
    cap_wan: float | None
    source: str


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The rule pack as a reader needs it beside the figures.

    Attributes:
        items: of the alliance conditions. aspects: of the evaluation.
        full_marks: of each aspect.
        amounts: the arithmetic of single challenges; ranges stand in ``rules`` only.
    """

    pack: str
    name: str
    rules: tuple[RuleLine, ...]
    items: tuple[AskedItem, ...]
    aspects: tuple[AskedItem, ...]
    full_marks: float
    marks_note: str
    amounts: tuple[AmountRule, ...]


@dataclass(frozen=True, slots=True)
class ProgrammeLine:
    """What a challenge may ask for of one programme.

    Attributes:
        about: the alliance that carries it, and how that is known.
        most_wan: None where it may not be asked for, or no figure is named.
        working: how the sum came about.
        lacks: what is missing or to be verified, each with whom to ask; ``gaps`` their names.
        rule: of the pack, by its id.
    """

    challenge_id: str
    title: str
    programme: str
    rule: str
    verdict: str
    receiver: str
    year: int
    most_wan: float | None
    working: str
    lacks: tuple[str, ...]
    gaps: tuple[str, ...]
    about: str
    source: str


@dataclass(frozen=True)
class Report:
    """Everything a meeting is shown.

    Attributes:
        rulebook: None where no rule pack was used.
        programmes: what each challenge may ask for; empty where the pack has no programmes.
        notes: what must be said aloud about this report (no calibration, nothing assigned, ...).
        method: (what, how) for the method sheet.
        library: teams that were looked through; 0 where it was not kept.
        sure: how the probability behind bands and verdicts was checked.
        changes: what moved since an earlier report; None where it was not asked.
        home: the province of the rule pack, taken for challenges that name none.
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
    rulebook: RuleBook | None = None
    programmes: tuple[ProgrammeLine, ...] = ()
    library: int = 0
    sure: str = ""
    changes: Changes | None = None
    home: str = ""

    @property
    def at_risk(self) -> tuple[ChallengeCard, ...]:
        """Challenges that may go unanswered, worst first."""
        order = {"高": 0, "中": 1}
        risky = [card for card in self.cards if card.risk.level in order]
        return tuple(sorted(risky, key=lambda c: (order[c.risk.level], c.challenge_id)))

    @property
    def moved(self) -> str:
        """By how much every fit is moved to see how firm the plan is, e.g. ±10%."""
        return moved(CHANGE if self.firmness is None else self.firmness.change)

    def team_name(self, team_id: str) -> str:
        """What a person calls a team of the report; the id where it is not in it."""
        return self._team_names.get(team_id, team_id)

    @cached_property
    def _team_names(self) -> dict[str, str]:
        return {t.team_id: t.team_name for t in self.teams}
