"""Arithmetic that gives the same bits on every processor.

Floating-point sums depend on the order of adding, and a BLAS chooses it by processor and number of
threads; `exp` and `log` of libraries differ in the last bit. So whatever reaches a score, an index
file or a report is worked out by one of three means:

- Sums of products on a grid. Multiples of 2**-24 have products that are multiples of 2**-48, and
  as long as these add up to less than 2**5 float64 holds every partial sum exactly: no order, no
  fused operation and no number of threads can make a difference, so a BLAS may do it.
- Sums in one order: numpy adds up what lies side by side in an order that depends on the length
  alone (`np.add.reduce`, pairwise).
- Exponentials and logarithms made of the operations IEEE 754 rounds in one way.

Demmel & Nguyen (2013), "Fast Reproducible Floating-Point Summation", round to a grid likewise.
"""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from matcher.arrays import FloatArray, WideArray

FloatT = TypeVar("FloatT", np.float32, np.float64)

# The steps of float16 below 1: vectors as they are stored are on this grid already.
GRID = 24
# ln 2 in two parts, of which the first times a small whole number is exact.
_LN2 = (float.fromhex("0x1.62e42fee00000p-1"), float.fromhex("0x1.a39ef35793c76p-33"))
_ROOT_HALF = 0.7071067811865476


def on_grid(values: NDArray[FloatT], places: int = GRID) -> NDArray[FloatT]:
    """The nearest multiples of 2**-places, of the values' type: float32 or float64.

    >>> on_grid(np.array([0.3, -1.0]), 2).tolist()
    [0.25, -1.0]
    """
    scale = values.dtype.type(2.0**places)
    found = values * scale
    np.rint(found, out=found)
    found /= scale
    return found


def products(rows: NDArray[Any], columns: NDArray[Any]) -> WideArray:
    """``rows @ columns``, exact in float64.

    Args:
        rows, columns: on grids whose places add up to p, and |row| |column| below 2**(53 - p).
            Unit vectors may be on the grids 24 and 28; weights up to 2**12 and counts on 24 and 0.
    """
    return np.asarray(np.asarray(rows, dtype=np.float64) @ np.asarray(columns, dtype=np.float64))


def weighted(rows: NDArray[Any], weights: NDArray[Any]) -> NDArray[Any]:
    """Weighted sum of each row, in one order: (..., k) and (k,) to (...).

    Where the numbers are on no grid; slower than `products`.

    >>> weighted(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([0.5, 1.0])).tolist()
    [2.5, 5.5]
    """
    return np.asarray(np.add.reduce(rows * weights, axis=-1))


def lengths(rows: NDArray[Any]) -> NDArray[Any]:
    """Euclidean length of each row, of the rows' type; in one order of sums.

    >>> lengths(np.float32([[3, 4], [0, 0]])).tolist()
    [5.0, 0.0]
    """
    return np.asarray(np.sqrt(weighted(rows, rows)))


def unit(vectors: FloatArray) -> FloatArray:
    """A vector, or each row, scaled to length one; one of zeros stays.

    >>> unit(np.float32([0, 2])).tolist()
    [0.0, 1.0]
    """
    wide = vectors.astype(np.float64)
    return np.asarray(wide / np.maximum(lengths(wide), 1e-9)[..., None], dtype=np.float32)


def exponential(values: NDArray[Any]) -> WideArray:
    """e to the power of some numbers between -700 and 700.

    >>> exponential(np.array([0.0, 1.0])).round(12).tolist()
    [1.0, 2.718281828459]
    """
    wide = np.asarray(values, dtype=np.float64)
    halvings = np.rint(wide / _LN2[0])
    rest = (wide - halvings * _LN2[0]) - halvings * _LN2[1]
    # Taylor's series; |rest| is below 0.35, so what is left out is below 1e-17.
    series = np.ones_like(rest)
    for number in range(14, 0, -1):
        series = 1 + series * rest / number
    return np.asarray(np.ldexp(series, halvings.astype(np.int32)))


def logarithm(values: NDArray[Any]) -> WideArray:
    """Natural logarithm of positive numbers.

    >>> logarithm(np.array([1.0, 2.0])).tolist()
    [0.0, 0.6931471805599453]
    """
    parts, doublings = np.frexp(np.asarray(values, dtype=np.float64))
    low = parts < _ROOT_HALF
    parts, doublings = np.where(low, 2 * parts, parts), doublings - low
    # ln m = 2 artanh s with s = (m - 1) / (m + 1) below 0.172: what is left out is below 1e-17.
    s = (parts - 1) / (parts + 1)
    square = s * s
    series = np.zeros_like(s)
    for number in range(23, 0, -2):
        series = series * square + 1 / number
    return np.asarray(doublings * _LN2[0] + (doublings * _LN2[1] + 2 * s * series))


def log1p(values: NDArray[Any]) -> WideArray:
    """ln(1 + x) of numbers from 0.

    >>> log1p(np.array([0.0, 1e-20])).tolist()
    [0.0, 1e-20]
    """
    wide = np.asarray(values, dtype=np.float64)
    above = 1 + wide
    # What adding 1 rounded off (Goldberg 1991, theorem 4, in the form of Kahan's correction).
    return np.asarray(logarithm(above) + (wide - (above - 1)) / above)
