"""Records that may be one: listed, looked at, merged or kept apart by staff."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Query

from matcher.service.access import STAFF, allow
from matcher.service.api.routing import api_router
from matcher.service.desk import merging, records
from matcher.service.routing import CurrentCaller
from matcher.service.views import Page

router = api_router("duplicates", "查重")


@router.get("")
@allow(STAFF)
def list_duplicates(
    caller: CurrentCaller, query: Annotated[merging.DuplicateQuery, Query()]
) -> Page[merging.DuplicateLine]:
    """可能是同一项的难题，或同一个的团队，最像的在前。"""
    return merging.duplicates(caller, query)


@router.post("/preview")
@allow(STAFF)
def preview_merge(
    caller: CurrentCaller, asked: Annotated[merging.MergeAsked, Body()]
) -> merging.MergePreview:
    """合并后留下什么（什么也不改）。"""
    return merging.preview(caller, asked)


@router.post("/merge")
@allow(STAFF)
def merge(
    caller: CurrentCaller, asked: Annotated[merging.MergeAsked, Body()]
) -> records.RecordHistory:
    """合并：留第一条的编号；对接、结果、意见跟着并过来；第二条可以恢复。"""
    merging.merge_all(caller, [asked])
    return records.history(caller, asked.kind, asked.first_id)


@router.post("/apart", status_code=204)
@allow(STAFF)
def keep_apart(caller: CurrentCaller, asked: Annotated[merging.Two, Body()]) -> None:
    """不是同一项，不再列出。"""
    merging.keep_apart(caller, asked)
