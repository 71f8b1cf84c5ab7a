"""Workbooks as XML (SpreadsheetML 2003), which report systems save with the ending .xls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from matcher.corpora.formats.format import Format, Sample, SourceFile
from matcher.corpora.formats.safety import MAX_CELLS, MAX_COLUMNS, MAX_MARKUP
from matcher.corpora.grid import Grid, GridRow, Merge
from matcher.errors import InputError

_NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"
_SS = f"{{{_NAMESPACE}}}"
_STRUCK = "{http://www.w3.org/TR/REC-html40}S"
_SHOWN = 100


def read_xml_workbook(source: SourceFile) -> list[Grid]:
    """The sheets that hold anything.

    Raises:
        InputError: damaged, or wider than a table is.
    """
    from lxml import etree

    # No entity is resolved and nothing is fetched, whatever the file asks for.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.parse(str(source.path), parser).getroot()
    except etree.XMLSyntaxError as error:
        raise InputError(
            "读不了这个 XML 工作簿", given=f"{source.name} ({str(error)[:100]})",
            expected="完好的工作簿", remedy="在 Excel 或 WPS 中打开，另存为 .xlsx",
        ) from error  # fmt: skip
    grids = [_grid(sheet, source) for sheet in root.iter(f"{_SS}Worksheet")]
    return [grid for grid in grids if grid.total]


def _grid(sheet: Any, source: SourceFile) -> Grid:
    merges: list[Merge] = []
    struck: list[str] = []
    rows = list(_rows(sheet, merges, struck, source))
    notes = [*_told(struck), *_comments(sheet)]
    return Grid(sheet.get(f"{_SS}Name"), iter(rows), merges, len(rows), notes=notes)


def _told(struck: list[str]) -> list[str]:
    words = "、".join(filter(None, (word.strip() for word in struck)))
    return (
        [f"格里划了删除线的字没有读入：{words[:_SHOWN]}；仍然有效的先去掉删除线"] if words else []
    )


def _comments(sheet: Any) -> list[str]:
    found = sheet.iter(f"{_SS}Comment")
    count = sum(any(text.strip() for text in comment.itertext()) for comment in found)
    return [f"批注没有读入：{count} 处；要紧的写进格里"] if count else []


def _rows(
    sheet: Any, merges: list[Merge], struck: list[str], source: SourceFile
) -> Iterator[GridRow]:
    number = held = 0
    for row in sheet.iter(f"{_SS}Row"):
        number = _place(row, number + 1, source)
        cells: list[str] = []
        for cell in row.iter(f"{_SS}Cell"):
            column = _place(cell, len(cells) + 1, source) - 1
            if column >= MAX_COLUMNS or (held := held + 1) > MAX_CELLS:
                raise _too_large(source)
            cells += [""] * (column - len(cells))
            cells.append(_text(cell, struck))
            _merge(cell, number, column, merges, source)
            cells += [""] * _count(cell, "MergeAcross", source)
        if any(cells):
            yield GridRow(number, cells)


def _text(cell: Any, struck: list[str]) -> str:
    data = cell.find(f"{_SS}Data")
    if data is None:
        return ""
    text = "".join(_valid(data, struck))
    kind = data.get(f"{_SS}Type")
    if kind == "DateTime":
        return text.partition("T")[0]
    return text.removesuffix(".0") if kind == "Number" else text


def _valid(element: Any, struck: list[str]) -> Iterator[str]:
    """The text of a cell without the words struck out in it."""
    if element.tag == _STRUCK:
        struck.append("".join(element.itertext()))
        return
    yield element.text or ""
    for child in element:
        yield from _valid(child, struck)
        yield child.tail or ""


def _merge(cell: Any, row: int, column: int, merges: list[Merge], source: SourceFile) -> None:
    across, down = _count(cell, "MergeAcross", source), _count(cell, "MergeDown", source)
    if across or down:
        merges.append(Merge(row, column, row + down, column + across))


def _place(element: Any, expected: int, source: SourceFile) -> int:
    """Where a row or cell stands, from 1: its index if it names one beyond the expected."""
    stated = _count(element, "Index", source)
    return max(stated, expected) if stated else expected


def _count(element: Any, name: str, source: SourceFile) -> int:
    value = element.get(f"{_SS}{name}", "0")
    if not value.isdecimal() or len(value) > 7 or int(value) > MAX_CELLS // MAX_COLUMNS * 50:
        raise _too_large(source)
    return int(value)


def _too_large(source: SourceFile) -> InputError:
    return InputError(
        "工作簿的行列超出范围", given=source.name, expected=f"不超过 {MAX_COLUMNS} 列",
        remedy="在 Excel 或 WPS 中打开，删去空白的行列，另存为 .xlsx",
    )  # fmt: skip


def _is_it(sample: Sample) -> bool:
    return sample.lower.startswith(b"<?xml") and _NAMESPACE.encode() in sample.lower


XML_WORKBOOK = Format("xml-workbook", _is_it, read_xml_workbook, MAX_MARKUP, confined=True)
