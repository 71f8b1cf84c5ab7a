"""Teams as a principal sees them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from matcher.errors import NotFoundError
from matcher.records import OrgType, Team
from matcher.service.access import Principal
from matcher.service.catalogue import options
from matcher.service.context import Service
from matcher.service.desk.challenges import Short
from matcher.service.desk.showing import team_view
from matcher.service.desk.views import Option, Page, PageNumber, PageSize, TeamLine, TeamView, View


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


def browse(service: Service, principal: Principal, query: TeamQuery) -> Page[TeamLine]:
    """A page of the teams."""
    return Page[TeamLine].of(_found(service, principal, query), query.page, query.size)


def own(service: Service, principal: Principal) -> list[TeamLine]:
    """The teams of the principal's organisation, by id; none for who has no organisation."""
    return _found(service, principal, TeamQuery(mine=True))


def choices(service: Service) -> TeamChoices:
    """What can be filtered by."""
    edition = service.library.current()
    return edition.results.of(
        "team choices",
        lambda: TeamChoices(
            provinces=options(edition.teams.lines, lambda line: [line.province]),
            org_types=options(edition.teams.lines, lambda line: [line.org_type]),
            domains=options(edition.teams.lines, lambda line: line.tech_domain),
        ),
    )


def view(service: Service, principal: Principal, team_id: str) -> TeamView:
    """One team in full. Raises: NotFoundError."""
    return team_view(find(service, team_id), principal)


def find(service: Service, team_id: str) -> Team:
    """One team. Raises: NotFoundError."""
    team = service.library.current().matcher.teams.get(team_id)
    if team is None:
        raise NotFoundError("没有这个团队", given=team_id, remedy="核对编号, 或在团队库里查找")
    return team


def is_own(principal: Principal, team: Team | TeamLine) -> bool:
    """Whether a team belongs to the principal's organisation."""
    aliases = team.org_aliases if isinstance(team, Team) else ()
    return principal.belongs_to(team.org_name, *aliases)


def _found(service: Service, principal: Principal, query: TeamQuery) -> list[TeamLine]:
    edition = service.library.current()
    own = edition.own_teams.get(principal.organisation_key, ()) if query.mine else None
    if own is None and query.is_open:
        return list(edition.teams.lines)
    return edition.teams.find(query.q, query.keeps, own)
