"""What documents have in common: a table may go on over a page, and some hold no text at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from matcher.corpora.cells import cell_text, is_blank
from matcher.corpora.formats.format import Parts, SourceFile
from matcher.corpora.formats.safety import MAX_COLUMNS, too_wide
from matcher.corpora.grid import Grid, GridRow, Prose
from matcher.corpora.headers.classifying import label_hits
from matcher.errors import InputError


def document(
    source: SourceFile, parts: Iterable[Grid | Prose], beside: Sequence[str] = ()
) -> Parts:
    """The tables and the text of a document, in its order.

    Args:
        source: the file.
        parts: its tables and texts.
        beside: what is said of what it holds beside them.

    Raises:
        InputError: there is no text in it, or a table is too wide.
    """
    found = joined(_narrow(source, parts))
    if not any(isinstance(part, Grid) or part.lines for part in found):
        said = [note for part in found for note in part.notes]
        raise InputError(
            "文件里没有文字", given="；".join([str(source.path), *said, *beside]),
            expected="有表格或文字的文件", remedy="换一个文件",
        )  # fmt: skip
    first, *more = found
    return [replace(first, notes=[*first.notes, *beside]), *more]


def _narrow(source: SourceFile, parts: Iterable[Grid | Prose]) -> Iterator[Grid | Prose]:
    """The parts as they are, unless one has more columns than anybody fills in."""
    for part in parts:
        if not isinstance(part, Grid):
            yield part
            continue
        rows = list(part.rows)
        widest = max((len(row.cells) for row in rows), default=0)
        if widest > MAX_COLUMNS:
            raise too_wide(f"{source.path}「{part.sheet}」", widest)
        yield replace(part, rows=rows)


def joined(parts: Iterable[Grid | Prose]) -> list[Grid | Prose]:
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
                before, rows=[*before_rows, *more], merges=[*before.merges, *merges],
                page_starts=starts, notes=[*before.notes, *part.notes],
            )  # fmt: skip
            continue
        found.append(replace(part, rows=rows))
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
