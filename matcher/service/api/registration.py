"""Requests for accounts."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Query
from pydantic import Field

from matcher.service.access import LOCAL_STAFF, SIGN_IN, allow
from matcher.service.api.routing import api_router
from matcher.service.desk import registration
from matcher.service.routing import CurrentCaller
from matcher.service.views import Page

router = api_router("registrations", "账号")
RegistrationId = Annotated[str, Field(max_length=100)]


@router.post("", status_code=201)
@allow(SIGN_IN)
def ask(
    caller: CurrentCaller, asked: Annotated[registration.RegistrationNew, Body()]
) -> registration.Received:
    """申请账号（设置 registration 打开时）。"""
    return registration.ask(caller, asked)


@router.get("")
@allow(LOCAL_STAFF)
def list_registrations(
    caller: CurrentCaller, query: Annotated[registration.RegistrationQuery, Query()]
) -> Page[registration.RegistrationView]:
    """账号申请，待审核的在前；市县园区管理人员看范围内的。"""
    return registration.browse(caller, query)


@router.post("/{registration_id}/approval")
@allow(LOCAL_STAFF.in_person())
def approve(
    caller: CurrentCaller,
    registration_id: RegistrationId,
    how: Annotated[registration.Approval, Body()],
) -> registration.RegistrationView:
    """通过：建立账号；接口密钥不能办。"""
    return registration.approve(caller, registration_id, how)


@router.post("/{registration_id}/refusal")
@allow(LOCAL_STAFF.in_person())
def refuse(
    caller: CurrentCaller,
    registration_id: RegistrationId,
    why: Annotated[registration.Refusal, Body()],
) -> registration.RegistrationView:
    """退回，写明理由；接口密钥不能办。"""
    return registration.refuse(caller, registration_id, why)
