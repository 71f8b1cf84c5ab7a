"""Where each id of a file stands first, so that its second row can be refused."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple


class Place(NamedTuple):
    """A row as the user's program counts, and its sheet if the file has any."""

    sheet: str | None
    row: int


class Claimed(NamedTuple):
    """The first place of a key, and whether the row there says the very same."""

    place: Place
    same: bool


class FirstPlaces:
    """Keys with the place that claimed them first; beyond a few megabytes they are on disk."""

    def __init__(self) -> None:
        # A nameless database of SQLite: it spills to a temporary file by itself.
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._db.execute(
            "CREATE TABLE seen (key TEXT PRIMARY KEY, sheet, row, digest) WITHOUT ROWID"
        )
        self._db.execute("BEGIN")

    def claim(self, key: Sequence[str], place: Place, digest: int = 0) -> Claimed | None:
        """Who claimed the key before; None if it is new, and then this is its place."""
        joined = "\t".join(key)
        row = (joined, *place, digest)
        done = self._db.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?, ?)", row)
        if done.rowcount:
            return None
        query = "SELECT sheet, row, digest FROM seen WHERE key = ?"
        sheet, number, before = self._db.execute(query, (joined,)).fetchone()
        return Claimed(Place(sheet, number), before == digest)
