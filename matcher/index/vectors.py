"""The passages' vectors: exact ones on disk, and codes of one byte a number to look through first.

A vector is stored as ``scale * codes`` with whole numbers from -127 to 127. What that leaves out is
known for every passage (``errors``), so a product with the codes says within which bounds the exact
product lies: looking through the codes finds everything the exact vectors would find.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]
# Rows converted together: their float32 copy stays in the cache of one core.
_BLOCK = 1024


@dataclass(frozen=True)
class Vectors:
    """Vectors of ``n`` passages of one segment.

    Attributes:
        exact: (n, dim) float16, as the store keeps them.
        codes: (n, dim) int8.
        scales: (n,) what one step of a code is worth.
        errors: (n,) length of what the codes leave out.
    """

    exact: NDArray[np.float16]
    codes: NDArray[np.int8]
    scales: FloatArray
    errors: FloatArray

    def __len__(self) -> int:
        return len(self.codes)

    @classmethod
    def build(cls, exact: NDArray[np.float16]) -> Vectors:
        """Code vectors, block by block."""
        codes = np.empty(exact.shape, dtype=np.int8)
        scales = np.empty(len(exact), dtype=np.float32)
        errors = np.empty(len(exact), dtype=np.float32)
        for low in range(0, len(exact), _BLOCK):
            span = slice(low, low + _BLOCK)
            codes[span], scales[span], errors[span] = coded(widened(exact[span]))
        return cls(exact, codes, scales, errors)


def coded(rows: FloatArray) -> tuple[NDArray[np.int8], FloatArray, FloatArray]:
    """Codes of vectors, what a step of each one's codes is worth, and how long their errors are."""
    scales = np.maximum(np.abs(rows).max(axis=1), 1e-6) / np.float32(127)
    codes = np.rint(rows / scales[:, None]).astype(np.int8)
    errors = np.linalg.norm(rows - codes * scales[:, None], axis=1)
    return codes, scales, errors


def widened(rows: NDArray[np.float16]) -> FloatArray:
    """The same numbers as float32; numpy takes ten times as long."""
    import numkong

    if not rows.size:
        return rows.astype(np.float32)
    return np.asarray(numkong.astype(np.ascontiguousarray(rows), "float32"))


class CodedQueries:
    """Queries in codes, to be held against the codes of passages.

    Whole numbers are added up without rounding: the products do not depend on how many queries or
    passages are looked at together, nor on the processor.

    Attributes:
        scales, errors: (q,) as of `coded`.
    """

    def __init__(self, queries: FloatArray) -> None:
        import numkong

        codes, self.scales, self.errors = coded(queries)
        self._packed = numkong.dots_pack(codes)
        self._product = numkong.dots_packed

    def products(self, codes: NDArray[np.int8]) -> NDArray[np.int32]:
        """Products of the codes of passages and queries: shape (n, q)."""
        return np.asarray(self._product(codes, self._packed))


@dataclass(frozen=True)
class DenseStatistics:
    """What a library's vectors have in common, to centre and to standardise cosines.

    With ``u = (v - mean) / |v - mean|`` for every passage, the cosines to any unit vector ``q``
    have the mean ``q . unit_mean`` and the mean square ``q . moments . q``: no pass over the
    passages is needed to standardise them.

    Attributes:
        mean: (dim,) of all vectors; zeros where vectors are compared as they are.
        lengths: per segment, (n,) |v - mean|; ones where they are compared as they are.
        unit_mean: (dim,) float64 mean of ``u``.
        moments: (dim, dim) float64 mean of ``u u^T``.
    """

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
    """Statistics over the passages that count: one pass, two where vectors are centred.

    Args:
        segments: at least one.
        alive: per segment, which passages count; None for all.
        centred: take the mean off.
    """
    dimension = segments[0].exact.shape[1]
    mean = np.zeros(dimension, dtype=np.float64)
    number = 0
    for vectors, kept in zip(segments, alive, strict=True):
        number += len(vectors) if kept is None else int(kept.sum())
        for rows in _blocks(vectors, kept) if centred else ():
            mean += rows.sum(axis=0, dtype=np.float64)
    common = (mean / max(number, 1)).astype(np.float32)
    unit_mean = np.zeros(dimension, dtype=np.float64)
    moments = np.zeros((dimension, dimension), dtype=np.float64)
    lengths = []
    for vectors, kept in zip(segments, alive, strict=True):
        own = np.ones(len(vectors), dtype=np.float32)
        low = 0
        for rows in _blocks(vectors, None):
            units = rows - common if centred else rows
            span = slice(low, low + len(rows))
            if centred:
                own[span] = np.maximum(np.linalg.norm(units, axis=1), 1e-6)
                units /= own[span, None]
            counted = units if kept is None else units[kept[span]]
            unit_mean += counted.sum(axis=0, dtype=np.float64)
            moments += counted.T @ counted
            low += len(rows)
        lengths.append(own)
    share = 1 / max(number, 1)
    return DenseStatistics(common, tuple(lengths), unit_mean * share, moments * share)


def _blocks(vectors: Vectors, kept: NDArray[np.bool_] | None) -> Iterator[FloatArray]:
    """A segment's exact vectors as float32, block by block."""
    for low in range(0, len(vectors), 8 * _BLOCK):
        span = slice(low, low + 8 * _BLOCK)
        rows = widened(vectors.exact[span])
        yield rows if kept is None else rows[kept[span]]
