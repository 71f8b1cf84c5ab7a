"""The verbs of reading: a file in, a `Reading` out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from matcher.corpora.building import RecordBuilder
from matcher.corpora.columns import ColumnMap
from matcher.corpora.fields import TeamEvidence, field_labels, required_groups
from matcher.corpora.grid import Omitted
from matcher.corpora.jsonl_file import iter_jsonl
from matcher.corpora.kinds import needed_groups
from matcher.corpora.labels import Guess, normalise_header
from matcher.corpora.problems import Problem
from matcher.corpora.reading import Reading, Reject, Row, RowCount
from matcher.corpora.sections import RowCounter, Section, drain, sections_of
from matcher.corpora.source_file import SourceFile, inspect_file
from matcher.corpora.table import Table
from matcher.corpora.values import ReadOptions
from matcher.errors import InputError
from matcher.records import Challenge, Evidence, Outcome, Record, Source, Team
from matcher.text.dates import year_of

T = TypeVar("T", bound=Record)
Progress = Callable[[int, int | None], None]

EVIDENCE_SHEETS = ("成果", "evidence")
_PROGRESS_EVERY = 1000
_PLAIN = ReadOptions()
# JSONL has no header row: after so many objects without an id it is not a file of such records.
_PROBE = 100


def read_challenges(
    path: str | Path, *, options: ReadOptions = _PLAIN, progress: Progress | None = None
) -> Reading[Challenge]:
    """Read a challenge list in any format. See `read_records`.

    Raises:
        InputError: the file as a whole cannot be used.
    """
    return read_records(path, Challenge, options=options, progress=progress)


def read_outcomes(
    path: str | Path, *, options: ReadOptions = _PLAIN, progress: Progress | None = None
) -> Reading[Outcome]:
    """Read outcomes in any format. See `read_records`.

    Raises:
        InputError: the file as a whole cannot be used.
    """
    return read_records(path, Outcome, options=options, progress=progress)


def read_teams(
    path: str | Path, evidence: str | Path | None = None, *, options: ReadOptions = _PLAIN,
    progress: Progress | None = None,
) -> Reading[Team]:  # fmt: skip
    """Read a library of teams together with their evidence.

    Evidence comes nested (JSONL, or a JSON array in the column 成果), as a list in a cell, from the
    sheet 成果 (or evidence) of the same workbook, from the file given as ``evidence``, or, for a
    CSV file, from ``<stem>_成果.csv`` or ``<stem>_evidence.csv`` beside it. Rows of evidence whose
    team is not in the library become rejects.

    Raises:
        InputError: the file as a whole, or its evidence as a whole, cannot be used.
    """
    source = inspect_file(path)
    if source.format == "zip":
        from matcher.corpora.archive import read_archive

        return read_archive(source, lambda member: read_teams(member, options=options))
    inputs = _inputs(source, Team, options)
    return _teams(inputs, source, evidence, options, progress)


def _teams(
    inputs: _Input, source: SourceFile, evidence: str | Path | None, options: ReadOptions,
    progress: Progress | None,
) -> Reading[Team]:  # fmt: skip
    readings = [*inputs.more_evidence]
    warnings: tuple[str, ...] = ()
    if evidence is None and source.format == "csv":
        evidence, warnings = _companion(source.path)
    if evidence is not None:
        readings.append(_inputs(inspect_file(evidence), TeamEvidence, options))
    main = _collect(inputs, Team, progress)
    for part in readings:
        main = _attach(main, _collect(part, TeamEvidence, progress))
    return main.reading(warnings)


def read_records(
    path: str | Path, record_type: type[T], *, options: ReadOptions = _PLAIN,
    progress: Progress | None = None,
) -> Reading[T]:  # fmt: skip
    """Read the records of one type from a file of any format this software knows.

    The header is found under titles and notes, merged cells are spread, totals and notes left out
    and listed (``omitted``). A row that cannot be used becomes one or more rejects, and the others
    go on. A second row with the same id is refused. Columns that no field knows are kept in
    ``extra``. Each record is told where it came from (``source``), unless the file says so itself.

    ``progress`` is called with (row reached, number of rows or None) every thousand rows and at
    the end.

    Raises:
        InputError: the file is missing, empty, dangerous, not of a known format, without records,
            or without a column that every record needs.
    """
    if record_type is Team:
        return cast(Reading[T], read_teams(path, options=options, progress=progress))
    source = inspect_file(path)
    if source.format == "zip":
        from matcher.corpora.archive import read_archive

        return read_archive(source, lambda m: read_records(m, record_type, options=options))
    inputs = _inputs(source, record_type, options)
    return _collect(inputs, record_type, progress).reading()


@dataclass(frozen=True)
class _Input:
    """The tables of a file that hold one type of record, and what else is in it."""

    source: SourceFile
    tables: tuple[Table, ...]
    nested: bool = False
    warnings: tuple[str, ...] = ()
    omitted: tuple[Omitted, ...] = ()
    counters: tuple[RowCounter, ...] = ()
    more_evidence: tuple[_Input, ...] = ()
    options: ReadOptions = _PLAIN


@dataclass(frozen=True)
class _Collected(Generic[T]):
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


def _inputs(source: SourceFile, record_type: type[Record], options: ReadOptions) -> _Input:
    """The tables of a file that hold this type of record (and its sheets of evidence)."""
    if source.format == "jsonl":
        table = Table(None, (), iter_jsonl(source), source.lines)
        return _Input(source, (table,), nested=True, options=options)
    sections = sections_of(source, options)
    if not sections:
        raise InputError(
            "文件里没有内容", given=str(source.path), expected="第一行是列名, 以下每行一条记录",
            remedy="换一个文件",
        )  # fmt: skip
    return select(source, sections, record_type, options)


def select(
    source: SourceFile, sections: Sequence[Section], record_type: type[Record],
    options: ReadOptions,
) -> _Input:  # fmt: skip
    """The sections of a file that hold this type of record; what is left over is listed."""
    evidence = [s for s in sections if _is_evidence(s)] if len(sections) > 1 else []
    others = [s for s in sections if s not in evidence] or list(sections)
    if record_type is TeamEvidence and evidence:
        evidence, others = others, evidence
    chosen = [s for s in others if s.kind is record_type]
    if not chosen:
        fitting = (s for s in others if _fits(s, record_type))
        chosen = [next(fitting, next((s for s in others if s.columns), others[0]))]
    if record_type is not Team:
        evidence = []
    unread = [s for s in sections if s not in chosen and s not in evidence]
    omitted = [o for s in unread for o in drain(s, _why_unread(s))]
    parts = tuple(
        _Input(source, (s.open(TeamEvidence),), counters=(s.counter,), options=options)
        for s in evidence
    )
    return _Input(
        source, tuple(s.open(record_type) for s in chosen), False,
        tuple(_unread_note(s) for s in unread if s.columns or s.sheet != "正文"),
        tuple(omitted), tuple(s.counter for s in (*chosen, *unread)), parts, options,
    )  # fmt: skip


def _unread_note(section: Section) -> str:
    return f"工作表「{section.sheet}」没有读取"


def _why_unread(section: Section) -> str:
    return "未读取的工作表" if section.columns else "正文"


def _is_evidence(section: Section) -> bool:
    return section.kind is TeamEvidence or normalise_header(section.sheet or "") in EVIDENCE_SHEETS


def _fits(section: Section, record_type: type[Record]) -> bool:
    columns = ColumnMap(record_type)
    columns.assign(section.columns)
    return columns.lacks(needed_groups(record_type)) is None


def _collect(part: _Input, record_type: type[T], progress: Progress | None) -> _Collected[T]:
    source = part.source
    total = _Collected[T](
        source,
        [],
        [],
        {},
        {},
        (),
        (),
        set(),
        list(part.omitted),
        RowCount(omitted=len(part.omitted)),
    )
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


def _added(first: _Collected[T], second: _Collected[T]) -> _Collected[T]:
    return _Collected(
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
        self, part: _Input, table: Table, record_type: type[T],
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

    def collected(self) -> _Collected[T]:
        builder, table = self.builder, self.table
        return _Collected(
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
    met: int, damaged: int, record_type: type[Record], total: _Collected[Any], part: _Input
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


def _companion(path: Path) -> tuple[Path | None, tuple[str, ...]]:
    """The evidence file beside a CSV of teams."""
    found = [
        beside
        for suffix in EVIDENCE_SHEETS
        if (beside := path.with_name(f"{path.stem}_{suffix}.csv")).is_file()
    ]
    unread = tuple(f"成果文件 {other.name} 没有读取" for other in found[1:])
    return (found[0] if found else None), unread


def _attach(teams: _Collected[Team], rows: _Collected[TeamEvidence]) -> _Collected[Team]:
    """Teams with the evidence of a separate table, in its order, after what they had."""
    by_team: dict[str, list[Evidence]] = defaultdict(list)
    known = _owners(teams.records)
    rejects = [*teams.rejects, *rows.rejects]
    for row in rows.records:
        owner = known.get(row.team_id)
        if owner is not None:
            values = {field: getattr(row, field) for field in Evidence.model_fields}
            by_team[owner].append(Evidence.model_construct(**values))
        else:
            rejects.append(_stray(row, rows, row.team_id in teams.refused_ids))
    records = [
        team.model_copy(update={"evidence": (*team.evidence, *by_team[team.team_id])})
        if team.team_id in by_team
        else team
        for team in teams.records
    ]
    nested = {f"成果.{column}": f"evidence.{field}" for column, field in rows.mapping.items()}
    return _Collected(
        teams.source, records, rejects, teams.mapping | nested,
        teams.guesses | {f"成果.{column}": guess for column, guess in rows.guesses.items()},
        (*teams.unknown, *(f"成果.{column}" for column in rows.unknown)),
        (*teams.warnings, *(f"成果: {text}" for text in rows.warnings)), teams.refused_ids,
        teams.omitted + rows.omitted, teams.count + rows.count,
    )  # fmt: skip


def _owners(teams: Sequence[Team]) -> dict[str, str]:
    """What evidence may call its team: the id, or a name that only one team has."""
    names = Counter(team.team_name for team in teams if team.team_name)
    owners = {team.team_name: team.team_id for team in teams if names[team.team_name] == 1}
    return owners | {team.team_id: team.team_id for team in teams}


def _stray(row: TeamEvidence, rows: _Collected[TeamEvidence], refused: bool) -> Reject:
    column = next((c for c, field in rows.mapping.items() if field == "team_id"), None)
    source = row.source or Source(file=rows.source.name)
    return Reject(
        file=rows.source.name,
        sheet=source.sheet,
        row=source.row,
        column=column,
        value=row.team_id,
        reason="所属团队的那一行被拒收" if refused else "团队库中没有这个编号",
        expected="团队表中已有的团队编号",
        remedy="先修好该团队的那一行" if refused else "改正编号, 或在团队表中补上该团队",
        original=row.model_dump(mode="json", exclude_defaults=True, exclude={"source"}),
    )
