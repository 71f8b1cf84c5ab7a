"""One's own account: password and API keys."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from matcher.errors import InputError
from matcher.service.access import SECRET, SIGNED_IN, allow
from matcher.service.context import principal_of, service_of
from matcher.service.desk import office
from matcher.service.pages.asked import Form, form_as, twin_of
from matcher.service.pages.rendering import render
from matcher.service.routing import room as make_room

room = make_room("/account")


@room.get("")
@allow(SIGNED_IN)
def account_page(request: Request) -> Response:
    """Who one is here."""
    return _shown(request)


@room.post("/password")
@allow(SIGNED_IN)
def change_password(request: Request, form: Form) -> Response:
    """A new password; every sign-in ends, this one too."""
    try:
        change = form_as(form, office.PasswordChange)
        office.change_password(service_of(request), principal_of(request), change)
    except InputError as error:
        return _shown(request, fault=error)
    return RedirectResponse("/sign-in", 303)


@room.post("/keys")
@allow(SECRET)
def add_key(request: Request, form: Form) -> Response:
    """A new API key; its secret is told this once."""
    try:
        new = form_as(form, office.KeyNew)
        made = office.add_key(service_of(request), principal_of(request), new)
    except InputError as error:
        return _shown(request, fault=error)
    return _shown(request, secret=made.secret)


@room.post("/keys/{key_id}/revocation")
@allow(SIGNED_IN)
def revoke_key(request: Request, key_id: int) -> Response:
    """Make a key worthless."""
    office.revoke_key(service_of(request), principal_of(request), key_id)
    return RedirectResponse("/account", 303)


def _shown(request: Request, fault: InputError | None = None, secret: str = "") -> Response:
    shown = {
        "keys": office.keys(service_of(request), principal_of(request)),
        "fault": fault,
        "secret": secret,
        "twin": twin_of(request, "/keys"),
    }
    return render(request, "account.html", shown, status=422 if fault else 200)
