"""Results of single challenges kept on disk, so that a long run goes on where it stopped.

A result is kept under the hash of everything it depends on (challenge, library, model, depth); a
change of any of these is a new key, so nothing stale can be read. Damaged lines are passed over.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from pydantic import TypeAdapter, ValidationError

from matcher.errors import StorageError
from matcher.report.model import RankedChallenge

KEPT_FILE = "report-results.sqlite"
# Bumped when what is kept means something else.
FORM = 1
_ADAPTER = TypeAdapter(RankedChallenge)


class Kept(Protocol):
    """Where results are kept between runs."""

    def get(self, key: str) -> RankedChallenge | None:
        """A kept result; None where there is none."""

    def put(self, key: str, result: RankedChallenge) -> None:
        """Keep a result; it must survive the process being killed right after."""


class NothingKept:
    """Keeps nothing: for runs without a workspace."""

    def get(self, key: str) -> RankedChallenge | None:
        """Always None."""
        return None

    def put(self, key: str, result: RankedChallenge) -> None:
        """Forget it."""


class KeptResults:
    """Results in one SQLite file; each `put` is a transaction of its own."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, key: str) -> RankedChallenge | None:
        """A kept result; None where there is none or it can't be read."""
        row = self._connection.execute("SELECT content FROM kept WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        try:
            return _ADAPTER.validate_json(row[0])
        except ValidationError:
            return None

    def put(self, key: str, result: RankedChallenge) -> None:
        """Keep a result.

        Raises:
            StorageError: the disk is full or read-only.
        """
        content = _ADAPTER.dump_json(result).decode()
        with _storage_errors():
            self._connection.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (key, content))
            self._connection.commit()

    def keep_only(self, keys: set[str]) -> None:
        """Drop what no finished report of this workspace refers to any more."""
        with _storage_errors():
            known = {row[0] for row in self._connection.execute("SELECT key FROM kept")}
            stale = [(key,) for key in known - keys]
            self._connection.executemany("DELETE FROM kept WHERE key = ?", stale)
            self._connection.commit()


@contextmanager
def kept_results(folder: Path) -> Iterator[KeptResults]:
    """The results kept in a folder.

    Raises:
        StorageError: the file cannot be opened or written.
    """
    with _storage_errors():
        connection = sqlite3.connect(folder / KEPT_FILE, timeout=30)
    try:
        with _storage_errors():
            # Committed results survive a killed process either way; this spares a flush for each.
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, content TEXT) WITHOUT ROWID"
            )
            connection.commit()
        yield KeptResults(connection)
    finally:
        connection.close()


def key_of(parts: dict[str, object]) -> str:
    """A key from what a result depends on.

    >>> key_of({"a": 1}) == key_of({"a": 1}) != key_of({"a": 2})
    True
    """
    from hashlib import sha256

    written = json.dumps({"form": FORM, **parts}, ensure_ascii=False, sort_keys=True, default=str)
    return sha256(written.encode()).hexdigest()


@contextmanager
def _storage_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StorageError(
            "不能保存中间结果", given=str(error),
            remedy="清理磁盘或删除工作区里的 report-results.sqlite; 或加 --no-resume 不保存",
        ) from error  # fmt: skip
