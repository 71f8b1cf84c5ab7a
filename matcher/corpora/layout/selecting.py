"""Which parts of a file are read for one type of record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from matcher.corpora.headers.columns import ColumnMap
from matcher.corpora.headers.kinds import TeamEvidence, kind_of
from matcher.corpora.headers.labels import normalise_header
from matcher.corpora.layout.mended import is_mended
from matcher.corpora.layout.sections import Section
from matcher.records import Record, Team

EVIDENCE_SHEETS = ("成果", "evidence")


class Share(NamedTuple):
    """What one type of record has of a file: its sections, and for teams those of evidence."""

    sections: tuple[Section, ...]
    evidence: tuple[Section, ...] = ()


def share_of(sections: Sequence[Section], record_type: type[Record]) -> Share:
    """The sections that hold this type of record; if none does, the one that fits best."""
    evidence = [s for s in sections if _is_evidence(s)] if len(sections) > 1 else []
    others = [s for s in sections if s not in evidence] or list(sections)
    if record_type is TeamEvidence and evidence:
        others = evidence
    chosen = [s for s in others if s.kind is record_type]
    if not chosen:
        fitting = (s for s in others if _fits(s, record_type))
        chosen = [next(fitting, next((s for s in others if s.columns), others[0]))]
    # The other rows of mended ones are in already.
    if record_type is not Team or any(is_mended(s.columns) for s in evidence):
        evidence = []
    return Share(tuple(chosen), tuple(evidence))


def _is_evidence(section: Section) -> bool:
    return section.kind is TeamEvidence or normalise_header(section.sheet or "") in EVIDENCE_SHEETS


def _fits(section: Section, record_type: type[Record]) -> bool:
    columns = ColumnMap(record_type)
    columns.assign(section.columns)
    return columns.lacks(kind_of(record_type).needed) is None
