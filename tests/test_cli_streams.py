"""Streams that are full or closed, other locales, names that are no text: told, and no defect."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.processes

RUN = f"{sys.executable} -c 'from matcher.cli import main; main()' import %s --check --encoder none"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device")
@pytest.mark.parametrize(
    ("redirected", "status"),
    [("> /dev/full", 1), ("<&- >&-", 0), ("<&-", 0), (">&- 2>&-", 0)],
)
def test_streams(redirected: str, status: int, tmp_path: Path) -> None:
    assert _run(b"a.csv", redirected, tmp_path).returncode == status


def test_names_and_locales(tmp_path: Path) -> None:
    other = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    for name in (b"a.csv", b"b\xff\xfe.csv"):
        done = _run(name, "", tmp_path, **other)
        assert done.returncode == 0, done.stderr


def _run(
    name: bytes, redirected: str, folder: Path, **more: str
) -> subprocess.CompletedProcess[bytes]:
    path = os.fsencode(folder) + b"/" + name
    with open(path, "w", encoding="utf-8") as file:
        file.write("榜单编号,项目名称\n1,轴承\n")
    command = RUN.encode() % path + b" " + redirected.encode()
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent), **more}
    return subprocess.run(
        ["/bin/sh", "-c", command], cwd=folder, env=environment, capture_output=True, check=False
    )


def test_settings_that_libraries_stumble_over(tmp_path: Path) -> None:
    done = _run(b"a.csv", "", tmp_path, SOURCE_DATE_EPOCH="abc")
    assert done.returncode == 1
    assert "SOURCE_DATE_EPOCH 不对" in done.stderr.decode()
    assert _run(b"a.csv", "", tmp_path, SOURCE_DATE_EPOCH="0").returncode == 0
