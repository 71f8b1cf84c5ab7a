"""The first page: what waits for whoever is signed in; for the public what one can do here."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from matcher.service.access import ANYONE, LOCAL_STAFF, NARROW, STAFF, allow
from matcher.service.context import Caller
from matcher.service.desk import admin, challenges, queue, todo
from matcher.service.pages.rendering import render
from matcher.service.routing import CurrentCaller, guarded_router

router = guarded_router()


@router.get("/")
@allow(ANYONE)
def home(request: Request, caller: CurrentCaller) -> Response:
    """What waits for whoever is signed in; the public read what one can do here."""
    who = caller.principal
    if who.role in LOCAL_STAFF.roles:
        return _desk(request, caller)
    shown: dict[str, object] = {"open": None, "teams": None, "todo": None}
    if who.role != "expert" and (who.signed_in or caller.service.settings.public_lists):
        wanted = challenges.ChallengeQuery(open=True, size=1)
        shown["open"] = challenges.browse(caller, wanted).total
    if who.signed_in:
        shown |= {"todo": todo.todo(caller), "twin": "/api/v1/todo"}
        if who.role not in NARROW:
            shown["teams"] = len(caller.service.live.current().teams.lines)
    return render(request, "home.html", shown)


@router.get("/staff")
@allow(STAFF)
def desk(request: Request, caller: CurrentCaller) -> Response:
    """What waits, and where things stand."""
    return _desk(request, caller)


def _desk(request: Request, caller: Caller) -> Response:
    shown: dict[str, object] = {"todo": todo.todo(caller), "twin": "/api/v1/todo"}
    if caller.principal.is_staff:
        shown |= {
            "status": admin.status(caller),
            "jobs": queue.browse(caller, queue.JobQuery(size=5)).items,
        }
    return render(request, "staff.html", shown)
