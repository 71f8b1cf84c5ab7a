"""Accounts, and what brokers and local staff were given."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Query
from pydantic import BaseModel, Field

from matcher.service.access import LOCAL_SECRET, LOCAL_STAFF, STAFF, allow
from matcher.service.api.routing import api_router
from matcher.service.desk import accounts
from matcher.service.routing import CurrentCaller
from matcher.service.views import Page, PageNumber, PageSize

router = api_router("accounts", "账号")
Name = Annotated[str, Field(max_length=100, examples=["某钢厂"])]


class AccountState(BaseModel):
    """Whether an account is closed."""

    disabled: bool


class NewPassword(BaseModel):
    """A new password."""

    password: Annotated[str, Field(max_length=200)]


@router.get("")
@allow(LOCAL_STAFF)
def list_accounts(
    caller: CurrentCaller, query: Annotated[accounts.AccountQuery, Query()]
) -> Page[accounts.AccountView]:
    """账号，按名字；市县园区管理人员看范围内的。"""
    return accounts.accounts(caller, query)


@router.post("", status_code=201)
@allow(LOCAL_STAFF)
def add_account(
    caller: CurrentCaller, new: Annotated[accounts.AccountNew, Body()]
) -> accounts.AccountView:
    """新增账号；接口密钥只能新增企业和高校院所的。"""
    return accounts.add(caller, new)


@router.get("/{name}")
@allow(LOCAL_STAFF)
def get_account(caller: CurrentCaller, name: Name) -> accounts.AccountView:
    """一个账号。"""
    return accounts.view(caller, name)


@router.put("/{name}")
@allow(LOCAL_STAFF)
def change_account(
    caller: CurrentCaller, name: Name, asked: Annotated[accounts.AccountDetails, Body()]
) -> accounts.AccountView:
    """改邮箱、地区、是否单位管理员。"""
    return accounts.change(caller, name, asked)


@router.put("/{name}/state")
@allow(LOCAL_STAFF)
def set_account_state(
    caller: CurrentCaller, name: Name, state: Annotated[AccountState, Body()]
) -> accounts.AccountView:
    """停用或重新启用账号。"""
    return accounts.set_disabled(caller, name, state.disabled)


@router.put("/{name}/password")
@allow(STAFF.in_person())
def reset_password(
    caller: CurrentCaller, name: Name, new: Annotated[NewPassword, Body()]
) -> accounts.AccountView:
    """重设一个账号的密码，并解锁；接口密钥不能办。"""
    return accounts.set_password(caller, name, new.password)


@router.post("/{name}/password-link", status_code=201)
@allow(LOCAL_SECRET)
def make_password_link(caller: CurrentCaller, name: Name) -> accounts.PasswordLink:
    """一次性链接，由账号的主人自己设密码；接口密钥不能办。"""
    return accounts.password_link(caller, name)


@router.get("/{name}/grants")
@allow(STAFF)
def list_grants(
    caller: CurrentCaller, name: Name, page: PageNumber = 1, size: PageSize = 20
) -> Page[accounts.GrantNamed]:
    """交给技术经纪人或市县园区管理人员的范围。"""
    return accounts.grants(caller, name, page, size)


@router.post("/{name}/grants", status_code=201)
@allow(STAFF.in_person())
def give(
    caller: CurrentCaller, name: Name, asked: Annotated[accounts.GrantView, Body()]
) -> Page[accounts.GrantNamed]:
    """交给一项；接口密钥不能办。"""
    return accounts.give(caller, name, asked)


@router.delete("/{name}/grants")
@allow(STAFF.in_person())
def take_back(
    caller: CurrentCaller, name: Name, asked: Annotated[accounts.GrantView, Query()]
) -> Page[accounts.GrantNamed]:
    """收回一项；接口密钥不能办。"""
    return accounts.take_back(caller, name, asked)
