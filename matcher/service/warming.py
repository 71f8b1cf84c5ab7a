"""What will be asked for is computed when nobody is waiting: after a start, after a change."""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Iterator

from matcher.errors import MatcherError
from matcher.service.context import Service
from matcher.service.desk.matching import (
    ChallengeFilter,
    TeamFilter,
    ranked_together,
    rankings_of,
)
from matcher.service.desk.teams import own
from matcher.service.jobs import step_back
from matcher.service.library import Edition

_log = logging.getLogger("matcher.service")
# Seconds between two looks whether the library has changed, or whether nobody waits any more.
_LOOKED_EVERY, _PATIENCE = 2.0, 0.2
# Challenges ranked at a time: whoever asks meanwhile has this much on one core against them.
_TOGETHER = 8


class Warmer:
    """Ranks, behind all requests, what the first page of each role shows.

    That is the open published challenges, as far as ``warm_rankings`` allows, and the teams of
    every university that has an account.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, with the edition there is."""
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
        done: Edition | None = None
        while not self._stopping.wait(_LOOKED_EVERY):
            try:
                edition = self._service.library.current()
                if edition is not done:
                    self.warm(edition)
                    done = edition
            except MatcherError as error:  # the next look tries again
                _log.warning("rankings could not be prepared", extra={"error": error.code})

    def warm(self, edition: Edition) -> None:
        """Compute everything for an edition, until it is stopped or there is a newer one."""
        for _ in itertools.chain(self._universities(edition), self._challenges(edition)):
            while self._service.library.busy and not self._stopping.wait(_PATIENCE):
                pass
            if self._stopping.is_set() or self._service.library.current() is not edition:
                return

    def _universities(self, edition: Edition) -> Iterator[None]:
        """One step a university: its teams against the open challenges."""
        known: set[str] = set()
        for account in self._service.accounts.all():
            principal = account.principal
            if account.role != "university" or account.disabled:
                continue
            if principal.organisation_key not in known:
                known.add(principal.organisation_key)
                yield
                for team in own(self._service, principal)[:1]:  # the others go with it
                    together = ranked_together(self._service, principal, team.team_id)
                    edition.prepare(*rankings_of(principal, together, ChallengeFilter()))

    def _challenges(self, edition: Edition) -> Iterator[None]:
        """One step a few challenges: their teams."""
        asked = TeamFilter()
        lines = [line for line in edition.challenges.lines if line.published and line.open]
        chosen = [x.challenge_id for x in lines[-self._service.settings.warm_rankings :]]
        for low in range(0, len(chosen), _TOGETHER):
            yield
            edition.prepare_rankings(chosen[low : low + _TOGETHER], asked.where, asked.top)
