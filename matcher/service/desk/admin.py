"""The audit log, the state of data and models; of everybody the own password and keys."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated, Any, Literal

from pydantic import Field

from matcher.errors import InputError
from matcher.service.access import Principal
from matcher.service.context import Caller
from matcher.service.desk.meant import Meant, meant
from matcher.service.errors import SignInError
from matcher.service.store.keys import Key
from matcher.service.views import Asked, Page, PageNumber, PageSize, View

_Password = Annotated[str, Field(max_length=200)]


class AuditQuery(Asked):
    """Which acts are wanted."""

    account: Annotated[str, Field(max_length=100)] = ""
    action: Annotated[str, Field(max_length=100)] = ""
    page: PageNumber = 1
    size: PageSize = 50


class PasswordChange(Asked):
    """One's own new password."""

    old: _Password
    new: _Password


class KeyNew(Asked):
    """An API key to be made."""

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
    about: Annotated[list[Meant], Field(description="对象的名称")]


class StatusView(View):
    """What the service serves."""

    version: str
    challenges: int
    published: int
    teams: int
    passages: int
    pending: Annotated[int, Field(description="其中还没有精算语义向量的段数")]
    outcomes: int
    encoder: str
    tokenizer: str
    ranker: str
    calibrated: bool
    generation: int
    up_to_date: Annotated[bool, Field(description="正在用的就是工作区最新的内容")]
    jobs_waiting: bool


def change_password(caller: Caller, change: PasswordChange) -> None:
    """One's own new password; ends all sign-ins. Raises: InputError: the old one is wrong."""
    _by_person(caller.principal)
    try:
        caller.service.accounts.sign_in(caller.principal.name, change.old)
    except SignInError as error:
        raise InputError("原密码不对", remedy=error.remedy) from error
    caller.service.accounts.set_password(caller.principal.name, change.new)
    caller.note("account.password", caller.principal.name)


def keys(caller: Caller) -> list[KeyView]:
    """One's own API keys."""
    return [_key(key) for key in caller.service.keys.of(caller.account_id)]


def add_key(caller: Caller, new: KeyNew) -> KeyMade:
    """A new API key. Raises: InputError: asked for with a key, or too many."""
    _by_person(caller.principal)
    made, secret = caller.service.keys.add(caller.account_id, new.label, list(new.scopes))
    caller.note("key.add", str(made.key_id), scopes=",".join(made.scopes))
    return KeyMade(**dict(_key(made)), secret=secret)


def revoke_key(caller: Caller, key_id: int) -> None:
    """Make one of one's own keys worthless. Raises: NotFoundError."""
    caller.service.keys.revoke(caller.account_id, key_id)
    caller.note("key.revoke", str(key_id))


def audit(caller: Caller, query: AuditQuery) -> Page[AuditView]:
    """A page of the acts, newest first."""
    lines, total = caller.service.audit.lines(
        query.account.strip(), query.action.strip(), query.page, query.size
    )
    items = [
        AuditView(number=x.number, at=x.at, account=x.account, role=x.role, action=x.action,
                  target=x.target, detail=dict(x.detail), about=meant(caller, x.action, x.target))
        for x in lines
    ]  # fmt: skip
    return Page(items=items, total=total, page=query.page, size=query.size)


def status(caller: Caller) -> StatusView:
    """The state of data and models."""
    snapshot = caller.snapshot
    found = snapshot.workspace.status()
    return StatusView(
        version=version("jiebang-matcher"),
        challenges=found.challenges,
        published=len(snapshot.published.challenges),
        teams=found.teams,
        passages=found.team_passages,
        pending=found.pending,
        outcomes=found.outcomes,
        encoder=found.stamp.encoder,
        tokenizer=found.stamp.tokenizer,
        ranker=snapshot.matcher.ranker.name,
        calibrated=snapshot.matcher.calibration is not None,
        generation=snapshot.generation,
        up_to_date=snapshot.generation == snapshot.workspace.generation,
        jobs_waiting=caller.service.jobs.waiting(),
    )


def _by_person(principal: Principal) -> None:
    if principal.scopes is not None:
        raise InputError("接口密钥不能办这件事", remedy="登录网页后再办")


def _key(key: Key) -> KeyView:
    return KeyView(key_id=key.key_id, label=key.label, scopes=list(key.scopes),
                   created=key.created, revoked=key.revoked)  # fmt: skip
