"""Pairs of challenge and team on their way from found to signed."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Query
from starlette.responses import Response

from matcher.service.access import BROKER, ENTERPRISE, PAIRED, STAFF, WATCHED, allow
from matcher.service.api.routing import XLSX, api_router, attachment
from matcher.service.desk import appraising, bids, bids_beside, cases, pairs
from matcher.service.routing import CurrentCaller
from matcher.service.views import Page

router = api_router("pairs", "对接")
_Named = Annotated[cases.Named, Query()]


@router.get("")
@allow(WATCHED)
def list_pairs(
    caller: CurrentCaller, query: Annotated[cases.PairQuery, Query()]
) -> Page[pairs.PairLine]:
    """本单位参与的对接（管理人员看全部），有新变化的在前。"""
    return pairs.browse(caller, query)


@router.get("/bids")
@allow(ENTERPRISE)
def bids_of_challenge(
    caller: CurrentCaller, challenge: Annotated[str, Query(max_length=200)]
) -> list[bids_beside.BidBeside]:
    """一项难题的各份揭榜书对照（专家平均分只给管理人员）。"""
    return bids_beside.beside(caller, challenge)


@router.get("/bids/file", response_class=Response)
@allow(ENTERPRISE)
def bids_file(
    caller: CurrentCaller, challenge: Annotated[str, Query(max_length=200)]
) -> Response:  # fmt: skip
    """各份揭榜书逐条要求对照的 Excel，不含联系方式。"""
    made = bids_beside.workbook(caller, challenge)
    return attachment(made, f"揭榜书对照 {challenge}.xlsx", XLSX)


@router.get("/one")
@allow(WATCHED)
def get_pair(caller: CurrentCaller, named: _Named) -> bids.Dossier:
    """一对难题和团队：状态，能走的步骤，经过，揭榜书。"""
    return bids.dossier(caller, named.challenge_id, named.team_id)


@router.post("/move")
@allow(PAIRED)
def move_pair(
    caller: CurrentCaller, asked: Annotated[pairs.MoveAsked, Body()]
) -> pairs.PairView:  # fmt: skip
    """走一步。"""
    return pairs.move(caller, asked)


@router.post("/recommendation")
@allow(BROKER)
def recommend(
    caller: CurrentCaller, asked: Annotated[pairs.MoveAsked, Body()]
) -> pairs.PairView:  # fmt: skip
    """技术经纪人把交给他的团队推荐给需求方（推荐），或收回推荐；写明理由。"""
    return pairs.move(caller, asked)


@router.post("/undo")
@allow(STAFF)
def undo_pair(caller: CurrentCaller, asked: Annotated[pairs.MoveAsked, Body()]) -> pairs.PairView:
    """撤销最后一步，写明理由。"""
    return pairs.undo(caller, asked)


@router.post("/bid")
@allow(PAIRED)
def place_bid(caller: CurrentCaller, asked: Annotated[bids.BidAsked, Body()]) -> pairs.PairView:
    """揭榜，或修改揭榜书（附件在网页上传）。"""
    return bids.place(caller, asked)


@router.get("/files/{file_id}", response_class=Response)
@allow(PAIRED)
def bid_file(caller: CurrentCaller, file_id: str, named: _Named) -> Response:
    """揭榜书的附件。"""
    name, content = bids.file(caller, named, file_id)
    return attachment(content, name, "application/octet-stream")


@router.put("/secret", status_code=204)
@allow(ENTERPRISE)
def keep_secret(caller: CurrentCaller, asked: Annotated[bids.SecretAsked, Body()]) -> None:
    """难题的保密内容和条款。"""
    bids.keep_secret(caller, asked)


@router.post("/consent", status_code=204)
@allow(PAIRED)
def consent(caller: CurrentCaller, asked: Annotated[bids.ConsentAsked, Body()]) -> None:
    """同意保密条款。"""
    bids.consent(caller, asked)


@router.post("/appraisal", status_code=204)
@allow(STAFF)
def appraise(caller: CurrentCaller, asked: Annotated[appraising.AppraisalAsked, Body()]) -> None:
    """一位专家的评分。"""
    appraising.appraise(caller, asked)


@router.post("/follow-up", status_code=204)
@allow(PAIRED)
def follow(caller: CurrentCaller, asked: Annotated[bids.FollowAsked, Body()]) -> None:
    """记一个跟进的日期，或记办完。"""
    bids.follow(caller, asked)
