"""Teams: lists, one in full, and what it could take on."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import Field

from matcher.service.access import SIGNED_IN, UNIVERSITY, allow
from matcher.service.api.routing import api_router
from matcher.service.desk import matching, searching, teams
from matcher.service.routing import CurrentCaller
from matcher.service.views import ChallengesView, Page, TeamHit, TeamView

router = api_router("teams", "团队")
TeamId = Annotated[str, Field(max_length=200, examples=["L0001"])]


@router.get("")
@allow(SIGNED_IN)
def list_teams(
    caller: CurrentCaller, query: Annotated[teams.TeamQuery, Query()]
) -> Page[TeamHit]:  # fmt: skip
    """团队库：按意思和用词查找、筛选、分页。"""
    return teams.browse(caller, query)


@router.get("/choices")
@allow(SIGNED_IN)
def team_choices(
    caller: CurrentCaller, query: Annotated[teams.TeamQuery, Query()]
) -> teams.TeamChoices:
    """筛选可取的值，各有多少个（在查找的词和其他条件之内）。"""
    return teams.choices(caller, query)


@router.get("/suggestions")
@allow(SIGNED_IN)
def suggest_teams(
    caller: CurrentCaller, asked: Annotated[searching.SuggestionQuery, Query()]
) -> list[searching.Suggestion]:
    """边输入边提示：团队和常用词。"""
    return searching.suggest(caller, "team", asked)


@router.get("/{team_id:path}/challenges")
@allow(UNIVERSITY)
def find_challenges(
    caller: CurrentCaller, team_id: TeamId, asked: Annotated[matching.ChallengeFilter, Query()]
) -> ChallengesView:
    """适合本单位一个团队揭榜的需求，带依据和缺口。"""
    return matching.challenges_for(caller, team_id, asked)


@router.get("/{team_id:path}")
@allow(SIGNED_IN)
def get_team(caller: CurrentCaller, team_id: TeamId) -> TeamView:
    """一个团队和它的成果。"""
    return teams.view(caller, team_id)
