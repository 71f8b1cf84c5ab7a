"""Which assignments flip when fits and weights move by a tenth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from matcher.assignment.model import lot
from matcher.assignment.plan import assign
from matcher.assignment.problem import AssignmentProblem, CandidatePair
from matcher.assignment.result import Assignment
from matcher.errors import InputError

ADVERSE = "最不利"


@dataclass(frozen=True, slots=True)
class Flip:
    """An assignment that at least one scenario gives up.

    Attributes:
        scenarios: names of those that do.
        draw_share: part of the random draws that do, 0..1.
        replaced_by: teams that take the challenge instead, most frequent first; empty when it
            stays unanswered.
    """

    challenge_id: str
    team_id: str
    scenarios: tuple[str, ...]
    draw_share: float
    replaced_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How firm the plan is.

    Attributes:
        change: 0.1 is ±10%.
        scenarios: names of all that were solved.
        flips: assignments that flip, most often first.
        kept: assignments that no scenario gives up.
        adverse_holds: the whole plan survives the worst case. Without a weight on the worst-off
            challenge this proves it optimal under *every* move of fits within ±change.
        optimal: every scenario was solved to proven optimality.
    """

    change: float
    scenarios: tuple[str, ...]
    flips: tuple[Flip, ...]
    kept: int
    adverse_holds: bool
    optimal: bool


def flips(
    problem: AssignmentProblem,
    change: float = 0.10,
    *,
    draws: int = 8,
    base: Assignment | None = None,
) -> Sensitivity:
    """Solve again with fits and weights moved by ±``change``; say which assignments do not hold.

    Scenarios: 最不利, the fits of the assigned pairs lowered and all others raised (a plan that
    stays best then stays best under any smaller move, since every rival's advantage
    Σ fit·(rival − plan) is largest there); each positive weight of the objective up and down;
    ``draws`` times every fit up or down by lot (the same lot for the same ids and draw).

    Args:
        problem: as for `assign`.
        change: in 0..1.
        draws: random scenarios; each is one more solve.
        base: the plan of the problem, if already made.

    Raises:
        InputError: ``change`` outside 0..1, or as `assign`.
    """
    if not 0 < change < 1:
        raise InputError("变动幅度应在 0 与 1 之间", given=change, remedy="如 0.1 表示 ±10%")
    plan = assign(problem) if base is None else base
    moved = {name: assign(p) for name, p in _scenarios(problem, plan, change, draws)}
    kept_by = {name: {(p.challenge_id, p.team_id) for p in m.assigned} for name, m in moved.items()}
    found = []
    for pair in plan.assigned:
        key = (pair.challenge_id, pair.team_id)
        lost = [name for name, keys in kept_by.items() if key not in keys]
        if lost:
            found.append(_flip(key, lost, plan, moved, draws))
    found.sort(key=lambda f: (-len(f.scenarios), f.challenge_id, f.team_id))
    return Sensitivity(
        change=change,
        scenarios=tuple(moved),
        flips=tuple(found),
        kept=len(plan.assigned) - len(found),
        adverse_holds=kept_by[ADVERSE] == {(p.challenge_id, p.team_id) for p in plan.assigned},
        optimal=plan.optimal and all(m.optimal for m in moved.values()),
    )


def _flip(
    key: tuple[str, str],
    lost: list[str],
    plan: Assignment,
    moved: dict[str, Assignment],
    draws: int,
) -> Flip:
    before = set(plan.teams(key[0]))
    instead: dict[str, int] = {}
    for name in lost:
        for team in moved[name].teams(key[0]):
            if team not in before:
                instead[team] = instead.get(team, 0) + 1
    drawn = sum(name.startswith("抽签") for name in lost)
    return Flip(
        challenge_id=key[0],
        team_id=key[1],
        scenarios=tuple(lost),
        draw_share=drawn / draws if draws else 0.0,
        replaced_by=tuple(sorted(instead, key=lambda team: (-instead[team], team))),
    )


def _scenarios(
    problem: AssignmentProblem, plan: Assignment, change: float, draws: int
) -> Iterator[tuple[str, AssignmentProblem]]:
    assigned = {(p.challenge_id, p.team_id) for p in plan.assigned}
    yield ADVERSE, _with_fits(problem, lambda p: 1 - change if p.key in assigned else 1 + change)
    objective = problem.objective
    for name, factor in ((f"+{change:.0%}", 1 + change), (f"-{change:.0%}", 1 - change)):
        if objective.worst_off > 0:
            weight = min(1.0, objective.worst_off * factor)
            yield (
                f"最差项目权重{name}",
                replace(problem, objective=replace(objective, worst_off=weight)),
            )
        if objective.concentration > 0:
            penalty = objective.concentration * factor
            yield (
                f"集中度惩罚{name}",
                replace(problem, objective=replace(objective, concentration=penalty)),
            )
    for draw in range(1, draws + 1):
        yield f"抽签{draw}", _with_fits(problem, _draw(draw, change))


def _draw(draw: int, change: float) -> Callable[[CandidatePair], float]:
    def factor(pair: CandidatePair) -> float:
        up = lot(f"{draw}\x1f{pair.challenge_id}", pair.team_id) < 0.5
        return 1 + change if up else 1 - change

    return factor


def _with_fits(
    problem: AssignmentProblem, factor: Callable[[CandidatePair], float]
) -> AssignmentProblem:
    moved = tuple(replace(pair, fit=pair.fit * factor(pair)) for pair in problem.pairs)
    return replace(problem, pairs=moved)
