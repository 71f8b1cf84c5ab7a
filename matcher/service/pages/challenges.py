"""The list: searched, filtered; a challenge in full."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from matcher.service.access import PUBLISHED, allow
from matcher.service.desk import challenges, drafts, publishing
from matcher.service.pages.asked import linker, query_as, twin_of
from matcher.service.pages.rendering import render
from matcher.service.routing import CurrentCaller, guarded_router

router = guarded_router()


@router.get("/challenges")
@allow(PUBLISHED)
def challenge_list(request: Request, caller: CurrentCaller) -> Response:
    """All challenges one may see, with search and filters."""
    query = query_as(request, challenges.ChallengeQuery)
    shown = {
        "query": query,
        "page": challenges.browse(caller, query),
        "choices": challenges.choices(caller, query),
        "link": linker(request),
        "twin": twin_of(request),
    }
    return render(request, "challenges.html", shown)


@router.get("/challenges/{challenge_id:path}")
@allow(PUBLISHED)
def challenge_page(request: Request, caller: CurrentCaller, challenge_id: str) -> Response:
    """One challenge in full; a draft has a page of its own."""
    if drafts.is_draft_id(challenge_id):
        return RedirectResponse(f"/drafts/{challenge_id}", 303)
    found = challenges.view(caller, challenge_id)
    staff = caller.principal.is_staff
    shown = {
        "challenge": found,
        "history": publishing.history(caller, challenge_id) if staff else None,
        "twin": twin_of(request),
    }
    return render(request, "challenge.html", shown)
