"""The audit log, the state of the service; one's own password and keys."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Query
from pydantic import Field

from matcher.service.access import SECRET, SIGNED_IN, STAFF, allow
from matcher.service.api.routing import api_router
from matcher.service.desk import admin, todo
from matcher.service.desk.waiting import TodoView
from matcher.service.routing import CurrentCaller
from matcher.service.views import Page

router = api_router("", "管理")
KeyId = Annotated[int, Field(ge=1, le=2**53)]


@router.get("/todo")
@allow(SIGNED_IN)
def list_todo(caller: CurrentCaller) -> TodoView:
    """等着办的事，急的在前；各方的是本单位的，市县园区和经纪人的是范围内的。"""
    return todo.todo(caller)


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
    """审计日志，新的在前。"""
    return admin.audit(caller, query)


@router.put("/password", status_code=204)
@allow(SIGNED_IN.in_person())
def change_password(
    caller: CurrentCaller, change: Annotated[admin.PasswordChange, Body()]
) -> None:  # fmt: skip
    """改自己的密码；全部登录随之结束。"""
    admin.change_password(caller, change)


@router.get("/keys")
@allow(SIGNED_IN)
def list_keys(caller: CurrentCaller) -> list[admin.KeyView]:
    """自己的接口密钥。"""
    return admin.keys(caller)


@router.post("/keys", status_code=201)
@allow(SECRET)
def add_key(caller: CurrentCaller, new: Annotated[admin.KeyNew, Body()]) -> admin.KeyMade:
    """新的接口密钥；只显示这一次。"""
    return admin.add_key(caller, new)


@router.delete("/keys/{key_id}", status_code=204)
@allow(SIGNED_IN)
def revoke_key(caller: CurrentCaller, key_id: KeyId) -> None:
    """撤销自己的一个接口密钥。"""
    admin.revoke_key(caller, key_id)
