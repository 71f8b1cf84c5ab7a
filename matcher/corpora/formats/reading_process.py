"""The process that reads strangers' files: it loads the readers, then forks itself for each.

``python -m matcher.corpora.formats.reading_process`` with a socket as its standard input: every
message on it is a task, with the socket for the answer beside it. It ends when the other side does,
and its forks end with it.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from typing import Any

from matcher.confinement import Limits, confine, end_with_parent, take_network_away
from matcher.corpora.formats.archive import members
from matcher.corpora.formats.format import Sample, SourceFile
from matcher.corpora.formats.frames import BLOCK, END, ERROR, VALUE, packed, send
from matcher.corpora.formats.registry import FORMATS
from matcher.corpora.grid import Grid, GridRow, Prose
from matcher.corpora.headers.classifying import label_hits
from matcher.errors import InputError

_HEAD = 4096
_ROWS = 256
_CELLS = 20_000
_LONGEST_TASK = 64 << 10
_COMMON = ("resource", "lxml.etree", "lxml.html", "python_calamine", "rapidfuzz.process")
_LIBRARIES = {"xlsx": _COMMON, "pdf": (*_COMMON, "pdfplumber")}


def main() -> None:
    """Fork for every task until nobody asks any more."""
    line = socket.socket(fileno=os.dup(0))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the forks
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asks
    take_network_away()
    _load("xlsx")
    label_hits(["项目名称", "指标要求"])  # makes the books of labels
    gc.freeze()
    while True:
        task, handles, _, _ = socket.recv_fds(line, _LONGEST_TASK, 1)
        if not task:
            return
        with socket.socket(fileno=handles[0]) as stream:
            # From the process that started this one.
            name, source, limits = pickle.loads(task)
            _load(source.format)
            parent = os.getpid()
            if os.fork() == 0:
                line.close()
                end_with_parent(parent)
                _work(stream, name, source, limits)
        line.send(b".")


def _load(name: str) -> None:
    """Have in memory before the fork what reading a format needs, so that each fork has it."""
    for library in _LIBRARIES.get(name, ()):
        import_module(library)


def _work(stream: socket.socket, name: str, source: SourceFile, limits: Limits) -> None:
    """Do one task within its limits, tell what came of it, and end."""
    status = 1
    try:
        confine(limits)
        _tell(stream, _TASKS[name], source)
        status = 0
    except BaseException:  # whoever asks sees that the answer has no end
        pass
    finally:
        os._exit(status)


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


if __name__ == "__main__":
    with suppress(ConnectionError):
        main()
    sys.exit(0)
