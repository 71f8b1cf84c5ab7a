"""Workbooks as grids: .xlsx, .xlsm, .xls and .ods, read with calamine. No macro, link or formula
is run; a formula's last value is read."""

from __future__ import annotations

import re
import zipfile
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum
from python_calamine import SheetVisibleEnum as Visibility

from matcher.corpora.formats.enclosed import enclosed_notes, holds_any
from matcher.corpora.formats.format import Format, Sample, SourceFile
from matcher.corpora.formats.joined import old_office_notes
from matcher.corpora.formats.large_workbook import LargeWorkbook, Outline, is_large
from matcher.corpora.formats.ods_layout import Layout, layout_of
from matcher.corpora.formats.safety import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_WORKBOOK,
    check_markup,
    container,
)
from matcher.corpora.formats.workbook_marks import (
    SheetMarks,
    marks_of,
    sheet_parts,
    unlisted_notes,
)
from matcher.corpora.grid import Grid, GridRow, Merge
from matcher.errors import InputError

_SHOWN = 200
# Of an .xls: the record of a comment's or a box's text; the name of a storage of an object.
_OLD_MARKS = (
    (re.compile(rb"\xb6\x01\x12\x00"), "批注、文本框里的文字没有读入；要紧的写进格里"),
    (re.compile(rb"M\x00B\x00D\x00(?:[0-9A-F]\x00){8}"),
     "嵌入的文件或对象（表格、文档、公式）没有读入；在 Excel 或 WPS 中双击打开，另存后再导入"),
    (re.compile(rb"(?<=.)\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", re.DOTALL),
     "文件里还有另一个旧版 Office 文件（嵌入的，或接在后面的），没有读入；"
     "向来文单位索取分开的文件"),
)  # fmt: skip
_VALUE = re.compile(rb"<(?:\w+:)?[vt][\s>]")


def read_workbook(
    source: SourceFile,
    marks_of: Callable[[SourceFile], Mapping[str, SheetMarks]] = lambda source: {},
    layout: Layout | None = None,
) -> list[Grid]:
    """The visible sheets that hold anything.

    Args:
        source: the file.
        marks_of: what is said of each sheet beside its values, and cells in part struck out.
        layout: the merged ranges of each sheet where calamine does not tell them.

    Raises:
        InputError: not a workbook, damaged, encrypted, or empty.
    """
    with _told(source):
        workbook = CalamineWorkbook.from_path(source.path)
        sheets = [workbook.get_sheet_by_name(name) for name in _visible(workbook)]
        marks = marks_of(source)
        grids = [
            _grid(sheet, source, layout or Layout(), marks.get(sheet.name, SheetMarks()))
            for sheet in sheets
            if sheet.end is not None
        ]
        beside = [*_hidden(workbook, source), *_enclosed(source), *(layout.notes if layout else ())]
    return _filled(grids, beside, source)


def read_xlsx(source: SourceFile) -> list[Grid]:
    """As `read_workbook`, a large one in stretches; rows of that can be gone through once."""
    if not is_large(source.path):
        return read_workbook(source, marks_of)
    with _told(source):
        with zipfile.ZipFile(source.path) as archive:
            workbook = LargeWorkbook(source, dict(sheet_parts(archive)))
        marks = marks_of(source)
        outlines = [(name, workbook.outline(name)) for name in _visible(workbook.book)]
        grids = [
            _large_grid(workbook, name, source, outline, marks.get(name, SheetMarks()))
            for name, outline in outlines
            if outline.rows
        ]
        beside = [*_hidden(workbook.book, source), *_enclosed(source)]
    return _filled(grids, beside, source)


def read_ods(source: SourceFile) -> list[Grid]:
    """As `read_workbook`."""
    with _told(source):
        layout = layout_of(source)
    return read_workbook(source, layout=layout)


def _filled(grids: list[Grid], beside: list[str], source: SourceFile) -> list[Grid]:
    if not grids:
        raise InputError(
            "工作簿里没有内容", given="；".join([str(source.path), *beside]),
            expected="一张有表头和记录的表", remedy="换一个文件",
        )  # fmt: skip
    return [replace(grids[0], notes=[*grids[0].notes, *beside]), *grids[1:]]


def _enclosed(source: SourceFile) -> list[str]:
    """What is said of what the file holds beside its cells."""
    if source.format == "xls":
        content = source.path.read_bytes()
        marked = [said for mark, said in _OLD_MARKS if mark.search(content)]
        return [*marked, *old_office_notes(content)]
    with container(source.path) as archive:
        return [*enclosed_notes(archive), *unlisted_notes(archive)]


def _large_grid(
    workbook: LargeWorkbook, sheet: str, source: SourceFile, outline: Outline, marks: SheetMarks
) -> Grid:
    ranges = workbook.without_rows(sheet, outline).merged_cell_ranges or ()
    rows = _large_rows(workbook, sheet, source, outline)
    found = _mended(rows, marks)
    return Grid(sheet, found, _merges(ranges), outline.rows, notes=marks.notes)


def _large_rows(
    workbook: LargeWorkbook, sheet: str, source: SourceFile, outline: Outline
) -> Iterator[GridRow]:
    done = 0
    with _told(source):
        for stretch in workbook.stretches(sheet, outline):
            _check_extent(stretch, source)
            row, _ = stretch.start or (0, 0)
            yield from (GridRow(number, []) for number in range(done + 1, row + 1))
            yield from _rows(stretch, row + 1)
            done = (stretch.end or (0, 0))[0] + 1


