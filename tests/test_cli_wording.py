"""What the command line says has full-width punctuation between Chinese characters."""

from __future__ import annotations

import io
import re
import tokenize
from pathlib import Path

import pytest

import matcher

ROOT = Path(matcher.__file__).parent
# What reports, reject files and the API hold is told elsewhere and changes with its golden files.
SAID = (
    *sorted((ROOT / "cli").glob("*.py")),
    *sorted((ROOT / "encoding").glob("*.py")),
    *sorted((ROOT / "cluster").glob("*.py")),
    *(ROOT / name for name in ("errors.py", "atomic.py", "workspace.py", "pipeline.py")),
)
HALF = re.compile(r"[一-鿿”》）][,;:][ \n\"一-鿿“《（{]|[一-鿿] ?\([^(){}]*[一-鿿][^(){}]*\)")
# Headers of tables, as the files have them.
KEPT = ("金额(万元)", "页面杂项 (导航、电话表等)")


def literals(path: Path) -> list[tuple[int, str]]:
    """The strings of a file with their lines; docstrings only where they are what --help says."""
    found, opening, help_text = [], True, path.parent.name == "cli"
    for token in tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline):
        if token.type == tokenize.STRING and (help_text or not opening):
            found.append((token.start[0], token.string))
        if token.type not in (tokenize.COMMENT, tokenize.NL):
            opening = token.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
    return found


@pytest.mark.parametrize("path", SAID, ids=lambda path: path.stem)
def test_no_half_width_mark_stands_between_chinese_characters(path: Path) -> None:
    told = [
        (line, text) for line, text in literals(path)
        if HALF.search(text) and not any(kept in text for kept in KEPT)
    ]  # fmt: skip
    assert told == []
