"""What a workspace remembers of achievements: the pieces, what people decided, who was taken out.

The pieces of all lists lie in the workspace file beside the records, each once, whatever number
of lists names it. A newer list adds and mends; it never doubles.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from matcher.linking.editions import merged
from matcher.linking.questions import Question
from matcher.records import Achievement, Team
from matcher.text.affiliations import split_affiliation
from matcher.text.normalise import normalise
from matcher.text.person_names import parse_name

_SECRET = "taken_out_secret"
# Beside 0 and 1 in a column of whole numbers.
_UNSURE = 2
Answer = Literal["是", "否", "拿不准", ""]
_ANSWERS: dict[bool | None, Answer] = {True: "是", False: "否", None: "拿不准"}
_BLOCK = 2_000
_REMEMBERED = ("achievements", "same_person", "taken_out", "built_teams", "meta",
               "listed_people")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Added:
    """What adding pieces did."""

    new: int = 0
    changed: int = 0
    same: int = 0
    withheld: int = 0

    def __add__(self, other: Added) -> Added:
        return Added(
            self.new + other.new, self.changed + other.changed, self.same + other.same,
            self.withheld + other.withheld,
        )  # fmt: skip


def work_key(work: Achievement) -> str:
    """The same for the same piece in every list: by its number, else by kind, title and people.

    >>> one = Achievement(kind="论文", title="轴承钢, 夹杂物", contributors=({"name": "张一"},))
    >>> other = Achievement(kind="论文", title="轴承钢 夹杂物", contributors=({"name": "张 一"},))
    >>> work_key(one) == work_key(other)
    True
    """
    number = re.sub(r"[^0-9a-z]", "", normalise(work.number))
    if len(number) >= 6:
        text = f"{work.kind}\t{number}"
    else:
        first = next((n.key for c in work.contributors if (n := parse_name(c.name))), "")
        where = first or "".join(split_affiliation(o).organisation for o in work.organisations[:1])
        text = "\t".join((work.kind, re.sub(r"[\W_]+", "", normalise(work.title)), where))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Register:
    """The achievements of a workspace file. Raises `WorkspaceError` where it is in use."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    @classmethod
    def open(cls, path: Path) -> Register:
        """Over the file of an existing workspace. Raises: WorkspaceError, StorageError."""
        from matcher.index.connection import connect

        return cls(connect(path))

    @classmethod
    def temporary(cls) -> Register:
        """Of lists that no workspace keeps: gone when it is closed, on disk if it is large."""
        from matcher.index.migrations import upgrade

        connection = sqlite3.connect("", isolation_level=None)
        upgrade(connection, 0)
        return cls(connection)

    @classmethod
    def sketch(cls, path: Path) -> Register:
        """A temporary one that begins with what a workspace remembers: to see what a list would
        do. Raises: WorkspaceError, StorageError.
        """
        made = cls.temporary()
        with closing(cls.open(path)) as known:
            for table in _REMEMBERED:
                rows = known._db.execute(f"SELECT * FROM {table}")
                marks = ", ".join("?" * len(rows.description))
                made._db.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", rows)
        return made

    def close(self) -> None:
        """Release the file."""
        self._db.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction; nested uses join the outer one. Records and index are not touched."""
        if self._db.in_transaction:
            yield self._db
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self._db
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def add(self, works: Iterable[Achievement]) -> Added:
        """Add pieces, block by block so that any number of them can come from a stream.

        Persons who asked to be taken out stay out; a piece of theirs alone is withheld.
        """
        total, block = Added(), []
        for work in works:
            block.append(work)
            if len(block) == _BLOCK:
                total, block = total + self._add(block), []
        return total + self._add(block)

    def _add(self, works: Sequence[Achievement]) -> Added:
        counts = {"new": 0, "changed": 0, "same": 0, "withheld": 0}
        with self.writing() as db:
            gone = self._gone()
            position = db.execute(
                "SELECT coalesce(max(position), -1) FROM achievements"
            ).fetchone()[0]
            for work in works:
                kept = self._without(work, gone) if gone else work
                if kept is None:
                    counts["withheld"] += 1
                    continue
                key = work_key(kept)
                known = db.execute(
                    "SELECT position, content FROM achievements WHERE key = ?", (key,)
                ).fetchone()
                content = (
                    merged(Achievement.model_validate_json(known[1]), kept) if known else kept
                ).model_dump_json(exclude_defaults=True)
                position += known is None
                what = "new" if known is None else "same" if known[1] == content else "changed"
                counts[what] += 1
                if what != "same":
                    db.execute(
                        "INSERT OR REPLACE INTO achievements VALUES (?, ?, ?)",
                        (key, known[0] if known else position, content),
                    )
        return Added(**counts)

    def works(self) -> dict[str, Achievement]:
        """All pieces by key, in the order in which they first came."""
        rows = self._db.execute("SELECT key, content FROM achievements ORDER BY position")
        return {key: Achievement.model_validate_json(content) for key, content in rows}

    def naming(self, names: Iterable[str]) -> dict[str, Achievement]:
        """The pieces in which one of some names stands as it is written, by key.

        A name may stand in a title as well: who is meant is for the caller to see.
        """
        wanted = sorted(set(names))
        if not wanted:
            return {}
        holds = " OR ".join(["instr(content, ?)"] * len(wanted))
        rows = self._db.execute(
            f"SELECT key, content FROM achievements WHERE {holds} ORDER BY position", wanted
        )
        return {key: Achievement.model_validate_json(content) for key, content in rows}

    def decide(self, answers: Iterable[tuple[str, str, bool | None]]) -> int:
        """Remember whether two mentions (by `mention_key`) are one person; how many answers.

        None: whoever was asked cannot tell. It is remembered too, and decides nothing.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        rows = [(*sorted((a, b)), _UNSURE if same is None else int(same), now)
                for a, b, same in answers]  # fmt: skip
        with self.writing() as db:
            db.executemany("INSERT OR REPLACE INTO same_person VALUES (?, ?, ?, ?)", rows)
        return len(rows)

    def decisions(self) -> list[tuple[str, str, bool]]:
        """What was decided so far."""
        return [(one, other, same) for one, other, same in self._answers() if same is not None]

    def questions(self) -> list[tuple[Question, Answer]]:
        """What the builds asked and still stands, with the answers; the doubtful first."""
        told = {(one, other): _ANSWERS[same] for one, other, same in self._answers()}
        rows = self._db.execute("SELECT content FROM person_questions").fetchall()
        found = [Question.model_validate_json(row[0]) for row in rows]
        found.sort(key=lambda q: (abs(q.chance - 0.5), q.name, q.pair))
        return [(q, told.get(q.pair, "")) for q in found]

    def _answers(self) -> list[tuple[str, str, bool | None]]:
        rows = self._db.execute("SELECT one, other, same FROM same_person ORDER BY one, other")
        return [(one, other, None if same == _UNSURE else bool(same)) for one, other, same in rows]

    def built(self) -> dict[str, Team]:
        """The teams as the last build made them, whatever people changed since."""
        rows = self._db.execute("SELECT id, content FROM built_teams")
        return {key: Team.model_validate_json(content) for key, content in rows}

    def people(self) -> dict[str, Team]:
        """The records of persons that lists gave, as they gave them."""
        rows = self._db.execute("SELECT id, content FROM listed_people")
        return {key: Team.model_validate_json(content) for key, content in rows}

    def take_out(self, name: str, organisation: str = "") -> int:
        """Remove a person's name, and the pieces that are theirs alone; never let them back in.

        Only a keyed hash of name and organisation is kept. Returns how many pieces were changed
        or removed.
        """
        with self.writing() as db:
            mark = self._mark(name, organisation)
            now = datetime.now(UTC).isoformat(timespec="seconds")
            db.execute("INSERT OR REPLACE INTO taken_out VALUES (?, ?)", (mark, now))
            gone, touched = self._gone(), 0
            rows = db.execute("SELECT key, position, content FROM achievements").fetchall()
            for key, position, content in rows:
                work = Achievement.model_validate_json(content)
                kept = self._without(work, gone)
                if kept is work:
                    continue
                touched += 1
                db.execute("DELETE FROM achievements WHERE key = ?", (key,))
                if kept is not None:
                    db.execute(
                        "INSERT OR IGNORE INTO achievements VALUES (?, ?, ?)",
                        (work_key(kept), position, kept.model_dump_json(exclude_defaults=True)),
                    )
            listed = [i for i, t in self.people().items()
                      if self._hidden(t.leader_name, (t.org_name,), gone)]  # fmt: skip
            db.executemany("DELETE FROM listed_people WHERE id = ?", [(i,) for i in listed])
            key = parse_name(name)
            if key is not None:
                db.execute("DELETE FROM same_person WHERE one LIKE ?", (f"%#{key.key}",))
                db.executemany(
                    "DELETE FROM person_questions WHERE one = ? AND other = ?",
                    [q.pair for q, _ in self.questions() if q.names(name)],
                )
        return touched

    def is_taken_out(self, name: str, organisation: str) -> bool:
        """Whether a person of this name there, or of this name anywhere, asked to be left out."""
        gone = self._gone()
        return bool(gone) and self._hidden(name, (organisation,), gone)

    def _gone(self) -> frozenset[str]:
        return frozenset(row[0] for row in self._db.execute("SELECT hash FROM taken_out"))

    def _hidden(self, name: str, organisations: Iterable[str], gone: frozenset[str]) -> bool:
        return any(self._mark(name, where) in gone for where in ("", *organisations))

    def _without(self, work: Achievement, gone: frozenset[str]) -> Achievement | None:
        """The piece without those who are gone: the same object if nobody is, None if all are."""
        hidden = {
            c.name for c in work.contributors
            if self._hidden(c.name, c.organisations or work.organisations, gone)
        }  # fmt: skip
        if not hidden:
            return work
        kept = tuple(c for c in work.contributors if c.name not in hidden)
        if not kept or any(c.leads for c in work.contributors if c.name in hidden):
            return None
        return work.model_copy(
            update={"contributors": kept, "extra": unnamed(work.extra, hidden), "role": ""}
        )

    def _mark(self, name: str, organisation: str) -> str:
        found = parse_name(name)
        text = (found.key if found else name) + "\t" + split_affiliation(organisation).organisation
        return hmac.new(self._secret(), text.encode(), "sha256").hexdigest()

    def _secret(self) -> bytes:
        """What the hashes are keyed with: names are few enough to be guessed otherwise."""
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (_SECRET,)).fetchone()
        if row is None:
            with self.writing() as db:
                db.execute(
                    "INSERT OR IGNORE INTO meta VALUES (?, ?)", (_SECRET, secrets.token_hex())
                )
            return self._secret()
        return bytes.fromhex(row[0])


