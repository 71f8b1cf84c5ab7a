"""Templates into pages: escaped, with what every page needs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from matcher.errors import MatcherError
from matcher.report.charts.svg import paint, svg
from matcher.service.access import PUBLIC, ROLE_NAMES
from matcher.service.desk.uploads import ATTACHABLE, MOST_ATTACHED
from matcher.service.pages.again import fault_of
from matcher.service.pages.navigation import menu, submenu
from matcher.service.pages.wording import FILTERS
from matcher.service.routing import VISITOR, cookie_name, service_of
from matcher.text.regions import cities_by_province

_ROOM = Path(__file__).parent.parent
_DAY = 86_400
ResponseT = TypeVar("ResponseT", bound=Response)


@cache
def environment() -> Environment:
    """The templates; everything is escaped, a name that is not there is an error."""
    made = Environment(
        loader=FileSystemLoader(_ROOM / "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.globals["static"] = static
    made.globals["role_names"] = ROLE_NAMES
    made.globals["attachable"], made.globals["most_attached"] = ATTACHABLE, MOST_ATTACHED
    made.globals["regions"] = cities_by_province()
    made.filters.update(FILTERS, paint=paint, svg=svg)
    return made


@cache
def static(name: str) -> str:
    """The address of a static file; it changes with the file, so browsers may keep it."""
    content = (_ROOM / "static" / name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"


def render(
    request: Request, template: str, context: Mapping[str, Any] | None = None,
    status: int | None = None,
) -> HTMLResponse:  # fmt: skip
    """A page; with a ``fault`` it is one that is shown again, and its status says of what kind.

    Every template gets: ``principal``, ``settings``, ``path``, ``csrf`` (for the hidden field
    of that name in each form), ``static(name)``, the menus and the ``fault``; ``twin`` is the
    address of the page's JSON twin, where it has one.
    """
    service = service_of(request)
    owner = getattr(request.state, "form_owner", "")
    principal = getattr(request.state, "principal", PUBLIC)
    shared = {
        "fault": fault_of(request),
        "principal": principal,
        "settings": service.settings,
        "path": request.url.path,
        "menu": menu(principal, service.settings, request.url.path),
        "submenu": submenu(principal, request.url.path),
        "unread": 0
        if principal.account_id is None
        else service.messages.unread(principal.account_id),
        "twin": "",
        "csrf": service.sessions.form_token(owner) if owner else "",
    }
    whole = {**shared, **(context or {})}
    written = environment().get_template(template).render(whole)
    told = fault_status(whole["fault"]) if status is None else status
    return remember_visitor(request, HTMLResponse(written, told))


def remember_visitor(request: Request, answer: ResponseT) -> ResponseT:
    """Give a new visitor the cookie by which its forms are known."""
    service, fresh = service_of(request), getattr(request.state, "new_visitor", None)
    if fresh is not None:
        answer.set_cookie(
            cookie_name(service, VISITOR), fresh, max_age=_DAY, httponly=True, samesite="lax",
            secure=service.settings.tls,
        )  # fmt: skip
    return answer


def fault_status(fault: MatcherError | None) -> int:
    """The status of a page that is shown again with what was wrong."""
    return {"conflict": 409, "changed": 412}.get(fault.code, 422) if fault else 200
