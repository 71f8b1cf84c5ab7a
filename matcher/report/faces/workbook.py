"""The report as a workbook: the home of the staff."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from matcher.report.faces.sheets import FIRST_ROW, Link, Page, Shown, write_pages
from matcher.report.model import Report
from matcher.report.profiles import DEFAULT_PROFILE, PROFILES, Profile
from matcher.report.tables import brief as of_brief
from matcher.report.tables import workbook_tables
from matcher.report.tables.table import Formula, Many, To, Value, Where

_Places = Mapping[tuple[Where, str], tuple[str, int]]
"""On which sheet and in which row (from 0) a challenge, a team, a rule or a part stands."""


def write_workbook(
    report: Report, path: Path, profile: Profile = PROFILES[DEFAULT_PROFILE]
) -> None:
    """Write the workbook; the same report gives the same cells."""
    write_pages(report.title, workbook_pages(report, profile), path)


def workbook_pages(
    report: Report, profile: Profile = PROFILES[DEFAULT_PROFILE]
) -> tuple[Page, ...]:
    """The pages as data, in order."""
    tables = workbook_tables(report, profile.parts)
    places: dict[tuple[Where, str], tuple[str, int]] = {}
    for table in tables:
        for number, to in enumerate(table.anchors(), FIRST_ROW):
            if to is not None:
                places[to.where, to.key] = (table.name, number)
    sheets = {table.name for table in tables}
    for part, name in of_brief.NAMES.items():
        if name in sheets:
            places["part", part] = (name, 0)
    pages = []
    for table in tables:
        rows = [tuple(_cell(value, places) for value in values) for values in table.values("xlsx")]
        free = [("",) * len(table.on("xlsx"))] * table.free_lines
        pages.append(Page(table, (*rows, *free), table.printed or profile.prints_all))
    return tuple(pages)


def _cell(value: Value, places: _Places) -> Shown:
    """Links where the workbook has what they lead to; what is neither number nor formula, text."""
    if value is None or isinstance(value, str | int | float | Formula):
        return value
    target = value.items[0] if isinstance(value, Many) and value.lead and value.items else value
    if isinstance(target, To) and (target.where, target.key) in places:
        return Link(str(value), *places[target.where, target.key])
    return str(value)
