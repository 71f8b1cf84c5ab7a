"""Readers of strangers' files are limited, and whatever becomes of them this process goes on."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from matcher.confinement import Limits, end_with_parent, limit, shut_in, take_network_away
from matcher.corpora import read_any, read_any_of, write_challenges
from matcher.corpora.formats import confined, frames
from matcher.corpora.formats.format import SourceFile
from matcher.corpora.formats.rehearsal import MADE
from matcher.errors import InputError
from matcher.records import Challenge

from .service import Caller, make_app

SHEET = "xl/worksheets/sheet1.xml"
HUGE = 4_294_967_290
pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not confined.CAN_CONFINE, reason="no fork here"),
]


def workbook(path: Path, cells: str, place: str = SHEET) -> Path:
    """A workbook whose only sheet holds these rows."""
    sound = path.with_name("完好.xlsx")
    write_challenges([Challenge(challenge_id="K1", title="轴承钢")], sound)
    sheet = (
        '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/'
        f'2006/main"><sheetData>{cells}</sheetData></worksheet>'
    )
    with zipfile.ZipFile(sound) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == SHEET:
                new.writestr(place, sheet)
            else:
                new.writestr(
                    entry.filename, content.replace(b"worksheets/sheet1.xml", place[3:].encode())
                )
    return path


FIRST = '<row r="1"><c r="A1" t="inlineStr"><is><t>项目名称</t></is></c></row>'
FAR = {
    "as it is": f'<row r="{HUGE}"><c r="A{HUGE}"><v>1</v></c></row>',
    "single quotes": f"<row r='{HUGE}'><c r='A{HUGE}'><v>1</v></c></row>",
    "upper case": f'<ROW r="{HUGE}"><c r="a{HUGE}"><v>1</v></c></ROW>',
    "spaces": f'<row r = "{HUGE}" ><c  r = "A{HUGE}" ><v>1</v></c></row>',
    "attributes in another order": f'<row s="1" r="{HUGE}"><c t="n" r="A{HUGE}"><v>1</v></c></row>',
    "no names of cells": f'<row r="{HUGE}"><c><v>1</v></c></row>',
    "far to the right": '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
    "all at the far end": "<row r='1048576'><c t='n' r='XFD1048576'><v>1</v></c></row>",
}


@pytest.mark.parametrize("place", [SHEET, "xl/elsewhere/S.XML"])
@pytest.mark.parametrize("cells", FAR.values(), ids=FAR.keys())
def test_a_cell_too_far_away_costs_a_message(cells: str, place: str, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", FIRST + cells, place)
    try:
        found = list(read_any_of(path))
        said = "".join(f"{reading.count.total} 行" for part in found for reading in part.readings)
    except InputError as error:
        said = error.what
    # What the reader passes over is no row.
    assert any(words in said for words in ("范围过大", "读不了", "没有内容", "1 行", "2 行")), said


def test_the_service_refuses_it_and_lives(tmp_path: Path) -> None:
    staff = Caller(make_app(tmp_path), "staff")
    path = workbook(tmp_path / "a.xlsx", FIRST + FAR["as it is"])
    for _ in range(3):
        files = {"file": ("a.xlsx", path.read_bytes())}
        answer = staff.post("/api/v1/challenges/reading/file", files=files)
        assert answer.status_code == 422
        assert "范围过大" in answer.json()["detail"]
        assert str(tmp_path) not in answer.text
    assert staff.get("/healthz").status_code == 200


def _in_fork(work: Callable[[], object], limits: Limits) -> int:
    """How a confined process that does this ends: 0 without an error, less than 0 by a signal."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            shut_in()
            limit(limits)
            work()
            status = 0
        except (OSError, MemoryError):
            status = 2
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


WORK = Limits(2 << 30, 5, 0)


def test_a_confined_process_takes_no_more_memory_and_time(tmp_path: Path) -> None:
    assert _in_fork(lambda: None, WORK) == 0
    assert _in_fork(lambda: bytes(3 << 30), WORK) == 2
    started = time.process_time()

    def spin() -> None:
        while True:
            pass

    assert _in_fork(spin, Limits(2 << 30, 1, 0)) in (-signal.SIGXCPU, -signal.SIGALRM)
    assert time.process_time() - started < 1
    assert _in_fork(lambda: time.sleep(60), Limits(2 << 30, 1, 0)) == -signal.SIGALRM


