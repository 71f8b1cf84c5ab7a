"""Plain text, line by line."""

from __future__ import annotations

from matcher.corpora.formats.format import Format, Parts, SourceFile
from matcher.corpora.formats.safety import MAX_MARKUP
from matcher.corpora.grid import Prose


def read_text(source: SourceFile) -> Parts:
    """The lines that hold anything, counted from 1."""
    with source.path.open(encoding=source.encoding, errors="replace") as file:
        numbered = ((number, line.strip()) for number, line in enumerate(file, start=1))
        return [Prose(None, [(number, line) for number, line in numbered if line])]


TEXT = Format("text", lambda sample: True, read_text, MAX_MARKUP, is_text=True)
