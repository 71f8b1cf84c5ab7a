"""Documents and pages as grids and running text: .docx, .html, .mhtml, .pdf, plain text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from matcher.corpora.cells import cell_text, is_blank
from matcher.corpora.formats.source_file import SourceFile
from matcher.corpora.grid import Grid, GridRow, Prose
from matcher.corpora.headers.kinds import label_hits
from matcher.errors import InputError


def read_document(source: SourceFile) -> list[Grid | Prose]:
    """The tables and the text of a document, in its order.

    Raises:
        InputError: damaged, without text, or dangerous.
    """
    parts: Iterable[Grid | Prose]
    if source.format == "docx":
        from matcher.corpora.formats.docx_file import read_docx

        parts = read_docx(source)
    elif source.format in ("html", "mhtml"):
        from matcher.corpora.formats.html_file import read_html

        parts = read_html(source)
    elif source.format == "pdf":
        from matcher.corpora.formats.pdf_file import read_pdf

        parts = read_pdf(source)
    else:
        parts = [read_text(source)]
    found = joined(list(parts))
    if not found:
        raise InputError(
            "文件里没有文字", given=str(source.path), expected="有表格或文字的文件",
            remedy="换一个文件",
        )  # fmt: skip
    return found


def read_text(source: SourceFile) -> Prose:
    """A plain text, line by line."""
    with source.path.open(encoding=source.encoding, errors="replace") as file:
        return prose(None, file)


def prose(sheet: str | None, lines: Iterable[str]) -> Prose:
    """The lines that hold anything, counted from 1."""
    numbered = ((number, line.strip()) for number, line in enumerate(lines, start=1))
    return Prose(sheet, [(number, line) for number, line in numbered if line])


def joined(parts: Sequence[Grid | Prose]) -> list[Grid | Prose]:
    """A table that goes on over the page is put together again.

    It does if the next grid is as wide, follows without text between, and begins without a header.
    """
    found: list[Grid | Prose] = []
    for part in parts:
        if not isinstance(part, Grid):
            found.append(part)
            continue
        rows = list(part.rows)
        before = found[-1] if found else None
        if isinstance(before, Grid) and _goes_on(before_rows := list(before.rows), rows):
            shift = max(row.number for row in before_rows)
            more = [GridRow(row.number + shift, row.cells, row.damage) for row in rows]
            merges = [m._replace(top=m.top + shift, bottom=m.bottom + shift) for m in part.merges]
            starts = before.page_starts | {more[0].number}
            found[-1] = replace(
                before, rows=iter([*before_rows, *more]), merges=[*before.merges, *merges],
                page_starts=starts,
            )  # fmt: skip
            continue
        if isinstance(before, Grid):
            found[-1] = replace(before, rows=iter(before_rows))
        found.append(replace(part, rows=iter(rows)))
    return found


def _goes_on(before: Sequence[GridRow], rows: Sequence[GridRow]) -> bool:
    if not before or not rows or len(before[0].cells) < 3:
        return False
    if len(before[0].cells) != len(rows[0].cells):
        return False
    return _header_hits(before[:8]) >= 2 and _header_hits(rows[:3]) < 2


def _header_hits(rows: Sequence[GridRow]) -> int:
    best = 0
    for row in rows:
        texts = [cell_text(cell).strip() for cell in row.cells if not is_blank(cell)]
        hits = label_hits([text for text in texts if len(text) <= 40])
        if texts and hits >= 0.5 * len(texts):
            best = max(best, hits)
    return best
