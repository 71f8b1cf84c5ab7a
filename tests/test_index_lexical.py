"""BM25: the formula, its parts, empty things, save and load."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from matcher.index.lexical import K1, B, LexicalIndex

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
    for document, score in enumerate(index.scores(query)):
        assert sum(index.term_scores(query, document).values()) == pytest.approx(score, abs=1e-6)
    assert set(index.term_scores(query, 0)) == {"轴承"}


def test_which_tokens_occur_in_a_span(index: LexicalIndex) -> None:
    found = index.matched(["轴承", "没有", "光刻"], slice(1, 4))
    assert found.tolist() == [[False, False, True], [False, False, False], [True, False, True]]


def test_rarer_words_carry_more(index: LexicalIndex) -> None:
    assert [index.document_frequency(t) for t in ("轴承", "芯片", "没有")] == [2, 1, 0]
    assert index.idf("轴承") < index.idf("芯片") < index.idf("没有")


def test_loading_gives_what_was_saved(index: LexicalIndex, tmp_path: Path) -> None:
    index.save(tmp_path)
    loaded = LexicalIndex.load(tmp_path, index.size)
    query = index.weights(["轴承", "芯片"])
    np.testing.assert_array_equal(loaded.scores(query), index.scores(query))
    assert loaded.term_scores(query, 3) == index.term_scores(query, 3)
    assert loaded.matched(list(query), slice(0, 4)).tolist() == (
        index.matched(list(query), slice(0, 4)).tolist()
    )
    assert loaded.idf("芯片") == index.idf("芯片")
