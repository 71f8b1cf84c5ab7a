"""A workspace of made-up teams and the demonstration challenges, to measure the service at scale.

    nice -n 5 python benchmarks/made_workspace.py output/made --teams 100000 [--read CACHE]

Teams are those of `made_teams`: the record of each is a real one under another number, the words
and vectors of its passages are drawn anew, so that no vector has to be made. What its passages say
is what the real one says, with its number in every part: no two teams share a phrase that a service
would have to read only once. ``--read`` makes a folder for ``--cache`` of `service.py` in
which all passages and phrases have vectors, of noise: what is kept once all have been read.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
from first_index import fresh_environment
from made_teams import MadeRecords, Source, made_documents

from matcher.arithmetic import unit
from matcher.corpora import read_challenges
from matcher.encoding import DEFAULT_ENCODER, Encoder
from matcher.encoding.cache import VectorCache, cache_key
from matcher.index.indexing import passages_of, record_hash
from matcher.index.passages import Passage
from matcher.index.segment import IndexedDocument
from matcher.index.store import Entry, Store
from matcher.models import open_encoder
from matcher.ranking.phrases import phrases_of
from matcher.resources import data_path
from matcher.text.normalise import plain
from matcher.workspace import STORE_FILE, Workspace

_TOGETHER = 4096


def made_entries(source: Source, count: int) -> Iterator[Entry]:
    """Made-up teams as a store takes them."""
    records = MadeRecords(source, count)
    for document in made_documents(source, count):
        record = records[document.facts.document_id]
        yield Entry(
            record_id=record.team_id,
            content=record.model_dump_json(exclude_defaults=True),
            hash=record_hash(record),
            facts=document.facts,
            passages=tuple(_passages(document, passages_of(record))),
            tokens=tuple(tuple(tokens) for tokens in document.tokens),
            vectors=None if document.vectors is None else document.vectors.astype(np.float32),
        )


def _passages(document: IndexedDocument, said: Sequence[Passage]) -> Iterator[Passage]:
    own = document.facts.document_id
    for number, year in enumerate(document.years):
        real = said[number % len(said)]
        parts = real.text.rstrip("。").split("。")
        text = "".join(f"{part} {own}。" for part in parts)
        yield Passage(own, number, real.kind, f"合成成果 {number}", text, year)


def read(workspace: Workspace, encoder: Encoder, folder: Path) -> int:
    """Keep a vector of noise for every passage and phrase of the teams; how many there are."""
    fresh_environment(folder)
    library = workspace.matcher().library
    random = np.random.default_rng(0)
    cache = VectorCache(folder / "models" / "vectors.sqlite")
    many = len(library.rows)
    for low in range(0, many, _TOGETHER):
        passages = [library.passages[row] for row in range(low, min(low + _TOGETHER, many))]
        said = {plain(text) for one in passages for text in (one.text, *phrases_of(one))}
        noise = unit(random.standard_normal((len(said), encoder.dimension), dtype=np.float32))
        keys = [cache_key(encoder.identity, "passage", text) for text in sorted(said)]
        cache.put(dict(zip(keys, noise, strict=True)))
    return len(cache)


def main() -> None:
    """Make it."""
    parser = argparse.ArgumentParser(description="合成的工作区")
    demo = data_path("corpora/demo")
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--teams", type=int, default=20_000)
    parser.add_argument("--source", type=Path, default=demo / "teams.jsonl")
    parser.add_argument("--read", type=Path)
    options = parser.parse_args()
    encoder = open_encoder(DEFAULT_ENCODER)
    assert encoder is not None
    began = time.perf_counter()
    there = options.workspace.exists()
    workspace = Workspace(options.workspace, encoder=encoder)
    if not there:
        workspace.put_challenges(read_challenges(demo / "challenges.jsonl").records)
        source = Source.read(options.source, encoder)
        with closing(Store.open(options.workspace / STORE_FILE)) as store:
            store.put("team", made_entries(source, options.teams))
        print(f"{options.teams} teams written in {time.perf_counter() - began:.0f} s")
    workspace.matcher()
    print(f"indexed after {time.perf_counter() - began:.0f} s")
    if options.read is not None:
        print(f"{read(workspace, encoder, options.read)} vectors of passages and phrases kept")


if __name__ == "__main__":
    main()
