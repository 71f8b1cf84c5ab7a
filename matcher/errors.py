"""The few errors a user can meet. Each says what happened, what was expected and how to mend it.

Messages are Chinese first because the users work in Chinese; the CLI and the web page print
``str(error)`` as it stands, never a traceback.
"""

from __future__ import annotations


class MatcherError(Exception):
    """Base of every error meant for a user.

    Parameters are kept as attributes so that a program (``--json``, the API) can read them.
    """

    code = "error"

    def __init__(
        self,
        what: str,
        *,
        given: object = None,
        expected: str | None = None,
        remedy: str | None = None,
    ) -> None:
        self.what = what
        self.given = given
        self.expected = expected
        self.remedy = remedy
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """The whole message, one part a line."""
        lines = [self.what]
        if self.given is not None:
            lines.append(f"  实际：{self.given}")
        if self.expected:
            lines.append(f"  应为：{self.expected}")
        if self.remedy:
            lines.append(f"  处理：{self.remedy}")
        return "\n".join(lines)

    def as_dict(self) -> dict[str, str]:
        """The parts as plain strings, for JSON output."""
        parts = {
            "code": self.code,
            "what": self.what,
            "given": None if self.given is None else str(self.given),
            "expected": self.expected,
            "remedy": self.remedy,
        }
        return {name: value for name, value in parts.items() if value is not None}


class InputError(MatcherError):
    """A file, a record or an argument that cannot be used as it is."""

    code = "input"


class InDoubtError(InputError):
    """What a file holds can be read in two ways; ``choices`` are their names, one to be chosen."""

    code = "in-doubt"
    choices: tuple[str, ...] = ()


class ModelError(MatcherError):
    """An encoder or a ranker is missing, damaged or does not fit."""

    code = "model"


class WorkspaceError(MatcherError):
    """The workspace on disk is missing, locked, damaged or of another version."""

    code = "workspace"


class NotFoundError(MatcherError):
    """A record asked for by id is not there."""

    code = "not-found"


class StorageError(MatcherError):
    """The disk refused: full, read-only, no permission."""

    code = "storage"
