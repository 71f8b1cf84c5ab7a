"""Lexical retrieval: BM25 over tokens, by bm25s (exact, all documents scored)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]

# Robertson & Zaragoza (2009), "The Probabilistic Relevance Framework: BM25 and Beyond": the usual
# k1 and b; Lucene's idf, which is never negative.
K1 = 1.2
B = 0.75


@dataclass(frozen=True)
class LexicalIndex:
    """BM25 over ``n`` documents given as token lists."""

    _bm25: Any
    size: int

    @classmethod
    def build(cls, documents: Sequence[Sequence[str]]) -> LexicalIndex:
        """Index token lists; a document may be empty, and so may the whole list."""
        import bm25s

        bm25 = bm25s.BM25(k1=K1, b=B, method="lucene")
        # bm25s cannot index a corpus without a single token; one that nothing matches stands in.
        filled = [list(d) for d in documents] if any(documents) else [["\0"]]
        bm25.index(filled, show_progress=False)
        return cls(bm25, len(documents))

    def weights(self, tokens: Iterable[str]) -> dict[str, float]:
        """Each distinct token with its idf as its weight in a query.

        A long problem names its subject often and its complaints too; counting every mention lets
        common words decide. Once each and by idf is better on every judged set
        (docs/evaluation.md). Salton & Buckley (1988), "Term-weighting approaches in automatic text
        retrieval", section 4: binary counts and idf for queries.
        """
        return {token: self.idf(token) for token in dict.fromkeys(tokens)}

    def scores(self, weights: Mapping[str, float]) -> FloatArray:
        """Weighted BM25 of every document for one query: shape (n,), 0 where nothing matches.

        Args:
            weights: of the query's tokens: `weights`, or how often each occurs for plain BM25.
        """
        found = np.zeros(self.size, dtype=np.float32)
        data, rows, starts = (self._bm25.scores[k] for k in ("data", "indices", "indptr"))
        for token, weight in weights.items():
            column = self._vocabulary.get(token)
            if column is not None:
                held = slice(int(starts[column]), int(starts[column + 1]))
                found[rows[held]] += np.float32(weight) * data[held]
        return found

    def term_scores(self, weights: Mapping[str, float], document: int) -> dict[str, float]:
        """What each query token adds to one document's score; the sum is the score."""
        parts: dict[str, float] = {}
        data, rows, starts = (self._bm25.scores[k] for k in ("data", "indices", "indptr"))
        for token, weight in weights.items():
            column = self._vocabulary.get(token)
            if column is None:
                continue
            low, high = int(starts[column]), int(starts[column + 1])
            place = low + int(np.searchsorted(rows[low:high], document))
            if place < high and rows[place] == document:
                parts[token] = weight * float(data[place])
        return parts

    def matched(self, tokens: Sequence[str], documents: slice) -> NDArray[np.bool_]:
        """Which tokens occur in which documents of a span: shape (len(span), len(tokens))."""
        found = np.zeros((documents.stop - documents.start, len(tokens)), dtype=bool)
        rows, starts = self._bm25.scores["indices"], self._bm25.scores["indptr"]
        for place, token in enumerate(tokens):
            column = self._vocabulary.get(token)
            if column is None:
                continue
            held = rows[int(starts[column]) : int(starts[column + 1])]
            low, high = np.searchsorted(held, (documents.start, documents.stop))
            found[held[low:high] - documents.start, place] = True
        return found

    def matched_rows(self, tokens: Sequence[str], documents: NDArray[np.int64]) -> FloatArray:
        """Which tokens occur in which of some documents: (len(documents), len(tokens)) of 0, 1.

        Args:
            tokens: distinct tokens.
            documents: document numbers, ascending.
        """
        found = np.zeros((len(documents), len(tokens)), dtype=np.float32)
        rows, starts = self._bm25.scores["indices"], self._bm25.scores["indptr"]
        for place, token in enumerate(tokens):
            column = self._vocabulary.get(token)
            if column is None:
                continue
            held = rows[int(starts[column]) : int(starts[column + 1])]
            found[np.isin(documents, held, assume_unique=True), place] = 1.0
        return found

    def document_frequency(self, token: str) -> int:
        """In how many documents a token occurs."""
        column = self._vocabulary.get(token)
        starts = self._bm25.scores["indptr"]
        return 0 if column is None else int(starts[column + 1] - starts[column])

    def idf(self, token: str) -> float:
        """Lucene's idf, ``ln(1 + (n - df + .5) / (df + .5))``; highest for an unseen token."""
        df = self.document_frequency(token)
        return float(np.log1p((self.size - df + 0.5) / (df + 0.5)))

    def save(self, folder: Path) -> None:
        """Write the index to a folder (memory-mapped by `load`)."""
        self._bm25.save(str(folder), show_progress=False)

    @classmethod
    def load(cls, folder: Path, size: int) -> LexicalIndex:
        """Read an index written by `save`; its arrays stay on disk until used."""
        import bm25s

        return cls(bm25s.BM25.load(str(folder), mmap=True, load_corpus=False), size)

    @cached_property
    def _vocabulary(self) -> dict[str, int]:
        # bm25s adds an empty token of its own, which has no column.
        return {token: column for token, column in self._bm25.vocab_dict.items() if token}
