"""What killed processes leave is cleared by the next run, and never what a live one uses."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from matcher import Challenge, Workspace, atomic
from matcher.atomic import atomic_path, temporary_path
from matcher.index import backup as backups
from matcher.index.backup import backup, restore
from matcher.service.store.accounts import Accounts
from matcher.service.store.database import Database
from matcher.service.store.sessions import Sessions
from matcher.workspace import STORE_FILE

from .test_corpora_confined import _gone

pytestmark = pytest.mark.processes

KILLED = """
import os, signal
from pathlib import Path
from matcher.atomic import atomic_path
with atomic_path(Path({folder!r}) / "a.xlsx") as temporary:
    temporary.write_bytes(b"x" * 1000)
    temporary.with_name(temporary.name + "-journal").write_bytes(b"y")
    print(temporary.name, flush=True)
    {end}
"""


def _run(folder: Path, end: str) -> subprocess.Popen[bytes]:
    script = KILLED.format(folder=str(folder), end=end)
    return subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)


def _hidden(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name.startswith(".tmp-"))


def test_the_next_run_clears_what_a_killed_one_left(tmp_path: Path) -> None:
    for _ in range(3):
        _run(tmp_path, "os.kill(os.getpid(), signal.SIGKILL)").wait()
    assert _hidden(tmp_path)
    with atomic_path(tmp_path / "b.txt") as temporary:
        temporary.write_text("乙")
        assert _hidden(tmp_path) == [temporary.name]
    assert [path.name for path in tmp_path.iterdir()] == ["b.txt"]


def test_what_another_run_uses_stays(tmp_path: Path) -> None:
    with _run(tmp_path, "import time; time.sleep(60)") as other:
        assert other.stdout is not None
        name = other.stdout.readline().decode().strip()
        with atomic_path(tmp_path / "b.txt") as temporary:
            temporary.write_text("乙")
        assert _hidden(tmp_path) == [name, f"{name}-journal"]
        other.kill()
    with temporary_path(tmp_path / "c"):
        pass
    assert _hidden(tmp_path) == []


def test_ctrl_c_right_after_the_file_is_made_leaves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(handle: int) -> bool:
        assert _hidden(tmp_path)
        raise KeyboardInterrupt

    monkeypatch.setattr(atomic, "_locked", interrupted)
    with pytest.raises(KeyboardInterrupt), atomic_path(tmp_path / "a.txt"):
        pytest.fail("never begun")
    assert _hidden(tmp_path) == []


def _store(folder: Path, title: str) -> Path:
    Workspace(folder, encoder=None).put_challenges([Challenge(challenge_id="K1", title=title)])
    return folder / STORE_FILE


def _sign_in(store: Path) -> None:
    database = Database(store)
    account = Accounts(database, 5, 15).add("甲", "staff", "", "correct horse battery")
    Sessions(database, 12, 120).start(account.account_id)
    database.close()


def _seen(store: Path) -> tuple[int, int]:
    """How many sessions, and the generation, in one look."""
    with closing(sqlite3.connect(store, timeout=30)) as connection:
        (row,) = connection.execute(
            "SELECT (SELECT count(*) FROM sessions), value FROM meta WHERE key = 'generation'"
        ).fetchall()
    return int(row[0]), int(row[1])


STEPS: dict[str, str] = {"before it is prepared": "_prepare", "verifying": "_verify"}


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS.keys())
def test_a_restore_that_is_killed_changes_nothing(step: str, tmp_path: Path) -> None:
    kept = tmp_path / "备份.sqlite"
    backup(_store(tmp_path / "w", "旧"), kept)
    store = _store(tmp_path / "w", "新")
    before = store.read_bytes()
    child = os.fork()
    if child == 0:
        setattr(backups, step, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
        restore(kept, store)
    os.waitpid(child, 0)
    assert store.read_bytes() == before
    restore(kept, store)
    assert _hidden(store.parent) == []
    assert Workspace(tmp_path / "w", encoder=None).challenges()["K1"].title == "旧"


def test_nobody_sees_a_restore_half_done(tmp_path: Path) -> None:
    """Neither the sign-ins of the backup nor its generation, at any moment."""
    store = _store(tmp_path / "w", "旧")
    _sign_in(store)
    kept = tmp_path / "备份.sqlite"
    backup(store, kept)
    for title in ("新一", "新二", "新"):
        _store(tmp_path / "w", title)
    with closing(sqlite3.connect(store, isolation_level=None)) as connection:
        connection.execute("DELETE FROM sessions")
    generation = _seen(store)[1]
    told: list[tuple[int, int]] = []
    _while(lambda: restore(kept, store), lambda: told.append(_seen(store)))
    told.append(_seen(store))
    assert {sessions for sessions, _ in told} == {0}
    assert all(later >= generation for _, later in told)
    assert Workspace(tmp_path / "w", encoder=None).challenges()["K1"].title == "旧"
    assert told[-1][1] > generation


def _while(work: Callable[[], Any], look: Callable[[], Any]) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(work)
        while not done.done():
            look()
        done.result()


def test_processes_that_share_work_end_with_the_one_that_was_killed(tmp_path: Path) -> None:
    script = (
        "import sys, time; from matcher.processes import shared\n"
        "from tests.test_leftovers import slow\n"
        "if __name__ == '__main__':\n"
        "    for _ in shared(slow, range(100)): pass\n"
    )
    path = tmp_path / "work.py"
    path.write_text(script)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    process = subprocess.Popen([sys.executable, str(path)], env=environment)
    children = _children(process.pid)
    until = time.monotonic() + 60
    while len(children) < 2 and time.monotonic() < until:
        time.sleep(0.2)
        children = _children(process.pid)
    time.sleep(3)
    children = _children(process.pid)
    assert children
    process.kill()
    process.wait()
    if sys.platform.startswith("linux"):
        assert all(_gone(child, 10) for child in children)


def slow(block: int) -> int:
    time.sleep(5)
    return block


def _children(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            found.append(int(stat.parent.name))
    return found


def test_a_workbook_half_written_goes_with_the_next(tmp_path: Path) -> None:
    begun = (
        "import os, signal\n"
        "from openpyxl import Workbook\n"
        "from matcher.corpora.formats.sheet_files import sheet_files\n"
        "with sheet_files():\n"
        "    Workbook(write_only=True).create_sheet('a').append([1])\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    whole = (
        "from pathlib import Path\n"
        "from matcher.corpora.output.template import template_bytes\n"
        "assert template_bytes('teams')\n"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    killed = subprocess.run([sys.executable, "-c", begun], env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert list(tmp_path.iterdir())
    subprocess.run([sys.executable, "-c", whole], env=environment, check=True)
    assert list(tmp_path.iterdir()) == []
