"""The verbs of reading: a file in, a `Reading` out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from matcher.corpora.building import RecordBuilder, TeamEvidence, field_labels, required_groups
from matcher.corpora.columns import ColumnMap, normalise_header
from matcher.corpora.csv_file import read_csv
from matcher.corpora.jsonl_file import iter_jsonl
from matcher.corpora.problems import Problem
from matcher.corpora.reading import Reading, Reject, Row
from matcher.corpora.source_file import SourceFile, inspect_file
from matcher.corpora.table import Table
from matcher.corpora.xlsx_file import read_xlsx
from matcher.errors import InputError
from matcher.records import Challenge, Evidence, Outcome, Record, Source, Team

T = TypeVar("T", bound=Record)
Progress = Callable[[int, int | None], None]

EVIDENCE_SHEETS = ("成果", "evidence")
_PROGRESS_EVERY = 1000
# JSONL has no header row: after so many objects without an id it is not a file of such records.
_PROBE = 100


def read_challenges(path: str | Path, *, progress: Progress | None = None) -> Reading[Challenge]:
    """Read a challenge list (.xlsx, .csv, .jsonl). See `read_records`.

    Raises:
        InputError: the file as a whole cannot be used.
    """
    return read_records(path, Challenge, progress=progress)


def read_outcomes(path: str | Path, *, progress: Progress | None = None) -> Reading[Outcome]:
    """Read outcomes (.xlsx, .csv, .jsonl). See `read_records`.

    Raises:
        InputError: the file as a whole cannot be used.
    """
    return read_records(path, Outcome, progress=progress)


def read_teams(
    path: str | Path, evidence: str | Path | None = None, *, progress: Progress | None = None
) -> Reading[Team]:
    """Read a library of teams together with their evidence.

    Evidence comes nested (JSONL, or a JSON array in the column 成果), from the sheet 成果 (or
    evidence) of the same workbook, from the file given as ``evidence``, or, for a CSV file, from
    ``<stem>_成果.csv`` or ``<stem>_evidence.csv`` beside it. Rows of evidence whose team is
    not in the library become rejects.

    Raises:
        InputError: the file as a whole, or its evidence as a whole, cannot be used.
    """
    source = inspect_file(path)
    inputs = _inputs(source, Team)
    readings = [*inputs.more_evidence]
    warnings: tuple[str, ...] = ()
    if evidence is None and source.format == "csv":
        evidence, warnings = _companion(source.path)
    if evidence is not None:
        readings.append(_inputs(inspect_file(evidence), TeamEvidence))
    main = _collect(inputs, Team, progress)
    for part in readings:
        main = _attach(main, _collect(part, TeamEvidence, progress))
    return main.reading(warnings)


def read_records(
    path: str | Path, record_type: type[T], *, progress: Progress | None = None
) -> Reading[T]:
    """Read the records of one type from a .xlsx, .csv or .jsonl file.

    A row that cannot be used becomes one or more rejects, and the others go on. A second row with
    the same id is refused. Columns that no field knows are kept in ``extra``. Each record is told
    where it came from (``source``), unless the file says so itself.

    ``progress`` is called with (row reached, number of rows or None) every thousand rows and at
    the end.

    Raises:
        InputError: the file is missing, empty, not of a known format, without records, or without
            a column that every record needs.
    """
    if record_type is Team:
        return cast(Reading[T], read_teams(path, progress=progress))
    return _collect(_inputs(inspect_file(path), record_type), record_type, progress).reading()


@dataclass(frozen=True)
class _Input:
    """The rows of one table, wherever they are."""

    source: SourceFile
    sheet: str | None
    rows: Iterable[Row]
    total: int | None
    columns: tuple[str, ...] | None
    warnings: tuple[str, ...] = ()
    more_evidence: tuple[_Input, ...] = ()


@dataclass(frozen=True)
class _Collected(Generic[T]):
    """A reading under way: what `Reading` needs, and where each id was first met."""

    source: SourceFile
    records: list[T]
    rejects: list[Reject]
    mapping: dict[str, str]
    unknown: tuple[str, ...]
    warnings: tuple[str, ...]
    refused_ids: set[str]

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
        )


def _inputs(source: SourceFile, record_type: type[Record]) -> _Input:
    """The table of a file that holds this type of record (and its sheets of evidence)."""
    if source.format == "jsonl":
        return _Input(source, None, iter_jsonl(source), source.lines, None)
    if source.format == "csv":
        return _table_input(source, read_csv(source))
    tables = read_xlsx(source)
    evidence = [table for table in tables if _is_evidence(table)]
    others = [table for table in tables if table not in evidence] or tables
    if record_type is TeamEvidence and evidence:
        evidence, others = others, evidence
    chosen = next((table for table in others if _fits(table, record_type)), others[0])
    if record_type is not Team:
        evidence, others = [], tables
    unread = [f"工作表「{table.sheet}」没有读取" for table in others if table is not chosen]
    parts = tuple(_table_input(source, table) for table in evidence if table is not chosen)
    return _table_input(source, chosen, tuple(unread), parts)


def _table_input(
    source: SourceFile, table: Table, warnings: tuple[str, ...] = (), parts: tuple[_Input, ...] = ()
) -> _Input:
    notes = (*table.warnings, *warnings)
    return _Input(source, table.sheet, table.rows, table.total, table.columns, notes, parts)


def _is_evidence(table: Table) -> bool:
    return normalise_header(table.sheet or "") in EVIDENCE_SHEETS


def _fits(table: Table, record_type: type[Record]) -> bool:
    columns = ColumnMap(record_type)
    columns.assign(table.columns)
    return columns.lacks(required_groups(record_type)) is None


def _collect(part: _Input, record_type: type[T], progress: Progress | None) -> _Collected[T]:
    source, nested = part.source, part.columns is None
    origin = Source(file=source.name, sheet=part.sheet, sha256=source.sha256)
    builder = RecordBuilder(record_type, origin, nested=nested)
    if part.columns is not None:
        builder.columns.assign(part.columns)
        _check_columns(builder, source, part.columns)
    records: list[T] = []
    rows_of: dict[tuple[str, ...], int] = {}
    refused: set[str] = set()
    met = damaged = number = 0
    for row in part.rows:
        met, number = met + 1, row.number
        record = builder.build(row)
        if record is not None and _is_first(record, row, builder, rows_of):
            records.append(record)
        elif row.damage is not None:
            damaged += 1
        elif record is None:
            refused.add(_stated_id(row, builder))
        if nested and met == _PROBE and met > damaged:
            _check_columns(builder, source, tuple(row.values))
        if progress and met % _PROGRESS_EVERY == 0:
            progress(number, part.total)
    _check_rows(met, damaged, builder, source)
    if progress:
        progress(number, part.total)
    return _Collected(
        source, records, builder.rejects, builder.mapping, builder.unknown_columns,
        (*part.warnings, *builder.warnings), refused,
    )  # fmt: skip


def _record_key(record: Record) -> tuple[str, ...]:
    """What may occur only once in a file; evidence has no such thing."""
    if isinstance(record, Outcome):
        return (record.challenge_id, record.team_id, record.stage)
    if isinstance(record, Challenge | Team):
        return (record.record_id,)
    return ()


def _is_first(
    record: Record, row: Row, builder: RecordBuilder[Any], rows_of: dict[tuple[str, ...], int]
) -> bool:
    key = _record_key(record)
    if not key:
        return True
    first = rows_of.setdefault(key, row.number)
    if first == row.number:
        return True
    field = required_groups(builder.record_type)[0][0]
    problem = Problem(
        f"编号重复: 与第 {first} 行相同", "每个编号只出现一次",
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
    group = builder.columns.lacks(required_groups(builder.record_type))
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


def _check_rows(met: int, damaged: int, builder: RecordBuilder[Any], source: SourceFile) -> None:
    """After the last row: a file without any, or with none that can be split, is an error."""
    if met == 0:
        if builder.record_type is TeamEvidence:
            return
        raise InputError(
            "文件里没有记录", given=str(source.path), expected="表头以下至少一行",
            remedy="填写后再试, 或换一个文件",
        )  # fmt: skip
    if met == damaged:
        raise InputError(
            "没有一行能读", given=builder.rejects[0].message, expected=f"完好的 {source.format}",
            remedy="检查文件格式和扩展名是否相符",
        )  # fmt: skip
    _check_columns(builder, source, tuple(builder.columns.unknown) or tuple(builder.mapping))


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
    known = {team.team_id for team in teams.records}
    rejects = [*teams.rejects, *rows.rejects]
    for row in rows.records:
        if row.team_id in known:
            values = {field: getattr(row, field) for field in Evidence.model_fields}
            by_team[row.team_id].append(Evidence.model_construct(**values))
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
        (*teams.unknown, *(f"成果.{column}" for column in rows.unknown)),
        (*teams.warnings, *(f"成果: {text}" for text in rows.warnings)), teams.refused_ids,
    )  # fmt: skip


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
