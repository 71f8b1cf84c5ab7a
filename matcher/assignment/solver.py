"""A thin face over scipy's `milp` (HiGHS, exact branch and cut): one program in, one answer out."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from matcher.arrays import WideArray
from matcher.errors import MatcherError

Rows = tuple[Any, WideArray, WideArray]
Status = Literal["optimal", "limit", "infeasible"]
# HiGHS needs some time even to say what it has.
_LEAST_SECONDS = 0.05


@dataclass(frozen=True, eq=False)
class Solution:
    """What the solver found.

    Attributes:
        values: (n_variables,) or None.
        gap: relative distance to the proven bound; 0 when optimal, inf when unknown.
    """

    status: Status
    values: WideArray | None
    gain: float
    bound: float
    gap: float


class Deadline:
    """Seconds left for all solves of one question."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds left, never below what a solve needs to stop in order."""
        return max(_LEAST_SECONDS, self._end - time.monotonic())

    def part(self, share: float) -> Deadline:
        """A deadline after this share of what is left."""
        return Deadline(self.left * share)

    @property
    def passed(self) -> bool:
        """Whether the time is over."""
        return time.monotonic() >= self._end


def maximise(
    gain: WideArray,
    rows: Sequence[Rows],
    upper: WideArray,
    whole: WideArray,
    deadline: Deadline,
) -> Solution:
    """Maximise ``gain · v`` over 0 ≤ v ≤ upper and the rows.

    Args:
        gain: (n,) of the variables.
        rows: (matrix, low, high) blocks of n columns.
        upper: (n,).
        whole: (n,) 1 where a variable is a whole number.
        deadline: when to stop with what there is.

    Raises:
        MatcherError: the solver failed.
    """
    if not len(gain):
        possible = all((low <= 0).all() and (high >= 0).all() for _, low, high in rows)
        return (
            Solution("optimal", gain, 0, 0, 0)
            if possible
            else Solution("infeasible", None, 0, 0, 0)
        )
    found = _solve(-gain, rows, upper, whole, deadline)
    if found.status == 2:
        return Solution("infeasible", None, 0.0, 0.0, 0.0)
    if found.status not in (0, 1):
        raise MatcherError("求解器出错", given=found.message, remedy="请把输入和此消息交给维护者")
    if found.x is None:
        return Solution("limit", None, -math.inf, math.inf, math.inf)
    bound = found.mip_dual_bound
    value = float(-found.fun)
    ceiling = value if found.status == 0 else (math.inf if bound is None else float(-bound))
    return Solution(
        status="optimal" if found.status == 0 else "limit",
        values=np.asarray(found.x, dtype=np.float64),
        gain=value,
        bound=ceiling,
        gap=relative_gap(value, ceiling),
    )


def _solve(
    cost: WideArray, rows: Sequence[Rows], upper: WideArray, whole: WideArray, deadline: Deadline
) -> Any:
    """Once with presolve; once without where HiGHS stumbles over its own reductions (status 4)."""
    constraint, bounds = _constraint(rows), Bounds(0, upper)
    for presolve in (True, False):
        found = milp(
            cost,
            constraints=constraint,
            integrality=whole,
            bounds=bounds,
            options={"mip_rel_gap": 0.0, "time_limit": deadline.left, "presolve": presolve},
        )
        if found.status != 4:
            break
    return found


def relative_gap(value: float, bound: float) -> float:
    """(bound − value) / |value|; 0 when they meet, inf without a bound or at value 0.

    >>> relative_gap(100.0, 101.0)
    0.01
    """
    if bound <= value:
        return 0.0
    known = math.isfinite(value) and math.isfinite(bound) and value != 0
    return (bound - value) / abs(value) if known else math.inf


def _constraint(rows: Sequence[Rows]) -> list[Any]:
    kept = [row for row in rows if row[0].shape[0]]
    if not kept:
        return []
    matrix = sparse.vstack([m for m, _, _ in kept]).tocsr()
    low = np.concatenate([low for _, low, _ in kept])
    return [LinearConstraint(matrix, low, np.concatenate([high for _, _, high in kept]))]
