"""The state of data and models, the audit log."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from matcher.service.access import ROLE_NAMES, STAFF, allow
from matcher.service.desk import admin
from matcher.service.pages.asked import linker, query_as, twin_of
from matcher.service.pages.rendering import render
from matcher.service.pages.wording import ACTS, DETAILS
from matcher.service.routing import CurrentCaller, guarded_router
from matcher.service.store.grants import GRANT_NAMES

router = guarded_router("/staff")
# What a detail holds, in words.
_WORDS: dict[str, str] = {**dict(GRANT_NAMES.items()), **dict(ROLE_NAMES.items())}


@router.get("/status")
@allow(STAFF)
def status(request: Request, caller: CurrentCaller) -> Response:
    """The state of data and models."""
    shown = {"status": admin.status(caller), "twin": "/api/v1/status"}
    return render(request, "status.html", shown)


@router.get("/audit")
@allow(STAFF)
def audit(request: Request, caller: CurrentCaller) -> Response:
    """Every write and every export, newest first."""
    query = query_as(request, admin.AuditQuery)
    shown = {
        "query": query,
        "page": admin.audit(caller, query),
        "link": linker(request),
        "actions": ACTS,
        "details": DETAILS,
        "words": _WORDS,
        "twin": twin_of(request, "/audit"),
    }
    return render(request, "audit.html", shown)
