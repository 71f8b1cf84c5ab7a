"""Namesakes that building the library could not tell apart."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Query

from matcher.service.access import STAFF, allow
from matcher.service.api.routing import api_router
from matcher.service.desk import namesakes, queue
from matcher.service.desk.building import BuildAsked
from matcher.service.routing import CurrentCaller
from matcher.service.views import Page, View

router = api_router("", "同名核对")


class Kept(View):
    """How many answers were remembered."""

    answers: int


@router.get("/namesakes")
@allow(STAFF)
def list_namesakes(
    caller: CurrentCaller, query: Annotated[namesakes.NamesakeQuery, Query()]
) -> Page[namesakes.NamesakeView]:
    """拿不准是否同一人的，两边的依据，已有的回答。"""
    return namesakes.browse(caller, query)


@router.post("/namesakes")
@allow(STAFF)
def tell_namesakes(caller: CurrentCaller, asked: Annotated[namesakes.TellAsked, Body()]) -> Kept:
    """回答几处：要么全部记住要么一处也不记；重建团队库时照办。"""
    return Kept(answers=namesakes.tell(caller, asked))


@router.post("/namesakes/rebuilding", status_code=202)
@allow(STAFF)
def rebuild_library(caller: CurrentCaller) -> queue.JobView:
    """按记住的回答重新建立团队，在后台进行。"""
    return queue.submit(caller, "library", BuildAsked())
