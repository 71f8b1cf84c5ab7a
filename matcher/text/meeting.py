"""Whether a value somebody has shown meets a target.

Judged only where direction, kind of change, unit, quantity and condition agree: a report that says
达到 must be right, and where the two cannot be compared it says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from math import inf
from typing import NamedTuple

from matcher.records import Indicator, IndicatorChange
from matcher.text.dictated import in_figures
from matcher.text.facets import split_clauses
from matcher.text.indicators import parse_indicators
from matcher.text.notation import plain_signs
from matcher.text.numerals import without_noise
from matcher.text.quantities import quantities
from matcher.text.quantity_names import core, quantity_names, same_quantity
from matcher.text.units import in_base_units, normalise_unit

# What a team shows is asked about again by every challenge.
_REMEMBERED = 20_000
_NUMBER = re.compile(r"\d|翻[倍番一两]|减半")
# A range of these is to be covered by what is shown; any other is to hold what is shown.
_CAPABILITY = re.compile(r"温度|范围|量程|频段|频率覆盖|频率|波段|带宽|适用|可调|调节|调速")
_REQUIREMENT = re.compile(
    r"粒径|D\d|粒度|含量|含水|浓度|孔隙|孔径|硬度|密度|厚度|公差|pH|粘度|黏度|尺寸|直径|强度|"
    r"电阻|比例|(?<![频功])率|间隙|纯度|克重|降低|提高|缩短|减少|减轻"
)
# Shown as a bound in so many words; a plain 达到 or 提高 tells the value itself.
_BOUND = re.compile(
    r"[≥≤<>＞＜]|以上|以下|以内|之内|至少|至多|最多|不[低高小大少多]于|不超过|超过|"
    r"[大小高低多少]于|[上下]限|未|不[得应能可足到]|没|跌破"
)
_SHORT_CHANGE = re.compile(r"(?<![提降减延缩增扩])[高低多少长短快慢大小轻重]$")
# 出口温度 and 抗拉强度 are one of several; 轴承温升 is not.
_WHICH = re.compile(
    r"[进出入]口|[进出]水|[上下内外前后正反主副横纵轴径冷热干湿总]$|抗|屈服|剪切|弯曲|冲击|疲劳|[静动]态|"
    r"一次|首次|重复|[空满]载|[充放]电|最[高低大小]|额定|瞬|[高低]温|表面|心部|储存|单[位台]"
)
# What something is fit for is a capability, whatever the quantity: 适用厚度, 可加工直径.
_APPLICABLE = re.compile(r"适用|适应|可加工|可处理|可检|可测|加工范围|测量范围|检测范围")
# Bounds of the value itself, not a range to be covered.
_TWO_SIDED = re.compile(r"[≤<＜≦].*[≤<＜≦]|[≥>＞≧].*[≥>＞≧]")
# A life is counted in hours of work; a year of the calendar is another thing.
_OF_SEVERAL = re.compile(
    r"(?:最[高低大小多少长短]|平均|均|分别|实测)(?:值|为|是)*$|^(?:平均|实测)(?=.{2})"
)
# The best of several proves nothing of the others: 最高 of what is to be high.
_BEST_ONLY = {"≥": re.compile("最[高大多长]"), "≤": re.compile("最[低小少短]")}
# Nor does a mean tell how far the worst goes, but of what is counted by time: 平均0.9kg/h.
_MEAN = re.compile("平均|均值|中位数")
_BY_TIME = re.compile(r"/(?:h|min|s|d|小时|分钟?|秒|天|日)$")
_CALENDAR = re.compile(r"年|月|天|日|周")
_DIFFERENCE = re.compile(r"温差|温升|升温|降温|波动|误差|偏差|精度|均匀|变化|漂移|过冷度|过热度")
# What a share of the bad is called, and the share of the good that is left beside it.
_BAD_SHARES = (
    (re.compile("漏[检测识]"), "检出"), (re.compile("不合格"), "合格"),
    (re.compile("不良品?|次品|残次品?"), "良"), (re.compile("良品"), "良"),
)  # fmt: skip
# 出口三次采样, 干涉仪测得, 第三方报告: who measured it and how, not what.
_TESTED = re.compile(
    r"^(?:[^,，率度量值力压差寿耗]{0,8}?(?:实测|测得|测出|检得|测定为?|核算|判读|记录|显示|报告|读数|试验|验证|现场|"
    r"抽[检测]|送检|盲测|试运行|试用)(?:结果|数据|中|后|时|的)*|样机|台架|整机|单机|我们|"
    r"[一二两三四五六七八九十\d]+[\u4e00-\u9fff]{1,2}(?=平均)|"
    r"[一二两三四五六七八九十\d]+(?:个|台|件|组|套|家|处|条|次)?(?:批次?|样[品机]?|产品|用户|现场|采样)?|"
    r"(?:同|每|各|多)一?(?:批次?|班次?|台|件)|其中|目前|现在|现|已经?|可以?|能够?|最终|连续|稳定|实际|持续|"
    r"(?:飞行|运行|工作|使用|动作)(?=$|后)|[飞跑用]了|满电|正常|均|还|仍|后|(?:最[高低大小长短多少]|平均|均|峰)值?|分别|全部|都|落在?|"
    r"(?:运行|工作)于|[为是到在有达:： ]|结果|数据)+"
)
_SAID_BEHIND = re.compile(
    r"(?>范围|区间|最[高低大小长短]|平均|全部|到?过|都|落在?|分别|[为是到在]|用了?|"
    r"[一每][\u4e00-\u9fff])+$"
)
# A count of tests or how long they went on is no value shown.
_COUNTS_TESTS = re.compile(
    r"(?:重复|抽|送|盲|连续(?=[跑测监采])|试|共|累计)[\u4e00-\u9fff]{0,2}$|(?:试验|测试|检测|运行|统计|采样)(?:了)?$"
)
_NET = re.compile(r"^(?:整机|单机|样机|机身|设备)?(?:净|毛|自|总|称)?重$")
# Units that many quantities share say little of which is meant.
_VAGUE_UNITS = frozenset(
    ("", "%", "‰", "倍", "个", "件", "台", "人", "项", "家", "根", "批", "个百分点")
)
_CAPACITY = re.compile(r"(?:能力|产能|产量|处理量|吞吐量|并发)$")
_SO_FAR = re.compile(r"目前(?:做到|跑到|已|为止)|截至目前|迄今|仍在")
_LISTED = re.compile(r"(?:\d++(?:\.\d++)?\s*[%℃A-Za-z]*\s*[、,和]?\s*)+")
_SEVERALLY = re.compile(r"分别|\d\s?[%℃A-Za-z]*、")
_WATCHED = frozenset(("s", "min", "h"))
_SCALES = frozenset(("IP", "TRL"))
_ROUGHNESS = re.compile("R[azy]")
_DEVIATES = re.compile("误差|偏差")
# 接近1万小时, 约1万小时: at the end of what is wanted they leave it open.
_ABOUT = re.compile(r"约|接近|近(?=\s?[\d一二两三四五六七八九十百千])|左右|大概|差不多|上下|≈")
# 无法降到15ppm, 没有降低20%: a deed that was not done.
_DENIED = re.compile(
    r"(?:无法|未能|未|没能|没有|没|难以|不能|不会|不足以|尚未)(?:够|再|有效|完全)?"
    r"(?:达|实现|满足|做到|保证|提|降|升|减|缩|延|增|控制)"
)
_FORMER_ONLY = re.compile(r"(?:从|由)(?:原来|目前|现有|现在)?的?\s*\d[\d.]*\s*[^\s\d，,]{0,8}$")
# 由100kWh/t降至70kWh/t: what was before.
_FORMER = re.compile(
    r"(?:由|从)(?:原来|原先|原有|目前|现有|现在)?的?(?:[每单][\u4e00-\u9fff]{1,3})?\s*([-\d零][^,，由从]{0,20}?)"
    r"(?:提[高升]|[降增升减缩涨]|下降|上升|压[缩减])"
)
# What is measured one way says nothing of the other: 中译德 and 中译英, 经向 and 纬向.
_CONTRASTS = tuple(
    frozenset(words.split())
    for words in (
        "经向 纬向", "横向 纵向", "轴向 径向", "正向 反向 逆向", "进口 出口", "入口 出口",
        "充电 放电", "空载 满载 半载",
        "常温 高温 低温 室温", "干态 湿态", "静态 动态", "正面 背面 反面", "夏季 冬季",
        "白天 夜间 夜里", "晴天 雨天 阴天",
        "首次 重复", "出厂 到货", "新品 旧品", "顺时针 逆时针", "静水 激流", "日间 夜间",
    )
)  # fmt: skip
_TRANSLATED = re.compile(r"[\u4e00-\u9fff]译[\u4e00-\u9fff]")
# 转箱法 and 摩擦法, but 测试方法 names none.
_METHOD = re.compile(
    r"(?:[\u4e00-\u9fff][^方办算做用写说看想合违非执司无\W]|[A-Za-z]{2})法(?![律规院人定兰])"
)
# A temperature, a time, a number of times within a name: the circumstances of what is measured.
_CIRCUMSTANCE = re.compile(
    r"-?\d+(?:\.\d+)?\s*(?:℃|°C|K(?![A-Za-z])|天|小时|h(?![A-Za-z])|分钟|次|年|件|MPa|kPa|nm)"
)
_OF_SEVERAL_WORDS = re.compile("最[高低大小]")
# What ends so names a quantity; α2 is one of several.
_QUANTITY_END = re.compile("[率度量值比数]$|误差|强度|寿命|时间")
_DESIGNATED = re.compile(r"R[azy]|[α-ω]\d?|(?<![A-Za-z])[A-Z]\d{2}(?!\d)")
# 1000处缺陷漏了11处
_PART_OF = re.compile(
    r"(?<![\d.])(?P<all>\d+)\s*(?P<of>[\u4e00-\u9fff]?)[^\d,，]{0,8}?[,，；]?[^\d,，；]{0,4}?"
    r"(?P<denied>不|未)?(?P<what>[\u4e00-\u9fff]{1,2})了?\s*(?P<part>\d+)\s*(?P<unit>[\u4e00-\u9fff]?)$"
)
# 300℃运转半年未坏: how far it was tried, not how far it goes.
_WITHOUT_HARM = re.compile("[未不没无][坏裂断漏锈脱变起开堵]")
_GONE = frozenset("漏断裂坏废错死卡爆")
# 床头处: where it is measured.
_PLACE = re.compile(r"[\u4e00-\u9fff]{1,4}[处侧旁]$")
# 三组样品吸水率0.31%、0.38%: values before the last of a list.
_LIST_IN_NAME = re.compile(
    r"(?:\d+(?:\.\d+)?\s*[%℃A-Za-z]*\s*[、,和]\s*)*\d+(?:\.\d+)?\s*[%℃A-Za-z]*$"
)
_NEAR, _SURELY_A_SHARE = 0.1, 0.01
_SIGNED = re.compile("[≥≤<>＞＜≧≦]")
# A change to a value, and the change by one that goes the same way.
_BY: dict[str, IndicatorChange] = {"increase_to": "increase_by", "decrease_to": "decrease_by"}
# The whole of what was before, in units of a share.
_ALL = {"倍": 1.0, "%": 100.0}
_OPAQUE = re.compile(r"dB|IP|IT|TRL|HR|H[BV]|目|级|倍|百分点")


class _Span(NamedTuple):
    """The values an indicator allows or states, in one unit; ``strict`` leaves an end out."""

    low: float
    high: float
    unit: str
    strict: bool = False


def meets(  # noqa: PLR0911 -- every reason not to compare is a line
    target: Indicator, shown: Indicator, *, named: bool = False
) -> bool | None:
    """Whether a shown value meets a target; None where the two cannot be compared.

    A shown range counts by its worse end. A value told for this one target need not repeat what it
    measures (噪声≤60dB, 样机处测得63dB), unless it must be ``named``.

    >>> target, = parse_indicators("总氧≤15ppm")
    >>> shown = parse_indicators("总氧 6ppm; 总氧 20ppm; 寿命 6h")
    >>> [meets(target, one) for one in shown]
    [True, False, None]
    """
    if target.value is None or shown.value is None:
        return None
    if _FORMER_ONLY.search(shown.text) and not shown.change:
        return None
    shown = _as_share(target, _list_apart(shown))
    if _opposites(target, shown):
        return _missed_by_the_rest(target, shown)
    target, shown = _from_former(target), _as_asked(target, _from_former(shown))
    scale = target.unit == shown.unit and target.unit in _SCALES and "" in (target.name, shown.name)
    rough = [found[0] for one in (target, shown) if (found := _ROUGHNESS.search(one.name))]
    scale = scale or (len(rough) == 2 and rough[0] == rough[1])
    same = scale or same_quantity(_measured(target), _measured(shown))
    same = same or (not named and _goes_without_saying(target, shown))
    if not same or not _conditions_agree(target, shown):
        return None if named else _falls_short(target, shown)
    if _otherwise(target.text, shown.text):
        return None
    if target.unit == "IP" or shown.unit == "IP":
        return _protects(target, shown)
    if _other_clock(target, shown):
        return None
    wanted, given = _span(target, goal=True), _span(shown, goal=False)
    if wanted is None or given is None or wanted.unit != given.unit:
        return None
    further = _further(shown)
    if further:
        verdicts = {meets(target, one, named=named) for one in (_alone(shown), *further)}
        return verdicts.pop() if len(verdicts) == 1 else False if False in verdicts else None
    if target.operator == "±" or _DEVIATES.search(target.name):
        given = _without_sign(given)
    return _judged(target, shown, wanted, given)


def met_by(target: Indicator, shown: Iterable[Indicator], *, named: bool = False) -> bool | None:
    """Whether values told together meet a target: one that misses it outweighs those that meet it.

    >>> target, = parse_indicators("翘曲≤0.8mm")
    >>> told = "翘曲均值0.62mm，最大{}mm"
    >>> [met_by(target, parse_indicators(told.format(worst))) for worst in (0.7, 0.9)]
    [True, False]
    """
    verdicts = {meets(target, one, named=named) for one in shown}
    return False if False in verdicts else True if True in verdicts else None


def _falls_short(target: Indicator, shown: Indicator) -> bool | None:
    """Whether what was told for a target misses it, though it does not say so in its words.

    Such a value is hardly of anything else, but never enough to say that a target is reached.

    >>> target, = parse_indicators("径向跳动≤0.03mm")
    >>> [_falls_short(target, one) for one in parse_indicators("十件里最大45μm；十件里最大25μm")]
    [False, None]
    """
    wanted, given = _span(target, goal=True), _span(shown, goal=False)
    if wanted is None or given is None or wanted.unit != given.unit:
        return None
    under = _circumstances(target.name) | _numbers_of(target.condition)
    if not under <= _circumstances(shown.text) | _numbers_of(shown.condition + shown.text):
        return None
    if _of_its_own(target, shown) or _otherwise(target.text, shown.text):
        return None
    if _COUNTS_TESTS.search(shown.name) or _WITHOUT_HARM.search(shown.text):
        return None
    return False if _judged(target, shown, wanted, given) is False else None


def _of_its_own(target: Indicator, shown: Indicator) -> bool:
    """Whether what is shown names another share, or one of several: 误检率, 进口, CTE(α2)."""
    name = _SAID_BEHIND.sub("", shown.name)
    alike = quantity_names(target.name) & quantity_names(name)
    vague = normalise_unit(shown.unit) in _VAGUE_UNITS and _QUANTITY_END.search(name)
    asked = {which for said in (target.name, target.text) for which in _WHICH.findall(said)}
    which = set(_WHICH.findall(_OF_SEVERAL_WORDS.sub("", name))) - asked
    signs = [set(_DESIGNATED.findall(one)) for one in (target.text, shown.text)]
    return bool((vague and not alike) or which or (all(signs) and signs[0] != signs[1]))


def _judged(target: Indicator, shown: Indicator, wanted: _Span, given: _Span) -> bool | None:
    """The verdict on two spans in one unit; what is denied or only nearly there proves nothing."""
    verdict = _compared(target, shown, wanted, given)
    if verdict is False and _SO_FAR.search(shown.text) and target.operator in "≥>":
        return None
    at_the_end = given.low == given.high and given.low in (wanted.low, wanted.high)
    nearly = at_the_end and _ABOUT.search(shown.text) is not None
    best = _BEST_ONLY.get(target.operator.replace(">", "≥").replace("<", "≤"))
    picked = best is not None and best.search(shown.name) and not best.search(target.name)
    place = _PLACE.search(target.condition)
    elsewhere = not _circumstances(target.name) <= _circumstances(shown.text) or (
        place is not None and place[0] not in shown.text
    )
    mean = _MEAN.search(shown.text) and not (
        _MEAN.search(target.text) or _BY_TIME.search(shown.unit)
    )
    doubtful = nearly or picked or mean or elsewhere or _DENIED.search(shown.text)
    return None if verdict and doubtful else verdict


def _circumstances(text: str) -> frozenset[str]:
    return frozenset(re.sub(r"\s", "", found) for found in _CIRCUMSTANCE.findall(text))


def _otherwise(wanted: str, shown: str) -> bool:
    """Whether what is shown was measured another way than what is wanted.

    >>> _otherwise("BLEU≥48（中译德）", "中译英BLEU 55"), _otherwise("经向≤3%", "经向2%、纬向4%")
    (True, False)
    >>> _otherwise("跑绒≤5根（转箱法）", "摩擦法测得跑绒3根")
    True
    """
    for ways in (_TRANSLATED, _METHOD):
        own, other = (set(ways.findall(text)) for text in (wanted, shown))
        if own and other and not own & other:
            return True
    for words in _CONTRASTS:
        own, other = ({word for word in words if word in text} for text in (wanted, shown))
        if own and other and not own & other:
            return True
    return False


def _compared(target: Indicator, shown: Indicator, wanted: _Span, given: _Span) -> bool | None:
    if target.high is not None:
        return _range_met(target, wanted, given)
    if target.operator == "=" and _CAPACITY.search(target.name) and given.high < wanted.low:
        return False
    if target.operator == "=" and _ABOUT.search(target.text):
        return _nominal(wanted, given)
    if target.operator == "=":
        # "硬度 60HRC" does not say whether more is better.
        return True if given.low <= wanted.low <= given.high < inf and given.low > -inf else None
    met = _within(wanted, given, covers=_covers(target, shown))
    # 不低于6000小时 may be 9000; a sheet that says ≥6000h promises no more.
    vague = met is False and given.low != given.high and not _SIGNED.search(shown.text)
    return None if vague and _overlap(wanted, given) else met


def _goes_without_saying(target: Indicator, shown: Indicator) -> bool:
    """Whether what is shown names no quantity, or less of the target's own, in its kind of unit.

    >>> target, = parse_indicators("轴承噪声≤60dB")
    >>> [_goes_without_saying(target, one) for one in parse_indicators("样机测得63dB; 振动63dB")]
    [True, False]
    """
    by = [one.change in _BY.values() for one in (target, shown)]
    if by[0] != by[1] or _COUNTS_TESTS.search(shown.name):
        return False
    bare = _SAID_BEHIND.sub("", _TESTED.sub("", shown.name))
    rest = core(bare).replace("偏差", "误差")
    if _NET.match(rest) and "重" in target.name:
        return True
    whole = core(target.name).replace("偏差", "误差")
    if target.operator == "±":
        whole = whole.replace("公差", "误差")
    if rest and whole.endswith(rest):
        told = bare != shown.name and (len(rest) > 1 or rest == "差")
        return told and _WHICH.search(whole[: len(whole) - len(rest)]) is None
    for word in re.findall(r"[\u4e00-\u9fff]{2,}|[A-Za-z]{2,}", rest):
        if word in target.text or word in whole:
            rest = rest.replace(word, "")
    vague = normalise_unit(shown.unit) in _VAGUE_UNITS
    return not vague and (not rest or _shortened(bare, target))


def _shortened(said: str, target: Indicator) -> bool:
    """单片磨 for 砂轮单片打磨里程: its characters in their order, and all that says which.

    >>> target, = parse_indicators("电机进口温度≤60℃")
    >>> _shortened("电机进口", target), _shortened("电机", target), _shortened("进电机", target)
    (True, False, False)
    """
    said = re.sub(r"\W", "", said)
    left = iter(target.name)
    in_order = len(said) > 1 and all(sign in left for sign in said)
    return in_order and all(which in said for which in _WHICH.findall(target.name))


def _as_share(target: Indicator, shown: Indicator) -> Indicator:
    """1000处缺陷漏了11处 as the share a target asks for, where its name says which part.

    >>> target, = parse_indicators("漏检率低于2%")
    >>> _as_share(target, parse_indicators("1000处缺陷漏了11处")[0]).value
    1.1
    """
    if target.unit not in ("%", "‰") or target.change or "率" not in target.name:
        return shown
    said = shown.text if shown.condition in shown.text else f"{shown.condition}{shown.text}"
    found = _PART_OF.search(in_figures(plain_signs(said)))
    if found is None or found["of"] not in ("", found["unit"]):
        return shown
    name = target.name.rpartition("率")[0]
    total, part = float(found["all"]), float(found["part"])
    what = found["what"].removesuffix("了")
    short = what[-1:] if what[-1:] in _GONE else what.ljust(2)
    if not 0 < part <= total or short not in name:
        return shown
    if bool(found["denied"]) != bool(re.search("[不未]", name)):
        part = total - part
    value = without_noise(100 * part / total)
    told = {"name": target.name, "value": value, "unit": "%", "operator": "=", "change": None,
            "condition": target.condition if _numbers_of(target.condition) <= _numbers_of(
                shown.text) else ""}  # fmt: skip
    return shown.model_copy(update=told)


def _list_apart(shown: Indicator) -> Indicator:
    """吸水率0.31%、0.38% = .44: the values before the last of a list are none of the name."""
    found = _LIST_IN_NAME.search(shown.name)
    if not found or not found.start() or shown.condition or "、" not in shown.text:
        return shown
    return shown.model_copy(update={"name": shown.name[: found.start()], "condition": found[0]})


def _alone(shown: Indicator) -> Indicator:
    return shown.model_copy(update={"condition": ""})


def _further(shown: Indicator) -> list[Indicator]:
    """分别为58%、61%: the values behind the first, which are no condition.

    >>> [one.value for one in _further(parse_indicators("两批分别为58%、61%")[0])]
    [61.0]
    """
    if not _LISTED.fullmatch(shown.condition) or not _SEVERALLY.search(shown.text):
        return []
    values = re.findall(r"\d+(?:\.\d+)?", shown.condition)
    return [shown.model_copy(update={"value": float(one), "condition": ""}) for one in values]


def shown_values(text: str, targets: Iterable[Indicator]) -> tuple[Indicator, ...]:
    """The values in a text that may speak of one of the targets."""
    names = frozenset[str]().union(*(quantity_names(target.name) for target in targets))
    told = _told(text)
    return tuple(value for clause, its in told if names & its for value in _values(clause))


@lru_cache(maxsize=_REMEMBERED)
def _told(text: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """The clauses of a text that have a number, and what each may measure."""
    clauses = (clause for clause in split_clauses(text) if _NUMBER.search(clause))
    return tuple((clause, quantity_names(clause)) for clause in clauses)


@lru_cache(maxsize=_REMEMBERED)
def _values(clause: str) -> tuple[Indicator, ...]:
    return tuple(one for one in parse_indicators(clause) if one.value is not None)


def _without_sign(given: _Span) -> _Span:
    """How far from nothing a deviation is, whichever way: -0.8% is as bad as 0.8%."""
    if given.low >= 0 or given.low == -inf:
        return given
    return given._replace(
        low=0.0 if given.high > 0 else -given.high, high=max(-given.low, given.high)
    )


def _opposites(target: Indicator, shown: Indicator) -> bool:
    """Whether the two shares come to all there is: 合格率 and 不合格率, 检出率 and 漏检率."""
    if not target.unit == shown.unit == "%" or target.change or shown.change:
        return False
    (wanted, of_bad), (given, too) = _good_share(target.name), _good_share(shown.name)
    return of_bad != too and "率" in wanted and (wanted in given or given in wanted)


def _good_share(name: str) -> tuple[str, bool]:
    """The share of the good a name speaks of, and whether it says how much is bad instead.

    >>> _good_share("次品率"), _good_share("良品率"), _good_share("缺陷漏检率")
    (('良率', True), ('良率', False), ('缺陷检出率', True))
    """
    good = core(name)
    bad = False
    for pattern, word in _BAD_SHARES:
        good, found = pattern.subn(word, good)
        bad = bad or (found > 0 and pattern.pattern != "良品")
    return good, bad


def _missed_by_the_rest(target: Indicator, shown: Indicator) -> bool | None:
    """不合格率98% leaves 2%: enough to say that a target is missed, not that it is reached."""
    assert shown.value is not None
    rest = shown.model_copy(update={"name": target.name, "value": without_noise(100 - shown.value)})
    bound = shown.high is not None or _BOUND.search(shown.text) is not None
    missed = not bound and meets(target, rest.model_copy(update={"operator": "="})) is False
    return False if missed else None


def _from_former(one: Indicator) -> Indicator:
    """提高到原来的3倍 is grown by two times, 减少到原来的三分之二 shrunk by a third."""
    if one.unit not in _ALL or one.high is not None or one.condition != "原来":
        return one
    assert one.value is not None
    plain: IndicatorChange = "increase_by" if one.value > _ALL[one.unit] else "decrease_by"
    by = _BY.get(one.change or "", plain) if one.change not in _BY.values() else None
    if by is None:
        return one
    up = 1.0 if by == "increase_by" else -1.0
    value = without_noise(up * (one.value - _ALL[one.unit]))
    return one if value <= 0 else one.model_copy(update={"change": by, "value": value})


def _as_asked(target: Indicator, shown: Indicator) -> Indicator:
    """能耗由100降至70kWh/t as the change the target asks for, by a share or by an amount."""
    by = _BY.get(shown.change or "")
    former = _FORMER.search(plain_signs(shown.text))
    if by is None or former is None or target.change not in _BY.values() or shown.high is not None:
        return shown
    (before, *_) = quantities(former[1]) or (None,)
    if before is None or before.high is not None or before.unit not in ("", shown.unit):
        return shown
    assert shown.value is not None
    gone = (shown.value - before.low) * (1.0 if by == "increase_by" else -1.0)
    unit = target.unit
    if unit == shown.unit == "%" and before.low > 0:
        # 从2.0%降到0.9%: by 1.1 points, or by more than the half.
        readings = [
            by_so_much >= (target.value or 0.0) for by_so_much in (gone, 100 * gone / before.low)
        ]
        if readings[0] != readings[1]:
            return shown
    if unit in _ALL and not (unit == "%" and shown.unit == "%") and before.low > 0:
        gone = gone / before.low * _ALL[unit]
    elif unit != shown.unit and not (unit == "个百分点" and shown.unit == "%"):
        return shown
    if gone <= 0:
        return shown
    told = {"change": by, "value": without_noise(gone), "unit": unit, "operator": "≥"}
    return shown.model_copy(update=told)


def _measured(indicator: Indicator) -> str:
    """The name without the short word of a change compared with something (成本低20%), and
    without what says how a value was come by (残留最高, 平均寿命).
    """
    name = _OF_SEVERAL.sub("", indicator.name) or indicator.name
    return _SHORT_CHANGE.sub("", name) if indicator.change else name


def _conditions_agree(target: Indicator, shown: Indicator) -> bool:
    """A target under a numbered condition is met only under the same one."""
    wanted = _numbers_of(target.condition)
    return not wanted or wanted <= _numbers_of(shown.condition)


def _other_clock(target: Indicator, shown: Indicator) -> bool:
    calendar = [bool(_CALENDAR.search(one.unit)) for one in (target, shown)]
    hours = [normalise_unit(one.unit) == "h" for one in (target, shown)]
    life = "寿命" in target.name or "寿命" in shown.name
    return life and any(calendar) and any(hours)


def _numbers_of(condition: str) -> frozenset[str]:
    return frozenset(re.findall(r"-?\d+(?:\.\d+)?\s*[A-Za-z℃%μ]*", condition.replace("零下", "-")))


def _overlap(wanted: _Span, given: _Span) -> bool:
    """Whether both are open the same way, so that some of what is shown would do."""
    return wanted.high == given.high == inf or wanted.low == given.low == -inf


def _nominal(wanted: _Span, given: _Span) -> bool | None:
    """About a value, however far that may be: a tenth off is near, more is not."""
    near = abs(wanted.low) * _NEAR
    if given.high < wanted.low - near or given.low > wanted.low + near:
        return False
    return True if wanted.low in (given.low, given.high) else None


def _within(wanted: _Span, given: _Span, *, covers: bool) -> bool | None:
    """Wanted has one open end."""
    if covers:  # 工作温度 -40~250℃ covers a wish for 200℃ and for -40℃
        return given.high >= wanted.low if wanted.high == inf else given.low <= wanted.high
    if wanted.high == inf:
        reached = given.low > wanted.low or (given.low == wanted.low and not wanted.strict)
        reached = reached or (given.low == wanted.low and given.strict)
        return True if reached else None if given.low == -inf and given.high > wanted.low else False
    reached = given.high < wanted.high or (given.high == wanted.high and not wanted.strict)
    reached = reached or (given.high == wanted.high and given.strict)
    return True if reached else None if given.high == inf and given.low < wanted.high else False


def _covers(target: Indicator, shown: Indicator) -> bool:
    return shown.high is not None and bool(_CAPABILITY.search(target.name)) and not target.change


def _range_met(target: Indicator, wanted: _Span, given: _Span) -> bool | None:
    held = wanted.low <= given.low and given.high <= wanted.high
    covered = given.low <= wanted.low and wanted.high <= given.high
    if held and covered:
        return True
    applies = _APPLICABLE.search(target.name) is not None
    if (_REQUIREMENT.search(target.name) and not applies) or target.change or "±" in target.text:
        return held
    if _CAPABILITY.search(target.name):
        single = given.low == given.high
        return None if single and held else covered
    if held and _TWO_SIDED.search(target.text):
        return True
    apart = given.high < wanted.low or wanted.high < given.low
    return False if apart else None


def _span(indicator: Indicator, *, goal: bool) -> _Span | None:
    """What an indicator says as a span of values.

    Changes by a share become signed (降低20% is -20%), so that opposite directions never meet.
    """
    low, high = indicator.value, indicator.high
    assert low is not None
    unit, sign = indicator.unit, 1.0
    if indicator.change in ("increase_by", "decrease_by"):
        sign = -1.0 if indicator.change == "decrease_by" else 1.0
        if unit == "倍":
            low, high, unit = low * 100, None if high is None else high * 100, "%"
    elif unit == "倍":
        return None  # of what is not said
    ends = [_in_base(end, unit, indicator) for end in (low, low if high is None else high)]
    if ends[0] is None or ends[1] is None:
        return None
    (first, key), (second, _) = ends[0], ends[1]
    operator = indicator.operator
    if operator == "±":
        first, second = (-inf if goal else abs(first)), abs(second)
        return _Span(first, second, key)
    if indicator.change in ("increase_by", "decrease_by"):
        key = f"change {key}"
    bound = goal or operator in "<>" or _BOUND.search(indicator.text) is not None
    stated = high is None and bound
    strict = operator in "<>" and stated
    if stated and operator in "≥>":
        second = inf
    elif stated and operator in "≤<":
        first = -inf
    if sign < 0:
        first, second = -second, -first
    return _Span(first, second, key, strict)


def _in_base(value: float, unit: str, indicator: Indicator) -> tuple[float, str] | None:
    if not unit and _ROUGHNESS.search(indicator.name):
        unit = "μm"
    if not unit and "率" in indicator.name and 0 < value < _SURELY_A_SHARE:
        value, unit = without_noise(100 * value), "%"
    if not unit:  # a number without a unit compares with another one without
        return value, ""
    plain = normalise_unit(unit)
    by = indicator.change in ("increase_by", "decrease_by")
    if plain in ("℃", "K") and (by or _DIFFERENCE.search(indicator.name)):
        return value, "delta K"
    if _OPAQUE.search(plain):
        return value, plain.removesuffix("(A)")  # noise without a weighting is A-weighted
    return in_base_units(value, unit) or _per_second(value, plain) or (value, plain)


def _per_second(value: float, unit: str) -> tuple[float, str] | None:
    """枚/min and 枚/h in one unit; a day may have eight hours of work.

    >>> _per_second(90, "枚/min"), _per_second(90, "枚/天")
    ((1.5, '枚/s'), None)
    """
    counted, _, each = unit.rpartition("/")
    seconds = in_base_units(1.0, each) if counted and each in _WATCHED else None
    return (without_noise(value / seconds[0]), f"{counted}/s") if seconds else None


def _protects(target: Indicator, shown: Indicator) -> bool | None:
    """IP67 protects better than IP65 but not than IP58: the digits are two scales."""
    if target.unit != shown.unit or target.value is None or shown.value is None:
        return None
    wanted, given = divmod(int(target.value), 10), divmod(int(shown.value), 10)
    met = wanted[0] <= given[0] and wanted[1] <= given[1]
    return met if target.operator in ("≥", "=") else None
