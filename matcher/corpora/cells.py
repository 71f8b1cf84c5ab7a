"""One cell ↔ one value: what each kind of field accepts, and how it is written.

The kinds come from the JSON schema of the record itself, so a new field needs no entry here.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum, StrEnum
from functools import cache
from typing import Any

from pydantic import BaseModel

from matcher.records import Evidence, Indicator, Record, headers
from matcher.text.dates import DateFault

_HARD_SEPARATORS = re.compile(r"[；;\n]")
_SOFT_SEPARATORS = re.compile(r"[、,，|]")
_BRACKET = re.compile("[（(]")
_SOFT_OR_BRACKET = re.compile(r"[、,，|（()）]")
_INTEGER = re.compile(r"[+-]?\d+(\.0*)?")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
_DATE = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
    r"(?:[T\s]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
)
# Spreadsheets count days from here (day 60 is the 29 February 1900 that never was).
_SERIAL_ORIGIN = date(1899, 12, 30)
_SERIAL_RANGE = range(20_000, 80_000)


class CellKind(Enum):
    """What a field holds, as far as a cell is concerned."""

    TEXT = "文本"
    LIST = "列表"
    INTEGER = "整数"
    NUMBER = "数字"
    DATE = "日期"
    CHOICE = "选项"
    OBJECTS = "明细"


@dataclass(frozen=True, slots=True)
class CellType:
    """The kind of a field and the limits its record sets."""

    kind: CellKind
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    max_length: int | None = None


class Fault(StrEnum):
    """Why a cell cannot be the value of its field."""

    MISSING = "缺少必填项"
    WRONG_TYPE = "类型不对"
    TOO_LONG = "文字过长"
    DAMAGED = "含有损坏的字符"
    NOT_ALLOWED = "不是允许的取值"
    OUT_OF_RANGE = "超出范围"
    NOT_FINITE = "不是有限的数字"
    NOT_INTEGER = "不是整数"
    NOT_NUMBER = "不是数字"
    TOO_MANY_DIGITS = "数字过长"
    NOT_A_DATE = DateFault.NOT_A_DATE.value
    NO_SUCH_DAY = DateFault.NO_SUCH_DAY.value
    NO_YEAR = DateFault.NO_YEAR.value
    NOT_JSON = "不是合法的 JSON"
    NOT_ARRAY = "不是 JSON 数组"
    NOT_EVIDENCE = "不是一条成果"


class CellError(ValueError):
    """A cell that cannot be the value of its field; the text is the reason, in Chinese."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.value)


@cache
def cell_types(record_type: type[Record]) -> dict[str, CellType]:
    """The type of every field that has a header.

    >>> from matcher.records import Challenge
    >>> cell_types(Challenge)["target_trl"].maximum
    9
    """
    schema = record_type.model_json_schema()["properties"]
    return {name: _cell_type(schema[name]) for name, _ in headers(record_type)}


def _cell_type(schema: dict[str, Any]) -> CellType:
    if "anyOf" in schema:
        schema = next(part for part in schema["anyOf"] if part.get("type") != "null")
    if "enum" in schema:
        return CellType(CellKind.CHOICE, choices=tuple(schema["enum"]))
    if schema["type"] in ("integer", "number"):
        kind = CellKind.INTEGER if schema["type"] == "integer" else CellKind.NUMBER
        return CellType(kind, minimum=schema.get("minimum"), maximum=schema.get("maximum"))
    if schema["type"] == "array":
        nested = "$ref" in schema["items"]
        choices = tuple(schema["items"].get("enum", ()))
        return CellType(CellKind.OBJECTS if nested else CellKind.LIST, choices=choices)
    if schema.get("format") == "date":
        return CellType(CellKind.DATE)
    return CellType(CellKind.TEXT, max_length=schema.get("maxLength"))


def is_blank(value: object) -> bool:
    """Whether a cell holds nothing."""
    return value is None or (isinstance(value, str) and not value.strip())


def parse_cell(value: Any, kind: CellKind) -> Any:
    """The value of a non-blank cell, ready for the record to validate.

    What is no cell (a list of a JSON line, say) is handed on as it is: the record judges it.

    Raises:
        CellError: the text cannot be read as this kind.
    """
    typed = _TYPED_PARSERS.get(kind)
    if typed is not None:
        return typed(value)
    if not isinstance(value, str) and isinstance(value, (list, tuple, dict)):  # asked of every cell
        return value
    return _TEXT_PARSERS[kind](cell_text(value))


