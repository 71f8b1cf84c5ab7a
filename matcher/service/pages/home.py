"""The first page: what one can do here, for each role."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from matcher.service.access import ANYONE, allow
from matcher.service.desk import challenges
from matcher.service.pages.rendering import render
from matcher.service.routing import CurrentCaller, guarded_router

router = guarded_router()


@router.get("/")
@allow(ANYONE)
def home(request: Request, caller: CurrentCaller) -> Response:
    """What one can do here; who is signed in sees the way to their own work first."""
    seen = caller.principal.signed_in or caller.service.settings.public_lists
    shown: dict[str, object] = {"open": None, "teams": None}
    if seen:
        wanted = challenges.ChallengeQuery(open=True, size=1)
        shown["open"] = challenges.browse(caller, wanted).total
    if caller.principal.signed_in and caller.principal.role != "broker":
        shown["teams"] = len(caller.service.live.current().teams.lines)
    return render(request, "home.html", shown)
