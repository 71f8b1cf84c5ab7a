"""Lexical retrieval: BM25 over tokens, exact, all passages scored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from matcher.arrays import FloatArray, IntArray, WideArray
from matcher.index.postings import Postings, located, term_keys
from matcher.index.terms import TermStatistics

_NOWHERE = np.zeros(0, dtype=np.int32)
_NOTHING = np.zeros(0, dtype=np.float32)
_NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Asked:
    """Weighted token lists to be scored together.

    Attributes:
        tokens: the k distinct tokens of all lists, ascending as the parts' terms are.
        columns: (n_parts, k) their places in each part, -1 where it has none.
        chosen: per list, which of the k tokens it has, ascending.
        factors: per list, what each of them is multiplied by: weight times idf.
    """

    tokens: tuple[str, ...]
    columns: IntArray
    chosen: tuple[IntArray, ...]
    factors: tuple[FloatArray, ...]


@dataclass(frozen=True)
class Overlap:
    """What ``n`` passages hold of ``k`` tokens: one entry for every pair that occurs.

    Attributes:
        tokens: ascending as the terms are.
        idf: (k,) of the tokens.
        size: n.
        places, terms: (p,) passage and token of each pair, a passage's tokens ascending.
        shares: (p,) weight of each pair before idf.
    """

    tokens: tuple[str, ...]
    idf: FloatArray
    size: int
    places: IntArray
    terms: IntArray
    shares: FloatArray

    @cached_property
    def _number(self) -> dict[str, int]:
        return {token: number for number, token in enumerate(self.tokens)}

    def scores(self, weights: Mapping[str, float]) -> FloatArray:
        """Weighted BM25 of the passages: (n,), as `LexicalIndex.scores` for these tokens."""
        factors = np.zeros(len(self.tokens))
        chosen = [self._number[token] for token in weights]
        factors[chosen] = np.array(list(weights.values()), dtype=np.float32) * self.idf[chosen]
        sums = np.bincount(self.places, self.shares * factors[self.terms], self.size)
        return sums.astype(np.float32)

    def held(self, tokens: Sequence[str], passages: IntArray | None = None) -> FloatArray:
        """Which of some distinct tokens occur in which passages: (n, len(tokens)) of 0 and 1.

        Args:
            tokens: among those of the overlap.
            passages: their places here; None for all.
        """
        column = np.full(len(self.tokens), -1)
        column[[self._number[token] for token in tokens]] = np.arange(len(tokens))
        columns = column[self.terms]
        asked = np.flatnonzero(columns >= 0)
        found = np.zeros((self.size, len(tokens)), dtype=np.float32)
        found[self.places[asked], columns[asked]] = 1.0
        return found if passages is None else found[passages]


@dataclass(frozen=True)
class LexicalIndex:
    """BM25 over passages in one or several parts, or over some of them.

    Attributes:
        parts: passages are numbered through all parts.
        gone: per part, passages that no longer count, ascending.
        rows: the passages this index speaks of, by number in the parts, in their order here;
            None for all. Statistics (idf, mean length) are of all passages in either case.
        shared: those of the index this one was selected from.
    """

    parts: tuple[Postings, ...]
    gone: tuple[IntArray, ...]
    rows: IntArray | None = None
    shared: TermStatistics | None = field(default=None, repr=False, compare=False)

    @classmethod
    def build(cls, passages: Sequence[Sequence[str]]) -> LexicalIndex:
        """Index token lists; a passage may be empty, and so may the whole list."""
        return cls((Postings.build(passages),), (np.zeros(0, dtype=np.int64),))

    def select(self, rows: IntArray) -> LexicalIndex:
        """The same statistics over some passages, given by number in the parts."""
        return LexicalIndex(self.parts, self.gone, rows, self.statistics)

    @cached_property
    def statistics(self) -> TermStatistics:
        """What is true of all passages: worked out once for the library, not once a query."""
        return self.shared or TermStatistics(self.parts, self.gone)

    @property
    def size(self) -> int:
        """How many passages this index speaks of."""
        return int(self._offsets[-1]) if self.rows is None else len(self.rows)

    @cached_property
    def _offsets(self) -> IntArray:
        return np.cumsum([0, *map(len, self.parts)], dtype=np.int64)

    def weights(self, tokens: Iterable[str]) -> dict[str, float]:
        """Each distinct token with its idf as its weight in a query.

        A long problem names its subject often and its complaints too; counting every mention lets
        common words decide. Once each and by idf is better on every judged set
        (docs/evaluation.md). Salton & Buckley (1988), "Term-weighting approaches in automatic text
        retrieval", section 4: binary counts and idf for queries.
        """
        distinct = list(dict.fromkeys(tokens))
        return dict(zip(distinct, self.idfs(distinct).tolist(), strict=True))

    def asked(self, lists: Sequence[Mapping[str, float]]) -> Asked:
        """Weighted token lists looked up once for all parts."""
        tokens = list(dict.fromkeys(token for weights in lists for token in weights))
        keys = term_keys(tokens)
        # Sums follow the order of terms, the same whatever else is asked at the same time.
        order = np.argsort(keys, kind="stable")
        columns, idf = self.statistics.terms(tokens)
        columns, idf = columns[:, order], idf[order]
        place = {tokens[number]: rank for rank, number in enumerate(order)}
        chosen, factors = [], []
        for weights in lists:
            ranks = np.array([place[token] for token in weights], dtype=np.int64)
            ascending = np.argsort(ranks)
            chosen.append(ranks[ascending])
            given = np.array(list(weights.values()), dtype=np.float32)
            factors.append(given[ascending] * idf[chosen[-1]])
        ordered = tuple(tokens[number] for number in order)
        return Asked(ordered, columns, tuple(chosen), tuple(factors))

    def part_scores(self, number: int, asked: Asked, together: int = 1) -> Iterator[WideArray]:
        """Weighted BM25 of one part's passages for every list in turn.

        Args:
            number: of the part.
            asked: the lists.
            together: how many lists are looked up at a time; cheapest where they share tokens.

        Yields:
            (n,) for each list.
        """
        present = asked.columns[number] >= 0
        for first in range(0, len(asked.chosen), together):
            factors = np.zeros((together, len(asked.tokens)))
            for line, place in enumerate(range(first, first + together)):
                factors[line, asked.chosen[place]] = asked.factors[place]
            held = np.flatnonzero(present & factors.any(axis=0))
            shares = self._shares(number, asked.columns[number][held])
            # Products of float32 are exact in float64, and a passage's are added up in the order
            # of terms: the very sums of `Overlap.scores`.
            yield from (shares @ line for line in factors[:, held])

    def _shares(self, number: int, columns: IntArray) -> Any:
        """(n, len(columns)) sparse float64, weights before idf of some terms of a part."""
        from scipy.sparse import csc_array

        part = self.parts[number]
        held = [slice(part.term_starts[c], part.term_starts[c + 1]) for c in columns]
        ends = np.cumsum([0, *(span.stop - span.start for span in held)], dtype=np.int32)
        rows = np.concatenate([_NOWHERE, *(part.passages[span] for span in held)])
        shares = np.concatenate([_NOTHING, *(part.counts[span] for span in held)])
        shares /= self.statistics.norms[number][rows] + shares
        shape = (len(part), len(columns))
        return csc_array((shares.astype(np.float64), rows, ends), shape=shape)

    def scores(self, weights: Mapping[str, float]) -> FloatArray:
        """Weighted BM25 of every passage for one query: shape (n,), 0 where nothing matches.

        Args:
            weights: of the query's tokens: `weights`, or how often each occurs for plain BM25.
        """
        asked = self.asked([weights])
        found = [next(self.part_scores(n, asked)) for n in range(len(self.parts))]
        joined = np.concatenate([np.zeros(0), *found]).astype(np.float32)
        return joined if self.rows is None else joined[self.rows]

    def overlap(self, tokens: Iterable[str], passages: IntArray | None = None) -> Overlap:
        """What some passages, or all, hold of some tokens, by a look at the passages.

        Quicker than `scores` for a few passages of a library.
        """
        asked = self.asked([dict.fromkeys(tokens, 1.0)])
        chosen = np.arange(self.size) if passages is None else passages
        (factors,) = asked.factors
        return Overlap(asked.tokens, factors, len(chosen), *self._pairs(asked, chosen))

    def term_scores(self, asked: Asked, passages: IntArray) -> list[dict[str, float]]:
        """What each token of the first list adds to each passage's score; the sum is the score."""
        places, terms, shares = self._pairs(asked, passages)
        added = (shares * asked.factors[0][terms]).tolist()
        found: list[dict[str, float]] = [{} for _ in passages]
        for place, term, share in zip(places.tolist(), terms.tolist(), added, strict=True):
            found[place][asked.tokens[term]] = share
        return found

    def matched_rows(self, tokens: Sequence[str], passages: IntArray) -> FloatArray:
        """Which of some distinct tokens occur in which of some passages: see `Overlap.held`."""
        return self.overlap(tokens, passages).held(tokens)

    def _pairs(self, asked: Asked, passages: IntArray) -> tuple[IntArray, IntArray, FloatArray]:
        """(place in ``passages``, asked term, weight before idf) of all they share."""
        numbers = passages if self.rows is None else self.rows[passages]
        places, terms, weights = [_NONE], [_NONE], [_NOTHING]
        everything = np.arange(len(numbers))
        for number, inside, local in located(self._offsets, numbers):
            (present,) = np.nonzero(asked.columns[number] >= 0)
            place, rank, count = self.parts[number].shared(local, asked.columns[number][present])
            counted = count.astype(np.float32)
            places.append(everything[inside][place])
            terms.append(present[rank])
            weights.append(counted / (self.statistics.norms[number][local[place]] + counted))
        return np.concatenate(places), np.concatenate(terms), np.concatenate(weights)

    def document_frequency(self, token: str) -> int:
        """In how many passages a token occurs."""
        return int(self.statistics.frequency(self.asked([{token: 1.0}]).columns)[0])

    def idf(self, token: str) -> float:
        """Lucene's idf, ``ln(1 + (n - df + .5) / (df + .5))``; highest for an unseen token."""
        return float(self.idfs([token])[0])

    def idfs(self, tokens: Sequence[str]) -> FloatArray:
        """Idf of distinct tokens: shape (len(tokens),)."""
        return self.statistics.terms(tokens)[1]
