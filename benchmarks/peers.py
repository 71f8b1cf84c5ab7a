"""Whole pipelines side by side on the judged benchmark: quality, and pairs of challenge and team a
second.

    pip install --target PEERS --no-deps lancedb tantivy faiss-cpu pyarrow lance-namespace \
        lance-namespace-urllib3-client deprecation overrides wrapt
    OMP_NUM_THREADS=1 PYTHONPATH=PEERS nice -n 5 python benchmarks/peers.py [--write]

Every pipeline gets the same challenges, passages, words and encoder, encodes and tokenises each
challenge within its time, and is asked for the best 100 teams. The peers fuse words and meaning by
reciprocal ranks, as they come; a team's place is that of its best passage. Processor seconds of the
whole process, rounds that alternate. Ours is judged cross-validated: its shipped curves have seen
these grades.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from judged import BENCHMARK, judged
from tables import put, table
from timing import alternating

from matcher.arrays import FloatArray
from matcher.encoding import DEFAULT_ENCODER, resolve_encoder
from matcher.learning.evaluation import Run, evaluate, main_measure
from matcher.learning.grading import cross_validated, graded_groups, in_order, more_groups
from matcher.matches import Ranking
from matcher.pipeline import Matcher
from matcher.resources import data_path

_DOCUMENT = Path(__file__).parent.parent / "docs" / "performance.md"
_TEAMS, _PASSAGES = 100, 200
# Of reciprocal ranks; Cormack, Clarke & Buettcher (2009).
_K = 60
Pipeline = Callable[[], Run]
Search = Callable[[str, FloatArray], Iterable[Sequence[int]]]


class Peers:
    """What the peers search: the passages of a matcher, as each of them keeps them."""

    def __init__(self, matcher: Matcher, folder: Path) -> None:
        self.matcher, self.folder = matcher, folder
        self.passages = [passage.document_id for passage in matcher.library.passages]
        texts = [passage.text for passage in matcher.library.passages]
        self.words = [" ".join(matcher.tokenizer.tokens(text)) for text in texts]
        self.vectors = np.asarray(matcher.library.vectors, dtype=np.float32)
        self.asked = {
            number: f"{c.title}\n{c.problem}\n{c.indicators_text}"
            for number, c in matcher.challenges.items()
        }

    def run(self, search: Search, encode: Callable[[list[str]], FloatArray]) -> Run:
        """The best teams by the ranked lists of passages that a search gives, fused."""
        vectors = encode(list(self.asked.values()))
        found: dict[str, list[str]] = {}
        for (number, text), vector in zip(self.asked.items(), vectors, strict=True):
            words = " ".join(self.matcher.tokenizer.tokens(text))
            found[number] = self.teams(search(words, vector))
        return found

    def teams(self, lists: Iterable[Sequence[int]]) -> list[str]:
        """Teams of passages, by the sum of the reciprocal ranks of each one's best in each list."""
        scores: defaultdict[str, float] = defaultdict(float)
        for ranked in lists:
            seen = set[str]()
            for rank, passage in enumerate(ranked, 1):
                team = self.passages[passage]
                if team not in seen:
                    seen.add(team)
                    scores[team] += 1 / (_K + rank)
        return sorted(scores, key=lambda team: (-scores[team], team))[:_TEAMS]

    def faiss(self) -> Search:
        """Meaning alone, exact."""
        index: Any = import_module("faiss").IndexFlatIP(self.vectors.shape[1])
        index.add(self.vectors)
        return lambda _, vector: [index.search(vector[None], _PASSAGES)[1][0].tolist()]

    def bm25s(self) -> Search:
        """bm25s, and numpy for meaning."""
        made: Any = import_module("bm25s").BM25(method="lucene")
        made.index([words.split() for words in self.words], show_progress=False)

        def search(words: str, vector: FloatArray) -> Iterable[Sequence[int]]:
            known = [word for word in words.split() if word in made.vocab_dict]
            return [_best(np.asarray(made.get_scores(known))), _best(self.vectors @ vector)]

        return search

    def tantivy(self) -> Search:
        """tantivy for words, numpy for meaning."""
        library: Any = import_module("tantivy")
        fields = library.SchemaBuilder()
        fields.add_text_field("words", tokenizer_name="whitespace")
        fields.add_unsigned_field("place", stored=True)
        index = library.Index(fields.build())
        writer = index.writer(num_threads=1)
        for place, words in enumerate(self.words):
            writer.add_document(library.Document(words=words, place=place))
        writer.commit()
        index.reload()
        searcher = index.searcher()

        def search(words: str, vector: FloatArray) -> Iterable[Sequence[int]]:
            terms = [
                (library.Occur.Should, library.Query.term_query(index.schema, "words", word))
                for word in words.split()
            ]
            hits = searcher.search(library.Query.boolean_query(terms), _PASSAGES).hits
            places = [searcher.doc(at)["place"][0] for _, at in hits]
            return [places, _best(self.vectors @ vector)]

        return search

    def lancedb(self) -> Search:
        """LanceDB's hybrid search, fused by itself."""
        lancedb: Any = import_module("lancedb")
        rows = [
            {"place": place, "words": words, "vector": vector}
            for place, (words, vector) in enumerate(zip(self.words, self.vectors, strict=True))
        ]
        made = lancedb.connect(self.folder).create_table("passages", rows)
        made.create_fts_index("words", base_tokenizer="whitespace", stem=False,
                              remove_stop_words=False, ascii_folding=False)  # fmt: skip
        # More words than this a query cannot hold.
        limit = 1000

        def search(words: str, vector: FloatArray) -> Iterable[Sequence[int]]:
            text = " ".join(words.split()[:limit])
            asked = made.search(query_type="hybrid").vector(vector).text(text).limit(_PASSAGES)
            return [asked.distance_type("dot").to_arrow()["place"].to_pylist()]

        return search


