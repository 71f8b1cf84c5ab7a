"""Work shared among processes of this machine, its results in order."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from matcher.confinement import end_with_parent
from matcher.garbage import collect_seldom

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

Given = TypeVar("Given")
Made = TypeVar("Made")
_MOST = 8


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def threads() -> int:
    """How many threads of this process should work at a time: OMP_NUM_THREADS, or all processors.

    Where several processes share a machine, each is told to take one.
    """
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    return min(processors(), int(wanted)) if wanted.isdigit() and int(wanted) else processors()


def alone() -> bool:
    """Whether the processors are this thread's to share out.

    A process that another one made (a Dask worker, one of a pool) and a thread beside others (a
    job of the service, a task of a Dask worker) have the other processors' work beside them
    already: processes of their own would only crowd it.
    """
    from multiprocessing import parent_process

    return threading.current_thread() is threading.main_thread() and parent_process() is None


def shared(
    function: Callable[[Given], Made], blocks: Iterable[Given]
) -> Iterator[tuple[Given, Made]]:
    """``function`` of each block beside the block, in their order, made by all processors.

    See `Workers.share`; the processes end with the last block.
    """
    with workers() as made:
        yield from made.share(function, blocks)


@contextmanager
def workers() -> Iterator[Workers]:
    """Processes for several rounds of work; what they have loaded in one they have in the next."""
    from loky import ProcessPoolExecutor

    count = min(processors(), _MOST)
    own = {"initializer": _begin, "initargs": (os.getpid(),)}
    with ProcessPoolExecutor(count, env={"OMP_NUM_THREADS": "1"}, **own) as pool:
        yield Workers(pool, count)


@dataclass(frozen=True, slots=True)
class Workers:
    """Processes of this machine that share work out, ``count`` of them."""

    pool: Executor
    count: int

    def share(
        self, function: Callable[[Given], Made], blocks: Iterable[Given]
    ) -> Iterator[tuple[Given, Made]]:
        """``function`` of each block beside the block, in their order.

        Only as many blocks as there are processes, and one more each, are held at a time. Where
        processes cannot be had or are killed, the work goes on in this one.

        Args:
            function: can be pickled; what it raises is raised here.
            blocks: read one by one, in this thread.
        """
        from concurrent.futures.process import BrokenProcessPool

        waiting: deque[tuple[Given, Future[Made] | None]] = deque()

        def handed(block: Given) -> Future[Made] | None:
            try:
                return self.pool.submit(function, block)
            except (BrokenProcessPool, OSError):
                return None

        def finished() -> tuple[Given, Made]:
            block, future = waiting.popleft()
            try:
                return block, function(block) if future is None else future.result()
            except BrokenProcessPool:
                return block, function(block)

        for block in blocks:
            waiting.append((block, handed(block)))
            if len(waiting) > 2 * self.count:
                yield finished()
        while waiting:
            yield finished()


def _begin(parent: int) -> None:
    end_with_parent(parent)
    collect_seldom()
