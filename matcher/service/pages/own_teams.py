"""The form of a team for its own university, and what staff have to approve."""

from __future__ import annotations

from typing import get_origin
from urllib.parse import quote

from fastapi import Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from matcher.corpora.cells import split_list
from matcher.errors import NotFoundError
from matcher.service.access import PAIRED, STAFF, allow
from matcher.service.context import Caller
from matcher.service.desk import own_evidence, own_teams, proposed, teams
from matcher.service.desk.own_teams import TeamFields
from matcher.service.pages.again import again, filled_in
from matcher.service.pages.asked import (
    Form,
    form_as,
    linker,
    query_as,
    several,
    texts,
    twin_of,
    upload,
)
from matcher.service.pages.rendering import render
from matcher.service.routing import CurrentCaller, guarded_router

router = guarded_router("/team-changes")


@router.get("")
@allow(PAIRED)
def change_list(request: Request, caller: CurrentCaller) -> Response:
    """What was proposed, what waits to be approved first."""
    query = query_as(request, own_teams.ChangeQuery)
    shown = {
        "page": own_teams.changes(caller, query),
        "link": linker(request, "/team-changes"),
        "twin": twin_of(request, "/team-changes"),
    }
    return render(request, "team_changes.html", shown)


@router.get("/new")
@allow(PAIRED)
def new_form(request: Request, caller: CurrentCaller) -> Response:
    """The empty form of a team."""
    return _form(request, caller, "")


@router.post("/new")
@allow(PAIRED)
@again(new_form, filled=True)
def add(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """Propose a new team."""
    own_teams.add(caller, _fields(form))
    return RedirectResponse("/team-changes", 303)


@router.get("/teams/{team_id:path}")
@allow(PAIRED)
def change_form(request: Request, caller: CurrentCaller, team_id: str) -> Response:
    """The form of a team as it is."""
    return _form(request, caller, team_id)


def _evidence(request: Request, caller: Caller, team_id: str, form: FormData) -> Response:
    """The pieces of a file that was taken up before, or the form of the team."""
    kept = texts(form).get("upload_id")
    if upload(form) is None and kept:
        return _pieces(request, own_evidence.preview(caller, team_id, kept))
    return _form(request, caller, team_id)


@router.post("/proposed/{team_id:path}")
@allow(PAIRED)
@again(change_form, but=(NotFoundError,))
def answer_proposed(
    request: Request, caller: CurrentCaller, team_id: str, form: Form
) -> Response:  # fmt: skip
    """Say which of the proposed achievements are the team's, or are not."""
    asked = form_as(form, proposed.ProposedAnswer, keys=[str(v) for v in form.getlist("keys")])
    proposed.answer(caller, team_id, asked)
    return RedirectResponse(f"/team-changes/teams/{quote(team_id, safe='')}#proposed", 303)


@router.post("/evidence/{team_id:path}")
@allow(PAIRED.reading_files())
@again(_evidence, but=(NotFoundError,))
def read_evidence(
    request: Request, caller: CurrentCaller, team_id: str, form: Form
) -> Response:  # fmt: skip
    """Show what is in a file of achievements, or add what is ticked of it."""
    given = upload(form)
    if given is not None:
        return _pieces(request, own_evidence.upload(caller, team_id, *given))
    asked = form_as(form, own_evidence.PiecesAsked, numbers=several(form, "numbers"))
    own_evidence.add(caller, team_id, asked)
    return RedirectResponse("/team-changes", 303)


@router.post("/teams/{team_id:path}")
@allow(PAIRED)
@again(change_form, but=(NotFoundError,), filled=True)
def change(request: Request, caller: CurrentCaller, team_id: str, form: Form) -> Response:
    """Propose a change."""
    own_teams.propose(caller, team_id, _fields(form))
    return RedirectResponse("/team-changes", 303)


@router.post("/{number}/verdict")
@allow(STAFF)
@again(change_list)
def decide(request: Request, caller: CurrentCaller, number: int, form: Form) -> Response:
    """Take a change or give it back."""
    own_teams.decide(caller, number, form_as(form, own_teams.Verdict))
    return RedirectResponse("/team-changes", 303)


def _pieces(request: Request, found: own_evidence.EvidenceFile) -> Response:
    return render(request, "team_evidence.html", {"found": found})


def _form(request: Request, caller: Caller, team_id: str) -> Response:
    team = teams.find_own(caller, team_id) if team_id else None
    values = (
        TeamFields.model_construct().model_dump() if team is None else dict(TeamFields.of(team))
    )
    shown = {
        "team": team,
        "given": {"team_name": "", **values, **texts(filled_in(request))},
        "approval": caller.service.settings.team_approval,
        "proposed": proposed.proposed(caller, team_id) if team_id else [],
    }
    return render(request, "team_form.html", shown)


def _fields(form: FormData) -> TeamFields:
    """The form as fields. Raises: InputError."""
    lists = {
        name: list(split_list(texts(form)[name]))
        for name, kind in TeamFields.model_fields.items()
        if get_origin(kind.annotation) is list and name in texts(form)
    }
    return form_as(form, TeamFields, **lists)
