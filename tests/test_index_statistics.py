"""Moments of a library's vectors follow a change without a look at what stayed."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.index.statistics import DenseStatistics, dense_statistics, followed_statistics
from matcher.index.vectors import Vectors

DIMENSION = 24
CENTRE = np.full(DIMENSION, 0.1, dtype=np.float32)


def vectors(count: int, seed: int, shift: float = 1.0) -> Vectors:
    random = np.random.default_rng(seed)
    made = random.standard_normal((count, DIMENSION)) + shift
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    return Vectors.build(made.astype(np.float16))


def expected(parts: list[np.ndarray], centre: np.ndarray | None) -> tuple[np.ndarray, ...]:
    """Mean and moments of the units around a centre, by the definition."""
    units = np.concatenate(parts).astype(np.float64)
    if centre is not None:
        units -= centre
        units /= np.linalg.norm(units, axis=1, keepdims=True)
    return units.mean(axis=0), units.T @ units / len(units)


def followed(
    old: DenseStatistics, first: Vectors, lost: np.ndarray, fresh: Vectors
) -> DenseStatistics:
    return followed_statistics(old, [(first, old.lengths[0], lost)], [fresh])


@pytest.mark.parametrize("centre", [CENTRE, None])
def test_a_change_is_followed(centre: np.ndarray | None) -> None:
    first, fresh, lost = vectors(9000, 1), vectors(90, 2, 0.5), np.arange(0, 9000, 100)
    old = dense_statistics([first], [None], centre)
    new = followed(old, first, lost, fresh)
    unit_mean, moments = expected([np.delete(first.exact, lost, axis=0), fresh.exact], centre)
    np.testing.assert_allclose(new.unit_mean, unit_mean, atol=1e-7)
    np.testing.assert_allclose(new.moments, moments, atol=1e-7)
    assert new.count == 9000
    np.testing.assert_array_equal(new.centre, old.centre)
    assert [len(own) for own in new.lengths] == [9000, 90]


@pytest.mark.parametrize("centre", [CENTRE, None])
def test_what_is_followed_is_what_is_made_anew(centre: np.ndarray | None) -> None:
    first, fresh, kept = vectors(500, 1), vectors(400, 2, -1.0), np.arange(500) >= 250
    old = dense_statistics([first], [None], centre)
    new = followed(old, first, np.flatnonzero(~kept), fresh)
    anew = dense_statistics([first, fresh], [kept, None], centre)
    np.testing.assert_array_equal(new.squares, anew.squares)
    np.testing.assert_array_equal(new.units, anew.units)
    for one, other in zip(new.lengths, anew.lengths, strict=True):
        np.testing.assert_array_equal(one, other)


def test_who_is_there_does_not_move_the_others() -> None:
    """A passage's length about the centre is its own, whoever else is in the library."""
    first, strangers = vectors(500, 1), vectors(400, 2, -1.0)
    alone = dense_statistics([first], [None], CENTRE)
    beside = dense_statistics([first, strangers], [None, None], CENTRE)
    np.testing.assert_array_equal(alone.centre, beside.centre)
    np.testing.assert_array_equal(alone.lengths[0], beside.lengths[0])
