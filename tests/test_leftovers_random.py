"""kill -9 at random moments of every long command: nothing acknowledged is lost, nothing is left.

Each operation runs once undisturbed, for its length and what it makes. Then it is killed at random
moments of that length; what was in the workspace must still be there, all its processes must be
gone, and the next run must end as the undisturbed one did and clear what the killed one left.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest

from matcher import Workspace, read_teams
from matcher.corpora import write_duplicates
from matcher.corpora.duplicates.identity import Duplicate
from matcher.encoding import resolve_encoder
from matcher.index.backup import backup, restore
from matcher.resources import data_path
from matcher.service.store.database import Database
from matcher.service.store.jobs import Jobs
from matcher.workspace import STORE_FILE

from .conftest import DEMO, TINY
from .service import make_app
from .test_service_operation import Running

pytestmark = pytest.mark.processes
ROOT = Path(__file__).resolve().parent.parent
# Which processes belong to a run, also when their parent is gone.
MARK = "MATCHER_TEST_RUN"
HELD, MORE = 150, 60
TIMES = 10
ORPHANS_END_WITHIN = 5.0


@dataclass(frozen=True)
class Place:
    """A folder of its own for a run: the workspace, what goes in, what comes out, temporaries."""

    folder: Path

    @property
    def workspace(self) -> Path:
        return self.folder / "w"

    @property
    def store(self) -> Path:
        return self.workspace / STORE_FILE

    @property
    def temporary(self) -> Path:
        return self.folder / "tmp"

    def file(self, name: str) -> str:
        return str(self.folder / name)

    def counts(self) -> tuple[int, int]:
        status = Workspace(self.workspace, encoder=None).status()
        return status.challenges, status.teams

    def left(self) -> list[str]:
        """Temporaries that nobody will look for again."""
        hidden = [p for p in self.folder.rglob("*") if p.name.startswith(".tmp-")]
        found = [*hidden, *self.temporary.iterdir()]
        return sorted(str(path.relative_to(self.folder)) for path in found)


@dataclass(frozen=True)
class Operation:
    """A command, and what must hold after it was killed and after it was run to its end.

    Attributes:
        again: whether the next run can be the same command when the killed one was already done.
        blocks: where a run in blocks keeps what can be resumed.
    """

    arguments: Callable[[Place], list[str]]
    allowed: Callable[[Place], bool]
    done: Callable[[Place], bool]
    again: bool = True
    blocks: str = ""

    def next_run(self, place: Place) -> list[str]:
        if not self.again and self.done(place):
            return ["status"]
        resumed = self.blocks and (place.folder / self.blocks).exists()
        return [*self.arguments(place), *(["--resume"] if resumed else [])]


def _whole_backup(place: Place) -> bool:
    """Either no file, or one that can be restored."""
    copy = Path(place.file("b.sqlite"))
    if copy.exists():
        restore(copy, place.folder / "again" / STORE_FILE)
        return Workspace(place.folder / "again", encoder=None).status().teams == HELD
    return True


def _counts(*allowed: tuple[int, int]) -> Callable[[Place], bool]:
    return lambda place: place.counts() in allowed


def _unchanged(place: Place) -> bool:
    return place.counts() == (20, HELD)


def _written(*names: str) -> Callable[[Place], bool]:
    return lambda place: all(any(place.folder.glob(name)) for name in names)


OPERATIONS = {
    "import jsonl": Operation(
        lambda p: ["import", "--teams", p.file("more.jsonl")],
        _counts((20, HELD), (20, HELD + MORE)), _counts((20, HELD + MORE)),
    ),
    "import xlsx": Operation(
        lambda p: ["import", "--teams", p.file("more.xlsx")],
        _counts((20, HELD), (20, HELD + MORE)), _counts((20, HELD + MORE)),
    ),
    "index": Operation(lambda p: ["index", "--rebuild"], _unchanged, _unchanged),
    "index in processes": Operation(
        lambda p: ["index", "--rebuild", "--engine", "processes"],
        _unchanged, _unchanged, blocks="w/index-blocks",
    ),
    "match in processes": Operation(
        lambda p: ["match", "--engine", "processes", "-o", p.file("m.xlsx")],
        _unchanged, _written("m.xlsx"), blocks="m.xlsx.blocks",
    ),
    "report": Operation(
        lambda p: ["report", "-o", p.file("out"), "--format", "xlsx,html,docx"],
        _unchanged, _written("out/*.xlsx", "out/*.html", "out/*.docx"),
    ),
    "backup": Operation(lambda p: ["backup", p.file("b.sqlite")],
                        lambda p: _unchanged(p) and _whole_backup(p), _written("b.sqlite")),
    "restore": Operation(lambda p: ["restore", p.file("old.sqlite"), "--yes"],
                         _counts((20, HELD), (20, HELD - 1)), _counts((20, HELD - 1))),
    "merge": Operation(
        lambda p: ["merge", p.file("decided.xlsx")],
        _counts((20, HELD), (20, HELD - 2)), _counts((20, HELD - 2)),
        again=False,
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """What every run begins with; made once and copied."""
    place = Place(tmp_path_factory.mktemp("origin"))
    place.temporary.mkdir()
    lines = data_path(f"{DEMO}/teams.jsonl").read_text(encoding="utf-8").splitlines()
    held = place.folder / "held.jsonl"
    held.write_text("\n".join(lines[:HELD]), encoding="utf-8")
    (place.folder / "more.jsonl").write_text("\n".join(lines[HELD : HELD + MORE]), encoding="utf-8")
    _write_table(place.folder / "more.xlsx", [json.loads(x) for x in lines[HELD : HELD + MORE]])
    posed = data_path(f"{DEMO}/challenges.jsonl").read_text(encoding="utf-8").splitlines()[:20]
    (place.folder / "posed.jsonl").write_text("\n".join(posed), encoding="utf-8")
    workspace = Workspace(place.workspace, encoder=resolve_encoder(TINY))
    _command(place, ["import", "--challenges", place.file("posed.jsonl"), "--teams", str(held)])
    teams = read_teams(held).records
    workspace.delete_teams([teams[-1].team_id])
    backup(place.store, place.folder / "old.sqlite")
    workspace.put_teams(teams[-1:])
    pairs = [(Duplicate(a.team_id, b.team_id, 1.0, "试"), a, b)
             for a, b in (teams[0:2], teams[2:4])]  # fmt: skip
    write_duplicates(pairs, place.folder / "decided.xlsx")
    return place


def _write_table(path: Path, teams: list[dict[str, object]]) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["团队编号", "团队名称", "单位名称", "研究方向"])
    for team in teams:
        directions = "；".join(map(str, team["research_directions"] or []))  # type: ignore[call-overload]
        sheet.append([team["team_id"], team["team_name"], team["org_name"], directions])
    book.save(path)


def _environment(place: Place, run: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(place.temporary), MARK: run,
            "MATCHER_ENCODER": str(TINY), "MATCHER_WORKSPACE": str(place.workspace)}  # fmt: skip


def _start(place: Place, arguments: list[str], run: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", "from matcher.cli import main; main()", *arguments]
    with (place.folder / "log").open("ab") as log:
        return subprocess.Popen(
            command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=ROOT,
            env=_environment(place, run),
        )  # fmt: skip


def _command(place: Place, arguments: list[str]) -> None:
    process = _start(place, arguments, "whole")
    log = place.folder / "log"
    assert process.wait(300) in (0, 3), log.read_text(encoding="utf-8")[-3000:]


def _processes(run: str) -> Iterator[int]:
    """Processes alive that carry the mark of a run."""
    wanted = f"{MARK}={run}".encode()
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            if wanted in environ.read_bytes().split(b"\0"):
                yield int(environ.parent.name)
        except OSError:
            continue


def _orphans(run: str) -> list[int]:
    """Those that still live after the time they have to end."""
    until = time.monotonic() + ORPHANS_END_WITHIN
    while (found := list(_processes(run))) and time.monotonic() < until:
        time.sleep(0.05)
    return found


def _copied(origin: Place, folder: Path) -> Place:
    shutil.copytree(origin.folder, folder)
    return Place(folder)


def _killed(origin: Place, folder: Path, name: str, times: int, seed: int) -> list[str]:
    """Kill an operation at ``times`` moments; what was wrong, in words."""
    operation, chance = OPERATIONS[name], random.Random(seed)
    whole = _copied(origin, folder / "whole")
    begun = time.monotonic()
    _command(whole, operation.arguments(whole))
    length = time.monotonic() - begun
    faults = [] if operation.done(whole) else ["undisturbed: not done"]
    for turn in range(times):
        place = _copied(origin, folder / str(turn))
        run, moment = f"{seed}-{name}-{turn}", chance.uniform(0.3, 1.0) * length
        process = _start(place, operation.arguments(place), run)
        time.sleep(moment)
        process.send_signal(signal.SIGKILL)
        process.wait()
        where = f"{name}, {moment:.2f} of {length:.2f} s"
        if orphans := _orphans(run):
            faults.append(f"{where}: processes left {orphans}")
        if not operation.allowed(place):
            faults.append(f"{where}: half done {place.counts()}")
        _command(place, operation.next_run(place))
        if not operation.done(place):
            faults.append(f"{where}: the next run did not end as it should {place.counts()}")
        if left := place.left():
            faults.append(f"{where}: left {left}")
        shutil.rmtree(place.folder)
    return faults


@pytest.mark.long
@pytest.mark.parametrize("name", OPERATIONS)
def test_killed_at_random_moments(origin: Place, tmp_path: Path, name: str) -> None:
    assert _killed(origin, tmp_path, name, TIMES, sum(map(ord, name))) == []


@pytest.mark.slow
def test_an_import_killed_once_leaves_nothing(origin: Place, tmp_path: Path) -> None:
    assert _killed(origin, tmp_path, "import xlsx", 1, 7) == []


@pytest.mark.long
def test_a_service_killed_in_its_jobs_does_them_all_in_the_end(tmp_path: Path) -> None:
    make_app(tmp_path)
    chance = random.Random(3)
    with closing(Database(tmp_path / STORE_FILE)) as database:
        jobs = Jobs(database)
        asked = []
        for _ in range(10):
            asked += [jobs.add(1, "report", {"draws": 0, "lowest_band": "未定"}) for _ in range(2)]
            running = Running(tmp_path)
            time.sleep(chance.uniform(0, 1.5))
            running.process.kill()
            running.process.wait()
        again = Running(tmp_path)
        until = time.monotonic() + 300
        while any(jobs.get(job.job_id).state in ("queued", "running") for job in asked):
            assert time.monotonic() < until
            time.sleep(0.1)
        again.process.send_signal(signal.SIGTERM)
        again.process.wait(40)
        ended = [jobs.get(job.job_id) for job in asked]
        # One that was begun too often is given up, and says so.
        assert all(job.state == "done" or "多次被中断" in job.error for job in ended)
        assert [job.state for job in ended].count("done") >= len(ended) - 2
    assert not list(tmp_path.rglob(".tmp-*"))
