"""What a page holds that is not read with it: other pages set into it, what it does not show."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

SKIPPED = frozenset(
    ["script", "style", "noscript", "template", "svg", "iframe", "object", "head", "nav", "footer"]
)
_ENCLOSED = ("iframe", "frame", "object", "embed")
_FRAMES = ("iframe", "frame")
_NOT_SHOWN = ("template", "noscript", "svg")
_STRUCK = ("del", "s", "strike")
_AROUND = {"nav": "导航", "footer": "页脚"}
# A request to turn scripts on, or the name of an icon, is shorter.
_WORDS = 40
# Rows of a table that only places a menu are fewer.
_ROWS = 3
_HAN = r"(?:[\u4e00-\u9fff]|\\u[4-9][\da-fA-F]{3})"
_CELL = re.compile(rf"<t[dh]\b[^<>]{{0,300}}>[^<>]{{0,80}}?{_HAN}", re.IGNORECASE)
# The value of a key, and the first words of a list behind another.
_VALUE = re.compile(rf":[ \t]?([\"'])(?:(?!\1).){{0,80}}?{_HAN}")
_LIST = re.compile(rf"\]\s?,\s?\[\s?[\"'][^\"']{{0,80}}?{_HAN}")
_KEY = re.compile(r"(\w{1,40})[\"']?[ \t]?$")
_SEVERAL = 2
_BEFORE = 50


def unread_notes(body: Any, *, frames: bool = True) -> list[str]:
    """What is said of the parts of a page that are not read.

    Args:
        body: its element.
        frames: whether frames count; those of a page saved with its frames are pages themselves.
    """
    told: dict[str, None] = {}
    for element in body.iter(*_ENCLOSED, *_NOT_SHOWN, *_AROUND, *_STRUCK):
        told |= dict.fromkeys(_told(element, frames))
    if any(map(_holds_rows, (one.text or "" for one in body.getroottree().iter("script")))):
        told["网页的表由脚本 (script) 画出，数据没有读入；在浏览器里全选表格，复制到 Excel"] = None
    return list(told)


def commented_notes(page: str) -> list[str]:
    """What is said of rows of a table that are commented out, which the parser passes over."""
    at = 0
    while (start := page.find("<!--", at)) >= 0:
        end = page.find("-->", start)
        if _several(_CELL, page[start : end if end >= 0 else len(page)]):
            return ["网页里注释掉的表格 (<!-- -->) 没有读入；要紧的去掉注释的记号再导入"]
        if end < 0:
            break
        at = end
    return []


def _several(pattern: re.Pattern[str], text: str) -> bool:
    return sum(1 for _ in islice(pattern.finditer(text), _SEVERAL)) == _SEVERAL


def _holds_rows(script: str) -> bool:
    """Whether a script has rows in it: cells, or Chinese words under two names again and again."""
    script = script.replace('\\"', '"')  # JSON in a string
    if _several(_CELL, script) or _several(_LIST, script):
        return True
    keys = Counter(
        key[1]
        for value in _VALUE.finditer(script)
        if (key := _KEY.search(script, max(0, value.start() - _BEFORE), value.start()))
    )
    return sum(count >= _SEVERAL for count in keys.values()) >= _SEVERAL


def is_drawn_table(element: Any) -> bool:
    """Whether an element is a drawing with a table in it, which is read."""
    return element.tag == "svg" and element.find(".//table") is not None


def _told(element: Any, frames: bool) -> Iterator[str]:
    tag = element.tag
    if tag in _ENCLOSED:
        names_one = any(element.get(name) for name in ("src", "srcdoc", "data"))
        if (names_one or _holds_words(element)) and (frames or tag not in _FRAMES):
            yield f"网页里嵌着的另一页或文件（{tag}）没有读入；单独打开它，另存后再导入"
    elif tag in _AROUND:
        if sum(1 for _ in element.iter("tr")) >= _ROWS:
            yield f"网页的{_AROUND[tag]}（{tag}）里有表格，没有读入；要紧的复制出来另存"
    elif tag in _STRUCK:
        if element.find(".//tr") is not None:
            yield f"网页里划了删除线的表格（{tag}）没有读入；仍然有效的先去掉删除线"
    elif not is_drawn_table(element) and _holds_words(element):
        yield f"网页不直接显示的内容（{tag}）没有读入；要紧的复制出来另存"


def _holds_words(element: Any) -> bool:
    if element.find(".//tr") is not None:
        return True
    text = "".join("".join(element.itertext()).split())
    return len(text) >= _WORDS
