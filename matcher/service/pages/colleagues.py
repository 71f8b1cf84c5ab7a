"""The accounts of one's own organisation."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from matcher.service.access import COLLEAGUES, COLLEAGUES_SECRET, allow
from matcher.service.context import Caller
from matcher.service.desk import colleagues
from matcher.service.desk.accounts import AccountQuery, PasswordLink
from matcher.service.pages.again import again
from matcher.service.pages.asked import Form, form_as, linker, query_as, texts
from matcher.service.pages.rendering import render
from matcher.service.routing import CurrentCaller, guarded_router

router = guarded_router("/colleagues")


@router.get("")
@allow(COLLEAGUES)
def colleague_list(request: Request, caller: CurrentCaller) -> Response:
    """Who of one's organisation has an account."""
    return _shown(request, caller)


@router.post("")
@allow(COLLEAGUES_SECRET)
@again(colleague_list)
def add_colleague(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """One more."""
    made = colleagues.add(caller, form_as(form, colleagues.ColleagueNew))
    return _shown(request, caller, made=made)


@router.post("/state")
@allow(COLLEAGUES.in_person())
@again(colleague_list)
def set_state(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """Close or reopen one."""
    given = texts(form)
    colleagues.set_disabled(caller, given.get("name", ""), given.get("disabled") == "1")
    return RedirectResponse("/colleagues", 303)


@router.post("/password-link")
@allow(COLLEAGUES_SECRET)
@again(colleague_list)
def password_link(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """A link for one who has forgotten the password."""
    made = colleagues.password_link(caller, texts(form).get("name", ""))
    return _shown(request, caller, made=made)


def _shown(request: Request, caller: Caller, made: PasswordLink | None = None) -> Response:
    query = query_as(request, AccountQuery)
    shown = {
        "page": colleagues.colleagues(caller, query.page),
        "pages": linker(request, path="/colleagues"),
        "made": made,
        "link": made and str(request.base_url).rstrip("/") + made.path,
        "twin": "/api/v1/colleagues",
    }
    return render(request, "colleagues.html", shown)
