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

from matcher.learnt import learnt
from matcher.resources import data_path
from matcher.text.amounts import parse_duration, parse_money
from matcher.text.candidates import Candidate, Features, best, sureness
from matcher.text.dateline import is_dateline
from matcher.text.days import Day, days_in, in_digits
from matcher.text.demander import Organisation, organisations
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
# 发布：2026-11-02  截止日期：2027-03-01
_OWN_LABEL = re.compile(r"([^\s:：，,。；;|｜（）()【】]{2,10})[】\]]?\s?[:：]\s*$")
_NEXT_CELL = re.compile(r"\s{2,}|[|｜\t]")
_ENDS = re.compile(r"\s*(?:$|[，,。；;！!）)\n])")
_SLASHED = re.compile(r"\d+[/.-]\d+")
_HOUR = re.compile(r"\s*[日号]?\s*\d\d?[:：]\d\d")
_SPACES = re.compile(r"\s*")
_NUMBERED = re.compile(r"\s*[（(]?([一二三四五六七八九]|\d{1,2})[)）、.．](?!\d)")
_DIGIT = re.compile(r"\d|[一二三四五六七八九十]万")
_SAID = re.compile(r"[\u4e00-\u9fffA-Za-z]+")
# So many days before and behind are looked at.
_MANY = 20
_NEAR, _BEHIND, _AFTERWARDS, _BEFORE, _ABOVE = 14, 10, 36, 60, 20
# How likely it must be that a value is meant: a stranger's name or day is worse than none.
SURE = {"organisation": 0.5, "deadline": 0.5}
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
_MOVES = frozenset(f"moved_{zone}" for zone in ("near", "clause", "wide"))


def _put_right(found: list[Candidate]) -> list[Candidate]:
    """What is taken back once (不是200万，是120万) is so everywhere; the next stands instead."""
    right = [at for at, one in enumerate(found) if one.features.keys() & _PUTS_RIGHT]
    if right:
        found = [
            one._replace(features={
                **one.features, "right_later": at < right[-1], "puts_right": _puts_right(found, at),
            })
            for at, one in enumerate(found)
        ]  # fmt: skip
    moved = [at for at, one in enumerate(found) if one.features.keys() & _MOVES]
    if moved:
        last = found[moved[-1]].value
        found = [
            one._replace(features={**one.features, "moved_later": at < moved[-1]})
            if one.value != last else one
            for at, one in enumerate(found)
        ]  # fmt: skip
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


def _puts_right(found: list[Candidate], at: int) -> bool:
    """Whether words of putting right stand before a candidate, and another value before them."""
    one = found[at]
    said = one.features.keys() & (_PUTS_RIGHT - {"right_after"})
    return bool(said) and any(o.value != one.value for o in found[max(0, at - _MANY) : at])


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
    text = in_digits(text)
    told = _Told(text)
    days = [
        one for one in days_in(text, written)
        if written is None or one.day > written or not is_dateline(text, one)
    ]  # fmt: skip
    for at, one in enumerate(days):
        words = text[one.start : one.end]
        yield Candidate(one.day, told.clause(one.start, one.end), {
            **_asked_or_done(_cues("deadline", told, one.start, one.end)),
            "first": at == 0, "last": at == len(days) - 1, "only": len(days) == 1,
            "alone": told.length(one.start) <= len(words) + 2,
            "hour": _HOUR.match(text, one.end) is not None,
            "slashed": one.way == "yearless" and _SLASHED.fullmatch(words) is not None,
            "to_the_day": re.search(r"\d\s*[日号]?$", words) is not None,
            "with_year": one.way == "whole", "relative": one.way == "relative",
            "year_end": "月" not in words and "底" in words,
            "dateline": is_dateline(text, one),
            **_by_time(one.day, written),
            **_by_others(days, at),
        })  # fmt: skip


def _asked_or_done(cues: dict[str, float]) -> dict[str, float]:
    """What stands around a day, and whether it is one of answering or only one of work."""
    beside = {
        kind: any(f"{kind}_{zone}" in cues for zone in ("near", "clause", "after", "label"))
        for kind in ("answer", "until", "before", "work")
    }
    asked = beside["answer"] or beside["until"]
    ends = beside["until"] or beside["before"]
    return cues | {
        "only_work": beside["work"] and not asked, "unasked": not asked,
        "unanswered_work": beside["work"] and not beside["answer"],
        "answer_until": beside["answer"] and ends,
    }  # fmt: skip


def _by_time(day: date, written: date | None) -> dict[str, float]:
    """How a day stands to the one the text was written on."""
    if written is None:
        return {"undated": 1.0}
    ahead = (day - written).days
    return {
        "gone": ahead <= 0, "same_day": ahead == 0, "soon": 0 < ahead <= 10,
        "next_months": 10 < ahead <= 200, "far": ahead > 365, "just_gone": 330 < ahead <= 365,
    }  # fmt: skip


def _by_others(days: list[Day], at: int) -> dict[str, float]:
    """How a day stands to the others: whether it opens or closes a span, is told again …"""
    one = days[at]
    before, behind = days[max(0, at - 1) : at], days[at + 1 : at + 2]
    return {
        "closes": any(0 <= one.start - other.end <= 3 and other.day < one.day for other in before),
        "opens": any(0 <= other.start - one.end <= 3 and one.day < other.day for other in behind),
        "said_before": any(other.day == one.day for other in days[max(0, at - _MANY) : at]),
        "said_again": any(other.day == one.day for other in days[at + 1 : at + 1 + _MANY]),
    }  # fmt: skip


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


def _cues(field: str, told: _Told, start: int, end: int) -> dict[str, float]:
    """Which kinds of words stand around a place, and which words."""
    text, line = told.text, told.line(start)
    label = (field == "deadline" and _own_label(text, line, start)) or _LABEL.match(
        text, line, start
    )
    behind = text[end : end + _AFTERWARDS]
    if field == "deadline":
        behind = _NEXT_CELL.split(behind)[0]
    begins = max(start - _BEFORE, label.end() if label else line)
    sentence = _SENTENCE.split(text[begins:start])[-1]
    clause = _CLAUSE.split(sentence)[-1]
    zones = {
        "near": clause[-_NEAR:],
        "clause": clause[:-_NEAR],
        "wide": sentence[: len(sentence) - len(clause)],
        "after": _PAUSE.split(behind[:_BEHIND].lstrip(" "))[0],
        "label": label[1] if label else "",
        "above": told.above(line),
        "behind": _SENTENCE.split(behind)[0],
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


def _own_label(text: str, line: int, start: int) -> re.Match[str] | None:
    """The label right before a place."""
    return _OWN_LABEL.search(text, max(line, start - _NEAR), start)


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
