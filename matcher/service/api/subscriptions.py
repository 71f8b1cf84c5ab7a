"""Saved queries."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body
from pydantic import Field

from matcher.service.access import FOLLOWING, FOLLOWING_SECRET, allow
from matcher.service.api.routing import api_router
from matcher.service.desk import digests, subscriptions
from matcher.service.routing import CurrentCaller

router = api_router("queries", "保存的查询")
SavedId = Annotated[str, Field(max_length=100)]


@router.get("")
@allow(FOLLOWING)
def list_saved(caller: CurrentCaller) -> list[subscriptions.SavedView]:
    """自己保存的查询。"""
    return subscriptions.browse(caller)


@router.post("", status_code=201)
@allow(FOLLOWING_SECRET)
def save_query(
    caller: CurrentCaller, asked: Annotated[subscriptions.SavedAsked, Body()]
) -> subscriptions.SavedNew:
    """保存一个查询，得到订阅地址。"""
    return subscriptions.save(caller, asked)


@router.delete("/{saved_id}", status_code=204)
@allow(FOLLOWING)
def delete_saved(caller: CurrentCaller, saved_id: SavedId) -> None:
    """删除一个；订阅随之停止。"""
    subscriptions.delete(caller, saved_id)


@router.put("/{saved_id}/digest")
@allow(FOLLOWING)
def set_digest(
    caller: CurrentCaller, saved_id: SavedId, asked: Annotated[digests.DigestAsked, Body()]
) -> digests.DigestView:
    """摘要：不发、每天或每周一早上八点，只说新增的。"""
    return digests.set_digest(caller, saved_id, asked)
