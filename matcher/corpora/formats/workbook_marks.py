"""What an .xlsx says beside its values, which the reader of values does not see.

A row that is struck out or hidden, a comment, a formula nobody has worked out: people mean
something by them, and a program that read on in silence would get the list wrong. They are told,
not acted on; but words struck out within a cell that goes on beside them are corrections, and are
left out.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from posixpath import dirname, join, normpath
from typing import Any, NamedTuple

from matcher.corpora.formats.enclosed import holds_any, some_of
from matcher.corpora.formats.format import SourceFile
from matcher.corpora.formats.safety import UNPACKING
from matcher.corpora.formats.workbook_places import (
    Placed,
    Twice,
    cells_of,
    elements,
    rows_of,
    written_twice,
)
from matcher.errors import InputError

# Of either: the namespace of ordinary files, and that of strict ones.
_MAIN = "{*}"
_LINKS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_IDS = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)
_OFF = frozenset({"0", "false", "none"})
_WORTH_PARSING = re.compile(
    rb"<(?:\w+:)?row\b[^>]*\shidden\s*=|<(?:\w+:)?(?:f[\s>/]|strike)|\st\s*=\s*[\"']e[\"']"
)
_SHEET_PART = re.compile(r"xl/(?:work|macro|dialog)sheets/[^/]+\.xml")
# A cell whose text is said to be a shared one, of no number: its reader takes the first of all.
_NO_NUMBER = re.compile(rb"""\st=["']s["'][^>]*>\s*<(?:\w+:)?v>(?!\d*</)""")
_MEND = "在 Excel 或 WPS 中打开（必要时修复），另存为 .xlsx"
_STRIKES = re.compile(rb"<(?:\w+:)?strike")
# The author of the hints in a template.
HINTS_BY = "matcher"
_SHOWN = 8


class SheetMarks(NamedTuple):
    """Sentences on one sheet, and its cells of which words were struck out: their other words.

    A cell is its row from 1 and its column from 0. ``twice`` are rows that hold another value than
    is read.
    """

    notes: Sequence[str] = ()
    texts: Mapping[tuple[int, int], str] = {}
    twice: frozenset[int] = frozenset()


@dataclass(slots=True)
class _Marks:
    """Places on one sheet: numbers of rows, names of cells."""

    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    struck_words: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    struck_rows: list[str] = field(default_factory=list)
    struck_cells: list[str] = field(default_factory=list)
    open_formulas: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)


def marks_of(source: SourceFile) -> dict[str, SheetMarks]:
    """The marks of each sheet of an .xlsx; a damaged one has none to tell.

    Raises:
        InputError: cells would be read as what they do not say.
    """
    from lxml import etree

    found: dict[str, SheetMarks] = {}
    try:
        with zipfile.ZipFile(source.path) as archive:
            struck = _Struck(_struck_styles(archive), _struck_strings(archive))
            for name, part in sheet_parts(archive):
                if holds_any(archive, part, _NO_NUMBER):
                    raise _no_number(source, name)
                marks = _Marks(comments=_comments(archive, part))
                if _worth_parsing(archive, part, struck):
                    _look(archive, part, struck, marks)
                twice = written_twice(archive, part)
                notes = [*_told(name, marks), *_beyond(name, twice)]
                found[name] = SheetMarks(notes, marks.texts, twice.rows)
    except (*UNPACKING, KeyError, ValueError, etree.XMLSyntaxError, OSError):
        return {}
    return found


def _no_number(source: SourceFile, sheet: str) -> InputError:
    return InputError(
        "工作表写坏了：有格的文字编号不是数", given=f"{source.path}「{sheet}」",
        expected="共用文字表 (sharedStrings) 里的编号", remedy=_MEND,
    )  # fmt: skip


class _Struck(NamedTuple):
    """Styles of cells that are struck out, and shared texts in which words are."""

    styles: frozenset[str]
    strings: Mapping[str, tuple[str, str]]


