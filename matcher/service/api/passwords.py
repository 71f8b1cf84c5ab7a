"""Setting a password by a link."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body
from pydantic import Field

from matcher.service.access import SIGN_IN, allow
from matcher.service.api.routing import api_router
from matcher.service.desk import passwords
from matcher.service.routing import CurrentCaller

router = api_router("set-password", "账号")
Token = Annotated[str, Field(max_length=200)]


@router.post("")
@allow(SIGN_IN)
def ask_for_link(
    caller: CurrentCaller, asked: Annotated[passwords.Forgotten, Body()]
) -> passwords.ForgottenView:
    """忘了密码：把一次性链接发到账号确认过的邮箱；有没有这个账号，回答都一样。"""
    return passwords.forgotten(caller, asked)


@router.get("/{token}")
@allow(SIGN_IN)
def read_link(caller: CurrentCaller, token: Token) -> passwords.LinkView:
    """一次性链接是哪个账号的。"""
    return passwords.link(caller, token)


@router.post("/{token}")
@allow(SIGN_IN)
def set_by_link(
    caller: CurrentCaller, token: Token, new: Annotated[passwords.PasswordNew, Body()]
) -> passwords.LinkView:
    """凭一次性链接设密码；链接随之失效。"""
    return passwords.set_by_link(caller, token, new)
