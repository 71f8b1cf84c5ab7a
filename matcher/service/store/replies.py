"""Answers to writes kept under the caller's ``Idempotency-Key``: sent twice, done once."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matcher.service.store.database import Database

LONGEST_KEY = 200
_KEPT_SECONDS = 24 * 3600.0
# A request that has not answered by then has died with its process.
_ABANDONED_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it was given."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Replies:
    """The answers of a workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, subject: str, key: str, fingerprint: str) -> Reply | str | None:
        """Claim a key: None if it is new, the answer if it was used for the same request, or in
        words why it cannot be used.
        """
        moment = time.time()
        with self._database.writing() as connection:
            connection.execute(
                "DELETE FROM replies WHERE created < ? OR (status IS NULL AND created < ?)",
                (moment - _KEPT_SECONDS, moment - _ABANDONED_SECONDS),
            )
            row: sqlite3.Row | None = connection.execute(
                "SELECT * FROM replies WHERE subject = ? AND key = ?", (subject, key)
            ).fetchone()
            if row is None:
                connection.execute(
                    "INSERT INTO replies (subject, key, fingerprint, created) VALUES (?, ?, ?, ?)",
                    (subject, key, fingerprint, moment),
                )
                return None
        if row["fingerprint"] != fingerprint:
            return "这个 Idempotency-Key 已用于另一个请求"
        if row["status"] is None:
            return "同一个请求正在处理"
        return Reply(row["status"], _headers(json.loads(row["headers"])), row["body"])

    def keep(self, subject: str, key: str, reply: Reply) -> None:
        """Keep the answer."""
        self._database.write(
            "UPDATE replies SET status = ?, headers = ?, body = ? WHERE subject = ? AND key = ?",
            (reply.status, json.dumps(dict(reply.headers)), reply.body, subject, key),
        )

    def forget(self, subject: str, key: str) -> None:
        """Nothing was done: the key may be used again."""
        self._database.write("DELETE FROM replies WHERE subject = ? AND key = ?", (subject, key))


def _headers(kept: Any) -> Mapping[str, str]:
    """Earlier versions kept the type of the content only."""
    return kept if isinstance(kept, dict) else {"content-type": str(kept)}


def fingerprint(method: str, address: str, body: bytes) -> str:
    """What makes two requests the same."""
    return hashlib.sha256(b"\0".join((method.encode(), address.encode(), body))).hexdigest()
