"""Accounts, keys, the audit log, the state of the service."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Query
from pydantic import BaseModel, Field

from matcher.service.access import SECRET, SIGNED_IN, STAFF, allow
from matcher.service.api.routing import api_router
from matcher.service.desk import admin
from matcher.service.routing import CurrentCaller
from matcher.service.views import Page

router = api_router("", "管理")
Name = Annotated[str, Field(max_length=100, examples=["某钢厂"])]
KeyId = Annotated[int, Field(ge=1, le=2**53)]


class AccountState(BaseModel):
    """Whether an account is closed."""

    disabled: bool


class NewPassword(BaseModel):
    """A new password."""

    password: Annotated[str, Field(max_length=200)]


@router.get("/status")
@allow(STAFF)
def get_status(caller: CurrentCaller) -> admin.StatusView:
    """数据和模型的状态。"""
    return admin.status(caller)


@router.get("/audit")
@allow(STAFF)
def read_audit(
    caller: CurrentCaller, query: Annotated[admin.AuditQuery, Query()]
) -> Page[admin.AuditView]:
    """审计日志, 新的在前。"""
    return admin.audit(caller, query)


@router.get("/accounts")
@allow(STAFF)
def list_accounts(
    caller: CurrentCaller, query: Annotated[admin.AccountQuery, Query()]
) -> Page[admin.AccountView]:
    """账号, 按名字。"""
    return admin.accounts(caller, query)


@router.post("/accounts", status_code=201)
@allow(STAFF)
def add_account(
    caller: CurrentCaller, new: Annotated[admin.AccountNew, Body()]
) -> admin.AccountView:  # fmt: skip
    """新增账号。"""
    return admin.add_account(caller, new)


@router.put("/accounts/{name}/state")
@allow(STAFF)
def set_account_state(
    caller: CurrentCaller, name: Name, state: Annotated[AccountState, Body()]
) -> admin.AccountView:
    """停用或重新启用账号。"""
    return admin.set_disabled(caller, name, state.disabled)


@router.put("/accounts/{name}/password")
@allow(STAFF)
def reset_password(
    caller: CurrentCaller, name: Name, new: Annotated[NewPassword, Body()]
) -> admin.AccountView:
    """重设一个账号的密码, 并解锁。"""
    return admin.set_password(caller, name, new.password)


@router.put("/password", status_code=204)
@allow(SIGNED_IN)
def change_password(
    caller: CurrentCaller, change: Annotated[admin.PasswordChange, Body()]
) -> None:  # fmt: skip
    """改自己的密码; 全部登录随之结束。"""
    admin.change_password(caller, change)


@router.get("/keys")
@allow(SIGNED_IN)
def list_keys(caller: CurrentCaller) -> list[admin.KeyView]:
    """自己的接口密钥。"""
    return admin.keys(caller)


@router.post("/keys", status_code=201)
@allow(SECRET)
def add_key(caller: CurrentCaller, new: Annotated[admin.KeyNew, Body()]) -> admin.KeyMade:
    """新的接口密钥; 只显示这一次。"""
    return admin.add_key(caller, new)


@router.delete("/keys/{key_id}", status_code=204)
@allow(SIGNED_IN)
def revoke_key(caller: CurrentCaller, key_id: KeyId) -> None:
    """撤销自己的一个接口密钥。"""
    admin.revoke_key(caller, key_id)
