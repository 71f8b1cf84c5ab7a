"""From which day on a rule holds for so many years, and which years are within: days decide."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from matcher.alliances.wording import PLANNED

_DATE = (
    r"(?<!\d)(?P<y>(?:19|20)\d\d)(?:\s?年|(?=[-./]\d))(?:[-./]?\s?(?P<m>\d{1,2})(?:\s?月|(?=[-./]\d)"
    r"|(?!\d))(?:[-./]?\s?(?P<d>\d{1,2})(?:\s?日|(?!\d)))?)?"
)
_GAP = r"(?:(?!(?:19|20)\d\d)[^，,。；;？?\n是]){0,30}?"
_BACK = r"[^，,。；;？?\n\d]{0,14}?"
_PIECE = re.compile(r"[，,。；;？?\n]")


@dataclass(frozen=True, slots=True)
class Start:
    """When something came about, as exactly as it is written."""

    year: int
    month: int | None
    day: int | None
    words: str

    @property
    def first(self) -> date:
        """The first day that it may be."""
        return date(self.year, self.month or 1, self.day or 1)

    def ends(self, years: int) -> tuple[date, date]:
        """The first and the last day that may be the one after so many years."""
        first = years_after(self.first, years)
        if self.day:
            return first, first
        if self.month:
            later = date(self.year + self.month // 12, self.month % 12 + 1, 1)
            return first, years_after(later - timedelta(1), years)
        return first, date(self.year + years, 12, 31)

    def until(self, years: int) -> str:
        """The last day within so many years, or the month or year in which that is."""
        first, _ = self.ends(years)
        if self.day:
            last = first - timedelta(1)
            return day_words(last.year, last.month, last.day)
        return day_words(first.year, self.month, None)

    def within(self, year: int, years: int) -> bool | None:
        """Whether a year is all within so many years; None where it is in part, or nobody knows."""
        first, last = self.ends(years)
        if year < self.year or date(year, 1, 1) >= last:
            return False
        return True if date(year, 12, 31) < first else None


def counted_from(start: Start, year: int) -> Start:
    """From when years are counted: of the last month of a year, whole years behind it.

    >>> counted_from(Start(2021, 12, None, ""), 2022).ends(3)[0], counted_from(
    ...     Start(2021, 11, None, ""), 2022).month
    (datetime.date(2025, 1, 1), 11)
    """
    late = start.month == 12 and (start.day is None or start.day == 31)
    return Start(start.year + 1, 1, 1, start.words) if late and year > start.year else start


def day_words(year: int, month: int | None, day: int | None) -> str:
    """A day as exactly as it is known.

    >>> day_words(2024, 5, None)
    '2024 年 5 月'
    """
    parts = zip((year, month, day), "年月日", strict=True)
    return " ".join(f"{number} {unit}" for number, unit in parts if number)


def side_of(day: Start, since: date) -> str:
    """On which side of a day another is, 以前 or 以后; "" where it is not known as exactly."""
    if day.first >= since:
        return "以后"
    if day.day or (day.year, day.month or since.month) < (since.year, since.month):
        return "以前"
    return "" if day.year == since.year else "以前"


def start_in(note: str, words: str) -> Start | None:
    """The day a note says that something came about on; None where it names none, or several.

    >>> start_in("一项成果2019年1月1日成功投产。2023年的营业利润400万元", "投产").until(5)
    '2023 年 12 月 31 日'
    >>> start_in("计划2025年投产", "投产"), start_in("投产后2023年的利润", "投产")
    (None, None)
    """
    either = (f"{_DATE}{_GAP}(?:{words})", f"(?:{words})(?!以?后|以来){_BACK}{_DATE}")
    found: dict[tuple[int, int | None, int | None], str] = {}
    for pattern in either:
        for one in re.finditer(pattern, note):
            piece = _piece(note, one.start(), one.end())
            if PLANNED.search(piece) or re.search("没|未(?!来)|不", piece):
                continue
            month, day = (int(n) if n else None for n in (one["m"], one["d"]))
            if is_day(int(one["y"]), month, day):
                found.setdefault((int(one["y"]), month, day), piece)
    if len(found) != 1:
        return None
    ((year, month, day), piece) = next(iter(found.items()))
    return Start(year, month, day, piece)


def days_in(note: str) -> tuple[tuple[int, int, int | None], ...]:
    """The days and months a note names, as year, month and day, each once.

    >>> days_in("2022年6月签了协议，2022年7月1日施行")
    ((2022, 6, None), (2022, 7, 1))
    """
    found = {
        (int(one["y"]), int(one["m"]), int(one["d"]) if one["d"] else None)
        for one in re.finditer(_DATE, note)
        if one["m"] and is_day(int(one["y"]), int(one["m"]), int(one["d"] or 1))
    }
    return tuple(sorted(found, key=lambda day: (day[0], day[1], day[2] or 0)))


def is_day(year: int, month: int | None, day: int | None) -> bool:
    """Whether there is such a day, month or year."""
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return False
    return True


def years_after(day: date, years: int) -> date:
    """The same day so many years later; of a 29 February that is none, the day behind it."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _piece(text: str, start: int, end: int) -> str:
    """The whole of what stands between stops around a place."""
    cuts = [0, *(one.end() for one in _PIECE.finditer(text)), len(text) + 1]
    first = max(cut for cut in cuts if cut <= start)
    last = min(cut for cut in cuts if cut >= end)
    return text[first:last].strip(" ，,。；;？?\n")
