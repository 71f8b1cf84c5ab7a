"""Tables → records: the reading of all rows of a file, each accounted for."""

from __future__ import annotations

import pickle
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Self, TypeVar

from matcher.corpora.formats.format import SourceFile
from matcher.corpora.grid import Omission, Omitted, row_text
from matcher.corpora.headers.kinds import (
    OWNED,
    field_labels,
    id_field,
    kind_of,
    required_groups,
)
from matcher.corpora.headers.labels import Guess, normalise_header
from matcher.corpora.headers.listing import ListedAchievement
from matcher.corpora.layout.sections import PROSE_SHEET, Section
from matcher.corpora.options import ReadOptions
from matcher.corpora.reading import Reading, Reject, Row, RowCount
from matcher.corpora.rows.blocks import Block, Settings, blocks_of
from matcher.corpora.rows.building import COUNTING, RecordBuilder
from matcher.corpora.rows.captions import organisation_above, year_above
from matcher.corpora.rows.places import FirstPlaces, Place
from matcher.corpora.rows.problems import Problem
from matcher.corpora.rows.tidying import MADE_ID
from matcher.corpora.spool import Spool
from matcher.corpora.table import Table
from matcher.errors import InputError
from matcher.garbage import collected_seldom
from matcher.progress import Progress
from matcher.records import Record, Source
from matcher.text.dates import year_of

T = TypeVar("T", bound=Record)

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
    notes: tuple[str, ...]
    refused_ids: set[str]
    omitted: list[Omitted]
    count: RowCount
    unread: tuple[str | None, ...] = ()

    def beside(self, rest: Iterable[Section], read: Collection[Section] = ()) -> Self:
        """The same, with what else is in the file accounted for.

        Args:
            rest: the sections that were not read for this type of record.
            read: those that were read, for this or another type.
        """
        elsewhere = {section.sheet for section in read}
        omitted: list[Omitted] = []
        unread: dict[str | None, None] = {}
        notes = dict.fromkeys(self.notes)
        rows = 0
        for section in rest:
            notes |= {} if section in read else dict.fromkeys(section.notes)
            why = Omission.UNREAD if section.columns else Omission.PROSE
            if section.sheet in elsewhere and why is Omission.UNREAD:
                why = Omission.ELSEWHERE
            elif section.sheet not in elsewhere and (
                section.columns or section.sheet != PROSE_SHEET
            ):
                unread[section.sheet] = None
            omitted += section.left_out(why)
            rows += section.counter.rows
        count = self.count + RowCount(total=rows, omitted=len(omitted))
        return replace(
            self, omitted=omitted + self.omitted, count=count, unread=tuple(unread),
            notes=tuple(notes),
        )  # fmt: skip

    def reading(self) -> Reading[T]:
        """The finished reading."""
        none_left = () if self.records else ("没有一行可用，见拒收清单",)
        return Reading(
            records=self.records,
            rejects=self.rejects,
            unknown_columns=self.unknown,
            file=self.source.name,
            sha256=self.source.sha256,
            format=self.source.format,
            mapping=self.mapping,
            notes=(*self.notes, *none_left),
            omitted=tuple(self.omitted),
            guesses=self.guesses,
            count=self.count,
            unread=self.unread,
        )


def collect(
    source: SourceFile, sections: Sequence[Section], record_type: type[T], options: ReadOptions,
    progress: Progress | None = None, *, noting: bool = False,
) -> Collected[T]:  # fmt: skip
    """Read every row of some sections of a file.

    Args:
        source: the file.
        sections: what is read of it.
        record_type: what their rows are records of.
        options: what is known about the file.
        progress: called with (row reached, number of rows or None).
        noting: whether the rows are kept for readings of other types to account for.

    Raises:
        InputError: a column that every record needs is missing, or there is no row to be read.
        StorageError: the temporary folder is full.
    """
    total = _Total[T](source)
    nested, met, damaged = False, 0, 0
    for section in sections:
        table = section.table(record_type, noting=noting)
        run = _Run(source, table, record_type, options, total, progress)
        with collected_seldom():
            run.read()
        total.add(run)
        nested, met, damaged = nested or table.nested, met + run.met, damaged + run.damaged
    found = total.collected(sum(section.counter.rows for section in sections))
    _check_rows(met, damaged, record_type, found, nested=nested)
    return found


