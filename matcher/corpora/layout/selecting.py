"""Which parts of a file are read for one type of record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from matcher.corpora.headers.columns import ColumnMap
from matcher.corpora.headers.kinds import OWNED, Owned, kind_of
from matcher.corpora.headers.labels import normalise_header
from matcher.corpora.layout.mended import is_mended
from matcher.corpora.layout.sections import Section
from matcher.records import Record, Team

_EVIDENCE = OWNED[Team][0]


class Share(NamedTuple):
    """What one type of record has of a file: its sections, and those of rows it owns, by kind."""

    sections: tuple[Section, ...]
    rows: tuple[tuple[Section, Owned], ...] = ()

    @property
    def all(self) -> tuple[Section, ...]:
        """Every section of it."""
        return (*self.sections, *(section for section, _ in self.rows))


def share_of(sections: Sequence[Section], record_type: type[Record]) -> Share:
    """The sections that hold this type of record; if none does, the one that fits best."""
    kinds = OWNED.get(record_type, (_EVIDENCE,))
    found = [(s, owned) for s in sections for owned in kinds if _holds(s, owned)]
    found = found if len(sections) > 1 else []
    rows = [section for section, _ in found]
    others = [s for s in sections if s not in rows] or list(sections)
    if record_type is _EVIDENCE.row and rows:
        others = rows
    chosen = [s for s in others if s.kind is record_type]
    if not chosen:
        fitting = (s for s in others if _fits(s, record_type))
        chosen = [next(fitting, next((s for s in others if s.columns), others[0]))]
    # The other rows of mended ones are in already.
    if record_type not in OWNED or any(is_mended(s.columns) for s in rows):
        found = []
    return Share(tuple(chosen), tuple(found))


def _holds(section: Section, owned: Owned) -> bool:
    return section.kind is owned.row or normalise_header(section.sheet or "") in owned.sheets


def _fits(section: Section, record_type: type[Record]) -> bool:
    columns = ColumnMap(record_type)
    columns.assign(section.columns)
    return columns.lacks(kind_of(record_type).needed) is None
