"""Staff among themselves: who sees to a challenge, what is said of it, how far rounds are."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Query
from pydantic import Field

from matcher.service.access import STAFF, allow
from matcher.service.api.routing import api_router
from matcher.service.desk import funnel, handling
from matcher.service.routing import CurrentCaller

router = api_router("", "办理")
_Id = Annotated[str, Field(max_length=200, examples=["KB-18"])]


@router.get("/funnel")
@allow(STAFF)
def get_funnel(
    caller: CurrentCaller, query: Annotated[funnel.FunnelQuery, Query()]
) -> funnel.FunnelView:
    """各批难题从发布到验收各有多少项（到过的最远一步）。"""
    return funnel.funnel(caller, query)


@router.get("/challenges/{challenge_id:path}/handling")
@allow(STAFF)
def get_handling(caller: CurrentCaller, challenge_id: _Id) -> handling.HandlingView:
    """谁在办、为哪次会议、管理人员之间的意见。"""
    return handling.view(caller, challenge_id)


@router.put("/challenges/{challenge_id:path}/handling")
@allow(STAFF)
def set_handling(
    caller: CurrentCaller, challenge_id: _Id, asked: Annotated[handling.HandlingAsked, Body()]
) -> handling.HandlingView:
    """分给谁办、为哪次会议。"""
    return handling.change(caller, challenge_id, asked)


@router.post("/challenges/{challenge_id:path}/comments", status_code=201)
@allow(STAFF)
def add_comment(
    caller: CurrentCaller, challenge_id: _Id, asked: Annotated[handling.CommentAsked, Body()]
) -> handling.HandlingView:
    """写一条意见，只有管理人员看得到。"""
    return handling.comment(caller, challenge_id, asked)
