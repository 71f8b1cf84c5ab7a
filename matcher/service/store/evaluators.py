"""Who marks the alliances of a year: accounts that staff asked to."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass

from matcher.service.access import Principal
from matcher.service.clock import now
from matcher.service.store.audit import Audit
from matcher.service.store.database import Database


@dataclass(frozen=True, slots=True)
class Evaluator:
    """An account that marks; its organisation decides where it stands back.

    Attributes:
        given: ids of the alliances it is to mark; empty for all.
        handed_in: when it handed its marks in; empty while it has not.
    """

    account_id: int
    name: str
    organisation: str
    given: frozenset[str] = frozenset()
    handed_in: str = ""


class Evaluators:
    """The evaluators of a workspace, year by year."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._database = database
        self._audit = audit

    def of(self, year: int) -> tuple[Evaluator, ...]:
        """Who marks in a year, by name."""
        rows = self._database.rows(
            """SELECT id, name, organisation, alliances, handed_in FROM alliance_evaluators
            JOIN accounts ON id = account_id WHERE year = ? AND NOT disabled ORDER BY name""",
            (year,),
        )
        return tuple(
            Evaluator(
                row["id"], row["name"], row["organisation"],
                frozenset(json.loads(row["alliances"])), row["handed_in"],
            )
            for row in rows
        )  # fmt: skip

    def find(self, year: int, account_id: int | None) -> Evaluator | None:
        """Who marks in a year under this account."""
        return next((one for one in self.of(year) if one.account_id == account_id), None)

    def years_of(self, account_id: int) -> tuple[int, ...]:
        """The years somebody marks, the latest first."""
        rows = self._database.rows(
            "SELECT year FROM alliance_evaluators WHERE account_id = ? ORDER BY year DESC",
            (account_id,),
        )
        return tuple(row["year"] for row in rows)

    def ask(self, year: int, account_id: int, who: Principal, given: Collection[str] = ()) -> None:
        """Ask an account to mark some alliances, or all; a second time changes only which."""
        with self._database.writing():
            self._database.write(
                """INSERT INTO alliance_evaluators (year, account_id, at, alliances)
                VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET alliances = excluded.alliances""",
                (year, account_id, now(), json.dumps(sorted(given), ensure_ascii=False)),
            )
            self._audit.write(who, "evaluator.ask", str(account_id), year=year)

    def hand_in(self, year: int, account_id: int, who: Principal, back: bool = False) -> None:
        """Its marks are final from now on; ``back``: staff give them back to be changed."""
        with self._database.writing():
            self._database.write(
                "UPDATE alliance_evaluators SET handed_in = ? WHERE year = ? AND account_id = ?",
                ("" if back else now(), year, account_id),
            )
            action = "evaluator.give_back" if back else "evaluator.hand_in"
            self._audit.write(who, action, str(account_id), year=year)

    def release(self, year: int, account_id: int, who: Principal) -> None:
        """Ask it no longer; what it said stays."""
        with self._database.writing():
            self._database.write(
                "DELETE FROM alliance_evaluators WHERE year = ? AND account_id = ?",
                (year, account_id),
            )
            self._audit.write(who, "evaluator.release", str(account_id), year=year)
