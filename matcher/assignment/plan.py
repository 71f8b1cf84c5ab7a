"""`assign`: from a problem to a plan, with the reason for every challenge left unanswered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

from matcher.assignment.model import build, eligible, holder_name, leader_room
from matcher.assignment.optimum import Optimum, optimum
from matcher.assignment.problem import AssignmentProblem, Bidder, CandidatePair, Opening
from matcher.assignment.relaxation import relaxations
from matcher.assignment.result import (
    AssignedPair,
    Assignment,
    InfeasibleAssignmentError,
    Limit,
    LimitKind,
    ReasonCode,
    Unanswered,
    Values,
)
from matcher.errors import MatcherError

_NAMED = 3


def assign(problem: AssignmentProblem) -> Assignment:
    """The best plan for the whole list, exact and independent of the order of the input.

    Raises:
        InputError: the problem contradicts itself (unknown ids, limits below 0, ...).
        InfeasibleAssignmentError: pinned pairs or challenges that must be answered cannot be had;
            it names the smallest sets of constraints to relax.
        MatcherError: no plan was found within the time.

    >>> from matcher.assignment import Bidder, CandidatePair, Opening
    >>> plan = assign(AssignmentProblem(
    ...     openings=(Opening("C1"), Opening("C2")),
    ...     bidders=(Bidder("T1"), Bidder("T2")),
    ...     pairs=(CandidatePair("C1", "T1", 0.9, "强"), CandidatePair("C1", "T2", 0.7, "中"),
    ...            CandidatePair("C2", "T1", 0.8, "强"), CandidatePair("C2", "T2", 0.2, "弱")),
    ... ))
    >>> [(pair.challenge_id, pair.team_id) for pair in plan.assigned]
    [('C1', 'T2'), ('C2', 'T1')]
    """
    problem.check()
    best = optimum(build(problem, eligible(problem), problem.openings))
    if best is None:
        ways = relaxations(problem)
        if not ways:
            raise MatcherError(
                "没有可行的指派，在时限内也没有找到该放宽的要求",
                remedy="放宽时限，或逐项撤回指定和必须有人揭的项目",
            )
        raise InfeasibleAssignmentError(ways)
    return _Desk(problem, best).assignment()


@dataclass(frozen=True)
class _Holder:
    """Something with a limit: a team, a leader or an organisation."""

    kind: LimitKind
    key: Hashable
    limit: int


class _Desk:
    """Works out from the chosen pairs what a meeting wants to know."""

    def __init__(self, problem: AssignmentProblem, best: Optimum) -> None:
        self.problem = problem
        self.best = best
        self.bidders = {b.team_id: b for b in problem.bidders}
        self.eligible = sorted(eligible(problem), key=lambda p: p.key)
        self.chosen = [p for p, yes in zip(self.eligible, best.chosen, strict=True) if yes]
        self.keys = {p.key for p in self.chosen}
        self.room = leader_room(problem)
        self.loads = Counter(
            (h.kind, h.key) for p in self.chosen for h in self.holders(self.bidders[p.team_id])
        )

    def assignment(self) -> Assignment:
        """The result."""
        return Assignment(
            pairs=self.pairs(),
            unanswered=tuple(self.unanswered()),
            values=plan_values(self.problem, self.chosen),
            optimal=self.best.gap == 0,
            gap=self.best.gap,
            answered_bound=self.best.answered_bound,
            binding=self.binding(),
        )

    def holders(self, bidder: Bidder) -> tuple[_Holder, ...]:
        """The limits a team's assignment counts against."""
        found = []
        if bidder.capacity is not None:
            found.append(_Holder("团队名额", bidder.team_id, bidder.capacity))
        if bidder.leader_key in self.room:
            found.append(
                _Holder("负责人上限", bidder.leader_key, int(self.room[bidder.leader_key]))
            )
        if bidder.org and self.problem.rules.org_limit is not None:
            found.append(_Holder("单位上限", bidder.org, self.problem.rules.org_limit))
        return tuple(found)

    def blocking(self, pair: CandidatePair) -> tuple[_Holder, ...]:
        """The limits that keep this pair out: already used up."""
        return tuple(
            h
            for h in self.holders(self.bidders[pair.team_id])
            if self.loads[(h.kind, h.key)] >= h.limit
        )

    def pairs(self) -> tuple[AssignedPair, ...]:
        """Assigned pairs and alternates.

        Alternates are the fittest eligible teams that are still free under every limit, so that
        any one of them can step in as things stand.
        """
        forced = set(self.problem.rules.forced)
        answered = {p.challenge_id for p in self.chosen}
        spare: dict[str, list[CandidatePair]] = {}
        for pair in self.eligible:
            free = pair.key not in self.keys and not self.blocking(pair)
            if free and pair.challenge_id in answered:
                spare.setdefault(pair.challenge_id, []).append(pair)
        listed = [
            AssignedPair(p.challenge_id, p.team_id, "主", p.fit, p.band, p.key in forced)
            for p in self.chosen
        ]
        for pairs in spare.values():
            best = sorted(pairs, key=lambda p: (-p.fit, p.team_id))
            listed += [
                AssignedPair(p.challenge_id, p.team_id, "备选", p.fit, p.band)
                for p in best[: self.problem.rules.alternates]
            ]
        listed.sort(key=lambda p: (p.challenge_id, p.role != "主", -p.fit, p.team_id))
        return tuple(listed)

    def binding(self) -> tuple[Limit, ...]:
        """Limits used up while eligible pairs of challenges with room left wait for them."""
        taken = Counter(p.challenge_id for p in self.chosen)
        most = {o.challenge_id: self.problem.max_teams(o) for o in self.problem.openings}
        waiting: Counter[_Holder] = Counter()
        for pair in self.eligible:
            if pair.key not in self.keys and taken[pair.challenge_id] < most[pair.challenge_id]:
                waiting.update(self.blocking(pair))
        limits = [Limit(h.kind, holder_name(h.key), h.limit, n) for h, n in waiting.items()]
        return tuple(sorted(limits, key=lambda x: (-x.waiting, x.kind, x.name)))

    def unanswered(self) -> Iterable[Unanswered]:
        """Challenges nobody is assigned to, in order of id."""
        answered = {p.challenge_id for p in self.chosen}
        offered = _by_challenge(self.problem.pairs)
        able = _by_challenge(self.eligible)
        for opening in sorted(self.problem.openings, key=lambda o: o.challenge_id):
            name = opening.challenge_id
            if name not in answered:
                code, reason = self._reason(opening, offered.get(name, []), able.get(name, []))
                yield Unanswered(name, code, reason)

    def _reason(
        self, opening: Opening, offered: list[CandidatePair], able: list[CandidatePair]
    ) -> tuple[ReasonCode, str]:
        """Why nobody: the first thing that alone rules an answer out."""
        if not offered:
            return "无候选", "没有候选团队"
        if not able:
            return self._nobody_eligible(opening, offered)
        least = self.problem.min_teams(opening)
        if len(able) < least:
            return "人数不足", f"够格的团队只有 {len(able)} 个，少于每项最少 {least} 个"
        for group in self.problem.kinds(opening):
            if not any(self.bidders[p.team_id].org_type in group for p in able):
                return "缺单位类型", f"{len(able)} 个够格的团队里没有{'或'.join(group)}"
        blocked = [self.blocking(p) for p in able]
        if sum(not b for b in blocked) < least:
            return "名额用尽", self._used_up(able, blocked)
        return "取舍", "有够格且有名额的团队，但在人数、单位类型或总体目标的取舍下没有安排"

    def _nobody_eligible(
        self, opening: Opening, offered: list[CandidatePair]
    ) -> tuple[ReasonCode, str]:
        allowed = self.problem.rules.allowed_bands
        in_band = [p for p in offered if p.band in allowed]
        if not in_band:
            return "低于等级", f"前 {len(offered)} 名候选都低于最低等级“{allowed[-1]}”，不强行指派"
        reasons = sorted(
            {
                e.reason
                for e in self.problem.rules.excluded
                if e.challenge_id == opening.challenge_id and e.reason
            }
        )
        why = f" ({'; '.join(reasons[:_NAMED])})" if reasons else ""
        return "全部排除", f"够等级的 {len(in_band)} 个候选都被排除{why}"

    def _used_up(self, able: list[CandidatePair], blocked: list[tuple[_Holder, ...]]) -> str:
        named = list(dict.fromkeys(h for holders in blocked for h in holders))
        words = [f"{h.kind} {holder_name(h.key)}（上限 {h.limit}）" for h in named[:_NAMED]]
        more = f" 等 {len(named)} 处" if len(named) > _NAMED else ""
        return f"{len(able)} 个够格的团队已无名额：{'、'.join(words)}{more}"


