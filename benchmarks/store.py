"""The SQLite store against LanceDB, where that is installed: import, load, change.

    python benchmarks/store.py [--teams TEAMS.jsonl] [--passages 20000] [--dimension 384]

Vectors are random and passages are repeated until there are enough: neither changes what a store
does. Both keep the same columns; both end with everything in memory, ready for exact search.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from timing import arguments, records

from matcher.index.indexing import entries
from matcher.index.store import Entry, Stamp, Store
from matcher.text.tokenise import default_tokenizer

Seconds = dict[str, float]


def enough(made: list[Entry], wanted: int, dimension: int) -> list[Entry]:
    """Entries with random unit vectors, repeated under new ids until there are enough passages."""
    random, passages = np.random.default_rng(7), 0
    found: list[Entry] = []
    while passages < wanted:
        for entry in made:
            document = f"{entry.record_id}-{len(found)}"
            vectors = random.standard_normal((len(entry.passages), dimension), dtype=np.float32)
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            own = tuple(replace(p, document_id=document) for p in entry.passages)
            found.append(replace(entry, record_id=document, passages=own, vectors=vectors))
            passages += len(own)
            if passages >= wanted:
                break
    return found


def timed(run: Any) -> float:
    """Seconds of one call."""
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def sqlite(folder: Path, made: list[Entry], dimension: int) -> Seconds:
    """Our store."""
    path = folder / "store.sqlite"
    store = Store.create(path, Stamp("benchmark", "benchmark", dimension))

    def load() -> None:
        rows = list(store.passage_rows("team"))
        blobs = b"".join(row[5] or b"" for row in rows)
        np.frombuffer(blobs, dtype=np.float16).reshape(len(rows), dimension).astype(np.float32)

    seconds = {
        "写入全部": timed(lambda: store.put("team", made)),
        "读出全部": min(timed(load) for _ in range(3)),
        "改 2 条记录": min(timed(lambda: store.put("team", made[:2])) for _ in range(3)),
        "载入程序库": imported("sqlite3"),
    }
    store.close()
    return seconds


def lance(folder: Path, made: list[Entry], dimension: int) -> Seconds:
    """The same passages in one LanceDB table."""
    lancedb, arrow = importlib.import_module("lancedb"), importlib.import_module("pyarrow")
    names = ("document_id", "number", "kind", "title", "text", "year", "tokens", "vector")

    def table(some: Iterable[Entry]) -> Any:
        rows = [
            (p.document_id, p.number, p.kind, p.title, p.text, p.year or 0, " ".join(t), v)
            for entry in some
            for p, t, v in zip(entry.passages, entry.tokens, _vectors(entry), strict=True)
        ]
        *columns, vectors = zip(*rows, strict=True)
        flat = arrow.array(np.concatenate(vectors).astype(np.float16))
        fixed = arrow.FixedSizeListArray.from_arrays(flat, dimension)
        return arrow.table([*map(arrow.array, map(list, columns)), fixed], names=names)

    kept: list[Any] = []

    def write() -> None:
        kept.append(lancedb.connect(folder / "lance").create_table("passages", table(made)))

    def load() -> None:
        found = kept[0].to_arrow()
        flat = found["vector"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
        flat.reshape(-1, dimension).astype(np.float32)
        found["tokens"].to_pylist()

    def change() -> None:
        ids = ", ".join(f"'{entry.record_id}'" for entry in made[:2])
        kept[0].delete(f"document_id IN ({ids})")
        kept[0].add(table(made[:2]))

    return {
        "写入全部": timed(write),
        "读出全部": min(timed(load) for _ in range(3)),
        "改 2 条记录": min(timed(change) for _ in range(3)),
        "载入程序库": imported("lancedb"),
    }


def _vectors(entry: Entry) -> list[Any]:
    return [] if entry.vectors is None else list(entry.vectors)


def imported(module: str) -> float:
    """Seconds a fresh process needs to import a module, beyond those for starting."""
    started = min(timed(lambda: _python("pass")) for _ in range(3))
    return max(0.0, min(timed(lambda: _python(f"import {module}")) for _ in range(3)) - started)


def _python(program: str) -> None:
    subprocess.run([sys.executable, "-c", program], check=True)


def main() -> None:
    """Print the table."""
    options = arguments("存储: SQLite 与 LanceDB 之比", passages=20_000, dimension=384)
    _, teams = records(options)
    made = [e for e in entries(teams, default_tokenizer(), None) if e.passages]
    made = enough(made, options.passages, options.dimension)
    count = sum(len(entry.passages) for entry in made)
    with tempfile.TemporaryDirectory() as folder:
        ours = sqlite(Path(folder), made, options.dimension)
        try:
            theirs = lance(Path(folder), made, options.dimension)
        except ImportError:
            theirs = {}
            print("没有安装 LanceDB, 只列出 SQLite (pip install lancedb)")
    print(f"\n存储 ({count} 段 × {options.dimension} 维)")
    for name, seconds in ours.items():
        other = f"{theirs[name]:9.3f} 秒  {seconds / theirs[name]:6.2f} 倍" if theirs else ""
        print(f"  {name}\tSQLite {seconds:9.3f} 秒\tLanceDB {other}")


if __name__ == "__main__":
    main()
