"""JSON: an array of records, wherever it stands in the file, or a single record."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from matcher.corpora.formats.format import Format, Objects, SourceFile
from matcher.corpora.formats.jsonl_file import RAW_LINE, constant, is_record
from matcher.corpora.formats.safety import MAX_COLUMNS, MAX_MARKUP, too_wide
from matcher.corpora.reading import Row
from matcher.errors import InputError

_DEEPEST = 4
_JSON_ARRAY = re.compile(rb"\[\s*(?:\{|\])")


def read_json(source: SourceFile) -> Objects:
    """The objects of the one array of a file, numbered from 1; a single object is one record.

    What is no object, holds a key twice or damaged characters comes as a row with ``damage``.

    Raises:
        InputError: not JSON, no object in it, or several arrays of objects.
    """
    items = _records_in(source)
    names = list(next((item for item in items if isinstance(item, dict)), {}))
    if len(names) > MAX_COLUMNS:
        raise too_wide(str(source.path), len(names))
    return Objects((_row(number, item) for number, item in enumerate(items, start=1)), names)


def _records_in(source: SourceFile) -> list[Any]:
    """The items of the one array of objects in a file."""
    text = source.path.read_text(encoding=source.encoding, errors=source.decoding)
    try:
        value = json.loads(text, object_pairs_hook=_pairs, parse_constant=constant)
    except json.JSONDecodeError as error:
        raise _not_json(source.path, f"第 {error.lineno} 行第 {error.colno} 个字符") from error
    except (ValueError, RecursionError) as error:
        raise _not_json(source.path, "嵌套过深或数字过大") from error
    if value == []:
        raise InputError(
            "文件里没有记录", given=str(source.path), expected="至少一个对象", remedy="换一个文件"
        )
    if isinstance(value, list):
        return value
    found = list(_arrays(value, "", _DEEPEST)) if isinstance(value, dict) else []
    if len(found) > 1 and not is_record(value):
        raise InputError(
            "文件里有几个数组，不知道取哪一个",
            given=f"{source.path}: " + "、".join(name for name, _ in found[:5]),
            expected="一个由记录组成的数组", remedy="只留下要导入的数组，或分成几个文件",
        )  # fmt: skip
    if found and not is_record(value):
        return found[0][1]
    return [value]


def _arrays(value: dict[str, Any], path: str, depth: int) -> Iterator[tuple[str, list[Any]]]:
    """The arrays of objects in an object and in the objects it holds."""
    for name, inner in value.items():
        place = f"{path}.{name}" if path else name
        if isinstance(inner, list) and any(isinstance(item, dict) for item in inner):
            yield place, inner
        elif isinstance(inner, dict) and depth:
            yield from _arrays(inner, place, depth - 1)


class _Repeated(dict[str, Any]):
    """An object that holds a key twice."""


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else _Repeated(found)


def _repeats(value: Any) -> bool:
    if isinstance(value, dict):
        return isinstance(value, _Repeated) or any(map(_repeats, value.values()))
    return isinstance(value, list) and any(map(_repeats, value))


def _row(number: int, value: Any) -> Row:
    try:
        text = json.dumps(value, ensure_ascii=False)
        repeats = _repeats(value)
    except RecursionError:
        return Row(number, {}, "嵌套过深")
    try:
        text.encode()
    except UnicodeEncodeError:
        return Row(number, {RAW_LINE: text.encode(errors="replace").decode()}, "含有损坏的字符")
    if not isinstance(value, dict):
        return Row(number, {RAW_LINE: text}, "不是 JSON 对象")
    if len(value) > MAX_COLUMNS:
        return Row(number, {RAW_LINE: text[:1000]}, f"有 {len(value)} 个字段")
    if repeats:
        return Row(number, {RAW_LINE: text}, "同一个键出现了两次")
    return Row(number, value)


def _not_json(path: Path, place: str) -> InputError:
    return InputError(
        "不是合法的 JSON", given=f"{path} ({place})",
        expected="一个由对象组成的数组，或每行一个对象 (.jsonl)",
        remedy="对照出错的位置改正，或重新导出",
    )  # fmt: skip


JSON = Format(
    "json",
    lambda sample: bool(_JSON_ARRAY.match(sample.start)) or sample.start.startswith(b"{"),
    read_json,
    MAX_MARKUP,
    is_text=True,
)
