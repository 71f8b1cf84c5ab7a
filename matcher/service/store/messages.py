"""The inbox of every account, and what of it goes out: each thing is told once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from matcher.contacts import hide_contacts
from matcher.service.clock import now
from matcher.service.store.database import Database
from matcher.service.store.deliveries import Deliveries
from matcher.service.store.hooks import Hooks

MessageKind = Literal["case", "challenge", "team", "account", "desk", "digest"]
MESSAGE_KINDS: tuple[MessageKind, ...] = get_args(MessageKind)
MESSAGE_KIND_NAMES: dict[MessageKind, str] = {
    "case": "对接和揭榜", "challenge": "难题的审核和发布", "team": "团队的资料",
    "account": "账号", "desk": "管理待办", "digest": "订阅摘要",
}  # fmt: skip
# A mail that asks whether an address is somebody's; no inbox has it and nobody can refuse it.
CONFIRMING = "confirm"
# A mail with a link that sets the password; the link is made as it is sent, and not kept.
FORGOTTEN = "password"
_CURSOR = "messages-event"


@dataclass(frozen=True, slots=True)
class Told:
    """What is told: no contacts in any of it.

    Attributes:
        key: what happened; nobody is told the same twice.
        link: a path of this site.
    """

    key: str
    kind: MessageKind
    title: str
    body: str
    link: str

    @property
    def shown(self) -> tuple[str, str, str]:
        """Title, body and link, with whatever contacts somebody wrote blotted out."""
        return hide_contacts(self.title), hide_contacts(self.body), self.link


@dataclass(frozen=True, slots=True)
class Message:
    """One message in an inbox."""

    message_id: int
    account_id: int
    key: str
    kind: MessageKind
    title: str
    body: str
    link: str
    at: str
    read: str | None


class Messages:
    """The inboxes of a workspace.

    Args:
        by_mail: whether messages go to mailboxes too.
    """

    def __init__(
        self, database: Database, deliveries: Deliveries, hooks: Hooks, by_mail: bool
    ) -> None:
        self._database = database
        self._deliveries = deliveries
        self._hooks = hooks
        self._by_mail = by_mail

    def post(self, told: Told, accounts: Iterable[int]) -> int:
        """Tell some accounts; how many had not been told. Joins the open transaction."""
        fresh = []
        with self._database.writing() as connection:
            for account_id in dict.fromkeys(accounts):
                made = connection.execute(
                    """INSERT OR IGNORE INTO messages (account_id, key, kind, title, body, link,
                    at) VALUES (?, ?, ?, ?, ?, ?, ?)""",
                    (account_id, told.key, told.kind, *told.shown, now()),
                )
                if made.rowcount:
                    fresh.append(account_id)
            for account_id in fresh:
                if self._by_mail and self._wants_mail(account_id, told.kind):
                    self._deliveries.add("mail", account_id, told.key, told.kind, told.shown)
        if fresh:
            self._deliveries.called.set()
        return len(fresh)

    def post_outside(self, told: Told) -> None:
        """Tell the systems that want this kind. Joins the open transaction."""
        for hook in self._hooks.all():
            if told.kind in hook.kinds:
                self._deliveries.add("hook", hook.hook_id, told.key, told.kind, told.shown)
                self._deliveries.called.set()

    def page(
        self, account_id: int, unread: bool, page: int, size: int
    ) -> tuple[tuple[Message, ...], int]:
        """A page of an inbox, newest first, and how many there are."""
        rows, total = self._database.page(
            """SELECT * FROM messages WHERE account_id = ? AND (NOT ? OR read IS NULL)
            ORDER BY id DESC""",
            (account_id, unread), page, size,
        )  # fmt: skip
        return tuple(map(_message, rows)), total

    def find(self, account_id: int, message_id: int) -> Message | None:
        """One of an inbox."""
        row = self._database.row(
            "SELECT * FROM messages WHERE account_id = ? AND id = ?", (account_id, message_id)
        )
        return None if row is None else _message(row)

    def unread_of(self, account_id: int, kind: MessageKind) -> tuple[Message, ...]:
        """What nobody has read of one kind, newest first."""
        rows = self._database.rows(
            """SELECT * FROM messages WHERE account_id = ? AND kind = ? AND read IS NULL
            ORDER BY id DESC""",
            (account_id, kind),
        )
        return tuple(map(_message, rows))

    def unread(self, account_id: int) -> int:
        """How many nobody has read."""
        row = self._database.row(
            "SELECT count(*) FROM messages WHERE account_id = ? AND read IS NULL", (account_id,)
        )
        assert row is not None
        return int(row[0])

    def read(self, account_id: int, message_id: int | None = None) -> int:
        """One of an inbox, or all of it, has been read; how many of them had not been."""
        return self._database.write(
            """UPDATE messages SET read = ? WHERE account_id = ? AND read IS NULL
            AND ? IN (0, id)""",
            (now(), account_id, message_id or 0),
        )

    def unwanted(self, account_id: int) -> frozenset[str]:
        """The kinds an account does not want by mail."""
        rows = self._database.rows(
            "SELECT kind FROM unsubscribed WHERE account_id = ?", (account_id,)
        )
        return frozenset(str(row["kind"]) for row in rows)

    def set_unwanted(self, account_id: int, kinds: Iterable[str]) -> None:
        """Which kinds an account does not want by mail."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM unsubscribed WHERE account_id = ?", (account_id,))
            connection.executemany(
                "INSERT INTO unsubscribed VALUES (?, ?)", [(account_id, kind) for kind in kinds]
            )

    def told_up_to(self) -> int:
        """The number of the last event that messages were made of."""
        row = self._database.row("SELECT value FROM meta WHERE key = ?", (_CURSOR,))
        return 0 if row is None else int(row[0])

    def set_told_up_to(self, number: int) -> None:
        """Messages have been made of it; inside the transaction that posts them."""
        self._database.write("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_CURSOR, str(number)))

    def _wants_mail(self, account_id: int, kind: str) -> bool:
        return self._database.row(
            """SELECT 1 FROM accounts WHERE id = ? AND email != '' AND email_confirmed
            AND NOT disabled AND NOT EXISTS (SELECT 1 FROM unsubscribed
            WHERE account_id = accounts.id AND kind = ?)""",
            (account_id, kind),
        ) is not None  # fmt: skip


def _message(row: sqlite3.Row) -> Message:
    fields = dict(row)
    return Message(message_id=fields.pop("id"), **fields)
