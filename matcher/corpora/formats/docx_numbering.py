"""The numbers Word puts before paragraphs by itself: 1.1, 一、, （一）; they stand in no text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DIGITS, _TENS = "零一二三四五六七八九", "十"
_CIRCLES, _LAST_CIRCLE = ord("①"), 20
# A style that is based on itself ends nowhere.
_DEEPEST, _LEVELS = 20, 9
_ROMAN = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"),
          (1, "i"))  # fmt: skip


class Numbering:
    """The numbering of one document: asked paragraph by paragraph, in their order.

    Args:
        numbering: root of word/numbering.xml, or None.
        styles: root of word/styles.xml, or None.
    """

    def __init__(self, numbering: Any = None, styles: Any = None) -> None:
        self._levels: dict[str, dict[int, Any]] = {}
        self._styles: dict[str, Any] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._list_of: dict[str, str] = {}
        if numbering is None:
            return
        for style in () if styles is None else styles.iter(f"{_W}style"):
            self._styles[str(style.get(f"{_W}styleId"))] = style
        lists = {
            str(one.get(f"{_W}abstractNumId")): one for one in numbering.iter(f"{_W}abstractNum")
        }
        for one in numbering.iter(f"{_W}num"):
            self._add(str(one.get(f"{_W}numId")), one, lists)

    def label(self, paragraph: Any) -> str:
        """The number before a paragraph with a space behind it, or nothing (bullets are none)."""
        number, level = self._place(paragraph)
        levels = self._levels.get(number, {})
        if level not in levels:
            return ""
        counts = self._counts[self._list_of[number]]
        counts[level] = counts.get(level, _start(levels[level]) - 1) + 1
        for deeper in [one for one in counts if one > level]:
            del counts[deeper]
        text = _value(levels[level], "lvlText")
        if "%" not in text:
            return ""
        for above in range(_LEVELS):
            if f"%{above + 1}" in text and above in levels:
                count = counts.get(above, _start(levels[above]))
                form = (
                    "decimal" if _value(levels[level], "isLgl") else _value(levels[above], "numFmt")
                )
                text = text.replace(f"%{above + 1}", _FORMS.get(form, str)(count))
        return "" if _value(levels[level], "numFmt") in ("bullet", "none") else f"{text} "

    def _add(self, number: str, one: Any, lists: dict[str, Any]) -> None:
        name = _value(one, "abstractNumId")
        levels = {_level(lvl): lvl for lvl in lists[name].iter(f"{_W}lvl")} if name in lists else {}
        overrides = list(one.iter(f"{_W}lvlOverride"))
        levels |= {_level(lvl): lvl for each in overrides for lvl in each.iter(f"{_W}lvl")}
        self._levels[number] = levels
        # A list that starts anew counts for itself; else all numbers of one list count on.
        restarted = any(each.find(f"{_W}startOverride") is not None for each in overrides)
        self._list_of[number] = f"num {number}" if restarted else f"list {name}"

    def _place(self, paragraph: Any) -> tuple[str, int]:
        """Which list a paragraph is of, and at which level; its style says so if it does not."""
        marks = paragraph.find(f"{_W}pPr")
        if marks is None:
            return "", 0
        style = _value(marks, "pStyle")
        own = marks.find(f"{_W}numPr")
        for _ in range(_DEEPEST):
            if own is not None:
                number = _value(own, "numId")
                levels = self._levels.get(number, {})
                of_style = next(
                    (n for n, lvl in levels.items() if _value(lvl, "pStyle") == style), 0
                )
                level = _value(own, "ilvl")
                return number, int(level) if level.isdecimal() else of_style
            found = self._styles.get(style)
            if found is None:
                break
            own = found.find(f"{_W}pPr/{_W}numPr")
            style = style if own is not None else _value(found, "basedOn")
        return "", 0


def _value(element: Any, name: str) -> str:
    found = element.find(f"{_W}{name}")
    return "" if found is None else str(found.get(f"{_W}val", "1"))


def _level(lvl: Any) -> int:
    text = str(lvl.get(f"{_W}ilvl", "0"))
    return int(text) if text.isdecimal() else 0


def _start(lvl: Any) -> int:
    text = _value(lvl, "start")
    return int(text) if text.isdecimal() and len(text) < 6 else 1


def _han(count: int) -> str:
    tens, ones = divmod(count, 10)
    if count >= 100:
        return str(count)
    left = ("" if tens == 1 else _DIGITS[tens]) + _TENS if tens else ""
    return left + (_DIGITS[ones] if ones or not tens else "")


def _circled(count: int) -> str:
    return chr(_CIRCLES + count - 1) if 0 < count <= _LAST_CIRCLE else str(count)


def _roman(count: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        text += letters * (count // value)
        count %= value
    return text


def _letter(count: int) -> str:
    return chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1) if count > 0 else ""


_FORMS: dict[str, Callable[[int], str]] = {
    "chineseCounting": _han, "chineseCountingThousand": _han, "japaneseCounting": _han,
    "ideographDigital": _han, "taiwaneseCountingThousand": _han, "taiwaneseCounting": _han,
    "decimalEnclosedCircle": _circled, "decimalEnclosedCircleChinese": _circled,
    "decimalZero": lambda count: f"{count:02}",
    "lowerLetter": _letter, "upperLetter": lambda count: _letter(count).upper(),
    "lowerRoman": _roman, "upperRoman": lambda count: _roman(count).upper(),
}  # fmt: skip
