"""What a university writes of its own teams, and what staff decide about it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Query, UploadFile
from pydantic import Field

from matcher.service.access import PAIRED, STAFF, allow
from matcher.service.api.routing import api_router
from matcher.service.desk import own_evidence, own_teams, proposed
from matcher.service.routing import CurrentCaller
from matcher.service.views import Page

router = api_router("team-changes", "团队资料")
_TeamId = Annotated[str, Field(max_length=200, examples=["L0001"])]


@router.get("")
@allow(PAIRED)
def list_changes(
    caller: CurrentCaller, query: Annotated[own_teams.ChangeQuery, Query()]
) -> Page[own_teams.ChangeView]:
    """团队资料的修改：本单位的（管理人员看全部），待审核的在前。"""
    return own_teams.changes(caller, query)


@router.post("", status_code=201)
@allow(PAIRED)
def add_team(
    caller: CurrentCaller, fields: Annotated[own_teams.TeamFields, Body()]
) -> own_teams.ChangeView:
    """新增本单位的一个团队。"""
    return own_teams.add(caller, fields)


@router.post("/{number}/verdict")
@allow(STAFF)
def decide_change(
    caller: CurrentCaller, number: Annotated[int, Field(ge=1, le=2**53)],
    verdict: Annotated[own_teams.Verdict, Body()],
) -> own_teams.ChangeView:  # fmt: skip
    """采用或退回一次修改。"""
    return own_teams.decide(caller, number, verdict)


@router.get("/proposed/{team_id:path}")
@allow(PAIRED)
def proposed_pieces(caller: CurrentCaller, team_id: _TeamId) -> list[proposed.ProposedView]:
    """成果清单里可能属于本单位这个团队的成果：由本单位确认或否认。"""
    return proposed.proposed(caller, team_id)


@router.post("/proposed/{team_id:path}", status_code=204)
@allow(PAIRED)
def answer_proposed(
    caller: CurrentCaller, team_id: _TeamId, asked: Annotated[proposed.ProposedAnswer, Body()]
) -> None:  # fmt: skip
    """确认是这个团队的成果（按资料修改办理），或不是（不再列出）。"""
    proposed.answer(caller, team_id, asked)


@router.post("/teams/{team_id:path}", status_code=201)
@allow(PAIRED)
def change_team(
    caller: CurrentCaller, team_id: _TeamId, fields: Annotated[own_teams.TeamFields, Body()]
) -> own_teams.ChangeView:
    """修改本单位一个团队的资料，增加成果。"""
    return own_teams.propose(caller, team_id, fields)


@router.post("/evidence/{team_id:path}", status_code=201)
@allow(PAIRED.reading_files())
def upload_evidence(
    caller: CurrentCaller, team_id: _TeamId, file: UploadFile
) -> own_evidence.EvidenceFile:  # fmt: skip
    """上传一个团队的成果清单（论文、专利、项目、奖励），先看读出了什么。"""
    return own_evidence.upload(caller, team_id, file.filename or "", file.file.read())


@router.put("/evidence/{team_id:path}")
@allow(PAIRED.reading_files())
def add_evidence(
    caller: CurrentCaller, team_id: _TeamId, asked: Annotated[own_evidence.PiecesAsked, Body()]
) -> own_teams.ChangeView:  # fmt: skip
    """把清单里选定的成果加进团队（按资料修改办理，设了审核的由管理人员采用）。"""
    return own_evidence.add(caller, team_id, asked)
