"""Challenges as a principal sees them: lists, one in full, the values of the filters."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from matcher.errors import NotFoundError
from matcher.records import Challenge, ChallengeStage
from matcher.service.context import Caller
from matcher.service.live.catalogue import is_open, options
from matcher.service.showing import challenge_view, may_see
from matcher.service.views import (
    ChallengeLine,
    ChallengeView,
    Option,
    Page,
    PageNumber,
    PageSize,
    View,
)
from matcher.text.dates import today

Short = Annotated[str, Field(max_length=200)]


class ChallengeQuery(BaseModel):
    """What of the challenges is wanted; empty settings want all."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    q: Annotated[str, Field(max_length=200, description="要出现的词, 空格分开")] = ""
    province: Short = ""
    city: Short = ""
    industry: Short = ""
    domain: Annotated[str, Field(max_length=200, description="技术领域含有这个词")] = ""
    org: Annotated[str, Field(max_length=200, description="需求单位含有这个词")] = ""
    stage: ChallengeStage | None = None
    open: Annotated[bool, Field(description="只要今天仍可揭榜的")] = False
    mine: Annotated[bool, Field(description="只要本单位的")] = False
    sort: Annotated[Literal["id", "deadline", "amount"], Field(description="排序")] = "id"
    page: PageNumber = 1
    size: PageSize = 20

    def keeps(self, line: ChallengeLine) -> bool:
        """Whether a challenge passes the filters."""
        return (
            self.province in ("", line.province)
            and self.city in ("", line.city)
            and self.industry in ("", line.industry)
            and (not self.domain or any(self.domain in d for d in line.tech_domain))
            and self.org in line.demand_org
            and self.stage in (None, line.stage)
            and (not self.open or is_open(line, today()))
        )


class ChallengeChoices(View):
    """The values the filters can take."""

    provinces: list[Option]
    industries: list[Option]
    domains: list[Option]


def browse(caller: Caller, query: ChallengeQuery) -> Page[ChallengeLine]:
    """A page of the challenges a caller may see."""
    lines = sorted_lines(found(caller, query), query.sort)
    return Page[ChallengeLine].of(lines, query.page, query.size)


def found(caller: Caller, query: ChallengeQuery) -> list[ChallengeLine]:
    """All of them, by id."""
    public = caller.service.settings.public_lists
    return caller.snapshot.challenges.find(
        query.q,
        lambda line: (
            may_see(caller.principal, line, public)
            and query.keeps(line)
            and (not query.mine or caller.principal.belongs_to(line.demand_org))
        ),
    )


def sorted_lines(lines: list[ChallengeLine], sort: str) -> list[ChallengeLine]:
    """By id; by deadline, the next first; by amount, the largest first."""
    if sort == "deadline":
        return sorted(lines, key=lambda x: x.apply_deadline or date.max)
    if sort == "amount":
        return sorted(lines, key=lambda x: -(x.bounty_wan or 0.0))
    return lines


def choices(caller: Caller) -> ChallengeChoices:
    """What can be filtered by, over all challenges a caller may see."""
    lines = found(caller, ChallengeQuery())
    return ChallengeChoices(
        provinces=options(lines, lambda line: [line.province]),
        industries=options(lines, lambda line: [line.industry]),
        domains=options(lines, lambda line: line.tech_domain),
    )


def view(caller: Caller, challenge_id: str) -> ChallengeView:
    """One challenge in full. Raises: NotFoundError."""
    shown = challenge_view(find(caller, challenge_id), caller.principal)
    return shown.model_copy(update={"state": caller.snapshot.states[challenge_id]})


def find(caller: Caller, challenge_id: str) -> Challenge:
    """One challenge; one that may not be seen is told like one that is not there.

    Raises:
        NotFoundError: no such challenge for this caller.
    """
    challenge = caller.snapshot.matcher.challenges.get(challenge_id)
    public = caller.service.settings.public_lists
    if challenge is None or not may_see(caller.principal, challenge, public):
        raise NotFoundError(
            "没有这个榜单项目", given=challenge_id, remedy="核对编号，或在榜单里查找"
        )
    return challenge
