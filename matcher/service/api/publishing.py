"""Challenges before the public and off again."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Header, Query
from pydantic import Field

from matcher.service.access import STAFF, allow
from matcher.service.api.routing import api_router
from matcher.service.desk import publishing
from matcher.service.routing import CurrentCaller
from matcher.service.views import ChallengeLine, Page, View

router = api_router("", "发布")
_Id = Annotated[str, Field(max_length=200, examples=["KB-18"])]


class Previews(View):
    """What the public will see of those that were chosen: of all of them, no more than that."""

    items: list[publishing.Preview]


class Published(View):
    """Which challenges are before the public now."""

    challenge_ids: list[str]


@router.get("/publishing")
@allow(STAFF)
def list_pending(
    caller: CurrentCaller, query: Annotated[publishing.PendingQuery, Query()]
) -> Page[ChallengeLine]:
    """待发布的难题。"""
    return publishing.pending(caller, query)


@router.post("/publishing/preview")
@allow(STAFF)
def preview_publishing(
    caller: CurrentCaller, chosen: Annotated[publishing.Chosen, Body()]
) -> Previews:
    """发布之后别人看到的样子（什么也不改）。"""
    return Previews(items=publishing.preview(caller, chosen.challenge_ids))


@router.post("/publishing")
@allow(STAFF)
def publish(caller: CurrentCaller, chosen: Annotated[publishing.Chosen, Body()]) -> Published:
    """发布几项：要么全部要么一项也没有。"""
    return Published(challenge_ids=publishing.publish(caller, chosen))


@router.get("/challenges/{challenge_id:path}/history")
@allow(STAFF)
def challenge_history(caller: CurrentCaller, challenge_id: _Id) -> publishing.HistoryView:
    """一项难题走过的步骤，现在能走的步骤。"""
    return publishing.history(caller, challenge_id)


@router.post("/challenges/{challenge_id:path}/state")
@allow(STAFF)
def restate_challenge(
    caller: CurrentCaller, challenge_id: _Id, asked: Annotated[publishing.Restated, Body()]
) -> publishing.HistoryView:
    """撤下、停止揭榜、重新发布，或撤销最后一步。"""
    return publishing.restate(caller, challenge_id, asked)


@router.post("/challenges/{challenge_id:path}/correction")
@allow(STAFF)
def correct_challenge(
    caller: CurrentCaller,
    challenge_id: _Id,
    asked: Annotated[publishing.Correction, Body()],
    if_match: Annotated[
        str | None, Header(max_length=200, description="history 里的 version；不写就不核对")
    ] = None,
) -> publishing.HistoryView:
    """更正已发布的难题。"""
    return publishing.correct(caller, challenge_id, asked, if_match)
