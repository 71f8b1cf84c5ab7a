"""The accounts of one's own organisation."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body
from pydantic import Field

from matcher.service.access import COLLEAGUES, COLLEAGUES_SECRET, allow
from matcher.service.api.accounts import AccountState
from matcher.service.api.routing import api_router
from matcher.service.desk import accounts, colleagues
from matcher.service.routing import CurrentCaller
from matcher.service.views import Page, PageNumber, PageSize

router = api_router("colleagues", "账号")
Name = Annotated[str, Field(max_length=100, examples=["某钢厂 李工"])]


@router.get("")
@allow(COLLEAGUES)
def list_colleagues(
    caller: CurrentCaller, page: PageNumber = 1, size: PageSize = 20
) -> Page[accounts.AccountView]:
    """本单位的账号（单位管理员）。"""
    return colleagues.colleagues(caller, page, size)


@router.post("", status_code=201)
@allow(COLLEAGUES_SECRET)
def add_colleague(
    caller: CurrentCaller, new: Annotated[colleagues.ColleagueNew, Body()]
) -> accounts.PasswordLink:
    """新增本单位的账号，得到一次性链接；接口密钥不能办。"""
    return colleagues.add(caller, new)


@router.put("/{name}/state")
@allow(COLLEAGUES.in_person())
def set_colleague_state(
    caller: CurrentCaller, name: Name, state: Annotated[AccountState, Body()]
) -> accounts.AccountView:
    """停用或重新启用本单位的账号；接口密钥不能办。"""
    return colleagues.set_disabled(caller, name, state.disabled)


@router.post("/{name}/password-link", status_code=201)
@allow(COLLEAGUES_SECRET)
def colleague_link(caller: CurrentCaller, name: Name) -> accounts.PasswordLink:
    """一次性链接，由同事自己重设密码；接口密钥不能办。"""
    return colleagues.password_link(caller, name)
