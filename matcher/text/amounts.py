"""Money and durations as people write them: 500万元, 300-500万, 面议; 24个月, 两年."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from matcher.text.normalise import simplify
from matcher.text.numerals import han_numbers

_NUM = r"\d+(?:,\d{3})*(?:\.\d+)?"
_UNIT = r"亿元?|千万元?|百万元?|万元?|千元|元|w|W"
_MONEY = re.compile(
    rf"(?:约|大约|近|逾|超过?|不超过|不高于|最高|最低|不少于|不低于|至少|上限|下限|人民币|rmb|¥|"
    rf"￥|≤|≥|<|>|:|：|"
    rf"总计|共计?|合计|每年|年均|预计|拟|预算)*"
    rf"({_NUM})(?:余|多|几)?\s*({_UNIT})?(?:余|多)?元?\s*"
    rf"(?:(?:-|—|–|~|～|至|到)+\s*({_NUM})\s*({_UNIT})?)?"
    rf"\s*(?:整|左右|上下|以内|之内|内|以上|以下|起|不等|人民币|\(人民币\)|\(rmb\)|\(含税\)|"
    rf"/年|/a|每年|一年)*",
    re.IGNORECASE,
)
# What tells no figure, or one that stands only for a part of what is said.
_MILLION = re.compile(r"(?<=\d)\s?(?:million|mln)(?![A-Za-z])", re.IGNORECASE)
_MORE_SAID = re.compile(
    r"[余多几近逾超>≥<≤约]|/年|每年|年均|一年|最[高低]|不[超高少低]|至少|"
    r"[上下]限|左右|以[上下内]|起$"
)
_FOREIGN = re.compile(
    r"美元|美金|usd|us\$|\$|欧元|eur|€|日元|jpy|港元|港币|hkd|英镑|gbp|£|卢布|"
    r"韩元",
    re.IGNORECASE,
)
_PART = re.compile(
    rf"(?P<label>[^\d,，;；、+]{{0,16}}?)(?P<amount>(?:约|不超过|"
    rf"不低于)?{_NUM}\s*(?:{_UNIT}))"
)
_PUBLIC = re.compile(r"财政|政府|专项|拨款|补助|省级|市级|区级|科技厅|科技局|扶持")
_TOTAL = re.compile(r"总|合计|共计|预算$|投资$")
_AMONG = re.compile(r"其中|含|包括")
_FACTOR = {
    "亿": 10_000.0, "千万": 1_000.0, "百万": 100.0, "万": 1.0, "w": 1.0, "W": 1.0, "千": 0.1,
    "": 0.0001,
}  # fmt: skip
_OPEN = re.compile(
    r"(?:双方|价格|金额|具体|费用|经费|资金|预算|报价|可|待|再|按照?|以|依据?|根据|视|由|另行|"
    r"实际|项目|技术|方案|合同|协议|"
    r"情况|需要|供需|甲乙)*(?:面议|面谈|详谈|另议|另谈|待定|待议|待谈|协商|商定|商议|商谈|洽谈|"
    r"谈判|电议|议价|一事一议|合同|协议|情况|需要|"
    r"不设(?:上限|限)|无上限|不封顶|上不封顶)(?:确定|为准|约定|而定|执行|决定|商定|另定|定)*"
)
_NOTHING = frozenset(
    ("无", "暂无", "/", "-", "—", "--", "——", "\\", "n/a", "N/A", "未定", "不限", "未填写",
     "未填", "未提供", "待填", "空", "无要求", "暂未确定")
)  # fmt: skip
_DURATION = re.compile(
    r"(?:约|共|不超过|不多于|最长|自.{0,12}?起|(?:合同)?签[订约].{0,6}后|"
    r"立项后){0,5}(\d+(?:\.\d+)?)\s*(?:个)?\s*(年半|年|月|季度|天|日|周)"
    r"(?:(\d+)\s*个?月)?(?:内|以内|之内|左右|以下|完成|交付|结题)*"
)
_PERIOD = re.compile(
    r"(\d{4})\s*[年./-]\s*(\d{1,2})\s*月?(?:[./-]?\d{1,2}日?)?\s*(?:-|—|–|~|～|至|到)+\s*"
    r"(\d{4})\s*[年./-]\s*(\d{1,2})\s*月?(?:[./-]?\d{1,2}日?)?(?:底|末)?"
)
_ENGLISH_SPANS = tuple(
    (re.compile(rf"(?<=\d){english}s?$", re.IGNORECASE), chinese)
    for english, chinese in (("month", "个月"), ("year", "年"), ("week", "周"), ("day", "天"))
)
# No amount is written longer; hundreds of digits are more than a number can hold.
_LONGEST = 100
_MONTHS = {"年半": 12.0, "年": 12.0, "月": 1.0, "季度": 3.0, "天": 1 / 30, "日": 1 / 30, "周": 0.25}


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in 万元; ``low`` differs from ``high`` in a range; neither when to be agreed.

    ``public`` is the part that comes from public funds; ``exact`` says that the figures are all
    that is written (not 300余万元, 50万/年); ``foreign`` that it is in another currency, which is
    not converted.
    """

    low: float | None
    high: float | None
    public: float | None = None
    exact: bool = True
    foreign: bool = False

    @property
    def open(self) -> bool:
        """Whether it is left to negotiation (面议)."""
        return self.high is None


