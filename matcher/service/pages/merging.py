"""Records that may be one: the list, two side by side, merged or kept apart."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from matcher.errors import MatcherError
from matcher.service.access import STAFF, allow
from matcher.service.context import Caller
from matcher.service.desk import merging, records
from matcher.service.desk.merging import MergeAsked, Two
from matcher.service.pages.asked import Form, address, form_as, linker, query_as, twin_of
from matcher.service.pages.rendering import render
from matcher.service.routing import CurrentCaller, guarded_router

router = guarded_router("/staff/duplicates")
_CHOICE = "choice-"


@router.get("")
@allow(STAFF)
def duplicate_list(request: Request, caller: CurrentCaller) -> Response:
    """What may be one, the surest first."""
    query = query_as(request, merging.DuplicateQuery)
    shown = {
        "query": query,
        "page": merging.duplicates(caller, query),
        "names": records.KIND_NAMES,
        "link": linker(request),
        "twin": twin_of(request, "/duplicates"),
    }
    return render(request, "duplicates.html", shown)


@router.get("/two")
@allow(STAFF)
def two(request: Request, caller: CurrentCaller) -> Response:
    """Two records side by side, with what would be kept."""
    return _two(request, caller, query_as(request, MergeAsked))


@router.post("/two")
@allow(STAFF)
def merge(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """Look again with other choices, or merge."""
    asked = form_as(form, MergeAsked, choices=_choices(form))
    if form.get("then") != "merge":
        return _two(request, caller, asked)
    try:
        merging.merge_all(caller, [asked])
    except MatcherError as error:
        return _two(request, caller, asked, error)
    return RedirectResponse(f"/{asked.kind}/{quote(asked.first_id, safe='')}", 303)


@router.post("/apart")
@allow(STAFF)
def keep_apart(caller: CurrentCaller, form: Form) -> Response:
    """They are not one."""
    asked = form_as(form, Two)
    merging.keep_apart(caller, asked)
    return RedirectResponse(address("/staff/duplicates", {"kind": asked.kind}), 303)


def _choices(form: FormData) -> dict[str, str]:
    return {name.removeprefix(_CHOICE): str(value) for name, value in form.items()
            if name.startswith(_CHOICE)}  # fmt: skip


def _two(
    request: Request, caller: Caller, asked: MergeAsked, fault: MatcherError | None = None
) -> Response:
    shown = {
        "asked": asked,
        "found": merging.preview(caller, asked),
        "choices": merging.CHOICES,
        "joined": merging.JOINED,
        "names": records.KIND_NAMES,
        "fault": fault,
    }
    return render(request, "duplicate.html", shown)
