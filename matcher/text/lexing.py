"""The words of a phrase that speak of quantities: amounts, comparisons, changes, limits.

What lies between the tokens is names and conditions; it is never cut into tokens.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any, Literal, NamedTuple

from matcher.records import IndicatorOperator
from matcher.text.numerals import DIGITS, HAN, LONGEST_NUMBER, MULTIPLES, number, without_noise
from matcher.text.units import UNIT

Kind = Literal[
    "amount", "compare", "change", "difference", "fold", "about", "not", "filler", "range",
    "plus_minus", "limit", "scale", "per", "half", "former",
]  # fmt: skip


class Amount(NamedTuple):
    """A number with its unit as written.

    ``factor`` is the 万 or 亿 in it; ``part`` says that it is a fraction of something.
    """

    value: float
    unit: str = ""
    factor: float = 1.0
    part: bool = False


class Token(NamedTuple):
    """A token, where it stands, and what it says: an operator, a direction, an amount."""

    kind: Kind
    start: int
    end: int
    text: str
    said: str = ""
    amount: Amount | None = None


_TIMES = (
    r"(?:\s?(?:万亿|千亿|百亿|十亿|千万|百万|十万|"
    r"[万亿千百](?!分之|瓦|米|帕|克|牛|伏|安|兆|赫|欧|卡)|万(?=千瓦)))"
)
# 6个分贝: counted like things.
_COUNTED = r"(?:个(?=分贝|毫米|微米|纳米|厘米|公斤|千瓦|兆帕|赫兹|度|丝|平方|立方|NTU))?"
_LIMITS = r"(?:以上|以下|以内|之内|之间|左右|上下|内|及|或|的|时|后|下|/|±|加减|[,，、;；)(]|$)"
# What things are counted by that no list of units knows, where nothing else can stand: 600板以上.
_COUNTER = (
    r"(?![吧啊呢呀哈嘛哦了的就都也还才可不能以左上下内多余来到至和与或且并而但约则时后前中外起止整"
    r"是有之间万亿千百十分半成点折层号期届路款年级个])[\u4e00-\u9fff](?=\s?(?:以[上下内]|左右|[往朝]上|$|[,，;；、)]))"
)
_HAN_NUMBER = rf"(?:[{HAN}]+[万亿](?=[{HAN}]))*[{HAN}]+(?:点[零一二三四五六七八九]+)?"
_FRACTION = rf"(?:百万|十万|亿|百|千|万|[{HAN}]+万?|\d+万?)分之(?:\d+(?:\.\d+)?|{_HAN_NUMBER})"
_ENDS = r"(?=以上|以下|以内|左右|$|[,，;；)])"
_LOWER = (
    r"[低小少短浅轻慢窄薄细稀冷暗软早]于|不足|[低小少轻]过|跌破|[达没]不?到(?<!达到)|不到(?!位)|不及"
)  # fmt: skip
_HIGHER = (
    r"[高大多长重快厚宽深粗浓密热亮硬晚迟]于|超过|超出|[高大长重多拖]过|"
    rf"逾(?=\s?[\d{HAN}人])|超(?=\s?[\d±]|[{HAN}](?!流))|(?<=[不别未莫没])超(?=[^限标时声载差重过]{{1,14}}的)"
)
_UP = r"提高|提升|增加|增长|延长|增大|扩大|上升|增幅|改善|提速|上涨|上浮|增产|增收|增重(?=了?\d)"
_DOWN = (
    r"压低|便宜(?=\s?[\d一二两三四五六七八九])|降低|下降|减少|缩短|节约|节省|减重|降幅|减小|压缩|减轻|节能|减薄|下调|缩减|削减|减排|"
    r"节电|节水|节材|降本|缩小|砍掉|压减|收窄|提前(?=\s?[\d了一二两三四五六七八九十])"
)
_SHORT_UP, _SHORT_DOWN = "增|升|提|涨", "降|减|压|缩"
_NUMERALS = rf"\d{HAN}"
# Kind, what it can begin with, and how it goes on; of two that fit the upper one counts.
_GRAMMAR: tuple[tuple[str, str, str], ...] = (
    # A designation (SO2, PM2.5, JH-300, GB/T 1234, 2025年) is a name, whatever digits it has.
    ("scale", "HITDRPpΦ",
     r"(?<![A-Za-z])(?:HV\d+(?:\.\d)?(?=\s+\d|\s?[≥≤<>])|HRC|HRB|HRA|HBW|HBS|HB|HV|HS|"
     r"IPX?|IT|TRL|DN|PN|"
     r"Ra|Rz|Ry|pH值?|"
     r"PH值?)(?=\s?(?:[≥≤<>=~:]|为|约)?\s?\d)|Φ"),
    ("name", r"A-Za-z\d第附图表近",
     r"(?<![A-Za-z\d])(?:GB|ISO|IEC|YB|JB|HG|ASTM|EN|DIN|JIS)(?:/T|"
     r"/Z)?[\s-]?\d[\d.]*(?:-\d+)*(?::\d{4})?|"
     r"(?<![A-Za-z\d])[A-Z]{2,5}(?:/[TZ])?\s?\d{3,6}(?:\.\d+)*[-:](?:19|20)\d\d(?!\d)"
     # S7-1500型, a network of the fifth generation, 附件3, 表2-1.
     r"|(?<![A-Za-z\d])[A-Z][A-Za-z]*\d+-\d+[A-Za-z]*(?=[型系和与及、，])|[2-6]G(?=[专网通信基公模技/])|"
     r"(?:附[件表图录]|[图表](?=\s?\d+(?:-\d+)?(?:[所中给为和与、，,]|$)))\s?\d+(?:-\d+)?"
     r"|(?<![A-Za-z\d])(?!Φ)[A-Za-z]+(?<![μΩ])-?\d+(?:\.\d+)?[A-Za-z]*|"
     r"(?!\d+E\d)\d+[A-Z][a-z]?\d\w*|(?:19|20)\d\d年(?:\d\d?月(?:\d\d?[日号])?(?!以上|以内)|(?!以上|以内))|第\d+|"
     r"(?:^|(?<=[,，、:：]))近[\d一二两三四五六七八九十]{1,2}年(?=[^,，、以内]{2})|"
     # A day of the calendar, an hour by which something is to be handed in.
     r"(?<![\d.])(?:0?[1-9]|1[0-2])月(?:\d\d?[日号]|[底初末份]|[上中下]旬)|"
     r"(?<![\d.])(?:19|20)\d\d[-./](?:0?[1-9]|1[0-2])[-./](?:0?[1-9]|[12]\d|3[01])(?![\d.])|"
     r"(?<![\d.])\d\d?:\d\d(?=之?前|以前|止)"),
    ("fold", "翻加减", r"翻(?P<folds>[一二两三四\d]?)(?P<fold_unit>倍|番)|加倍|减半"),
    ("nines", "2-9二两三四五六七", r"(?P<nines>[2-9二两三四五六七])\s?个\s?[9九](?![\d年月日])"),
    ("fraction", f"{_NUMERALS}负万",
     rf"(?P<neg_f>负)?{_FRACTION}|(?<![\d/.])(?:[1-9]\d?/[1-9]\d?|1/[1-9]\d{{2,5}})(?![\d/.])|"
     rf"(?:[1-9]|[一二两三四五六七八九])成(?:{_ENDS}|(?=[至到][一二三四五六七八九]成)|(?<=[于过到至足][1-9一二三四五六七八九]成))|(?:[1-9](?:\.?\d)?|[一二三四五六七八九]{{1,2}})折{_ENDS}"),
    ("ratio", r"\d",
     r"(?<![\d.:])(?P<ratio>\d+(?:\.\d+)?\s?:\s?1|1\s?:\s?\d+(?:\.\d+)?)(?![\d.:])"),
    ("amount", r"+\-\d零负",
     rf"(?:(?P<below>零下|负(?=\d)|"
     rf"零上)\s?)?(?:(?P<minus>(?<![\dA-Za-z%℃°μΩ])[-+])\s?)?(?P<digits>(?<![\d.]){DIGITS})(?P"
     rf"<more>余|多(?=[万亿年个小天次]))?"
     rf"(?P<times>{_TIMES})?(?P<more2>余|多(?=[年个小天次]))?\s?{_COUNTED}(?P<unit>{UNIT}|{_COUNTER})?"),
    ("han", f"{HAN}半",
     rf"(?!一点(?!零|[一二三四五六七八九]))(?P<han>{_HAN_NUMBER}|半)(?P<han_times>{_TIMES})?(?P<han_more>余|"
     rf"多)?\s?(?:(?:个(?P<mid>半)(?=小时))?{_COUNTED}(?P<han_unit>{UNIT}|{_COUNTER})(?P<half>半)?(?P<edge>(?={_LIMITS}))?|(?={_LIMITS}))"),
    ("least", "至最起下少", r"少说(?:也?[要得有])?|至少|最少|起码|"
     r"(?<!检[测出])下限为?|最低(?=[为达]?\s?\d)"),
    ("most", "至最顶上", r"至多|最多|顶多|(?<!检[测出])上限为?"),
    ("higher", "高大超多长重快厚宽拖深逾粗浓密热亮硬晚迟", rf"(?:{_HIGHER})(?P<or_equal>或?等于)?"),
    ("lower", "低小少短浅不轻慢窄薄跌达没细稀冷暗软早", rf"(?:{_LOWER})(?P<or_equal>或?等于)?"),
    ("better", "优好", r"优于|好于|优於"),
    ("worse", "劣差逊弱亚", r"劣于|差于|逊于|弱于|亚于"),
    ("not", "绝不严禁切避防别未没勿非莫",
     r"绝?(?:不得|不应该?当?|不能够?|不可以?|不宜|不许|不允许|不准(?!确)|不要|"
     r"不会|不再)|严禁|"
     r"禁止|切勿|避免|防止|"
     r"(?<=[水养盐糖成组]分)别|(?<![识级类区判鉴辨分特个性差])别|莫(?=[超高低大小少多])|未曾?|没有?|绝?不|勿|非"),
    ("change", "提增延扩改上降下减缩节压收砍削升涨便省",
     rf"(?:(?P<up>{_UP})|(?P<down>{_DOWN}))(?P<by>了|幅度|幅(?!度)|"
     rf"率(?=\s?[≥≤<>=不达大小高低超为]))?(?P<to>至(?!少|多|今)|到|为(?=\s?[\d≤≥原]))?"
     rf"|(?P<short>(?P<short_up>{_SHORT_UP})|"
     rf"(?P<short_down>{_SHORT_DOWN}))(?P<short_to>[至到](?!少|多)|为(?=原来|原有))|"
     r"(?:降(?=\s?[\d约了一二两三四五六七八九半])|"
     r"[减省](?=[了掉]?(?:一半|\s?\d[\d.]*\s?%|[1-9一二两三四五六七八九]成)))[了掉]?"),
    ("at_most", "控限", r"控制(?:在|到|为)|限制(?:在|到|为)"),
    ("reach", "达可实做保维稳能还", r"(?:能|还?得)到(?=\s?[\d一二两三四五六七八九十])|"
     r"达到|可?达(?!标)|实现|做到|(?:保持|维持|稳定)在"),
    ("pass", "突", r"突破"),
    ("about", "大约接近≈",
     r"大约|大概|约(?=[为\s\d一二两三四五六七八九十百千])|接近|"
     r"近(?=\s?[\d一二两三四五六七八九十百千])|≈"),
    ("sign", "≥≤<>", r"[≥≤<>]"),
    ("plus_minus", "±正加", r"±|正负|加减"),
    ("range", r"~至到和\-", r"~|-(?=\s?[-+\d]|HR|H[BV]|Φ)|至(?!少|多)|到|和(?=\s?[-+]?\d)"),
    ("half", "一半", r"一半|半数"),
    ("former", "原现目", r"(?:原来|原有|原先|现有|目前|现在)的?(?=\s?[\d一二两三四五六七八九十])"),
    ("difference", "高多长快大重低少短慢小轻",
     r"(?P<more_than>高|多|长|快|大|重)(?P<out>出)?(?=了?约?\s?\d)|"
     r"(?P<less_than>低|少|短|慢|小|轻)(?=了?约?\s?\d)了?"),
    ("per", "每",
     rf"每(?P<each>分钟|小时|秒|天|年|月|日|班|吨|米|分)(?=\s?[\d不≥≤<>至最{HAN}])"),
    ("is", "=为是:：", r"=|为|是|[:：]"),
    ("filler", "在应可需要须能也均仍有出存介了就得必用人",
     r"在|应|可|需|要|须|能|也|均|仍|有|出现|存在|介于|了|就|得|必|"
     r"用(?=\s?[\d一二两三四五六七八九十半])|人民币(?=\s?\d)"),
)  # fmt: skip
_BEGINNING = re.compile("[" + "".join(beginnings for _, beginnings, _ in _GRAMMAR) + "]")
# A text without any of these speaks of no quantity.
_ANY_NUMBER = re.compile(rf"[\d{HAN}半]|翻[倍番]|加倍")
_LIMIT = re.compile(
    r"\s?(?:(?:压力|温度|高温)(?=以[上下内]))?(?:(?:及|或|或者)?(?:以上|以下|以内|之内|内(?![径部壁层外孔衬圈容存应燃涂])|左右|上下|以深|以远|开外|以里|[已己][上下]|封顶|顶天|为限|打底|起步|起码[要得]有|起(?![来动初码到始飞重泡砂伏])|"
    r"之间|范围|水平|等级|级|不等|多|余|都不到|[都也]?不[许准能得]超过?(?=$|[,，。才])))+"
)
_SAID: dict[str, str] = {
    "least": "≥", "most": "≤", "higher": ">", "lower": "<", "at_most": "在", "reach": "达",
    "is": "=",
    "better": "优", "pass": "破", "worse": "劣",
}  # fmt: skip
# 垂直度1/1000 is a value by itself, 2/3 of what it is of.
_LEAST_OF_A_SCALE = 100
_TENS = re.compile("[十百千万亿]")
_FOLDS = {"": 1, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4}
_HUNDREDTHS = {
    "十万": ("%", 0.001),
    "百万": ("%", 1e-4),
    "亿": ("%", 1e-6),
    "百": ("%", 1.0),
    "千": ("‰", 1.0),
    "万": ("%", 0.01),
}


def speaks_of_quantities(text: str) -> bool:
    """Whether there is any number in a text; most sentences have none."""
    return _ANY_NUMBER.search(text) is not None


def says_nothing(text: str) -> bool:
    """Whether no token can begin in a text: it is a name and nothing else."""
    return _BEGINNING.search(text) is None


def tokens(text: str) -> list[Token]:
    """The tokens of a phrase (in the notation of `matcher.text.notation`), in its order.

    >>> [(t.kind, t.text) for t in tokens("总氧不得超过15ppm")]
    [('not', '不得'), ('compare', '超过'), ('amount', '15ppm')]
    """
    found: list[Token] = []
    at = 0
    while begins := _BEGINNING.search(text, at):
        at = begins.start()
        match = _rules(text[at]).match(text, at)
        if match is None:
            at += 1
            continue
        at = match.end()
        if (token := _token(match, found)) is not None:
            found.append(token)
            at = token.end
    return found


@cache
def _rules(beginning: str) -> re.Pattern[str]:
    """The tokens that can begin with a character; to try all of them everywhere is slow."""
    return _together(
        tuple(
            f"(?P<{kind}_>{pattern})"
            for kind, beginnings, pattern in _GRAMMAR
            if re.match(f"[{beginnings}]", beginning)
        )
    )


@cache
def _together(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


def limit_at(text: str, at: int) -> Token | None:
    """以上, 以内, 左右 …, if they stand right behind an amount."""
    found = _LIMIT.match(text, at)
    return Token("limit", at, found.end(), found[0].strip()) if found else None


def _token(match: re.Match[str], before: list[Token]) -> Token | None:
    name = str(match.lastgroup)[:-1]
    if name == "amount":
        return _amount(match)
    if name == "name":
        return None
    if name == "han":
        return _han_amount(match, before)
    start, end = match.span()
    made = _SAYING.get(name)
    if made is None:
        return Token(name, start, end, match[0])  # type: ignore[arg-type]
    kind, said = made
    return Token(kind, start, end, match[0], *said(match))


def _sign(match: re.Match[str]) -> tuple[str]:
    return (match[0],)


def _compared(match: re.Match[str]) -> tuple[str]:
    return (_SAID[str(match.lastgroup)[:-1]],)


def _or_equal(match: re.Match[str]) -> tuple[str]:
    (said,) = _compared(match)
    return ({">": "≥", "<": "≤"}[said] if match["or_equal"] else said,)


def _change(match: re.Match[str]) -> tuple[str]:
    """Direction, and whether to a value or by one: up_to, down_by."""
    up, short_up, to, short_to = match.group("up", "short_up", "to", "short_to")
    return (f"{'up' if up or short_up else 'down'}_{'to' if to or short_to else 'by'}",)


def _difference(match: re.Match[str]) -> tuple[str]:
    return ("up" if match["more_than"] else "down",)


def _each(match: re.Match[str]) -> tuple[str]:
    return (match["each"],)


def _fold(match: re.Match[str]) -> tuple[str, Amount]:
    if match[0] == "减半":
        return "down_by", Amount(50.0, "%")
    folds = match["folds"] or ""
    times = int(folds) if folds.isdecimal() else _FOLDS[folds]
    return "up_by", Amount(float(2**times - 1 if match["fold_unit"] == "番" else times), "倍")


def _nines(match: re.Match[str]) -> tuple[str, Amount]:
    """三个9 is 99.9%."""
    return "", Amount(without_noise(100.0 - 10.0 ** (2 - int(number(match["nines"])))), "%")


def _ratio(match: re.Match[str]) -> tuple[str, Amount]:
    """50:1 is fifty, 1:4 a quarter."""
    over, under = (float(part) for part in match["ratio"].split(":"))
    return "", Amount(without_noise(over / (under or 1.0)))


def _fraction(match: re.Match[str]) -> tuple[str, Amount]:
    return "", _share(match[0])


# The kind of token a rule of the grammar makes, and what the token says.
_SAYING: dict[str, tuple[Kind, Callable[[re.Match[str]], tuple[Any, ...]]]] = {
    **dict.fromkeys(_SAID, ("compare", _compared)),
    "higher": ("compare", _or_equal), "lower": ("compare", _or_equal), "sign": ("compare", _sign),
    "change": ("change", _change), "difference": ("difference", _difference),
    "per": ("per", _each), "fold": ("fold", _fold),
    "nines": ("amount", _nines), "fraction": ("amount", _fraction),
    "ratio": ("amount", _ratio),
}  # fmt: skip


def _amount(match: re.Match[str]) -> Token | None:
    digits, below, minus, more, more2, written, unit = match.group(
        "digits", "below", "minus", "more", "more2", "times", "unit"
    )
    if len(digits) > LONGEST_NUMBER:
        return None
    start, end = match.span()
    if below is None and minus is None:
        start = match.start("digits")
    value, times = number(digits), 1.0
    if written:
        times = MULTIPLES[written.strip()]
        value = without_noise(value * times)
    if minus == "-" or below in ("零下", "负"):
        value = -value
    if below and unit == "度":
        unit = "℃"
    said = "多" if more or more2 else ""
    return Token("amount", start, end, match[0].strip(), said, Amount(value, unit or "", times))


def _han_amount(match: re.Match[str], before: list[Token]) -> Token | None:
    """A Chinese numeral counts only where nothing but a quantity can be meant: 不少于三项, 两年."""
    start, end = match.span()
    led = bool(before) and before[-1].end == start and before[-1].kind != "filler"
    if match["edge"] is None and not led:
        return None
    han = match["han"]
    if match["han_unit"] is None and not (before[-1].kind == "compare" and _TENS.search(match[0])):
        return None
    times = (match["han_times"] or "").strip()
    split = han == "半" or "点" in han
    whole = number(han) * MULTIPLES[times] if split else number(han + times)
    value = whole + (0.5 if match["half"] or match["mid"] else 0.0)
    amount = Amount(without_noise(value), match["han_unit"] or "", MULTIPLES[times])
    return Token("amount", start, end, match[0], "多" if match["han_more"] else "", amount)


def _share(text: str) -> Amount:
    if "/" in text:
        over, under = (float(part) for part in text.split("/"))
        return Amount(without_noise(100.0 * over / under), "%", part=under < _LEAST_OF_A_SCALE)
    if text.endswith("成"):
        return Amount(10 * number(text[:-1]), "%")
    if text.endswith("折"):  # 八折 and 八五折
        said = number(text[:-1])
        return Amount(without_noise(said if said >= 10 else 10 * said), "%", part=True)
    under_text, _, over_text = text.removeprefix("负").partition("分之")
    if under_text in _HUNDREDTHS:
        unit, factor = _HUNDREDTHS[under_text]
        return Amount(without_noise(number(over_text) * factor), unit)
    share = number(over_text) / (number(under_text) or 1.0)
    return Amount(without_noise(100.0 * share), "%", part=True)


OPERATORS: dict[str, IndicatorOperator] = {"≥": "≥", "≤": "≤", ">": ">", "<": "<", "=": "="}
