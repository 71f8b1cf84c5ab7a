"""The audit log: who changed or took away what, and when. Only ever added to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from sqlite3 import Row
from typing import Any

from matcher.service.access import Principal
from matcher.service.clock import now
from matcher.service.store.database import Database


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One act. ``detail`` holds ids and counts, never contacts or texts of challenges."""

    number: int
    at: str
    account: str
    role: str
    action: str
    target: str
    detail: Mapping[str, Any]


class Audit:
    """The log of a workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(self, who: Principal, action: str, target: str = "", **detail: Any) -> None:
        """Add a line; inside a transaction of `Database.writing` it stands or falls with it."""
        self._database.write(
            """INSERT INTO audit (at, account, role, action, target, detail)
            VALUES (?, ?, ?, ?, ?, ?)""",
            (now(), who.name, who.role, action, target,
             json.dumps(detail, ensure_ascii=False, default=str)),
        )  # fmt: skip

    def lines(
        self, account: str = "", action: str = "", page: int = 1, size: int = 50
    ) -> tuple[tuple[AuditLine, ...], int]:
        """A page of the lines, newest first, and how many there are in all."""
        rows, total = self._database.page(
            """SELECT * FROM audit WHERE (? = '' OR account = ?) AND (? = '' OR action = ?)
            ORDER BY number DESC""",
            (account, account, action, action), page, size,
        )  # fmt: skip
        return tuple(map(_line, rows)), total

    def of_target(self, target: str) -> tuple[AuditLine, ...]:
        """All that was done with one thing, oldest first."""
        rows = self._database.rows(
            "SELECT * FROM audit WHERE target = ? ORDER BY number", (target,)
        )
        return tuple(map(_line, rows))


def _line(row: Row) -> AuditLine:
    return AuditLine(**{**dict(row), "detail": json.loads(row["detail"])})
