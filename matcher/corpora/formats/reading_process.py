"""The process that reads strangers' files: it loads the readers, then forks itself for each.

`confined` starts it with a socket: every message on it is a task, with the socket for the answer
beside it. A fork waits for the next task, shut in and warmed up before the task comes. All end
when the other side does: this process with its standard input, the forks with this process.
"""

from __future__ import annotations

import os
import pickle
import select
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from matcher.confinement import end_with_parent, limit, shut_in, take_network_away
from matcher.corpora.formats.archive import members
from matcher.corpora.formats.format import Sample, SourceFile
from matcher.corpora.formats.frames import BLOCK, END, ERROR, VALUE, packed, send
from matcher.corpora.formats.registry import FORMATS
from matcher.corpora.formats.rehearsal import Rehearsal
from matcher.corpora.grid import Grid, GridRow, Prose
from matcher.corpora.headers.classifying import label_hits
from matcher.errors import InputError
from matcher.garbage import collect_seldom

_HEAD = 4096
_ROWS = 256
_CELLS = 20_000
_LONGEST_TASK = 64 << 10


def main() -> None:
    """Keep a fork waiting for the next task until nobody asks any more."""
    line = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the forks
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asks
    take_network_away()
    collect_seldom()
    label_hits(["项目名称", "指标要求"])  # makes the books of labels
    ready = Rehearsal()
    ready.prepare("xlsx", "docx", "html")
    with suppress(ConnectionError):
        while taken := _taken(line, ready):
            ready.prepare(taken)


def _taken(line: socket.socket, ready: Rehearsal) -> str:
    """The format of the file that a new fork took; none if it ended without any."""
    parent = os.getpid()
    told, telling = os.pipe()
    if os.fork() == 0:
        try:
            os.close(told)
            end_with_parent(parent)
            shut_in()
            ready.rehearse(lambda: bool(select.select([line], [], [], 0)[0]))
            _take(line, telling)
        finally:
            os._exit(0)
    os.close(telling)
    taken = os.read(told, _LONGEST_TASK).decode()
    # The next fork is made when this one has ended, or sooner if somebody waits for it.
    select.select([told, line.fileno()], [], [])
    os.close(told)
    return taken


def _take(line: socket.socket, telling: int) -> None:
    """Do one task within its limits, tell what came of it, and end."""
    task, handles, _, _ = socket.recv_fds(line, _LONGEST_TASK, 1)
    if not task:
        return
    # From the process that started this one.
    name, source, limits = pickle.loads(task)
    os.write(telling, source.format.encode())
    line.send(b".")
    line.close()
    limit(limits)
    with suppress(Exception), socket.socket(fileno=handles[0]) as stream:
        _tell(stream, _TASKS[name], source)


def _tell(stream: socket.socket, task: Callable[..., Iterator[Any]], source: SourceFile) -> None:
    try:
        for value in task(source):
            if isinstance(value, bytes):
                send(stream, BLOCK, value)
            else:
                send(stream, VALUE, packed(value))
    except InputError as error:
        parts = {"expected": error.expected, "remedy": error.remedy}
        given = None if error.given is None else str(error.given)
        send(stream, ERROR, packed((error.what, {"given": given, **parts})))
    else:
        send(stream, END)


def _read(source: SourceFile) -> Iterator[Any]:
    known = FORMATS[source.format]
    if known.check is not None:
        with source.path.open("rb") as file:
            head = file.read(_HEAD)
        known.check(Sample(source.path, head))
    content = known.read(source)
    assert isinstance(content, list | tuple)
    for part in content:
        if isinstance(part, Prose):
            yield "prose", (part.sheet, part.lines, list(part.notes))
        else:
            yield "grid", _described(part)
            yield from _blocks(part)


def _described(grid: Grid) -> dict[str, Any]:
    return {
        "sheet": grid.sheet, "merges": [tuple(merge) for merge in grid.merges],
        "total": grid.total, "loose": grid.loose, "context": grid.context,
        "page_starts": sorted(grid.page_starts), "notes": list(grid.notes),
    }  # fmt: skip


def _blocks(grid: Grid) -> Iterator[bytes]:
    rows: list[tuple[int, Any, str | None]] = []
    cells = 0
    for row in grid.rows:
        assert isinstance(row, GridRow)
        rows.append((row.number, row.cells, row.damage))
        cells += len(row.cells)
        if len(rows) >= _ROWS or cells > _CELLS:
            yield packed(rows)
            rows, cells = [], 0
    if rows:
        yield packed(rows)


_TASKS: dict[str, Callable[..., Iterator[Any]]] = {"read": _read, "unpack": members}
