"""Every trap through both doors: the command line's check of an import, the service's upload.

    python -m tests.hostile.attack [--door command|service] [--only PATTERN]

Counts deaths, tracebacks, answers of 500 and more, files over ten seconds (of processor time, and
by the clock) and silent losses: a title that was planted, is in no record and no reject, not
among the rows that are counted as no data, and of whose place nothing is said.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import queue
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from matcher.corpora import read_any_of
from matcher.errors import InputError
from matcher.intake import warnings_of

from .traps import Trap, all_traps

SLOW = 10.0
_AT_A_TIME = 2
_BARE = re.compile(r"Traceback \(most recent|程序内部错误|Internal Server Error")


@dataclass
class Passage:
    """What became of a trap at a door."""

    refused: bool = False
    shown: str = ""  # what was read, and what is shown word for word
    said: str = ""  # what the door answered
    fault: str = ""
    processor: float = 0.0
    clock: float = 0.0

    def faults(self, trap: Trap) -> Iterator[str]:
        """What is wrong about it, in words."""
        if self.fault:
            yield self.fault
        if _BARE.search(self.said):
            yield "traceback"
        if self.processor > SLOW:
            yield f"{self.processor:.1f} s of processor time"
        if not self.fault and (missing := self.lost(trap)):
            yield f"silent loss: {'、'.join(missing)}"

    def lost(self, trap: Trap) -> list[str]:
        """The titles that are neither read nor told."""
        shown = _squeezed(self.shown + self.said)
        missing = [title for title in trap.titles if _squeezed(title) not in shown]
        told = self.refused or (trap.told and re.search(trap.told, self.said))
        return [] if told else missing


@dataclass
class Result:
    """All traps at one door."""

    count: int = 0
    refused: int = 0
    late: int = 0  # over the time by the clock only
    faults: list[str] = field(default_factory=list)


def _squeezed(text: str) -> str:
    return "".join(text.split()).casefold()


def _word_for_word(reading: Any) -> Iterator[str]:
    """All that was read, rejected or counted as no data."""
    yield from (record.model_dump_json() for record in reading.records)
    yield from (f"{reject.message} {dict(reject.original)}" for reject in reading.rejects)
    yield from (omitted.text for omitted in reading.omitted)


def account(path: Path) -> tuple[str, str]:
    """What reading a file gives, word for word, and what is said of it; refused, only the latter.

    Raises:
        InputError: refused.
    """
    shown: list[str] = []
    said: list[str] = []
    for found in read_any_of(path):
        said += found.unread
        if found.notice is not None:
            shown += [found.notice.title, *found.notice.paragraphs, *found.notice.boilerplate]
        for reading in found.readings:
            shown += _word_for_word(reading)
            said += warnings_of(reading)
    return "\n".join(shown), "\n".join(said)


class Commands:
    """``matcher import --check`` of one file after another, in a process that is made anew if it
    ends. Starting one for every file took most of the time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process = self._started()

    def pass_through(self, trap: Trap) -> Passage:
        """What becomes of a file."""
        path = self._folder / trap.name
        path.write_bytes(trap.content)
        began, watch = time.monotonic(), Watch(self._process.pid)
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        print(path, file=stdin, flush=True)
        answer = stdout.readline()
        spent = watch.total()
        path.unlink()
        if not answer:
            passage = Passage(fault=f"death: {self._process.wait()}")
            self._process = self._started()
            return passage
        told = json.loads(answer)
        readers = spent - told.pop("own")
        passage = Passage(**told)
        passage.processor += readers / 2  # it was read twice
        passage.clock = time.monotonic() - began
        return passage

    def end(self) -> None:
        """No more files."""
        self._process.communicate()

    def _started(self) -> subprocess.Popen[str]:
        line = [sys.executable, "-m", "tests.hostile.attack", "--checks-in", str(self._folder)]
        return subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def answer_checks(folder: Path) -> None:
    """The other side of `Commands`: a path a line, an answer a line."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints
    for line in sys.stdin:
        before = time.process_time()
        told = _checked(Path(line.rstrip("\n")), folder)
        print(json.dumps(told | {"own": time.process_time() - before}), file=answers, flush=True)


def _checked(path: Path, folder: Path) -> dict[str, Any]:
    from matcher.cli import main

    shown, said, refused, fault = "", "", False, ""
    try:
        shown, said = account(path)
    except InputError as error:
        refused, said = True, error.message
        fault = "" if error.remedy or error.expected else "a bare error"
    out, began = io.StringIO(), time.process_time()
    sys.argv = ["matcher", "import", str(path), "--check", "-w", str(folder / "w"), "--encoder",
                "none"]  # fmt: skip
    code: Any = 0
    with redirect_stdout(out), redirect_stderr(out):
        try:
            main()
        except SystemExit as ended:
            code = ended.code
    if code not in (0, 1, 2, 3, None):
        fault = f"exit code {code}"
    return {"shown": shown, "said": out.getvalue() + said, "refused": refused, "fault": fault,
            "processor": time.process_time() - began}  # fmt: skip


class Watch:
    """Processor time of a process and all it starts; nobody waits for forks that read a file."""

    def __init__(self, root: int) -> None:
        self._root = root
        self._before = self._seconds()
        self._latest = dict(self._before)
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def total(self) -> float:
        """Seconds since it began, to a tenth for each fork."""
        self._done.set()
        self._thread.join()
        self._latest |= self._seconds()
        return sum(now - self._before.get(one, 0.0) for one, now in self._latest.items())

    def _look(self) -> None:
        while not self._done.wait(0.1):
            self._latest |= self._seconds()

    def _seconds(self) -> dict[int, float]:
        parents, spent = {}, {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                text = stat.read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
            fields, one = text.rpartition(")")[2].split(), int(stat.parent.name)
            parents[one] = int(fields[1])
            spent[one] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        family = {self._root}
        while more := {child for child, parent in parents.items() if parent in family} - family:
            family |= more
        return {one: spent[one] for one in family if one in spent}


@contextmanager
def command_door() -> Iterator[Callable[[Trap], Passage]]:
    """The command line, as many at a time as there are processors."""
    free: queue.Queue[Commands] = queue.Queue()

    def pass_through(trap: Trap) -> Passage:
        one = free.get()
        try:
            return one.pass_through(trap)
        finally:
            free.put(one)

    with ExitStack() as stack:
        for _ in range(_AT_A_TIME):
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            one = Commands(Path(folder))
            stack.callback(one.end)
            free.put(one)
        yield pass_through


@contextmanager
def service_door() -> Iterator[Callable[[Trap], Passage]]:
    """A service in a process of its own, and an account of the staff."""
    from matcher.service.store.keys import Keys
    from tests.service import make_app, service_of
    from tests.test_service_operation import Running

    with tempfile.TemporaryDirectory() as folder:
        service = service_of(make_app(Path(folder)))
        (staff,) = [a for a in service.accounts.all() if a.role == "staff"]
        _, key = Keys(service.database).add(staff.account_id, "攻击", ["read", "write"])
        os.environ["MATCHER_SERVICE_REQUESTS_PER_MINUTE"] = "1000000"
        running = Running(Path(folder))
        client = httpx.Client(
            base_url=f"http://127.0.0.1:{running.port}", timeout=120,
            headers={"Authorization": f"Bearer {key}"},
        )  # fmt: skip
        try:
            with client, tempfile.TemporaryDirectory() as own:
                yield lambda trap: by_upload(trap, client, running.process.pid, Path(own))
        finally:
            running.process.terminate()
            running.process.wait(60)


def by_upload(trap: Trap, client: httpx.Client, process: int, folder: Path) -> Passage:
    """``POST /api/v1/imports``; what it read beyond what it shows is read here again."""
    began, watch = time.monotonic(), Watch(process)
    try:
        answer = client.post("/api/v1/imports", files={"file": (trap.name, trap.content)})
    except httpx.HTTPError as error:
        return Passage(fault=f"no answer: {type(error).__name__}")
    passage = Passage(said=answer.text, clock=time.monotonic() - began)
    passage.processor = watch.total()
    if answer.status_code >= 500:
        passage.fault = f"answer {answer.status_code}"
    elif answer.status_code != 201:
        passage.refused = bool(answer.json().get("detail"))
    else:
        preview = answer.json()
        passage.refused = bool(preview["doubt"])
        if passage.lost(trap):  # only the first ten records are shown
            passage.shown = _beyond(trap, preview, folder)
    return passage


def _beyond(trap: Trap, preview: dict[str, Any], folder: Path) -> str:
    """What is in the rows of a file, if the service counts as many of each sort."""
    path = folder / trap.name
    path.write_bytes(trap.content)
    readings = [reading for found in read_any_of(path) for reading in found.readings]
    path.unlink()
    sorts = ("used", "rejected", "omitted")
    counted = [(part[sort] for sort in sorts) for part in preview["parts"]]
    own = [(getattr(reading.count, sort) for sort in sorts) for reading in readings]
    if sorted(map(tuple, counted)) != sorted(map(tuple, own)):
        return ""
    return "\n".join(said for reading in readings for said in _word_for_word(reading))


DOORS = {"command": command_door, "service": service_door}


def attack(door: str, traps: Sequence[Trap], *, aloud: bool = False) -> Result:
    """Put traps through a door, one after another."""
    result = Result()
    at_a_time = _AT_A_TIME if door == "command" else 1
    with DOORS[door]() as pass_through, ThreadPoolExecutor(at_a_time) as pool:
        for trap, passage in zip(traps, pool.map(pass_through, traps), strict=True):
            result.count += 1
            result.refused += passage.refused
            result.late += passage.clock > SLOW
            for fault in passage.faults(trap):
                result.faults.append(f"{door} {trap.name}: {fault}")
                if aloud:
                    print(result.faults[-1], f"[{passage.said[-300:]!r}]", flush=True)
    return result


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--door", choices=list(DOORS))
    parser.add_argument("--only", default="")
    parser.add_argument("--checks-in", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.checks_in:
        answer_checks(options.checks_in)
        return
    traps = [trap for trap in all_traps() if re.search(options.only, trap.name)]
    kinds = Counter(trap.name.partition("-")[0] for trap in traps)
    print(f"{len(traps)} files, {len({t.content for t in traps})} different: {dict(kinds)}")
    faults = 0
    for door in [options.door] if options.door else DOORS:
        result = attack(door, traps, aloud=True)
        faults += len(result.faults)
        print(f"{door}: {result.count} files, {result.refused} refused, {len(result.faults)} "
              f"faults, {result.late} over {SLOW:.0f} s by the clock", flush=True)  # fmt: skip
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
