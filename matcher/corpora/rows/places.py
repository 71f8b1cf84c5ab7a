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


# So many keys are simply held in memory: about twenty megabytes.
_KEPT = 1 << 16


class FirstPlaces:
    """Keys with the place that claimed them first; the first ones in memory, the others on disk."""

    def __init__(self, keep: int = _KEPT) -> None:
        self._keep = keep
        self._first: dict[str, tuple[Place, int]] = {}
        self._db: sqlite3.Connection | None = None

    def claim(self, key: Sequence[str], place: Place, digest: int = 0) -> Claimed | None:
        """Who claimed the key before; None if it is new, and then this is its place."""
        joined = "\t".join(key)
        if (first := self._first.get(joined)) is not None:
            return Claimed(first[0], first[1] == digest)
        if len(self._first) < self._keep:
            self._first[joined] = (place, digest)
            return None
        return self._claim_on_disk(joined, place, digest)

    def _claim_on_disk(self, joined: str, place: Place, digest: int) -> Claimed | None:
        if self._db is None:
            self._db = _nameless()
        row = (joined, *place, digest)
        done = self._db.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?, ?)", row)
        if done.rowcount:
            return None
        query = "SELECT sheet, row, digest FROM seen WHERE key = ?"
        sheet, number, before = self._db.execute(query, (joined,)).fetchone()
        return Claimed(Place(sheet, number), before == digest)


def _nameless() -> sqlite3.Connection:
    """A database of SQLite without a name: it spills to a temporary file by itself."""
    made = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    made.execute("CREATE TABLE seen (key TEXT PRIMARY KEY, sheet, row, digest) WITHOUT ROWID")
    made.execute("BEGIN")
    return made
