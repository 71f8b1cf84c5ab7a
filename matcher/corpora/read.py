"""The verbs of reading: a file in, a `Reading` out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

from matcher.corpora.formats.archive import ZIP, unpacked
from matcher.corpora.formats.csv_file import CSV
from matcher.corpora.formats.format import Objects, SourceFile
from matcher.corpora.formats.registry import inspect_file, read_file
from matcher.corpora.headers.kinds import OWNED, TeamEvidence
from matcher.corpora.layout.sections import Section, sections_of
from matcher.corpora.layout.selecting import Share, share_of
from matcher.corpora.options import ReadOptions
from matcher.corpora.reading import Reading, Reject, Row
from matcher.corpora.rows.attaching import attach, companion
from matcher.corpora.rows.collecting import Collected, collect
from matcher.corpora.spool import Spool
from matcher.errors import InputError
from matcher.progress import Progress
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
    if source.format == ZIP.name:
        return _read_archive(source, Team, options)
    return _read_one(source, Team, options, progress, evidence)


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
    source = inspect_file(path)
    if source.format == ZIP.name:
        return _read_archive(source, record_type, options)
    return _read_one(source, record_type, options, progress)


def iter_jsonl(path: str | Path) -> Iterator[Row]:
    """The lines of a JSONL file one after another, never more than one in memory.

    A line that is not a JSON object comes as a row with ``damage``; blank lines are passed over.

    Raises:
        InputError: the file is missing, empty or not JSONL.
    """
    source = inspect_file(path)
    content = read_file(source) if source.format == "jsonl" else None
    if not isinstance(content, Objects):
        raise InputError("不是 JSONL", given=str(source.path), expected="每行一个 JSON 对象")
    return content.rows


def read_sections(
    source: SourceFile, sections: Sequence[Section], kinds: Sequence[type[Record]],
    options: ReadOptions, progress: Progress | None = None,
    evidence: str | Path | None = None,
) -> dict[type[Record], Reading[Any]]:  # fmt: skip
    """What a file holds of some types of record, each of its sections read once.

    Args:
        source: the file.
        sections: all its parts.
        kinds: the types of record wanted.
        options: what is known about the file.
        progress: as in `read_records`.
        evidence: a file with the evidence of the teams.

    Raises:
        InputError: as `read_records`.
    """
    shares = _shared_out(source, sections, kinds)
    read = {section for share in shares.values() for section in share.all}
    take = _Taker(source, options, progress, noting=len(shares) > 1)
    found = {
        kind: take.teams(share, evidence) if kind is Team else take.whole(share, kind)
        for kind, share in shares.items()
    }
    return {
        kind: taken.beside(_rest(sections, shares[kind]), read).reading()
        for kind, taken in found.items()
    }


class _Taker(NamedTuple):
    """Takes the records out of the sections of one file."""

    source: SourceFile
    options: ReadOptions
    progress: Progress | None
    noting: bool

    def records(self, share: Share, kind: type[T]) -> Collected[T]:
        return collect(
            self.source, share.sections, kind, self.options, self.progress, noting=self.noting
        )

    def whole(self, share: Share, kind: type[T]) -> Collected[T]:
        """Records with the rows they own in other sections."""
        found = self.records(share, kind)
        for section, owned in share.rows:
            found = attach(found, self.records(Share((section,)), owned.row), owned)
        return found

    def teams(self, share: Share, evidence: str | Path | None) -> Collected[Team]:
        """Teams with the evidence in other sections, in a file that is named, or beside a CSV."""
        teams = self.whole(share, Team)
        notes: tuple[str, ...] = ()
        if evidence is None and self.source.format == CSV.name:
            evidence, notes = companion(self.source.path)
        if evidence is not None:
            rows = _evidence_in(evidence, self.options, self.progress)
            teams = attach(teams, rows, OWNED[Team][0])
        return replace(teams, notes=(*teams.notes, *notes))


def _shared_out(
    source: SourceFile, sections: Sequence[Section], kinds: Sequence[type[Record]]
) -> dict[type[Record], Share]:
    """The sections of each type; one that two types would have goes to the first."""
    if not sections:
        raise InputError(
            "文件里没有内容", given=str(source.path), expected="第一行是列名，以下每行一条记录",
            remedy="换一个文件",
        )  # fmt: skip
    shares: dict[type[Record], Share] = {}
    taken: set[Section] = set()
    for kind in kinds:
        share = share_of(sections, kind)
        if taken.isdisjoint(share.all):
            shares[kind] = share
            taken.update(share.all)
    return shares


def _rest(sections: Sequence[Section], share: Share) -> list[Section]:
    own = set(share.all)
    return [section for section in sections if section not in own]


def _evidence_in(
    path: str | Path, options: ReadOptions, progress: Progress | None
) -> Collected[TeamEvidence]:
    """The evidence in a file of its own."""
    source = inspect_file(path)
    sections = sections_of(read_file(source), options)
    share = _shared_out(source, sections, [TeamEvidence])[TeamEvidence]
    found = collect(source, share.sections, TeamEvidence, options, progress)
    return found.beside(_rest(sections, share))


def _read_one(
    source: SourceFile, record_type: type[T], options: ReadOptions, progress: Progress | None,
    evidence: str | Path | None = None,
) -> Reading[T]:  # fmt: skip
    sections = sections_of(read_file(source), options)
    readings = read_sections(source, sections, [record_type], options, progress, evidence)
    return cast(Reading[T], readings[record_type])


def _read_archive(source: SourceFile, record_type: type[T], options: ReadOptions) -> Reading[T]:
    """The records of all files of an archive together; a file that gives none is told."""
    total: Reading[T] | None = None
    unread: list[str] = []
    with unpacked(source) as members:
        for name, path in members:
            try:
                inner = inspect_file(path, f"{source.name}/{name}")
                reading = _read_one(inner, record_type, options, None)
            except InputError as error:
                unread.append(f"压缩包里的「{name}」没有读取：{error.what}")
                continue
            total = reading if total is None else _together(total, reading)
    if total is None:
        raise InputError(
            "压缩包里没有能读的文件", given=f"{source.name}: " + "；".join(unread)[:500],
            expected="至少一个有记录的文件", remedy="解压后逐个检查",
        )  # fmt: skip
    return replace(
        total, file=source.name, sha256=source.sha256, format=source.format,
        notes=(*total.notes, *unread),
    )  # fmt: skip


def _together(first: Reading[T], second: Reading[T]) -> Reading[T]:
    """Two readings as one; the same id from two files is told, and the first stays."""
    known = {record.record_id for record in first.records}  # type: ignore[attr-defined]
    records: Spool[T] = Spool()
    records.extend(first.records)
    records.extend(r for r in second.records if r.record_id not in known)  # type: ignore[attr-defined]
    again = len(first.records) + len(second.records) - len(records)
    rejects: Spool[Reject] = Spool()
    rejects.extend(chain(first.rejects, second.rejects))
    doubled = (
        (f"「{second.file}」有 {again} 条编号与前面的文件相同，没有重复收入",) if again else ()
    )
    return replace(
        first, records=records.kept(), rejects=rejects.kept(),
        unknown_columns=tuple(dict.fromkeys((*first.unknown_columns, *second.unknown_columns))),
        mapping={**first.mapping, **second.mapping}, guesses={**first.guesses, **second.guesses},
        notes=(*first.notes, *second.notes, *doubled), unread=(*first.unread, *second.unread),
        omitted=first.omitted + second.omitted, count=first.count + second.count,
    )  # fmt: skip
