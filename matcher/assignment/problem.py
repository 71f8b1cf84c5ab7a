"""What an assignment is asked: openings, bidders, candidate pairs, rules, objective. Plain data."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from matcher.errors import InputError
from matcher.ranking.grades import Band
from matcher.records import ORG_TYPES, Challenge, Team

Kinds = tuple[tuple[str, ...], ...]
"""Groups of organisation types; a challenge needs at least one team of every group."""

RESEARCH_MEMBER: Kinds = (("高校", "科研院所"),)
"""A university or an institute in each."""

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Opening:
    """A challenge open for bids.

    Attributes:
        must_answer: leaving it unanswered is not allowed (makes a plan impossible where nobody
            above the lowest band is free).
        min_teams, max_teams, kinds: instead of the problem's `Rules`; None to keep them.
        province: of the demand organisation, for the concentration measures.
    """

    challenge_id: str
    must_answer: bool = False
    min_teams: int | None = None
    max_teams: int | None = None
    kinds: Kinds | None = None
    province: str = ""

    @classmethod
    def from_challenge(cls, challenge: Challenge) -> Opening:
        """An opening under the problem's rules."""
        return cls(challenge.challenge_id, province=challenge.province)


@dataclass(frozen=True, slots=True)
class Bidder:
    """A team that may be assigned.

    Attributes:
        capacity: challenges it can still take (可承担数 less 在研数); None for no limit.
        active: challenges it holds already; counted against the limit per leader.
    """

    team_id: str
    org: str = ""
    leader: str = ""
    org_type: str = "其他"
    province: str = ""
    capacity: int | None = 1
    active: int = 0

    @classmethod
    def from_team(cls, team: Team, default_capacity: int | None = 1) -> Bidder:
        """A bidder with what is left of the team's capacity.

        Args:
            team: the record.
            default_capacity: 可承担数 where the record has none; None for no limit.

        >>> Bidder.from_team(Team(team_id="T", max_challenges=3, active_challenges=1)).capacity
        2
        """
        most = default_capacity if team.max_challenges is None else team.max_challenges
        return cls(
            team_id=team.team_id,
            org=team.org_name,
            leader=team.leader_name,
            org_type=team.org_type,
            province=team.province,
            capacity=None if most is None else max(0, most - team.active_challenges),
            active=team.active_challenges,
        )

    @property
    def leader_key(self) -> tuple[str, str] | None:
        """Who leads: names repeat across the country, so within the organisation."""
        return (self.org, self.leader) if self.leader else None


