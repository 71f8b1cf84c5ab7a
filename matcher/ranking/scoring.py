"""Scores of every passage for one query, by retriever and fused; exact, over the whole library."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.index.collection import Collection
from matcher.index.fusion import best_two, z_scores
from matcher.ranking.query import Query

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]


# Standard scores of BM25 have a heavier tail than those of cosines; at equal weights it decides
# alone. Flat between .4 and .8 on every judged set (docs/evaluation.md).
LEXICAL_WEIGHT = 0.6


@dataclass(frozen=True)
class PassageScores:
    """One query against all ``n`` passages of a collection.

    Attributes:
        lexical: (n,) standardised BM25, see `LexicalIndex.weights`, times ``LEXICAL_WEIGHT``.
        dense: (n,) standardised similarity, or None without vectors.
        title_lexical, title_dense, body_dense: (n,) the same for the title alone, and for the
            whole text alone; zeros without vectors.
        cosine: (n,) similarity before it was standardised, zeros without vectors.
        lexical_unit: weighted BM25 that makes one unit of ``lexical``, to express a term's share.
    """

    lexical: FloatArray
    dense: FloatArray | None
    title_lexical: FloatArray
    title_dense: FloatArray
    body_dense: FloatArray
    cosine: FloatArray
    lexical_unit: float

    @property
    def fused(self) -> FloatArray:
        """(n,) sum of the standardised scores."""
        return self.lexical if self.dense is None else self.lexical + self.dense


@dataclass(frozen=True)
class Candidates:
    """The owners that may be ranked for a query, with their two best passages.

    Attributes:
        owners: (k,) places in the collection, ascending.
        first, second: (k,) passage positions of the best and second-best piece; ``second`` is -1
            where an owner has one piece only.
    """

    query: Query
    scores: PassageScores
    owners: IntArray
    first: IntArray
    second: IntArray


def score_passages(
    query: Query, collection: Collection, centre: FloatArray | None = None
) -> PassageScores:
    """Score all passages.

    Args:
        query: a challenge.
        collection: the library.
        centre: (dim,) mean of query vectors, see `dense_scores`.
    """
    words = collection.lexical
    lexical, _, deviation = z_scores(words.scores(words.weights(query.tokens)))
    title_lexical, _, _ = z_scores(words.scores(words.weights(query.title_tokens)))
    nothing = np.zeros_like(lexical)
    cosine = title_dense = body_dense = nothing
    dense = None
    if collection.vectors is not None and len(lexical) and query.vector is not None:
        cosine, title, body = (
            dense_scores(vector, collection, centre)
            for vector in (query.vector, query.title_vector, query.body_vector)
            if vector is not None
        )
        dense, title_dense, body_dense = (z_scores(s)[0] for s in (cosine, title, body))
    return PassageScores(
        lexical=np.asarray(LEXICAL_WEIGHT * lexical, dtype=np.float32),
        dense=dense,
        title_lexical=title_lexical,
        title_dense=title_dense,
        body_dense=body_dense,
        cosine=cosine,
        lexical_unit=deviation / LEXICAL_WEIGHT,
    )


def dense_scores(
    vector: FloatArray,
    collection: Collection,
    centre: FloatArray | None = None,
    rows: slice = slice(None),
) -> FloatArray:
    """Cosine of one query vector to the passages in ``rows``, both centred: shape (n,).

    Sentence vectors share a large common part that hides differences (Mu & Viswanath 2018,
    "All-but-the-Top"): ``centre``, the mean of queries, is taken off the query, and the library's
    mean off the passages. Without a centre the cosine is plain.
    """
    mean = collection.mean_vector
    if collection.vectors is None or mean is None:
        raise ValueError("the collection has no vectors")
    if centre is None:
        return np.asarray(collection.vectors[rows] @ vector, dtype=np.float32)
    shifted = vector - centre
    shifted = shifted / max(float(np.linalg.norm(shifted)), 1e-9)
    products = collection.vectors[rows] @ shifted - float(mean @ shifted)
    return np.asarray(products / collection.centred_lengths[rows], dtype=np.float32)


def candidates(
    query: Query,
    collection: Collection,
    scores: PassageScores,
    owners: IntArray | None = None,
) -> Candidates:
    """All owners, or those named by place, with their two best passages."""
    first, second = best_two(scores.fused, collection.starts)
    if owners is None:
        owners = np.arange(len(first))
    return Candidates(query, scores, owners, first[owners], second[owners])
