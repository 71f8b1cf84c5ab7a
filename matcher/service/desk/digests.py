"""Digests of saved queries: what is new on the list, daily or weekly."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from matcher.service.context import Caller, Service
from matcher.service.desk.challenges import ChallengeQuery, found
from matcher.service.desk.subscriptions import SavedView, view
from matcher.service.store.messages import Told
from matcher.service.store.principals import PRINCIPAL_COLUMNS, principal_of
from matcher.service.views import Asked, ChallengeLine

Every = Literal["never", "daily", "weekly"]
_CHINA = ZoneInfo("Asia/Shanghai")
_HOUR = 8
_LISTED = 20


class DigestAsked(Asked):
    """How often a digest is wanted."""

    every: Annotated[Every, Field(description="never 不发，daily 每天，weekly 每周一；早上八点")]


class DigestView(DigestAsked):
    """How often the digest of a saved query is sent."""

    saved_id: str


def set_digest(caller: Caller, saved_id: str, asked: DigestAsked) -> DigestView:
    """Send a digest from now on, of what is new from now on. Raises: NotFoundError."""
    saved = view(caller, saved_id)
    with caller.service.database.writing() as connection:
        connection.execute("DELETE FROM digests WHERE saved_id = ?", (saved_id,))
        connection.execute("DELETE FROM digested WHERE saved_id = ?", (saved_id,))
        if asked.every != "never":
            connection.execute(
                "INSERT INTO digests VALUES (?, ?, ?)",
                (saved_id, asked.every, next_time(asked.every, datetime.now(_CHINA)).timestamp()),
            )
            _remember(connection, saved_id, found(caller, saved.query))
        caller.note("query.digest", saved_id, every=asked.every)
    return DigestView(saved_id=saved_id, every=asked.every)


def digest_of(caller: Caller, saved: SavedView) -> Every:
    """How often one is sent."""
    row = caller.service.database.row(
        "SELECT every FROM digests WHERE saved_id = ?", (saved.saved_id,)
    )
    every: Every = "never" if row is None else row["every"]
    return every


def send_digests(service: Service, moment: datetime | None = None) -> int:
    """Send those that are due; how many had anything new."""
    moment = moment or datetime.now(_CHINA)
    rows = service.database.rows(
        f"""SELECT d.saved_id, d.every, d.due, q.name AS title, q.query, {PRINCIPAL_COLUMNS}
        FROM digests AS d JOIN saved_queries AS q ON q.id = d.saved_id
        JOIN accounts AS a ON a.id = q.account_id WHERE d.due <= ? AND NOT a.disabled""",
        (moment.timestamp(),),
    )
    return sum(_send(service, row, moment) for row in rows)


def next_time(every: Every, moment: datetime) -> datetime:
    """When the next one is due: at eight in China, the next day or the next Monday.

    >>> next_time("weekly", datetime(2026, 11, 25, 9, tzinfo=ZoneInfo("Asia/Shanghai"))).isoformat()
    '2026-11-30T08:00:00+08:00'
    """
    due = moment.astimezone(_CHINA).replace(hour=_HOUR, minute=0, second=0, microsecond=0)
    while due <= moment or (every == "weekly" and due.weekday() != 0):
        due += timedelta(days=1)
    return due


def _send(service: Service, row: sqlite3.Row, moment: datetime) -> bool:
    caller = Caller(service, principal_of(service.database, row))
    query = ChallengeQuery.model_validate_json(row["query"])
    lines = found(caller, query)
    known = {
        seen["challenge_id"]
        for seen in service.database.rows(
            "SELECT challenge_id FROM digested WHERE saved_id = ?", (row["saved_id"],)
        )
    }
    fresh = [line for line in lines if line.challenge_id not in known]
    with service.database.writing() as connection:
        connection.execute(
            "UPDATE digests SET due = ? WHERE saved_id = ?",
            (next_time(row["every"], moment).timestamp(), row["saved_id"]),
        )
        _remember(connection, row["saved_id"], fresh)
        if fresh:
            service.messages.post(_told(row, fresh), [caller.account_id])
    return bool(fresh)


def _remember(connection: sqlite3.Connection, saved_id: str, lines: list[ChallengeLine]) -> None:
    connection.executemany(
        "INSERT OR IGNORE INTO digested VALUES (?, ?)",
        [(saved_id, line.challenge_id) for line in lines],
    )


def _told(row: sqlite3.Row, fresh: list[ChallengeLine]) -> Told:
    shown = [
        f"{line.title}（{line.challenge_id}）截止 {line.apply_deadline or '未填写'}"
        for line in fresh[:_LISTED]
    ]
    if len(fresh) > _LISTED:
        shown.append(f"还有 {len(fresh) - _LISTED} 项")
    return Told(
        f"digest:{row['saved_id']}:{row['due']:.0f}", "digest",
        f"订阅“{row['title']}”新增 {len(fresh)} 项难题", "\n".join(shown), "/queries",
    )  # fmt: skip
