"""The components pages are made of, shown in the style sheet that every page uses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from fastapi import Request
from starlette.responses import Response

from matcher.report.charts.drawing import bars
from matcher.service.access import STAFF, allow
from matcher.service.pages.asked import linker
from matcher.service.pages.rendering import render
from matcher.service.routing import CurrentCaller, guarded_router
from matcher.service.views import Page

router = guarded_router()
_SHEET = Path(__file__).parent.parent / "static" / "service.css"
_TOKEN = re.compile(r"(--[a-z0-9-]+):\s*(#[0-9a-f]{3,8})")


@router.get("/staff/styles")
@allow(STAFF)
def styles(request: Request, caller: CurrentCaller) -> Response:
    """Tokens and components, for whoever makes a page."""
    shown = {
        "tokens": list(tokens(_SHEET.read_text(encoding="utf-8"))),
        "chart": bars([("甲单位", 9, 0), ("乙单位", 4, 0)], ["指派方案"]),
        "page": Page[int].of(range(90), 2, 20),
        "link": linker(request),
    }
    return render(request, "styles.html", shown)


def tokens(sheet: str) -> Iterator[tuple[str, str, str]]:
    """The colours of a style sheet: name, by day, by night.

    >>> list(tokens(":root { --ink: #111; } @media x { :root { --ink: #eee; } }"))
    [('--ink', '#111', '#eee')]
    """
    by_day, *more = re.findall(r":root \{(.*?)\}", sheet, re.DOTALL)
    by_night = dict(_TOKEN.findall(more[0])) if more else {}
    for name, colour in _TOKEN.findall(by_day):
        yield name, colour, by_night.get(name, colour)
