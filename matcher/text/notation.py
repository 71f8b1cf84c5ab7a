"""One notation for one sign: ＞＝, ≧, &ge; and => are all ≥ before a phrase is read."""

from __future__ import annotations

import html
import re

from matcher.text.numerals import HAN, arabic, number

_FULL = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_SIGNS = {
    "⩾": "≥", "⩽": "≤", "≧": "≥", "≦": "≤", "≯": "≤", "≮": "≥", "﹥": ">", "﹤": "<", "〈": "<",
    "〉": ">", "≒": "≈", "−": "-", "‐": "-", "‑": "-", "‒": "-", "﹣": "-", "－": "-",
    "﹢": "+", "Ф": "Φ", "ф": "Φ",
    "～": "~", "—": "~", "–": "~", "∼": "~", "〜": "~", "∽": "~", "µ": "μ", "＝": "=", "％": "%",
    "\u3000": " ", "\t": " ", "㎡": "m²", "㎥": "m³", "㎜": "mm", "㎝": "cm", "㎞": "km",
    "㎏": "kg",
    "º": "°", "φ": "Φ", "ø": "Φ", "Ø": "Φ", "⌀": "Φ", "∅": "Φ",
}  # fmt: skip
_TABLE = _FULL | {ord(sign): plain for sign, plain in _SIGNS.items()}
_UNUSUAL = re.compile("[" + re.escape("".join(map(chr, _TABLE))) + "]")
_TAG = re.compile(r"<(/?)(su[pb])>", re.IGNORECASE)
_COMPOUND = re.compile(r">\s?=|=\s?>|≥=|<\s?=|=\s?<|≤=|\+\s?/\s?-|\+-")
_ONE = {">": "≥", "<": "≤", "+": "±", "≥": "≥", "≤": "≤"}
# (1200±50)MPa, (-40~85)℃ and 10^(-9): these brackets hold a number together and say nothing.
_BRACKETED = re.compile(
    r"(?:(?<=\^)|(?<![A-Za-z\d^]))\(\s*([-+]?\d[-+\d.,~±%\s]*)\)(?=\s*[^\s\d(,;、。])"
)
_EXPONENT = re.compile(r"\^\s*\(\s*([-+]?\d+)\s*\)")
# 3.0(+0.1/-0.05)mm: both deviations from one size.
_DEVIATIONS = re.compile(
    r"(?<![\d.])(\d+(?:\.\d+)?)\s*\(?\s*(?:\+(\d+(?:\.\d+)?)|0)\s*/\s*(?:-(\d+(?:\.\d+)?)|0)(?![\d.])\s*\)?"
)
# +0.2/-0.1mm: both deviations alone.
_BOTH_DEVIATIONS = re.compile(r"(?<![\d.])\+(\d+(?:\.\d+)?)\s*/\s*-(\d+(?:\.\d+)?)(?![\d.])")
_ROOT = re.compile(r"(?<=m)(?:\^\s*\(?\s*(?:1/2|0\.5)\s*\)?|½)|[·∙]?\s?√\s?m(?![A-Za-z])")
_ROOTED = re.compile("[√½^]")
# Φ60H7: a size with the letter and grade of its fit.
_FIT = re.compile(r"(Φ\d+(?:\.\d+)?)[A-Za-z]\d{1,2}(?![\d.A-Za-z])")
_ROMAN = re.compile("(?<=[≥≤<>到为于])[ⅠⅡⅢⅣⅤⅥ](?=级)")
_BELOW_ZERO = re.compile(f"(?<=零下)[{HAN}]+(?=度|摄氏度|℃)")
_FROM_BELOW_ZERO = re.compile(
    rf"零下([{HAN}]+|\d+(?:\.\d+)?)\s*(?:度|℃)?\s*[到至~]\s*(?:零上)?([{HAN}]+|\d+(?:\.\d+)?)\s*(?:度|℃)"
)
# 一米五, 六公斤半
_TENTH_BEHIND = re.compile(
    rf"(?<![{HAN}\d.点])([一二两三四五六七八九]|[一二三四五六七八九]?十[一二三四五六七八九]?|\d{{1,2}})(米|公斤|斤)"
    rf"([一二三四五六七八九半])(?![{HAN}\d点万亿个分次米公斤毫厘年天月小度台件种项人倍成级折类平立头亩吨炉班块张])"
)
_SIMPLE_PARTS = {"½": 0.5, "¼": 0.25, "¾": 0.75}
_SIMPLE_PART = re.compile("(?<![A-Za-z\\d.])(\\d{0,4})([½¼¾])")
# 3块5, 两块八
_COINS_BEHIND = re.compile(
    rf"(?<![{HAN}\d.])([{HAN}]{{1,3}}|\d+)块([\d一二三四五六七八九])(?![{HAN}\d点个吨块毫厘米])"
)
# 正三毫米负五毫米
_BOTH_WAYS = re.compile(
    rf"正\s?([{HAN}点]+|\d+(?:\.\d+)?)\s?([毫厘微]?米|丝|mm|℃|度)?[,，到至]?\s?"
    rf"负\s?([{HAN}点]+|\d+(?:\.\d+)?)(?=\s?(?:[毫厘微]?米|丝|mm|℃|度))"
)
_POWER_IN_WORDS = re.compile(r"10的(负|-)?(\d{1,3})次方")


