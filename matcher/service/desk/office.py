"""What staff keep in order: accounts, the audit log, the state of data and models; own keys."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from matcher.errors import InputError
from matcher.service.access import Principal
from matcher.service.accounts import Account, SignInError
from matcher.service.context import Service
from matcher.service.desk.views import Page, PageNumber, PageSize, View
from matcher.service.keys import Key
from matcher.service.problems import ConflictError

_Password = Annotated[str, Field(max_length=200)]


class AccountNew(BaseModel):
    """An account to be made."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1, max_length=100, examples=["某钢厂"])]
    role: Literal["enterprise", "university", "staff"]
    organisation: Annotated[str, Field(max_length=200, examples=["某某钢铁集团有限公司"])] = ""
    password: _Password


class AccountView(View):
    """An account without its password."""

    name: str
    role: str
    organisation: str
    disabled: bool
    created: str


class AccountQuery(BaseModel):
    """Which accounts are wanted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    q: Annotated[str, Field(max_length=200, description="账号或单位里的字")] = ""
    page: PageNumber = 1
    size: PageSize = 20


class AuditQuery(BaseModel):
    """Which acts are wanted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    account: Annotated[str, Field(max_length=100)] = ""
    action: Annotated[str, Field(max_length=100)] = ""
    page: PageNumber = 1
    size: PageSize = 50


class PasswordChange(BaseModel):
    """One's own new password."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    old: _Password
    new: _Password


class KeyNew(BaseModel):
    """An API key to be made."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: Annotated[str, Field(min_length=1, max_length=100, examples=["数据交换"])]
    scopes: Annotated[list[Literal["read", "write", "metrics"]], Field(min_length=1, max_length=3)]


class KeyView(View):
    """An API key without its secret."""

    key_id: int
    label: str
    scopes: list[str]
    created: str
    revoked: str | None


class KeyMade(KeyView):
    """A key just made; its secret is told this once."""

    secret: str


class AuditView(View):
    """One act."""

    number: int
    at: str
    account: str
    role: str
    action: str
    target: str
    detail: dict[str, Any]


class StatusView(View):
    """What the service serves."""

    version: str
    challenges: int
    published: int
    teams: int
    passages: int
    outcomes: int
    encoder: str
    tokenizer: str
    ranker: str
    calibrated: bool
    generation: int
    up_to_date: Annotated[bool, Field(description="正在用的就是工作区最新的内容")]
    jobs_waiting: bool


def accounts(service: Service, query: AccountQuery) -> Page[AccountView]:
    """A page of the accounts, by name."""
    found, total = service.accounts.page(query.q.strip(), query.page, query.size)
    items = [_account(account) for account in found]
    return Page(items=items, total=total, page=query.page, size=query.size)


def add_account(service: Service, principal: Principal, new: AccountNew) -> AccountView:
    """A new account. Raises: InputError."""
    made = service.accounts.add(new.name, new.role, new.organisation, new.password)
    service.audit.write(principal, "account.add", made.name, role=made.role)
    return _account(made)


def set_disabled(service: Service, principal: Principal, name: str, disabled: bool) -> AccountView:
    """Close or reopen an account. Raises: NotFoundError; ConflictError: one's own."""
    if disabled and name == principal.name:
        raise ConflictError("不能停用自己的账号", given=name, remedy="请另一位管理人员停用")
    made = service.accounts.set_disabled(name, disabled)
    service.audit.write(principal, "account.disable" if disabled else "account.enable", name)
    return _account(made)


def set_password(service: Service, principal: Principal, name: str, password: str) -> AccountView:
    """A new password for somebody; ends the sign-ins. Raises: InputError, NotFoundError."""
    made = service.accounts.set_password(name, password)
    service.audit.write(principal, "account.password", name)
    return _account(made)


def change_password(service: Service, principal: Principal, change: PasswordChange) -> None:
    """One's own new password; ends all sign-ins. Raises: InputError: the old one is wrong."""
    _by_person(principal)
    try:
        service.accounts.sign_in(principal.name, change.old)
    except SignInError as error:
        raise InputError("原密码不对", remedy=error.remedy) from error
    service.accounts.set_password(principal.name, change.new)
    service.audit.write(principal, "account.password", principal.name)


def keys(service: Service, principal: Principal) -> list[KeyView]:
    """One's own API keys."""
    assert principal.account_id is not None
    return [_key(key) for key in service.keys.of(principal.account_id)]


def add_key(service: Service, principal: Principal, new: KeyNew) -> KeyMade:
    """A new API key. Raises: InputError: asked for with a key, or too many."""
    _by_person(principal)
    assert principal.account_id is not None
    made, secret = service.keys.add(principal.account_id, new.label, list(new.scopes))
    service.audit.write(principal, "key.add", str(made.key_id), scopes=",".join(made.scopes))
    return KeyMade(**dict(_key(made)), secret=secret)


def revoke_key(service: Service, principal: Principal, key_id: int) -> None:
    """Make one of one's own keys worthless. Raises: NotFoundError."""
    assert principal.account_id is not None
    service.keys.revoke(principal.account_id, key_id)
    service.audit.write(principal, "key.revoke", str(key_id))


def audit(service: Service, query: AuditQuery) -> Page[AuditView]:
    """A page of the acts, newest first."""
    lines, total = service.audit.lines(
        query.account.strip(), query.action.strip(), query.page, query.size
    )
    items = [
        AuditView(number=x.number, at=x.at, account=x.account, role=x.role, action=x.action,
                  target=x.target, detail=dict(x.detail))
        for x in lines
    ]  # fmt: skip
    return Page(items=items, total=total, page=query.page, size=query.size)


def status(service: Service) -> StatusView:
    """The state of data and models."""
    edition = service.library.current()
    found = edition.workspace.status()
    return StatusView(
        version=version("jiebang-matcher"),
        challenges=found.challenges,
        published=len(edition.published.challenges),
        teams=found.teams,
        passages=found.team_passages,
        outcomes=found.outcomes,
        encoder=found.stamp.encoder,
        tokenizer=found.stamp.tokenizer,
        ranker=edition.matcher.ranker.name,
        calibrated=edition.matcher.calibration is not None,
        generation=edition.generation,
        up_to_date=edition.generation == edition.workspace.generation,
        jobs_waiting=service.jobs.waiting(),
    )


def _by_person(principal: Principal) -> None:
    if principal.scopes is not None:
        raise InputError("接口密钥不能办这件事", remedy="登录网页后再办")


def _account(account: Account) -> AccountView:
    return AccountView(
        name=account.name, role=account.role, organisation=account.organisation,
        disabled=account.disabled, created=account.created,
    )  # fmt: skip


def _key(key: Key) -> KeyView:
    return KeyView(key_id=key.key_id, label=key.label, scopes=list(key.scopes),
                   created=key.created, revoked=key.revoked)  # fmt: skip
