"""Matching as a principal may ask for it: both ways, side by side, consortia."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from matcher.assignment import RESEARCH_MEMBER
from matcher.consortium import Applicant, Consortium, ConsortiumRules, consortium, requirements
from matcher.errors import InputError
from matcher.index.documents import Filter, document_facts
from matcher.index.indexing import record_hash
from matcher.matches import Match, Ranking, fit
from matcher.plan_settings import allowed_bands
from matcher.policy import demand_organisations, others
from matcher.procedure import NOTHING, PAIR
from matcher.ranking.grades import Band
from matcher.records import Challenge, OrgType
from matcher.report.overrides import decisions
from matcher.service.context import Caller
from matcher.service.desk import cases, challenges, corrections, drafts, teams
from matcher.service.desk.challenges import Short
from matcher.service.live.snapshot import challenges_key
from matcher.service.showing import (
    challenge_line,
    challenge_match,
    facet_views,
    team_line,
    team_match,
)
from matcher.service.views import (
    Asked,
    ChallengesView,
    ComparisonView,
    ConsortiumMember,
    ConsortiumView,
    TeamLine,
    TeamMatch,
    TeamsView,
    View,
)
from matcher.text.dates import today
from matcher.text.organisations import normalise_organisation

MOST_COMPARED = 4
MOST_TOGETHER = 60


class TeamFilter(Asked):
    """Which teams may be candidates; empty settings let everybody through."""

    province: Short = ""
    city: Short = ""
    org_type: OrgType | None = None
    domain: Annotated[str, Field(max_length=200, description="技术领域含有这个词")] = ""
    since: Annotated[
        int | None, Field(ge=1900, le=2100, description="有这一年以后的成果")
    ] = None  # fmt: skip
    trl: Annotated[
        int | None, Field(ge=1, le=9, description="成熟度到这一级；没有写的不列")
    ] = None  # fmt: skip
    top: Annotated[int, Field(ge=1, le=50, description="列出多少个")] = 10

    @property
    def where(self) -> Filter:
        """As the matcher takes it."""
        return Filter(
            self.province, self.city, self.org_type or "", self.domain, since_year=self.since,
            least_trl=self.trl,
        )  # fmt: skip


class ChallengeFilter(Asked):
    """Which challenges are ranked for a team."""

    province: Short = ""
    city: Short = ""
    domain: Annotated[str, Field(max_length=200, description="技术领域含有这个词")] = ""
    open: Annotated[bool, Field(description="只要今天仍可揭榜的")] = True
    top: Annotated[int, Field(ge=1, le=50, description="列出多少个")] = 10

    @property
    def where(self) -> Filter:
        """As the matcher takes it."""
        day = today() if self.open else None
        return Filter(self.province, self.city, tech_domain=self.domain, open_on=day)

    @property
    def query(self) -> challenges.ChallengeQuery:
        """The same, as the list of challenges takes it."""
        given = self.model_dump(include={"province", "city", "domain", "open"})
        return challenges.ChallengeQuery.model_validate(given)


class ConsortiumSettings(Asked):
    """What a consortium must be."""

    size: Annotated[int, Field(ge=1, le=8, description="最多几个团队")] = 4
    research_member: Annotated[bool, Field(description="须有高校或科研院所")] = False
    enterprise_lead: Annotated[bool, Field(description="须有企业任盟主")] = False


class OwnFit(View):
    """A team of one's own before a challenge.

    Attributes:
        state: how far the pair is; "" where nothing was done.
    """

    team: TeamLine
    band: str
    state: str

    @property
    def may_begin(self) -> bool:
        """Whether interest may be expressed now."""
        return self.state in PAIR["表示意向"].sources


def challenge_of(caller: Caller, challenge_id: str) -> Challenge:
    """A challenge of a list, or a draft, that the caller may see. Raises: NotFoundError."""
    if drafts.is_draft_id(challenge_id):
        return drafts.find(caller, challenge_id).challenge
    return challenges.find(caller, challenge_id)


def teams_for(caller: Caller, challenge: Challenge, asked: TeamFilter) -> TeamsView:
    """The teams for a challenge, with their proof.

    Raises:
        InputError: there is no text to match.
    """
    ranking = caller.service.live.ranked(challenge, asked.where, asked.top)
    decided = _decided(caller, challenge.challenge_id)
    matches, candidates = _offered(caller, challenge, asked, ranking), 0
    if teams.sees_all(caller.principal):
        candidates = _candidates(caller, asked.where)
    else:
        matches, candidates = _among_given(caller, challenge, asked)
    return TeamsView(
        challenge=challenge_line(challenge),
        verdict=ranking.verdict,
        advice=ranking.advice,
        matches=_unmarked(caller, [team_match(m, decided.get(m.team_id, "")) for m in matches]),
        candidates=candidates,
    )


def own_for(caller: Caller, challenge_id: str, own: Sequence[TeamLine]) -> list[OwnFit]:
    """Some teams for a challenge, the best fitting first; those nothing is known of at the end."""
    challenge, ids = challenges.find(caller, challenge_id), tuple(one.team_id for one in own)
    key = ("own", challenge_id, record_hash(challenge), ids)
    bands = caller.service.live.cached(
        key, lambda s: {m.team_id: m.band for m in s.matcher.judge(challenge, ids)}
    )
    place = {team_id: n for n, team_id in enumerate(bands)}
    known = cases.known_to_teams(caller, caller.service.pairs.of_challenge(challenge_id))
    return [
        OwnFit(team=one, band=bands.get(one.team_id, Band.UNKNOWN),
               state=known.get((challenge_id, one.team_id), NOTHING))
        for one in sorted(own, key=lambda one: place.get(one.team_id, len(place)))
    ]  # fmt: skip


def challenges_for(caller: Caller, team_id: str, asked: ChallengeFilter) -> ChallengesView:
    """The challenges for a team; a university asks for its own teams only.

    Raises:
        NotFoundError: no such team for this caller.
        InputError: nothing is known of what the team does.
    """
    team = teams.find_own(caller, team_id)
    return ChallengesView(
        team=team_line(team),
        matches=corrections.corrected(
            caller, [challenge_match(m) for m in others(challenges_of(caller, team_id, asked))]
        ),
        candidates=len(challenges.found(caller, asked.query)),
    )


def challenges_of(caller: Caller, team_id: str, asked: ChallengeFilter) -> tuple[Match, ...]:
    """The challenges of a team; a university's other teams are scored along, at the first one."""
    principal, where, top = caller.principal, asked.where, asked.top
    beside = () if principal.is_staff else ranked_together(caller, team_id)
    return caller.service.live.cached(
        challenges_key(team_id, principal.is_staff, where, top),
        lambda snapshot: snapshot.matcher_for(principal).find_challenges(
            team_id, top, where, beside
        ),
    )


