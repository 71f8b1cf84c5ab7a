"""Background jobs, kept in the workspace: what is queued, how far it is, what came of it.

A job that was running when the process was killed is queued again at the next start: every kind of
job can be done twice without harm (imports are all or nothing, reports resume what they kept).
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from matcher.errors import NotFoundError
from matcher.service.clock import now
from matcher.service.store.database import Database

JobKind = Literal["match", "report", "import", "library", "survey"]
KINDS: tuple[JobKind, ...] = get_args(JobKind)
JobState = Literal["queued", "running", "done", "failed", "cancelled"]
STATES: tuple[JobState, ...] = get_args(JobState)
_MOST_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Job:
    """One job. ``result`` is what its kind gives; ``error`` the message if it failed."""

    job_id: str
    account_id: int
    kind: JobKind
    settings: Mapping[str, Any]
    state: JobState
    attempts: int
    done: int
    total: int
    result: Mapping[str, Any]
    error: str
    created: str
    started: str | None
    finished: str | None


class Jobs:
    """The jobs of a workspace.

    Attributes:
        called: set when there is something to do; whoever does it waits for it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.called = threading.Event()

    def call(self) -> None:
        """Whoever does the jobs need not wait any longer."""
        self.called.set()

    def add(self, account_id: int, kind: JobKind, settings: Mapping[str, Any]) -> Job:
        """Queue a job."""
        # Later jobs have later names: two of one second are done and told in their order.
        job_id = f"{time.time_ns() // 1000:013x}{secrets.randbits(12):03x}"
        self._database.write(
            """INSERT INTO jobs (id, account_id, kind, settings, state, attempts, done, total,
            result, error, created) VALUES (?, ?, ?, ?, 'queued', 0, 0, 0, '{}', '', ?)""",
            (job_id, account_id, kind, json.dumps(settings, ensure_ascii=False, default=str),
             now()),
        )  # fmt: skip
        return self.get(job_id)

    def get(self, job_id: str) -> Job:
        """One job. Raises: NotFoundError."""
        row = self._database.row("SELECT * FROM jobs WHERE id = ?", (job_id,))
        if row is None:
            raise NotFoundError("没有这个任务", given=job_id[:100], remedy="在任务列表里查找")
        return _job(row)

    def page(self, kinds: Sequence[JobKind], page: int, size: int) -> tuple[tuple[Job, ...], int]:
        """A page of the jobs of some kinds (of all where none is named), newest first, and how
        many there are in all.
        """
        wanted = json.dumps(list(kinds or KINDS))
        rows, total = self._database.page(
            """SELECT * FROM jobs WHERE kind IN (SELECT value FROM json_each(?))
            ORDER BY created DESC, id DESC""",
            (wanted,), page, size,
        )  # fmt: skip
        return tuple(_job(row) for row in rows), total

    def surveys(
        self, only_for: str, state: str, page: int, size: int
    ) -> tuple[tuple[Job, ...], int]:  # fmt: skip
        """A page of what lists would give, newest first: those of an organisation, or of all
        where it is empty, in a state, or in any; what was handed in and not decided stands first.
        """
        rows, total = self._database.page(
            """SELECT * FROM jobs WHERE kind = 'survey'
            AND (? = '' OR json_extract(settings, '$.only_for') = ?)
            AND (? = '' OR json_extract(result, '$.state') = ?)
            ORDER BY coalesce(json_extract(result, '$.state'), '') != '待审核', created DESC,
            id DESC""",
            (only_for, only_for, state, state), page, size,
        )  # fmt: skip
        return tuple(_job(row) for row in rows), total

    def amend(self, job_id: str, more: Mapping[str, Any]) -> Job:
        """Add to the result of a job that is done. Raises: NotFoundError."""
        result = {**self.get(job_id).result, **more}
        self._database.write(
            "UPDATE jobs SET result = ? WHERE id = ?",
            (json.dumps(result, ensure_ascii=False, default=str), job_id),
        )
        return self.get(job_id)

    def latest_done(self, kind: JobKind) -> Job | None:
        """The last job of a kind that was done."""
        row = self._database.row(
            """SELECT * FROM jobs WHERE kind = ? AND state = 'done'
            ORDER BY finished DESC, id DESC LIMIT 1""",
            (kind,),
        )
        return None if row is None else _job(row)

    def recover(self) -> int:
        """Queue again what was running when the process was killed; returns how many.

        A job that has been begun too often has probably killed the process itself.
        """
        with self._database.writing() as connection:
            connection.execute(
                """UPDATE jobs SET state = 'failed', finished = ?,
                error = '多次被中断，不再自动重做；可以重新提交'
                WHERE state = 'running' AND attempts >= ?""",
                (now(), _MOST_ATTEMPTS),
            )
            return connection.execute(
                "UPDATE jobs SET state = 'queued' WHERE state = 'running'"
            ).rowcount

    def claim(self) -> Job | None:
        """The next job, now running; None where nothing waits."""
        with self._database.writing() as connection:
            row = connection.execute(
                "SELECT id FROM jobs WHERE state = 'queued' ORDER BY created, id LIMIT 1"
            ).fetchone()
            if row is None:
                return None
            connection.execute(
                """UPDATE jobs SET state = 'running', attempts = attempts + 1, done = 0,
                total = 0, started = ? WHERE id = ?""",
                (now(), row["id"]),
            )
        return self.get(row["id"])

    def waiting(self) -> bool:
        """Whether anything is queued."""
        return self._database.row("SELECT 1 FROM jobs WHERE state = 'queued'") is not None

    def note(self, job_id: str, done: int, total: int) -> JobState:
        """Note how far a job is; returns its state, which a cancellation has changed."""
        self._database.write(
            "UPDATE jobs SET done = ?, total = ? WHERE id = ?", (done, total, job_id)
        )
        return self.get(job_id).state

    def cancel(self, job_id: str) -> Job:
        """Stop a job that is not over. Raises: NotFoundError."""
        self._database.write(
            """UPDATE jobs SET state = 'cancelled', finished = ?
            WHERE id = ? AND state IN ('queued', 'running')""",
            (now(), job_id),
        )
        return self.get(job_id)

    def requeue(self, job_id: str) -> None:
        """Put a job that was stopped with the service back; the attempt does not count."""
        self._database.write(
            """UPDATE jobs SET state = 'queued', attempts = attempts - 1
            WHERE id = ? AND state = 'running'""",
            (job_id,),
        )

    def finish(self, job_id: str, result: Mapping[str, Any]) -> None:
        """A job is done."""
        self._database.write(
            """UPDATE jobs SET state = 'done', result = ?, finished = ?
            WHERE id = ? AND state = 'running'""",
            (json.dumps(result, ensure_ascii=False, default=str), now(), job_id),
        )

    def fail(self, job_id: str, error: str) -> None:
        """A job cannot be done."""
        self._database.write(
            """UPDATE jobs SET state = 'failed', error = ?, finished = ?
            WHERE id = ? AND state = 'running'""",
            (error, now(), job_id),
        )


def _job(row: sqlite3.Row) -> Job:
    return Job(
        row["id"], row["account_id"], row["kind"], json.loads(row["settings"]), row["state"],
        row["attempts"], row["done"], row["total"], json.loads(row["result"]), row["error"],
        row["created"], row["started"], row["finished"],
    )  # fmt: skip
