"""Why a value was refused, in the words of the person who filled in the table."""

from __future__ import annotations

from typing import NamedTuple

from matcher.corpora.cells import CellKind, CellType, Fault

# Error types of pydantic (https://docs.pydantic.dev/latest/errors/validation_errors/).
_FAULTS = {
    "missing": Fault.MISSING,
    "too_short": Fault.MISSING,
    "too_long": Fault.TOO_LONG,
    "string_unicode": Fault.DAMAGED,
    "literal_error": Fault.NOT_ALLOWED,
    "greater_than_equal": Fault.OUT_OF_RANGE,
    "less_than_equal": Fault.OUT_OF_RANGE,
    "finite_number": Fault.NOT_FINITE,
}
_REMEDIES = {
    CellKind.TEXT: "改为一段文字",
    CellKind.LIST: "各项之间用“；”隔开",
    CellKind.INTEGER: "改成这样的写法；没有则留空",
    CellKind.NUMBER: "改成这样的写法；没有则留空",
    CellKind.DATE: "改成这样的写法；没有则留空",
    CellKind.CHOICE: "改为其中之一",
    CellKind.OBJECTS: "按 JSON 数组填写；没有则留空",
}
# Some faults have a remedy of their own, whatever the field.
_REMEDIES_OF_FAULTS = {
    Fault.MISSING: "补填此项",
    Fault.TOO_LONG: "缩短，或把多出的部分移到另一列",
    Fault.DAMAGED: "对照原件改正",
    Fault.OUT_OF_RANGE: "对照原件改正；没有则留空",
    Fault.NO_YEAR: "写上年份（命令行也可以用 --year 说明）；没有则留空",
    Fault.NO_SUCH_DAY: "对照原件改正；没有则留空",
}
# What the fields whose values are read from many wordings hold.
_MONEY = (
    "金额，不小于 0，如 500万元、1.2亿元、300-500万、面议；只写数字的按表头的单位，没有单位的按万元"
)
_FIELDS = {
    "duration_months": "期限，如 24个月、两年、2021.3-2023.2；只写数字的按月",
    "year": "年份，1900 至 2100，如 2021、2021年、2019-2021",
    "trl": "成熟度，1 至 9 级，如 8、8级、TRL8",
    "target_trl": "成熟度，1 至 9 级，如 8、8级、TRL8",
    **dict.fromkeys(
        ("signed", "received", "started", "reformed"), "写到日、月或年，如 2021-03-15、2021年3月"
    ),
    "holder": "单位名称",
    "question": "照自己的话写要问的；事实写在别的栏",
}


class Problem(NamedTuple):
    """The three parts of a complaint that do not depend on where it is."""

    reason: str
    expected: str
    remedy: str


def cell_problem(fault: Fault, cell_type: CellType, field: str = "") -> Problem:
    """A cell of the wrong form for its field."""
    remedy = _REMEDIES_OF_FAULTS.get(fault, _REMEDIES[cell_type.kind])
    reason = fault.value
    if fault in (Fault.NOT_NUMBER, Fault.NOT_INTEGER) and _of_field(field):
        reason = "认不出" + _of_field(field).partition("，")[0]
    return Problem(reason, expectation(cell_type, field), remedy)


def validation_problem(error_type: str, cell_type: CellType, field: str = "") -> Problem:
    """The same, from the type of a pydantic error."""
    return cell_problem(_FAULTS.get(error_type, Fault.WRONG_TYPE), cell_type, field)


def expectation(cell_type: CellType, field: str = "") -> str:
    """What a cell of this type may hold, with the wordings its field is read from.

    >>> expectation(CellType(CellKind.INTEGER, minimum=0, maximum=3))
    '0 至 3 的整数'
    >>> expectation(CellType(CellKind.INTEGER, minimum=1, maximum=9), "trl")
    '成熟度，1 至 9 级，如 8、8级、TRL8'
    """
    return _of_field(field) or _of_kind(cell_type)


def _of_kind(cell_type: CellType) -> str:
    kind = cell_type.kind
    if kind is CellKind.CHOICE:
        return "以下之一：" + "、".join(cell_type.choices)
    if kind in (CellKind.INTEGER, CellKind.NUMBER):
        return _limits(cell_type) + ("整数" if kind is CellKind.INTEGER else "数字")
    if kind is CellKind.DATE:
        return "日期，如 2026-03-31、2026年3月31日、2026年3月底前"
    if kind is CellKind.LIST:
        of = "、".join(cell_type.choices)
        return f"以下一项或几项，几项之间用“；”隔开：{of}" if of else "文字，多项之间用“；”隔开"
    if kind is CellKind.OBJECTS:
        return 'JSON 数组，如 [{"name": "总氧", "operator": "≤", "value": 15, "unit": "ppm"}]'
    return f"不超过 {cell_type.max_length} 字的文字" if cell_type.max_length else "文字"


def _of_field(field: str) -> str:
    if field.endswith("_percent"):
        return "百分数，如 85、85%、八成半"
    return _MONEY if field.endswith("_wan") else _FIELDS.get(field, "")


def _limits(cell_type: CellType) -> str:
    low, high = cell_type.minimum, cell_type.maximum
    if low is not None and high is not None:
        return f"{low:g} 至 {high:g} 的"
    return "" if low is None else f"不小于 {low:g} 的"
