"""Accounts: a name, a role, an organisation, a password hashed with argon2."""

from __future__ import annotations

import sqlite3
import time
from dataclasses import dataclass
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from matcher.errors import InputError, NotFoundError
from matcher.service.access import ROLE_NAMES, Principal, Role
from matcher.service.clock import now
from matcher.service.errors import SignInError
from matcher.service.store.database import Database

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
_COLUMNS = "id AS account_id, name, role, organisation, disabled, created"


@dataclass(frozen=True, slots=True)
class Account:
    """An account without its password."""

    account_id: int
    name: str
    role: Role
    organisation: str
    disabled: bool
    created: str

    @property
    def principal(self) -> Principal:
        """The account as a signed-in person."""
        return Principal(self.role, self.account_id, self.name, self.organisation)


class Accounts:
    """The accounts of a workspace.

    Args:
        attempts: wrong passwords for a name before it is locked.
        lockout_minutes: how long; also how long a wrong one counts.
    """

    def __init__(
        self, database: Database, attempts: int = 5, lockout_minutes: float = 15.0
    ) -> None:
        self._database = database
        self._attempts = attempts
        self._window = lockout_minutes * 60
        self._hasher = PasswordHasher()

    def add(self, name: str, role: Role, organisation: str, password: str) -> Account:
        """A new account.

        Raises:
            InputError: the name is taken or empty, an unknown role, a password too short; an
                enterprise or university without an organisation.
        """
        name, organisation = name.strip(), organisation.strip()
        if not 1 <= len(name) <= 100 or not name.isprintable():
            raise InputError("账号名不能用", given=name[:100] or "空", expected="1 至 100 个字",
                             remedy="换一个名字")  # fmt: skip
        if role not in ROLE_NAMES or role == "public":
            raise InputError(
                "不认识的角色", given=role, expected="enterprise（企业）、university（高校院所）、"
                "staff（管理人员）", remedy="改正 --role",
            )  # fmt: skip
        if role != "staff" and not organisation:
            raise InputError(
                "没有写单位", expected="企业和高校院所的账号须有单位全称",
                remedy="补上单位；它决定账号能看到哪些未发布的需求和联系方式",
            )  # fmt: skip
        values = (name, role, organisation, self._hashed(password), now())
        try:
            self._database.write(
                """INSERT INTO accounts (name, role, organisation, password, created)
                VALUES (?, ?, ?, ?, ?)""", values,
            )  # fmt: skip
        except sqlite3.IntegrityError as error:
            raise InputError(
                "账号名已有人用", given=name, remedy="换一个名字，或改已有账号的密码"
            ) from error
        return self.get(name)

    def get(self, name: str) -> Account:
        """One account. Raises: NotFoundError."""
        row = self._database.row(f"SELECT {_COLUMNS} FROM accounts WHERE name = ?", (name,))
        if row is None:
            raise NotFoundError("没有这个账号", given=name, remedy="用 matcher accounts list 查看")
        return _account(row)

    def all(self) -> tuple[Account, ...]:
        """All accounts, by name."""
        rows = self._database.rows(f"SELECT {_COLUMNS} FROM accounts ORDER BY name")
        return tuple(_account(row) for row in rows)

    def page(self, text: str, page: int, size: int) -> tuple[tuple[Account, ...], int]:
        """A page of those whose name or organisation holds a text, and how many there are."""
        rows, total = self._database.page(
            f"""SELECT {_COLUMNS} FROM accounts WHERE instr(name || char(10) || organisation, ?)
            ORDER BY name""",
            (text,), page, size,
        )  # fmt: skip
        return tuple(_account(row) for row in rows), total

    def set_password(self, name: str, password: str) -> Account:
        """A new password; every session of the account ends. Raises: InputError, NotFoundError."""
        account = self.get(name)
        hashed = self._hashed(password)
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE accounts SET password = ? WHERE id = ?", (hashed, account.account_id)
            )
            connection.execute("DELETE FROM sessions WHERE account_id = ?", (account.account_id,))
            connection.execute("DELETE FROM attempts WHERE subject = ?", (name,))
        return account

    def set_disabled(self, name: str, disabled: bool) -> Account:
        """Close or reopen an account; closing ends its sessions and stops its keys."""
        account = self.get(name)
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE accounts SET disabled = ? WHERE id = ?", (disabled, account.account_id)
            )
            if disabled:
                connection.execute(
                    "DELETE FROM sessions WHERE account_id = ?", (account.account_id,)
                )
        return self.get(name)

    def sign_in(self, name: str, password: str) -> Account:
        """The account a name and a password open.

        Every try counts before it is checked, so that guessing in parallel gains nothing.

        Raises:
            SignInError: they do not, or the name is locked after too many tries.
        """
        subject = name.strip()[:100]
        self._count_attempt(subject)
        row = self._database.row(
            "SELECT password, disabled FROM accounts WHERE name = ?", (subject,)
        )
        # An unknown name costs as much time as a known one.
        hashed = self._nobody if row is None else str(row["password"])
        if not self._verified(hashed, password) or row is None or row["disabled"]:
            raise SignInError("账号或密码不对", remedy="核对后重试；忘记密码请联系管理人员")
        with self._database.writing() as connection:
            connection.execute("DELETE FROM attempts WHERE subject = ?", (subject,))
            if self._hasher.check_needs_rehash(hashed):
                connection.execute(
                    "UPDATE accounts SET password = ? WHERE name = ?",
                    (self._hasher.hash(password), subject),
                )
        return self.get(subject)

    def _count_attempt(self, subject: str) -> None:
        moment = time.time()
        with self._database.writing() as connection:
            connection.execute("DELETE FROM attempts WHERE at < ?", (moment - self._window,))
            tried = connection.execute(
                "SELECT count(*) FROM attempts WHERE subject = ?", (subject,)
            ).fetchone()[0]
            if tried < self._attempts:
                connection.execute("INSERT INTO attempts VALUES (?, ?)", (subject, moment))
        if tried >= self._attempts:
            minutes = max(1, round(self._window / 60))
            raise SignInError("试错太多，账号暂时锁定", remedy=f"{minutes} 分钟后再试")

    def _verified(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password[:LONGEST_PASSWORD])
        except (VerificationError, InvalidHashError):
            return False

    def _hashed(self, password: str) -> str:
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            raise InputError(
                "密码长度不对", given=f"{len(password)} 个字符",
                expected=f"{SHORTEST_PASSWORD} 至 {LONGEST_PASSWORD} 个字符", remedy="换一个密码",
            )  # fmt: skip
        return self._hasher.hash(password)

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash("nobody's password")


def _account(row: sqlite3.Row) -> Account:
    return Account(**{**dict(row), "disabled": bool(row["disabled"])})
