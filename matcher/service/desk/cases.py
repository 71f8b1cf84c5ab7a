"""Which pair is meant, and what the caller is to it: a side, staff, or somebody it was given to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import Field

from matcher.errors import NotFoundError
from matcher.policy import is_demand_side
from matcher.procedure import NOTHING, PAIR, PUBLIC, SHARED, Party
from matcher.records import Challenge, Team
from matcher.service.access import BY_GRANT, OF_ORGANISATION, Principal
from matcher.service.context import Caller
from matcher.service.desk import teams
from matcher.service.showing import is_given, is_in_hand, is_own
from matcher.service.store.pairs import Pair
from matcher.service.views import Asked, Filled, PageNumber, PageSize

_Id = Annotated[str, Field(min_length=1, max_length=200)]


class PairQuery(Asked):
    """Which pairs are wanted; empty settings want all."""

    challenge: Annotated[str, Field(max_length=200, description="榜单编号")] = ""
    team: Annotated[str, Field(max_length=200, description="团队编号")] = ""
    state: Annotated[str, Field(max_length=20, description="现在到哪一步")] = ""
    page: PageNumber = 1
    size: PageSize = 20


class Named(Filled):
    """A pair by its two ids."""

    challenge_id: Annotated[_Id, Field(examples=["KB-18"])]
    team_id: Annotated[_Id, Field(examples=["L0001"])]


@dataclass(frozen=True)
class Case:
    """A pair with its records, and what the caller is to it.

    Attributes:
        pair: as far as the caller has learned of it, once `find` or `seen` gave it out.
        parties: a side, or staff: who reads its papers.
        brokered: whether the caller is a broker who was given both.
    """

    challenge: Challenge
    team: Team
    pair: Pair | None
    parties: tuple[Party, ...]
    brokered: bool = False

    @property
    def acting(self) -> tuple[Party, ...]:
        """As what the caller may move it."""
        return ("broker",) if self.brokered else self.parties

    @property
    def key(self) -> tuple[str, str]:
        """Challenge and team."""
        return self.challenge.challenge_id, self.team.team_id

    @property
    def state(self) -> str:
        """Where it stands."""
        return NOTHING if self.pair is None else self.pair.state

    @property
    def sides(self) -> Mapping[Party, str]:
        """The organisation of each side."""
        return {"demand": self.challenge.demand_org, "team": self.team.org_name}


def find(caller: Caller, challenge_id: str, team_id: str) -> Case:
    """A pair, begun or not, for one of its sides or staff.

    Raises:
        NotFoundError: there is no such pair for this caller.
    """
    matcher = caller.snapshot.matcher
    challenge, team = matcher.challenges.get(challenge_id), matcher.teams.get(team_id)
    pair = caller.service.pairs.find((challenge_id, team_id))
    if challenge is not None and team is not None:
        case = _case(caller.principal, challenge, team, pair)
        public = caller.snapshot.states[challenge_id] in PUBLIC
        told = pair is not None and "team" in pair.told
        if case.parties and (public or told or case.parties != ("team",)):
            return _as_known(caller, case)
        if case.brokered or watches(caller.principal, case):
            return _as_known(caller, case)
    raise NotFoundError(
        "没有这一对难题和团队", given=f"{challenge_id} – {team_id}", remedy="在“对接”里查找"
    )


def watches(principal: Principal, case: Case) -> bool:
    """Whether somebody who is no side of a pair reads it: whoever was given it, once both know.

    Local staff have what is in their charge, brokers need challenge and team; they see what they
    recommended, too.
    """
    if case.pair is None or principal.role not in BY_GRANT:
        return False
    if not (case.pair.told >= SHARED or (case.brokered and "broker" in case.pair.told)):
        return False
    return is_given(principal, case.challenge) and is_in_hand(principal, case.team)


def seen(caller: Caller, query: PairQuery) -> list[Case]:
    """The pairs a caller sees, of a challenge or team if one is asked for."""
    pairs, matcher = caller.service.pairs, caller.snapshot.matcher
    if query.challenge:
        kept: Sequence[Pair] = pairs.of_challenge(query.challenge)
    elif query.team:
        kept = pairs.of_teams([query.team])
    else:
        kept = pairs.in_states(PAIR.states)
    found = []
    for pair in kept:
        challenge, team = matcher.challenges.get(pair.challenge_id), matcher.teams.get(pair.team_id)
        if challenge is None or team is None or query.team not in ("", pair.team_id):
            continue
        case = _case(caller.principal, challenge, team, pair)
        own = case.parties and (case.parties != ("team",) or "team" in pair.told)
        if own or watches(caller.principal, case):
            found.append((pair, case))
    known = pairs.all_as_known([(pair, case.acting) for pair, case in found])
    return [replace(case, pair=one) for (_, case), one in zip(found, known, strict=True)]


def known_to_teams(caller: Caller, pairs: Sequence[Pair]) -> Mapping[tuple[str, str], str]:
    """How far pairs are, as the side of the team knows: of a shortlist it is not told."""
    known = caller.service.pairs.all_as_known([(pair, ["team"]) for pair in pairs])
    return {pair.key: pair.state for pair in known if pair is not None and pair.state != NOTHING}


def _as_known(caller: Caller, case: Case) -> Case:
    """A case with the pair as far as the caller has learned of it."""
    known = case.pair and caller.service.pairs.as_known(case.pair, case.acting)
    return replace(case, pair=known)


def _case(principal: Principal, challenge: Challenge, team: Team, pair: Pair | None) -> Case:
    brokered = (
        principal.role == "broker" and not is_demand_side(challenge, team)
        and is_given(principal, challenge) and is_in_hand(principal, team)
    )  # fmt: skip
    return Case(challenge, team, pair, _parties(principal, challenge, team), brokered)


def _parties(principal: Principal, challenge: Challenge, team: Team) -> tuple[Party, ...]:
    """What somebody is to a pair; nobody is anything where an organisation would pair itself."""
    if is_demand_side(challenge, team):
        return ()
    if principal.is_staff:  # they also stand in for an organisation that no list names
        return ("staff",) if challenge.demand_org else ("staff", "demand")
    if is_own(principal, challenge):
        return ("demand",)
    if principal.role in OF_ORGANISATION and teams.is_own(principal, team):
        return ("team",)
    return ()
