"""What a running service holds together; every route gets it from its request."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial

from fastapi import Request

from matcher.service.access import Principal
from matcher.service.accounts import Accounts
from matcher.service.audit import Audit
from matcher.service.database import Database
from matcher.service.desk import work
from matcher.service.jobs import Jobs, Worker
from matcher.service.keys import Keys
from matcher.service.library import Library
from matcher.service.limiting import Limiter
from matcher.service.observing import Measures
from matcher.service.replies import Replies
from matcher.service.retention import clear
from matcher.service.sessions import Sessions
from matcher.service.settings import Settings
from matcher.workspace import STORE_FILE


@dataclass(frozen=True)
class Service:
    """The parts of one running service."""

    settings: Settings
    database: Database
    accounts: Accounts
    sessions: Sessions
    audit: Audit
    keys: Keys
    jobs: Jobs
    replies: Replies
    limiter: Limiter
    measures: Measures
    library: Library

    @cached_property
    def worker(self) -> Worker:
        """Does the jobs."""
        kept = self.settings.workspace, self.settings.keep_days
        return Worker(
            self.jobs, partial(work.do, self), partial(clear, self.database, self.audit, *kept)
        )

    @classmethod
    def open(cls, settings: Settings) -> Service:
        """Open the workspace, made if there is none.

        Raises:
            WorkspaceError: damaged, newer, or made by another encoder.
            ModelError: the encoder is not installed.
        """
        library = Library(settings)
        library.workspace().make()
        database = Database(settings.workspace / STORE_FILE)
        return cls(
            settings,
            database,
            Accounts(database, settings.attempts, settings.lockout_minutes),
            Sessions(database, settings.session_hours, settings.idle_minutes),
            Audit(database),
            Keys(database),
            Jobs(database),
            Replies(database),
            Limiter(settings.requests_per_minute),
            Measures(),
            library,
        )

    def close(self) -> None:
        """Stop the jobs and release the workspace."""
        self.worker.stop()
        self.library.close()
        self.database.close()


def service_of(request: Request) -> Service:
    """The service a request is for."""
    found: Service = request.app.state.service
    return found


def principal_of(request: Request) -> Principal:
    """Who sent a request; the guard has found out."""
    found: Principal = request.state.principal
    return found
