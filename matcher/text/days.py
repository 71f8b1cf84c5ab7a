"""Every day a text tells, in all ways of writing one, and the year of those that leave it out.

2027年3月底前, 27.3.31, 3/31/2027, 5月18日（2027）, 31 March 2027, 明年三月, 3月1日至20日; and
by the day the text was written on: 下周五之前, 月底前, 十天之内, 25号之前. A day without a year is
the next one after that day; where none is told, the one nearest to a day with a year beside it.
Nothing is reckoned from today.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from matcher.text.numerals import han_numbers

_HAN = "一二两三四五六七八九十百"
_BEFORE = (
    r"(?=[\s,，]*(?:之?前|以前|截|止|为止|内|之内|结束|下班|上午|下午|晚|中午|\d{1,2}[点时:：]))"
)
_NUMBER = rf"(?:\d{{1,3}}|[{_HAN}]{{1,4}})"
_WEEK = {**{day: at for at, day in enumerate("一二三四五六")}, "日": 6, "天": 6, "末": 6}
# The day before it: 国庆前.
_EVES = {"元旦": (12, 31), "五一": (4, 30), "劳动节": (4, 30), "六一": (5, 31), "七一": (6, 30),
         "八一": (7, 31), "国庆": (9, 30), "十一": (9, 30)}  # fmt: skip
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4}
_LATER = {"今": 0, "本": 0, "当": 0, "明": 1, "来": 1, "次": 1, "后": 2}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMES = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    "sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_SHORT = r"(?:1[0-2]|0?[1-9])"
_OF_MONTH = r"(?:3[01]|[12]\d|0?[1-9])"
_ITS_DAY = rf"(?:(?P<day>{_OF_MONTH})(?:[ \t]*[日号]|(?![\d.]|\s*[个万元年天月周%])))"
_PART = r"(?P<part>上旬|中旬|下旬|月?[底末初]|中(?=[前之截]))"
_YEAR = r"(?P<year>20\d\d)"
_WITH_YEAR = rf"(?<!\d){_YEAR}"
_TO = r"(?:至|到|-|—|–|~|～)"
_SHORT_YEAR = r"'?(?P<short>[2-3]\d)"
_LATER_YEAR = r"(?P<named>[今明](?=年|底|末)|[后本当来次](?=年))年?"

_FIRST_MONTH = re.compile(r"元月(?!饼)")
_TWENTY = re.compile(r"(?<=月)廿(?=[一二三四五六七八九]?[日号])")
_HAN_YEAR = re.compile(r"[二贰][零〇○OＯ][零〇○一二三四五六七八九]{2}年")
_HAN_DAY = re.compile(
    r"[一二三四五六七八九十]{1,3}月(?:[一二三四五六七八九十]{1,3}[日号]|(?=[底末初]|[上中下]旬|份))|"
    r"[一二三四五六七八九十]{1,3}月[二三]?十[一二三四五六七八九]?(?![零百千万亿个点多几来年月天台人家吨元块])|"
    r"(?<=年)[一二三四五六七八九十]{1,3}月"
)
_REPUBLIC = re.compile(r"民国\s*(\d{2,3})\s*年")
# 4.7月31日前: the number of an item right before a month.
_ITEM_BEFORE = re.compile(r"^(\s*\d{1,2})\.(?=\d{1,2}月)", re.MULTILINE)


def in_digits(text: str) -> str:
    """A text with its days and years in digits, those of the Republic as ours.

    >>> in_digits("民国115年8月15日"), in_digits("二〇二六年七月二十日")
    ('2026年8月15日', '2026年7月20日')
    """
    text = _REPUBLIC.sub(lambda found: f"{int(found[1]) + 1911}年", text)
    text = _TWENTY.sub("二十", _FIRST_MONTH.sub("1月", text))
    text = _HAN_YEAR.sub(lambda found: han_numbers(re.sub("[○OＯ]", "零", found[0])), text)
    text = _HAN_DAY.sub(lambda found: han_numbers(found[0]), text)
    return _ITEM_BEFORE.sub(r"\1、", text)


class Day(NamedTuple):
    """A day a text tells, and where; ``way`` is how: whole, yearless or relative."""

    start: int
    end: int
    day: date
    way: str


class _Found(NamedTuple):
    """A place that tells a day, and what of its year: the number, how many years on, or neither."""

    start: int
    end: int
    year: int | None
    later: int | None
    month: int
    day: int | None
    part: str | None

    def in_year(self, year: int) -> date | None:
        """The day in a year; a month stands for its last, for that is how deadlines are meant."""
        try:
            return date(year, self.month, self.day or _last_of(year, self.month, self.part))
        except ValueError:
            return None


# Of two ways that begin at one place the longer is meant.
_WAYS = tuple(re.compile(pattern, re.IGNORECASE) for pattern in (
    # 2027年3月31日, 明年（2027年）3月底, 27年3月, 明年3月31, 3月底
    rf"(?<![\d.])(?:(?:{_WITH_YEAR}|{_SHORT_YEAR}(?=年))[ \t]*年?[ \t]*[)）]?[ \t]*的?[ \t]*|"
    rf"{_LATER_YEAR}的?[ \t]*)?"
    rf"(?<![\d.])(?P<month>{_SHORT})[ \t]*月份?(?:[ \t]*(?:{_ITS_DAY}|{_PART}))?",
    # 2027-3-31, 27.3.31, 2027/3月31
    rf"(?<![\d.\-/:])(?:{_WITH_YEAR}|{_SHORT_YEAR})(?:[ \t]?[-－/.．][ \t]?|年)"
    rf"(?P<month>{_SHORT})[ \t]?[-－/.．月][ \t]?(?P<day>{_OF_MONTH})(?![\d/%])(?:[ \t]*[日号])?",
    rf"(?<![\d.]){_WITH_YEAR}(?P<month>0[1-9]|1[0-2])(?P<day>[0-2]\d|3[01])(?!\d)",
    rf"(?<![A-Za-z\d.\-]){_WITH_YEAR}[./-](?P<month>{_SHORT})(?![\d./-])",
    rf"(?<![\d.])(?P<month>{_SHORT})(?P<by>[-/.])(?P<day>{_OF_MONTH})(?P=by){_YEAR}(?!\d)",
    rf"(?<![\d.])(?P<day>{_OF_MONTH})(?P<by>[-/.])(?P<month>{_SHORT})(?P=by){_YEAR}(?!\d)",
    # March 31, 2027; 31st of March (2027); 2027 March 31; end of March 2027
    rf"(?<![A-Za-z])(?P<name>{_NAMES})\.?[ \t]*(?P<day>{_OF_MONTH})(?:st|nd|rd|th)?(?!\d)"
    rf"(?:,?[ \t]*[（(]?{_WITH_YEAR}(?!\d)[)）]?)?",
    rf"(?<![\dA-Za-z])(?P<day>{_OF_MONTH})(?:st|nd|rd|th)?[ \t]*(?:of[ \t]+)?"
    rf"(?P<name>{_NAMES})(?![A-Za-z])\.?(?:,?[ \t]*[（(]?{_WITH_YEAR}(?!\d)[)）]?)?",
    rf"(?<![\dA-Za-z]){_WITH_YEAR}[ \t]+(?P<name>{_NAMES})\.?[ \t]*(?P<day>{_OF_MONTH})(?!\d)",
    rf"(?<![A-Za-z])(?P<name>{_NAMES})\.?,?[ \t]+{_WITH_YEAR}(?!\d)",
    # 2027年底, 明年年底, 2027年一季度末, 明年上半年; 年底前
    rf"(?:{_WITH_YEAR}[ \t]*|{_LATER_YEAR})年{{0,2}}度?(?:(?P<part>[底末])|(?P<half>上半年))",
    rf"(?:{_WITH_YEAR}[ \t]*年|{_LATER_YEAR})"
    r"(?:第?(?P<quarter>[一二三四1-4])季度?|Q(?P<number>[1-4]))(?:结束|末|底)?",
    r"(?:第?(?P<quarter>[一二三四])季度|(?<![\dA-Za-z])Q(?P<number>[1-4])|(?P<half>上半年))"
    r"(?:[ \t]*(?:结束|末|底)|(?=[ \t]*(?:之?前|内|截|报)))",
    r"(?<![\d今明去前每半])年(?P<part>[底末])(?=之?前|以前|[一都]|有效|截|报|[，。,\s]|$)|"
    r"(?<![\d今明去前每半])年(?P<within>内)(?=有效|截|报)",
    rf"(?P<feast>{'|'.join(_EVES)})(?:节|长假|放假)?(?=之?前|以前)",
    # 3.31, 3/31; with a dash only where it surely is a day: 03-15前, [06-18 19:22]
    rf"(?:{_LATER_YEAR}[ \t]*)?(?<![\d./\-:~～])(?P<month>{_SHORT})[/.](?P<day>{_OF_MONTH})"
    r"(?![\d./%‰]|[ \t]?[A-Za-z℃°%元万米寸倍度秒分吨公千百亿个台套次层级版线])",
    rf"(?<![\d./\-:])(?P<month>0[1-9]|1[0-2])-(?P<day>{_OF_MONTH})"
    r"(?=[ \t]*(?:之?前|以前|截|止|[】\]]|\d\d:|日|编辑|更正))",
))  # fmt: skip
# 3月1日至20日
_SAME_MONTH = re.compile(rf"\s*{_TO}+\s*(?P<day>{_OF_MONTH})\s*[日号](?!\d)")
# 8月31日截止哈（2026）; 3月1号之前吧，2027年。 8月31号。2027年的; 元月25号，27年的
_YEAR_BEHIND = re.compile(
    r"(?:\s|[日号]|截止|之?前|以前|为?止|收口|[哈吧嘛哦啊呀呢])*+[,，。;；（(\[]*+(?:[今明]年)?[,，]?\s*"
    r"(?:(?P<year>20\d\d)年?|(?P<short>2\d)年)(?=[)）\]。；;的]|\s*$|\s*\n|[,，]?[今明]年)"
)
# 2027年春节（2月6日）
_YEAR_BEFORE = re.compile(r"(?<!\d)(20\d\d)年[^\d，,。；;\n]{1,6}$")
_SAYS_YEAR = re.compile(
    r"(?P<named>[今明后])年(?:[就那]?也?是|[,，（(]|\s)*(?P<year>20\d\d)年?(?!\d|\s*[-./年]?\s*\d{1,2}\s*月)"
)
# 〔2026〕第31期, 2026年度, XQ-2026-037
_YEAR_MARK = re.compile(r"(?<![\d./])(20[2-4]\d)(?=\s*年|[-〕）)\]】版])")


def days_in(text: str, written: date | None = None) -> list[Day]:
    """Every day of a text in digits, in order; ``written`` is the day it was written on.

    >>> told = days_in("报名5月18日（2027），3月1日至20日公示，做到2028年底")
    >>> [str(one.day) for one in told]
    ['2027-05-18', '2027-03-01', '2027-03-20', '2028-12-31']
    >>> [str(one.day) for one in days_in("3/31/2027 or 2 April 2027, 月底前", date(2027, 1, 5))]
    ['2027-03-31', '2027-04-02', '2027-01-31']
    """
    years = _Years(text, written)
    told = []
    for one in years.found:
        day = years.day_of(one)
        if day is None:
            continue
        way = "yearless" if one.year is None else "whole"
        told.append(Day(one.start, one.end, day, way))
        if tail := _SAME_MONTH.match(text, one.end):
            last = one._replace(day=int(tail["day"])).in_year(day.year)
            told += [Day(*tail.span("day"), last, way)] if last else []
    if written is not None:
        ends = [one.end for one in told]
        for start, end, day in relative_days(text, written):
            at = bisect_right(ends, start)
            if at == len(told) or told[at].start >= end:
                told.append(Day(start, end, day, "relative"))
    return sorted(told)


def whole_days(text: str) -> list[Day]:
    """The days of a text in digits that are told to the day and with their year."""
    return [
        Day(one.start, one.end, day, "whole") for one in _found_in(text)
        if one.year and one.day and (day := one.in_year(one.year))
    ]  # fmt: skip


def days_in_year_of(text: str, before: date) -> list[Day]:
    """The days told without a year, each the last one before a day."""
    return [
        Day(one.start, one.end, day, "yearless") for one in _found_in(text)
        if one.year is None and one.later is None and one.day
        for year in (before.year, before.year - 1)
        if (day := one.in_year(year)) and day <= before
    ]  # fmt: skip


def earliest_told(text: str) -> date | None:
    """The end of the first year, month or day a text in digits tells with its year."""
    dated = [(one, one.in_year(one.year)) for one in _found_in(text) if one.year]
    days = [day for one, day in dated if day and one.day]
    if days := days or [day for _, day in dated if day]:
        return min(days)
    years = [date(int(year), 12, 31) for year in _YEAR_MARK.findall(text)]
    return min(years, default=None)


def _found_in(text: str) -> list[_Found]:
    """All places that tell a day, none within another."""
    places = sorted(
        (one for way in _WAYS for one in way.finditer(text)),
        key=lambda one: (one.start(), -one.end()),
    )
    found: list[_Found] = []
    for one in places:
        if not found or one.start() >= found[-1].end:
            found.append(_read(one, text))
    return found


def _read(words: re.Match[str], text: str) -> _Found:
    told = {name: said for name, said in words.groupdict().items() if said}
    year = _number_of_year(told)
    later = _LATER[told["named"]] if "named" in told else None
    day = int(told["day"]) if "day" in told else None
    part = told.get("part")
    if "feast" in told:
        month, day = _EVES[told["feast"]]
    elif quarter := told.get("quarter") or told.get("number"):
        month = 3 * int(_QUARTERS.get(quarter, quarter))
    elif "half" in told:
        month = 6
    elif "name" in told:
        month = _MONTHS.index(told["name"][:3].lower()) + 1
    else:
        month = int(told.get("month", 12))
    if year is None:
        behind = _YEAR_BEHIND.match(text, words.end())
        before = _YEAR_BEFORE.search(text, max(0, words.start() - 12), words.start())
        year = _number_of_year(behind.groupdict()) if behind else int(before[1]) if before else None
    return _Found(words.start(), words.end(), year, later, month, day, part)


def _number_of_year(told: Mapping[str, str | None]) -> int | None:
    if year := told.get("year"):
        return int(year)
    return 2000 + int(short) if (short := told.get("short")) else None


def _last_of(year: int, month: int, part: str | None) -> int:
    """The last day of a month or of a part of it."""
    if part and (part[-1] == "初" or part == "上旬"):
        return 10
    return 20 if part in ("中旬", "中") else monthrange(year, month)[1]


class _Years:
    """What a text tells of the years of its days."""

    def __init__(self, text: str, written: date | None) -> None:
        self.found = _found_in(text)
        self._written = written
        says = _SAYS_YEAR.search(text)
        self._said = int(says["year"]) if says else None
        this = self._said - _LATER[says["named"]] if says and self._said else None
        self._this = this or (written.year if written else None)
        dated = [(one, one.in_year(one.year)) for one in self.found if one.year]
        # 2月底之前来，就是2027年2月底
        self._twins = {
            (one.month, one.day, one.part): one.year
            for one, day in dated if one.year and day and (one.day or one.part)
        }  # fmt: skip
        # A month is told of terms; a day of the need itself.
        near = [(one.start, day) for one, day in dated if day and one.day]
        self._starts, self._days = [at for at, _ in near], [day for _, day in near]
        told = {day.year for _, day in dated if day} or set(map(int, _YEAR_MARK.findall(text)))
        self._first = min(told, default=None)
        if self._this is None and len(told) == 1:
            self._this = self._first

    def day_of(self, one: _Found) -> date | None:
        """The day meant at a place."""
        if one.year:
            return one.in_year(one.year)
        if twin := self._twins.get((one.month, one.day, one.part)):
            return one.in_year(twin)
        if one.later is not None:
            return one.in_year(self._this + one.later) if self._this else None
        if self._written:
            day = one.in_year(self._written.year)
            return day if day and day >= self._written else one.in_year(self._written.year + 1)
        if self._days:
            at = bisect_right(self._starts, one.start)
            near = self._days[max(0, at - 1)]
            days = (one.in_year(year) for year in range(near.year - 1, near.year + 2))
            return min(filter(None, days), key=lambda day: abs(day - near), default=None)
        year = self._said or self._this or self._first
        return one.in_year(year) if year else None


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
