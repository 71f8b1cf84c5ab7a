"""Accounts, keys, the audit log, the state of the service."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Query, Request
from pydantic import BaseModel, Field

from matcher.service.access import SECRET, SIGNED_IN, STAFF, allow
from matcher.service.api.rooms import api_room
from matcher.service.context import principal_of, service_of
from matcher.service.desk import office
from matcher.service.desk.views import Page

room = api_room("", "管理")
Name = Annotated[str, Field(max_length=100, examples=["某钢厂"])]
KeyId = Annotated[int, Field(ge=1, le=2**53)]


class AccountState(BaseModel):
    """Whether an account is closed."""

    disabled: bool


class NewPassword(BaseModel):
    """A new password."""

    password: Annotated[str, Field(max_length=200)]


@room.get("/status")
@allow(STAFF)
def get_status(request: Request) -> office.StatusView:
    """数据和模型的状态。"""
    return office.status(service_of(request))


@room.get("/audit")
@allow(STAFF)
def read_audit(
    request: Request, query: Annotated[office.AuditQuery, Query()]
) -> Page[office.AuditView]:
    """审计日志, 新的在前。"""
    return office.audit(service_of(request), query)


@room.get("/accounts")
@allow(STAFF)
def list_accounts(
    request: Request, query: Annotated[office.AccountQuery, Query()]
) -> Page[office.AccountView]:
    """账号, 按名字。"""
    return office.accounts(service_of(request), query)


@room.post("/accounts", status_code=201)
@allow(STAFF)
def add_account(
    request: Request, new: Annotated[office.AccountNew, Body()]
) -> office.AccountView:  # fmt: skip
    """新增账号。"""
    return office.add_account(service_of(request), principal_of(request), new)


@room.put("/accounts/{name}/state")
@allow(STAFF)
def set_account_state(
    request: Request, name: Name, state: Annotated[AccountState, Body()]
) -> office.AccountView:
    """停用或重新启用账号。"""
    return office.set_disabled(service_of(request), principal_of(request), name, state.disabled)


@room.put("/accounts/{name}/password")
@allow(STAFF)
def reset_password(
    request: Request, name: Name, new: Annotated[NewPassword, Body()]
) -> office.AccountView:
    """重设一个账号的密码, 并解锁。"""
    return office.set_password(service_of(request), principal_of(request), name, new.password)


@room.put("/password", status_code=204)
@allow(SIGNED_IN)
def change_password(
    request: Request, change: Annotated[office.PasswordChange, Body()]
) -> None:  # fmt: skip
    """改自己的密码; 全部登录随之结束。"""
    office.change_password(service_of(request), principal_of(request), change)


@room.get("/keys")
@allow(SIGNED_IN)
def list_keys(request: Request) -> list[office.KeyView]:
    """自己的接口密钥。"""
    return office.keys(service_of(request), principal_of(request))


@room.post("/keys", status_code=201)
@allow(SECRET)
def add_key(request: Request, new: Annotated[office.KeyNew, Body()]) -> office.KeyMade:
    """新的接口密钥; 只显示这一次。"""
    return office.add_key(service_of(request), principal_of(request), new)


@room.delete("/keys/{key_id}", status_code=204)
@allow(SIGNED_IN)
def revoke_key(request: Request, key_id: KeyId) -> None:
    """撤销自己的一个接口密钥。"""
    office.revoke_key(service_of(request), principal_of(request), key_id)
