"""Postings: which tokens occur how often in which passages, both ways round.

Only what is true of these passages alone is kept; what depends on the rest of the library (idf,
mean length) is worked out when asked for, so that a part never changes when others come or go.
"""

from __future__ import annotations

import hashlib
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.arrays import IntArray
from matcher.index.file_rows import FileRows

# Longer tokens are known by their beginning and a digest, so that terms have a fixed width.
_WIDTH = 48


@dataclass(frozen=True)
class Postings:
    """``n`` passages and the ``t`` terms in them, ``p`` (passage, term) pairs.

    Attributes:
        terms: (t,) UTF-8, ascending.
        term_starts: (t + 1,) term ``i`` has pairs ``term_starts[i]:term_starts[i + 1]`` of the
            next two.
        passages, counts: (p,) passages holding a term, ascending, and how often.
        passage_starts: (n + 1,) the same by passage.
        held, held_counts: (p,) terms of a passage, ascending, and how often.
        lengths: (n,) tokens in each passage.
    """

    terms: NDArray[np.bytes_]
    term_starts: IntArray
    passages: NDArray[np.int32]
    counts: NDArray[Any]
    passage_starts: IntArray
    held: NDArray[np.int32] | FileRows
    held_counts: NDArray[Any] | FileRows
    lengths: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.lengths)

    @cached_property
    def total_length(self) -> int:
        """Tokens in all passages."""
        return int(self.lengths.sum(dtype=np.int64))

    def columns(self, terms: NDArray[np.bytes_]) -> IntArray:
        """The places of some terms, -1 for those no passage holds: shape (len(terms),)."""
        if not len(self.terms) or not len(terms):
            return np.full(len(terms), -1, dtype=np.int64)
        # Cut to one width: numpy would copy all terms to the wider of the two.
        cut = terms.astype(self.terms.dtype)
        places = np.minimum(np.searchsorted(self.terms, cut), len(self.terms) - 1)
        return np.where((self.terms[places] == cut) & (cut == terms), places, -1)

    @classmethod
    def build(cls, passages: Iterable[Sequence[str]]) -> Postings:
        """Postings of passages given as token lists, read once; a passage may be empty."""
        vocabulary: defaultdict[str, int] = defaultdict()
        vocabulary.default_factory = vocabulary.__len__
        numbers, lengths = array("i"), array("i")
        for tokens in passages:
            numbers.extend([vocabulary[token] for token in tokens])
            lengths.append(len(tokens))
        keys = term_keys(list(vocabulary))
        terms, rank = np.unique(keys, return_inverse=True)
        sizes = np.array(lengths, dtype=np.int32)
        pairs = np.repeat(np.arange(len(sizes), dtype=np.int64) << 32, sizes)
        pairs |= rank.astype(np.int64)[np.array(numbers, dtype=np.int32)]
        pairs.sort()
        return cls._of_pairs(terms, pairs, sizes)

    @classmethod
    def _of_pairs(
        cls, terms: NDArray[np.bytes_], pairs: IntArray, lengths: NDArray[np.int32]
    ) -> Postings:
        """From ``passage << 32 | term``, ascending, one entry an occurrence."""
        from scipy.sparse import csr_array

        first = np.flatnonzero(np.diff(pairs, prepend=-1))
        counts = np.diff(first, append=len(pairs))
        counts = counts.astype(np.min_scalar_type(int(counts.max(initial=0))))
        held = (pairs[first] & 0xFFFFFFFF).astype(np.int32)
        begins = np.searchsorted(pairs[first] >> 32, np.arange(len(lengths) + 1))
        shape = (len(lengths), len(terms))
        # scipy turns rows into columns in linear time, passages staying in order.
        turned = csr_array((counts, held, begins.astype(np.int32)), shape=shape).tocsc()
        return cls(
            terms, turned.indptr.astype(np.int64), turned.indices.astype(np.int32), turned.data,
            begins.astype(np.int64), held, counts, lengths,
        )  # fmt: skip

    def of_passages(self, passages: IntArray) -> tuple[IntArray, IntArray, NDArray[Any]]:
        """All pairs of some passages: (place in ``passages``, term, count) of each pair."""
        pairs, documents = spans(self.passage_starts, passages)
        return documents, self.held[pairs].astype(np.int64), self.held_counts[pairs]

    def shared(
        self, passages: IntArray, terms: IntArray
    ) -> tuple[IntArray, IntArray, NDArray[Any]]:
        """The pairs of some passages and some terms, ascending: (place of the passage, place of
        the term, count) of each pair.
        """
        pairs, documents = spans(self.passage_starts, passages)
        held = self.held[pairs]
        places = np.searchsorted(terms, held)
        hits = np.flatnonzero(np.append(terms, -1)[places] == held)
        return documents[hits], places[hits], self.held_counts[pairs[hits]]


def spans(starts: IntArray, groups: IntArray) -> tuple[IntArray, IntArray]:
    """Members of some groups side by side, and the place in ``groups`` of each one's group.

    >>> [a.tolist() for a in spans(np.array([0, 2, 3, 6]), np.array([2, 0]))]
    [[3, 4, 5, 0, 1], [0, 0, 0, 1, 1]]
    """
    begins = np.asarray(starts[groups], dtype=np.int64)
    sizes = np.asarray(starts[groups + 1], dtype=np.int64) - begins
    shifts = begins - np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)[: len(sizes)]
    members = np.arange(int(sizes.sum()), dtype=np.int64) + np.repeat(shifts, sizes)
    return members, np.repeat(np.arange(len(groups), dtype=np.int64), sizes)


def located(
    offsets: IntArray, numbers: IntArray
) -> Iterator[tuple[int, slice | IntArray, IntArray]]:
    """Where some members numbered through several parts are, part by part.

    Args:
        offsets: (n_parts + 1,) number of each part's first member.
        numbers: in any order; quickest in ascending order.

    Yields:
        (part, which of the numbers are in it, their numbers there), the last ascending.

    >>> [(p, n.tolist()) for p, _, n in located(np.array([0, 2, 5]), np.array([4, 1, 2]))]
    [(0, [1]), (1, [0, 2])]
    """
    order = None
    if len(numbers) and (numbers[1:] < numbers[:-1]).any():
        order = np.argsort(numbers, kind="stable")
        numbers = numbers[order]
    bounds = np.searchsorted(numbers, offsets)
    for part in np.flatnonzero(bounds[1:] > bounds[:-1]):
        span = slice(int(bounds[part]), int(bounds[part + 1]))
        yield int(part), span if order is None else order[span], numbers[span] - offsets[part]


def term_keys(tokens: Sequence[str]) -> NDArray[np.bytes_]:
    """Tokens as they are kept in ``Postings.terms``."""
    keys = [token.encode() for token in tokens]
    short = [
        k if len(k) <= _WIDTH else k[: _WIDTH - 16] + hashlib.sha256(k).hexdigest()[:16].encode()
        for k in keys
    ]
    return np.array(short, dtype=np.bytes_) if short else np.zeros(0, dtype="S1")
