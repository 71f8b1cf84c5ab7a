"""Teams: the library, one in full, and the challenges a university's teams could take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import RedirectResponse, Response

from matcher.errors import InputError
from matcher.policy.names import organisation_key
from matcher.policy.pairs import partners
from matcher.procedure import PAIR
from matcher.records import Team
from matcher.report.charts.partners import partner_chart, partners_of
from matcher.report.charts.svg import svg
from matcher.report.charts.tiles import elsewhere, tiles
from matcher.report.charts.timeline import timeline_chart, timeline_of
from matcher.service.access import SIGNED_IN, UNIVERSITY, allow
from matcher.service.context import Caller
from matcher.service.desk import cases, challenges, corrections, matching, teams
from matcher.service.pages.asked import address, chips, linker, new_key, query_as, twin_of
from matcher.service.pages.rendering import render
from matcher.service.routing import CurrentCaller, guarded_router
from matcher.service.views import ChallengeMatch, EvidenceView, PageNumber
from matcher.text.affiliations import split_affiliation

router = guarded_router()
# Challenges shown beside the name of each team.
_BEST = 3
_FILTERS = {
    "q": "“{}”", "mine": "本单位的", "province": "省：{}", "city": "市：{}",
    "org_type": "单位类型：{}", "domain": "技术领域：{}", "kind": "有{}", "year": "最近成果 {} 年",
}  # fmt: skip


class OwnQuery(BaseModel):
    """Which of one's own teams are shown, and whether with their first few challenges."""

    model_config = ConfigDict(frozen=True)

    q: Annotated[str, Field(max_length=200)] = ""
    page: PageNumber = 1
    best: bool = False


@router.get("/teams")
@allow(SIGNED_IN)
def team_list(request: Request, caller: CurrentCaller) -> Response:
    """The library, with search and filters."""
    query = query_as(request, teams.TeamQuery)
    found = teams.choices(caller, query)
    regions = [(option.value, option.count) for option in found.provinces]
    shown = {
        "query": query,
        "page": teams.browse(caller, query),
        "choices": found,
        "map": tiles(regions, "各省团队"),
        "elsewhere": elsewhere(regions),
        "chips": chips(request, _FILTERS),
        "link": linker(request),
        "twin": twin_of(request),
    }
    return render(request, "teams.html", shown)


@router.get("/my-teams")
@allow(UNIVERSITY)
def own_teams(request: Request, caller: CurrentCaller) -> Response:
    """The teams of one's own organisation; staff, who have none, see them all.

    With ``best`` each with its first few challenges: the first time after a change of the
    library that takes seconds, so a browser shows the list first and asks for these then.
    """
    if caller.principal.is_staff:
        return RedirectResponse("/teams", 303)
    asked = query_as(request, OwnQuery)
    page = teams.browse(caller, teams.TeamQuery(q=asked.q, mine=True, page=asked.page))
    here = {"q": asked.q, "page": asked.page}
    shown = {
        "query": asked,
        "page": page,
        "link": linker(request),
        "later": "" if asked.best else address("/my-teams", {**here, "best": "1"}),
        "best": {t.team_id: _best(caller, t.team_id) for t in page.items if asked.best},
        "twin": address("/api/v1/teams", {"mine": "1", **here}),
    }
    return render(request, "my_teams.html", shown)


@router.get("/teams/{team_id:path}/challenges")
@allow(UNIVERSITY)
def challenge_ranking(request: Request, caller: CurrentCaller, team_id: str) -> Response:
    """The open challenges a team fits, with what it still lacks."""
    asked = query_as(request, matching.ChallengeFilter)
    # An empty box is not sent: a form that was sent says so by itself.
    if "filtered" in request.query_params and "open" not in request.query_params:
        asked = asked.model_copy(update={"open": False})
    fault = None
    try:
        found = matching.challenges_for(caller, team_id, asked)
    except InputError as error:
        found, fault = None, error
    known = cases.known_to_teams(caller, caller.service.pairs.of_teams([team_id]))
    shown = {
        "found": found,
        "fault": fault,
        "team": teams.view(caller, team_id),
        "own": [] if caller.principal.is_staff else teams.own(caller),
        "asked": asked,
        "choices": challenges.choices(caller),
        "states": {challenge: state for (challenge, _), state in known.items()},
        "beginnings": PAIR["表示意向"].sources,
        "key": new_key(),
        "twin": address(f"/api/v1{request.url.path}", _filters(asked)),
    }
    return render(request, "challenges_for.html", shown)


@router.get("/teams/{team_id:path}")
@allow(SIGNED_IN)
def team_page(request: Request, caller: CurrentCaller, team_id: str) -> Response:
    """One team in full."""
    team = teams.view(caller, team_id)
    own = caller.principal.is_staff or (
        caller.principal.role == "university" and teams.is_own(caller.principal, team)
    )
    disowned = corrections.disowned(caller, team_id) if own else []
    shown = {
        "team": team, "own": own, "disowned": disowned, "timeline": _timeline(team.pieces),
        "partners": _partners(teams.find(caller, team_id)), "twin": twin_of(request),
    }  # fmt: skip
    return render(request, "team.html", shown)


def _timeline(pieces: Sequence[EvidenceView]) -> Mapping[str, object] | None:
    """The picture of a team's evidence by year, its key, and what is not in it."""
    found = timeline_of((piece.kind, piece.year) for piece in pieces)
    if found is None:
        return None
    drawn = timeline_chart(found)
    left_out = (
        f"{found.years[0]} 年以前 {found.earlier} 条" if found.earlier else "",
        f"没有年份 {found.undated} 条" if found.undated else "",
    )
    note = "，".join(filter(None, left_out))
    return {"picture": svg(drawn), "key": drawn.key, "note": f"另有：{note}。" if note else ""}


def _partners(team: Team) -> Mapping[str, object] | None:
    """With whom it worked, drawn and as rows; None where no piece names anybody."""
    ours = organisation_key(team.org_name)
    named = (
        ([name for name in partners(piece) if _is_other(name, ours)], piece.year)
        for piece in team.evidence
    )
    found = partners_of(named)
    drawn = partner_chart(found)
    return None if drawn is None else {"picture": svg(drawn), "rows": found}


def _is_other(name: str, ours: str) -> bool:
    """Whether it is another organisation, and no school or institute of one's own."""
    whole = organisation_key(split_affiliation(name).organisation)
    return organisation_key(name) not in ("", ours) and whole != ours


def _best(caller: Caller, team_id: str) -> list[ChallengeMatch]:
    """The first few open challenges of a team; none where nothing is known of it."""
    asked = matching.ChallengeFilter()
    try:
        found = matching.challenges_for(caller, team_id, asked)
    except InputError:
        return []
    return found.matches[:_BEST]


def _filters(asked: matching.ChallengeFilter) -> dict[str, object]:
    """What of the filter an address must say."""
    stated = asked.model_dump(exclude_defaults=True)
    return {name: "0" if value is False else value for name, value in stated.items()}
