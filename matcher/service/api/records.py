"""Records by the hand of staff: their versions, taken out, put back."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Query
from pydantic import Field

from matcher.service.access import STAFF, allow
from matcher.service.api.routing import api_router
from matcher.service.desk import records
from matcher.service.desk.records import Kind
from matcher.service.routing import CurrentCaller
from matcher.service.views import Page, PageNumber, PageSize

router = api_router("records", "记录")
_Id = Annotated[str, Field(max_length=200, examples=["KB-18"])]


@router.get("/deleted")
@allow(STAFF)
def list_deleted(
    caller: CurrentCaller,
    page: Annotated[PageNumber, Query()] = 1,
    size: Annotated[PageSize, Query()] = 20,
) -> Page[records.GoneLine]:
    """已删除的难题和团队，最近的在前。"""
    return records.deleted(caller, page, size)


@router.get("/{kind}/{record_id:path}/versions")
@allow(STAFF)
def list_versions(caller: CurrentCaller, kind: Kind, record_id: _Id) -> records.RecordHistory:
    """一条记录的历次版本（不含联系方式）和办理的经过；已删除的也有。"""
    return records.history(caller, kind, record_id)


@router.post("/{kind}/{record_id:path}/restoration")
@allow(STAFF)
def restore_version(
    caller: CurrentCaller, kind: Kind, record_id: _Id,
    asked: Annotated[records.Restoration, Body()],
) -> records.RecordHistory:  # fmt: skip
    """恢复到某一版，或恢复已删除的。"""
    return records.restore(caller, kind, record_id, asked)


@router.post("/{kind}/{record_id:path}/deletion", status_code=204)
@allow(STAFF)
def delete_record(
    caller: CurrentCaller, kind: Kind, record_id: _Id, asked: Annotated[records.Deletion, Body()]
) -> None:
    """删除一条记录；可以恢复。"""
    records.delete(caller, [(kind, record_id)], asked)
