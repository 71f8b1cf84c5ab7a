"""The sheets judges fill in: a workbook for Excel, or plain text for any editor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from matcher.atomic import atomic_path
from matcher.contacts import hide_contacts
from matcher.errors import InputError
from matcher.judging.blind import Blind, blind
from matcher.judging.pool import Deal
from matcher.records import Challenge, Team
from matcher.text.normalise import clean

CODE, GRADE = "编号", "等级"
HEADER = (CODE, "专业", "研究方向", "能力和设备", "成果", GRADE, "备注")
_WIDTHS = (10, 18, 42, 28, 46, 8, 20)
_CHALLENGES_A_SHEET = 26
_LINE, _TALLEST = 15, 400
BLOCK = "--- "
GRADES = (
    (3, "正对题：研究方向或成果就是这个问题，或正是解决它的技术；应当首先联系。一题通常 0–4 个"),
    (2, "接近：同一类技术、材料或设备，稍作延伸可以牵头；值得联系"),
    (1, "同一大领域：能承担一部分，不宜牵头"),
    (0, "无关"),
)
_HOW = (
    "逐行阅读后在“等级”一栏填 0、1、2、3；拿不准时想一想：会不会打电话给这个团队？会，填 2 或 3。",
    "只看所列的方向、能力和成果；单位、负责人、级别、荣誉已隐去，次序是打乱的，请不要查找是谁。",
    "每一行都填；确实无法判断的留空，并写备注。不要改动编号，不要与别的评判人商量。",
)


def write_sheet(
    deals: Sequence[Deal], challenges: Mapping[str, Challenge], teams: Mapping[str, Team],
    path: Path, judge: str,
) -> None:  # fmt: skip
    """Write one judge's sheet; the name's ending says which form.

    Args:
        deals: in the order of the sheet.
        challenges, teams: by id.
        path: ``.xlsx`` or ``.txt``.
        judge: stands at the head.

    Raises:
        InputError: another ending.
        StorageError: the disk refuses.
    """
    seen = {i.team_id: blind(teams[i.team_id]) for one in deals for i in one.items}
    if path.suffix.lower() == ".txt":
        text = "\n".join(_text(deals, challenges, seen, judge))
        with atomic_path(path) as temporary:
            temporary.write_text(text + "\n", encoding="utf-8")
    elif path.suffix.lower() == ".xlsx":
        with atomic_path(path) as temporary:
            _workbook(deals, challenges, seen, temporary, judge)
    else:
        raise InputError(
            "评判表只写成 .xlsx 或 .txt", given=path.name, remedy="把扩展名改为其中一种"
        )


def _text(
    deals: Sequence[Deal], challenges: Mapping[str, Challenge], seen: Mapping[str, Blind],
    judge: str,
) -> Iterator[str]:  # fmt: skip
    yield f"评判表 {judge}"
    yield from _HOW
    yield from (f"  {grade}  {meaning}" for grade, meaning in GRADES)
    for number, one in enumerate(deals, 1):
        title, problem = _asked(challenges[one.challenge_id])
        yield f"\n======== 第 {number} 题 {title}"
        yield problem
        for item in one.items:
            team = seen[item.team_id]
            yield f"\n{BLOCK}{item.code}"
            shown = (team.subject, team.directions, team.capabilities, team.results)
            yield from (
                f"  {name}：{text.replace(chr(10), '；')}"
                for name, text in zip(HEADER[1:5], shown, strict=True)
                if text
            )
            yield f"{GRADE}："


def _asked(challenge: Challenge) -> tuple[str, str]:
    parts = (challenge.problem, challenge.tech_difficulties, challenge.research_content,
             challenge.indicators_text)  # fmt: skip
    return clean(challenge.title), hide_contacts("\n".join(filter(None, map(clean, parts))))


def _workbook(
    deals: Sequence[Deal], challenges: Mapping[str, Challenge], seen: Mapping[str, Blind],
    path: Path, judge: str,
) -> None:  # fmt: skip
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        formats = _formats(book)
        _guide(book, formats, judge, deals)
        for first in range(0, len(deals), _CHALLENGES_A_SHEET):
            group = deals[first : first + _CHALLENGES_A_SHEET]
            page = book.add_worksheet(f"第{first // _CHALLENGES_A_SHEET + 1}组")
            _set_up(page, formats)
            row = 1
            for number, one in enumerate(group, first + 1):
                row = _block(page, formats, row, number, one, challenges, seen)


def _formats(book: Any) -> dict[str, Any]:
    cell = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#D0D5DD"}
    grade = {**cell, "align": "center", "valign": "vcenter", "font_size": 14, "locked": False}
    return {
        "head": book.add_format({**cell, "bold": True, "bg_color": "#E4E9F2"}),
        "title": book.add_format({"bold": True, "font_size": 16}),
        "band": book.add_format({**cell, "bold": True, "bg_color": "#F3F6FA"}),
        "asked": book.add_format({**cell, "bg_color": "#F3F6FA"}),
        "cell": book.add_format(cell),
        "grade": book.add_format({**grade, "bg_color": "#FFFBE6"}),
        "note": book.add_format({**cell, "locked": False}),
    }


def _guide(book: Any, formats: Mapping[str, Any], judge: str, deals: Sequence[Deal]) -> None:
    page = book.add_worksheet("说明")
    page.hide_gridlines(2)
    page.set_column(0, 0, 8)
    page.set_column(1, 1, 100)
    _printed(page)
    page.set_row(0, 2 * _LINE)
    page.write(0, 0, f"评判表 {judge}", formats["title"])
    pairs = sum(len(one.items) for one in deals)
    page.write(1, 0, f"{len(deals)} 项技术需求，{pairs} 行；在后面各表的“等级”一栏填写。")
    page.write_row(3, 0, (GRADE, "意思"), formats["head"])
    row = 4
    for row, (grade, meaning) in enumerate(GRADES, 4):
        page.write_number(row, 0, grade, formats["cell"])
        page.write(row, 1, meaning, formats["cell"])
    for line in _HOW:
        row += 1
        page.merge_range(row, 0, row, 1, line, formats["cell"])
        page.set_row(row, 1.5 * _LINE)


def _set_up(page: Any, formats: Mapping[str, Any]) -> None:
    page.write_row(0, 0, HEADER, formats["head"])
    for column, width in enumerate(_WIDTHS):
        page.set_column(column, column, width)
    page.freeze_panes(1, 1)
    page.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})
    page.repeat_rows(0)
    _printed(page)


def _printed(page: Any) -> None:
    """On A4 across, as wide as the paper."""
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)


def _block(
    page: Any, formats: Mapping[str, Any], row: int, number: int, one: Deal,
    challenges: Mapping[str, Challenge], seen: Mapping[str, Blind],
) -> int:  # fmt: skip
    """A band with the challenge, and under it a row a team; returns the next free row."""
    title, problem = _asked(challenges[one.challenge_id])
    last = len(HEADER) - 1
    page.merge_range(row, 0, row, last, f"第 {number} 题　{title}", formats["band"])
    page.merge_range(row + 1, 0, row + 1, last, problem, formats["asked"])
    page.set_row(row + 1, _height([(problem, sum(_WIDTHS))]))
    first = row + 2
    for at, item in enumerate(one.items, first):
        team = seen[item.team_id]
        texts = (item.code, team.subject, team.directions, team.capabilities, team.results)
        for column, text in enumerate(texts):
            page.write_string(at, column, text, formats["cell"])
        page.write_blank(at, last - 1, None, formats["grade"])
        page.write_blank(at, last, None, formats["note"])
        page.set_row(at, _height(list(zip(texts, _WIDTHS, strict=False))))
    end = first + len(one.items)
    page.data_validation(
        first, last - 1, end - 1, last - 1,
        {
            "validate": "integer", "criteria": "between", "minimum": 0, "maximum": 3,
            "error_title": "等级", "error_message": "只能填 0、1、2、3；无法判断的留空并写备注。",
        },
    )  # fmt: skip
    return end


def _height(texts: Sequence[tuple[str, float]]) -> float:
    """Points that hold the longest of some texts in columns of these widths (in letters)."""
    # A Chinese character takes the room of two letters.
    lines = (
        sum(max(1, -(-2 * len(line) // max(int(width) - 2, 1))) for line in text.split("\n"))
        for text, width in texts
    )
    return min(_TALLEST, _LINE * max(lines) + 4)
