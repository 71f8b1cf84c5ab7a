"""One's own messages: the inbox, the mailbox, what is wanted by mail."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from matcher.errors import InputError, NotFoundError
from matcher.service.clock import now
from matcher.service.context import Caller, Service
from matcher.service.desk.delivering import UNSUBSCRIBE
from matcher.service.store.accounts import Account, Details
from matcher.service.store.messages import (
    CONFIRMING,
    MESSAGE_KIND_NAMES,
    MESSAGE_KINDS,
    Message,
    MessageKind,
)
from matcher.service.store.signing import NUMBER
from matcher.service.views import Asked, Page, PageNumber, PageSize, View

_CONFIRM = "confirm"


class InboxQuery(Asked):
    """Which messages are wanted."""

    unread: Annotated[bool, Field(description="只要没读的")] = False
    page: PageNumber = 1
    size: PageSize = 20


class MessageView(View):
    """One message."""

    message_id: int
    kind: MessageKind
    title: str
    body: str
    link: Annotated[str, Field(description="本站的一个页面")]
    at: str
    read: str | None


class ReadCount(View):
    """How many messages have been read now that had not been."""

    read: int


class MessageSettings(View):
    """Where one's messages go."""

    email: str
    confirmed: Annotated[bool, Field(description="邮箱确认过才会收到邮件")]
    by_mail: Annotated[bool, Field(description="本站配置了发邮件")]
    wanted: Annotated[list[MessageKind], Field(description="要用邮件收的种类")]


class MessageWishes(BaseModel):
    """Where messages shall go."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    email: Annotated[str, Field(max_length=200)] = ""
    wanted: Annotated[list[MessageKind], Field(max_length=len(MESSAGE_KINDS))] = []


class LinkedAccount(View):
    """What a link from a mail is about."""

    name: str
    kind: str = ""
    email: str = ""


def browse(caller: Caller, query: InboxQuery) -> Page[MessageView]:
    """A page of one's inbox, newest first."""
    found, total = caller.service.messages.page(
        caller.account_id, query.unread, query.page, query.size
    )
    return Page(items=list(map(_view, found)), total=total, page=query.page, size=query.size)


def read(caller: Caller, message_id: int | None = None) -> ReadCount:
    """One of one's messages, or all, has been read; others' are none of one's own."""
    return ReadCount(read=caller.service.messages.read(caller.account_id, message_id))


def follow(caller: Caller, message_id: int) -> str:
    """Where one of one's messages leads; it has been read. Raises: NotFoundError: no such one."""
    found = caller.service.messages.find(caller.account_id, message_id)
    if found is None:
        raise NotFoundError("没有这条消息", given=message_id, remedy="回到消息列表核对")
    read(caller, message_id)
    return found.link


def settings(caller: Caller) -> MessageSettings:
    """Where one's messages go."""
    service, account = caller.service, _own(caller)
    unwanted = service.messages.unwanted(account.account_id)
    return MessageSettings(
        email=account.email, confirmed=account.email_confirmed,
        by_mail=service.settings.sends_mail,
        wanted=[kind for kind in MESSAGE_KINDS if kind not in unwanted],
    )  # fmt: skip


def change(caller: Caller, wishes: MessageWishes) -> MessageSettings:
    """Write them anew; a new address is asked first whether it is theirs.

    Raises:
        InputError: no address, or a key asks.
    """
    service, account = caller.service, _own(caller)
    if caller.principal.scopes is not None and wishes.email != account.email:
        raise InputError("接口密钥不能改邮箱", remedy="登录网页后再办")
    with service.database.writing():
        if wishes.email != account.email:
            details = Details(
                wishes.email, False, account.province, account.city, account.organisation_admin
            )
            account = service.accounts.change(account.name, details)
            ask_whether_theirs(service, account)
        unwanted = [kind for kind in MESSAGE_KINDS if kind not in wishes.wanted]
        service.messages.set_unwanted(account.account_id, unwanted)
        caller.note("messages.settings", caller.principal.name)
    return settings(caller)


def confirmation(caller: Caller, token: str) -> LinkedAccount:
    """What a link that confirms an address is about. Raises: NotFoundError."""
    account = _confirming(caller, token)
    return LinkedAccount(name=account.name, email=account.email)


def confirm(caller: Caller, token: str) -> LinkedAccount:
    """Whoever reads at the address says that it is theirs. Raises: NotFoundError."""
    account = _confirming(caller, token)
    details = Details(
        account.email, True, account.province, account.city, account.organisation_admin
    )
    with caller.service.database.writing():
        caller.service.accounts.change(account.name, details)
        caller.service.audit.write(account.principal, "messages.confirm", account.name)
    return LinkedAccount(name=account.name, email=account.email)


def unsubscription(caller: Caller, kind: str, token: str) -> LinkedAccount:
    """What a link that ends a kind of mail is about. Raises: NotFoundError."""
    account = _unsubscribing(caller, kind, token)
    return LinkedAccount(name=account.name, kind=MESSAGE_KIND_NAMES[kind])  # type: ignore[index]


def unsubscribe(caller: Caller, kind: str, token: str) -> LinkedAccount:
    """No more mail of this kind; the inbox has it all the same. Raises: NotFoundError."""
    account = _unsubscribing(caller, kind, token)
    messages = caller.service.messages
    with caller.service.database.writing():
        messages.set_unwanted(account.account_id, messages.unwanted(account.account_id) | {kind})
        caller.service.audit.write(account.principal, "messages.unsubscribe", kind)
    return LinkedAccount(name=account.name, kind=MESSAGE_KIND_NAMES[kind])  # type: ignore[index]


def ask_whether_theirs(service: Service, account: Account) -> None:
    """Ask at an address that nobody has vouched for, if it has one and mail is sent here."""
    if not (account.email and service.settings.sends_mail) or account.email_confirmed:
        return
    token = service.signing.token(_CONFIRM, account.account_id, account.email)
    asks = f"有人在{service.settings.title}把这个邮箱填为账号“{account.name}”收消息的邮箱。"
    told = ("确认邮箱", f"{asks}如果是您，请点开下面的网址确认。", f"/confirm-email/{token}")
    key = f"confirm:{now()}:{token[-8:]}"
    service.deliveries.add("mail", account.account_id, key, CONFIRMING, told)
    service.deliveries.called.set()


def _confirming(caller: Caller, token: str) -> Account:
    service = caller.service
    number = token.partition(".")[0]
    account = service.accounts.by_id(int(number)) if NUMBER.fullmatch(number) else None
    # A token is for one address: the one that is still written there.
    service.signing.account_of(_CONFIRM, token, "" if account is None else account.email)
    if account is None or account.disabled or not account.email:
        raise NotFoundError("这个链接不能用了", remedy="登录后在“消息设置”里重新填邮箱")
    return account


def _unsubscribing(caller: Caller, kind: str, token: str) -> Account:
    service = caller.service
    account = service.accounts.by_id(service.signing.account_of(UNSUBSCRIBE, token, kind))
    if account is None or kind not in MESSAGE_KINDS:
        raise NotFoundError("这个链接不能用了", remedy="登录后在“消息设置”里办")
    return account


def _own(caller: Caller) -> Account:
    account = caller.service.accounts.by_id(caller.account_id)
    assert account is not None
    return account


def _view(message: Message) -> MessageView:
    return MessageView(
        message_id=message.message_id, kind=message.kind, title=message.title,
        body=message.body, link=message.link, at=message.at, read=message.read,
    )  # fmt: skip
