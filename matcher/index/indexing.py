"""From records to entries: passages, their tokens and their vectors."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import tee
from typing import Any, TypeAlias

import numpy as np

from matcher.encoding import Encoder
from matcher.index.documents import document_facts
from matcher.index.passages import Passage, challenge_passages, content_hash, team_passages
from matcher.index.store import Entry
from matcher.progress import Progress
from matcher.records import Challenge, Team
from matcher.text.token_cache import Tokens
from matcher.text.tokenise import Tokenizer
from matcher.text.tokenising import tokenised

# Records encoded together: enough passages for length-bucketed batches, few enough to be resumed
# cheaply and to keep memory flat.
BLOCK = 256
_PROVENANCE: Any = {"source": True, "evidence": {"__all__": {"source"}}}
_Document: TypeAlias = tuple[Challenge | Team, tuple[Passage, ...]]


def passages_of(record: Challenge | Team) -> tuple[Passage, ...]:
    """The searchable passages of a record."""
    return team_passages(record) if isinstance(record, Team) else challenge_passages(record)


def record_hash(record: Challenge | Team) -> str:
    """Changes when the record or what is searched of it changes.

    Where it came from does not count: one edited row changes the file's sha256, not its neighbours.
    """
    return _hash(record, passages_of(record))


def searched_hash(challenge: Challenge) -> str:
    """Changes when what a challenge asks of a team changes; at which stage it is, asks nothing."""
    return record_hash(challenge.model_copy(update={"stage": None}))


def _hash(record: Challenge | Team, passages: tuple[Passage, ...]) -> str:
    digest = hashlib.sha256(record.model_dump_json(exclude=_PROVENANCE).encode())
    digest.update(content_hash(passages).encode())
    return digest.hexdigest()


def entries(
    records: Sequence[Challenge | Team],
    tokenizer: Tokenizer,
    encoder: Encoder | None,
    progress: Progress | None = None,
    *,
    kept: bool = True,
) -> Iterator[Entry]:
    """Entries of records, in their order, made block by block.

    Args:
        records: what is to be searched.
        tokenizer: makes the lexical side.
        encoder: makes the dense side; None leaves it out.
        progress: called with (records done, records in all).
        kept: whether tokens are kept on disk for another time; see `tokenised`.
    """
    starts = range(0, len(records), BLOCK)
    # Texts are read ahead of the entries made of them; `tee` holds what is between.
    blocks, ahead = tee(_with_passages(records[low : low + BLOCK]) for low in starts)
    texts = ([text for _, owned in block for text in _texts(owned)] for block in ahead)
    made = tokenised(tokenizer, texts, len(starts), kept=kept)
    for low, block, tokens in zip(starts, blocks, made, strict=True):
        yield from _entries(block, tokens, encoder)
        if progress:
            progress(min(low + BLOCK, len(records)), len(records))


def _with_passages(records: Sequence[Challenge | Team]) -> list[_Document]:
    return [(record, passages_of(record)) for record in records]


def _texts(passages: Iterable[Passage]) -> list[str]:
    return [passage.text for passage in passages]


def _entries(
    block: Sequence[_Document], tokens: Sequence[Tokens], encoder: Encoder | None
) -> Iterator[Entry]:
    flat = [text for _, owned in block for text in _texts(owned)]
    # Rounded to what the store keeps, so that files and workspace rank alike to the last digit.
    vectors = encoder.encode_passages(flat).astype(np.float16) if encoder else None
    start = 0
    for record, owned in block:
        stop = start + len(owned)
        yield Entry(
            record_id=record.record_id,
            content=record.model_dump_json(exclude_defaults=True),
            hash=_hash(record, owned),
            facts=document_facts(record),
            passages=owned,
            tokens=tuple(tokens[start:stop]),
            vectors=None if vectors is None else vectors[start:stop].astype(np.float32),
        )
        start = stop
