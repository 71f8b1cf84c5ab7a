"""Rankers: from features to one score a candidate, and the parts that sum to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matcher.ranking.features import FUSED_PARTS, FeatureMatrix

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]

# Scores that differ less than this differ by rounding only; such candidates are ordered by id.
SCORE_DECIMALS = 5


class Ranker(Protocol):
    """Orders candidates. ``contributions`` says why, and sums to ``score``."""

    @property
    def name(self) -> str:
        """Names the ranker in runs and reports."""
        ...

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The features it reads."""
        ...

    def score(self, features: FeatureMatrix) -> FloatArray:
        """One score a candidate, higher is better: shape (k,)."""
        ...

    def contributions(self, features: FeatureMatrix) -> FeatureMatrix:
        """Named parts whose rows sum to ``score``."""
        ...


class FusedRanker:
    """The sum of standardised lexical and dense scores of a team's two best pieces of evidence."""

    name = "fused"
    feature_names = FUSED_PARTS

    def score(self, features: FeatureMatrix) -> FloatArray:
        """See `Ranker`."""
        return np.asarray(self.contributions(features).values.sum(axis=1), dtype=np.float32)

    def contributions(self, features: FeatureMatrix) -> FeatureMatrix:
        """See `Ranker`."""
        columns = [features.column(name) for name in FUSED_PARTS]
        return FeatureMatrix(FUSED_PARTS, np.stack(columns, axis=1))


def best_first(scores: FloatArray, ids: Sequence[str], depth: int) -> IntArray:
    """Positions of the best ``depth`` candidates, best first; ties by id, ascending."""
    rounded = np.round(scores.astype(np.float64), SCORE_DECIMALS)
    if depth < len(rounded):
        # Only those that can reach the list are sorted; everyone tied with the last one stays in.
        limit = np.partition(rounded, len(rounded) - depth)[len(rounded) - depth]
        kept = np.flatnonzero(rounded >= limit)
    else:
        kept = np.arange(len(rounded))
    order = sorted(kept.tolist(), key=lambda place: (-rounded[place], ids[place]))
    return np.asarray(order[:depth], dtype=np.int64)
