"""Every area of the service; a new one is a line here.

An area is a module of that name in `desk/` (its verbs), in `api/` and in `pages/` (its routes), as
far as it has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec

from fastapi import APIRouter

# An id may hold a slash (2026/07): what lies below a challenge stands before the challenge itself.
AREAS = (
    "home",
    "sign_in",
    "openid",
    "account",
    "publishing",
    "handling",
    "records",
    "merging",
    "pairs",
    "contracts",
    "experts",
    "corrections",
    "own_teams",
    "matching",
    "challenges",
    "teams",
    "drafts",
    "subscriptions",
    "inbox",
    "messages",
    "feeds",
    "decisions",
    "alliances",
    "evaluating",
    "jobs",
    "lists",
    "namesakes",
    "admin",
    "bulk_accounts",
    "accounts",
    "colleagues",
    "passwords",
    "registration",
    "styles",
    "operation",
    "documentation",
)


def routers() -> Iterator[APIRouter]:
    """The ``router`` of every area's modules: those of the API, then those of the pages."""
    for face in ("api", "pages"):
        for area in AREAS:
            module = f"{__package__}.{face}.{area}"
            if find_spec(module) is not None:
                yield import_module(module).router
