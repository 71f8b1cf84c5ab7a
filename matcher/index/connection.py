"""Connections to the workspace file, and what is said when there can be none."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from matcher.errors import StorageError, WorkspaceError
from matcher.index.migrations import SCHEMA_VERSION, upgrade

_LOCK_SECONDS = 30.0


def connect(path: Path) -> sqlite3.Connection:
    """A connection of one's own to an existing store, upgraded to the newest version.

    In autocommit: whoever writes opens the transactions. Only `Store.writing` moves the
    generation, so what others keep in the file (accounts, jobs) makes no index stale.

    Raises:
        WorkspaceError: damaged, or written by a newer version.
    """
    connection = open_connection(path)
    try:
        version = _version(connection)
        if version < SCHEMA_VERSION:
            connection.execute("BEGIN IMMEDIATE")
            upgrade(connection, _version(connection))
            connection.execute("COMMIT")
    except sqlite3.OperationalError as error:
        connection.close()
        raise operational_error(path, error) from error
    except sqlite3.DatabaseError as error:
        connection.close()
        raise damaged_error(path) from error
    if version > SCHEMA_VERSION:
        connection.close()
        raise WorkspaceError(
            "工作区由更新版本的软件写成",
            given=f"结构版本 {version}",
            expected=f"结构版本不高于 {SCHEMA_VERSION}",
            remedy="升级本软件后再打开",
        )
    return connection


def _version(connection: sqlite3.Connection) -> int:
    row = connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
    try:
        return int(row[0])
    except (TypeError, ValueError) as error:
        raise sqlite3.DatabaseError("no version") from error


def open_connection(path: Path) -> sqlite3.Connection:
    """A connection to a file that may be empty yet.

    On a disk that is full or read-only SQLite cannot make the file beside the store that writers
    and readers share. Such a store can still be read, and then it cannot be written.

    Raises:
        WorkspaceError: damaged, or another process is writing for too long.
        StorageError: the disk is full or read-only, and there is nothing whole to read.
    """
    try:
        connection = _opened(path, path)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            # A commit is a whole import: worth waiting until it survives a power cut.
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("SELECT 1 FROM sqlite_master").fetchone()
        except sqlite3.OperationalError as error:
            connection.close()
            if "locked" in str(error) or not _whole(path):
                raise
            connection = _opened(f"{path.resolve().as_uri()}?immutable=1", path)
    except sqlite3.OperationalError as error:
        raise operational_error(path, error) from error
    except sqlite3.DatabaseError as error:
        raise damaged_error(path) from error
    return connection


def _opened(place: str | Path, path: Path) -> sqlite3.Connection:
    # Autocommit: transactions are opened by hand in `writing`, nowhere else.
    return sqlite3.connect(
        place, timeout=_LOCK_SECONDS, isolation_level=None, check_same_thread=False,
        uri=place is not path,
    )  # fmt: skip


def _whole(path: Path) -> bool:
    """Whether all that was committed is in the file itself, and nothing in the log beside it."""
    try:
        return path.stat().st_size > 0 and not path.with_name(f"{path.name}-wal").stat().st_size
    except FileNotFoundError:
        return path.exists()


def damaged_error(path: Path) -> WorkspaceError:
    """The file is no store."""
    return WorkspaceError(
        "工作区数据文件损坏或不是本软件的文件",
        given=path,
        remedy="从备份恢复，或换一个目录重新导入",
    )


def operational_error(path: Path, error: sqlite3.OperationalError) -> WorkspaceError | StorageError:
    """Another process is writing, or the disk does not let us."""
    if "locked" in str(error):
        return WorkspaceError("工作区正被另一个进程写入", given=path, remedy="等它结束后重试")
    return unwritable_error(path, error)


def unwritable_error(path: Path, error: Exception) -> StorageError:
    """The disk is full or read-only."""
    return StorageError(
        "无法写入工作区", given=f"{path} ({error})", remedy="检查磁盘空间和目录权限后重试"
    )
