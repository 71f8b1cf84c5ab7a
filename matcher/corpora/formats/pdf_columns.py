"""Tables of a PDF page that have no ruled lines: their columns are told by the gutters between.

Only what is sure is read as a table: the header names known fields, no text reaches over a gutter,
and it is clear where each row ends. A table that is there but is not clear is refused, for read as
running text its columns would be mixed up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from matcher.corpora.grid import GridRow
from matcher.corpora.headers.classifying import label_hits

# A word as pdfplumber gives it: text, x0, x1, top, bottom (points from the upper left corner).
Word = dict[str, Any]
Cells = list[list[str]]
_FEWEST = 3
_GUTTER = 4.0
_ORDINAL = re.compile(r"[A-Za-z]{0,6}-?\d[\d-]*|[一二三四五六七八九十]{1,3}|[总合小]\s*计")


class UnclearTableError(ValueError):
    """There is a table, but not where its columns or rows end."""


@dataclass(frozen=True, slots=True)
class AlignedTable:
    """The rows, where the columns are, and between which heights of the page.

    ``open`` says that nothing follows on the page, so the table may go on over it.
    """

    rows: list[GridRow]
    columns: list[tuple[float, float]]
    top: float
    bottom: float
    open: bool


def aligned_table(words: Sequence[Word], before: AlignedTable | None) -> AlignedTable | None:
    """The table the words of a page make up, or None; ``before`` is one the last page ended with.

    Raises:
        UnclearTableError: the header of a table is there, but its columns or rows are not clear.
    """
    lines = _lines(words)
    start = next((i for i, line in enumerate(lines) if _is_header(line)), None)
    if start is not None:
        end = _end(lines, start, [(word["x0"], word["x1"]) for word in lines[start]])
        columns = _columns(lines[start:end])
    elif before is not None and before.open and lines and _fits(lines[0], before.columns):
        start, columns = 0, before.columns
        end = _end(lines, 0, columns)
    else:
        return None
    if any(_fits(line, columns) and len(line) >= _FEWEST for line in lines[end:]):
        raise UnclearTableError("表中间有横跨各列的文字")
    taken = lines[start:end]
    bands = _bands(taken)
    rows = [_cells(band, columns) for band in bands]
    _check(rows, headed=before is None or columns is not before.columns)
    if all(len(band) == 1 for band in bands):
        _check_single(rows)
    numbered = [GridRow(n, ["\n".join(cell) for cell in row]) for n, row in enumerate(rows, 1)]
    top, bottom = _height(taken[0])[0], _height(taken[-1])[1]
    return AlignedTable(numbered, columns, top, bottom, end == len(lines))


def _lines(words: Sequence[Word]) -> list[list[Word]]:
    """Words side by side, from top to bottom; a line holds what lies about as high."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (word["top"] + word["bottom"], word["x0"])):
        middle = (word["top"] + word["bottom"]) / 2
        if lines:
            top, bottom = _height(lines[-1])
            if abs(middle - (top + bottom) / 2) < 0.3 * (word["bottom"] - word["top"]):
                lines[-1].append(word)
                continue
        lines.append([word])
    return [sorted(line, key=lambda word: word["x0"]) for line in lines]


def _height(line: Sequence[Word]) -> tuple[float, float]:
    return min(word["top"] for word in line), max(word["bottom"] for word in line)


def _is_header(line: Sequence[Word]) -> bool:
    texts = [word["text"] for word in line]
    hits = label_hits(texts)
    return len(texts) >= _FEWEST and hits >= _FEWEST and hits >= 0.6 * len(texts)


def _end(lines: Sequence[list[Word]], start: int, places: Sequence[tuple[float, float]]) -> int:
    """The first line that is none of the table: a text of it reaches over two columns."""
    for index in range(start, len(lines)):
        for word in lines[index]:
            if sum(word["x0"] < right and word["x1"] > left for left, right in places) > 1:
                return index
    return len(lines)


def _columns(lines: Sequence[Sequence[Word]]) -> list[tuple[float, float]]:
    """Where text stands in any line; what is left blank in all of them is a gutter."""
    columns: list[tuple[float, float]] = []
    for left, right in sorted((word["x0"], word["x1"]) for line in lines for word in line):
        if columns and left - columns[-1][1] < _GUTTER:
            columns[-1] = (columns[-1][0], max(columns[-1][1], right))
        else:
            columns.append((left, right))
    return columns


def _column_of(word: Word, columns: Sequence[tuple[float, float]]) -> int:
    middle = (word["x0"] + word["x1"]) / 2
    edges = [(left[1] + right[0]) / 2 for left, right in pairwise(columns)]
    return sum(middle > edge for edge in edges)


def _fits(line: Sequence[Word], columns: Sequence[tuple[float, float]]) -> bool:
    """Whether a line stands in the columns, in two of them at least."""
    within = all(
        sum(word["x0"] < right and word["x1"] > left for left, right in columns) == 1
        for word in line
    )
    return within and len({_column_of(word, columns) for word in line}) >= 2


def _bands(lines: Sequence[list[Word]]) -> list[list[list[Word]]]:
    """Lines that make up a row each: where spaces between lines are of two sizes, the larger part.

    Where they are all alike, every line is a row of its own.
    """
    spaces = [_height(lower)[0] - _height(upper)[1] for upper, lower in pairwise(lines)]
    ordered = sorted(spaces)
    jumps = [(after - space, (after + space) / 2) for space, after in pairwise(ordered)]
    jump, limit = max(jumps, default=(0.0, 0.0))
    size = min((bottom - top for top, bottom in map(_height, lines)), default=0.0)
    if jump < 0.25 * size:
        limit = float("-inf")
    bands = [[lines[0]]]
    for space, line in zip(spaces, lines[1:], strict=True):
        if space > limit:
            bands.append([line])
        else:
            bands[-1].append(line)
    return bands


def _cells(band: Sequence[Sequence[Word]], columns: Sequence[tuple[float, float]]) -> Cells:
    """The lines of text of each cell of a row."""
    cells: Cells = [[] for _ in columns]
    for line in band:
        for index in range(len(columns)):
            words = [word["text"] for word in line if _column_of(word, columns) == index]
            if words:
                cells[index].append(" ".join(words))
    return cells


def _check(rows: Sequence[Cells], *, headed: bool) -> None:
    """Each column has its label, and one column tells how many rows there are."""
    if headed and (not all(rows[0]) or label_hits(["".join(cell) for cell in rows[0]]) < _FEWEST):
        raise UnclearTableError("认不准表头各列")
    body = rows[1:] if headed else rows
    if body and not any(all(len(cell) == 1 for cell in column) for column in _turned(body)):
        raise UnclearTableError("认不准每行从哪里到哪里")


def _check_single(rows: Sequence[Cells]) -> None:
    """Lines that could be the further lines of a cell are not taken for rows."""
    first = ["".join(row[0]) for row in rows[1:]]
    counted = all(_ORDINAL.fullmatch(text) for text in first)
    if not counted and not all(all(row) for row in rows):
        raise UnclearTableError("认不准每行从哪里到哪里")


def _turned(rows: Sequence[Cells]) -> Iterator[tuple[list[str], ...]]:
    return zip(*rows, strict=True)
