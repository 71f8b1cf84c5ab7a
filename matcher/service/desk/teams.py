"""Teams as a principal sees them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from matcher.errors import NotFoundError
from matcher.records import OrgType, Team
from matcher.service.access import EVERY_TEAM, Principal
from matcher.service.context import Caller
from matcher.service.desk.challenges import Short
from matcher.service.live.catalogue import options
from matcher.service.showing import is_in_hand, team_view
from matcher.service.views import Option, Page, PageNumber, PageSize, TeamLine, TeamView, View


class TeamQuery(BaseModel):
    """What of the teams is wanted; empty settings want all."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    q: Annotated[str, Field(max_length=200, description="要出现的词, 空格分开")] = ""
    province: Short = ""
    city: Short = ""
    org_type: OrgType | None = None
    domain: Annotated[str, Field(max_length=200, description="技术领域含有这个词")] = ""
    mine: Annotated[bool, Field(description="只要本单位的")] = False
    page: PageNumber = 1
    size: PageSize = 20

    @property
    def is_open(self) -> bool:
        """Whether every team passes."""
        return not (self.q or self.province or self.city or self.org_type or self.domain)

    def keeps(self, line: TeamLine) -> bool:
        """Whether a team passes the filters."""
        return (
            self.province in ("", line.province)
            and self.city in ("", line.city)
            and self.org_type in (None, line.org_type)
            and (not self.domain or any(self.domain in d for d in line.tech_domain))
        )


class TeamChoices(View):
    """The values the filters can take."""

    provinces: list[Option]
    org_types: list[Option]
    domains: list[Option]


def browse(caller: Caller, query: TeamQuery) -> Page[TeamLine]:
    """A page of the teams."""
    return Page[TeamLine].of(_found(caller, query), query.page, query.size)


def own(caller: Caller) -> list[TeamLine]:
    """The teams of the caller's organisation, by id; none for who has no organisation."""
    return _found(caller, TeamQuery(mine=True))


def choices(caller: Caller) -> TeamChoices:
    """What can be filtered by."""
    snapshot = caller.snapshot
    if sees_all(caller.principal):
        return snapshot.results.get("team choices", lambda: _choices(snapshot.teams.lines))
    return _choices(_found(caller, TeamQuery()))


def view(caller: Caller, team_id: str) -> TeamView:
    """One team in full. Raises: NotFoundError."""
    return team_view(find(caller, team_id), caller.principal)


def find(caller: Caller, team_id: str) -> Team:
    """One team. Raises: NotFoundError."""
    team = caller.snapshot.matcher.teams.get(team_id)
    if team is None or not is_in_hand(caller.principal, team):
        raise NotFoundError("没有这个团队", given=team_id, remedy="核对编号，或在团队库里查找")
    return team


def is_own(principal: Principal, team: Team | TeamLine) -> bool:
    """Whether a team belongs to the principal's organisation."""
    aliases = team.org_aliases if isinstance(team, Team) else ()
    return principal.belongs_to(team.org_name, *aliases)


def sees_all(principal: Principal) -> bool:
    """Whether the whole library is open to it: a broker may have been given a few teams only."""
    return principal.role != "broker" or EVERY_TEAM in principal.given.teams


def given_ids(caller: Caller, query: TeamQuery) -> list[str]:
    """The ids of the teams that pass, for who does not see all of them."""
    return [line.team_id for line in _found(caller, query)]


def _choices(lines: Sequence[TeamLine]) -> TeamChoices:
    return TeamChoices(
        provinces=options(lines, lambda line: [line.province]),
        org_types=options(lines, lambda line: [line.org_type]),
        domains=options(lines, lambda line: line.tech_domain),
    )


def _found(caller: Caller, query: TeamQuery) -> list[TeamLine]:
    snapshot = caller.snapshot
    if not sees_all(caller.principal):
        return snapshot.teams.find(
            query.q, lambda line: is_in_hand(caller.principal, line) and query.keeps(line)
        )
    own = snapshot.own_teams.get(caller.principal.organisation_key, ()) if query.mine else None
    if own is None and query.is_open:
        return list(snapshot.teams.lines)
    return snapshot.teams.find(query.q, query.keeps, own)
