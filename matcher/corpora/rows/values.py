"""One cell → one value, with what its header and its document say about it."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from matcher.corpora.cells import CellError, CellKind, CellType, Fault, cell_text, parse_cell
from matcher.text.amounts import (
    Money,
    header_factor,
    is_nothing,
    parse_duration,
    parse_money,
)
from matcher.text.dates import DateError, DateFault, parse_date
from matcher.text.normalise import simplify
from matcher.text.numerals import han_numbers
from matcher.text.shares import shares_in

_LEVEL = re.compile(r"(?:TRL|技术成熟度|成熟度|第)*[:：-]?(\d)(?:级|\(.*\))?")
_COUNT = re.compile(r"(\d+)(?:个|项|家|人)?")
_YEAR = re.compile(
    r"((?:19|20)\d{2})\s*(?:年度?|[-/.年]\s*\d{1,2}(?:\s*[-/.月]\s*\d{0,2}日?)?月?|"
    r"(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])?|[(,]?第?\d{1,3}[(卷]?.{0,5}期?\)?|年.{1,8})?"
)
_LAST_YEAR = 9999
# Days of which nothing but the year is ever asked: a year alone is enough, and its words are kept.
_BY_YEAR = frozenset({"model_on", "formed_on", "agreed_on"})
_YEAR_ALONE = re.compile(r"\s*((?:19|20)\d\d)\s*年?\s*")
_TIME = re.compile(r"[\sT]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*$")
# 800万元（其中自筹600万元）: the amount is the one before the remark.
_REMARK = re.compile(r"\s*[(（][^()（）]{1,60}[)）]\s*$")
# 2026年12月底前完成样机: what is done by which day is no term, and no fault either.
_TOLD_BY_DAYS = re.compile(r"\s*(?:截?[止至到]|于|在)?\s*20\d\d\s*[年.\-/]")
_OPEN_ENDED = re.compile(
    r"(?:长期|常年|全年)(?:有效|受理|征集|开放|可揭榜)?|(?:随时|不限)(?:时间|期限)?"
)
_BOXES = re.compile(r"([☐□☑☒■√✓✔]+)")
_EMPTY, _TICKED = re.compile("[☐□]"), frozenset("☑☒■√✓✔")
_YEAR_SPAN = re.compile(
    r"((?:19|20)\d{2})\S{0,6}?\s*(?:-|—|–|~|～|至|到)+\s*((?:19|20)\d{2})\S{0,6}"
)
_CHOICES: dict[str, tuple[tuple[str, str], ...]] = {
    "org_type": (
        ("高校", r"(?:高等)?(?:大学|高校|院校|学院)(?:类)?|高等学校"),
        ("科研院所", r"(?:科研|研究)(?:院所?|机构|所|单位|院)|事业单位|院所|新型研发机构"),
        ("企业", r".*(?:企业|公司)"),
    ),
    "kind": (
        ("论文", r".*(?:论文|期刊|SCI|EI|会议文章|专著)(?:\(.*\))?"),
        ("专利", r".*(?:专利|软著|软件著作权)(?:\(.*\))?"),
        ("项目", r".*(?:项目|课题|基金|计划)"),
        ("奖励", r".*(?:奖励?|获奖|荣誉)"),
        ("标准", r".*(?:标准|规范)"),
        ("转化", r".*(?:转化|转让|应用案例|产业化|合同|技术服务)(?:案例|项目)?"),
        ("平台", r".*(?:平台|实验室|中心)"),
    ),
    "stage": (
        ("发榜", r"(?:已)?(?:发榜|发布|揭榜中|招榜|张榜)(?:中)?|可揭榜|开放|未揭榜"),
        ("揭榜", r"已揭榜|揭榜成功|已对接"),
        ("签约立项", r"已?(?:签约|立项)"),
        ("验收评价", r"已?(?:验收|完成|结题)"),
        ("流标", r"已?流标|无人揭榜"),
        ("取消", r"已?(?:取消|撤销|撤回|终止)"),
    ),
    "standing": (
        ("已得", r"[已实]?(?:得|到账|到位|拨付|下达|收到|获得)(?:资金)?|已[定批]准?(?:未拨)?"),
        ("申请", r"[拟已]?申[请报]中?"),
        ("退回", r"[已被]*(?:退回|退还|退款|收回|追回|缴回)(?:资金)?"),
    ),
    "credit_status": (
        ("正常", r"(?:信用)?(?:正常|良好|优|无(?:不良|失信).*|A{1,3}级?)"),
        ("失信", r".*(?:失信|黑名单).*"),
    ),
}  # fmt: skip


class Value(NamedTuple):
    """A parsed value; ``kept`` is the wording where the value does not hold all of it.

    ``hint`` is what the person who imports should know of it.
    """

    value: Any
    kept: str = ""
    hint: str = ""


@lru_cache(maxsize=20_000)
def public_part(raw: str, header: str) -> float | None:
    """The part of an amount that is said to come from public funds, in 万元.

    >>> public_part("财政100万元，企业自筹200万元", "总投入")
    100.0
    """
    found = parse_money(simplify(raw), header)
    return found.public if found is not None else None


def parse_value(  # noqa: PLR0911
    name: str, raw: Any, cell_type: CellType, header: str = "", year: int | None = None
) -> Value:
    """The value of a non-blank cell for the field ``name``.

    Raises:
        CellError: the cell cannot be the value of this field.
    """
    kind = cell_type.kind
    optional = kind is CellKind.CHOICE or name == "cooperation_modes"
    ticked = _ticked(raw, optional=optional) if isinstance(raw, str) else None
    if ticked is not None:
        chosen = parse_value(name, "；".join(ticked), cell_type, header, year) if ticked else None
        return Value(chosen.value if chosen else None, raw.strip())
    if kind in _LOOSE and isinstance(raw, str) and is_nothing(raw):
        return Value(None)
    if name.endswith("_wan"):
        return _money(raw, header)
    if name.endswith("_percent") and isinstance(raw, str):
        return Value(_percent(raw))
    if name == "duration_months":
        return _duration(raw, header)
    if kind is CellKind.DATE:
        if name in _BY_YEAR and (alone := _YEAR_ALONE.fullmatch(cell_text(raw))):
            return Value(date(int(alone[1]), 12, 31), cell_text(raw).strip())
        return _date(raw, year)
    if kind is CellKind.INTEGER:
        return _integer(name, raw, cell_type)
    if kind is CellKind.CHOICE:
        return Value(_choice(name, raw, cell_type))
    return Value(parse_cell(raw, kind))


def _percent(raw: str) -> float:
    """A share in per cent, however it is written: 85, 85%, 八五成."""
    shares = shares_in(raw)
    return float(shares[0]) if len(shares) == 1 else parse_cell(raw, CellKind.NUMBER)


def _ticked(raw: str, *, optional: bool) -> list[str] | None:
    """The options ticked in a form; None where the boxes are no more than ornaments.

    ``optional`` says that a field holds options: with none ticked there, nothing was chosen.

    >>> _ticked("☑联合攻关 □委托开发 ☑其他____", optional=True)
    ['联合攻关', '其他']
    """
    if len(raw) > _MOST_OPTIONS or not _EMPTY.search(raw):
        return None
    if _TICKED.isdisjoint(raw) and not optional:
        return None
    first, *parts = _BOXES.split(raw)
    pairs = list(zip(parts[::2], parts[1::2], strict=True))
    if first.strip(_AROUND_BOXES):  # the boxes stand behind their options
        options = [first, *parts[1::2]]
        pairs = list(zip(parts[::2], options, strict=False))
    chosen = (option.strip(_AROUND_BOXES) for boxes, option in pairs if _TICKED & set(boxes))
    return [option for option in chosen if option]


_MOST_OPTIONS = 200
_AROUND_BOXES = " \t\n\u3000、,，;；:：_"
_LOOSE = (CellKind.NUMBER, CellKind.INTEGER, CellKind.DATE, CellKind.CHOICE)


def _money(raw: Any, header: str) -> Value:
    try:
        number = parse_cell(raw, CellKind.NUMBER)
    except CellError:
        text = simplify(cell_text(raw)) if isinstance(raw, str) else ""
        remarked = _REMARK.sub("", text)
        found = parse_money(text, header) or parse_money(remarked, header)
        if found is None:
            raise
        exact = found.exact and found.low == found.high and remarked == text
        kept = "" if exact else raw.strip()
        return Value(found.high, kept, _money_hint(found))
    factor = header_factor(header)
    return Value(number if factor == 1.0 else round(number * factor, 8))


def _money_hint(found: Money) -> str:
    if found.foreign:
        return "是外币，不换算，原文保留"
    return ""


def _names_a_day(raw: str) -> bool:
    """Whether a field of months names the day by which all is done (2027年6月30日前)."""
    try:
        parse_date(_REMARK.sub("", simplify(raw)), 2000)
    except DateError:
        return False
    return True


def _duration(raw: Any, header: str) -> Value:
    if not isinstance(raw, str):
        months = parse_cell(raw, CellKind.INTEGER)
        return Value(months * 12 if "年" in header and "月" not in header else months)
    months = parse_duration(raw, header) or parse_duration(simplify(raw), header)
    if months is None:
        if _names_a_day(raw) or _TOLD_BY_DAYS.match(raw):
            return Value(None, raw.strip(), "是完成日期，不是月数，原文保留")
        raise CellError(Fault.NOT_INTEGER)
    return Value(months, raw.strip() if "-" in raw or "至" in raw else "")


def _date(raw: Any, year: int | None) -> Value:
    try:
        return Value(parse_cell(raw, CellKind.DATE))
    except CellError as error:
        text = cell_text(raw)
        if _OPEN_ENDED.fullmatch(text.strip()):
            return Value(None, text.strip())
        try:
            found = parse_date(_REMARK.sub("", simplify(text)), year)
        except DateError as reason:
            if reason.fault is DateFault.NOT_A_DATE:
                raise error from reason
            raise CellError(Fault(reason.fault.value)) from reason
        return Value(found, "" if re.search(r"\d{4}.*\d日?$", text.strip()) else text.strip())


def _integer(name: str, raw: Any, cell_type: CellType) -> Value:
    if name == "year":
        if hasattr(raw, "year"):
            return Value(raw.year)
        if isinstance(raw, int | float) and raw > _LAST_YEAR:  # 20210305 without its dashes
            raw = cell_text(raw)
        raw = _TIME.sub("", raw) if isinstance(raw, str) else raw
        if isinstance(raw, str) and raw.strip().isdigit() and len(raw.strip()) > 4:
            return Value(_year_of_day(raw.strip()))
    try:
        return Value(parse_cell(raw, CellKind.INTEGER))
    except CellError:
        if not isinstance(raw, str):
            raise
        text = unicodedata.normalize("NFKC", raw).replace(" ", "").upper()
        if name == "year":
            span = _YEAR_SPAN.fullmatch(text)
            if span:
                return Value(int(span[2]), raw.strip())
            found = _YEAR.fullmatch(text)
        else:
            pattern = _LEVEL if cell_type.maximum == 9 else _COUNT
            found = pattern.fullmatch(text) or pattern.fullmatch(han_numbers(text))
        if found is None:
            raise
        return Value(int(found[1]))


def _year_of_day(digits: str) -> int:
    """The year of a day or month written in digits only (20210305, 202103)."""
    found = _YEAR.fullmatch(digits)
    if found is None:
        raise CellError(Fault.NOT_INTEGER)
    return int(found[1])


def _choice(name: str, raw: Any, cell_type: CellType) -> Any:
    text = parse_cell(raw, CellKind.CHOICE)
    if not isinstance(text, str) or text in cell_type.choices:
        return text
    plain = simplify(unicodedata.normalize("NFKC", text)).replace(" ", "")
    if plain in cell_type.choices:
        return plain
    for value, pattern in _CHOICES.get(name, ()):
        if re.fullmatch(pattern, plain):
            return value
    return text
