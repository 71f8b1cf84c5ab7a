"""Does the background jobs, one after another, behind the requests in line."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from matcher.errors import MatcherError
from matcher.progress import Progress
from matcher.service.remedies import at_pages, remedy_at_pages
from matcher.service.store.jobs import Job, Jobs
from matcher.text.dates import today

_log = logging.getLogger("matcher.service")
# Progress is noted this often, in seconds: every note is a transaction.
_NOTED_EVERY = 0.5
_LOOKED_EVERY = 1.0
# A day's work that could not be done is tried again after as many seconds.
_TRIED_AGAIN = 60.0
_NICENESS = 5


class Halted(Exception):  # noqa: N818
    """Raised inside a job that should stop; ``again`` if it is to be queued anew."""

    def __init__(self, again: bool) -> None:
        self.again = again
        super().__init__()


Work = Callable[[Job, Progress], Mapping[str, Any]]


class Worker:
    """Does one job after another in a thread of its own, behind the requests in line.

    Args:
        jobs: where they are kept.
        work: does one.
        daily: what a new day brings; done at the start and when a day begins in China, when no
            job waits.
    """

    def __init__(self, jobs: Jobs, work: Work, daily: Callable[[], object]) -> None:
        self._jobs = jobs
        self._work = work
        self._daily = daily
        self._day: date | None = None
        self._next_try = 0.0
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, with what a killed process left."""
        self._jobs.recover()
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
        self._thread.start()

    def stop(self, seconds: float = 10.0) -> None:
        """Stop; a job that is running goes back into the queue."""
        self._stopping.set()
        self._jobs.call()
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
                self._begin_day()
            except MatcherError as error:  # a long import commits, the disk is full
                _log.warning("jobs cannot be noted", extra={"error": error.code})
            except Exception:
                _log.exception("the work of the day cannot be done")
            self._jobs.called.wait(_LOOKED_EVERY)
            self._jobs.called.clear()

    def _begin_day(self) -> None:
        day = today()
        if day == self._day or time.monotonic() < self._next_try:
            return
        self._next_try = time.monotonic() + _TRIED_AGAIN
        self._daily()
        self._day, self._next_try = day, 0.0

    def _do(self, job: Job) -> None:
        try:
            result = self._work(job, self._progress(job))
        except Halted as halted:
            if halted.again:
                self._jobs.requeue(job.job_id)
        except MatcherError as error:
            error.remedy = remedy_at_pages(error.remedy) if error.remedy else None
            self._jobs.fail(job.job_id, at_pages(error.message))
        except Exception as error:
            _log.exception("job failed", extra={"job": job.job_id, "kind": job.kind})
            self._jobs.fail(job.job_id, f"程序内部错误：{type(error).__name__}")
        else:
            self._jobs.finish(job.job_id, result)

    def _progress(self, job: Job) -> Progress:
        noted = 0.0

        def note(done: int, total: int | None) -> None:
            nonlocal noted
            if self._stopping.is_set():
                raise Halted(again=True)
            moment = time.monotonic()
            if moment - noted < _NOTED_EVERY and done != total:
                return
            noted = moment
            if self._jobs.note(job.job_id, done, total or 0) == "cancelled":
                raise Halted(again=False)

        return note


def step_back() -> None:
    """Let the threads that answer requests go first, where the system can tell threads apart."""
    if hasattr(os, "setpriority") and hasattr(threading, "get_native_id"):
        try:
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
        except OSError:
            return
