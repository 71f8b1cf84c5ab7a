"""Search side by side with what else there is, on the same passages and queries in one run.

    pip install faiss-cpu
    OMP_NUM_THREADS=1 nice -n 5 python benchmarks/retrieval.py --passages 10000 [--write]

Processor seconds of one thread. By meaning: numpy, sentence-transformers, faiss (exact and HNSW,
with the share of the exact best 100 that is found). By words: bm25s and a loop over the documents
in the manner of rank_bm25. Ours does both at once, adds them, takes the best teams rather than
passages, and scores those exactly for title and text. Passages are made up (`made_teams`), queries
are the demonstration's challenges.
"""

from __future__ import annotations

import argparse
import math
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from made_teams import Source, made_documents, made_text
from tables import put, table

from matcher.arrays import BoolArray, FloatArray, IntArray
from matcher.corpora import read_challenges
from matcher.encoding import DEFAULT_ENCODER
from matcher.index.collection import library_of
from matcher.index.library import Library
from matcher.index.segment import IndexedDocument, segments
from matcher.index.terms import K1, B
from matcher.models import open_encoder, passage_centre
from matcher.ranking.query import Query, queries
from matcher.ranking.search import neighbourhoods
from matcher.resources import data_path
from matcher.text.tokenise import default_tokenizer

Best = list[set[int]]
_DEPTH = 100
_DOCUMENT = Path(__file__).parent.parent / "docs" / "performance.md"


@dataclass(frozen=True)
class Bench:
    """The same passages and queries for everybody.

    Attributes:
        tokens, vectors: of the passages.
        allowed: (n,) the passages that pass a filter, two in a hundred.
        build: processor seconds of making the library's segments.
    """

    library: Library
    tokens: Sequence[Sequence[str]]
    vectors: FloatArray
    allowed: BoolArray
    asked: list[Query]
    build: float

    @property
    def directions(self) -> FloatArray:
        """(q, dim) vectors of the queries."""
        return np.stack([query.vector for query in self.asked if query.vector is not None])


@dataclass(frozen=True)
class Line:
    """What one way of searching cost.

    Attributes:
        build, one, many: processor seconds: to index, for a query alone, for one among many.
        recall: share of the exact best 100 found, with everybody and with the filter.
    """

    name: str
    build: float
    one: float
    many: float | None = None
    recall: float | None = None
    filtered: float | None = None


