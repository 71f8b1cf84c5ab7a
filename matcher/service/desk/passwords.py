"""Setting a password by a link; asking for one by mail."""

from __future__ import annotations

import time
from typing import Annotated

from pydantic import Field

from matcher.errors import NotFoundError
from matcher.service.context import Caller
from matcher.service.store.links import PASSWORD_LINK_HOURS
from matcher.service.store.messages import FORGOTTEN
from matcher.service.views import Asked, Filled, View

_ONCE_IN_SECONDS = 600


class PasswordNew(Asked):
    """A password chosen by whoever has a link."""

    password: Annotated[str, Field(max_length=200)]


class Forgotten(Filled):
    """Whose password is forgotten."""

    name: Annotated[str, Field(min_length=1, max_length=100, examples=["某钢厂"])]


class ForgottenView(View):
    """The same whether there is such an account or not."""

    told: str = "有这个账号、并且确认过邮箱的话，设密码的网址已发到它的邮箱。"


class LinkView(View):
    """For which account a link is."""

    name: str


def link(caller: Caller, token: str) -> LinkView:
    """What a link is for. Raises: NotFoundError: it has ended or was used."""
    return LinkView(name=caller.service.links.account_of(token))


def set_by_link(caller: Caller, token: str, new: PasswordNew) -> LinkView:
    """Set the password; the link and all sign-ins of the account end.

    Raises:
        NotFoundError: the link has ended or was used.
        InputError: a password too short; the link can be used again.
    """
    service = caller.service
    with service.database.writing():
        name = service.links.use(token)
        account = service.accounts.set_password(name, new.password)
        service.audit.write(account.principal, "account.password-by-link", name)
    return LinkView(name=name)


def forgotten(caller: Caller, asked: Forgotten) -> ForgottenView:
    """Send the owner of an account a link, at most once in ten minutes.

    Raises:
        NotFoundError: no mail is sent here.
    """
    service = caller.service
    check_sends_mail(caller)
    try:
        account = service.accounts.get(asked.name)
    except NotFoundError:
        return ForgottenView()
    if account.email_confirmed and account.email and not account.disabled:
        asks = f"有人说忘了账号“{account.name}”的密码。如果是您，请打开下面的网址设新密码。"
        told = ("设新密码", f"{asks}网址 {PASSWORD_LINK_HOURS} 小时内有效，只能用一次。", "")
        with service.database.writing():
            key = f"forgotten:{int(time.time() // _ONCE_IN_SECONDS)}"
            service.deliveries.add("mail", account.account_id, key, FORGOTTEN, told)
            service.audit.write(account.principal, "account.forgotten", account.name)
        service.deliveries.called.set()
    return ForgottenView()


def check_sends_mail(caller: Caller) -> None:
    """Whether a link can be asked for. Raises: NotFoundError: no mail is sent here."""
    if not caller.service.settings.sends_mail:
        raise NotFoundError(
            "这里不能用邮件找回密码", remedy="请联系管理人员，或本单位管理账号的同事"
        )
