"""Lists of papers, patents, projects and people on their way to teams."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, File, Form, Query, UploadFile
from pydantic import Field

from matcher.service.access import STAFF, UNIVERSITY, allow
from matcher.service.api.routing import api_router
from matcher.service.desk import lists
from matcher.service.routing import CurrentCaller
from matcher.service.views import Page

router = api_router("lists", "由清单建库")
_ListId = Annotated[str, Field(max_length=100, examples=["9f86d081884c7d65"])]


@router.get("")
@allow(UNIVERSITY)
def browse_lists(
    caller: CurrentCaller, query: Annotated[lists.ListQuery, Query()]
) -> Page[lists.ListsView]:
    """上传的清单：本单位的（管理人员看全部），待审核的在前。"""
    return lists.browse(caller, query)


@router.post("", status_code=202)
@allow(UNIVERSITY.reading_files())
def upload_lists(
    caller: CurrentCaller, files: Annotated[list[UploadFile], File()],
    organisation: Annotated[
        str, Form(max_length=200, description="没有写单位的行都属于这个单位（高校院所：本单位）")
    ] = "",
) -> lists.ListsView:  # fmt: skip
    """上传几份清单，在后台看由它们能建立哪些团队，不写入。"""
    return lists.start(
        caller, [(file.filename or "", file.file.read()) for file in files], organisation
    )


@router.get("/{list_id}")
@allow(UNIVERSITY)
def get_lists(caller: CurrentCaller, list_id: _ListId) -> lists.ListsView:
    """能建立的团队，合并的人，拿不准的地方；建库以后是结果。"""
    return lists.view(caller, list_id)


@router.post("/{list_id}/commitment", status_code=202)
@allow(UNIVERSITY)
def build_lists(
    caller: CurrentCaller, list_id: _ListId, asked: Annotated[lists.ListsAnswer, Body()]
) -> lists.ListsView:
    """照看到的建库（后台）；高校院所写的须审核时，提交管理人员。"""
    return lists.commit(caller, list_id, asked)


@router.post("/{list_id}/return")
@allow(STAFF)
def return_lists(
    caller: CurrentCaller, list_id: _ListId, asked: Annotated[lists.ListsReturn, Body()]
) -> lists.ListsView:
    """退回高校院所提交的清单，写明理由。"""
    return lists.give_back(caller, list_id, asked)
