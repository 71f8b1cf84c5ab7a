"""The parts of a file that may hold records: each with its headers and what it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from matcher.corpora.formats.csv_file import read_csv
from matcher.corpora.formats.source_file import SourceFile
from matcher.corpora.formats.workbook import read_workbook
from matcher.corpora.formats.xls_file import read_xls
from matcher.corpora.grid import Grid, GridRow, Omitted, Prose, row_text
from matcher.corpora.headers.kinds import classify
from matcher.corpora.layout.body import open_table
from matcher.corpora.layout.forms import form_or_grid, form_table, lines_to_rows, read_form
from matcher.corpora.layout.structure import blank_row, outline
from matcher.corpora.options import ReadOptions
from matcher.corpora.reading import Row
from matcher.corpora.table import Table
from matcher.records import Challenge, Record


class RowCounter:
    """Counts the rows that hold anything, whoever reads them and whatever becomes of them."""

    def __init__(self) -> None:
        self.rows = 0

    def over(self, rows: Iterable[GridRow]) -> Iterator[GridRow]:
        """The rows that hold anything, counted."""
        for row in rows:
            if row.damage or not blank_row(row.cells):
                self.rows += 1
                yield row


@dataclass(frozen=True, slots=True)
class Section:
    """A table or a run of forms: its name in the file, its headers, the kind of its records."""

    sheet: str | None
    columns: tuple[str, ...]
    kind: type[Record] | None
    open: Callable[[type[Record]], Table]
    counter: RowCounter


def sections_of(source: SourceFile, options: ReadOptions) -> list[Section]:
    """All parts of a file in its order. Nothing but the headers is read yet of large tables.

    Raises:
        InputError: the file cannot be opened as what it is.
    """
    found: list[Section] = []
    for part in _parts(source):
        section = _prose(part, options) if isinstance(part, Prose) else _grid(part, options)
        if section is not None:
            found.append(section)
    return found


def _parts(source: SourceFile) -> Iterable[Grid | Prose]:
    if source.format == "xls":
        return read_xls(source)
    if source.format in ("xlsx", "ods"):
        return read_workbook(source)
    if source.format == "csv":
        return [read_csv(source)]
    from matcher.corpora.formats.documents import read_document

    return read_document(source)


def _grid(grid: Grid, options: ReadOptions) -> Section | None:
    counter = RowCounter()
    grid = replace(grid, rows=counter.over(grid.rows))
    is_form, grid = form_or_grid(grid, options.columns)
    if is_form:
        rows, omitted = read_form(grid, options.columns)
        return _forms(grid.sheet, rows, omitted, counter, options, grid.context, grid.notes)
    found = outline(grid, options.columns)
    if found is None:
        return None
    columns = found.header.named

    def opened(record_type: type[Record]) -> Table:
        return open_table(found, record_type, options.columns)

    kind = classify(columns, grid.sheet, options.columns)
    return Section(grid.sheet, columns, kind, opened, counter)


def _prose(prose: Prose, options: ReadOptions) -> Section | None:
    rows, stray = lines_to_rows(prose.lines, options.columns)
    omitted = [Omitted(prose.sheet, number, "正文", text[:200]) for number, text in stray]
    counter = RowCounter()
    counter.rows = len(prose.lines)
    context = "\n".join(text for _, text in stray[:8])
    return _forms(prose.sheet, rows, omitted, counter, options, context)


def _forms(
    sheet: str | None, rows: Sequence[Row], omitted: list[Omitted], counter: RowCounter,
    options: ReadOptions, context: str, notes: Sequence[str] = (),
) -> Section:  # fmt: skip
    columns = tuple(dict.fromkeys(chain.from_iterable(row.values for row in rows)))
    kind = classify(columns, sheet, options.columns) if rows else None

    def opened(record_type: type[Record]) -> Table:
        return form_table(sheet, rows, omitted, context=context, notes=notes)

    return Section(sheet, columns, kind, opened, counter)


def drain(section: Section, why: str) -> list[Omitted]:
    """Everything in a section that is not read, row by row, so that it is accounted for."""
    table = section.open(section.kind or Challenge)
    left = [
        Omitted(section.sheet, row.number, why, row_text(list(row.values.values())))
        for row in table.rows
        for _ in range(row.span)
    ]
    return [*table.omitted, *left]
