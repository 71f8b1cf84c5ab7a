"""How firm a plan is when fits and weights move by a tenth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from matcher.arrays import WideArray
from matcher.assignment.matching import is_matching
from matcher.assignment.model import Model, build, eligible, lot
from matcher.assignment.optimum import most_answered, optimum
from matcher.assignment.plan import assign
from matcher.assignment.problem import AssignmentProblem, Objective
from matcher.assignment.result import Assignment
from matcher.assignment.solver import Deadline
from matcher.errors import InputError, MatcherError

# By how much every fit and weight is moved where nobody asks for another figure.
CHANGE = 0.10
Keys = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Hold:
    """How often one assignment stays in the plan.

    Attributes:
        share: part of the draws that keep it, 0..1; None without draws.
        lost_to: moves of weights that give it up, by name.
        replaced_by: (team, part of all draws in which it takes the challenge instead), most
            frequent first.
    """

    challenge_id: str
    team_id: str
    share: float | None
    lost_to: tuple[str, ...]
    replaced_by: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How firm the plan is.

    Attributes:
        change: 0.1 is ±10%.
        draws: random moves of all fits that were solved.
        weights: moves of the objective's weights that were solved, by name.
        holds: one an assignment, the least firm first.
        adverse_holds: the whole plan survives the worst case. Without a weight on the worst-off
            challenge this proves it optimal under *every* move of fits within ±change.
        optimal: every solve was to proven optimality.
    """

    change: float
    draws: int
    weights: tuple[str, ...]
    holds: tuple[Hold, ...]
    adverse_holds: bool
    optimal: bool


def sensitivity(
    problem: AssignmentProblem,
    change: float = CHANGE,
    *,
    draws: int = 20,
    base: Assignment | None = None,
) -> Sensitivity:
    """Solve again with fits and weights moved; say how often each assignment stays.

    A draw multiplies every fit by its own 1 + change·u, u uniform in −1..1 by lot (the same for
    the same ids and draw): what would be planned if every judgement were a little off, each in
    its own direction. The worst case lowers the fits of all assigned pairs and raises all others
    at once; it proves a plan as a whole, and says little of a single assignment, so no assignment
    is called unstable for it. Each positive weight of the objective moves up and down.

    Args:
        problem: as for `assign`.
        change: in 0..1.
        draws: random moves; each is one more solve.
        base: the plan of the problem, if already made.

    Raises:
        InputError: ``change`` outside 0..1, ``draws`` below 0, or as `assign`.
    """
    if not 0 < change < 1:
        raise InputError("变动幅度应在 0 与 1 之间", given=change, remedy="如 0.1 表示 ±10%")
    if draws < 0:
        raise InputError("抽签次数应不小于 0", given=draws, remedy="如 20; 0 不抽签")
    plan = assign(problem) if base is None else base
    again = _Again(problem)
    assigned = frozenset((p.challenge_id, p.team_id) for p in plan.assigned)
    weights = {name: again.solve(model) for name, model in _weights(again.model, change)}
    drawn = [again.solve(_moved(again.model, change * _lots(again.model, n)))
             for n in range(1, draws + 1)]  # fmt: skip
    down = np.array([-1.0 if p.key in assigned else 1.0 for p in again.model.pairs])
    adverse = again.solve(_moved(again.model, change * down))
    holds = [_hold(key, weights, drawn, plan) for key in sorted(assigned)]
    holds.sort(key=lambda h: (1.0 if h.share is None else h.share, -len(h.lost_to)))
    return Sensitivity(
        change=change,
        draws=draws,
        weights=tuple(weights),
        holds=tuple(holds),
        adverse_holds=adverse == assigned,
        optimal=plan.optimal and again.optimal,
    )


class _Again:
    """Solves one problem again and again; what fits do not change is done once."""

    def __init__(self, problem: AssignmentProblem) -> None:
        self.model = build(problem, eligible(problem), problem.openings)
        self.optimal = True
        self.answered = None
        if problem.objective.answered_first and not is_matching(self.model):
            self.answered = most_answered(self.model, Deadline(problem.time_limit_s))

    def solve(self, model: Model) -> Keys:
        """The pairs of the best plan."""
        best = optimum(model, self.answered)
        if best is None:
            raise MatcherError("没有可行的指派", remedy="先用 assign 求方案，它会说该放宽什么")
        self.optimal = self.optimal and best.gap == 0
        return frozenset(
            pair.key for pair, yes in zip(model.pairs, best.chosen, strict=True) if yes
        )


def _hold(
    key: tuple[str, str], weights: Mapping[str, Keys], drawn: list[Keys], plan: Assignment
) -> Hold:
    challenge, team = key
    before = set(plan.teams(challenge))
    lost = [keys for keys in drawn if key not in keys]
    instead = Counter(t for keys in lost for c, t in keys if c == challenge and t not in before)
    n = len(drawn)
    return Hold(
        challenge_id=challenge,
        team_id=team,
        share=1 - len(lost) / n if n else None,
        lost_to=tuple(name for name, keys in weights.items() if key not in keys),
        replaced_by=tuple(
            (t, times / n) for t, times in sorted(instead.items(), key=lambda x: (-x[1], x[0]))
        ),
    )


def _weights(model: Model, change: float) -> Iterator[tuple[str, Model]]:
    """Each positive weight of the objective up and down."""
    objective = model.problem.objective
    for name, factor in ((f"+{change:.0%}", 1 + change), (f"-{change:.0%}", 1 - change)):
        if objective.worst_off > 0:
            moved = replace(objective, worst_off=min(1.0, objective.worst_off * factor))
            yield f"最差项目权重{name}", _with_objective(model, moved)
        if objective.concentration > 0:
            moved = replace(objective, concentration=objective.concentration * factor)
            yield f"集中度惩罚{name}", _with_objective(model, moved)


def _with_objective(model: Model, objective: Objective) -> Model:
    return replace(model, problem=replace(model.problem, objective=objective))


def _lots(model: Model, draw: int) -> WideArray:
    """(n_pairs,) uniform in −1..1."""
    lots = [lot(f"{draw}\x1f{p.challenge_id}", p.team_id) for p in model.pairs]
    return 2.0 * np.array(lots, dtype=np.float64) - 1.0


def _moved(model: Model, by: WideArray) -> Model:
    """The model with its fits moved by these parts of themselves, in whole quanta."""
    return replace(model, fit=np.round(model.fit * (1.0 + by)))
