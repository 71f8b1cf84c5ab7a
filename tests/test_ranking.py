"""Stages of ranking through their protocol, fusion and the order of candidates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher import Challenge, Matcher
from matcher.corpora.pasted import challenge_from_text
from matcher.index.fusion import best_two, top_two_mean
from matcher.index.passages import team_passages
from matcher.ranking.candidates import candidates
from matcher.ranking.fused import FusedRanker
from matcher.ranking.learned import LinearRanker
from matcher.ranking.query import Query, queries, query_vectors
from matcher.ranking.scoring import MeanStd, score_passages
from matcher.ranking.search import Neighbourhood
from matcher.ranking.stages import Chain, Pool, Stage, best_first
from matcher.text.tokenise import default_tokenizer
from tests.conftest import DenseRanker, TitleReader

some_scores = st.lists(st.integers(-3, 3), min_size=1, max_size=30)
STAGES: dict[str, Stage] = {
    "fused": FusedRanker(),
    "dense": DenseRanker(),
    "linear": LinearRanker(("fused", "terms_covered"), (1.0, 0.3)),
    "reader": TitleReader(),
    "chain": Chain((LinearRanker(("fused", "dense_best"), (1.0, 0.5)), TitleReader(7))),
    "three": Chain((FusedRanker(), TitleReader(20), Chain((TitleReader(5), DenseRanker())))),
}
each_stage = pytest.mark.parametrize("stage", STAGES.values(), ids=STAGES)


@pytest.fixture(scope="module")
def pool(fused: Matcher) -> Pool:
    """The candidates of one challenge, with scores of a stage before."""
    near = Neighbourhood(fused.library, score_passages(asked(fused), fused.library), None)
    found = candidates(asked(fused), near, 10)
    return found.after(FusedRanker(), FusedRanker().rerank(found))


def asked(fused: Matcher) -> Query:
    wanted = next(iter(fused.challenges.values()))
    return queries([wanted], fused.tokenizer, fused.encoder)[0]


def some_of(pool: Pool, places: Sequence[int]) -> Pool:
    """A few of the candidates, compared with the same library."""
    chosen = replace(pool.view, documents=pool.view.documents[list(places)])
    return Pool(chosen, pool, pool.scores[list(places)])


@each_stage
def test_the_parts_of_a_stage_sum_to_what_it_adds(stage: Stage, pool: Pool) -> None:
    found = stage.rerank(pool)
    parts = found.parts(np.arange(200))
    assert found.values.dtype == np.float32
    assert parts.values.shape == (200, len(parts.names))
    assert set(parts.names) <= set(stage.labels)
    np.testing.assert_allclose(parts.values.sum(axis=1), found.values, atol=1e-5)
    assert found.parts(np.array([7, 3])).values.tolist() == parts.values[[7, 3]].tolist()


@each_stage
def test_a_candidate_gets_the_same_whoever_else_may_be_listed(stage: Stage, pool: Pool) -> None:
    together = stage.rerank(pool).values
    for places in ([0], [5, 130], list(range(50, 200)), [int(np.argmax(pool.scores))]):
        assert stage.rerank(some_of(pool, places)).values.tolist() == together[places].tolist()


@each_stage
def test_nobody_is_given_no_scores(stage: Stage, pool: Pool) -> None:
    found = stage.rerank(some_of(pool, []))
    assert found.values.shape == (0,)
    assert len(found.parts(np.zeros(0, dtype=np.int64)).values) == 0


def test_a_chain_adds_up_and_each_stage_sees_what_those_before_made(pool: Pool) -> None:
    first, second = FusedRanker(), TitleReader(5)
    chain = Chain((first, second))
    fresh = Pool(pool.view)
    alone = first.rerank(fresh)
    then = second.rerank(fresh.after(first, alone))
    assert chain.rerank(fresh).values.tolist() == (alone.values + then.values).tolist()
    best = best_first(alone.values, pool.view.ids, 5)
    assert set(np.flatnonzero(then.values)) <= set(best.tolist())
    assert then.values.any()
    assert chain.name == "fused+reader"


def test_who_is_among_the_best_is_a_matter_of_the_library(pool: Pool) -> None:
    order = best_first(pool.scores, pool.view.ids, 200)
    chosen = sorted(order[[0, 3, 10, 150]].tolist())
    few = some_of(pool, chosen)
    assert [chosen[place] for place in few.among_best(4)] == sorted(order[[0, 3]].tolist())


def test_a_stage_reads_what_is_searched_and_no_name(fused: Matcher, pool: Pool) -> None:
    named = 0
    for place, team_id in enumerate(pool.view.ids[:100]):
        team, texts = fused.teams[team_id], pool.texts(place)
        assert len(texts) == len(team_passages(team))
        for name in filter(None, (team.leader_name, team.org_name)):
            named += 1
            assert name not in "".join(texts)
    assert named > 50


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
    for document, own in enumerate(owned):
        order = sorted(range(len(own)), key=lambda place: (-own[place], place))
        assert first[document] == starts[document] + order[0]
        assert second[document] == (starts[document] + order[1] if len(own) > 1 else -1)
    means = top_two_mean(scores, first, second)
    expected = [np.mean(sorted(own, reverse=True)[:2]) for own in owned]
    np.testing.assert_allclose(means, expected)


def test_standard_scores_have_mean_zero_and_deviation_one() -> None:
    given = np.float32([1, 2, 3, 10])
    found = MeanStd.of(given)
    assert (found.mean, found.std) == (4.0, pytest.approx(3.5355, abs=1e-4))
    scores = found.standardised(given)
    assert scores.mean() == pytest.approx(0, abs=1e-6)
    assert scores.std() == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("constant", [[], [5.0], [2.0, 2.0, 2.0]])
def test_a_constant_signal_says_nothing(constant: list[float]) -> None:
    given = np.float32(constant)
    assert not MeanStd.of(given).standardised(given).any()


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


def test_a_clause_picked_for_a_title_weighs_no_more_than_the_text() -> None:
    told = "转炉终点老是打不准。烟气里的一氧化碳忽高忽低，想用炉口火焰的光谱算出碳含量。"
    pasted = challenge_from_text(told)
    titled = challenge_from_text("转炉终点碳含量测量\n" + told)
    (one,) = queries([pasted], default_tokenizer(), None)
    (other,) = queries([titled], default_tokenizer(), None)
    assert pasted.title
    assert {"光谱", "烟气"} <= set(one.title_words)
    assert "光谱" not in other.title_words


def test_what_is_wanted_stands_for_a_title_before_what_is_wrong_and_what_is_measured() -> None:
    told = "眼库供体紧张，植片混浊。需要弄清炎症因子的作用，找到药物靶点。要求透明时间延长1倍以上。"
    (one,) = queries([challenge_from_text(told)], default_tokenizer(), None)
    assert {"炎症", "靶点"} <= set(one.title_words)
    assert not {"供体", "混浊", "延长"} & set(one.title_words)
    assert {"供体", "混浊", "延长"} <= set(one.words)


def test_the_vectors_alone_are_those_of_the_queries(
    fused: Matcher, challenges: Sequence[Challenge]
) -> None:
    assert fused.encoder is not None
    asked = challenges[:5]
    made = queries(asked, fused.tokenizer, fused.encoder)
    assert np.array_equal(query_vectors(asked, fused.encoder), [query.vector for query in made])
