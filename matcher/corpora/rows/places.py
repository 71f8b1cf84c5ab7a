"""Where each id of a file stands first, so that its second row can be refused."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple


class Place(NamedTuple):
    """A row as the user's program counts, and its sheet if the file has any."""

    sheet: str | None
    row: int


class FirstPlaces:
    """Keys with the place that claimed them first; beyond a few megabytes they are on disk."""

    def __init__(self) -> None:
        # A nameless database of SQLite: it spills to a temporary file by itself.
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._db.execute("CREATE TABLE seen (key TEXT PRIMARY KEY, sheet, row) WITHOUT ROWID")
        self._db.execute("BEGIN")

    def claim(self, key: Sequence[str], place: Place) -> Place | None:
        """Where the key stood before; None if it is new, and then this is its place."""
        joined = "\t".join(key)
        done = self._db.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", (joined, *place))
        if done.rowcount:
            return None
        query = "SELECT sheet, row FROM seen WHERE key = ?"
        return Place(*self._db.execute(query, (joined,)).fetchone())
