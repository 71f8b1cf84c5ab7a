"""XLSX as written here, with openpyxl.

A cell holds at most 32,767 characters; a longer text goes on in columns named ``…（续2）``,
``…（续3）`` and is put together again on reading. Control characters, which XML cannot hold, are
written in Excel's own form ``_x000B_``; U+FFFE and U+FFFF, which no spreadsheet can hold in any
form, become U+FFFD. Every text is written as text: nothing runs as a formula.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from matcher.corpora.formats.sheet_files import sheet_files
from matcher.corpora.table import Cell, Sheet
from matcher.errors import InputError

_MAX_TEXT = 32_767
_LINE = 15.0
_MAX_ROWS = 1_048_576
_MAX_COLUMNS = 16_384
_MAX_EXACT = 2**53
# ECMA-376 part 1, 22.9.2.19 (ST_Xstring): what XML cannot hold is written _xHHHH_.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0d\x0e-\x1f]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_NONCHARACTER = re.compile(r"[\ufffe\uffff]")
_FORMULA_SIGNS = tuple("=+-@\t\r\n＝＋－＠#")


def write_xlsx(sheets: Sequence[Sheet], path: Path) -> None:
    """Write tables as the sheets of a workbook: header frozen and filtered, widths set.

    Raises:
        InputError: more rows or columns than a sheet can hold.
    """
    with sheet_files():
        made = _written(sheets)
    path.write_bytes(made.getbuffer())


def _written(sheets: Sequence[Sheet]) -> BytesIO:
    from openpyxl import Workbook

    workbook = Workbook(write_only=True)
    try:
        for sheet in sheets:
            _write_sheet(workbook, _with_continuations(sheet))
        made = BytesIO()  # a zip that a full disk cuts off half way cannot even be closed
        workbook.save(made)
    except BaseException:
        for page in workbook.worksheets:
            with suppress(Exception):  # its half-written parts are of no use, whatever their state
                page.close()
        raise
    return made


def _write_sheet(workbook: Any, sheet: Sheet) -> None:
    from openpyxl.utils import get_column_letter

    height, width = len(sheet.rows) + 1, len(sheet.header)
    if height > _MAX_ROWS or width > _MAX_COLUMNS:
        raise InputError(
            "超过一张工作表的容量", given=f"{height} 行 {width} 列",
            expected=f"不超过 {_MAX_ROWS} 行 {_MAX_COLUMNS} 列",
            remedy="改写为 .csv 或 .jsonl，或分成几个文件",
        )  # fmt: skip
    page = workbook.create_sheet(sheet.name)
    page.freeze_panes = "A2"
    page.auto_filter.ref = f"A1:{get_column_letter(width)}{height}"
    widths = [_width(sheet, index) for index in range(width)]
    for index, wide in enumerate(widths):
        page.column_dimensions[get_column_letter(index + 1)].width = wide
    for name, options in sheet.choices.items():
        page.data_validations.append(_drop_down(list(sheet.header).index(name), height, options))
    page.append([_header_cell(page, name) for name in sheet.header])
    for index, row in enumerate(sheet.rows):
        cells = [_cell(page, cell) for cell in row]
        if sheet.marked:
            marked = sheet.marked[index]
            page.row_dimensions[index + 2].height = max(
                row_height([str(cell)], wide) for cell, wide in zip(row, widths, strict=True)
            )
            cells = _styled(page, cells, list(sheet.header).index(marked) if marked else None)
        page.append(cells)


def _styled(page: Any, cells: Sequence[Any], marked: int | None) -> list[Any]:
    """Texts wrapped, and the cell to look at coloured."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import Cell as MadeCell
    from openpyxl.styles import Alignment, PatternFill

    styled = []
    for index, cell in enumerate(cells):
        made = cell if isinstance(cell, MadeCell) else WriteOnlyCell(page, value=cell)
        made.alignment = Alignment(wrap_text=True, vertical="top")
        if index == marked:
            made.fill = PatternFill("solid", fgColor="FFE3E0")
        styled.append(made)
    return styled


