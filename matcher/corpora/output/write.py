"""The verbs of writing: records in, a whole file out (or none)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, cast

from matcher.atomic import atomic_path
from matcher.corpora.cells import format_cell
from matcher.corpora.formats.csv_file import write_csv
from matcher.corpora.formats.jsonl_file import write_jsonl
from matcher.corpora.formats.xlsx_file import write_xlsx
from matcher.corpora.headers.columns import is_private_column
from matcher.corpora.headers.kinds import KINDS, TeamEvidence, kind_of
from matcher.corpora.layout.mended import PLACES
from matcher.corpora.output.reject_tables import RejectTable, reject_tables
from matcher.corpora.reading import Reject
from matcher.corpora.table import Cell, Sheet
from matcher.errors import InputError
from matcher.records import Challenge, Evidence, Outcome, Record, Team, headers, private_fields

EVIDENCE_SHEET = kind_of(TeamEvidence).label
_FORMATS = (".xlsx", ".csv", ".jsonl")


def write_challenges(
    challenges: Iterable[Challenge], path: str | Path, *, private: bool = False
) -> None:
    """Write a challenge list. See `write_records`.

    Raises:
        InputError, StorageError: as `write_records`.
    """
    _write(challenges, Challenge, Path(path), private)


def write_teams(teams: Iterable[Team], path: str | Path, *, private: bool = False) -> None:
    """Write a library of teams and their evidence. See `write_records`.

    Raises:
        InputError, StorageError: as `write_records`.
    """
    _write(teams, Team, Path(path), private)


def write_outcomes(outcomes: Iterable[Outcome], path: str | Path, *, private: bool = False) -> None:
    """Write outcomes. See `write_records`.

    Raises:
        InputError, StorageError: as `write_records`.
    """
    _write(outcomes, Outcome, Path(path), private)


def write_records(records: Iterable[Record], path: str | Path, *, private: bool = False) -> None:
    """Write records of one type, in the format of the suffix: .jsonl, .csv or .xlsx.

    JSONL is nested, leaves out fields at their default and keeps ``source``. Tables have the
    Chinese headers, then the columns of ``extra``; their evidence goes to the sheet 成果, or to
    ``<stem>_成果.csv`` (written also when there is none but an older one lies there). In CSV, a
    text that a spreadsheet would run as a formula gets a ``'`` before it, which reading takes
    off again; in XLSX it is a cell of text. Values in ``extra`` other than text become JSON text.

    Personal contacts, also those that only reached ``extra``, are left out unless ``private``.
    The file appears whole or not at all, see `matcher.atomic.atomic_path`.

    Raises:
        InputError: no records, mixed types, an unknown suffix, a value no file can hold.
        StorageError: the disk refuses.
    """
    iterator = iter(records)
    first = next(iterator, None)
    if first is None:
        raise InputError("没有可写的记录", given=str(path), expected="至少一条记录")
    _write(chain([first], iterator), type(first), Path(path), private)


def write_rejects(rejects: Iterable[Reject], path: str | Path, *, private: bool = False) -> None:
    """Write what could not be read to .xlsx or .csv: place, value, reason, remedy, original row.

    The columns of the original row keep their names, so that mended rows can be read again. Tables
    whose columns would stand in each other's way are sheets of their own (拒收, 拒收2 …), or files
    (拒收.csv, 拒收_2.csv …).
    Columns of personal contacts are left out unless ``private``.

    Raises:
        InputError: the suffix is neither .xlsx nor .csv.
        StorageError: the disk refuses.
    """
    path, rejects = Path(path), list(rejects)
    _check_suffix(path, _FORMATS[:2])
    tables = reject_tables(rejects) or [RejectTable(None, ())]
    sheets = [_reject_sheet(table, number, private) for number, table in enumerate(tables, 1)]
    if path.suffix.lower() == ".xlsx":
        _write_tables(sheets, path)
        return
    for number, sheet in enumerate(sheets, 1):
        place = path if number == 1 else path.with_name(f"{path.stem}_{number}{path.suffix}")
        _write_tables([sheet], place)


def _reject_sheet(table: RejectTable, number: int, private: bool) -> Sheet:
    originals = [name for name in table.columns if private or not is_private_column(name)]
    rows = [
        [*_place(reject, private), *(_loose_cell(reject.original.get(c)) for c in originals)]
        for reject in table.rejects
    ]
    marked = [reject.column if reject.column in originals else None for reject in table.rejects]
    name = "拒收" if number == 1 else f"拒收{number}"
    return Sheet(name, [*PLACES, *originals], rows, marked=marked)


def _place(reject: Reject, private: bool) -> list[Cell]:
    hidden = not private and reject.column is not None and is_private_column(reject.column)
    return [
        reject.file,
        reject.sheet or "",
        "" if reject.row is None else reject.row,
        reject.column or "",
        "***" if hidden else _loose_cell(reject.value),
        reject.reason,
        reject.expected,
        reject.remedy,
    ]


def _loose_cell(value: Any) -> Cell:
    """A value straight from a file; sound text is all that can be promised of it."""
    cell = format_cell(value)
    return cell.encode(errors="replace").decode() if isinstance(cell, str) else cell


def _check_suffix(path: Path, allowed: Sequence[str]) -> None:
    if path.suffix.lower() not in allowed:
        raise InputError(
            "写不了这种格式", given=path.name, expected="扩展名 " + "、".join(allowed),
            remedy="改用其中一种扩展名",
        )  # fmt: skip


def _write(records: Iterable[Record], record_type: type[Record], path: Path, private: bool) -> None:
    _check_suffix(path, _FORMATS)
    checked = _of_one_type(records, record_type)
    try:
        if path.suffix.lower() == ".jsonl":
            with atomic_path(path) as temporary:
                write_jsonl((_as_object(record, private) for record in checked), temporary)
        else:
            _write_tables(_sheets(list(checked), record_type, private), path)
    except ValueError as error:  # half a surrogate pair, infinity, an object of no JSON type
        raise InputError(
            "有的值写不进文件", given=str(error), expected="文字、有限的数字、列表",
            remedy="检查附加列 (extra) 里的内容",
        ) from error  # fmt: skip


def _of_one_type(records: Iterable[Record], record_type: type[Record]) -> Iterator[Record]:
    for record in records:
        if type(record) is not record_type:
            raise InputError(
                "一个文件只写一种记录", given=type(record).__name__, expected=record_type.__name__
            )
        yield record


def _as_object(record: Record, private: bool) -> dict[str, Any]:
    hidden = None if private else set(private_fields(type(record)))
    value = record.model_dump(exclude_defaults=True, exclude=hidden)
    if not private:
        for part in (value, *value.get("evidence", ())):
            _drop_private(part)
    return value


def _drop_private(part: dict[str, Any]) -> None:
    if "extra" in part:
        part["extra"] = {k: v for k, v in part["extra"].items() if not is_private_column(k)}


def _sheets(records: list[Record], record_type: type[Record], private: bool) -> list[Sheet]:
    """The table of the records, and for teams that of their evidence."""
    sheets = [_sheet(records, record_type, _sheet_name(record_type), private)]
    if record_type is Team:
        rows = [
            TeamEvidence.model_construct(
                team_id=team.team_id,
                **{field: getattr(piece, field) for field in Evidence.model_fields},
            )
            for team in cast(list[Team], records)
            for piece in team.evidence
        ]
        sheets.append(_sheet(rows, TeamEvidence, EVIDENCE_SHEET, private))
    return sheets


def _sheet_name(record_type: type[Record]) -> str:
    return next((kind.label for kind in KINDS if kind.record is record_type), "记录")


def _sheet(records: Sequence[Record], record_type: type[Record], name: str, private: bool) -> Sheet:
    fields = [
        (field, mark.name)
        for field, mark in headers(record_type)
        if (private or not mark.private) and (record_type, field) != (Team, "evidence")
    ]
    extras = [
        column
        for column in dict.fromkeys(chain.from_iterable(_extra(record) for record in records))
        if private or not is_private_column(column)
    ]
    rows = [
        [
            *(format_cell(getattr(record, field)) for field, _ in fields),
            *(format_cell(_extra(record).get(column)) for column in extras),
        ]
        for record in records
    ]
    return Sheet(name, [*(header for _, header in fields), *extras], rows)


def _extra(record: Record) -> dict[str, Any]:
    extra: dict[str, Any] = getattr(record, "extra", {})
    return extra


def _write_tables(sheets: Sequence[Sheet], path: Path) -> None:
    if path.suffix.lower() == ".xlsx":
        with atomic_path(path) as temporary:
            write_xlsx(sheets, temporary)
        return
    main, *others = sheets
    beside = path.with_name(f"{path.stem}_{EVIDENCE_SHEET}.csv")
    if others and (others[0].rows or beside.exists()):
        # The library appears last: with it, its evidence is complete.
        with atomic_path(path) as temporary, atomic_path(beside) as evidence:
            write_csv(main, temporary)
            write_csv(others[0], evidence)
    else:
        with atomic_path(path) as temporary:
            write_csv(main, temporary)
