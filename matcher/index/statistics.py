"""What the vectors of a library have in common, and how that follows a change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.index.vectors import FloatArray, IntArray, Vectors, widened

# Rows converted together: their float32 copy stays in the cache of one core.
_BLOCK = 8192
# How far the mean may move before everything is compared around the new one. A cosine changes by
# that over the length of a centred vector (about a half): by two in ten thousand at most.
_DRIFT = 1e-4


@dataclass(frozen=True)
class DenseStatistics:
    """What is needed to centre and to standardise cosines.

    With ``u = (v - mean) / |v - mean|`` for every passage, the cosines to any unit vector ``q``
    have the mean ``q . unit_mean`` and the mean square ``q . moments . q``: no pass over the
    passages is needed to standardise them.

    Attributes:
        count: how many passages they are of.
        total: (dim,) float64 sum of their vectors.
        mean: (dim,) of all vectors, or nearly; zeros where vectors are compared as they are.
        lengths: per segment, (n,) |v - mean|; ones where they are compared as they are.
        unit_mean: (dim,) float64 mean of ``u``.
        moments: (dim, dim) float64 mean of ``u u^T``.
    """

    count: int
    total: NDArray[np.float64]
    mean: FloatArray
    lengths: tuple[FloatArray, ...]
    unit_mean: NDArray[np.float64]
    moments: NDArray[np.float64]

    def spread(self, direction: FloatArray) -> tuple[float, float]:
        """Mean and deviation of the cosines of all passages to a unit vector."""
        wide = direction.astype(np.float64)
        mean = float(wide @ self.unit_mean)
        square = float(wide @ self.moments @ wide)
        return mean, float(np.sqrt(max(square - mean * mean, 0.0)))


def dense_statistics(
    segments: Sequence[Vectors], alive: Sequence[NDArray[np.bool_] | None], centred: bool
) -> DenseStatistics:
    """Statistics over the passages that count, in two passes.

    Args:
        segments: at least one.
        alive: per segment, which passages count; None for all.
        centred: take the mean off.
    """
    dimension = segments[0].exact.shape[1]
    sums = _Sums(dimension)
    pairs = list(zip(segments, alive, strict=True))
    for vectors, kept in pairs:
        for _, rows in _blocks(vectors, None if kept is None else np.flatnonzero(kept)):
            sums.count += len(rows)
            sums.total += rows.sum(axis=0, dtype=np.float64)
    mean = (sums.total / max(sums.count, 1)).astype(np.float32)
    if not centred:
        mean = np.zeros(dimension, dtype=np.float32)
    lengths = []
    for vectors, kept in pairs:
        own = np.empty(len(vectors), dtype=np.float32)
        for span, rows in _blocks(vectors):
            own[span] = _lengths(rows, mean, centred)
            counted = slice(None) if kept is None else kept[span]
            sums.add_units(((rows - mean) / own[span, None])[counted])
        lengths.append(own)
    return sums.statistics(mean, tuple(lengths))


def followed_statistics(
    old: DenseStatistics,
    gone: Sequence[tuple[Vectors, FloatArray, IntArray]],
    added: Sequence[Vectors],
    centred: bool,
) -> DenseStatistics | None:
    """Statistics after a change, in time proportional to it; None where the mean moved too far.

    Vectors stay compared around the old mean: anything else would mean to look at all of them.

    Args:
        old: statistics before.
        gone: of old segments, their vectors and lengths, and which passages no longer count.
        added: new segments, to be listed after the old ones.
        centred: take the mean off.
    """
    sums = _Sums.of(old)
    for vectors, lengths, places in gone:
        for span, rows in _blocks(vectors, places):
            sums.count -= len(rows)
            sums.total -= rows.sum(axis=0, dtype=np.float64)
            sums.add_units((rows - old.mean) / lengths[places[span], None], -1.0)
    fresh = []
    for vectors in added:
        own = np.empty(len(vectors), dtype=np.float32)
        for span, rows in _blocks(vectors):
            own[span] = _lengths(rows, old.mean, centred)
            sums.count += len(rows)
            sums.total += rows.sum(axis=0, dtype=np.float64)
            sums.add_units((rows - old.mean) / own[span, None])
        fresh.append(own)
    drift = float(np.linalg.norm(sums.total / max(sums.count, 1) - old.mean))
    if not sums.count or (centred and drift > _DRIFT):
        return None
    return sums.statistics(old.mean, (*old.lengths, *fresh))


class _Sums:
    """Sums over passages."""

    def __init__(self, dimension: int) -> None:
        self.count = 0
        self.total = np.zeros(dimension, dtype=np.float64)
        self._units = np.zeros(dimension, dtype=np.float64)
        self._squares = np.zeros((dimension, dimension), dtype=np.float64)

    @classmethod
    def of(cls, statistics: DenseStatistics) -> _Sums:
        sums = cls(len(statistics.mean))
        sums.count = statistics.count
        sums.total += statistics.total
        sums._units += statistics.unit_mean * statistics.count
        sums._squares += statistics.moments * statistics.count
        return sums

    def add_units(self, units: FloatArray, sign: float = 1.0) -> None:
        self._units += sign * units.sum(axis=0, dtype=np.float64)
        self._squares += sign * (units.T @ units)

    def statistics(self, mean: FloatArray, lengths: tuple[FloatArray, ...]) -> DenseStatistics:
        share = 1 / max(self.count, 1)
        return DenseStatistics(
            self.count, self.total, mean, lengths, self._units * share, self._squares * share
        )


def _lengths(rows: FloatArray, mean: FloatArray, centred: bool) -> FloatArray:
    if not centred:
        return np.ones(len(rows), dtype=np.float32)
    found = np.linalg.norm(rows - mean, axis=1)
    return np.asarray(np.maximum(found, 1e-6), dtype=np.float32)


def _blocks(vectors: Vectors, places: IntArray | None = None) -> Iterator[tuple[slice, FloatArray]]:
    """(which of the places, exact vectors) block by block; None for all passages."""
    number = len(vectors) if places is None else len(places)
    for low in range(0, number, _BLOCK):
        span = slice(low, min(low + _BLOCK, number))
        yield span, widened(vectors.exact[span if places is None else places[span]])
