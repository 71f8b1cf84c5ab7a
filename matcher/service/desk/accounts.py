"""The accounts: who has one, what is known of them, what brokers and local staff were given."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal, get_args

from pydantic import Field

from matcher.errors import InputError, NotFoundError
from matcher.service.access import BY_GRANT, EVERY_TEAM, OF_ORGANISATION, ROLE_NAMES
from matcher.service.clock import now
from matcher.service.context import Caller
from matcher.service.desk.searching import named
from matcher.service.errors import ConflictError
from matcher.service.store.accounts import Account, Details
from matcher.service.store.grants import GRANT_NAMES, Grant, GrantKind, stated_region
from matcher.service.store.links import PASSWORD_LINK_HOURS
from matcher.service.store.messages import Told
from matcher.service.views import Asked, Filled, Page, PageNumber, PageSize, View, challenge_page

Password = Annotated[str, Field(max_length=200)]
_Short = Annotated[str, Field(max_length=200)]
AccountRole = Literal["enterprise", "university", "broker", "expert", "local", "staff"]


class AccountDetails(Filled):
    """What is known of an account beside who it is."""

    email: Annotated[_Short, Field(description="收消息的邮箱", examples=["a@example.cn"])] = ""
    region: Annotated[_Short, Field(description="单位所在省、市", examples=["辽宁大连"])] = ""
    organisation_admin: Annotated[bool, Field(description="管理本单位的账号")] = False

    @property
    def details(self) -> Details:
        """As they are kept; staff vouch for the address. Raises: InputError: no such region."""
        found = stated_region(self.region) if self.region else ("", "")
        return Details(self.email, bool(self.email), *found, self.organisation_admin)


class AccountNew(AccountDetails):
    """An account to be made."""

    name: Annotated[str, Field(min_length=1, max_length=100, examples=["某钢厂"])]
    role: AccountRole
    organisation: Annotated[_Short, Field(examples=["某某钢铁集团有限公司"])] = ""
    password: Password


class AccountView(View):
    """An account without its password."""

    name: str
    role: str
    organisation: str
    disabled: bool
    created: str
    email: Annotated[str, Field(description="收消息的邮箱")] = ""
    province: str = ""
    city: str = ""
    organisation_admin: bool = False


class GrantView(View):
    """One thing that was given: the id of a challenge or a team, an organisation, a region."""

    kind: GrantKind
    value: Annotated[str, Field(max_length=200, examples=["辽宁 大连"])]


class GrantNamed(GrantView):
    """The same, with what it is called."""

    name: Annotated[str, Field(description="难题、团队的名称；别的同内容")]


class AccountQuery(Asked):
    """Which accounts are wanted."""

    q: Annotated[str, Field(max_length=200, description="账号或单位里的字")] = ""
    page: PageNumber = 1
    size: PageSize = 20


class PasswordLink(View):
    """A link that sets the password of an account once; told this once."""

    name: str
    path: Annotated[str, Field(description="接在本站网址后面")]
    hours: Annotated[int, Field(description="几小时内有效")]


def accounts(caller: Caller, query: AccountQuery) -> Page[AccountView]:
    """A page of the accounts, by name; of local staff those in their charge."""
    if caller.principal.is_staff:
        found, total = caller.service.accounts.page(query.q.strip(), query.page, query.size)
        items = [account_view(account) for account in found]
        return Page(items=items, total=total, page=query.page, size=query.size)
    own = [
        account_view(account)
        for account in caller.service.accounts.all()
        if _is_in_charge(caller, account)
        and query.q.strip() in f"{account.name}\n{account.organisation}"
    ]
    return Page[AccountView].of(own, query.page, query.size)


def view(caller: Caller, name: str) -> AccountView:
    """One account. Raises: NotFoundError: there is none in the caller's charge."""
    return account_view(find(caller, name))


def roles_to_give(caller: Caller) -> list[AccountRole]:
    """Of which roles the caller may make accounts."""
    every: tuple[AccountRole, ...] = get_args(AccountRole)
    return [r for r in every if caller.principal.is_staff or r in OF_ORGANISATION]


