"""Units as Chinese engineers write them: one spelling, and a dimension through pint."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

_WORDS = (
    "[毫厘]?米水柱|洛氏|[mc]?m水柱|毫克KOH|mgKOH|个循环|个点(?!位)|微安|毫当量|皮升|坎德拉|热单位|微应变|με|公克|公升|度电|台班|"
    "个小时|个?钟头|英支|个工作日|个数量级|个百分点|百分点|摄氏度|平方毫米|平方厘米|平方公里|平方米|立方厘米|立方米|千瓦时|"
    "兆瓦时|瓦时|毫帕秒|尼特|千赫兹|兆赫兹|吉赫兹|吉瓦时|吉瓦|吉帕|"
    "千克标准?煤|公斤标准?煤|吨标准?煤|克标准?煤|万千瓦|兆帕|千帕|兆瓦|千瓦|毫瓦|微米|纳米|毫米|"
    "厘米|千米|公里|微秒|毫秒|分钟|小时|工作日|个月|"
    "毫克|微克|千克|公斤|毫升|微升|赫兹|分贝|千牛|牛米|牛顿|欧姆|千欧|兆欧|毫欧|立方(?!厘?米)|平方(?![毫厘公]?[米里分])|毫伏|千伏|毫安|英寸|"
    r"100\s?(?:km|公里|g|克|mL|毫升)|(?:mm|cm|m)H2O|H[VK]\d+(?:\.\d)?|[np]g\s?TEQ|dB\s?\([A-Z]\)|%FS|"
    "角分|角秒|公顷|海里|像素|人次|周次|循环|"
    r"模次|炉次|架次|航次|邵[氏尔]?\s?[AD]|丝(?![杆网绸绒束状径])|Shore\s?[A-D]{1,2}(?![A-Za-z])|炉(?![子体壁温膛顶底衬门])|倍|年|月|天|日|周|秒|分|时|次|个|户|枚|颗|根|羽|尾|棵|艘|步(?![进伐骤])|趟|回(?![用收弹转归火路])|道(?!路)|粒(?![径度])|"
    r"把(?![手握柄])|饼|盏|扇|张(?![力紧])|匹|桶|卷|锅|床|幅|匝|发(?![热生光酵明现货动电展])|冲次|方(?![面法案向式米便形针块])|人(?![机工员体为])|件|片|台|套|项|种|层|孔|处|批|辆|架|条|株|只|头|例|份|滴|座|家|支|包|景|瓶|袋|盒|公分|亩|吨|斤|"
    "米|升|克|瓦|伏|安|帕|牛|度|"
    "高斯|特斯拉|流明|勒克斯|美元|欧元|日元|块钱|元|目|转|点|级|万元|℃|°C|°(?:Brix|Bx|dH|T)|°|%IACS|%RH|%|‰|Ω|′|″"
)
_LATIN = (
    r"(?:m\^?1/2|[A-Za-zμΩ]{1,6}(?:%|[²³]|[⁻⁺]?[¹²³⁴]|\^-?\d(?!\d)|"
    r"-[1-3](?:(?![\w.])|(?=以[上下]))|\d(?![\d.]))?)"
)
_ATOM = (
    rf"(?:{_WORDS}|{_LATIN}|[\u4e00-\u9fff](?=\s?/\s?(?:小时|h|天|d|分钟|分|min|年|班|批|台|s|秒))|"
    rf"\(\s*(?:{_LATIN}|{_WORDS})(?:[·*/.](?:24)?{_LATIN}|[·/](?:{_WORDS}))*\s*\))"
)
# A unit as it stands behind a number: W/(m·K), 吨/年, cm⁻³, /cm².
# What something is counted by may be anything: 件/刃, 元/支, %/次.
_EACH = r"[/每]\s?[\u4e00-\u9fff]{1,2}(?=$|[^\u4e00-\u9fff]|以[上下内]|左右)"
UNIT = rf"(?:{_ATOM}(?:\s?(?:[/·*]|每)\s?(?:\d{{1,4}}\s?|[万千百]?){_ATOM})*(?:{_EACH})?|/{_ATOM})"
HARDNESS = frozenset(("HRC", "HRB", "HRA", "HB", "HBW", "HBS", "HV", "HS"))
# One spelling per unit: what lies in the table is replaced by what stands beside it.
_SPELLINGS = str.maketrans(
    {
        "µ": "μ", "㎡": "m²", "㎥": "m³", "㎜": "mm", "㎝": "cm", "㎞": "km", "㎏": "kg",
        "㎎": "mg", "㏄": "cm³", "Ω": "Ω", "∙": "·", "•": "·", "⋅": "·", "˚": "°", "º": "°",
    }
)  # fmt: skip
_KINDS = {
    "": "none", "%": "share", "‰": "share", "倍": "fold", "个百分点": "fold",
    **dict.fromkeys(("元", "万元", "亿元", "块钱"), "money"),
    **dict.fromkeys(("年", "月", "个月", "天", "日", "周"), "calendar"),
    **dict.fromkeys(("h", "min", "s", "ms"), "clock"),
    **dict.fromkeys(("人", "名", "位", "家"), "people"),
}  # fmt: skip
_LATIN_MICRO = re.compile(r"(?<![A-Za-z])u(?=[mLgAVFsW](?![A-Za-z]))")
_POWER = re.compile(r"(?<=[A-Za-zμ])\^?(-?[23])(?![\d.O])")
_SUPER = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_PLAIN_POWER = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_SEVERAL = re.compile(r"(\d+)([A-Za-zμ]+)")  # g/100mL
_RAISED = re.compile("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_CHINESE = {
    "摄氏度": "℃", "度C": "℃", "°C": "℃", "微米": "μm", "纳米": "nm", "毫米": "mm", "厘米": "cm",
    "公里": "km", "千米": "km", "兆瓦": "MW", "千瓦": "kW", "千瓦时": "kWh", "兆帕": "MPa",
    "瓦时": "Wh", "毫帕秒": "mPa·s",
    "百分之": "%", "毫克": "mg", "千克": "kg", "公斤": "kg", "吨": "t", "毫秒": "ms", "秒": "s",
    "分钟": "min", "小时": "h", "个小时": "h", "钟头": "h", "个钟头": "h", "公分": "cm",
    "万公里": "万km",
    "块钱": "元", "赫兹": "Hz", "分贝": "dB", "伏": "V", "安": "A", "瓦": "W",
    "米": "m", "升": "L", "毫升": "mL", "平方米": "m²", "立方米": "m³", "平方厘米": "cm²",
    "欧姆": "Ω", "牛顿": "N", "千牛": "kN", "吉帕": "GPa", "万吨": "万t", "微秒": "μs",
    "千伏": "kV", "毫伏": "mV", "毫安": "mA", "千欧": "kΩ",
    "毫欧": "mΩ", "立方": "m³", "兆欧": "MΩ", "毫瓦": "mW",
    "微克": "μg",
    "微升": "μL", "微安": "μA", "皮升": "pL", "坎德拉": "cd", "公克": "g", "公升": "L",
    "度电": "kWh",
    "个循环": "次", "洛氏": "HRC", "回": "次", "个点": "%", "微应变": "με", "毫克KOH": "mgKOH",
    "方": "m³", "毫米水柱": "mmH2O", "mm水柱": "mmH2O", "厘米水柱": "cmH2O", "cm水柱": "cmH2O",
    "米水柱": "mH2O", "m水柱": "mH2O", "冲次": "次", "平方": "m²",
    "千赫兹": "kHz", "兆赫兹": "MHz", "吉赫兹": "GHz", "千帕": "kPa",
    "平方毫米": "mm²", "平米": "m²",
    "立方厘米": "cm³", "克": "g", "周次": "次", "循环": "次", "百分点": "个百分点",
    "千克标煤": "kgce", "千克标准煤": "kgce", "公斤标煤": "kgce", "公斤标准煤": "kgce",
    "吨标准煤": "吨标煤", "克标煤": "gce", "克标准煤": "gce",
}  # fmt: skip
_TURNS = {"转/min": "r/min", "转/分": "r/min", "转/s": "r/s", "转/h": "r/h", "m/分": "m/min"}
# What pint does not know, or knows under another name.
_PINT = {
    "℃": "degC", "%": "percent",
    "斤": "jin", "100km": "hundred_km", "份": "piece", "丝": "hundredth_mm",
    "‰": "permille", "ppm": "ppm", "Ω": "ohm", "天": "day",
    "年": "year", "月": "month", "个月": "month", "次": "occurrence", "个": "piece", "件": "piece",
    "只": "piece", "元": "yuan", "r": "revolution", "转": "revolution",
    "rpm": "revolution/minute", "dpi": "1/inch", "英寸": "inch", "角分": "arcminute",
    "gce": "gram_coal", "kgce": "kilogram_coal", "tce": "ton_coal", "吨标煤": "ton_coal",
    "°": "degree", "角秒": "arcsecond", "ppb": "ppm/1000", "周": "week",
    "毛": "mao", "分钱": "fen", "公斤力": "kgf",
}  # fmt: skip


@lru_cache(maxsize=2_000)
def normalise_unit(unit: str) -> str:
    """One spelling for one unit; an unknown one as it is.

    >>> normalise_unit("um"), normalise_unit("mg/m3"), normalise_unit("小时")
    ('μm', 'mg/m³', 'h')
    """
    unit = "".join(unit.split()).replace("每", "/").translate(_SPELLINGS)
    unit = _LATIN_MICRO.sub("μ", unit)
    unit = _POWER.sub(lambda found: found[1].translate(_SUPER), unit)
    parts = re.split(r"([/·()*])", unit)
    unit = "".join(_CHINESE.get(part) or _in_letters(part) for part in parts)
    unit = _TURNS.get(unit, unit)
    return unit.replace("°C", "℃").replace("Kg", "kg").replace("KW", "kW").replace("Mpa", "MPa")


def _in_letters(part: str) -> str:
    """100毫升 as 100mL."""
    bare = part.lstrip("0123456789")
    return part[: len(part) - len(bare)] + _CHINESE[bare] if bare in _CHINESE else part


def _power(found: re.Match[str]) -> str:
    return "**" + found[0].translate(_PLAIN_POWER)


@cache
def _registry() -> Any:
    import pint

    registry = pint.UnitRegistry(cache_folder=None)
    registry.define("permille = 0.001 = ‰")
    registry.define("jin = 500 * gram")
    registry.define("hundred_km = 100 * kilometer")
    registry.define("hundredth_mm = 0.01 * millimeter")
    registry.define("gram_coal = [coal]")
    registry.define("kilogram_coal = 1000 * gram_coal")
    registry.define("ton_coal = 1000000 * gram_coal")
    # Counts are no pure numbers: 5 次 are neither 5 个 nor 500%.
    for counted in ("occurrence", "piece", "yuan"):
        registry.define(f"{counted} = [{counted}]")
    registry.define("mao = 0.1 * yuan")
    registry.define("fen = 0.01 * yuan")
    return registry


@lru_cache(maxsize=10_000)
def in_base_units(value: float, unit: str) -> tuple[float, str] | None:
    """A value in the base units of its dimension, or None if the unit is not known.

    Two indicators can be compared if this gives them the same unit.

    >>> in_base_units(5, "μm")
    (5e-06, 'meter')
    """
    import pint

    names = [_PINT.get(part, part) for part in re.split(r"([/·()*])", normalise_unit(unit))]
    if several := _SEVERAL.fullmatch(names[-1]):
        names[-1] = several[2]
        value = value / int(several[1]) if "/" in names else value * int(several[1])
    text = _RAISED.sub(_power, "".join(names).replace("·", "*"))
    try:
        quantity = _registry().Quantity(value, text).to_base_units()
    except (pint.PintError, ArithmeticError, AssertionError, AttributeError, SyntaxError,
            TypeError, ValueError):  # fmt: skip
        return None
    except Exception as error:  # pint lets errors of Python's tokeniser through
        if type(error).__name__ in ("TokenError", "DefinitionSyntaxError"):
            return None
        raise
    return float(f"{quantity.magnitude:.12g}"), str(quantity.units)


@lru_cache(maxsize=2_048)
def unit_kind(unit: str) -> str:
    """What kind of unit it is: a physical one, of money, of the calendar, a count.

    >>> [unit_kind(unit) for unit in ("MPa", "元", "个月", "t/h", "次")]
    ['physical', 'money', 'calendar', 'rate', 'count']
    """
    plain = normalise_unit(unit)
    if plain in _KINDS:
        return _KINDS[plain]
    if "/" in plain:
        return "rate"
    base = in_base_units(1.0, plain)
    if base is None:
        return "other"
    return "count" if base[1] in ("piece", "occurrence") else "physical"
