"""What staff decide: the review queue, the assignment board, outcomes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Annotated, TypeVar, get_args
from urllib.parse import quote

from fastapi import Path, Query, Request
from starlette.responses import RedirectResponse, Response

from matcher.errors import InputError, NotFoundError
from matcher.ranking.grades import Verdict
from matcher.records import OutcomeStage
from matcher.report.charts.plane import topic_chart
from matcher.service.access import STAFF, allow
from matcher.service.context import Caller
from matcher.service.desk import board, decisions, matching
from matcher.service.desk.searching import named
from matcher.service.pages.again import again, filled_in
from matcher.service.pages.asked import (
    Form,
    address,
    form_as,
    linker,
    query_as,
    texts,
    twin_of,
)
from matcher.service.pages.rendering import render
from matcher.service.routing import CurrentCaller, guarded_router
from matcher.service.views import PageNumber, challenge_page

router = guarded_router("/staff")
QueryT = TypeVar("QueryT", bound=board.BoardQuery)
_PER_PAGE = 20
_MOST_DECISIONS = 100


@router.get("/review")
@allow(STAFF)
def review(request: Request, caller: CurrentCaller) -> Response:
    """The challenges of the last report, the riskiest first."""
    return _of_report(request, caller, "review.html", board.ReviewQuery, board.review)


@router.get("/review/{challenge_id:path}")
@allow(STAFF)
def review_one(request: Request, caller: CurrentCaller, challenge_id: str) -> Response:
    """One challenge with its teams: recommend, exclude, with the reason."""
    challenge = matching.challenge_of(caller, challenge_id)
    found = matching.teams_for(caller, challenge, matching.TeamFilter())
    made = decisions.browse(caller, challenge_id, 1, _MOST_DECISIONS).items
    shown = {
        "found": found,
        "decided": [line for line in made if line.stage in ("人工推荐", "人工排除")],
        "version": decisions.version(caller, challenge_id),
        "given": texts(filled_in(request)),
        "twin": f"/api/v1{challenge_page(challenge_id)}/teams",
    }
    return render(request, "review_one.html", shown)


@router.post("/review/{challenge_id:path}/withdrawal")
@allow(STAFF)
@again(review_one)
def withdraw(
    request: Request,
    caller: CurrentCaller,
    challenge_id: Annotated[str, Path(max_length=200)],
    form: Form,
) -> Response:
    """Take a decision back."""
    given = texts(form)
    team_id = given.get("team_id", "")
    if not 1 <= len(team_id) <= 200:
        raise InputError("没有写团队编号", remedy="回到“推荐与排除”页，点“收回”")
    decisions.withdraw(caller, challenge_id, team_id, given.get("version"))
    return RedirectResponse(f"/staff/review/{quote(challenge_id, safe='')}", 303)


@router.post("/review/{challenge_id:path}")
@allow(STAFF)
@again(review_one, filled=True)
def decide(request: Request, caller: CurrentCaller, challenge_id: str, form: Form) -> Response:
    """Recommend or exclude a team."""
    made = form_as(form, decisions.Decision)
    decisions.decide(caller, challenge_id, made, texts(form).get("version"))
    return RedirectResponse(f"/staff/review/{quote(challenge_id, safe='')}", 303)


@router.get("/assignment")
@allow(STAFF)
def assignment(request: Request, caller: CurrentCaller) -> Response:
    """The plan of the last report."""
    return _of_report(request, caller, "assignment.html", board.BoardQuery, board.assignment)


@router.get("/topics")
@allow(STAFF)
def topics(request: Request, caller: CurrentCaller) -> Response:
    """Where demand has no supply, by the last report: drawn, by field, and one by one."""
    shown: dict[str, object] = {"map": None}
    with suppress(NotFoundError):
        found = board.topics(caller)
        unmet = sorted(
            (point for point in found.demand if point.unmet),
            key=lambda point: (point.verdict != Verdict.NOBODY, point.field, point.id),
        )
        shown = {"map": found, "chart": topic_chart(found), "unmet": unmet,
                 "twin": twin_of(request, "/topics")}  # fmt: skip
    return render(request, "topics.html", shown)


@router.get("/outcomes")
@allow(STAFF)
def outcomes(
    request: Request,
    caller: CurrentCaller,
    challenge: Annotated[str, Query(max_length=200)] = "",
    team: Annotated[str, Query(max_length=200)] = "",
    page: Annotated[PageNumber, Query()] = 1,
) -> Response:
    """Decisions and outcomes, and the form of a new one, filled in for a pair that is named."""
    with suppress(NotFoundError):  # a number of which only outcomes are left is looked for as it is
        challenge = named(caller, "challenge", challenge) if challenge.strip() else ""
    shown = {
        "page": decisions.browse(caller, challenge.strip(), page, _PER_PAGE),
        "challenge": challenge,
        "given": texts(filled_in(request)) or ({"team_id": team} if team else {}),
        "stages": get_args(OutcomeStage),
        "link": linker(request, "/staff/outcomes"),
        "twin": address("/api/v1/outcomes", {"challenge": challenge, "page": page}),
    }
    return render(request, "outcomes.html", shown)


@router.post("/outcomes")
@allow(STAFF)
@again(outcomes, filled=True)
def enter(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """Record what became of a pair."""
    entry = form_as(form, decisions.OutcomeEntry)
    made = decisions.enter(caller, entry)
    return RedirectResponse(address("/staff/outcomes", {"challenge": made.challenge_id}), 303)


@router.post("/outcomes/deletion")
@allow(STAFF)
@again(outcomes)
def erase(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """Take out one that was entered by mistake."""
    wrong = form_as(form, decisions.OutcomeEntry)
    decisions.erase(caller, wrong.challenge_id, wrong.team_id, wrong.stage)
    return RedirectResponse(address("/staff/outcomes", {"challenge": wrong.challenge_id}), 303)


def _of_report(
    request: Request, caller: Caller, template: str, query_type: type[QueryT],
    verb: Callable[[Caller, QueryT], board.ReviewView | board.AssignmentView],
) -> Response:  # fmt: skip
    """A page of what the last report says; without one, how to get one."""
    query = query_as(request, query_type)
    shown: dict[str, object] = {"query": query, "link": linker(request), "page": None}
    try:
        shown["page"] = verb(caller, query)
        shown["twin"] = twin_of(request, request.url.path.removeprefix("/staff"))
    except NotFoundError:
        pass
    return render(request, template, shown)
