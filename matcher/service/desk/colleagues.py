"""The accounts of one's own organisation, kept by one of its own."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from matcher.errors import NotFoundError
from matcher.service.context import Caller
from matcher.service.desk.accounts import (
    AccountView,
    PasswordLink,
    account_view,
    make_link,
)
from matcher.service.desk.inbox import ask_whether_theirs
from matcher.service.errors import ConflictError
from matcher.service.store.accounts import Account, Details
from matcher.service.views import Filled, Page


class ColleagueNew(Filled):
    """An account for a colleague; a link lets them set the password themselves."""

    name: Annotated[str, Field(min_length=1, max_length=100, examples=["某钢厂 李工"])]
    email: Annotated[str, Field(max_length=200)] = ""


def colleagues(caller: Caller, page: int = 1, size: int = 100) -> Page[AccountView]:
    """A page of the accounts of the caller's organisation and role, its own too, by name."""
    known = caller.service.accounts.all()
    found = [account_view(account) for account in known if _is_colleague(caller, account)]
    return Page[AccountView].of(found, page, size)


def add(caller: Caller, new: ColleagueNew) -> PasswordLink:
    """A new account of one's own organisation, and the link that opens it. Raises: InputError."""
    service = caller.service
    own = service.accounts.by_id(caller.account_id)
    assert own is not None
    # Nobody vouches for the address: it gets messages once whoever reads there has said so.
    details = Details(new.email, False, own.province, own.city)
    with service.database.writing():
        made = service.accounts.add(new.name, own.role, own.organisation, None, details)
        caller.note("account.add", made.name, role=made.role)
        ask_whether_theirs(service, made)
        return make_link(caller, made)


def set_disabled(caller: Caller, name: str, disabled: bool) -> AccountView:
    """Close or reopen a colleague's account. Raises: NotFoundError; ConflictError: one's own."""
    if name == caller.principal.name:
        raise ConflictError("不能停用自己的账号", given=name, remedy="请管理人员停用")
    find(caller, name)
    with caller.service.database.writing():
        made = caller.service.accounts.set_disabled(name, disabled)
        caller.note("account.disable" if disabled else "account.enable", name)
    return account_view(made)


def password_link(caller: Caller, name: str) -> PasswordLink:
    """A link with which a colleague sets the password anew. Raises: NotFoundError."""
    return make_link(caller, find(caller, name))


def find(caller: Caller, name: str) -> Account:
    """A colleague's account. Raises: NotFoundError: another organisation's, or none."""
    account = caller.service.accounts.get(name)
    if not _is_colleague(caller, account):
        raise NotFoundError("本单位没有这个账号", given=name[:100], remedy="在同事列表里查找")
    return account


def _is_colleague(caller: Caller, account: Account) -> bool:
    who = caller.principal
    return account.role == who.role and who.belongs_to(account.organisation)