def test_a_confined_process_writes_nothing_and_reaches_nobody(tmp_path: Path) -> None:
    kept = tmp_path / "留着"
    kept.write_text("甲")
    assert _in_fork(lambda: (tmp_path / "新").write_text("乙"), WORK) != 0
    assert kept.read_text() == "甲"
    held = confined_holds()
    if "writing" in held:
        assert _in_fork(kept.unlink, WORK) == 2
        assert _in_fork(lambda: kept.write_text(""), WORK) == 2
        assert _in_fork((tmp_path / "夹").mkdir, WORK) == 2
        assert kept.read_text() == "甲"
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        if "tcp" in held:
            assert _in_fork(lambda: socket.create_connection(address, 1), WORK) == 2

        def alone() -> None:
            if take_network_away():
                socket.create_connection(address, 1)
            else:
                raise OSError

        assert _in_fork(alone, WORK) == 2


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root becomes another")
def test_a_confined_process_makes_no_other() -> None:
    """Its children would have its limits each anew."""

    def fork_as_nobody() -> None:
        os.setuid(65534)
        if os.fork() == 0:
            os._exit(0)

    assert _in_fork(fork_as_nobody, WORK) == 2


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root becomes another")
def test_a_limit_of_the_machine_that_is_lower_stays() -> None:
    """Refused, it would have ended every reader, and the file would have been blamed."""

    import resource

    def work_as_nobody() -> None:
        for what, most in ((resource.RLIMIT_AS, 1 << 30), (resource.RLIMIT_CPU, 4)):
            resource.setrlimit(what, (most, most))
        os.setuid(65534)
        limit(WORK)
        if resource.getrlimit(resource.RLIMIT_AS) != (1 << 30, 1 << 30):
            os._exit(3)

    child = os.fork()
    if child == 0:
        try:
            work_as_nobody()
        finally:
            os._exit(0 if sys.exc_info()[0] is None else 4)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.parametrize("name", MADE)
def test_what_is_read_for_practice_is_read_in_full(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"榜单.{name}"
    path.write_bytes(MADE[name]())
    found = read_any(path).challenges
    assert found is not None
    assert [(c.title, c.bounty_wan) for c in found.records] == [("轴承钢", 50.0), ("叶片", 80.0)]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="Linux shows open files")
def test_a_fork_hears_only_of_its_own_task(tmp_path: Path) -> None:
    path = tmp_path / "榜单.xlsx"
    write_challenges([Challenge(challenge_id="K1", title="轴承钢")], path)
    assert list(read_any_of(path))
    process = confined._readers._process
    assert process is not None
    # One line on which tasks come, which a fork at work closes.
    held = [os.readlink(handle) for handle in Path(f"/proc/{process.pid}/fd").iterdir()]
    assert len([one for one in held if one.startswith("socket:")]) == 1


def confined_holds() -> frozenset[str]:
    """What this kernel lets a process be refused."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, " ".join(shut_in()).encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(writer)
    with os.fdopen(reader) as told:
        return frozenset(told.read().split())


def test_what_comes_back_is_never_more_than_plain_values() -> None:
    assert frames.value_of(frames.packed([("甲", 1.5, None)])) == [("甲", 1.5, None)]
    for bad in (b"cos\nsystem\n(S'true'\ntR.", frames.packed(Path("/")), b"", b"\x80\x05"):
        with pytest.raises(frames.BrokenFrameError):
            frames.value_of(bad)


def test_a_reading_process_that_was_killed_is_started_again(tmp_path: Path) -> None:
    path = tmp_path / "榜单.xlsx"
    write_challenges([Challenge(challenge_id="K1", title="轴承钢")], path)
    assert list(read_any_of(path))
    process = confined._readers._process
    assert process is not None
    process.kill()
    process.wait()
    assert list(read_any_of(path))


def test_many_files_at_a_time_are_read_by_few_processes(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", FIRST + FAR["as it is"])
    good = tmp_path / "榜单.xlsx"
    write_challenges([Challenge(challenge_id="K1", title="轴承钢")], good)
    told: list[str] = []

    def read(which: Path) -> None:
        try:
            told.append(next(read_any_of(which)).format)
        except InputError as error:
            told.append(error.what)

    threads = [threading.Thread(target=read, args=(p,)) for p in [path, good] * 8]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(told) == sorted(["xlsx"] * 8 + ["表格范围过大，或文件已损坏"] * 8)


def test_a_page_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    content = b"q Q " * 2_500_000
    path = tmp_path / "a.pdf"
    path.write_bytes(
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n"
        b"4 0 obj<</Length %d>>stream\n%s\nendstream endobj\n"
        b"trailer<</Root 1 0 R>>\n%%%%EOF" % (len(content), content)
    )
    source = SourceFile(path, "pdf", "")
    assert confined.limits_for("pdf", path.stat().st_size).seconds <= 10
    with pytest.raises(InputError, match="过于复杂"):
        confined.read_confined(source)


def test_no_process_outlives_the_one_that_asked(tmp_path: Path) -> None:
    """A fork in the middle of its work, and the one that made it, when their user is killed."""
    path = tmp_path / "榜单.xlsx"
    write_challenges([Challenge(challenge_id="K1", title="轴承钢")], path)
    script = (
        "import sys, time; from matcher.corpora import read_any;"
        "from matcher.corpora.formats import confined; read_any(sys.argv[1]);"
        "print(confined._readers._process.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, path],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parent.parent,
    ) as asking:
        assert asking.stdout is not None
        reading = int(asking.stdout.readline())
        asking.kill()
        asking.wait()
    assert _gone(reading)

    parent = os.getpid()
    reader, writer = os.pipe()
    middle = os.fork()
    if middle == 0:
        child = os.fork()
        if child == 0:
            end_with_parent(os.getppid())
            os.write(writer, str(os.getpid()).encode())
            time.sleep(60)
            os._exit(0)
        time.sleep(60)
        os._exit(0)
    child = int(os.read(reader, 20))
    assert os.getpid() == parent
    os.kill(middle, signal.SIGKILL)
    os.waitpid(middle, 0)
    assert not sys.platform.startswith("linux") or _gone(child)


# A reading process that does something without end, deaf to all but signals, at each of its stages.
STAGE = """
import hashlib, os
from pathlib import Path
told = os.open(Path(__file__).parent / "busy", os.O_WRONLY)  # a confined fork opens no more
def endless(*_):
    os.write(told, str(os.getpid()).encode())
    hashlib.pbkdf2_hmac("sha256", b"a", b"b", 1_000_000_000)
    yield
{imports}
{stage}
def main():
    reading_process.main()
