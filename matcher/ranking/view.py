"""Some documents of a library as one query sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matcher.arithmetic import products
from matcher.arrays import BoolArray, FloatArray, IntArray
from matcher.index.collection import Collection
from matcher.index.fusion import best_two, top_two_mean
from matcher.index.postings import spans
from matcher.ranking.query import Query
from matcher.ranking.scoring import PassageScores


@dataclass(frozen=True)
class View:
    """Some documents of a collection as one query sees them.

    Attributes:
        documents: (k,) places in the collection, ascending; each has a passage that is not hidden.
        hidden: (n_passages,) passages to be passed over, used in training only.
    """

    query: Query
    collection: Collection
    scores: PassageScores
    documents: IntArray
    hidden: BoolArray | None = None

    @property
    def numbers(self) -> IntArray:
        """(k,) the documents by number in the library."""
        return self.collection.places[self.documents]

    @cached_property
    def rows(self) -> IntArray:
        """Positions of all passages of the documents, side by side."""
        rows = spans(self.collection.starts, self.documents)[0]
        return rows if self.hidden is None else rows[~self.hidden[rows]]

    @cached_property
    def starts(self) -> IntArray:
        """(k + 1,) document ``i`` has ``rows[starts[i]:starts[i + 1]]``."""
        begins = np.searchsorted(self.rows, self.collection.starts[self.documents])
        return np.append(begins, len(self.rows)).astype(np.int64)

    @cached_property
    def document_of(self) -> IntArray:
        """The document of each row, by number in ``documents``."""
        return np.repeat(np.arange(len(self.documents)), np.diff(self.starts))

    @cached_property
    def ids(self) -> list[str]:
        """Ids of the documents."""
        return [self.collection.ids[document] for document in self.documents]

    @cached_property
    def pieces(self) -> tuple[IntArray, IntArray]:
        """Positions of each document's best and second-best passage, -1 where it has no second."""
        first, second = best_two(self.fused, self.starts)
        return self.rows[first], np.where(second >= 0, self.rows[second], -1)

    def texts(self, document: int) -> tuple[str, ...]:
        """All that is searched of a document: no name, rank or honour is in it."""
        span = slice(int(self.starts[document]), int(self.starts[document + 1]))
        return tuple(self.collection.passages[int(row)].text for row in self.rows[span])

    def best_texts(self, document: int) -> tuple[str, ...]:
        """What is searched of a document's two best passages, the better one first."""
        rows = [int(pieces[document]) for pieces in self.pieces if pieces[document] >= 0]
        return tuple(self.collection.passages[row].text for row in rows)

    @cached_property
    def fused(self) -> FloatArray:
        """Fused scores of the rows."""
        return self.scores.fused[self.rows]

    def best(self, scores: FloatArray) -> FloatArray:
        """Each document's best of some scores of the rows: (k,)."""
        return np.asarray(np.maximum.reduceat(scores, self.starts[:-1]), dtype=np.float32)

    def total(self, scores: FloatArray) -> FloatArray:
        """Each document's sum of some scores of the rows: (k,)."""
        return np.asarray(np.add.reduceat(scores, self.starts[:-1]), dtype=np.float32)

    def second(self, scores: FloatArray) -> FloatArray:
        """Each document's second-best, its best where there is no second: (k,)."""
        first, second = best_two(scores, self.starts)
        return np.asarray(scores[np.where(second >= 0, second, first)], dtype=np.float32)

    @cached_property
    def held(self) -> tuple[FloatArray, FloatArray]:
        """(rows, words) which words each passage holds, and the words' idf."""
        return self._held(self.query.words)

    @cached_property
    def title_held(self) -> tuple[FloatArray, FloatArray]:
        """The same for the words of title and keywords."""
        return self._held(self.query.title_words)

    def _held(self, words: Sequence[str]) -> tuple[FloatArray, FloatArray]:
        lexical, overlap = self.collection.lexical, self.scores.overlap
        if overlap is None:
            return lexical.matched_rows(words, self.rows), lexical.idfs(words)
        return overlap.held(words, self.rows), lexical.idfs(words)

    def covered(self, held: tuple[FloatArray, FloatArray]) -> FloatArray:
        """Share of the words' idf mass that a document's pieces hold together: (k,)."""
        matrix, idf = held
        union = np.maximum.reduceat(matrix, self.starts[:-1], axis=0)
        return share_of(union, idf)

    def repeated(self, held: tuple[FloatArray, FloatArray]) -> FloatArray:
        """The same, each word counted up to three times for as many pieces: (k,)."""
        matrix, idf = held
        times = np.minimum(np.add.reduceat(matrix, self.starts[:-1], axis=0), 3)
        return share_of(times, idf)

    def rarest(self, held: tuple[FloatArray, FloatArray]) -> FloatArray:
        """Idf of the rarest word held: (k,)."""
        matrix, idf = held
        if not len(idf):
            return np.zeros(len(self.documents), dtype=np.float32)
        union = np.maximum.reduceat(matrix, self.starts[:-1], axis=0)
        return np.asarray((union * idf).max(axis=1), dtype=np.float32)


def share_of(held: FloatArray, idf: FloatArray) -> FloatArray:
    """Part of the words' idf mass that each row holds: (k, words) and (words,) to (k,)."""
    mass = float(np.add.reduce(idf, dtype=np.float64))
    return np.asarray(products(held, idf) / max(mass, 1e-9), dtype=np.float32)


def reference_view(
    query: Query,
    collection: Collection,
    scores: PassageScores,
    depth: int,
    hidden: BoolArray | None = None,
    mask: BoolArray | None = None,
) -> View:
    """The ``depth`` documents with the best fused score (of those in ``mask``); ties by id."""
    fused = scores.fused
    first, second = best_two(fused, collection.starts)
    means = top_two_mean(fused, first, second)
    if mask is not None:
        means = np.where(mask, means, -np.inf)
    order = np.argsort(-means, kind="stable")[:depth]
    alive = order[np.isfinite(means[order])]
    if hidden is not None:
        # A document all of whose passages are hidden cannot be found.
        alive = np.array([o for o in alive if not hidden[collection.span(int(o))].all()], dtype=int)
    return View(query, collection, scores, np.sort(alive), hidden)
