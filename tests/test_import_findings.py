"""Every input that ever crashed a reader or a parser; ``make fuzz`` searches for new ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.targets import one_input

FINDINGS = sorted((Path(__file__).parent / "fuzz" / "findings").iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("finding", FINDINGS, ids=lambda path: path.name)
def test_a_finding_stays_mended(finding: Path) -> None:
    assert one_input(finding.read_bytes()) == 0
