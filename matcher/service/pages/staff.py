"""The desk of staff: where things stand, the audit log, accounts."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from matcher.errors import MatcherError, NotFoundError
from matcher.service.access import STAFF, allow
from matcher.service.context import principal_of, service_of
from matcher.service.desk import board, office, queue
from matcher.service.pages.asked import Form, form_as, linker, query_as, texts, twin_of
from matcher.service.pages.rendering import render
from matcher.service.pages.wording import ACTS, DETAILS
from matcher.service.routing import room as make_room

room = make_room("/staff")


@room.get("")
@allow(STAFF)
def overview(request: Request) -> Response:
    """Where things stand and what to do next."""
    service = service_of(request)
    try:
        made = board.board(service)
    except NotFoundError:
        made = None
    shown = {
        "status": office.status(service),
        "jobs": queue.browse(service, queue.JobQuery(size=5)).items,
        "board": made,
        "twin": "/api/v1/status",
    }
    return render(request, "staff.html", shown)


@room.get("/status")
@allow(STAFF)
def status(request: Request) -> Response:
    """The state of data and models."""
    shown = {"status": office.status(service_of(request)), "twin": "/api/v1/status"}
    return render(request, "status.html", shown)


@room.get("/audit")
@allow(STAFF)
def audit(request: Request) -> Response:
    """Every write and every export, newest first."""
    query = query_as(request, office.AuditQuery)
    shown = {
        "query": query,
        "page": office.audit(service_of(request), query),
        "link": linker(request),
        "actions": ACTS,
        "details": DETAILS,
        "twin": twin_of(request, "/audit"),
    }
    return render(request, "audit.html", shown)


@room.get("/accounts")
@allow(STAFF)
def accounts(request: Request) -> Response:
    """All accounts."""
    return _accounts(request)


@room.post("/accounts")
@allow(STAFF)
def add_account(request: Request, form: Form) -> Response:
    """A new account."""
    try:
        new = form_as(form, office.AccountNew)
        office.add_account(service_of(request), principal_of(request), new)
    except MatcherError as error:
        return _accounts(request, error, texts(form))
    return RedirectResponse("/staff/accounts", 303)


@room.post("/accounts/state")
@allow(STAFF)
def set_state(request: Request, form: Form) -> Response:
    """Close or reopen an account."""
    given = texts(form)
    name, disabled = given.get("name", ""), given.get("disabled") == "1"
    try:
        office.set_disabled(service_of(request), principal_of(request), name, disabled)
    except MatcherError as error:
        return _accounts(request, error)
    return RedirectResponse("/staff/accounts", 303)


@room.post("/accounts/password")
@allow(STAFF)
def set_password(request: Request, form: Form) -> Response:
    """A new password for somebody."""
    name, password = texts(form).get("name", ""), str(form.get("password", ""))
    try:
        office.set_password(service_of(request), principal_of(request), name, password)
    except MatcherError as error:
        return _accounts(request, error)
    if name == principal_of(request).name:
        return RedirectResponse("/sign-in", 303)
    return RedirectResponse("/staff/accounts", 303)


def _accounts(
    request: Request, fault: MatcherError | None = None, given: dict[str, str] | None = None
) -> Response:
    query = query_as(request, office.AccountQuery)
    shown = {
        "query": query,
        "page": office.accounts(service_of(request), query),
        "link": linker(request, path="/staff/accounts"),
        "fault": fault,
        "given": given or {},
        "twin": twin_of(request, "/accounts"),
    }
    return render(request, "accounts.html", shown, status=422 if fault else 200)
