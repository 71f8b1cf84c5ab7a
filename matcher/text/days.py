"""Days told by the day they are told on: 下周五之前, 月底前, 十天之内, 25号之前, 国庆前, Q3."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from matcher.text.numerals import han_numbers

_HAN = "一二两三四五六七八九十百"
_BEFORE = (
    r"(?=[\s,，]*(?:之?前|以前|截|止|为止|内|之内|结束|下班|上午|下午|晚|中午|\d{1,2}[点时:：]))"
)
_NUMBER = rf"(?:\d{{1,3}}|[{_HAN}]{{1,4}})"
_WEEK = {**{day: at for at, day in enumerate("一二三四五六")}, "日": 6, "天": 6, "末": 6}
_FEASTS = {"元旦": (1, 1), "五一": (5, 1), "劳动节": (5, 1), "六一": (6, 1), "七一": (7, 1),
           "八一": (8, 1), "国庆": (10, 1), "十一": (10, 1)}  # fmt: skip
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4}


def _weekday(found: re.Match[str], told: date) -> date:
    """周五 is that of the week, or of the next where it is gone."""
    monday = told - timedelta(days=told.weekday())
    weeks = len(found["next"] or "")
    day = monday + timedelta(days=7 * weeks + _WEEK[found["day"]])
    return day if day >= told or found["next"] else day + timedelta(days=7)


def _within(found: re.Match[str], told: date) -> date | None:
    number = 0.5 if found["number"] == "半" else float(han_numbers(found["number"]))
    unit = found["unit"]
    if unit.endswith("月"):
        if number < 1:
            return told + timedelta(days=15)
        later = told.month - 1 + int(number)
        year, month = told.year + later // 12, later % 12 + 1
        return date(year, month, min(told.day, monthrange(year, month)[1]))
    days = number * (7 if unit in ("周", "星期", "礼拜") else 1)
    return told + timedelta(days=int(days)) if days <= 366 else None


def _month_end(found: re.Match[str], told: date) -> date:
    later = told.month - 1 + (found["which"] or "").startswith("下")
    year, month = told.year + later // 12, later % 12 + 1
    return date(year, month, monthrange(year, month)[1])


def _near_day(found: re.Match[str], told: date) -> date | None:
    """25号之前 is the next one, 下月10号 that of the next month."""
    day, which = int(han_numbers(found["day"])), found["which"] or ""
    later = told.month - 1 + (which.startswith("下") or (not which and day < told.day))
    year, month = told.year + later // 12, later % 12 + 1
    return date(year, month, day) if 1 <= day <= monthrange(year, month)[1] else None


def _feast(found: re.Match[str], told: date) -> date:
    """Before a feast is the day before it."""
    month, day = _FEASTS[found["feast"]]
    year = told.year + ((month, day) <= (told.month, told.day))
    return date(year, month, day) - timedelta(days=1)


def _quarter(found: re.Match[str], told: date) -> date:
    number = int(_QUARTERS.get(found["number"], found["number"]))
    return date(told.year, 3 * number, monthrange(told.year, 3 * number)[1])


_KINDS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], date | None]], ...] = (
    (re.compile(
        r"(?P<next>下{1,2})?(?:本|这个?|个)?(?:周|星期|礼拜)(?P<day>[一二三四五六日天末])(?![期年])"
    ), _weekday),
    (re.compile(
        rf"(?P<number>{_NUMBER}|半)\s*(?P<unit>天|日|周|个?星期|个?礼拜|个月)\s*(?:之内|以内|内)"
    ), _within),
    (re.compile(rf"(?:发布|发榜|公告|公示|挂网).{{0,6}}?(?P<number>{_NUMBER})\s*(?P<unit>天|日)"),
     _within),
    (re.compile(r"(?P<which>本|这个?|当|下个?)?(?<!\d)(?<![一二三四五六七八九十])月(?:底|末|内)"),
     _month_end),
    (re.compile(
        r"(?P<which>本月|这个?月|当月|下个?月)(?P<day>\d{1,2}|[一二三四五六七八九十]{1,3})\s*[日号]"
    ), _near_day),
    (re.compile(
        r"(?P<which>)(?<![\d月./-])(?<![一二三四五六七八九十])"
        rf"(?P<day>\d{{1,2}}|[一二三四五六七八九十]{{1,3}})\s*[日号]{_BEFORE}"
    ), _near_day),
    (re.compile(rf"(?P<feast>{'|'.join(_FEASTS)})(?:节|长假|放假)?(?=之?前|以前)"), _feast),
    (re.compile(r"(?<![\dA-Za-z])[Qq](?P<number>[1-4])(?=\s*(?:结束|末|底|之?前))"), _quarter),
    (re.compile(r"第?(?P<number>[一二三四])季度(?=结束|末|底|之?前)"), _quarter),
    (re.compile(r"上半年(?:结束)?(?=之?前|内|截|报)"), lambda _, told: date(told.year, 6, 30)),
    (re.compile(r"(?<![\d明今去前每])年(?:底|内)(?=之?前|以前|[一都]|有效|截|报|$)"),
     lambda _, told: date(told.year, 12, 31)),
    (re.compile(r"明天|明日|明儿"), lambda _, told: told + timedelta(days=1)),
    (re.compile(r"大后天"), lambda _, told: told + timedelta(days=3)),
    (re.compile(r"(?<!大)后天"), lambda _, told: told + timedelta(days=2)),
)  # fmt: skip


def relative_days(text: str, told: date) -> Iterator[tuple[int, int, date]]:
    """Where a text tells a day by the one it is told on, and which that is.

    >>> told = date(2026, 6, 3)
    >>> [str(day) for _, _, day in relative_days("下周五之前报名，月底前答复", told)]
    ['2026-06-12', '2026-06-30']
    >>> [str(day) for _, _, day in relative_days("25号之前找我，十天之内给方案", told)]
    ['2026-06-25', '2026-06-13']
    """
    found = [
        (one.start(), one.end(), day)
        for pattern, reckon in _KINDS
        for one in pattern.finditer(text)
        if (day := reckon(one, told)) is not None
    ]
    last = 0
    for start, end, day in sorted(found):
        if start >= last:
            yield start, end, day
            last = end
