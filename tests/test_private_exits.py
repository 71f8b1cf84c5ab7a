"""What was written beside a need to reach somebody comes out at no public exit."""

from __future__ import annotations

from pathlib import Path

import docx
import openpyxl
import pytest

from .conftest import Cli

_PRIVATE = ("13800000000", "0411-80000000", "zhangyi@example.org")
_REACH = "有意的加微信 13800000000（张一），或打 0411-80000000 转 801，图纸发 zhangyi@example.org"
_PROBLEM = f"柱塞泵密封圈两个月就漏，想换材料。{_REACH}"
_HEADERS = ("榜单编号", "项目名称", "需求单位", "主要问题", "备注")
_ROW = ("2026-01", "高压柱塞泵密封改进", "示例液压件厂", _PROBLEM, _REACH)
_NOTICE = f"关于征集技术需求的通知\n各有关单位：\n现面向全市征集技术需求。{_REACH}\n特此通知。"


def _csv(path: Path) -> None:
    path.write_text(f"{','.join(_HEADERS)}\n{','.join(_ROW)}\n", "utf-8")


def _xlsx(path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (_HEADERS, _ROW):
        book.active.append(row)
    book.save(path)


def _docx(path: Path) -> None:
    made = docx.Document()
    table = made.add_table(len(_HEADERS), 2)
    for row, pair in zip(table.rows, zip(_HEADERS, _ROW, strict=True), strict=True):
        for cell, text in zip(row.cells, pair, strict=True):
            cell.text = text
    made.save(str(path))


@pytest.mark.parametrize(
    ("name", "write"), [("榜单.csv", _csv), ("榜单.xlsx", _xlsx), ("需求.docx", _docx)]
)
def test_no_exit_of_the_command_line_shows_a_contact(
    name: str, write: object, tmp_path: Path, cli: Cli
) -> None:
    assert callable(write)
    write(tmp_path / name)
    checked = cli("import", name, "--check")
    done = cli("import", name)
    assert done.code == 0
    shown = cli("show", "2026-01")
    assert "高压柱塞泵密封改进" in shown.out
    exits = (checked, done, shown, cli("show", "2026-01", "--json"), cli("history", "2026-01"))
    for text in _PRIVATE:
        assert not any(text in out.out + out.err for out in exits)


def test_a_notice_is_shown_without_its_contacts(tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "通知.txt").write_text(_NOTICE, "utf-8")
    done = cli("import", "通知.txt", "--check")
    assert "现面向全市征集技术需求" in done.out
    assert not any(text in done.out + done.err for text in _PRIVATE)
