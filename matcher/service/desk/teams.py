"""Teams as a principal sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated

from pydantic import Field

from matcher.errors import NotFoundError
from matcher.records import EvidenceKind, OrgType, Team
from matcher.service.access import EVERY_TEAM, NARROW, Principal
from matcher.service.context import Caller
from matcher.service.desk import searching
from matcher.service.desk.challenges import Short
from matcher.service.live.searching import Found
from matcher.service.showing import is_in_hand, team_view
from matcher.service.store.versions import check_replaced
from matcher.service.views import (
    Asked,
    Option,
    Page,
    PageNumber,
    PageSize,
    TeamHit,
    TeamLine,
    TeamView,
    View,
)


class TeamQuery(Asked):
    """What of the teams is wanted; empty settings want all."""

    q: Annotated[str, Field(max_length=200, description="按意思和用词查找，词可用空格分开")] = ""
    province: Short = ""
    city: Short = ""
    org_type: OrgType | None = None
    domain: Annotated[str, Field(max_length=200, description="技术领域含有这个词")] = ""
    kind: Annotated[EvidenceKind | None, Field(description="有这类成果")] = None
    year: Annotated[int | None, Field(ge=1900, le=2200, description="最近一条成果的年份")] = None
    mine: Annotated[bool, Field(description="只要本单位的")] = False
    page: PageNumber = 1
    size: PageSize = 20

    def tests(self) -> dict[str, Callable[[TeamLine], bool]]:
        """What each filter that is set wants of a team, by its name."""
        tests: dict[str, Callable[[TeamLine], bool]] = {
            "province": lambda line: line.province == self.province,
            "city": lambda line: line.city == self.city,
            "org_type": lambda line: line.org_type == self.org_type,
            "domain": lambda line: any(self.domain in d for d in line.tech_domain),
            "kind": lambda line: self.kind in line.kinds,
            "year": lambda line: line.latest_year == self.year,
        }
        return {name: test for name, test in tests.items() if getattr(self, name)}


class TeamChoices(View):
    """The values the filters can take, each with how many are left if it is chosen."""

    provinces: list[Option]
    cities: list[Option]
    org_types: list[Option]
    domains: list[Option]
    kinds: list[Option]
    years: list[Option]


_EVERYTHING = TeamQuery()
_FACETS: Mapping[str, Callable[[TeamLine], Iterable[object]]] = {
    "province": lambda line: [line.province],
    "city": lambda line: [line.city],
    "org_type": lambda line: [line.org_type],
    "domain": lambda line: line.tech_domain,
    "kind": lambda line: line.kinds,
    "year": lambda line: [line.latest_year],
}


def browse(caller: Caller, query: TeamQuery) -> Page[TeamHit]:
    """A page of the teams, the most relevant first."""
    page = Page[TeamLine].of(_found(caller, query), query.page, query.size)
    search = searching.found(caller, "team", query.q) if query.q.strip() else None
    items = [_hit(line, search) for line in page.items]
    return Page[TeamHit](items=items, total=page.total, page=page.page, size=page.size)


def own(caller: Caller) -> list[TeamLine]:
    """The teams of the caller's organisation, by id; none for who has no organisation."""
    return _found(caller, TeamQuery(mine=True))


def choices(caller: Caller, query: TeamQuery = _EVERYTHING) -> TeamChoices:
    """What can be filtered by, among what the words and the other filters leave."""

    def work() -> TeamChoices:
        lines = _searched(caller, query)
        return _choices(searching.counted(lines, query.tests(), _FACETS))

    if not sees_all(caller.principal) or query.mine:
        return work()
    key = ("team choices", query.model_copy(update={"page": 1}))
    return caller.snapshot.results.get(key, work)


def view(caller: Caller, team_id: str) -> TeamView:
    """One team in full. Raises: NotFoundError."""
    return team_view(find(caller, team_id), caller.principal)


def find(caller: Caller, team_id: str) -> Team:
    """One team. Raises: NotFoundError."""
    team = caller.snapshot.matcher.teams.get(team_id)
    if team is None or not is_in_hand(caller.principal, team):
        raise NotFoundError("没有这个团队", given=team_id, remedy="核对编号，或在团队库里查找")
    return team


def find_own(caller: Caller, team_id: str) -> Team:
    """A team of the caller's organisation, or any for staff. Raises: NotFoundError."""
    team = find(caller, team_id)
    if not (caller.principal.is_staff or is_own(caller.principal, team)):
        raise NotFoundError("本单位没有这个团队", given=team_id, remedy="核对编号")
    return team


def replace(
    caller: Caller, before: Team | None, after: Team, change: Callable[[], object],
    *, as_stated: bool = False,
) -> None:  # fmt: skip
    """Write a team anew, or a new one, with what goes with it, in one transaction.

    Args:
        before: as it was read; None for a new one.
        change: see `Service.put`.

    Raises:
        ChangedError: somebody has changed it since it was read.
    """

    def work() -> None:
        change()
        if before is not None and before != after:
            check_replaced(caller.service.database, "team", before)

    caller.service.put([("team", [after])], work, as_stated=as_stated)


def is_own(principal: Principal, team: Team | TeamLine) -> bool:
    """Whether a team belongs to the principal's organisation."""
    aliases = team.org_aliases if isinstance(team, Team) else ()
    return principal.belongs_to(team.org_name, *aliases)


def sees_all(principal: Principal) -> bool:
    """Whether the whole library is open to it: a broker may have been given a few teams only."""
    return principal.role not in NARROW or EVERY_TEAM in principal.given.teams


def given_ids(caller: Caller, query: TeamQuery) -> list[str]:
    """The ids of the teams that pass, for who does not see all of them."""
    return [line.team_id for line in _found(caller, query)]


def _choices(options: Mapping[str, list[Option]]) -> TeamChoices:
    return TeamChoices(
        provinces=options["province"], cities=options["city"], org_types=options["org_type"],
        domains=options["domain"], kinds=options["kind"], years=options["year"],
    )  # fmt: skip


def _found(caller: Caller, query: TeamQuery) -> list[TeamLine]:
    """All that pass: the most relevant first, or by id."""
    return searching.kept(_searched(caller, query), query.tests())


def _searched(caller: Caller, query: TeamQuery) -> Sequence[TeamLine]:
    """What the words find of what the caller may see, and asks for as its own."""
    catalogue, principal = caller.snapshot.teams, caller.principal
    lines: Sequence[TeamLine] = catalogue.lines
    own = caller.snapshot.own_teams.get(principal.organisation_key, ()) if query.mine else None
    if query.q.strip():
        ids = searching.found(caller, "team", query.q).ids
        places = [catalogue.place[i] for i in ids if i in catalogue.place]
        among = None if own is None else set(own)
        lines = [catalogue.lines[p] for p in places if among is None or p in among]
    elif own is not None:
        lines = [catalogue.lines[place] for place in own]
    if sees_all(principal):
        return lines
    return [line for line in lines if is_in_hand(principal, line)]


def _hit(line: TeamLine, search: Found | None) -> TeamHit:
    if search is None:
        return TeamHit(**dict(line))
    said = search.excerpt(line.team_id, line.team_name)
    weak = line.team_id in search.weak
    return TeamHit(**dict(line), excerpt=said, terms=list(search.words), weak=weak)
