"""What the vectors of a library have in common, and how that follows a change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matcher.arithmetic import lengths, on_grid, products
from matcher.arrays import BoolArray, FloatArray, IntArray, WideArray
from matcher.index.vectors import Vectors, widened

# Rows converted together: their float32 copy stays in the cache of one core.
_BLOCK = 1024
# How far the mean may move before everything is compared around the new one. A cosine changes by
# that over the length of a centred vector (about a half): by two in ten thousand at most.
_DRIFT = 1e-4
# Products of two numbers of a unit vector on this grid add up exactly over two million passages of
# one direction, and over forty million whose directions differ as those of texts do.
_COARSE = 16
# What products with a query, on the grid 24, leave room for.
_FINE = 28


@dataclass(frozen=True)
class DenseStatistics:
    """What is needed to centre and to standardise cosines.

    With ``u = (v - mean) / |v - mean|`` for every passage, the cosines to any unit vector ``q``
    have the mean ``q . unit_mean`` and the mean square ``q . moments . q``: no pass over the
    passages is needed to standardise them. Sums are kept, not means: they are exact
    (`matcher.arithmetic`), so it does not matter what was added and taken off in which order.

    Attributes:
        count: how many passages they are of.
        total: (dim,) float64 sum of their vectors.
        mean: (dim,) of all vectors, or nearly; zeros where vectors are compared as they are.
        lengths: per segment, (n,) |v - mean|; ones where they are compared as they are.
        units: (dim,) float64 sum of ``u``.
        squares: (dim, dim) float64 sum of ``u u^T``.
    """

    count: int
    total: WideArray
    mean: FloatArray
    lengths: tuple[FloatArray, ...]
    units: WideArray
    squares: WideArray

    @cached_property
    def unit_mean(self) -> WideArray:
        """(dim,) mean of ``u``."""
        return on_grid(self.units / max(self.count, 1))

    @cached_property
    def moments(self) -> WideArray:
        """(dim, dim) mean of ``u u^T``."""
        return on_grid(self.squares / max(self.count, 1), _FINE)

    def mean_std(self, towards: FloatArray) -> tuple[float, float]:
        """Mean and deviation of the cosines of all passages to a unit vector.

        Args:
            towards: (dim,) on the grid of `matcher.arithmetic`.
        """
        mean = float(products(towards, self.unit_mean))
        square = float(products(on_grid(products(self.moments, towards), _FINE), towards))
        return mean, float(np.sqrt(max(square - mean * mean, 0.0)))


def dense_statistics(
    segments: Sequence[Vectors], alive: Sequence[BoolArray | None], centred: bool
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
    mean = on_grid(sums.total / max(sums.count, 1)).astype(np.float32)
    if not centred:
        mean = np.zeros(dimension, dtype=np.float32)
    made = []
    for vectors, kept in pairs:
        own = np.empty(len(vectors), dtype=np.float32)
        for span, rows in _blocks(vectors):
            own[span] = lengths_about(rows, mean, centred)
            counted = slice(None) if kept is None else kept[span]
            sums.add_units(((rows - mean) / own[span, None])[counted])
        made.append(own)
    return sums.statistics(mean, tuple(made))


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
    for vectors, own, places in gone:
        for span, rows in _blocks(vectors, places):
            sums.count -= len(rows)
            sums.total -= rows.sum(axis=0, dtype=np.float64)
            sums.add_units((rows - old.mean) / own[places[span], None], -1)
    fresh = []
    for vectors in added:
        own = np.empty(len(vectors), dtype=np.float32)
        for span, rows in _blocks(vectors):
            own[span] = lengths_about(rows, old.mean, centred)
            sums.count += len(rows)
            sums.total += rows.sum(axis=0, dtype=np.float64)
            sums.add_units((rows - old.mean) / own[span, None])
        fresh.append(own)
    drift = float(lengths(sums.total / max(sums.count, 1) - old.mean))
    if not sums.count or (centred and drift > _DRIFT):
        return None
    return sums.statistics(old.mean, (*old.lengths, *fresh))


class _Sums:
    """Sums over passages, all of them exact."""

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
        sums._units += statistics.units
        sums._squares += statistics.squares
        return sums

    def add_units(self, units: FloatArray, sign: int = 1) -> None:
        self._units += sign * on_grid(units).sum(axis=0, dtype=np.float64)
        coarse = on_grid(units, _COARSE).astype(np.float64)
        self._squares += sign * products(coarse.T, coarse)

    def statistics(self, mean: FloatArray, own: tuple[FloatArray, ...]) -> DenseStatistics:
        return DenseStatistics(self.count, self.total, mean, own, self._units, self._squares)


def lengths_about(rows: FloatArray, mean: FloatArray, centred: bool) -> FloatArray:
    """(n,) |v - mean|; ones where vectors are compared as they are."""
    if not centred:
        return np.ones(len(rows), dtype=np.float32)
    return np.asarray(np.maximum(lengths(rows - mean), 1e-6), dtype=np.float32)


def _blocks(vectors: Vectors, places: IntArray | None = None) -> Iterator[tuple[slice, FloatArray]]:
    """(which of the places, exact vectors) block by block; None for all passages."""
    number = len(vectors) if places is None else len(places)
    for low in range(0, number, _BLOCK):
        span = slice(low, min(low + _BLOCK, number))
        yield span, widened(vectors.exact[span if places is None else places[span]])
