"""Sign-ins that last, kept in the workspace; and the tokens that guard forms."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time

from matcher.errors import WorkspaceError
from matcher.service.access import Principal
from matcher.service.store.database import Database
from matcher.service.store.principals import PRINCIPAL_COLUMNS, principal_of

_SECRET = "service-secret"
# A session's last use is noted this often, in seconds; every request would be a write.
_NOTED_EVERY = 60.0


def digest(token: str) -> str:
    """What is stored of a secret token: whoever reads the file cannot use it."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


class Sessions:
    """Sessions by token. A token is made at sign-in and never taken from the browser."""

    def __init__(self, database: Database, hours: float, idle_minutes: float) -> None:
        self._database = database
        self._longest = hours * 3600
        self._idle = idle_minutes * 60
        self._secret = own_secret(database)

    def start(self, account_id: int) -> str:
        """A new session; returns its token."""
        token, moment = secrets.token_urlsafe(32), time.time()
        with self._database.writing() as connection:
            connection.execute(
                "DELETE FROM sessions WHERE created < ? OR seen < ?",
                (moment - self._longest, moment - self._idle),
            )
            connection.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?)",
                (digest(token), account_id, moment, moment),
            )
        return token

    def find(self, token: str) -> Principal | None:
        """Who is signed in with a token; None where it has ended."""
        row = self._database.row(
            f"""SELECT s.created, s.seen, {PRINCIPAL_COLUMNS} FROM sessions AS s
            JOIN accounts AS a ON a.id = s.account_id WHERE s.token_hash = ? AND NOT a.disabled""",
            (digest(token),),
        )
        moment = time.time()
        if row is None or moment - row["created"] > self._longest:
            return None
        if moment - row["seen"] > self._idle:
            return None
        if moment - row["seen"] > _NOTED_EVERY:
            self._note_use(token, moment)
        return principal_of(self._database, row)

    def end(self, token: str) -> None:
        """Sign out."""
        self._database.write("DELETE FROM sessions WHERE token_hash = ?", (digest(token),))

    def form_token(self, owner: str) -> str:
        """The CSRF token of a session (its token) or of a visitor (its cookie)."""
        return hmac.new(self._secret, owner.encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    def is_form_token(self, owner: str, given: str) -> bool:
        """Whether a form or a header brought the right one."""
        return bool(owner) and hmac.compare_digest(
            self.form_token(owner).encode(), given.encode("utf-8", "replace")
        )

    def _note_use(self, token: str, moment: float) -> None:
        try:
            self._database.write(
                "UPDATE sessions SET seen = ? WHERE token_hash = ?", (moment, digest(token))
            )
        except WorkspaceError:  # a long import commits; the next request notes it
            return


def own_secret(database: Database) -> bytes:
    """The secret of a workspace, made at first use; what it signs nobody else can make."""
    with database.writing() as connection:
        connection.execute(
            "INSERT OR IGNORE INTO meta VALUES (?, ?)", (_SECRET, secrets.token_hex(32))
        )
        row = connection.execute("SELECT value FROM meta WHERE key = ?", (_SECRET,)).fetchone()
    return bytes.fromhex(row[0])
