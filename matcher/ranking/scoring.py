"""Scores of passages for one query, by retriever and fused; exact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.arithmetic import on_grid, products, unit
from matcher.arrays import FloatArray, IntArray, WideArray
from matcher.index.collection import Collection
from matcher.index.lexical import Overlap
from matcher.ranking.query import Query

# Standard scores of BM25 have a heavier tail than those of cosines; at equal weights it decides
# alone. Flat between .4 and .8 on every judged set (docs/evaluation.md).
LEXICAL_WEIGHT = 0.6


@dataclass(frozen=True, slots=True)
class MeanStd:
    """Mean and standard deviation of a signal over the whole library.

    Fox & Shaw (1994) combine runs by sums; standardising first puts retrievers with different
    scales on one footing. A constant signal says nothing and becomes 0.
    """

    mean: float
    std: float

    @classmethod
    def of(cls, scores: FloatArray) -> MeanStd:
        """Of all passages' scores."""
        wide = scores.astype(np.float64)
        return cls(float(wide.mean()), float(wide.std())) if len(wide) else cls(0.0, 1.0)

    @property
    def unit(self) -> float:
        """What makes one standard score; a constant signal says nothing, whatever its unit."""
        return self.std if self.std >= 1e-9 else 1.0

    def standardised(self, scores: FloatArray) -> FloatArray:
        """Standard scores, zeros where the signal is constant."""
        if self.std < 1e-9:
            return np.zeros_like(scores)
        return (scores - np.float32(self.mean)) / np.float32(self.std)


@dataclass(frozen=True)
class PassageScores:
    """One query against all ``n`` passages of a collection.

    Attributes:
        lexical: (n,) standardised BM25, see `LexicalIndex.weights`, times ``LEXICAL_WEIGHT``.
        dense: (n,) standardised similarity, or None without vectors.
        title_lexical, title_dense, body_dense: (n,) the same for the title alone, and for the
            whole text alone; zeros without vectors.
        cosine, title_cosine, body_cosine: (n,) similarity before it was standardised, to both, the
            title, and the whole text; zeros without vectors.
        share, title_share: (n,) weighted BM25 of query and title as a part of what a passage could
            have at most, 0..1.
        lexical_unit: weighted BM25 that makes one unit of ``lexical``, to express a term's share.
        overlap: what the passages hold of the words of query and title, where that was looked up.
    """

    lexical: FloatArray
    dense: FloatArray | None
    title_lexical: FloatArray
    title_dense: FloatArray
    body_dense: FloatArray
    cosine: FloatArray
    title_cosine: FloatArray
    body_cosine: FloatArray
    share: FloatArray
    title_share: FloatArray
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
        centre: (dim,) mean of query vectors, see `direction`.
    """
    words = collection.lexical
    lexical = words.scores(words.weights(query.tokens))
    title = words.scores(words.weights(query.title_tokens))
    mean_stds = MeanStd.of(lexical), MeanStd.of(title)
    return _scored(query, collection, centre, (lexical, title), mean_stds)


def score_part(
    query: Query,
    part: Collection,
    centre: FloatArray | None,
    mean_stds: tuple[MeanStd, MeanStd],
) -> PassageScores:
    """The same scores of the passages in a part of a library.

    Args:
        query: a challenge.
        part: a few documents.
        centre: (dim,) mean of query vectors, see `direction`.
        mean_stds: of the words of query and title over the whole library.
    """
    words = part.lexical
    overlap = words.overlap([*query.tokens, *query.title_tokens, *query.words, *query.title_words])
    lexical, title = (
        overlap.scores(words.weights(tokens)) for tokens in (query.tokens, query.title_tokens)
    )
    return _scored(query, part, centre, (lexical, title), mean_stds, overlap)


def _scored(
    query: Query,
    collection: Collection,
    centre: FloatArray | None,
    words: tuple[FloatArray, FloatArray],
    mean_stds: tuple[MeanStd, MeanStd],
    overlap: Overlap | None = None,
) -> PassageScores:
    lexical, title_lexical = (
        mean_std.standardised(scores) for mean_std, scores in zip(mean_stds, words, strict=True)
    )
    nothing = np.zeros_like(lexical)
    cosine = title_cosine = body_cosine = title_dense = body_dense = nothing
    dense = None
    if (exact := collection.vectors) is not None and query.vector is not None:
        vectors = exact.astype(np.float64)
        found = [
            _cosines_and_standard(vector, vectors, collection, centre)
            for vector in (query.vector, query.title_vector, query.body_vector)
            if vector is not None
        ]
        cosine, title_cosine, body_cosine = (one[0] for one in found)
        dense, title_dense, body_dense = (one[1] for one in found)
    share, title_share = (
        _share(scores, collection.lexical.weights(tokens))
        for scores, tokens in zip(words, (query.tokens, query.title_tokens), strict=True)
    )
    return PassageScores(
        lexical=np.asarray(LEXICAL_WEIGHT * lexical, dtype=np.float32),
        dense=dense,
        title_lexical=title_lexical,
        title_dense=title_dense,
        body_dense=body_dense,
        cosine=cosine,
        title_cosine=title_cosine,
        body_cosine=body_cosine,
        share=share,
        title_share=title_share,
        lexical_unit=mean_stds[0].unit / LEXICAL_WEIGHT,
        overlap=overlap,
    )


def _share(scores: FloatArray, weights: Mapping[str, float]) -> FloatArray:
    """Weighted BM25 as a part of the most there is: a token counts its weight times its idf, which
    are the same number.
    """
    most = sum(weight * weight for weight in weights.values())
    return np.asarray(scores / np.float32(max(most, 1e-9)), dtype=np.float32)


def _cosines_and_standard(
    vector: FloatArray,
    vectors: WideArray,
    collection: Collection,
    centre: FloatArray | None,
) -> tuple[FloatArray, FloatArray]:
    """Cosines of a query vector to all passages of a collection, and their standard scores."""
    towards = direction(vector, centre)
    found = cosines(towards, vectors, collection, np.arange(len(vectors)))
    mean_std = MeanStd(*collection.statistics.mean_std(towards))
    return found, mean_std.standardised(found)


def direction(vectors: FloatArray, centre: FloatArray | None) -> FloatArray:
    """Query vectors with the mean of queries taken off, of length one: shape (..., dim), on the
    grid of `matcher.arithmetic`.
    """
    return on_grid(vectors if centre is None else unit(vectors - centre))


def cosines(
    towards: FloatArray,
    vectors: NDArray[np.floating[Any]],
    collection: Collection,
    passages: IntArray,
) -> FloatArray:
    """Cosines of queries to passages, both centred where the library is.

    Sentence vectors share a large common part that hides differences (Mu & Viswanath 2018,
    "All-but-the-Top"): the mean of queries in general is taken off the query, and that of passages
    in general off the passages, whoever else is in the library. A part of a library gives the very
    numbers that the whole gives.

    Args:
        towards: (..., dim) of one query or several, see `direction`.
        vectors: (n, dim) exact vectors of the passages.
        collection: what they are in.
        passages: (n,) places in the collection.

    Returns:
        (..., n).
    """
    off = products(towards, collection.statistics.centre)
    shifted = products(towards, vectors.T) - off[..., None]
    return np.asarray(shifted / collection.lengths_of(passages), dtype=np.float32)
