"""Entries made before the store is locked, kept on the side until they are written.

Encoding a library takes minutes and must not keep other writers waiting; and a hundred thousand
entries do not fit in memory. So they go to a nameless temporary file that disappears with the
process, whatever ends it.
"""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from matcher.errors import StorageError
from matcher.index.store import Entry


@contextmanager
def staged(entries: Iterable[Entry], folder: Path) -> Iterator[Iterator[Entry]]:
    """All of ``entries``, made and kept in a file in ``folder``, in their order.

    Raises:
        StorageError: the disk is full or read-only.
    """
    file = _nameless(folder)
    try:
        count = 0
        for entry in entries:
            _keep(entry, file, folder)
            count += 1
        file.seek(0)
        # Written by this process a moment ago, to a file nobody else can open.
        yield (pickle.load(file) for _ in range(count))
    finally:
        with suppress(OSError):  # tries once more to write what a full disk did not take
            file.close()


def _nameless(folder: Path) -> IO[Any]:
    try:
        return tempfile.TemporaryFile(dir=folder)
    except OSError as error:
        raise _unwritable(folder, error) from error


def _keep(entry: Entry, file: IO[Any], folder: Path) -> None:
    try:
        pickle.dump(entry, file, pickle.HIGHEST_PROTOCOL)
        file.flush()
    except OSError as error:
        raise _unwritable(folder, error) from error


def _unwritable(folder: Path, error: OSError) -> StorageError:
    return StorageError(
        "无法写入工作区", given=f"{folder} ({error})", remedy="检查磁盘空间和目录权限后重试"
    )
