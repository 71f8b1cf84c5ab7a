"""Records by the hand of staff: their versions, taken out, put back."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from matcher.service.access import STAFF, allow
from matcher.service.desk import records
from matcher.service.desk.records import Kind
from matcher.service.pages.again import again
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
    shown = {
        "found": records.history(caller, kind, record_id),
        "names": records.KIND_NAMES,
        "twin": f"/api/v1/records/{kind}/{quote(record_id, safe='')}/versions",
    }
    return render(request, "record_history.html", shown)


@router.post("/records/{kind}/{record_id:path}/restoration")
@allow(STAFF)
@again(history_page)
def restore(
    request: Request, caller: CurrentCaller, kind: Kind, record_id: str, form: Form
) -> Response:
    """Let an earlier version count again."""
    records.restore(caller, kind, record_id, form_as(form, records.Restoration))
    return RedirectResponse(f"/{kind}/{quote(record_id, safe='')}", 303)


@router.post("/records/{kind}/{record_id:path}/deletion")
@allow(STAFF)
@again(history_page)
def delete(
    request: Request, caller: CurrentCaller, kind: Kind, record_id: str, form: Form
) -> Response:
    """Take a record out."""
    records.delete(caller, [(kind, record_id)], form_as(form, records.Deletion))
    return RedirectResponse("/staff/deleted", 303)
