"""What the program says has full-width punctuation between Chinese characters."""

from __future__ import annotations

import io
import re
import tokenize
from pathlib import Path

import pytest

import matcher

ROOT = Path(matcher.__file__).parent
# Headers that files may have are data there, in whatever marks others write them.
SAID = [path for path in sorted(ROOT.rglob("*.py")) if path.name != "listing.py"]
SAID += sorted((ROOT / "service" / "templates").glob("*.html"))
HALF = re.compile(r"[一-鿿”》）][,;:][ \n\"一-鿿“《（{]|[一-鿿] ?\([^(){}]*[一-鿿][^(){}]*\)")
# Units in headers of tables, as the files have them; a pattern is read by no one.
UNIT = re.compile(r"\((?:万?元|项|个|人|月)\)")
NOTE = re.compile(r"\{#.*?#\}", re.DOTALL)
PATTERN = re.compile(r"^[rR]|\(\?|\[\^|\||\\")


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0]


def literals(path: Path) -> list[tuple[int, str]]:
    """The strings of a file with their lines; docstrings only where they are what --help or the
    description of the API says; of a template the lines, without what is said to who writes it.
    """
    if path.suffix == ".html":
        shown = NOTE.sub(lambda note: "\n" * note[0].count("\n"), path.read_text(encoding="utf-8"))
        return list(enumerate(shown.splitlines(), 1))
    found, opening, help_text = [], True, path.parent.name in ("cli", "api")
    for token in tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline):
        if token.type == tokenize.STRING and (help_text or not opening):
            found.append((token.start[0], token.string))
        if token.type not in (tokenize.COMMENT, tokenize.NL):
            opening = token.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
    return found


@pytest.mark.parametrize("room", sorted({room_of(path) for path in SAID}))
def test_no_half_width_mark_stands_between_chinese_characters(room: str) -> None:
    told = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in SAID
        if room_of(path) == room
        for line, text in literals(path)
        if not PATTERN.search(text) and HALF.search(UNIT.sub("", text))
    ]
    assert told == []
