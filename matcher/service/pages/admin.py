"""The desk of staff: where things stand, the audit log, accounts."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from matcher.errors import MatcherError, NotFoundError
from matcher.service.access import STAFF, allow
from matcher.service.context import Caller
from matcher.service.desk import admin, board, queue
from matcher.service.pages.asked import Form, form_as, linker, query_as, texts, twin_of
from matcher.service.pages.rendering import render
from matcher.service.pages.wording import ACTS, DETAILS
from matcher.service.routing import CurrentCaller, guarded_router

router = guarded_router("/staff")


@router.get("")
@allow(STAFF)
def overview(request: Request, caller: CurrentCaller) -> Response:
    """Where things stand and what to do next."""
    try:
        made = board.board(caller)
    except NotFoundError:
        made = None
    shown = {
        "status": admin.status(caller),
        "jobs": queue.browse(caller, queue.JobQuery(size=5)).items,
        "board": made,
        "twin": "/api/v1/status",
    }
    return render(request, "staff.html", shown)


@router.get("/status")
@allow(STAFF)
def status(request: Request, caller: CurrentCaller) -> Response:
    """The state of data and models."""
    shown = {"status": admin.status(caller), "twin": "/api/v1/status"}
    return render(request, "status.html", shown)


@router.get("/audit")
@allow(STAFF)
def audit(request: Request, caller: CurrentCaller) -> Response:
    """Every write and every export, newest first."""
    query = query_as(request, admin.AuditQuery)
    shown = {
        "query": query,
        "page": admin.audit(caller, query),
        "link": linker(request),
        "actions": ACTS,
        "details": DETAILS,
        "twin": twin_of(request, "/audit"),
    }
    return render(request, "audit.html", shown)


@router.get("/accounts")
@allow(STAFF)
def accounts(request: Request, caller: CurrentCaller) -> Response:
    """All accounts."""
    return _accounts(request, caller)


@router.post("/accounts")
@allow(STAFF)
def add_account(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """A new account."""
    try:
        new = form_as(form, admin.AccountNew)
        admin.add_account(caller, new)
    except MatcherError as error:
        return _accounts(request, caller, error, texts(form))
    return RedirectResponse("/staff/accounts", 303)


@router.post("/accounts/state")
@allow(STAFF)
def set_state(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """Close or reopen an account."""
    given = texts(form)
    name, disabled = given.get("name", ""), given.get("disabled") == "1"
    try:
        admin.set_disabled(caller, name, disabled)
    except MatcherError as error:
        return _accounts(request, caller, error)
    return RedirectResponse("/staff/accounts", 303)


@router.post("/accounts/password")
@allow(STAFF)
def set_password(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """A new password for somebody."""
    name, password = texts(form).get("name", ""), str(form.get("password", ""))
    try:
        admin.set_password(caller, name, password)
    except MatcherError as error:
        return _accounts(request, caller, error)
    if name == caller.principal.name:
        return RedirectResponse("/sign-in", 303)
    return RedirectResponse("/staff/accounts", 303)


def _accounts(
    request: Request,
    caller: Caller,
    fault: MatcherError | None = None,
    given: dict[str, str] | None = None,
) -> Response:
    query = query_as(request, admin.AccountQuery)
    shown = {
        "query": query,
        "page": admin.accounts(caller, query),
        "link": linker(request, path="/staff/accounts"),
        "fault": fault,
        "given": given or {},
        "twin": twin_of(request, "/accounts"),
    }
    return render(request, "accounts.html", shown, status=422 if fault else 200)
