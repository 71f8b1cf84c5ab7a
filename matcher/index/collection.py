"""A collection: one side's passages ready to be searched, from files or from a store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matcher.index.lexical import LexicalIndex
from matcher.index.owners import OwnerFacts
from matcher.index.passages import Passage
from matcher.index.store import Entry, Side, Store

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Collection:
    """Passages grouped by owner, owners in order of id.

    Attributes:
        owners: one entry an owner that has at least one passage.
        starts: (n_owners + 1,), owner ``i`` has passages ``starts[i]:starts[i + 1]``.
        passages: (n_passages,), fetched when looked at.
        kinds, years: (n_passages,) kind of each passage and its year, 0 where unknown.
        lexical: BM25 over the passages' tokens.
        vectors: (n_passages, dim) float32, or None for lexical-only search.
    """

    owners: tuple[OwnerFacts, ...]
    starts: IntArray
    passages: Sequence[Passage]
    kinds: NDArray[np.str_]
    years: NDArray[np.int16]
    lexical: LexicalIndex
    vectors: FloatArray | None

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Owner ids, ascending."""
        return tuple(owner.owner_id for owner in self.owners)

    @cached_property
    def position(self) -> dict[str, int]:
        """Owner id to its place."""
        return {owner_id: place for place, owner_id in enumerate(self.ids)}

    @cached_property
    def mean_vector(self) -> FloatArray | None:
        """Mean of all passage vectors: what every passage of this library has in common."""
        if self.vectors is None or not len(self.vectors):
            return None
        return np.asarray(self.vectors.mean(axis=0), dtype=np.float32)

    @cached_property
    def centred_lengths(self) -> FloatArray:
        """(n_passages,) lengths of the passage vectors once the mean is taken off.

        |v - m|^2 = |v|^2 - 2 v.m + |m|^2, so no centred copy of the matrix is needed.
        """
        if self.vectors is None or self.mean_vector is None:
            return np.zeros(0, dtype=np.float32)
        mean = self.mean_vector
        squares = np.einsum("ij,ij->i", self.vectors, self.vectors)
        squares = squares - 2 * (self.vectors @ mean) + float(mean @ mean)
        return np.asarray(np.sqrt(np.maximum(squares, 1e-12)), dtype=np.float32)

    def span(self, owner: int) -> slice:
        """The passages of one owner."""
        return slice(int(self.starts[owner]), int(self.starts[owner + 1]))

    @classmethod
    def from_entries(cls, entries: Sequence[Entry]) -> Collection:
        """A collection in memory; entries without passages are left out."""
        kept = sorted((e for e in entries if e.passages), key=lambda e: e.record_id)
        vectors = None
        if kept and kept[0].vectors is not None:
            vectors = np.concatenate([e.vectors for e in kept if e.vectors is not None])
        passages = tuple(p for e in kept for p in e.passages)
        return cls(
            owners=tuple(e.facts for e in kept),
            starts=_starts([len(e.passages) for e in kept]),
            passages=passages,
            kinds=np.array([p.kind for p in passages], dtype=np.str_),
            years=np.array([p.year or 0 for p in passages], dtype=np.int16),
            lexical=LexicalIndex.build([t for e in kept for t in e.tokens]),
            vectors=vectors,
        )

    @classmethod
    def from_store(cls, store: Store, side: Side) -> Collection:
        """A collection over stored passages; their texts stay on disk."""
        positions: list[int] = []
        lengths: dict[str, int] = {}
        tokens: list[list[str]] = []
        blobs: list[bytes] = []
        kinds: list[str] = []
        years: list[int] = []
        for position, owner_id, kind, year, words, vector in store.passage_rows(side):
            positions.append(position)
            kinds.append(kind)
            years.append(year or 0)
            lengths[owner_id] = lengths.get(owner_id, 0) + 1
            tokens.append(words.split())
            if vector is not None:
                blobs.append(vector)
        return cls(
            owners=store.owners(side),
            starts=_starts(list(lengths.values())),
            passages=StoredPassages(store, positions),
            kinds=np.array(kinds, dtype=np.str_),
            years=np.array(years, dtype=np.int16),
            lexical=LexicalIndex.build(tokens),
            vectors=_matrix(blobs, len(positions)),
        )


class StoredPassages(Sequence[Passage]):
    """Passages fetched from the store one by one, when they are shown."""

    def __init__(self, store: Store, positions: Sequence[int]) -> None:
        self._store = store
        self._positions = positions

    def __len__(self) -> int:
        return len(self._positions)

    def __getitem__(self, index: int | slice) -> Passage | tuple[Passage, ...]:  # type: ignore[override]
        if isinstance(index, slice):
            return tuple(self._store.passage(p) for p in self._positions[index])
        return self._store.passage(self._positions[index])

    def __iter__(self) -> Iterator[Passage]:
        return (self._store.passage(p) for p in self._positions)


def _starts(lengths: Sequence[int]) -> IntArray:
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]).astype(np.int64)


def _matrix(blobs: Sequence[bytes], rows: int) -> FloatArray | None:
    if not rows or len(blobs) != rows:
        return None
    flat = np.frombuffer(b"".join(blobs), dtype=np.float16)
    return flat.reshape(rows, -1).astype(np.float32)
