"""Why the service does not do what it was asked, beyond the errors of the package."""

from __future__ import annotations

from matcher.errors import MatcherError


class ConflictError(MatcherError):
    """What was asked contradicts what is there already."""

    code = "conflict"


class ChangedError(MatcherError):
    """Somebody has changed what was to be written since it was read."""

    code = "changed"


class UnreadError(MatcherError):
    """What is to be written over was not said to have been read."""

    code = "unread"


class SignInError(MatcherError):
    """A name and password that do not open an account; it does not say which is wrong."""

    code = "sign-in"


class Denied(Exception):  # noqa: N818
    """A request the guard stops: 401 nobody signed in, 403 not allowed, 429 too many."""

    def __init__(self, status: int, reason: str, headers: dict[str, str] | None = None) -> None:
        self.status = status
        self.reason = reason
        self.headers = headers or {}
        super().__init__(reason)
