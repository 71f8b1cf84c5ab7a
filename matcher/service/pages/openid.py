"""To the identity provider and back."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from matcher.errors import MatcherError
from matcher.service.access import SIGN_IN, SIGNED_IN, allow
from matcher.service.desk import openid
from matcher.service.pages.rendering import remember_visitor, render
from matcher.service.pages.sign_in import own_path, signed_in
from matcher.service.routing import CurrentCaller, guarded_router

router = guarded_router()
_RETURN = "/sign-in/openid/return"


@router.get("/sign-in/openid")
@allow(SIGN_IN)
def begin(request: Request, caller: CurrentCaller, next: str = "/") -> Response:
    """Off to the provider; what comes back must come to this very browser."""
    browser = str(request.state.form_owner)
    try:
        address = openid.begin(caller, browser, _redirect(request), own_path(next))
    except MatcherError as error:
        return _refused(request, error)
    return remember_visitor(request, RedirectResponse(address, 303))


@router.get(_RETURN)
@allow(SIGN_IN)
def come_back(
    request: Request, caller: CurrentCaller, state: str = "", code: str = ""
) -> Response:  # fmt: skip
    """Back from the provider."""
    browser = str(request.state.form_owner)
    try:
        returned = openid.finish(caller, browser, _redirect(request), state, code)
    except MatcherError as error:
        return _refused(request, error)
    if returned.account is None:
        return RedirectResponse(returned.wanted, 303)
    return signed_in(request, caller.service, returned.account, returned.wanted)


@router.post("/account/identity/removal")
@allow(SIGNED_IN.in_person())
def unbind(caller: CurrentCaller) -> Response:
    """By the password only from now on."""
    openid.unbind(caller)
    return RedirectResponse("/account", 303)


def _redirect(request: Request) -> str:
    configured = request.app.state.service.settings.public_address
    return (configured or str(request.base_url).rstrip("/")) + _RETURN


def _refused(request: Request, error: MatcherError) -> Response:
    shown = {"next": "/", "fault": error.what, "remedy": error.remedy, "name": ""}
    return render(request, "sign_in.html", shown, status=422)
