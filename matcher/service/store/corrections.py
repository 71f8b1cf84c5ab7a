"""What teams and staff said is wrong: kept for good, with who, why and when; undone by staff."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Literal

from matcher.service.access import Principal
from matcher.service.clock import now
from matcher.service.store.database import Database

CorrectionKind = Literal["成果", "覆盖", "匹配"]


@dataclass(frozen=True, slots=True)
class Correction:
    """One of them.

    Attributes:
        kind: a piece that is not the team's, a requirement it does not cover, a challenge that
            is not for it.
        subject: title of the piece, label of the requirement.
        content: the piece as JSON.
        undone_at: None while it stands.
    """

    number: int
    kind: CorrectionKind
    team_id: str
    challenge_id: str
    subject: str
    content: str
    reason: str
    account: str
    role: str
    at: str
    undone_at: str | None
    undone_by: str
    undone_reason: str


class Corrections:
    """The corrections of a workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, who: Principal, kind: CorrectionKind, pair: tuple[str, str], subject: str,
        reason: str, content: str = "",
    ) -> int:  # fmt: skip
        """Keep one in the open transaction; the number of the one that stands if there is."""
        team_id, challenge_id = pair
        standing = self._database.row(
            """SELECT number FROM corrections WHERE kind = ? AND team_id = ? AND challenge_id = ?
            AND subject = ? AND undone_at IS NULL""",
            (kind, team_id, challenge_id, subject),
        )
        if standing is not None:
            return int(standing["number"])
        with self._database.writing() as connection:
            made = connection.execute(
                """INSERT INTO corrections (kind, team_id, challenge_id, subject, content, reason,
                account, role, at, undone_by, undone_reason)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '', '')""",
                (kind, team_id, challenge_id, subject, content, reason, who.name, who.role, now()),
            )
        return int(made.lastrowid or 0)

    def undo(self, number: int, who: Principal, reason: str) -> bool:
        """Say that one no longer stands; False where it did not."""
        return (
            self._database.write(
                """UPDATE corrections SET undone_at = ?, undone_by = ?, undone_reason = ?
            WHERE number = ? AND undone_at IS NULL""",
                (now(), who.name, reason, number),
            )
            == 1
        )

    def find(self, number: int) -> Correction | None:
        """One of them."""
        row = self._database.row("SELECT * FROM corrections WHERE number = ?", (number,))
        return None if row is None else _correction(row)

    def page(self, page: int, size: int) -> tuple[list[Correction], int]:
        """A page of all, the newest first, and how many there are."""
        rows, total = self._database.page(
            "SELECT * FROM corrections ORDER BY number DESC", (), page, size
        )
        return [_correction(row) for row in rows], total

    def standing(self, *, team_id: str = "", challenge_id: str = "") -> list[Correction]:
        """Those that stand: all, of a team, or of a challenge."""
        rows = self._database.rows(
            """SELECT * FROM corrections WHERE undone_at IS NULL AND (? = '' OR team_id = ?)
            AND (? = '' OR challenge_id = ?) ORDER BY number""",
            (team_id, team_id, challenge_id, challenge_id),
        )
        return [_correction(row) for row in rows]


def _correction(row: sqlite3.Row) -> Correction:
    return Correction(**dict(row))
