"""Whether a value somebody has shown meets a target: same quantity, comparable unit."""

from __future__ import annotations

import re
from collections.abc import Iterable

from matcher.records import Indicator
from matcher.text.facets import split_clauses
from matcher.text.indicators import parse_indicators
from matcher.text.units import in_base_units

# Words of comparison name no quantity: two indicators that share only these are not the same.
_COMPARING = re.compile(
    r"达到|提高|提升|降低|降至|下降|减少|增加|以上|以下|不低于|不高于|不小于|不大于|优于|大于|小于|低于|高于"
    r"|超过|国际|国内|先进|水平|同类|产品|技术|指标|要求|实现|形成|相比|左右"
)
_UNITS = frozenset({"ppm", "ppb", "mm", "cm", "um", "nm", "mpa", "gpa", "db", "kw", "mw", "kg"})
_WORD = re.compile(r"[A-Za-z]{2,}|[一-鿿]{2,}")
_NUMBER = re.compile(r"\d")


def quantity_names(text: str) -> frozenset[str]:
    """Pairs of characters of the words that name what is measured, and Latin words but units.

    >>> sorted(quantity_names("总含氧量≤5ppm"))
    ['含氧', '总含', '氧量']
    """
    named: set[str] = set()
    for word in _WORD.findall(_COMPARING.sub(" ", text)):
        if word.isascii():
            named.add(word.lower())
        else:
            named.update(word[i : i + 2] for i in range(len(word) - 1))
    return frozenset(named - _UNITS)


def meets(target: Indicator, shown: Indicator) -> bool | None:
    """Whether a shown value meets a target; None where the two cannot be compared.

    A shown range counts by its worse end.

    >>> target, = parse_indicators("总氧≤15ppm")
    >>> shown = parse_indicators("总氧 6ppm; 总氧 20ppm; 寿命 6h")
    >>> [meets(target, one) for one in shown]
    [True, False, None]
    """
    wanted = quantity_names(target.name)
    if not wanted or 2 * len(wanted & quantity_names(shown.name)) < len(wanted):
        return None
    goal, low, high = (
        _in_base(value, indicator.unit)
        for value, indicator in (
            (target.value, target),
            (shown.value, shown),
            (shown.value if shown.high is None else shown.high, shown),
        )
    )
    if goal is None or low is None or high is None or goal[1] != low[1]:
        return None
    least, most = sorted((low[0], high[0]))
    if target.high is not None:
        ceiling = _in_base(target.high, target.unit)
        return ceiling is not None and goal[0] <= least and most <= ceiling[0]
    match target.operator:
        case "≥" | ">":
            return least >= goal[0]
        case "≤" | "<":
            return most <= goal[0]
        case _:
            # "硬度 60HRC" does not say whether more is better.
            return True if least <= goal[0] <= most else None


def shown_values(text: str, targets: Iterable[Indicator]) -> tuple[Indicator, ...]:
    """The values in a text that may speak of one of the targets."""
    names = frozenset[str]().union(*(quantity_names(target.name) for target in targets))
    return tuple(
        indicator
        for clause in split_clauses(text)
        if _NUMBER.search(clause) and names & quantity_names(clause)
        for indicator in parse_indicators(clause)
        if indicator.value is not None
    )


def _in_base(value: float | None, unit: str) -> tuple[float, str] | None:
    if value is None:
        return None
    # A number without a unit compares with another one without.
    return in_base_units(value, unit) if unit else (value, "")