def _visible(workbook: CalamineWorkbook) -> list[str]:
    """Raises: InputError: two have the same name, by which the library finds them."""
    sheets = [s for s in workbook.sheets_metadata if s.typ is SheetTypeEnum.WorkSheet]
    name, times = Counter(sheet.name for sheet in sheets).most_common(1)[0] if sheets else ("", 0)
    if times > 1:
        raise InputError(
            "有同名的工作表", given=f"「{name}」{times} 张", expected="每张工作表一个名称",
            remedy="在 Excel 或 WPS 中打开（必要时修复），另存为 .xlsx",
        )  # fmt: skip
    return [sheet.name for sheet in sheets if sheet.visible is Visibility.Visible]


def _hidden(workbook: CalamineWorkbook, source: SourceFile) -> list[str]:
    """What is said of the sheets that are not shown, or are no tables."""
    sheets = workbook.sheets_metadata
    tables = [sheet for sheet in sheets if sheet.typ is SheetTypeEnum.WorkSheet]
    hidden = [sheet.name for sheet in tables if sheet.visible is not Visibility.Visible]
    hidden = [name for name in hidden if _holds_anything(workbook, name, source)]
    others = [s.name for s in sheets if s not in tables and s.typ is not SheetTypeEnum.ChartSheet]
    said = (
        (hidden, "隐藏的工作表没有读入", "要读入的先取消隐藏"),
        (others, "宏表、对话框表没有读入", "要读入的复制到普通工作表"),
    )
    return [
        f"{what}：{'、'.join(f'「{name}」' for name in names)[:_SHOWN]}；{remedy}"
        for names, what, remedy in said
        if names
    ]


def _holds_anything(workbook: CalamineWorkbook, sheet: str, source: SourceFile) -> bool:
    if source.format != "xlsx":
        return workbook.get_sheet_by_name(sheet).end is not None
    with container(source.path) as archive:
        part = dict(sheet_parts(archive)).get(sheet)
        return part is not None and holds_any(archive, part, _VALUE)


def _check_extent(sheet: CalamineSheet, source: SourceFile) -> None:
    """Raises: InputError: wider or larger than anybody fills in."""
    end = sheet.end or (0, 0)
    rows, columns = end[0] + 1, end[1] + 1
    if columns > MAX_COLUMNS or rows * columns > MAX_CELLS:
        raise InputError(
            "表格范围过大", given=f"{source.path}「{sheet.name}」：{rows} 行 {columns} 列",
            expected=f"不超过 {MAX_COLUMNS} 列、{MAX_CELLS // 10_000} 万格",
            remedy="删去表格右侧和下方多余的行列（选中后删除，不是清除内容），保存后再试",
        )  # fmt: skip


def _grid(sheet: CalamineSheet, source: SourceFile, layout: Layout, marks: SheetMarks) -> Grid:
    _check_extent(sheet, source)
    ranges = sheet.merged_cell_ranges
    merges = layout.merges.get(sheet.name, []) if ranges is None else _merges(ranges)
    found = _mended(_rows(sheet), marks)
    return Grid(sheet.name, found, merges, (sheet.end or (0, 0))[0] + 1, notes=marks.notes)


def _mended(rows: Iterator[GridRow], marks: SheetMarks) -> Iterator[GridRow]:
    """The rows without the words struck out in some of their cells, and which are written twice."""
    if not marks.texts and not marks.twice:
        yield from rows
        return
    for row in rows:
        cells = [marks.texts.get((row.number, i), cell) for i, cell in enumerate(row.cells)]
        damage = "这一行在文件里写了两次，内容不同" if row.number in marks.twice else row.damage
        yield GridRow(row.number, cells, damage)


def _merges(ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> list[Merge]:
    return [Merge(top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in ranges]


def _rows(sheet: CalamineSheet, first: int = 1) -> Iterator[GridRow]:
    """The rows from the first filled one or before, one by one; a date that no calendar holds costs
    its row, not the workbook.
    """
    rows = iter(sheet.iter_rows())
    # The library leaves out the columns before the first that holds anything.
    blank = [""] * (sheet.start or (0, 0))[1]
    deque(islice(rows, first - 1), maxlen=0)
    for number in range(first, (sheet.end or (0, 0))[0] + 2):
        try:
            cells = next(rows)
        except StopIteration:
            return
        except BaseException as error:
            _raise_unless_of_library(error)
            yield GridRow(number, [], "有一格的日期或时间超出范围")
        else:
            yield GridRow(number, [*blank, *cells] if blank else cells)


@contextmanager
def _told(source: SourceFile) -> Iterator[None]:
    """What a library raises as what it means for the user."""
    try:
        yield
    except InputError:
        raise
    except BaseException as error:
        _raise_unless_of_library(error)
        raise InputError(
            "读不了这个工作簿", given=f"{source.path} ({error})",
            expected="完好、不加密的工作簿",
            remedy="在 Excel 或 WPS 中打开（必要时修复），另存为 .xlsx",
        ) from error  # fmt: skip


def _raise_unless_of_library(error: BaseException) -> None:
    """The library is Rust: what it did not foresee comes as a panic, which is no Exception."""
    panic = type(error).__name__ == "PanicException"
    if isinstance(error, MemoryError) or not (panic or isinstance(error, Exception)):
        raise error


def _is_xlsx(sample: Sample) -> bool:
    names = sample.entries
    return "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names)


def _is_ods(sample: Sample) -> bool:
    if "mimetype" not in sample.entries:
        return False
    with container(sample.path) as archive:
        return b"opendocument.spreadsheet" in archive.read("mimetype")[:100]


XLSX = Format(
    "xlsx",
    _is_xlsx,
    read_xlsx,
    MAX_WORKBOOK,
    check=lambda sample: check_markup(sample.path, sample.entries),
    confined=True,
)
ODS = Format(
    "ods",
    _is_ods,
    read_ods,
    check=lambda sample: check_markup(sample.path, sample.entries),
    confined=True,
)
