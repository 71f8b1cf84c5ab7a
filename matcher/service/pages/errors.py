"""The page of an error."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from fastapi import Request
from starlette.responses import Response

from matcher.service.pages.rendering import render
from matcher.service.problems import Problem


def error_page(request: Request, problem: Problem) -> Response:
    """What happened, and the way back to the form it came from."""
    form = _form_page(request)
    shown = {"problem": problem, "form": form, "next": quote(form)}
    return render(request, "error.html", shown, status=problem.status)


def _form_page(request: Request) -> str:
    """The page of ours a form was sent from; empty where none was, or where it is not known."""
    try:
        came_from = urlsplit(request.headers.get("referer", ""))
    except ValueError:  # not an address at all
        return ""
    ours = request.method == "POST" and came_from.netloc == request.url.netloc
    return came_from.path + (f"?{came_from.query}" if came_from.query else "") if ours else ""