def made(count: int, asked: int) -> Bench:
    """About ``count`` passages and some queries."""
    encoder = open_encoder(DEFAULT_ENCODER)
    assert encoder is not None
    demo = data_path("corpora/demo")
    source = Source.read(demo / "teams.jsonl", encoder)
    documents: list[IndexedDocument] = list(made_documents(source, count // 3))
    tokens = [list(t) for document in documents for t in document.tokens]
    centre = passage_centre(encoder)
    began = time.process_time()
    library = library_of(tuple(segments(documents)), made_text, centre)
    build = time.process_time() - began
    challenges = read_challenges(demo / "challenges.jsonl").records[:asked]
    made_queries = [q for q in queries(challenges, default_tokenizer(), encoder) if q.facets]
    vectors = [document.vectors for document in documents if document.vectors is not None]
    exact = np.concatenate(vectors).astype(np.float32)
    allowed = np.random.default_rng(4).random(len(tokens)) < 0.02
    return Bench(library, tokens, exact, allowed, made_queries, build)


def spent(run: Callable[[], Any]) -> float:
    """Processor seconds of one call."""
    began = time.process_time()
    run()
    return time.process_time() - began


def each(bench: Bench, ask: Callable[[int], Any]) -> float:
    """Processor seconds of a query, asked one after the other."""
    ask(0)
    return spent(lambda: [ask(q) for q in range(len(bench.asked))]) / len(bench.asked)


def best(scores: FloatArray) -> IntArray:
    """The best 100 in each row, best first."""
    found = np.argpartition(-scores, _DEPTH, axis=1)[:, :_DEPTH]
    order = np.argsort(-np.take_along_axis(scores, found, axis=1), axis=1)
    return np.take_along_axis(found, order, axis=1)


def ours(bench: Bench) -> Iterator[Line]:
    """By words and meaning, best teams."""
    library, asked = bench.library, bench.asked
    centre = np.zeros(bench.vectors.shape[1], dtype=np.float32)
    build = bench.build + spent(lambda: library.statistics)
    mask = np.random.default_rng(4).random(len(library.alive)) < 0.02

    def search(group: Sequence[Query], where: BoolArray | None = None) -> None:
        list(neighbourhoods(group, library, centre, _DEPTH, where))

    one = each(bench, lambda q: search(asked[q : q + 1]))
    many = spent(lambda: search(asked)) / len(asked)
    yield Line("本软件: 用词加语义, 前 100 个团队", build, one, many, 1.0, 1.0)
    yield Line("同上, 留 2% 的筛选", 0, each(bench, lambda q: search(asked[q : q + 1], mask)))


def by_meaning(bench: Bench) -> Iterator[Line]:
    """numpy, sentence-transformers and faiss."""
    faiss: Any = import_module("faiss")
    from sentence_transformers.util import semantic_search

    vectors, asked = bench.vectors, bench.directions
    together = spent(lambda: best(asked @ vectors.T)) / len(asked)
    one = each(bench, lambda q: best(asked[q : q + 1] @ vectors.T))
    yield Line("numpy 矩阵乘", 0, one, together)

    def semantic(rows: FloatArray) -> Any:
        return semantic_search(rows, vectors, top_k=_DEPTH)

    together = spent(lambda: semantic(asked)) / len(asked)
    one = each(bench, lambda q: semantic(asked[q : q + 1]))
    yield Line("sentence_transformers semantic_search", 0, one, together)
    truth = [set(row.tolist()) for row in best(asked @ vectors.T)]
    few = np.where(bench.allowed, asked @ vectors.T, -np.inf).astype(np.float32)
    within = set(np.flatnonzero(bench.allowed).tolist())
    narrow = [set(row.tolist()) & within for row in best(few)]
    flat = faiss.IndexFlatIP(vectors.shape[1])
    graph = faiss.IndexHNSWFlat(vectors.shape[1], 32, faiss.METRIC_INNER_PRODUCT)
    graph.hnsw.efConstruction = 200
    chosen = faiss.IDSelectorBatch(np.flatnonzero(bench.allowed))
    for name, index, where in (
        ("faiss Flat", flat, faiss.SearchParameters(sel=chosen)),
        ("faiss HNSW (M 32, efSearch 128)", graph,
         faiss.SearchParametersHNSW(sel=chosen, efSearch=128)),
    ):  # fmt: skip
        build = spent(lambda index=index: index.add(vectors))  # type: ignore[misc]
        graph.hnsw.efSearch = 128
        found = index.search(asked, _DEPTH)[1]
        filtered = index.search(asked, _DEPTH, params=where)[1]
        many = spent(lambda index=index: index.search(asked, _DEPTH)) / len(asked)  # type: ignore[misc]
        one = each(
            bench,
            lambda q, index=index: index.search(asked[q : q + 1], _DEPTH),  # type: ignore[misc]
        )
        yield Line(name, build, one, many, recall(found, truth), recall(filtered, narrow))


def recall(found: IntArray, truth: Best) -> float:
    """Mean share of the exact best that was found."""
    shares = [
        len(set(row.tolist()) & exact) / len(exact) for row, exact in zip(found, truth, strict=True)
    ]
    return float(np.mean(shares))


def by_words(bench: Bench) -> Iterator[Line]:
    """bm25s, and a loop over all documents."""
    import bm25s

    index = bm25s.BM25(method="lucene", k1=K1, b=B)
    build = spent(lambda: index.index(bench.tokens, show_progress=False))
    known = index.vocab_dict
    lists = [[t for t in dict.fromkeys(q.tokens) if t in known] for q in bench.asked]

    def words(number: int) -> None:
        index.retrieve([lists[number]], k=_DEPTH, show_progress=False)

    many = spent(lambda: index.retrieve(lists, k=_DEPTH, show_progress=False)) / len(lists)
    yield Line("bm25s", build, each(bench, words), many)
    loop = Loop(bench.tokens)
    yield Line("逐篇循环 (rank_bm25 的做法)", loop.build, spent(lambda: loop.best(lists[0])))


class Loop:
    """BM25 as rank_bm25 does it: a pass over the counts of all documents for every word."""

    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        began = time.process_time()
        self.counts = [Counter(tokens) for tokens in documents]
        lengths = np.array([len(tokens) for tokens in documents])
        self.norms = K1 * (1 - B + B * lengths / lengths.mean())
        self.frequency = Counter(token for counts in self.counts for token in counts)
        self.build = time.process_time() - began

    def best(self, tokens: Sequence[str]) -> IntArray:
        """The best 100 documents."""
        scores = np.zeros(len(self.counts))
        for token in tokens:
            df = self.frequency[token]
            idf = math.log(1 + (len(self.counts) - df + 0.5) / (df + 0.5))
            held = np.array([counts.get(token, 0) for counts in self.counts])
            scores += idf * held / (held + self.norms)
        return np.argsort(-scores)[:_DEPTH]


def shown(lines: Sequence[Line]) -> str:
    """The lines as a table; ratios to ours."""
    first = lines[0]

    def share(value: float | None) -> str:
        return "–" if value is None else f"{value:.3f}"

    rows = [
        [line.name, f"{line.build:.2f}", f"{1e3 * line.one:.2f}", f"{line.one / first.one:.2f}",
         "–" if line.many is None else f"{1e3 * line.many:.2f}",
         share(line.recall), share(line.filtered)]
        for line in lines
    ]  # fmt: skip
    head = ["做法", "建索引 秒", "单个查询 毫秒", "与本软件之比", "成批每项 毫秒",
            "recall@100", "2% 筛选 recall@100"]  # fmt: skip
    return table(head, rows)


def main() -> None:
    """Print the table; with ``--write`` put it into docs/performance.md."""
    parser = argparse.ArgumentParser(description="检索: 与其他做法并排")
    parser.add_argument("--passages", type=int, default=10_000)
    parser.add_argument("--queries", type=int, default=64)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if os.environ.get("OMP_NUM_THREADS") != "1":
        parser.error("先设 OMP_NUM_THREADS=1: 比的是一个线程")
    bench = made(options.passages, options.queries)
    lines = [*ours(bench), *by_meaning(bench), *by_words(bench)]
    text = f"{len(bench.tokens):,} 段, {len(bench.asked)} 个查询:\n\n{shown(lines)}"
    print(text)
    if options.write:
        put(_DOCUMENT, f"retrieval {options.passages}", text)


if __name__ == "__main__":
    main()
