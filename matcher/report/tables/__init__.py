"""The tables of the report, each declared once, and their order in the workbook."""

from __future__ import annotations

from typing import Any

from matcher.report.model import Report
from matcher.report.tables import challenges, forms, plan, whole
from matcher.report.tables.table import Table

__all__ = ["workbook_tables"]


def workbook_tables(report: Report) -> tuple[Table[Any], ...]:
    """The sheets of the workbook, in order; those of the rule pack only where one was used."""
    book = report.rulebook
    return (
        challenges.overview(report),
        challenges.rankings(report),
        challenges.requirements(report),
        plan.plan(report),
        *([plan.firmness(report)] if report.firmness else []),
        challenges.risks(report),
        plan.all_conflicts(report),
        plan.overrides(report),
        plan.joint(report),
        *([forms.conditions(report, book)] if book and book.items else []),
        *([forms.marks(report, book)] if book and book.aspects else []),
        *([forms.amounts(report, book)] if book and book.amounts else []),
        whole.teams(report),
        whole.spread(report),
        *([whole.rules(report)] if book else []),
        whole.method(report),
    )