def find(caller: Caller, name: str) -> Account:
    """One account in the caller's charge. Raises: NotFoundError."""
    account = caller.service.accounts.get(name)
    if not _is_in_charge(caller, account):
        raise NotFoundError("没有这个账号", given=name[:100], remedy="在账号列表里查找")
    return account


def add(caller: Caller, new: AccountNew) -> AccountView:
    """A new account.

    Raises:
        InputError: it cannot be; or a program asks for one that is no organisation's; or local
            staff for one that is not in their charge.
    """
    details = new.details
    _check_role(caller, new.role)
    _check_place(caller, new.organisation, details)
    with caller.service.database.writing():
        made = caller.service.accounts.add(
            new.name, new.role, new.organisation, new.password, details
        )
        caller.note("account.add", made.name, role=made.role)
        charge(caller, made)
    return account_view(made)


def charge(caller: Caller, account: Account) -> None:
    """Give new local staff the region it is of: that is what it is there for."""
    region = f"{account.province} {account.city}".strip()
    if account.role == "local" and region:
        grant = caller.service.grants.add(account.account_id, "region", region)
        caller.note("grant.add", account.name, kind=grant.kind, value=grant.value)


def change(caller: Caller, name: str, asked: AccountDetails) -> AccountView:
    """Write what is known of an account anew. Raises: InputError, NotFoundError."""
    details = asked.details
    account = find(caller, name)
    if account.email == details.email:  # what was said of it stands
        details = replace(details, email_confirmed=account.email_confirmed)
    _check_role(caller, account.role)
    _check_place(caller, account.organisation, details)
    with caller.service.database.writing():
        made = caller.service.accounts.change(name, details)
        caller.note("account.change", name, organisation_admin=made.organisation_admin)
    return account_view(made)


def set_disabled(caller: Caller, name: str, disabled: bool) -> AccountView:
    """Close or reopen an account. Raises: NotFoundError; InputError; ConflictError: one's own."""
    if disabled and name == caller.principal.name:
        raise ConflictError("不能停用自己的账号", given=name, remedy="请另一位管理人员停用")
    _check_role(caller, find(caller, name).role)
    with caller.service.database.writing():
        made = caller.service.accounts.set_disabled(name, disabled)
        caller.note("account.disable" if disabled else "account.enable", name)
    return account_view(made)


def set_password(caller: Caller, name: str, password: str) -> AccountView:
    """A new password for somebody; ends the sign-ins. Raises: InputError, NotFoundError."""
    find(caller, name)
    with caller.service.database.writing():
        made = caller.service.accounts.set_password(name, password)
        caller.note("account.password", name)
        told = Told(
            f"password:{now()}", "account", "你的密码由管理人员重设了",
            "登录后请改成只有自己知道的。不是你要求的，请告诉管理人员。", "/account",
        )  # fmt: skip
        caller.service.messages.post(told, [made.account_id])
    return account_view(made)


def password_link(caller: Caller, name: str) -> PasswordLink:
    """A link with which whoever owns an account sets its password. Raises: NotFoundError."""
    return make_link(caller, find(caller, name))


def make_link(caller: Caller, account: Account) -> PasswordLink:
    """The link for an account that was found to be in the caller's charge."""
    with caller.service.database.writing():
        path = caller.service.links.make(account.account_id)
        caller.note("account.link", account.name)
    return PasswordLink(name=account.name, path=path, hours=PASSWORD_LINK_HOURS)


def grants(caller: Caller, name: str, page: int = 1, size: int = 100) -> Page[GrantNamed]:
    """A page of what an account was given. Raises: NotFoundError."""
    account = find(caller, name)
    found = caller.service.grants.listed(account.account_id)
    items = [
        GrantNamed(kind=grant.kind, value=grant.value, name=_name_of(caller, grant))
        for grant in found
    ]  # fmt: skip
    return Page[GrantNamed].of(items, page, size)


