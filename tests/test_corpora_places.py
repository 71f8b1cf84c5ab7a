"""Workbooks of home-made exports: places written twice or not at all, rows outside the data."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from matcher.corpora import ReadOptions, read_challenges
from matcher.corpora.reading import Reading
from matcher.errors import InputError
from matcher.records import Challenge

STRICT = {
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main":
        "http://purl.oclc.org/ooxml/spreadsheetml/main",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships":
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
}  # fmt: skip


def _cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def _row(number: int, title: str, cells: int | None = None) -> str:
    at = number if cells is None else cells
    return f'<row r="{number}">{_cell(f"A{at}", title)}{_cell(f"B{at}", "某厂")}</row>'


HEAD = f'<row r="1">{_cell("A1", "项目名称")}{_cell("B1", "需求单位")}</row>'
BARE = '<row><c t="inlineStr"><is><t>{}</t></is></c><c t="inlineStr"><is><t>{}</t></is></c></row>'


def _read(folder: Path, data: str, strict: bool = False) -> Reading[Challenge]:
    """A workbook whose rows are these, in a file otherwise sound."""
    plain, path = folder / "plain.xlsx", folder / "榜单.xlsx"
    openpyxl.Workbook().save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if name == "xl/worksheets/sheet1.xml":
                assert "<sheetData></sheetData>" in text
                text = text.replace("<sheetData>", f"<sheetData>{data}")
            for ordinary, other in STRICT.items() if strict else ():
                text = text.replace(ordinary, other)
            new.writestr(name, text)
    return read_challenges(path, options=ReadOptions())


@pytest.mark.parametrize(
    "data",
    [
        HEAD + _row(2, "甲") + _row(2, "乙") + _row(3, "丙"),
        HEAD + f'<row r="2">{_cell("A2", "甲")}{_cell("A2", "乙")}</row>' + _row(3, "丙"),
        HEAD + _row(2, "甲") + _row(4, "乙", cells=2) + _row(3, "丙"),
        re.sub('<row r="."', "<row", HEAD + _row(2, "甲") + _row(2, "乙") + _row(3, "丙")),
        HEAD + f'<row r="2"><c t="str"><v>甲</v></c>{_cell("A2", "乙")}</row>' + _row(3, "丙"),
    ],
    ids=["rows", "cells", "cells-of-another-row", "rows-without-numbers", "cell-without-place"],
)  # fmt: skip
def test_a_place_written_twice_costs_its_row_and_is_told(tmp_path: Path, data: str) -> None:
    read = _read(tmp_path, data)
    assert [record.title for record in read.records] == ["丙"]
    assert [(r.row, r.reason) for r in read.rejects] == [(2, "这一行在文件里写了两次，内容不同")]
    assert read.count.unaccounted == 0


@pytest.mark.parametrize(
    "data",
    [
        HEAD + _row(2, "甲") + '<row r="3" spans="1:2"/>' + _row(4, "乙"),
        HEAD + _row(3, "乙") + _row(2, "甲"),
        HEAD + _row(2, "甲") + _row(2, "甲") + _row(3, "乙"),
        BARE.format("项目名称", "需求单位") + BARE.format("甲", "某厂") + BARE.format("乙", "某厂"),
    ],
    ids=["usual", "backwards", "the-same-again", "no-places"],
)
def test_what_is_only_unusual_is_read(tmp_path: Path, data: str) -> None:
    read = _read(tmp_path, data)
    assert [record.title for record in read.records] == ["甲", "乙"]
    assert not read.rejects


def test_a_header_written_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="写了两次"):
        _read(tmp_path, HEAD + HEAD.replace("项目名称", "团队名称") + _row(2, "甲"))


def test_rows_outside_the_data_are_told(tmp_path: Path) -> None:
    read = _read(tmp_path, HEAD + _row(2, "甲") + "</sheetData><sheetData>" + _row(3, "乙"))
    assert [record.title for record in read.records] == ["甲"]
    assert "有 1 行写在表的数据之外，没有读入" in "\n".join(read.notes)


def test_struck_words_and_hidden_rows_of_other_writers_are_seen(tmp_path: Path) -> None:
    """Strict files, and files whose cells do not say where they stand."""
    struck = "<c t='inlineStr'><is><r><rPr><strike/></rPr><t>旧</t></r><r><t>轴承</t></r></is></c>"
    bare = BARE.format("项目名称", "需求单位") + f"<row hidden='1'>{struck}</row>"
    for data, strict in ((bare, False), (bare, True), (HEAD + bare[bare.index("<row h") :], True)):
        read = _read(tmp_path, data, strict)
        assert [record.title for record in read.records] == ["轴承"]
        told = "\n".join(read.notes)
        assert "隐藏的行照样读入：第2行" in told
        assert "第2行第1列「旧」" in told
