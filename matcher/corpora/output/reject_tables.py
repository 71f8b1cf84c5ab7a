"""Rejects as tables that can be read again: rows whose columns mean the same stand together.

One table for all would have the columns of every office side by side. Of two that mean the same
(项目名称, 需求名称) only one can be read, and the rows of the other would lose what they hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from matcher.corpora.headers.classifying import classify
from matcher.corpora.headers.columns import ColumnMap
from matcher.corpora.reading import Reject
from matcher.records import Record


@dataclass(slots=True)
class RejectTable:
    """Rejects of one kind of record, and all their columns in order of appearance."""

    kind: type[Record] | None
    columns: tuple[str, ...]
    rejects: list[Reject] = field(default_factory=list)


def reject_tables(rejects: Iterable[Reject]) -> list[RejectTable]:
    """As few tables as can be read again without a column standing in the way of another."""
    tables: list[RejectTable] = []
    placed: dict[tuple[str | None, tuple[str, ...]], RejectTable] = {}
    for reject in rejects:
        key = (reject.sheet, tuple(reject.original))
        if key not in placed:
            placed[key] = _place(tables, tuple(reject.original), reject.sheet)
        placed[key].rejects.append(reject)
    return tables


def _place(tables: list[RejectTable], columns: tuple[str, ...], sheet: str | None) -> RejectTable:
    kind = classify(columns, sheet)
    for table in tables:
        together = tuple(dict.fromkeys((*table.columns, *columns)))
        if kind is table.kind and _agree(table.columns, columns, together, kind):
            table.columns = together
            return table
    tables.append(RejectTable(kind, columns))
    return tables[-1]


def _agree(
    first: Sequence[str], second: Sequence[str], both: Sequence[str], kind: type[Record] | None
) -> bool:
    """Whether every column means in the table of both what it means in its own."""
    if kind is None or not set(first).intersection(second):
        return first == second
    together = ColumnMap(kind).assign(both)
    apart = (*ColumnMap(kind).assign(first).items(), *ColumnMap(kind).assign(second).items())
    return all(together.get(column) == field for column, field in apart)
