"""Saved queries and their Atom feeds."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from matcher.service.access import SECRET, SIGNED_IN, allow
from matcher.service.context import principal_of, service_of
from matcher.service.desk import saved
from matcher.service.desk.challenges import ChallengeQuery
from matcher.service.pages.asked import Form, address, form_as, twin_of
from matcher.service.pages.rendering import render
from matcher.service.routing import room as make_room

room = make_room("/queries")


@room.get("")
@allow(SIGNED_IN)
def saved_list(request: Request) -> Response:
    """One's own saved queries."""
    return _shown(request)


@room.post("")
@allow(SECRET)
def save(request: Request, form: Form) -> Response:
    """Keep the filters of the list under a name; the feed's address is told this once."""
    query = form_as(form, ChallengeQuery)
    asked = form_as(form, saved.SavedAsked, query=query.model_copy(update={"page": 1}))
    made = saved.save(service_of(request), principal_of(request), asked)
    return _shown(request, str(request.base_url).rstrip("/") + made.feed)


@room.post("/{saved_id}/deletion")
@allow(SIGNED_IN)
def delete(request: Request, saved_id: str) -> Response:
    """Forget one; its feed ends."""
    saved.delete(service_of(request), principal_of(request), saved_id)
    return RedirectResponse("/queries", 303)


def _shown(request: Request, feed: str = "") -> Response:
    kept = saved.browse(service_of(request), principal_of(request))
    links = {
        one.saved_id: address("/challenges", one.query.model_dump(exclude_defaults=True))
        for one in kept
    }
    shown = {"saved": kept, "links": links, "feed": feed, "twin": twin_of(request, "/queries")}
    return render(request, "subscriptions.html", shown)
