"""What the routers of the API share: their address, and how errors are documented."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import Response

from matcher.service.problems import PROBLEM_JSON
from matcher.service.routing import guarded_router

ROOT = "/api/v1"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA_TYPES = {
    "xlsx": XLSX,
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html; charset=utf-8",
}
_PROBLEM: dict[int | str, dict[str, Any]] = {
    "4XX": {
        "description": "不能照办：原因、实际、应为、处理",
        "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}


def api_router(resource: str, title: str) -> APIRouter:
    """The router of a resource."""
    return guarded_router(
        f"{ROOT}/{resource}" if resource else ROOT, tags=[title], responses=_PROBLEM
    )


def attachment(content: bytes, name: str, media_type: str) -> Response:
    """A file to be saved; any name is safe in the header."""
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return Response(content, media_type=media_type, headers={"Content-Disposition": disposition})
