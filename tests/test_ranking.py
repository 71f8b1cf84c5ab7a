"""Rankers through their protocol, fusion and the order of candidates."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher import Challenge, Matcher
from matcher.index.fusion import best_two, top_two_mean, z_scores
from matcher.ranking.features import FUSED_PARTS, FeatureMatrix
from matcher.ranking.query import queries
from matcher.ranking.ranker import FusedRanker, Ranker, best_first

RANKERS: list[Ranker] = [FusedRanker()]
some_scores = st.lists(st.integers(-3, 3), min_size=1, max_size=30)


def features(rows: int) -> FeatureMatrix:
    values = np.random.default_rng(7).normal(size=(rows, len(FUSED_PARTS)))
    return FeatureMatrix(FUSED_PARTS, values.astype(np.float32))


@pytest.mark.parametrize("ranker", RANKERS, ids=lambda r: r.name)
def test_contributions_sum_to_the_score(ranker: Ranker) -> None:
    given_features = features(50)
    parts = ranker.contributions(given_features)
    assert parts.values.shape == (50, len(parts.names))
    np.testing.assert_allclose(parts.values.sum(axis=1), ranker.score(given_features), atol=1e-4)


@pytest.mark.parametrize("ranker", RANKERS, ids=lambda r: r.name)
def test_a_candidate_is_scored_without_looking_at_the_others(ranker: Ranker) -> None:
    together = ranker.score(features(20))
    alone = [ranker.score(features(20).rows(np.array([row])))[0] for row in range(20)]
    assert together.tolist() == alone


@pytest.mark.parametrize("ranker", RANKERS, ids=lambda r: r.name)
def test_no_candidates_give_no_scores(ranker: Ranker) -> None:
    assert ranker.score(features(0)).shape == (0,)


@given(some_scores, st.integers(1, 40))
def test_best_first_equals_a_plain_sort(scores: list[int], depth: int) -> None:
    ids = [f"{(place * 7) % 31:02}" for place in range(len(scores))]
    found = best_first(np.array(scores, dtype=np.float32), ids, depth)
    expected = sorted(range(len(scores)), key=lambda place: (-scores[place], ids[place]))
    assert found.tolist() == expected[:depth]


def test_differences_of_rounding_count_as_ties() -> None:
    assert best_first(np.float32([1.0000001, 1.0]), ["b", "a"], 2).tolist() == [1, 0]


@given(st.lists(st.lists(st.integers(0, 5), min_size=1, max_size=5), min_size=1, max_size=8))
def test_best_two_equals_a_plain_search(owned: list[list[int]]) -> None:
    starts = np.cumsum([0, *map(len, owned)])
    scores = np.array([score for scores in owned for score in scores], dtype=np.float32)
    first, second = best_two(scores, starts)
    for owner, own in enumerate(owned):
        order = sorted(range(len(own)), key=lambda place: (-own[place], place))
        assert first[owner] == starts[owner] + order[0]
        assert second[owner] == (starts[owner] + order[1] if len(own) > 1 else -1)
    means = top_two_mean(scores, first, second)
    expected = [np.mean(sorted(own, reverse=True)[:2]) for own in owned]
    np.testing.assert_allclose(means, expected)


def test_standard_scores_have_mean_zero_and_deviation_one() -> None:
    scores, mean, deviation = z_scores(np.float32([1, 2, 3, 10]))
    assert (mean, deviation) == (4.0, pytest.approx(3.5355, abs=1e-4))
    assert scores.mean() == pytest.approx(0, abs=1e-6)
    assert scores.std() == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("constant", [[], [5.0], [2.0, 2.0, 2.0]])
def test_a_constant_signal_says_nothing(constant: list[float]) -> None:
    assert not z_scores(np.float32(constant))[0].any()


def test_a_query_is_the_same_alone_and_in_a_batch(fused: Matcher) -> None:
    wanted = list(fused.challenges.values())[:5]
    batch = queries(wanted, fused.tokenizer, fused.encoder)
    for challenge, together in zip(wanted, batch, strict=True):
        (alone,) = queries([challenge], fused.tokenizer, fused.encoder)
        assert alone.tokens == together.tokens
        assert alone.vector is not None
        assert together.vector is not None
        np.testing.assert_array_equal(alone.vector, together.vector)
        assert np.linalg.norm(alone.vector) == pytest.approx(1, abs=1e-5)


def test_contacts_and_organisations_of_a_challenge_are_not_asked_for(lexical: Matcher) -> None:
    bare = Challenge(challenge_id="1", title="轴承钢")
    dressed = bare.model_copy(
        update={"demand_org": "鞍钢集团", "contact_name": "张三", "province": "辽宁"}
    )
    first, second = queries([bare, dressed], lexical.tokenizer, None)
    assert first.tokens == second.tokens
