"""Tables of results, put where they are kept: between two marks of a document."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matcher.atomic import atomic_path


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def put(document: Path, name: str, text: str) -> None:
    """Replace what is between ``<!-- name -->`` and ``<!-- /name -->``.

    Raises:
        ValueError: the document does not have both marks, in that order.
    """
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    content = document.read_text(encoding="utf-8")
    if begin not in content or end not in content.split(begin, 1)[1]:
        raise ValueError(f"{document}: {begin} … {end}?")
    before, rest = content.split(begin, 1)
    after = rest.split(end, 1)[1]
    with atomic_path(document) as temporary:
        temporary.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")
