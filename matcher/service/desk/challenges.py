"""Challenges as a principal sees them: lists, one in full, the values of the filters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from matcher.contacts import hide_contacts
from matcher.errors import NotFoundError
from matcher.records import Challenge, ChallengeStage
from matcher.service.access import BY_GRANT, Principal
from matcher.service.context import Caller
from matcher.service.desk import searching
from matcher.service.live.catalogue import is_open
from matcher.service.live.searching import Found
from matcher.service.showing import challenge_view, is_given, may_see
from matcher.service.store.steps import Steps
from matcher.service.views import (
    Asked,
    ChallengeHit,
    ChallengeLine,
    ChallengeView,
    Corrected,
    Option,
    Page,
    PageNumber,
    PageSize,
    View,
)
from matcher.text.dates import today

Short = Annotated[str, Field(max_length=200)]


class ChallengeQuery(Asked):
    """What of the challenges is wanted; empty settings want all."""

    q: Annotated[str, Field(max_length=200, description="按意思和用词查找，词可用空格分开")] = ""
    province: Short = ""
    city: Short = ""
    industry: Short = ""
    domain: Annotated[str, Field(max_length=200, description="技术领域含有这个词")] = ""
    org: Annotated[str, Field(max_length=200, description="需求单位含有这个词")] = ""
    stage: ChallengeStage | None = None
    year: Annotated[int | None, Field(ge=1900, le=2200, description="揭榜截止的年份")] = None
    open: Annotated[bool, Field(description="只要今天仍可揭榜的")] = False
    mine: Annotated[bool, Field(description="只要本单位的；经纪人和市县园区：交给他的")] = False
    sort: Annotated[
        Literal["relevance", "id", "deadline", "amount"],
        Field(description="排序；relevance：最相关的在前，没有查找的词时按编号"),
    ] = "relevance"
    page: PageNumber = 1
    size: PageSize = 20

    def tests(self, principal: Principal) -> dict[str, Callable[[ChallengeLine], bool]]:
        """What each filter that is set wants of a challenge, by its name."""
        day = today()
        tests: dict[str, Callable[[ChallengeLine], bool]] = {
            "province": lambda line: line.province == self.province,
            "city": lambda line: line.city == self.city,
            "industry": lambda line: line.industry == self.industry,
            "domain": lambda line: any(self.domain in d for d in line.tech_domain),
            "org": lambda line: self.org in line.demand_org,
            "stage": lambda line: line.stage == self.stage,
            "year": lambda line: _year(line) == self.year,
            "open": lambda line: line.published and is_open(line, day),
            "mine": lambda line: (
                is_given(principal, line)
                if principal.role in BY_GRANT
                else principal.belongs_to(line.demand_org)
            ),
        }
        return {name: test for name, test in tests.items() if getattr(self, name)}


class ChallengeChoices(View):
    """The values the filters can take, each with how many are left if it is chosen."""

    provinces: list[Option]
    cities: list[Option]
    industries: list[Option]
    domains: list[Option]
    stages: list[Option]
    years: list[Option]


_EVERYTHING = ChallengeQuery()
_FACETS: Mapping[str, Callable[[ChallengeLine], Iterable[object]]] = {
    "province": lambda line: [line.province],
    "city": lambda line: [line.city],
    "industry": lambda line: [line.industry],
    "domain": lambda line: line.tech_domain,
    "stage": lambda line: [line.stage],
    "year": lambda line: [_year(line)],
}


def browse(caller: Caller, query: ChallengeQuery) -> Page[ChallengeHit]:
    """A page of the challenges a caller may see, in the order asked for, the weak finds last."""
    lines = sorted_lines(found(caller, query), query.sort)
    search = searching.found(caller, "challenge", query.q) if query.q.strip() else None
    if search is not None:
        lines.sort(key=lambda line: line.challenge_id in search.weak)
    page = Page[ChallengeLine].of(lines, query.page, query.size)
    items = [_hit(line, search) for line in page.items]
    return Page[ChallengeHit](items=items, total=page.total, page=page.page, size=page.size)


def found(caller: Caller, query: ChallengeQuery) -> list[ChallengeLine]:
    """All of them: the most relevant first, or by id."""
    return searching.kept(_searched(caller, query.q), query.tests(caller.principal))


def _searched(caller: Caller, text: str) -> list[ChallengeLine]:
    """What the words find of what the caller may see."""
    public = caller.service.settings.public_lists
    catalogue = caller.snapshot.challenges
    lines: Iterable[ChallengeLine] = catalogue.lines
    if text.strip():
        ids = searching.found(caller, "challenge", text).ids
        lines = (catalogue.lines[catalogue.place[i]] for i in ids if i in catalogue.place)
    return [line for line in lines if may_see(caller.principal, line, public)]


def sorted_lines(lines: list[ChallengeLine], sort: str) -> list[ChallengeLine]:
    """As found; by id; by deadline, the next first; by amount, the largest first."""
    if sort == "id":
        return sorted(lines, key=lambda x: x.challenge_id)
    if sort == "deadline":
        return sorted(lines, key=lambda x: x.apply_deadline or date.max)
    if sort == "amount":
        return sorted(lines, key=lambda x: -(x.bounty_wan or 0.0))
    return lines


def choices(caller: Caller, query: ChallengeQuery = _EVERYTHING) -> ChallengeChoices:
    """What can be filtered by, among what the words and the other filters leave."""
    lines, tests = _searched(caller, query.q), query.tests(caller.principal)
    options = searching.counted(lines, tests, _FACETS)
    return ChallengeChoices(
        provinces=options["province"], cities=options["city"], industries=options["industry"],
        domains=options["domain"], stages=options["stage"], years=options["year"],
    )  # fmt: skip


def view(caller: Caller, challenge_id: str) -> ChallengeView:
    """One challenge in full. Raises: NotFoundError."""
    shown = challenge_view(find(caller, challenge_id), caller.principal)
    return shown.model_copy(
        update={
            "state": caller.snapshot.states[challenge_id],
            "corrections": _corrected(caller, challenge_id),
        }
    )


def _corrected(caller: Caller, challenge_id: str) -> list[Corrected]:
    """What was corrected in public and why, the latest first; what was undone is not told.

    The name of a file that was imported is nobody else's business.
    """
    steps = Steps(caller.service.database).of("challenge", challenge_id)
    return [
        Corrected(
            at=step.at,
            changed=[hide_contacts(one) for one in step.detail.get("told", ())],
            reason="按新的榜单" if "file" in step.detail else hide_contacts(step.reason),
        )
        for step in reversed(steps)
        if step.move == "更正" and step.reason and step.undone is None
    ]


def find(caller: Caller, challenge_id: str) -> Challenge:
    """One challenge; one that may not be seen is told like one that is not there.

    Raises:
        NotFoundError: no such challenge for this caller.
    """
    challenge = caller.snapshot.matcher.challenges.get(challenge_id)
    public = caller.service.settings.public_lists
    if challenge is None or not may_see(caller.principal, challenge, public):
        raise NotFoundError("没有这项难题", given=challenge_id, remedy="核对编号，或在榜单里查找")
    return challenge


def _hit(line: ChallengeLine, search: Found | None) -> ChallengeHit:
    if search is None:
        return ChallengeHit(**dict(line))
    said = search.excerpt(line.challenge_id, line.title)
    weak = line.challenge_id in search.weak
    return ChallengeHit(**dict(line), excerpt=said, terms=list(search.words), weak=weak)


def _year(line: ChallengeLine) -> int | None:
    return line.apply_deadline.year if line.apply_deadline else None
