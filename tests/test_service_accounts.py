"""Accounts and sessions: who gets in, who does not, and what guessing brings."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from matcher import Workspace
from matcher.errors import InputError, MatcherError
from matcher.service.errors import SignInError
from matcher.service.store.accounts import Accounts
from matcher.service.store.audit import Audit
from matcher.service.store.database import Database
from matcher.service.store.sessions import Sessions
from matcher.workspace import STORE_FILE

from .conftest import Cli

PASSWORD = "correct horse battery"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    Workspace(tmp_path, encoder=None).make()
    with closing(Database(tmp_path / STORE_FILE)) as opened:
        yield opened


@pytest.fixture
def accounts(database: Database) -> Accounts:
    made = Accounts(database, attempts=3)
    made.add("某钢厂", "enterprise", "某某钢铁集团", PASSWORD)
    return made


def test_passwords_are_kept_as_the_slow_hashes_of_rfc_9106(
    accounts: Accounts, database: Database
) -> None:
    (kept,) = database.row("SELECT password FROM accounts WHERE name = ?", ("某钢厂",))
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def outcome(accounts: Accounts, name: str, password: str) -> str:
    try:
        return accounts.sign_in(name, password).name
    except SignInError as error:
        return error.what


def test_the_right_password_opens_the_account(accounts: Accounts) -> None:
    assert outcome(accounts, "某钢厂", PASSWORD) == "某钢厂"


@pytest.mark.slow
def test_a_wrong_password_and_an_unknown_name_are_told_alike(accounts: Accounts) -> None:
    assert outcome(accounts, "某钢厂", "wrong") == outcome(accounts, "没有的人", PASSWORD)


@pytest.mark.slow
def test_guessing_locks_the_name_even_for_the_right_password(accounts: Accounts) -> None:
    for _ in range(3):
        assert outcome(accounts, "某钢厂", "guess") == "账号或密码不对"
    assert "锁定" in outcome(accounts, "某钢厂", PASSWORD)
    accounts.set_password("某钢厂", PASSWORD)
    assert outcome(accounts, "某钢厂", PASSWORD) == "某钢厂"


@pytest.mark.slow
def test_guessing_in_parallel_gains_nothing(accounts: Accounts) -> None:
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda n: outcome(accounts, "某钢厂", f"guess {n}"), range(12)))
    assert told.count("账号或密码不对") == 3


@pytest.mark.slow
def test_a_lock_ends(database: Database, accounts: Accounts) -> None:
    brief = Accounts(database, attempts=1, lockout_minutes=0.0001)
    assert outcome(brief, "某钢厂", "guess") == "账号或密码不对"
    database.write("UPDATE attempts SET at = at - 1")
    assert outcome(brief, "某钢厂", PASSWORD) == "某钢厂"


def test_a_disabled_account_is_closed_and_its_sessions_end(
    database: Database, accounts: Accounts
) -> None:
    sessions = Sessions(database, hours=1, idle_minutes=10)
    token = sessions.start(accounts.get("某钢厂").account_id)
    found = sessions.find(token)
    assert found is not None
    assert (found.role, found.organisation) == ("enterprise", "某某钢铁集团")
    accounts.set_disabled("某钢厂", True)
    assert sessions.find(token) is None
    assert outcome(accounts, "某钢厂", PASSWORD) == "账号或密码不对"
    accounts.set_disabled("某钢厂", False)
    assert sessions.find(token) is None


@pytest.mark.slow
def test_a_new_password_ends_the_sessions(database: Database, accounts: Accounts) -> None:
    sessions = Sessions(database, hours=1, idle_minutes=10)
    token = sessions.start(accounts.get("某钢厂").account_id)
    accounts.set_password("某钢厂", "another good password")
    assert sessions.find(token) is None
    assert outcome(accounts, "某钢厂", PASSWORD) == "账号或密码不对"


@pytest.mark.parametrize("column", ["created", "seen"])
def test_a_session_ends_with_age_and_without_use(
    database: Database, accounts: Accounts, column: str
) -> None:
    sessions = Sessions(database, hours=1, idle_minutes=10)
    token = sessions.start(accounts.get("某钢厂").account_id)
    database.write(f"UPDATE sessions SET {column} = {column} - 3601")
    assert sessions.find(token) is None


def test_the_file_holds_neither_passwords_nor_session_tokens(
    database: Database, accounts: Accounts
) -> None:
    sessions = Sessions(database, hours=1, idle_minutes=10)
    token = sessions.start(accounts.get("某钢厂").account_id)
    with closing(sqlite3.connect(database.path)) as raw:
        dump = "\n".join(raw.iterdump())
    assert "某钢厂" in dump
    assert PASSWORD not in dump
    assert token not in dump


def test_form_tokens_belong_to_one_owner(database: Database) -> None:
    sessions = Sessions(database, hours=1, idle_minutes=10)
    token = sessions.form_token("a")
    assert sessions.is_form_token("a", token)
    assert not sessions.is_form_token("b", token)
    assert not sessions.is_form_token("", sessions.form_token(""))
    again = Sessions(database, hours=1, idle_minutes=10)  # after a restart
    assert again.is_form_token("a", token)


@pytest.mark.parametrize(
    ("name", "role", "organisation", "password", "told"),
    [
        ("某钢厂", "enterprise", "某某", PASSWORD, "已有人用"),
        ("", "staff", "", PASSWORD, "账号名不能用"),
        ("a\nb", "staff", "", PASSWORD, "账号名不能用"),
        ("x", "public", "", PASSWORD, "不认识的角色"),
        ("x", "university", " ", PASSWORD, "没有写单位"),
        ("x", "staff", "", "short", "密码长度"),
    ],
)
def test_accounts_that_cannot_be(
    accounts: Accounts, name: str, role: str, organisation: str, password: str, told: str
) -> None:
    with pytest.raises(InputError, match=told):
        accounts.add(name, role, organisation, password)  # type: ignore[arg-type]


@pytest.mark.slow
def test_from_the_command_line(cli: Cli) -> None:
    password = f"{PASSWORD}\n".encode()
    assert "已新增" in cli("accounts", "add", "管理", "--role", "staff", "--stdin",
                           stdin=password).out  # fmt: skip
    (account,) = cli("accounts", "list", "--json").json
    assert (account["name"], account["role"]) == ("管理", "staff")
    assert "password" not in account
    cli("accounts", "add", "管理", "--role", "staff", "--stdin", stdin=password).refused("已有人用")
    cli("accounts", "disable", "没有").refused("没有这个账号")
    assert cli("accounts", "disable", "管理").code == 0
    assert cli("accounts", "list", "--json").json[0]["disabled"]
    assert cli("accounts", "enable", "管理").code == 0
    assert cli("accounts", "password", "管理", "--stdin", stdin=password).code == 0
    cli("accounts", "password", "管理", "--stdin", stdin=b"short\n").refused("密码长度")
    with closing(Database(Path("workspace") / STORE_FILE)) as database:
        acts = [(line.account, line.action) for line in Audit(database).lines()[0]]
    assert acts == [("命令行", f"account.{act}") for act in
                    ("password", "enable", "disable", "add")]  # fmt: skip


def test_errors_name_the_remedy(accounts: Accounts) -> None:
    with pytest.raises(MatcherError) as refused:
        accounts.get("没有")
    assert "matcher accounts list" in str(refused.value)
