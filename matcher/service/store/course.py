"""How far the challenges of a workspace are, read beside whoever writes."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property

from matcher.procedure import Award, furthest, stage_of
from matcher.records import Challenge
from matcher.service.store.audit import Audit
from matcher.service.store.database import Database
from matcher.service.store.pairs import Pairs
from matcher.service.store.states import States
from matcher.workspace import STORE_FILE, Workspace


@dataclass(frozen=True)
class Course:
    """How far the challenges are.

    Attributes:
        states: by challenge, where one was kept.
        awards: what was given to whom.
        parted: the pairs that came to nothing, each with how.
    """

    states: Mapping[str, str] = field(default_factory=dict)
    awards: tuple[Award, ...] = ()
    parted: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def staged(self, challenges: Mapping[str, Challenge]) -> Mapping[str, Challenge]:
        """The challenges with the stages that states and awards make of those of their file."""
        return {i: self._staged(c) for i in challenges if (c := challenges.get(i)) is not None}

    def _staged(self, challenge: Challenge) -> Challenge:
        own = challenge.challenge_id
        stage = stage_of(self.states.get(own), challenge, self._given.get(own, ""))
        if stage == challenge.stage:
            return challenge
        return challenge.model_copy(update={"stage": stage})

    @cached_property
    def _given(self) -> Mapping[str, str]:
        return furthest(self.awards)


def course_of(workspace: Workspace) -> Course:
    """What a workspace keeps of it; nothing where there is no workspace."""
    if not workspace.exists:
        return Course()
    with closing(Database(workspace.folder / STORE_FILE)) as database:
        audit = Audit(database)
        pairs = Pairs(database, audit)
        return Course(States(database, audit).all(), pairs.awards(), pairs.parted())
