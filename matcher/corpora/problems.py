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
    CellKind.INTEGER: "只填数字, 单位写在表头里; 没有则留空",
    CellKind.NUMBER: "只填数字, 单位写在表头里; 没有则留空",
    CellKind.DATE: "改为年月日俱全的日期; 没有则留空",
    CellKind.CHOICE: "改为其中之一",
    CellKind.OBJECTS: "按 JSON 数组填写; 没有则留空",
}


class Problem(NamedTuple):
    """The three parts of a complaint that do not depend on where it is."""

    reason: str
    expected: str
    remedy: str


def cell_problem(reason: str, cell_type: CellType) -> Problem:
    """A cell of the wrong form for its field."""
    return Problem(reason, expectation(cell_type), _REMEDIES[cell_type.kind])


def validation_problem(error_type: str, cell_type: CellType) -> Problem:
    """The same, from the type of a pydantic error."""
    reason = _REASONS.get(error_type, "类型不对")
    if reason == "缺少必填项":
        return Problem(reason, expectation(cell_type), "补填此项")
    return cell_problem(reason, cell_type)


def expectation(cell_type: CellType) -> str:
    """What a cell of this type may hold.

    >>> expectation(CellType(CellKind.INTEGER, minimum=1, maximum=9))
    '1 至 9 的整数'
    """
    kind = cell_type.kind
    if kind is CellKind.CHOICE:
        return "以下之一: " + "、".join(cell_type.choices)
    if kind in (CellKind.INTEGER, CellKind.NUMBER):
        return _limits(cell_type) + ("整数" if kind is CellKind.INTEGER else "数字")
    if kind is CellKind.DATE:
        return "日期, 如 2026-03-31、2026/3/31、2026年3月31日"
    if kind is CellKind.LIST:
        return "文字, 多项之间用“；”隔开"
    if kind is CellKind.OBJECTS:
        return 'JSON 数组, 如 [{"name": "总氧", "operator": "≤", "value": 15, "unit": "ppm"}]'
    return f"不超过 {cell_type.max_length} 字的文字" if cell_type.max_length else "文字"


def _limits(cell_type: CellType) -> str:
    low, high = cell_type.minimum, cell_type.maximum
    if low is not None and high is not None:
        return f"{low:g} 至 {high:g} 的"
    return "" if low is None else f"不小于 {low:g} 的"
