"""The candidates of one query, scored by a ranker and put into words by a calibration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from matcher.arrays import FloatArray, IntArray
from matcher.ranking.calibration import JUDGED_DEPTH, SCORE_SIGNALS, Calibration
from matcher.ranking.candidates import candidates
from matcher.ranking.features import SIGNALS, FeatureMatrix, features
from matcher.ranking.grades import Band, Verdict
from matcher.ranking.query import Query
from matcher.ranking.search import Neighbourhood
from matcher.ranking.stages import Pool, Scores, Stage, best_first, joined
from matcher.ranking.view import View

_LEVELS = (Band.WEAK, Band.MEDIUM, Band.STRONG)


@dataclass(frozen=True)
class Scored:
    """The candidates of one query with their scores, in the same order.

    Attributes:
        near: where they are from; documents are numbered within it.
        pool: the candidates, before any stage.
        added: what the stages gave them.
        ranker: the stages.
    """

    near: Neighbourhood
    pool: Pool
    added: Scores
    ranker: Stage

    @classmethod
    def of(cls, ranker: Stage, query: Query, near: Neighbourhood, depth: int) -> Scored:
        """What a ranker makes of the surroundings of a query, ``depth`` documents at least."""
        pool = candidates(query, near, depth)
        return cls(near, pool, ranker.rerank(pool), ranker)

    @property
    def query(self) -> Query:
        """What was asked."""
        return self.pool.query

    @property
    def scores(self) -> FloatArray:
        """(k,) of the candidates."""
        return self.added.values

    @property
    def ids(self) -> list[str]:
        """Team ids of the candidates."""
        return self.pool.view.ids

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each team is among the candidates."""
        return {team_id: place for place, team_id in enumerate(self.ids)}

    @property
    def slim(self) -> Scored:
        """The same without what its view has worked out on the way, to be kept long."""
        return replace(self, pool=replace(self.pool, view=replace(self.pool.view)))

    def beside(self, near: Neighbourhood) -> Scored:
        """Other documents of the library, scored as this query's candidates."""
        everybody = np.arange(len(near.collection.places))
        own = View(self.query, near.collection, near.scores, everybody)
        pool = Pool(own, self.pool.reference)
        return Scored(near, pool, self.ranker.rerank(pool), self.ranker)

    def best(self, depth: int) -> IntArray:
        """Places of the best candidates, best first."""
        return best_first(self.scores, self.ids, depth)

    def signals(self, names: Sequence[str], places: IntArray) -> FeatureMatrix:
        """Raw `SIGNALS` of some candidates, and parts of their scores, by name."""
        signals = self._signals.rows(places)
        if set(names) <= set(SIGNALS):
            return signals
        return joined([signals, self.added.parts(places)])

    @cached_property
    def judged(self) -> IntArray:
        """Places of the candidates the challenge is judged by."""
        return _nearest(self.pool.view)

    @cached_property
    def _signals(self) -> FeatureMatrix:
        return features(self.pool.view, tuple(SIGNALS))

    def bands(
        self, calibration: Calibration | None, places: IntArray, overall: Verdict
    ) -> list[tuple[Band, float | None]]:
        """Bands of the candidates at some places and the chances behind them, in that order.

        Where nobody in the library fits, the nearest are weak matches, and are assigned nothing.
        """
        if calibration is None or self.query.too_short:
            return [(Band.UNKNOWN, None)] * len(places)
        nobody = overall == Verdict.NOBODY
        read = (
            self._scored_signals(self.pool).rows(places)
            if calibration.by_score
            else self.signals(calibration.pair.names, places)
        )
        chances = calibration.chances(read)
        if calibration.by_score:
            calibration = self._for_size(calibration)
        return [(Band.WEAK if nobody else calibration.band(chance), chance) for chance in chances]

    def levels(self, calibration: Calibration | None, scores: Sequence[np.float32]) -> list[int]:
        """How high the bands of some scores are, 0 for the lowest; all alike where a band is read
        from more than the score.
        """
        if calibration is None or not calibration.by_score or self.query.too_short:
            return [0] * len(scores)
        if self.verdict(calibration)[0] == Verdict.NOBODY:
            return [0] * len(scores)
        asked = FeatureMatrix(SCORE_SIGNALS, np.array(scores, dtype=np.float32)[:, None])
        return [_LEVELS.index(band) for band in self._for_size(calibration).bands(asked)]

    def _for_size(self, calibration: Calibration) -> Calibration:
        """A calibration by the score, for a library of this size."""
        return calibration.among(self.pool.view.collection.source.counted)

    def verdict(
        self, calibration: Calibration | None, *, listed: bool = False
    ) -> tuple[Verdict, float | None]:
        """Whether anybody in the library fits, or of those that may be ``listed``.

        A query of one short word is too little to judge by: 未定.
        """
        if calibration is None or self.query.too_short:
            return Verdict.UNKNOWN, None
        pool = self.pool if listed else self.pool.reference
        if calibration.by_score:
            signals = self._scored_signals(pool)
            if (library := pool.view.collection.source).few:
                return calibration.among(library.counted).verdict_of_few(signals)
            return calibration.verdict(signals)
        view = pool.view
        signals = self._signals if pool is self.pool else features(view, tuple(SIGNALS))
        return calibration.verdict(signals.rows(_nearest(view)))

    def _scored_signals(self, pool: Pool) -> FeatureMatrix:
        """The ranker's scores as signals."""
        scores = self.scores if pool is self.pool else self.ranker.rerank(pool).values
        return FeatureMatrix(SCORE_SIGNALS, scores[:, None])


def _nearest(view: View) -> IntArray:
    """The documents a challenge is judged by: those with the best fused score, ties by id."""
    means = features(view, ("fused",)).column("fused")
    return np.sort(np.argsort(-means, kind="stable")[:JUDGED_DEPTH])
