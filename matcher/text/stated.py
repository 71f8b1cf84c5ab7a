"""What a need states of itself: its sum, the day to answer by, its term, whose need it is.

Everything in the text that could be one of these is a candidate. Words of one kind (of paying, of
loss, of a first instalment …) speak for it or against it, by where they stand around it; how much
each counts was fitted on labelled needs (`benchmarks/stated.py`), and stands in
``models/stated.json``. A candidate that more speaks against than for is not taken.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache, lru_cache
from typing import NamedTuple

from matcher.resources import data_path
from matcher.text.amounts import parse_duration, parse_money
from matcher.text.candidates import Candidate, Features, best, learnt, sureness
from matcher.text.dates import DateError, parse_date, year_of
from matcher.text.days import relative_days
from matcher.text.demander import Organisation, organisations
from matcher.text.numerals import han_numbers
from matcher.text.spoken import plain_spans, plain_sums
from matcher.text.tokenise import default_tokenizer

CHOICE, CUES = "stated", "corpora/dictionary/stated.tsv"
FIELDS = ("amount", "deadline", "term", "organisation")
_LONGEST_TERM = 600
# In 万元; less than a thousand yuan is the price of something.
_LEAST_SUM = 0.1
# 这一个, 两个: so few are things, not ten thousands of yuan.
_LEAST_PIECES = 3
# From its beginning only: a run of digits is looked at once, however long it is.
_NUMBER = (
    r"(?:(?<!\d)(?<!\d[.,])\d++(?:[.,]\d++)*+|"
    r"(?<![零一二两三四五六七八九十百千])[零一二两三四五六七八九十百千]++)"
)
_SUM = re.compile(
    rf"(?<![\d.])(?:{_NUMBER}\s*(?:来|多|余|几)?\s*个?(?:万|亿|w|W|千|百万|千万)?\s*(?:元|块)?"
    rf"\s*(?:至|到|-|—|－|~|～)+\s*)?"
    rf"{_NUMBER}\s*(?:来|多|余|几)?\s*(?:个(?=[WwＷ万]))?"
    r"(?:(?:亿|千万|百万|万|[wW](?![A-Za-z]))(?!km)|千(?=元|块)|元|块(?=钱|[,，。；;\s]|$)|(?=\s?RMB))"
    r"(?:元|块钱?|人民币|RMB)?"
    r"|(?<![\d.])\d++(?:\.\d++)?\s?[Mm]illion|(?:(?<=[￥¥])|(?<=[￥¥]\s)|(?<=RMB)|(?<=RMB\s)|(?<=CNY\s))\d{1,3}(?:,\d{3})++(?:\.\d\d)?"
    r"|(?:RMB|CNY|[￥¥])\s?\d++\s?[kK]?\s?[-–—~]\s?\d++\s?[kK]\b",
)
# What stands behind a number of things: 95万标箱, 3万次.
_NO_THING = (
    "元块钱左右上以吧的预经费内整包起封不都做搞给就吗呢啊哦加到和或与及并先再要时年一半开研"
    "自最这那我你他现含税由项后看请零二两三四五六七八九十县市合总共另人分够"
)
_COUNTED = re.compile(rf"\s?(?![{_NO_THING}]|RMB)[\u4e00-\u9fffA-Z]")
# 35个, 两三百个: ten thousands of yuan where money is spoken of.
_PIECES = re.compile(
    rf"{_NUMBER}(?:\s*(?:至|到|-|—|~|～)+\s*{_NUMBER})?\s*[来多]?个(?=[吧啊呀哈左上以封内嘛了，,。；;！!\s]|$)"
)
# 预算300000: yuan without a word for them.
_BARE_YUAN = re.compile(r"(?<![\d.,:：/-])\d{2,5}000(?![\d.,]|\s*[\u4e00-\u9fffA-Za-z/%-])")
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Jan 10, 2027; 10 January 2027
_ENGLISH_DAY = re.compile(
    rf"(?<![A-Za-z])(?:(?P<month>{'|'.join(_MONTH_NAMES)})[a-z]*\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?|"
    rf"(?P<first>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<name>{'|'.join(_MONTH_NAMES)})[a-z]*\.?,?)"
    r"\s+[（(]?(?P<year>20\d\d)(?!\d)[)）]?", re.IGNORECASE,
)  # fmt: skip
_HAN_DATE = re.compile(
    r"(?:二[零〇][零〇一二三四五六七八九]{2}年)?[一二三四五六七八九十]{1,3}月"
    r"(?:[一二三四五六七八九十]{1,3}[日号]|(?=[底末初]|[上中下]旬|份))"
)
# 民国115年
_REPUBLIC = re.compile(r"民国\s*(\d{2,3})\s*年")
# 元月25号, 二月廿八日
_FIRST_MONTH = re.compile(r"元月(?!饼)")
_TWENTY = re.compile(r"(?<=月)廿(?=[一二三四五六七八九]?[日号])")
_HAN_YEAR = re.compile(r"二[零〇][零〇一二三四五六七八九]{2}年")
# 4.7月31日前: the number of an item right before a month.
_ITEM_BEFORE = re.compile(r"^(\s*\d{1,2})\.(?=\d{1,2}月)", re.MULTILINE)
_DAY_ENDS = r"(?:\d{1,2}\s*[日号]?|底|末|中旬|上旬|下旬|初|份)"
_DATE = re.compile(
    rf"(?<![\d.])20\d\d\s*[年\-/.]\s*\d{{1,2}}\s*(?:月份?\s*{_DAY_ENDS}?|[\-/.]\s*\d{{1,2}}\s*[日号]?(?!\d))|"
    r"(?<![\d.])20\d\d[年.]\d{1,2}月?(?![\d.])|(?<!\d)20\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?!\d)|"
    r"20\d\d年?(?:年?底|年?末)|"
    rf"(?:[今明]年\s*)?(?<![\d.])\d{{1,2}}\s*月份?\s*{_DAY_ENDS}?|[今明]年?年?[底末]|"
    r"(?<![\d./])(?:1[0-2]|0?[1-9])[/.](?:3[01]|[12]\d|0?[1-9])(?![\d./%‰]|\s?[A-Za-z℃°%元万mMkK])"
)
_SPAN = re.compile(
    rf"(?<![\d.])(?!(?:19|20)\d\d\s*年)(?:(?:{_NUMBER}\s*(?:个?月|年|周|天)?\s*(?:至|到|-|—|~|～)+\s*)?(?:{_NUMBER}\s*年半|"
    rf"{_NUMBER}\s*年(?:零?{_NUMBER}个?月)?(?!\d|[前内]?(?:成立|建|投产|级))|{_NUMBER}\s*(?:个半?月|个半(?=月)|[Mm]onths?)|"
    rf"{_NUMBER}\s*个?季度|{_NUMBER}\s*(?:天|周|[Ww]eeks?))|{_NUMBER}\s*个?半年|半年|[一二两三]年半)"
)
_PERIOD = re.compile(
    r"20\d\d\s*[年./-]\s*\d{1,2}\s*月?\s*(?:-|—|–|~|～|至|到|启动.{0,2}|起.{0,2}|[,，])+\s*"
    r"(?:20\d\d)\s*[年./-]\s*\d{1,2}\s*月?(?:底|末)?"
)
_CLAUSE = re.compile(r"[，,。；;！!？?\n]")
_PAUSE = re.compile(r"[。；;！!？?\s]")
_SENTENCE = re.compile(r"[。；;！!？?\n]")
_LABEL = re.compile(
    r"\s*(?:[-*•·▪●◆—]+|[（(]?\d{1,2}[)）、.．]|[一二三四五六七八九十]{1,2}、|[①-⑳])?\s*([^:：，,。；;\n]{1,24}?)\s*(?:[:：]|——)"
)
_ENDS = re.compile(r"\s*(?:$|[，,。；;！!）)\n])")
_HOUR = re.compile(r"\s*[日号]?\s*\d\d?[:：]\d\d")
_SPACES = re.compile(r"\s*")
_NUMBERED = re.compile(r"\s*[（(]?([一二三四五六七八九]|\d{1,2})[)）、.．](?!\d)")
_DIGIT = re.compile(r"\d|[一二三四五六七八九十]万")
_SAID = re.compile(r"[\u4e00-\u9fffA-Za-z]+")
_NEAR, _BEHIND, _AFTERWARDS, _BEFORE, _ABOVE = 14, 10, 36, 60, 20
# How likely it must be that a value is meant: a stranger's name is worse than none.
SURE = {"organisation": 0.5}
# Where words may stand around a candidate, and how much that says beforehand.
ZONES = {"near": 1.0, "clause": 0.6, "wide": 0.25, "after": 1.0, "label": 1.0, "above": 0.5,
         "behind": 0.3}  # fmt: skip


def chosen(field: str, candidates: list[Candidate]) -> Candidate | None:
    """The candidate most speaks for, if enough does."""
    return chosen_by(learnt(CHOICE)[field], field, candidates)


def chosen_by(weights: Features, field: str, candidates: list[Candidate]) -> Candidate | None:
    """What is chosen by these weights."""
    found = best(candidates, weights)
    if found is None or found.score(weights) <= 0:
        return None
    least = SURE.get(field, 0.0)
    return found if not least or sureness(found.value, candidates, weights) >= least else None


def organisation_in(text: str) -> str:
    """Whose need it is; "" if that is not told."""
    found = chosen("organisation", candidates_of("organisation", text))
    return str(found.value) if found else ""


def deadline_in(text: str) -> date | None:
    """The day until which one may answer."""
    found = chosen("deadline", candidates_of("deadline", text))
    return found.value if found else None


def is_offer(clause: str) -> bool:
    """Whether a clause tells a sum, a term or a day.

    >>> is_offer("预算200万"), is_offer("两年内完成"), is_offer("轴承寿命两年")
    (True, True, False)
    """
    return any(
        chosen(field, candidates_of(field, clause)) for field in ("amount", "deadline", "term")
    )


def candidates_of(field: str, text: str, written: date | None = None) -> list[Candidate]:
    """All that may be meant by a field (amount, deadline, term, organisation), in order."""
    if field == "deadline":
        return _put_right(list(_days(text, written)))
    found = {"amount": _sums, "term": _terms, "organisation": _organisations}[field](text)
    return list(found) if field == "organisation" else _put_right(list(found))


_PUTS_RIGHT = frozenset(f"right_{zone}" for zone in ("near", "clause", "wide", "after"))


def _put_right(found: list[Candidate]) -> list[Candidate]:
    """What is taken back once (不是200万，是120万) is so everywhere; the next stands instead."""
    right = [at for at, one in enumerate(found) if one.features.keys() & _PUTS_RIGHT]
    if right:
        found = [
            one._replace(features={**one.features, "right_later": at < right[-1]})
            for at, one in enumerate(found)
        ]
    back = {
        at for at, one in enumerate(found)
        if one.features.keys() & {"taken_back_near", "wrong_after"}
    }  # fmt: skip
    if not back:
        return found
    withdrawn = {found[at].value for at in back}
    return [
        one._replace(features={
            **one.features, "withdrawn": one.value in withdrawn, "instead": at - 1 in back,
        })
        for at, one in enumerate(found)
    ]  # fmt: skip


class _Told:
    """A text, and where its clauses and lines break: sought once, for all that stands in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._clauses = [found.start() for found in _CLAUSE.finditer(text)]
        self._lines = [found.start() for found in re.finditer("\n", text)]
        self._lengths = [len(line.strip()) for line in text.split("\n")]

    def clause(self, start: int, end: int) -> str:
        """The clause a place stands in."""
        first, last = bisect_left(self._clauses, start), bisect_left(self._clauses, end)
        begin = self._clauses[first - 1] + 1 if first else 0
        return self.text[begin : self._clauses[last] if last < len(self._clauses) else None].strip()

    def line(self, start: int) -> int:
        """Where the line of a place begins."""
        number = bisect_left(self._lines, start)
        return self._lines[number - 1] + 1 if number else 0

    def above(self, line: int) -> str:
        """The end of the line above the one that begins at a place, where it asks or names."""
        number = bisect_left(self._lines, line - 1) if line else 0
        begin = self._lines[number - 1] + 1 if number else 0
        words = self.text[begin : max(0, line - 1)].strip()[-_ABOVE:] if line else ""
        return words if words.endswith(("?", "？", ":", "：")) or not _DIGIT.search(words) else ""

    def item(self, start: int) -> str:
        """The number of the item a place stands in; "" in none."""
        found = _NUMBERED.match(self.text, self.line(start))
        return found[1] if found else ""

    def length(self, start: int) -> int:
        """Of the line of a place, without the spaces around it."""
        return self._lengths[bisect_left(self._lines, start)]


