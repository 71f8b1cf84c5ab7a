"""What happened that others are to learn of. Only ever added to; messages are made from it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from matcher.procedure import Party
from matcher.service.clock import now
from matcher.service.store.database import Database


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a challenge or a pair.

    Attributes:
        number: grows; whoever has read up to one need only ask for those after it.
        kind: the name of a move (`matcher.procedure`), or 撤销 of one.
        challenge_id, team_id: what it happened to; no team for a challenge by itself.
        step: the step it was, with reason and detail.
        account, party: who did it, and as what.
        organisations: that are to be told, as the records write them; never with contacts.
        to_staff: whether staff are to be told.
    """

    number: int
    kind: str
    challenge_id: str
    team_id: str
    step: int
    account: str
    party: Party
    organisations: tuple[str, ...]
    to_staff: bool
    at: str


class Events:
    """The events of a workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, kind: str, subject: tuple[str, str], step: int, actor: tuple[str, Party],
        organisations: Iterable[str], to_staff: bool = True,
    ) -> None:  # fmt: skip
        """Add one; inside a transaction of `Database.writing` it stands or falls with it.

        Args:
            subject: challenge and team; no team for a challenge by itself.
            actor: the name of an account, and as what it acts.
        """
        told = [name for name in dict.fromkeys(organisations) if name]
        self._database.write(
            """INSERT INTO events (kind, challenge_id, team_id, step, account, party,
            organisations, to_staff, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            (kind, *subject, step, *actor, json.dumps(told, ensure_ascii=False), to_staff, now()),
        )

    def after(self, number: int, most: int = 1000) -> tuple[Event, ...]:
        """Those after a number, oldest first."""
        rows = self._database.rows(
            "SELECT * FROM events WHERE number > ? ORDER BY number LIMIT ?", (number, most)
        )
        return tuple(map(_event, rows))

    def last(self) -> int:
        """The number of the newest; 0 without any."""
        row = self._database.row("SELECT max(number) FROM events")
        assert row is not None
        return int(row[0] or 0)


def _event(row: sqlite3.Row) -> Event:
    told = tuple(json.loads(row["organisations"]))
    return Event(**{**dict(row), "organisations": told, "to_staff": bool(row["to_staff"])})
