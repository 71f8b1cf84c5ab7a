"""The matcher in use, reopened in the background when the workspace has changed."""

from __future__ import annotations

import gc
import logging
import threading
import time
from collections.abc import Callable, Hashable
from typing import TypeVar

from matcher.encoding import Encoder
from matcher.errors import MatcherError, WorkspaceError
from matcher.index.documents import Filter
from matcher.matches import Ranking
from matcher.models import open_encoder
from matcher.records import Challenge
from matcher.service.live.batcher import Batcher
from matcher.service.live.snapshot import WorkspaceSnapshot, ranking_key
from matcher.service.settings import Settings
from matcher.service.store.course import course_of
from matcher.workspace import Workspace

_log = logging.getLogger("matcher.service")
_T = TypeVar("_T")
# How often, in seconds, the workspace is asked whether it has changed.
_ASKED_EVERY = 1.0
# How often a matching is begun anew because what it reads was changed meanwhile.
_TRIED_ANEW = 5


class LiveWorkspace:
    """Everything in the workspace, ready to be matched; answers from the old snapshot while a new
    one is being opened.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._encoder: Encoder | None = None
        self._snapshot: WorkspaceSnapshot | None = None
        self._asked = 0.0
        self._opening = threading.Lock()
        self._batcher = Batcher(settings.matching_threads)

    @property
    def ready(self) -> bool:
        """Whether there is a snapshot to answer from."""
        return self._snapshot is not None

    def connect(self) -> Workspace:
        """The workspace with a connection of its own: for writing, or for long reading."""
        if self._encoder is None:
            self._encoder = open_encoder(self._settings.encoder)
        # None means no encoder asked for, which `Workspace` is told in the same way.
        return Workspace(self._settings.workspace, encoder=self._encoder)

    def current(self) -> WorkspaceSnapshot:
        """The snapshot to answer from; starts opening a newer one if there is one.

        Raises:
            WorkspaceError: the workspace cannot be opened.
        """
        snapshot = self._snapshot
        if snapshot is None:
            return self.reopen()
        moment = time.monotonic()
        if moment - self._asked > _ASKED_EVERY:
            self._asked = moment
            if snapshot.workspace.generation != snapshot.generation:
                threading.Thread(target=self._reopen_quietly, daemon=True).start()
        return snapshot

    def reopen(self) -> WorkspaceSnapshot:
        """Open the workspace as it is now and answer from it. Raises: as `current`."""
        with self._opening:
            snapshot = self._snapshot
            workspace = self.connect()
            if snapshot is not None and snapshot.generation == workspace.generation:
                return snapshot
            fresh = WorkspaceSnapshot.open(
                workspace, self._settings.choice, snapshot, course_of(workspace)
            )
            self._snapshot = fresh
            settle()
            return fresh

    @property
    def busy(self) -> bool:
        """Whether somebody is waiting for a matching."""
        return self._batcher.busy

    def matching(self, work: Callable[[WorkspaceSnapshot], _T]) -> _T:
        """Do some matching, as many at once as the settings allow.

        A record changed since the snapshot was opened is no error: it is opened anew.
        """
        return self._lasting(lambda snapshot: self._batcher.do(lambda: work(snapshot)))

    def cached(self, key: Hashable, work: Callable[[WorkspaceSnapshot], _T]) -> _T:
        """`matching`, from memory if this snapshot has given it before: that waits for nobody."""
        return self.current().results.get(key, lambda: self.matching(work))

    def ranked(self, challenge: Challenge, where: Filter, top: int) -> Ranking:
        """A ranking, remembered; made together with others that are asked for meanwhile.

        Raises:
            InputError: there is no text to match.
        """

        def work(snapshot: WorkspaceSnapshot) -> Ranking:
            ranking = self._batcher.rank(snapshot.matcher, challenge, top, where)
            # Read now: of one that was deleted since, the answer can still be begun anew.
            for match in ranking.matches:
                _ = match.team
            return ranking

        key = ranking_key(challenge, where, top)
        return self.current().results.get(key, lambda: self._lasting(work))

    def close(self) -> None:
        """Begin no further matching."""
        self._batcher.close()

    def _lasting(self, work: Callable[[WorkspaceSnapshot], _T]) -> _T:
        snapshot = self.current()
        for _ in range(_TRIED_ANEW):
            try:
                return work(snapshot)
            except WorkspaceError:
                fresh = self.reopen()
                if fresh is snapshot:
                    raise
                snapshot = fresh
        return work(snapshot)

    def _reopen_quietly(self) -> None:
        if not self._opening.acquire(blocking=False):
            return
        self._opening.release()
        try:
            self.reopen()
        except MatcherError as error:
            _log.error("workspace could not be reopened", extra={"error": error.code})


def settle() -> None:
    """What a snapshot holds stays as long as it does: collections need not look through it.

    With a hundred thousand teams every one of them would stop all requests for a quarter second.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
