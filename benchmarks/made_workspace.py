"""A workspace of made-up teams and the demonstration challenges, to measure the service at scale.

    nice -n 5 python benchmarks/made_workspace.py output/made --teams 100000

Teams are those of `made_teams`: the record of each is a real one under another number, its passages
are drawn anew, so that no vector has to be made.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
from made_teams import MadeRecords, Source, made_documents

from matcher.corpora import read_challenges
from matcher.encoding import DEFAULT_ENCODER
from matcher.index.indexing import record_hash
from matcher.index.passages import Passage
from matcher.index.segment import IndexedDocument
from matcher.index.store import Entry, Store
from matcher.models import open_encoder
from matcher.resources import data_path
from matcher.workspace import STORE_FILE, Workspace


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
            passages=tuple(_passages(document)),
            tokens=tuple(tuple(tokens) for tokens in document.tokens),
            vectors=None if document.vectors is None else document.vectors.astype(np.float32),
        )


def _passages(document: IndexedDocument) -> Iterator[Passage]:
    drawn = zip(document.kinds, document.years, document.tokens, strict=True)
    for number, (kind, year, tokens) in enumerate(drawn):
        title = f"合成成果 {number}"
        yield Passage(document.facts.document_id, number, kind, title, "".join(tokens), year)


def main() -> None:
    """Make it."""
    parser = argparse.ArgumentParser(description="合成的工作区")
    demo = data_path("corpora/demo")
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--teams", type=int, default=20_000)
    parser.add_argument("--source", type=Path, default=demo / "teams.jsonl")
    options = parser.parse_args()
    encoder = open_encoder(DEFAULT_ENCODER)
    assert encoder is not None
    began = time.perf_counter()
    workspace = Workspace(options.workspace, encoder=encoder)
    workspace.put_challenges(read_challenges(demo / "challenges.jsonl").records)
    source = Source.read(options.source, encoder)
    with closing(Store.open(options.workspace / STORE_FILE)) as store:
        store.put("team", made_entries(source, options.teams))
    print(f"{options.teams} teams written in {time.perf_counter() - began:.0f} s")
    workspace.matcher()
    print(f"indexed after {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
