"""Segments written by several processes against one: the same files, how long, at what cost.

    OMP_NUM_THREADS=1 nice -n 10 python benchmarks/segments.py [--teams 20000] [--size 15000]

Made-up teams of three passages of 60 tokens with vectors. Seconds on the clock beside processor
seconds with those of the helpers: on a busy machine the latter tell more.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from matcher.index import snapshot
from matcher.index.documents import document_facts
from matcher.index.passages import Passage
from matcher.index.store import Entry, Stamp, Store
from matcher.records import Team

_DIMENSION, _TOKENS, _WORDS = 384, 60, 40_000


def made(count: int) -> Iterator[Entry]:
    """Entries without texts."""
    random = np.random.default_rng(0)
    for number in range(count):
        team = Team(team_id=f"T{number:07}", team_name="组", org_name="单位")
        ids = (random.pareto(1.0, (3, _TOKENS)) * 20).astype(int) % _WORDS
        vectors = random.standard_normal((3, _DIMENSION)).astype(np.float32)
        yield Entry(
            record_id=team.team_id,
            content=team.model_dump_json(exclude_defaults=True),
            hash="",
            facts=document_facts(team),
            passages=tuple(Passage(team.team_id, n, "论文", "", "文") for n in range(3)),
            tokens=tuple(tuple(f"w{i}" for i in row) for row in ids),
            vectors=vectors / np.linalg.norm(vectors, axis=1, keepdims=True),
        )


def spent() -> float:
    """Processor seconds of this process and of those that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="几个进程并排写段")
    parser.add_argument("--teams", type=int, default=20_000)
    parser.add_argument("--size", type=int, default=15_000, help="每段多少条成果")
    options = parser.parse_args()
    setattr(snapshot, "SEGMENT_PASSAGES", options.size)  # noqa: B010
    with tempfile.TemporaryDirectory() as place:
        store = Store.create(Path(place) / "s.sqlite", Stamp("b", "b", _DIMENSION))
        store.put("team", made(options.teams))
        for workers in (1, 2, 1, 2):
            setattr(snapshot, "processors", lambda workers=workers: workers)  # noqa: B010
            folder = Path(place) / "index"
            folder.mkdir()
            began, busy = time.perf_counter(), spent()
            names = snapshot._segments(snapshot.Kept(store, "team", folder))
            clock, processor = time.perf_counter() - began, spent() - busy
            print(f"{workers} 个进程: {len(names)} 段, {clock:.1f} 秒, 处理器 {processor:.1f} 秒")
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
