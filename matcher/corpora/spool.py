"""What a large file gives, kept on the side: a million records do not fit in memory.

>>> spool = Spool(keep=2)
>>> spool.extend(["甲", "乙", "丙"])
>>> kept = spool.kept()
>>> len(kept), kept[1], list(kept[1:]), kept == ("甲", "乙", "丙")
(3, '乙', ['乙', '丙'], True)
"""

from __future__ import annotations

import pickle
import tempfile
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from threading import Lock
from typing import IO, Any, Generic, TypeVar, overload

from matcher.errors import StorageError

T = TypeVar("T")
# So many are simply held in memory.
KEPT = 2_000
BLOCK = 256


class Spool(Generic[T]):
    """Takes things one after another; beyond ``keep`` of them all go to a nameless file."""

    def __init__(self, keep: int = KEPT) -> None:
        self._keep = keep
        self._pending: list[T] = []
        self._file: _File | None = None

    def __len__(self) -> int:
        return len(self._pending) + (self._file.count if self._file else 0)

    def append(self, item: T) -> None:
        """Take one more.

        Raises:
            StorageError: the temporary folder is full or cannot be written.
        """
        self._pending.append(item)
        if len(self._pending) > (self._keep if self._file is None else BLOCK):
            self._flush()

    def extend(self, items: Iterable[T]) -> None:
        """Take several. Raises: as `append`."""
        for item in items:
            self.append(item)

    def extend_pickled(self, block: bytes, count: int) -> None:
        """Take ``count`` things pickled by our own code as one list. Raises: as `append`."""
        if count:
            self._flush()
            self._opened().write(block, count)

    def kept(self) -> Sequence[T]:
        """All of them: a tuple if they are few. Nothing may be added any more.

        Raises: as `append`.
        """
        if self._file is None:
            return tuple(self._pending)
        self._flush()
        return Kept(self._file)

    def _opened(self) -> _File:
        if self._file is None:
            self._file = _File()
        return self._file

    def _flush(self) -> None:
        file = self._opened()
        for low in range(0, len(self._pending), BLOCK):
            block = self._pending[low : low + BLOCK]
            file.write(pickle.dumps(block, pickle.HIGHEST_PROTOCOL), len(block))
        self._pending = []


class _File:
    """Pickled lists one after another in a file that disappears with the process."""

    def __init__(self) -> None:
        self.count = 0
        self._starts: list[int] = []
        self._places: list[int] = [0]
        self._lock = Lock()
        self._last: tuple[int, list[Any]] = (-1, [])
        self._file = _nameless()

    def write(self, block: bytes, count: int) -> None:
        try:
            self._file.write(block)
        except OSError as error:
            raise _full(error) from error
        self._starts.append(self.count)
        self._places.append(self._places[-1] + len(block))
        self.count += count

    def block_of(self, index: int) -> tuple[int, list[Any]]:
        """The index of the first thing of the block that holds this one, and the block."""
        number = bisect_right(self._starts, index) - 1
        with self._lock:
            if self._last[0] != number:
                place, end = self._places[number : number + 2]
                self._file.seek(place)
                # Written by this process, to a file nobody else can open.
                self._last = (number, pickle.loads(self._file.read(end - place)))
            return self._starts[number], self._last[1]


def _nameless() -> IO[bytes]:
    try:
        return tempfile.TemporaryFile()
    except OSError as error:
        raise _full(error) from error


class Kept(Sequence[T]):
    """Things in a file, a block of them in memory at a time; as good as a tuple."""

    def __init__(self, file: _File) -> None:
        self._file = file

    def __len__(self) -> int:
        return self._file.count

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...

    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        if isinstance(index, slice):
            return tuple(self[i] for i in range(*index.indices(len(self))))
        position = index + len(self) if index < 0 else index
        if not 0 <= position < len(self):
            raise IndexError(index)
        start, block = self._file.block_of(position)
        item: T = block[position - start]
        return item

    def __iter__(self) -> Iterator[T]:
        position = 0
        while position < len(self):
            start, block = self._file.block_of(position)
            yield from islice(block, position - start, None)
            position = start + len(block)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or len(self) != len(other):
            return False
        return all(mine == yours for mine, yours in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]


def _full(error: OSError) -> StorageError:
    return StorageError(
        "临时目录写不下", given=f"{tempfile.gettempdir()} ({error})",
        remedy="清理磁盘，或用环境变量 TMPDIR 指定另一个目录",
    )  # fmt: skip
