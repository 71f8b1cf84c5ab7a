"""Messages as staff keep them going: whether they can go out, what is stuck, other systems."""

from __future__ import annotations

import secrets
from typing import Annotated

from pydantic import Field

from matcher.errors import InputError
from matcher.service.clock import now
from matcher.service.context import Caller
from matcher.service.sending import hooks, mail
from matcher.service.sending.addresses import target_of
from matcher.service.sending.outcome import InDoubtError, NotSentError
from matcher.service.store.deliveries import (
    Channel,
    Delivery,
    DeliveryState,
)
from matcher.service.store.hooks import Hook, HookStyle
from matcher.service.store.messages import MESSAGE_KINDS, MessageKind
from matcher.service.views import Asked, Filled, Page, PageNumber, PageSize, View

# What somebody has to look at.
STUCK: tuple[DeliveryState, ...] = ("doubt", "dead")


class HookNew(Filled):
    """Another system that is to be told."""

    name: Annotated[str, Field(min_length=1, max_length=100, examples=["处里的群"])]
    style: HookStyle
    address: Annotated[str, Field(min_length=1, max_length=1000)]
    secret: Annotated[
        str, Field(max_length=200, description="钉钉、飞书的加签密钥，可不填；程序接口的由本站生成")
    ] = ""
    kinds: Annotated[list[MessageKind], Field(min_length=1, max_length=len(MESSAGE_KINDS))]


class HookView(View):
    """Another system, without address and secret: whoever has these may write to it."""

    hook_id: int
    name: str
    style: HookStyle
    host: str
    kinds: list[str]
    created: str


class HookMade(HookView):
    """One just added; the secret its posts are signed with is told this once."""

    secret: str


class DeliveryView(View):
    """What is to go out, without the mailbox."""

    delivery_id: int
    channel: Channel
    target: Annotated[str, Field(description="账号或外发地址的名字")]
    kind: str
    title: str
    state: DeliveryState
    attempts: int
    error: str
    created: str
    updated: str


class DeliveryQuery(Asked):
    """Which deliveries are wanted; without a state those somebody has to look at."""

    state: DeliveryState | None = None
    page: PageNumber = 1
    size: PageSize = 20


class OutgoingView(View):
    """Whether messages can go out, and how it stands."""

    by_mail: bool
    mail_host: str
    mail_from: str
    public_address: str
    states: dict[DeliveryState, int]


class Tested(View):
    """What came of a test."""

    sent: bool
    told: str


def outgoing(caller: Caller) -> OutgoingView:
    """Whether messages can go out, and how it stands."""
    given = caller.service.settings
    return OutgoingView(
        by_mail=given.sends_mail, mail_host=given.mail_host, mail_from=given.mail_from,
        public_address=given.public_address, states=caller.service.deliveries.counted(),
    )  # fmt: skip


def deliveries(caller: Caller, query: DeliveryQuery) -> Page[DeliveryView]:
    """A page of the deliveries, the last changed first."""
    states = STUCK if query.state is None else (query.state,)
    found, total = caller.service.deliveries.page(states, query.page, query.size)
    items = [_delivery(caller, one) for one in found]
    return Page(items=items, total=total, page=query.page, size=query.size)


def resend(caller: Caller, delivery_id: int) -> DeliveryView:
    """Try one again. Raises: NotFoundError; ConflictError: it is not stuck."""
    with caller.service.database.writing():
        caller.service.deliveries.resend(delivery_id)
        caller.note("delivery.resend", str(delivery_id))
    return _delivery(caller, caller.service.deliveries.get(delivery_id))


def drop(caller: Caller, delivery_id: int) -> DeliveryView:
    """Try one no more. Raises: NotFoundError; ConflictError: it is sent, or on its way."""
    with caller.service.database.writing():
        caller.service.deliveries.drop(delivery_id)
        caller.note("delivery.drop", str(delivery_id))
    return _delivery(caller, caller.service.deliveries.get(delivery_id))


def all_hooks(caller: Caller, page: int = 1, size: int = 100) -> Page[HookView]:
    """The other systems that are told."""
    return Page[HookView].of([_hook(h) for h in caller.service.hooks.all()], page, size)


def add_hook(caller: Caller, new: HookNew) -> HookMade:
    """Tell another system from now on. Raises: InputError: its address cannot be used."""
    target_of(new.address, caller.service.settings.hook_networks)
    secret = new.secret or (secrets.token_urlsafe(32) if new.style == "signed" else "")
    with caller.service.database.writing():
        made = caller.service.hooks.add(new.name, new.style, new.address, secret, tuple(new.kinds))
        caller.note("hook.add", str(made.hook_id), format=made.style)
    return HookMade(**dict(_hook(made)), secret=secret if new.style == "signed" else "")


def delete_hook(caller: Caller, hook_id: int) -> None:
    """Tell it no more. Raises: NotFoundError."""
    with caller.service.database.writing():
        caller.service.hooks.delete(hook_id)
        caller.note("hook.delete", str(hook_id))


def test_hook(caller: Caller, hook_id: int) -> Tested:
    """Post a test to one now. Raises: NotFoundError."""
    hook = caller.service.hooks.get(hook_id)
    caller.note("hook.test", str(hook_id))
    try:
        hooks.send(caller.service.settings, hook, _test("hook", hook_id))
    except (NotSentError, InDoubtError) as error:
        return Tested(sent=False, told=error.reason)
    return Tested(sent=True, told=f"“{hook.name}”已收到测试消息")


def test_mail(caller: Caller) -> Tested:
    """Send a test to one's own mailbox now. Raises: InputError: it cannot be."""
    service = caller.service
    account = service.accounts.by_id(caller.account_id)
    if not service.settings.sends_mail:
        raise InputError("没有配置邮件服务器", expected="设置 mail_host、mail_from、public_address",
                         remedy="写进设置文件，重新启动服务")  # fmt: skip
    if account is None or not account.email:
        raise InputError("你的账号没有邮箱", remedy="先在“消息设置”里填自己的邮箱")
    caller.note("messages.test")
    written = mail.compose(
        service.settings, _test("mail", account.account_id), account.name, account.email, ""
    )
    try:
        mail.send(service.settings, written)
    except (NotSentError, InDoubtError) as error:
        return Tested(sent=False, told=error.reason)
    return Tested(sent=True, told="邮件服务器已接受测试邮件，请到自己的邮箱里查收")


def _test(channel: Channel, target: int) -> Delivery:
    moment = now()
    key = f"test:{secrets.token_hex(8)}"
    return Delivery(
        0, channel, target, key, "desk", "测试消息", "收到它，就说明发得出去。", "/staff/messages",
        "sending", 1, "", moment, moment,
    )  # fmt: skip


def _hook(hook: Hook) -> HookView:
    host = hook.address.partition("://")[2].partition("/")[0].partition("?")[0]
    return HookView(hook_id=hook.hook_id, name=hook.name, style=hook.style, host=host,
                    kinds=list(hook.kinds), created=hook.created)  # fmt: skip


def _delivery(caller: Caller, one: Delivery) -> DeliveryView:
    if one.channel == "mail":
        account = caller.service.accounts.by_id(one.target)
        target = "" if account is None else account.name
    else:
        named = {hook.hook_id: hook.name for hook in caller.service.hooks.all()}
        target = named.get(one.target, "（已删除）")
    return DeliveryView(
        delivery_id=one.delivery_id, channel=one.channel, target=target, kind=one.kind,
        title=one.title, state=one.state, attempts=one.attempts, error=one.error,
        created=one.created, updated=one.updated,
    )  # fmt: skip
