"""Text of a PDF page that nobody sees on it: white on white, or beyond its edges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

# Lighter than this nothing stands out from paper: grey, red-green-blue, or the ink of CMYK.
_WHITE = 0.985
_SHOWN = 60


def only_visible(page: Any) -> tuple[Any, list[str]]:
    """The page with what one sees, and the words of it that one does not see."""
    hidden = {id(char) for char in page.chars if _is_hidden(char, page)}
    if not hidden:
        return page, []
    words = "".join(char["text"] for char in page.chars if id(char) in hidden).split()
    keys = {_key(char) for char in page.chars if id(char) in hidden}
    seen = page.filter(lambda thing: thing.get("object_type") != "char" or _key(thing) not in keys)
    return seen, [" ".join(words)[:_SHOWN]] if words else []


def hidden_notes(number: int, words: Sequence[str]) -> list[str]:
    """What is told of such words."""
    return [
        f"第{number}页有看不见的文字（白色，或在页面以外），没有读入：{text}；有用的先改成黑色再存"
        for text in words
    ]


def _key(char: dict[str, Any]) -> tuple[Any, ...]:
    return char["text"], char["x0"], char["top"], str(char.get("non_stroking_color"))


def _is_hidden(char: dict[str, Any], page: Any) -> bool:
    left, top, right, bottom = page.bbox
    x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    if not (left <= x <= right and top <= y <= bottom):
        return True
    if not _is_white(char.get("non_stroking_color")):
        return False
    return not any(_covers(shape, x, y) for shape in (*page.rects, *page.curves, *page.images))


def _covers(shape: dict[str, Any], x: float, y: float) -> bool:
    """Whether something dark (or a picture) lies behind a place."""
    inside: bool = shape["x0"] <= x <= shape["x1"] and shape["top"] <= y <= shape["bottom"]
    if not inside or shape.get("object_type") == "image":
        return inside
    return bool(shape.get("fill")) and not _is_white(shape.get("non_stroking_color"))


def _is_white(color: Any) -> bool:
    if isinstance(color, int | float):
        return bool(color >= _WHITE)
    if not isinstance(color, tuple | list) or not all(isinstance(c, int | float) for c in color):
        return False
    if len(color) == 4:
        return bool(max(color) <= 1 - _WHITE)
    return len(color) in (1, 3) and bool(min(color) >= _WHITE)
