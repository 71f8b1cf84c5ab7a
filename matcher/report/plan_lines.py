"""The plan as lines of the report: who is proposed for what, how firmly, against whom."""

from __future__ import annotations

from dataclasses import dataclass

from matcher.assignment import Concentration
from matcher.ranking.grades import Band

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
    org_type: str
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
        lowest: the band below which nobody is assigned; "" where all are.
        rule: by which rule it was distributed, in words.
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
    lowest: str = ""
    rule: str = ""


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

    @property
    def is_parting(self) -> bool:
        """Whether the two came to nothing before; no rule says so."""
        return self.severity == "禁止" and not self.rule


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
            (f"基尼系数（0–1, {a.population} 个单位）", round(a.gini, 4), round(b.gini, 4)),
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
class AwardLine:
    """A challenge that was given to a team already: nobody else is proposed for it."""

    challenge_id: str
    challenge_title: str
    team_id: str
    team_name: str
    org_name: str
    state: str

    @property
    def words(self) -> str:
        """Who has it, and how far they are."""
        return f"{self.team_name}（{self.org_name}，{self.state}）"


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
