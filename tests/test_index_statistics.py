"""Means and moments of a library's vectors follow a change without a look at what stayed."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.index import statistics
from matcher.index.statistics import DenseStatistics, dense_statistics, followed_statistics
from matcher.index.vectors import Vectors

DIMENSION = 24


def vectors(count: int, seed: int, shift: float = 1.0) -> Vectors:
    random = np.random.default_rng(seed)
    made = random.standard_normal((count, DIMENSION)) + shift
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    return Vectors.build(made.astype(np.float16))


def expected(parts: list[np.ndarray], mean: np.ndarray, centred: bool) -> tuple[np.ndarray, ...]:
    """Mean and moments of the units around a given mean, by the definition."""
    units = np.concatenate(parts).astype(np.float64) - mean
    if centred:
        units /= np.linalg.norm(units, axis=1, keepdims=True)
    return units.mean(axis=0), units.T @ units / len(units)


def followed(
    old: DenseStatistics, first: Vectors, lost: np.ndarray, fresh: Vectors, centred: bool
) -> DenseStatistics | None:
    return followed_statistics(old, [(first, old.lengths[0], lost)], [fresh], centred)


@pytest.mark.parametrize("centred", [True, False])
def test_a_change_is_followed_around_the_old_mean(
    centred: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statistics, "_DRIFT", 1.0)
    first, fresh, lost = vectors(9000, 1), vectors(90, 2, 0.5), np.arange(0, 9000, 100)
    old = dense_statistics([first], [None], centred)
    new = followed(old, first, lost, fresh, centred)
    assert new is not None
    parts = [np.delete(first.exact, lost, axis=0), fresh.exact]
    unit_mean, moments = expected(parts, old.mean.astype(np.float64), centred)
    np.testing.assert_allclose(new.unit_mean, unit_mean, atol=1e-7)
    np.testing.assert_allclose(new.moments, moments, atol=1e-7)
    assert new.count == 9000
    np.testing.assert_allclose(new.total, np.concatenate(parts).astype(np.float64).sum(axis=0))
    np.testing.assert_array_equal(new.mean, old.mean)
    assert [len(own) for own in new.lengths] == [9000, 90]


def test_what_is_compared_as_it_is_follows_any_change() -> None:
    first, fresh = vectors(500, 1), vectors(400, 2, -1.0)
    old = dense_statistics([first], [None], centred=False)
    new = followed(old, first, np.arange(250), fresh, centred=False)
    anew = dense_statistics([first, fresh], [np.arange(500) >= 250, None], centred=False)
    assert new is not None
    np.testing.assert_allclose(new.moments, anew.moments, atol=1e-7)
    np.testing.assert_allclose(new.unit_mean, anew.unit_mean, atol=1e-7)


def test_a_mean_that_moves_too_far_is_not_followed() -> None:
    first, nothing = vectors(5000, 1), np.zeros(0, dtype=np.int64)
    old = dense_statistics([first], [None], centred=True)
    assert followed(old, first, nothing, vectors(50, 2, -1.0), centred=True) is None
    assert followed(old, first, np.arange(5000), vectors(0, 3), centred=True) is None


def test_what_is_followed_is_near_what_is_made_anew() -> None:
    first, fresh, lost = vectors(60_000, 1), vectors(20, 2), np.arange(15)
    old = dense_statistics([first], [None], centred=True)
    new = followed(old, first, lost, fresh, centred=True)
    anew = dense_statistics([first, fresh], [np.arange(60_000) >= 15, None], centred=True)
    assert new is not None
    assert 0 < np.linalg.norm(anew.mean - new.mean) <= statistics._DRIFT
    asked = np.random.default_rng(4).standard_normal(DIMENSION).astype(np.float32)
    asked /= np.linalg.norm(asked)
    rows = first.exact[:2000].astype(np.float32)

    def standard(of: DenseStatistics) -> np.ndarray:
        mean, deviation = of.mean_std(asked)
        return ((rows - of.mean) @ asked / of.lengths[0][:2000] - mean) / deviation

    np.testing.assert_allclose(standard(new), standard(anew), atol=1e-3)