def _sums(text: str) -> Iterator[Candidate]:
    text = plain_sums(text)
    told = _Told(text)
    spans = sorted(
        (found for kind in (_SUM, _PIECES, _BARE_YUAN) for found in kind.finditer(text)),
        key=re.Match.start,
    )
    values = [_in_wan(found) for found in spans]
    # What counts things is no sum that others could add up to.
    worth = [
        0.0 if one.re is _SUM and _COUNTED.match(text, one.end()) else value or 0.0
        for one, value in zip(spans, values, strict=True)
    ]
    first = told.item(spans[0].start()) if spans else ""
    sums = [one for one in worth if one]
    least, greatest = min(sums, default=0.0), max(sums, default=0.0)
    for at, (found, value) in enumerate(zip(spans, values, strict=True)):
        if not value or value < _LEAST_SUM:
            continue
        yield Candidate(value, told.clause(*found.span()), {
            **_cues("amount", told, *found.span()), **_among(at, worth, least, greatest),
            "first": found is spans[0], "only": len(spans) == 1,
            "later_item": bool(first) and told.item(found.start()) not in ("", first),
            "size": math.log10(value) - 2,
            "small": value < 3, "large": value > 5_000,
            "in_ten_thousands": re.search("[万亿wW]|illion", found[0]) is not None,
            "range": re.search("至|到|-|—|~|～", found[0]) is not None,
            "counted": found.re is _SUM and _COUNTED.match(text, found.end()) is not None,
            "pieces": found.re is _PIECES, "bare": found.re is _BARE_YUAN,
        })  # fmt: skip


