"""A library: all passages of one side in segments, and what is true of them together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.arrays import BoolArray, FloatArray, IntArray
from matcher.index.documents import DocumentFacts, Filter
from matcher.index.file_rows import FileRows
from matcher.index.lexical import LexicalIndex
from matcher.index.passages import Passage
from matcher.index.postings import located, spans
from matcher.index.segment import Segment
from matcher.index.statistics import DenseStatistics, dense_statistics
from matcher.index.terms import TermStatistics
from matcher.index.vectors import Vectors

Texts = Callable[[int], Passage]
Phrases = Callable[[IntArray], list[NDArray[np.float16] | None]]
# In fewer passages a share of rare words and a cosine from their own middle mean little
# (docs/evaluation.md).
FEW = 300


@dataclass(frozen=True)
class Background:
    """What texts of the kind have in common, for libraries of too few passages to tell.

    It counts like passages of the library: of one team it says nearly everything, beside three
    hundred passages a quarter.

    Attributes:
        terms: how rare each is, and how long the texts are.
        vectors: of some of the texts; as many passages as these count.
    """

    terms: TermStatistics
    vectors: Vectors

    @property
    def weight(self) -> float:
        """Of one of the texts whose terms are known."""
        return len(self.vectors) / self.terms.number


@dataclass(frozen=True)
class Library:
    """Segments and what is true of all of them together.

    Documents and passages are numbered through all segments; those gone keep their numbers.

    Attributes:
        segments: all with vectors or none; may be empty.
        gone: per segment, (k,) documents that no longer count, ascending.
        text: a passage by its number.
        centre: (dim,) taken off all vectors before they are compared, the same for every library of
            an encoder; None where they are compared as they are.
        kept_statistics: worked out before.
        background: says beside the documents what is rare and what is near in general.
        phrases: of passages by their numbers the kept vectors of their phrases (see `phrases_of`),
            one after another; None for those not read yet, and where none are kept.
    """

    segments: tuple[Segment, ...]
    gone: tuple[IntArray, ...]
    text: Texts
    centre: FloatArray | None = None
    kept_statistics: DenseStatistics | None = field(default=None, repr=False)
    background: Background | None = None
    phrases: Phrases | None = None

    def against(self, background: Background) -> Library:
        """The same documents, compared with a background and each other."""
        return replace(self, kept_statistics=None, background=background)

    @cached_property
    def counted(self) -> int:
        """How many passages count."""
        return int(np.diff(self.starts)[self.alive].sum())

    @property
    def few(self) -> bool:
        """Whether there are too few passages to compare a document with the others."""
        return self.counted < FEW

    @cached_property
    def document_offsets(self) -> IntArray:
        """(n_segments + 1,) number of each segment's first document."""
        return np.cumsum([0, *(len(s.documents) for s in self.segments)], dtype=np.int64)

    @cached_property
    def row_offsets(self) -> IntArray:
        """(n_segments + 1,) number of each segment's first passage."""
        return np.cumsum([0, *map(len, self.segments)], dtype=np.int64)

    @cached_property
    def starts(self) -> IntArray:
        """(n_documents + 1,) document ``i`` has passages ``starts[i]:starts[i + 1]``."""
        parts = [s.starts[:-1] + low for s, low in zip(self.segments, self.row_offsets[:-1],
                                                       strict=True)]  # fmt: skip
        return np.concatenate([*parts, self.row_offsets[-1:]]).astype(np.int64)

    @cached_property
    def alive(self) -> BoolArray:
        """(n_documents,) which documents count."""
        alive = np.ones(int(self.document_offsets[-1]), dtype=bool)
        for gone, low in zip(self.gone, self.document_offsets[:-1], strict=True):
            alive[gone + low] = False
        return alive

    @cached_property
    def document_of_row(self) -> IntArray:
        """(n_passages,) the document of each passage."""
        return np.repeat(np.arange(len(self.alive), dtype=np.int32), np.diff(self.starts))

    @cached_property
    def lexical(self) -> LexicalIndex:
        """BM25 over all passages that count."""
        gone = [spans(s.starts, g)[0] for s, g in zip(self.segments, self.gone, strict=True)]
        index = LexicalIndex(tuple(s.postings for s in self.segments), tuple(gone))
        if self.background is None:
            return index
        known, weight = self.background.terms, self.background.weight
        return replace(index, shared=TermStatistics(index.parts, index.gone, known, weight))

    @property
    def has_vectors(self) -> bool:
        """Whether the passages can be compared by meaning."""
        return bool(self.segments) and self.segments[0].vectors is not None

    @property
    def has_drafts(self) -> bool:
        """Whether vectors of some passages are drafts."""
        return any(segment.drafts is not None for segment in self.segments)

    @cached_property
    def statistics(self) -> DenseStatistics:
        """Of the vectors of all passages that count."""
        if self.kept_statistics is not None:
            return self.kept_statistics
        alive = [
            self.alive[low:high][np.repeat(np.arange(high - low), np.diff(s.starts))]
            if len(gone)
            else None
            for s, gone, low, high in zip(
                self.segments, self.gone, self.document_offsets, self.document_offsets[1:],
                strict=False,
            )
        ]  # fmt: skip
        vectors = [s.vectors for s in self.segments if s.vectors is not None]
        behind = [] if self.background is None else [self.background.vectors]
        found = dense_statistics(
            [*vectors, *behind], [*alive, *(None for _ in behind)], self.centre
        )
        return replace(found, lengths=found.lengths[: len(vectors)])

    def lengths_of(self, rows: IntArray) -> FloatArray:
        """Lengths of the vectors of some passages, once the centre is taken off."""
        joined = dict(zip(map(id, self.segments), self.statistics.lengths, strict=True))
        return np.asarray(self.gather(rows, lambda s: joined[id(s)], np.zeros(0, dtype=np.float32)))

    @cached_property
    def coding_errors(self) -> tuple[float, float]:
        """The longest of what codes leave out and of what they say, the passage being of length 1
        once the centre is taken off.
        """
        off = longest = 0.0
        for segment, own in zip(self.segments, self.statistics.lengths, strict=True):
            if segment.vectors is not None and len(own):
                off = max(off, float((segment.vectors.errors / own).max()))
                longest = max(longest, float((segment.vectors.sizes / own).max()))
        return off, longest

    @cached_property
    def newest_year(self) -> int:
        """Of all evidence; 0 where no year is known."""
        return max((int(s.years.max(initial=0)) for s in self.segments), default=0)

    def gather(
        self, rows: IntArray, of: Callable[[Segment], NDArray[Any] | FileRows], empty: Any
    ) -> Any:
        """Something of some passages, taken from their segments: shape (len(rows), ...)."""
        if len(self.segments) == 1:
            return np.asarray(of(self.segments[0])[rows])
        found = np.empty((len(rows), *empty.shape[1:]), dtype=empty.dtype)
        for number, inside, local in located(self.row_offsets, rows):
            found[inside] = of(self.segments[number])[local]
        return found

    def document_ids(self, documents: IntArray) -> tuple[str, ...]:
        """Ids of some documents by number."""
        found = np.empty(len(documents), dtype=object)
        for number, inside, local in located(self.document_offsets, documents):
            found[inside] = self.segments[number].documents.ids[local]
        return tuple(document_id.decode() for document_id in found)

    def facts(self, documents: IntArray) -> tuple[DocumentFacts, ...]:
        """Facts of some documents by number."""
        found = np.empty(len(documents), dtype=object)
        for number, inside, local in located(self.document_offsets, documents):
            found[inside] = self.segments[number].documents.facts(local)
        return tuple(found)

    def fact(self, name: str, documents: IntArray) -> list[Any]:
        """One fact of some documents by number."""
        found = np.empty(len(documents), dtype=object)
        for number, inside, local in located(self.document_offsets, documents):
            for place, fact in zip(
                np.arange(len(documents))[inside],
                self.segments[number].documents.fact(name, local),
                strict=True,
            ):
                found[place] = fact
        return found.tolist()

    def number(self, document_id: str) -> int:
        """Number of a document that counts, -1 where there is none."""
        for segment, low in zip(self.segments, self.document_offsets, strict=False):
            place = segment.documents.place(document_id)
            if place >= 0 and self.alive[place + low]:
                return int(place + low)
        return -1

    def accepted(self, where: Filter) -> BoolArray:
        """(n_documents,) which documents count and pass a filter."""
        masks = [where.mask(segment.documents) for segment in self.segments]
        return np.concatenate([np.zeros(0, dtype=bool), *masks]) & self.alive
