"""Decisions of staff and outcomes."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Query
from pydantic import Field

from matcher.records import OutcomeStage
from matcher.service.access import STAFF, allow
from matcher.service.api.routing import api_router
from matcher.service.desk import decisions
from matcher.service.routing import CurrentCaller
from matcher.service.views import Page, PageNumber, PageSize

router = api_router("", "决定与结果")
_Id = Annotated[str, Field(max_length=200, examples=["KB-18"])]


@router.get("/outcomes")
@allow(STAFF)
def list_outcomes(
    caller: CurrentCaller,
    challenge: Annotated[str, Query(max_length=200, description="榜单编号；空为全部")] = "",
    page: Annotated[PageNumber, Query()] = 1,
    size: Annotated[PageSize, Query()] = 20,
) -> Page[decisions.OutcomeView]:
    """人工决定和后来的结果。"""
    return decisions.browse(caller, challenge, page, size)


@router.post("/outcomes", status_code=201)
@allow(STAFF)
def enter_outcome(
    caller: CurrentCaller, entry: Annotated[decisions.OutcomeEntry, Body()]
) -> decisions.OutcomeView:
    """录入一条结果。"""
    return decisions.enter(caller, entry)


@router.delete("/outcomes", status_code=204)
@allow(STAFF)
def erase_outcome(
    caller: CurrentCaller,
    challenge: Annotated[str, Query(min_length=1, max_length=200, description="榜单编号")],
    team: Annotated[str, Query(min_length=1, max_length=200, description="团队编号")],
    stage: OutcomeStage,
) -> None:
    """删除登记错的一条。"""
    decisions.erase(caller, challenge, team, stage)


@router.post("/challenges/{challenge_id:path}/decisions", status_code=201)
@allow(STAFF)
def decide(
    caller: CurrentCaller, challenge_id: _Id, decision: Annotated[decisions.Decision, Body()]
) -> decisions.OutcomeView:
    """推荐或排除一个团队，写明理由。"""
    return decisions.decide(caller, challenge_id, decision)


@router.delete("/challenges/{challenge_id:path}/decisions/{team_id:path}", status_code=204)
@allow(STAFF)
def withdraw(caller: CurrentCaller, challenge_id: _Id, team_id: _Id) -> None:
    """收回一个决定。"""
    decisions.withdraw(caller, challenge_id, team_id)
