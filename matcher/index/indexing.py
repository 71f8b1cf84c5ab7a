"""From records to entries: passages, their tokens and their vectors."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice, tee
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from matcher.encoding import Encoder
from matcher.index.documents import document_facts
from matcher.index.passages import (
    Passage,
    challenge_passages,
    content_hash,
    phrases_of,
    team_passages,
)
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
    by_phrase: bool = False,
) -> Iterator[Entry]:
    """Entries of records, in their order, made block by block.

    Args:
        records: what is to be searched.
        tokenizer: makes the lexical side.
        encoder: makes the dense side; None leaves it out.
        progress: called with (records done, records in all).
        kept: whether tokens are kept on disk for another time; see `tokenised`.
        by_phrase: make the vectors of teams' phrases too, where the encoder's are compared.
    """
    starts = range(0, len(records), BLOCK)
    # Texts are read ahead of the entries made of them; `tee` holds what is between.
    blocks, ahead = tee(_with_passages(records[low : low + BLOCK]) for low in starts)
    texts = ([text for _, owned in block for text in _texts(owned)] for block in ahead)
    made = tokenised(tokenizer, texts, len(starts), kept=kept)
    for low, block, tokens in zip(starts, blocks, made, strict=True):
        yield from _entries(block, tokens, encoder, by_phrase)
        if progress:
            progress(min(low + BLOCK, len(records)), len(records))


def _with_passages(records: Sequence[Challenge | Team]) -> list[_Document]:
    return [(record, passages_of(record)) for record in records]


def _texts(passages: Iterable[Passage]) -> list[str]:
    return [passage.text for passage in passages]


def _entries(
    block: Sequence[_Document],
    tokens: Sequence[Tokens],
    encoder: Encoder | None,
    by_phrase: bool,
) -> Iterator[Entry]:
    flat = [passage for _, owned in block for passage in owned]
    said = [p for record, owned in block if isinstance(record, Team) for p in owned]
    cut = _cut(said, encoder) if by_phrase and encoder is not None else []
    vectors = phrases = None
    if encoder is not None:
        found = _Read.of([*_texts(flat), *chain.from_iterable(cut)], encoder)
        vectors = found.rows(_texts(flat)).astype(np.float32)
        phrases = iter([found.rows(own) for own in cut]) if by_phrase else None
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
            vectors=None if vectors is None else vectors[start:stop],
            phrases=(
                tuple(islice(phrases, len(owned)))
                if phrases is not None and isinstance(record, Team)
                else None
            ),
        )
        start = stop


def phrase_vectors(passages: Sequence[Passage], encoder: Encoder) -> list[NDArray[np.float16]]:
    """(n, dim) of each passage's phrases, as the store keeps them; none where an encoder's vectors
    of phrases are not compared.
    """
    cut = _cut(passages, encoder)
    found = _Read.of([text for own in cut for text in own], encoder)
    return [found.rows(own) for own in cut]


def _cut(passages: Iterable[Passage], encoder: Encoder) -> list[tuple[str, ...]]:
    return [phrases_of(passage) if encoder.centring else () for passage in passages]


@dataclass(frozen=True)
class _Read:
    """Vectors of texts, each read once, rounded to what the store keeps: so files and workspace
    rank alike to the last digit.
    """

    vectors: NDArray[np.float16]
    places: Mapping[str, int]

    @classmethod
    def of(cls, texts: Sequence[str], encoder: Encoder) -> _Read:
        distinct = list(dict.fromkeys(texts))
        vectors = encoder.encode_passages(distinct).astype(np.float16)
        return cls(vectors, {text: place for place, text in enumerate(distinct)})

    def rows(self, texts: Sequence[str]) -> NDArray[np.float16]:
        """(n, dim) of some of the texts."""
        return self.vectors[[self.places[text] for text in texts]]
