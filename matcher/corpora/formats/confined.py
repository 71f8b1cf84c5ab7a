"""Strangers' files whose readers are native code, read in a process of limited means.

A file can make such a reader take any amount of memory or time, or end its process; none of that
is an exception that could be caught, and it must not be this process that ends. So one process
stands ready with the readers loaded (`reading_process`) and forks itself for every file; the fork
may not have more than `LIMITS`, cannot write and has no network where the kernel permits that
(`matcher.confinement`). Where there is no fork (Windows) files are read in this process.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from typing import Any, Literal

from matcher.confinement import Limits
from matcher.corpora.formats.format import Parts, SourceFile
from matcher.corpora.formats.frames import (
    BLOCK,
    END,
    ERROR,
    BrokenFrameError,
    packed,
    receive,
    value_of,
)
from matcher.corpora.grid import Grid, GridRow, Merge, Prose
from matcher.errors import InputError
from matcher.processes import processors

Task = Literal["read", "unpack"]
CAN_CONFINE = hasattr(os, "fork") and hasattr(socket, "send_fds")
_MEMORY = 2 << 30
_SECONDS = 9
_MOST_SECONDS = 120
# Several times what honest files take; those of a workbook are packed.
_BYTES_A_SECOND = 4 << 20
_PACKED_BYTES_A_SECOND = 1 << 20
_TABLES = ("xlsx", "xls", "ods")
_MODULE = "matcher.corpora.formats.reading_process"
# Loading the readers takes a second and more: it must not outlive this process in that time.
_BEGIN = (
    "from matcher.confinement import end_with_input; end_with_input(); from {} import main; main()"
)
_IN_MEMORY = 8 << 20
_MOST_KEPT = 4 << 30


def limits_for(name: str, size: int) -> Limits:
    """What reading a file of a format may take, by how many bytes it has.

    A PDF gets time as its pages are read: how many bytes it has says little.
    """
    if name == "pdf":
        return Limits(_MEMORY, _SECONDS, _MOST_SECONDS)
    rate = _PACKED_BYTES_A_SECOND if name in _TABLES else _BYTES_A_SECOND
    return Limits(_MEMORY, _SECONDS + size // rate, 0)


def read_confined(source: SourceFile) -> Parts:
    """The grids and the running text of a file.

    Raises:
        InputError: it cannot be read, or not with what reading may take.
    """
    kept = _Kept()
    parts: list[Grid | Prose] = []
    for value in asked("read", source):
        if isinstance(value, bytes):
            kept.add(value)
            continue
        kind, fields = value
        if kind == "prose":
            sheet, lines, notes = fields
            parts.append(Prose(sheet, [tuple(line) for line in lines], notes))
        else:
            parts.append(_grid(fields, kept))
    kept.end()
    return parts


def warm() -> None:
    """Have the reading process ready before the first file comes."""
    if CAN_CONFINE:
        _readers.ready()


def _grid(fields: dict[str, Any], kept: _Kept) -> Grid:
    fields["merges"] = [Merge(*merge) for merge in fields["merges"]]
    fields["page_starts"] = frozenset(fields["page_starts"])
    return Grid(rows=kept.begin(), **fields)


class _Rows:
    """The rows of one grid, from the blocks that hold them; as often as one likes."""

    def __init__(self, kept: _Kept, first: int) -> None:
        self.blocks = slice(first, first)
        self._kept = kept

    def __iter__(self) -> Iterator[GridRow]:
        for number in range(self.blocks.start, self.blocks.stop):
            for row in value_of(self._kept.block(number)):
                yield GridRow(*row)


class _Kept:
    """Blocks of rows, those of a large file on disk."""

    def __init__(self) -> None:
        # Lives as long as the rows of any grid are wanted.
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
        self._places = [0]
        self._open: _Rows | None = None
        self._lock = threading.Lock()

    def begin(self) -> _Rows:
        """The rows that come from now on."""
        self.end()
        self._open = _Rows(self, len(self._places) - 1)
        return self._open

    def add(self, block: bytes) -> None:
        self._file.write(block)
        self._places.append(self._places[-1] + len(block))
        if self._places[-1] > _MOST_KEPT:
            raise BrokenFrameError("more rows than any file holds")

    def end(self) -> None:
        if self._open is not None:
            self._open.blocks = slice(self._open.blocks.start, len(self._places) - 1)

    def block(self, number: int) -> bytes:
        start, end = self._places[number : number + 2]
        with self._lock:
            self._file.seek(start)
            return self._file.read(end - start)


def asked(task: Task, source: SourceFile) -> Iterator[Any]:
    """What the reading process tells of a file: values, and blocks of bytes.

    Raises:
        InputError: it cannot be read, or not with what reading may take.
    """
    limits = limits_for(source.format, source.path.stat().st_size)
    started = time.monotonic()
    with _readers.turn, closing(_readers.hand_over(task, source, limits)) as stream:
        try:
            while True:
                kind, body = receive(stream)
                if kind == END:
                    return
                if kind == ERROR:
                    raise InputError(*value_of(body)[:1], **value_of(body)[1])
                yield body if kind == BLOCK else value_of(body)
        except BrokenFrameError as error:
            took_long = time.monotonic() - started > 0.9 * limits.seconds
            raise _too_much(source, limits if took_long else None) from error


def _too_much(source: SourceFile, limits: Limits | None) -> InputError:
    """What is told of a file whose reader was ended; of tables it is nearly always their size."""
    is_table = source.format in _TABLES
    why = f"{limits.seconds} 秒内没有读完" if limits else "读它要用的内存过多，或文件结构已损坏"
    return InputError(
        "表格范围过大，或文件已损坏" if is_table else "文件过于复杂，或已损坏，不予读取",
        given=f"{source.path} ({why})", expected="完好、大小合理的文件",
        remedy="删去表格右侧和下方多余的行列（选中后删除，不是清除内容），另存后再试"
        if is_table else "在原来的程序中打开（必要时修复），另存一份，或分成几个文件",
    )  # fmt: skip


class _Readers:
    """The process that stands ready, and how many of its forks may work at a time."""

    def __init__(self) -> None:
        self.turn = threading.BoundedSemaphore(max(2, processors()))
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None

    def ready(self) -> socket.socket:
        """The line to the process, started if it is not there (any more)."""
        with self._lock:
            return self._started()

    def hand_over(self, task: Task, source: SourceFile, limits: Limits) -> socket.socket:
        """Have a fork work on a file; where its answer comes from.

        Raises:
            InputError: no process can be had.
        """
        # The other process keeps the working directory it was started in.
        found = replace(source, path=source.path.absolute())
        request = packed((task, found, limits))
        ours, theirs = socket.socketpair()
        with self._lock, closing(theirs):
            for _ in range(2):
                line = self._started()
                with suppress(OSError):
                    socket.send_fds(line, [request], [theirs.fileno()])
                    if line.recv(1):
                        return ours
                self._forget()
        ours.close()
        raise InputError(
            "读取文件的进程启动不了", given=str(source.path),
            remedy="释放内存或提高进程数上限后重试",
        )  # fmt: skip

    def _started(self) -> socket.socket:
        if self._line is None:
            ours, theirs = socket.socketpair()
            environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
            with closing(theirs):
                self._process = subprocess.Popen(
                    [sys.executable, "-c", _BEGIN.format(_MODULE), str(theirs.fileno())],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env=environment,
                )
            self._line = ours
        return self._line

    def _forget(self) -> None:
        if self._line is not None:
            self._line.close()
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
        self._line = self._process = None


_readers = _Readers()


def _begin_anew() -> None:
    """A fork of this process has a reading process of its own: the other's line is not its."""
    global _readers  # noqa: PLW0603 -- one of each process
    _readers = _Readers()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)