def _best(scores: FloatArray) -> list[int]:
    order = np.argsort(-scores, kind="stable")[:_PASSAGES]
    return [int(place) for place in order if scores[place] > 0]


def ours(matcher: Matcher) -> Run:
    """Our best teams, unexplained as the peers' are."""
    rankings = (one for one in matcher.match(top=_TEAMS) if isinstance(one, Ranking))
    return {one.challenge.challenge_id: [m.team_id for m in one.matches] for one in rankings}


def pipelines(peers: Peers) -> dict[str, Pipeline]:
    """Ours and theirs, by what they are called."""
    matcher = peers.matcher
    assert matcher.encoder is not None
    encode = matcher.encoder.encode_queries
    torch = resolve_encoder(DEFAULT_ENCODER, backend="torch").encode_queries
    flat = peers.faiss()
    return {
        "本软件": lambda: ours(matcher),
        "sentence-transformers (torch) + faiss": partial(peers.run, flat, torch),
        "同一编码器 (onnx) + faiss": partial(peers.run, flat, encode),
        "同一编码器 + bm25s": partial(peers.run, peers.bm25s(), encode),
        "同一编码器 + tantivy": partial(peers.run, peers.tantivy(), encode),
        "LanceDB 混合检索, 同一编码器": partial(peers.run, peers.lancedb(), encode),
    }


def main() -> None:
    """Print the table; with ``--write`` put it into docs/performance.md."""
    parser = argparse.ArgumentParser(description="与其他做法并排: 评测集上的质量和速度")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    matcher, qrels = judged()
    measure = main_measure(qrels)
    groups = graded_groups(matcher, qrels)
    folder = data_path(BENCHMARK)
    more = more_groups(folder / "silver", folder, DEFAULT_ENCODER)
    held_apart = in_order(groups, cross_validated(groups, more))
    # Vectors of challenges are not read from a cache: everybody encodes.
    matcher.encoder = resolve_encoder(DEFAULT_ENCODER)
    with tempfile.TemporaryDirectory() as place:
        runs = pipelines(Peers(matcher, Path(place)))
        quality = {name: evaluate(qrels, run(), name).mean(measure) for name, run in runs.items()}
        quality["本软件"] = evaluate(qrels, held_apart).mean(measure)
        spent = alternating(runs, options.rounds, time.process_time)
    pairs = len(matcher.challenges) * len(matcher.teams)
    rows = [
        [name, f"{quality[name]:.3f}", f"{1e3 * seconds / len(matcher.challenges):.1f}",
         f"{pairs / seconds:,.0f}", f"{seconds / spent['本软件']:.2f}"]
        for name, seconds in spent.items()
    ]  # fmt: skip
    head = ["做法", measure, "每项难题 毫秒", "每秒对数", "与本软件的用时之比"]
    text = (
        f"{len(matcher.challenges)} 项难题 × {len(matcher.teams)} 个团队 ("
        f"{len(matcher.library.passages)} 段), 一批, 各取前 {_TEAMS} 名:\n\n{table(head, rows)}"
    )
    print(text)
    if options.write:
        put(_DOCUMENT, "peers", text)


if __name__ == "__main__":
    main()
