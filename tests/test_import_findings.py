"""Every input that ever crashed a reader or a parser, and a short search for new ones."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.targets import one_input

FINDINGS = sorted((Path(__file__).parent / "fuzz" / "findings").iterdir())


@pytest.mark.parametrize("finding", FINDINGS, ids=lambda path: path.name)
def test_a_finding_stays_mended(finding: Path) -> None:
    one_input(finding.read_bytes())


def test_a_short_search_finds_nothing(tmp_path: Path) -> None:
    """A fixed number of inputs from a fixed seed; ``make fuzz`` searches for long."""
    pytest.importorskip("atheris")
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.fuzz", "-runs=1000", "-seed=1",
         f"-artifact_prefix={tmp_path}/", str(tmp_path / "inputs")],
        capture_output=True, text=True, cwd=Path(__file__).parent.parent, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
