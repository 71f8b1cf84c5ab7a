"""Pages for people: one module a subject, templates of the same name."""

from matcher.service.pages import (
    account,
    challenges,
    drafts,
    home,
    jobs,
    matching,
    review,
    sign_in,
    staff,
    subscriptions,
    teams,
)

# Every room of pages; a new module is entered here. An id may hold a slash (2026/07), so what lies
# below a challenge is looked for before the challenge itself.
PAGES = (
    home.room, sign_in.room, account.room, matching.room, challenges.room, teams.room,
    drafts.room, subscriptions.room, staff.room, jobs.room, review.room,
)  # fmt: skip

__all__ = ["PAGES"]
