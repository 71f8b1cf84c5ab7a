"""Pages of an expert: the bids to be marked, one of them; for staff the form by which one asks."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request
from starlette.responses import RedirectResponse, Response

from matcher.errors import InputError
from matcher.service.access import SIGNED_IN, STAFF, allow
from matcher.service.api.routing import attachment
from matcher.service.desk import experts
from matcher.service.desk.appraising import CRITERIA, OwnAppraisal
from matcher.service.desk.cases import Named
from matcher.service.errors import ConflictError
from matcher.service.pages.again import again, filled_in
from matcher.service.pages.asked import Form, address, form_as, several, texts, twin_of
from matcher.service.pages.pairs import NamedSent, pairs_of
from matcher.service.pages.rendering import render
from matcher.service.routing import CurrentCaller, guarded_router

router = guarded_router("/appraisals")
_Named = Annotated[Named, Query()]


@router.get("")
@allow(SIGNED_IN)
def own(request: Request, caller: CurrentCaller) -> Response:
    """The bids one is asked to mark."""
    shown = {"found": experts.mine(caller), "twin": twin_of(request)}
    return render(request, "appraisals.html", shown)


@router.get("/one")
@allow(SIGNED_IN)
def marking(request: Request, caller: CurrentCaller, named: _Named) -> Response:
    """A bid with the marks beside it."""
    form = filled_in(request)
    found = experts.sheet(caller, named)
    query = {"challenge_id": named.challenge_id, "team_id": named.team_id}
    own = found.own
    words = {"conflict": own.conflict, "comment": own.comment} if own else {}
    scores = [*own.scores.values()] if own else []
    shown = {
        "one": found, "criteria": CRITERIA, "query": query,
        "scores": scores if form is None else several(form, "scores"),
        "given": {"conflict": "", "comment": "", **(words if form is None else texts(form))},
        "twin": address("/api/v1/appraisals/one", query),
    }  # fmt: skip
    return render(request, "appraisal.html", shown)


@router.post("/one")
@allow(SIGNED_IN)
@again(marking, InputError, ConflictError, filled=True)
def mark(request: Request, caller: CurrentCaller, named: NamedSent, form: Form) -> Response:
    """Keep the marks."""
    scores = [value for value in several(form, "scores") if value]
    experts.mark(caller, form_as(form, OwnAppraisal, scores=scores))
    return RedirectResponse("/appraisals", 303)


@router.get("/files/{file_id}")
@allow(SIGNED_IN)
def bid_file(caller: CurrentCaller, file_id: str, named: _Named) -> Response:
    """A file of a bid to be marked."""
    name, content = experts.file(caller, named, file_id)
    return attachment(content, name, "application/octet-stream")


@router.post("/experts")
@allow(STAFF)
@again(pairs_of)
def ask(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """Ask an account to mark the bids of a challenge, or no longer."""
    given = texts(form)
    challenge = given.get("challenge_id", "")
    if given.get("release", "").isdigit():
        experts.release(caller, challenge, int(given["release"]))
    else:
        experts.ask(caller, form_as(form, experts.ExpertAsked))
    return RedirectResponse(f"{address('/pairs', {'challenge': challenge})}#experts", 303)
