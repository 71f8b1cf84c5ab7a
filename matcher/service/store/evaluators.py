"""Who marks: accounts that staff asked to, for the alliances of a year, the bids of a challenge."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from matcher.service.access import Principal
from matcher.service.clock import now
from matcher.service.store.audit import Audit
from matcher.service.store.database import Database

# What is marked, by task: alliances by year, bids by challenge.
Marked = Literal["联盟", "揭榜书"]


@dataclass(frozen=True, slots=True)
class Evaluator:
    """An account that marks; its organisation decides where it stands back.

    Attributes:
        given: ids of what it is to mark of the task; empty for all.
        handed_in: when it handed its marks in; empty while it has not.
    """

    account_id: int
    name: str
    organisation: str
    given: frozenset[str] = frozenset()
    handed_in: str = ""


class Evaluators:
    """The evaluators of a workspace for one kind of what is marked, task by task."""

    def __init__(self, database: Database, audit: Audit, kind: Marked) -> None:
        self._database = database
        self._audit = audit
        self._kind = kind

    def of(self, task: str) -> tuple[Evaluator, ...]:
        """Who marks in a task, by name."""
        rows = self._database.rows(
            """SELECT id, name, organisation, given, handed_in FROM evaluators
            JOIN accounts ON id = account_id
            WHERE kind = ? AND task = ? AND released = '' AND NOT disabled ORDER BY name""",
            (self._kind, task),
        )
        return tuple(
            Evaluator(
                row["id"], row["name"], row["organisation"],
                frozenset(json.loads(row["given"])), row["handed_in"],
            )
            for row in rows
        )  # fmt: skip

    def find(self, task: str, account_id: int | None) -> Evaluator | None:
        """Who marks in a task under this account."""
        return next((one for one in self.of(task) if one.account_id == account_id), None)

    def tasks_of(self, account_id: int) -> tuple[str, ...]:
        """The tasks in which somebody marks, the latest asked for first."""
        rows = self._database.rows(
            """SELECT task FROM evaluators WHERE kind = ? AND account_id = ? AND released = ''
            ORDER BY at DESC, task DESC""",
            (self._kind, account_id),
        )
        return tuple(row["task"] for row in rows)

    def ask(self, task: str, account_id: int, who: Principal, given: Collection[str] = ()) -> None:
        """Ask an account to mark some of a task, or all; a second time changes only which."""
        kept = json.dumps(sorted(given), ensure_ascii=False)
        with self._database.writing():
            self._database.write(
                """INSERT INTO evaluators (kind, task, account_id, at, given, handed_in)
                VALUES (?, ?, ?, ?, ?, '')
                ON CONFLICT DO UPDATE SET given = excluded.given, released = ''""",
                (self._kind, task, account_id, now(), kept),
            )
            self._audit.write(who, "evaluator.ask", str(account_id), task=task)

    def hand_in(self, task: str, account_id: int, who: Principal, back: bool = False) -> None:
        """Its marks are final from now on; ``back``: staff give them back to be changed."""
        with self._database.writing():
            self._database.write(
                """UPDATE evaluators SET handed_in = ?
                WHERE kind = ? AND task = ? AND account_id = ? AND released = ''""",
                ("" if back else now(), self._kind, task, account_id),
            )
            action = "evaluator.give_back" if back else "evaluator.hand_in"
            self._audit.write(who, action, str(account_id), task=task)

    def release(self, task: str, account_id: int, who: Principal) -> None:
        """Ask it no longer; what it said stays, and whether it was handed in."""
        with self._database.writing():
            self._database.write(
                """UPDATE evaluators SET released = ?
                WHERE kind = ? AND task = ? AND account_id = ?""",
                (now(), self._kind, task, account_id),
            )
            self._audit.write(who, "evaluator.release", str(account_id), task=task)
