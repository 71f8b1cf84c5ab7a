"""Indicators: 总氧≤15ppm as {name, operator, value, high, unit, condition}.

Conventions, the same as those of the labelled list (tests/data/indicators.tsv): a wished-for change
(提高30%) means at least that much; 达到 means at least, 左右 and 约 mean about (``=``); 万, 亿 and
千 are multiplied into the value; what has no number is ``有``.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import chain
from typing import NamedTuple

from matcher.records import Indicator, IndicatorOperator
from matcher.text.facets import split_clauses
from matcher.text.units import normalise_unit

_FULL = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SIGNS = str.maketrans(
    {"＞": ">", "＜": "<", "⩾": "≥", "⩽": "≤", "≧": "≥", "≦": "≤", "﹥": ">", "﹤": "<", "−": "-",
     "～": "~", "—": "~", "–": "~", "∼": "~", "〜": "~", "µ": "μ", "×": "×", "＝": "=", "％": "%",
     "\u3000": " ", "㎡": "m²", "㎜": "mm", "º": "°", "\t": " "}
)  # fmt: skip
_PLAIN = _FULL | _SIGNS
_UNUSUAL = re.compile("[" + re.escape("".join(map(chr, _PLAIN))) + "]")
_OPERATORS: tuple[tuple[str, IndicatorOperator], ...] = (
    (
        r"≥|>=|=>|不低于|不小于|不少于|不短于|不弱于|大于等于|大于或等于|"
        r"至少(?:达到?|为)?|下限为?|最低(?:为|达)?",
        "≥",
    ),
    (
        r"≤|<=|=<|不高于|不大于|不超过|不多于|不长于|小于等于|小于或等于|"
        r"至多|最多|上限为?|最高不超过",
        "≤",
    ),
    (
        r"控制在|控制到|限制在|降至|降到|降低至|降低到|下降至|下降到|减少到|减少至|"
        r"缩短至|缩短到|压缩至|减至",
        "≤",
    ),
    (r"达到|达|可达|提高到|提高至|提升到|提升至|增加到|增加至|延长到|延长至|突破|实现", "≥"),
    (r"±|正负", "±"),
    (r">|大于|超过|高于|多于", ">"),
    (r"<|小于|低于|少于|短于", "<"),
    (r"优于|好于", "="),
    (r"=|为|是|约为?|[:：]", "="),
)  # fmt: skip
_OPERATOR = "|".join(pattern for pattern, _ in _OPERATORS)
_CHANGE = (
    r"提高|提升|增加|增长|降低|下降|减少|缩短|延长|节约|节省|减重|降幅|增幅|改善|增大|减小|压缩|"
    r"减轻|扩大|上升|节能|降"
)
_SUPERS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"
_NUM = (
    rf"[-+]?10[{_SUPERS}]+|[-+]?\d+(?:,\d{{3}})*(?:\.\d+)?(?:\s*[×xX*·]\s*10(?:\^?[-+]?\d+|[{_SUPERS}]+))?"
    rf"|(?<!\d)[十百千](?=[兆吨小瓦公千米次级万])"
)
_TIMES = r"(?:\s*(?:万亿|千万|百万|十万|[万亿千百](?!分|瓦|米|帕|克|牛|伏|兆|赫)))?"
_CHINESE_UNITS = (
    "个百分点|百分点|摄氏度|平方毫米|平方厘米|平方公里|平方米|立方厘米|立方米|千瓦时|兆瓦时|千赫兹|兆赫兹|吉瓦时|吉瓦|吉帕|"
    "万千瓦|兆帕|千帕|兆瓦|千瓦|毫瓦|微米|纳米|毫米|厘米|千米|公里|微秒|毫秒|分钟|小时|工作日|个月|毫克|"
    "千克|公斤|毫升|赫兹|分贝|千牛|牛米|牛顿|欧姆|千伏|毫安|英寸|角分|角秒|公顷|海里|像素|人次|"
    "吨标煤|吨|倍|年|月|天|日|周|秒|分|时|次|个|件|片|台|套|项|种|层|孔|处|批|辆|架|条|株|亩|米|升|克|瓦|伏|安|帕|牛|度|元|目|转|点|级|"
    "万元|℃|°C|°|%IACS|%|‰|Ω|′|″"
)
_LATIN_UNIT = r"(?:m\^?1/2|[A-Za-zμΩ]{1,6}(?:%|[²³]|\^?-?\d(?!\d))?)"
_ATOM = (
    rf"(?:{_CHINESE_UNITS}|{_LATIN_UNIT}|\(\s*(?:{_LATIN_UNIT}|{_CHINESE_UNITS})"
    rf"(?:[·*/.]{_LATIN_UNIT}|·(?:{_CHINESE_UNITS}))*\s*\))"
)
_UNIT = rf"(?:{_ATOM}(?:\s*[/·*]\s*{_ATOM})*|/{_ATOM})"
_TAIL = r"(?:及以上|或以上|以上|及以下|或以下|以下|以内|之内|内|左右|上下|水平|等级|级)*"
_RANGE_SIGN = r"(?:~|-(?=[-+]?\d)|至|到)"
# What a quantity can begin with. Without it every word of a name would be tried as all of them.
_BEGINNINGS = "".join(
    sorted({word[0] for words in (_CHANGE, _OPERATOR) for word in words.split("|")} - set("[]()"))
)
_QUANTITY = re.compile(
    rf"(?=[-+\d十百千了约幅:：\s{re.escape(_BEGINNINGS)}])(?P<change>{_CHANGE})?(?:了|约|幅度)?\s*(?P<op>{_OPERATOR})?\s*(?P<op2>{_OPERATOR})?\s*"
    rf"(?P<num>{_NUM})(?P<times>{_TIMES})\s*(?P<unit>{_UNIT})?"
    rf"(?:\s*{_RANGE_SIGN}\s*(?P<num2>{_NUM})(?P<times2>{_TIMES})\s*(?P<unit2>{_UNIT})?)?"
    rf"\s*(?:之间|范围)?(?:±\s*\d+(?:\.\d+)?\s*%?)?(?P<tail>{_TAIL})"
)
_CONDITION_AFTER = re.compile(
    r"^\s*(?:(?:的)?(?:条件|环境|工况|情况|温度|压力|负荷|负载|载荷|电流密度|频率|前提)?(?:条件)?(?:下|时|中|后))[,，:]?\s*"
)
_WHEN = re.compile("[下时中后]")
_CONDITION_BEFORE = re.compile(
    r"^(?:在|当)?(.{2,30}?(?:条件|环境|工况|情况|前提|状态|温度|气氛)(?:下|时|中)|"
    r"在.{1,24}?(?:下|时|中|后)(?=[^降调]))[,，]?"
)
_BRACKETS = re.compile(r"(?<![/·*])\s*\(([^()]*)\)")
_SMALLER_IS_BETTER = re.compile(
    r"精度|误差|偏差|粗糙度|分辨率|公差|不平度|能耗|漂移|噪声|波动|抖动|检出限|漏率|损耗|均匀性|时间|周期|线宽|不均匀|重复性"
)
# Signs whose sense the words after the number decide: 达到30%左右, 控制在10%以内.
_WEAK = re.compile("达到?|可达|控制[在到]|限制在|实现|提[高升][到至]|突破")
_LONGEST_NUMBER = 30
# Longer than this a clause is a paragraph; what it asks for is told in words.
_LONGEST_CLAUSE = 400
_MULTIPLES = {
    "万亿": 1e12, "千万": 1e7, "百万": 1e6, "十万": 1e5, "万": 1e4, "亿": 1e8, "千": 1e3, "百": 1e2,
    "十": 10.0, "": 1.0,
}  # fmt: skip
_PIECES = re.compile(
    r"(?=[(),，、且并同以和])"
    r"(?:[(),，、]|(?<=[^\d])(?:且|并且|同时|以及)|和(?=[^,，、]{2,12}[≥≤<>±]))"
)
# What goes before "指标如" is the problem, not the quantity.
_INTRODUCED = re.compile(r"^.*(?:指标|参数|要求)(?:例如|如|包括|分别为|为)")
# A ratio has no unit to share.
_BARE = re.compile(r"(?:比|系数|因数|指数|等级)$")
_NAME_END = re.compile(r"(?:应当|应该|必须|需要|能够|可以|均|都|仍|将|的|在|指标|,|，|:|：|\s)+$")
_LEAD = re.compile(r"^(?:其中|要求|确保|保证|研制的?|开发的?|达到以下指标|主要指标)[:：,，]?")
_TEMPERATURE = re.compile(
    rf"^(?P<condition>(?:在)?[-+]?\d+(?:\.\d+)?(?:\s*(?:~|至|-|到)\s*[-+]?\d+(?:\.\d+)?)?\s*"
    rf"(?:{_UNIT}))(?:条件|环境|温度|工况|高温|低温|真空|海水|以下|以上)*(?:下|时|中|内|的|后)?(?P<rest>[^\d≥≤<>~±%].*)$"
)
# How a temperature begins; the whole pattern is slow to find out that there is none.
_WARM = re.compile(r"[-+\d在]")


class _Piece(NamedTuple):
    """A clause on its way: what is still to be read, the conditions and units found so far."""

    text: str
    conditions: tuple[str, ...] = ()
    unit: str = ""


def parse_indicators(text: str) -> tuple[Indicator, ...]:
    """The indicators of a text, in its order, each with the words it comes from.

    >>> found = parse_indicators("总氧≤15ppm；寿命提高50%以上")
    >>> [(i.name, i.operator, i.value, i.unit) for i in found]
    [('总氧', '≤', 15.0, 'ppm'), ('寿命提高', '≥', 50.0, '%')]
    """
    found: list[Indicator] = []
    for clause in split_clauses(text):
        if len(clause) > _LONGEST_CLAUSE:
            found.append(Indicator(name=clause[:200], operator="有", text=clause))
            continue
        pieces = _split(_plain(clause))
        parsed = [parse_indicator(piece) for piece in pieces]
        found += _shared_units(parsed)
    return tuple(found)


@lru_cache(maxsize=20_000)
def parse_indicator(phrase: str) -> Indicator:
    """One indicator phrase; without a number it is something to have (``有``).

    >>> parse_indicator("-40~85℃").high, parse_indicator("满足国六限值").operator
    (85.0, '有')
    """
    plain = _plain(phrase)
    piece = _without_brackets(_Piece(_LEAD.sub("", plain)))
    piece, first = _without_conditions(piece)
    found = _main_quantity(piece.text, first)
    if found is None or not _is_finite(found):
        return Indicator(
            name=piece.text[:200],
            operator="有",
            condition="；".join(piece.conditions),
            text=phrase,
        )
    return _indicator(piece, found, phrase)


def _is_finite(found: re.Match[str]) -> bool:
    numbers = [found["num"], found["num2"] or "0"]
    return all(len(number) <= _LONGEST_NUMBER for number in numbers)


def _plain(text: str) -> str:
    if _UNUSUAL.search(text):
        text = text.translate(_PLAIN)
    text = text.replace("°C", "℃").replace("。", "")
    return " ".join(text.split()).strip(" ,;；")


def _split(clause: str) -> list[str]:
    """A clause at its commas, where every piece has a quantity of its own."""
    pieces: list[str] = []
    start = depth = 0
    for found in _PIECES.finditer(clause):
        if found[0] in "()":
            depth += 1 if found[0] == "(" else -1
            continue
        before, after = clause[start : found.start()], clause[found.end() :]
        if depth or (re.search(r"\d,$", clause[: found.end()]) and re.match(r"\d{3}(?!\d)", after)):
            continue
        if re.match(r"\s*在\D{0,3}[-+]?\d", before) and re.search(r"(?:下|时|中)", after[:14]):
            continue
        if _CONDITION_AFTER.search(before[-8:]) or re.search(r"(?:下|时|中)$", before):
            continue
        if _says_something(before) and _says_something(after):
            pieces.append(before)
            start = found.end()
    pieces.append(clause[start:])
    return [piece.strip() for piece in pieces if piece.strip(" ,，、")]


def _says_something(text: str) -> bool:
    found = _QUANTITY.search(text)
    return found is not None and bool(re.match(r"^\s*\D{1,}|^\s*[-+]?\d", text))


def _shared_units(parsed: list[Indicator]) -> list[Indicator]:
    """烟尘≤5、SO2≤35、NOx≤50mg/m³: the unit of the last stands for all."""
    for index in range(len(parsed) - 2, -1, -1):
        mine, after = parsed[index], parsed[index + 1]
        same = mine.operator == after.operator
        bare = _BARE.search(mine.name)
        if mine.value is not None and not mine.unit and after.unit and same and not bare:
            parsed[index] = mine.model_copy(update={"unit": after.unit})
    return parsed


def _without_brackets(piece: _Piece) -> _Piece:
    """Bracketed parts are a unit (纯度(wt%)) or a condition (强度(25℃))."""
    if "(" not in piece.text:
        return piece
    conditions, unit = list(piece.conditions), piece.unit
    for inner in _BRACKETS.findall(piece.text):
        bare = inner.strip(" 单位:：")
        if re.fullmatch(_UNIT, bare) and not unit and not re.fullmatch("[A-Z]{2,}", bare):
            unit = bare
        elif re.search(r"\d|条件|环境|工况|负荷|时$|下$|全|满|态$", bare):
            conditions.append(bare.strip("@ "))
    text = _BRACKETS.sub(_kept_bracket, piece.text)
    return _Piece(text.strip(), tuple(conditions), unit)


def _kept_bracket(found: re.Match[str]) -> str:
    """An abbreviation in brackets (效率(COP)) is part of the name."""
    inner = found[1].strip()
    named = re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", inner) and not re.fullmatch(_UNIT, inner)
    return f"({inner})" if named or re.fullmatch("[A-Z]{2,}", inner) else ""


def _without_conditions(piece: _Piece) -> tuple[_Piece, re.Match[str] | None]:
    """Leading conditions: 在-20℃下, 过滤效率≥99%时, -20℃容量保持率.

    Also gives the first quantity of what is left.
    """
    text, conditions = piece.text, list(piece.conditions)
    led = _CONDITION_BEFORE.match(text) if _WHEN.search(text) else None
    if led and _QUANTITY.search(text[led.end() :]):
        conditions.append(re.sub(r"^(?:在|当)", "", led[1]))
        text = text[led.end() :].strip()
    found = _QUANTITY.search(text)
    if found is not None and found.end() < len(text):
        after = _CONDITION_AFTER.match(text[found.end() :])
        rest = text[found.end() + after.end() :] if after else ""
        if after and (left := _QUANTITY.search(rest)):
            conditions.append(text[: found.end()].removeprefix("在").strip())
            text, found = rest, left
    warm = _TEMPERATURE.match(text) if _WARM.match(text) else None
    if warm and _QUANTITY.search(warm["rest"]):
        conditions.append(warm["condition"].removeprefix("在"))
        text = warm["rest"].strip()
        found = _QUANTITY.search(text)
    return _Piece(text, tuple(conditions), piece.unit), found


def _main_quantity(text: str, first: re.Match[str] | None) -> re.Match[str] | None:
    """The first quantity that is compared or changed, else the last one at all."""
    if first is None:
        return None
    matches = chain((first,), _QUANTITY.finditer(text, first.end()))
    found = [match for match in matches if _stands_free(text, match)]
    said = [m for m in found if m["op"] or m["change"] or m["tail"] or m["num2"]]
    strong = [m for m in said if m["op"] and m["op"] not in ("为", "是", ":", "：")]
    return next(iter(strong or said), None) or (found[-1] if found else None)


def _stands_free(text: str, match: re.Match[str]) -> bool:
    """Not the digit of a name such as SO2, PM2.5 or 1Cr18."""
    start = match.start("num")
    before = text[start - 1] if start else ""
    glued = bool(before) and before.isascii() and before.isalpha() and not match["op"]
    return not glued


def _indicator(piece: _Piece, found: re.Match[str], phrase: str) -> Indicator:
    text = piece.text
    low = _number(found["num"], found["times"])
    high = _number(found["num2"], found["times2"] or "") if found["num2"] else None
    if high is not None and found["times2"] and not found["times"]:
        low = _number(found["num"], found["times2"])
    name, after = text[: found.start()], text[found.end() :]
    change = found["change"] or ""
    operator = _operator(found, name, change, high)
    unit = normalise_unit(found["unit2"] or found["unit"] or piece.unit)
    name = _name(name + change, after if not name.strip() else "")
    conditions = [
        *piece.conditions,
        *_trailing(after if name and text[: found.start()].strip() else ""),
    ]
    if high is not None and operator == "区间" and high < low:
        low, high = high, low
    return Indicator(
        name=name, operator=operator, value=low, high=high, unit=unit,
        condition="；".join(dict.fromkeys(c for c in conditions if c)), text=phrase,
    )  # fmt: skip


def _name(before: str, after: str) -> str:
    name = (before if before.strip() else after).strip(" ,，:：、~")
    name = _INTRODUCED.sub("", name) or name
    while True:
        shorter = _NAME_END.sub("", name)
        if shorter == name:
            return name.strip()
        name = shorter


def _trailing(after: str) -> list[str]:
    text = after.strip(" ,，、;；")
    text = re.sub(r"^(?:的|且|并)", "", text)
    return [text.lstrip("@")] if len(text) > 1 else []


def _operator(  # noqa: PLR0911
    found: re.Match[str], name: str, change: str, high: float | None
) -> IndicatorOperator:
    tail, sign = found["tail"] or "", found["op2"] or found["op"] or ""
    if high is not None:
        return "区间"
    stated = _meaning(sign)
    if found["op"] and found["op2"] and stated == "=":
        stated = _meaning(found["op"])
    if sign in ("优于", "好于"):
        return "≤" if _SMALLER_IS_BETTER.search(name) else "≥"
    if stated is not None and stated not in ("=",) and not _WEAK.fullmatch(sign):
        return stated
    if "以上" in tail:
        return "≥"
    if "以下" in tail or "内" in tail:
        return "≤"
    if "左右" in tail or "上下" in tail or sign.startswith("约"):
        return "="
    if stated is not None and stated != "=":
        return stated
    return "≥" if change and not sign else "="


@cache
def _meaning(sign: str) -> IndicatorOperator | None:
    """What a sign or a word of comparison says; there are some hundred of them."""
    return next((op for pattern, op in _OPERATORS if re.fullmatch(pattern, sign)), None)


def _number(text: str, times: str) -> float:
    text = text.replace(",", "").replace(" ", "")
    multiple = _MULTIPLES[times.strip()]
    if text in _MULTIPLES:
        return _MULTIPLES[text] * multiple
    if text.isdecimal():
        return round(float(text) * multiple, 10)
    powers = text.translate(str.maketrans(_SUPERS, "0123456789-"))
    found = re.fullmatch(r"([-+]?\d+(?:\.\d+)?)[×xX*·]10\^?([-+]?\d+)", powers)
    if found:
        return float(found[1]) * 10.0 ** _power(found[2])
    if text != powers:  # 10⁻⁶
        sign = -1.0 if text.startswith("-") else 1.0
        return sign * 10.0 ** _power(powers.lstrip("+-")[2:])
    return round(float(text) * multiple, 10)


def _power(text: str) -> int:
    """An exponent no greater than a number can have."""
    digits = re.sub(r"[^\d]", "", text)[:4] or "0"
    return max(-300, min(200, int(digits) * (-1 if text.startswith("-") else 1)))
