"""Sheets of a workbook: a declared table with its links, and how it is drawn."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from matcher.report.tables.table import Column, Formula, Look, Table
from matcher.report.words import fill

HEADER_ROW = 2
FIRST_ROW = HEADER_ROW + 1
# What a cell of the format can hold.
_LONGEST = 32_000
# The most characters side by side that A4 across still prints in 9 points; wider pages take A3.
_A4_WIDTH = 165
_A4, _A3 = 9, 8
_FONT = "微软雅黑"
_MOST_HEADER_LINES = 10
_HEAD_HEIGHT = 17.0
# What staff fill in.
_OPEN = "#FFFBE6"
_BAR = "#9DC3E6"
_HEAD = "#DCE6F1"
_NOT_PRINTED = "（默认不打印；要打印本页，先选“页面布局 → 打印区域 → 取消打印区域”。）"
_IS_WIDE = "\u2000".__le__
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Link:
    """A cell that leads to a row (from 0) of another page."""

    text: str
    page: str
    row: int


Shown = str | int | float | Link | Formula | None


@dataclass(frozen=True, slots=True)
class Page:
    """A declared table with its cells as a sheet holds them.

    Attributes:
        printed: with the workbook; else when the reader chooses to.
    """

    table: Table[Any]
    rows: tuple[tuple[Shown, ...], ...]
    printed: bool = True

    @property
    def heads(self) -> frozenset[int]:
        """Rows (from 0) that head those after them."""
        opens = self.table.opens_block
        if opens is None:
            return frozenset()
        return frozenset(n for n, row in enumerate(self.table.rows) if opens(row))

    @property
    def name(self) -> str:
        """Of the sheet."""
        return self.table.name

    @property
    def columns(self) -> tuple[Column[Any], ...]:
        """Those of the sheet."""
        return self.table.on("xlsx")

    @property
    def last_row(self) -> int:
        """The last row of the table (from 0); the header where there are no rows."""
        return HEADER_ROW + len(self.rows)

    @property
    def filter_place(self) -> int | None:
        """Which column is filtered (from 0)."""
        wanted = self.table.opens_with
        return None if wanted is None else self.table.headers("xlsx").index(wanted[0])

    def opens_with(self, cells: Sequence[Shown]) -> bool:
        """Whether a row is there before anybody touches the filter."""
        wanted, place = self.table.opens_with, self.filter_place
        return wanted is None or place is None or cells[place] == wanted[1]


def write_pages(title: str, pages: Sequence[Page], path: Path) -> None:
    """Draw pages with frozen headers, filters, widths, colours, links and a print set-up.

    Strings are written as strings: no text of a record is ever a formula.
    """
    import xlsxwriter

    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_format_properties": {"font_name": _FONT, "font_size": 10},
    }
    made = io.BytesIO()  # a zip that a full disk cuts off half way cannot even be closed
    with xlsxwriter.Workbook(made, options) as book:
        # A fixed day: a file must not differ for having been made at another time.
        book.set_properties({"title": title, "created": datetime(2021, 1, 1)})
        pen = _Pen(book)
        for page in pages:
            pen.draw(page, title)
    path.write_bytes(made.getbuffer())


class _Pen:
    def __init__(self, book: Any) -> None:
        self.book = book
        self.formats: dict[tuple[str, str, bool, bool], Any] = {}
        self.colours: dict[str, Any] = {}
        base = {"font_name": _FONT, "valign": "vcenter"}
        self.title = book.add_format({**base, "bold": True, "font_size": 14})
        self.head = book.add_format({**base, "bold": True, "bg_color": _HEAD, "top": 1, "bottom": 1,
                                     "border_color": "#D9D9D9", "font_size": 10})  # fmt: skip
        self.lead = book.add_format({**base, "bold": True, "font_size": 10.5})
        self.note = book.add_format({**base, "font_color": "#555555", "font_size": 9})
        self.header = book.add_format({
            **base, "bold": True, "font_color": "#FFFFFF", "bg_color": "#1F4E79", "border": 1,
            "border_color": "#BFBFBF", "text_wrap": True, "align": "center",
        })  # fmt: skip

    def draw(self, page: Page, title: str) -> None:
        """One sheet."""
        sheet = self.book.add_worksheet(page.name)
        columns = page.columns
        last = len(columns) - 1
        first = page.table.one_page  # page one bears the title of the whole
        sheet.write_string(0, 0, title if first else page.name, self.title)
        note = page.table.note if page.printed else f"{page.table.note} {_NOT_PRINTED}"
        sheet.write_string(1, 0, _clean(note), self.lead if first else self.note)
        sheet.set_row(0, 24)
        sheet.set_row(
            HEADER_ROW, _height(page.table.headers("xlsx"), columns, _MOST_HEADER_LINES, least=2)
        )
        for place, column in enumerate(columns):
            opened = place > 0 and columns[place - 1].folded and not column.folded
            fold = {"level": 1, "hidden": True} if column.folded else {"collapsed": opened}
            sheet.set_column(place, place, column.xlsx, None, fold)
            sheet.write_string(HEADER_ROW, place, column.heading("xlsx"), self.header)
        if columns[last].folded:
            sheet.set_column(last + 1, last + 1, None, None, {"collapsed": True})
        heads = page.heads
        for row, cells in enumerate(page.rows, FIRST_ROW):
            height = _height(cells, columns, page.table.most_lines)
            if row - FIRST_ROW in heads:
                height = _HEAD_HEIGHT
            sheet.set_row(row, height, None, {"hidden": not page.opens_with(cells)})
            for place, cell in enumerate(cells):
                if row - FIRST_ROW in heads:
                    sheet.write(row, place, cell, self.head)
                else:
                    self._write(sheet, row, place, cell, columns[place].look)
        sheet.freeze_panes(FIRST_ROW, min(2, last))
        sheet.autofilter(HEADER_ROW, 0, max(FIRST_ROW, page.last_row), last)
        if page.table.opens_with is not None:
            sheet.filter_column_list(page.filter_place, [page.table.opens_with[1]])
        self._checks(sheet, page)
        self._print_setup(sheet, page, title)

    def _checks(self, sheet: Any, page: Page) -> None:
        """What staff may enter; cells refuse the rest and say what is expected."""
        for place, column in enumerate(page.columns):
            rule: dict[str, Any] = {}
            look = column.look
            if look.choices:
                rule = {"validate": "list", "source": list(look.choices)}
                expected = " / ".join(look.choices)
            elif look.marks:
                low, high = look.marks
                rule = {"validate": "decimal", "criteria": "between", "minimum": low,
                        "maximum": high}  # fmt: skip
                expected = f"{low:g} 到 {high:g} 的数"
            if rule and page.rows:
                told = {"error_title": "不能这样填", "error_message": f"应为 {expected}"}
                sheet.data_validation(FIRST_ROW, place, page.last_row, place, {**rule, **told})
            if look.bars and page.rows:
                sheet.conditional_format(FIRST_ROW, place, page.last_row, place, {
                    "type": "data_bar", "bar_color": _BAR, "min_type": "num", "min_value": 0,
                })  # fmt: skip
            if look.word and page.rows:
                for word in look.choices:
                    sheet.conditional_format(FIRST_ROW, place, page.last_row, place, {
                        "type": "cell", "criteria": "==", "value": f'"{word}"',
                        "format": self._fill(fill(word, _OPEN)),
                    })  # fmt: skip

    def _print_setup(self, sheet: Any, page: Page, title: str) -> None:
        shown = sum(column.xlsx for column in page.columns if not column.folded)
        last = len(page.columns) - 1
        if page.printed:
            sheet.print_area(0, 0, page.last_row, last)
        else:  # one cell with nothing in it, until the reader clears the print area
            sheet.print_area(0, last + 2, 0, last + 2)
        if not page.table.one_page:  # upright, so many lines are still large enough
            sheet.set_landscape()
        sheet.set_paper(_A4 if page.table.one_page or shown <= _A4_WIDTH else _A3)
        sheet.set_margins(0.4, 0.4, 0.6, 0.6)
        sheet.fit_to_pages(1, 1 if page.table.one_page else 0)
        sheet.repeat_rows(HEADER_ROW)
        sheet.set_header(f"&L{title.replace('&', '&&')[:200]}&R&A")
        sheet.set_footer("&C第 &P 页，共 &N 页")

    def _write(self, sheet: Any, row: int, place: int, cell: Shown, look: Look) -> None:
        base = _OPEN if look.open else ""
        if isinstance(cell, Link):
            where = f"internal:'{cell.page}'!A{cell.row + 1}"
            form = self._format(base, look.form, link=True)
            sheet.write_url(row, place, where, form, _clean(cell.text) or "→")
        elif isinstance(cell, Formula):
            form = self._format(base, look.form)
            text = cell.text.replace("{row}", str(row + 1))
            sheet.write_formula(row, place, text, form, cell.value)
        elif cell is None or cell == "":
            sheet.write_blank(row, place, None, self._format(base, ""))
        elif isinstance(cell, int | float) and not isinstance(cell, bool):
            sheet.write_number(row, place, cell, self._format(base, look.form))
        else:
            text = _clean(str(cell))
            colour = fill(text, base) if look.word else base
            sheet.write_string(row, place, text, self._format(colour, "", middle=look.word))

    def _fill(self, colour: str) -> Any:
        """A colour alone, over whatever the cell looks like."""
        if colour not in self.colours:
            self.colours[colour] = self.book.add_format({"bg_color": colour})
        return self.colours[colour]

    def _format(self, colour: str, form: str, *, link: bool = False, middle: bool = False) -> Any:
        key = (colour, form, link, middle)
        if key not in self.formats:
            look: dict[str, Any] = {
                "font_name": _FONT, "font_size": 10, "valign": "top", "text_wrap": True,
                "border": 1, "border_color": "#D9D9D9",
            }  # fmt: skip
            if colour:
                look |= {"bg_color": colour}
            if middle:
                look |= {"align": "center"}
            if form:
                look |= {"num_format": form}
            if link:
                look |= {"font_color": "#1F4E9E", "underline": 1}
            self.formats[key] = self.book.add_format(look)
        return self.formats[key]


def _height(
    cells: Sequence[Shown], columns: Sequence[Column[Any]], most: int, *, least: int = 1
) -> float:
    """Points a row needs for its longest cell; programs do not all work it out themselves."""
    lines = least
    for cell, column in zip(cells, columns, strict=False):
        if lines >= most:
            break
        text = cell if isinstance(cell, str) else ""  # numbers stand in one line
        if isinstance(cell, Link):
            text = cell.text
        elif isinstance(cell, Formula):
            text = str(cell.value)
        if not text.startswith("http"):  # nobody reads an address to its end
            room = max(1.0, (column.xlsx - 1) / 1.05)
            if "\n" not in text and 2 * len(text) // room + 1 <= lines:
                continue  # no higher, however wide its letters
            lines = max(lines, sum(int(_wide(part) // room) + 1 for part in text.split("\n")))
    return 15.0 * min(lines, most)


def _wide(text: str) -> int:
    """Columns of a fixed-width font: Chinese characters take two."""
    return len(text) + sum(map(_IS_WIDE, text))


def _clean(text: str) -> str:
    text = _CONTROL.sub("", text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
