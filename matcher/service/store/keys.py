"""API keys: for programs that act for an account. Stored as hashes, limited, revocable."""

from __future__ import annotations

import secrets
import sqlite3
from dataclasses import dataclass

from matcher.errors import InputError, NotFoundError
from matcher.service.access import SCOPES, Principal
from matcher.service.clock import now
from matcher.service.store.database import Database
from matcher.service.store.principals import PRINCIPAL_COLUMNS, principal_of
from matcher.service.store.sessions import digest

_MARK = "jbm_"
MOST_KEYS = 20


@dataclass(frozen=True, slots=True)
class Key:
    """A key without its secret."""

    key_id: int
    label: str
    scopes: tuple[str, ...]
    created: str
    revoked: str | None


class Keys:
    """The keys of a workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, account_id: int, label: str, scopes: list[str]) -> tuple[Key, str]:
        """A new key and its secret, which is told this once.

        Raises:
            InputError: an unknown scope or none, or too many keys.
        """
        if not scopes or set(scopes) - set(SCOPES):
            raise InputError(
                "权限范围不对", given="、".join(scopes)[:100] or "空", expected=" / ".join(SCOPES),
                remedy="改正 scopes",
            )  # fmt: skip
        live = [key for key in self.of(account_id) if key.revoked is None]
        if len(live) >= MOST_KEYS:
            raise InputError("接口密钥太多", given=f"{len(live)} 个", remedy="先撤销不用的密钥")
        secret = _MARK + secrets.token_urlsafe(32)
        chosen = ",".join(scope for scope in SCOPES if scope in scopes)
        with self._database.writing() as connection:
            made = connection.execute(
                """INSERT INTO api_keys (account_id, key_hash, label, scopes, created)
                VALUES (?, ?, ?, ?, ?)""",
                (account_id, digest(secret), label, chosen, now()),
            ).lastrowid
        return next(key for key in self.of(account_id) if key.key_id == made), secret

    def of(self, account_id: int) -> tuple[Key, ...]:
        """The keys of an account, oldest first."""
        rows = self._database.rows(
            "SELECT * FROM api_keys WHERE account_id = ? ORDER BY id", (account_id,)
        )
        return tuple(_key(row) for row in rows)

    def revoke(self, account_id: int, key_id: int) -> None:
        """Make a key worthless. Raises: NotFoundError: the account has no such key."""
        changed = self._database.write(
            """UPDATE api_keys SET revoked = coalesce(revoked, ?)
            WHERE id = ? AND account_id = ?""",
            (now(), key_id, account_id),
        )
        if not changed:
            raise NotFoundError("没有这个接口密钥", given=key_id, remedy="在密钥列表里查找")

    def find(self, secret: str) -> Principal | None:
        """Who acts with a key; None where it is unknown, revoked, or the account is closed."""
        row = self._database.row(
            f"""SELECT {PRINCIPAL_COLUMNS}, k.scopes FROM api_keys AS k
            JOIN accounts AS a ON a.id = k.account_id
            WHERE k.key_hash = ? AND k.revoked IS NULL AND NOT a.disabled""",
            (digest(secret),),
        )
        if row is None:
            return None
        return principal_of(self._database, row, frozenset(str(row["scopes"]).split(",")))


def _key(row: sqlite3.Row) -> Key:
    return Key(row["id"], row["label"], tuple(row["scopes"].split(",")), row["created"],
               row["revoked"])  # fmt: skip
