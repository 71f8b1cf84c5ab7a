"""The accounts on the desk: the list, one account and what it was given."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from matcher.service.access import BY_GRANT, LOCAL_SECRET, LOCAL_STAFF, STAFF, allow
from matcher.service.context import Caller
from matcher.service.desk import accounts
from matcher.service.pages.again import again, filled_in
from matcher.service.pages.asked import Form, form_as, linker, query_as, texts, twin_of
from matcher.service.pages.rendering import render
from matcher.service.pages.wording import quoted
from matcher.service.routing import CurrentCaller, guarded_router
from matcher.service.store.grants import GRANT_NAMES

router = guarded_router("/staff/accounts")


@router.get("")
@allow(LOCAL_STAFF)
def account_list(request: Request, caller: CurrentCaller) -> Response:
    """All accounts in one's charge."""
    query = query_as(request, accounts.AccountQuery)
    shown = {
        "query": query,
        "page": accounts.accounts(caller, query),
        "link": linker(request, path="/staff/accounts"),
        "roles": accounts.roles_to_give(caller),
        "given": texts(filled_in(request)),
        "twin": twin_of(request, "/accounts"),
    }
    return render(request, "accounts.html", shown)


@router.post("")
@allow(LOCAL_STAFF)
@again(account_list, filled=True)
def add_account(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """A new account."""
    accounts.add(caller, form_as(form, accounts.AccountNew))
    return RedirectResponse("/staff/accounts", 303)


@router.post("/state")
@allow(LOCAL_STAFF)
@again(account_list)
def set_state(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """Close or reopen an account."""
    given = texts(form)
    name, disabled = given.get("name", ""), given.get("disabled") == "1"
    accounts.set_disabled(caller, name, disabled)
    return RedirectResponse("/staff/accounts", 303)


@router.post("/password")
@allow(STAFF.in_person())
@again(account_list)
def set_password(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """A new password for somebody."""
    name, password = texts(form).get("name", ""), str(form.get("password", ""))
    accounts.set_password(caller, name, password)
    if name == caller.principal.name:
        return RedirectResponse("/sign-in", 303)
    return RedirectResponse("/staff/accounts", 303)


@router.get("/one/{name}")
@allow(LOCAL_STAFF)
def account_page(request: Request, caller: CurrentCaller, name: str) -> Response:
    """One account."""
    return _account(request, caller, name)


@router.post("/one/{name}")
@allow(LOCAL_STAFF)
@again(account_page)
def change_account(request: Request, caller: CurrentCaller, name: str, form: Form) -> Response:
    """What is known of it."""
    accounts.change(caller, name, form_as(form, accounts.AccountDetails))
    return _back(name)


@router.post("/one/{name}/password-link")
@allow(LOCAL_SECRET)
def password_link(request: Request, caller: CurrentCaller, name: str) -> Response:
    """A link that sets its password, told this once."""
    made = accounts.password_link(caller, name)
    return _account(request, caller, name, link=str(request.base_url).rstrip("/") + made.path)


@router.post("/one/{name}/grants")
@allow(STAFF.in_person())
@again(account_page)
def give(request: Request, caller: CurrentCaller, name: str, form: Form) -> Response:
    """Give it something."""
    accounts.give(caller, name, form_as(form, accounts.GrantView))
    return _back(name)


@router.post("/one/{name}/grants/removal")
@allow(STAFF.in_person())
@again(account_page)
def take_back(request: Request, caller: CurrentCaller, name: str, form: Form) -> Response:
    """Take something back."""
    accounts.take_back(caller, name, form_as(form, accounts.GrantView))
    return _back(name)


def _back(name: str) -> Response:
    return RedirectResponse(f"/staff/accounts/one/{quoted(name)}", 303)


def _account(request: Request, caller: Caller, name: str, link: str = "") -> Response:
    account = accounts.view(caller, name)
    query = query_as(request, accounts.AccountQuery)
    by_grant = account.role in BY_GRANT and caller.principal.is_staff
    shown = {
        "account": account,
        "grants": accounts.grants(caller, name, query.page) if by_grant else None,
        "link_to": linker(request, path=f"/staff/accounts/one/{quoted(name)}"),
        "by_grant": by_grant,
        "challenge": request.query_params.get("challenge", "")[:200],
        "kinds": GRANT_NAMES,
        "link": link,
        "twin": f"/api/v1/accounts/{quoted(name)}",
    }
    return render(request, "staff_account.html", shown)
