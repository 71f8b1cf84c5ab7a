"""Speech without punctuation, cut where the name of another quantity begins.

A speaker who does not pause says one quantity behind the other. The words right before each, as far
back as they can be its name, and the circumstances told before them, are a clause of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from matcher.text.notation import plain_signs
from matcher.text.numerals import han_numbers, number
from matcher.text.pieces import CONDITION_AFTER
from matcher.text.quantities import Quantity, quantities
from matcher.text.speech import part_of_speech
from matcher.text.tokenise import default_tokenizer
from matcher.text.units import UNIT

# Shorter than this nobody says two things.
_SHORTEST = 11
# Longer than this a speaker tells of more than what he asks for.
_RAMBLE = 40
_LONGEST_NAME = 14
_PAUSES = re.compile(r"[,，、:：\s]")
# What a speaker says between a name and its value, and what he says of neither.
_FILLING = re.compile(
    r"(?:怎么[也都]得|[要得]求?|最好|至少|起码|大概|应该|必须|希望|我们|的话|[嘛呢吧啊哦哈呀]|能|可以|"
    r"[是有到在]|上|都|也|就|[一每]个?(?:分钟|小时|天|班|月|年|吨|台|亩|公?斤|升|米|件)){1,20}$"
)
# Parts of speech no name holds: pronouns, prepositions, conjunctions, particles, adverbs.
_NOT_IN_A_NAME = frozenset("rpcyedu")
# 放电容量不低于常温的85%
_OF_ANOTHER = re.compile(
    r"(?:不[低高大小多少]于|不[应能得]?低于|不?超过|达到|只?有)[^,，\d]{1,8}的$|(?<=[\u4e00-\u9fff]{2})的$"
)
_NOT_AT_ITS_END = frozenset("mf")
_SAID_OF_NOTHING = re.compile(
    r"目标|指标|要求嘛|想|要|做|用|弄|搞|找|是|有|说|看|让|给|叫|来|去|到|出|行|没|"
    r"会|能|就|都|也|还|再|个|得|吧|希望|要求|需要|然后|现在|目前|而且|"
    r"同时|另外|还有|以后|之后|就是|最好|必须|应该|怎么|保证|达到|做到|"
    r"实现|超过|低于|高于|不能|不要|以上|以下|以内|左右|哎|嗯"
)
# 30天内, 95%时 and 5mm的 belong to what is told next.
_WITHIN = re.compile(r"(?:天|月|年|h|小时|分钟|周|日)(?:以|之)?内$")
_OF_THE_NEXT = re.compile(rf"的|(?!中心|时[间长延]){CONDITION_AFTER.pattern}")
_NEARBY = 24
_NEXT_TOLD = 5
_COUNTS = re.compile(r"\d|[一二两三四五六七八九十百千万]{2,}|[一二两三四五六七八九十]$")
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
_LIMITED = r"以[上下内]|左右|[往朝]上|上下|到|至|$"


# What quantities are called at their end, and a bound told before the verb.
_MEASURED = re.compile(
    r"(?:[率量速值比重]|[硬糖粘黏浓密强亮白速厚宽长高深精]度|[压拉应张扭推]力|误差|寿命|时间|"
    r"指数|系数|续航|成本|噪[声音]|[直粒]径|固含|电流|电压|能耗|[苗株]高|偏差|重复性|排距|待机|功率|回弹)[嘛呢啊]?$"
)
# 一个小时能走八十公斤就够用了
_ENOUGH = re.compile(r"(?<=[\u4e00-\u9fff])(?:就|也就)够用?了?")
_BOUND_BEFORE = re.compile(r"(?:至少|起码|最少|最多|顶多)[\u4e00-\u9fff]{1,4}$")
# 25度下, 3天后: what goes on is told under it.
_GOES_ON = re.compile(r"\s?(?:[下时后]|以后|之后|的|条件|环境|[到至~±])")


@cache
def _spoken() -> re.Pattern[str]:
    """A share, or a numeral before a unit or a limit."""
    return re.compile(
        rf"(?<!分之)(?:[零〇幺一二三四五六七八九]{{3,}}|(?<![十百])(?P<under>[百千万])分之(?P<over>{_SPOKEN})|(?P<plain>{_SPOKEN})"
        rf"(?P<times>[万亿])?(?P<half>(?=公?[斤米]半))?(?P<behind>(?=个?{UNIT}|{_LIMITED})))"
    )


def in_figures(text: str) -> str:
    """Numerals of a dictated text in figures, where a unit or a limit stands behind them.

    >>> in_figures("分拣两千四百件错分率千分之一"), in_figures("含水百分之十二二十八天不裂")
    ('分拣2400件错分率1‰', '含水12%28天不裂')
    """
    return _spoken().sub(_figures, text)


def _figures(found: re.Match[str]) -> str:
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


def breaths(piece: str) -> list[str]:
    """A piece of a clause, or one for each quantity if several are told without a pause.

    >>> breaths("想做的耐磨次数要到一万次以上断裂强力保持率百分之八十五以上颜色无所谓")
    ['耐磨次数要到一万次以上', '断裂强力保持率85%以上']
    >>> breaths("转速不低于3000r/min时效率不低于95%")
    ['转速不低于3000r/min时效率不低于95%']
    """
    if len(piece) < _SHORTEST or "(" in piece or not _MAY_BE_TWO.search(piece):
        return [piece]
    if len(_SIGN.findall(piece)) == 1:
        return [piece]
    text = _ENOUGH.sub("以上", _SHARE.sub(r"\g<name>百分之\g<value>以上", piece))
    text = plain_signs(in_figures(text))
    text = _bare().sub(r"\g<than>\g<value>，", text)
    found = [one for one in quantities(text) if one.said or _stated(text, one)]
    if len(found) < 2:
        return [text] if text != piece else [piece]
    parts = list(_parts(text, found))
    return parts if len(parts) > 1 or (parts and len(piece) > _RAMBLE) else [piece]


def _parts(text: str, found: Sequence[Quantity]) -> Iterator[str]:
    """Each quantity with its name and circumstance; one that is of the next stays with it."""
    begin: int | None = None
    circumstance, last, own = "", 0, 0
    for one in found:
        of_the_next = last and (_WITHIN.search(text[:last]) or _OF_THE_NEXT.match(text, last))
        name = "" if of_the_next else _name_at_the_end(text[last : one.start])
        if name:
            told = _circumstance(text[own : one.start - len(name)])
            if begin is not None:
                yield circumstance + text[begin : own if told else last]
            begin, circumstance, own = one.start - len(name), told, one.end
        last = one.end
    if begin is not None:
        yield circumstance + text[begin:last]


def _stated(text: str, one: Quantity) -> bool:
    """糖度13硬度0.6, 至少分拣2400件: a bare value behind the name of a quantity or a bound."""
    before = text[max(0, one.start - _NEARBY) : one.start]
    if one.low <= 0 or not _FILLING.sub("", before):
        return False
    if one.unit and (_BOUND_BEFORE.search(before) or _OF_ANOTHER.search(before)):
        return True
    return _MEASURED.search(_FILLING.sub("", before)) is not None and not _GOES_ON.match(
        text, one.end
    )


def _name_at_the_end(before: str) -> str:
    """The words right before a quantity that can be its name, with what fills the gap."""
    before = _PAUSES.split(before)[-1]
    gap = ""
    for loose in reversed(quantities(before)):
        behind = before[loose.end :]
        if _FILLING.sub("", behind) or gap:
            before = behind if not gap else before
            break
        gap, before = before[loose.start :], before[: loose.start]
    bare = _FILLING.sub("", _OF_ANOTHER.sub("", before))
    name = ""
    for word in reversed(default_tokenizer().cut(bare)):
        kind = part_of_speech(word)[0]
        none = kind in _NOT_IN_A_NAME or (not name and kind in _NOT_AT_ITS_END)
        if none or _COUNTS.match(word) or _SAID_OF_NOTHING.fullmatch(word):
            break
        if len(name) + len(word) > _LONGEST_NAME:
            break
        name = word + name
    return name + before[len(bare) :] + gap if len(name) > 1 else ""


def _circumstance(before: str) -> str:
    """放三十天, 海水里泡一百八十天以后: what was told right before a name."""
    tail = before[-_NEARBY:]
    if each := _EACH_TOLD.search(tail):
        return each[0]
    loose = quantities(tail)
    if not loose or loose[-1].said or not _PASSED.fullmatch(tail[loose[-1].end :].strip()):
        return ""
    first = len(loose) - 1  # 28度湿度95%放28天: all of it
    while first and loose[first].start - loose[first - 1].end <= _NEXT_TOLD:
        first -= 1
    begin = loose[first].start
    led = default_tokenizer().cut(tail[:begin])[-2:]
    return f"{''.join(led)}{han_numbers(tail[begin : loose[-1].end])}后，"
