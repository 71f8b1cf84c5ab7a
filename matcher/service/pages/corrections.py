"""Corrections: marked where the wrong thing is seen; looked through and undone by staff."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import Path, Query, Request
from starlette.responses import RedirectResponse, Response

from matcher.service.access import STAFF, UNIVERSITY, allow
from matcher.service.desk import corrections
from matcher.service.pages.again import again
from matcher.service.pages.asked import Form, address, form_as, linker, texts
from matcher.service.pages.rendering import render
from matcher.service.routing import CurrentCaller, guarded_router
from matcher.service.views import PageNumber

router = guarded_router()
_PER_PAGE = 20


@router.post("/teams/{team_id:path}/corrections")
@allow(UNIVERSITY)
def mark(request: Request, caller: CurrentCaller, team_id: str, form: Form) -> Response:
    """Mark something as wrong; back to where it was seen."""
    given = texts(form)
    # One choice names both: 匹配, or 覆盖 with the requirement.
    kind, _, subject = given.get("what", "").partition(" ")
    stated = {"kind": kind, "subject": subject or given.get("subject", "")}
    asked = form_as(form, corrections.CorrectionAsked, **stated)
    corrections.mark(caller, team_id, asked)
    here = f"/teams/{quote(team_id, safe='')}"
    return RedirectResponse(here if asked.kind == "成果" else f"{here}/challenges", 303)


@router.get("/staff/corrections")
@allow(STAFF)
def correction_list(
    request: Request, caller: CurrentCaller, page: Annotated[PageNumber, Query()] = 1
) -> Response:
    """All corrections, the newest first."""
    shown = {
        "page": corrections.browse(caller, page, _PER_PAGE),
        "link": linker(request, "/staff/corrections"),
        "twin": address("/api/v1/corrections", {"page": page}),
    }
    return render(request, "corrections.html", shown)


@router.post("/staff/corrections/{number}/undoing")
@allow(STAFF)
@again(correction_list)
def undo(
    request: Request,
    caller: CurrentCaller,
    number: Annotated[int, Path(ge=1, le=2**53)],
    form: Form,
) -> Response:
    """Take one back."""
    corrections.undo(caller, number, form_as(form, corrections.UndoAsked))
    return RedirectResponse("/staff/corrections", 303)