def _among(at: int, worth: list[float], least: float, greatest: float) -> dict[str, float]:
    """How a sum stands to those before it and behind it: 出6万，再给9万，一共15万."""
    value, before, behind = worth[at], worth[max(0, at - 3) : at], worth[at + 1 : at + 4]
    runs = [
        (first, first + number)
        for number in (2, 3)
        for first in range(max(0, at - number), at + 1)
        if first + number < len(worth)
    ]
    totals = {end for first, end in runs if _same(worth[end], sum(worth[first:end]))}
    return {
        "adds_up": at in totals, "in_sum": any(end > at for end in totals),
        "said_again": value in before, "again_behind": value in behind,
        "last": at == len(worth) - 1, "greatest": value == greatest > least,
        "least": value == least and least < greatest,
        "less_before": any(one > value for one in before),
        "more_before": any(0 < one < value for one in before),
        "more_behind": any(one > value for one in behind),
        "less_behind": any(0 < one < value for one in behind),
    }  # fmt: skip


def _same(one: float, other: float) -> bool:
    return abs(one - other) < 1e-6


def _in_wan(found: re.Match[str]) -> float | None:
    words = found[0]
    if found.re is _PIECES:
        words = re.sub("[来多]?个$", "万", words)
    if thousands := re.search(r"(\d+)\s?[kK]$", words):
        return float(thousands[1]) / 10
    plain = re.sub(r"[来个几]", "", re.sub(r"块钱?", "元", words))
    plain = re.sub("(?<=[万亿])元", "", plain)
    plain = re.sub(r"(?<=[\d])\s?(?=RMB)", "元", plain)
    if not re.search("[万亿元wW]|illion", plain):
        plain += "元"
    money = parse_money(plain)
    high = money.high if money else None
    few = found.re is _PIECES and high is not None and high < _LEAST_PIECES
    return None if few else high


