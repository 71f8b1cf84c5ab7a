"""The desk of staff: where things stand, the audit log, accounts."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request
from starlette.responses import RedirectResponse, Response

from matcher.errors import MatcherError, NotFoundError
from matcher.service.access import STAFF, allow
from matcher.service.context import principal_of, service_of
from matcher.service.desk import office, queue
from matcher.service.pages.asked import Form, address, form_as, texts
from matcher.service.pages.rendering import render
from matcher.service.pages.wording import ACTS
from matcher.service.routing import room as make_room

room = make_room("/staff")
_PER_PAGE = 50


@room.get("")
@allow(STAFF)
def overview(request: Request) -> Response:
    """Where things stand and what to do next."""
    service = service_of(request)
    try:
        board = queue.board(service)
    except NotFoundError:
        board = None
    shown = {
        "status": office.status(service),
        "jobs": queue.browse(service, 1, 5).items,
        "board": board,
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
def audit(
    request: Request,
    before: Annotated[str, Query(max_length=20)] = "",
    account: Annotated[str, Query(max_length=100)] = "",
    action: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """Every write and every export, newest first."""
    service = service_of(request)
    start = int(before) if before.isascii() and before.isdigit() else None
    lines = office.audit(service, start, _PER_PAGE, account.strip(), action.strip())
    older = lines[-1].number if len(lines) == _PER_PAGE else None
    shown = {
        "lines": lines,
        "account": account,
        "action": action,
        "older": older and address(
            "/staff/audit", {"before": older, "account": account, "action": action}
        ),
        "accounts": office.accounts(service),
        "actions": ACTS,
        "twin": address("/api/v1/audit", {"before": start, "account": account, "action": action}),
    }  # fmt: skip
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
    shown = {
        "accounts": office.accounts(service_of(request)),
        "fault": fault,
        "given": given or {},
        "twin": "/api/v1/accounts",
    }
    return render(request, "accounts.html", shown, status=422 if fault else 200)
