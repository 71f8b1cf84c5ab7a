"""The report as data: what every face (xlsx, docx, html, json, csv) shows, and nothing else.

Plain frozen objects that pydantic reads back from JSON. No contacts, and no time but the day asked
for: the same inputs give the same report.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from matcher.assignment import CHANGE
from matcher.matches import fit
from matcher.ranking.grades import Band, Coverage, Verdict
from matcher.report.changes import Changes
from matcher.report.plan_lines import (
    AwardLine,
    ConflictLine,
    Firmness,
    OverrideLine,
    PlanSummary,
    Spread,
    TeamView,
)
from matcher.report.rule_lines import ProgrammeLine, RuleBook

RiskLevel = Literal["高", "中", "低"]
UNRECORDED = "未记录"


def moved(change: float) -> str:
    """A relative move in words.

    >>> moved(0.1)
    '±10%'
    """
    return f"±{change:.0%}"


def place(province: str, city: str) -> str:
    """Where it is, a municipality once.

    >>> place("辽宁", "沈阳"), place("北京", "北京")
    ('辽宁沈阳', '北京')
    """
    return province if city == province else f"{province}{city}"


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

    @property
    def place(self) -> str:
        """Its province and city."""
        return place(self.province, self.city)

    @property
    def only_says(self) -> bool:
        """Whether nothing is on record but what the team says of itself."""
        return any(caution.kind == "只有自述" for caution in self.cautions)

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
            self.demand_org, self.tech_domain, place(self.province, self.city),
            f"榜额 {self.bounty}" if self.bounty else "",
            f"截止 {self.deadline}" if self.deadline else "",
        )  # fmt: skip
        return " · ".join(filter(None, told))


@dataclass(frozen=True, slots=True)
class CheckedWord:
    """How often a band or a verdict was right where people judged what it was said of.

    Attributes:
        word: a band or a verdict.
        n: challenges that were told the verdict, on average; None for bands.
        right: share worth calling, or having a fitting team, 0..1.
        partly: share that is only near, or fits in part; None where it was not kept.
    """

    word: str
    n: float | None
    right: float
    partly: float | None


@dataclass(frozen=True, slots=True)
class Checked:
    """How bands and verdicts did where they were checked.

    Attributes:
        words: the figures; empty where none were kept.
        by: who judged, for page one; basis: who judged what, in full.
        known: challenges of this list that are among the judged ones, which the ranking learned
            from; others: those nobody judged.
        plain: what there is to say without figures.
    """

    words: tuple[CheckedWord, ...] = ()
    by: str = ""
    basis: str = ""
    known: int = 0
    others: int = 0
    plain: str = ""

    def right(self, word: str) -> float | None:
        """The share of a word that was right; None where it was not kept."""
        return next((one.right for one in self.words if one.word == word), None)


@dataclass(frozen=True, slots=True)
class TopicPoint:
    """A challenge or a team on the map; the nearer two are, the more alike what they are about.

    Attributes:
        x, y: whole numbers from 0 to 1000.
        field: of a challenge; of a team that of the challenge nearest to it.
        verdict: of a challenge; "" of a team.
    """

    id: str
    name: str
    x: int
    y: int
    field: str
    verdict: str = ""

    @property
    def unmet(self) -> bool:
        """Whether it is a challenge that no team of the library was found to fit."""
        return self.verdict in (Verdict.DOUBTFUL, Verdict.NOBODY)


@dataclass(frozen=True, slots=True)
class TopicField:
    """A technical field: its challenges, those no team was found to fit, and teams near it."""

    name: str
    challenges: int
    unmet: int
    teams: int


@dataclass(frozen=True, slots=True)
class TopicMap:
    """A list against a library by what they are about; made by `matcher.report.topics`.

    Attributes:
        demand, supply: challenges and teams.
        fields: where most lacks a team first.
    """

    demand: tuple[TopicPoint, ...]
    supply: tuple[TopicPoint, ...]
    fields: tuple[TopicField, ...]


@dataclass(frozen=True)
class Report:
    """Everything a meeting is shown.

    Attributes:
        rulebook: None where no rule pack was used.
        programmes: what each challenge may ask for; empty where the pack has no programmes.
        notes: what must be said aloud about this report (no calibration, nothing assigned, ...).
        method: (what, how) for the method sheet.
        library: teams that were looked through; 0 where it was not kept.
        newest: the year of their newest achievement; 0 where none bears one.
        checked: how bands and verdicts were checked.
        changes: what moved since an earlier report; None where it was not asked.
        home: the province of the rule pack, taken for challenges that name none.
        topics: the list against the library; None without an encoder.
        awarded: the challenges asked for that are given away; they have no card.
        dated: the day the report bears, e.g. 2026-11-29; "" for none.
        lists: (file, challenges) they came from; empty where the records do not say.
        libraries: (file, teams), likewise.
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
    newest: int = 0
    checked: Checked = field(default_factory=Checked)
    changes: Changes | None = None
    home: str = ""
    topics: TopicMap | None = None
    awarded: tuple[AwardLine, ...] = ()
    dated: str = ""
    lists: tuple[tuple[str, int], ...] = ()
    libraries: tuple[tuple[str, int], ...] = ()

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
