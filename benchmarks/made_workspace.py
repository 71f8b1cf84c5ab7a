"""A workspace of made-up teams and the demonstration challenges, to measure the service at scale.

    nice -n 5 python benchmarks/made_workspace.py output/made --teams 100000 [--unread]

Teams are those of `made_teams`: the record of each is a real one under another number, the words
and vectors of its passages are drawn anew, so that no vector has to be made. What its passages say
is what the real one says, with its number in every part: no two teams share a phrase that a service
would have to read only once. Their phrases have vectors of noise, but for ``--unread``: then they
are as a version left them that kept none.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
from made_teams import MadeRecords, Source, made_documents

from matcher.arithmetic import unit
from matcher.corpora import read_challenges
from matcher.encoding import DEFAULT_ENCODER
from matcher.index.indexing import passages_of, record_hash
from matcher.index.passages import Passage, phrases_of
from matcher.index.segment import IndexedDocument
from matcher.index.store import Entry, Store
from matcher.models import open_encoder
from matcher.resources import data_path
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


def keep_phrases(store: Store, size: int) -> int:
    """Keep vectors of noise of all phrases that have none yet; of how many passages."""
    random = np.random.default_rng(0)
    last = done = 0
    while found := store.unread_passages(last, _TOGETHER):
        noise = {
            position: unit(
                random.standard_normal((len(phrases_of(passage)), size), dtype=np.float32)
            ).astype(np.float16)
            for position, passage in found.items()
        }
        store.put_phrases(noise)
        last, done = max(found), done + len(found)
    return done


def main() -> None:
    """Make it."""
    parser = argparse.ArgumentParser(description="合成的工作区")
    demo = data_path("corpora/demo")
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--teams", type=int, default=20_000)
    parser.add_argument("--source", type=Path, default=demo / "teams.jsonl")
    parser.add_argument("--unread", action="store_true")
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
    if not options.unread:
        with closing(Store.open(options.workspace / STORE_FILE)) as store:
            print(f"phrases of {keep_phrases(store, encoder.dimension)} passages kept")
    workspace.matcher()
    print(f"indexed after {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