def _struck_strings(archive: zipfile.ZipFile) -> dict[str, tuple[str, str]]:
    """Shared texts with words struck out, by their number: what is left, and what was struck."""
    name = "xl/sharedStrings.xml"
    if name not in archive.namelist() or not holds_any(archive, name, _STRIKES):
        return {}
    with archive.open(name) as stream:
        texts = enumerate(elements(stream, "si"))
        return {str(number): parts for number, item in texts if (parts := _struck_words(item))}


def _struck_words(item: Any) -> tuple[str, str] | None:
    """What is left of a text of several runs, and what of it is struck; None if nothing is."""
    left: list[str] = []
    gone: list[str] = []
    for run in item.iter(f"{_MAIN}r"):
        text = "".join(t.text or "" for t in run.iter(f"{_MAIN}t"))
        strike = run.find(f"{_MAIN}rPr/{_MAIN}strike")
        is_struck = strike is not None and strike.get("val", "1") not in _OFF
        (gone if is_struck else left).append(text)
    return ("".join(left), "".join(gone)) if "".join(gone).strip() else None


def _told(sheet: str, marks: _Marks) -> list[str]:
    said = (
        (marks.struck_rows, "整行划了删除线，照样读入", "已撤回的先在表里删去该行"),
        (marks.struck_cells, "有格划了删除线，照样读入", "作废的字先删去"),
        (marks.struck_words, "格里划了删除线的字没有读入", "仍然有效的先去掉删除线"),
        (marks.hidden, "隐藏的行照样读入", "不要的先在表里删去"),
        (marks.comments, "批注没有读入", "要紧的写进格里"),
        (marks.errors, "格里是错误值（#N/A、#REF! 等），按空格读", "在原表里改好"),
        (marks.open_formulas, "公式还没有算出值，按空格读", "在 Excel 或 WPS 中打开，保存后再导入"),
    )
    return [
        f"工作表「{sheet}」{what}：{some_of(places, '处', _SHOWN)}；{remedy}"
        for places, what, remedy in said
        if places
    ]


def _beyond(sheet: str, twice: Twice) -> list[str]:
    said = f"工作表「{sheet}」写坏了，有 {twice.beyond} 行写在表的数据之外，没有读入；{_MEND}"
    return [said] if twice.beyond else []


def _tree(archive: zipfile.ZipFile, name: str) -> Any:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    return etree.fromstring(archive.read(name), parser)


def _links(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[str, str, str]]:
    """Id, kind and target of the parts that a part refers to."""
    folder, _, name = part.rpartition("/")
    place = f"{folder}/_rels/{name}.rels"
    if place not in archive.namelist():
        return
    for link in _tree(archive, place).iter(f"{_LINKS}Relationship"):
        target = str(link.get("Target", ""))
        target = target[1:] if target.startswith("/") else normpath(join(dirname(part), target))
        yield str(link.get("Id")), str(link.get("Type", "")).rpartition("/")[2], target


