"""What the rooms of the API share: their address, and how errors are documented."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from matcher.service.problems import PROBLEM_JSON
from matcher.service.routing import room

ROOT = "/api/v1"
_PROBLEM: dict[int | str, dict[str, Any]] = {
    "4XX": {
        "description": "不能照办: 原因、实际、应为、处理",
        "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}


def api_room(resource: str, title: str) -> APIRouter:
    """The room of a resource."""
    return room(f"{ROOT}/{resource}" if resource else ROOT, tags=[title], responses=_PROBLEM)