"""
IMPORTS = "from matcher.corpora.formats import reading_process"
STAGES = {
    "loading its readers": "next(endless())\n",
    "practising": "reading_process.Rehearsal.prepare = lambda *_: next(endless())",
    "a fork practising": "reading_process.Rehearsal.prepare = lambda *_: None\n"
    "reading_process.Rehearsal.rehearse = lambda *_: next(endless())",
    "a fork reading": "reading_process._TASKS['read'] = endless",
}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at /proc")
@pytest.mark.parametrize("stage_name", STAGES)
def test_no_process_outlives_the_one_that_asked_at_any_stage(
    stage_name: str, tmp_path: Path
) -> None:
    path = tmp_path / "榜单.xlsx"
    write_challenges([Challenge(challenge_id="K1", title="轴承钢")], path)
    os.mkfifo(tmp_path / "busy")
    busy = os.open(tmp_path / "busy", os.O_RDWR)
    stage = STAGES[stage_name]
    made = stage.endswith("\n")
    (tmp_path / "stage.py").write_text(
        STAGE.format(imports="" if made else IMPORTS, stage=stage + (IMPORTS if made else ""))
    )
    script = (
        "import sys, threading; sys.path.append(sys.argv[1])\n"
        "from matcher.corpora.formats import confined; confined._MODULE = 'stage'\n"
        "from matcher.corpora import read_any\n"
        # From a thread that ends sooner: that alone ends no process.
        "ready = threading.Thread(target=confined.warm); ready.start(); ready.join()\n"
        "print(confined._readers._process.pid, flush=True); read_any(sys.argv[2])"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, tmp_path, path],
        stdout=subprocess.PIPE, cwd=Path(__file__).parent.parent,
    ) as asking:  # fmt: skip
        assert asking.stdout is not None
        processes = {int(asking.stdout.readline())}
        if select.select([busy], [], [], 60)[0]:
            processes.add(int(os.read(busy, 20)))
        asking.kill()
        asking.wait()
    os.close(busy)
    try:
        assert len(processes) == (2 if "fork" in stage_name else 1)
        assert all(map(_gone, processes))
    finally:
        for one in processes:
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)


def test_a_download_ends_with_the_process_that_asked(tmp_path: Path) -> None:
    """What pip is asked is asked in a child that is bound to its parent before pip is loaded."""
    script = (
        "import os, subprocess, sys; from matcher.encoding.archive import _PIP\n"
        "me = str(os.getpid()) if sys.argv[1] == 'own' else '1'\n"
        "sys.exit(subprocess.run([sys.executable, '-c', _PIP, me, '--version']).returncode)"
    )
    for whose, code in (("own", 0), ("another", 1)):
        told = subprocess.run(
            [sys.executable, "-c", script, whose], capture_output=True, text=True, check=False,
            cwd=Path(__file__).parent.parent,
        )  # fmt: skip
        assert told.returncode == code, told.stderr
        assert told.stdout.startswith("pip ") == (code == 0)


def _gone(process: int, seconds: float = 5.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False
