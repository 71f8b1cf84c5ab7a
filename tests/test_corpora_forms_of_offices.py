"""Forms, guides and lists as offices lay them out; what each says was written down first."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from matcher.corpora import read_any

from .test_corpora_chapters import as_docx, as_html, as_pdf, as_text

_CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "data/forms/forms.jsonl").read_text("utf-8").splitlines()
]


def as_sheet(folder: Path, content: dict[str, Any]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in content["rows"]:
        sheet.append(row)
    for merge in content["merges"]:
        sheet.merge_cells(merge)
    book.save(folder / "表.xlsx")
    return folder / "表.xlsx"


def as_table(folder: Path, content: dict[str, Any]) -> Path:
    """A Word table; a row of one cell is as wide as the table."""
    document, rows = docx.Document(), content["rows"]
    for line in content["before"]:
        document.add_paragraph(line)
    width = max(map(len, rows))
    table = document.add_table(rows=len(rows), cols=width)
    for place, row in enumerate(rows):
        for column, text in enumerate(row):
            table.cell(place, column).text = text
        if len(row) == 1:
            whole = table.cell(place, 0).merge(table.cell(place, width - 1))
            whole.text = row[0]
    document.save(str(folder / "表.docx"))
    return folder / "表.docx"


def as_markup(folder: Path, content: str) -> Path:
    path = folder / "页.html"
    path.write_text(f"<html><meta charset=utf-8><body>{content}</body></html>", "utf-8")
    return path


_WRITERS = {
    "text": as_text, "docx": as_docx, "html": as_html, "pdf": as_pdf, "xlsx": as_sheet,
    "table": as_table, "markup": as_markup,
}  # fmt: skip


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case["name"])
def test_a_form_is_read_field_by_field(tmp_path: Path, case: dict[str, Any]) -> None:
    found = read_any(_WRITERS[case["file"]](tmp_path, case["content"])).challenges
    assert found is not None
    told = [record.model_dump(mode="json") for record in found.records]
    assert len(told) == len(case["want"])
    for record, wanted in zip(told, case["want"], strict=True):
        for field, value in wanted.items():
            if isinstance(value, dict):  # words that must stand in a longer text
                assert [part for part in value["has"] if part not in record[field]] == []
            else:
                assert record[field] == value
