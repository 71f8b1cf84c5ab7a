"""The page of an error."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode, urlsplit

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from matcher.index.store import Side
from matcher.service.pages.rendering import render
from matcher.service.problems import Problem
from matcher.service.routing import GuardedRoute, service_of
from matcher.service.store.merging import gone_into

# By what a page is told which challenge or team is meant.
_NAMED: Mapping[str, Side] = {
    "challenge_id": "challenge", "challenge": "challenge", "team_id": "team", "team": "team",
}  # fmt: skip


def error_page(request: Request, problem: Problem) -> Response:
    """What happened, and the way back to the form it came from; an old number leads on."""
    if problem.status == 404 and request.method == "GET" and (now := _merged_page(request)):
        return RedirectResponse(now, 303)
    form = _form_page(request)
    shown = {"problem": problem, "form": form, "next": quote(form)}
    return render(request, "error.html", shown, status=problem.status)


def _merged_page(request: Request) -> str:
    """The same page of the record that the one asked for was merged into; empty where it was not.

    So links of mails, messages and drafts lead on.
    """
    route = request.scope.get("route")
    if not isinstance(route, GuardedRoute):
        return ""
    database = service_of(request).database
    before = [*request.path_params.items(), *request.query_params.multi_items()]
    after = [
        (name, gone_into(database, _NAMED[name], value) or value) if name in _NAMED
        else (name, value) for name, value in before
    ]  # fmt: skip
    if after == before:
        return ""
    within = len(request.path_params)
    path = route.path_format.format(
        **{name: quote(value, safe="") for name, value in after[:within]}
    )
    return path + (f"?{urlencode(after[within:])}" if after[within:] else "")


def _form_page(request: Request) -> str:
    """The page of ours a form was sent from; empty where none was, or where it is not known."""
    try:
        came_from = urlsplit(request.headers.get("referer", ""))
    except ValueError:  # not an address at all
        return ""
    ours = request.method == "POST" and came_from.netloc == request.url.netloc
    return came_from.path + (f"?{came_from.query}" if came_from.query else "") if ours else ""
