"""Sums and spans as they are said, in figures: 两三百个, 百把万, 一百八万, 1.8M RMB, 个把月."""

from __future__ import annotations

import re
from collections.abc import Callable

from matcher.text.numerals import arabic, han_numbers

_ONE = "一二两三四五六七八九"
# A number is looked for so far and no farther: behind each of ten thousand figures all the rest
# would be tried again.
_FORMAL = re.compile(r"[壹贰叁肆伍陆柒捌玖拾佰仟]{1,24}(?=[万亿元年]|个月)")
# 一两年, 三五个月, 四五十个, 两三百万, 一百二三十万: two figures beside each other.
_TWO = re.compile(
    rf"(?<![{_ONE}十零〇])(?P<lead>(?:[{_ONE}][千百])?)(?P<low>[{_ONE}])(?P<high>[{_ONE}])"
    r"(?P<tens>[十百千]?)(?=[万亿年天周月日]|个|块|[wW](?![A-Za-z])|[十百千]?元)"
)
# 百把万, 百来万, 百十来万, 小一百万, 十来个月, 个把月
_ABOUT_ONE = re.compile(
    rf"(?<![{_ONE}\d])(?P<unit>[十百千])(?:[把来]|十[来把]?)(?=个?[万亿wW月]|个$)"
)
# 一百八万, 一百八（万）: a figure right behind hundreds counts tens.
_DROPPED = re.compile(rf"(?P<lead>[{_ONE}](?P<unit>[百千]))(?P<one>[{_ONE}])(?=\s*个?\s*[万wW])")
_SPANS = (
    (re.compile("个把月"), "1个月"), (re.compile("大半年"), "8个月"),
    (re.compile("小半年"), "5个月"), (re.compile("年把(?!关)"), "1年"),
    (re.compile("一年半载"), "1年"), (re.compile(r"(?<![年个])半个?月"), ".5个月"),
)  # fmt: skip
_ENGLISH_SPAN = re.compile(
    r"(?P<number>\d{1,12}(?:\.\d{1,6})?)\s*-?(?P<unit>months?|mos?\b|mths?|years?|yrs?|weeks?)",
    re.IGNORECASE,
)
_ENGLISH_UNITS = {"m": "个月", "y": "年", "w": "周"}
_IN_BRACKETS = re.compile(r"(?P<number>\d{1,12})\s*[（(]\s*(?P<unit>个?月|年|万元?)\s*[)）]")
_HALF_MONTHS = re.compile(rf"(?P<number>[\d{_ONE}十]{{1,12}})个半月")
# 300万人民币 as 3M RMB, 1.8M; thousands as 600k.
_IN_MILLIONS = re.compile(
    r"(?<![\d.A-Za-z])(?P<number>\d+(?:\.\d+)?)\s?(?P<unit>[MmKk])"
    r"(?=\s?(?:RMB|CNY|[Yy]uan|元|人民币))|"
    r"(?:(?<=RMB)|(?<=CNY)|(?<=[￥¥]))\s?(?P<behind>\d+(?:\.\d+)?)\s?(?P<of>[MmKk])(?![A-Za-z])"
)
# 35个，万啊，不是块
_MEANT = re.compile(r"(?<=\d)个[，,]?\s*(?:(?:单位)?是?万)(?=[啊吧哈呀元块，,。\s])")
# 一万二, 十八万六千, 9万6000元: what stands behind counts thousands.
_THOUSANDS = re.compile(
    rf"(?P<over>(?<![\d.])\d{{1,4}}(?:\.\d{{1,3}})?|[{_ONE}十百]{{1,6}})万(?:(?P<full>[1-9])000(?!\d)|(?P<under>[{_ONE}1-9])"
    rf"(?:千|(?![{_ONE}零〇十百千万亿点年个月天台套条支只吨期次人成批项份家周季股轮倍分块炉\d.,%])))"
)
_EACH_YI = re.compile(rf"(?P<number>[\d.]{{1,12}}|[{_ONE}十百]{{1,12}}|半)个亿")
# 一共35, 单位万: what the numbers of a line are counted in.
_COUNTED_IN = re.compile(r"单位\s*[:：]?[是为]?\s*万元?")
_BARE = re.compile(r"(?<![\d.,:：/-])\d{1,4}(?:\.\d+)?(?![\d.,]|\s*[%％A-Za-z\u4e00-\u9fff/-])")


