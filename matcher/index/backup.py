"""A workspace copied to one file and back, while others read and write it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from matcher.atomic import atomic_path, temporary_path
from matcher.errors import InputError, StorageError
from matcher.index.connection import connect
from matcher.index.migrations import SCHEMA_VERSION

# What a copy must not bring back to life: sign-ins and links to them, answers kept for programs.
_PASSING = ("sessions", "attempts", "replies", "password_links", "sign_in_flows")


def backup(store: Path, target: Path) -> int:
    """Copy a store of one moment to a file, verified before it takes its name; bytes written.

    Raises:
        WorkspaceError: there is no such store, or it is damaged.
        InputError: the file is the store itself.
        StorageError: the disk is full or read-only.
    """
    if target.exists() and target.samefile(store):
        raise InputError("备份不能写在工作区自己的文件上", given=target, remedy="换一个文件名")
    with closing(connect(store)) as source, atomic_path(target) as temporary:
        try:
            with closing(sqlite3.connect(temporary)) as copy:
                source.backup(copy)
                # One file, without the log beside it.
                copy.execute("PRAGMA journal_mode = DELETE")
                _verify(copy, target)
        except sqlite3.OperationalError as error:
            raise StorageError(
                "写不了备份", given=f"{target} ({error})", remedy="检查磁盘空间和目录权限后重试"
            ) from error
    return target.stat().st_size


def restore(source: Path, store: Path) -> None:
    """Put a backup in the place of a store, in one transaction; a killed process changes nothing.

    A service that runs over the store sees the restored content at once. Sign-ins end.

    Raises:
        InputError: the file is no backup, is damaged, or of a newer version.
        StorageError: the disk is full or read-only.
    """
    if not source.is_file():
        raise InputError("找不到备份文件", given=source, remedy="核对路径")
    try:
        store.parent.mkdir(parents=True, exist_ok=True)
        with temporary_path(store) as prepared:
            with closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as kept:
                _verify(kept, source)
                with closing(sqlite3.connect(prepared)) as copy:
                    kept.backup(copy)
            # What of the backup must not be seen is gone before any of it can be.
            _prepare(prepared, store)
            with (
                closing(sqlite3.connect(prepared)) as copy,
                closing(sqlite3.connect(store, timeout=30)) as target,
            ):
                copy.backup(target)
    except sqlite3.OperationalError as error:
        raise StorageError(
            "恢复不了备份", given=f"{store} ({error})",
            remedy="检查磁盘空间和目录权限；有别的进程在写时等它结束",
        ) from error  # fmt: skip
    except OSError as error:
        raise StorageError("恢复不了备份", given=str(error), remedy="检查目录权限") from error


def _prepare(copy: Path, store: Path) -> None:
    """Upgrade a copy, end its sign-ins, and set its generation beyond that of a store."""
    generation = _generation(store) if store.exists() else 0
    with closing(connect(copy)) as restored:
        restored.execute("BEGIN IMMEDIATE")
        for table in _PASSING:
            restored.execute(f"DELETE FROM {table}")
        # What waited to be sent may have gone out since the copy was made: people decide.
        restored.execute(
            "UPDATE deliveries SET state = 'doubt' WHERE state IN ('waiting', 'sending')"
        )
        # Whoever has the old content open must notice.
        restored.execute(
            """UPDATE meta SET value = max(CAST(value AS INTEGER), ?) + 1
            WHERE key = 'generation'""",
            (generation,),
        )
        restored.execute("COMMIT")
        restored.execute("PRAGMA journal_mode = DELETE")


def _verify(copy: sqlite3.Connection, path: Path) -> None:
    try:
        sound = copy.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        version = copy.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
    except sqlite3.DatabaseError as error:
        raise InputError(
            "不是工作区的备份，或已损坏", given=f"{path} ({error})", remedy="换一份备份"
        ) from error
    if not sound or version is None:
        raise InputError("不是工作区的备份，或已损坏", given=path, remedy="换一份备份")
    if int(version[0]) > SCHEMA_VERSION:
        raise InputError(
            "备份由更新版本的软件写成", given=f"结构版本 {version[0]}",
            expected=f"结构版本不高于 {SCHEMA_VERSION}", remedy="升级本软件后再恢复",
        )  # fmt: skip


def _generation(store: Path) -> int:
    try:
        with closing(sqlite3.connect(store)) as connection:
            row = connection.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()
            return int(row[0])
    except (sqlite3.DatabaseError, TypeError, ValueError):  # damaged: that is why it is restored
        return 0
