"""DOCX: its tables (merged cells included) and the paragraphs between them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from matcher.corpora.formats.documents import document
from matcher.corpora.formats.docx_numbering import Numbering
from matcher.corpora.formats.docx_text import (
    DELETED,
    Withdrawn,
    deleted_text,
    paragraph_text,
)
from matcher.corpora.formats.enclosed import enclosed_notes, stories
from matcher.corpora.formats.format import Format, Parts, SourceFile
from matcher.corpora.formats.safety import UNPACKING, check_markup
from matcher.corpora.grid import Grid, GridRow, Merge, Prose
from matcher.errors import InputError

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
# Word can save a file as strict; nothing but its namespaces is different.
_STRICT = tuple(
    (f"http://purl.oclc.org/ooxml/{name}".encode(),
     f"http://schemas.openxmlformats.org/{usual}".encode())
    for name, usual in (("wordprocessingml/main", "wordprocessingml/2006/main"),
                        ("officeDocument/math", "officeDocument/2006/math"))
)  # fmt: skip
# What holds no paragraphs, tables, rows or cells, or none that stand on the page. All other
# elements may: content controls, tracked insertions, what other programs wrap around.
_NO_WRAPPERS = frozenset(
    f"{_W}{name}"
    for name in ("p", "tbl", "tr", "tc", "del", "moveFrom", "tblPr", "trPr", "tcPr", "sdtPr",
                 "sectPr", "tblGrid", "tblPrEx")
)  # fmt: skip
_CHOICE, _FALLBACK = f"{_COMPATIBILITY}Choice", f"{_COMPATIBILITY}Fallback"
_PARAGRAPH = f"{_W}p"
_MAIN = re.compile(r"word/document\d*\.xml")
_INSERTED = {"altChunk": "插入的文件 (altChunk)", "subDoc": "子文档（主控文档的分册）"}
_MAX_WIDTH = 500
# Of hidden and struck words, as many are quoted.
_SHOWN = 100
_MAX_XML = 200 << 20


def read_docx(source: SourceFile) -> Parts:
    """Tables named 表1, 表2 …, and the text between them named 正文.

    Raises:
        InputError: damaged, without text, or too large.
    """
    from lxml import etree

    try:
        with zipfile.ZipFile(source.path) as archive:
            names = archive.namelist()
            main = _main(names)
            root = _part(archive, main, source)
            beside = (
                _part(archive, f"word/{name}.xml", source) if f"word/{name}.xml" in names else None
                for name in ("numbering", "styles")
            )
            numbering = Numbering(*beside)
            unread = [*stories(archive, main), *_inserted(root), *enclosed_notes(archive)]
    except (*UNPACKING, KeyError, etree.XMLSyntaxError, OSError) as error:
        raise InputError(
            "读不了这个文档", given=f"{source.path} ({error})", expected="完好、不加密的 .docx",
            remedy="在 Word 或 WPS 中打开（必要时修复），另存为 .docx",
        ) from error  # fmt: skip
    return document(source, _parts(root.findall(f"{_W}body"), numbering), unread)


def _main(names: Iterable[str]) -> str:
    """The part with the text: some writers number it. Raises: KeyError."""
    found = sorted(name for name in names if _MAIN.fullmatch(name))
    if not found:
        raise KeyError("word/document.xml")
    return found[0]


def _inserted(root: Any) -> list[str]:
    """What is said of other files that Word shows in the text."""
    return [
        f"{what} 没有读入；在 Word 中打开，另存为 .docx 后再导入，或逐个导入"
        for name, what in _INSERTED.items()
        if root.find(f".//{_W}{name}") is not None
    ]


def _part(archive: zipfile.ZipFile, name: str, source: SourceFile) -> Any:
    from lxml import etree

    with archive.open(name) as stream:
        content = stream.read(_MAX_XML + 1)
    if len(content) > _MAX_XML:
        raise InputError("文档太大", given=str(source.path), remedy="分成几个文件")
    for strict, usual in _STRICT if b"purl.oclc.org" in content else ():
        content = content.replace(strict, usual)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    return etree.fromstring(content, parser)


def _parts(bodies: Sequence[Any], numbering: Numbering) -> Iterator[Grid | Prose]:
    tables, number = 0, 0
    lines: list[tuple[int, str]] = []
    context = ""
    withdrawn = Withdrawn()
    for element in chain.from_iterable(map(_blocks, bodies)):
        if element.tag in DELETED:
            withdrawn.deleted.append(deleted_text(element))
            continue
        if element.tag == f"{_W}p":
            text = paragraph_text(element, withdrawn)
            label = numbering.label(element) if text.strip() else ""
            for line in f"{label}{text.lstrip()}".split("\n"):
                number += 1
                if line.strip():
                    lines.append((number, line.strip()))
            continue
        if lines:
            yield Prose("正文", lines, _notes(withdrawn))
            withdrawn = Withdrawn()
            context = "\n".join(text for _, text in lines[-5:])
            lines = []
        tables += 1
        yield _grid(element, f"表{tables}", context)
        context = ""
    if lines or any(_notes(withdrawn)):
        yield Prose("正文", lines, _notes(withdrawn))


def _blocks(body: Any) -> Iterator[Any]:
    """Paragraphs and tables in order, those in content controls included, and what is deleted."""
    for element in body:
        if element.tag in (f"{_W}p", f"{_W}tbl") or element.tag in DELETED:
            yield element
        elif _wraps(element):
            yield from _blocks(element)


def _wraps(element: Any) -> bool:
    """Whether what stands on the page may be within; of what is written twice, once."""
    if element.tag == _CHOICE and element.getparent().find(_FALLBACK) is not None:
        return False
    return isinstance(element.tag, str) and element.tag not in _NO_WRAPPERS


def _notes(withdrawn: Withdrawn) -> list[str]:
    """What a table or a text holds in its file but does not show as valid."""
    said = (
        (withdrawn.hidden, "有隐藏的文字，没有读入", "要读入的先在 Word 里取消隐藏"),
        (withdrawn.struck, "有划了删除线的文字，没有读入", "仍然有效的先去掉删除线"),
        (
            withdrawn.deleted,
            "修订里删去或移走的文字，没有读入",
            "仍然有效的先在 Word 里拒绝这处修订",
        ),
        (withdrawn.covered, "被合并的单元格盖住的文字，没有读入", "要读入的先拆分单元格"),
    )
    return [
        f"{what}：{'、'.join(filter(None, (word.strip() for word in words)))[:_SHOWN]}；{remedy}"
        for words, what, remedy in said
        if any(word.strip() for word in words)
    ]


def _cell(element: Any, withdrawn: Withdrawn) -> str:
    if len(element) == 1 and element[0].tag == _PARAGRAPH:
        return paragraph_text(element[0], withdrawn).strip()
    lines = []
    for block in element:
        if block.tag == f"{_W}p":
            lines.append(paragraph_text(block, withdrawn))
        elif block.tag == f"{_W}tbl":
            lines += [
                " ".join(_cell(cell, withdrawn) for cell in _cells(row)) for row in _rows(block)
            ]
        elif _wraps(block):
            lines += [paragraph_text(p, withdrawn) for p in block.iter(f"{_W}p")]
    return "\n".join(line for line in lines if line.strip()).strip()


def _grid(table: Any, sheet: str, context: str) -> Grid:
    rows: list[GridRow] = []
    merges: list[Merge] = []
    open_merges: dict[int, tuple[int, int]] = {}
    withdrawn = Withdrawn()
    for number, tr in enumerate(_rows(table), start=1):
        cells: list[str] = []
        for tc in _cells(tr):
            marks = tc.find(f"{_W}tcPr")
            column, across, vertical = len(cells), _span(marks), _vertical(marks)
            if vertical == "continue" and column in open_merges:
                beneath, shown = _cell(tc, withdrawn), rows[open_merges[column][0] - 1]
                if beneath and beneath != shown.cells[column]:
                    withdrawn.covered.append(beneath)
                cells += [""] * across
                continue
            _close(merges, open_merges, column, number - 1)
            cells += [_cell(tc, withdrawn), *[""] * (across - 1)]
            if vertical == "restart":
                open_merges[column] = (number, column + across - 1)
            elif across > 1:
                merges.append(Merge(number, column, number, column + across - 1))
        rows.append(GridRow(number, cells))
    for column in list(open_merges):
        _close(merges, open_merges, column, len(rows))
    return Grid(
        sheet, iter(rows), merges, len(rows), loose=True, context=context, notes=_notes(withdrawn)
    )


def _close(
    merges: list[Merge], open_merges: dict[int, tuple[int, int]], column: int, bottom: int
) -> None:
    if column in open_merges:
        top, right = open_merges.pop(column)
        if bottom > top or right > column:
            merges.append(Merge(top, column, max(bottom, top), right))


def _rows(table: Any) -> Iterator[Any]:
    for row in _own(table, f"{_W}tr"):
        yield row
        yield from _rows(row)  # no program writes rows in rows, but they are not lost


def _cells(row: Any) -> Iterator[Any]:
    return _own(row, f"{_W}tc")


def _own(parent: Any, tag: str) -> Iterator[Any]:
    """Parts of a table, those in content controls included, not those of tables within it."""
    for element in parent:
        if element.tag == tag:
            yield element
        elif _wraps(element):
            yield from _own(element, tag)


def _span(marks: Any) -> int:
    found = None if marks is None else marks.find(f"{_W}gridSpan")
    text = "1" if found is None else str(found.get(f"{_W}val", "1"))
    return min(max(int(text), 1), _MAX_WIDTH) if text.isdecimal() and len(text) < 6 else 1


def _vertical(marks: Any) -> str:
    found = None if marks is None else marks.find(f"{_W}vMerge")
    return "" if found is None else str(found.get(f"{_W}val", "continue"))


DOCX = Format(
    "docx",
    lambda sample: any(map(_MAIN.fullmatch, sample.entries)),
    read_docx,
    check=lambda sample: check_markup(sample.path, sample.entries),
    confined=True,
)