# The same said in other words: 99%+, 85%↑, 九成五, 减掉, not lower than.
_SECONDS = re.compile(rf"(?<![\d.])(\d+|[{HAN}]+)\s*分钟?\s*(\d+|[{HAN}]+)\s*秒钟?")
_MINUTES = re.compile(
    rf"(?<![\d.])(\d+|[{HAN}]+)\s*个?(?:小时|钟头)\s*(\d+|[{HAN}]+)\s*分(?!之)钟?"
)
_DAYS_AND_HOURS = re.compile(
    rf"(?<![\d.])(\d+|[{HAN}]+)天(?:零|又)?\s*(\d+|[{HAN}]+)\s*个?(?:小时|钟头)"
)
_OTHER_WORDS = re.compile(
    r"[+↑↓成掉块方毛浮]|[度斤克元升米秒]一|[往朝]上|度电|分钱|[十百].?(?:[到至]|加减)|省下|不收|不要|拒收|不行|[上升提冲]到|"
    r"[降减缩升增提].?为|[于过](?:现在|目前|现有|当前)|[最至]多|每[厘毫米公千升吨]|[别不能得]过|"
    r"削减|没有一次|有(?=\s?\d)|[a-z]{2} ",
    re.IGNORECASE,
)
_TENTHS = re.compile(
    "([一二三四五六七八九])成([一二三四五六七八九])(?![\u4e00-\u9fff]?[年分]|[个天次台亩班炉架])"
)
_HAN_RANGE = re.compile(
    f"(?<![{HAN}])(?=[{HAN}]*?[十百])[{HAN}]++(?=(?:[到至]|加减)[{HAN}]{{1,5}})"
)
_COINS = re.compile(r"([一二两三四五六七八九\d])(?:(毛)钱?|(分)钱)(?![\u4e00-\u9fff])")
_SAID_PLAINLY: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), plain)
    for pattern, plain in (
        (r"(?<=[\d%])\s*(?:\+|↑)(?=$|[\s,，;；()（）、])", "以上"),
        (r"(?<=[\d%])\s*↓(?=$|[\s,，;；()（）、])", "以下"),
        (r"(?:[减省砍]掉|省下|削减)(?=\s*(?:\d|[一二三四五六七八九]成))", "减少"),
        (r"没有一次[高超]过", "不超过"),
        (
            r"(高于|超过|大于|低于|小于|少于)([^,，;；]{1,14}?)的(?:一律|都|就|全)?(?:不收|不要|不接受|拒收)",
            r"不\1\2",
        ),
        (rf"(?:没有|没|不到|达不到)([{HAN}\d.]+)个点(?:可|就)?(?:不行|不成)", r"不低于\1%"),
        (rf"(?:没有|达不到)([{HAN}\d.]+(?:%|次|天|小时|年))(?:可|就)?(?:不行|不成)", r"不低于\1"),
        (
            r"(低于|高于|超过|大于|小于|少于)(?:现在|目前|现有|当前)的?(?=\s?\d[\d.]*\s?[^\d.倍分])",
            r"\1",
        ),
        (r"(?:最多|至多)(?:只能|只可)?(增加|提高|上升|上浮)(?=\s?\d)", r"\1不超过"),
        (
            rf"每(厘米|毫米|米|公斤|千克|升|吨)\s?([{HAN}\d.]+)\s?(牛|瓦时|千瓦时|毫克|克|N|Wh)(?![{HAN}A-Za-z])",
            r"\2\3/\1",
        ),
        (rf"(?:别|不能?|不得)过(?=\s?[\d{HAN}])", "不超过"),
        (r"(?:降低?|减少?|缩短)为(?=\s?[\d一二三四五六七八九十])", "降至"),
        (r"(?:升高?|提高|增加?)为(?=\s?[\d一二三四五六七八九十])", "提高至"),
        (r"(?:上|升|提|冲)到(?=\s?(?:[\d一二三四五六七八九十]|百分))", "提高到"),
        (r"(?<=[\d一二三四五六七八九十百千万%元次个天年钟时斤克升米瓦秒度伏吨])[往朝]上", "以上"),
        (r"(?<=[\d一二两三四五六七八九十])度电", "kWh"),
        (r"(?<=[\d一二两三四五六七八九十百千])块(?=以[内下上]|左右|封顶|打底|[每/])", "元"),
        (r"(?<=[十百千万])块(?=$|[,，;；])", "元"),
        (r"(?:允许)?上下(?:浮动|波动|差)(?=\s?[\d一二三四五六七八九十])", "±"),
        (
            r"(?<=[度斤克元升米秒])一(?=个?(?:平方|立方|方|亩|吨|公斤|头|台班|台|炉|班|平米)(?![\d一二三四五六七八九十]))",
            "每",
        ),
        (r"(?<=[\d一二两三四五六七八九十])方(?=$|以[内下上]|左右|/)", "立方米"),
        (r"(?:还|必须|须|要|得)+有(?=\s?\d)", "达到"),
        (r"\b(?:not? (?:lower|less) than|at least)\b", "不低于"),
        (r"\b(?:not? (?:higher|more|greater) than|not exceed(?:ing)?|at most|within)\b", "不超过"),
        (r"\b(?:(?:higher|more|greater) than|above|over)\b", "大于"),
        (r"\b(?:(?:lower|less) than|below|under)\b", "小于"),
    )
)


