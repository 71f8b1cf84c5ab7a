"""What a page holds that is not read with it: other pages set into it, what it does not show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

SKIPPED = frozenset(
    ["script", "style", "noscript", "template", "svg", "iframe", "object", "head", "nav", "footer"]
)
_ENCLOSED = ("iframe", "frame", "object", "embed")
_FRAMES = ("iframe", "frame")
_NOT_SHOWN = ("template", "noscript", "svg")
_AROUND = {"nav": "导航", "footer": "页脚"}
# A request to turn scripts on, or the name of an icon, is shorter.
_WORDS = 40
# Rows of a table that only places a menu are fewer.
_ROWS = 3


def unread_notes(body: Any, *, frames: bool = True) -> list[str]:
    """What is said of the parts of a page that are not read.

    Args:
        body: its element.
        frames: whether frames count; those of a page saved with its frames are pages themselves.
    """
    told: dict[str, None] = {}
    for element in body.iter(*_ENCLOSED, *_NOT_SHOWN, *_AROUND):
        told |= dict.fromkeys(_told(element, frames))
    return list(told)


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
    elif not is_drawn_table(element) and _holds_words(element):
        yield f"网页不直接显示的内容（{tag}）没有读入；要紧的复制出来另存"


def _holds_words(element: Any) -> bool:
    if element.find(".//tr") is not None:
        return True
    text = "".join("".join(element.itertext()).split())
    return len(text) >= _WORDS
