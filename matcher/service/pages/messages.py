"""What goes out, on the desk: the mail server, other systems, what is stuck."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from matcher.service.access import STAFF, STAFF_SECRET, allow
from matcher.service.context import Caller
from matcher.service.desk import messages
from matcher.service.pages.again import again
from matcher.service.pages.asked import Form, form_as, linker, query_as, twin_of
from matcher.service.pages.rendering import render
from matcher.service.routing import CurrentCaller, guarded_router
from matcher.service.store.deliveries import DELIVERY_STATE_NAMES
from matcher.service.store.hooks import HOOK_STYLE_NAMES
from matcher.service.store.messages import MESSAGE_KIND_NAMES

router = guarded_router("/staff/messages")


@router.get("")
@allow(STAFF)
def outgoing(request: Request, caller: CurrentCaller) -> Response:
    """How it stands."""
    return _shown(request, caller)


@router.post("/test")
@allow(STAFF.in_person())
@again(outgoing)
def test_mail(request: Request, caller: CurrentCaller) -> Response:
    """A test mail to oneself."""
    return _shown(request, caller, tested=messages.test_mail(caller))


@router.post("/hooks")
@allow(STAFF_SECRET)
@again(outgoing)
def add_hook(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """Another system; the secret its posts are signed with is told this once."""
    made = messages.add_hook(caller, form_as(form, messages.HookNew))
    return _shown(request, caller, secret=made.secret)


@router.post("/hooks/{hook_id}/test")
@allow(STAFF.in_person())
def test_hook(request: Request, caller: CurrentCaller, hook_id: int) -> Response:
    """A test post."""
    return _shown(request, caller, tested=messages.test_hook(caller, hook_id))


@router.post("/hooks/{hook_id}/deletion")
@allow(STAFF.in_person())
def delete_hook(caller: CurrentCaller, hook_id: int) -> Response:
    """Tell it no more."""
    messages.delete_hook(caller, hook_id)
    return RedirectResponse("/staff/messages", 303)


@router.post("/deliveries/{delivery_id}/resending")
@allow(STAFF)
def resend(caller: CurrentCaller, delivery_id: int) -> Response:
    """Try one again."""
    messages.resend(caller, delivery_id)
    return RedirectResponse("/staff/messages", 303)


@router.post("/deliveries/{delivery_id}/dropping")
@allow(STAFF)
def drop(caller: CurrentCaller, delivery_id: int) -> Response:
    """Try one no more."""
    messages.drop(caller, delivery_id)
    return RedirectResponse("/staff/messages", 303)


def _shown(
    request: Request, caller: Caller, tested: messages.Tested | None = None, secret: str = ""
) -> Response:
    query = query_as(request, messages.DeliveryQuery)
    shown = {
        "outgoing": messages.outgoing(caller),
        "hooks": messages.all_hooks(caller).items,
        "query": query,
        "page": messages.deliveries(caller, query),
        "link": linker(request, path="/staff/messages"),
        "states": DELIVERY_STATE_NAMES,
        "kinds": MESSAGE_KIND_NAMES,
        "styles": HOOK_STYLE_NAMES,
        "tested": tested,
        "secret": secret,
        "twin": twin_of(request, "/messages/deliveries"),
    }
    return render(request, "staff_messages.html", shown)
