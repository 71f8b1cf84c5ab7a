"""The plain plan as a matching: challenges on one side, the seats of teams on the other.

Where every challenge takes one team and only teams have limits, the best plan is a maximum-weight
matching of a bipartite graph, which Jonker and Volgenant's algorithm on sparse matrices (1987;
scipy) finds exactly and far quicker than branch and cut.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from matcher.assignment.model import Model

_PLAIN = {"最多团队数", "最少团队数", "团队名额"}


def is_matching(model: Model) -> bool:
    """Whether the problem is one: one team a challenge, no limit but the teams' own, only fits."""
    problem, objective = model.problem, model.problem.objective
    return (
        objective.answered_first
        and objective.worst_off == 0
        and objective.concentration == 0
        and all(problem.min_teams(o) <= 1 and problem.max_teams(o) == 1 for o in model.openings)
        and {block.kind for block in model.blocks} <= _PLAIN
    )


def best_matching(model: Model) -> Any:
    """Which pairs are assigned, (n_pairs,) bool: most challenges first, then fit and lot.

    Args:
        model: for which `is_matching` holds.
    """
    chosen = np.zeros(len(model.pairs), dtype=bool)
    pair, seat = _seats(model)
    if not len(pair):
        return chosen
    n = len(model.openings)
    worth = model.fit + model.tie
    # An answer is worth more than all that fits could gain by leaving one challenge out.
    answer = float(n * (worth.max() + 1.0))
    seats = int(seat.max()) + 1
    # Nobody is a seat too, one for each challenge; a weight of nought would be no edge.
    weights = np.concatenate([answer + worth[pair], np.ones(n)])
    rows = np.concatenate([model.challenge[pair], np.arange(n)])
    columns = np.concatenate([seat, seats + np.arange(n)])
    graph = sparse.csr_matrix((weights, (rows, columns)), shape=(n, seats + n))
    row, column = min_weight_full_bipartite_matching(graph, maximize=True)
    place = {(int(model.challenge[p]), int(s)): int(p) for p, s in zip(pair, seat, strict=True)}
    taken = [place[key] for key in zip(row.tolist(), column.tolist(), strict=True) if key in place]
    chosen[taken] = True
    return chosen


def _seats(model: Model) -> tuple[Any, Any]:
    """(pair, seat) of every edge: a team has as many seats as it can take of its pairs."""
    wanted = Counter(model.team.tolist())
    first: dict[int, int] = {}
    room: dict[int, int] = {}
    total = 0
    for team, pairs in sorted(wanted.items()):
        capacity = model.bidders[team].capacity
        first[team] = total
        room[team] = pairs if capacity is None else min(pairs, capacity)
        total += room[team]
    edges = [
        (place, first[team] + seat)
        for place, team in enumerate(model.team.tolist())
        for seat in range(room[team])
    ]
    table = np.array(edges, dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]
