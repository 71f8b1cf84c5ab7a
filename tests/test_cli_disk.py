"""A disk that is full or read-only: what writes is refused in Chinese, what reads goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import Cli, jsonl

pytestmark = pytest.mark.processes

TEAMS = [
    {"team_id": f"T{n}", "team_name": f"第{n}组", "profile": f"轴承钢第{n}种夹杂物"}
    for n in range(30)
]
READING = (
    ("status",),
    ("teams", "轴承钢"),
    ("show", "K1"),
    ("accounts", "list"),
    ("match", "--output", "{outside}/结果.xlsx"),
    ("backup", "{outside}/备份.sqlite"),
)
WRITING = (
    ("import", "--teams", "{outside}/more.jsonl"),
    ("match", "--output", "{disk}/结果.xlsx"),
    ("backup", "{disk}/备份.sqlite"),
    ("delete", "T3"),
    ("report", "--output", "{disk}/报告", "--format", "xlsx"),
)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)]
    if os.name != "posix" or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no file system may be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def workspace(cli: Cli, disk: Path, tmp_path: Path) -> Path:
    teams = jsonl(tmp_path / "teams.jsonl", TEAMS)
    more = [{**team, "team_id": f"S{n}", "profile": "渗碳" * 900} for n, team in enumerate(TEAMS)]
    jsonl(tmp_path / "more.jsonl", more)
    needs = jsonl(tmp_path / "needs.jsonl", [{"challenge_id": "K1", "title": "轴承钢夹杂物"}])
    # In a process of its own: nobody has the workspace open afterwards.
    command = [sys.executable, "-c", "from matcher.cli import main; main()", "import"]
    command += ["--workspace", str(disk / "w"), "--teams", str(teams), "--challenges", str(needs)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    subprocess.run(command, check=True, env=environment)
    return disk / "w"


def _fill(disk: Path) -> None:
    with open(disk / "fill", "wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return


def _make_read_only(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)


@pytest.mark.parametrize("spoil", [_fill, _make_read_only])
def test_reading_goes_on_and_writing_is_refused(
    cli: Cli, disk: Path, workspace: Path, tmp_path: Path, spoil: object
) -> None:
    assert callable(spoil)
    spoil(disk)
    before = sorted(path.name for path in disk.rglob("*"))
    places = {"disk": disk, "outside": tmp_path}

    def run(words: tuple[str, ...]) -> tuple[int, str]:
        done = cli(*(word.format(**places) for word in words), "--workspace", workspace)
        return done.code, done.out + done.err

    for words in READING:
        code, shown = run(words)
        assert code == 0, (words, shown)
    assert (tmp_path / "结果.xlsx").stat().st_size > 1000
    for words in WRITING:
        code, shown = run(words)
        assert code == 1, (words, shown)
        assert "错误：" in shown
        assert "处理：" in shown
        assert "Traceback" not in shown
    code, shown = run(("status", "--json"))
    assert json.loads(shown)["teams"] == len(TEAMS)
    left = {path.name for path in disk.rglob("*")} - set(before)
    assert not {name for name in left if name.startswith(("tmp", ".tmp", "segment"))}
