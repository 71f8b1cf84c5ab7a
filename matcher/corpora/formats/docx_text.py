"""The text of a Word paragraph as it stands on the page: equations, symbols, raised digits.

What the page does not show as valid (deleted, moved away, hidden, struck out, readings above
characters) is left out; all but the readings are told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from matcher.corpora.formats.superscripts import raised

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_SYMBOLS = {
    ("Wingdings", "FE"): "☑", ("Wingdings", "FD"): "☒", ("Wingdings", "FC"): "√",
    ("Wingdings", "A8"): "□", ("Wingdings", "6F"): "□", ("Wingdings", "71"): "□",
    ("Wingdings 2", "52"): "☑", ("Wingdings 2", "54"): "☒", ("Wingdings 2", "50"): "√",
    ("Wingdings 2", "A3"): "□", ("Wingdings 2", "2A"): "□",
    ("Symbol", "B3"): "≥", ("Symbol", "A3"): "≤", ("Symbol", "B1"): "±", ("Symbol", "B4"): "×",
    ("Symbol", "B8"): "÷", ("Symbol", "B0"): "°", ("Symbol", "6D"): "μ", ("Symbol", "57"): "Ω",
    ("Symbol", "46"): "Φ", ("Symbol", "66"): "φ", ("Symbol", "BB"): "≈", ("Symbol", "B9"): "≠",
    ("Symbol", "61"): "α", ("Symbol", "62"): "β", ("Symbol", "67"): "γ", ("Symbol", "64"): "δ",
    ("Symbol", "44"): "Δ", ("Symbol", "6C"): "λ", ("Symbol", "73"): "σ", ("Symbol", "A5"): "∞",
    ("Symbol", "D7"): "·", ("Symbol", "2D"): "-", ("Symbol", "25"): "%", ("Symbol", "2B"): "+",
    ("Symbol", "3E"): ">", ("Symbol", "3C"): "<", ("Symbol", "3D"): "=", ("Symbol", "7E"): "~",
}  # fmt: skip
# Fonts of pictures have their characters at U+F000 and on.
_PRIVATE, _HEX = 0xF000, frozenset("0123456789ABCDEF")
_PRIVATE_CHARACTERS = re.compile("[\uf000-\uf0ff]")
_FONTS = frozenset(font for font, _ in _SYMBOLS)
# What does not come out as it stands: such characters, and hyphens of the line.
_ALTERED = re.compile("[\uf000-\uf0ff\u2011\xad]")
_RUN, _TEXT = f"{_W}r", f"{_W}t"
_OFF = ("0", "false", "off", "none")
# Branches whose text is not that of the paragraph: readings, instructions; deleted, moved away.
_NOT_SHOWN = frozenset((f"{_W}rt", f"{_W}pPr", f"{_W}instrText"))
DELETED = frozenset((f"{_W}del", f"{_W}moveFrom"))
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Choice"


@dataclass(slots=True)
class Withdrawn:
    """Words that are in the file but not valid on the page."""

    hidden: list[str] = field(default_factory=list)
    struck: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    covered: list[str] = field(default_factory=list)


def paragraph_text(element: Any, withdrawn: Withdrawn) -> str:
    """The text of a paragraph; lines of text boxes in it each on a line of its own.

    Hidden, struck and deleted words go into ``withdrawn``.
    """
    if (plain := _plain(element)) is not None:
        return plain
    return "".join(_texts(element, withdrawn)).replace("\u2011", "-").replace("\xad", "")


def _plain(paragraph: Any) -> str | None:
    """The text of a paragraph of one run of one text without marks, as most cells have it."""
    if len(paragraph) != 1 or paragraph[0].tag != _RUN or len(paragraph[0]) != 1:
        return None
    text = paragraph[0][0]
    said = str(text.text or "") if text.tag == _TEXT and not len(text) else None
    return None if said is None or _ALTERED.search(said) else said


def _texts(element: Any, withdrawn: Withdrawn) -> Iterator[str]:
    for node in element:
        tag = node.tag
        if tag in DELETED:
            withdrawn.deleted.append(deleted_text(node))
        if tag in _NOT_SHOWN or tag in DELETED or (tag == _FALLBACK and _has_choice(node)):
            continue
        if tag == f"{_W}r":
            yield from _run(node, withdrawn)
        elif tag == f"{_W}p":  # of a text box
            yield f"\n{paragraph_text(node, withdrawn)}\n"
        elif tag in _SIMPLE:
            yield _SIMPLE[tag](node)
        elif tag == f"{_M}sSup":
            yield _raised_equation(node, withdrawn)
        elif tag == f"{_M}rad":
            yield from ("√", *_texts(node, withdrawn))
        elif tag == f"{_M}f":
            yield _fraction(node, withdrawn)
        else:
            yield from _texts(node, withdrawn)


def deleted_text(element: Any) -> str:
    """The words of what was deleted or moved away."""
    return "".join(element.itertext(f"{_W}delText", f"{_W}t"))


def _run(run: Any, withdrawn: Withdrawn) -> Iterator[str]:
    marks = run.find(f"{_W}rPr")
    text = "".join(_texts(run, withdrawn))
    if _PRIVATE_CHARACTERS.search(text):
        text = _pictures(text, _font(marks))
    if marks is None:
        yield text
    elif _is_on(marks, "vanish"):
        withdrawn.hidden.append(text)
    elif _is_on(marks, "strike") or _is_on(marks, "dstrike"):
        withdrawn.struck.append(text)
    elif _is_raised(marks):
        yield raised(text)
    else:
        yield text


def _font(marks: Any) -> str:
    found = None if marks is None else marks.find(f"{_W}rFonts")
    named = "" if found is None else str(found.get(f"{_W}ascii", found.get(f"{_W}hAnsi", "")))
    return named if named in _FONTS else "Symbol"


def _is_raised(marks: Any) -> bool:
    found = None if marks is None else marks.find(f"{_W}vertAlign")
    return found is not None and found.get(f"{_W}val") == "superscript"


def _is_on(marks: Any, name: str) -> bool:
    found = None if marks is None else marks.find(f"{_W}{name}")
    return found is not None and str(found.get(f"{_W}val", "1")) not in _OFF


def _raised_equation(node: Any, withdrawn: Withdrawn) -> str:
    base, power = node.find(f"{_M}e"), node.find(f"{_M}sup")
    under = "" if base is None else "".join(_texts(base, withdrawn))
    over = "" if power is None else "".join(_texts(power, withdrawn))
    up = raised(over)
    return f"{under}{up}" if up != over else f"{under}^{over}"


def _fraction(node: Any, withdrawn: Withdrawn) -> str:
    parts = (node.find(f"{_M}num"), node.find(f"{_M}den"))
    over, under = ("" if part is None else "".join(_texts(part, withdrawn)) for part in parts)
    return f"{over}/{under}"


def _has_choice(node: Any) -> bool:
    """The same text box stands twice, for new and old versions of Word: it is read once."""
    return node.getparent() is not None and node.getparent().find(_CHOICE) is not None


def _symbol(node: Any) -> str:
    """A character of a font of pictures: boxes, ticked or not, are how forms are filled in.

    A character of an ordinary font is what its number says (2265 is ≥).
    """
    code, font = str(node.get(f"{_W}char", "")).upper(), str(node.get(f"{_W}font", ""))
    if known := _SYMBOLS.get((font, code[-2:])):
        return known
    number = int(code, 16) if 0 < len(code) <= 5 and not set(code) - _HEX else 0
    private = _PRIVATE <= number < _PRIVATE + 0x100
    return "" if private or number < 0x80 or number > 0xFFFF else chr(number)


def _pictures(text: str, font: str) -> str:
    """Typed characters of a symbol font (U+F0B3 in Symbol is ≥)."""
    return "".join(
        _SYMBOLS.get((font, f"{ord(char) - _PRIVATE:02X}"), "")
        if _PRIVATE <= ord(char) < _PRIVATE + 0x100
        else char
        for char in text
    )


def _own_text(node: Any) -> str:
    return str(node.text or "")


_SIMPLE: dict[str, Callable[[Any], str]] = {
    f"{_W}t": _own_text,
    f"{_M}t": _own_text,
    f"{_W}sym": _symbol,
    f"{_W}tab": lambda _: " ",
    f"{_W}br": lambda _: "\n",
    f"{_W}cr": lambda _: "\n",
    f"{_W}noBreakHyphen": lambda _: "-",
}
