"""Accounts: a name, a role, an organisation, a password hashed with argon2."""

from __future__ import annotations

import sqlite3
import time
from dataclasses import astuple, dataclass
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from matcher.errors import InputError, NotFoundError
from matcher.service.access import OF_ORGANISATION, ROLE_NAMES, Principal, Role
from matcher.service.clock import now
from matcher.service.errors import SignInError
from matcher.service.settings import EMAIL
from matcher.service.store.database import Database

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
_COLUMNS = """id AS account_id, name, role, organisation, disabled, created, email,
    email_confirmed, province, city, organisation_admin"""
_FLAGS = ("disabled", "email_confirmed", "organisation_admin")


@dataclass(frozen=True, slots=True)
class Details:
    """What may be known of an account beside who it is.

    Attributes:
        email: where its messages go.
        email_confirmed: whoever reads there has said so, or staff vouch for it.
        province, city: where its organisation is: which local staff see to it.
        organisation_admin: it keeps the accounts of its organisation.
    """

    email: str = ""
    email_confirmed: bool = False
    province: str = ""
    city: str = ""
    organisation_admin: bool = False


NO_DETAILS = Details()


@dataclass(frozen=True, slots=True)
class Account:
    """An account without its password."""

    account_id: int
    name: str
    role: Role
    organisation: str
    disabled: bool
    created: str
    email: str = ""
    email_confirmed: bool = False
    province: str = ""
    city: str = ""
    organisation_admin: bool = False

    @property
    def principal(self) -> Principal:
        """The account as a signed-in person, without what was given to it."""
        return Principal(
            self.role, self.account_id, self.name, self.organisation,
            organisation_admin=self.organisation_admin,
        )  # fmt: skip


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

    def add(
        self, name: str, role: Role, organisation: str, password: str | None,
        details: Details = NO_DETAILS,
    ) -> Account:  # fmt: skip
        """A new account.

        Args:
            password: None: nothing opens it until one is set by a link.

        Raises:
            InputError: the name is taken or empty, an unknown role, a password too short; an
                enterprise or university without an organisation; an address that is none.
        """
        hashed = "" if password is None else self.hashed(password)
        return self.add_hashed(name, role, organisation, hashed, details)

    def add_hashed(
        self, name: str, role: Role, organisation: str, hashed: str, details: Details = NO_DETAILS
    ) -> Account:
        """The same with a password that was hashed before. Raises: as `add`."""
        name, organisation = name.strip(), organisation.strip()
        check_account(name, role, organisation, details)
        values = (name, role, organisation, hashed, now(), *astuple(details))
        try:
            self._database.write(
                """INSERT INTO accounts (name, role, organisation, password, created, email,
                email_confirmed, province, city, organisation_admin)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""", values,
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

    def by_id(self, account_id: int) -> Account | None:
        """One account; None where there is none."""
        row = self._database.row(f"SELECT {_COLUMNS} FROM accounts WHERE id = ?", (account_id,))
        return None if row is None else _account(row)

    def change(self, name: str, details: Details) -> Account:
        """Write what is known of an account anew. Raises: InputError, NotFoundError."""
        account = self.get(name)
        check_account(account.name, account.role, account.organisation, details)
        self._database.write(
            """UPDATE accounts SET email = ?, email_confirmed = ?, province = ?, city = ?,
            organisation_admin = ? WHERE id = ?""",
            (*astuple(details), account.account_id),
        )
        return self.get(name)

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
        hashed = self.hashed(password)
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE accounts SET password = ? WHERE id = ?", (hashed, account.account_id)
            )
            connection.execute("DELETE FROM sessions WHERE account_id = ?", (account.account_id,))
            connection.execute("DELETE FROM attempts WHERE subject = ?", (name,))
            # A link still under way would undo what was just decided.
            connection.execute(
                "DELETE FROM password_links WHERE account_id = ?", (account.account_id,)
            )
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
        # An unknown name costs as much time as a known one, or one without a password yet.
        own = "" if row is None or row["disabled"] else str(row["password"])
        hashed = own or self._nobody
        if not (self._verified(hashed, password) and own):
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

    def hashed(self, password: str) -> str:
        """What is kept of a password. Raises: InputError: too short, too long."""
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            raise InputError(
                "密码长度不对", given=f"{len(password)} 个字符",
                expected=f"{SHORTEST_PASSWORD} 至 {LONGEST_PASSWORD} 个字符", remedy="换一个密码",
            )  # fmt: skip
        return self._hasher.hash(password)

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash("nobody's password")


def check_account(name: str, role: str, organisation: str, details: Details) -> None:
    """Whether an account can be.

    Raises:
        InputError: why not.
    """
    if not 1 <= len(name) <= 100 or not name.isprintable():
        raise InputError("账号名不能用", given=name[:100] or "空", expected="1 至 100 个字",
                         remedy="换一个名字")  # fmt: skip
    if role not in ROLE_NAMES or role == "public":
        known = "、".join(f"{value}（{shown}）" for value, shown in ROLE_NAMES.items() if
                         value != "public")  # fmt: skip
        raise InputError("不认识的角色", given=role, expected=known, remedy="改正 --role")
    if role in OF_ORGANISATION and not organisation:
        raise InputError(
            "没有写单位", expected="企业和高校院所的账号须有单位全称",
            remedy="补上单位；它决定账号能看到哪些未发布的需求和联系方式",
        )  # fmt: skip
    if details.organisation_admin and role not in OF_ORGANISATION:
        raise InputError(
            "这种角色没有单位管理员", given=ROLE_NAMES[role], expected="企业或高校院所的账号",
            remedy="去掉单位管理员",
        )  # fmt: skip
    if details.email and not EMAIL.fullmatch(details.email):
        raise InputError("邮箱不对", given=details.email[:100], expected="如 name@example.cn",
                         remedy="改正，或不填")  # fmt: skip


def _account(row: sqlite3.Row) -> Account:
    return Account(**{**dict(row), **{name: bool(row[name]) for name in _FLAGS}})
