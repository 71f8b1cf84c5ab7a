"""Who asks for an account, and what was decided about it."""

from __future__ import annotations

import secrets
import sqlite3
from dataclasses import dataclass
from typing import Literal

from matcher.errors import InputError, NotFoundError
from matcher.service.access import Role
from matcher.service.clock import now
from matcher.service.errors import ConflictError
from matcher.service.store.database import Database

RegistrationState = Literal["待审核", "已通过", "已退回"]
# More are not taken: somebody is sending them by a program.
MOST_WAITING = 1000


@dataclass(frozen=True, slots=True)
class Registration:
    """A request for an account.

    Attributes:
        password: hashed; empty once it is decided.
        reason: why it was sent back.
    """

    registration_id: str
    name: str
    role: Role
    organisation: str
    province: str
    city: str
    email: str
    note: str
    password: str
    state: RegistrationState
    reason: str
    created: str
    decided: str | None


class Registrations:
    """The requests of a workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, asked: Registration) -> None:
        """Keep a new one.

        Raises:
            InputError: its name is an account's or another one's, or too many wait.
        """
        with self._database.writing() as connection:
            taken = connection.execute(
                """SELECT 1 FROM accounts WHERE name = :name UNION
                SELECT 1 FROM registrations WHERE name = :name AND state = '待审核'""",
                {"name": asked.name},
            ).fetchone()
            if taken:
                raise InputError("账号名已有人用", given=asked.name, remedy="换一个名字")
            if self.waiting() >= MOST_WAITING:
                raise InputError("待审核的申请太多", remedy="过几天再来，或直接联系管理人员")
            connection.execute(
                f"INSERT INTO registrations VALUES ({', '.join('?' * 13)})",
                (asked.registration_id, asked.name, asked.role, asked.organisation,
                 asked.province, asked.city, asked.email, asked.note, asked.password,
                 asked.state, asked.reason, asked.created, asked.decided),
            )  # fmt: skip

    def waiting(self) -> int:
        """How many are undecided."""
        row = self._database.row("SELECT count(*) FROM registrations WHERE state = '待审核'")
        assert row is not None
        return int(row[0])

    def get(self, registration_id: str) -> Registration:
        """One of them. Raises: NotFoundError."""
        row = self._database.row("SELECT * FROM registrations WHERE id = ?", (registration_id,))
        if row is None:
            raise NotFoundError("没有这份申请", given=registration_id[:100], remedy="在列表里查找")
        return _registration(row)

    def all(self, state: str = "") -> tuple[Registration, ...]:
        """All, or those of a state; the oldest undecided first, then the last decided."""
        rows = self._database.rows(
            """SELECT * FROM registrations WHERE ? IN ('', state)
            ORDER BY decided IS NOT NULL, decided DESC, created, id""",
            (state,),
        )
        return tuple(_registration(row) for row in rows)

    def decide(self, registration_id: str, state: RegistrationState, reason: str = "") -> None:
        """Decide about one; the password it brought is forgotten. Raises: ConflictError."""
        changed = self._database.write(
            """UPDATE registrations SET state = ?, reason = ?, decided = ?, password = ''
            WHERE id = ? AND state = '待审核'""",
            (state, reason, now(), registration_id),
        )
        if not changed:
            raise ConflictError(
                "这份申请已经处理过", given=self.get(registration_id).state, remedy="刷新列表"
            )


def new_registration_id() -> str:
    """An id nobody guesses."""
    return secrets.token_hex(8)


def _registration(row: sqlite3.Row) -> Registration:
    fields = dict(row)
    return Registration(registration_id=fields.pop("id"), **fields)
