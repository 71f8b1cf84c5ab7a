"""Experts: the bids given to one to be marked; for staff who marks what."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Query
from starlette.responses import Response

from matcher.service.access import SIGNED_IN, STAFF, allow
from matcher.service.api.routing import api_router, attachment
from matcher.service.desk import experts
from matcher.service.desk.appraising import OwnAppraisal
from matcher.service.desk.cases import Named
from matcher.service.routing import CurrentCaller

router = api_router("appraisals", "评审")
_Named = Annotated[Named, Query()]
_Challenge = Annotated[str, Query(max_length=200)]


@router.get("")
@allow(SIGNED_IN)
def list_bids_to_mark(caller: CurrentCaller) -> experts.BidsToMark:
    """请本账号评的揭榜书，各评到哪里。"""
    return experts.mine(caller)


@router.get("/one")
@allow(SIGNED_IN)
def get_sheet(caller: CurrentCaller, named: _Named) -> experts.MarkSheet:
    """一份揭榜书和自己的评分；看不到别人的。"""
    return experts.sheet(caller, named)


@router.put("/one")
@allow(SIGNED_IN)
def put_marks(
    caller: CurrentCaller, asked: Annotated[OwnAppraisal, Body()]
) -> experts.MarkSheet:  # fmt: skip
    """打分，或写明利害关系回避；替换自己原来的。"""
    return experts.mark(caller, asked)


@router.get("/files/{file_id}", response_class=Response)
@allow(SIGNED_IN)
def get_file(caller: CurrentCaller, file_id: str, named: _Named) -> Response:
    """要评的揭榜书的附件。"""
    name, content = experts.file(caller, named, file_id)
    return attachment(content, name, "application/octet-stream")


@router.get("/experts")
@allow(STAFF)
def list_experts(caller: CurrentCaller, challenge: _Challenge) -> experts.Experts:
    """一项难题请了哪些专家，各评到哪里。"""
    return experts.experts(caller, challenge)


@router.post("/experts")
@allow(STAFF)
def ask_expert(
    caller: CurrentCaller, asked: Annotated[experts.ExpertAsked, Body()]
) -> experts.Experts:  # fmt: skip
    """请一个账号评一项难题的揭榜书。"""
    return experts.ask(caller, asked)


@router.delete("/experts/{account_id}")
@allow(STAFF)
def release_expert(
    caller: CurrentCaller, account_id: int, challenge: _Challenge
) -> experts.Experts:  # fmt: skip
    """不再请他；已打的分还在。"""
    return experts.release(caller, challenge, account_id)
