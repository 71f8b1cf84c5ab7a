"""What Dask costs beside the work itself: the same blocks here, and on a scheduler with workers.

    OMP_NUM_THREADS=1 nice -n 5 python benchmarks/cluster.py output/demo [--workers 2] [--rounds 3]

Processor seconds of all processes taking part, so that other load on the machine does not count;
scheduler and workers are started by their commands. The first round, when everybody opens the
workspace, is not counted. Blocks are as small as by default: larger ones cost less.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from matcher.cluster.blocks import Engine
from matcher.cluster.indexing import rebuild_in_blocks
from matcher.cluster.job import MatchSettings
from matcher.cluster.matching import match_in_blocks
from matcher.encoding import DEFAULT_ENCODER
from matcher.matches import Failure, Ranking
from matcher.workspace import Workspace

_DASK = str(Path(sys.executable).with_name("dask"))
_TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def cluster(workers: int, folder: str) -> Iterator[tuple[str, list[int]]]:
    """A scheduler and its workers: (address, process ids)."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    commands = [["scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]]
    commands += [
        ["worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard",
         "--local-directory", folder]
    ] * workers  # fmt: skip
    started = [
        subprocess.Popen([_DASK, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for command in commands
    ]
    try:
        yield address, [process.pid for process in started]
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait()


def processor(others: Sequence[int]) -> float:
    """Processor seconds so far, of this process and others."""
    spent = time.process_time()
    for process in others:
        fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
        spent += (int(fields[11]) + int(fields[12])) / _TICKS
    return spent


def repeated(run: Callable[[], Any], rounds: int, others: Sequence[int] = ()) -> tuple[float, Any]:
    """Least processor seconds of a round after the first, and what a round gave."""
    run()
    least, found = float("inf"), None
    for _ in range(rounds):
        began = processor(others)
        found = run()
        least = min(least, processor(others) - began)
    return least, found


def main() -> None:
    """Print both and the ratio, for matching and for indexing."""
    parser = argparse.ArgumentParser(description="Dask 的开销")
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if os.environ.get("OMP_NUM_THREADS") != "1":
        parser.error("先设 OMP_NUM_THREADS=1: 每个进程一个线程")
    workspace = Workspace(options.workspace, encoder=DEFAULT_ENCODER)
    settings = MatchSettings(DEFAULT_ENCODER)

    def match(folder: Path, engine: Engine) -> list[Ranking | Failure]:
        return list(match_in_blocks(workspace, folder / "blocks", engine, settings))

    def index(folder: Path, engine: Engine) -> None:
        rebuild_in_blocks(workspace, folder / "index", engine, encoder=DEFAULT_ENCODER)

    with tempfile.TemporaryDirectory(dir=options.workspace) as name:
        folder = Path(name)
        for label, job in (("匹配", match), ("建索引", index)):
            here, expected = repeated(lambda job=job: job(folder, Engine()), options.rounds)  # type: ignore[misc]
            with cluster(options.workers, name) as (address, processes):
                engine = Engine(address)
                there, found = repeated(
                    lambda job=job, engine=engine: job(folder, engine),  # type: ignore[misc]
                    options.rounds, processes,
                )  # fmt: skip
            same = "" if found is None else ", 结果相同" if found == expected else ", 结果不同!"
            print(f"{label}: 本进程 {here:.2f} 秒, Dask (1 个调度 + {options.workers} 个计算) "
                  f"{there:.2f} 秒处理器时间, {there / here:.2f} 倍{same}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
