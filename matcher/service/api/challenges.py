"""Challenges: lists, one in full, and who can solve it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, File, Query, UploadFile
from pydantic import BaseModel, Field
from starlette.responses import Response

from matcher.records import Challenge
from matcher.service.access import ENTERPRISE, MATCHING, PUBLISHED, SIGNED_IN, allow
from matcher.service.api.routing import MEDIA_TYPES, api_router, attachment
from matcher.service.context import Caller
from matcher.service.desk import challenges, drafts, exports, matching, searching, understanding
from matcher.service.desk.draft_fields import DraftFields
from matcher.service.routing import CurrentCaller
from matcher.service.views import (
    ChallengeHit,
    ChallengeView,
    ComparisonView,
    ConsortiumView,
    Page,
    TeamsView,
)

router = api_router("challenges", "榜单")
ChallengeId = Annotated[str, Field(max_length=200, examples=["KB-18"])]


class Pasted(BaseModel):
    """A challenge in words."""

    text: Annotated[
        str, Field(max_length=100_000, examples=["海上风电齿轮箱轴承疲劳寿命不足"])
    ]  # fmt: skip


@router.get("")
@allow(PUBLISHED)
def list_challenges(
    caller: CurrentCaller, query: Annotated[challenges.ChallengeQuery, Query()]
) -> Page[ChallengeHit]:
    """榜单：按意思和用词查找、筛选、分页。"""
    return challenges.browse(caller, query)


@router.get("/choices")
@allow(PUBLISHED)
def challenge_choices(
    caller: CurrentCaller, query: Annotated[challenges.ChallengeQuery, Query()]
) -> challenges.ChallengeChoices:
    """筛选可取的值，各有多少项（在查找的词和其他条件之内）。"""
    return challenges.choices(caller, query)


@router.get("/suggestions")
@allow(PUBLISHED)
def suggest_challenges(
    caller: CurrentCaller, asked: Annotated[searching.SuggestionQuery, Query()]
) -> list[searching.Suggestion]:
    """边输入边提示：难题和常用词。"""
    return searching.suggest(caller, "challenge", asked)


@router.post("/reading")
@allow(SIGNED_IN.reading_files())
def read_text(caller: CurrentCaller, pasted: Annotated[Pasted, Body()]) -> understanding.Reading:
    """粘贴的文字：识别结果（不保存）。"""
    return understanding.read_text(caller, pasted.text)


@router.post("/reading/file")
@allow(SIGNED_IN.reading_files())
def read_file(caller: CurrentCaller, file: Annotated[UploadFile, File()]) -> understanding.Reading:
    """上传的文件：识别结果（不保存）。"""
    return understanding.read_file(caller, file.filename or "", file.file.read())


@router.post("/teams")
@allow(ENTERPRISE)
def find_teams_for_text(
    caller: CurrentCaller,
    fields: Annotated[DraftFields, Body()],
    asked: Annotated[matching.TeamFilter, Query()],
) -> TeamsView:
    """给没有保存的需求找团队。"""
    challenge = fields.challenge("文本")
    return matching.teams_for(caller, challenge, asked)


@router.get("/{challenge_id:path}/teams")
@allow(MATCHING)
def find_teams(
    caller: CurrentCaller, challenge_id: ChallengeId, asked: Annotated[matching.TeamFilter, Query()]
) -> TeamsView:
    """候选团队，带依据、覆盖和缺口。"""
    return matching.teams_for(caller, _challenge(caller, challenge_id), asked)


@router.get("/{challenge_id:path}/teams/export", response_class=Response)
@allow(ENTERPRISE)
def export_teams(
    caller: CurrentCaller,
    challenge_id: ChallengeId,
    asked: Annotated[exports.ExportAsked, Query()],
) -> Response:
    """团队和依据，写成 xlsx、docx 或 html；没有联系方式。"""
    challenge = _challenge(caller, challenge_id)
    made = exports.export(caller, challenge, asked)
    name = f"{challenge.name[:60]}.{asked.format}"
    return attachment(made, name, MEDIA_TYPES[asked.format])


@router.get("/{challenge_id:path}/comparison")
@allow(MATCHING)
def compare_teams(
    caller: CurrentCaller,
    challenge_id: ChallengeId,
    team: Annotated[list[str], Query(description="团队编号，最多四个", max_length=20)],
) -> ComparisonView:
    """几个团队并排比较。"""
    challenge = _challenge(caller, challenge_id)
    return matching.compared(caller, challenge, team)


@router.get("/{challenge_id:path}/consortium")
@allow(ENTERPRISE)
def form_consortium(
    caller: CurrentCaller,
    challenge_id: ChallengeId,
    asked: Annotated[matching.ConsortiumSettings, Query()],
) -> ConsortiumView:
    """合起来覆盖要求的最少几个团队。"""
    challenge = _challenge(caller, challenge_id)
    return matching.consortium_for(caller, challenge, asked)


@router.get("/{challenge_id:path}")
@allow(PUBLISHED)
def get_challenge(caller: CurrentCaller, challenge_id: ChallengeId) -> ChallengeView:
    """一项技术需求（或本单位的草稿）。"""
    if drafts.is_draft_id(challenge_id):
        return drafts.as_challenge(caller, challenge_id)
    return challenges.view(caller, challenge_id)


def _challenge(caller: Caller, challenge_id: str) -> Challenge:
    return matching.challenge_of(caller, challenge_id)
