"""kill -9 at random moments of imports, steps, corrections, marks and files of alliances."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from matcher.alliances.states import DATED
from matcher.service.store.alliances import Alliances
from matcher.service.store.audit import Audit
from matcher.service.store.database import Database
from matcher.service.store.steps import UNDO, standing
from matcher.workspace import STORE_FILE
from matcher.workspace import Workspace as Kept

Line = dict[str, Any]


class Promised:
    """What was acknowledged so far, and what was under way when the last process died."""

    def __init__(self) -> None:
        self.states: dict[str, str] = {}
        self.notes: dict[str, str] = {}
        self.imports: list[list[str]] = []
        self.marks: set[tuple[str, str]] = set()
        self.files: set[tuple[str, str]] = set()
        self.under_way: Line | None = None

    def hear(self, line: Line) -> None:
        if line["word"] == "begin":
            self.under_way = line
        if line["word"] != "done":
            return
        self.under_way = None
        doing = line["doing"]
        if doing == "import":
            self.imports.append(line["ids"])
        elif doing in ("move", "undo"):
            self.states[line["id"]] = line["target"]
        elif doing == "change":
            self.notes[line["id"]] = line["note"]
        elif doing == "mark":
            self.marks.add((line["id"], line["evaluator"]))
        else:
            self.files.add((line["id"], line["name"]))


def lines_of(process: subprocess.Popen[str]) -> Iterator[Line]:
    assert process.stdout is not None
    for text in process.stdout:
        yield json.loads(text)


def one_life(process: subprocess.Popen[str], chance: random.Random, promised: Promised) -> None:
    """Let a writer live for a while, and kill it at no particular moment."""
    assert process.stdin is not None
    process.stdin.write(f"{chance.randrange(10**9)}\n")
    process.stdin.flush()
    lines, pid, left = lines_of(process), 0, chance.randrange(1, 25)
    for line in lines:
        assert line["word"] != "failed", line.get("why")
        if line["word"] == "born":
            pid = line["pid"]
            continue
        promised.hear(line)
        left -= 1
        if pid and left <= 0:
            time.sleep(chance.random() * 0.04)
            os.kill(pid, signal.SIGKILL)
            break
    for line in lines:
        if line["word"] == "gone":
            return
        promised.hear(line)


def check(folder: Path, promised: Promised) -> None:
    """Nothing acknowledged is lost, what was under way is there whole or not at all."""
    with closing(Database(folder / STORE_FILE)) as database:
        row = database.row("PRAGMA integrity_check")
        assert row is not None
        assert row[0] == "ok"
        store = Alliances(database, Audit(database))
        states, way = store.states(), promised.under_way or {}
        assert {i for ids in promised.imports for i in ids} <= states.keys()
        if way.get("doing") == "import" and states.keys() & set(way["ids"]):
            assert set(way["ids"]) <= states.keys()
            promised.imports.append(way["ids"])
        assert len(states) == sum(map(len, promised.imports))
        _check_steps(database, store, promised, way)
        marks = {(m.alliance_id, m.evaluator): 0 for m in store.marks(2021)}
        for mark in store.marks(2021):
            marks[mark.alliance_id, mark.evaluator] += 1
        assert promised.marks <= marks.keys()
        assert set(marks.values()) <= {12}  # whole or not at all
        files = {(i, name) for i in states for _, name, _ in store.files(i)}
        assert promised.files <= files
        for name, kept in (("alliance.mark", marks), ("alliance.file", files)):
            assert database.row("SELECT count(*) FROM audit WHERE action = ?", (name,))[0] == len(
                kept
            )  # type: ignore[index]
    promised.under_way = None


def _check_steps(database: Database, store: Alliances, promised: Promised, way: Line) -> None:
    """The state is where the steps lead, every step is in the audit, the days are those of it."""
    told = {
        json.loads(row["detail"])["step"]
        for row in database.rows(
            "SELECT detail FROM audit WHERE action IN ('alliance.move', 'alliance.undo')"
        )
    }
    for alliance_id, state in store.states().items():
        history = store.history(alliance_id)
        steps = standing(history)
        assert steps[-1].target == state
        assert {s.number for s in history} <= told
        record, _ = store.find(alliance_id)
        made = {s.move for s in steps}
        for move, field in DATED.items():
            if move != "组建":
                assert (getattr(record, field) is not None) == (move in made), (alliance_id, move)
        wanted = promised.states.get(alliance_id)
        if wanted is not None and state != wanted:
            assert (way.get("id"), way.get("target")) == (alliance_id, state)
            promised.states[alliance_id] = state
        if record.note != promised.notes.get(alliance_id, ""):
            assert (way.get("id"), way.get("note")) == (alliance_id, record.note)
            promised.notes[alliance_id] = record.note
        assert all(s.move != UNDO or s.reason for s in history)


def killed(folder: Path, times: int, seed: int) -> tuple[int, Promised]:
    """How many of the kills came in the middle of something, and all that was promised."""
    Kept(folder, encoder=None).make()
    chance, promised, amid = random.Random(seed), Promised(), 0
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.alliance_crashes", str(folder)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert next(lines_of(process))["word"] == "ready"
    for _ in range(times):
        one_life(process, chance, promised)
        amid += promised.under_way is not None
        check(folder, promised)
    process.kill()
    process.wait()
    return amid, promised


@pytest.mark.processes
def test_a_kill_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    _, promised = killed(tmp_path, 3, 11)
    assert promised.imports


@pytest.mark.long
@pytest.mark.processes
def test_thirty_kills_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    amid, promised = killed(tmp_path, 30, 19)
    done = len(promised.imports), len(promised.states), len(promised.notes), len(promised.files)
    print(f"30 kills, {amid} of them in the middle of something; kept: {done}")
    assert amid >= 10
    assert min(done) > 5
