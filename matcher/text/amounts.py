"""Money and durations as people write them: 500万元, 300-500万, 面议; 24个月, 两年."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from matcher.text.numerals import han_numbers

_NUM = r"\d+(?:,\d{3})*(?:\.\d+)?"
_UNIT = r"亿元?|千万元?|百万元?|万元?|千元|元|w|W"
_MONEY = re.compile(
    rf"(?:约|大约|不超过|最高|不少于|不低于|至少|上限|人民币|rmb|¥|￥|≤|≥|<|>|:|：|总计|共|合计)*"
    rf"({_NUM})\s*({_UNIT})?\s*(?:(?:-|—|–|~|～|至|到)\s*({_NUM})\s*({_UNIT})?)?"
    rf"\s*(?:整|左右|以内|以上|以下|人民币|\(人民币\)|\(含税\))*"
)
_FACTOR = {
    "亿": 10_000.0, "千万": 1_000.0, "百万": 100.0, "万": 1.0, "w": 1.0, "W": 1.0, "千": 0.1,
    "": 0.0001,
}  # fmt: skip
_OPEN = re.compile(
    r"(?:双方|价格|金额|具体)?(?:面议|面谈|另议|待定|待议|协商|商定|一事一议)(?:确定)?"
)
_NOTHING = frozenset({"无", "暂无", "/", "-", "—", "--", "——", "\\", "n/a", "N/A", "未定", "不限"})
_DURATION = re.compile(
    r"(?:约|共|自.{0,12}?起|签订.{0,6}后)*(\d+(?:\.\d+)?)\s*(?:个)?\s*(年半|年|月|季度|天|日|周)"
    r"(?:(\d+)\s*个?月)?(?:内|以内|左右|完成)*"
)
_PERIOD = re.compile(
    r"(\d{4})\s*[年./-]\s*(\d{1,2})\s*月?(?:[./-]?\d{1,2}日?)?\s*(?:-|—|–|~|～|至|到)+\s*"
    r"(\d{4})\s*[年./-]\s*(\d{1,2})\s*月?(?:[./-]?\d{1,2}日?)?(?:底|末)?"
)
# No amount is written longer; hundreds of digits are more than a number can hold.
_LONGEST = 100
_MONTHS = {"年半": 12.0, "年": 12.0, "月": 1.0, "季度": 3.0, "天": 1 / 30, "日": 1 / 30, "周": 0.25}


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in 万元; ``low`` differs from ``high`` in a range; neither when to be agreed."""

    low: float | None
    high: float | None

    @property
    def open(self) -> bool:
        """Whether it is left to negotiation (面议)."""
        return self.high is None


def is_nothing(text: str) -> bool:
    """Whether a cell says in words that it holds nothing (无, /, 暂无)."""
    return text.strip() in _NOTHING


@lru_cache(maxsize=10_000)
def parse_money(text: str, header: str = "") -> Money | None:
    """An amount of money in 万元, or None if the text is not one.

    A number without a unit takes that of the header, else 万元.

    >>> parse_money("1.2亿元"), parse_money("300-500万")
    (Money(low=12000.0, high=12000.0), Money(low=300.0, high=500.0))
    >>> parse_money("5000000", header="榜额（元）").high, parse_money("面议").open
    (500.0, True)
    """
    text = unicodedata.normalize("NFKC", text).replace(" ", "").strip("。;；")
    if len(text) > _LONGEST:
        return None
    if _OPEN.fullmatch(text):
        return Money(None, None)
    found = _MONEY.fullmatch(text) or _MONEY.fullmatch(han_numbers(text))
    if found is None:
        return None
    first, unit, second, second_unit = found.groups()
    last = second_unit or unit
    low = _in_wan(first, unit or second_unit, header)
    high = _in_wan(second, last, header) if second else low
    return Money(min(low, high), max(low, high))


def _in_wan(number: str, unit: str | None, header: str) -> float:
    factor = _FACTOR[unit.removesuffix("元")] if unit else header_factor(header)
    return round(float(number.replace(",", "")) * factor, 8)


@lru_cache(maxsize=1_000)
def header_factor(header: str) -> float:
    """What a bare number under this header is worth in 万元.

    >>> header_factor("总投资(亿元)"), header_factor("榜额")
    (10000.0, 1.0)
    """
    header = unicodedata.normalize("NFKC", header)
    found = re.search(r"(亿|千万|百万|万|千)?元", header)
    if found is None:
        return 1.0
    return _FACTOR[found[1] or ""]


@lru_cache(maxsize=10_000)
def parse_duration(text: str, header: str = "") -> int | None:
    """A duration in whole months, or None if the text is not one.

    >>> parse_duration("两年半"), parse_duration("2021年3月-2023年2月"), parse_duration("18个月")
    (30, 24, 18)
    """
    text = unicodedata.normalize("NFKC", text).replace(" ", "").strip("。;；")
    if len(text) > _LONGEST:
        return None
    period = _PERIOD.fullmatch(text)
    if period is not None:
        y1, m1, y2, m2 = (int(part) for part in period.groups())
        months = (y2 - y1) * 12 + m2 - m1 + 1
        return months if months > 0 else None
    if re.fullmatch(r"\d+(\.\d+)?", text):
        factor = 12 if "年" in header and "月" not in header else 1
        return round(float(text) * factor)
    digits = han_numbers(text.replace("半年", "6个月") if text.startswith("半年") else text)
    found = _DURATION.fullmatch(digits)
    if found is None:
        return None
    length = float(found[1]) * _MONTHS[found[2]] + (6 if found[2] == "年半" else 0)
    return round(length + float(found[3] or 0))
