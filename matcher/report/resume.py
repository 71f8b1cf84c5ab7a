"""Results of single challenges kept on disk, so that a long run goes on where it stopped.

A result is kept with the hashes of everything it depends on: the challenge, and the setting
(library, model, depth). A change of any of these is another key, so nothing stale can be read; a
changed challenge takes the place of its older self, and only the last few settings are kept.
Damaged lines are passed over.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pydantic import TypeAdapter, ValidationError

from matcher.errors import StorageError
from matcher.report.model import RankedChallenge

KEPT_FILE = "report-results.sqlite"
# Bumped when what is kept means something else, or lies otherwise in the file.
FORM = 3
# Settings whose results are kept: those of the last reports, say with two rankers in turn.
KEPT_SETTINGS = 3
_ADAPTER = TypeAdapter(RankedChallenge)
_TABLES = """
DROP TABLE IF EXISTS kept;
CREATE TABLE IF NOT EXISTS results (
    setting TEXT, challenge_id TEXT, challenge TEXT, content TEXT,
    PRIMARY KEY (setting, challenge_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reports (number INTEGER PRIMARY KEY AUTOINCREMENT, setting TEXT UNIQUE);
"""


@dataclass(frozen=True, slots=True)
class ResultKey:
    """What a result depends on: hashes of the setting and of the challenge with that id."""

    setting: str
    challenge_id: str
    challenge: str


class Kept(Protocol):
    """Where results are kept between runs."""

    def get(self, key: ResultKey) -> RankedChallenge | None:
        """A kept result; None where there is none."""

    def put(self, key: ResultKey, result: RankedChallenge) -> None:
        """Keep a result; it must survive the process being killed right after."""

    def finish(self, setting: str) -> None:
        """A report with this setting is complete: what no coming run is likely to ask may go."""


class NothingKept:
    """Keeps nothing: for runs without a workspace."""

    def get(self, key: ResultKey) -> RankedChallenge | None:
        """Always None."""
        return None

    def put(self, key: ResultKey, result: RankedChallenge) -> None:
        """Forget it."""

    def finish(self, setting: str) -> None:
        """Nothing to drop."""


class KeptResults:
    """Results in one SQLite file; each `put` is a transaction of its own."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, key: ResultKey) -> RankedChallenge | None:
        """A kept result; None where there is none or it can't be read."""
        row = self._connection.execute(
            "SELECT content FROM results WHERE setting = ? AND challenge_id = ? AND challenge = ?",
            (key.setting, key.challenge_id, key.challenge),
        ).fetchone()
        if row is None:
            return None
        try:
            return _ADAPTER.validate_json(row[0])
        except ValidationError:
            return None

    def put(self, key: ResultKey, result: RankedChallenge) -> None:
        """Keep a result in place of an older one of the challenge.

        Raises:
            StorageError: the disk is full or read-only.
        """
        content = _ADAPTER.dump_json(result).decode()
        with _storage_errors():
            # Known from its first result on, so that another report does not drop a broken run.
            self._connection.execute(
                "INSERT OR IGNORE INTO reports (setting) VALUES (?)", (key.setting,)
            )
            self._connection.execute(
                "INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?)",
                (key.setting, key.challenge_id, key.challenge, content),
            )
            self._connection.commit()

    def finish(self, setting: str) -> None:
        """Drop all but the settings of the last `KEPT_SETTINGS` reports, and give the room back.

        Raises:
            StorageError: the disk is full or read-only.
        """
        with _storage_errors():
            run = self._connection.execute
            run("DELETE FROM reports WHERE setting = ?", (setting,))
            run("INSERT INTO reports (setting) VALUES (?)", (setting,))
            last = "SELECT setting FROM reports ORDER BY number DESC LIMIT ?"
            run(f"DELETE FROM reports WHERE setting NOT IN ({last})", (KEPT_SETTINGS,))
            stale = run("DELETE FROM results WHERE setting NOT IN (SELECT setting FROM reports)")
            self._connection.commit()
            if stale.rowcount:
                run("VACUUM")


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
            connection.executescript(_TABLES)
            connection.commit()
        yield KeptResults(connection)
    finally:
        connection.close()


def setting_of(parts: dict[str, object]) -> str:
    """The hash of what all results of a run depend on.

    >>> setting_of({"a": 1}) == setting_of({"a": 1}) != setting_of({"a": 2})
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
            remedy="清理磁盘或删除工作区里的 report-results.sqlite；或加 --no-resume 不保存",
        ) from error  # fmt: skip
