"""What was done, step by step: who, as what, when, why. Only ever added to, undone by a mark."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from matcher.procedure import Party, Procedure
from matcher.service.access import Principal
from matcher.service.clock import now
from matcher.service.errors import ConflictError
from matcher.service.store.database import Database

Subject = Literal["challenge", "pair", "alliance", "team"]
UNDO = "撤销"
# Things asked of at a time: a statement holds no more than some thousands.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Step:
    """A move that was made.

    Attributes:
        subject_id: a challenge, an alliance, or the number of a pair.
        key: of the form or request it came with; the same key never makes a second one.
        undone: the step that undid it, if one did.
    """

    number: int
    subject: Subject
    subject_id: str
    move: str
    source: str
    target: str
    party: Party
    account: str
    organisation: str
    reason: str
    detail: Mapping[str, Any]
    at: str
    key: str | None
    undone: int | None


@dataclass(frozen=True, slots=True)
class Act:
    """Who does something, as what, and why.

    Attributes:
        detail: what belongs to the step: the message of an invitation, the number of a bid.
        key: names the form it came with; empty for none.
    """

    who: Principal
    party: Party
    reason: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""


class Steps:
    """The steps of a workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, subject: Subject, subject_id: str, move: str, source: str, target: str, act: Act
    ) -> int:  # fmt: skip
        """Add one; its number."""
        with self._database.writing() as connection:
            made = connection.execute(
                """INSERT INTO steps (subject, subject_id, move, source, target, party, account,
                organisation, reason, detail, at, key)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                (subject, subject_id, move, source, target, act.party, act.who.name,
                 act.who.organisation, act.reason.strip(),
                 json.dumps(act.detail, ensure_ascii=False), now(), act.key or None),
            )  # fmt: skip
            return int(made.lastrowid or 0)

    def mark_undone(self, number: int, by: int) -> None:
        """Say which step undid one."""
        self._database.write("UPDATE steps SET undone = ? WHERE number = ?", (by, number))

    def of(self, subject: Subject, subject_id: str) -> tuple[Step, ...]:
        """All steps of one thing, oldest first."""
        rows = self._database.rows(
            "SELECT * FROM steps WHERE subject = ? AND subject_id = ? ORDER BY number",
            (subject, subject_id),
        )
        return tuple(map(_step, rows))

    def of_many(
        self, subject: Subject, subject_ids: Sequence[str]
    ) -> dict[str, tuple[Step, ...]]:  # fmt: skip
        """All steps of several things, each oldest first."""
        found: dict[str, list[Step]] = {one: [] for one in subject_ids}
        for start in range(0, len(subject_ids), _AT_ONCE):
            some = subject_ids[start : start + _AT_ONCE]
            marks = ", ".join("?" * len(some))
            rows = self._database.rows(
                f"SELECT * FROM steps WHERE subject = ? AND subject_id IN ({marks}) "
                "ORDER BY number",
                (subject, *some),
            )
            for step in map(_step, rows):
                found[step.subject_id].append(step)
        return {one: tuple(steps) for one, steps in found.items()}

    def of_pairs_in(self, state: str) -> tuple[Step, ...]:
        """All steps of all pairs in a state, oldest first."""
        rows = self._database.rows(
            """SELECT s.* FROM steps AS s JOIN pairs AS p ON s.subject_id = CAST(p.id AS TEXT)
            WHERE s.subject = 'pair' AND p.state = ? ORDER BY s.number""",
            (state,),
        )
        return tuple(map(_step, rows))

    def by_key(self, key: str) -> Step | None:
        """The step a form made already."""
        if not key:
            return None
        row = self._database.row("SELECT * FROM steps WHERE key = ?", (key,))
        return None if row is None else _step(row)

    def find(self, number: int) -> Step | None:
        """One step."""
        row = self._database.row("SELECT * FROM steps WHERE number = ?", (number,))
        return None if row is None else _step(row)


def standing(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps that count: neither undone nor an undoing."""
    return tuple(step for step in steps if step.undone is None and step.move != UNDO)


def check_move(
    procedure: Procedure, name: str, state: str, act: Act, given: str, remedy: str
) -> None:  # fmt: skip
    """Whether a table allows a move from a state. Raises: ConflictError."""
    refused = procedure.refusal(name, state, [act.party], act.reason)
    if refused:
        lacking = not procedure.refusal(name, state, [act.party], "有")
        raise ConflictError(refused, given=given, remedy="写上理由" if lacking else remedy)


def undoable(procedure: Procedure, history: tuple[Step, ...], reason: str) -> Step:
    """The last step that counts, if it may be undone.

    Raises:
        ConflictError: there is none, it may not, or no reason is given.
    """
    steps = standing(history)
    if not steps:
        raise ConflictError("没有可以撤销的步骤", remedy="刷新页面，看它现在的状态")
    move = procedure[steps[-1].move]
    if not move.undoable:
        raise ConflictError(f"{move.name}不能撤销", given=move.kept, remedy="按现在的状态往下办")
    if not reason.strip():
        raise ConflictError(f"撤销{move.name}须写明理由", remedy="写上理由")
    return steps[-1]


def _step(row: sqlite3.Row) -> Step:
    return Step(**{**dict(row), "detail": json.loads(row["detail"])})
