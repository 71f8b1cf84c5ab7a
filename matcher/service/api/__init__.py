"""The JSON API, version 1: one module a resource."""

from matcher.service.api import (
    challenges,
    decisions,
    documentation,
    drafts,
    jobs,
    office,
    operation,
    saved,
    teams,
)

# Every room of the API; a new module is entered here.
API = (
    challenges.room,
    teams.room,
    drafts.room,
    decisions.room,
    saved.room,
    saved.feeds,
    jobs.room,
    office.room,
    operation.room,
    documentation.room,
)

__all__ = ["API"]
