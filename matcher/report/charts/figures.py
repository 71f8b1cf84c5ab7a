"""What the charts of a report count."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from matcher.ranking.grades import Band
from matcher.report.model import Report

MOST_BARS = 15
_MOST_SIDE = 14


def organisations(report: Report) -> list[tuple[str, int, int]]:
    """The organisations with most assignments: in the plan, and by the ranking alone."""
    before = {org: n for org, n, _ in report.spread.ranking.by_org}
    return [(org, n, before.get(org, 0)) for org, n, _ in report.spread.plan.by_org][:MOST_BARS]


def provinces(report: Report) -> list[tuple[str, int, int]]:
    """The provinces of the assigned teams."""
    return [(name, planned, 0) for name, planned, _ in report.spread.provinces if planned]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """In how many rankings of a field an organisation has a team of band 强 or 中.

    Attributes:
        counts: by (field, organisation).
        most: the highest.
    """

    fields: tuple[str, ...]
    orgs: tuple[str, ...]
    counts: dict[tuple[str, str], int]
    most: int


def heat_map(report: Report) -> HeatMap | None:
    """Those with most on either side; None without any."""
    counts: Counter[tuple[str, str]] = Counter()
    for card in report.cards:
        field = card.tech_domain.split(" / ")[0] or "未注明"
        orgs = {
            t.org_name for t in card.teams if t.band in (Band.STRONG, Band.MEDIUM) and t.org_name
        }
        counts.update((field, org) for org in orgs)
    if not counts:
        return None
    return HeatMap(_leading(counts, 0), _leading(counts, 1), dict(counts), max(counts.values()))


def _leading(counts: Counter[tuple[str, str]], side: int) -> tuple[str, ...]:
    totals: Counter[str] = Counter()
    for key, n in counts.items():
        totals[key[side]] += n
    return tuple(sorted(totals, key=lambda name: (-totals[name], name))[:_MOST_SIDE])