def plain_signs(text: str) -> str:
    """A phrase in the notation the grammar is written in; white space folded.

    >>> plain_signs("合格率＞＝９５％"), plain_signs("(1200±50)MPa"), plain_signs("10<sup>7</sup>")
    ('合格率≥95%', '1200±50MPa', '10^7')
    """
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub(
            lambda found: "^" if not found[1] and found[2].lower() == "sup" else "", text
        )
    if _UNUSUAL.search(text):
        text = text.translate(_TABLE)
    text = text.replace("°C", "℃").replace("。", "")
    if "=" in text or "+" in text:
        text = _COMPOUND.sub(_simple, text)
    if _ROOTED.search(text):
        text = _ROOT.sub(lambda found: "·m1/2" if "√" in found[0] else "1/2", text)
    if "/" in text and "+" in text:
        text = _BOTH_DEVIATIONS.sub(_from_nothing, _DEVIATIONS.sub(_deviating, text))
    if "(" in text:
        text = _EXPONENT.sub(r"^\1", text)
        text = _BRACKETED.sub(_opened, text)
    if "Φ" in text:
        text = _FIT.sub(r"\1", text)
    text = _in_digits(text)
    if _OTHER_WORDS.search(text):
        text = _plainly(text)
    return " ".join(text.split()).strip(" ,;；")


