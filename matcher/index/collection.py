"""A collection: documents of a library in order of id with their passages; all of them or a few."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from matcher.arrays import FloatArray, IntArray, WideArray
from matcher.index.documents import DocumentFacts
from matcher.index.lexical import LexicalIndex
from matcher.index.library import Library, Phrases, Texts
from matcher.index.passages import Passage, phrases_of
from matcher.index.postings import located, spans
from matcher.index.records import Seen
from matcher.index.segment import IndexedDocument, Segment, segments
from matcher.index.statistics import DenseStatistics, lengths_about
from matcher.index.store import Entry, PassageRow, Side, Store, Within
from matcher.index.vectors import widened

ItemT = TypeVar("ItemT")
Draft = Callable[[Sequence[str]], FloatArray]
"""Texts to vectors (n, dim) near those the encoder makes."""
# Enough to know how near passages in general are to something.
_SAMPLE = 2000
# Passages that stay in memory, of a thousand bytes or so.
_TEXTS = 10_000


@dataclass(frozen=True)
class Collection:
    """Documents of a library and their passages, numbered from 0 in order of id.

    What is a matter of the whole library (idf, means, the newest year) stays so in a part of it.

    Attributes:
        source: the library they are in.
        places: (n_documents,) the documents by number in the library, in order of id.
        read: (k,) passages, ascending, and their (k, dim) vectors that take the place of drafts.
        standard: what these are compared by: statistics of exact vectors, not of drafts.
    """

    source: Library
    places: IntArray
    read: tuple[IntArray, FloatArray] | None = None
    standard: DenseStatistics | None = None

    @cached_property
    def rows(self) -> IntArray:
        """(n_passages,) the passages by number in the library."""
        return spans(self.source.starts, self.places)[0]

    @cached_property
    def starts(self) -> IntArray:
        """(n_documents + 1,) document ``i`` has passages ``starts[i]:starts[i + 1]``."""
        sizes = self.source.starts[self.places + 1] - self.source.starts[self.places]
        return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Document ids, ascending."""
        return self.source.document_ids(self.places)

    @cached_property
    def position(self) -> dict[str, int]:
        """Document id to its place."""
        return {document_id: place for place, document_id in enumerate(self.ids)}

    @cached_property
    def documents(self) -> tuple[DocumentFacts, ...]:
        """Facts of the documents."""
        return self.source.facts(self.places)

    @cached_property
    def passages(self) -> Sequence[Passage]:
        """The passages, fetched when looked at."""
        return Seen(len(self.rows), lambda row: self.source.text(int(self.rows[row])))

    @cached_property
    def kinds(self) -> NDArray[np.str_]:
        """(n_passages,) kind of each passage."""
        return np.asarray(self._gathered(_Coded, np.zeros(0, dtype=object)), dtype=np.str_)

    @cached_property
    def years(self) -> NDArray[np.int16]:
        """(n_passages,) 0 where unknown."""
        return np.asarray(self._gathered(lambda s: s.years, np.zeros(0, dtype=np.int16)))

    @property
    def newest_year(self) -> int:
        """Of the whole library; 0 where no year is known."""
        return self.source.newest_year

    @cached_property
    def lexical(self) -> LexicalIndex:
        """BM25 of these passages, with the statistics of the whole library."""
        return self.source.lexical.select(self.rows)

    @property
    def vectors(self) -> FloatArray | None:
        """(n_passages, dim) exact vectors, None for lexical search only; kept for a library."""
        if not self.source.has_vectors:
            return None
        if len(self.places) < len(self.source.alive):
            return self.vectors_of(np.arange(len(self.rows)))
        return self._all_vectors

    @cached_property
    def _all_vectors(self) -> FloatArray:
        return self.vectors_of(np.arange(len(self.rows)))

    @cached_property
    def sample(self) -> tuple[IntArray, WideArray]:
        """Every so many of the passages, about ``_SAMPLE`` in all, with their exact vectors."""
        passages = np.arange(0, len(self.rows), max(1, len(self.rows) // _SAMPLE))
        return passages, self.vectors_of(passages).astype(np.float64)

    def vectors_of(self, passages: IntArray) -> FloatArray:
        """Exact vectors of some passages: shape (len(passages), dim)."""
        empty = np.zeros((0, self.source.segments[0].coded.exact.shape[1]), dtype=np.float16)
        found = widened(self.source.gather(self.rows[passages], lambda s: s.coded.exact, empty))
        if self.read is not None:
            places, vectors = self.read
            inside = np.flatnonzero(np.isin(passages, places))
            found[inside] = vectors[np.searchsorted(places, passages[inside])]
        return found

    def phrase_vectors(self, passages: IntArray) -> dict[str, NDArray[np.float16]]:
        """The kept vectors of phrases of some passages, by what these say."""
        found: dict[str, NDArray[np.float16]] = {}
        if self.source.phrases is None or not len(passages):
            return found
        kept = self.source.phrases(self.rows[passages])
        for passage, vectors in zip(passages.tolist(), kept, strict=True):
            said = phrases_of(self.passages[passage])
            if said and vectors is not None and len(vectors) and len(vectors) % len(said) == 0:
                found.update(zip(said, vectors.reshape(len(said), -1), strict=True))
        return found

    def text_vectors(self, passages: IntArray) -> dict[str, NDArray[np.float16]]:
        """The same with those of the passages themselves, but for drafts."""
        found = self.phrase_vectors(passages)
        exact = (
            passages[~np.isin(passages, self.drafts)] if self.source.has_vectors else passages[:0]
        )
        if len(exact):
            empty = np.zeros((0, self.source.segments[0].coded.exact.shape[1]), dtype=np.float16)
            vectors = self.source.gather(self.rows[exact], lambda s: s.coded.exact, empty)
            texts = [self.passages[passage].text for passage in exact.tolist()]
            found.update(zip(texts, vectors, strict=True))
        return found

    def lengths_of(self, passages: IntArray) -> FloatArray:
        """Lengths of the vectors of some passages, once the centre is taken off."""
        if self.standard is None:
            return self.source.lengths_of(self.rows[passages])
        return lengths_about(self.vectors_of(passages), self.standard.centre)

    @property
    def statistics(self) -> DenseStatistics:
        """What cosines are standardised by."""
        return self.standard or self.source.statistics

    @cached_property
    def drafts(self) -> IntArray:
        """The passages whose vectors are drafts."""
        return np.flatnonzero(self._gathered(lambda s: s.drafted, np.zeros(0, dtype=bool)))

    def span(self, document: int) -> slice:
        """The passages of one document."""
        return slice(int(self.starts[document]), int(self.starts[document + 1]))

    def part(self, places: IntArray) -> Collection:
        """Some documents, given by number in the library, in any order."""
        ids = self.source.document_ids(places)
        order = sorted(range(len(ids)), key=ids.__getitem__)
        return Collection(self.source, np.asarray(places, dtype=np.int64)[order])

    def _gathered(self, of: Callable[[Segment], Any], empty: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(self.source.gather(self.rows, of, empty))

    @classmethod
    def whole(cls, library: Library) -> Collection:
        """All documents of a library that count."""
        places = np.flatnonzero(library.alive)
        ids = [segment.documents.ids for segment in library.segments]
        if any(one[-1] > other[0] for one, other in itertools.pairwise(ids)):
            places = places[np.argsort(np.concatenate(ids)[places], kind="stable")]
        return cls(library, places)

    @classmethod
    def from_entries(cls, entries: Sequence[Entry], centre: FloatArray | None = None) -> Collection:
        """A collection in memory; entries without passages are left out."""
        kept = sorted((e for e in entries if e.passages), key=lambda e: e.record_id)
        passages = [p for e in kept for p in e.passages]
        made = tuple(segments(IndexedDocument.of(entry) for entry in kept))
        return cls.whole(library_of(made, passages.__getitem__, centre))

    @classmethod
    def from_store(cls, store: Store, side: Side) -> Collection:
        """A collection over stored passages; their texts stay on disk."""
        made = tuple(segments(stored_documents(store, side)))
        return cls.whole(library_of(made, stored_text(store, made)))


def library_of(made: tuple[Segment, ...], text: Texts, centre: FloatArray | None = None) -> Library:
    """A library nothing was removed from."""
    return Library(made, tuple(np.zeros(0, dtype=np.int64) for _ in made), text, centre)


def stored_documents(
    store: Store,
    side: Side,
    after: int = 0,
    draft: Draft | None = None,
    within: Within | None = None,
) -> Iterator[IndexedDocument]:
    """What segments take of stored documents, in order of id, read as it is used.

    Args:
        store: the workspace file.
        side: which records.
        after: only documents with passages at higher positions than this.
        draft: stands in for vectors that are not made yet.
        within: only documents from the first to the last of these ids.
    """
    facts = iter(store.documents(side, after, within))
    held: list[PassageRow] = []
    for row in store.passage_rows(side, after, within):
        if held and held[-1][1] != row[1]:
            yield _stored_document(next(facts), held, draft)
            held = []
        held.append(row)
    if held:
        yield _stored_document(next(facts), held, draft)


def stored_text(store: Store, made: Sequence[Segment]) -> Texts:
    """Passages of segments fetched from the store one by one, when they are shown; the last ones
    are kept: those of the best teams are read for query after query.
    """
    offsets = np.cumsum([0, *map(len, made)])

    @lru_cache(_TEXTS)
    def text(row: int) -> Passage:
        number = int(np.searchsorted(offsets, row, side="right") - 1)
        return store.passage(int(made[number].positions[row - offsets[number]]))

    return text


def stored_phrases(store: Store, made: Sequence[Segment]) -> Phrases:
    """Kept vectors of phrases of segments' passages, fetched when they are compared."""
    offsets = np.cumsum([0, *map(len, made)])

    def phrases(rows: IntArray) -> list[NDArray[np.float16] | None]:
        positions = np.zeros(len(rows), dtype=np.int64)
        for number, inside, local in located(offsets, rows):
            positions[inside] = made[number].positions[local]
        found = store.phrases(positions.tolist())
        return [
            np.frombuffer(found[position], np.float16) if position in found else None
            for position in positions.tolist()
        ]

    return phrases


def _stored_document(
    facts: DocumentFacts, rows: Sequence[PassageRow], draft: Draft | None
) -> IndexedDocument:
    positions, _, kinds, years, tokens, blobs, texts = zip(*rows, strict=True)
    vectors = None
    if draft is not None and None in blobs:
        # All of a record's vectors are made at once, so all of them are missing.
        vectors = draft(texts).astype(np.float16)
        return IndexedDocument(
            facts, kinds, years, [t.split() for t in tokens], vectors, positions, drafted=True
        )
    if all(blob is not None for blob in blobs):
        vectors = np.frombuffer(b"".join(blobs), dtype=np.float16).reshape(len(rows), -1)
    return IndexedDocument(facts, kinds, years, [t.split() for t in tokens], vectors, positions)


class _Coded:
    """Kinds of a segment's passages as words, looked up by row."""

    def __init__(self, segment: Segment) -> None:
        self._words = np.array(segment.kinds.values, dtype=object)
        self._codes = segment.kinds.codes

    def __getitem__(self, rows: IntArray) -> NDArray[Any]:
        return np.asarray(self._words[self._codes[rows]])
