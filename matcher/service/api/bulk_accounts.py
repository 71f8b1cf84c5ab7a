"""Many accounts from one table."""

from __future__ import annotations

from typing import Annotated

from fastapi import File, UploadFile
from pydantic import Field

from matcher.service.access import STAFF, STAFF_SECRET, allow
from matcher.service.api.routing import api_router
from matcher.service.desk import bulk_accounts
from matcher.service.routing import CurrentCaller

router = api_router("account-tables", "账号")
UploadId = Annotated[str, Field(max_length=100)]


@router.post("", status_code=201)
@allow(STAFF.in_person().reading_files())
def upload_table(
    caller: CurrentCaller, file: Annotated[UploadFile, File()]
) -> bulk_accounts.BulkPreview:
    """上传账号表（xlsx、csv 等），先看会怎样；接口密钥不能办。"""
    return bulk_accounts.upload(caller, file.filename or "", file.file.read())


@router.get("/{upload_id}")
@allow(STAFF.in_person().reading_files())
def read_table(caller: CurrentCaller, upload_id: UploadId) -> bulk_accounts.BulkPreview:
    """再看一次。"""
    return bulk_accounts.preview(caller, upload_id)


@router.post("/{upload_id}/commitment", status_code=201)
@allow(STAFF_SECRET.reading_files())
def make_accounts(caller: CurrentCaller, upload_id: UploadId) -> bulk_accounts.BulkMade:
    """按能用的行建账号，每个得到一次性链接。"""
    return bulk_accounts.commit(caller, upload_id)
