"""The list: searched, filtered; a challenge in full."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from matcher.service.access import PUBLISHED, allow
from matcher.service.context import Caller
from matcher.service.desk import (
    advising,
    challenges,
    drafts,
    handling,
    handouts,
    matching,
    publishing,
    teams,
)
from matcher.service.pages.asked import chips, linker, new_key, query_as, twin_of
from matcher.service.pages.rendering import render
from matcher.service.routing import CurrentCaller, guarded_router
from matcher.service.showing import is_own
from matcher.service.views import ChallengeView

router = guarded_router()
# More are found by way of the page of each team.
_MOST_BIDDERS = 200
# The page is the file that is sent: its style stands in it, and nothing else is loaded.
_FILE = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
_FILTERS = {
    "q": "“{}”", "open": "仍可揭榜的", "mine": "本单位的", "province": "省：{}", "city": "市：{}",
    "industry": "行业：{}", "domain": "技术领域：{}", "stage": "阶段：{}", "year": "{} 年截止",
}  # fmt: skip
_MINE = {"broker": "交给我的", "local": "范围内的"}


@router.get("/challenges")
@allow(PUBLISHED)
def challenge_list(request: Request, caller: CurrentCaller) -> Response:
    """All challenges one may see, with search and filters."""
    query = query_as(request, challenges.ChallengeQuery)
    shown = {
        "query": query,
        "page": challenges.browse(caller, query),
        "choices": challenges.choices(caller, query),
        "chips": chips(request, {**_FILTERS, "mine": _MINE.get(caller.principal.role, "本单位的")}),
        "link": linker(request),
        "twin": twin_of(request),
    }
    return render(request, "challenges.html", shown)


@router.get("/challenges/{challenge_id:path}/brief")
@allow(PUBLISHED)
def challenge_brief(
    request: Request, caller: CurrentCaller, challenge_id: str,
    team: Annotated[str, Query(max_length=200)] = "",
) -> Response:  # fmt: skip
    """One challenge on one page, to be printed or sent; ``team``: for one team."""
    return HTMLResponse(
        handouts.page(caller, challenge_id, team, str(request.base_url).rstrip("/")),
        headers={"Content-Security-Policy": _FILE},
    )


@router.get("/challenges/{challenge_id:path}")
@allow(PUBLISHED)
def challenge_page(
    request: Request, caller: CurrentCaller, challenge_id: str,
    year: Annotated[int | None, Query(ge=1949, le=2100)] = None,
) -> Response:  # fmt: skip
    """One challenge in full; a draft has a page of its own."""
    if drafts.is_draft_id(challenge_id):
        return RedirectResponse(f"/drafts/{challenge_id}", 303)
    found = challenges.view(caller, challenge_id)
    staff = caller.principal.is_staff
    tracked = staff or is_own(caller.principal, found)
    shown = {
        "challenge": found,
        "tracked": tracked,
        "advised": advising.programmes_of_challenge(caller, challenge_id, year)
        if tracked
        else None,
        "bidders": _bidders(caller, found),
        "key": new_key(),
        "history": publishing.history(caller, challenge_id) if staff else None,
        "handling": handling.view(caller, challenge_id) if staff else None,
        "twin": twin_of(request),
    }
    return render(request, "challenge.html", shown)


def _bidders(caller: Caller, challenge: ChallengeView) -> list[matching.OwnFit]:
    """The caller's own teams, the best fitting first, where they may take an open challenge of
    somebody else.
    """
    who = caller.principal
    if (
        who.role not in ("enterprise", "university")
        or not challenge.open
        or not challenge.published
    ):
        return []
    if who.belongs_to(challenge.demand_org) or not (own := teams.own(caller)[:_MOST_BIDDERS]):
        return []
    return matching.own_for(caller, challenge.challenge_id, own)