def ranked_together(caller: Caller, team_id: str) -> tuple[str, ...]:
    """A team and those of the same university that are looked at before and after it."""
    own = [line.team_id for line in teams.own(caller)]
    if team_id not in own:  # one of theirs by an alias
        return (team_id,)
    low = own.index(team_id) // MOST_TOGETHER * MOST_TOGETHER
    return tuple(own[low : low + MOST_TOGETHER])


def compared(caller: Caller, challenge: Challenge, team_ids: Sequence[str]) -> ComparisonView:
    """Named teams side by side, best first.

    Raises:
        InputError: none, or more than four.
        NotFoundError: no such team.
    """
    wanted = list(dict.fromkeys(team_ids))
    if not 1 <= len(wanted) <= MOST_COMPARED:
        raise InputError(
            "比较的团队数不对", given=f"{len(wanted)} 个", expected=f"1 至 {MOST_COMPARED} 个",
            remedy="选几个团队再比较",
        )  # fmt: skip
    for team_id in wanted:
        teams.find(caller, team_id)
    found = caller.service.live.matching(lambda snapshot: snapshot.matcher.judge(challenge, wanted))
    decided = _decided(caller, challenge.challenge_id)
    return ComparisonView(
        challenge=challenge_line(challenge),
        facets=facet_views(challenge),
        teams=corrections.corrected(
            caller, [team_match(m, decided.get(m.team_id, "")) for m in found]
        ),
    )


