"""HTML and MHTML pages: their tables, and the text around them without scripts and navigation."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterable, Iterator
from typing import Any

from matcher.corpora.formats.documents import document
from matcher.corpora.formats.encodings import guess_encoding
from matcher.corpora.formats.format import Format, Parts, Sample, SourceFile
from matcher.corpora.formats.html_unread import (
    SKIPPED,
    commented_notes,
    is_drawn_table,
    unread_notes,
)
from matcher.corpora.formats.safety import MAX_MARKUP
from matcher.corpora.formats.superscripts import raised
from matcher.corpora.grid import Grid, GridRow, Merge, Prose
from matcher.errors import InputError

# Words struck out, which no cell means any more; readings above characters.
_STRUCK = ("del", "s", "strike")
_READINGS = ("rt", "rp")
_FILLED_IN = frozenset(["text", "number", "date", "month", "search"])
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "li",
        "ul",
        "ol",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "section",
        "article",
        "br",
        "tr",
        "dt",
        "dd",
        "header",
        "main",
        "center",
    ]
)
_PAGES = ("text/html", "application/xhtml+xml")
_OF_PAGES = re.compile(r"image/|font/|text/css|.*javascript|application/.*font|.*mso")
_MAX_SPAN = 500
_PACKINGS = ("", "7bit", "8bit", "binary", "base64", "quoted-printable", "x-uuencode", "uuencode")
_SHOWN = 200
# Behind the last boundary of a message: more than an end of line.
_FEW = 16
_ENDS = re.compile(r"</(?:body|html)\s*>", re.IGNORECASE)
_SEVEN_BITS, _HEAD_BYTES = re.compile(rb"charset\s*=\s*[\"']?\s*utf-7", re.IGNORECASE), 4096
_MAX_CELLS = 400_000
_MAX_DEPTH = 300


def read_html(source: SourceFile) -> Parts:
    """Tables named 表1, 表2 …, and the text between them named 正文.

    Raises:
        InputError: not readable as a page, or without text.
    """
    page = _decoded(source.path.read_bytes(), source)
    body = _body(page, source)
    return document(source, _parts(body, []), [*unread_notes(body), *commented_notes(page)])


def read_mhtml(source: SourceFile) -> Parts:
    """The same of all pages that are saved together, as the sheets of a workbook are.

    Raises: as `read_html`; there is no page.
    """
    pages, attached = _pages_and_files(source.path.read_bytes(), source)
    if not pages:
        raise InputError("网页存档里没有正文", given=str(source.path), remedy="重新保存网页")
    found: list[Grid | Prose] = []
    beside: dict[str, None] = {}
    for page in pages:
        text = _decoded(page, source)
        body = _body(text, source)
        found = _parts(body, found)
        # The frames of several pages are these pages.
        beside |= dict.fromkeys(
            [*unread_notes(body, frames=len(pages) == 1), *commented_notes(text)]
        )
    return document(source, found, [*beside, *attached])


def _body(text: str, source: SourceFile) -> Any:
    from lxml import etree, html

    # Pictures and scripts within a page may be longer than the parser takes without being told.
    parser = html.HTMLParser(huge_tree=True, remove_comments=True, no_network=True)
    try:
        root = html.document_fromstring(_without_declaration(text), parser=parser)
        if parser.error_log.filter_from_fatals():  # what comes after is not in the tree
            raise etree.ParserError(parser.error_log.filter_from_fatals()[0].message)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise InputError(
            "读不了这个网页", given=f"{source.path} ({error})", expected="完好的 HTML 文件",
            remedy="在浏览器中打开，另存为“网页，仅 HTML”",
        ) from error  # fmt: skip
    body = root.find("body")
    return root if body is None else body


def _decoded(content: bytes, source: SourceFile) -> str:
    if _SEVEN_BITS.search(content[:_HEAD_BYTES]):
        raise InputError(
            "网页的编码是 UTF-7，不予读取", given=str(source.path), expected="UTF-8 或 GB18030",
            remedy="在浏览器中打开，另存为 UTF-8 的网页",
        )  # fmt: skip
    try:
        content.decode("utf-8")
        is_utf8 = True
    except UnicodeDecodeError:
        is_utf8 = False
    encoding = guess_encoding(content, str(source.path), is_utf8=is_utf8)
    return content.decode(encoding, errors="replace")


def _pages_and_files(content: bytes, source: SourceFile) -> tuple[list[bytes], list[str]]:
    """The pages of a saved message, and what is said of the other files in it."""
    pages: list[bytes] = []
    attached: list[str] = []
    try:
        message = email.message_from_bytes(content, policy=email.policy.compat32)
        written_twice = set(_alternatives(message))
        for part in message.walk():
            kind = part.get_content_type()
            _check_packing(part)
            payload = part.get_payload(decode=True)
            if not isinstance(payload, bytes) or not payload.strip():
                continue
            if kind == "text/plain" and id(part) in written_twice:
                continue
            if part.get_content_disposition() != "attachment" and kind in _PAGES:
                pages.append(payload)
            elif part.get_content_disposition() == "attachment" or not _OF_PAGES.match(kind):
                attached.append(
                    f"「{part.get_filename('') or part.get('Content-Location', kind)}」"
                )
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        # Damaged headers are decoded with whatever they name; parts may lie in parts without end.
        raise InputError(
            "读不了这个网页存档", given=f"{source.path} ({type(error).__name__})",
            expected="浏览器存的 .mhtml", remedy="在浏览器中打开，另存为“网页，仅 HTML”",
        ) from error  # fmt: skip
    named = "、".join(attached)[:_SHOWN]
    said = [f"附件没有读入：{named}；先另存附件，再导入"] if attached else []
    if any("Boundary" in type(defect).__name__ for defect in message.defects):
        said.append("网页存档没有结尾，多半没有存完，后面的内容没有；在浏览器中打开，重新保存")
    if len((message.epilogue or "").strip()) > _FEW:
        said.append("网页存档的末尾还接着别的内容，没有读入；向来文单位索取分开的文件")
    return pages, said


def _check_packing(part: Any) -> None:
    """Raises: ValueError: it is packed in a way that nobody knows."""
    packing = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if packing not in _PACKINGS:
        raise ValueError(packing)


def _alternatives(message: Any) -> Iterator[int]:
    """Which parts say the same as another, for programs that do not show that one."""
    for part in message.walk():
        if part.get_content_type() == "multipart/alternative" and part.is_multipart():
            yield from map(id, part.get_payload())


def _without_declaration(text: str) -> str:
    """lxml refuses a text that says in what bytes it once was."""
    text = text.replace("\x00", "").lstrip("\ufeff \r\n\t")
    if text.startswith("<?xml"):
        text = text.partition("?>")[2]
    # The parser drops what follows these, which browsers show.
    return _ENDS.sub("", text) or "<html></html>"


class _Text:
    """Lines as they come together from pieces of text."""

    def __init__(self) -> None:
        self.lines: list[tuple[int, str]] = []
        self.number = 0
        self._open: list[str] = []
        self.struck: list[str] = []

    def add(self, text: str | None) -> None:
        if text:
            self._open.append(text)

    def end_line(self) -> None:
        line = " ".join("".join(self._open).split())
        self._open = []
        if line:
            self.number += 1
            self.lines.append((self.number, line))

    def take(self) -> Prose | None:
        self.end_line()
        lines, self.lines = self.lines, []
        struck, self.struck = self.struck, []
        return Prose("正文", lines, _told(struck)) if lines else None


def _parts(body: Any, before: list[Grid | Prose]) -> list[Grid | Prose]:
    """What was found before, and what a page holds."""
    text, found = _Text(), list(before)
    _walk(body, text, found, 0)
    last = text.take()
    return found if last is None else [*found, last]


def _walk(element: Any, text: _Text, found: list[Grid | Prose], depth: int) -> None:
    if not isinstance(element.tag, str) or _is_skipped(element):
        return
    _check_depth(depth)
    if element.tag in _STRUCK:
        text.struck.append("".join(element.itertext()))
        return
    if element.tag in _READINGS:
        return
    if element.tag == "table" and not _is_layout(element):
        before = text.take()
        if before is not None:
            found.append(before)
        count = 1 + sum(isinstance(part, Grid) for part in found)
        context = "\n".join(line for _, line in before.lines[-5:]) if before else ""
        found.append(_grid(element, f"表{count}", context))
        return
    if element.tag in _BLOCKS:
        text.end_line()
    text.add(_own_text(element))
    for child in element:
        _walk(child, text, found, depth + 1)
        text.add(child.tail)
    if element.tag in _BLOCKS:
        text.end_line()


def _is_skipped(element: Any) -> bool:
    """A drawing is, unless a table is drawn in it."""
    return element.tag in SKIPPED and not is_drawn_table(element)


def _own_text(element: Any) -> str | None:
    """The text before the first element within, or what is filled in."""
    if element.tag == "sup":
        return raised(element.text or "")
    if element.tag == "input" and element.get("type", "text").lower() in _FILLED_IN:
        return str(element.get("value", ""))
    return str(element.text) if element.text else None


def _check_depth(depth: int) -> None:
    """Raises: InputError: a page that would have to be read in part."""
    if depth > _MAX_DEPTH:
        raise InputError(
            "网页的标签嵌套过深，读不全", expected=f"不超过 {_MAX_DEPTH} 层",
            remedy="只复制榜单那一部分，贴进 Word 或 Excel 另存",
        )  # fmt: skip


def _is_layout(table: Any) -> bool:
    """Tables that only place other tables, or a single cell of text."""
    if any(True for _ in table.iterdescendants("table")):
        return True
    rows = list(table.iter("tr"))
    return max((len(_cells(row)) for row in rows), default=0) <= 1 and len(rows) <= 2


def _cells(row: Any) -> list[Any]:
    return [cell for cell in row if cell.tag in ("td", "th")]


def _grid(table: Any, sheet: str, context: str) -> Grid:
    rows: list[GridRow] = []
    merges: list[Merge] = []
    taken: dict[tuple[int, int], bool] = {}
    total = 0
    for number, tr in enumerate(table.iter("tr"), start=1):
        cells: list[str] = []
        for td in _cells(tr):
            while taken.pop((number, len(cells)), False):
                cells.append("")
            column = len(cells)
            down, across = _span(td, "rowspan"), _span(td, "colspan")
            cells += [_cell_text(td), *[""] * (across - 1)]
            total += down * across
            if total > _MAX_CELLS:
                raise InputError("表格范围过大", given=sheet, remedy="检查网页里的合并单元格")
            if down > 1 or across > 1:
                merges.append(Merge(number, column, number + down - 1, column + across - 1))
            for below in range(number + 1, number + down):
                for side in range(column, column + across):
                    taken[(below, side)] = True
        while taken.pop((number, len(cells)), False):
            cells.append("")
        rows.append(GridRow(number, cells))
    return Grid(
        sheet, iter(rows), merges, len(rows), loose=True, context=context, notes=_notes(table)
    )


def _cell_text(cell: Any) -> str:
    text = _Text()
    text.add(cell.text)
    for child in cell:
        _gather(child, text, 0)
        text.add(child.tail)
    text.end_line()
    return "\n".join(line for _, line in text.lines)


def _gather(element: Any, text: _Text, depth: int) -> None:
    if not isinstance(element.tag, str) or element.tag in SKIPPED:
        return
    _check_depth(depth)
    if element.tag in _STRUCK or element.tag in _READINGS:
        return
    if element.tag in _BLOCKS:
        text.end_line()
    text.add(_own_text(element))
    for child in element:
        _gather(child, text, depth + 1)
        text.add(child.tail)
    if element.tag in _BLOCKS:
        text.end_line()


def _notes(table: Any) -> list[str]:
    """What was struck out of a table, which is left out and told."""
    return _told("".join(part.itertext()) for part in table.iter(*_STRUCK))


def _told(struck: Iterable[str]) -> list[str]:
    words = "、".join(filter(None, (word.strip() for word in struck)))
    return [f"有划了删除线的文字，没有读入：{words[:100]}"] if words else []


def _span(cell: Any, name: str) -> int:
    value = str(cell.get(name, "1")).strip()
    return min(max(int(value), 1), _MAX_SPAN) if value.isdecimal() and len(value) < 6 else 1


def _is_html(sample: Sample) -> bool:
    if any("<html".encode(encoding) in sample.start for encoding in ("utf-16-le", "utf-16-be")):
        return True
    marks = (b"<!doctype html", b"<html", b"<table", b"<head", b"<body", b"<div", b"<meta", b"<p")
    return sample.lower.startswith(b"<") and any(mark in sample.lower for mark in marks)


def _is_mhtml(sample: Sample) -> bool:
    begins = sample.lower.startswith((b"mime-version:", b"from: <saved by", b"from:"))
    return begins and any(mark in sample.lower for mark in (b"multipart/", b"message/rfc822"))


HTML = Format("html", _is_html, read_html, MAX_MARKUP, confined=True)
MHTML = Format("mhtml", _is_mhtml, read_mhtml, MAX_MARKUP, confined=True)
