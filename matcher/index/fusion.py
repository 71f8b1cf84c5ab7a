"""Fusion and aggregation: from scores of passages to scores of their documents. Pure functions."""

from __future__ import annotations

import numpy as np

from matcher.arrays import FloatArray, IntArray


def best_two(scores: FloatArray, starts: IntArray) -> tuple[IntArray, IntArray]:
    """Positions of each document's best and second-best passage; -1 where there is no second.

    Args:
        scores: (n_passages,), the passages of one document side by side.
        starts: (n_documents + 1,), document ``i`` has the passages
            ``starts[i]:starts[i + 1]``, at least one.

    Ties go to the earlier passage.
    """
    if len(starts) < 2:
        empty = np.zeros(0, dtype=np.int64)
        return empty, empty
    lengths = np.diff(starts)
    first = _first_of_best(scores, starts, lengths)
    rest = scores.astype(np.float32, copy=True)
    rest[first] = -np.inf
    second = _first_of_best(rest, starts, lengths)
    second[lengths == 1] = -1
    return first, second


def top_two_mean(scores: FloatArray, first: IntArray, second: IntArray) -> FloatArray:
    """Mean of the two best pieces of evidence; the only one where there is one.

    Measured better than the best one alone: a second piece on the point is proof of depth
    (docs/evaluation.md).
    """
    paired = np.where(second >= 0, second, first)
    return np.asarray((scores[first] + scores[paired]) / 2, dtype=np.float32)


def _first_of_best(scores: FloatArray, starts: IntArray, lengths: IntArray) -> IntArray:
    best = np.repeat(np.maximum.reduceat(scores, starts[:-1]), lengths)
    positions = np.where(scores == best, np.arange(len(scores)), len(scores))
    return np.asarray(np.minimum.reduceat(positions, starts[:-1]), dtype=np.int64)
