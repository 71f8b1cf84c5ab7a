"""Contests: a challenge and the teams of one library, worked out once for all who ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from matcher.arrays import FloatArray
from matcher.index.indexing import searched_hash
from matcher.index.library import Library
from matcher.once import Once
from matcher.ranking.calibration import Calibration
from matcher.ranking.query import Query
from matcher.ranking.scored import Scored
from matcher.ranking.search import surroundings
from matcher.ranking.stages import SCORE_DECIMALS
from matcher.records import Challenge

# Challenges remembered: a quarter of a megabyte each at most.
_MOST = 600
# Made at a time: whoever waits for one of them waits for few others.
_TOGETHER = 8
# What a challenge's best teams have in common is this much of the mean of so many of them
# (docs/evaluation.md).
_CROWD, _IN_COMMON = 30, 0.4
Standing: TypeAlias = tuple[int, float]
"""How high the band, how far above what is common: the higher the better."""


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

    @cached_property
    def in_common(self) -> float:
        """What of a score says that the challenge asks for what many do, not that a team fits."""
        best = np.sort(self.scored.scores)[::-1][:_CROWD]
        return _IN_COMMON * float(np.add.reduce(best, dtype=np.float64)) / max(len(best), 1)

    def standings(self, team_ids: Sequence[str], calibration: Calibration | None) -> list[Standing]:
        """How the challenge stands among those of each team: by its band, then by how far the team
        is above what others bring. More proof never lowers it.
        """
        scores = self.scores(team_ids)
        levels = self.scored.levels(calibration, scores)
        above = [round(float(score) - self.in_common, SCORE_DECIMALS) for score in scores]
        return list(zip(levels, above, strict=True))

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


class Contests:
    """Contests of a list's challenges in one library under one ranker, each made once.

    Args:
        most: how many are kept.
        queries: of the challenges, whatever the library.
    """

    def __init__(self, most: int = _MOST, queries: Once | None = None) -> None:
        self._most = most
        self._queries = queries or Once(most)
        self._made = Once(most)
        self._keys: dict[int, tuple[Challenge, str]] = {}

    def elsewhere(self) -> Contests:
        """For another library or ranker, with the same encoder and tokeniser."""
        return Contests(self._most, self._queries)

    def of(
        self,
        challenges: Sequence[Challenge],
        ask: Callable[[list[Challenge]], Iterable[Query]],
        make: Callable[[list[Query]], Iterable[Contest | None]],
    ) -> Iterator[Contest | None]:
        """Of challenges in turn; None for those without text.

        Args:
            challenges: in any order.
            ask: makes their queries.
            make: makes the contests of queries.
        """
        for low in range(0, len(challenges), _TOGETHER):
            keys = [self._key(c) for c in challenges[low : low + _TOGETHER]]
            block = dict(zip(keys, challenges[low : low + _TOGETHER], strict=True))

            def made(keys: list[str], block: dict[str, Challenge] = block) -> Iterable[Any]:
                return make(self._queries.several({key: block[key] for key in keys}, ask))

            found = self._made.several({key: key for key in block}, made)
            known = dict(zip(block, found, strict=True))
            yield from (known[key] for key in keys)

    def _key(self, challenge: Challenge) -> str:
        """Its `searched_hash`, remembered as long as it is the same object."""
        known = self._keys.get(id(challenge))
        if known is not None and known[0] is challenge:
            return known[1]
        if len(self._keys) >= 4 * self._most:
            self._keys = {}
        self._keys[id(challenge)] = challenge, (made := searched_hash(challenge))
        return made
