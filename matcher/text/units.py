"""Units as Chinese engineers write them: one spelling, and a dimension through pint."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

# One spelling per unit: what lies in the table is replaced by what stands beside it.
_SPELLINGS = str.maketrans(
    {
        "µ": "μ", "㎡": "m²", "㎥": "m³", "㎜": "mm", "㎝": "cm", "㎞": "km", "㎏": "kg",
        "㎎": "mg", "㏄": "cm³", "Ω": "Ω", "∙": "·", "•": "·", "⋅": "·", "˚": "°", "º": "°",
    }
)  # fmt: skip
_LATIN_MICRO = re.compile(r"(?<![A-Za-z])u(?=[mLgAVFsW](?![A-Za-z]))")
_POWER = re.compile(r"(?<=[A-Za-zμ])\^?(-?[23])(?![\d.])")
_SUPER = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_CHINESE = {
    "摄氏度": "℃", "度C": "℃", "°C": "℃", "微米": "μm", "纳米": "nm", "毫米": "mm", "厘米": "cm",
    "公里": "km", "千米": "km", "兆瓦": "MW", "千瓦": "kW", "千瓦时": "kWh", "兆帕": "MPa",
    "百分之": "%", "毫克": "mg", "千克": "kg", "公斤": "kg", "吨": "t", "毫秒": "ms", "秒": "s",
    "分钟": "min", "小时": "h", "赫兹": "Hz", "分贝": "dB", "伏": "V", "安": "A", "瓦": "W",
    "米": "m", "升": "L", "毫升": "mL", "平方米": "m²", "立方米": "m³", "平方厘米": "cm²",
    "欧姆": "Ω", "牛顿": "N", "千牛": "kN", "吉帕": "GPa", "万吨": "万t",
}  # fmt: skip
# What pint does not know, or knows under another name.
_PINT = {
    "℃": "degC", "%": "percent", "‰": "permille", "ppm": "ppm", "Ω": "ohm", "天": "day",
    "年": "year", "月": "month", "个月": "month", "次": "count", "个": "count", "件": "count",
    "片": "count", "台": "count", "套": "count", "项": "count", "kN": "kN", "转": "turn",
    "rpm": "revolution/minute", "dpi": "1/inch", "英寸": "inch", "角分": "arcminute",
    "°": "degree", "个百分点": "percent", "角秒": "arcsecond", "ppb": "ppm/1000", "周": "week",
    "wt%": "percent", "vol%": "percent", "at%": "percent", "目": "", "级": "",
}  # fmt: skip


@lru_cache(maxsize=2_000)
def normalise_unit(unit: str) -> str:
    """One spelling for one unit; an unknown one as it is.

    >>> normalise_unit("um"), normalise_unit("mg/m3"), normalise_unit("小时")
    ('μm', 'mg/m³', 'h')
    """
    unit = "".join(unit.split()).translate(_SPELLINGS)
    unit = _LATIN_MICRO.sub("μ", unit)
    unit = _POWER.sub(lambda found: found[1].translate(_SUPER), unit)
    parts = re.split(r"([/·()*])", unit)
    unit = "".join(_CHINESE.get(part, part) for part in parts)
    return unit.replace("°C", "℃").replace("Kg", "kg").replace("KW", "kW").replace("Mpa", "MPa")


@cache
def _registry() -> Any:
    import pint

    registry = pint.UnitRegistry(cache_folder=None)
    registry.define("permille = 0.001 = ‰")
    return registry


def in_base_units(value: float, unit: str) -> tuple[float, str] | None:
    """A value in the base units of its dimension, or None if the unit is not known.

    Two indicators can be compared if this gives them the same unit.

    >>> in_base_units(5, "μm")
    (5e-06, 'meter')
    """
    import pint

    names = [_PINT.get(part, part) for part in re.split(r"([/·()*])", normalise_unit(unit))]
    text = "".join(names).replace("·", "*").replace("²", "**2").replace("³", "**3")
    try:
        quantity = _registry().Quantity(value, text).to_base_units()
    except (pint.PintError, AttributeError, TypeError, ValueError, ZeroDivisionError, SyntaxError):
        return None
    except Exception as error:  # pint lets errors of Python's tokeniser through
        if type(error).__name__ in ("TokenError", "DefinitionSyntaxError"):
            return None
        raise
    return float(f"{quantity.magnitude:.12g}"), str(quantity.units)
