"""The tables of the report, each declared once, and their order in the workbook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matcher.report.brief import brief_of
from matcher.report.model import Report
from matcher.report.profiles import ALL_PARTS, Part
from matcher.report.tables import brief, challenges, forms, plan, whole
from matcher.report.tables.table import Table

__all__ = ["workbook_tables"]


def workbook_tables(report: Report, parts: Sequence[Part] = ALL_PARTS) -> tuple[Table[Any], ...]:
    """The sheets of the workbook, in order; those of the rule pack only where one was used."""
    book = report.rulebook
    tables: tuple[tuple[Part, Table[Any] | None], ...] = (
        ("brief", brief.page_one(report, parts)),
        ("changes", whole.changes(report) if report.changes else None),
        ("overview", challenges.overview(report)),
        ("cards", challenges.rankings(report)),
        ("cards", challenges.requirements(report)),
        ("plan", plan.plan(report)),
        ("plan", plan.awarded(report) if report.awarded else None),
        ("calls", _settling(report)),
        ("calls", plan.firmness(report) if report.firmness else None),
        ("risks", challenges.risks(report)),
        ("conflicts", plan.all_conflicts(report)),
        ("plan", plan.overrides(report)),
        ("cards", plan.joint(report)),
        ("forms", forms.conditions(report, book) if book and book.items else None),
        ("forms", forms.marks(report, book) if book and book.aspects else None),
        ("forms", forms.amounts(report, book) if book and book.amounts else None),
        ("programmes", forms.programmes(report) if report.programmes else None),
        ("teams", whole.teams(report)),
        ("spread", whole.spread(report)),
        ("spread", whole.topics(report) if report.topics else None),
        ("forms", whole.rules(report) if book else None),
        ("method", whole.checked(report) if report.checked.words else None),
        ("method", whole.method(report)),
    )
    return tuple(table for part, table in tables if table is not None and part in parts)


def _settling(report: Report) -> Table[Any] | None:
    found = brief.settling(brief_of(report), report)
    return found if found.rows else None