def sheet_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Name and part of every sheet."""
    targets = {ident: target for ident, _, target in _links(archive, "xl/workbook.xml")}
    for sheet in _tree(archive, "xl/workbook.xml").iter(f"{_MAIN}sheet"):
        target = next((targets.get(sheet.get(name)) for name in _IDS if sheet.get(name)), None)
        if target in archive.namelist():
            yield str(sheet.get("name")), str(target)


def unlisted_notes(archive: zipfile.ZipFile) -> list[str]:
    """What is said of sheets that are in an .xlsx but not in its list of them."""
    from lxml import etree

    parts = {name for name in archive.namelist() if _SHEET_PART.fullmatch(name)}
    try:
        listed = {target for _, target in sheet_parts(archive)}
    except (*UNPACKING, KeyError, ValueError, etree.XMLSyntaxError):
        return []
    lost = sorted(name.rpartition("/")[2] for name in parts - listed if listed)
    return (
        [f"没有列在目录里的工作表没有读入：{some_of(lost, '处', _SHOWN)}；{_MEND}"] if lost else []
    )


def _struck_styles(archive: zipfile.ZipFile) -> frozenset[str]:
    """The styles of cells whose font is struck out."""
    if "xl/styles.xml" not in archive.namelist():
        return frozenset()
    styles = _tree(archive, "xl/styles.xml")
    fonts = styles.find(f"{_MAIN}fonts")
    struck = {
        str(number)
        for number, font in enumerate(() if fonts is None else fonts)
        for strike in font.iter(f"{_MAIN}strike")
        if strike.get("val", "1") not in _OFF
    }
    forms = styles.find(f"{_MAIN}cellXfs")
    return frozenset(
        str(number)
        for number, form in enumerate(() if forms is None else forms)
        if form.get("fontId") in struck
    )


def _comments(archive: zipfile.ZipFile, part: str) -> list[str]:
    return [
        str(comment.get("ref"))
        for _, kind, target in _links(archive, part)
        if kind == "comments" and target in archive.namelist()
        for comment in _of_others(_tree(archive, target))
    ]


def _of_others(comments: Any) -> Iterator[Any]:
    """Without the hints of a form this software wrote."""
    authors = [author.text for author in comments.iter(f"{_MAIN}author")]
    for comment in comments.iter(f"{_MAIN}comment"):
        number = str(comment.get("authorId", ""))
        if not number.isdecimal() or authors[int(number) : int(number) + 1] != [HINTS_BY]:
            yield comment


def _worth_parsing(archive: zipfile.ZipFile, part: str, struck: _Struck) -> bool:
    """Most sheets hold nothing of the kind; looking at the bytes is much faster than parsing."""
    return bool(struck.styles or struck.strings) or holds_any(archive, part, _WORTH_PARSING)


def _look(archive: zipfile.ZipFile, part: str, struck: _Struck, marks: _Marks) -> None:
    with archive.open(part) as stream:
        for number, row in rows_of(stream):
            _look_at_row(row, number, struck, marks)


def _look_at_row(row: Any, number: int, struck: _Struck, marks: _Marks) -> None:
    hidden = row.get("hidden", "0") not in _OFF
    if not hidden and not any(_is_marked(cell, struck) for cell in row):
        return
    filled = []
    for place in cells_of(row, number):
        cell = place.cell
        if cell.get("t") == "e":
            marks.errors.append(place.name)
        elif _holds(cell):
            filled.append(place)
        elif cell.find(f"{_MAIN}f") is not None and cell.get("t") != "str":
            marks.open_formulas.append(place.name)
    if not filled:
        return
    if hidden:
        marks.hidden.append(f"第{number}行")
    for place in filled:
        _note_words(place, struck, marks)
    crossed = [place for place in filled if place.cell.get("s") in struck.styles]
    if crossed and len(crossed) == len(filled):
        marks.struck_rows.append(f"第{number}行")
    else:
        marks.struck_cells += [place.name for place in crossed]


def _note_words(place: Placed, struck: _Struck, marks: _Marks) -> None:
    """Words struck out within a cell, of which others are valid."""
    words = _words_of(place.cell, struck)
    if words is None:
        return
    left, gone = words
    if not left.strip():
        marks.struck_cells.append(place.name)
        return
    marks.struck_words.append(f"{place.name}「{gone.strip()[:20]}」")
    marks.texts[place.row, place.column] = left


def _words_of(cell: Any, struck: _Struck) -> tuple[str, str] | None:
    inline = cell.find(f"{_MAIN}is")
    if inline is not None:
        return _struck_words(inline)
    if cell.get("t") != "s" or not struck.strings:
        return None
    value = cell.find(f"{_MAIN}v")
    return None if value is None else struck.strings.get(str(value.text).strip())


def _is_marked(cell: Any, struck: _Struck) -> bool:
    """Whether a cell has to be looked at; nearly none has, so the cheapest question is asked."""
    return (
        cell.get("s") in struck.styles
        or cell.get("t") == "inlineStr"
        or (bool(struck.strings) and cell.get("t") == "s")
        or cell.get("t") == "e"
        or (len(cell) > 0 and str(cell[0].tag).endswith("}f"))
    )


def _holds(cell: Any) -> bool:
    value = cell.find(f"{_MAIN}v")
    return (value is not None and bool(value.text)) or cell.find(f"{_MAIN}is") is not None
