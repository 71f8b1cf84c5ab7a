"""The JSON API, version 1: one module a resource."""

from matcher.service.api import challenges, documentation, drafts, teams

# Every room of the API; a new module is entered here.
API = (challenges.room, teams.room, drafts.room, documentation.room)

__all__ = ["API"]