def _drop_down(index: int, height: int, options: Sequence[str]) -> Any:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    letter = get_column_letter(index + 1)
    listed = DataValidation("list", f'"{",".join(options)}"', allow_blank=True)
    listed.add(f"{letter}2:{letter}{max(2, height)}")
    return listed


def _width(sheet: Sheet, index: int) -> int:
    """In characters of Latin. The first rows stand for all."""
    texts = [sheet.header[index], *(str(row[index])[:30] for row in sheet.rows[:50])]
    return min(max(max(map(_length, texts)) + 4, 10), 50)


def _length(text: str) -> int:
    """In characters of Latin; a Chinese one takes two."""
    return sum(1 if char.isascii() else 2 for char in text)


def row_height(texts: Iterable[str], width: float) -> float:
    """In points, for the longest of some texts to show in full in columns of a width.

    Programs do not work it out themselves when they open a file. Twenty lines are enough.
    """
    lines = (
        sum(-(-max(_length(part), 1) // max(1, int(width) - 2)) for part in text.split("\n"))
        for text in texts
    )
    return _LINE * min(max(lines, default=1), 20)


def _header_cell(page: Any, name: str) -> Any:
    from openpyxl.styles import Font

    cell = _text_cell(page, name)
    cell.font = Font(bold=True)
    return cell


def _cell(page: Any, value: Cell) -> Any:
    """What openpyxl writes as meant stays as it is; the rest becomes an explicit cell."""
    if value == "":
        return None
    if isinstance(value, str):
        return _text_cell(page, value) if value.startswith(_FORMULA_SIGNS) else _escape(value)
    if isinstance(value, date):
        # Before March 1900 the day numbers of spreadsheets go wrong.
        return value if value.year > 1900 else value.isoformat()
    if isinstance(value, int) and abs(value) >= _MAX_EXACT:
        return str(value)
    return _number_cell(page, value) if isinstance(value, float) else value


def _text_cell(page: Any, text: str) -> Any:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(page, value=_escape(text))
    cell.data_type = "s"
    if text.startswith(_FORMULA_SIGNS):
        cell.quotePrefix = True  # still text after someone edits the cell
    return cell


def _number_cell(page: Any, value: float) -> Any:
    """With all 17 digits, of which openpyxl by itself writes 16."""
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(page, value=repr(value))
    cell.data_type = "n"
    return cell


def _escape(text: str) -> str:
    text.encode()  # half a surrogate pair would make a file that no program opens
    text = _LOOKS_ESCAPED.sub("_x005F_", text)
    text = _CONTROL.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    return _NONCHARACTER.sub("\ufffd", text)


def _with_continuations(sheet: Sheet) -> Sheet:
    """The same table with every text short enough for a cell."""
    parts = [[_split(cell) for cell in row] for row in sheet.rows]
    counts = [max((len(row[i]) for row in parts), default=1) for i in range(len(sheet.header))]
    if all(count == 1 for count in counts):
        return sheet
    header: list[str] = []
    for name, count in zip(sheet.header, counts, strict=True):
        header += [name, *(f"{name}（续{part}）" for part in range(2, count + 1))]
    rows: list[list[Cell]] = []
    for row in parts:
        padded = [p + [""] * (count - len(p)) for p, count in zip(row, counts, strict=True)]
        rows.append([cell for group in padded for cell in group])
    return Sheet(sheet.name, header, rows, sheet.choices, sheet.marked)


def _split(cell: Cell) -> list[Cell]:
    if not isinstance(cell, str) or _stored_length(cell) <= _MAX_TEXT:
        return [cell]
    size = _MAX_TEXT
    while True:
        parts: list[Cell] = [cell[i : i + size] for i in range(0, len(cell), size)]
        if all(_stored_length(str(part)) <= _MAX_TEXT for part in parts):
            return parts
        size //= 2


def _stored_length(text: str) -> int:
    """In UTF-16 units and with escapes, as Excel counts."""
    if len(text) * 7 <= _MAX_TEXT:  # an escape takes seven characters
        return len(text)
    escaped = _escape(text)
    return len(escaped) + sum(char > "\uffff" for char in escaped)
