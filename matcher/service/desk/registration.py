"""Asking for an account, and deciding about it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from matcher.errors import NotFoundError
from matcher.service.access import ROLE_NAMES
from matcher.service.clock import now
from matcher.service.context import Caller
from matcher.service.desk.inbox import ask_whether_theirs
from matcher.service.desk.notices import staff_in_charge
from matcher.service.store.accounts import Account, Details, check_account
from matcher.service.store.grants import stated_region
from matcher.service.store.messages import Told
from matcher.service.store.registrations import (
    Registration,
    RegistrationState,
    new_registration_id,
)
from matcher.service.views import Asked, Filled, Page, PageNumber, PageSize, View

_Short = Annotated[str, Field(max_length=200)]


class RegistrationNew(Filled):
    """What somebody says who wants an account."""

    name: Annotated[str, Field(min_length=1, max_length=100, examples=["某钢厂"])]
    role: Literal["enterprise", "university"]
    organisation: Annotated[
        str, Field(min_length=1, max_length=200, examples=["某某钢铁集团有限公司"])
    ]
    region: Annotated[
        str, Field(min_length=1, max_length=200, description="所在省、市", examples=["辽宁大连"])
    ]
    email: Annotated[_Short, Field(description="收消息的邮箱，可不填")] = ""
    note: Annotated[str, Field(max_length=500, description="给审核的人看的说明")] = ""
    password: Annotated[str, Field(max_length=200)]


class RegistrationView(View):
    """A request for an account, without its password."""

    registration_id: str
    name: str
    role: str
    organisation: str
    province: str
    city: str
    email: str
    note: str
    state: RegistrationState
    reason: str
    created: str
    decided: str | None
    colleagues: Annotated[int, Field(description="同单位已有几个账号")]


class RegistrationQuery(Asked):
    """Which requests are wanted."""

    state: RegistrationState | None = None
    page: PageNumber = 1
    size: PageSize = 20


class Approval(Asked):
    """An account is made."""

    organisation_admin: Annotated[bool, Field(description="管理本单位的账号")] = False


class Refusal(Filled):
    """No account is made."""

    reason: Annotated[str, Field(min_length=1, max_length=500, examples=["请用单位全称"])]


class Received(View):
    """A request has been kept."""

    state: RegistrationState = "待审核"


def ask(caller: Caller, asked: RegistrationNew) -> Received:
    """Keep a request.

    Raises:
        NotFoundError: nobody may ask here.
        InputError: the account could not be; no such region; the name is taken.
    """
    service = caller.service
    check_open(caller)
    found = stated_region(asked.region)
    check_account(asked.name, asked.role, asked.organisation, Details(asked.email))
    kept = Registration(
        new_registration_id(), asked.name, asked.role, asked.organisation, *found, asked.email,
        asked.note, service.accounts.hashed(asked.password), "待审核", "", now(), None,
    )  # fmt: skip
    with service.database.writing():
        service.registrations.add(kept)
        caller.note("registration.ask", kept.registration_id, role=kept.role)
        _tell_staff(caller, kept)
    return Received()


def check_open(caller: Caller) -> None:
    """Whether anybody may ask. Raises: NotFoundError: nobody may."""
    if not caller.service.settings.registration:
        raise NotFoundError("这里不能自己申请账号", remedy="请联系管理人员开通")


def browse(caller: Caller, query: RegistrationQuery) -> Page[RegistrationView]:
    """A page of the requests in the caller's charge; the oldest undecided first."""
    kept = caller.service.registrations.all(query.state or "")
    known = caller.service.accounts.all()
    found = [_view(asked, known) for asked in kept if _is_in_charge(caller, asked)]
    return Page[RegistrationView].of(found, query.page, query.size)


def approve(caller: Caller, registration_id: str, how: Approval) -> RegistrationView:
    """Make the account that was asked for; its own password opens it.

    Raises:
        NotFoundError: no such request in the caller's charge.
        ConflictError: it is decided already.
        InputError: the name has been taken meanwhile.
    """
    service = caller.service
    asked = find(caller, registration_id)
    details = Details(asked.email, False, asked.province, asked.city, how.organisation_admin)
    with service.database.writing():
        service.registrations.decide(registration_id, "已通过")
        made = service.accounts.add_hashed(
            asked.name, asked.role, asked.organisation, asked.password, details
        )
        caller.note("registration.approve", registration_id, role=asked.role)
        welcome = Told(
            f"registration:{registration_id}", "account", "账号已经开通",
            "在“消息设置”里填邮箱，重要的消息会同时发到邮箱。", "/inbox/settings",
        )  # fmt: skip
        service.messages.post(welcome, [made.account_id])
        ask_whether_theirs(service, made)
    return _view(find(caller, registration_id), service.accounts.all())


def refuse(caller: Caller, registration_id: str, why: Refusal) -> RegistrationView:
    """Send a request back. Raises: NotFoundError; ConflictError: it is decided already."""
    service = caller.service
    find(caller, registration_id)
    with service.database.writing():
        service.registrations.decide(registration_id, "已退回", why.reason)
        caller.note("registration.refuse", registration_id)
    return _view(find(caller, registration_id), service.accounts.all())


def find(caller: Caller, registration_id: str) -> Registration:
    """One request in the caller's charge. Raises: NotFoundError."""
    found = caller.service.registrations.get(registration_id)
    if not _is_in_charge(caller, found):
        raise NotFoundError("没有这份申请", given=registration_id[:100], remedy="在列表里查找")
    return found


def _tell_staff(caller: Caller, asked: Registration) -> None:
    told = Told(
        f"registration:{asked.registration_id}", "desk", f"账号申请：{asked.organisation}",
        f"{ROLE_NAMES[asked.role]}，{asked.province}{asked.city}", "/staff/registrations",
    )  # fmt: skip
    staff = staff_in_charge(caller.service, asked.organisation, asked.province, asked.city)
    caller.service.messages.post(told, staff)
    caller.service.messages.post_outside(told)


def _is_in_charge(caller: Caller, asked: Registration) -> bool:
    who = caller.principal
    return who.is_staff or who.given.covers([asked.organisation], asked.province, asked.city)


def _view(asked: Registration, known: tuple[Account, ...]) -> RegistrationView:
    colleagues = sum(
        account.role == asked.role and account.principal.belongs_to(asked.organisation)
        for account in known
    )
    return RegistrationView(
        registration_id=asked.registration_id, name=asked.name, role=asked.role,
        organisation=asked.organisation, province=asked.province, city=asked.city,
        email=asked.email, note=asked.note, state=asked.state, reason=asked.reason,
        created=asked.created, decided=asked.decided, colleagues=colleagues,
    )  # fmt: skip
