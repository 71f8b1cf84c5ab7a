"""Saved queries and their feeds."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Request
from pydantic import Field
from starlette.responses import Response

from matcher.service.access import ANYONE, SECRET, SIGNED_IN, allow
from matcher.service.api.rooms import api_room
from matcher.service.context import principal_of, service_of
from matcher.service.desk import saved
from matcher.service.routing import room as make_room

room = api_room("queries", "保存的查询")
# Outside the API's address: a feed reader keeps it for years.
feeds = make_room("/feeds")
SavedId = Annotated[str, Field(max_length=100)]


@room.get("")
@allow(SIGNED_IN)
def list_saved(request: Request) -> list[saved.SavedView]:
    """自己保存的查询。"""
    return saved.browse(service_of(request), principal_of(request))


@room.post("", status_code=201)
@allow(SECRET)
def save_query(request: Request, asked: Annotated[saved.SavedAsked, Body()]) -> saved.SavedNew:
    """保存一个查询, 得到订阅地址。"""
    return saved.save(service_of(request), principal_of(request), asked)


@room.delete("/{saved_id}", status_code=204)
@allow(SIGNED_IN)
def delete_saved(request: Request, saved_id: SavedId) -> None:
    """删掉一个; 订阅随之停止。"""
    saved.delete(service_of(request), principal_of(request), saved_id)


@feeds.get("/{token}.xml", include_in_schema=False)
@allow(ANYONE)
def read_feed(request: Request, token: Annotated[str, Field(max_length=100)]) -> Response:
    """Atom 订阅; 地址本身就是凭据。"""
    address = str(request.base_url).rstrip("/")
    made = saved.feed(service_of(request), token, address)
    return Response(made, media_type="application/atom+xml")
