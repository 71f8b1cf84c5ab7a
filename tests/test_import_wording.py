"""What a reject says is accepted is accepted."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from matcher.corpora import read_any, write_rejects
from matcher.corpora.cells import CellKind, cell_types
from matcher.corpora.headers.kinds import TeamEvidence
from matcher.corpora.rows.problems import expectation
from matcher.corpora.rows.values import parse_value
from matcher.records import Challenge, Outcome, Team

TOLD = [
    (record_type, field, example)
    for record_type in (Challenge, Team, TeamEvidence, Outcome)
    for field, cell_type in cell_types(record_type).items()
    if cell_type.kind in (CellKind.NUMBER, CellKind.INTEGER, CellKind.DATE)
    for found in [re.search("如 ([^；]+)", expectation(cell_type, field))]
    if found
    for example in found[1].split("、")
]


@pytest.mark.parametrize(("record_type", "field", "example"), TOLD)
def test_an_example_of_a_reject_is_read(record_type: Any, field: str, example: str) -> None:
    found = parse_value(field, example, cell_types(record_type)[field])
    assert found.value is not None or found.kept == example == "面议"


def test_every_field_of_many_wordings_is_told() -> None:
    assert {field for _, field, _ in TOLD} >= {
        "bounty_wan", "total_budget_wan", "amount_wan", "duration_months", "target_trl", "trl",
        "year", "apply_deadline", "when",
    }  # fmt: skip


def test_a_rejects_file_colours_the_cell_to_mend(tmp_path: Path) -> None:
    path = tmp_path / "榜单.csv"
    path.write_text("序号,项目名称,需求单位,榜额\n1,甲,某厂,若干\n2,乙,某厂,面议\n")
    reading = read_any(path).challenges
    assert reading is not None
    write_rejects(reading.rejects, tmp_path / "拒收.xlsx")
    page = openpyxl.load_workbook(tmp_path / "拒收.xlsx").active
    labels = [cell.value for cell in page[1]]
    coloured = [labels[cell.column - 1] for cell in page[2] if cell.fill.fill_type]
    assert coloured == ["榜额"]
    assert page.row_dimensions[2].height >= 30
