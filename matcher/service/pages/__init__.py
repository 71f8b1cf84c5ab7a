"""Pages for people: one module a subject, templates of the same name."""

from matcher.service.pages import sign_in

# Every room of pages; a new module is entered here.
PAGES = (sign_in.room,)

__all__ = ["PAGES"]
