"""The embedded store: records and their passages, tokens and vectors in one SQLite file.

One file means one transaction: a record and what is searched of it change together or not at all,
whatever happens to the process. SQLite was measured against LanceDB (benchmarks/store.py,
docs/performance.md): as quick to load, quicker to change, and free to import.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from matcher.arrays import FloatArray
from matcher.errors import WorkspaceError
from matcher.index.connection import (
    connect,
    damaged_error,
    open_connection,
    operational_error,
    unwritable_error,
)
from matcher.index.documents import DocumentFacts
from matcher.index.migrations import upgrade
from matcher.index.passages import Passage

Side = Literal["challenge", "team"]
Within = tuple[str, str]
PassageRow = tuple[int, str, str, int | None, str, bytes | None, str | None]

_HISTORY = "history"
# Positions asked for at a time: SQLite takes some thousands of parameters.
_ASKED = 900
_UNREAD = "NOT EXISTS (SELECT 1 FROM phrases AS f WHERE f.position = p.position)"
_REMEMBERED = 256


@dataclass(frozen=True, slots=True)
class Stamp:
    """What made the index: it can only be searched with the same tokeniser and encoder."""

    tokenizer: str
    encoder: str
    dimension: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A record ready to be stored: its content as JSON and everything that is searched of it.

    Attributes:
        vectors: (n_passages, dim), or None.
        phrases: for each passage (n, dim) of its phrases, see `phrases_of`; None where they are
            not read yet, or never.
    """

    record_id: str
    content: str
    hash: str
    facts: DocumentFacts
    passages: tuple[Passage, ...]
    tokens: tuple[tuple[str, ...], ...]
    vectors: FloatArray | None
    phrases: tuple[NDArray[np.float16], ...] | None = None


