"""The form of a team for its own university, and what staff have to approve."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_origin
from urllib.parse import quote

from fastapi import Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from matcher.corpora.cells import split_list
from matcher.errors import MatcherError, NotFoundError
from matcher.service.access import PAIRED, STAFF, allow
from matcher.service.context import Caller
from matcher.service.desk import own_evidence, own_teams, proposed, teams
from matcher.service.desk.own_teams import TeamFields
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
    return _list(request, caller)


@router.get("/new")
@allow(PAIRED)
def new_form(request: Request, caller: CurrentCaller) -> Response:
    """The empty form of a team."""
    return _form(request, caller, "", TeamFields.model_construct().model_dump())


@router.post("/new")
@allow(PAIRED)
def add(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """Propose a new team."""
    try:
        own_teams.add(caller, _fields(form))
    except MatcherError as error:
        return _form(request, caller, "", texts(form), error)
    return RedirectResponse("/team-changes", 303)


@router.post("/proposed/{team_id:path}")
@allow(PAIRED)
def answer_proposed(
    request: Request, caller: CurrentCaller, team_id: str, form: Form
) -> Response:  # fmt: skip
    """Say which of the proposed achievements are the team's, or are not."""
    asked = form_as(form, proposed.ProposedAnswer, keys=[str(v) for v in form.getlist("keys")])
    try:
        proposed.answer(caller, team_id, asked)
    except NotFoundError:
        raise
    except MatcherError as error:
        return _form(request, caller, team_id, None, error)
    return RedirectResponse(f"/team-changes/teams/{quote(team_id, safe='')}#proposed", 303)


@router.post("/evidence/{team_id:path}")
@allow(PAIRED.reading_files())
def read_evidence(
    request: Request, caller: CurrentCaller, team_id: str, form: Form
) -> Response:  # fmt: skip
    """Show what is in a file of achievements, or add what is ticked of it."""
    given = upload(form)
    try:
        if given is not None:
            found = own_evidence.upload(caller, team_id, *given)
            return _pieces(request, found)
        asked = form_as(form, own_evidence.PiecesAsked, numbers=several(form, "numbers"))
        own_evidence.add(caller, team_id, asked)
    except NotFoundError:
        raise
    except MatcherError as error:
        if given is None and (kept := texts(form).get("upload_id")):
            return _pieces(request, own_evidence.preview(caller, team_id, kept), error)
        return _form(request, caller, team_id, None, error)
    return RedirectResponse("/team-changes", 303)


@router.get("/teams/{team_id:path}")
@allow(PAIRED)
def change_form(request: Request, caller: CurrentCaller, team_id: str) -> Response:
    """The form of a team as it is."""
    return _form(request, caller, team_id)


@router.post("/teams/{team_id:path}")
@allow(PAIRED)
def change(request: Request, caller: CurrentCaller, team_id: str, form: Form) -> Response:
    """Propose a change."""
    try:
        own_teams.propose(caller, team_id, _fields(form))
    except NotFoundError:
        raise
    except MatcherError as error:
        return _form(request, caller, team_id, texts(form), error)
    return RedirectResponse("/team-changes", 303)


@router.post("/{number}/verdict")
@allow(STAFF)
def decide(request: Request, caller: CurrentCaller, number: int, form: Form) -> Response:
    """Take a change or give it back."""
    try:
        own_teams.decide(caller, number, form_as(form, own_teams.Verdict))
    except MatcherError as error:
        return _list(request, caller, error)
    return RedirectResponse("/team-changes", 303)


def _list(request: Request, caller: Caller, fault: MatcherError | None = None) -> Response:
    query = query_as(request, own_teams.ChangeQuery)
    shown = {
        "page": own_teams.changes(caller, query),
        "fault": fault,
        "link": linker(request, "/team-changes"),
        "twin": twin_of(request, "/team-changes"),
    }
    return render(request, "team_changes.html", shown)


def _pieces(
    request: Request, found: own_evidence.EvidenceFile, fault: MatcherError | None = None
) -> Response:
    shown = {"found": found, "fault": fault}
    return render(request, "team_evidence.html", shown)


def _form(
    request: Request, caller: Caller, team_id: str, given: Mapping[str, Any] | None = None,
    fault: MatcherError | None = None,
) -> Response:  # fmt: skip
    team = teams.find_own(caller, team_id) if team_id else None
    values = (
        TeamFields.model_construct().model_dump() if team is None else dict(TeamFields.of(team))
    )
    shown = {
        "team": team,
        "given": {**values, "team_name": values.get("team_name", ""), **(given or {})},
        "approval": caller.service.settings.team_approval,
        "proposed": proposed.proposed(caller, team_id) if team_id else [],
        "fault": fault,
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
