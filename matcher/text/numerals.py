"""Numbers as they are written: 1,000 and 1 000, 3×10⁵, 1E-6, 两万, 三分之一, 百分之五."""

from __future__ import annotations

import re

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {
    "〇": 0, "两": 2, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8,
    "玖": 9, "幺": 1,
}  # fmt: skip
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_HUNDREDS = "百佰千仟"
HAN = "零〇一二两三四五六七八九十百千壹贰叁肆伍陆柒捌玖拾佰仟"
_HAN_NUMBER = re.compile(f"[{HAN}]+")
_SUPERS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺"
_PLAIN_POWERS = str.maketrans(_SUPERS, "0123456789-+")
_RAISED = rf"10(?:\^\s?[-+]?\d{{1,4}}|[{_SUPERS}]+)"
# Digits with separators of thousands, then what makes them a power of ten; 10-6 is one only
# behind a sign of multiplication, else it is a range.
DIGITS = (
    rf"(?:{_RAISED}|(?:\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d{{1,3}}(?: \d{{3}})+(?![\d.]*\d)|\d+)"
    rf"(?:\.\d+)?(?:\s?[×xX*·]\s?(?:{_RAISED}|10[-+]\d{{1,3}}(?![\d.]))"
    rf"|[eE](?:[-+]\d{{1,3}}(?!\d)|\d{{1,3}}(?![A-Za-z\d])))?)"
)
MULTIPLES = {
    "万亿": 1e12, "千亿": 1e11, "百亿": 1e10, "十亿": 1e9, "千万": 1e7, "百万": 1e6,
    "十万": 1e5, "万": 1e4, "亿": 1e8, "千": 1e3, "百": 1e2, "": 1.0,
}  # fmt: skip
LONGEST_NUMBER = 30


def han_numbers(text: str) -> str:
    """Chinese numerals as digits: 三百 → 300, 十二 → 12; 万 and 亿 stay, they are units here.

    >>> han_numbers("壹佰伍拾万元"), han_numbers("二十四个月")
    ('150万元', '24个月')
    """
    return _HAN_NUMBER.sub(lambda found: arabic(found[0]), text)


def arabic(text: str) -> str:
    """One Chinese numeral below 万 as digits.

    >>> arabic("三千零五"), arabic("二〇二一"), arabic("一百四")
    ('3005', '2021', '140')
    """
    if not any(char in _TENS for char in text):
        return "".join(str(_DIGITS[char]) for char in text).lstrip("0") or "0"
    total = digit = 0
    for char in text:
        if char in _TENS:
            total += (digit or 1) * _TENS[char]
            digit = 0
        else:
            digit = _DIGITS[char]
    if digit and text[-2] in _HUNDREDS:  # 一百四 leaves its 十 out
        digit *= _TENS[text[-2]] // 10
    return str(total + digit)


def number(text: str) -> float:
    """The value of digits, powers of ten or a Chinese numeral (三点五).

    >>> number("1 000"), number("3×10⁵"), number("1E-6"), number("10^7"), number("三点五")
    (1000.0, 300000.0, 1e-06, 10000000.0, 3.5)
    """
    text = text.replace(",", "").replace(" ", "")
    if text[:1] in HAN or text[:1] == "半":
        return 0.5 if text == "半" else _han(text)
    if text.isdecimal():
        return float(text)
    plain = text.translate(_PLAIN_POWERS)
    base, power = _parted(plain, raised=plain != text)
    return float(base) if power is None else without_noise(float(base) * 10.0 ** _bounded(power))


def without_noise(value: float) -> float:
    """A product of decimals as one writes it: 0.1×3 is 0.3.

    >>> without_noise(0.1 * 3)
    0.3
    """
    return float(f"{value:.14g}")


def _parted(text: str, *, raised: bool) -> tuple[str, str | None]:
    """Base, and the exponent if a power of ten follows."""
    if found := re.fullmatch(r"(\d+(?:\.\d+)?)[×xX*·]10\^?([-+]?\d+)", text):
        return found[1], found[2]
    if found := re.fullmatch(r"(\d+(?:\.\d+)?)[eE]([-+]?\d+)", text):
        return found[1], found[2]
    found = re.fullmatch(r"10(?:\^([-+]?\d+)|([-+]?\d+))", text)
    if found and (found[1] or raised):
        return "1", found[1] or found[2]
    return text, None


def _bounded(power: str) -> int:
    """An exponent no greater than a number can have."""
    return max(-300, min(200, int(power)))


def _han(text: str) -> float:
    whole, _, part = text.partition("点")
    if large := next((one for one in "亿万" if one in whole), ""):
        over, _, under = whole.partition(large)
        if len(under) == 1 and under in "一二三四五六七八九" and not part:
            under += "千" if large == "万" else ""  # 两万六
        return _han(over) * MULTIPLES[large] + _han(f"{under or '零'}")
    decimals = "".join(str(_DIGITS[char]) for char in part)
    return float(f"{arabic(whole)}.{decimals or 0}")
