"""The parts of a file that may hold records: each with its headers and what it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from matcher.corpora.formats.format import Content, Objects, Works
from matcher.corpora.grid import Grid, GridRow, Omission, Omitted, Prose, row_text
from matcher.corpora.headers.classifying import classify
from matcher.corpora.layout.body import open_table
from matcher.corpora.layout.forms import form_or_grid, read_form
from matcher.corpora.layout.prose import lines_to_records
from matcher.corpora.layout.structure import blank_row, outline
from matcher.corpora.options import ReadOptions, RowAllowance
from matcher.corpora.reading import Row
from matcher.corpora.table import Table
from matcher.errors import InputError
from matcher.records import Challenge, Record

# What a page calls the text between its tables.
PROSE_SHEET = "正文"


@dataclass(slots=True)
class RowCounter:
    """Counts the rows that hold anything, whoever reads them and whatever becomes of them."""

    rows: int = 0
    allowance: RowAllowance | None = None

    def over(self, rows: Iterable[GridRow]) -> Iterator[GridRow]:
        """The rows that hold anything, counted."""
        for row in rows:
            if row.damage or not blank_row(row.cells):
                self._count()
                yield row

    def all_of(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Rows that are known to hold something, counted."""
        for row in rows:
            self._count()
            yield row

    def _count(self) -> None:
        self.rows += 1
        if self.allowance is not None:
            self.allowance.take()


@dataclass(slots=True, eq=False)
class Section:
    """A table, a run of forms or of objects: its name in the file, its headers, its kind.

    It is read once, by `table` or by `left_out`. ``notes`` say what its file holds beside it.
    """

    sheet: str | None
    columns: tuple[str, ...]
    kind: type[Record] | None
    opens: Callable[[type[Record]], Table]
    counter: RowCounter
    notes: Sequence[str] = ()
    _table: Table | None = None
    _seen: list[Row] = field(default_factory=list)

    def table(self, record_type: type[Record], *, noting: bool = False) -> Table:
        """Its rows as those of a type of record; ``noting`` lets `left_out` tell them later."""
        table = self._table = self.opens(record_type)
        if noting:
            table.rows = self._noted(table.rows)
        return table

    def left_out(self, why: Omission) -> list[Omitted]:
        """All its rows, for a reading of another kind, where they are accounted for."""
        if self._table is None:
            for _ in self.table(self.kind or Challenge, noting=True).rows:
                pass
        assert self._table is not None
        rows = [
            Omitted(self.sheet, row.number, why, row_text(list(row.values.values())))
            for row in self._seen
            for _ in range(row.span)
        ]
        return [*self._table.omitted, *rows]

    def _noted(self, rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            self._seen.append(row)
            yield row


def sections_of(content: Content, options: ReadOptions) -> list[Section]:
    """All parts of a file in its order. Nothing but the headers is read yet of large tables.

    Raises:
        InputError: the file cannot be opened as what it is, or lists references of one team.
    """
    if isinstance(content, Objects):
        return [_objects(content, options)]
    if isinstance(content, Works):
        raise InputError(
            "这是成果清单，里面没有榜单或团队", given="论文、专利等题录",
            expected="每行一条记录的表",
            remedy="用 matcher library build 建立团队库，或用 import --team 归给一个团队",
        )  # fmt: skip
    found = (
        _prose(part, options) if isinstance(part, Prose) else _grid(part, options)
        for part in content
    )
    return [section for section in found if section is not None]


def _objects(objects: Objects, options: ReadOptions) -> Section:
    counter = RowCounter(allowance=options.rows)
    table = Table(None, (), counter.all_of(objects.rows), objects.total, nested=True)
    kind = classify(objects.names, None, options.columns)
    return Section(None, tuple(objects.names), kind, lambda record_type: table, counter)


def _grid(grid: Grid, options: ReadOptions) -> Section | None:
    counter = RowCounter(allowance=options.rows)
    grid = replace(grid, rows=counter.over(grid.rows))
    is_form, grid = form_or_grid(grid, options.columns)
    if is_form:
        rows, omitted = read_form(grid, options.columns)
        return _forms(grid.sheet, rows, omitted, counter, options, grid.context, grid.notes)
    found = outline(grid, options.columns)
    if found is None:
        return _forms(grid.sheet, [], [], counter, options, "", grid.notes) if grid.notes else None
    columns = found.header.named
    return Section(
        grid.sheet, columns, classify(columns, grid.sheet, options.columns),
        lambda record_type: open_table(found, record_type, options.columns), counter, grid.notes,
    )  # fmt: skip


def _prose(prose: Prose, options: ReadOptions) -> Section:
    rows, stray, _ = lines_to_records(prose.lines, options.columns)
    omitted = [Omitted(prose.sheet, number, Omission.PROSE, text[:200]) for number, text in stray]
    context = "\n".join(text for _, text in stray[:8])
    counter = RowCounter(len(prose.lines))
    return _forms(prose.sheet, rows, omitted, counter, options, context, prose.notes)


def _forms(
    sheet: str | None, rows: Sequence[Row], omitted: list[Omitted], counter: RowCounter,
    options: ReadOptions, context: str, notes: Sequence[str] = (),
) -> Section:  # fmt: skip
    """Forms as a table whose columns are all labels met."""
    columns = tuple(dict.fromkeys(chain.from_iterable(row.values for row in rows)))
    kind = classify(columns, sheet, options.columns) if rows else None
    table = Table(sheet, columns, iter(rows), len(rows), list(notes), omitted, context, loose=True)
    return Section(sheet, columns, kind, lambda record_type: table, counter, notes)
