"""Drafts: an enterprise's own challenges before they are on a list."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Header, Query, Response
from pydantic import BaseModel, Field

from matcher.service.access import DRAFTED, ENTERPRISE, STAFF, allow
from matcher.service.api.routing import api_router
from matcher.service.desk import drafts
from matcher.service.desk.draft_fields import DraftFields
from matcher.service.errors import UnreadError
from matcher.service.routing import CurrentCaller
from matcher.service.views import ChallengeView, Page

router = api_router("drafts", "草稿")
DraftId = Annotated[str, Field(max_length=200, examples=["draft-6f1c"])]


# Not declared as required: leaving it out is told by 428 and its remedy, not by 422.
IfMatch = Annotated[
    str | None,
    Header(max_length=2000, description="读到的 ETag，必须写；没写答 428，内容已被修改答 412，"
           "都不写入；* 表示不管现在是哪一版"),
]  # fmt: skip


class Publication(BaseModel):
    """Under which number a draft goes on the list."""

    challenge_id: Annotated[str, Field(min_length=1, max_length=200, examples=["LN2026-001"])]
    at_once: Annotated[bool, Field(description="立即公开；否则列入待发布")] = True


@router.get("")
@allow(DRAFTED)
def list_drafts(
    caller: CurrentCaller, query: Annotated[drafts.DraftQuery, Query()]
) -> Page[drafts.DraftView]:
    """本单位的草稿（管理人员看提交了的，市县园区看范围内的），最近改的在前。"""
    return drafts.browse(caller, query)


@router.post("", status_code=201)
@allow(ENTERPRISE)
def create_draft(
    caller: CurrentCaller, response: Response, fields: Annotated[DraftFields, Body()]
) -> drafts.DraftView:  # fmt: skip
    """写一份草稿。"""
    return _tagged(response, drafts.create(caller, fields))


@router.get("/{draft_id}")
@allow(DRAFTED)
def get_draft(caller: CurrentCaller, response: Response, draft_id: DraftId) -> drafts.DraftView:
    """一份草稿。"""
    return _tagged(response, drafts.view(caller, draft_id))


@router.get("/{draft_id}/challenge")
@allow(ENTERPRISE)
def show_draft(caller: CurrentCaller, draft_id: DraftId) -> ChallengeView:
    """草稿作为技术需求的样子：要求、指标。"""
    return drafts.as_challenge(caller, draft_id)


@router.put("/{draft_id}")
@allow(ENTERPRISE)
def change_draft(
    caller: CurrentCaller, response: Response, draft_id: DraftId,
    fields: Annotated[DraftFields, Body()], if_match: IfMatch = None,
) -> drafts.DraftView:  # fmt: skip
    """改写一份草稿。"""
    changed = drafts.change(caller, draft_id, fields, _versions(if_match))
    return _tagged(response, changed)


@router.delete("/{draft_id}", status_code=204)
@allow(ENTERPRISE)
def delete_draft(caller: CurrentCaller, draft_id: DraftId, if_match: IfMatch = None) -> None:
    """删除一份草稿。"""
    drafts.delete(caller, draft_id, _versions(if_match))


@router.post("/{draft_id}/submission")
@allow(ENTERPRISE)
def submit_draft(
    caller: CurrentCaller, response: Response, draft_id: DraftId, if_match: IfMatch = None
) -> drafts.DraftView:
    """提交给管理人员。"""
    return _tagged(response, drafts.submit(caller, draft_id, _versions(if_match)))


@router.post("/{draft_id}/recall")
@allow(ENTERPRISE)
def recall_draft(
    caller: CurrentCaller, response: Response, draft_id: DraftId, if_match: IfMatch = None
) -> drafts.DraftView:
    """收回已提交的草稿。"""
    return _tagged(response, drafts.recall(caller, draft_id, _versions(if_match)))


@router.post("/{draft_id}/return")
@allow(STAFF)
def return_draft(
    caller: CurrentCaller, response: Response, draft_id: DraftId,
    returned: Annotated[drafts.Returned, Body()], if_match: IfMatch = None,
) -> drafts.DraftView:  # fmt: skip
    """退回修改，写明要改什么。"""
    return _tagged(response, drafts.send_back(caller, draft_id, returned, _versions(if_match)))


@router.post("/{draft_id}/publication", status_code=201)
@allow(STAFF)
def publish_draft(
    caller: CurrentCaller, draft_id: DraftId, publication: Annotated[Publication, Body()],
    if_match: IfMatch = None,
) -> drafts.Published:  # fmt: skip
    """发榜：给草稿一个榜单编号。"""
    return drafts.publish(
        caller, draft_id, publication.challenge_id, _versions(if_match), publication.at_once
    )  # fmt: skip


def _versions(if_match: str | None) -> drafts.Versions:
    """The versions a caller has read; ``*`` stands for any.

    Raises:
        UnreadError: the caller names none.
    """
    if if_match is None or not if_match.strip():
        raise UnreadError(
            "没有写 If-Match", expected="读这份草稿时得到的 ETag",
            remedy="先读（GET），把回答的 ETag 放进 If-Match 再写；"
            "确实不管别人改没改，写 If-Match: *",
        )  # fmt: skip
    if if_match.strip() == "*":
        return None
    return {tag.strip().removeprefix("W/").strip('"') for tag in if_match.split(",")}


def _tagged(response: Response, draft: drafts.DraftView) -> drafts.DraftView:
    response.headers["ETag"] = f'"{draft.version}"'
    return draft
