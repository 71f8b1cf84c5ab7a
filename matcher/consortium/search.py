"""Which applicants: all sets of a small table, whole numbers for more, greedy for very many."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from itertools import combinations
from math import comb

import numpy as np
from scipy import sparse

from matcher.arithmetic import weighted
from matcher.arrays import WideArray
from matcher.assignment.model import lot
from matcher.assignment.solver import Deadline, Rows, maximise
from matcher.consortium.problem import ConsortiumRules
from matcher.consortium.table import EPSILON, Table, fewest_for

_SECONDS = 30.0
# Up to so many sets, looking at each is quicker than a solver.
_SETS = 5_000


def chosen_applicants(table: Table, rules: ConsortiumRules) -> tuple[list[int], bool]:
    """Places of the members, and whether they are proven the fewest."""
    n = len(table.applicants)
    if n > rules.exact_up_to:
        return _greedy(table, rules)
    sets = sum(comb(n, size) for size in range(min(n, rules.max_teams) + 1))
    return (_every_set(table, rules), True) if sets <= _SETS else _exact(table, rules)


def _taste(table: Table, rules: ConsortiumRules) -> WideArray:
    """(n_applicants,) fit, where equal to six places of the largest with a lot between them."""
    fits = np.array([a.fit for a in table.applicants], dtype=np.float64)
    lots = np.array([lot("", a.team_id) for a in table.applicants], dtype=np.float64)
    scale = max(1.0, float(fits.max(initial=0.0)))
    return np.asarray(np.round(fits / scale, 6) + 1e-6 * lots / (2 * rules.max_teams))


def _every_set(table: Table, rules: ConsortiumRules) -> list[int]:
    """Most coverage, then fewest members, then fit and lot, over all sets that keep the rules."""
    found: list[tuple[tuple[int, ...], float]] = []
    for chosen, gains in _sets(table, rules):
        found += zip(chosen, gains.tolist(), strict=True)
    enough = rules.share * max(gain for _, gain in found) - EPSILON
    able = [one for one, gain in found if gain >= enough]
    taste = _taste(table, rules)
    best = min(able, key=lambda one: (len(one), -float(taste[list(one)].sum())))
    return list(best)


def _sets(
    table: Table, rules: ConsortiumRules
) -> Iterator[tuple[list[tuple[int, ...]], WideArray]]:
    """The sets of each size that keep the rules, and f of each."""
    n = len(table.applicants)
    for size in range(min(n, rules.max_teams) + 1):
        members = [
            chosen
            for chosen in combinations(range(n), size)
            if all(group[list(chosen)].any() for group in table.groups)
        ]
        if members and size:
            places = np.array(members, dtype=np.int64)
            yield members, weighted(table.levels[places].max(axis=1, initial=0.0), table.weights)
        elif members:
            yield members, np.zeros(1)


class _Exact:
    """Facility location over (member y, who answers for a facet u)."""

    def __init__(self, table: Table, rules: ConsortiumRules) -> None:
        self.table = table
        self.n = len(table.applicants)
        levels = table.levels
        self.team, self.facet = np.nonzero(levels > 0)
        self.worth = levels[self.team, self.facet] * table.weights[self.facet]
        k = len(self.team)
        self.width = self.n + k
        members = np.concatenate([np.ones(self.n), np.zeros(k)])
        places, ones = np.arange(k), np.ones(k)
        once = sparse.csr_matrix(
            (ones, (self.facet, self.n + places)), shape=(len(table.needs), self.width)
        )
        joined = sparse.csr_matrix(
            (
                np.concatenate([ones, -ones]),
                (np.tile(places, 2), np.concatenate([self.team, self.n + places])),
            ),
            shape=(k, self.width),
        )
        self.rows: list[Rows] = [
            (once, np.full(len(table.needs), -np.inf), np.ones(len(table.needs))),
            (joined, np.zeros(k), np.full(k, np.inf)),
        ]
        self.limit(members, -np.inf, rules.max_teams)
        for group in table.groups:
            self.limit(np.concatenate([group, np.zeros(k)]), 1.0, np.inf)
        self.members = members

    def limit(self, line: WideArray, low: float, high: float) -> None:
        """One more row."""
        self.rows.append((sparse.csr_matrix(line), np.array([low]), np.array([float(high)])))

    def covered(self) -> WideArray:
        """The line of f."""
        return np.concatenate([np.zeros(self.n), self.worth])

    def maximise(self, gain: WideArray, deadline: Deadline) -> tuple[WideArray | None, bool]:
        """Values of all variables, and whether they are proven best."""
        whole = np.concatenate([np.ones(self.n), np.zeros(self.width - self.n)])
        found = maximise(gain, self.rows, np.ones(self.width), whole, deadline)
        return found.values, found.status == "optimal"


def _exact(table: Table, rules: ConsortiumRules) -> tuple[list[int], bool]:
    """Most coverage, then fewest members, then fit and lot: three solves."""
    program, deadline = _Exact(table, rules), Deadline(_SECONDS)
    taste = _taste(table, rules)
    tail = np.zeros(program.width - program.n)
    best: list[int] = []
    proven = True
    for stage in ("coverage", "fewest", "fit"):
        lines = {
            "coverage": program.covered(),
            "fewest": -program.members,
            "fit": np.concatenate([1e4 * taste, tail]),
        }
        values, optimal = program.maximise(lines[stage], deadline)
        if values is None:
            return best, False
        proven = proven and optimal
        best = [int(i) for i in np.flatnonzero(values[: program.n] > 0.5)]
        if stage == "coverage":
            program.limit(program.covered(), rules.share * table.gain(best) - EPSILON, np.inf)
        elif stage == "fewest":
            program.limit(program.members, -np.inf, len(best))
    return best, proven


def _greedy(table: Table, rules: ConsortiumRules) -> tuple[list[int], bool]:
    """Lazy greedy: the largest gain next, fit and id between equals (Minoux 1978).

    Groups that still need a member are filled first once only their places are left.
    """
    target = rules.share * table.gain(range(len(table.applicants)))
    fits = [a.fit for a in table.applicants]
    queue = [(-table.gain([i]), -fits[i], i) for i in range(len(fits))]
    heapq.heapify(queue)
    chosen: list[int] = []
    reached = 0.0
    while queue and reached < target - EPSILON:
        missing = _missing(table, chosen)
        if len(chosen) + len(fewest_for(missing)) >= rules.max_teams:
            break
        _, _, place = heapq.heappop(queue)
        fresh = (-(table.gain([*chosen, place]) - reached), -fits[place], place)
        if queue and fresh > queue[0]:
            heapq.heappush(queue, fresh)
            continue
        if fresh[0] >= -EPSILON:
            break
        chosen.append(place)
        reached = table.gain(chosen)
    while missing := _missing(table, chosen):
        inside = [i for i in np.flatnonzero(missing[0]) if i not in chosen]
        able = [int(i) for i in inside]
        chosen.append(max(able, key=lambda i: (table.gain([*chosen, i]), fits[i], -i)))
    return sorted(chosen), False


def _missing(table: Table, chosen: Sequence[int]) -> list[WideArray]:
    return [group for group in table.groups if not group[list(chosen)].any()]


def fewest_possible(table: Table, reached: float) -> int:
    """Fewest members for this coverage by submodularity: f(S) ≤ Σ f({i})."""
    alone = np.sort(weighted(table.levels, table.weights))[::-1]
    enough = np.flatnonzero(np.cumsum(alone) >= reached - EPSILON)
    return int(enough[0]) + 1 if len(enough) and reached > EPSILON else 0
