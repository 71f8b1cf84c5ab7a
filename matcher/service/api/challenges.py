"""Challenges: lists, one in full, and who can solve it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, File, Query, Request, UploadFile
from pydantic import BaseModel, Field
from starlette.responses import Response

from matcher.records import Challenge
from matcher.service.access import ENTERPRISE, PUBLISHED, SIGNED_IN, allow
from matcher.service.api.rooms import MEDIA_TYPES, api_room, attachment
from matcher.service.context import principal_of, service_of
from matcher.service.desk import challenges, drafts, exports, matching, understanding
from matcher.service.desk.views import (
    ChallengeLine,
    ChallengeView,
    ComparisonView,
    ConsortiumView,
    Page,
    TeamsView,
)

room = api_room("challenges", "榜单")
ChallengeId = Annotated[str, Field(max_length=200, examples=["KB-18"])]


class Pasted(BaseModel):
    """A challenge in words."""

    text: Annotated[
        str, Field(max_length=100_000, examples=["海上风电齿轮箱轴承疲劳寿命不足"])
    ]  # fmt: skip


@room.get("")
@allow(PUBLISHED)
def list_challenges(
    request: Request, query: Annotated[challenges.ChallengeQuery, Query()]
) -> Page[ChallengeLine]:
    """榜单: 查找、筛选、分页。"""
    return challenges.browse(service_of(request), principal_of(request), query)


@room.get("/choices")
@allow(PUBLISHED)
def challenge_choices(request: Request) -> challenges.ChallengeChoices:
    """筛选可取的值。"""
    return challenges.choices(service_of(request), principal_of(request))


@room.post("/reading")
@allow(SIGNED_IN)
def read_text(request: Request, pasted: Annotated[Pasted, Body()]) -> understanding.Reading:
    """粘贴的文字: 看懂了什么 (不保存)。"""
    return understanding.read_text(service_of(request), pasted.text)


@room.post("/reading/file")
@allow(SIGNED_IN)
def read_file(request: Request, file: Annotated[UploadFile, File()]) -> understanding.Reading:
    """上传的文件: 看懂了什么 (不保存)。"""
    return understanding.read_file(service_of(request), file.filename or "", file.file.read())


@room.post("/teams")
@allow(ENTERPRISE)
def find_teams_for_text(
    request: Request,
    fields: Annotated[drafts.DraftFields, Body()],
    asked: Annotated[matching.TeamFilter, Query()],
) -> TeamsView:
    """给没有保存的需求找团队。"""
    challenge = fields.challenge("文本")
    return matching.teams_for(service_of(request), principal_of(request), challenge, asked)


@room.get("/{challenge_id:path}/teams")
@allow(ENTERPRISE)
def find_teams(
    request: Request, challenge_id: ChallengeId, asked: Annotated[matching.TeamFilter, Query()]
) -> TeamsView:
    """能解决它的团队, 带依据、覆盖和缺口。"""
    return matching.teams_for(
        service_of(request), principal_of(request), _challenge(request, challenge_id), asked
    )


@room.get("/{challenge_id:path}/teams/export", response_class=Response)
@allow(ENTERPRISE)
def export_teams(
    request: Request,
    challenge_id: ChallengeId,
    asked: Annotated[exports.ExportAsked, Query()],
) -> Response:
    """团队和依据, 写成 xlsx、docx 或 html; 没有联系方式。"""
    challenge = _challenge(request, challenge_id)
    made = exports.export(service_of(request), principal_of(request), challenge, asked)
    name = f"{challenge.name[:60]}.{asked.format}"
    return attachment(made, name, MEDIA_TYPES[asked.format])


@room.get("/{challenge_id:path}/comparison")
@allow(ENTERPRISE)
def compare_teams(
    request: Request,
    challenge_id: ChallengeId,
    team: Annotated[list[str], Query(description="团队编号, 最多四个", max_length=20)],
) -> ComparisonView:
    """几个团队并排比较。"""
    challenge = _challenge(request, challenge_id)
    return matching.compared(service_of(request), principal_of(request), challenge, team)


@room.get("/{challenge_id:path}/consortium")
@allow(ENTERPRISE)
def form_consortium(
    request: Request,
    challenge_id: ChallengeId,
    asked: Annotated[matching.ConsortiumSettings, Query()],
) -> ConsortiumView:
    """合起来覆盖要求的最少几个团队。"""
    challenge = _challenge(request, challenge_id)
    return matching.consortium_for(service_of(request), challenge, asked)


@room.get("/{challenge_id:path}")
@allow(PUBLISHED)
def get_challenge(request: Request, challenge_id: ChallengeId) -> ChallengeView:
    """一项技术需求 (或本单位的草稿)。"""
    service, principal = service_of(request), principal_of(request)
    if drafts.is_draft_id(challenge_id):
        return drafts.as_challenge(service, principal, challenge_id)
    return challenges.view(service, principal, challenge_id)


def _challenge(request: Request, challenge_id: str) -> Challenge:
    return matching.challenge_of(service_of(request), principal_of(request), challenge_id)
