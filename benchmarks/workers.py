"""A cold index in blocks, encoding included: measured here, simulated for more workers.

    OMP_NUM_THREADS=1 python benchmarks/workers.py TEXTS.jsonl [--teams 256] [--block 32]

Teams as in `first_index`, in a workspace that has no vectors, caches empty. First the blocks run
one after another in this process: the processor seconds of each, and of the one who writes all
entries into the workspace. Then `rebuild_in_blocks` as `matcher index --engine processes` calls it,
caches empty again: the seconds of all processes together, whether the workspace is the same, and
what is left over as a process's start and loading. Last a simulation of many teams in the blocks
of that command: each next block goes to the first worker that is free, and its cost is that of its
teams, drawn from those measured; every worker loads the models once, and all is written by one when
the blocks are done.
Storage and network cost nothing in it, and workers are as quick as this processor.
"""

from __future__ import annotations

import argparse
import heapq
import os
import resource
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from first_index import fresh_environment, made_teams, papers, write
from tables import table

from matcher.cluster.blocks import Engine, software_version
from matcher.cluster.indexing import BLOCK, IndexBlock, read_entries, rebuild_in_blocks
from matcher.corpora import read_teams
from matcher.encoding import DEFAULT_ENCODER
from matcher.processes import processors
from matcher.workspace import Workspace

_WORKERS = (1, 2, 4, 8, 16, 32, 64)


def forgotten(folder: Path) -> None:
    """No vector and no token is known any more."""
    for name in ("vectors.sqlite", "tokens.sqlite"):
        for path in folder.rglob(f"{name}*"):
            path.unlink()


def blocks_of(workspace: Workspace, size: int) -> list[IndexBlock]:
    """The teams of a workspace in blocks."""
    ids = list(workspace.teams())
    place = str(workspace.folder.resolve())
    return [
        IndexBlock(
            f"team-{low // size:06}.zip", place, DEFAULT_ENCODER, workspace.state,
            software_version(), "team", tuple(ids[low : low + size]),
        )
        for low in range(0, len(ids), size)
    ]  # fmt: skip


def alone(workspace: Workspace, folder: Path, size: int) -> tuple[list[float], float]:
    """Processor seconds of a team, block by block, and of writing one."""
    blocks = blocks_of(workspace, size)
    each = []
    for block in blocks:
        began = time.process_time()
        block.run(folder / block.name)
        each.append((time.process_time() - began) / len(block.record_ids))
    began = time.process_time()
    made = (entry for block in blocks for entry in read_entries(folder / block.name))
    workspace.replace_index({"challenge": iter(()), "team": made}, workspace.state)
    writing = (time.process_time() - began) / sum(len(block.record_ids) for block in blocks)
    return each, writing


def in_processes(workspace: Workspace, folder: Path, size: int) -> tuple[float, float]:
    """Seconds by the clock, and of all processors, of the command's way."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    own = time.process_time()
    engine = Engine(processes=True)
    rebuild_in_blocks(workspace, folder, engine, encoder=DEFAULT_ENCODER, size=size)
    done = resource.getrusage(resource.RUSAGE_CHILDREN)
    others = done.ru_utime + done.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - began, time.process_time() - own + others


def simulated(
    workers: int, teams: int, each: Sequence[float], loading: float, writing: float
) -> float:
    """Seconds until so many workers have indexed so many teams."""
    random = np.random.default_rng(workers)
    free = [loading] * workers
    heapq.heapify(free)
    for low in range(0, teams, BLOCK):
        cost = random.choice(each, size=min(BLOCK, teams - low)).sum()
        heapq.heapreplace(free, free[0] + float(cost))
    return max(free) + teams * writing


def main() -> None:
    """Print what was measured, and the table of the simulation."""
    parser = argparse.ArgumentParser(description="分块建索引: 实测与模拟")
    parser.add_argument("texts", type=Path)
    parser.add_argument("--teams", type=int, default=256)
    parser.add_argument("--block", type=int, default=32)
    parser.add_argument("--simulated", type=int, default=100_000)
    options = parser.parse_args()
    if os.environ.get("OMP_NUM_THREADS") != "1":
        parser.error("先设 OMP_NUM_THREADS=1: 每个进程一个线程")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ.update(fresh_environment(folder))
        write(folder / "团队.jsonl", made_teams(papers(options.texts), range(options.teams), 1))
        workspace = Workspace(folder / "workspace", encoder=DEFAULT_ENCODER, later=True)
        workspace.put_teams(read_teams(folder / "团队.jsonl").records)
        forgotten(folder)
        made = folder / "made"
        made.mkdir()
        each, writing = alone(workspace, made, options.block)
        print(f"{options.teams} 个团队, 每块 {options.block} 个, 处理器时间: 每个团队 "
              f"{1e3 * np.mean(each):.1f} 毫秒 (各块 {1e3 * min(each):.1f}–{1e3 * max(each):.1f}), "
              f"写入 {1e3 * writing:.2f} 毫秒", flush=True)  # fmt: skip
        known = contents(workspace)
        shutil.rmtree(made)
        forgotten(folder)
        clock, processor = in_processes(workspace, folder / "blocks", options.block)
        same = "结果相同" if contents(workspace) == known else "结果不同!"
        work = options.teams * (float(np.mean(each)) + writing)
        loading = max(0.0, processor - work) / processors()
        print(f"--engine processes, {processors()} 个: {processor:.1f} 秒处理器时间, 用时 "
              f"{clock:.1f} 秒 (负载 {os.getloadavg()[0]:.0f}), {same}; 每个进程启动、载入 "
              f"{loading:.1f} 秒", flush=True)  # fmt: skip
    first = simulated(1, options.simulated, each, loading, writing)
    rows = []
    for workers in _WORKERS:
        spent = simulated(workers, options.simulated, each, loading, writing)
        rows.append([str(workers), f"{spent / 60:.1f}", f"{first / spent:.1f}"])
    print(table(["计算进程", f"{options.simulated:,} 个团队, 分钟", "是一个的几倍"], rows))


def contents(workspace: Workspace) -> list[tuple[object, ...]]:
    """All that is searched, to the byte."""
    return [row[1:6] for row in workspace._store.passage_rows("team")]


if __name__ == "__main__":
    main()
