"""JSONL: one record a line, nested."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from matcher.corpora.formats.format import Format, Objects, SourceFile
from matcher.corpora.formats.safety import MAX_BYTES_LINES, MAX_COLUMNS, MAX_MARKUP, too_wide
from matcher.corpora.headers.classifying import classify
from matcher.corpora.headers.kinds import ALLIANCES, MARKS
from matcher.corpora.reading import Row

RAW_LINE = "原文"
_CHUNK = 1 << 20


def read_jsonl(source: SourceFile) -> Objects:
    """The lines of a file one after another, never more than one in memory.

    A line that is not a JSON object comes as a row with ``damage``; blank lines are passed over.

    Raises:
        InputError: the first has more fields than anybody fills in.
    """
    return Objects(_rows(source), _names(source), source.lines)


def _rows(source: SourceFile) -> Iterator[Row]:
    # Only \n ends a line: U+2028 and its like may stand inside a JSON text.
    with source.path.open(encoding=source.encoding, errors=source.decoding, newline="\n") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield _row(number, line)


def _names(source: SourceFile) -> list[str]:
    """What the first line that is a record names; those before it may be damaged."""
    with source.path.open(encoding=source.encoding, errors="replace") as lines:
        for line in filter(str.strip, lines):
            try:
                value = json.loads(line)
            except (ValueError, RecursionError):
                continue
            names = list(value) if isinstance(value, dict) else []
            if len(names) > MAX_COLUMNS:
                raise too_wide(str(source.path), len(names))
            if names:
                return names
    return []


def _row(number: int, line: str) -> Row:
    try:
        # Bytes that could not be decoded, and lone halves of surrogate pairs.
        line.encode()
        value = json.loads(line, object_pairs_hook=_no_repeats, parse_constant=constant)
        if "\\u" in line:
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return Row(number, {RAW_LINE: line.encode(errors="replace").decode()}, "含有损坏的字符")
    except _RepeatedKeyError as error:
        return Row(number, {RAW_LINE: line}, f"键「{error}」出现了两次")
    except (ValueError, RecursionError):
        return Row(number, {RAW_LINE: line}, "不是合法的 JSON")
    if not isinstance(value, dict):
        return Row(number, {RAW_LINE: line}, "不是 JSON 对象")
    if len(value) > MAX_COLUMNS:
        return Row(number, {RAW_LINE: line[:1000]}, f"有 {len(value)} 个字段")
    return Row(number, value)


class _RepeatedKeyError(ValueError):
    pass


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _RepeatedKeyError(next(key for key in keys if keys.count(key) > 1))
    return found


def constant(name: str) -> None:
    """Python and pandas write a missing number as NaN; infinity is no value of any field."""
    if name != "NaN":
        raise ValueError(name)


def write_jsonl(objects: Iterable[dict[str, Any]], path: Path) -> None:
    """One object a line, UTF-8, Chinese readable.

    Raises:
        ValueError: a value that JSON cannot hold, half a surrogate pair included.
    """
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for value in objects:
            line = json.dumps(value, ensure_ascii=False, allow_nan=False, default=_iso_date)
            file.write(f"{line}\n")


def _iso_date(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise ValueError(f"JSON 写不了的值：{value!r}")


def is_record(value: dict[str, Any]) -> bool:
    """Whether a JSON object is itself a record, and what it holds are parts of it."""
    parts = [inner for inner in value.values() if isinstance(inner, dict | list)]
    # Kinds that are never guessed are told by their ids.
    named = any(kind.required[0][0] in value for kind in (ALLIANCES, MARKS))
    return not parts or named or classify(list(value), None) is not None


def _line_by_line(path: Path) -> bool:
    """Whether each line of a file that begins with ``{`` is a record by itself.

    A single line is one, unless it only wraps an array of records as programs do.
    """
    with path.open("rb") as file:
        first = file.readline(MAX_MARKUP).removeprefix(codecs.BOM_UTF8).strip()
        while not first and (line := file.readline(MAX_MARKUP)):
            first = line.strip()
        alone = not file.read(_CHUNK).strip()
    try:
        value = json.loads(first)
    except (ValueError, RecursionError):
        # A damaged line among others, or an object laid out over several lines.
        return not first.endswith((b"{", b"[", b",", b":")) and not alone
    return not alone or not isinstance(value, dict) or is_record(value)


JSONL = Format(
    "jsonl",
    lambda sample: sample.start.startswith(b"{") and _line_by_line(sample.path),
    read_jsonl,
    MAX_BYTES_LINES,
    is_text=True,
    by_lines=True,
)