def consortium_for(
    caller: Caller, challenge: Challenge, asked: ConsortiumSettings
) -> ConsortiumView:
    """The fewest teams that together cover the challenge. Raises: InputError: no text."""
    ranking = caller.service.live.ranked(challenge, Filter(), 40)
    allowed = allowed_bands(Band.MEDIUM)
    able = [m for m in others(ranking.matches) if m.band in allowed or m.chance is None]
    rules = ConsortiumRules(
        max_teams=asked.size,
        enterprise_lead=asked.enterprise_lead,
        kinds=RESEARCH_MEMBER if asked.research_member else (),
    )
    applicants = [Applicant.from_match(m, fit(m.chance, m.rank)) for m in able]
    try:
        wanted = requirements(ranking.matches)
    except InputError as error:  # a title alone: nothing to be shared out, and a page that says so
        return ConsortiumView(
            challenge=challenge_line(challenge), facets=facet_views(challenge), members=[],
            coverage=0.0, single=None, single_coverage=0.0, open=[], unmet=[error.what],
        )  # fmt: skip
    applicants = corrections.as_applicants(caller, challenge.challenge_id, applicants)
    return _consortium_view(challenge, consortium(wanted, applicants, rules), able)


def _consortium_view(
    challenge: Challenge, made: Consortium, able: Sequence[Match]
) -> ConsortiumView:
    lines = {m.team_id: team_line(m.team) for m in able}
    return ConsortiumView(
        challenge=challenge_line(challenge),
        facets=facet_views(challenge),
        members=[
            ConsortiumMember(team=lines[m.team_id], role=m.role, facets=list(m.facets))
            for m in made.members
        ],
        coverage=round(made.coverage, 4),
        single=lines.get(made.best_single),
        single_coverage=round(made.single_coverage, 4),
        open=list(made.open),
        unmet=list(made.unmet),
    )


def _unmarked(caller: Caller, matches: list[TeamMatch]) -> list[TeamMatch]:
    """As corrected; a match that was marked as wrong is shown to staff alone, behind the others."""
    shown = corrections.corrected(caller, matches)
    return shown if caller.principal.is_staff else [m for m in shown if not m.marked]


def _offered(
    caller: Caller, challenge: Challenge, asked: TeamFilter, ranking: Ranking
) -> tuple[Match, ...]:
    """The list without teams of who posts the challenge; others move up in their place."""
    kept = others(ranking.matches)
    own = len(ranking.matches) - len(kept)
    if not own:
        return ranking.matches
    teams_of = caller.snapshot.own_teams
    keys = {normalise_organisation(name) for name in demand_organisations(challenge)}
    deeper = asked.top + max(own, sum(len(teams_of.get(key, ())) for key in keys))
    longer = caller.service.live.ranked(challenge, asked.where, deeper)
    return others(longer.matches)[: asked.top]


def _decided(caller: Caller, challenge_id: str) -> dict[str, str]:
    """What staff decided about teams of a challenge, in words; for staff only."""
    if not caller.principal.is_staff:
        return {}
    made = decisions(caller.snapshot.workspace.outcomes(challenge_id))
    return {team_id: made.words((c, team_id)) for c, team_id in {*made.pinned, *made.barred}}


def _among_given(
    caller: Caller, challenge: Challenge, asked: TeamFilter
) -> tuple[tuple[Match, ...], int]:
    """The best of the teams a broker was given, with the scores they have in the library."""
    query = teams.TeamQuery(province=asked.province, city=asked.city, org_type=asked.org_type,
                            domain=asked.domain)  # fmt: skip
    given = teams.given_ids(caller, query)
    if not given:
        return (), 0
    found = caller.service.live.matching(
        lambda snapshot: others(snapshot.matcher.judge(challenge, given))
    )
    where = Filter(since_year=asked.since, least_trl=asked.trl)
    kept = [m for m in found if where.accepts(document_facts(m.team))]
    return tuple(kept[: asked.top]), len(kept)


def _candidates(caller: Caller, where: Filter) -> int:
    snapshot = caller.snapshot
    library = snapshot.matcher.library.source
    key = ("candidates", where)
    return snapshot.results.get(key, lambda: int(library.accepted(where).sum()))
