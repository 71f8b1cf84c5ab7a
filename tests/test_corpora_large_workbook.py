"""A large .xlsx read in stretches holds what it holds when read whole."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from matcher.corpora.formats import large_workbook, workbook
from matcher.corpora.formats.format import SourceFile
from matcher.corpora.formats.registry import inspect_file
from matcher.corpora.grid import Grid
from matcher.errors import InputError


@pytest.fixture
def in_stretches(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], list[Grid]]:
    """Reads a workbook a few rows at a time, whatever its size."""
    monkeypatch.setattr(large_workbook, "LARGE", 0)
    monkeypatch.setattr(large_workbook, "_CHUNK", 2_000)
    monkeypatch.setattr(large_workbook, "_TOGETHER", 16)
    return lambda path: workbook.read_xlsx(inspect_file(path))


@pytest.fixture(scope="module")
def every_kind(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook with all kinds of cells, blank rows and columns, merges, marks, hidden sheets."""
    path = tmp_path_factory.mktemp("workbooks") / "各种.xlsx"
    book = xlsxwriter.Workbook(str(path))
    day, span = (book.add_format({"num_format": f}) for f in ("yyyy-mm-dd", "[h]:mm:ss"))
    struck, bold = book.add_format({"font_strikeout": True}), book.add_format({"bold": True})
    page = book.add_worksheet("甲")
    page.merge_range("B1:D1", "标题")
    for row in range(2, 160):
        if row % 37 == 0:
            continue
        page.write(row, 1, f'文字{row % 50} <b>&amp; t="s"')
        page.write(row, 2, row / 7)
        page.write_boolean(row, 3, row % 2 == 0)
        page.write_datetime(row, 4, datetime(2024, 1, 1) + timedelta(days=row), day)
        page.write_number(row, 5, row / 10, span)
        page.write_formula(row, 6, f"=C{row}*2", None, row * 2)
        page.write_formula(row, 7, '="x"', None, "x")
        page.write_formula(row, 8, "=1/0", None, "#DIV/0!")
        if row % 50 == 3:
            page.write_rich_string(row, 9, "保留", struck, "删去", bold, "尾")
    page.set_row(40, None, None, {"hidden": True})
    page.write_comment("B20", "注意")
    page.merge_range("B200:B205", "合并")
    book.add_worksheet("藏").hide()
    book.add_worksheet("空")
    book.add_worksheet("乙").write(10, 3, "后")
    book.close()
    return path


def held(grids: list[Grid]) -> list[Any]:
    """What grids hold; rows of a whole sheet are filled up to its width."""
    return [
        (
            grid.sheet,
            [(row.number, re.sub("(, '')+]$", "]", repr(list(row.cells)))) for row in grid.rows
             if any(cell != "" for cell in row.cells)],
            grid.merges,
            grid.notes,
        )
        for grid in grids
    ]  # fmt: skip


def test_stretches_hold_what_the_whole_holds(
    every_kind: Path, in_stretches: Callable[[Path], list[Grid]]
) -> None:
    source = inspect_file(every_kind)
    whole = held(workbook.read_workbook(source, workbook.marks_of))
    assert [sheet[0] for sheet in whole] == ["甲", "乙"]
    read = in_stretches(every_kind)
    assert [grid.total for grid in read] == [200, 11]
    assert held(read) == whole


@pytest.fixture(scope="module")
def saved_again(every_kind: Path) -> Path:
    """The same with its texts within the cells, as openpyxl writes them."""
    path = every_kind.with_name("另存.xlsx")
    openpyxl.load_workbook(every_kind).save(path)
    return path


def test_texts_within_the_cells(
    saved_again: Path, in_stretches: Callable[[Path], list[Grid]]
) -> None:
    path = saved_again
    whole = held(workbook.read_workbook(inspect_file(path), workbook.marks_of))
    assert held(in_stretches(path)) == whole


def rewritten(path: Path, change: Callable[[bytes], bytes]) -> Path:
    """The same workbook with its first sheet written otherwise."""
    other = path.with_name("改写.xlsx")
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(other, "w") as made:
        for name in archive.namelist():
            content = archive.read(name)
            made.writestr(name, change(content) if name.endswith("/sheet1.xml") else content)
    return other


def test_rows_without_numbers(
    saved_again: Path, in_stretches: Callable[[Path], list[Grid]]
) -> None:
    path = rewritten(saved_again, lambda xml: re.sub(rb'<(row|c) r="\w+"', rb"<\1", xml))
    whole = held(workbook.read_workbook(inspect_file(path), workbook.marks_of))
    assert [sheet[:2] for sheet in held(in_stretches(path))] == [s[:2] for s in whole]


@pytest.mark.parametrize(
    "change",
    [
        lambda xml: xml.replace(b't="s"', b"t='s'"),
        lambda xml: re.sub(rb't="s"><v>\d+', b't="s"><v>99999', xml),
        lambda xml: xml.replace(b"sheetData>", b"x:sheetData>"),
    ],
)
def test_what_cannot_be_taken_apart_is_refused(
    every_kind: Path, in_stretches: Callable[[Path], list[Grid]], change: Callable[[bytes], bytes]
) -> None:
    path = rewritten(every_kind, change)
    with pytest.raises(InputError) as raised:
        held(in_stretches(path))
    assert "另存为" in raised.value.remedy


def test_a_small_one_is_read_whole(every_kind: Path) -> None:
    source: SourceFile = inspect_file(every_kind)
    assert not large_workbook.is_large(source.path)
