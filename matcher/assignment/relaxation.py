"""What to relax when no plan exists: the fewest constraints, told in words.

The elastic programme of Chinneck (2008), Feasibility and Infeasibility in Optimization, ch. 6:
every named constraint may be broken at the price of one; the cheapest solution names the smallest
set to relax. The lowest band is no such constraint: nobody is assigned below it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from matcher.arrays import WideArray
from matcher.assignment.model import Model, RowBlock, build
from matcher.assignment.problem import AssignmentProblem
from matcher.assignment.result import Relaxation, RelaxationKind
from matcher.assignment.solver import Deadline, Rows, maximise

# Among sets of equal size, first what staff themselves asked for, then the limits.
_ORDER: tuple[RelaxationKind, ...] = (
    "指定", "必须有人揭", "排除", "最多团队数", "最少团队数", "单位类型",
    "团队名额", "负责人上限", "单位上限",
)  # fmt: skip
_BY_KIND, _BY_AMOUNT = 1e-3, 1e-5
_WAYS = 3


def relaxations(problem: AssignmentProblem) -> tuple[tuple[Relaxation, ...], ...]:
    """Smallest sets of constraints whose relaxing makes a plan possible, up to three.

    Args:
        problem: checked, and known to have no plan.

    Returns:
        Sets of equal size; empty when none was found within the problem's time.
    """
    elastic = _Elastic(problem)
    deadline = Deadline(problem.time_limit_s)
    ways: list[tuple[Relaxation, ...]] = []
    size = 0
    while len(ways) < _WAYS and not deadline.passed:
        broken = elastic.cheapest(deadline)
        if not broken or (ways and len(broken) > size):
            break
        size = len(broken)
        ways.append(tuple(elastic.words(row, amount) for row, amount in broken))
        elastic.forbid([row for row, _ in broken])
    return tuple(ways)


@dataclass(frozen=True, eq=False)
class _Row:
    block: RowBlock
    place: int

    @property
    def name(self) -> str:
        return self.block.names[self.place]


class _Elastic:
    """Variables (x, z, s, v): s breaks a row, v says by how much."""

    def __init__(self, problem: AssignmentProblem) -> None:
        self.problem = problem
        self.model = _involved(problem)
        self.rows = [_Row(block, n) for block in self.model.blocks for n in range(len(block.names))]
        self.barred: list[Rows] = []

    def cheapest(self, deadline: Deadline) -> list[tuple[_Row, int]]:
        """The rows broken in the cheapest solution, each with the amount."""
        n_plan = len(self.model.pairs) + len(self.model.openings)
        n = len(self.rows)
        order = np.array([_ORDER.index(row.block.kind) for row in self.rows], dtype=np.float64)
        room = float(len(self.model.pairs) + 1)
        price = -1 - _BY_KIND * order / n
        gain = np.concatenate([np.zeros(n_plan), price, np.full(n, -_BY_AMOUNT)])
        upper = np.concatenate([np.ones(n_plan + n), self._most_broken(room)])
        found = maximise(gain, self._constraints(n_plan, room), upper, np.ones(len(gain)), deadline)
        if found.values is None:
            return []
        broken = np.flatnonzero(found.values[n_plan : n_plan + n] > 0.5)
        return [(self.rows[k], round(float(found.values[n_plan + n + k]))) for k in broken]

    def forbid(self, rows: list[_Row]) -> None:
        """Not this set again: at most all but one of it."""
        n_plan = len(self.model.pairs) + len(self.model.openings)
        wanted = {id(row) for row in rows}
        picks = np.array([id(row) in wanted for row in self.rows], dtype=np.float64)
        line = np.concatenate([np.zeros(n_plan), picks, np.zeros(len(picks))])
        bound = np.array([len(rows) - 1.0])
        self.barred.append((sparse.csr_matrix(line), np.array([-np.inf]), bound))

    def words(self, row: _Row, amount: int) -> Relaxation:
        """What to do about one row."""
        return Relaxation(row.block.kind, row.name, self._action(row, amount))

    def _constraints(self, n_plan: int, room: float) -> list[Rows]:
        """low ≤ row ± v ≤ high with v ≤ room·s."""
        n = len(self.rows)
        plan = sparse.vstack([block.matrix for block in self.model.blocks])
        low = np.concatenate([block.low for block in self.model.blocks])
        high = np.concatenate([block.high for block in self.model.blocks])
        # A row with a lower bound is helped by adding, one with an upper bound by taking away.
        help_by: WideArray = np.where(np.isfinite(low), 1.0, -1.0)
        empty = sparse.csr_matrix((n, n))
        relaxed = sparse.hstack([plan, empty, sparse.diags(help_by)]).tocsr()
        none = sparse.csr_matrix((n, n_plan))
        tied: Any = sparse.hstack([none, sparse.identity(n) * room, -sparse.identity(n)]).tocsr()
        switch = (tied, np.zeros(n), np.full(n, np.inf))
        return [(relaxed, low, high), switch, *self.barred]

    def _most_broken(self, room: float) -> WideArray:
        """By how much each row may be broken: an answered challenge keeps at least one team."""
        least = {o.challenge_id: self.problem.min_teams(o) - 1.0 for o in self.model.openings}
        kept = [least[r.name] if r.block.kind == "最少团队数" else room for r in self.rows]
        return np.array(kept, dtype=np.float64)

    def _action(self, row: _Row, amount: int) -> str:
        kind, name = row.block.kind, row.name
        limit = row.block.high[row.place]
        templates = {
            "指定": f"撤回指定 {name}{self._below_band(name)}",
            "必须有人揭": f"允许 {name} 无人揭榜",
            "排除": f"取消排除 {name}",
            "最多团队数": f"{name} 最多团队数增加 {amount}",
            "最少团队数": f"{name} 最少团队数减少 {amount}",
            "单位类型": f"不再要求 {name}",
        }
        return templates.get(kind) or f"{kind}：{name} 由 {limit:.0f} 调到 {limit + amount:.0f}"

    def _below_band(self, name: str) -> str:
        allowed = self.problem.rules.allowed_bands
        bands = {"–".join(p.key): p.band for p in self.problem.pairs}
        band = bands.get(name, "")
        return f"（其等级“{band}”低于最低等级“{allowed[-1]}”）" if band not in allowed else ""


def _involved(problem: AssignmentProblem) -> Model:
    """Only challenges with a pinned team or that must be answered can make a plan impossible.

    All others can stay unanswered. Excluded pairs come back as variables that a row holds at 0.
    """
    pinned = {challenge for challenge, _ in problem.rules.forced}
    openings = [o for o in problem.openings if o.must_answer or o.challenge_id in pinned]
    named = {o.challenge_id for o in openings}
    bands = set(problem.rules.allowed_bands)
    pairs = [p for p in problem.pairs if p.challenge_id in named and p.band in bands]
    return build(problem, pairs, openings)
