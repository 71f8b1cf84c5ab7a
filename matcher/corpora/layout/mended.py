"""A rejects file that someone mended and sends back in."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from matcher.corpora.cells import cell_text
from matcher.corpora.reading import Row
from matcher.records import Source

PLACES = ("文件", "工作表", "行号", "列名", "原值", "拒收原因", "应为", "处理办法")
_TELLING = frozenset({"文件", "行号", "拒收原因", "处理办法"})


def is_mended(columns: Collection[str]) -> bool:
    """Whether these are the columns of a rejects file."""
    return all(name in columns for name in _TELLING)


def source_of_mended(values: Mapping[str, Any], here: Source | None) -> Source | None:
    """The row of the original file, which is where the record is from."""
    number = cell_text(values.get("行号"))
    if here is None or not cell_text(values.get("文件")):
        return here
    return Source(
        file=cell_text(values["文件"])[:300],
        sheet=cell_text(values.get("工作表")) or None,
        row=int(number) if number.isdecimal() and len(number) <= 9 else None,
    )


def one_row_each(rows: Iterator[Row]) -> Iterator[Row]:
    """A row refused for two cells stands twice in the file; each cell may be mended in either."""
    pending: list[Row] = []
    for row in rows:
        if pending and _place(pending[0]) != _place(row):
            yield _joined(pending)
            pending = []
        pending.append(row)
    if pending:
        yield _joined(pending)


def _place(row: Row) -> tuple[str, ...]:
    return tuple(cell_text(row.values.get(name)) for name in ("文件", "工作表", "行号"))


def _joined(rows: list[Row]) -> Row:
    if len(rows) == 1:
        return rows[0]
    refused = {cell_text(r.values.get("列名")): cell_text(r.values.get("原值")) for r in rows}
    values = dict(rows[0].values)
    for column, original in refused.items():
        stated = [row.values[column] for row in rows if column in row.values]
        changed = [value for value in stated if cell_text(value) != original]
        if changed:
            values[column] = changed[0]
    return Row(rows[0].number, values, rows[0].damage, sum(row.span for row in rows))
