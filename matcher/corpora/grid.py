"""What every format gives before it is understood: grids of cells, and running text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple


class Merge(NamedTuple):
    """A merged range: row numbers as the user sees them, columns from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row of cells; ``damage`` says why it could not be split into cells at all."""

    number: int
    cells: Sequence[Any]
    damage: str | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """One table as it stands in a file. Of a merged range only the first cell is filled.

    ``rows`` of a large one can be gone through once only. ``loose`` marks grids cut from pages
    (docx, html, pdf): they need not have a header, and a row may go on in the next one.
    ``context`` is the text around it (title, caption); ``page_starts`` are the rows a new page
    begins with, where a row may have been cut in two; ``notes`` say what the file holds beside its
    values.
    """

    sheet: str | None
    rows: Iterable[GridRow]
    merges: Sequence[Merge] = ()
    total: int | None = None
    loose: bool = False
    context: str = ""
    page_starts: frozenset[int] = frozenset()
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Prose:
    """Running text of a page, line by line, where it is in the file; ``notes`` as of a grid."""

    sheet: str | None
    lines: Sequence[tuple[int, str]]
    notes: Sequence[str] = ()


class Omission(StrEnum):
    """Why a row holds no record."""

    TITLE = "标题或说明"
    HEADER = "表头"
    HEADER_AGAIN = "重复的表头"
    BLANK = "空行"
    MERGED_AGAIN = "重复的合并单元格"
    TOTAL = "合计行"
    NOTE = "注释行"
    HEADING = "分组行"
    TEMPLATE = "模板的说明或示例"
    SAME_AGAIN = "与别的表中一行相同"
    PROSE = "正文"
    UNREAD = "未读取的工作表"
    # Rows of a sheet that holds another kind of record and is read as that.
    ELSEWHERE = "另一种内容"


@dataclass(frozen=True, slots=True)
class Omitted:
    """A row that holds no record, and why: a title, a header, a total, a note."""

    sheet: str | None
    row: int
    why: Omission
    text: str


def row_text(cells: Sequence[Any]) -> str:
    """The filled cells of a row as one short text, for lists of what was left out."""
    parts = dict.fromkeys(str(cell).strip() for cell in cells if cell is not None)
    return " | ".join(part for part in parts if part)[:200]
