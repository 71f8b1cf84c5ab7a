"""Rows built block by block, in this process or, for large tables, in several at once."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from itertools import islice
from typing import Any, Generic, TypeVar
from zlib import crc32

from matcher.corpora.headers.columns import Learned
from matcher.corpora.options import ReadOptions
from matcher.corpora.reading import Reject, Row
from matcher.corpora.rows.building import RecordBuilder
from matcher.corpora.spool import BLOCK
from matcher.processes import alone, processors, shared
from matcher.records import Challenge, Outcome, Record, Source, Team

T = TypeVar("T", bound=Record)
# Below this the start of the other processes costs more than they save.
WORTH_SHARING = 20_000


@dataclass(frozen=True, slots=True)
class Settings(Generic[T]):
    """All that decides how the rows of a table become records."""

    record_type: type[T]
    origin: Source
    options: ReadOptions
    columns: tuple[str, ...]
    nested: bool = False
    verbatim: bool = False
    loose: bool = False

    def builder(self) -> RecordBuilder[T]:
        """A builder that knows the columns."""
        made = RecordBuilder(
            self.record_type, self.origin, self.options, nested=self.nested,
            verbatim=self.verbatim, loose=self.loose,
        )  # fmt: skip
        if not self.nested:
            made.columns.assign(self.columns)
        return made


@dataclass(slots=True)
class Block(Generic[T]):
    """What some rows gave.

    Attributes:
        records: of the rows that have one; pickled if another process made them.
        keys: for each row what may occur only once in a file (nothing of evidence); None where
            there is no record.
        rejects: for each row.
        digests: for each row what tells it from others that claim the same key.
        learned: what `RecordBuilder.learn` takes; None if the builder is our own.
    """

    records: list[T] | bytes = field(default_factory=list)
    keys: list[tuple[str, ...] | None] = field(default_factory=list)
    rejects: list[list[Reject]] = field(default_factory=list)
    digests: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    learned: tuple[Learned, tuple[Learned, ...], dict[str, str]] | None = None


def blocks_of(
    rows: Iterable[Row], builder: RecordBuilder[T], settings: Settings[T], count: int
) -> Iterator[tuple[list[Row], Block[T]]]:
    """The rows block by block with what they gave.

    Args:
        rows: read one by one.
        builder: learns what is met of columns.
        settings: those of ``builder``.
        count: about how many rows there are; many are shared among processes. (Objects of JSON
            are not: what their first ones name decides how the later ones are read.)
    """
    blocks = _batched(rows)
    if count < WORTH_SHARING or settings.nested or processors() < 2 or not alone():
        for block in blocks:
            yield block, _build(builder, block)
        return
    for block, made in shared(partial(_build_apart, pickle.dumps(settings)), blocks):
        if made.learned is not None:
            builder.learn(made.learned)
        yield block, made


def _batched(rows: Iterable[Row]) -> Iterator[list[Row]]:
    left = iter(rows)
    while block := list(islice(left, BLOCK)):
        yield block


def _build(builder: RecordBuilder[T], rows: Sequence[Row]) -> Block[T]:
    made = Block[T]()
    records: list[T] = []
    for row in rows:
        record = builder.build(row)
        made.keys.append(None if record is None else _key(record))
        made.rejects.append(builder.rejects)
        made.digests.append(_digest(row))
        builder.rejects = []
        if record is not None:
            records.append(record)
    made.records, made.notes, builder.notes = records, builder.notes, []
    return made


def _build_apart(settings: bytes, rows: Sequence[Row]) -> Block[Any]:
    """The same in another process; its records stay pickled on their way to the spool."""
    builder = _builder(settings)
    made = _build(builder, rows)
    records = pickle.dumps(made.records, pickle.HIGHEST_PROTOCOL)
    return replace(made, records=records, learned=builder.learned)


@lru_cache(maxsize=1)
def _builder(settings: bytes) -> RecordBuilder[Any]:
    # Pickled by `blocks_of` in the process that started this one.
    made: RecordBuilder[Any] = pickle.loads(settings).builder()
    return made


def _digest(row: Row) -> int:
    said = [f"{name}\0{text}" for name, value in row.values.items() if (text := str(value).strip())]
    return crc32("\0".join(said).encode(errors="replace"))


def _key(record: Record) -> tuple[str, ...]:
    """What may occur only once in a file; evidence has no such thing."""
    if isinstance(record, Outcome):
        return (record.challenge_id, record.team_id, record.stage)
    if isinstance(record, Challenge | Team):
        return (record.record_id,)
    return ()
