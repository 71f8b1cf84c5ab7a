"""Signing in and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, Query, Request
from starlette.responses import RedirectResponse, Response

from matcher.service.access import ANYONE, SIGN_IN, SIGNED_IN, allow
from matcher.service.context import Service
from matcher.service.errors import SignInError
from matcher.service.pages.rendering import render
from matcher.service.routing import SESSION, VISITOR, CurrentCaller, cookie_name, guarded_router
from matcher.service.store.accounts import Account

router = guarded_router()


@router.get("/sign-in")
@allow(ANYONE)
def sign_in_page(
    request: Request,
    next: str = "/",
    name: Annotated[str, Query(max_length=200)] = "",
    fresh: Annotated[bool, Query(description="密码刚设好")] = False,
) -> Response:
    """The form."""
    shown = {"next": own_path(next), "fault": "", "name": name, "fresh": fresh}
    return render(request, "sign_in.html", shown)


@router.post("/sign-in")
@allow(SIGN_IN)
def sign_in(
    request: Request,
    caller: CurrentCaller,
    name: Annotated[str, Form(max_length=200)],
    password: Annotated[str, Form(max_length=1000)],
    next: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """Open a session, under a token made now: one planted in the browser is worth nothing."""
    service = caller.service
    wanted = own_path(next)
    try:
        account = service.accounts.sign_in(name, password)
    except SignInError as error:
        # The same to everybody: whether there is such an account, or a request, is not told.
        asked = "；申请的账号审核通过后才能登录" if service.settings.registration else ""
        remedy = f"{error.remedy}{asked}"
        shown = {"next": wanted, "fault": error.what, "remedy": remedy, "name": name}
        return render(request, "sign_in.html", shown, status=401)
    return signed_in(request, service, account, wanted)


@router.post("/sign-out")
@allow(SIGNED_IN)
def sign_out(request: Request, caller: CurrentCaller) -> Response:
    """End the session, here and in the workspace."""
    service = caller.service
    name = cookie_name(service, SESSION)
    service.sessions.end(request.cookies.get(name, ""))
    caller.note("sign-out")
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(name, secure=service.settings.tls)
    # Whoever sits down next shall not find the pages again by the button “back”.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def signed_in(request: Request, service: Service, account: Account, wanted: str) -> Response:
    """The answer that opens a session, under a token made now."""
    old = request.cookies.get(cookie_name(service, SESSION))
    if old:
        service.sessions.end(old)
    token = service.sessions.start(account.account_id)
    service.audit.write(account.principal, "sign-in")
    response = RedirectResponse(wanted, 303)
    response.set_cookie(
        cookie_name(service, SESSION), token, httponly=True, samesite="lax",
        max_age=int(service.settings.session_hours * 3600), secure=service.settings.tls,
    )  # fmt: skip
    response.delete_cookie(cookie_name(service, VISITOR), secure=service.settings.tls)
    return response


def own_path(wanted: str) -> str:
    r"""A path of this site; anything that could lead elsewhere becomes the front page.

    >>> own_path("/teams/L1?top=5"), own_path("//evil.cn"), own_path("/\\evil.cn"), own_path("x:")
    ('/teams/L1?top=5', '/', '/', '/')
    """
    tidy = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if tidy and "\\" not in wanted else "/"
