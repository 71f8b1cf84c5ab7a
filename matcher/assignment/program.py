"""The last stage as one linear programme in whole numbers, over (x, z, t, y, u)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from matcher.arrays import IntArray, WideArray
from matcher.assignment.model import Model
from matcher.assignment.solver import Deadline, Rows, Solution, Status, maximise


@dataclass(frozen=True, slots=True)
class Fairness:
    """Where the fit of the worst-off answered challenge may lie, in quanta.

    Attributes:
        floor: every answered challenge has a team of at least this fit.
        top: counting more is of no use (nobody can reach it, or it is not asked).
    """

    floor: float = 0.0
    top: float = 0.0


class Program:
    """Maximise (1−λ)·Σ fit·x + λ·n·t − μ·Σ k·u + tie·x, all in quanta.

    x: pairs. z: challenges answered. t: fit of the worst-off answered challenge above the floor.
    y: which pair is a challenge's best team. u: an organisation's second, third … assignment.

    Args:
        model: the problem.
        answered: how many challenges must be answered; None where that is left open.
        fairness: the range of the worst-off challenge's fit.
        bare: constraints only, to ask whether there is any plan.

    Attributes:
        constant: what the floor already gives, to be added to the gain.
    """

    def __init__(
        self, model: Model, answered: int | None, fairness: Fairness, *, bare: bool = False
    ) -> None:
        self.model = model
        self.fairness = fairness
        self.n_x, self.n_z = len(model.pairs), len(model.openings)
        self.columns: list[tuple[WideArray, WideArray, WideArray]] = []
        self.added: list[Rows] = [(b.matrix, b.low, b.high) for b in model.blocks]
        objective = model.problem.objective
        share = 1.0 if objective.worst_off >= 1 else 1.0 - objective.worst_off
        head = np.concatenate([share * model.fit + model.tie, np.zeros(self.n_z)])
        upper = np.ones(len(head))
        # Where a challenge takes one team only, a team below the floor is none.
        single = model.most[model.challenge] <= 1
        upper[: self.n_x][single & (model.fit < fairness.floor)] = 0.0
        self._variables(head, upper, np.ones(len(head)))
        self.constant = 0.0
        if answered is not None:
            places = self.n_x + np.arange(self.n_z)
            self._row(np.zeros(self.n_z), places, np.ones(self.n_z), (answered, np.inf))
        if fairness.floor > 0:
            self._floor()
        if bare:
            return
        if 0 < objective.worst_off < 1:
            self.constant = objective.worst_off * self.n_z * fairness.floor
            if fairness.top > fairness.floor:
                self._worst_off(objective.worst_off)
        if objective.concentration > 0:
            self._concentration(objective.concentration / model.quantum)

    def solve(self, deadline: Deadline, *, whole: bool = True) -> Solution:
        """The best values of all variables; of the linear relaxation if not ``whole``."""
        gain, upper, kinds = (np.concatenate(part) for part in zip(*self.columns, strict=True))
        kinds = kinds if whole else np.zeros(len(gain))
        return maximise(gain, self._rows(len(gain)), upper, kinds, deadline)

    def possible(self, deadline: Deadline, *, whole: bool) -> Status:
        """Whether any values satisfy the rows (``optimal`` is yes); arguments as `solve`."""
        _, upper, kinds = (np.concatenate(part) for part in zip(*self.columns, strict=True))
        none = np.zeros(len(upper))
        rows = self._rows(len(upper))
        return maximise(none, rows, upper, kinds if whole else none, deadline).status

    def _rows(self, width: int) -> list[Rows]:
        return [(_widened(matrix, width), low, high) for matrix, low, high in self.added]

    def _variables(self, gain: WideArray, upper: WideArray, whole: WideArray) -> int:
        """Append variables; gives the column of the first."""
        first = sum(len(part[0]) for part in self.columns)
        self.columns.append((gain, upper, whole))
        return first

    def _row(
        self,
        rows: IntArray | WideArray,
        columns: IntArray,
        values: WideArray,
        bounds: tuple[float, float],
    ) -> None:
        """Append rows given by their entries, all within the same bounds."""
        place = np.asarray(rows, dtype=np.int64)
        height, width = int(place.max(initial=-1)) + 1, int(columns.max(initial=-1)) + 1
        matrix = sparse.csr_matrix((values, (place, columns)), shape=(height, width))
        self.added.append((matrix, np.full(height, bounds[0]), np.full(height, bounds[1])))

    def _floor(self) -> None:
        """Σ x over pairs of at least the floor ≥ z."""
        inside = np.flatnonzero(self.model.fit >= self.fairness.floor)
        z = np.arange(self.n_z)
        self._row(
            np.concatenate([self.model.challenge[inside], z]),
            np.concatenate([inside, self.n_x + z]),
            np.concatenate([np.ones(len(inside)), -np.ones(self.n_z)]),
            (0.0, np.inf),
        )

    def _worst_off(self, weight: float) -> None:
        """t ≤ Σ (fit − floor)·y + (top − floor)·(1 − z), y ≤ x, Σ y ≤ z; gain λ·n·t.

        With one team a challenge y is x. Fits above the top are cut: t cannot exceed it.
        """
        model, n = self.model, self.n_z
        height = self.fairness.top - self.fairness.floor
        single = bool((model.most <= 1).all())
        t = self._variables(np.array([weight * n]), np.array([height]), np.zeros(1))
        worth = np.clip(model.fit - self.fairness.floor, 0.0, height)
        useful = np.flatnonzero(worth > 0)
        k = len(useful)
        best = useful if single else self._variables(np.zeros(k), np.ones(k), np.zeros(k))
        y = np.asarray(best + (0 if single else np.arange(k)), dtype=np.int64)
        z = np.arange(n)
        challenge = model.challenge[useful]
        self._row(
            np.concatenate([challenge, z, z]),
            np.concatenate([y, self.n_x + z, np.full(n, t)]),
            np.concatenate([worth[useful], np.full(n, -height), -np.ones(n)]),
            (-height, np.inf),
        )
        if single:
            return
        pairs, ones = np.arange(k), np.ones(k)
        columns = np.concatenate([useful, y])
        self._row(np.tile(pairs, 2), columns, np.concatenate([ones, -ones]), (0.0, np.inf))
        self._row(
            np.concatenate([challenge, z]),
            np.concatenate([y, self.n_x + z]),
            np.concatenate([ones, -np.ones(n)]),
            (-np.inf, 0.0),
        )

    def _concentration(self, penalty: float) -> None:
        """Σ_k u_k ≥ assignments of the organisation − 1; u_k costs μ·k, so n cost μ·n(n−1)/2."""
        members: dict[str, list[int]] = {}
        for place, org in enumerate(self.model.orgs):
            if org:
                members.setdefault(org, []).append(place)
        limit = self.model.problem.rules.org_limit
        most = int(self.model.most.sum()) if limit is None else limit
        for org in sorted(members):
            inside = members[org]
            steps = min(len(inside), most, self._capacity(inside)) - 1
            if steps < 1:
                continue
            cost = -penalty * np.arange(1, steps + 1, dtype=np.float64)
            u = self._variables(cost, np.ones(steps), np.zeros(steps))
            columns = np.concatenate([inside, u + np.arange(steps)]).astype(np.int64)
            values = np.concatenate([-np.ones(len(inside)), np.ones(steps)])
            self._row(np.zeros(len(columns)), columns, values, (-1.0, np.inf))

    def _capacity(self, inside: list[int]) -> int:
        """Most assignments that the teams of these pairs can take together."""
        pairs = Counter(int(self.model.team[place]) for place in inside)
        room = ((n, self.model.bidders[team].capacity) for team, n in pairs.items())
        return sum(n if capacity is None else min(n, capacity) for n, capacity in room)


def _widened(matrix: Any, width: int) -> Any:
    short = width - matrix.shape[1]
    if not short:
        return matrix
    return sparse.hstack([matrix, sparse.csr_matrix((matrix.shape[0], short))]).tocsr()
