"""Lists of alliances of any shape, read as every file is, held against those that are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from matcher.alliance_records import Alliance
from matcher.alliances.overlaps import duplicates_of
from matcher.corpora.options import ReadOptions
from matcher.corpora.read import read_records
from matcher.corpora.reading import Reading


@dataclass(frozen=True)
class Incoming:
    """What an import would do.

    Attributes:
        reading: columns, rejects and omissions, as of every file.
        added, changed, unchanged: records by what becomes of them.
        suspects: of an added one, the ids of those kept or incoming it may be.
    """

    reading: Reading[Alliance]
    added: tuple[Alliance, ...]
    changed: tuple[Alliance, ...]
    unchanged: int
    suspects: Mapping[str, tuple[str, ...]]


def look(
    path: str | Path, kept: Sequence[Alliance], options: ReadOptions | None = None
) -> Incoming:
    """Read a list and hold it against the alliances that are kept. Nothing is written.

    Raises:
        InputError: the file as a whole cannot be used.
    """
    reading = read_records(path, Alliance, options=options or ReadOptions())
    known = {one.alliance_id: one for one in kept}
    added, changed, unchanged = [], [], 0
    for record in reading.records:
        before = known.get(record.alliance_id)
        if before is None:
            added.append(record)
        elif _content(before) != _content(record):
            changed.append(_over(before, record))
        else:
            unchanged += 1
    everyone = [*kept, *added]
    suspects = {one.alliance_id: duplicates_of(one, everyone) for one in added}
    return Incoming(
        reading, tuple(added), tuple(changed), unchanged, {k: v for k, v in suspects.items() if v}
    )


def _content(record: Alliance) -> str:
    return record.model_dump_json(exclude={"source"}, exclude_defaults=True)


def _over(before: Alliance, record: Alliance) -> Alliance:
    """What the list says goes over what is kept; what it leaves out stays."""
    return before.model_copy(
        update={name: getattr(record, name) for name in record.model_fields_set}
    )
