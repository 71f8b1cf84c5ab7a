"""What is true of all documents of a lexical index: how many hold a term, how long they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matcher.arithmetic import log1p, on_grid
from matcher.arrays import FloatArray, IntArray
from matcher.index.postings import Postings, term_keys

# Robertson & Zaragoza (2009), "The Probabilistic Relevance Framework: BM25 and Beyond": the usual
# k1 and b; Lucene's idf, which is never negative.
K1 = 1.2
B = 0.75
# Terms whose places are remembered.
_KNOWN = 50_000


@dataclass(frozen=True)
class TermStatistics:
    """Worked out at first use and shared by every selection of the documents.

    Attributes:
        parts, gone: as of `matcher.index.lexical.LexicalIndex`.
        background: says too how rare a term is and how long documents are, where these are few.
        weight: of one of its documents, 1 for one of these.
    """

    parts: tuple[Postings, ...]
    gone: tuple[IntArray, ...]
    background: TermStatistics | None = None
    weight: float = 0.0

    @classmethod
    def of(cls, documents: Iterable[Sequence[str]]) -> TermStatistics:
        """Of token lists."""
        return cls((Postings.build(documents),), (np.zeros(0, dtype=np.int64),))

    @cached_property
    def number(self) -> float:
        """How many documents count."""
        own = sum(len(part) - len(gone) for part, gone in zip(self.parts, self.gone, strict=True))
        return own if self.background is None else own + self.weight * self.background.number

    @cached_property
    def _length(self) -> float:
        """Of all documents that count together."""
        pairs = zip(self.parts, self.gone, strict=True)
        own = sum(part.total_length - int(part.lengths[gone].sum()) for part, gone in pairs)
        return own if self.background is None else own + self.weight * self.background._length

    @cached_property
    def _known(self) -> dict[str, tuple[IntArray, float] | None]:
        """Places and idf of terms looked up before: one query asks for them again and again."""
        return {}

    @cached_property
    def norms(self) -> tuple[FloatArray, ...]:
        """Per part, (n,) what BM25 adds to a count below the line: long documents weigh less."""
        mean = max(self._length / max(self.number, 1), 1e-9)
        return tuple(
            np.asarray(K1 * (1 - B + B * part.lengths / mean), dtype=np.float32)
            for part in self.parts
        )

    @cached_property
    def _gone_frequency(self) -> tuple[IntArray | None, ...]:
        """Per part, (t,) how many of its gone documents hold a term; None where all count."""
        return tuple(
            np.bincount(part.of_passages(gone)[1], minlength=len(part.terms)) if len(gone) else None
            for part, gone in zip(self.parts, self.gone, strict=True)
        )

    def terms(self, tokens: Sequence[str]) -> tuple[IntArray, FloatArray]:
        """The places of terms in the parts, -1 where one does not have it: shape (n_parts, k); and
        their idf, on the grid of sums: (k,).
        """
        found = {token: self._known.get(token) for token in tokens}
        fresh = [token for token, term in found.items() if term is None]
        if fresh:
            looked = self._columns(fresh)
            idf = self._idf(fresh, looked).tolist()
            made = dict(zip(fresh, zip(looked.T, idf, strict=True), strict=True))
            found |= made
            if len(self._known) > _KNOWN:
                self._known.clear()
            self._known.update(made)
        terms = [term for token in tokens if (term := found[token])]
        columns = np.array([places for places, _ in terms], dtype=np.int64)
        idfs = np.array([idf for _, idf in terms], dtype=np.float32)
        return columns.reshape(len(tokens), len(self.parts)).T, idfs

    def _columns(self, terms: Sequence[str]) -> IntArray:
        """Places of terms in the parts, -1 where one does not have it: (n_parts, k)."""
        keys = term_keys(terms)
        found = np.array([part.columns(keys) for part in self.parts], dtype=np.int64)
        return found.reshape(len(self.parts), len(terms))

    def _idf(self, terms: Sequence[str], columns: IntArray) -> FloatArray:
        """Idf of terms with their places in the parts: (k,)."""
        df = self.frequency(columns).astype(np.float64)
        if self.background is not None:
            df += self.weight * self.background.frequency(self.background._columns(terms))
        exact = log1p((self.number - df + 0.5) / (df + 0.5))
        return on_grid(exact).astype(np.float32)

    def frequency(self, columns: IntArray) -> IntArray:
        """In how many documents that count each term occurs: shape (k,)."""
        df = np.zeros(columns.shape[1], dtype=np.int64)
        for part, gone, found in zip(self.parts, self._gone_frequency, columns, strict=True):
            held = found >= 0
            df[held] += part.term_starts[found[held] + 1] - part.term_starts[found[held]]
            if gone is not None:
                df[held] -= gone[found[held]]
        return df
