"""Dates as people write them: 2021年3月底前, 3月31日 (with the year's context), 2021.3."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from matcher.text.numerals import han_numbers

_AFTER = (
    r"(?:之?前|以前|截止|止|\(含\)|左右|完成|下班前|\d{1,2}[:：]\d{2}(?:[:：]\d{2})?前?|"
    r"\d{1,2}[点时]前?)*"
)
_BEFORE = r"(?:截止(?:日期|时间)?(?:为|至|到)?|即日起?(?:至|到)|截至|至|到|于|[:：])*"
_WEEKDAY = r"(?:\((?:周|星期).\))?"
_FULL = re.compile(
    rf"{_BEFORE}(\d{{4}})\s*[-/.年]\s*(\d{{1,2}})\s*[-/.月]\s*(\d{{1,2}})\s*[日号]?{_WEEKDAY}\s*{_AFTER}"
)
_MONTH = re.compile(
    rf"{_BEFORE}(\d{{4}})\s*[-/.年]\s*(\d{{1,2}})\s*月?\s*(初|上旬|中旬|中|下旬|底|末|份)?{_AFTER}"
)
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_DAY = re.compile(rf"{_BEFORE}(\d{{1,2}})\s*月\s*(\d{{1,2}})\s*[日号]?{_WEEKDAY}{_AFTER}")
_SHORT_MONTH = re.compile(rf"{_BEFORE}(\d{{1,2}})月(初|上旬|中旬|中|下旬|底|末|份)?{_AFTER}")
_YEAR_END = re.compile(rf"{_BEFORE}(\d{{4}})\s*年?\s*(?:度)?(?:年?底|年?末){_AFTER}")
_PARTS = {"初": 10, "上旬": 10, "中旬": 20, "中": 20}
_YEARS = re.compile(r"(?<!\d)(20\d{2})\s*(?:年|[-/.]\d{1,2})")
_RANGE = re.compile(r"^.{4,14}?(?:日|\d)\s*(?:至|到|—|–|~|～)\s*(?=\d)")


class DateFault(StrEnum):
    """Why a text is no date."""

    NOT_A_DATE = "不是日期"
    NO_SUCH_DAY = "没有这一天"
    NO_YEAR = "没有年份"


_CHINA = ZoneInfo("Asia/Shanghai")


def today() -> date:
    """Today in China, wherever the program runs: deadlines end at midnight there."""
    return datetime.now(_CHINA).date()


class DateError(ValueError):
    """Not a date; the text is the reason, in Chinese."""

    def __init__(self, fault: DateFault) -> None:
        self.fault = fault
        super().__init__(fault.value)


@lru_cache(maxsize=10_000)
def parse_date(text: str, year: int | None = None) -> date:
    """A date; a month stands for its last day, for that is how deadlines are meant.

    Args:
        text: as written in a cell.
        year: the year of the document, for dates that do not name theirs.

    Raises:
        DateError: not a date, a day that does not exist, or no year.

    >>> parse_date("2021年3月底前"), parse_date("3月31日", 2021), parse_date("2021.3")
    (datetime.date(2021, 3, 31), datetime.date(2021, 3, 31), datetime.date(2021, 3, 31))
    """
    plain = unicodedata.normalize("NFKC", text).strip().strip("。;；")
    plain = _RANGE.sub("", plain) if _RANGE.match(plain) else plain
    if not any(char.isdigit() for char in plain) or "月" in plain:
        plain = han_numbers(plain)
    try:
        return _parse(plain, year)
    except ValueError as error:
        if isinstance(error, DateError):
            raise
        raise DateError(DateFault.NO_SUCH_DAY) from error


def _parse(plain: str, year: int | None) -> date:
    if found := _FULL.fullmatch(plain) or _COMPACT.fullmatch(plain):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _MONTH.fullmatch(plain):
        return _in_month(int(found[1]), int(found[2]), found[3])
    if found := _YEAR_END.fullmatch(plain):
        return date(int(found[1]), 12, 31)
    found = _DAY.fullmatch(plain)
    short = _SHORT_MONTH.fullmatch(plain)
    if found is None and short is None:
        raise DateError(DateFault.NOT_A_DATE)
    if year is None:
        raise DateError(DateFault.NO_YEAR)
    if found is not None:
        return date(year, int(found[1]), int(found[2]))
    assert short is not None
    return _in_month(year, int(short[1]), short[2])


def _in_month(year: int, month: int, part: str | None) -> date:
    if not 1 <= month <= 12:
        raise DateError(DateFault.NO_SUCH_DAY)
    return date(year, month, _PARTS.get(part or "", monthrange(year, month)[1]))


def year_of(*texts: str) -> int | None:
    """The year a document is about: that of its title or name, else None.

    Two different years leave it open, for then a date without a year would be a guess.

    >>> year_of("2021年辽宁省揭榜挂帅榜单"), year_of("2020年通知", "2021年榜单")
    (2021, None)
    """
    years = {int(found) for text in texts for found in _YEARS.findall(text)}
    return years.pop() if len(years) == 1 else None
