"""Saved queries and their Atom feeds."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from matcher.service.access import FOLLOWING, FOLLOWING_SECRET, allow
from matcher.service.context import Caller
from matcher.service.desk import digests, subscriptions
from matcher.service.desk.challenges import ChallengeQuery
from matcher.service.pages.asked import Form, address, form_as, twin_of
from matcher.service.pages.rendering import render
from matcher.service.routing import CurrentCaller, guarded_router

router = guarded_router("/queries")


@router.get("")
@allow(FOLLOWING)
def saved_list(request: Request, caller: CurrentCaller) -> Response:
    """One's own saved queries."""
    return _shown(request, caller)


@router.post("")
@allow(FOLLOWING_SECRET)
def save(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """Keep the filters of the list under a name; the feed's address is told this once."""
    query = form_as(form, ChallengeQuery)
    asked = form_as(form, subscriptions.SavedAsked, query=query.model_copy(update={"page": 1}))
    made = subscriptions.save(caller, asked)
    return _shown(request, caller, str(request.base_url).rstrip("/") + made.feed)


@router.post("/{saved_id}/deletion")
@allow(FOLLOWING)
def delete(caller: CurrentCaller, saved_id: str) -> Response:
    """Forget one; its feed ends."""
    subscriptions.delete(caller, saved_id)
    return RedirectResponse("/queries", 303)


@router.post("/{saved_id}/digest")
@allow(FOLLOWING)
def set_digest(caller: CurrentCaller, saved_id: str, form: Form) -> Response:
    """How often what is new is told."""
    digests.set_digest(caller, saved_id, form_as(form, digests.DigestAsked))
    return RedirectResponse("/queries", 303)


def _shown(request: Request, caller: Caller, feed: str = "") -> Response:
    kept = subscriptions.browse(caller)
    links = {
        one.saved_id: address("/challenges", one.query.model_dump(exclude_defaults=True))
        for one in kept
    }
    shown = {
        "saved": kept,
        "links": links,
        "every": {one.saved_id: digests.digest_of(caller, one) for one in kept},
        "feed": feed,
        "twin": twin_of(request, "/queries"),
    }
    return render(request, "subscriptions.html", shown)
