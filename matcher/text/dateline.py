"""The day a text was written on, as a head, a stamp, a signature or a line of its own tells it."""

from __future__ import annotations

import re
from datetime import date

from matcher.text.days import Day, days_in_year_of, earliest_told, in_digits, whole_days

_TODAY = re.compile(r"今天(?:就?是)?[,，]?\s*$")
# What a day that is set has before it or behind it, and a day on which something is told has not.
_SETS = re.compile(
    r"报名|征集|揭榜|申报|受理|截|(?<![日星])期|时限|完成|验收|交[付货]|有效|[Dd]ue|DDL|[Dd]eadline|[Bb]efore|[Bb]y$|周期|"
    r"起止|实施|执行|计划|投产|成立|始建|回复|反馈|联系|评审|[至到自从前]$"
)
_UNTIL = re.compile(
    r"\s*[日号]?\s*(?:[（(][^）)]{1,6}[)）])?\s*(?:\d\d?[:：]\d\d|下班|24时)?\s*"
    r"(?:之?前|以前|止|截|至|到|为止|[-—~～]+\s*\d|起|完成|验收)"
)
_LABEL = re.compile(
    r"(?:时间|日期|发布|发表于|记录|填[表报写]?.{0,2}|[Ss]ent|[Dd]ate|楼|来[电信函]|纪要|会议|写[道于]|"
    r"由.{1,12}于|走访|调研|接[听电访]|通话|登记|成文|落款)\s*[:：】\]]?\s*$"
)
_WEEKDAY = re.compile(r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*\.?,?|(?:周|星期|礼拜).)\s*$")
_BARE = re.compile(r"[\s\[【(（<>＞\-*•#|｜—]*")
_BEHIND = re.compile(
    r"\s*(?:[,，]?\s*[（(]?(?:周|星期|礼拜|Mon|Tue|Wed|Thu|Fri|Sat|Sun)|[上下中]午|[早晚]|"
    r"(?:at\s+)?\d{1,2}\s*[:：点时]|[)）】\]>|｜]|$|\s|编辑|写)"
)
_CLOCK = re.compile(r"\s*(?:\S{2,3}\s+)?(?:[上下中]午|[早晚]上?)?\s*(?:at\s+)?\d{1,2}[:：]\d\d")
# Who stands before a day and where, but no sentence of which the day is a part.
_SAID = re.compile(r"[，,；;。？?：:]|.{25}")
_LONGEST_HEAD, _PART_BEFORE = 24, re.compile(r"[\s，,；;|｜。]")


def written_on(text: str) -> date | None:
    """The first day a head, a stamp, a signature or a line of its own tells, if any does.

    A stamp without a year is the last such day before the first one told with its year.

    >>> written_on("[2026/10/9 下午3:02] 小阮: 在吗"), written_on("2027年6月30日前报名")
    (datetime.date(2026, 10, 9), None)
    >>> written_on("12月3日 09:14 小阮: 2027年1月20号前报名")
    datetime.date(2026, 12, 3)
    """
    text = in_digits(text)
    whole = whole_days(text)
    if told := next((one.day for one in whole if is_dateline(text, one)), None):
        return told
    before = earliest_told(text)
    stamps = days_in_year_of(text, before) if before else []
    return next((one.day for one in stamps if is_dateline(text, one)), None)


def is_dateline(text: str, one: Day) -> bool:
    """Whether a day is told as the one on which something was said or written."""
    begin = max(text.rfind("\n", 0, one.start) + 1, one.start - 2 * _LONGEST_HEAD)
    before = text[begin : one.start]
    behind = text[one.end : one.end + _LONGEST_HEAD].partition("\n")[0]
    if _TODAY.search(before):
        return True
    before = _WEEKDAY.sub("", before)
    if _UNTIL.match(behind) or _SETS.search(
        _PART_BEFORE.split(before.rstrip(" \t\u3000|｜—-"))[-1]
    ):
        return False
    if _LABEL.search(before):
        return True
    if _BARE.fullmatch(before):
        asked = text[max(0, begin - 2) : begin].strip() in ("?", "？", ":", "：")
        return not asked and (one.way == "whole" or _BEHIND.match(behind) is not None)
    if one.way != "whole":
        return _CLOCK.match(behind) is not None
    return _BEHIND.match(behind) is not None and _SAID.search(before) is None
