"""What a table is about: challenges, teams, their evidence, outcomes, or none of these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matcher.corpora.headers.kinds import KINDS, Kind
from matcher.corpora.headers.labels import book_of, normalise_header
from matcher.records import Record

_SURE = 85.0


def fields_found(
    columns: Sequence[str], record_type: type[Record], given: Mapping[str, str] | None = None
) -> set[str]:
    """The fields of a record type that these headers name with some certainty."""
    book = book_of(record_type, given)
    guesses = (book.find(column) for column in columns)
    return {guess.field for guess in guesses if guess is not None and guess.score >= _SURE}


def label_hits(columns: Sequence[str], given: Mapping[str, str] | None = None) -> int:
    """How many fields of one kind of record these texts name: of the kind that fits best."""
    return max(len(fields_found(columns, kind.record, given)) for kind in KINDS)


def classify(
    columns: Sequence[str], sheet: str | None, given: Mapping[str, str] | None = None
) -> type[Record] | None:
    """The kind of record a table holds, or None if it holds none.

    >>> classify(["序号", "项目名称", "需求单位", "榜额"], None).__name__
    'Challenge'
    >>> classify(["姓名", "工资"], "工资表") is None
    True
    """
    scores = [_score(columns, sheet, kind, given) for kind in KINDS]
    best = max(scores)
    return KINDS[scores.index(best)].record if best > 0 else None


def _score(
    columns: Sequence[str], sheet: str | None, kind: Kind, given: Mapping[str, str] | None
) -> float:
    found = fields_found(columns, kind.record, given)
    if any(not found.intersection(group) for group in kind.needed):
        return 0.0
    name = normalise_header(sheet or "")
    hinted = any(word in name for word in kind.sheet_words)
    return len(found) + len(found & kind.telling) + (3.0 if hinted else 0.0)
