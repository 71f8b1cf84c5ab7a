"""Scores of passages for one query, by retriever and fused; exact."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.arithmetic import on_grid, products, unit
from matcher.index.collection import Collection
from matcher.index.lexical import Overlap
from matcher.ranking.query import Query

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]


# Standard scores of BM25 have a heavier tail than those of cosines; at equal weights it decides
# alone. Flat between .4 and .8 on every judged set (docs/evaluation.md).
LEXICAL_WEIGHT = 0.6


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean and deviation of a signal over the whole library."""

    mean: float
    deviation: float

    @classmethod
    def of(cls, scores: FloatArray) -> Spread:
        """Of all passages' scores."""
        wide = scores.astype(np.float64)
        return cls(float(wide.mean()), float(wide.std())) if len(wide) else cls(0.0, 1.0)

    @property
    def unit(self) -> float:
        """What makes one standard score; a constant signal says nothing, whatever its unit."""
        return self.deviation if self.deviation >= 1e-9 else 1.0

    def standardised(self, scores: FloatArray) -> FloatArray:
        """Standard scores, zeros where the signal is constant."""
        if self.deviation < 1e-9:
            return np.zeros_like(scores)
        return (scores - np.float32(self.mean)) / np.float32(self.deviation)


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
        overlap: what the passages hold of the words of query and title, where that was looked up.
    """

    lexical: FloatArray
    dense: FloatArray | None
    title_lexical: FloatArray
    title_dense: FloatArray
    body_dense: FloatArray
    cosine: FloatArray
    lexical_unit: float
    overlap: Overlap | None = None

    @property
    def fused(self) -> FloatArray:
        """(n,) sum of the standardised scores."""
        return self.lexical if self.dense is None else self.lexical + self.dense


def score_passages(
    query: Query, collection: Collection, centre: FloatArray | None = None
) -> PassageScores:
    """Score all passages of a whole library.

    Args:
        query: a challenge.
        collection: the library.
        centre: (dim,) mean of query vectors, see `dense_scores`.
    """
    words = collection.lexical
    lexical = words.scores(words.weights(query.tokens))
    title = words.scores(words.weights(query.title_tokens))
    spreads = Spread.of(lexical), Spread.of(title)
    return _scored(query, collection, centre, (lexical, title), spreads)


def score_part(
    query: Query,
    part: Collection,
    centre: FloatArray | None,
    spreads: tuple[Spread, Spread],
) -> PassageScores:
    """The same scores of the passages in a part of a library.

    Args:
        query: a challenge.
        part: a few owners.
        centre: (dim,) mean of query vectors, see `dense_scores`.
        spreads: of the words of query and title over the whole library.
    """
    words = part.lexical
    overlap = words.overlap([*query.tokens, *query.title_tokens, *query.words, *query.title_words])
    lexical, title = (
        overlap.scores(words.weights(tokens)) for tokens in (query.tokens, query.title_tokens)
    )
    return _scored(query, part, centre, (lexical, title), spreads, overlap)


def _scored(
    query: Query,
    collection: Collection,
    centre: FloatArray | None,
    words: tuple[FloatArray, FloatArray],
    spreads: tuple[Spread, Spread],
    overlap: Overlap | None = None,
) -> PassageScores:
    lexical, title_lexical = (
        spread.standardised(scores) for spread, scores in zip(spreads, words, strict=True)
    )
    nothing = np.zeros_like(lexical)
    cosine = title_dense = body_dense = nothing
    dense = None
    if collection.source.has_vectors and query.vector is not None:
        vectors = collection.vectors
        asked = (query.vector, query.title_vector, query.body_vector)
        given = [vector for vector in asked if vector is not None]
        if vectors is not None:
            every = np.arange(len(vectors))
            found = cosines(np.stack(given), vectors, collection, centre, every)
            cosine, (dense, title_dense, body_dense) = (
                found[0],
                (
                    dense_spread(vector, collection, centre).standardised(scores)
                    for vector, scores in zip(given, found, strict=True)
                ),
            )
    return PassageScores(
        lexical=np.asarray(LEXICAL_WEIGHT * lexical, dtype=np.float32),
        dense=dense,
        title_lexical=title_lexical,
        title_dense=title_dense,
        body_dense=body_dense,
        cosine=cosine,
        lexical_unit=spreads[0].unit / LEXICAL_WEIGHT,
        overlap=overlap,
    )


def direction(vector: FloatArray, centre: FloatArray | None) -> FloatArray:
    """A query vector with the mean of queries taken off, of length one: shape (dim,), on the grid
    of `matcher.arithmetic`.
    """
    return on_grid(vector if centre is None else unit(vector - centre)).astype(np.float32)


def dense_spread(
    vector: FloatArray, collection: Collection, centre: FloatArray | None = None
) -> Spread:
    """Spread of `dense_scores` over the whole library, without looking at the passages."""
    statistics = collection.source.statistics(centre is not None)
    return Spread(*statistics.spread(direction(vector, centre)))


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
    passages = np.arange(*rows.indices(len(collection.rows)))
    vectors = collection.vectors_of(passages)
    return np.asarray(cosines(vector[None, :], vectors, collection, centre, passages)[0])


def cosines(
    asked: FloatArray,
    vectors: FloatArray,
    collection: Collection,
    centre: FloatArray | None,
    passages: IntArray,
) -> FloatArray:
    """`dense_scores` of some query vectors and of passages whose exact vectors are at hand.

    A part of a library gives the very numbers that the whole gives: the products are exact.

    Args:
        asked: (q, dim) query vectors.
        vectors: (n, dim) of the passages.
        collection, centre: as `dense_scores`.
        passages: (n,) places in the collection.

    Returns:
        (q, n).
    """
    towards = np.stack([direction(vector, centre) for vector in asked])
    mean = collection.source.statistics(centre is not None).mean
    centred = products(towards, vectors.T) - products(towards, mean)[:, None]
    return np.asarray(centred / collection.lengths_of(passages, centre is not None), np.float32)
