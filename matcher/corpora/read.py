"""The verbs of reading: a file in, a `Reading` out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar, cast

from matcher.corpora.formats.source_file import SourceFile, inspect_file
from matcher.corpora.headers.fields import TeamEvidence
from matcher.corpora.layout.sections import Section
from matcher.corpora.layout.selecting import Input, inputs_of
from matcher.corpora.options import ReadOptions
from matcher.corpora.reading import Reading
from matcher.corpora.rows.attaching import attach, companion
from matcher.corpora.rows.collecting import Progress, collect
from matcher.records import Challenge, Outcome, Record, Team

T = TypeVar("T", bound=Record)
_PLAIN = ReadOptions()


def read_challenges(
    path: str | Path, *, options: ReadOptions = _PLAIN, progress: Progress | None = None
) -> Reading[Challenge]:
    """Read a challenge list in any format. See `read_records`.

    Raises:
        InputError: the file as a whole cannot be used.
    """
    return read_records(path, Challenge, options=options, progress=progress)


def read_outcomes(
    path: str | Path, *, options: ReadOptions = _PLAIN, progress: Progress | None = None
) -> Reading[Outcome]:
    """Read outcomes in any format. See `read_records`.

    Raises:
        InputError: the file as a whole cannot be used.
    """
    return read_records(path, Outcome, options=options, progress=progress)


def read_teams(
    path: str | Path, evidence: str | Path | None = None, *, options: ReadOptions = _PLAIN,
    progress: Progress | None = None,
) -> Reading[Team]:  # fmt: skip
    """Read a library of teams together with their evidence.

    Evidence comes nested (JSONL, or a JSON array in the column 成果), as a list in a cell, from the
    sheet 成果 (or evidence) of the same workbook, from the file given as ``evidence``, or, for a
    CSV file, from ``<stem>_成果.csv`` or ``<stem>_evidence.csv`` beside it. Rows of evidence whose
    team is not in the library become rejects.

    Raises:
        InputError: the file as a whole, or its evidence as a whole, cannot be used.
    """
    source = inspect_file(path)
    if source.format == "zip":
        from matcher.corpora.formats.archive import read_archive

        return read_archive(source, lambda member: read_teams(member, options=options))
    return _teams(inputs_of(source, Team, options), evidence, options, progress)


def _teams(
    inputs: Input, evidence: str | Path | None, options: ReadOptions, progress: Progress | None
) -> Reading[Team]:
    source = inputs.source
    readings = [*inputs.more_evidence]
    warnings: tuple[str, ...] = ()
    if evidence is None and source.format == "csv":
        evidence, warnings = companion(source.path)
    if evidence is not None:
        readings.append(inputs_of(inspect_file(evidence), TeamEvidence, options))
    main = collect(inputs, Team, progress)
    for part in readings:
        main = attach(main, collect(part, TeamEvidence, progress))
    return main.reading(warnings)


def read_records(
    path: str | Path, record_type: type[T], *, options: ReadOptions = _PLAIN,
    progress: Progress | None = None,
) -> Reading[T]:  # fmt: skip
    """Read the records of one type from a file of any format this software knows.

    The header is found under titles and notes, merged cells are spread, totals and notes left out
    and listed (``omitted``). A row that cannot be used becomes one or more rejects, and the others
    go on. A second row with the same id is refused. Columns that no field knows are kept in
    ``extra``. Each record is told where it came from (``source``), unless the file says so itself.

    ``progress`` is called with (row reached, number of rows or None) every thousand rows and at
    the end.

    Raises:
        InputError: the file is missing, empty, dangerous, not of a known format, without records,
            or without a column that every record needs.
    """
    if record_type is Team:
        return cast(Reading[T], read_teams(path, options=options, progress=progress))
    source = inspect_file(path)
    if source.format == "zip":
        from matcher.corpora.formats.archive import read_archive

        return read_archive(source, lambda m: read_records(m, record_type, options=options))
    return read_source(source, record_type, options, progress=progress)


def read_source(
    source: SourceFile, record_type: type[T], options: ReadOptions, *,
    sections: Sequence[Section] | None = None, progress: Progress | None = None,
) -> Reading[T]:  # fmt: skip
    """The same for a file that has been looked at and is no archive.

    ``sections`` are its parts if they are known already.

    Raises:
        InputError: as `read_records`.
    """
    inputs = inputs_of(source, record_type, options, sections)
    if record_type is Team:
        return cast(Reading[T], _teams(inputs, None, options, progress))
    return collect(inputs, record_type, progress).reading()
