"""BM25: the formula, its parts, empty things, some documents, several parts."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest

from matcher.index.lexical import LexicalIndex
from matcher.index.postings import Postings
from matcher.index.terms import K1, B, TermStatistics

DOCUMENTS = [["轴承", "钢", "轴承"], ["光刻", "胶"], [], ["轴承", "光刻", "芯片", "芯片"]]


@pytest.fixture
def index() -> LexicalIndex:
    return LexicalIndex.build(DOCUMENTS)


def bm25(token: str, document: int) -> float:
    """The formula written down from the paper (Lucene's idf, no k1 + 1 above the line)."""
    frequency = Counter(DOCUMENTS[document])[token]
    holding = sum(token in words for words in DOCUMENTS)
    average = sum(map(len, DOCUMENTS)) / len(DOCUMENTS)
    idf = math.log(1 + (len(DOCUMENTS) - holding + 0.5) / (holding + 0.5))
    norm = K1 * (1 - B + B * len(DOCUMENTS[document]) / average)
    return idf * frequency / (frequency + norm)


def test_a_background_counts_like_so_many_documents(index: LexicalIndex) -> None:
    """Each of its documents twice: rarity and mean length are those of all of them together."""
    others = [["轴承", "密封"], ["钢"]]
    beside = TermStatistics(index.parts, index.gone, TermStatistics.of(others), weight=2.0)
    together = TermStatistics.of([*DOCUMENTS, *others, *others])
    asked = ["轴承", "密封", "光刻", "没有"]
    np.testing.assert_array_equal(beside.terms(asked)[1], together.terms(asked)[1])
    np.testing.assert_allclose(beside.norms[0], together.norms[0][: len(DOCUMENTS)], rtol=1e-6)
    assert (beside.terms(asked)[0] == index.statistics.terms(asked)[0]).all()


@pytest.mark.parametrize("query", [["轴承"], ["轴承", "光刻"], ["芯片", "没有", "轴承"]])
def test_scores_are_those_of_the_formula(index: LexicalIndex, query: list[str]) -> None:
    expected = [
        sum(bm25(token, place) for token in query if any(token in d for d in DOCUMENTS))
        for place in range(len(DOCUMENTS))
    ]
    np.testing.assert_allclose(index.scores(Counter(query)), expected, rtol=1e-5)


def test_a_token_asked_twice_counts_twice(index: LexicalIndex) -> None:
    np.testing.assert_allclose(index.scores({"轴承": 2}), 2 * index.scores({"轴承": 1}), rtol=1e-6)


def test_a_word_said_twice_weighs_its_idf_once(index: LexicalIndex) -> None:
    weights = index.weights(["轴承", "芯片", "轴承"])
    assert weights == {"轴承": index.idf("轴承"), "芯片": index.idf("芯片")}


@pytest.mark.parametrize("query", [[], ["没有"], [""]])
def test_a_query_of_unknown_words_scores_nothing(index: LexicalIndex, query: list[str]) -> None:
    assert index.scores(Counter(query)).tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("documents", [[], [[]], [[], []]])
def test_nothing_can_be_indexed(documents: list[list[str]]) -> None:
    index = LexicalIndex.build(documents)
    assert index.scores({"轴承": 1}).tolist() == [0.0] * len(documents)
    assert index.document_frequency("轴承") == 0


def test_parts_by_term_sum_to_the_score(index: LexicalIndex) -> None:
    query = index.weights(["轴承", "光刻", "没有", "轴承"])
    asked = index.asked([query])
    scores = index.scores(query)
    added = index.term_scores(asked, np.arange(len(scores)))
    assert [sum(one.values()) for one in added] == pytest.approx(scores.tolist(), abs=1e-6)
    assert set(added[0]) == {"轴承"}
    assert index.term_scores(asked, np.array([2, 0])) == [added[2], added[0]]


def test_which_tokens_occur_in_which_documents(index: LexicalIndex) -> None:
    found = index.matched_rows(["轴承", "没有", "光刻"], np.array([3, 2, 1]))
    assert found.tolist() == [[1, 0, 1], [0, 0, 0], [0, 0, 1]]


def test_rarer_words_carry_more(index: LexicalIndex) -> None:
    assert [index.document_frequency(t) for t in ("轴承", "芯片", "没有")] == [2, 1, 0]
    assert index.idf("轴承") < index.idf("芯片") < index.idf("没有")


def test_some_documents_score_as_among_all(index: LexicalIndex) -> None:
    rows = np.array([3, 0, 2])
    query = index.weights(["芯片", "轴承", "没有"])
    part = index.select(rows)
    assert part.size == 3
    overlap = part.overlap(["没有", *query])
    np.testing.assert_array_equal(overlap.scores(query), index.scores(query)[rows])
    np.testing.assert_array_equal(part.scores(query), index.scores(query)[rows])
    assert overlap.scores({"没有": 1.0}).tolist() == overlap.scores({}).tolist() == [0, 0, 0]
    assert overlap.held(["轴承", "没有"], np.array([0, 2])).tolist() == [[1, 0], [0, 0]]


def test_parts_and_removals_change_nothing_but_where_things_are() -> None:
    whole = LexicalIndex.build([DOCUMENTS[0], DOCUMENTS[2], DOCUMENTS[3]])
    first = Postings.build([DOCUMENTS[0], DOCUMENTS[1], DOCUMENTS[2]])
    second = Postings.build([DOCUMENTS[3]])
    split = LexicalIndex((first, second), (np.array([1]), np.zeros(0, dtype=np.int64)))
    query = whole.weights(["轴承", "光刻", "芯片", "没有"])
    assert split.weights(query) == query
    np.testing.assert_array_equal(split.scores(query)[[0, 2, 3]], whole.scores(query))
    assert split.document_frequency("胶") == 0


def test_a_token_of_any_length_is_found_again() -> None:
    long = "甲" * 500
    index = LexicalIndex.build([[long, "乙"], [long + "乙"]])
    assert index.scores({long: 1.0})[1] == 0 < index.scores({long: 1.0})[0]
    assert index.document_frequency(long + "乙") == 1
    assert index.document_frequency("甲" * 501) == 0
