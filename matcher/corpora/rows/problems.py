"""Why a value was refused, in the words of the person who filled in the table."""

from __future__ import annotations

from typing import NamedTuple

from matcher.corpora.cells import CellKind, CellType

# Error types of pydantic (https://docs.pydantic.dev/latest/errors/validation_errors/).
_REASONS = {
    "missing": "缺少必填项",
    "too_short": "缺少必填项",
    "too_long": "文字过长",
    "string_unicode": "含有损坏的字符",
    "literal_error": "不是允许的取值",
    "greater_than_equal": "超出范围",
    "less_than_equal": "超出范围",
    "finite_number": "不是有限的数字",
}
_REMEDIES = {
    CellKind.TEXT: "改为一段文字",
    CellKind.LIST: "各项之间用“；”隔开",
    CellKind.INTEGER: "改成这样的写法; 没有则留空",
    CellKind.NUMBER: "改成这样的写法; 没有则留空",
    CellKind.DATE: "改成这样的写法; 没有则留空",
    CellKind.CHOICE: "改为其中之一",
    CellKind.OBJECTS: "按 JSON 数组填写; 没有则留空",
}
# Some reasons have a remedy of their own, whatever the field.
_REMEDIES_OF_REASONS = {
    "缺少必填项": "补填此项",
    "文字过长": "缩短, 或把多出的部分移到另一列",
    "含有损坏的字符": "对照原件改正",
    "超出范围": "对照原件改正; 没有则留空",
    "没有年份": "写上年份 (命令行也可以用 --year 说明); 没有则留空",
    "没有这一天": "对照原件改正; 没有则留空",
}
# What the fields whose values are read from many wordings hold.
_MONEY = (
    "金额, 不小于 0, 如 500万元、1.2亿元、300-500万、面议; 只写数字的按表头的单位, 没有单位的按万元"
)
_FIELDS = {
    "duration_months": "期限, 如 24个月、两年、2021.3-2023.2; 只写数字的按月",
    "year": "年份, 1900 至 2100, 如 2021、2021年、2019-2021",
    "trl": "成熟度, 1 至 9 级, 如 8、8级、TRL8",
    "target_trl": "成熟度, 1 至 9 级, 如 8、8级、TRL8",
}


class Problem(NamedTuple):
    """The three parts of a complaint that do not depend on where it is."""

    reason: str
    expected: str
    remedy: str


def cell_problem(reason: str, cell_type: CellType, field: str = "") -> Problem:
    """A cell of the wrong form for its field."""
    remedy = _REMEDIES_OF_REASONS.get(reason, _REMEDIES[cell_type.kind])
    if reason in ("不是数字", "不是整数") and _of_field(field):
        reason = "认不出" + _of_field(field).partition(",")[0]
    return Problem(reason, expectation(cell_type, field), remedy)


def validation_problem(error_type: str, cell_type: CellType, field: str = "") -> Problem:
    """The same, from the type of a pydantic error."""
    return cell_problem(_REASONS.get(error_type, "类型不对"), cell_type, field)


def expectation(cell_type: CellType, field: str = "") -> str:
    """What a cell of this type may hold, with the wordings its field is read from.

    >>> expectation(CellType(CellKind.INTEGER, minimum=0, maximum=3))
    '0 至 3 的整数'
    >>> expectation(CellType(CellKind.INTEGER, minimum=1, maximum=9), "trl")
    '成熟度, 1 至 9 级, 如 8、8级、TRL8'
    """
    return _of_field(field) or _of_kind(cell_type)


def _of_kind(cell_type: CellType) -> str:
    kind = cell_type.kind
    if kind is CellKind.CHOICE:
        return "以下之一: " + "、".join(cell_type.choices)
    if kind in (CellKind.INTEGER, CellKind.NUMBER):
        return _limits(cell_type) + ("整数" if kind is CellKind.INTEGER else "数字")
    if kind is CellKind.DATE:
        return "日期, 如 2026-03-31、2026年3月31日、2026年3月底前"
    if kind is CellKind.LIST:
        return "文字, 多项之间用“；”隔开"
    if kind is CellKind.OBJECTS:
        return 'JSON 数组, 如 [{"name": "总氧", "operator": "≤", "value": 15, "unit": "ppm"}]'
    return f"不超过 {cell_type.max_length} 字的文字" if cell_type.max_length else "文字"


def _of_field(field: str) -> str:
    return _MONEY if field.endswith("_wan") else _FIELDS.get(field, "")


def _limits(cell_type: CellType) -> str:
    low, high = cell_type.minimum, cell_type.maximum
    if low is not None and high is not None:
        return f"{low:g} 至 {high:g} 的"
    return "" if low is None else f"不小于 {low:g} 的"
