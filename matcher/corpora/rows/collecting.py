"""Tables → records: the reading of all rows of a file, each accounted for."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from matcher.corpora.formats.source_file import SourceFile
from matcher.corpora.grid import Omitted
from matcher.corpora.headers.fields import TeamEvidence, field_labels, required_groups
from matcher.corpora.headers.kinds import needed_groups
from matcher.corpora.headers.labels import Guess
from matcher.corpora.layout.selecting import Input
from matcher.corpora.reading import Reading, Reject, Row, RowCount
from matcher.corpora.rows.blocks import Block, Settings, blocks_of
from matcher.corpora.rows.building import RecordBuilder
from matcher.corpora.rows.places import FirstPlaces, Place
from matcher.corpora.rows.problems import Problem
from matcher.corpora.spool import Spool
from matcher.corpora.table import Table
from matcher.errors import InputError
from matcher.records import Record, Source
from matcher.text.dates import year_of

T = TypeVar("T", bound=Record)
Progress = Callable[[int, int | None], None]

_PROGRESS_EVERY = 1000


@dataclass(frozen=True)
class Collected(Generic[T]):
    """A reading under way: what `Reading` needs, and the ids that were refused."""

    source: SourceFile
    records: Sequence[T]
    rejects: Sequence[Reject]
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
            records=self.records,
            rejects=self.rejects,
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
        StorageError: the temporary folder is full.
    """
    total = _Total[T](part)
    met = damaged = 0
    for table in part.tables:
        run = _Run(part, table, record_type, total, progress)
        run.read()
        total.add(run)
        met, damaged = met + run.met, damaged + run.damaged
    found = total.collected()
    _check_rows(met, damaged, record_type, found, part)
    return found


class _Total(Generic[T]):
    """What all tables of a file gave together."""

    def __init__(self, part: Input) -> None:
        self.part = part
        self.records: Spool[T] = Spool()
        self.rejects: Spool[Reject] = Spool()
        self.places = FirstPlaces()
        self.refused: set[str] = set()
        self._mapping: dict[str, str] = {}
        self._guesses: dict[str, Guess] = {}
        self._unknown: dict[str, None] = {}
        self._warnings: dict[str, None] = {}
        self._omitted = list(part.omitted)
        self._used = self._rejected = 0

    def add(self, run: _Run[T]) -> None:
        builder, table = run.builder, run.table
        self._mapping |= builder.mapping
        self._guesses |= builder.columns.guesses
        self._unknown |= dict.fromkeys(builder.unknown_columns)
        warnings = (*table.warnings, *self.part.warnings, *builder.warnings, *run.notes)
        self._warnings |= dict.fromkeys(warnings)
        self._omitted += table.omitted
        self._used, self._rejected = self._used + run.used, self._rejected + run.rejected

    def collected(self) -> Collected[T]:
        if self.part.nested:
            rows = self._used + self._rejected
        else:
            rows = sum(counter.rows for counter in self.part.counters)
        return Collected(
            self.part.source, self.records.kept(), self.rejects.kept(), self._mapping,
            self._guesses, tuple(self._unknown), tuple(self._warnings), self.refused,
            self._omitted, RowCount(rows, self._used, self._rejected, len(self._omitted)),
        )  # fmt: skip


class _Run(Generic[T]):
    """The reading of one table."""

    def __init__(
        self, part: Input, table: Table, record_type: type[T], total: _Total[T],
        progress: Progress | None,
    ) -> None:  # fmt: skip
        self.part, self.table, self.total, self.progress = part, table, total, progress
        source = part.source
        origin = Source(file=source.name, sheet=table.sheet, sha256=source.sha256)
        options = part.options
        if options.year is None:
            year = year_of(table.context, source.name, table.sheet or "")
            options = replace(options, year=year)
        self.settings = Settings(
            record_type, origin, options, table.columns, part.nested, table.verbatim, table.loose
        )
        self.builder = self.settings.builder()
        if not part.nested:
            _check_columns(self.builder, source, table.columns)
        self.notes: list[str] = []
        self.met = self.damaged = self.number = self.used = self.rejected = 0

    def read(self) -> None:
        about = self.table.total or self.part.source.lines or 0
        for rows, block in blocks_of(self.table.rows, self.builder, self.settings, about):
            first = self.met == 0
            self._take(rows, block)
            if first and self.part.nested and self.met > self.damaged:
                # JSONL has no header row: objects without an id are no such records.
                _check_columns(self.builder, self.part.source, tuple(rows[-1].values))
        if self.progress and self.met:
            self.progress(self.number, self.table.total)

    def _take(self, rows: Sequence[Row], block: Block[T]) -> None:
        twice: set[int] = set()
        made = 0
        for row, key, rejects in zip(rows, block.keys, block.rejects, strict=True):
            self._count(row)
            self.total.rejects.extend(rejects)
            if key is None:
                self._refuse(row)
                continue
            here = Place(self.table.sheet, row.number)
            before = self.total.places.claim(key, here) if key else None
            if before is None:
                self.used += row.span
            else:
                twice.add(made)
                self.rejected += row.span
                self.total.rejects.append(self._second(row, before))
            made += 1
        self.notes += block.notes
        if isinstance(block.records, bytes) and not twice:
            self.total.records.extend_pickled(block.records, made)
            return
        records = block.records
        if isinstance(records, bytes):
            records = pickle.loads(records)  # made by our own process
        self.total.records.extend(r for i, r in enumerate(records) if i not in twice)

    def _count(self, row: Row) -> None:
        self.met, self.number = self.met + 1, row.number
        if self.progress and self.met % _PROGRESS_EVERY == 0:
            self.progress(self.number, self.table.total)

    def _refuse(self, row: Row) -> None:
        self.rejected += row.span
        if row.damage is not None:
            self.damaged += 1
        else:
            self.total.refused.add(_stated_id(row, self.builder))

    def _second(self, row: Row, first: Place) -> Reject:
        """The complaint about a row with the id of an earlier one."""
        place = f"「{first.sheet}」表" if first.sheet != self.table.sheet else ""
        field = required_groups(self.builder.record_type)[0][0]
        problem = Problem(
            f"编号重复: 与{place}第 {first.row} 行相同", "每个编号只出现一次",
            "改正编号; 若确是同一项, 删去其中一行",
        )  # fmt: skip
        return self.builder.rejected(row, field, problem)


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
            remedy="填写后再试, 或换一个文件; 是通知的, 把正文粘贴进来",
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