def give(caller: Caller, name: str, asked: GrantView) -> Page[GrantNamed]:
    """Give something to a broker or to local staff.

    Raises:
        NotFoundError: no such account, or no such challenge or team.
        InputError: its role sees nothing by being given it; no such region.
    """
    account = find(caller, name)
    if account.role not in BY_GRANT:
        raise InputError(
            "这种角色不用交给范围", given=ROLE_NAMES[account.role],
            expected="、".join(ROLE_NAMES[role] for role in sorted(BY_GRANT)), remedy="换一个账号",
        )  # fmt: skip
    value = asked.value
    if asked.kind in ("challenge", "team") and value != EVERY_TEAM:
        value = named(caller, asked.kind, value)
    with caller.service.database.writing():
        grant = caller.service.grants.add(account.account_id, asked.kind, value)
        caller.note("grant.add", name, kind=grant.kind, value=grant.value)
        caller.service.messages.post(_given(caller, grant), [account.account_id])
    return grants(caller, name)


def take_back(caller: Caller, name: str, asked: GrantView) -> Page[GrantNamed]:
    """Take something back. Raises: NotFoundError: it had not been given."""
    account = find(caller, name)
    with caller.service.database.writing():
        if not caller.service.grants.remove(account.account_id, asked.kind, asked.value):
            raise NotFoundError("没有交给过这一项", given=asked.value, remedy="刷新后再看")
        caller.note("grant.remove", name, kind=asked.kind, value=asked.value)
    return grants(caller, name)


def _name_of(caller: Caller, grant: Grant) -> str:
    matcher = caller.snapshot.matcher
    if grant.kind == "challenge" and (challenge := matcher.challenges.get(grant.value)):
        return challenge.name
    if grant.kind == "team" and (team := matcher.teams.get(grant.value)):
        return team.name
    return "整个团队库" if grant.value == EVERY_TEAM else grant.value


def _given(caller: Caller, grant: Grant) -> Told:
    """That somebody was given something."""
    name = _name_of(caller, grant)
    link = challenge_page(grant.value) if grant.kind == "challenge" else "/"
    return Told(
        f"grant:{grant.kind}:{grant.value}:{grant.given}", "case",
        f"交给你的{GRANT_NAMES[grant.kind]}：{name}", "在首页的待办里看接下来可以办什么。", link,
    )  # fmt: skip


def account_view(account: Account) -> AccountView:
    """An account as it is shown."""
    return AccountView(
        name=account.name, role=account.role, organisation=account.organisation,
        disabled=account.disabled, created=account.created, email=account.email,
        province=account.province, city=account.city,
        organisation_admin=account.organisation_admin,
    )  # fmt: skip


def _is_in_charge(caller: Caller, account: Account) -> bool:
    """Staff see to all accounts, local staff to those of the organisations they were given."""
    who = caller.principal
    return who.is_staff or (
        account.role in OF_ORGANISATION
        and who.given.covers([account.organisation], account.province, account.city)
    )


def _check_role(caller: Caller, role: str) -> None:
    """Local staff and programs see to accounts of organisations only."""
    if role in OF_ORGANISATION:
        return
    if caller.principal.scopes is not None:
        raise InputError("接口密钥只能办企业和高校院所的账号", given=ROLE_NAMES[role],  # type: ignore[index]
                         remedy="登录网页后再办")  # fmt: skip
    if not caller.principal.is_staff:
        raise InputError("只能办企业和高校院所的账号", given=ROLE_NAMES[role],  # type: ignore[index]
                         remedy="请省级管理人员办理")  # fmt: skip


def _check_place(caller: Caller, organisation: str, details: Details) -> None:
    who = caller.principal
    if not (who.is_staff or who.given.covers([organisation], details.province, details.city)):
        raise InputError(
            "这个单位不在你的职责范围里", given=f"{organisation} {details.province}{details.city}",
            expected="范围内的地区或单位", remedy="写明所在省、市，或请管理人员办理",
        )  # fmt: skip
