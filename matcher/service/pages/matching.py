"""Who can solve a challenge: the ranking, teams side by side, consortia."""

from __future__ import annotations

from typing import get_args

from fastapi import Request
from starlette.responses import Response

from matcher.errors import InputError
from matcher.ranking.grades import Band
from matcher.records import OrgType
from matcher.report.charts.coverage import coverage_matrix
from matcher.service.access import ENTERPRISE, MATCHING, allow
from matcher.service.context import Caller
from matcher.service.desk import drafts, matching, teams
from matcher.service.pages.asked import chips, query_as, twin_of
from matcher.service.pages.rendering import render
from matcher.service.routing import CurrentCaller, guarded_router
from matcher.service.showing import is_own
from matcher.service.views import ComparisonView, CoverageView, FacetView

router = guarded_router("/challenges")
# Teams of the matrix: as many columns as a phone shows.
_IN_MATRIX = 6
_FILTERS = {
    "province": "地区：{}", "city": "市：{}", "org_type": "单位类型：{}", "domain": "技术领域：{}",
    "since": "{} 年以后有成果", "trl": "成熟度 {} 级以上",
}  # fmt: skip


@router.get("/{challenge_id:path}/teams")
@allow(MATCHING)
def team_ranking(request: Request, caller: CurrentCaller, challenge_id: str) -> Response:
    """The teams for a challenge or a draft, with filters."""
    asked = query_as(request, matching.TeamFilter)
    challenge = matching.challenge_of(caller, challenge_id)
    found = matching.teams_for(caller, challenge, asked)
    able = [match for match in found.matches if match.band != Band.WEAK]
    shown = {
        "found": found,
        "able": able,
        "weak": [match for match in found.matches if match.band == Band.WEAK],
        "matrix": coverage_matrix(
            (m.rank, m.team.team_name, m.coverage) for m in found.matches[:_IN_MATRIX]
        ),
        "near": {
            (row, place)
            for place, match in enumerate(found.matches[:_IN_MATRIX])
            for row, one in enumerate(match.coverage)
            if one.near
        },
        "chips": chips(request, _FILTERS),
        "asked": asked,
        "narrow": not teams.sees_all(caller.principal),
        "choices": teams.choices(caller),
        "kinds": get_args(OrgType),
        "is_draft": drafts.is_draft_id(challenge_id),
        "submits": _submits(caller, challenge_id),
        "tracked": caller.principal.is_staff or is_own(caller.principal, challenge),
        "most": matching.MOST_COMPARED,
        "twin": twin_of(request),
    }
    return render(request, "teams_for.html", shown)


@router.get("/{challenge_id:path}/comparison")
@allow(MATCHING)
def comparison(request: Request, caller: CurrentCaller, challenge_id: str) -> Response:
    """Up to four teams side by side."""
    challenge = matching.challenge_of(caller, challenge_id)
    wanted = request.query_params.getlist("team")
    if not wanted:
        raise InputError("没有选团队", expected=f"2 至 {matching.MOST_COMPARED} 个",
                         remedy="回到团队列表，勾选几个再比较")  # fmt: skip
    compared = matching.compared(caller, challenge, wanted)
    shown = {"compared": compared, "rows": _side_by_side(compared), "twin": twin_of(request)}
    return render(request, "comparison.html", shown)


@router.get("/{challenge_id:path}/consortium")
@allow(ENTERPRISE)
def joint(request: Request, caller: CurrentCaller, challenge_id: str) -> Response:
    """The fewest teams that together cover a challenge."""
    asked = query_as(request, matching.ConsortiumSettings)
    challenge = matching.challenge_of(caller, challenge_id)
    made = matching.consortium_for(caller, challenge, asked)
    return render(
        request, "consortium.html", {"made": made, "asked": asked, "twin": twin_of(request)}
    )


def _submits(caller: Caller, challenge_id: str) -> bool:
    """Whether it is a draft that its writer may hand to staff."""
    if not drafts.is_draft_id(challenge_id) or caller.principal.role != "enterprise":
        return False
    return drafts.view(caller, challenge_id).state in ("草稿", "退回")


def _side_by_side(
    compared: ComparisonView,
) -> list[tuple[FacetView, list[CoverageView | None]]]:
    """Each part of the challenge that teams are held against, with what each shows of it."""
    shown = [{part.label: part for part in match.coverage} for match in compared.teams]
    return [
        (facet, [parts.get(facet.label) for parts in shown])
        for facet in compared.facets
        if any(facet.label in parts for parts in shown)
    ]
