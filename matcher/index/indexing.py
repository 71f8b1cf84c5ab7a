"""From records to entries: passages, their tokens and their vectors."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from matcher.encoding import Encoder
from matcher.index.owners import owner_facts
from matcher.index.passages import Passage, challenge_passages, content_hash, team_passages
from matcher.index.store import Entry
from matcher.records import Challenge, Team
from matcher.text.tokenise import Tokenizer

Progress = Callable[[int, int], None]
# Records encoded together: enough passages for length-bucketed batches, few enough to be resumed
# cheaply and to keep memory flat.
BLOCK = 256
_REMEMBERED = 4096
_PROVENANCE: Any = {"source": True, "evidence": {"__all__": {"source"}}}


def passages_of(record: Challenge | Team) -> tuple[Passage, ...]:
    """The searchable passages of a record."""
    return team_passages(record) if isinstance(record, Team) else challenge_passages(record)


def record_hash(record: Challenge | Team) -> str:
    """Changes when the record or what is searched of it changes.

    Where it came from does not count: one edited row changes the file's sha256, not its neighbours.
    """
    digest = hashlib.sha256(record.model_dump_json(exclude=_PROVENANCE).encode())
    digest.update(content_hash(passages_of(record)).encode())
    return digest.hexdigest()


def entries(
    records: Sequence[Challenge | Team],
    tokenizer: Tokenizer,
    encoder: Encoder | None,
    progress: Progress | None = None,
) -> Iterator[Entry]:
    """Entries of records, in their order, made block by block.

    Args:
        records: what is to be searched.
        tokenizer: makes the lexical side.
        encoder: makes the dense side; None leaves it out.
        progress: called with (records done, records in all).
    """
    # Co-authors carry the same paper; what was tokenised for one serves the other.
    tokens_of = lru_cache(_REMEMBERED)(lambda text: tuple(tokenizer.tokens(text)))
    for low in range(0, len(records), BLOCK):
        yield from _block(records[low : low + BLOCK], tokens_of, encoder)
        if progress:
            progress(min(low + BLOCK, len(records)), len(records))


def _block(
    records: Sequence[Challenge | Team],
    tokens_of: Callable[[str], tuple[str, ...]],
    encoder: Encoder | None,
) -> Iterator[Entry]:
    passages = [passages_of(record) for record in records]
    flat = [p.text for owned in passages for p in owned]
    # Rounded to what the store keeps, so that files and workspace rank alike to the last digit.
    vectors = encoder.encode_passages(flat).astype(np.float16) if encoder else None
    start = 0
    for record, owned in zip(records, passages, strict=True):
        stop = start + len(owned)
        yield Entry(
            record_id=record.record_id,
            content=record.model_dump_json(exclude_defaults=True),
            hash=record_hash(record),
            facts=owner_facts(record),
            passages=owned,
            tokens=tuple(tokens_of(p.text) for p in owned),
            vectors=None if vectors is None else vectors[start:stop].astype(np.float32),
        )
        start = stop
