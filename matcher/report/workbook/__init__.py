"""The report as a workbook: the home of the staff."""

from __future__ import annotations

from pathlib import Path

from matcher.report.grid import Page, write_pages
from matcher.report.model import Report
from matcher.report.workbook import forms, plan, rankings, summary
from matcher.report.workbook.places import Places

__all__ = ["workbook_pages", "write_workbook"]


def write_workbook(report: Report, path: Path) -> None:
    """Write the workbook; the same report gives the same cells."""
    write_pages(report.title, workbook_pages(report), path)


def workbook_pages(report: Report) -> tuple[Page, ...]:
    """The pages as data, in order; those of the rule pack only where one was used."""
    ranked, challenges = rankings.rankings_page(report)
    rules, rule_rows = forms.rules_page(report.rulebook)
    seats = summary.team_rows(report)
    places = Places(challenges, seats, rule_rows)
    filled = forms.form_pages(report, places)
    return (
        rankings.overview_page(report, places),
        ranked,
        rankings.requirements_page(report, places),
        plan.plan_page(report, places),
        *([plan.firmness_page(report, places)] if report.firmness else []),
        plan.risks_page(report, places),
        plan.conflicts_page(report, places),
        plan.overrides_page(report, places),
        plan.joint_page(report, places),
        *filled,
        summary.teams_page(report, places),
        summary.spread_page(report),
        *([rules] if report.rulebook else []),
        summary.method_page(report),
    )
