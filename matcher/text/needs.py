"""A need told in plain words (a chat, a mail, a ramble, a row of a table): what it says of itself.

The words for the title, the organisation, the money, the deadline and the term are found wherever
they stand; nothing is taken out of the text but greetings and marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from matcher.contacts import part_contacts
from matcher.records import Indicator
from matcher.speech import is_word
from matcher.text.asked import BULLET, asked_for, of_line
from matcher.text.envelope import unwrapped
from matcher.text.offers import open_price
from matcher.text.stated import FIELDS, candidates_of, chosen
from matcher.text.titles import JOINING, is_title, title_of

_DIGITS = {0xFF10 + digit: str(digit) for digit in range(10)} | {0xFF0E: "."}
_FULL_DIGIT = re.compile("[０-９]")
_FULL_COMMA = re.compile(r"(?<=\d)，(?=\d{3}(?!\d))")
# 拟投入经费（万元）：180
_UNIT_IN_LABEL = re.compile(
    r"[(（](万元?|个?月)[)）]\s*[:：]\s*([\d.,]+(?:\s*[-~～—–至到]+\s*[\d.,]+)?)(?=\s|$)"
)
_PAUSE = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
_MOST_PAUSES = 4
_KEYCAP = re.compile(r"(\d)\ufe0f?\u20e3")
_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u26ff\u2700-\u2712\u2715-\u27bf\u2b00-\u2bff\ufe0f\u200d\u20e3]+"
)
# What a page shows behind a need: others.
_OTHER_PAGES = re.compile(
    r"(?:猜你喜欢|相关(?:需求|推荐|阅读|链接)|推荐阅读|热门(?:需求|推荐)|友情链接)(?:[^，。]{0,6}$|\s*[:：|｜])|"
    r"[上下]一[篇条]\s*[:：]"
)
# What a speaker says while thinking.
_UM = re.compile(r"[,，]\s*(?:呃|嗯|哎)\s*[,，]|(?:^|(?<=[\s\]]))(?:呃|嗯|哎)+[,，\s]*")
_NEEDING = re.compile(
    r"需要|想|求|急|寻|找|难题|解决|攻关|攻克|要求|希望|委托|谁能|有没有|改进|研发|开发|指标|"
    r"老是|总是|漏|裂|坏|不行|过不了|做不"
)
_OFFICIAL = re.compile(
    r"通知|公告|公示|特此|印发|申报指南|各(?:市|县|区|有关|相关|高校|单位|部门|盟|州|地)|"
    r"征集.{0,12}(?:需求|榜单|难题)的|"
    r"管理办法|实施细则|新闻|讯[)）]|记者|主办单位|版权所有|附件\s*\d"
)
_LONGEST_NEED, _MOST_LINES = 4_000, 80


class Need(NamedTuple):
    """What a text says of itself; empty or None where it says nothing.

    ``bounty`` is in 万元, ``months`` the term, ``words`` what each of them and ``deadline`` was
    read from; ``targets`` are the lines that only set targets and ``told`` all others, in the
    order of the text.
    """

    title: str
    organisation: str
    bounty: float | None
    open_price: str
    deadline: date | None
    months: int | None
    indicators: tuple[Indicator, ...]
    targets: tuple[str, ...]
    told: tuple[str, ...]
    words: Mapping[str, str] = MappingProxyType({})


def is_need(text: str) -> bool:
    """Whether a text without a form is somebody's need, and not a notice or a page.

    >>> is_need("急找团队，柱塞泵密封圈两个月就漏，压力不能低于15MPa")
    True
    >>> is_need("关于征集技术需求的通知\\n各有关单位：请于3月底前报送。")
    False
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if len(text) > _LONGEST_NEED or len(lines) > _MOST_LINES or _OFFICIAL.search(text):
        return False
    if not _NEEDING.search(text):
        return False
    need = read_need(text)
    stated = (need.indicators, need.organisation, need.bounty, need.deadline, need.months)
    return bool(need.title) and any(value for value in stated)


def targets_in(text: str) -> tuple[tuple[Indicator, ...], tuple[str, ...]]:
    """What a text asks for, and its lines that only set targets."""
    lines = plain_lines(text)
    return tuple(asked_for(lines)), _divided(lines)[0]


def read_need(text: str, written: date | None = None, persons: Iterable[str] = ()) -> Need:
    """What a text says of itself; ``written`` is the day it was written on, if known, and the
    name of no house begins with one of the ``persons``.

    >>> need = read_need("[转发] 各位老师好，求轴承润滑方案\\n预算200万，两年内完成。")
    >>> need.title, need.bounty, need.months
    ('轴承润滑方案', 200.0, 24)
    >>> read_need("求轴承润滑方案，预算200万\\n刚才说错了，预算不是200万，是120万").bounty
    120.0
    """
    lines = plain_lines(text)
    bare = _bare(lines)
    targets, told = _divided(lines)
    named = tuple(one for one in persons if not is_word(one))
    found = {field: candidates_of(field, bare, written) for field in FIELDS}
    found["organisation"] = [
        one for one in found["organisation"] if not str(one.value).startswith(named)
    ]
    stated = {field: chosen(field, candidates) for field, candidates in found.items()}
    values = {field: one.value if one else None for field, one in stated.items()}
    return Need(
        title=title_of(lines), organisation=values["organisation"] or "",
        bounty=values["amount"], open_price=open_price(bare), deadline=values["deadline"],
        months=values["term"], indicators=tuple(asked_for(lines)), targets=targets, told=told,
        words={name: one.words for field, name in _OFFERS.items() if (one := stated[field])},
    )  # fmt: skip


def is_title_of(text: str, title: str) -> bool:
    """Whether it is the title `read_need` gives a text, of which it is one clause or two."""
    held = all(part in text for part in title.split(JOINING))
    return held and is_title(plain_lines(text), title)


_OFFERS = {"amount": "bounty", "deadline": "deadline", "term": "months"}


def bare_text(text: str) -> str:
    """A text without its wrapping and contacts, as its sums, days and terms are looked for."""
    return _bare(plain_lines(text))


def _bare(lines: list[str]) -> str:
    return "\n".join(_in_plain_digits(part_contacts(line).rest) for line in lines)


def plain_lines(text: str) -> list[str]:
    """The lines of a text without its wrapping, emoji and hesitation."""
    lines = [line for raw in unwrapped(text).splitlines() if (line := _plain(raw))]
    ends = (at for at, line in enumerate(lines) if at and _OTHER_PAGES.match(line))
    return lines[: next(ends, None)]


def _in_plain_digits(line: str) -> str:
    """１，２００万元 as 1,200万元: what a form in full width gives."""
    if _FULL_DIGIT.search(line):
        line = _FULL_COMMA.sub(",", line.translate(_DIGITS))
    return _UNIT_IN_LABEL.sub(r"：\2\1", line)


def _plain(line: str) -> str:
    """A line without emoji; a keycap is a number in front of an item.

    Where a line was dictated, pauses are spaces and there are no commas.
    """
    text = _UM.sub("", _EMOJI.sub("", _KEYCAP.sub(r"\1、", line))).strip()
    pauses = _PAUSE.findall(text)
    return _PAUSE.sub("，", text) if len(pauses) > _MOST_PAUSES and "，" not in text else text


def _divided(lines: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The items of a list that set targets, and everything else."""
    targets = [line for line in lines if BULLET.match(line) and any(of_line(line))]
    return tuple(BULLET.sub("", line) for line in targets), tuple(
        line for line in lines if line not in targets
    )


def item_of(line: str) -> str:
    """What an item of a list says, without its number."""
    return BULLET.sub("", _plain(line))
