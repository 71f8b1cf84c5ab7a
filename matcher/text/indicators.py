"""Indicators: 总氧≤15ppm as {name, operator, value, high, unit, condition, change}.

Conventions, the same as those of the labelled lists (tests/data/indicators): a wished-for change
(提高30%) means at least that much; 达到 means at least, but for what is better the smaller it is;
左右 and 约 mean about (``=``); 万, 亿 and 千 are multiplied into the value; a tolerance is a range;
what has no number of its own (达到国际先进水平, 进口的1/3) is ``有``.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import NamedTuple

from matcher.records import Challenge, Indicator, IndicatorChange
from matcher.speech import part_of_speech
from matcher.text.dictated import Breath, breaths
from matcher.text.facets import split_clauses
from matcher.text.indicator_names import NAME_BEGIN, NAME_END, name_of, trailing
from matcher.text.lexing import OPERATORS, says_nothing, speaks_of_quantities
from matcher.text.notation import plain_signs
from matcher.text.offers import is_a_day, is_a_fact, is_offered
from matcher.text.pieces import CONDITION_AFTER, WHEN, split_quantities
from matcher.text.quantities import Quantity, quantities
from matcher.text.tokenise import default_tokenizer
from matcher.text.units import HARDNESS, UNIT, in_base_units, normalise_unit, unit_kind

_WITHOUT_WHEN = re.compile(r"(?:(?:的?条件|情况)下|(?<=[A-Za-z℃%\d速率力压温湿度荷载])[下时])$")
_CONDITION_BEFORE = re.compile(
    r"^(?:在|当)?(.{2,30}?(?:条件|环境|工况|情况|前提|状态|温度|气氛)(?:下(?![降调限滑跌])|时(?!间)|中(?!心))|"
    r"(?:在|历?经过?).{1,24}?(?:下|时|中|后)(?=[^降调])|"
    r"\d+(?:\.\d+)?\s*万?(?:次|h|小时|天|周|个?月|年|圈)[\u4e00-\u9fff]{0,6}?后(?=[^,，\d])|.{2,12}?(?:负载|负荷|载荷|转速|风速|车速|流速)[下时])[,，]?"
)
_BRACKETS = re.compile(r"(?<![/·*])\s*\((?!(?<=dB\()[A-D]\))([^()]*)\)")
# What is the better the smaller it is: for 优于, and the fewer for which 达到 says so too.
_SMALLER_IS_BETTER = re.compile(
    r"精度|误差|偏差|粗糙度|分辨率|公差|平度|圆度|直线度|平面度|跳动|能耗|漂移|噪[声音]|波动|"
    r"抖动|漏磁|残留|残余|杂质|真空(?!度)|检[出测]下?限|漏率|损耗|"
    r"均匀性|稳定[性度]|时间|周期|时延|延迟|线宽|不均匀|重复性|真空度|不确定度|粒径|孔隙率"
)
_REACHED_FROM_ABOVE = re.compile(
    r"精度|误差|偏差|粗糙度|公差|平度|圆度|直线度|平面度|跳动|检[出测]下?限|漏率|分辨力|不确定度|"
    r"真空度"
)
# What most lists are made of, read without the grammar, to the same end: 合格率≥95%, 25℃强度≥5MPa.
_PLAINLY = re.compile(
    r"(?:(\d{1,4}℃)(?!条件|环境|温度|工况|高温|低温|真空|海水|以|[的内]))?([\u4e00-\u9fff]{2,14})([≥≤<>])(\d{1,9}(?:\.\d{1,6})?)"
    r"(%|℃|(?:[kMG]?Pa|[kmuμn]?m|h|s|ms|kW|dB|ppm|mg|kg|Hz)?)"
)
# Longer than this a clause is a paragraph; what it asks for is told in words.
_LONGEST_CLAUSE = 400
# 带速检测(≥2m/s): the brackets hold the target itself.
_TARGET_IN_BRACKETS = re.compile(
    r"((?:^|[,，、])[^\d,，、≥≤<>()]{2,14})\(([≥≤<>][^()]{1,20})\)(?=[,，、]|$)"
)
_ABBREVIATED = re.compile(r"\s*(\([A-Z]{2,}\))\s*")
# 每小时产量不少于1200件: what it is counted by may stand before the name.
_EACH = re.compile(
    r"每(分钟|小时|秒|天|日|年|月|台班|班|炉|米|万发)(?=[^\d]{2}|[产分做出]$)|一个?(小时|钟头|分钟|天|方|亩|吨|炉|台班|班|公斤|头)(?=$|[^\d]{2})"
)
_AMOUNTS = re.compile("t|kg|g|斤|件|个|只|L|m³|m²|张|包|箱|亩|元|片|瓶|袋|头|台")
# 按GB/T 228.1检测，抗拉强度…: how it is to be measured.
_MEASURED_BY = re.compile(
    r"(?:按照?|依据|依照|根据|参照|采用|遵照|执行)"
    r"(?=[^,，]{0,30}(?:标准|检[测验]|测[试定量得]|试验|评[定价]|考核|[A-Z]{2,}[/ ]?[TZ]?\s?\d))"
    r"([^,，]{3,40}?)(?:进行)?(?:检[测验]|测[试定量得]|试验|评[定价]|考核)?[,，]"
)
# 15天以上 铂用量减少…: behind a value a space divides two of them.
_NEXT_ONE = re.compile(
    r"(?:(?<=以[上下内])|(?<=左右)|(?<=\d[天年次倍吨米克秒级元件台])|(?<=\d小时)|(?<=个月))\s+"
    r"(?=[\u4e00-\u9fff]{2})(?!以[上下内]|左右|条件|环境|工况)|(?<=\d[A-Za-z])\s+"
    r"(?=[\u4e00-\u9fff]{2,12}?(?:[≥≤<>＞＜]|不[低高大小少超]|下降|提高|降低|减少|达到|控制))"
)
_MAYBE_TESTS = re.compile("送检|抽|盲测|重复测|采样|取样|试运行|试用|台架|一天开|[试计测跑]了")
_TESTS = re.compile(
    r"(?:送检|抽[检测样]|盲测|重复测|采样|取样|试运行|试用|台架(?:上?连续)?(?:跑|运行)|一天开|(?:现场)?跑了|(?:测试|统计|检测)了)"
    r"[\u4e00-\u9fff]{0,2}$"
)
# 空载时…，满载时…: the circumstance of one more value of the same quantity.
_ONLY_WHEN = re.compile(
    r"(?:也|又|还|但|同时|想|要|希望)?(?P<when>[\u4e00-\u9fff]{0,6}[时下后]|白天|夜间|晚上|[空满]载|[夏冬][天季])?"
)
# 泡水7天以后, 封离时: when, and not what.
_ONLY_A_CIRCUMSTANCE = re.compile(r"[\u4e00-\u9fff\d.℃%A-Za-z]{1,12}(?:以后|之后|[后时下])")
_NAMES = re.compile(
    r"[\u4e00-\u9fffA-Za-z]{0,14}(?:[率度量速值性比重力压耗距阻空]|误差|寿命|时间|系数|成本|损耗|噪声)"
)
_TODAY = re.compile("现在|目前|眼下|一直")
# 国检中心测得94.1%的热效率
_ONLY_FOUND = re.compile("(?:[测检]得|[测检]出|得到|[取获]得|[做达拿]到)$")
_NAMED_BEHIND = re.compile(r"\s*的([\u4e00-\u9fff]{2,12})$")
# 5000次不断, 用满3年
_LASTING = frozenset(("次", "h", "min", "天", "年", "个月", "月", "km", "周"))
_UNHARMED = re.compile(
    r"(?:[都也还仍]|之后|后)?[不无没](?![到足够合满超多少同得准许])[\u4e00-\u9fff]"
)
_FULLY = re.compile(r"[用走撑跑放存泡顶](?:够|满)$")
# 含量≤1.5% 2. 膨胀率…: the items of a list in one line.
_NEXT_ITEM = re.compile(r"(?<=[\d%A-Za-z℃下上内])\s+\d{1,2}[.、．]\s*(?=[\u4e00-\u9fff]{2})")
_CIRCLED = re.compile("[①-⑳]")
# 铂铑损耗每吨纱, 处理量一小时: what it is counted by, behind the name.
_EACH_BEHIND = re.compile(
    rf"(?<=[\u4e00-\u9fffA-Z])(?:每\s?(?P<each>(?![百千万]?次)[百千万]?(?>{UNIT}))|"
    r"一个?(?P<one>分钟|小时|钟头|天|吨|台班|台|件|亩|升|米|炉|头|公斤|斤|平方厘米|立方厘米|平方米|平米|立方米?))"
    r"[\u4e00-\u9fff]?$"
)
_PRICE = re.compile("钱|费|价|成本")
# A ratio has no unit to share.
_OTHERWISE = re.compile(
    "^(?:[\u4e00-\u9fff]{1,5}[时下后]|白天|[空满]载|夏[天季])(?=[\u4e00-\u9fff]{2})"
)
_RATIOS = frozenset(("%", "‰", "倍", "个百分点"))
_BARE = re.compile(r"(?:比|系数|因数|指数|等级|度)$")
_LEAD = re.compile(r"^(?:其中|要求|确保|保证|研制的?|开发的?|达到以下指标|主要指标)[:：,，]?")
_FORBIDDEN = re.compile(
    r"^(?:严禁|禁止|不允许|不得|不许|不准(?!确)|不能让?|[别勿][让使]|避免|防止)(?=.{2})"
)
# 不许断丝超5根
_FORBIDDEN_WITHIN = re.compile(r"(?:不许|不准|不得)(?P<what>[^,，\d]{2,6})$")
_TURNED = {">": "≤", "<": "≥", "达": "<"}
_FROM = re.compile(r"(?:由|从)(?:原来|目前|现有|现在)?的?\s*[-\d零][^,，]*$")
_COMPARED_WITH = re.compile(
    r"^(?P<name>.*?)(?P<with>(?:(?:与|和|同).{1,20}?(?:相比较?|比较|比)|相?较于?|相比于?|对比|"
    r"比(?!表面|容量|强度|功率|例|重|能|电容|热|刚度|模量|冲)).{0,20}?)$"
)
_FIRST_COMPARED = re.compile(
    r"^(?P<with>(?:与|和|同|相比|较|比).{1,20}?(?:相比较?|比较)|"
    r"相比.{1,20}?[,，])[,，]?(?P<name>.{2,})$"
)
_ONLY_COMPARED = re.compile(r"[比较][^,，]{2,14}")
_CHANGE_LEADS = re.compile(
    r"^(?P<word>(?P<up>提高|提升|增加|延长)|(?:降低|减少|缩短|减轻|节约|"
    r"节省))(?![率幅了])[^,，]{2,20}?(?P<to>[至到])?$"
)
# 至少抗8级, 一天起码分拣八百件: the bound stands before the verb.
_BOUND_LEADS = re.compile(r"(?:(?P<least>至少|起码)|至多)(?=.)")
_CHANGED = re.compile(r"(?:提高|提升|增加|增长|延长|降低|下降|减少|缩短|减轻)$")
_OF_ANOTHER = re.compile(
    r"^(?P<with>[比较].{2,14}?)(?P<name>(?:[制单]造?)?成本|价格|售价|寿命|效率|产能|能耗|电耗|"
    r"重量|体积|强度|硬度|精度|速度|误差|周期)$"
)
_RELATIVE = re.compile(
    r"^(?P<name>.{1,20}?)(?P<compared>控制在|仅?为|只有|仅有|是)(?P<of>[^,，]{2,15})的$"
)
_TEMPERATURE = re.compile(
    rf"^(?P<condition>(?:在)?(?:零下|零上|[-+])?\d+(?:\.\d+)?(?:\s*(?:~|至|-|到)\s*(?:零下|零上|"
    rf"[-+])?\d+(?:\.\d+)?)?\s*"
    rf"(?>{UNIT}))(?:条件|环境|温度|工况|高温|低温|真空|海水|以下|以上)*(?:下|时|中|内|的|"
    rf"后)?(?P<rest>[^\d≥≤<>~±%].*)$"
)
# How a temperature begins; the whole pattern is slow to find out that there is none.
_WARM = re.compile(r"[-+\d在零]")


# What may be a condition, or is taken off the ends of a name.
_NOT_ONLY_A_NAME = re.compile(f"[下时中后]|{NAME_END.pattern}|{NAME_BEGIN.pattern}|{_LEAD.pattern}")


class _Piece(NamedTuple):
    """A clause on its way: what is still to be read of it begins at ``start``.

    ``found`` are the quantities there; conditions and unit are those met so far.
    """

    text: str
    found: tuple[Quantity, ...] = ()
    conditions: tuple[str, ...] = ()
    unit: str = ""
    start: int = 0

    def behind(self, place: int, condition: str) -> _Piece | None:
        """What follows a condition, if it speaks of a quantity."""
        text, start = self.text, place
        found = tuple([one for one in self.found if one.start >= place])
        if len(found) < len(self.found) and self.found[-len(found) - 1].end > place:
            text, start = text[place:].strip(), 0
            found = quantities(text)
        conditions = (*self.conditions, condition)
        return _Piece(text, found, conditions, self.unit, start) if found else None


def parse_indicators(text: str) -> tuple[Indicator, ...]:
    """The indicators of a text, in its order, each with the words it comes from.

    What the call itself gives (its money, its days, its terms of payment) is no indicator.

    >>> found = parse_indicators("总氧≤15ppm；寿命提高50%以上")
    >>> [(i.name, i.operator, i.value, i.unit, i.change) for i in found]
    [('总氧', '≤', 15.0, 'ppm', None), ('寿命提高', '≥', 50.0, '%', 'increase_by')]
    """
    found: list[Indicator] = []
    # The semicolon of &ge; divides nothing.
    text = html.unescape(text) if "&" in text else text
    if " " in text:
        text = _NEXT_ONE.sub("；", text)
    if "." in text or "、" in text:
        text = _NEXT_ITEM.sub("；", text)
    if _CIRCLED.search(text):
        text = _CIRCLED.sub("；", text)
    for clause in split_clauses(text):
        if len(clause) > _LONGEST_CLAUSE:
            found.append(Indicator(name=clause[:200], operator="有", text=clause))
        else:
            found += _of_clause(clause)
    if len(found) > 1:
        found = _parts_of_all(found)
    if len(found) > 1 and _MAYBE_TESTS.search(text):
        found = [one for one in found[:-1] if not _is_test(one)] + found[-1:]
    return tuple(found)


def _parts_of_all(found: list[Indicator]) -> list[Indicator]:
    """抽检2000件，缺损6件: how many were looked at is told with how many of them it was.

    >>> [(one.name, one.condition) for one in parse_indicators("抽检2000件，缺损6件")]
    [('缺损', '抽检2000件')]
    """
    kept = found[:1]
    for one in found[1:]:
        whole = kept[-1]
        if _counts(whole) and _counts(one) and _is_part(one, whole) and _taken(whole.name):
            told = "；".join(filter(None, (whole.text, one.condition)))
            kept[-1] = one.model_copy(update={"condition": told})
        else:
            kept.append(one)
    return kept


def _is_part(one: Indicator, whole: Indicator) -> bool:
    return one.unit == whole.unit and (one.value or 0.0) < (whole.value or 0.0)


def _counts(one: Indicator) -> bool:
    """Whether it is a bare number of things."""
    bare = one.operator == "=" and one.change is None and one.high is None
    return bare and one.value is not None and unit_kind(one.unit) in ("count", "other")


def _taken(name: str) -> bool:
    """Whether a name only tells what was done with things: 抽检, 发了, 送测异常电池."""
    words = [word for word in default_tokenizer().cut(name) if word != "了"]
    return not words or any(part_of_speech(word)[0] == "v" for word in (words[0], words[-1]))


def _is_test(one: Indicator) -> bool:
    """送检三批, 重复测100次: how a value behind it was come by.

    >>> [one.name for one in parse_indicators("送检三批，二氧化硫残留7.2mg/kg")]
    ['二氧化硫残留']
    """
    return one.operator == "=" and one.change is None and _TESTS.search(one.name) is not None


def targets_of(challenge: Challenge) -> tuple[Indicator, ...]:
    """The targets of a challenge: those of its record, else those read from its words."""
    return challenge.indicators or parse_indicators(challenge.indicators_text)


@lru_cache(maxsize=20_000)
def _of_clause(clause: str) -> tuple[Indicator, ...]:
    plain = plain_signs(clause)
    if "(" in plain:
        plain = _TARGET_IN_BRACKETS.sub(r"\1\2", plain)
    found = [_of_breath(said) for piece in split_quantities(plain) for said in breaths(piece)]
    if len(found) > 1:
        found = _shared_units(_named_as_before(found))
    return tuple([one for one in found if not _of_the_call(one)])


def _of_breath(said: Breath) -> Indicator:
    one = _of_piece(said.text)
    conditions = filter(None, (one.condition, said.under))
    return one.model_copy(update={"condition": "；".join(conditions)}) if said.under else one


def _of_the_call(one: Indicator) -> bool:
    if one.value is None:
        return is_a_day(one.name)
    stated = one.operator == "=" and one.change is None
    return is_offered(one.name, one.unit) or (stated and is_a_fact(one.name, one.unit))


def parse_indicator(phrase: str) -> Indicator:
    """One indicator phrase; without a number it is something to have (``有``).

    >>> parse_indicator("-40~85℃").high, parse_indicator("满足国六限值").operator
    (85.0, '有')
    """
    return _of_piece(plain_signs(phrase))


def _of_piece(phrase: str) -> Indicator:
    plainly = _PLAINLY.fullmatch(phrase)
    if plainly and says_nothing(plainly[2]) and not _NOT_ONLY_A_NAME.search(plainly[2]):
        condition, name, sign, digits, unit = plainly.groups(default="")
        return Indicator(
            name=name, operator=OPERATORS[sign], value=float(digits), unit=normalise_unit(unit),
            condition=condition, text=phrase,
        )  # fmt: skip
    piece = _Piece(_LEAD.sub("", phrase))
    if not speaks_of_quantities(piece.text):
        return _without_number(piece, phrase)
    bracketed = piece
    piece = _without_conditions(_without_brackets(piece))
    found = _main_quantity(piece.found)
    if found is None and "(" in bracketed.text:
        piece = _read(bracketed.text.replace("(", " ").replace(")", " "))
        found = _main_quantity(piece.found)
        found = found if found is not None and found.said else None
    if found is None:
        return _without_number(_without_brackets(bracketed), phrase)
    return _indicator(*_relative(piece, found), phrase)


def _read(text: str, conditions: tuple[str, ...] = (), unit: str = "") -> _Piece:
    return _Piece(text, quantities(text), conditions, unit)


def _without_number(piece: _Piece, phrase: str) -> Indicator:
    return Indicator(
        name=piece.text[:200], operator="有", condition="；".join(piece.conditions), text=phrase
    )


def _shared_units(parsed: list[Indicator]) -> list[Indicator]:
    """烟尘≤5、SO2≤35、NOx≤50mg/m³: the unit of the last stands for all."""
    for index in range(len(parsed) - 2, -1, -1):
        mine, after = parsed[index], parsed[index + 1]
        same = mine.operator == after.operator
        lacks = mine.value is not None and not mine.unit and after.unit and same
        if lacks and not _BARE.search(mine.name) and not is_offered(mine.name, ""):
            parsed[index] = mine.model_copy(update={"unit": after.unit})
    return parsed


def _named_as_before(parsed: list[Indicator]) -> list[Indicator]:
    """合格率提高10个百分点，达到85%: what has no name of its own speaks of the same quantity."""
    for index, (mine, before) in enumerate(zip(parsed[1:], parsed, strict=False), 1):
        alone = _ONLY_WHEN.fullmatch(mine.name)
        if alone and mine.value is not None:
            if mine.name and normalise_unit(mine.unit) != normalise_unit(before.unit):
                continue
            name = _CHANGED.sub("", before.name) if before.change else before.name
            when = "；".join(filter(None, (alone["when"], mine.condition)))
            name = _OTHERWISE.sub("", name) if alone["when"] else name
            told = {"name": name, "condition": when, "change": mine.change or _from(before, mine)}
            parsed[index] = mine.model_copy(update=told)
    return _two_sided(parsed)


def _from(before: Indicator, mine: Indicator) -> IndicatorChange | None:
    """留核率现在55%，想做到75%以上: what is so today makes the target a change to it."""
    if not _TODAY.search(before.text) or before.value is None or mine.value is None:
        return None
    if before.change or mine.high is not None or before.unit != mine.unit:
        return None
    if mine.operator in "≥>" and mine.value > before.value:
        return "increase_to"
    return "decrease_to" if mine.operator in "≤<" and mine.value < before.value else None


def _two_sided(parsed: list[Indicator]) -> list[Indicator]:
    """辣度不得超过3000SHU，也不能低于1500SHU: one range.

    >>> [(one.value, one.high) for one in parse_indicators("辣度不超过3000SHU，也不能低于1500SHU")]
    [(1500.0, 3000.0)]
    """
    kept = parsed[:1]
    for mine in parsed[1:]:
        before = kept[-1]
        same = (before.name, before.unit, before.condition) == (
            mine.name,
            mine.unit,
            mine.condition,
        )
        plain = same and not (before.change or mine.change)
        if plain and before.operator + mine.operator in ("≥≤", "≤≥"):
            low, high = sorted((before.value or 0.0, mine.value or 0.0))
            if (before.operator == "≥") == (before.value == low):
                told = {"operator": "区间", "value": low, "high": high,
                        "text": f"{before.text}，{mine.text}"}  # fmt: skip
                kept[-1] = before.model_copy(update=told)
                continue
        kept.append(mine)
    return kept


def _without_brackets(piece: _Piece) -> _Piece:
    """Bracketed parts are a unit (纯度(wt%)) or a condition (强度(25℃))."""
    if "(" not in piece.text:
        return _read(piece.text)
    conditions, unit = list(piece.conditions), piece.unit
    for inner in _BRACKETS.findall(piece.text):
        bare = inner.strip(" 单位:：")
        if not unit and _is_unit(bare):
            unit = bare
        elif re.search(r"\d|条件|环境|工况|负荷|载$|时$|下$|全|满|态$|[处侧旁]$", bare):
            conditions.append(bare.strip("@ "))
    text = _BRACKETS.sub(_kept_bracket, piece.text)
    return _read(text.strip(), tuple(conditions), unit)


def _is_unit(text: str) -> bool:
    if text in HARDNESS:
        return True
    return bool(re.fullmatch(UNIT, text)) and not re.fullmatch("[A-Z]{2,}", text)


def _kept_bracket(found: re.Match[str]) -> str:
    """An abbreviation in brackets (效率(COP)) is part of the name."""
    inner = found[1].strip()
    named = re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", inner) and not _is_unit(inner)
    return f"({inner})" if named else ""


def _without_conditions(piece: _Piece) -> _Piece:
    """Leading conditions: 在-20℃下, 过滤效率≥99%时, -20℃容量保持率."""
    if led := _CONDITION_BEFORE.match(piece.text) if WHEN.search(piece.text) else None:
        said = _WITHOUT_WHEN.sub("", re.sub(r"^(?:在|当)", "", led[1]))
        piece = piece.behind(led.end(), said) or piece
    for quantity in reversed(piece.found[:-1]):
        if after := CONDITION_AFTER.match(piece.text, quantity.end):
            said = piece.text[piece.start : quantity.end].strip().removeprefix("在").strip()
            if rest := piece.behind(after.end(), said):
                piece = rest
                break
    text = piece.text[piece.start :].lstrip()
    named = bool(piece.found and piece.found[0].name)
    if warm := _TEMPERATURE.match(text) if _WARM.match(text) and not named else None:
        place = len(piece.text) - len(warm["rest"])
        piece = piece.behind(place, warm["condition"].removeprefix("在")) or piece
    return piece


def _main_quantity(found: tuple[Quantity, ...]) -> Quantity | None:
    """The first quantity that is compared or changed, else the last one at all."""
    if len(found) < 2:
        return found[0] if found else None
    said = [quantity for quantity in found if quantity.said]
    strong = [quantity for quantity in said if quantity.strong]
    return next(iter(strong or said), found[-1])


def _relative(piece: _Piece, found: Quantity) -> tuple[_Piece, Quantity]:
    """仅为进口产品的80%: what it is 80% of is a condition."""
    led = _RELATIVE.match(piece.text[piece.start : found.start].lstrip())
    if led is None:
        return piece, found
    text = led["name"] + led["compared"] + piece.text[found.start :]
    other = _read(text, (*piece.conditions, led["of"]), piece.unit)
    again = _main_quantity(other.found)
    return (piece, found) if again is None else (other, again)


def _indicator(piece: _Piece, found: Quantity, phrase: str) -> Indicator:
    text = piece.text
    before, after = text[piece.start : found.start].lstrip(), text[found.end :]
    conditions = list(piece.conditions)
    if before[:1] in "按依根参采遵执" and (by := _MEASURED_BY.match(before)):
        before, conditions = before[by.end() :], [*conditions, by[1]]
    before, found = _turned(before, found)
    if found.named and _ONLY_COMPARED.fullmatch(before):
        before, conditions = "", [*conditions, before]
    elif found.change or found.difference:
        before, reference = _without_reference(before)
        conditions += [reference] if reference else []
        if found.difference and reference:
            found = found._replace(change=found.difference)
    elif led := _CHANGE_LEADS.match(before):
        before, found = _led_by_change(before, led, found)
    if found.former:
        conditions.append("原来")
    conditions.append(found.reference)
    if not found.said and _outlasts(before, found.unit, after):
        found = found._replace(sign="≥")
    if abbreviated := _ABBREVIATED.fullmatch(after):
        before, after = before + abbreviated[1], ""
    name, named, conditions = _named(found, before, after, conditions)
    if (bound := _BOUND_LEADS.search(name)) and not found.sign:
        name = name[: bound.start()] + name[bound.end() :]
        found = found._replace(sign="≥" if bound["least"] else "≤")
    name = name + found.named if named or not name else found.named + name
    if named:
        conditions += trailing(after)
    unit = _unit(found, piece.unit, name)
    name, unit = _counted_by(name, unit)
    if unit != found.unit:
        found = found._replace(unit=unit)
    pattern = _SMALLER_IS_BETTER if found.sign in ("优", "劣") else _REACHED_FROM_ABOVE
    smaller_is_better = bool(pattern.search(name)) or (
        found.sign in ("优", "劣") and "灵敏度" in name and "/" not in unit
    )
    return Indicator(
        name=name, operator=found.operator(smaller_is_better), value=found.low,
        high=found.high, unit=found.unit, text=phrase, change=found.change,
        condition="；".join(dict.fromkeys(filter(None, conditions))),
    )  # fmt: skip


def _turned(before: str, found: Quantity) -> tuple[str, Quantity]:
    """严禁断丝超过5根, 吊满一万箱不许断丝超5根: what is forbidden turns its sign.

    >>> [(one.name, one.operator) for one in parse_indicators("吊满一万箱不许断丝超5根")]
    [('吊满一万箱断丝', '≤')]
    """
    sign = _TURNED.get(found.sign, found.sign)
    if forbidden := _FORBIDDEN.match(before):
        return before[forbidden.end() :], found._replace(sign=sign)
    if sign != found.sign and (forbidden := _FORBIDDEN_WITHIN.search(before)):
        return before[: forbidden.start()] + forbidden["what"], found._replace(sign=sign)
    return before, found


def _named(
    found: Quantity, before: str, after: str, conditions: list[str]
) -> tuple[str, bool, list[str]]:
    """The name of a quantity, whether it stands before it, and the conditions it leaves."""
    name = found.name or name_of(before, "")
    named = bool(name)
    if named and "," in before and (earlier := _named_before(before, name)):
        name, conditions = earlier, [*conditions, name]
    if (behind := _NAMED_BEHIND.match(after)) and _ONLY_FOUND.search(name):
        name = behind[1]
    return name or name_of("", after), named, conditions


def _outlasts(before: str, unit: str, after: str) -> bool:
    """弯折5000次不断, 用满3年: what lasts so long, lasts at least so long.

    >>> [parse_indicators(told)[0].operator for told in ("弯折5000次不断", "电池用满3年")]
    ['≥', '≥']
    """
    return unit in _LASTING and bool(_UNHARMED.match(after) or _FULLY.search(before))


def _named_before(before: str, name: str) -> str:
    """The name told before a circumstance: 绝缘电阻,泡水7天以后不低于100MΩ.

    >>> [(one.name, one.condition) for one in parse_indicators("管子的真空,封离时要好于1×10^-6Pa")]
    [('管子的真空', '封离时')]
    """
    if not _ONLY_A_CIRCUMSTANCE.fullmatch(name):
        return ""
    earlier = NAME_BEGIN.sub("", before.rpartition(",")[0].rpartition(",")[2].strip())
    return earlier if _NAMES.fullmatch(earlier) else ""


def _counted_by(name: str, unit: str) -> tuple[str, str]:
    """What a quantity is counted by goes from its name to its unit.

    >>> _counted_by("铂铑损耗每吨纱", "g"), _counted_by("每小时产量", "件")
    (('铂铑损耗', 'g/t'), ('每小时产量', '件/h'))
    """
    if not unit or "/" in unit or unit in _RATIOS:
        return name, unit
    if each := _EACH_BEHIND.search(name):
        counted = each["each"] or each["one"]
        if _of_a_piece(unit) and not _measures(counted):
            return name, unit
        return name[: each.start()], normalise_unit(f"{unit}/{counted}")
    each = _EACH.match(name)
    if each is None or (each[2] and not _AMOUNTS.fullmatch(unit)):
        return name, unit
    return name, normalise_unit(f"{unit}/{each[1] or each[2]}")


def _of_a_piece(unit: str) -> bool:
    """Whether a unit is of a size, a time or a price: a piece has it, and it is not shared out.

    >>> [_of_a_piece(unit) for unit in ("mm", "元", "个", "kg")]
    [True, True, False, False]
    """
    base = in_base_units(1.0, unit)
    return base is not None and base[1] in ("meter", "second", "kelvin", "yuan")


def _measures(unit: str) -> bool:
    base = in_base_units(1.0, unit)
    return base is not None and base[1] not in ("piece", "occurrence")


def _led_by_change(before: str, led: re.Match[str], found: Quantity) -> tuple[str, Quantity]:
    """降低成本20%, 提高合格率到95%: the word of change stands before the name."""
    up, to = bool(led["up"]), bool(led["to"])
    if to:
        before = before[led.end("word") : led.start("to")]
        return before, found._replace(change="increase_to" if up else "decrease_to")
    if found.sign == "达":
        return before, found
    return before, found._replace(change="increase_by" if up else "decrease_by")


def _unit(found: Quantity, in_brackets: str, name: str) -> str:
    unit = found.unit or normalise_unit(in_brackets)
    if unit == "块" and _PRICE.search(name):
        return "元"
    return "℃" if unit == "度" and "温" in name else unit


def _without_reference(before: str) -> tuple[str, str]:
    """What a change is measured against: 生产效率较传统工艺, 与现有产品相比寿命.

    >>> _without_reference("生产效率较传统工艺"), _without_reference("识别率由85%")
    (('生产效率', '较传统工艺'), ('识别率', ''))
    """
    if led := _FIRST_COMPARED.match(before) or _OF_ANOTHER.match(before):
        return led["name"], led["with"].strip(" ,，")
    before = _FROM.sub("", before)
    found = _COMPARED_WITH.match(before)
    if found and len(found["name"]) > 1 and len(found["with"]) > 2:
        return found["name"], found["with"].strip(" ,，")
    return before, ""
