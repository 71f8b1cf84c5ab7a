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
# Products of two numbers of a unit vector on this grid add up exactly over two million passages of
# one direction, and over forty million whose directions differ as those of texts do.
_COARSE = 16
# What products with a query, on the grid 24, leave room for.
_FINE = 28


@dataclass(frozen=True)
class DenseStatistics:
    """What is needed to centre and to standardise cosines.

    With ``u = (v - centre) / |v - centre|`` for every passage, the cosines to any unit vector ``q``
    have the mean ``q . unit_mean`` and the mean square ``q . moments . q``: no pass over the
    passages is needed to standardise them. Sums are kept, not means: they are exact
    (`matcher.arithmetic`), so it does not matter what was added and taken off in which order.

    Attributes:
        count: how many passages they are of.
        centre: (dim,) taken off all vectors; zeros where they are compared as they are.
        lengths: per segment, (n,) |v - centre|; ones where they are compared as they are.
        units: (dim,) float64 sum of ``u``.
        squares: (dim, dim) float64 sum of ``u u^T``.
    """

    count: int
    centre: FloatArray
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
    segments: Sequence[Vectors], alive: Sequence[BoolArray | None], centre: FloatArray | None
) -> DenseStatistics:
    """Statistics over the passages that count.

    Args:
        segments: at least one.
        alive: per segment, which passages count; None for all.
        centre: (dim,) to be taken off; None where vectors are compared as they are.
    """
    sums = _Sums(centred_on(centre, segments[0].exact.shape[1]))
    made = []
    for vectors, kept in zip(segments, alive, strict=True):
        own = np.empty(len(vectors), dtype=np.float32)
        for span, rows in _blocks(vectors):
            own[span] = lengths_about(rows, sums.centre)
            counted = slice(None) if kept is None else kept[span]
            sums.add(rows[counted], own[span][counted])
        made.append(own)
    return sums.statistics(tuple(made))


def followed_statistics(
    old: DenseStatistics,
    gone: Sequence[tuple[Vectors, FloatArray, IntArray]],
    added: Sequence[Vectors],
) -> DenseStatistics:
    """Statistics after a change, in time proportional to it.

    Args:
        old: statistics before.
        gone: of old segments, their vectors and lengths, and which passages no longer count.
        added: new segments, to be listed after the old ones.
    """
    sums = _Sums.of(old)
    for vectors, own, places in gone:
        for span, rows in _blocks(vectors, places):
            sums.add(rows, own[places[span]], -1)
    fresh = []
    for vectors in added:
        own = np.empty(len(vectors), dtype=np.float32)
        for span, rows in _blocks(vectors):
            own[span] = lengths_about(rows, old.centre)
            sums.add(rows, own[span])
        fresh.append(own)
    return sums.statistics((*old.lengths, *fresh))


class _Sums:
    """Sums over passages, all of them exact."""

    def __init__(self, centre: FloatArray) -> None:
        self.centre, self.count = centre, 0
        self._units = np.zeros(len(centre), dtype=np.float64)
        self._squares = np.zeros((len(centre), len(centre)), dtype=np.float64)

    @classmethod
    def of(cls, statistics: DenseStatistics) -> _Sums:
        sums = cls(statistics.centre)
        sums.count = statistics.count
        sums._units += statistics.units
        sums._squares += statistics.squares
        return sums

    def add(self, rows: FloatArray, own: FloatArray, sign: int = 1) -> None:
        units = (rows - self.centre) / own[:, None]
        self.count += sign * len(rows)
        self._units += sign * on_grid(units).sum(axis=0, dtype=np.float64)
        coarse = on_grid(units, _COARSE).astype(np.float64)
        self._squares += sign * products(coarse.T, coarse)

    def statistics(self, own: tuple[FloatArray, ...]) -> DenseStatistics:
        return DenseStatistics(self.count, self.centre, own, self._units, self._squares)


def centred_on(centre: FloatArray | None, dimension: int) -> FloatArray:
    """(dim,) what is taken off vectors, on the grid of `matcher.arithmetic`; zeros for nothing."""
    if centre is None:
        return np.zeros(dimension, dtype=np.float32)
    return on_grid(centre.astype(np.float64)).astype(np.float32)


def lengths_about(rows: FloatArray, centre: FloatArray) -> FloatArray:
    """(n,) |v - centre|; ones where vectors are compared as they are."""
    if not centre.any():
        return np.ones(len(rows), dtype=np.float32)
    return np.asarray(np.maximum(lengths(rows - centre), 1e-6), dtype=np.float32)


def _blocks(vectors: Vectors, places: IntArray | None = None) -> Iterator[tuple[slice, FloatArray]]:
    """(which of the places, exact vectors) block by block; None for all passages."""
    number = len(vectors) if places is None else len(places)
    for low in range(0, number, _BLOCK):
        span = slice(low, min(low + _BLOCK, number))
        yield span, widened(vectors.exact[span if places is None else places[span]])
