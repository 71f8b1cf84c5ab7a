"""The best plan of a model: answered challenges first, then fit, fairness and concentration."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from matcher.arrays import WideArray
from matcher.assignment.matching import best_matching, is_matching
from matcher.assignment.model import Model
from matcher.assignment.program import Fairness, Program
from matcher.assignment.solver import Deadline, Solution, maximise, relative_gap
from matcher.errors import MatcherError


@dataclass(frozen=True, eq=False)
class Optimum:
    """Which pairs are assigned.

    Attributes:
        chosen: (n_pairs,) bool.
        gap: 0 when proven optimal.
        answered_bound: most challenges that can be answered; None when not asked.
    """

    chosen: Any
    gap: float
    answered_bound: int | None


@dataclass(frozen=True, eq=False)
class Answered:
    """The first stage: how many challenges can be answered, and one plan that does.

    It depends on who may be assigned, not on fits, so it serves every move of them.

    Attributes:
        bound: no plan answers more.
        values: (n_pairs + n_openings,) of that plan.
    """

    count: int
    bound: int
    values: WideArray


def optimum(model: Model, answered: Answered | None = None) -> Optimum | None:
    """The best plan; None when no plan satisfies the constraints.

    Args:
        model: the problem.
        answered: the first stage of the same problem with other fits, where it is known already.

    Raises:
        MatcherError: the time is over before any plan was found.
    """
    if is_matching(model):
        chosen = best_matching(model)
        return Optimum(chosen, 0.0, int(chosen.sum()))
    deadline = Deadline(model.problem.time_limit_s)
    objective = model.problem.objective
    if objective.answered_first and answered is None:
        answered = most_answered(model, deadline)
        if answered is None:
            return None
    start = _Start(Fairness(), None if answered is None else answered.values)
    if objective.worst_off > 0 and answered is not None:
        start = _start(model, answered, deadline)
    program = Program(model, None if answered is None else answered.count, start.fairness)
    found = program.solve(deadline)
    if found.status == "infeasible":
        return None
    values = found.values
    gap = relative_gap(found.gain + program.constant, found.bound + program.constant)
    if found.status == "limit" and found.gain + program.constant < start.gain:
        values, gap = start.values, relative_gap(start.gain, start.bound)
    if values is None and start.values is not None:
        values, gap = start.values, math.inf
    if values is None:
        raise _out_of_time(model)
    gap = max(gap, start.gap)
    if answered is not None and answered.count < answered.bound:
        gap = max(gap, relative_gap(answered.count, answered.bound))
    chosen = values[: len(model.pairs)] > 0.5
    return Optimum(chosen, gap, None if answered is None else answered.bound)


def _out_of_time(model: Model) -> MatcherError:
    return MatcherError(
        "在时限内没有找到任何可行的指派",
        given=f"{model.problem.time_limit_s:g} 秒，{len(model.pairs)} 个候选",
        remedy="放宽时限，或每个项目少留一些候选",
    )


def most_answered(model: Model, deadline: Deadline) -> Answered | None:
    """Stage one: maximise Σ z; None when no plan satisfies the constraints.

    Raises:
        MatcherError: the time is over before any plan was found.
    """
    found = _count(model, deadline)
    if found.status == "infeasible":
        return None
    if found.values is None:
        raise _out_of_time(model)
    count = round(found.gain)
    return Answered(count, max(count, math.floor(found.bound + 1e-6)), found.values)


def _count(model: Model, deadline: Deadline) -> Solution:
    gain = np.concatenate([np.zeros(len(model.pairs)), np.ones(len(model.openings))])
    ones = np.ones(len(gain))
    rows = [(b.matrix, b.low, b.high) for b in model.blocks]
    return maximise(gain, rows, ones, ones, deadline)


def _ceiling(model: Model, answered: int) -> float:
    """No plan that answers so many challenges has a worst-off one above this fit.

    Among that many challenges the least best fit is at most the ``answered``-th largest.
    """
    best = np.zeros(len(model.openings))
    np.maximum.at(best, model.challenge, model.fit)
    return float(np.sort(best)[::-1][answered - 1]) if answered else 0.0


@dataclass(frozen=True, eq=False)
class _Start:
    """What is known before the last stage.

    Attributes:
        values: a plan, for the case that the time ends first.
        gain, bound: of the objective at this plan and at best, in quanta.
        gap: left open by the search for the worst-off challenge's fit (λ = 1).
    """

    fairness: Fairness
    values: WideArray | None
    gain: float = -math.inf
    bound: float = math.inf
    gap: float = 0.0


def _start(model: Model, answered: Answered, deadline: Deadline) -> _Start:
    """The range in which the worst-off challenge's fit lies in the best plan.

    With λ below 1 a plan whose worst fit is under ``top`` by more than what all other plans can
    gain elsewhere, (most g − g at top)/(λ·n), is no rival; g is the objective without λ·n·t.
    """
    top, ceiling = _worst_off(model, answered, deadline.part(0.5))
    weight = model.problem.objective.worst_off
    at_top = Fairness(floor=top, top=top)
    if weight >= 1:
        return _Start(at_top, answered.values, gap=relative_gap(top, ceiling))
    most = Program(model, answered.count, Fairness()).solve(deadline, whole=False).bound
    best = Program(model, answered.count, at_top).solve(deadline.part(0.5))
    each = weight * len(model.openings)
    spare = (most - best.gain + 1.0) / each
    floor = max(0.0, top - spare) if math.isfinite(spare) else 0.0
    values = answered.values if best.values is None else best.values
    fairness = Fairness(floor=floor, top=ceiling)
    return _Start(fairness, values, best.gain + each * top, most + each * ceiling)


def _worst_off(model: Model, answered: Answered, deadline: Deadline) -> tuple[float, float]:
    """The largest fit that every answered challenge can be given, and a proven bound on it.

    A bottleneck assignment by bisection over the distinct fits (Burkard, Dell'Amico and
    Martello 2009, Assignment Problems, 6.2): each step asks whether as many challenges as before
    can be answered when every one needs a team of at least that fit. First by linear programmes,
    whose "no" is proof enough, then the answer is confirmed in whole numbers.
    """
    levels = np.unique(model.fit[model.fit <= _ceiling(model, answered.count)])
    if not len(levels):
        return 0.0, 0.0
    span = (0, len(levels))
    search = _Search(model, answered, levels, whole=False)
    likely, high = search.narrow(span, span[1] - 1, deadline.part(0.6))
    search = _Search(model, answered, levels, whole=True)
    low, high = search.narrow((0, high), likely, deadline)
    return float(levels[low]), float(levels[high - 1])


@dataclass(frozen=True, eq=False)
class _Search:
    """Bisection over ``levels``; as a relaxation if not ``whole``."""

    model: Model
    answered: Answered
    levels: WideArray
    whole: bool

    def narrow(self, span: tuple[int, int], probe: int, deadline: Deadline) -> tuple[int, int]:
        """Narrow (reachable, not reachable), asking place ``probe`` first."""
        low, high = span
        while high - low > 1 and not deadline.passed:
            probe = min(max(probe, low + 1), high - 1)
            level = float(self.levels[probe])
            asked = Fairness(floor=level, top=level)
            program = Program(self.model, self.answered.count, asked, bare=True)
            status = program.possible(deadline, whole=self.whole)
            if status == "limit":
                break
            low, high = (probe, high) if status == "optimal" else (low, probe)
            probe = (low + high) // 2
        return low, high
