"""Indexing a library in memory: where the time goes, against bare bm25s and the bare encoder.

python benchmarks/indexing.py [--teams TEAMS.jsonl] [--encoder NAME|none] [--rounds 1]
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import bm25s
from timing import alternating, arguments, records, show

from matcher.index.collection import Collection
from matcher.index.indexing import entries, passages_of
from matcher.pipeline import Matcher
from matcher.text.tokenise import default_tokenizer


def main() -> None:
    """Print the table."""
    options = arguments("建立索引: 与裸 bm25s 和裸编码之比")
    _, teams = records(options)
    tokenizer = default_tokenizer()
    encoder = None
    if options.encoder != "none":
        from matcher.encoding import resolve_encoder

        encoder = resolve_encoder(options.encoder)
    texts = [passage.text for team in teams for passage in passages_of(team)]
    tokens = [tokenizer.tokens(text) for text in texts]
    made = list(entries(teams, tokenizer, None))

    def bare_bm25s() -> None:
        bm25s.BM25(method="lucene").index([list(t) for t in tokens], show_progress=False)

    runs: dict[str, Callable[[], Any]] = {
        "裸 bm25s (词已分好)": bare_bm25s,
        "matcher 词面索引 (词已分好)": lambda: Collection.from_entries(made),
        "matcher 全部, 不用语义模型": lambda: Matcher.from_records([], teams, encoder=None),
    }
    show("词面索引", alternating(runs, options.rounds), len(texts), "段")
    if encoder is not None:
        model = encoder
        runs = {
            "只编码": lambda: model.encode_passages(texts),
            "matcher 全部": lambda: Matcher.from_records([], teams, encoder=model),
        }
        show("语义索引", alternating(runs, min(options.rounds, 2)), len(texts), "段")


if __name__ == "__main__":
    main()
