"""Sums that are exact or in one order: what every processor works out to the same bits."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.arithmetic import exponential, lengths, log1p, logarithm, on_grid, products, unit
from matcher.index.statistics import DenseStatistics, dense_statistics, followed_statistics
from matcher.index.vectors import Vectors

DIMENSION = 48
# So many units in the last place may a logarithm or exponential be off.
ULPS = 4


def units(count: int, seed: int) -> np.ndarray:
    made = np.random.default_rng(seed).standard_normal((count, DIMENSION)) + 0.5
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def test_products_on_the_grid_are_exact() -> None:
    rows = units(40, 1).astype(np.float16).astype(np.float32)
    towards = on_grid(units(3, 2)).T
    found = products(rows, towards)
    for row, line in zip(rows.tolist(), found.tolist(), strict=True):
        for column, value in zip(towards.T.tolist(), line, strict=True):
            exact = sum(Fraction(a) * Fraction(b) for a, b in zip(row, column, strict=True))
            assert Fraction(value) == exact


def test_the_order_of_products_on_the_grid_does_not_matter() -> None:
    rows, towards = on_grid(units(500, 1)), on_grid(units(1, 2)[0])
    expected = products(rows, towards)
    for seed in range(5):
        shuffled = np.random.default_rng(seed).permutation(DIMENSION)
        np.testing.assert_array_equal(products(rows[:, shuffled], towards[shuffled]), expected)
    np.testing.assert_array_equal(products(rows[7:9], towards), expected[7:9])


def test_float16_is_on_the_grid() -> None:
    every = np.arange(0x3C00, dtype=np.uint16).view(np.float16).astype(np.float32)
    np.testing.assert_array_equal(on_grid(every), every)


@given(st.floats(1e-300, 1e300))
def test_logarithms_are_those_of_mathematics(value: float) -> None:
    found, expected = float(logarithm(np.array(value))), math.log(value)
    assert abs(found - expected) <= ULPS * math.ulp(expected)


@given(st.floats(0, 1e15))
def test_logarithms_near_one_are_those_of_mathematics(value: float) -> None:
    found, expected = float(log1p(np.array(value))), math.log1p(value)
    assert abs(found - expected) <= ULPS * math.ulp(expected)


@given(st.floats(-700, 700))
def test_exponentials_are_those_of_mathematics(value: float) -> None:
    found, expected = float(exponential(np.array(value))), math.exp(value)
    assert abs(found - expected) <= ULPS * math.ulp(expected)


def test_lengths_are_those_of_numpy() -> None:
    rows = units(9, 3).astype(np.float32) * 7
    np.testing.assert_allclose(lengths(rows), np.linalg.norm(rows, axis=1), rtol=1e-6)
    assert lengths(rows).dtype == np.float32
    np.testing.assert_allclose(lengths(unit(rows[0])), 1, rtol=1e-6)


def sums(statistics: DenseStatistics) -> list[bytes]:
    parts = (statistics.units, statistics.squares)
    return [part.tobytes() for part in parts]


def coded(rows: np.ndarray) -> Vectors:
    return Vectors.build(rows.astype(np.float16))


@pytest.mark.parametrize("off", [0.1, None])
def test_statistics_do_not_depend_on_how_a_library_is_cut(off: float | None) -> None:
    rows = units(3000, 4)
    centre = None if off is None else np.full(rows.shape[1], off, dtype=np.float32)
    whole = dense_statistics([coded(rows)], [None], centre)
    cut = [coded(part) for part in np.split(rows[::-1], [70, 1999])]
    assert sums(dense_statistics(cut, [None] * 3, centre)) == sums(whole)


def test_what_is_added_and_struck_off_leaves_no_trace() -> None:
    kept, lost, fresh = coded(units(900, 5)), coded(units(40, 6)), coded(units(30, 7))
    nobody = np.zeros(0, dtype=np.int64)
    before = dense_statistics([kept, lost], [None, None], None)
    gone = [
        (kept, before.lengths[0], nobody),
        (lost, before.lengths[1], np.arange(len(lost))),
    ]
    after = followed_statistics(before, gone, [fresh])
    assert sums(after) == sums(dense_statistics([kept, fresh], [None, None], None))