def _terms(text: str) -> Iterator[Candidate]:
    text = plain_spans(text)
    told = _Told(text)
    spans = [*_PERIOD.finditer(text), *_SPAN.finditer(text)]
    for found in spans:
        period = found.re is _PERIOD
        words = re.sub(r"\s*[Mm]onths?", "个月", found[0].replace("个半月", ".5个月"))
        words = (
            re.sub(r"^.*(?:至|到|-|—|~|～)\s*(?=.)", "", words)
            if not period
            else re.sub(r"(?:启动|起|[,，])+", "至", words)
        )
        months = parse_duration(words)
        if not months or months > _LONGEST_TERM:
            continue
        yield Candidate(months, told.clause(*found.span()), {
            **_cues("term", told, *found.span()),
            "first": found is spans[0], "only": len(spans) == 1,
            "period": period, "days": re.search("[天周]|eek", words) is not None,
            "years": "年" in words and "半年" not in words,
            "long": months > 36, "very_long": months > 120, "short": months < 3,
        })  # fmt: skip


def _days(text: str, written: date | None) -> Iterator[Candidate]:
    text = _ENGLISH_DAY.sub(_in_numbers, _ITEM_BEFORE.sub(r"\1、", _in_digits(text)))
    this_year = _THIS_YEAR.search(text)
    told, year = _Told(text), int(this_year[1]) if this_year else year_of(text)
    found = [(one.start(), one.end(), day_of(one[0], written, year))
             for one in _DATE.finditer(text)]  # fmt: skip
    fixed = {start for start, *_ in found}
    if written is not None:
        ends = [(start, end) for start, end, _ in found]
        found += [one for one in relative_days(text, written)
                  if not any(start < one[1] and one[0] < end for start, end in ends)]  # fmt: skip
    spans = sorted(found, key=lambda one: one[0])
    for start, end, day in spans:
        if day is None:
            continue
        words = text[start:end]
        yield Candidate(day, told.clause(start, end), {
            **_cues("deadline", told, start, end),
            "first": start == spans[0][0], "last": start == spans[-1][0], "only": len(spans) == 1,
            "alone": told.length(start) <= len(words) + 2,
            "hour": _HOUR.match(text, end) is not None,
            "slashed": "月" not in words and not words.startswith("20") and start in fixed,
            "to_the_day": re.search(r"\d\s*[日号]?$", words) is not None,
            "with_year": re.match(r"\s*20\d\d", words) is not None,
            "far": written is not None and (day - written).days > 365,
            "gone": written is not None and day <= written,
            "year_end": "月" not in words and "底" in words, "relative": start not in fixed,
        })  # fmt: skip


