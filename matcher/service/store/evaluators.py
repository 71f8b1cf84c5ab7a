"""Who marks the alliances of a year: accounts that staff asked to."""

from __future__ import annotations

from dataclasses import dataclass

from matcher.service.access import Principal
from matcher.service.clock import now
from matcher.service.store.audit import Audit
from matcher.service.store.database import Database


@dataclass(frozen=True, slots=True)
class Evaluator:
    """An account that marks; its organisation decides where it stands back."""

    account_id: int
    name: str
    organisation: str


class Evaluators:
    """The evaluators of a workspace, year by year."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._database = database
        self._audit = audit

    def of(self, year: int) -> tuple[Evaluator, ...]:
        """Who marks in a year, by name."""
        rows = self._database.rows(
            """SELECT id, name, organisation FROM alliance_evaluators
            JOIN accounts ON id = account_id WHERE year = ? AND NOT disabled ORDER BY name""",
            (year,),
        )
        return tuple(Evaluator(row["id"], row["name"], row["organisation"]) for row in rows)

    def years_of(self, account_id: int) -> tuple[int, ...]:
        """The years somebody marks, the latest first."""
        rows = self._database.rows(
            "SELECT year FROM alliance_evaluators WHERE account_id = ? ORDER BY year DESC",
            (account_id,),
        )
        return tuple(row["year"] for row in rows)

    def ask(self, year: int, account_id: int, who: Principal) -> None:
        """Ask an account to mark; a second time changes nothing."""
        with self._database.writing():
            self._database.write(
                "INSERT OR IGNORE INTO alliance_evaluators VALUES (?, ?, ?)",
                (year, account_id, now()),
            )
            self._audit.write(who, "evaluator.ask", str(account_id), year=year)

    def release(self, year: int, account_id: int, who: Principal) -> None:
        """Ask it no longer; what it said stays."""
        with self._database.writing():
            self._database.write(
                "DELETE FROM alliance_evaluators WHERE year = ? AND account_id = ?",
                (year, account_id),
            )
            self._audit.write(who, "evaluator.release", str(account_id), year=year)
