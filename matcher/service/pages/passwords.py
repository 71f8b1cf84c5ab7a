"""The page behind a link that sets a password, and the one that asks for such a link."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from matcher.errors import InputError
from matcher.service.access import ANYONE, SIGN_IN, allow
from matcher.service.context import Caller
from matcher.service.desk import passwords
from matcher.service.pages.asked import Form, address, form_as
from matcher.service.pages.rendering import render
from matcher.service.routing import CurrentCaller, guarded_router

router = guarded_router("/set-password")


@router.get("")
@allow(ANYONE)
def forgotten_page(request: Request, caller: CurrentCaller) -> Response:
    """Whose password is forgotten."""
    passwords.check_sends_mail(caller)
    return render(request, "forgotten.html", {"fault": None, "told": ""})


@router.post("")
@allow(SIGN_IN)
def forgotten(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """Send the link, if there is whom to send it to."""
    try:
        sent = passwords.forgotten(caller, form_as(form, passwords.Forgotten))
    except InputError as error:
        return render(request, "forgotten.html", {"fault": error, "told": ""})
    return render(request, "forgotten.html", {"fault": None, "told": sent.told})


@router.get("/{token}")
@allow(SIGN_IN)
def set_password_page(request: Request, caller: CurrentCaller, token: str) -> Response:
    """The form; looking at it does not use the link up."""
    return _shown(request, caller, token)


@router.post("/{token}")
@allow(SIGN_IN)
def set_password(request: Request, caller: CurrentCaller, token: str, form: Form) -> Response:
    """Set it, and go and sign in."""
    try:
        if form.get("again", form.get("password")) != form.get("password"):
            raise InputError("两次写的密码不一样", remedy="再写一遍")
        made = passwords.set_by_link(caller, token, form_as(form, passwords.PasswordNew))
    except InputError as error:
        return _shown(request, caller, token, error)
    return RedirectResponse(address("/sign-in", {"name": made.name, "fresh": 1}), 303)


def _shown(
    request: Request, caller: Caller, token: str, fault: InputError | None = None
) -> Response:
    shown = {"name": passwords.link(caller, token).name, "fault": fault}
    return render(request, "set_password.html", shown)
