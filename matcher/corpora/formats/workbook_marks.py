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

from matcher.confinement import go_on
from matcher.corpora.formats.format import SourceFile
from matcher.corpora.formats.safety import UNPACKING

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINKS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_OFF = frozenset({"0", "false", "none"})
_WORTH_PARSING = re.compile(rb"<row[^>]* hidden=|<f[ >]|<f/>| t=\"e\"|<strike|:strike")
_STRIKES = re.compile(rb"<(?:\w+:)?strike")
# The author of the hints in a template.
HINTS_BY = "matcher"
_CHUNK = 1 << 20
_SHOWN = 8
# A large file gets its time as it is gone through.
_SECONDS, _ELEMENTS = 60, 10_000


class SheetMarks(NamedTuple):
    """Sentences on one sheet, and its cells of which words were struck out: their other words.

    A cell is its row from 1 and its column from 0.
    """

    notes: Sequence[str] = ()
    texts: Mapping[tuple[int, int], str] = {}


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
    """The marks of each sheet of an .xlsx; a damaged one has none to tell."""
    from lxml import etree

    found: dict[str, SheetMarks] = {}
    try:
        with zipfile.ZipFile(source.path) as archive:
            struck = _Struck(_struck_styles(archive), _struck_strings(archive))
            for name, part in sheet_parts(archive):
                marks = _Marks(comments=_comments(archive, part))
                if _worth_parsing(archive, part, struck):
                    _look(archive, part, struck, marks)
                found[name] = SheetMarks(_told(name, marks), marks.texts)
    except (*UNPACKING, KeyError, ValueError, etree.XMLSyntaxError, OSError):
        return {}
    return found


class _Struck(NamedTuple):
    """Styles of cells that are struck out, and shared texts in which words are."""

    styles: frozenset[str]
    strings: Mapping[str, tuple[str, str]]


def _struck_strings(archive: zipfile.ZipFile) -> dict[str, tuple[str, str]]:
    """Shared texts with words struck out, by their number: what is left, and what was struck."""
    name = "xl/sharedStrings.xml"
    if name not in archive.namelist() or not _holds_any(archive, name, _STRIKES):
        return {}
    texts = enumerate(_elements(archive, name, "si"))
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
        (marks.struck_rows, "整行划了删除线, 照样读入", "已撤回的先在表里删去该行"),
        (marks.struck_cells, "有格划了删除线, 照样读入", "作废的字先删去"),
        (marks.struck_words, "格里划了删除线的字没有读入", "仍然有效的先去掉删除线"),
        (marks.hidden, "隐藏的行照样读入", "不要的先在表里删去"),
        (marks.comments, "批注没有读入", "要紧的写进格里"),
        (marks.errors, "格里是错误值 (#N/A、#REF! 等), 按空格读", "在原表里改好"),
        (marks.open_formulas, "公式还没有算出值, 按空格读", "在 Excel 或 WPS 中打开, 保存后再导入"),
    )
    return [
        f"工作表「{sheet}」{what}: {_places(places)}; {remedy}"
        for places, what, remedy in said
        if places
    ]


def _places(places: Sequence[str]) -> str:
    more = f" 等 {len(places)} 处" if len(places) > _SHOWN else ""
    return "、".join(places[:_SHOWN]) + more


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
        target = targets.get(str(sheet.get(_ID)))
        if target in archive.namelist():
            yield str(sheet.get("name")), str(target)


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
    return bool(struck.styles or struck.strings) or _holds_any(archive, part, _WORTH_PARSING)


def _holds_any(archive: zipfile.ZipFile, part: str, wanted: re.Pattern[bytes]) -> bool:
    with archive.open(part) as stream:
        before = b""
        while chunk := stream.read(_CHUNK):
            go_on(_SECONDS)
            if wanted.search(before + chunk):
                return True
            before = chunk[-200:]
    return False


def _look(archive: zipfile.ZipFile, part: str, struck: _Struck, marks: _Marks) -> None:
    for row in _elements(archive, part, "row"):
        _look_at_row(row, struck, marks)


def _elements(archive: zipfile.ZipFile, part: str, tag: str) -> Iterator[Any]:
    """The elements of a name in a part, one after another, none of them kept."""
    from lxml import etree

    with archive.open(part) as stream:
        found = etree.iterparse(
            stream, tag=f"{_MAIN}{tag}", resolve_entities=False, no_network=True, huge_tree=False
        )
        for number, (_, element) in enumerate(found):
            if number % _ELEMENTS == 0:
                go_on(_SECONDS)
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]


def _look_at_row(row: Any, struck: _Struck, marks: _Marks) -> None:
    hidden = row.get("hidden", "0") not in _OFF
    if not hidden and not any(_is_marked(cell, struck) for cell in row):
        return
    filled = []
    for cell in row.iter(f"{_MAIN}c"):
        if cell.get("t") == "e":
            marks.errors.append(str(cell.get("r")))
        elif _holds(cell):
            filled.append(cell)
        elif cell.find(f"{_MAIN}f") is not None and cell.get("t") != "str":
            marks.open_formulas.append(str(cell.get("r")))
    if not filled:
        return
    if hidden:
        marks.hidden.append(f"第{row.get('r')}行")
    for cell in filled:
        _note_words(cell, row, struck, marks)
    crossed = [cell for cell in filled if cell.get("s") in struck.styles]
    if crossed and len(crossed) == len(filled):
        marks.struck_rows.append(f"第{row.get('r')}行")
    else:
        marks.struck_cells += [str(cell.get("r")) for cell in crossed]


def _note_words(cell: Any, row: Any, struck: _Struck, marks: _Marks) -> None:
    """Words struck out within a cell, of which others are valid."""
    words = _words_of(cell, struck)
    if words is None:
        return
    left, gone = words
    if not left.strip():
        marks.struck_cells.append(str(cell.get("r")))
        return
    marks.struck_words.append(f"{cell.get('r')}「{gone.strip()[:20]}」")
    marks.texts[int(row.get("r")), _column(str(cell.get("r")))] = left


def _words_of(cell: Any, struck: _Struck) -> tuple[str, str] | None:
    inline = cell.find(f"{_MAIN}is")
    if inline is not None:
        return _struck_words(inline)
    if cell.get("t") != "s" or not struck.strings:
        return None
    value = cell.find(f"{_MAIN}v")
    return None if value is None else struck.strings.get(str(value.text).strip())


def _column(name: str) -> int:
    """The column of a cell by its name (B3), from 0."""
    number = 0
    for char in name.rstrip("0123456789"):
        number = 26 * number + ord(char) - ord("A") + 1
    return number - 1


def _is_marked(cell: Any, struck: _Struck) -> bool:
    """Whether a cell has to be looked at; nearly none has, so the cheapest question is asked."""
    return (
        cell.get("s") in struck.styles
        or cell.get("t") == "inlineStr"
        or (bool(struck.strings) and cell.get("t") == "s")
        or cell.get("t") == "e"
        or (len(cell) > 0 and cell[0].tag == f"{_MAIN}f")
    )


def _holds(cell: Any) -> bool:
    value = cell.find(f"{_MAIN}v")
    return (value is not None and bool(value.text)) or cell.find(f"{_MAIN}is") is not None
