"""PDF with a text layer: its tables, and the lines of text outside them."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from typing import Any

from matcher.confinement import go_on
from matcher.corpora.formats.documents import document
from matcher.corpora.formats.format import Format, Parts, SourceFile
from matcher.corpora.formats.joined import check_one_pdf
from matcher.corpora.formats.pdf_columns import AlignedTable, UnclearTableError, Word, aligned_table
from matcher.corpora.formats.pdf_enclosed import Enclosed
from matcher.corpora.formats.pdf_hidden import hidden_notes, only_visible
from matcher.corpora.formats.pdf_lines import PageText, page_lines, running_text
from matcher.corpora.formats.safety import MAX_PDF
from matcher.corpora.grid import Grid, GridRow
from matcher.errors import InputError

_MAX_PAGES = 400
# Processor time: what all pages may take, what each that is read adds, what a single one may.
_MAX_SECONDS = 120.0
_SECONDS_A_PAGE = 0.6
_SECONDS_FOR_ONE = 8
_BEGINS = re.compile(rb"%PDF-\d\.\d")
_ITEM = re.compile(r"(?:\d{1,2}[.、．](?=\D)|[①-⑳]|[(（]\d{1,2}[)）]|[一二三四五六七八九十]+、)")


def read_pdf(source: SourceFile) -> Parts:
    """Tables named 第1页表1 …, and the text of the pages named 第1页, or 第1至3页 if it goes on.

    Raises:
        InputError: encrypted, damaged, scanned (no text), too long, or several in one.
    """
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect

    behind = check_one_pdf(source.path)
    try:
        with pdfplumber.open(source.path) as pdf:
            if len(pdf.pages) > _MAX_PAGES:
                raise InputError(
                    "PDF 太长", given=f"{source.path}（{len(pdf.pages)} 页）",
                    expected=f"不超过 {_MAX_PAGES} 页", remedy="只保留榜单的页，或分成几个文件",
                )  # fmt: skip
            enclosed = Enclosed(pdf.doc)
            parts = list(running_text(_pages(pdf, source, enclosed)))
    except InputError:
        raise
    except PDFPasswordIncorrect as error:
        raise InputError(
            "PDF 有密码，打不开", given=str(source.path), remedy="去掉密码后另存"
        ) from error
    except Exception as error:  # pdfminer raises whatever its parser stumbles over
        if "Password" in type(error).__name__ or "Password" in repr(error):
            raise InputError(
                "PDF 有密码，打不开", given=str(source.path), remedy="去掉密码后另存"
            ) from error
        raise InputError(
            "读不了这个 PDF", given=f"{source.path} ({type(error).__name__})",
            expected="完好的 PDF", remedy="在阅读器中打开，用“打印为 PDF”另存一份",
        ) from error  # fmt: skip
    if not parts:
        raise InputError(
            "PDF 里没有文字，多半是扫描件", given="；".join([str(source.path), *enclosed.told()]),
            expected="有文字层的 PDF",
            remedy="向来文单位索取 Word 或 Excel 原件；或先做文字识别 (OCR)，核对后再导入",
        )  # fmt: skip
    return document(source, parts, [*enclosed.told(), *behind])


def _pages(pdf: Any, source: SourceFile, enclosed: Enclosed) -> Iterator[Grid | PageText]:
    started = time.process_time()
    before: AlignedTable | None = None
    for number, page in enumerate(pdf.pages, start=1):
        allowed = min(_MAX_SECONDS, _SECONDS_FOR_ONE + _SECONDS_A_PAGE * number)
        if time.process_time() - started > allowed:
            raise InputError(
                "PDF 太复杂，读不完", given=f"{source.path}：到第 {number} 页已超过时限",
                remedy="转换为 Word 或 Excel 后再导入",
            )  # fmt: skip
        go_on(_SECONDS_FOR_ONE)
        enclosed.look_at(page)
        seen, hidden = only_visible(page)
        notes = hidden_notes(number, hidden)
        tables = seen.find_tables()
        outside = seen
        for table in tables:
            outside = outside.filter(_outside(table.bbox))
        before = _aligned(outside, None if tables else before, f"{source.path}：第 {number} 页")
        if before is not None:
            outside = outside.filter(_outside((0, before.top, page.width, before.bottom)))
        yield from _page(outside, tables, before, number, notes)
        page.close()


def _aligned(page: Any, before: AlignedTable | None, given: str) -> AlignedTable | None:
    """The table without ruled lines on a page, if there is one."""
    try:
        return aligned_table(_without_foot(page.extract_words()), before)
    except UnclearTableError as error:
        raise InputError(
            "PDF 里的表没有表格线，认不准", given=f"{given}, {error}",
            expected="有表格线的表，或各列对齐、各行分明的表",
            remedy="向来文单位索取 Word 或 Excel 原件；或在 WPS 中转换为 Excel，核对后再导入",
        ) from error  # fmt: skip


def _without_foot(words: Sequence[Word]) -> list[Word]:
    """The words of a page but for the number at its foot."""
    last = max((word["bottom"] for word in words), default=0.0)
    foot = [word for word in words if word["bottom"] > last - 2]
    rest = [word for word in words if word["bottom"] <= last - 2]
    space = last - max((word["bottom"] for word in rest), default=last)
    far = space > 3 * max((word["bottom"] - word["top"] for word in foot), default=0.0)
    return rest if far and _is_page_number("".join(word["text"] for word in foot)) else list(words)


def _page(
    page: Any,
    tables: Sequence[Any],
    aligned: AlignedTable | None,
    number: int,
    notes: Sequence[str],
) -> Iterator[Grid | PageText]:
    found_lines = page.extract_text_lines(return_chars=False)
    lines = page_lines(
        [x for x in found_lines if x["text"].strip() and not _is_page_number(x["text"])],
        page.width,
    )
    tops = [table.bbox[1] for table in tables] + ([aligned.top] if aligned else [])
    # A table that goes on from the page before must follow it at once.
    below = bool(tops) and all(line["top"] > min(tops) for line in found_lines)
    if lines and not below:
        yield PageText(number, lines, notes)
    found = [
        [GridRow(row_number, cells) for row_number, cells in enumerate(table.extract(), start=1)]
        for table in tables
    ]
    for index, ruled in enumerate([*found, *([aligned.rows] if aligned else [])], start=1):
        rows = [GridRow(r.number, [unwrapped(cell or "") for cell in r.cells]) for r in ruled]
        if any(any(str(cell).strip() for cell in row.cells) for row in rows):
            context = "\n".join(line.text for line in lines[:6])
            sheet = f"第{number}页表{index}"
            yield Grid(sheet, iter(rows), (), len(rows), loose=True, context=context, notes=notes)
    if lines and below:
        yield PageText(number, lines, notes)


def unwrapped(text: str) -> str:
    """A cell without the line breaks its width gave it; items keep lines of their own.

    >>> unwrapped("榜\\n额"), unwrapped("50\\n0万"), unwrapped("1.甲；\\n2.乙")
    ('榜额', '500万', '1.甲；\\n2.乙')
    """
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    joined = lines[0] if lines else ""
    for line in lines[1:]:
        if joined.endswith(("。", "；", ";", "：", ":")) or _ITEM.match(line):
            joined += "\n" + line
        else:
            words = joined[-1:].isascii() and joined[-1:].isalpha() and line[:1].isascii()
            joined += (" " if words and line[:1].isalpha() and len(lines) < 6 else "") + line
    return joined


def _outside(box: tuple[float, float, float, float]) -> Any:
    left, top, right, bottom = box

    def keep(thing: dict[str, Any]) -> bool:
        if thing.get("object_type") != "char":
            return True
        x = (thing["x0"] + thing["x1"]) / 2
        y = (thing["top"] + thing["bottom"]) / 2
        return not (left <= x <= right and top <= y <= bottom)

    return keep


def _is_page_number(line: str) -> bool:
    return line.strip(" -—第页共/0123456789") == ""


PDF = Format(
    # Viewers take one that begins within the first kilobyte.
    "pdf", lambda sample: _BEGINS.search(sample.head[:1024]) is not None, read_pdf, MAX_PDF,
    confined=True,
)  # fmt: skip
