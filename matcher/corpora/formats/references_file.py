"""Lists of achievements as programs that manage references write them: BibTeX and RIS."""

from __future__ import annotations

from matcher.corpora.formats.format import Format, References, SourceFile
from matcher.text.references import parse_references


def read_references(source: SourceFile) -> References:
    """The achievements a file lists: BibTeX, RIS, or a plain text with one a line."""
    text = source.path.read_text(encoding=source.encoding, errors="replace")
    return References(parse_references(text))


BIBTEX = Format(
    "bibtex",
    lambda sample: sample.start.startswith(b"@") and b"{" in sample.start[:40],
    read_references,
    is_text=True,
)
RIS = Format("ris", lambda sample: sample.start.startswith(b"TY  -"), read_references, is_text=True)
