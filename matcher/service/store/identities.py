"""Who accounts are at an identity provider; sign-ins under way there."""

from __future__ import annotations

import sqlite3
import time

from matcher.errors import InputError
from matcher.service.clock import now
from matcher.service.errors import ConflictError
from matcher.service.store.database import Database
from matcher.service.store.sessions import digest

_FLOW_SECONDS = 600.0


class Identities:
    """Those of a workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, state: str, browser: str, nonce: str, verifier: str, wanted: str) -> None:
        """Keep a sign-in that has been sent to the provider.

        Args:
            browser: the cookie of the browser that began it; only that one may end it.
            wanted: the page it goes on to.
        """
        moment = time.time()
        with self._database.writing() as connection:
            connection.execute(
                "DELETE FROM sign_in_flows WHERE created < ?", (moment - _FLOW_SECONDS,)
            )
            connection.execute(
                "INSERT INTO sign_in_flows VALUES (?, ?, ?, ?, ?, ?)",
                (digest(state), digest(browser), nonce, verifier, wanted, moment),
            )

    def end(self, state: str, browser: str) -> sqlite3.Row:
        """The sign-in that comes back, once: nonce, verifier and the page wanted.

        Raises:
            InputError: none was begun in this browser, or long ago.
        """
        with self._database.writing() as connection:
            row: sqlite3.Row | None = connection.execute(
                """DELETE FROM sign_in_flows WHERE state_hash = ? AND browser = ? AND created > ?
                RETURNING nonce, verifier, wanted""",
                (digest(state), digest(browser), time.time() - _FLOW_SECONDS),
            ).fetchone()
        if row is None:
            raise InputError("这次登录已经过期", remedy="从登录页面重新开始")
        return row

    def bind(self, issuer: str, subject: str, account_id: int) -> None:
        """Let an identity open an account. Raises: ConflictError: it opens another one."""
        with self._database.writing() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO identities VALUES (?, ?, ?, ?)",
                (issuer, subject, account_id, now()),
            )
            if self.account_of(issuer, subject) != account_id:
                raise ConflictError(
                    "这个身份已绑定别的账号", remedy="先在那个账号里解除，或换一个身份"
                )

    def unbind(self, account_id: int) -> int:
        """No identity opens an account any more; how many did."""
        return self._database.write("DELETE FROM identities WHERE account_id = ?", (account_id,))

    def account_of(self, issuer: str, subject: str) -> int | None:
        """The account an identity opens."""
        row = self._database.row(
            "SELECT account_id FROM identities WHERE issuer = ? AND subject = ?",
            (issuer, subject),
        )
        return None if row is None else int(row["account_id"])

    def bound(self, account_id: int) -> bool:
        """Whether any identity opens an account."""
        return self._database.row(
            "SELECT 1 FROM identities WHERE account_id = ?", (account_id,)
        ) is not None  # fmt: skip
