"""What the reader of values does not tell of an .ods: merged ranges, and what is beside the cells.

It is looked through before the values are read, in one pass: a row may say that it stands for a
million, and the reader of values would write them all out.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from typing import Any

from matcher.confinement import go_on
from matcher.corpora.formats.enclosed import some_of
from matcher.corpora.formats.format import SourceFile
from matcher.corpora.grid import Merge
from matcher.errors import InputError

_NAMES = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_TABLE, _OFFICE, _DRAW = _NAMES % "table", _NAMES % "office", _NAMES % "drawing"
# Rows that say the same one after another; who fills in a list repeats a few.
_MOST_REPEATED = 20_000
_SECONDS, _ELEMENTS, _SHOWN = 60, 10_000, 8
_BOXES = tuple(f"{_DRAW}{name}" for name in ("text-box", "custom-shape", "rect", "ellipse"))
_SAID = {
    f"{_OFFICE}annotation": ("批注没有读入", "要紧的写进格里"),
    f"{_TABLE}tracked-changes": ("修订里删去或改掉的内容没有读入", "仍然有效的先拒绝这处修订"),
    **dict.fromkeys(_BOXES, ("文本框、图形里的文字没有读入", "要紧的写进格里")),
}
_INNER = ("格里的小表没有读入", "把它移到单独的工作表")


@dataclass(slots=True)
class Layout:
    """Merged ranges of each sheet, and sentences on the whole file."""

    merges: dict[str, list[Merge]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def layout_of(source: SourceFile) -> Layout:
    """Look through the content of an .ods.

    Raises:
        InputError: rows that hold something are repeated more often than anybody fills in.
        ValueError: a row that is repeated less than once; and what unpacking and parsing raise.
    """
    from lxml import etree

    look = _Look(source)
    tags = (*_SAID, *(f"{_TABLE}{name}" for name in (
        "table", "table-row", "table-cell", "covered-table-cell")))  # fmt: skip
    with zipfile.ZipFile(source.path) as archive, archive.open("content.xml") as stream:
        events = etree.iterparse(
            stream, events=("start", "end"), tag=tags, resolve_entities=False, no_network=True
        )
        for number, (event, element) in enumerate(events):
            if number % _ELEMENTS == 0:
                go_on(_SECONDS)
            look.begins(element) if event == "start" else look.ends(element)
    return Layout(look.merges, look.notes())


class _Look:
    """Where one is in the content; of a table within a cell only that it is there."""

    def __init__(self, source: SourceFile) -> None:
        self.merges: dict[str, list[Merge]] = {}
        self._source = source
        self._told: dict[tuple[str, str], int] = {}
        self._hidden: list[str] = []
        self._sheet = ""
        self._depth = self._row = self._column = self._repeated = 0

    def begins(self, element: Any) -> None:
        """An element of which the attributes are known."""
        name = element.tag.removeprefix(_TABLE)
        if name == "table":
            self._depth += 1
            if self._depth == 1:
                self._sheet, self._row = element.get(f"{_TABLE}name", ""), 0
            else:
                self._told[_INNER] = self._told.get(_INNER, 0) + 1
        elif self._depth == 1 and name == "table-row":
            self._column = 0
        elif self._depth == 1 and name.endswith("table-cell"):
            self._cell(element)

    def ends(self, element: Any) -> None:
        """The same with all that is in it."""
        name = element.tag.removeprefix(_TABLE)
        if element.tag in _SAID:
            there = any(text.strip() for text in element.itertext())
            self._told[_SAID[element.tag]] = self._told.get(_SAID[element.tag], 0) + there
        elif name == "table":
            self._depth -= 1
        elif name == "table-row" and self._depth == 1:
            self._end_row(element)
            element.clear()

    def notes(self) -> list[str]:
        """What is said of the file."""
        said = [f"{what}：{n} 处；{remedy}" for (what, remedy), n in self._told.items() if n]
        if self._hidden:
            rows = some_of(self._hidden, "行", _SHOWN)
            said.append(f"隐藏的行照样读入：{rows}；不要的先在表里删去")
        return said

    def _cell(self, element: Any) -> None:
        down = _times(element, "number-rows-spanned")
        across = _times(element, "number-columns-spanned")
        if down > 1 or across > 1:
            top, left = self._row + 1, self._column
            merge = Merge(top, left, self._row + down, left + across - 1)
            self.merges.setdefault(self._sheet, []).append(merge)
        self._column += _times(element, "number-columns-repeated")

    def _end_row(self, element: Any) -> None:
        times = _times(element, "number-rows-repeated")
        if times < 1:
            raise ValueError(f"第 {self._row + 1} 行重复 {times} 次")
        holds = (times > 1 or element.get(f"{_TABLE}visibility")) and _holds_anything(element)
        if holds and element.get(f"{_TABLE}visibility", "visible") != "visible":
            self._hidden.append(f"「{self._sheet}」第{self._row + 1}行")
        self._repeated += times - 1 if holds else 0
        if self._repeated > _MOST_REPEATED:
            raise InputError(
                "表格范围过大", given=f"{self._source.path}「{self._sheet}」：第 {self._row + 1} 行"
                f"写着重复 {times} 次", expected=f"相同的行不超过 {_MOST_REPEATED} 行",
                remedy="删去多余的行，保存后再试",
            )  # fmt: skip
        self._row += times


def _holds_anything(row: Any) -> bool:
    """Whether the reader of values writes a row out: an empty text is a value, too."""
    return any(cell.get(f"{_OFFICE}value-type") or any(cell.itertext()) for cell in row)


def _times(element: Any, name: str) -> int:
    return int(element.get(f"{_TABLE}{name}", 1))