def is_nothing(text: str) -> bool:
    """Whether a cell says in words that it holds nothing (无, /, 暂无)."""
    return text.strip() in _NOTHING


@lru_cache(maxsize=10_000)
def parse_money(text: str, header: str = "") -> Money | None:
    """An amount of money in 万元, or None if the text is not one.

    A number without a unit takes that of the header, else 万元.

    >>> [(m.low, m.high) for m in map(parse_money, ("1.2亿元", "300-500万"))]
    [(12000.0, 12000.0), (300.0, 500.0)]
    >>> parse_money("5000000", header="榜额（元）").high, parse_money("面议").open
    (500.0, True)
    """
    text = "".join(unicodedata.normalize("NFKC", text).split()).strip("。;；")
    if len(text) > _LONGEST:
        return None
    text = _MILLION.sub("百万", text)
    if _OPEN.fullmatch(text):
        return Money(None, None, exact=False)
    if _FOREIGN.search(text) and re.search(r"\d", text):
        return Money(None, None, exact=False, foreign=True)
    found = _MONEY.fullmatch(text) or _MONEY.fullmatch(han_numbers(text))
    if found is None:
        return _in_parts(text, header)
    first, unit, second, second_unit = found.groups()
    last = second_unit or unit
    low_unit = unit or second_unit
    if second and not unit and (last or "").startswith("亿") and _digits(first) > _digits(second):
        low_unit = "万"  # 500至1亿元
    low = _in_wan(first, low_unit, header)
    high = _in_wan(second, last, header) if second else low
    return Money(min(low, high), max(low, high), exact=not _MORE_SAID.search(text))


def _in_parts(text: str, header: str) -> Money | None:
    """财政100万元，企业自筹200万元: each part by its name, and what they come to.

    >>> _in_parts("总投资500万元，其中财政100万元", "")
    Money(low=500.0, high=500.0, public=100.0, exact=False, foreign=False)
    """
    plain = re.sub(r"[()（）]", "，", text)
    parts = [
        (found["label"], parse_money(found["amount"], header)) for found in _PART.finditer(plain)
    ]
    rest = re.sub(r"[,，;；、+和及元整左右。]", "", _PART.sub("", plain))
    if len(parts) < 2 or len(rest) > _SHORT_REST or any(money is None for _, money in parts):
        return None
    amounts = [(label, money.high or 0.0) for label, money in parts if money is not None]
    public = [amount for label, amount in amounts if _PUBLIC.search(label)]
    totals = [amount for label, amount in amounts if _TOTAL.search(label)]
    if not totals and _AMONG.search(amounts[1][0]):
        totals = [amounts[0][1]]
    if not totals and not all(label.strip("，,;；、+和") for label, _ in amounts):
        return None
    total = totals[0] if totals else round(sum(amount for _, amount in amounts), 8)
    return Money(total, total, public=sum(public) if public else None, exact=False)


# More words than these beside the parts say something else than amounts.
_SHORT_REST = 8


def _digits(number: str) -> float:
    return float(number.replace(",", ""))


def _in_wan(number: str, unit: str | None, header: str) -> float:
    factor = _FACTOR[unit.removesuffix("元")] if unit else header_factor(header)
    return round(_digits(number) * factor, 8)


@lru_cache(maxsize=1_000)
def header_factor(header: str) -> float:
    """What a bare number under this header is worth in 万元.

    >>> header_factor("总投资(亿元)"), header_factor("榜额")
    (10000.0, 1.0)
    """
    header = simplify(unicodedata.normalize("NFKC", header))
    found = re.search(r"(亿|千万|百万|万|千)?元", header)
    if found is None:
        return 1.0
    return _FACTOR[found[1] or ""]


@lru_cache(maxsize=10_000)
def parse_duration(text: str, header: str = "") -> int | None:
    """A duration in whole months, or None if the text is not one.

    >>> parse_duration("两年半"), parse_duration("2021年3月-2023年2月"), parse_duration("18个月")
    (30, 24, 18)
    """
    text = "".join(unicodedata.normalize("NFKC", text).split()).strip("。;；")
    if len(text) > _LONGEST:
        return None
    for english, chinese in _ENGLISH_SPANS:
        text = english.sub(chinese, text)
    period = _PERIOD.fullmatch(text)
    if period is not None:
        y1, m1, y2, m2 = (int(part) for part in period.groups())
        months = (y2 - y1) * 12 + m2 - m1 + 1
        return months if months > 0 else None
    if re.fullmatch(r"\d+(\.\d+)?", text):
        factor = 12 if "年" in header and "月" not in header else 1
        return round(float(text) * factor)
    digits = han_numbers(text.replace("半年", "6个月") if text.startswith("半年") else text)
    found = _DURATION.fullmatch(digits)
    if found is None:
        return None
    length = float(found[1]) * _MONTHS[found[2]] + (6 if found[2] == "年半" else 0)
    return round(length + float(found[3] or 0))
