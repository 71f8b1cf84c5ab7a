"""Blocks of work: each writes one file, so that what is done stays done whatever dies.

A block is done when its file is there. Files are written under another name and moved, and a block
always writes the same content: a block that is done twice (a worker was lost at the last moment)
does no harm, and one that was not done is done by the next run.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Protocol

from matcher.atomic import atomic_path
from matcher.errors import InputError, MatcherError, StorageError
from matcher.processes import workers
from matcher.progress import Progress

_LIST = "blocks.json"
_LOOK_SECONDS = 0.2
# How long a scheduler may be out of reach before the run ends.
_PATIENCE_SECONDS = 15.0
# A block that took this many workers with it is at fault itself.
_ATTEMPTS = 5


class ClusterError(MatcherError):
    """The cluster could not be reached, or was lost; what is done is kept."""

    code = "cluster"


class Block(Protocol):
    """A piece of work that can be sent to another machine."""

    @property
    def name(self) -> str:
        """The file it writes."""

    def run(self, target: Path) -> None:
        """Do the work and write the file; the same content every time."""


@dataclass(frozen=True, slots=True)
class Engine:
    """Where blocks are run.

    Attributes:
        scheduler: address of a Dask scheduler; empty for this machine.
        resume: keep the blocks an earlier run has done.
        processes: on this machine, in one process for each processor instead of this one.
    """

    scheduler: str = ""
    resume: bool = False
    processes: bool = False


def software_version() -> str:
    """Of the installed package; 源码 where it is run from a folder."""
    try:
        return version("jiebang-matcher")
    except PackageNotFoundError:
        return "源码"


def run_blocks(
    stages: Sequence[Sequence[Block]],
    folder: Path,
    settings: dict[str, Any],
    engine: Engine,
    progress: Progress | None = None,
) -> list[Path]:
    """Run all blocks; returns the files of the last stage, in order.

    Args:
        stages: blocks that need nothing of each other, but may read the files of the stages
            before; names are distinct.
        folder: where files are kept; on a cluster, on storage all workers share.
        settings: what decides the result; an earlier run with others cannot be resumed.
        engine: where to run, and whether to go on from an earlier run.
        progress: called with (blocks done, blocks in all).

    Raises:
        InputError: there is nothing to resume, or it was a different run.
        ClusterError: the scheduler cannot be reached or was lost.
    """
    _prepare(folder, settings, engine.resume)
    total, before = sum(map(len, stages)), 0
    files: list[Path] = []
    with _worked_by(engine) as work:
        for blocks in stages:
            files = [folder / block.name for block in blocks]
            left = [(b, f) for b, f in zip(blocks, files, strict=True) if not f.exists()]
            before += len(blocks)

            def done(now_left: int, reached: int = before) -> None:
                if progress:
                    progress(reached - now_left, total)

            done(len(left))
            work(left, done)
    return files


Left = Sequence[tuple[Block, Path]]
Work = Callable[[Left, Callable[[int], None]], None]


@contextmanager
def _worked_by(engine: Engine) -> Iterator[Work]:
    """What does the blocks of a stage: the processes of a machine are the same for all stages."""

    def one_by_one(made: Iterable[object], left: Left, done: Callable[[int], None]) -> None:
        for number, _ in enumerate(made, 1):
            done(len(left) - number)

    if engine.scheduler:
        yield partial(_run_on_dask, engine.scheduler)
    elif engine.processes:
        with workers() as processes:
            yield lambda left, done: one_by_one(processes.share(_run, left), left, done)
    else:
        yield lambda left, done: one_by_one(map(_run, left), left, done)


def _prepare(folder: Path, settings: dict[str, Any], resume: bool) -> None:
    described = json.dumps(settings, sort_keys=True, ensure_ascii=False)
    mark = hashlib.sha256(described.encode()).hexdigest()
    note = folder / _LIST
    known = note.read_text(encoding="utf-8") if note.exists() else ""
    if resume and known != mark:
        raise InputError(
            "没有可以继续的中断任务" if not known else "中断的任务与这次的设置或数据不同",
            given=folder,
            remedy="去掉 --resume 从头运行" if not known else "用原来的设置继续，或去掉 --resume",
        )
    if resume:
        return
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    except OSError as error:
        raise StorageError(
            "无法建立中间结果的目录", given=f"{folder} ({error})", remedy="检查目录权限和磁盘空间"
        ) from error
    with atomic_path(note) as temporary:
        temporary.write_text(mark, encoding="utf-8")


def _run(given: tuple[Block, Path]) -> None:
    """What a worker does: the work, then one move that makes it count."""
    block, file = given
    if not file.exists():
        with atomic_path(file) as temporary:
            block.run(temporary)


def _run_on_dask(scheduler: str, left: Left, done: Callable[[int], None]) -> None:
    import dask
    from distributed import Client

    settings = {
        "distributed.scheduler.allowed-failures": _ATTEMPTS,
        "distributed.comm.timeouts.connect": "5s",
    }
    with dask.config.set(settings):
        try:
            client = Client(scheduler, timeout=_PATIENCE_SECONDS, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise ClusterError(
                "连不上 Dask 调度器",
                given=f"{scheduler} ({error})",
                expected="正在运行的 dask scheduler 的地址，如 tcp://10.0.0.1:8786",
                remedy="检查地址、网络和调度器是否在运行",
            ) from error
        try:
            _follow(client, left, scheduler, done)
        finally:
            client.close(timeout=2)


def _follow(client: Any, left: Left, scheduler: str, done: Callable[[int], None]) -> None:
    """Hand in all blocks and wait until every file is there."""
    futures = {client.submit(_run, given, pure=False, retries=1): given[1] for given in left}
    lost_since = 0.0
    while futures:
        time.sleep(_LOOK_SECONDS)
        for future in [future for future in futures if future.status == "finished"]:
            if not futures[future].exists():
                raise ClusterError(
                    "计算节点写的结果在本机看不到",
                    given=futures[future],
                    expected="所有计算节点和本机共用的存储",
                    remedy="把工作区和输出放在共用的目录里",
                )
            del futures[future]
        done(len(futures))
        for future in futures:
            if future.status == "error":
                raise _failed(future)
        reached = client.status == "running" and all(
            f.status in ("pending", "finished") for f in futures
        )
        lost_since = 0.0 if reached else lost_since or time.monotonic()
        if lost_since and time.monotonic() - lost_since > _PATIENCE_SECONDS:
            raise ClusterError(
                "与 Dask 调度器失去联系",
                given=f"{scheduler}，还有 {len(futures)} 块没有完成",
                remedy="恢复调度器和计算节点后，原命令加上 --resume；已完成的块不会重做",
            )


def _failed(future: Any) -> Exception:
    """The error of a block: ours as it is, others told."""
    error = future.exception()
    if isinstance(error, MatcherError):
        return error
    return ClusterError(
        "计算节点上的任务失败",
        given=f"{type(error).__name__}: {error}",
        remedy="查看计算节点的日志；排除原因后原命令加上 --resume",
    )
