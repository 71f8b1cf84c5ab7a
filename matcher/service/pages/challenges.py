"""The list: searched, filtered; a challenge in full."""

from __future__ import annotations

from typing import get_args

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from matcher.records import ChallengeStage
from matcher.service.access import PUBLISHED, allow
from matcher.service.context import principal_of, service_of
from matcher.service.desk import challenges, drafts
from matcher.service.pages.asked import linker, query_as, twin_of
from matcher.service.pages.rendering import render
from matcher.service.routing import room as make_room

room = make_room()


@room.get("/challenges")
@allow(PUBLISHED)
def challenge_list(request: Request) -> Response:
    """All challenges one may see, with search and filters."""
    service, principal = service_of(request), principal_of(request)
    query = query_as(request, challenges.ChallengeQuery)
    shown = {
        "query": query,
        "page": challenges.browse(service, principal, query),
        "choices": challenges.choices(service, principal),
        "stages": get_args(ChallengeStage),
        "link": linker(request),
        "twin": twin_of(request),
    }
    return render(request, "challenges.html", shown)


@room.get("/challenges/{challenge_id:path}")
@allow(PUBLISHED)
def challenge_page(request: Request, challenge_id: str) -> Response:
    """One challenge in full; a draft has a page of its own."""
    if drafts.is_draft_id(challenge_id):
        return RedirectResponse(f"/drafts/{challenge_id}", 303)
    found = challenges.view(service_of(request), principal_of(request), challenge_id)
    return render(request, "challenge.html", {"challenge": found, "twin": twin_of(request)})
