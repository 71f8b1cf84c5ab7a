"""Looking through a library by codes finds what scoring everybody exactly finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from matcher import Matcher
from matcher.index.collection import Collection, library_of
from matcher.index.documents import DocumentFacts, Filter
from matcher.index.fusion import best_two, top_two_mean
from matcher.index.library import Library
from matcher.index.passages import Passage
from matcher.index.segment import IndexedDocument, segments
from matcher.index.vectors import CodedQueries, coded
from matcher.matches import Ranking
from matcher.ranking import search
from matcher.ranking.query import Query, queries
from matcher.ranking.scan import ROUNDING, Scan
from matcher.ranking.scoring import score_passages
from matcher.ranking.search import neighbourhoods

WORDS = [f"词{number}" for number in range(400)]
DIMENSION = 24


def documents(count: int, seed: int = 3) -> Iterator[IndexedDocument]:
    random = np.random.default_rng(seed)
    common = random.standard_normal(DIMENSION)
    for number in range(count):
        size = int(random.integers(1, 6))
        vectors = random.standard_normal((size, DIMENSION)) + common
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        tokens = [
            [WORDS[int(w)] for w in random.zipf(1.3, 30) if w < len(WORDS)] for _ in range(size)
        ]
        facts = DocumentFacts(f"T{number:05}", org_type="高校" if number % 50 == 0 else "企业")
        yield IndexedDocument(facts, ["论文"] * size, [2020] * size, tokens,
                           vectors.astype(np.float16))  # fmt: skip


@pytest.fixture(scope="module", params=[10**9, 700])
def library(request: pytest.FixtureRequest) -> Library:
    """Of 3,000 documents: in one segment, and in many."""
    return library_of(tuple(segments(documents(3000), request.param)), no_text)


@pytest.fixture(scope="module")
def asked(lexical: Matcher) -> list[Query]:
    random = np.random.default_rng(5)
    made = []
    for query in queries(list(lexical.challenges.values())[:12], lexical.tokenizer, None):
        vectors = random.standard_normal((2, DIMENSION)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        tokens = tuple(WORDS[int(w)] for w in random.integers(1, 60, 20))
        made.append(
            replace(query, tokens=tokens, title_tokens=tokens[:4],
                    title_vector=vectors[0], body_vector=vectors[1])
        )  # fmt: skip
    return made


def no_text(row: int) -> Passage:
    raise AssertionError(f"passage {row} was read")


def best(query: Query, library: Library, centre: np.ndarray | None, depth: int,
         mask: np.ndarray | None = None) -> list[tuple[str, float]]:  # fmt: skip
    """Ids and fused means by scoring everybody."""
    whole = Collection.whole(library)
    scores = score_passages(query, whole, centre)
    means = top_two_mean(scores.fused, *best_two(scores.fused, whole.starts))
    if mask is not None:
        means = np.where(mask[whole.places], means, -np.inf)
    order = np.argsort(-means, kind="stable")[:depth]
    return [(whole.ids[place], float(means[place])) for place in order if means[place] > -np.inf]


@pytest.mark.parametrize("centred", [True, False])
@pytest.mark.parametrize("filtered", [True, False])
@pytest.mark.parametrize("kept", [1, search._KEPT])
def test_the_best_by_codes_are_the_best(
    library: Library, asked: list[Query], centred: bool, filtered: bool, kept: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(search, "_KEPT", kept)
    centre = np.full(DIMENSION, 0.1, dtype=np.float32) if centred else None
    library = replace(library, centre=centre)
    mask = library.accepted(Filter(org_type="高校")) if filtered else None
    found = neighbourhoods(asked, library, centre, 20, mask)
    for query, near in zip(asked, found, strict=True):
        fused = near.scores.fused
        means = top_two_mean(fused, *best_two(fused, near.collection.starts))
        if near.mask is not None:
            assert near.mask.sum() >= 20
            means = np.where(near.mask, means, -np.inf)
        order = np.argsort(-means, kind="stable")[:20]
        expected = best(query, library, centre, 20, mask)
        assert [near.collection.ids[place] for place in order] == [one for one, _ in expected]
        np.testing.assert_allclose(means[order], [mean for _, mean in expected], atol=1e-5)
        assert len(near.collection.places) < 3000


@pytest.mark.parametrize("centred", [True, False])
def test_a_scan_is_off_by_its_slack_at_most(
    library: Library, asked: list[Query], centred: bool
) -> None:
    centre = np.full(DIMENSION, 0.1, dtype=np.float32) if centred else None
    library = replace(library, centre=centre)
    room = np.empty((len(asked), int(library.row_offsets[-1])), dtype=np.float32)
    scan = Scan(asked, library, centre, room)
    everybody = Collection(library, np.arange(len(library.alive)))
    rows = np.arange(0, len(library.document_of_row), 7)
    for number, query in enumerate(asked):
        exact = score_passages(query, everybody, centre).fused
        off = np.abs(scan.scores[number] + scan.shift[number] - exact)
        assert ROUNDING < off.max() < scan.slack[number]
        mended = (scan.scores[number][rows] + scan.shift[number]) + scan.corrections(number, rows)
        np.testing.assert_allclose(mended, exact[rows], atol=1e-4)


@pytest.mark.parametrize("dimension", [3, 24, 384])
def test_products_of_codes_are_whole_numbers_without_rounding(dimension: int) -> None:
    random = np.random.default_rng(2)
    passages = random.choice(np.array([-127, 127, 5], dtype=np.int8), (1500, dimension))
    asked = random.standard_normal((19, dimension), dtype=np.float32)
    codes, _, _ = coded(asked)
    expected = passages.astype(np.int64) @ codes.T.astype(np.int64)
    np.testing.assert_array_equal(CodedQueries(asked).products(passages), expected)
    np.testing.assert_array_equal(CodedQueries(asked[:1]).products(passages), expected[:, :1])


def test_queries_asked_together_get_the_very_numbers_they_get_alone(
    library: Library, asked: list[Query]
) -> None:
    together = list(neighbourhoods(asked, library, None, 20))
    for query, near in zip(asked, together, strict=True):
        alone = next(neighbourhoods([query], library, None, 20))
        shared = [p for p in near.collection.places if p in alone.collection.places]
        assert len(shared) >= 20
        for one, other in ((near, alone), (alone, near)):
            rows = np.isin(one.collection.rows, other.collection.rows)
            kept = np.isin(other.collection.rows, one.collection.rows)
            np.testing.assert_array_equal(one.scores.fused[rows], other.scores.fused[kept])


@pytest.mark.slow
def test_without_vectors_words_decide(asked: list[Query]) -> None:
    bare = (replace(document, vectors=None) for document in documents(3000))
    library = library_of(tuple(segments(bare, 700)), no_text)
    for query, near in zip(asked, neighbourhoods(asked, library, None, 20), strict=True):
        expected = best(query, library, None, 20)
        assert {one for one, _ in expected} <= set(near.collection.ids)


def test_an_empty_library_gives_nobody(asked: list[Query]) -> None:
    near = next(neighbourhoods(asked[:1], library_of((), no_text), None, 20))
    assert (near.collection.ids, len(near.scores.fused)) == ((), 0)


def test_a_filter_nobody_passes_lists_nobody(lexical: Matcher) -> None:
    found = list(lexical.match(["GF2-001"], where=Filter(province="月球")))
    assert [ranking.matches for ranking in found if isinstance(ranking, Ranking)] == [()]
