"""Who of staff sees to a challenge, for which meeting, and what staff say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matcher.service.clock import now
from matcher.service.store.database import Database


@dataclass(frozen=True, slots=True)
class Handling:
    """How a challenge is handled.

    Attributes:
        assignee: the number of an account of staff; None: nobody in particular.
        meeting: the meeting, or round, it is for.
    """

    assignee: int | None = None
    meeting: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody of staff said of a challenge; never shown to anybody else."""

    account: str
    text: str
    at: str


class Handlings:
    """How the challenges of a workspace are handled."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> Mapping[str, Handling]:
        """By challenge; of one nobody has seen to there is none."""
        rows = self._database.rows("SELECT challenge_id, assignee, meeting FROM handlings")
        return {row["challenge_id"]: Handling(row["assignee"], row["meeting"]) for row in rows}

    def of(self, challenge_id: str) -> Handling:
        """How one is handled."""
        row = self._database.row(
            "SELECT assignee, meeting FROM handlings WHERE challenge_id = ?", (challenge_id,)
        )
        return Handling() if row is None else Handling(*row)

    def keep(self, challenge_id: str, handling: Handling) -> None:
        """Say how one is handled from now on."""
        self._database.write(
            "INSERT OR REPLACE INTO handlings VALUES (?, ?, ?, ?)",
            (challenge_id, handling.assignee, handling.meeting, now()),
        )

    def say(self, challenge_id: str, account: str, text: str) -> None:
        """Add a comment."""
        self._database.write(
            "INSERT INTO comments (challenge_id, account, text, at) VALUES (?, ?, ?, ?)",
            (challenge_id, account, text, now()),
        )

    def comments(self, challenge_id: str) -> tuple[Comment, ...]:
        """What was said of one, oldest first."""
        rows = self._database.rows(
            "SELECT account, text, at FROM comments WHERE challenge_id = ? ORDER BY number",
            (challenge_id,),
        )
        return tuple(Comment(*row) for row in rows)
