"""Links that let whoever has them set the password of an account, once and not for long."""

from __future__ import annotations

import secrets
import time

from matcher.errors import NotFoundError
from matcher.service.store.database import Database
from matcher.service.store.sessions import digest

PASSWORD_LINK_HOURS = 72


class PasswordLinks:
    """The links of a workspace; stored as hashes, one live link an account."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def make(self, account_id: int) -> str:
        """The path of a new link, told this once; an earlier one of the account ends."""
        token, moment = secrets.token_urlsafe(32), time.time()
        with self._database.writing() as connection:
            connection.execute(
                "DELETE FROM password_links WHERE account_id = ? OR expires < ?",
                (account_id, moment),
            )
            connection.execute(
                "INSERT INTO password_links VALUES (?, ?, ?)",
                (digest(token), account_id, moment + PASSWORD_LINK_HOURS * 3600),
            )
        return f"/set-password/{token}"

    def account_of(self, token: str) -> str:
        """The name of the account a link is for. Raises: NotFoundError: used, ended, unknown."""
        row = self._database.row(
            """SELECT a.name FROM password_links AS l JOIN accounts AS a ON a.id = l.account_id
            WHERE l.token_hash = ? AND l.expires > ? AND NOT a.disabled""",
            (digest(token), time.time()),
        )
        if row is None:
            raise NotFoundError(
                "这个链接不能用了", expected=f"{PASSWORD_LINK_HOURS} 小时内、没有用过的链接",
                remedy="请给你链接的人重新发一个",
            )  # fmt: skip
        return str(row["name"])

    def use(self, token: str) -> str:
        """`account_of`, and the link ends; inside the transaction that sets the password."""
        name = self.account_of(token)
        self._database.write("DELETE FROM password_links WHERE token_hash = ?", (digest(token),))
        return name
