"""Alliances: lists, one in full, its steps, its money, a year."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Body, File, Query, UploadFile
from pydantic import Field
from starlette.responses import Response

from matcher.service.access import ENTERPRISE, SIGNED_IN, STAFF, allow
from matcher.service.api.routing import api_router, attachment
from matcher.service.desk import advising, alliance_editing, alliances
from matcher.service.desk.advising import Advised
from matcher.service.desk.alliances import AllianceLine, AllianceView, OverlapView
from matcher.service.routing import CurrentCaller
from matcher.service.views import Page, PageNumber, PageSize

router = api_router("alliances", "联盟")
AllianceId = Annotated[str, Field(max_length=200, examples=["LM-K1"])]
Pack = Annotated[alliances.PackName, Query()]


@router.get("")
@allow(SIGNED_IN)
def list_alliances(
    caller: CurrentCaller, query: Annotated[alliances.AllianceQuery, Query()]
) -> Page[AllianceLine]:
    """管理人员看全部；企业、高校院所看本单位牵头或参加的。"""
    return alliances.browse(caller, query)


@router.post("", status_code=201)
@allow(ENTERPRISE)
def form_alliance(
    caller: CurrentCaller, asked: Annotated[alliances.NewAlliance, Body()]
) -> AllianceView:
    """由一对匹配或联合体组建联盟，需求单位任盟主。"""
    return alliances.form(caller, asked)


@router.get("/overlaps")
@allow(STAFF)
def list_overlaps(
    caller: CurrentCaller,
    page: Annotated[PageNumber, Query()] = 1,
    size: Annotated[PageSize, Query()] = 20,
) -> Page[OverlapView]:
    """疑似重复的联盟，牵头几个联盟的企业，参加几个联盟的高校院所。"""
    return alliances.overlapping(caller, page, size)


@router.get("/years/{year}")
@allow(STAFF)
def get_year(caller: CurrentCaller, year: alliances.Year, pack: Pack = "") -> dict[str, Any]:
    """一年的计划与进度，四种防范。"""
    return asdict(alliances.year(caller, year, pack))


@router.get("/of-challenges/{challenge_id:path}")
@allow(ENTERPRISE)
def get_programmes_of_challenge(
    caller: CurrentCaller, challenge_id: Annotated[str, Field(max_length=200, examples=["K1"])],
    year: Annotated[alliances.Year | None, Query()] = None, pack: Pack = "",
) -> Advised:  # fmt: skip
    """一项榜单可以申请哪些计划，看承担它的联盟；需求单位和管理人员看。"""
    return advising.programmes_of_challenge(caller, challenge_id, year, pack)


@router.get("/{alliance_id:path}/programmes/{year}")
@allow(ENTERPRISE)
def get_programmes(
    caller: CurrentCaller, alliance_id: AllianceId, year: alliances.Year, pack: Pack = ""
) -> Advised:
    """可以申请哪些计划，最多多少，怎样算的；盟主和管理人员看。"""
    return advising.programmes(caller, alliance_id, year, pack)


@router.post("/{alliance_id:path}/moves")
@allow(ENTERPRISE)
def move_alliance(
    caller: CurrentCaller, alliance_id: AllianceId, asked: Annotated[alliances.MoveAsked, Body()]
) -> AllianceView:
    """办一步：签订协议由盟主或管理人员，其余由管理人员。"""
    return alliances.move(caller, alliance_id, asked)


@router.post("/{alliance_id:path}/undoing")
@allow(STAFF)
def undo_alliance(
    caller: CurrentCaller, alliance_id: AllianceId,
    reason: Annotated[str, Body(embed=True, max_length=500)],
) -> AllianceView:  # fmt: skip
    """撤销最后一步，须写明理由。"""
    return alliances.undo(caller, alliance_id, reason)


@router.get("/{alliance_id:path}/form")
@allow(ENTERPRISE)
def get_form(caller: CurrentCaller, alliance_id: AllianceId) -> alliance_editing.EditForm:
    """联盟的各栏目和读到的版本；盟主和管理人员改。"""
    return alliance_editing.form(caller, alliance_id)


@router.put("/{alliance_id:path}/form")
@allow(ENTERPRISE)
def put_form(
    caller: CurrentCaller, alliance_id: AllianceId,
    asked: Annotated[alliance_editing.EditAsked, Body()],
) -> AllianceView:  # fmt: skip
    """改几栏；读到之后有人改过的不改，要再看一次。"""
    return alliance_editing.save(caller, alliance_id, asked)


@router.post("/{alliance_id:path}/files", status_code=201)
@allow(ENTERPRISE)
def add_file(
    caller: CurrentCaller, alliance_id: AllianceId, file: Annotated[UploadFile, File()]
) -> AllianceView:
    """存一份协议；只有盟主和管理人员看得到。"""
    return alliances.keep_file(caller, alliance_id, file.filename or "协议", file.file.read())


@router.get("/{alliance_id:path}/files/{file_id}", response_class=Response)
@allow(ENTERPRISE)
def get_file(
    caller: CurrentCaller, alliance_id: AllianceId,
    file_id: Annotated[str, Field(max_length=40)],
) -> Response:  # fmt: skip
    """取一份协议。"""
    name, content = alliances.file(caller, alliance_id, file_id)
    return attachment(content, name, "application/octet-stream")


@router.get("/{alliance_id:path}")
@allow(SIGNED_IN)
def get_alliance(caller: CurrentCaller, alliance_id: AllianceId, pack: Pack = "") -> AllianceView:
    """一个联盟：成员、条件、经过；资金和协议只给盟主和管理人员。"""
    return alliances.view(caller, alliance_id, pack)