class Store:
    """Records and passages on disk. Many readers, one writer at a time."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._db = connection

    @classmethod
    def create(cls, path: Path, stamp: Stamp) -> Store:
        """Make a new, empty store; one that another process has just made is left as it is.

        Raises:
            StorageError: the folder cannot be written.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable_error(path, error) from error
        store = cls(path, open_connection(path))
        with store.writing():
            if not store._made:
                upgrade(store._db, 0)
                store._set_meta({"generation": "0"})
                store._set_stamp(stamp)
        return store

    @classmethod
    def exists(cls, path: Path) -> bool:
        """Whether there is a store; a process killed while making one leaves an empty file.

        Raises:
            WorkspaceError: the file is damaged.
        """
        if not path.exists():
            return False
        store = cls(path, open_connection(path))
        try:
            return store._made
        except sqlite3.DatabaseError as error:
            raise damaged_error(path) from error
        finally:
            store.close()

    @classmethod
    def open(cls, path: Path) -> Store:
        """Open an existing store; one written by an older version is upgraded in place.

        Raises:
            WorkspaceError: not there, damaged, or written by a newer version.
        """
        if not cls.exists(path):
            raise WorkspaceError(
                "找不到工作区数据", given=path, remedy="先用 matcher import 导入榜单和团队库"
            )
        return cls(path, connect(path))

    def close(self) -> None:
        """Release the file."""
        self._db.close()

    @property
    def _made(self) -> bool:
        return self._db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is not None

    @property
    def stamp(self) -> Stamp:
        """The tokeniser and encoder that made the index."""
        return Stamp(**json.loads(self._meta("stamp") or "{}"))

    @property
    def generation(self) -> int:
        """Grows with every change of records; what was derived from an older one is stale."""
        return int(self._meta("generation") or 0)

    @property
    def history(self) -> tuple[str, ...]:
        """A mark for each of the last changes, newest last: tells this file's past from another's.

        A copy that was set back and then changed has other marks, though generations may agree.
        Empty where the file has none yet and cannot be written now.
        """
        if self._meta(_HISTORY) is None:
            with suppress(sqlite3.OperationalError):
                self._db.execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", (_HISTORY, _mark()))
        return tuple((self._meta(_HISTORY) or "").split())

    def last_position(self, side: Side) -> int:
        """The highest position a passage of a side has; 0 without passages."""
        row = self._db.execute("SELECT max(position) FROM passages WHERE side = ?", (side,))
        return int(row.fetchone()[0] or 0)

    def count_after(self, side: Side, after: int) -> int:
        """How many passages of a side are at positions above ``after``."""
        query = "SELECT count(*) FROM passages WHERE +side = ? AND position > ?"
        return int(self._db.execute(query, (side, after)).fetchone()[0])

    def hashes(self, side: Side) -> dict[str, str]:
        """Content hash of every stored record, to tell what an import would change."""
        rows = self._db.execute("SELECT id, hash FROM records WHERE side = ?", (side,))
        return dict(rows.fetchall())

    def count(self, side: Side) -> tuple[int, int]:
        """How many records and passages a side has."""
        records = self._db.execute("SELECT count(*) FROM records WHERE side = ?", (side,))
        passages = self._db.execute("SELECT count(*) FROM passages WHERE side = ?", (side,))
        return int(records.fetchone()[0]), int(passages.fetchone()[0])

    def content(self, side: Side, record_id: str) -> str | None:
        """One record as JSON, or None."""
        query = "SELECT content FROM records WHERE side = ? AND id = ?"
        row = self._db.execute(query, (side, record_id)).fetchone()
        return None if row is None else str(row[0])

    def contents(self, side: Side) -> Iterator[str]:
        """All records as JSON, by id."""
        query = "SELECT content FROM records WHERE side = ? ORDER BY id"
        return (row[0] for row in self._db.execute(query, (side,)))

    def documents(
        self, side: Side, after: int = 0, within: Within | None = None
    ) -> Iterator[DocumentFacts]:
        """Facts of every record with passages at positions above ``after`` or ``within``, by id."""
        query = """SELECT facts FROM records AS r WHERE side = ? AND EXISTS
            (SELECT 1 FROM passages AS p WHERE p.side = r.side AND p.document_id = r.id)
            ORDER BY id"""
        if after:
            query = """SELECT facts FROM records WHERE side = ?1 AND id IN
                (SELECT document_id FROM passages WHERE +side = ?1 AND position > ?2) ORDER BY id"""
        elif within is not None:
            query = query.replace("ORDER BY", "AND id BETWEEN ?2 AND ?3 ORDER BY")
        rows = self._db.execute(query, (side, after) if after else (side, *(within or ())))
        return (_facts(row[0]) for row in rows)

    def passage_rows(
        self, side: Side, after: int = 0, within: Within | None = None
    ) -> Iterator[PassageRow]:
        """(position, document_id, kind, year, tokens, vector, text) of passages, by document and
        number; the text of those without a vector only.

        Args:
            side: which records.
            after: only those at higher positions than this: what was put since.
            within: only those of documents from the first to the last of these ids.
        """
        # The plus keeps SQLite from walking through all of a side to find the few new ones.
        chosen = "+side = ?1 AND position > ?2" if after else "side = ?1"
        if within is not None:
            chosen = "side = ?1 AND document_id BETWEEN ?2 AND ?3"
        query = f"""SELECT position, document_id, kind, year, tokens, vector,
            CASE WHEN vector IS NULL THEN text END FROM passages
            WHERE {chosen} ORDER BY document_id, number"""
        return iter(self._db.execute(query, (side, after) if after else (side, *(within or ()))))

    def stretches(self, side: Side, size: int) -> list[Within]:
        """First and last ids of the documents of each segment of about ``size`` passages."""
        query = """SELECT document_id, count(*) FROM passages WHERE side = ?
            GROUP BY document_id ORDER BY document_id"""
        found: list[Within] = []
        first, last, count = "", "", 0
        for document_id, passages in self._db.execute(query, (side,)):
            first, last, count = first or document_id, document_id, count + passages
            if count >= size:
                found.append((first, last))
                first, count = "", 0
        return [*found, (first, last)] if count else found

    def pending(self) -> int:
        """How many passages have no vector."""
        query = "SELECT count(*) FROM passages WHERE vector IS NULL"
        return int(self._db.execute(query).fetchone()[0])

    def pending_contents(self, side: Side, after: str, count: int) -> dict[str, str]:
        """The next records, by id, that have passages without a vector: id to content."""
        query = """SELECT id, content FROM records AS r WHERE side = ?1 AND id > ?2 AND EXISTS
            (SELECT 1 FROM passages AS p WHERE p.side = r.side AND p.document_id = r.id
            AND vector IS NULL) ORDER BY id LIMIT ?3"""
        return dict(self._db.execute(query, (side, after, count)).fetchall())

    def unread(self) -> int:
        """How many passages of teams have no vectors of their phrases."""
        query = f"SELECT count(*) FROM passages AS p WHERE side = 'team' AND {_UNREAD}"
        return int(self._db.execute(query).fetchone()[0])

    def unread_passages(self, after: int, count: int) -> dict[int, Passage]:
        """The next passages of teams whose phrases have no vectors, by position."""
        query = f"""SELECT position, document_id, number, kind, title, text, year
            FROM passages AS p WHERE +side = 'team' AND position > ? AND {_UNREAD}
            ORDER BY position LIMIT ?"""
        rows = self._db.execute(query, (after, count))
        return {position: Passage(*row) for position, *row in rows}

    def put_phrases(self, vectors: Mapping[int, NDArray[np.float16]]) -> None:
        """Keep the vectors of phrases of passages by position, as far as these are still there;
        makes no index stale.
        """
        with self.writing(indexed=False):
            self._db.executemany(
                """INSERT OR REPLACE INTO phrases SELECT position, ? FROM passages
                WHERE position = ?""",
                [(own.tobytes(), position) for position, own in vectors.items()],
            )

    def phrases(self, positions: Sequence[int]) -> dict[int, bytes]:
        """The kept vectors of phrases of some passages, float16, by position."""
        found: dict[int, bytes] = {}
        for low in range(0, len(positions), _ASKED):
            some = positions[low : low + _ASKED]
            query = f"""SELECT position, vectors FROM phrases
                WHERE position IN ({", ".join("?" * len(some))})"""
            found.update(self._db.execute(query, some).fetchall())
        return found

    def document_ids(self, side: Side) -> Iterator[str]:
        """Ids of all records that have passages."""
        query = "SELECT DISTINCT document_id FROM passages WHERE side = ?"
        return (row[0] for row in self._db.execute(query, (side,)))

    def passage(self, position: int) -> Passage:
        """One passage by its position in the file, which is never given to another passage.

        Raises:
            WorkspaceError: the passage was changed or removed since its position was read.
        """
        query = """SELECT document_id, number, kind, title, text, year FROM passages
            WHERE position = ?"""
        row = self._db.execute(query, (position,)).fetchone()
        if row is None:
            raise WorkspaceError(
                "工作区已被另一个进程更新", given=self.path, remedy="重新打开工作区后再试"
            )
        return Passage(*row)

    def versions(self, side: Side, record_id: str) -> tuple[str, ...]:
        """What a record was before it was replaced, as JSON, oldest first."""
        query = "SELECT content FROM versions WHERE side = ? AND id = ? ORDER BY number"
        rows = self._db.execute(query, (side, record_id))
        return tuple(row[0] for row in rows.fetchall())

    def _keep_version(self, side: Side, entry: Entry) -> None:
        """Keep a record that is about to be replaced by a different one."""
        self._db.execute(
            """INSERT INTO versions (side, id, content)
            SELECT side, id, content FROM records WHERE side = ? AND id = ? AND content != ?""",
            (side, entry.record_id, entry.content),
        )

    def put(self, side: Side, entries: Iterable[Entry]) -> int:
        """Add or replace records; all of them or, on any error, none. Returns how many."""
        done = 0
        with self.writing():
            for entry in entries:
                self._keep_version(side, entry)
                if not self._rewrite(side, entry):
                    self._delete(side, entry.record_id)
                    self._insert(side, entry)
                self._keep_phrases(side, entry)
                done += 1
        return done

    def delete(self, side: Side, record_ids: Iterable[str], *, keeping: bool = False) -> int:
        """Remove records and their passages; ids that are not there are passed over.

        Args:
            keeping: what they were stays among the versions.
        """
        with self.writing():
            for record_id in record_ids if keeping else ():
                self._db.execute(
                    """INSERT INTO versions (side, id, content) SELECT side, id, content
                    FROM records WHERE side = ? AND id = ?""",
                    (side, record_id),
                )
            return sum(self._delete(side, record_id) for record_id in record_ids)

    def put_outcomes(self, outcomes: Mapping[str, str]) -> None:
        """Add or replace outcomes: id to JSON."""
        with self.writing(indexed=False):
            self._db.executemany("INSERT OR REPLACE INTO outcomes VALUES (?, ?)", outcomes.items())

    def delete_outcomes(self, outcome_ids: Iterable[str]) -> int:
        """Remove outcomes by id; ids that are not there are passed over."""
        query = "DELETE FROM outcomes WHERE id = ?"
        with self.writing(indexed=False):
            return sum(self._db.execute(query, (i,)).rowcount for i in outcome_ids)

    def setting(self, key: str) -> str | None:
        """What is remembered beside the records under a key of one's own."""
        return self._meta(f"setting.{key}")

    def set_settings(self, values: Mapping[str, str]) -> None:
        """Remember; what was derived before is stale."""
        with self.writing():
            self._set_meta({f"setting.{key}": value for key, value in values.items()})

    def outcomes(self, prefix: str = "") -> Iterator[str]:
        """All outcomes whose id begins so, as JSON, by id."""
        query = "SELECT content FROM outcomes WHERE id >= ? AND id < ? || char(1114111) ORDER BY id"
        return (row[0] for row in self._db.execute(query, (prefix, prefix)))

    def disowned(self) -> dict[str, frozenset[str]]:
        """Titles of the pieces that were said not to be a team's, by its id."""
        rows = self._db.execute(
            "SELECT team_id, subject FROM corrections WHERE kind = '成果' AND undone_at IS NULL"
        )
        titles: dict[str, set[str]] = {}
        for team_id, title in rows:
            titles.setdefault(team_id, set()).add(title)
        return {team_id: frozenset(own) for team_id, own in titles.items()}

    def restamp(self, stamp: Stamp) -> None:
        """Say that the index is now made by another tokeniser or encoder."""
        with self.writing():
            self._set_stamp(stamp)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Everything read in the block is of one moment, whatever others write meanwhile."""
        if self._db.in_transaction:
            yield
            return
        self._db.execute("BEGIN")
        try:
            yield
        finally:
            self._roll_back()

    @contextmanager
    def writing(self, *, indexed: bool = True) -> Iterator[sqlite3.Connection]:
        """One transaction; nested uses join the outer one. Gives the connection it runs on.

        What leaves records and index alone (``indexed`` False) makes no generation.

        Raises:
            WorkspaceError: another process is writing.
            StorageError: the disk is full or read-only.
        """
        if self._db.in_transaction:
            yield self._db
            return
        try:
            self._db.execute("BEGIN IMMEDIATE")
            yield self._db
            if indexed:
                self._db.execute(
                    "UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'generation'"
                )
                known = (self._meta(_HISTORY) or "").split()
                self._set_meta({_HISTORY: " ".join([*known[1 - _REMEMBERED :], _mark()])})
            self._db.execute("COMMIT")
        except sqlite3.OperationalError as error:
            self._roll_back()
            raise operational_error(self.path, error) from error
        except sqlite3.DatabaseError as error:
            self._roll_back()
            raise damaged_error(self.path) from error
        except BaseException:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def _insert(self, side: Side, entry: Entry) -> None:
        self._db.execute(
            "INSERT INTO records VALUES (?, ?, ?, ?, ?)",
            (side, entry.record_id, entry.content, entry.hash, _written(entry.facts)),
        )
        self._db.executemany(
            "INSERT INTO passages VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)", _rows(side, entry)
        )

    def _keep_phrases(self, side: Side, entry: Entry) -> None:
        self._db.executemany(
            """INSERT OR REPLACE INTO phrases SELECT position, ? FROM passages
            WHERE side = ? AND document_id = ? AND number = ?""",
            [
                (own.tobytes(), side, passage.document_id, passage.number)
                for passage, own in zip(entry.passages, entry.phrases or (), strict=False)
            ],
        )

    def _rewrite(self, side: Side, entry: Entry) -> bool:
        """Replace a record of which nothing that is searched changes: its passages stay."""
        key = (side, entry.record_id)
        facts = self._db.execute("SELECT facts FROM records WHERE side = ? AND id = ?", key)
        kept = facts.fetchone()
        if kept is None or _facts(kept[0]) != entry.facts:
            return False
        query = """SELECT side, document_id, number, kind, title, text, year, tokens, vector
            FROM passages WHERE side = ? AND document_id = ? ORDER BY number"""
        if self._db.execute(query, key).fetchall() != list(_rows(side, entry)):
            return False
        self._db.execute(
            "UPDATE records SET content = ?, hash = ? WHERE side = ? AND id = ?",
            (entry.content, entry.hash, *key),
        )
        return True

    def _delete(self, side: Side, record_id: str) -> int:
        self._db.execute(
            """DELETE FROM phrases WHERE position IN
            (SELECT position FROM passages WHERE side = ? AND document_id = ?)""",
            (side, record_id),
        )
        self._db.execute(
            "DELETE FROM passages WHERE side = ? AND document_id = ?", (side, record_id)
        )
        gone = self._db.execute("DELETE FROM records WHERE side = ? AND id = ?", (side, record_id))
        return gone.rowcount

    def _meta(self, key: str) -> str | None:
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def _set_meta(self, values: Mapping[str, str]) -> None:
        self._db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", values.items())

    def _set_stamp(self, stamp: Stamp) -> None:
        self._set_meta({"stamp": json.dumps(asdict(stamp))})


def _mark() -> str:
    return secrets.token_hex(8)


def _written(facts: DocumentFacts) -> str:
    return json.dumps(asdict(facts), ensure_ascii=False)


def _rows(side: Side, entry: Entry) -> Iterator[tuple[Any, ...]]:
    """The passages of an entry as they are stored."""
    vectors: Iterable[bytes | None]
    if entry.vectors is None:
        vectors = [None] * len(entry.passages)
    else:
        vectors = (v.astype(np.float16).tobytes() for v in entry.vectors)
    for p, t, v in zip(entry.passages, entry.tokens, vectors, strict=True):
        yield side, p.document_id, p.number, p.kind, p.title, p.text, p.year, " ".join(t), v


def _facts(stored: str) -> DocumentFacts:
    values = json.loads(stored)
    values["tech_domain"] = tuple(values["tech_domain"])
    return DocumentFacts(**values)
