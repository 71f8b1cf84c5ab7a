"""What the table formats have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from matcher.corpora.reading import Row

Cell = str | int | float | date


@dataclass(frozen=True, slots=True)
class Table:
    """A table being read: the names in its header row, then its other rows one at a time.

    ``columns`` leaves out columns without a name; their cells come with the rows that have any.
    """

    sheet: str | None
    columns: tuple[str, ...]
    rows: Iterator[Row]
    total: int | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table to be written."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
