"""Answering challenges, against the bare products: numpy for vectors, bm25s for words.

    OMP_NUM_THREADS=1 python benchmarks/querying.py [--challenges C.jsonl --teams T.jsonl]
        [--encoder NAME|none]

The baseline does what cannot be left out: encode and tokenise the query, score every passage with
both, take the best ten. Ours adds facets, standardising, the two best pieces of every team, the
ranker and, where said so, the explanations. Processor time of the whole process, rounds that
alternate: other load falls on all lines alike.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import bm25s
import numpy as np
from timing import alternating, arguments, records, show

from matcher.pipeline import Matcher
from matcher.ranking.query import queries
from matcher.records import Challenge

_TOP = 10


def bare(matcher: Matcher) -> Callable[[Sequence[Challenge]], None]:
    """Brute force without this project: one product, one BM25, one sum."""
    words = [matcher.tokenizer.tokens(p.text) for p in matcher.library.passages]
    index = bm25s.BM25(method="lucene")
    index.index(words, show_progress=False)
    vocabulary = index.vocab_dict
    vectors = matcher.library.vectors

    def answer(challenges: Sequence[Challenge]) -> None:
        texts = [f"{c.title}\n{c.problem}\n{c.indicators_text}" for c in challenges]
        asked = matcher.encoder.encode_queries(texts) if matcher.encoder else None
        for number, text in enumerate(texts):
            tokens = [t for t in matcher.tokenizer.tokens(text) if t in vocabulary]
            scores = np.asarray(index.get_scores(tokens))
            if asked is not None and vectors is not None:
                scores = scores + vectors @ asked[number]
            np.argpartition(-scores, min(_TOP, len(scores) - 1))

    return answer


def main() -> None:
    """Print the tables."""
    options = arguments("匹配速度: 与 numpy 乘积加 bm25s 之比", count=50)
    challenges, teams = records(options)
    encoder: Any = None
    if options.encoder != "none":
        from matcher.encoding import resolve_encoder

        encoder = resolve_encoder(options.encoder)
    matcher = Matcher.from_records(challenges[: options.count], teams, encoder=encoder)
    wanted = list(matcher.challenges.values())
    answer = bare(matcher)
    matcher.find_teams(wanted[0], 1)  # what is made once is made
    made = queries(wanted, matcher.tokenizer, encoder)
    size = f"{len(matcher.library.passages)} 段成果"
    single: dict[str, Callable[[], Any]] = {
        "裸乘积 + 裸 bm25s, 逐个": lambda: [answer([c]) for c in wanted],
        "matcher.find_teams, 前 10 名附依据": lambda: [matcher.find_teams(c, _TOP) for c in wanted],
        "其中: 词面打分": lambda: [
            matcher.library.lexical.scores(matcher.library.lexical.weights(q.tokens)) for q in made
        ],
    }
    show(
        f"单个需求, {size}",
        alternating(single, options.rounds, time.process_time),
        len(wanted),
        "需求",
    )
    batch: dict[str, Callable[[], Any]] = {
        "裸乘积 + 裸 bm25s, 一批": lambda: answer(wanted),
        "matcher.match, 前 100 名": lambda: list(matcher.match(top=100)),
        "matcher.match, 前 100 名, 10 名附依据": lambda: list(
            matcher.match(top=100, explained=_TOP)
        ),
    }
    show(
        f"一批需求, {size}",
        alternating(batch, options.rounds, time.process_time),
        len(wanted),
        "需求",
    )


if __name__ == "__main__":
    main()
