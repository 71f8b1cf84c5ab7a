"""The fused ranker: what the retrievers say, added up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from matcher.ranking.features import FeatureMatrix
from matcher.ranking.stages import Pool, Scores
from matcher.ranking.view import View

FUSED_PARTS: Mapping[str, str] = {
    "lexical_first": "最佳依据·用词",
    "dense_first": "最佳依据·语义",
    "lexical_second": "次佳依据·用词",
    "dense_second": "次佳依据·语义",
}


@dataclass(frozen=True)
class FusedRanker:
    """The sum of standardised lexical and dense scores of a team's two best pieces of evidence."""

    name: str = "fused"
    labels = FUSED_PARTS

    def rerank(self, pool: Pool) -> Scores:
        """See `matcher.ranking.stages.Stage`."""
        return Scores.of(fused_parts(pool.view))


def fused_parts(view: View) -> FeatureMatrix:
    """Half the standardised scores of the best and second-best piece of evidence, by retriever.

    They sum to the mean fused score of the two pieces; an only piece counts for both.
    """
    first, second = view.pieces
    second = np.where(second >= 0, second, first)
    lexical = view.scores.lexical
    dense = view.scores.dense if view.scores.dense is not None else np.zeros_like(lexical)
    columns = (lexical[first], dense[first], lexical[second], dense[second])
    return FeatureMatrix(tuple(FUSED_PARTS), (np.stack(columns, axis=1) / 2).astype(np.float32))
