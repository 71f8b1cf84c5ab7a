"""Staff among themselves: who sees to a challenge, what is said of it, how far rounds are."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from matcher.service.access import STAFF, allow
from matcher.service.desk import funnel, handling
from matcher.service.pages.asked import Form, form_as, query_as, twin_of
from matcher.service.pages.rendering import render
from matcher.service.routing import CurrentCaller, guarded_router
from matcher.service.views import challenge_page

router = guarded_router("/staff")


@router.get("/progress")
@allow(STAFF)
def progress(request: Request, caller: CurrentCaller) -> Response:
    """From published to accepted, round by round."""
    query = query_as(request, funnel.FunnelQuery)
    shown = {
        "query": query,
        "funnel": funnel.funnel(caller, query),
        "ways": funnel.BY_NAMES,
        "twin": twin_of(request, "/funnel"),
    }
    return render(request, "progress.html", shown)


@router.post("/challenges/{challenge_id:path}/handling")
@allow(STAFF)
def handle(caller: CurrentCaller, challenge_id: str, form: Form) -> Response:
    """Say who sees to a challenge, and for which meeting."""
    handling.change(caller, challenge_id, form_as(form, handling.HandlingAsked))
    return RedirectResponse(f"{challenge_page(challenge_id)}#handling", 303)


@router.post("/challenges/{challenge_id:path}/comments")
@allow(STAFF)
def comment(caller: CurrentCaller, challenge_id: str, form: Form) -> Response:
    """Say something of a challenge among staff."""
    handling.comment(caller, challenge_id, form_as(form, handling.CommentAsked))
    return RedirectResponse(f"{challenge_page(challenge_id)}#handling", 303)