def _organisations(text: str) -> Iterator[Candidate]:
    told = _Told(text)
    found = list(organisations(text))
    times = Counter(one.name for one in found)
    around = [_cues("organisation", told, one.start, one.end) for one in found]
    said = _said_of(found, around)
    for one, features in zip(found, around, strict=True):
        yield Candidate(one.name, told.clause(one.start, one.end), {
            **features, **one.features, **said[one.name],
            "first": one.end == found[0].end, "last": one.end == found[-1].end,
            "again": min(3, times[one.name]) - 1,
        })  # fmt: skip


_MOST_NAMES = 150


def _said_of(
    found: list[Organisation], around: list[dict[str, float]]
) -> dict[str, dict[str, float]]:
    """What is said of a name wherever it stands, and whether others are longer or shorter."""
    said: dict[str, dict[str, float]] = {one.name: {} for one in found}
    whole: dict[str, set[int]] = {}
    kinds: dict[str, set[str]] = {one.name: set() for one in found}
    for one, features in zip(found, around, strict=True):
        kinds[one.name] |= _ANYWHERE & {name.partition("_")[0] for name in features}
        if any(one.features.get(name) for name in _WHOLE):
            whole.setdefault(one.name, set()).add(one.end)
    names = list(whole)[:_MOST_NAMES]
    for name in names:
        for other in names:
            elsewhere = len(other) < len(name) and whole[other] - whole[name]
            if elsewhere and _shortens(other, name):
                inside = other in name
                said[name]["has_part" if inside else "has_short"] = 1.0
                said[other]["part" if inside else "short_for"] = 1.0
                said[name] |= {f"short_{kind}": 1.0 for kind in sorted(kinds[other])}
    return said


