"""Everything in the workspace at one moment, ready to be matched and browsed."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

from matcher.contest import Contests
from matcher.index.documents import Filter
from matcher.index.indexing import record_hash
from matcher.index.library import Library
from matcher.matches import Ranking
from matcher.models import RankerChoice
from matcher.once import Once
from matcher.pipeline import Matcher
from matcher.procedure import Award, state_of
from matcher.records import Challenge
from matcher.service.access import Principal
from matcher.service.live.catalogue import (
    Catalogue,
    by_organisation,
    challenge_catalogue,
    team_catalogue,
)
from matcher.service.live.suggesting import Suggester
from matcher.service.showing import is_published
from matcher.service.store.course import Course
from matcher.service.views import ChallengeLine, TeamLine
from matcher.workspace import Workspace

_RESULTS = 1000
MadeFrom = tuple[RankerChoice, tuple[int, int]]
_TEAMS, _CHALLENGES = "teams", "challenges"
_WARMING = "轴承钢夹杂物控制与疲劳寿命"


@dataclass(frozen=True)
class WorkspaceSnapshot:
    """Everything in the workspace at one moment.

    Attributes:
        matcher: over all challenges; for staff.
        published: the same, over published challenges only; for everybody else.
        states: of the challenges, by id; their stages follow them and the awards.
        awards: which challenge was given to whom.
        challenges, teams: lists for browsing.
        own_teams: where in ``teams`` those of an organisation are, by its normalised name.
        made_from: the ranker, and what is searched of the teams: both decide all scores.
        challenge_hashes: of the challenges, by id.
        results: rankings computed for this snapshot, or for one before it where they still hold.
    """

    generation: int
    workspace: Workspace
    matcher: Matcher
    published: Matcher
    states: Mapping[str, str]
    awards: tuple[Award, ...]
    challenges: Catalogue[ChallengeLine]
    teams: Catalogue[TeamLine]
    own_teams: Mapping[str, tuple[int, ...]]
    made_from: MadeFrom
    challenge_hashes: Mapping[str, str]
    results: Once = field(default_factory=lambda: Once(_RESULTS))

    @classmethod
    def open(
        cls, workspace: Workspace, ranker: RankerChoice, before: WorkspaceSnapshot | None = None,
        course: Course | None = None,
    ) -> WorkspaceSnapshot:  # fmt: skip
        """The workspace as it is now; what did not change is taken over from ``before``.

        Args:
            course: how far the challenges are; None: as their files say.

        Raises:
            WorkspaceError: it cannot be opened.
        """
        generation = workspace.generation
        made_from = ranker.over(workspace.ranker), workspace.mark("team")
        matcher = _opened(workspace, made_from, before)
        # Challenges are few beside teams: read once, not at every team's ranking.
        course = course or Course()
        challenges = course.staged(matcher.challenges)
        states = {i: state_of(course.states.get(i), c) for i, c in challenges.items()}
        matcher = matcher.over(challenges)
        published = matcher.over({i: c for i, c in challenges.items() if is_published(c)})
        # What is made at first use is made here, not in somebody's first request.
        if matcher.library.ids:
            matcher.rank(Challenge.from_text(_WARMING), 1)
        teams = team_catalogue(
            matcher.teams, workspace.hashes("team"), None if before is None else before.teams
        )
        made = cls(
            generation,
            workspace,
            matcher,
            published,
            states,
            course.awards,
            challenge_catalogue(challenges.values(), states),
            teams,
            by_organisation(teams),
            made_from,
            workspace.hashes("challenge"),
        )
        if before is not None and before.made_from == made.made_from:
            return replace(made, results=before.results.only(_outliving(before, made)))
        return made

    @cached_property
    def challenge_library(self) -> Library:
        """The challenges, to be searched as teams are."""
        return self.workspace.challenge_library()

    @cached_property
    def challenge_suggester(self) -> Suggester:
        """What may be about to be typed in a search of challenges."""
        return Suggester.of(self.challenges)

    @cached_property
    def team_suggester(self) -> Suggester:
        """The same of teams."""
        return Suggester.of(self.teams)

    def prepare(self, key: Hashable, work: Callable[[WorkspaceSnapshot], object]) -> None:
        """Remember a result before anybody asks, computed in this thread."""
        self.results.get(key, lambda: work(self))

    def prepare_rankings(self, challenge_ids: Sequence[str], where: Filter, top: int) -> None:
        """The same for rankings, made together; challenges without a text are passed over."""
        wanted = [c for i in challenge_ids if (c := self.matcher.challenges.get(i)) is not None]
        fresh = [c for c in wanted if not self.results.holds(ranking_key(c, where, top))]
        for found in self.matcher.rankings(fresh, top, where):
            if isinstance(found, Ranking):
                key = ranking_key(found.challenge, where, top)
                self.results.get(key, partial(_same, found))

    def matcher_for(self, principal: Principal) -> Matcher:
        """The matcher over what a principal may see."""
        return self.matcher if principal.is_staff else self.published


def ranking_key(challenge: Challenge, where: Filter, top: int) -> Hashable:
    """What a ranking is remembered by."""
    return _TEAMS, record_hash(challenge), where, top


def challenges_key(team_id: str, staff: bool, where: Filter, top: int) -> Hashable:
    """What the challenges of a team are remembered by."""
    return _CHALLENGES, team_id, staff, where, top


def _outliving(
    before: WorkspaceSnapshot, after: WorkspaceSnapshot
) -> Callable[[Hashable, Any], bool]:
    """Which results of one snapshot are those of the next, whose scores are the same.

    All that name no team whose record changed; the challenges of a team where no challenge did.
    """
    held = set(before.teams.hashes)
    changed = {one for one, mark in zip(after.teams.ids, after.teams.hashes, strict=True)
               if mark not in held}  # fmt: skip
    same_challenges = (before.challenge_hashes, before.states, before.awards) == (
        after.challenge_hashes, after.states, after.awards
    )  # fmt: skip

    def outlives(key: Hashable, result: Any) -> bool:
        kind, *named = key if isinstance(key, tuple) else ("",)
        if kind == _TEAMS:
            return changed.isdisjoint(match.team_id for match in result.matches)
        return kind == _CHALLENGES and same_challenges and named[0] not in changed

    return outlives


def _opened(workspace: Workspace, made_from: MadeFrom, before: WorkspaceSnapshot | None) -> Matcher:
    """A matcher that goes on with what an earlier one has read and worked out."""
    chosen, _ = made_from
    if before is None or before.made_from[0] != chosen:
        return replace(workspace.matcher(chosen), contests=Contests())
    kept = before.matcher.contests
    if kept is not None and before.made_from != made_from:
        kept = kept.elsewhere()
    matcher = replace(workspace.matcher(before.matcher.ranker), contests=kept)
    matcher.centre, matcher.reader = before.matcher.centre, before.matcher.reader
    return matcher


def _same(ranking: Ranking) -> Ranking:
    return ranking
