"""The first page: what one can do here, for each role."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from matcher.service.access import ANYONE, allow
from matcher.service.context import principal_of, service_of
from matcher.service.desk import challenges
from matcher.service.pages.rendering import render
from matcher.service.routing import room as make_room

room = make_room()


@room.get("/")
@allow(ANYONE)
def home(request: Request) -> Response:
    """What one can do here; who is signed in sees the way to their own work first."""
    service, principal = service_of(request), principal_of(request)
    seen = principal.signed_in or service.settings.public_lists
    shown: dict[str, object] = {"open": None, "teams": None}
    if seen:
        wanted = challenges.ChallengeQuery(open=True, size=1)
        shown["open"] = challenges.browse(service, principal, wanted).total
    if principal.signed_in:
        shown["teams"] = len(service.library.current().teams.lines)
    return render(request, "home.html", shown)
