"""What is known about the files of one sender, kept from one import to the next (TOML)."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from matcher.atomic import atomic_path
from matcher.corpora.headers.columns import KEEP
from matcher.corpora.headers.kinds import KINDS
from matcher.errors import InputError
from matcher.records import headers


def parse_mapping(pairs: Sequence[str]) -> dict[str, str]:
    """``列名=字段`` pairs as a mapping; a field is named as in records or by its Chinese header.

    Raises:
        InputError: not a pair, or no such field.

    >>> parse_mapping(["课题=title", "备注=extra", "甲方=需求单位"])
    {'课题': 'title', '备注': 'extra', '甲方': 'demand_org'}
    """
    mapping: dict[str, str] = {}
    for pair in pairs:
        column, sign, field = pair.rpartition("=")
        if not sign or not column.strip() or not field.strip():
            raise InputError("列的对应写法不对", given=pair, expected="列名=字段，如 课题=项目名称")
        mapping[column.strip()] = _field(field.strip())
    return mapping


def _field(name: str) -> str:
    known = {KEEP: KEEP}
    for kind in KINDS:
        for field, mark in headers(kind.record):
            known.setdefault(field, field)
            known.setdefault(mark.name, field)
    if name not in known:
        from difflib import get_close_matches

        near = get_close_matches(name, known, n=3)
        raise InputError(
            "没有这个字段", given=name,
            expected="一个字段名，如 title 或 项目名称；extra 表示原样保留",
            remedy=f"是否指 {'、'.join(near)}" if near else "用 matcher template 查看全部字段",
        )  # fmt: skip
    return known[name]


def load_profile(path: Path) -> dict[str, str]:
    """The mapping of a profile; an empty one if the file is not there yet.

    Raises:
        InputError: the file is not TOML, or names unknown fields.
    """
    if not path.exists():
        return {}
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(
            "读不了对应表", given=f"{path} ({error})", expected='[columns] 下每行 "列名" = "字段"'
        ) from error
    columns = content.get("columns", {})
    if not isinstance(columns, dict):
        raise InputError("对应表里没有 [columns] 一节", given=str(path))
    return parse_mapping([f"{column}={field}" for column, field in columns.items()])


def save_profile(path: Path, columns: Mapping[str, str]) -> None:
    """Keep a mapping for the next file of the same sender.

    Raises:
        StorageError: the disk refuses.
    """
    lines = ["# 列名与字段的对应，供 matcher import --profile 使用；可手工修改。", "[columns]"]
    lines += [
        f"{json.dumps(column, ensure_ascii=False)} = {json.dumps(field)}"
        for column, field in columns.items()
    ]
    with atomic_path(path) as temporary:
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")