# What says that a name is not cut out of a longer one.
_WHOLE = ("from_the_edge", "tagged", "labelled", "quoted", "own", "doing", "answered", "signed")


_ANYWHERE = frozenset(
    ("ours", "named", "other", "otherwards", "agent", "bystander", "entrust", "seeker")
)


def _shortens(short: str, name: str) -> bool:
    """Whether the characters of one stand in the other in the same order.

    >>> _shortens("鼎援公司", "晋中鼎援安全装备有限公司"), _shortens("公司鼎援", "晋中鼎援公司")
    (True, False)
    """
    rest = iter(name)
    return all(char in rest for char in short)


def day_of(words: str, written: date | None, year: int | None = None) -> date | None:
    """The day meant by one who writes on a day: without a year the next one.

    >>> day_of("3月10号", date(2027, 2, 3)), day_of("1月5日", date(2026, 11, 2))
    (datetime.date(2027, 3, 10), datetime.date(2027, 1, 5))
    """
    plain = re.sub(r"\s", "", words)
    base = written.year if written else year
    if relative := re.match("[今明]年?", plain):
        if base is None:
            return None
        plain = f"{base + (plain[0] == '明')}年{plain[relative.end() :]}"
    if re.fullmatch(r"\d{1,2}[/.]\d{1,2}", plain):
        plain = re.sub("[/.]", "月", plain) + "日"
    plain = re.sub("月份$", "月", plain)
    try:
        day = parse_date(plain, base)
        if written and day < written and not re.match(r"20\d\d", plain):
            day = parse_date(plain, written.year + 1)
    except DateError:
        return None
    return day


def _in_digits(text: str) -> str:
    """Days and years said in words as they are written, those of the Republic as ours.

    >>> _in_digits("民国115年8月15日"), _in_digits("二〇二六年七月二十日")
    ('2026年8月15日', '2026年7月20日')
    """
    text = _REPUBLIC.sub(lambda found: f"{int(found[1]) + 1911}年", text)
    text = _TWENTY.sub("二十", _FIRST_MONTH.sub("1月", text))
    text = _HAN_DATE.sub(lambda found: han_numbers(found[0]), text)
    return _HAN_YEAR.sub(lambda found: han_numbers(found[0]), text)


def _in_numbers(found: re.Match[str]) -> str:
    month = _MONTH_NAMES.index((found["month"] or found["name"]).lower()) + 1
    return f"{found['year']}-{month:02}-{int(found['day'] or found['first']):02}"


