"""The audit log: who changed or took away what, and when. Only ever added to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matcher.service.access import Principal
from matcher.service.database import Database, now


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
        self, before: int | None = None, limit: int = 50, account: str = "", action: str = ""
    ) -> tuple[AuditLine, ...]:
        """The newest lines, newest first; ``before`` a number goes on from an earlier page."""
        rows = self._database.rows(
            """SELECT * FROM audit WHERE (? IS NULL OR number < ?) AND (? = '' OR account = ?)
            AND (? = '' OR action = ?) ORDER BY number DESC LIMIT ?""",
            (before, before, account, account, action, action, limit),
        )
        return tuple(
            AuditLine(**{**dict(row), "detail": json.loads(row["detail"])}) for row in rows
        )
