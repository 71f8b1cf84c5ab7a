"""One's own account: password and API keys."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from matcher.errors import InputError
from matcher.service.access import SECRET, SIGNED_IN, allow
from matcher.service.context import Caller
from matcher.service.desk import admin
from matcher.service.pages.again import again
from matcher.service.pages.asked import Form, form_as, twin_of
from matcher.service.pages.rendering import render
from matcher.service.routing import CurrentCaller, guarded_router

router = guarded_router("/account")


@router.get("")
@allow(SIGNED_IN)
def account_page(request: Request, caller: CurrentCaller) -> Response:
    """Who one is here."""
    return _shown(request, caller)


@router.post("/password")
@allow(SIGNED_IN)
@again(account_page, InputError)
def change_password(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """A new password; every sign-in ends, this one too."""
    admin.change_password(caller, form_as(form, admin.PasswordChange))
    return RedirectResponse("/sign-in", 303)


@router.post("/keys")
@allow(SECRET)
@again(account_page, InputError)
def add_key(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """A new API key; its secret is told this once."""
    made = admin.add_key(caller, form_as(form, admin.KeyNew))
    return _shown(request, caller, secret=made.secret)


@router.post("/keys/{key_id}/revocation")
@allow(SIGNED_IN)
def revoke_key(caller: CurrentCaller, key_id: int) -> Response:
    """Make a key worthless."""
    admin.revoke_key(caller, key_id)
    return RedirectResponse("/account", 303)


def _shown(request: Request, caller: Caller, secret: str = "") -> Response:
    shown = {
        "keys": admin.keys(caller),
        "bound": caller.service.identities.bound(caller.account_id),
        "secret": secret,
        "twin": twin_of(request, "/keys"),
    }
    return render(request, "account.html", shown)
