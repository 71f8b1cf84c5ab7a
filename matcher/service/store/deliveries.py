"""What goes out by mail and to other systems: a queue that a killed process cannot lose from.

A delivery that was on its way when the process died may have arrived or not: it is in doubt, and
people decide whether it is sent again. Mail keeps its Message-ID then, so that a mailbox may tell.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import time
from dataclasses import dataclass
from typing import Literal, get_args

from matcher.errors import NotFoundError
from matcher.service.clock import now
from matcher.service.errors import ConflictError
from matcher.service.store.database import Database

Channel = Literal["mail", "hook"]
DeliveryState = Literal["waiting", "sending", "sent", "dead", "doubt", "dropped"]
DELIVERY_STATES: tuple[DeliveryState, ...] = get_args(DeliveryState)
DELIVERY_STATE_NAMES: dict[DeliveryState, str] = {
    "waiting": "等待发送", "sending": "正在发送", "sent": "已发出", "dead": "没有发出",
    "doubt": "不知是否发出", "dropped": "不再发送",
}  # fmt: skip
# Seconds before each further try; after the last one a delivery is dead.
DELAYS = (60.0, 300.0, 1800.0, 7200.0, 21600.0)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One thing to be told to one mailbox or one system.

    Attributes:
        target: the account whose mailbox it is, or the hook.
        key: what it tells, the same in every mailbox.
    """

    delivery_id: int
    channel: Channel
    target: int
    key: str
    kind: str
    title: str
    body: str
    link: str
    state: DeliveryState
    attempts: int
    error: str
    created: str
    updated: str

    @property
    def message_id(self) -> str:
        """The same however often it is sent, and no other delivery's."""
        mark = f"{self.channel} {self.target} {self.key} {self.created}"
        return hashlib.sha256(mark.encode()).hexdigest()[:32]


_COLUMNS = """id, channel, target, key, kind, title, body, link, state, attempts, error, created,
    updated"""


class Deliveries:
    """The queue of a workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.called = threading.Event()

    def add(
        self, channel: Channel, target: int, key: str, kind: str, told: tuple[str, str, str]
    ) -> None:
        """Queue one, once; inside a transaction it stands or falls with it.

        Args:
            told: title, body and link.
        """
        self._database.write(
            """INSERT OR IGNORE INTO deliveries (channel, target, key, kind, title, body, link,
            state, attempts, due, error, created, updated)
            VALUES (?, ?, ?, ?, ?, ?, ?, 'waiting', 0, ?, '', ?, ?)""",
            (channel, target, key, kind, *told, time.time(), now(), now()),
        )

    def recover(self) -> int:
        """What was on its way when a process died is in doubt; how many."""
        return self._database.write(
            """UPDATE deliveries SET state = 'doubt', updated = ?,
            error = '发送时服务中断，不知对方收到没有' WHERE state = 'sending'""",
            (now(),),
        )

    def claim(self) -> Delivery | None:
        """The next one due, now on its way; None where nothing is."""
        due = "FROM deliveries WHERE state = 'waiting' AND due <= ?"
        if self._database.row(f"SELECT 1 {due}", (time.time(),)) is None:
            return None
        with self._database.writing() as connection:
            row = connection.execute(
                f"SELECT {_COLUMNS} {due} ORDER BY due, id LIMIT 1", (time.time(),)
            ).fetchone()
            if row is None:
                return None
            connection.execute(
                """UPDATE deliveries SET state = 'sending', attempts = attempts + 1, updated = ?
                WHERE id = ?""",
                (now(), row["id"]),
            )
        return self.get(row["id"])

    def note(self, delivery_id: int, state: DeliveryState, error: str = "") -> None:
        """What came of one that was on its way."""
        self._database.write(
            "UPDATE deliveries SET state = ?, error = ?, updated = ? WHERE id = ?",
            (state, error[:500], now(), delivery_id),
        )

    def put_off(self, delivery: Delivery, error: str, delays: tuple[float, ...] = DELAYS) -> None:
        """Not this time: try again later, or no more after the last try."""
        if delivery.attempts > len(delays):
            self.note(delivery.delivery_id, "dead", error)
            return
        self._database.write(
            "UPDATE deliveries SET state = 'waiting', due = ?, error = ?, updated = ? WHERE id = ?",
            (time.time() + delays[delivery.attempts - 1], error[:500], now(),
             delivery.delivery_id),
        )  # fmt: skip

    def resend(self, delivery_id: int) -> None:
        """Try one again that is dead, in doubt or dropped. Raises: NotFoundError; ConflictError."""
        self._decide(delivery_id, "waiting", ("dead", "doubt", "dropped"))
        self.called.set()

    def drop(self, delivery_id: int) -> None:
        """Try one no more. Raises: NotFoundError; ConflictError: it is on its way, or sent."""
        self._decide(delivery_id, "dropped", ("dead", "doubt", "waiting"))

    def get(self, delivery_id: int) -> Delivery:
        """One of them. Raises: NotFoundError."""
        row = self._database.row(f"SELECT {_COLUMNS} FROM deliveries WHERE id = ?", (delivery_id,))
        if row is None:
            raise NotFoundError("没有这条发送", given=delivery_id, remedy="刷新列表")
        return _delivery(row)

    def page(
        self, states: tuple[DeliveryState, ...], page: int, size: int
    ) -> tuple[tuple[Delivery, ...], int]:
        """A page of those in some states, the last changed first, and how many there are."""
        marks = ", ".join("?" * len(states))
        rows, total = self._database.page(
            f"""SELECT {_COLUMNS} FROM deliveries WHERE state IN ({marks})
            ORDER BY updated DESC, id DESC""",
            states, page, size,
        )  # fmt: skip
        return tuple(map(_delivery, rows)), total

    def counted(self) -> dict[DeliveryState, int]:
        """How many there are in each state."""
        rows = self._database.rows("SELECT state, count(*) AS n FROM deliveries GROUP BY state")
        found = {row["state"]: row["n"] for row in rows}
        return {state: found.get(state, 0) for state in DELIVERY_STATES}

    def _decide(
        self, delivery_id: int, state: DeliveryState, sources: tuple[DeliveryState, ...]
    ) -> None:
        marks = ", ".join("?" * len(sources))
        changed = self._database.write(
            f"""UPDATE deliveries SET state = ?, attempts = 0, due = ?, updated = ?
            WHERE id = ? AND state IN ({marks})""",
            (state, time.time(), now(), delivery_id, *sources),
        )
        if not changed:
            shown = DELIVERY_STATE_NAMES[self.get(delivery_id).state]
            raise ConflictError("现在不能这样处理", given=shown, remedy="刷新列表后再看")


def _delivery(row: sqlite3.Row) -> Delivery:
    fields = dict(row)
    return Delivery(delivery_id=fields.pop("id"), **fields)