def remember_people(connection: sqlite3.Connection, people: Iterable[Team]) -> None:
    """Keep records of persons for the builds to come, within the transaction of the first."""
    connection.executemany(
        "INSERT OR REPLACE INTO listed_people VALUES (?, ?)",
        ((team.team_id, team.model_dump_json(exclude_defaults=True)) for team in people),
    )


def remember_built(
    connection: sqlite3.Connection, teams: Iterable[Team], questions: Iterable[Question]
) -> None:
    """Keep the teams of a build and what it asks, within the transaction that stores the teams as
    records; what was answered stays to be looked at.
    """
    connection.execute("DELETE FROM built_teams")
    connection.executemany(
        "INSERT INTO built_teams VALUES (?, ?)",
        ((team.team_id, team.model_dump_json(exclude_defaults=True)) for team in teams),
    )
    connection.execute(
        "DELETE FROM person_questions"
        " WHERE (one, other) NOT IN (SELECT one, other FROM same_person)"
    )
    connection.executemany(
        "INSERT OR REPLACE INTO person_questions VALUES (?, ?, ?)",
        ((*q.pair, q.model_dump_json(exclude_defaults=True)) for q in questions),
    )


def unnamed(extra: dict[str, object], hidden: set[str]) -> dict[str, object]:
    """The further columns of a piece with the names taken out of their texts and lists."""

    def without(value: object) -> object:
        if isinstance(value, list | tuple):
            return [without(item) for item in value if item not in hidden]
        if isinstance(value, str):
            for name in hidden:
                value = re.sub(rf"[;；,，、\s]*{re.escape(name)}", "", value)
        return value

    return {key: without(value) for key, value in extra.items()}
