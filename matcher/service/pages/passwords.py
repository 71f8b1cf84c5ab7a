"""The page behind a link that sets a password, and the one that asks for such a link."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from matcher.errors import InputError
from matcher.service.access import ANYONE, SIGN_IN, allow
from matcher.service.desk import passwords
from matcher.service.pages.again import again
from matcher.service.pages.asked import Form, address, form_as
from matcher.service.pages.rendering import render
from matcher.service.routing import CurrentCaller, guarded_router

router = guarded_router("/set-password")


@router.get("")
@allow(ANYONE)
def forgotten_page(request: Request, caller: CurrentCaller) -> Response:
    """Whose password is forgotten."""
    passwords.check_sends_mail(caller)
    return render(request, "forgotten.html", {"told": ""})


@router.post("")
@allow(SIGN_IN)
@again(forgotten_page, InputError)
def forgotten(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """Send the link, if there is whom to send it to."""
    sent = passwords.forgotten(caller, form_as(form, passwords.Forgotten))
    return render(request, "forgotten.html", {"told": sent.told})


@router.get("/{token}")
@allow(SIGN_IN)
def set_password_page(request: Request, caller: CurrentCaller, token: str) -> Response:
    """The form; looking at it does not use the link up."""
    shown = {"name": passwords.link(caller, token).name}
    return render(request, "set_password.html", shown)


@router.post("/{token}")
@allow(SIGN_IN)
@again(set_password_page, InputError)
def set_password(request: Request, caller: CurrentCaller, token: str, form: Form) -> Response:
    """Set it, and go and sign in."""
    if form.get("again", form.get("password")) != form.get("password"):
        raise InputError("两次写的密码不一样", remedy="再写一遍")
    made = passwords.set_by_link(caller, token, form_as(form, passwords.PasswordNew))
    return RedirectResponse(address("/sign-in", {"name": made.name, "fresh": 1}), 303)
