"""Statements of a need that cannot both hold."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from datetime import date
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


_Span = tuple[float, float, str]


def _targets(challenge: Challenge) -> Iterator[Finding]:
    alike: dict[Hashable, list[tuple[Indicator, _Span]]] = {}
    for one in targets_of(challenge):
        if (name := core(one.name)) and (span := _span(one)) is not None:
            alike.setdefault((name, one.condition, one.change, span[2]), []).append((one, span))
    for stated in alike.values():
        for first, second in _apart([span for _, span in stated]):
            told = dict.fromkeys((_of(stated[first][0]), _of(stated[second][0])))
            yield finding(FindingCode.TARGETS_CONFLICT, *told)


def _apart(spans: Sequence[_Span]) -> list[tuple[int, int]]:
    """Which of several targets cannot both hold: each beside the strictest against it.

    They are of one quantity under the same conditions, and of the same kind of change; names
    agree word for word: a wrong contradiction costs more trust than a missed one.

    >>> _apart([(5, inf, "m"), (6, inf, "m"), (-inf, 3, "m")])
    [(0, 2), (1, 2)]
    """
    every = range(len(spans))
    floor = max(every, key=lambda n: spans[n][0])
    ceiling = min(every, key=lambda n: spans[n][1])
    found = set()
    for n in every:
        if spans[n][0] > spans[ceiling][1]:
            found.add((min(n, ceiling), max(n, ceiling)))
        if spans[n][1] < spans[floor][0]:
            found.add((min(n, floor), max(n, floor)))
    return sorted(found)


def _span(indicator: Indicator) -> _Span | None:
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
