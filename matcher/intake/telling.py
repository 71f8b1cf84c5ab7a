"""What is said of a file that was read; the same on every face."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any, NamedTuple

from matcher.contacts import hide_contacts
from matcher.corpora import Reading
from matcher.corpora.cells import cell_text, format_cell, read_out
from matcher.corpora.grid import Omission
from matcher.corpora.headers.kinds import Kind, TeamEvidence
from matcher.records import headers, private_fields

_UNTOLD = (Omission.HEADER, Omission.PROSE, Omission.ELSEWHERE, Omission.UNREAD)
_LONGEST = 60
_SHORT = 24
# Where a column is empty in so many records its example stays empty.
_LOOKED_AT = 1_000


class Column(NamedTuple):
    """A column and what it was understood as.

    Attributes:
        name: in the file.
        field: empty if the column is kept as it is.
        label: the field's, in Chinese.
        how: by which rule, and how surely.
        example: what the first record that has any says there; contacts are not shown.
        stands_in_file: not so for what a list of references was parted into.
    """

    name: str
    field: str = ""
    label: str = "(原样保留)"
    how: str = ""
    example: str = ""
    stands_in_file: bool = True


def columns_of(kind: Kind, reading: Reading[Any]) -> list[Column]:
    """The columns of a file: those understood, then those kept as they are."""
    labels = {field: mark.name for field, mark in headers(kind.record)}
    labels |= {f"evidence.{field}": f"成果·{mark.name}" for field, mark in headers(TeamEvidence)}
    hidden = private_fields(kind.record)
    found = []
    for name, field in reading.mapping.items():
        guess = reading.guesses.get(name)
        found.append(
            Column(
                name,
                field,
                labels.get(field, field.replace("evidence.", "成果·")),
                f"{guess.how} {guess.score:.0f}" if guess else "",
                "(不显示)" if field in hidden else _first_value(reading.records, field, name),
                name != f"成果.{field.removeprefix('evidence.')}",
            )
        )
    return found + [Column(name) for name in reading.unknown_columns]


def _first_value(records: Sequence[Any], field: str, column: str) -> str:
    """What a column says first; of a list of achievements people stay under their own header."""
    values = (
        getattr(record, field, None) or getattr(record, "extra", {}).get(column)
        for record in islice(records, _LOOKED_AT)
    )
    value = next((value for value in values if value not in (None, "", ())), None)
    shown = read_out(value) if isinstance(value, tuple) else cell_text(format_cell(value))
    text = " ".join(shown.split())
    return text if len(text) <= _SHORT else f"{text[: _SHORT - 1]}…"


def omissions_of(reading: Reading[Any]) -> list[str]:
    """The rows that hold no record and might have been meant as one."""
    several = len({omitted.sheet for omitted in reading.omitted}) > 1
    return [
        f"{f'「{o.sheet}」' if several and o.sheet else ''}第{o.row}行 {o.why}："
        f"{hide_contacts(o.text)[:_LONGEST]}"
        for o in reading.omitted
        if o.why not in _UNTOLD
    ]


def warnings_of(reading: Reading[Any]) -> Sequence[str]:
    """What to look at in a file; the sheets that are not read in one sentence."""
    if len(reading.unread) < 2:
        return reading.warnings
    names = "、".join(f"「{sheet}」" for sheet in reading.unread)
    return [*reading.notes, f"{len(reading.unread)} 张工作表没有读取：{names}"]
