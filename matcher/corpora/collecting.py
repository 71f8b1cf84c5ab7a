"""Tables → records: the reading of all rows of a file, each accounted for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from matcher.corpora.building import RecordBuilder
from matcher.corpora.fields import TeamEvidence, field_labels, required_groups
from matcher.corpora.grid import Omitted
from matcher.corpora.kinds import needed_groups
from matcher.corpora.labels import Guess
from matcher.corpora.problems import Problem
from matcher.corpora.reading import Reading, Reject, Row, RowCount
from matcher.corpora.selecting import Input
from matcher.corpora.source_file import SourceFile
from matcher.corpora.table import Table
from matcher.errors import InputError
from matcher.records import Challenge, Outcome, Record, Source, Team
from matcher.text.dates import year_of

T = TypeVar("T", bound=Record)
Progress = Callable[[int, int | None], None]

_PROGRESS_EVERY = 1000
# JSONL has no header row: after so many objects without an id it is not a file of such records.
_PROBE = 100


@dataclass(frozen=True)
class Collected(Generic[T]):
    """A reading under way: what `Reading` needs, and the ids that were refused."""

    source: SourceFile
    records: list[T]
    rejects: list[Reject]
    mapping: dict[str, str]
    guesses: dict[str, Guess]
    unknown: tuple[str, ...]
    warnings: tuple[str, ...]
    refused_ids: set[str]
    omitted: list[Omitted]
    count: RowCount

    def reading(self, warnings: tuple[str, ...] = ()) -> Reading[T]:
        """The finished reading."""
        none_left = () if self.records else ("没有一行可用, 见拒收清单",)
        return Reading(
            records=tuple(self.records),
            rejects=tuple(self.rejects),
            unknown_columns=self.unknown,
            file=self.source.name,
            sha256=self.source.sha256,
            format=self.source.format,
            mapping=self.mapping,
            warnings=(*self.warnings, *warnings, *none_left),
            omitted=tuple(self.omitted),
            guesses=self.guesses,
            count=self.count,
        )


def collect(part: Input, record_type: type[T], progress: Progress | None) -> Collected[T]:
    """Read every row of the chosen tables.

    Raises:
        InputError: a column that every record needs is missing, or there is no row to be read.
    """
    source = part.source
    total = Collected[T](
        source, [], [], {}, {}, (), (), set(), list(part.omitted),
        RowCount(omitted=len(part.omitted)),
    )  # fmt: skip
    rows_of: dict[tuple[str, ...], tuple[str | None, int]] = {}
    met = damaged = 0
    for table in part.tables:
        run = _Run(part, table, record_type, rows_of, progress)
        run.read()
        total = _added(total, run.collected())
        met, damaged = met + run.met, damaged + run.damaged
    _check_rows(met, damaged, record_type, total, part)
    if part.nested:
        rows = total.count.used + total.count.rejected
        return replace(total, count=replace(total.count, total=rows))
    return replace(total, count=replace(total.count, total=sum(c.rows for c in part.counters)))


def _added(first: Collected[T], second: Collected[T]) -> Collected[T]:
    return Collected(
        first.source, first.records + second.records, first.rejects + second.rejects,
        first.mapping | second.mapping, first.guesses | second.guesses,
        tuple(dict.fromkeys((*first.unknown, *second.unknown))),
        tuple(dict.fromkeys((*first.warnings, *second.warnings))),
        first.refused_ids | second.refused_ids, first.omitted + second.omitted,
        first.count + second.count,
    )  # fmt: skip


class _Run(Generic[T]):
    """The reading of one table."""

    def __init__(
        self, part: Input, table: Table, record_type: type[T],
        rows_of: dict[tuple[str, ...], tuple[str | None, int]], progress: Progress | None,
    ) -> None:  # fmt: skip
        self.part, self.table, self.progress = part, table, progress
        self.rows_of = rows_of
        source = part.source
        origin = Source(file=source.name, sheet=table.sheet, sha256=source.sha256)
        options = part.options
        if options.year is None:
            year = year_of(table.context, source.name, table.sheet or "")
            options = replace(options, year=year)
        self.builder = RecordBuilder(
            record_type, origin, options, nested=part.nested, verbatim=table.verbatim,
            loose=table.loose,
        )  # fmt: skip
        if not part.nested:
            self.builder.columns.assign(table.columns)
            _check_columns(self.builder, source, table.columns)
        self.records: list[T] = []
        self.refused: set[str] = set()
        self.met = self.damaged = self.number = self.used = self.rejected = 0

    def read(self) -> None:
        for row in self.table.rows:
            self.met, self.number = self.met + 1, row.number
            self._take(row)
            probing = self.part.nested and self.met == _PROBE and self.met > self.damaged
            if probing:
                _check_columns(self.builder, self.part.source, tuple(row.values))
            if self.progress and self.met % _PROGRESS_EVERY == 0:
                self.progress(self.number, self.table.total)
        if self.progress and self.met:
            self.progress(self.number, self.table.total)

    def _take(self, row: Row) -> None:
        record = self.builder.build(row)
        if record is not None and _is_first(record, row, self.builder, self.rows_of):
            self.records.append(record)
            self.used += row.span
            return
        self.rejected += row.span
        if row.damage is not None:
            self.damaged += 1
        elif record is None:
            self.refused.add(_stated_id(row, self.builder))

    def collected(self) -> Collected[T]:
        builder, table = self.builder, self.table
        return Collected(
            self.part.source, self.records, builder.rejects, builder.mapping,
            builder.columns.guesses, builder.unknown_columns,
            (*table.warnings, *self.part.warnings, *builder.warnings), self.refused,
            list(table.omitted), RowCount(0, self.used, self.rejected, len(table.omitted)),
        )  # fmt: skip


def _record_key(record: Record) -> tuple[str, ...]:
    """What may occur only once in a file; evidence has no such thing."""
    if isinstance(record, Outcome):
        return (record.challenge_id, record.team_id, record.stage)
    if isinstance(record, Challenge | Team):
        return (record.record_id,)
    return ()


def _is_first(
    record: Record, row: Row, builder: RecordBuilder[Any],
    rows_of: dict[tuple[str, ...], tuple[str | None, int]],
) -> bool:  # fmt: skip
    key = _record_key(record)
    if not key:
        return True
    here = (builder.origin.sheet, row.number)
    if key not in rows_of:
        rows_of[key] = here
        return True
    sheet, first = rows_of[key]
    place = f"「{sheet}」表" if sheet != here[0] else ""
    field = required_groups(builder.record_type)[0][0]
    problem = Problem(
        f"编号重复: 与{place}第 {first} 行相同", "每个编号只出现一次",
        "改正编号; 若确是同一项, 删去其中一行",
    )  # fmt: skip
    builder.reject(row, field, problem)
    return False


def _stated_id(row: Row, builder: RecordBuilder[Any]) -> str:
    """The id a refused row claims, so that its evidence can be told from a stray one."""
    field = required_groups(builder.record_type)[0][0]
    columns = builder.columns.assign(row.values)
    return next((str(row.values[c]).strip() for c, f in columns.items() if f == field), "")


def _check_columns(builder: RecordBuilder[Any], source: SourceFile, columns: Sequence[str]) -> None:
    group = builder.columns.lacks(needed_groups(builder.record_type))
    if group is None:
        return
    labels = field_labels(builder.record_type)
    names = "或".join(f"「{labels[field]}」" for field in group)
    raise InputError(
        f"{source.name} 缺少必需的列: {names}",
        given="现有列: " + "、".join(columns)[:300],
        expected=f"一列{names} (JSONL 中为 {' 或 '.join(group)})",
        remedy="补上这一列, 或把对应的列改成这个名字",
    )


def _check_rows(
    met: int, damaged: int, record_type: type[Record], total: Collected[Any], part: Input
) -> None:
    """After the last row: a file without any, or with none that can be split, is an error."""
    source = part.source
    if met == 0:
        if record_type is TeamEvidence:
            return
        raise InputError(
            "文件里没有记录", given=str(source.path), expected="表头以下至少一行",
            remedy="填写后再试, 或换一个文件; 正文是通知时用 matcher import --check 查看",
        )  # fmt: skip
    if met == damaged:
        raise InputError(
            "没有一行能读", given=total.rejects[0].message, expected=f"完好的 {source.format}",
            remedy="检查文件格式和扩展名是否相符",
        )  # fmt: skip
    if part.nested:
        builder = RecordBuilder(record_type, Source(file=source.name))
        builder.columns.mapping.update(total.mapping)
        _check_columns(builder, source, (*total.unknown, *total.mapping))
