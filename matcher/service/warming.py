"""What will be asked for is computed when nobody is waiting: after a start, after a change."""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Iterator

from matcher.errors import MatcherError
from matcher.service.context import Caller, Service
from matcher.service.desk.matching import MOST_TOGETHER, ChallengeFilter, TeamFilter
from matcher.service.desk.teams import own
from matcher.service.live.snapshot import WorkspaceSnapshot
from matcher.service.worker import step_back

_log = logging.getLogger("matcher.service")
# Seconds between two looks whether the library has changed, or whether nobody waits any more.
_LOOKED_EVERY, _PATIENCE = 2.0, 0.2
# Challenges ranked at a time: whoever asks meanwhile has this much on one core against them.
_TOGETHER = 8
# Passages of teams read at a time: a quarter second of one core.
_READ_TOGETHER = 32


class Warmer:
    """Ranks, behind all requests, what the first page of each role shows.

    That is the open published challenges, as far as ``warm_rankings`` allows, and the teams of
    every university that has an account. Then it reads the teams' directions that are not read
    yet, as far as ``warm_teams`` allows: whoever asks about something new would wait for those of
    sixty teams.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, with the snapshot there is."""
        if self._service.settings.warm_rankings:
            self._thread = threading.Thread(target=self._run, name="warming", daemon=True)
            self._thread.start()

    def stop(self, seconds: float = 10.0) -> None:
        """Stop after what is being computed."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self) -> None:
        step_back()
        done: WorkspaceSnapshot | None = None
        while not self._stopping.wait(_LOOKED_EVERY):
            try:
                snapshot = self._service.live.current()
                if snapshot is not done:
                    self.warm(snapshot)
                    done = snapshot
            except MatcherError as error:  # the next look tries again
                _log.warning("rankings could not be prepared", extra={"error": error.code})

    def warm(self, snapshot: WorkspaceSnapshot) -> None:
        """Compute everything for a snapshot, until it is stopped or there is a newer one."""
        steps = (
            self._searches(snapshot), self._universities(snapshot), self._challenges(snapshot),
            self._directions(snapshot),
        )  # fmt: skip
        for _ in itertools.chain(*steps):
            while self._service.live.busy and not self._stopping.wait(_PATIENCE):
                pass
            if self._stopping.is_set() or self._service.live.current() is not snapshot:
                return

    def _searches(self, snapshot: WorkspaceSnapshot) -> Iterator[None]:
        """One step each: what the first search and the first letter typed would wait for."""
        for prepared in ("challenge_library", "challenge_suggester", "team_suggester"):
            yield
            getattr(snapshot, prepared)

    def _universities(self, snapshot: WorkspaceSnapshot) -> Iterator[None]:
        """One step a few challenges: what universities' teams, those on the first page of each,
        score for them.
        """
        callers = {
            account.principal.organisation_key: Caller(self._service, account.principal)
            for account in self._service.accounts.all()
            if account.role == "university" and not account.disabled
        }
        first = [
            line.team_id for caller in callers.values() for line in own(caller)[:MOST_TOGETHER]
        ]
        for _ in snapshot.published.scored_along(first, ChallengeFilter().where):
            yield

    def _challenges(self, snapshot: WorkspaceSnapshot) -> Iterator[None]:
        """One step a few challenges: their teams."""
        asked = TeamFilter()
        lines = [line for line in snapshot.challenges.lines if line.published and line.open]
        chosen = [x.challenge_id for x in lines[-self._service.settings.warm_rankings :]]
        for low in range(0, len(chosen), _TOGETHER):
            yield
            snapshot.prepare_rankings(chosen[low : low + _TOGETHER], asked.where, asked.top)

    def _directions(self, snapshot: WorkspaceSnapshot) -> Iterator[None]:
        """One step a few teams: what they say they do, where that is not read yet."""
        settings = self._service.settings
        if settings.beside:
            return
        workspace = self._service.live.connect()
        for _ in workspace.reading_phrases(_READ_TOGETHER, settings.warm_teams):
            yield
