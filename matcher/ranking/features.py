"""Named features of (challenge, team) pairs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.ranking.scoring import Candidates

FloatArray = NDArray[np.float32]

FUSED_PARTS = ("lexical_first", "dense_first", "lexical_second", "dense_second")


@dataclass(frozen=True)
class FeatureMatrix:
    """Features of ``k`` candidates: ``values`` is (k, len(names)) float32."""

    names: tuple[str, ...]
    values: FloatArray

    def column(self, name: str) -> FloatArray:
        """One feature of all candidates: shape (k,)."""
        return np.asarray(self.values[:, self.names.index(name)])

    def rows(self, places: NDArray[np.int64]) -> FeatureMatrix:
        """The same features of some candidates."""
        return FeatureMatrix(self.names, self.values[places])


def fused_parts(found: Candidates) -> FeatureMatrix:
    """Half the standardised scores of the best and second-best piece of evidence, by retriever.

    They sum to the mean fused score of the two pieces; an only piece counts for both.
    """
    second = np.where(found.second >= 0, found.second, found.first)
    lexical = found.scores.lexical
    dense = found.scores.dense if found.scores.dense is not None else np.zeros_like(lexical)
    columns = (lexical[found.first], dense[found.first], lexical[second], dense[second])
    return FeatureMatrix(FUSED_PARTS, (np.stack(columns, axis=1) / 2).astype(np.float32))
