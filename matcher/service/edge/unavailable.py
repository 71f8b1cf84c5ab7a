"""The answer to a request that cannot be dealt with now and may be asked again."""

from __future__ import annotations

from typing import Final

from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp

_LATER: Final = {"Retry-After": "10", "Connection": "close"}


def unavailable(path: str, why: str, code: str) -> ASGIApp:
    """Why, in words for a page and as a problem for the interface; and when to ask again."""
    if not path.startswith("/api/"):
        return PlainTextResponse(f"{why}。\n", 503, _LATER)
    body = {"title": "暂时不能用", "status": 503, "type": "about:blank", "detail": why,
            "code": code}  # fmt: skip
    return JSONResponse(body, 503, _LATER, media_type="application/problem+json")
