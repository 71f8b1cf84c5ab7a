"""The matcher in use, reopened in the background when the workspace has changed."""

from __future__ import annotations

import gc
import logging
import threading
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

from matcher.encoding import Encoder
from matcher.errors import MatcherError, WorkspaceError
from matcher.index.indexing import record_hash
from matcher.index.owners import Filter
from matcher.matches import Ranking
from matcher.models import open_encoder
from matcher.pipeline import Matcher
from matcher.records import Challenge
from matcher.service.access import Principal
from matcher.service.catalogue import Shelf, by_organisation, challenge_shelf, team_shelf
from matcher.service.desk.showing import is_published
from matcher.service.desk.views import ChallengeLine, TeamLine
from matcher.service.gathering import Gathering
from matcher.service.remembering import Remembered
from matcher.service.settings import Settings
from matcher.workspace import Workspace

_log = logging.getLogger("matcher.service")
_T = TypeVar("_T")
# How often, in seconds, the workspace is asked whether it has changed.
_ASKED_EVERY = 1.0
_RESULTS = 1000
_WARMING = "轴承钢夹杂物控制与疲劳寿命"


@dataclass(frozen=True)
class Edition:
    """Everything in the workspace at one moment.

    Attributes:
        matcher: over all challenges; for staff.
        published: the same, over published challenges only; for everybody else.
        challenges, teams: lists for browsing.
        own_teams: where in ``teams`` those of an organisation are, by its normalised name.
        results: rankings computed for this edition.
    """

    generation: int
    workspace: Workspace
    matcher: Matcher
    published: Matcher
    challenges: Shelf[ChallengeLine]
    teams: Shelf[TeamLine]
    own_teams: Mapping[str, tuple[int, ...]]
    results: Remembered = field(default_factory=lambda: Remembered(_RESULTS))

    @classmethod
    def open(cls, workspace: Workspace, ranker: str, before: Edition | None = None) -> Edition:
        """The workspace as it is now; what did not change is taken over from ``before``.

        Raises:
            WorkspaceError: it cannot be opened.
        """
        generation = workspace.generation
        matcher = workspace.matcher(ranker)
        # Challenges are few beside teams: read once, not at every team's ranking.
        stored = matcher.challenges
        challenges = {i: c for i in stored if (c := stored.get(i)) is not None}
        matcher = replace(matcher, challenges=challenges)
        published = replace(
            matcher, challenges={i: c for i, c in challenges.items() if is_published(c)}
        )
        # What is made at first use is made here, not in somebody's first request.
        vars(published)["centre"] = matcher.centre
        if matcher.library.owners:
            matcher.rank(Challenge.from_text(_WARMING), 1)
        teams = team_shelf(
            matcher.teams, workspace.hashes("team"), None if before is None else before.teams
        )
        return cls(
            generation, workspace, matcher, published, challenge_shelf(challenges.values()), teams,
            by_organisation(teams),
        )  # fmt: skip

    def prepare(self, key: Hashable, work: Callable[[Edition], object]) -> None:
        """Remember a result before anybody asks, computed in this thread."""
        self.results.of(key, lambda: work(self))

    def prepare_rankings(self, challenge_ids: Sequence[str], where: Filter, top: int) -> None:
        """The same for rankings, made together; challenges without a text are passed over."""
        wanted = [c for i in challenge_ids if (c := self.matcher.challenges.get(i)) is not None]
        fresh = [c for c in wanted if not self.results.holds(ranking_key(c, where, top))]
        for found in self.matcher.rankings(fresh, top, where):
            if isinstance(found, Ranking):
                key = ranking_key(found.challenge, where, top)
                self.results.of(key, partial(_same, found))

    def matcher_for(self, principal: Principal) -> Matcher:
        """The matcher over what a principal may see."""
        return self.matcher if principal.is_staff else self.published


class Library:
    """Everything in the workspace, ready to be matched; answers from the old edition while a new
    one is being opened.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._encoder: Encoder | None = None
        self._edition: Edition | None = None
        self._asked = 0.0
        self._opening = threading.Lock()
        self._gathering = Gathering(settings.matching_threads)

    @property
    def ready(self) -> bool:
        """Whether there is an edition to answer from."""
        return self._edition is not None

    def workspace(self) -> Workspace:
        """A workspace with a connection of its own: for writing, or for long reading."""
        if self._encoder is None:
            self._encoder = open_encoder(self._settings.encoder)
        # None means no encoder asked for, which `Workspace` is told in the same way.
        return Workspace(self._settings.workspace, encoder=self._encoder)

    def current(self) -> Edition:
        """The edition to answer from; starts opening a newer one if there is one.

        Raises:
            WorkspaceError: the workspace cannot be opened.
        """
        edition = self._edition
        if edition is None:
            return self.reopen()
        moment = time.monotonic()
        if moment - self._asked > _ASKED_EVERY:
            self._asked = moment
            if edition.workspace.generation != edition.generation:
                threading.Thread(target=self._reopen_quietly, daemon=True).start()
        return edition

    def reopen(self) -> Edition:
        """Open the workspace as it is now and answer from it. Raises: as `current`."""
        with self._opening:
            edition = self._edition
            workspace = self.workspace()
            if edition is not None and edition.generation == workspace.generation:
                return edition
            fresh = Edition.open(workspace, self._settings.ranker, edition)
            self._edition = fresh
            _settle()
            return fresh

    @property
    def busy(self) -> bool:
        """Whether somebody is waiting for a matching."""
        return self._gathering.busy

    def matching(self, work: Callable[[Edition], _T]) -> _T:
        """Do some matching, as many at once as the settings allow.

        A record deleted since the edition was opened is no error: it is opened anew, once.
        """
        return self._lasting(lambda edition: self._gathering.do(lambda: work(edition)))

    def remembered(self, key: Hashable, work: Callable[[Edition], _T]) -> _T:
        """`matching`, from memory if this edition has given it before: that waits for nobody."""
        return self.current().results.of(key, lambda: self.matching(work))

    def ranked(self, challenge: Challenge, where: Filter, top: int) -> Ranking:
        """A ranking, remembered; made together with others that are asked for meanwhile.

        Raises:
            InputError: there is no text to match.
        """

        def work(edition: Edition) -> Ranking:
            return self._gathering.rank(edition.matcher, challenge, top, where)

        key = ranking_key(challenge, where, top)
        return self.current().results.of(key, lambda: self._lasting(work))

    def close(self) -> None:
        """Begin no further matching."""
        self._gathering.close()

    def _lasting(self, work: Callable[[Edition], _T]) -> _T:
        edition = self.current()
        try:
            return work(edition)
        except WorkspaceError:
            fresh = self.reopen()
            if fresh is edition:
                raise
            return work(fresh)

    def _reopen_quietly(self) -> None:
        if not self._opening.acquire(blocking=False):
            return
        self._opening.release()
        try:
            self.reopen()
        except MatcherError as error:
            _log.error("workspace could not be reopened", extra={"error": error.code})


def ranking_key(challenge: Challenge, where: Filter, top: int) -> Hashable:
    """What a ranking is remembered by."""
    return "teams", record_hash(challenge), where, top


def _same(ranking: Ranking) -> Ranking:
    return ranking


def _settle() -> None:
    """What an edition holds stays as long as it does: collections need not look through it.

    With a hundred thousand teams every one of them would stop all requests for a quarter second.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
