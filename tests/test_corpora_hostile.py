"""The hostile corpus: at least 97 in 100 fields right, and every row accounted for."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from matcher.corpora import read_challenges, read_teams
from tests.hostile.make_files import Case, all_cases

CASES = all_cases()
# Fields right and fields in all, over the files of this run.
SCORE: Counter[str] = Counter()


def wrong_fields(case: Case, records: Any) -> list[str]:
    """Fields of the expected records that were read otherwise, or not at all."""
    wrong = []
    for number, expected in enumerate(case.expected):
        record = records[number] if number < len(records) else None
        for name, value in expected.items():
            if case.fields and name not in case.fields:
                continue
            found = getattr(record, name, None)
            if _squeezed(found) != _squeezed(value):
                wrong.append(f"{number}.{name}: {found!r} 应为 {value!r}")
    return wrong


def _squeezed(value: Any) -> Any:
    """White space, the width of punctuation and what divides the items of a list do not count."""
    if isinstance(value, str):
        value = value.replace("\n", ";").replace("≦", "≤").replace("≧", "≥")
        value = re.sub("[;；]+", ";", value)
        return "".join(value.split()).replace("，", ",").replace("；", ";")
    return value


def compared(case: Case) -> int:
    return sum(len(case.fields or item) for item in case.expected)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_hostile_file(case: Case, tmp_path: Path) -> None:
    path = tmp_path / case.name
    case.make(path)
    reading = (read_teams if case.kind == "teams" else read_challenges)(path)
    wrong = wrong_fields(case, reading.records)
    SCORE["right"] += compared(case) - len(wrong)
    SCORE["all"] += compared(case)
    assert reading.count.unaccounted == 0, reading.count
    assert case.rows is None or reading.count.total == case.rows
    assert len(reading.records) == len(case.expected), reading.rejects
    assert len(wrong) <= 0.25 * compared(case), "\n".join(wrong)


def test_the_corpus_as_a_whole() -> None:
    assert len(CASES) >= 80
    if SCORE["all"]:
        share = SCORE["right"] / SCORE["all"]
        print(f"\n刁难文件 {len(CASES)} 个: {SCORE['all']} 项内容, 正确 {share:.2%}")
        assert share >= 0.97
