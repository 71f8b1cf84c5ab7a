"""Contests: a challenge and the teams of one library, worked out once for all who ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from matcher.arrays import FloatArray
from matcher.index.library import Library
from matcher.ranking.scored import Scored
from matcher.ranking.search import surroundings


@dataclass(frozen=True)
class Contest:
    """One challenge in a library.

    Attributes:
        scored: the best of the library.
        library: where they and the others are.
        centre: mean of query vectors, see `matcher.ranking.scoring.direction`.
    """

    scored: Scored
    library: Library
    centre: FloatArray | None
    _others: dict[str, np.float32] = field(default_factory=dict, repr=False)

    def scores(self, team_ids: Sequence[str]) -> list[np.float32]:
        """Scores of teams, the same as in any list; those of others than the best are kept."""
        others = [i for i in team_ids if i not in self.scored.places and i not in self._others]
        if others:
            entered = self.entered(others)
            self._others.update(zip(entered.ids, entered.scores, strict=True))
        places, best = self.scored.places, self.scored.scores
        return [best[places[i]] if i in places else self._others[i] for i in team_ids]

    def holding(self, team_ids: Sequence[str]) -> Scored:
        """Candidates that hold some teams: the best of the library where all are among them."""
        best = all(team_id in self.scored.places for team_id in team_ids)
        return self.scored if best else self.entered(team_ids)

    def entered(self, team_ids: Sequence[str]) -> Scored:
        """Some teams as candidates, beside the best of the library."""
        numbers = np.array([self.library.number(team_id) for team_id in team_ids], dtype=np.int64)
        best = self.scored.near
        near = surroundings(
            self.scored.query, numbers, self.library, self.centre, best.mean_stds
        )  # fmt: skip
        return self.scored.beside(near)
