"""The report for programs: JSON (everything) and CSV (one line a challenge and team)."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter

from matcher.corpora.formats.csv_file import write_csv
from matcher.corpora.table import Cell, Sheet
from matcher.report.model import Report
from matcher.report.tables import challenges
from matcher.report.tables.table import Value

_ADAPTER = TypeAdapter(Report)


def report_bytes(report: Report) -> bytes:
    """What `write_json` writes: the same report, the same bytes (fields in their order)."""
    return _ADAPTER.dump_json(report, indent=1) + b"\n"


def read_report(path: Path) -> Report:
    """Read what `write_json` wrote. Raises: pydantic.ValidationError, OSError."""
    return _ADAPTER.validate_json(path.read_bytes())


def write_json(report: Report, path: Path) -> None:
    """Everything."""
    path.write_bytes(report_bytes(report))


def write_ranking_csv(report: Report, path: Path) -> None:
    """One row a challenge and team, as CSV that a spreadsheet opens."""
    table = challenges.rankings(report)
    rows = [list(map(_cell, values)) for values in table.values("csv")]
    write_csv(Sheet(table.name, table.headers("csv"), rows), path)


def _cell(value: Value) -> Cell:
    """Numbers stay numbers, whatever other faces round them to."""
    if value is None:
        return ""
    return value if isinstance(value, str | int | float) else str(value)