def _in_digits(text: str) -> str:
    """Numbers in several words as one.

    >>> _in_digits("14分30秒"), _in_digits("3小时40分"), _in_digits("10的7次方")
    ('14.5分钟', '220分钟', '10^7')
    """
    if "零下" in text:
        text = _FROM_BELOW_ZERO.sub(lambda f: f"-{number(f[1]):g}~{number(f[2]):g}℃", text)
        text = _BELOW_ZERO.sub(lambda found: arabic(found[0]), text)
    if "级" in text:
        text = _ROMAN.sub(lambda found: str("ⅠⅡⅢⅣⅤⅥ".index(found[0]) + 1), text)
    if "分" in text:
        text = _SECONDS.sub(lambda f: f"{number(f[1]) + number(f[2]) / 60:.6g}分钟", text)
        text = _MINUTES.sub(lambda f: f"{number(f[1]) * 60 + number(f[2]):g}分钟", text)
    if "负" in text:
        text = _BOTH_WAYS.sub(lambda f: f"-{number(f[3]):g}~{number(f[1]):g}", text)
    if "块" in text:
        text = _COINS_BEHIND.sub(lambda f: f"{number(f[1]):g}.{number(f[2]):g}元", text)
    if _SIMPLE_PART.search(text):
        text = _SIMPLE_PART.sub(lambda f: f"{float(f[1] or 0) + _SIMPLE_PARTS[f[2]]:g}", text)
    if _TENTH_BEHIND.search(text):
        text = _TENTH_BEHIND.sub(
            lambda f: f"{number(f[1]) + (0.5 if f[3] == '半' else number(f[3]) / 10):g}{f[2]}", text
        )
    if "天" in text:
        text = _DAYS_AND_HOURS.sub(lambda f: f"{number(f[1]) * 24 + number(f[2]):g}小时", text)
    if "次方" in text:
        text = _POWER_IN_WORDS.sub(lambda f: f"10^{'-' if f[1] else ''}{f[2]}", text)
    return text


def _plainly(text: str) -> str:
    """The words for a limit or a change that have a plainer one.

    >>> _plainly("准确率 99.2%+"), _plainly("发芽率要大于九成五"), _plainly("盐用量至少减掉80%")
    ('准确率 99.2%以上', '发芽率要大于95%', '盐用量至少减少80%')
    """
    text = _TENTHS.sub(lambda found: f"{arabic(found[1])}{arabic(found[2])}%", text)
    text = _HAN_RANGE.sub(lambda found: arabic(found[0]), text)
    text = _COINS.sub(lambda found: f"{number(found[1]) / (10 if found[2] else 100):g}元", text)
    for pattern, plain in _SAID_PLAINLY:
        text = pattern.sub(plain, text)
    return text


def _simple(found: re.Match[str]) -> str:
    sign = found[0]
    return next(_ONE[char] for char in sign if char in _ONE)


def _deviating(found: re.Match[str]) -> str:
    """The range of a size with an upper and a lower deviation."""
    size, upper, lower = (float(part or 0) for part in found.groups())
    return f"{size - lower:.12g}~{size + upper:.12g}"


def _from_nothing(found: re.Match[str]) -> str:
    """Two deviations as a range about nothing."""
    upper, lower = found.groups()
    return f"±{upper}" if upper == lower else f"-{lower}~{upper}"


def _opened(found: re.Match[str]) -> str:
    """Only a range or a tolerance stands in brackets for its unit's sake: 3(25℃) does not."""
    inner = found[1]
    return inner.strip() if re.search(r"[~±]|\d\s*-", inner) else found[0]
