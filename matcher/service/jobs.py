"""Background jobs, kept in the workspace: what is queued, how far it is, what came of it.

A job that was running when the process was killed is queued again at the next start: every kind of
job can be done twice without harm (imports are all or nothing, reports resume what they kept).
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from matcher.errors import MatcherError, NotFoundError
from matcher.service.clock import now
from matcher.service.database import Database

JobKind = Literal["match", "report", "import"]
KINDS: tuple[JobKind, ...] = get_args(JobKind)
JobState = Literal["queued", "running", "done", "failed", "cancelled"]
STATES: tuple[JobState, ...] = get_args(JobState)
_log = logging.getLogger("matcher.service")
_MOST_ATTEMPTS = 3
# Progress is noted this often, in seconds: every note is a transaction.
_NOTED_EVERY = 0.5
_LOOKED_EVERY = 1.0
_TIDIED_EVERY = 24 * 3600.0
_NICENESS = 5


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


class Halted(Exception):  # noqa: N818
    """Raised inside a job that should stop; ``again`` if it is to be queued anew."""

    def __init__(self, again: bool) -> None:
        self.again = again
        super().__init__()


Progress = Callable[[int, int], None]
Work = Callable[[Job, Progress], Mapping[str, Any]]


class Jobs:
    """The jobs of a workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, account_id: int, kind: JobKind, settings: Mapping[str, Any]) -> Job:
        """Queue a job."""
        job_id = secrets.token_hex(8)
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
            ORDER BY created DESC, id""",
            (wanted,), page, size,
        )  # fmt: skip
        return tuple(_job(row) for row in rows), total

    def latest_done(self, kind: JobKind) -> Job | None:
        """The last job of a kind that was done."""
        row = self._database.row(
            """SELECT * FROM jobs WHERE kind = ? AND state = 'done'
            ORDER BY finished DESC, id LIMIT 1""",
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
                error = '多次被中断, 不再自动重做; 可以重新提交'
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


class Worker:
    """Does one job after another in a thread of its own, behind the requests in line.

    Args:
        jobs: where they are kept.
        work: does one.
        tidy: clears away what is old; done at the start and once a day, when nothing waits.
    """

    def __init__(self, jobs: Jobs, work: Work, tidy: Callable[[], object]) -> None:
        self._jobs = jobs
        self._work = work
        self._tidy = tidy
        self._tidied: float | None = None
        self._stopping = threading.Event()
        self._called = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, with what a killed process left."""
        self._jobs.recover()
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
        self._thread.start()

    def call(self) -> None:
        """There is something to do."""
        self._called.set()

    def stop(self, seconds: float = 10.0) -> None:
        """Stop; a job that is running goes back into the queue."""
        self._stopping.set()
        self._called.set()
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self) -> None:
        step_back()
        while not self._stopping.is_set():
            try:
                job = self._jobs.claim() if self._jobs.waiting() else None
                if job is not None:
                    self._do(job)
                    continue
                self._tidy_daily()
            except MatcherError as error:  # a long import commits, the disk is full
                _log.warning("jobs cannot be noted", extra={"error": error.code})
            self._called.wait(_LOOKED_EVERY)
            self._called.clear()

    def _tidy_daily(self) -> None:
        moment = time.monotonic()
        if self._tidied is None or moment - self._tidied > _TIDIED_EVERY:
            self._tidied = moment
            self._tidy()

    def _do(self, job: Job) -> None:
        try:
            result = self._work(job, self._progress(job))
        except Halted as halted:
            if halted.again:
                self._jobs.requeue(job.job_id)
        except MatcherError as error:
            self._jobs.fail(job.job_id, error.message)
        except Exception as error:
            _log.exception("job failed", extra={"job": job.job_id, "kind": job.kind})
            self._jobs.fail(job.job_id, f"程序内部错误: {type(error).__name__}")
        else:
            self._jobs.finish(job.job_id, result)

    def _progress(self, job: Job) -> Progress:
        noted = 0.0

        def note(done: int, total: int) -> None:
            nonlocal noted
            if self._stopping.is_set():
                raise Halted(again=True)
            moment = time.monotonic()
            if moment - noted < _NOTED_EVERY and done < total:
                return
            noted = moment
            if self._jobs.note(job.job_id, done, total) == "cancelled":
                raise Halted(again=False)

        return note


def step_back() -> None:
    """Let the threads that answer requests go first, where the system can tell threads apart."""
    if hasattr(os, "setpriority") and hasattr(threading, "get_native_id"):
        try:
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
        except OSError:
            return


def _job(row: sqlite3.Row) -> Job:
    return Job(
        row["id"], row["account_id"], row["kind"], json.loads(row["settings"]), row["state"],
        row["attempts"], row["done"], row["total"], json.loads(row["result"]), row["error"],
        row["created"], row["started"], row["finished"],
    )  # fmt: skip