def cell_text(value: object) -> str:
    """A cell as text: whole numbers without ``.0``, dates in ISO form, newlines as ``\\n``."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n") if "\r" in value else value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date) else str(value)


def split_list(text: str) -> list[Any]:
    """The items of a list in one cell.

    A JSON array is taken as it is. Otherwise semicolons and line breaks separate; only where
    there are none do 、 , ， | separate, for they also occur inside an item; within brackets they
    never do.

    >>> split_list("热轧、冷轧；板形控制"), split_list("载体（甲所，200万元），孔道")
    (['热轧、冷轧', '板形控制'], ['载体（甲所，200万元）', '孔道'])
    """
    if text.lstrip().startswith("["):
        try:
            return _json_array(text)
        except CellError:
            pass  # a text that begins with a bracket, such as a reference mark
    separators = _HARD_SEPARATORS if _HARD_SEPARATORS.search(text) else _SOFT_SEPARATORS
    whole = separators is _SOFT_SEPARATORS and _BRACKET.search(text)
    parts = (_split_outside_brackets(text) if whole else []) or separators.split(text)
    return [part.strip() for part in parts if part.strip()]


def _split_outside_brackets(text: str) -> list[str]:
    """The items between soft separators; none where the brackets are not in pairs."""
    parts, depth, begin = [], 0, 0
    for mark in _SOFT_OR_BRACKET.finditer(text):
        if mark[0] in "（(":
            depth += 1
        elif mark[0] in "）)":
            depth -= 1
            if depth < 0:
                return []
        elif not depth:
            parts.append(text[begin : mark.start()])
            begin = mark.end()
    return [] if depth else [*parts, text[begin:]]


def join_list(items: Sequence[str]) -> str:
    """The cell that `split_list` reads back as ``items``: plain if possible, else JSON."""
    plain = "；".join(items)
    return plain if split_list(plain) == list(items) else json.dumps(items, ensure_ascii=False)


def format_cell(value: Any) -> str | int | float | date:
    """A value of a record as a cell: lists as text, objects as JSON, nothing as ``""``."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        if all(isinstance(item, str) for item in value):
            return join_list(value)
        parts = [item.model_dump(mode="json", exclude_defaults=True) for item in value]
        return json.dumps(parts, ensure_ascii=False, allow_nan=False)
    if isinstance(value, bool | list | dict | BaseModel):
        return json.dumps(value, ensure_ascii=False, allow_nan=False, default=str)
    return value if isinstance(value, str | int | float | date) else str(value)


def read_out(value: Any) -> str:
    """A value of a record as a person reads it: objects in words, never as JSON.

    >>> from matcher.records import Evidence, Indicator
    >>> read_out((Indicator(name="总氧", operator="≤", value=15.0, unit="ppm"),))
    '总氧 ≤ 15 ppm'
    >>> read_out((Evidence(kind="论文", title="轴承钢", year=2021), Evidence(title="超级钢")))
    '论文：轴承钢（2021）；其他：超级钢'
    """
    if not isinstance(value, tuple) or all(isinstance(item, str) for item in value):
        return str(format_cell(value))
    return "；".join(map(_in_words, value))


def _in_words(item: Any) -> str:
    if isinstance(item, Evidence):
        return f"{item.kind}：{item.title}" + (f"（{item.year}）" if item.year else "")
    if not isinstance(item, Indicator):
        return str(format_cell(item))
    if item.value is None:
        return item.text or item.name
    change = {None: "", "increase_by": "提高", "decrease_by": "降低",
              "increase_to": "提高到", "decrease_to": "降低到"}[item.change]  # fmt: skip
    high = "" if item.high is None else f"至 {item.high:.10g}"
    sign = "" if item.operator == "区间" else item.operator
    condition = f"（{item.condition}）" if item.condition else ""
    words = (item.name, change, sign, f"{item.value:.10g}", high, item.unit)
    return " ".join(word for word in words if word) + condition


def _json_array(text: str) -> list[Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CellError(Fault.NOT_JSON) from error
    if not isinstance(value, list):
        raise CellError(Fault.NOT_ARRAY)
    return value


def _parse_objects(text: str) -> list[Any]:
    if text.lstrip().startswith("["):
        return _json_array(text)
    raise CellError(Fault.NOT_ARRAY)


def _plain(value: object) -> str:
    """A number or a date in half-width characters."""
    return unicodedata.normalize("NFKC", str(value)).strip()


def _parse_integer(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    text = _plain(value) if isinstance(value, str) else ""
    if not _INTEGER.fullmatch(text):
        raise CellError(Fault.NOT_INTEGER)
    try:
        return int(text.partition(".")[0])
    except ValueError as error:  # thousands of digits
        raise CellError(Fault.TOO_MANY_DIGITS) from error


def _parse_number(value: Any) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    text = _plain(value) if isinstance(value, str) else ""
    if not _NUMBER.fullmatch(text):
        raise CellError(Fault.NOT_NUMBER)
    return float(text)


def _parse_date(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = _plain(cell_text(value))
    if text.isdecimal() and len(text) == 5 and int(text) in _SERIAL_RANGE:
        return _SERIAL_ORIGIN + timedelta(days=int(text))
    found = _DATE.fullmatch(text)
    if found is None:
        raise CellError(Fault.NOT_A_DATE)
    try:
        return date(*(int(part) for part in found.group(1, 2, 3)))
    except ValueError as error:
        raise CellError(Fault.NO_SUCH_DAY) from error


_TYPED_PARSERS: dict[CellKind, Callable[[Any], Any]] = {
    CellKind.INTEGER: _parse_integer,
    CellKind.NUMBER: _parse_number,
    CellKind.DATE: _parse_date,
}
_TEXT_PARSERS: dict[CellKind, Callable[[str], Any]] = {
    CellKind.TEXT: str,
    CellKind.CHOICE: str.strip,
    CellKind.LIST: split_list,
    CellKind.OBJECTS: _parse_objects,
}
