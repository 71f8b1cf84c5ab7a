"""Values kept on disk by what they were made of, so that nothing is made twice.

One SQLite file in WAL mode a kind of value. Each row carries a checksum; a row that fails it, and
everything in a damaged file, is made anew by whoever asks.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from matcher.errors import StorageError

_LOG = logging.getLogger(__name__)
_FORMAT = 1  # stored in the file's user_version
_ASK = 500  # keys in one SELECT
_WAIT_SECONDS = 60.0
_CHECK_BYTES = 4
_OTHER_FORMAT = "a cache of another format"
_DAMAGE = ("malformed", "not a database", "no such table", _OTHER_FORMAT)

Value = TypeVar("Value")
_T = TypeVar("_T")


class ContentCache(ABC, Generic[Value]):
    """Values by key in one file; many processes and threads may use it at once.

    Subclasses say how a value is written and how people call the cache.

    Args:
        path: the file; made with its folder when first written.
    """

    name: ClassVar[str]
    """What a message calls it, in Chinese."""
    column: ClassVar[str]
    """One value; the table is its plural."""

    def __init__(self, path: Path) -> None:
        self.path = Path(path)

    @abstractmethod
    def pack(self, value: Value) -> bytes:
        """A value as bytes."""

    @abstractmethod
    def unpack(self, packed: Mapping[bytes, bytes]) -> dict[bytes, Value]:
        """The values again by key, but for bytes that are no such value."""

    def get(self, keys: Sequence[bytes]) -> dict[bytes, Value]:
        """Those of the keys that are stored, each with its value.

        Raises:
            StorageError: the file cannot be read at all (permission, disk).
        """
        if not self.path.exists():
            return {}

        def select(connection: sqlite3.Connection) -> dict[bytes, bytes]:
            found: dict[bytes, bytes] = {}
            for start in range(0, len(keys), _ASK):
                part = keys[start : start + _ASK]
                marks = ",".join("?" * len(part))
                query = f"SELECT key, {self.column} FROM {self.column}s WHERE key IN ({marks})"
                for key, blob in connection.execute(query, part):
                    packed = _checked(blob)
                    if packed is not None:
                        found[key] = packed
            return found

        return self.unpack(self._run(select))

    def put(self, values: Mapping[bytes, Value]) -> None:
        """Store values in one transaction: after return they survive a crash of this process.

        Raises:
            StorageError: disk full, read-only, or another process holds the file too long.
        """
        rows = [(key, _with_check(self.pack(value))) for key, value in values.items()]

        def insert(connection: sqlite3.Connection) -> None:
            with connection:
                connection.executemany(f"INSERT OR REPLACE INTO {self.column}s VALUES (?, ?)", rows)

        self._run(insert)

    def __len__(self) -> int:
        """Number of stored values."""
        if not self.path.exists():
            return 0
        query = f"SELECT count(*) FROM {self.column}s"
        return self._run(lambda connection: int(connection.execute(query).fetchone()[0]))

    def _run(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        """Do one piece of work on a connection of its own, mending a damaged file once.

        A connection a call costs a fraction of a millisecond and makes the cache safe to share
        between threads and forked processes.
        """
        try:
            return self._attempt(work)
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise self._storage_error(error) from error
            damage = error
        except (sqlite3.Error, OSError) as error:
            raise self._storage_error(error) from error
        try:
            self._set_aside(damage)
            return self._attempt(work)
        except (sqlite3.Error, OSError) as error:
            raise self._storage_error(error) from error

    def _attempt(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self.path, timeout=_WAIT_SECONDS)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            # WAL with NORMAL keeps the file sound through kill -9; a power cut may cost the last
            # commits, which are only made again.
            connection.execute("PRAGMA synchronous=NORMAL")
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version == 0:
                with connection:
                    connection.execute(
                        f"CREATE TABLE IF NOT EXISTS {self.column}s"
                        f" (key BLOB PRIMARY KEY, {self.column} BLOB NOT NULL) WITHOUT ROWID"
                    )
                    connection.execute(f"PRAGMA user_version={_FORMAT}")
            elif version != _FORMAT:
                raise sqlite3.DatabaseError(f"{_OTHER_FORMAT}: {version}")
            return work(connection)

    def _set_aside(self, error: Exception) -> None:
        """Rename the damaged file, drop its journals, and say so.

        It is kept, not deleted: a wrong path might have pointed at somebody's own file.
        """
        aside = self.path.with_name(f"{self.path.name}.damaged")
        _LOG.warning(
            "%s已损坏，将重建（只需重新计算，不丢数据）；原文件改名为 %s，可删除 (%s)",
            self.name,
            aside,
            error,
        )
        with suppress(FileNotFoundError):
            os.replace(self.path, aside)
        for ending in ("-wal", "-shm"):
            self.path.with_name(self.path.name + ending).unlink(missing_ok=True)

    def _storage_error(self, error: Exception) -> StorageError:
        text = str(error).lower()
        if "full" in text or "no space" in text:
            what = f"磁盘已满，{self.name}无法写入"
            remedy = "清理磁盘后重新运行：已完成的部分会接着用"
        elif "locked" in text or "busy" in text:
            what, remedy = f"{self.name}正被其他进程占用", "等另一个任务结束后重新运行"
        elif "readonly" in text or "read-only" in text or "permission" in text:
            what = f"没有写入{self.name}的权限"
            remedy = "检查该文件夹的权限，或换一个工作区"
        else:
            what = f"{self.name}无法读写"
            remedy = "检查磁盘和路径，或删除该文件后重新运行"
        return StorageError(what, given=f"{self.path}: {error}", remedy=remedy)


def _with_check(packed: bytes) -> bytes:
    return packed + zlib.crc32(packed).to_bytes(_CHECK_BYTES, "little")


def _checked(blob: bytes) -> bytes | None:
    """What was packed, or None when the stored bytes are not what was written."""
    packed, check = blob[:-_CHECK_BYTES], blob[-_CHECK_BYTES:]
    return packed if zlib.crc32(packed).to_bytes(_CHECK_BYTES, "little") == check else None


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    text = str(error).lower()
    return any(sign in text for sign in _DAMAGE)
