"""What goes out, as staff keep it going."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Query
from pydantic import Field

from matcher.service.access import STAFF, STAFF_SECRET, allow
from matcher.service.api.routing import api_router
from matcher.service.desk import messages
from matcher.service.routing import CurrentCaller
from matcher.service.views import Page, PageNumber, PageSize

router = api_router("messages", "消息")
Number = Annotated[int, Field(ge=1, le=2**53)]


@router.get("")
@allow(STAFF)
def read_outgoing(caller: CurrentCaller) -> messages.OutgoingView:
    """能不能发出去，各种状态有多少。"""
    return messages.outgoing(caller)


@router.post("/test")
@allow(STAFF.in_person())
def test_mail(caller: CurrentCaller) -> messages.Tested:
    """给自己的邮箱发一封测试邮件。"""
    return messages.test_mail(caller)


@router.get("/deliveries")
@allow(STAFF)
def list_deliveries(
    caller: CurrentCaller, query: Annotated[messages.DeliveryQuery, Query()]
) -> Page[messages.DeliveryView]:
    """发送的情况；不写 state 是要人处理的：没有发出的和不知是否发出的。"""
    return messages.deliveries(caller, query)


@router.post("/deliveries/{delivery_id}/resending")
@allow(STAFF)
def resend(caller: CurrentCaller, delivery_id: Number) -> messages.DeliveryView:
    """重新发送；邮件的 Message-ID 不变。"""
    return messages.resend(caller, delivery_id)


@router.post("/deliveries/{delivery_id}/dropping")
@allow(STAFF)
def drop(caller: CurrentCaller, delivery_id: Number) -> messages.DeliveryView:
    """不再发送。"""
    return messages.drop(caller, delivery_id)


@router.get("/hooks")
@allow(STAFF)
def list_hooks(
    caller: CurrentCaller, page: PageNumber = 1, size: PageSize = 20
) -> Page[messages.HookView]:
    """外发地址；不给网址和密钥。"""
    return messages.all_hooks(caller, page, size)


@router.post("/hooks", status_code=201)
@allow(STAFF_SECRET)
def add_hook(
    caller: CurrentCaller, new: Annotated[messages.HookNew, Body()]
) -> messages.HookMade:  # fmt: skip
    """新增外发地址；签名用的密钥只显示这一次。"""
    return messages.add_hook(caller, new)


@router.post("/hooks/{hook_id}/test")
@allow(STAFF.in_person())
def test_hook(caller: CurrentCaller, hook_id: Number) -> messages.Tested:
    """发一条测试消息。"""
    return messages.test_hook(caller, hook_id)


@router.delete("/hooks/{hook_id}", status_code=204)
@allow(STAFF.in_person())
def delete_hook(caller: CurrentCaller, hook_id: Number) -> None:
    """删除外发地址；等着发给它的不再发。"""
    messages.delete_hook(caller, hook_id)
