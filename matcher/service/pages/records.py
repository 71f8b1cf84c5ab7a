"""Records by the hand of staff: their versions, taken out, put back."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from matcher.errors import MatcherError
from matcher.service.access import STAFF, allow
from matcher.service.context import Caller
from matcher.service.desk import records
from matcher.service.desk.records import Kind
from matcher.service.pages.asked import Form, form_as, linker, query_as, twin_of
from matcher.service.pages.rendering import render
from matcher.service.routing import CurrentCaller, guarded_router
from matcher.service.views import Asked, PageNumber

router = guarded_router("/staff")
_PER_PAGE = 20


class PageQuery(Asked):
    """Which page of a list."""

    page: PageNumber = 1


@router.get("/deleted")
@allow(STAFF)
def deleted_list(request: Request, caller: CurrentCaller) -> Response:
    """What was taken out, to be put back."""
    page = query_as(request, PageQuery).page
    shown = {
        "page": records.deleted(caller, page, _PER_PAGE),
        "names": records.KIND_NAMES,
        "link": linker(request),
        "twin": twin_of(request, "/records/deleted"),
    }
    return render(request, "deleted.html", shown)


@router.get("/records/{kind}/{record_id:path}/history")
@allow(STAFF)
def history_page(request: Request, caller: CurrentCaller, kind: Kind, record_id: str) -> Response:
    """The versions of a record and what was done to it."""
    return _history(request, caller, kind, record_id)


@router.post("/records/{kind}/{record_id:path}/restoration")
@allow(STAFF)
def restore(
    request: Request, caller: CurrentCaller, kind: Kind, record_id: str, form: Form
) -> Response:
    """Let an earlier version count again."""
    try:
        records.restore(caller, kind, record_id, form_as(form, records.Restoration))
    except MatcherError as error:
        return _history(request, caller, kind, record_id, error)
    return RedirectResponse(f"/{kind}/{quote(record_id, safe='')}", 303)


@router.post("/records/{kind}/{record_id:path}/deletion")
@allow(STAFF)
def delete(
    request: Request, caller: CurrentCaller, kind: Kind, record_id: str, form: Form
) -> Response:
    """Take a record out."""
    try:
        records.delete(caller, [(kind, record_id)], form_as(form, records.Deletion))
    except MatcherError as error:
        return _history(request, caller, kind, record_id, error)
    return RedirectResponse("/staff/deleted", 303)


def _history(
    request: Request, caller: Caller, kind: Kind, record_id: str,
    fault: MatcherError | None = None,
) -> Response:  # fmt: skip
    shown = {
        "found": records.history(caller, kind, record_id),
        "names": records.KIND_NAMES,
        "fault": fault,
        "twin": f"/api/v1/records/{kind}/{quote(record_id, safe='')}/versions",
    }
    return render(request, "record_history.html", shown)
