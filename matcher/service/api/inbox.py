"""One's own messages."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Query
from pydantic import Field

from matcher.service.access import SIGNED_IN, allow
from matcher.service.api.routing import api_router
from matcher.service.desk import inbox
from matcher.service.routing import CurrentCaller
from matcher.service.views import Page

router = api_router("inbox", "消息")
MessageId = Annotated[int, Field(ge=1, le=2**53)]


@router.get("")
@allow(SIGNED_IN)
def read_inbox(
    caller: CurrentCaller, query: Annotated[inbox.InboxQuery, Query()]
) -> Page[inbox.MessageView]:
    """自己的消息，新的在前。"""
    return inbox.browse(caller, query)


@router.post("/read")
@allow(SIGNED_IN)
def read_all(caller: CurrentCaller) -> inbox.ReadCount:
    """全部标为已读。"""
    return inbox.read(caller)


@router.post("/{message_id}/read")
@allow(SIGNED_IN)
def read_one(caller: CurrentCaller, message_id: MessageId) -> inbox.ReadCount:
    """一条标为已读。"""
    return inbox.read(caller, message_id)


@router.get("/settings")
@allow(SIGNED_IN)
def read_settings(caller: CurrentCaller) -> inbox.MessageSettings:
    """收消息的邮箱，要用邮件收哪些。"""
    return inbox.settings(caller)


@router.put("/settings")
@allow(SIGNED_IN)
def change_settings(
    caller: CurrentCaller, wishes: Annotated[inbox.MessageWishes, Body()]
) -> inbox.MessageSettings:
    """改；新邮箱要先在邮件里确认。"""
    return inbox.change(caller, wishes)