def _cues(field: str, told: _Told, start: int, end: int) -> dict[str, float]:
    """Which kinds of words stand around a place, and which words."""
    text, line = told.text, told.line(start)
    label = _LABEL.match(text, line, start)
    begins = max(start - _BEFORE, label.end() if label else line)
    sentence = _SENTENCE.split(text[begins:start])[-1]
    clause = _CLAUSE.split(sentence)[-1]
    zones = {
        "near": clause[-_NEAR:],
        "clause": clause[:-_NEAR],
        "wide": sentence[: len(sentence) - len(clause)],
        "after": _PAUSE.split(text[end : end + _BEHIND].lstrip(" "))[0],
        "label": label[1] if label else "",
        "above": told.above(line),
        "behind": _SENTENCE.split(text[end : end + _AFTERWARDS])[0],
    }
    found = {
        f"{cue.kind}_{zone}": 1.0
        for cue in cues(field)
        for zone in cue.zones
        if zones[zone] and cue.words.search(zones[zone])
    }
    found |= _closest(field, zones["near"])
    found |= {f"{zone}:{word}": 1.0 for zone in _WORDY for word in _words(zones[zone])}
    found["bias"] = 1.0
    found["ends"] = _ENDS.match(text, end) is not None
    found["clause_alone"] = not clause.strip()
    found["label_alone"] = (
        label is not None and _SPACES.fullmatch(text, label.end(), start) is not None
    )
    return found


def _closest(field: str, near: str) -> dict[str, float]:
    """Which kind of words stands last before a place: 十月底装好报名七月二十号前."""
    last, kind = 0, ""
    for cue in cues(field):
        if "near" in cue.zones:
            for found in cue.words.finditer(near):
                if found.end() > last:
                    last, kind = found.end(), cue.kind
    return {f"closest_{kind}": 1.0} if kind else {}


# The zones whose single words were weighed, too.
_WORDY = ("near", "after", "label", "above")


@lru_cache(maxsize=4_096)
def _words(zone: str) -> tuple[str, ...]:
    """The different words of a zone; numbers are none."""
    cut = default_tokenizer().cut(zone)
    return tuple(dict.fromkeys(word for word in cut if _SAID.fullmatch(word)))


class Cue(NamedTuple):
    """Words of one kind, and what they say of a candidate beside them before a need was seen."""

    field: str
    kind: str
    beforehand: float
    words: re.Pattern[str]
    zones: tuple[str, ...]


@cache
def cues(field: str) -> tuple[Cue, ...]:
    """The kinds of words that speak for a field or against it, from the shipped table."""
    lines = data_path(CUES).read_text("utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return tuple(
        Cue(of, kind, float(beforehand), re.compile(words), _zones_of(words))
        for of, kind, beforehand, words in rows
        if of == field
    )


def _zones_of(pattern: str) -> tuple[str, ...]:
    """What is tied to the end or the beginning stands right before or behind."""
    if pattern.endswith("$"):
        return ("near",)
    return ("after",) if pattern.startswith("^") else tuple(ZONES)


# When a text was written: the head of a mail, the stamp of a chat, a line of its own.
_WRITTEN = re.compile(
    r"^\s*(?:\S{1,16}[ \t]+(?=20\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?[ \t]+"
    r"(?:[上下]午)?\d{1,2}:\d\d)|"
    r"[\[【(（<>＞]|.{0,24}?(?:时间|日期|发布|发表于|记录|填[表报].{0,2}|[Ss]ent|[Dd]ate|在|楼|"
    r"来电|纪要|会议|写道|于)\s*[:：】\]]?\s*)?\s*"
    r"(20\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)", re.MULTILINE
)  # fmt: skip


_TODAY = re.compile(r"今天是?\s*(20\d\d)年(\d{1,2})月(\d{1,2})[日号]")
_THIS_YEAR = re.compile(r"今年(?:就?是)?\s*(20\d\d)(?!\d)")
_UNTIL = re.compile(r"\s*[日号]?\s*(?:\d\d?[:：]\d\d)?\s*(?:之?前|以前|止|截|至|到)")


def written_on(text: str) -> date | None:
    """The first day a head, a stamp or a line of its own tells, if any does.

    >>> written_on("[2026/10/9 下午3:02] 小阮: 在吗"), written_on("2027年6月30日前报名")
    (datetime.date(2026, 10, 9), None)
    """
    text = _in_digits(text)
    for found in (*_WRITTEN.finditer(text), *_TODAY.finditer(text)):
        if _UNTIL.match(text, found.end()):
            continue
        try:
            return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            continue
    return None
