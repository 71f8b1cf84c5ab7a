"""Teams: lists, one in full, and what it could take on."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request
from pydantic import Field

from matcher.service.access import SIGNED_IN, UNIVERSITY, allow
from matcher.service.api.rooms import api_room
from matcher.service.context import principal_of, service_of
from matcher.service.desk import matching, teams
from matcher.service.desk.views import ChallengesView, Page, TeamLine, TeamView

room = api_room("teams", "团队")
TeamId = Annotated[str, Field(max_length=200, examples=["L0001"])]


@room.get("")
@allow(SIGNED_IN)
def list_teams(
    request: Request, query: Annotated[teams.TeamQuery, Query()]
) -> Page[TeamLine]:  # fmt: skip
    """团队库: 查找、筛选、分页。"""
    return teams.browse(service_of(request), principal_of(request), query)


@room.get("/choices")
@allow(SIGNED_IN)
def team_choices(request: Request) -> teams.TeamChoices:
    """筛选可取的值。"""
    return teams.choices(service_of(request))


@room.get("/{team_id:path}/challenges")
@allow(UNIVERSITY)
def find_challenges(
    request: Request, team_id: TeamId, asked: Annotated[matching.ChallengeFilter, Query()]
) -> ChallengesView:
    """适合本单位一个团队揭榜的需求, 带依据和缺口。"""
    return matching.challenges_for(service_of(request), principal_of(request), team_id, asked)


@room.get("/{team_id:path}")
@allow(SIGNED_IN)
def get_team(request: Request, team_id: TeamId) -> TeamView:
    """一个团队和它的成果。"""
    return teams.view(service_of(request), principal_of(request), team_id)
