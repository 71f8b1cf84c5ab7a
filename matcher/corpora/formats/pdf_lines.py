"""Lines of PDF pages as paragraphs: what the width of the page broke is put together again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from matcher.corpora.grid import Grid, Prose

_ITEM = re.compile(
    r"(?:\d{1,2}[.、．](?=\D)|\d{1,2}[.．]\d{1,2}(?![\d%])\s|[①-⑳●◆■※★]|[(（][\d一二三四五六七八九十]{1,3}[)）]|"
    r"[一二三四五六七八九十]{1,3}[、.．]|第[一二三四五六七八九十\d]{1,3}[章节条项部]|[【\[])"
)  # fmt: skip
_LABEL = re.compile(r"[\u4e00-\u9fff]{2,10}[:：]")
# So much of a page is written on where lines are full.
_USED = 0.75
_ENDS = ("。", "；", ";", "：", ":", "！", "？")


class PageLine(NamedTuple):
    """A line of a page; ``full`` if it reaches the right edge, ``indented`` if it begins later."""

    text: str
    full: bool
    indented: bool


class PageText(NamedTuple):
    """The lines of one page outside its tables; ``notes`` as of a grid."""

    page: int
    lines: Sequence[PageLine]
    notes: Sequence[str] = ()


def page_lines(found: Sequence[dict[str, Any]], width: float) -> list[PageLine]:
    """The lines of a page (text, x0, x1, top, bottom) with how they lie between its edges.

    ``width`` is that of the page: where all lines are short, none was broken.
    """
    left = min((line["x0"] for line in found), default=0.0)
    right = max([line["x1"] for line in found] + [_USED * width])
    sized = ((line, line["bottom"] - line["top"]) for line in found)
    return [
        PageLine(line["text"].strip(), line["x1"] > right - 2.2 * size, line["x0"] > left + size)
        for line, size in sized
    ]


def running_text(parts: Iterable[Grid | PageText]) -> Iterator[Grid | Prose]:
    """Pages that follow one another without a table between are one text of paragraphs.

    It is named after its pages (第1页, 第1至3页), its lines are counted from 1.
    """
    run: list[PageText] = []
    for part in parts:
        if isinstance(part, PageText):
            run.append(part)
            continue
        if run:
            yield _prose(run)
            run = []
        yield part
    if run:
        yield _prose(run)


def _prose(run: Sequence[PageText]) -> Prose:
    first, last = run[0].page, run[-1].page
    name = f"第{first}页" if first == last else f"第{first}至{last}页"
    lines = list(_paragraphs([line for page in run for line in page.lines]))
    return Prose(name, lines, [note for page in run for note in page.notes])


def _paragraphs(lines: Sequence[PageLine]) -> Iterator[tuple[int, str]]:
    number, text = 0, ""
    before: PageLine | None = None
    for place, line in enumerate(lines, start=1):
        if before is not None and _goes_on(before, line):
            between = " " if _is_latin(text[-1:]) and _is_latin(line.text[:1]) else ""
            text = f"{text}{between}{line.text}"
        else:
            if text:
                yield number, text
            number, text = place, line.text
        before = line
    if text:
        yield number, text


def _goes_on(before: PageLine, line: PageLine) -> bool:
    if not before.full or line.indented or before.text.endswith(_ENDS):
        return False
    beside = _LABEL.match(before.text) and _LABEL.match(line.text)
    return not _ITEM.match(line.text) and not beside


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalpha()
