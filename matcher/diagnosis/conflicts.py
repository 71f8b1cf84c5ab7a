"""Statements of a need that cannot both hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import combinations
from math import inf

from matcher.diagnosis.finding import Finding, FindingCode
from matcher.diagnosis.questions import finding
from matcher.records import Challenge, Indicator
from matcher.text.indicators import targets_of
from matcher.text.quantity_names import core
from matcher.text.units import in_base_units


def conflicts(challenge: Challenge, today: date) -> tuple[Finding, ...]:
    """Targets, sums and dates that contradict each other, or the calendar."""
    return (*_targets(challenge), *_sums(challenge), *_dates(challenge, today))


def _targets(challenge: Challenge) -> Iterator[Finding]:
    stated = targets_of(challenge)
    for first, second in combinations(stated, 2):
        if _comparable(first, second) and _apart(first, second):
            yield finding(FindingCode.TARGETS_CONFLICT, *dict.fromkeys((_of(first), _of(second))))


def _comparable(first: Indicator, second: Indicator) -> bool:
    """The same quantity under the same conditions, and of the same kind of change.

    Names must agree word for word: a wrong contradiction costs more trust than a missed one.
    """
    name = core(first.name)
    return (
        bool(name)
        and name == core(second.name)
        and first.condition == second.condition
        and first.change == second.change
    )


def _apart(first: Indicator, second: Indicator) -> bool:
    one, other = _span(first), _span(second)
    if one is None or other is None or one[2] != other[2]:
        return False
    return one[0] > other[1] or other[0] > one[1]


def _span(indicator: Indicator) -> tuple[float, float, str] | None:
    """The least and the greatest value a target allows, and their unit."""
    if indicator.value is None:
        return None
    value, unit = _in_base(indicator.value, indicator.unit)
    if indicator.high is not None:
        return value, _in_base(indicator.high, indicator.unit)[0], unit
    if indicator.operator in ("≥", ">"):
        return value, inf, unit
    if indicator.operator in ("≤", "<"):
        return -inf, value, unit
    # Two plain numbers of one name are two things more often than a contradiction.
    return None


def _in_base(value: float, unit: str) -> tuple[float, str]:
    return in_base_units(value, unit) or (value, unit)


def _of(indicator: Indicator) -> str:
    return indicator.text or f"{indicator.name}{indicator.operator}{indicator.value:g}"


def _sums(challenge: Challenge) -> Iterator[Finding]:
    total = challenge.total_budget_wan
    if total is None:
        return
    for name, amount, code in (
        ("财政支持", challenge.fiscal_support_wan, FindingCode.FISCAL_ABOVE_TOTAL),
        ("榜额", challenge.bounty_wan, FindingCode.BOUNTY_ABOVE_TOTAL),
    ):
        if amount is not None and amount > total:
            yield finding(code, f"{name}{amount:g}万元", f"总投入{total:g}万元")


def _dates(challenge: Challenge, today: date) -> Iterator[Finding]:
    deadline = challenge.apply_deadline
    if deadline is not None and deadline < today and challenge.is_open(deadline):
        yield finding(FindingCode.DEADLINE_PASSED, deadline.isoformat())
