"""Where the table is in a grid: its header under titles and notes, one row or several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from matcher.corpora.cells import cell_text, is_blank
from matcher.corpora.grid import Grid, GridRow, Merge, Omission, Omitted, row_text
from matcher.corpora.headers.classifying import label_hits
from matcher.corpora.headers.columns import TableHeader
from matcher.errors import InputError

HEAD = 40
_DEEPEST = 3
_LONGEST_LABEL = 40


@dataclass(frozen=True, slots=True)
class Outline:
    """A grid with its header found; ``rows`` are those below it, nothing of them read yet."""

    grid: Grid
    header: TableHeader
    rows: Iterator[GridRow]
    omitted: tuple[Omitted, ...]
    context: str


def outline(grid: Grid, given: Mapping[str, str] | None = None) -> Outline | None:
    """Find the header of a grid without blank rows; None if the grid holds nothing.

    The header is the row of the first ``HEAD`` that names most fields of one kind of record; where
    none names two, it is the first row that holds anything.

    Raises:
        InputError: the header row of a text file is damaged.
    """
    rows = iter(grid.rows)
    head = list(islice(rows, HEAD))
    if not head:
        return None
    if head[0].damage and not any(_hits(row, given) >= 2 for row in head):
        raise InputError(
            f"表头读不出来：{head[0].damage}", given=grid.sheet, expected="第一行是列名",
            remedy="在 Excel 中打开，另存为“CSV UTF-8”",
        )  # fmt: skip
    best = _header_index(head, given)
    start, end = _extent(head, best, grid, given)
    names = _joined(head[start : end + 1], grid.merges)
    lead = [_omitted(grid, row, Omission.TITLE) for row in head[:start]]
    lead += [_omitted(grid, row, Omission.HEADER) for row in head[start : end + 1]]
    context = "\n".join([grid.context, *(row_text(row.cells) for row in head[:start])]).strip()
    return Outline(grid, TableHeader(names), chain(head[end + 1 :], rows), tuple(lead), context)


def blank_row(cells: Sequence[Any]) -> bool:
    """Whether no cell of a row holds anything."""
    return all(is_blank(cell) for cell in cells)


def _omitted(grid: Grid, row: GridRow, why: Omission) -> Omitted:
    return Omitted(grid.sheet, row.number, why, row_text(row.cells))


def _hits(row: GridRow, given: Mapping[str, str] | None) -> int:
    texts = [cell_text(cell).strip() for cell in row.cells if not is_blank(cell)]
    if row.damage or not texts or len(texts) < 2:
        return 0
    known = label_hits([text for text in texts if len(text) <= _LONGEST_LABEL], given)
    return known if known >= 2 and known >= 0.4 * len(texts) else 0


def _header_index(head: Sequence[GridRow], given: Mapping[str, str] | None) -> int:
    """The row that names most fields; a joined pair may be found by its richer half."""
    hits = [_hits(row, given) for row in head]
    best = max(range(len(head)), key=lambda i: (hits[i], -i))
    return best if hits[best] else 0


def _extent(
    head: Sequence[GridRow], best: int, grid: Grid, given: Mapping[str, str] | None
) -> tuple[int, int]:
    """First and last row of the header the row ``best`` belongs to."""
    start = end = best
    if start and _belongs_above(head[start - 1], head[start], grid.merges):
        start -= 1
    numbers = [row.number for row in head]
    top = numbers[start]
    bottom = max((m.bottom for m in grid.merges if m.top == top), default=top)
    while end + 1 < len(head) and end - start + 1 < _DEEPEST:
        below = head[end + 1]
        grouped = any(m.top == m.bottom == head[end].number for m in grid.merges)
        tied = below.number <= bottom or (grouped and _labels_only(below))
        if not tied and not _is_second_row(head[end], below, given, grid.merges):
            break
        end += 1
    return start, end


def _belongs_above(above: GridRow, row: GridRow, merges: Sequence[Merge]) -> bool:
    """Whether the row above names groups of the columns of this one."""
    filled = _filled(above)
    if above.damage or len(filled) < 2 or not _labels_only(above):
        return False
    tied = any(m.top <= above.number and m.bottom >= row.number for m in merges)
    groups = [m for m in merges if m.top == m.bottom == above.number]
    if tied or len(groups) >= 2:
        return True
    mine = _filled(row)
    return len(filled) >= 2 and bool(filled - mine) and len(filled) < len(mine | filled)


def _is_second_row(
    upper: GridRow, lower: GridRow, given: Mapping[str, str] | None, merges: Sequence[Merge]
) -> bool:
    """Without merges: the lower row fills what the upper leaves open, with known labels."""
    if lower.damage or merges or not _labels_only(lower):
        return False
    above, below = _filled(upper), _filled(lower)
    last = max(below, default=0)
    gaps = {i for i in range(last + 1) if i not in above}
    if not gaps or not gaps <= below:
        return False
    starts = {i - 1 for i in gaps if i - 1 in above}
    if not below <= gaps | starts or len(above - below) == 0:
        return False
    texts = [cell_text(lower.cells[i]).strip() for i in sorted(below)]
    return label_hits(texts, given) >= max(1, len(texts) // 2)


def _filled(row: GridRow) -> set[int]:
    return {i for i, cell in enumerate(row.cells) if not is_blank(cell)}


def _labels_only(row: GridRow) -> bool:
    """Short texts, no numbers: what a header row may hold."""
    texts = [cell for cell in row.cells if not is_blank(cell)]
    return not row.damage and all(
        isinstance(cell, str) and len(cell) <= _LONGEST_LABEL and not cell.strip().isdigit()
        for cell in texts
    )


def _joined(rows: Sequence[GridRow], merges: Sequence[Merge]) -> list[str]:
    """The names of the columns: the labels above one another, joined by ``·``."""
    grid = [[cell_text(cell) for cell in row.cells] for row in rows]
    width = max(len(cells) for cells in grid)
    grid = [[*cells, *[""] * (width - len(cells))] for cells in grid]
    if len(rows) == 1:
        return _trimmed(_spread(grid[0], rows[0].number, merges, alone=True))
    spread = [_spread(cells, row.number, merges) for cells, row in zip(grid, rows, strict=True)]
    if not merges:
        spread[0] = _filled_forward(spread[0], spread[1])
    names = []
    for column in zip(*spread, strict=True):
        parts = dict.fromkeys(part.strip() for part in column if part.strip())
        names.append("·".join(parts))
    return _trimmed(names)


def _spread(
    cells: list[str], number: int, merges: Sequence[Merge], *, alone: bool = False
) -> list[str]:
    """A group's label stands over all its columns; over one row only, over its first."""
    cells = list(cells)
    for merge in merges:
        if merge.top == number and merge.left < len(cells) and not alone:
            for column in range(merge.left, min(merge.right + 1, len(cells))):
                cells[column] = cells[merge.left]
    return cells


def _filled_forward(upper: list[str], lower: list[str]) -> list[str]:
    filled, last = list(upper), ""
    for index, text in enumerate(upper):
        if text.strip():
            last = text
        elif lower[index].strip():
            filled[index] = last
    return filled


def _trimmed(names: list[str]) -> list[str]:
    """Without the empty names at the end, which come from formatting further right."""
    last = max((i for i, name in enumerate(names) if name.strip()), default=-1)
    return names[: last + 1]
