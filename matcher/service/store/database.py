"""The service's own tables in the workspace file: a connection a thread, short transactions."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from matcher.errors import StorageError, WorkspaceError
from matcher.index.connection import connect

_Values = Sequence[Any]


class Database:
    """Accounts, sessions, drafts, jobs, audit. Writing here makes no index stale."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._own = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._lock = threading.Lock()

    def rows(self, query: str, values: _Values = ()) -> list[sqlite3.Row]:
        """All rows of a query."""
        return self._connection.execute(query, values).fetchall()

    def row(self, query: str, values: _Values = ()) -> sqlite3.Row | None:
        """The first row, or None."""
        found: sqlite3.Row | None = self._connection.execute(query, values).fetchone()
        return found

    def page(
        self, query: str, values: _Values, page: int, size: int
    ) -> tuple[list[sqlite3.Row], int]:
        """One page of the rows of an ordered query, from 1 on, and how many there are in all."""
        counted = self.row(f"SELECT count(*) FROM ({query})", values)
        assert counted is not None
        rows = self.rows(f"{query} LIMIT ? OFFSET ?", (*values, size, (page - 1) * size))
        return rows, int(counted[0])

    def write(self, statement: str, values: _Values = ()) -> int:
        """One statement in a transaction of its own (or the open one); rows it changed."""
        with self.writing() as connection:
            return connection.execute(statement, values).rowcount

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction; nested uses join the outer one.

        Raises:
            WorkspaceError: another process is writing for too long.
            StorageError: the disk is full or read-only.
        """
        connection = self._connection
        if connection.in_transaction:
            yield connection
            return
        try:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            _roll_back(connection)
            if "locked" in str(error):
                raise WorkspaceError(
                    "工作区正被另一个进程写入", given=self.path, remedy="稍后重试"
                ) from error
            raise StorageError(
                "无法写入工作区", given=str(error), remedy="检查磁盘空间和目录权限后重试"
            ) from error
        except BaseException:
            _roll_back(connection)
            raise

    def joined(self, change: Callable[[], object]) -> Callable[[sqlite3.Connection], None]:
        """A change made through this, as part of a transaction that the workspace opens."""

        def along(connection: sqlite3.Connection) -> None:
            with self.joining(connection):
                change()

        return along

    @contextmanager
    def joining(self, connection: sqlite3.Connection) -> Iterator[None]:
        """In the block this thread reads and writes in a transaction that somebody else opened."""
        own, rows = self._connection, connection.row_factory
        self._own.connection, connection.row_factory = connection, sqlite3.Row
        try:
            yield
        finally:
            self._own.connection, connection.row_factory = own, rows

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            while self._opened:
                self._opened.pop().close()

    @property
    def _connection(self) -> sqlite3.Connection:
        known: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if known is None:
            known = connect(self.path)
            known.row_factory = sqlite3.Row
            self._own.connection = known
            with self._lock:
                self._opened.append(known)
        return known


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")
