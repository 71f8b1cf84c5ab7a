"""The program as a process: interruption, pipes, a disk that fills up."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from matcher.resources import data_path

from .conftest import TINY

pytestmark = pytest.mark.processes

PROGRAM = [sys.executable, "-c", "from matcher.cli import main; main()"]
ROOT = Path(__file__).resolve().parent.parent
CHALLENGES = data_path("corpora/demo/chokepoints35.jsonl")
TEAMS = data_path("corpora/demo/teams.jsonl")


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "MATCHER_ENCODER": str(TINY)}


def matcher(folder: Path, *arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *map(str, arguments)], cwd=folder, env=environment(), capture_output=True,
        text=True, check=False, **options,
    )  # fmt: skip


@pytest.fixture
def many_challenges(tmp_path: Path) -> Path:
    """A list long enough to be interrupted in."""
    path = tmp_path / "很多.jsonl"
    lines = CHALLENGES.read_text(encoding="utf-8").splitlines()
    with path.open("w", encoding="utf-8") as file:
        for number in range(100):
            for line in lines:
                record = json.loads(line)
                record["challenge_id"] += f"-{number}"
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
    return path


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_ctrl_c_leaves_no_file_and_says_so(tmp_path: Path, many_challenges: Path) -> None:
    output = tmp_path / "结果" / "a.jsonl"
    output.parent.mkdir()
    arguments = ("match", "--challenges", many_challenges, "--teams", TEAMS, "--output", output)
    # What a script runs in the background has been told to overlook the signal.
    listening = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    process = subprocess.Popen(
        [*PROGRAM[:2], listening + PROGRAM[2], *map(str, arguments)], cwd=tmp_path,
        env=environment(), stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    until = time.monotonic() + 120
    while not list(output.parent.iterdir()) and time.monotonic() < until:
        assert process.poll() is None
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "已中断" in errors
    assert "Traceback" not in errors
    assert list(output.parent.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="limits of POSIX")
def test_a_full_disk_leaves_the_old_result(tmp_path: Path) -> None:
    import resource

    output = tmp_path / "结果.csv"
    output.write_text("旧", encoding="utf-8")

    def small_files() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))

    full = matcher(
        tmp_path, "match", "--challenges", CHALLENGES, "--teams", TEAMS, "--output", output,
        "--encoder", "none", preexec_fn=small_files,
    )  # fmt: skip
    assert full.returncode == 1, full.stderr
    assert "处理：" in full.stderr
    assert "Traceback" not in full.stderr
    assert output.read_text(encoding="utf-8") == "旧"
    assert [path.name for path in tmp_path.iterdir()] == ["结果.csv"]


@pytest.mark.parametrize("arguments", [("match", "--help"), ("models", "list", "--json")])
def test_a_reader_that_leaves_gets_no_traceback(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    process = subprocess.Popen(
        [*PROGRAM, *arguments], cwd=tmp_path, env=environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    assert process.wait() in (0, 1)


def test_the_installed_command_runs(tmp_path: Path) -> None:
    script = Path(sys.executable).with_name("matcher")
    if not script.exists():
        pytest.skip("the package is not installed in this environment")
    shown = subprocess.run([script, "--help"], capture_output=True, text=True, check=True)
    assert "揭榜挂帅" in shown.stdout


def test_jieba_and_progress_say_nothing_where_nobody_looks(tmp_path: Path) -> None:
    done = matcher(tmp_path, "import", "--teams", TEAMS, "--encoder", "none")
    assert done.returncode == 0
    assert done.stdout == "团队：新增 470，更新 0，未变 0\n"
    assert [line for line in done.stderr.splitlines() if line.strip()] == [
        "注意：未使用语义模型，只按用词匹配；说法不同的团队可能漏掉。"
    ]


def test_numbers_and_chinese_survive_a_terminal_without_utf8(tmp_path: Path) -> None:
    surroundings = {**environment(), "LC_ALL": "C", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [*PROGRAM, "status"], cwd=tmp_path, env=surroundings, capture_output=True, check=False
    )
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
