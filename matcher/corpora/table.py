"""What the table formats have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from matcher.corpora.grid import Omitted
from matcher.corpora.reading import Row

Cell = str | int | float | date


@dataclass(slots=True)
class Table:
    """A table being read: the names in its header row, then its other rows one at a time.

    ``columns`` leaves out columns without a name; their cells come with the rows that have any.
    ``omitted`` and ``warnings`` grow while the rows are read. ``context`` is the text above the
    header; ``loose`` says that cells may hold the line breaks of a page; ``verbatim`` that the
    table is of our own writing and is taken as it stands; ``nested`` that its rows are objects,
    which name their fields one by one and may hold others.
    """

    sheet: str | None
    columns: tuple[str, ...]
    rows: Iterator[Row]
    total: int | None = None
    warnings: list[str] = field(default_factory=list)
    omitted: list[Omitted] = field(default_factory=list)
    context: str = ""
    loose: bool = False
    verbatim: bool = False
    nested: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table to be written; ``choices`` are what the cells of a column may be filled with.

    ``marked`` names for each row the column to look at; such a sheet shows long texts in full.
    """

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    marked: Sequence[str | None] = ()
