"""Pages for people: one module a subject, templates of the same name."""

from matcher.service.pages import challenges, drafts, home, matching, sign_in, teams

# Every room of pages; a new module is entered here.
PAGES = (
    home.room, sign_in.room, challenges.room, matching.room, teams.room, drafts.room,
)  # fmt: skip

__all__ = ["PAGES"]
