"""Damage the libraries under the readers do not foresee: told, never a crash, the rest read."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlwt
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from matcher.corpora import read_any, read_any_of, read_challenges
from matcher.errors import InputError
from matcher.text.amounts import parse_duration, parse_money
from matcher.text.numerals import han_numbers

HEADER = ["序号", "项目名称", "需求单位", "截止日期"]


def _xlsx(path: Path, value: float, form: str) -> None:
    workbook = openpyxl.Workbook()
    page = workbook.active
    for row in (HEADER, [1, "甲", "某厂", None], [2, "乙", "某厂", None]):
        page.append(row)
    page["D2"], page["D2"].number_format = value, form
    workbook.save(path)


def _xls(path: Path, value: float, form: str) -> None:
    workbook = xlwt.Workbook()
    page = workbook.add_sheet("榜单")
    for number, row in enumerate((HEADER, [1, "甲", "某厂"], [2, "乙", "某厂"])):
        for column, cell in enumerate(row):
            page.write(number, column, cell)
    page.write(1, 3, value, xlwt.easyxf(num_format_str=form))
    workbook.save(path)


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".xlsx", ".xls"])
@pytest.mark.parametrize(("value", "form"), [(1e15, "[h]:mm:ss"), (-1e15, "yyyy-mm-dd")])
def test_a_date_no_calendar_holds_costs_its_row_only(
    suffix: str, value: float, form: str, tmp_path: Path
) -> None:
    path = tmp_path / f"a{suffix}"
    (_xlsx if suffix == ".xlsx" else _xls)(path, value, form)
    reading = read_any(path).challenges
    assert reading is not None
    assert [record.title for record in reading.records] == ["乙"]
    assert [(reject.row, reject.reason) for reject in reading.rejects] == [
        (2, "有一格的日期或时间超出范围")
    ]
    assert reading.count.unaccounted == 0


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_entry_that_does_not_unpack(method: int, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("a.csv", "序号,项目名称,需求单位\n1,甲,某厂\n" * 20)
    content = bytearray(path.read_bytes())
    content[36:60] = bytes(byte ^ 0x5A for byte in content[36:60])
    path.write_bytes(bytes(content))
    with pytest.raises(InputError, match="解不开"):
        list(read_any_of(path))


def test_tables_in_tables_are_read_once(tmp_path: Path) -> None:
    """Reading every cell again at every level took twice as long with each."""
    document = Document()
    table = document.add_table(2, 2)
    for column, label in enumerate(("项目名称", "需求单位")):
        table.cell(0, column).text = label
    table.cell(1, 1).text = "某厂"
    cell = table.cell(1, 0)
    for _ in range(40):
        cell = cell.add_table(1, 1).cell(0, 0)
    cell.text = "甲"
    document.save(path := tmp_path / "a.docx")
    reading = read_any(path).challenges
    assert reading is not None
    assert [record.title for record in reading.records] == ["甲"]


def test_a_span_that_is_no_number(tmp_path: Path) -> None:
    document = Document()
    table = document.add_table(2, 2)
    for row, texts in enumerate((("项目名称", "需求单位"), ("甲", "某厂"))):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    span = OxmlElement("w:gridSpan")
    span.set(qn("w:val"), "²")
    table.cell(0, 0)._tc.get_or_add_tcPr().append(span)
    document.save(path := tmp_path / "a.docx")
    reading = read_any(path).challenges
    assert reading is not None
    assert [record.title for record in reading.records] == ["甲"]


def test_numbers_longer_than_any_amount_are_none() -> None:
    assert parse_duration("9" * 400) is None
    assert parse_duration("9" * 400 + "年") is None
    assert parse_money("9" * 400) is None
    assert parse_money("一" * 5000 + "万元") is None
    assert han_numbers("〇" * 3 + "七") == "7"
    assert len(han_numbers("一" * 5000)) == 5000


def test_a_pasted_text_is_named_by_its_first_line(tmp_path: Path) -> None:
    path = tmp_path / "粘贴的文字"
    lines = [
        "海上风电齿轮箱轴承",
        "需求单位：大连某厂",
        "主要问题：轴承疲劳寿命不足",
        "榜额：200万元",
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    reading = read_challenges(path)
    (challenge,) = reading.records
    assert (challenge.title, challenge.bounty_wan) == ("海上风电齿轮箱轴承", 200)
    assert (reading.count.used, reading.count.unaccounted) == (4, 0)
    for first in ("关于征集技术需求的通知", "名称见附件。", "2026年榜单"):
        path.write_text("\n".join([first, *lines[1:]]), encoding="utf-8")
        (challenge,) = read_challenges(path).records
        assert challenge.title == ""


def test_a_sign_lost_before_a_number_is_told_and_a_traditional_total_known(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    text = "序號,項目名稱,考核指標,榜額\n1,軸承鋼,合格率?85%,500\n合計,,,500\n"
    path.write_bytes(text.encode("big5hkscs"))
    reading = read_challenges(path)
    assert [omitted.why for omitted in reading.omitted] == ["表头", "合计行"]
    assert any("合格率?85%" in warning for warning in reading.warnings)
    assert reading.records[0].indicators_text == "合格率?85%"
