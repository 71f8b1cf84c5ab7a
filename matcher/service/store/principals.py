"""Whom an account or a key speaks for: what every request is held against."""

from __future__ import annotations

import sqlite3

from matcher.service.access import BY_GRANT, Principal
from matcher.service.store.database import Database
from matcher.service.store.grants import Grants

# Of `accounts AS a`, for `principal_of`.
PRINCIPAL_COLUMNS = "a.id, a.role, a.name, a.organisation, a.organisation_admin"


def principal_of(
    database: Database, row: sqlite3.Row, scopes: frozenset[str] | None = None
) -> Principal:
    """Who a row of `PRINCIPAL_COLUMNS` is, with what was given to it."""
    made = Principal(
        row["role"], row["id"], row["name"], row["organisation"], scopes,
        bool(row["organisation_admin"]),
    )  # fmt: skip
    if made.role not in BY_GRANT:
        return made
    return Principal(made.role, made.account_id, made.name, made.organisation, scopes,
                     given=Grants(database).of(row["id"]))  # fmt: skip


def has_accounts(database: Database) -> bool:
    """Whether anybody reads here by the service: then what is new waits to be published."""
    return database.row("SELECT 1 FROM accounts LIMIT 1") is not None