def plan_values(problem: AssignmentProblem, chosen: Iterable[CandidatePair]) -> Values:
    """A set of assigned pairs measured in the parts of the problem's objective.

    Formulas in ``docs/assignment.md``; fits as given, in their own unit.
    """
    pairs = sorted(chosen, key=lambda p: p.key)
    org = {b.team_id: b.org for b in problem.bidders}
    best: dict[str, float] = {}
    for pair in pairs:
        best[pair.challenge_id] = max(pair.fit, best.get(pair.challenge_id, 0.0))
    together = Counter(org[p.team_id] for p in pairs if org[p.team_id])
    same = sum(n * (n - 1) // 2 for n in together.values())
    total = float(sum(p.fit for p in pairs))
    worst = min(best.values(), default=None)
    weight, penalty = problem.objective.worst_off, problem.objective.concentration
    n = max(1, len(problem.openings))
    value = ((1 - weight) * total - penalty * same) / n + weight * (worst or 0.0)
    return Values(len(best), total, worst, same, value)


def _by_challenge(pairs: Iterable[CandidatePair]) -> Mapping[str, list[CandidatePair]]:
    grouped: dict[str, list[CandidatePair]] = {}
    for pair in pairs:
        grouped.setdefault(pair.challenge_id, []).append(pair)
    return grouped