class _Total(Generic[T]):
    """What all tables of a file gave together."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.records: Spool[T] = Spool()
        self.rejects: Spool[Reject] = Spool()
        self.places = FirstPlaces()
        self.refused: set[str] = set()
        self._mapping: dict[str, str] = {}
        self._guesses: dict[str, Guess] = {}
        self._unknown: dict[str, None] = {}
        self._notes: dict[str, None] = {}
        self._omitted: list[Omitted] = []
        self._used = self._rejected = 0

    def add(self, run: _Run[T]) -> None:
        builder, table = run.builder, run.table
        self._mapping |= builder.mapping
        self._guesses |= builder.columns.guesses
        self._unknown |= dict.fromkeys(builder.unknown_columns)
        self._notes |= dict.fromkeys((*table.warnings, *builder.warnings, *run.notes))
        self._omitted += (*table.omitted, *run.same_again)
        self._used, self._rejected = self._used + run.used, self._rejected + run.rejected

    def collected(self, rows: int) -> Collected[T]:
        """All together, of so many rows of the file."""
        return Collected(
            self.source, self.records.kept(), self.rejects.kept(), self._mapping,
            self._guesses, tuple(self._unknown), tuple(self._notes), self.refused,
            self._omitted, RowCount(rows, self._used, self._rejected, len(self._omitted)),
        )  # fmt: skip


class _Run(Generic[T]):
    """The reading of one table."""

    def __init__(
        self, source: SourceFile, table: Table, record_type: type[T], options: ReadOptions,
        total: _Total[T], progress: Progress | None,
    ) -> None:  # fmt: skip
        self.source, self.table, self.total, self.progress = source, table, total, progress
        origin = Source(file=source.name, sheet=table.sheet, sha256=source.sha256)
        if options.year is None:
            year = year_of(table.context, source.name, table.sheet or "")
            options = replace(options, year=year)
        self.notes: list[str] = []
        self.same_again: list[Omitted] = []
        if record_type is ListedAchievement:
            options = self._of_list(options)
        self.settings = Settings(
            record_type, origin, options, table.columns, table.nested, table.verbatim, table.loose
        )
        self.builder = self.settings.builder()
        if not table.nested:
            _check_columns(self.builder, source, table.columns)
        self.met = self.damaged = self.number = self.used = self.rejected = 0

    def _of_list(self, options: ReadOptions) -> ReadOptions:
        """What the title of a list says of its works, where the rows leave it out."""
        title = self.table.context
        whose = options.organisation or organisation_above(title)
        if whose and not options.organisation:
            self.notes.append(f"没有写单位的行按表上方的文字算作「{whose}」的；不对就用 --org 另写")
        return replace(options, organisation=whose, listed_year=year_above(title))

    def read(self) -> None:
        about = self.table.total or self.source.lines or 0
        for rows, block in blocks_of(self.table.rows, self.builder, self.settings, about):
            first = self.met == 0
            self._take(rows, block)
            if first and self.table.nested and self.met > self.damaged:
                # JSONL has no header row: objects without an id are no such records.
                _check_columns(self.builder, self.source, tuple(rows[-1].values))
        if self.progress and self.met:
            self.progress(self.number, self.table.total)

    def _take(self, rows: Sequence[Row], block: Block[T]) -> None:
        twice: set[int] = set()
        renamed: dict[int, str] = {}
        made = 0
        for row, key, rejects, digest in zip(
            rows, block.keys, block.rejects, block.digests, strict=True
        ):
            self._count(row)
            self.total.rejects.extend(rejects)
            if key is None:
                self._refuse(row)
                continue
            here = Place(self.table.sheet, row.number)
            before = self.total.places.claim(key, here, digest) if key else None
            if before is None:
                self.used += row.span
            elif before.same and before.place.sheet != here.sheet:
                twice.add(made)
                self._same_again(row)
            elif key and not before.same and self._only_counts(key[0], here, before.place):
                # Titles may be equal; what has no number of its own is told by all it says.
                renamed[made] = f"{key[0]}-{digest:08x}"
                self.used += row.span
            else:
                twice.add(made)
                self.rejected += row.span
                self.total.rejects.append(self._second(row, before.place))
            made += 1
        self.notes += block.notes
        if isinstance(block.records, bytes) and not twice and not renamed:
            self.total.records.extend_pickled(block.records, made)
            return
        records = block.records
        if isinstance(records, bytes):
            records = pickle.loads(records)  # made by our own process
        field = id_field(self.settings.record_type) or ""
        self.total.records.extend(
            r.model_copy(update={field: renamed[i]}) if i in renamed else r
            for i, r in enumerate(records)
            if i not in twice
        )

    def _only_counts(self, key: str, here: Place, before: Place) -> bool:
        """Whether an id was made, or only counts the rows of its sheet (序号)."""
        column = self.builder.columns_of_id
        return MADE_ID.fullmatch(key) is not None or (
            here.sheet != before.sheet and normalise_header(column) in COUNTING
        )

    def _same_again(self, row: Row) -> None:
        """A row that another sheet of the file holds too (all, and then those of a part).

        Kept apart from what the table leaves out by itself, which readings of other types tell too.
        """
        text = row_text(list(row.values.values()))
        self.same_again += [
            Omitted(self.table.sheet, row.number, Omission.SAME_AGAIN, text)
            for _ in range(row.span)
        ]

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
            f"编号重复：与{place}第 {first.row} 行相同", "每个编号只出现一次",
            "改正编号；若确是同一项，删去其中一行",
        )  # fmt: skip
        return self.builder.rejected(row, field, problem)


def _stated_id(row: Row, builder: RecordBuilder[Any]) -> str:
    """The id a refused row claims, so that its evidence can be told from a stray one."""
    field = required_groups(builder.record_type)[0][0]
    columns = builder.columns.assign(row.values)
    return next((str(row.values[c]).strip() for c, f in columns.items() if f == field), "")


def _check_columns(builder: RecordBuilder[Any], source: SourceFile, columns: Sequence[str]) -> None:
    group = builder.columns.lacks(kind_of(builder.record_type).needed)
    if group is None:
        return
    labels = field_labels(builder.record_type)
    names = "或".join(f"「{labels[field]}」" for field in group)
    raise InputError(
        f"{source.name} 缺少必需的列：{names}",
        given="现有列：" + "、".join(columns)[:300],
        expected=f"一列{names}（JSONL 中为 {' 或 '.join(group)}）",
        remedy="补上这一列，或把对应的列改成这个名字",
    )


def _check_rows(
    met: int, damaged: int, record_type: type[Record], total: Collected[Any], *, nested: bool
) -> None:
    """After the last row: a file without any, or with none that can be split, is an error."""
    source = total.source
    if met == 0:
        if any(record_type is one.row for several in OWNED.values() for one in several):
            return
        if any(omitted.why is Omission.TEMPLATE for omitted in total.omitted):
            raise InputError(
                "这是没有填写的模板，只有说明和示例", given=source.name,
                expected="示例行以下填写的记录", remedy="填写后再导入",
            )  # fmt: skip
        raise InputError(
            "文件里没有记录", given=str(source.path), expected="表头以下至少一行",
            remedy="填写后再试，或换一个文件；是通知的，把正文粘贴进来",
        )  # fmt: skip
    if met == damaged:
        raise InputError(
            "没有一行能读", given=total.rejects[0].message, expected=f"完好的 {source.format}",
            remedy="检查文件格式和扩展名是否相符",
        )  # fmt: skip
    if nested:
        builder = RecordBuilder(record_type, Source(file=source.name))
        builder.columns.mapping.update(total.mapping)
        _check_columns(builder, source, (*total.unknown, *total.mapping))