@dataclass(frozen=True, slots=True)
class CandidatePair:
    """A team worth considering for a challenge.

    Attributes:
        fit: 0 or more, larger is better, comparable between challenges (a calibrated score).
        band: one of the rules' bands.
    """

    challenge_id: str
    team_id: str
    fit: float
    band: str

    @property
    def key(self) -> tuple[str, str]:
        """(challenge_id, team_id)."""
        return (self.challenge_id, self.team_id)


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A pair that may not be assigned, and why (a conflict, a refusal, a decision of staff)."""

    challenge_id: str
    team_id: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """What staff set for the whole list.

    Attributes:
        min_teams, max_teams: per answered challenge; a challenge gets none or at least
            ``min_teams``.
        alternates: 备选 named per answered challenge.
        leader_limit: most challenges one leader may hold, running ones included; None for no limit.
        org_limit: most teams of one organisation in this plan; None for no limit.
        kinds: groups of organisation types, one team of each group per answered challenge.
        bands: strongest first.
        lowest_band: nobody is assigned below it (不拉郎配); None for the last of ``bands``.
        forced: pairs (challenge_id, team_id) that staff pinned.
        excluded: pairs that may not be.
    """

    min_teams: int = 1
    max_teams: int = 1
    alternates: int = 2
    leader_limit: int | None = None
    org_limit: int | None = None
    kinds: Kinds = ()
    bands: tuple[str, ...] = tuple(Band)
    lowest_band: str | None = Band.MEDIUM
    forced: tuple[tuple[str, str], ...] = ()
    excluded: tuple[Exclusion, ...] = ()

    @property
    def allowed_bands(self) -> tuple[str, ...]:
        """The bands from which teams may be assigned."""
        if self.lowest_band is None:
            return self.bands
        return self.bands[: self.bands.index(self.lowest_band) + 1]


@dataclass(frozen=True, slots=True)
class Objective:
    """What the best plan is (formulas in ``docs/assignment.md``).

    Attributes:
        worst_off: λ in 0..1; 0 maximises total fit, 1 the fit of the worst-off answered challenge
            and then total fit, between is a balance.
        concentration: μ ≥ 0, the fit given up per pair of assignments in one organisation.
        answered_first: as many challenges as possible are answered (never below the lowest band)
            before fit counts; needed where ``worst_off`` is above 0.
    """

    worst_off: float = 0.0
    concentration: float = 0.0
    answered_first: bool = True


@dataclass(frozen=True, slots=True)
class AssignmentProblem:
    """Everything `assign` looks at; the order of the tuples does not matter.

    Attributes:
        time_limit_s: seconds for the search; beyond it the best plan found and its gap.
    """

    openings: tuple[Opening, ...]
    bidders: tuple[Bidder, ...]
    pairs: tuple[CandidatePair, ...]
    rules: Rules = field(default_factory=Rules)
    objective: Objective = field(default_factory=Objective)
    time_limit_s: float = 60.0

    def min_teams(self, opening: Opening) -> int:
        """Fewest teams of an answered challenge."""
        return self.rules.min_teams if opening.min_teams is None else opening.min_teams

    def max_teams(self, opening: Opening) -> int:
        """Most teams of a challenge."""
        return self.rules.max_teams if opening.max_teams is None else opening.max_teams

    def kinds(self, opening: Opening) -> Kinds:
        """Groups of organisation types the challenge needs."""
        return self.rules.kinds if opening.kinds is None else opening.kinds

    def check(self) -> None:
        """Raise `InputError` naming what cannot be used, all of it at once."""
        faults = [*_rule_faults(self.rules, self.objective), *_duplicate_faults(self)]
        if not faults:
            faults = [*_opening_faults(self), *_bidder_faults(self), *_pair_faults(self)]
        if faults:
            more = f"\n  … 另有 {len(faults) - _SHOWN} 处" if len(faults) > _SHOWN else ""
            raise InputError(
                f"指派问题有 {len(faults)} 处不能用",
                given="; ".join(faults[:_SHOWN]) + more,
                remedy="改正后重试",
            )


def _rule_faults(rules: Rules, objective: Objective) -> Iterator[str]:
    if not rules.bands or len(set(rules.bands)) < len(rules.bands):
        yield "等级表为空或有重复"
    if rules.lowest_band is not None and rules.lowest_band not in rules.bands:
        yield f"最低等级 {rules.lowest_band} 不在等级表 {'/'.join(rules.bands)} 里"
    for name, limit in (("每位负责人", rules.leader_limit), ("每个单位", rules.org_limit)):
        if limit is not None and limit < 0:
            yield f"{name}的上限 {limit} 小于 0"
    if rules.alternates < 0:
        yield f"备选数 {rules.alternates} 小于 0"
    if not 0 <= objective.worst_off <= 1:
        yield f"最差项目权重 {objective.worst_off} 应在 0 与 1 之间"
    if not (math.isfinite(objective.concentration) and objective.concentration >= 0):
        yield f"集中度惩罚 {objective.concentration} 应不小于 0"
    if objective.worst_off > 0 and not objective.answered_first:
        yield "看重最差项目时须先保证答复数 (answered_first)，否则丢下难题反而得分高"


def _duplicate_faults(problem: AssignmentProblem) -> Iterator[str]:
    repeated = (
        ("榜单项目", Counter(o.challenge_id for o in problem.openings)),
        ("团队", Counter(b.team_id for b in problem.bidders)),
        ("候选", Counter("–".join(p.key) for p in problem.pairs)),
    )
    for what, counts in repeated:
        yield from (f"{what} {key} 出现 {n} 次" for key, n in sorted(counts.items()) if n > 1)


def _opening_faults(problem: AssignmentProblem) -> Iterator[str]:
    for opening in problem.openings:
        low, high = problem.min_teams(opening), problem.max_teams(opening)
        if not 1 <= low <= high:
            yield f"项目 {opening.challenge_id} 的团队数 {low}–{high} 应满足 1 ≤ 最少 ≤ 最多"
        for group in problem.kinds(opening):
            unknown = sorted(set(group) - set(ORG_TYPES))
            if unknown or not group:
                yield f"项目 {opening.challenge_id} 的单位类型 {'/'.join(unknown) or '(空)'} 不认识"


def _bidder_faults(problem: AssignmentProblem) -> Iterator[str]:
    for bidder in problem.bidders:
        if (bidder.capacity is not None and bidder.capacity < 0) or bidder.active < 0:
            yield f"团队 {bidder.team_id} 的名额或在研数小于 0"


def _pair_faults(problem: AssignmentProblem) -> Iterator[str]:
    challenges = {o.challenge_id for o in problem.openings}
    teams = {b.team_id for b in problem.bidders}
    for pair in problem.pairs:
        name = "–".join(pair.key)
        if pair.challenge_id not in challenges or pair.team_id not in teams:
            yield f"候选 {name} 里的项目或团队不在名单里"
        if not (math.isfinite(pair.fit) and pair.fit >= 0):
            yield f"候选 {name} 的契合度 {pair.fit} 应是不小于 0 的数（请先校准）"
        if pair.band not in problem.rules.bands:
            yield f"候选 {name} 的等级 {pair.band} 不在等级表里"
    known = {p.key for p in problem.pairs}
    for key in sorted(set(problem.rules.forced) - known):
        yield f"指定的 {'–'.join(key)} 不在候选里，请先把它加入候选"
