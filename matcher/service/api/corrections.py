"""Corrections: what is wrong about teams and matches."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Query
from pydantic import Field
from starlette.responses import Response

from matcher.service.access import STAFF, UNIVERSITY, allow
from matcher.service.api.routing import api_router, attachment
from matcher.service.desk import corrections
from matcher.service.routing import CurrentCaller
from matcher.service.views import Page, PageNumber, PageSize

router = api_router("", "更正")
TeamId = Annotated[str, Field(max_length=200, examples=["L0001"])]


@router.post("/teams/{team_id:path}/corrections", status_code=201)
@allow(UNIVERSITY)
def mark(
    caller: CurrentCaller, team_id: TeamId, asked: Annotated[corrections.CorrectionAsked, Body()]
) -> corrections.CorrectionView:
    """标记一条成果不是本团队的，或一处覆盖、一个匹配不对。"""
    return corrections.mark(caller, team_id, asked)


@router.get("/corrections")
@allow(STAFF)
def list_corrections(
    caller: CurrentCaller,
    page: Annotated[PageNumber, Query()] = 1,
    size: Annotated[PageSize, Query()] = 20,
) -> Page[corrections.CorrectionView]:
    """全部更正，新的在前。"""
    return corrections.browse(caller, page, size)


@router.get("/corrections/judged.qrels", response_class=Response)
@allow(STAFF)
def judged_pairs(caller: CurrentCaller) -> Response:
    """标记为不对的匹配，等级 0；给 matcher train --judged。"""
    text = corrections.judged_pairs(caller)
    return attachment(text.encode(), "更正.qrels", "text/plain; charset=utf-8")


@router.get("/corrections/judged.jsonl", response_class=Response)
@allow(STAFF)
def judged_details(caller: CurrentCaller) -> Response:
    """有效的更正，一行一条：成果、覆盖、匹配。"""
    text = corrections.judged_details(caller)
    return attachment(text.encode(), "更正.jsonl", "application/jsonl; charset=utf-8")


@router.post("/corrections/{number}/undoing")
@allow(STAFF)
def undo(
    caller: CurrentCaller,
    number: Annotated[int, Field(ge=1, le=2**53)],
    asked: Annotated[corrections.UndoAsked, Body()],
) -> corrections.CorrectionView:
    """撤销一条更正，写明理由；成果、覆盖、匹配恢复。"""
    return corrections.undo(caller, number, asked)