def plain_sums(text: str) -> str:
    """Sums said in round figures as they would be written; all else as it is.

    >>> plain_sums("能拿两三百万"), plain_sums("预算百把万"), plain_sums("一百八万")
    ('能拿200至300万', '预算100万', '180万')
    >>> plain_sums("9万3，9万3千"), plain_sums("1.2.3万4")
    ('9.3万，9.3万', '1.2.3万4')
    >>> plain_sums("我有一万二"), plain_sums("十八万六千"), plain_sums("出二十万一年")
    ('我有1.2万', '18.6万', '出二十万一年')
    >>> plain_sums("Budget: RMB 1.8M"), plain_sums("不含税45，按不含税报。单位万")
    ('Budget: RMB 180万', '不含税45万，按不含税报。单位万')
    """
    for pattern, plain in _SUMS:
        text = pattern.sub(plain, text)
    if _COUNTED_IN.search(text):
        lines = text.split("\n")
        text = "\n".join(
            _BARE.sub(r"\g<0>万", line) if _COUNTED_IN.search(line) else line for line in lines
        )
    return text


def plain_spans(text: str) -> str:
    """Months and years said in round figures as they would be written.

    >>> plain_spans("给个把月"), plain_spans("三五个月"), plain_spans("9 mos"), plain_spans("叁年")
    ('给1个月', '3至5个月', '9个月', '3年')
    """
    text = _FORMAL.sub(_in_digits, text)
    text = _HALF_MONTHS.sub(lambda found: f"{han_numbers(found['number'])}.5个月", text)
    for pattern, plain in _SPANS:
        text = pattern.sub(plain, text)
    text = _ABOUT_ONE.sub(_about_one, _TWO.sub(_two, text))
    text = _ENGLISH_SPAN.sub(
        lambda found: found["number"] + _ENGLISH_UNITS[found["unit"][0].lower()], text
    )
    return _IN_BRACKETS.sub(r"\g<number>\g<unit>", text)


def _in_digits(found: re.Match[str]) -> str:
    return han_numbers(found[0])


def _two(found: re.Match[str]) -> str:
    """两三百 as 200至300; what leads is said once."""
    low, high = (
        int(arabic(found[end] + found["tens"])) + int(arabic(found["lead"] or "零"))
        for end in ("low", "high")
    )
    return f"{low}至{high}" if low < high else found[0]


def _about_one(found: re.Match[str]) -> str:
    return arabic(f"一{found['unit']}")


def _dropped(found: re.Match[str]) -> str:
    tens = {"百": 10, "千": 100}[found["unit"]]
    return str(int(arabic(found["lead"])) + int(arabic(found["one"])) * tens)


def _in_ten_thousands(found: re.Match[str]) -> str:
    number = float(found["number"] or found["behind"])
    each = 100 if (found["unit"] or found["of"]).lower() == "m" else 0.1
    return f" {number * each:g}万" if found["behind"] else f"{number * each:g}万"


def _with_thousands(found: re.Match[str]) -> str:
    under = found["full"] or found["under"]
    under = under if under.isascii() else arabic(under)
    return f"{float(han_numbers(found['over'])) + int(under) / 10:g}万"


def _yi(found: re.Match[str]) -> str:
    return f"{'0.5' if found['number'] == '半' else found['number']}亿"


_SUMS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (_FORMAL, _in_digits), (_EACH_YI, _yi), (_THOUSANDS, _with_thousands),
    (_DROPPED, _dropped), (_TWO, _two), (_ABOUT_ONE, _about_one),
    (_IN_MILLIONS, _in_ten_thousands), (_MEANT, "万"),
    (_IN_BRACKETS, r"\g<number>\g<unit>"),
)  # fmt: skip
