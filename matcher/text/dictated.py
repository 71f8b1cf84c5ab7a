"""Speech without punctuation, cut where the name of another quantity begins.

A speaker who does not pause says one quantity behind the other. The words right before each, as far
back as they can be its name, and the circumstances told before them, are a clause of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from matcher.text.named import name_before, told_for_themselves
from matcher.text.notation import plain_signs
from matcher.text.numerals import HAN, arabic, han_numbers, number
from matcher.text.quantities import Quantity, quantities
from matcher.text.tokenise import default_tokenizer
from matcher.text.units import UNIT

# Shorter than this nobody says two things.
_SHORTEST = 9
# Longer than this a speaker tells of more than what he asks for.
_RAMBLE = 40
_NEARBY = 24
_NEXT_TOLD = 5
_EACH_TOLD = re.compile(
    r"(?:一个?|每)(?:小时|天|分钟|班|年|亩|吨|方|斤|公斤|台|件)(?:内|里)?(?:至少|起码|最少|最多|顶多|得)?$"
)
_PASSED = re.compile(r"(?:后|时|下|以后|之后|情况下|条件下|里|中)?(?:的话)?")
# 好果率九十五以上, 识别率嘛九十五就行: a share without its per cent.
_SHARE = re.compile(
    r"(?P<name>[率度]|灵敏性|特异性)(?P<gap>[嘛呢吧啊得要有到在]|至少|怎么也|起码)*"
    r"(?P<value>[六七八九]十[一二三四五六七八九]?)(?:以上|往上|朝上|就行|就可以|就够)"
    r"(?![\d一二三四五六七八九十分个天年月])"
)
# What is dictated has its numbers in words; two written in digits may be two quantities too, but
# not where a single sign is written: it stands between the name and the value of one.
_MAY_BE_TWO = re.compile(r"[一二两三四五六七八九十]|(?<![\d.,])[.,]*+\d[\d.,]*+[^\d.,]++\d")
_SIGN = re.compile(r"[≥≤<>=＞＜]+")


# One numeral as it is spoken: 十二二十八 are two of them.
_BELOW_TEN_THOUSAND = (
    r"(?:[一二两三四五六七八九]千零?(?:[一二三四五六七八九]百零?)?(?:[一二三四五六七八九]?十)?[一二三四五六七八九]?|"
    r"[一二两三四五六七八九]百零?(?:[一二三四五六七八九]?十)?[一二三四五六七八九]?|"
    r"[一二三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九零])"
)
_SPOKEN = (
    rf"(?:{_BELOW_TEN_THOUSAND}万)?{_BELOW_TEN_THOUSAND}"
    r"(?:点[零一二三四五六七八九]{1,4}(?![十百千万])|点[零一二三四五六七八九])?"
)
_LIMITED = r"以[上下内]|左右|[往朝]上|上下|到|至|，|$"


# 一个小时能走八十公斤就够用了
_ENOUGH = re.compile(r"(?<=[\u4e00-\u9fff])(?:就|也就)够用?了?")


# 二零二七年二月: a day of the calendar, before its figures run into others.
_DAY = re.compile(r"二[零〇][零〇一二三四五六七八九]{2}年(?:[一二三四五六七八九十]{1,3}月)?")
_TO = re.compile(rf"(\d(?:到|至)(?:零上)?)(?P<last>{_SPOKEN})(?![{HAN}点分成])")
# 三十二万七个月, 一点五一天, 三千四百五一天: the last of it counts what follows.
_RUN_ON = re.compile(
    rf"(?P<first>(?<![{HAN}万])(?=[{HAN}])[{HAN}万]*(?:万|点[零一二三四五六七八九]{{1,3}}|"
    r"[百千万](?P<last>[一二三四五六七八九])))"
    r"(?P<next>[一二两三四五六七八九])(?=个(?!点|百分点)|天|[月年周班台亩](?!均))"
)
# 四百五六天 is about so many.
_ABOUT = frozenset(["一二", "二三", "三四", "四五", "五六", "六七", "七八", "八九"])
# 二十五万二十万次: no numeral has two of them.
_TWICE = re.compile(rf"(?<![{HAN}点])(?P<first>{_BELOW_TEN_THOUSAND}万)(?={_BELOW_TEN_THOUSAND}万)")


@cache
def _spoken() -> re.Pattern[str]:
    """A share, or a numeral before a unit or a limit."""
    return re.compile(
        rf"(?<!分之)(?:[零〇幺一二三四五六七八九]{{3,}}|(?<![{HAN}])(?P<under>[百千万])分之(?P<over>{_SPOKEN})|(?P<decimal>(?<![有差早晚午夜{HAN}])[{HAN}]{{1,3}}点[零一二三四五六七八九]{{1,4}}(?=[^{HAN}分刻点]|$)(?![多几]))|(?P<plain>{_SPOKEN})"
        rf"(?!万?分之)(?P<times>[万亿])?(?P<half>(?=公?[斤米]半))?(?P<behind>(?=个?{UNIT}|{_LIMITED})))"
    )


def in_figures(text: str) -> str:
    """Numerals of a dictated text in figures, where a unit or a limit stands behind them.

    >>> in_figures("分拣两千四百件错分率千分之一"), in_figures("含水百分之十二二十八天不裂")
    ('分拣2400件错分率1‰', '含水12%28天不裂')
    >>> in_figures("误差百分之一点五一天不超"), in_figures("一个月三千四百五一天")
    ('误差1.5%，1天不超', '一个月3450，1天')
    >>> in_figures("寿命二十五万二十万次")
    '寿命25万，20万次'
    """
    text = _DAY.sub(lambda found: han_numbers(found[0]), text)
    text = _RUN_ON.sub(_two, _TWICE.sub(r"\g<first>，", text))
    return _TO.sub(_until, _spoken().sub(_figures, text))


def _two(found: re.Match[str]) -> str:
    """Two numerals that were said in one breath."""
    first, following = found["first"], arabic(found["next"])
    if f"{found['last']}{found['next']}" in _ABOUT:
        return found[0]
    if found.string[: found.start()].endswith("分之"):
        return f"{first}，{following}"
    return f"{number(first):g}，{following}"


def _until(found: re.Match[str]) -> str:
    """56到五十八: the other end of a range."""
    return f"{found[1]}{number(found['last']):g}"


def _figures(found: re.Match[str]) -> str:
    if found["decimal"]:
        return f"{number(found['decimal']):g}"
    if over := found["over"]:
        value, sign = number(over), {"百": "%", "千": "‰"}.get(found["under"], "")
        return f"{value:g}{sign}" if sign else f"{value / 100:g}%"
    plain = found["plain"]
    if plain is None:
        return found[0]
    if len(plain) == 1 and (plain in "一零" or not _FIRM.match(found.string, found.end())):
        return found[0]
    return f"{number(plain):g}{found['times'] or ''}"


# Behind a single numeral these are units and no words.
_FIRM = re.compile(
    "分钟|小时|个月|公斤|毫|微|纳|兆|千瓦|厘|平方|立方|瓦|吨|伏|米[以之左]|"
    "天|年|秒|升|牛|克|倍|度|以[上下内]"
)


@cache
def _bare() -> re.Pattern[str]:
    """褐变指数不要超过二好果率: a numeral right before the next name."""
    return re.compile(
        r"(?P<than>超过|低于|高于|大于|小于)(?P<value>[一二三四五六七八九])(?=[\u4e00-\u9fff]{2})"
        rf"(?![十百千万点成折半多来几]|{UNIT})"
    )


class Breath(NamedTuple):
    """What is said of one quantity, and the circumstance it was told under."""

    text: str
    under: str = ""


def breaths(piece: str) -> list[Breath]:
    """A piece of a clause, or one for each quantity if several are told without a pause.

    >>> [one.text for one in breaths("糖度十三以上硬度嘛零点六公斤每平方厘米")]
    ['糖度13以上', '硬度嘛0.6公斤每平方厘米']
    >>> [one.text for one in breaths("转速不低于3000r/min时效率不低于95%")]
    ['转速不低于3000r/min时效率不低于95%']
    """
    if not is_dictated(piece):
        return [Breath(piece)]
    text = spoken_in_figures(piece)
    found = quantities(text)
    told = told_for_themselves(text, found)
    if sum(told) < 2 and len(piece) <= _RAMBLE:
        return [Breath(text)]
    parts = list(_parts(text, found, told))
    return parts if len(parts) > 1 or (parts and len(piece) > _RAMBLE) else [Breath(text)]


def is_dictated(piece: str) -> bool:
    """Whether it may tell several quantities without a pause."""
    if len(piece) < _SHORTEST or "(" in piece or not _MAY_BE_TWO.search(piece):
        return False
    return len(_SIGN.findall(piece)) != 1


def spoken_in_figures(piece: str) -> str:
    """A piece with its numerals in figures, as its quantities are looked for."""
    text = _ENOUGH.sub("以上", _SHARE.sub(r"\g<name>百分之\g<value>以上", piece))
    return _bare().sub(r"\g<than>\g<value>，", plain_signs(in_figures(text)))


def _parts(text: str, found: Sequence[Quantity], told: Sequence[bool]) -> Iterator[Breath]:
    """Each quantity told for itself with its name, and the circumstance before or behind that."""
    last = 0
    for at, one in enumerate(found):
        if not told[at]:
            continue
        name = name_before(text, found, at, told)
        if name is not None:
            start, end = name
            each, under = _circumstance(text[last:start])
            between = text[end : one.start]
            loose = quantities(between)
            if loose:
                under = "；".join(filter(None, (under, between[loose[0].start :].strip(" ,，"))))
                between = ""
            value = text[one.start : one.end]
            yield Breath(each + text[start:end] + between + value, under)
        last = one.end


def _circumstance(before: str) -> tuple[str, str]:
    """What was told right before a name: by what it is counted, or under what it holds.

    >>> _circumstance("好的要一个小时至少"), _circumstance("海水里泡180天以后")
    (('一个小时至少', ''), ('', '里泡180天后'))
    """
    tail = before[-_NEARBY:]
    if each := _EACH_TOLD.search(tail):
        return each[0], ""
    loose = quantities(tail)
    if not loose or loose[-1].said or not _PASSED.fullmatch(tail[loose[-1].end :].strip()):
        return "", ""
    first = len(loose) - 1  # 28度湿度95%放28天: all of it
    while first and loose[first].start - loose[first - 1].end <= _NEXT_TOLD:
        first -= 1
    begin = loose[first].start
    led = default_tokenizer().cut(tail[:begin])[-2:]
    return "", f"{''.join(led)}{tail[begin : loose[-1].end]}后"
