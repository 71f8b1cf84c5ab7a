"""Records in running text, however it is laid out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from matcher.corpora.headers.classifying import fields_found
from matcher.corpora.headers.kinds import KINDS
from matcher.corpora.layout.chapters import chapters_to_rows, describes
from matcher.corpora.layout.forms import lines_to_rows
from matcher.corpora.reading import Row


class LaidOut(NamedTuple):
    """The records of a running text, the lines that belong to none, and how it is laid out."""

    rows: list[Row]
    stray: list[tuple[int, str]]
    by_chapters: bool


def lines_to_records(
    lines: Sequence[tuple[int, str]], given: Mapping[str, str] | None = None
) -> LaidOut:
    """The records of a running text.

    A text may be read line by line (标签：内容) or by its chapters; the reading counts that finds
    more fields in records with a name.
    """
    by_line = lines_to_rows(lines, given)
    by_chapter = chapters_to_rows(lines, given)
    better = _named(by_chapter[0], given) > _named(by_line[0], given)
    return LaidOut(*(by_chapter if better else by_line), by_chapters=better)


def _named(rows: Sequence[Row], given: Mapping[str, str] | None) -> tuple[int, int]:
    """How many fields the labels give of records that describe something, and how many labels.

    Of the kind of record that fits best.
    """
    best = (0, 0)
    for kind in KINDS:
        found = [(fields_found(list(row.values), kind.record, given), row.values) for row in rows]
        told = [(fields, labels) for fields, labels in found if describes(fields)]
        fields = sum(len(fields) for fields, _ in told)
        best = max(best, (fields, sum(len(labels) for _, labels in told)))
    return best
