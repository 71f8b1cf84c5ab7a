"""Which of very many names may mean the same: a few bytes of each in memory, time almost linear.

>>> names = Names()
>>> for name in ("超快冷钢板", "靶材烧结", "超快冷板材"):
...     names.append(name)
>>> [tuple(map(int, pair)) for pairs in rare_pairs(names) for pair in pairs]
[(0, 2)]
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.arrays import IntArray

Pairs = IntArray
_GRAM = 3
# A run of characters that more names have than this says nothing.
_RARE = 60
# How many runs, and how many pairs, are looked at together.
_RUNS, _TOGETHER = 2_000_000, 500_000
_BITS = 21  # of a character
_MARK = 4  # bytes that say in which order those of each character are
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


class Names:
    """Names one after another, as the numbers of their characters."""

    def __init__(self) -> None:
        self._characters = array("I")
        self._starts = array("Q", [0])

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, index: int) -> str:
        low, high = self._starts[index], self._starts[index + 1]
        return self._characters[low:high].tobytes().decode("utf-32", "surrogatepass")

    def append(self, name: str) -> None:
        """One more."""
        self._characters.frombytes(name.encode("utf-32", "surrogatepass")[_MARK:])
        self._starts.append(len(self._characters))

    @property
    def arrays(self) -> tuple[NDArray[np.uint32], IntArray]:
        """All characters, and where in them each name begins (and the last one ends)."""
        return np.array(self._characters, np.uint32), np.array(self._starts, np.int64)


def rare_pairs(names: Names, old: int = 0) -> Iterator[Pairs]:
    """Pairs of names that share a rare run of three characters, many at a time.

    Args:
        names: what is compared.
        old: so many of the first names are not compared among themselves.

    Yields:
        (n, 2) indices, the smaller first. A pair may come again in a later array.
    """
    characters, starts = names.arrays
    parts = max(1, -(-len(characters) // _RUNS))
    for part in range(parts):
        runs, owners = _runs(characters, starts, part, parts)
        yield from _within_groups(runs, owners, old)


def _runs(
    characters: NDArray[np.uint32], starts: IntArray, part: int, parts: int
) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    """One part of all runs, each with the name it is of, sorted by both."""
    found: list[tuple[Any, Any]] = [(np.zeros(0, np.uint64), np.zeros(0, np.int32))]
    count = len(starts) - 1
    for low in range(0, count, 100_000):
        high = min(low + 100_000, count)
        lengths = np.diff(starts[low : high + 1])
        owners = np.repeat(np.arange(low, high, dtype=np.int32), lengths)
        text = characters[starts[low] : starts[high]].astype(np.uint64)
        padded = np.concatenate([text, np.zeros(_GRAM - 1, np.uint64)])
        left = np.repeat(starts[low + 1 : high + 1], lengths) - np.arange(starts[low], starts[high])
        run = np.zeros(len(text), np.uint64)
        for place in range(_GRAM):
            inside = left > place
            run |= np.where(inside, padded[place : place + len(text)], 0) << np.uint64(
                _BITS * place
            )
        # A whole run, or all there is of a shorter name.
        chosen = (left >= _GRAM) | (left == np.repeat(lengths, lengths))
        if parts > 1:
            chosen &= (run * _SPREAD >> np.uint64(40)) % np.uint64(parts) == part
        found.append((run[chosen], owners[chosen]))
    runs, owners = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.lexsort((owners, runs))
    return runs[order], owners[order]


def _within_groups(
    runs: NDArray[np.uint64], owners: NDArray[np.int32], old: int
) -> Iterator[Pairs]:
    """Pairs of names under the same run, where these are few."""
    if not len(runs):
        return
    again = (runs[1:] == runs[:-1]) & (owners[1:] == owners[:-1])
    once = np.concatenate([[True], ~again])
    runs, owners = runs[once], owners[once]
    edges = np.flatnonzero(np.concatenate([[True], runs[1:] != runs[:-1], [True]]))
    sizes = np.diff(edges)
    for size in range(2, _RARE + 1):
        groups = edges[:-1][sizes == size]
        first, second = np.triu_indices(size, 1)
        step = max(1, _TOGETHER // len(first))
        for low in range(0, len(groups), step):
            members = owners[groups[low : low + step, None] + np.arange(size)]
            pairs = np.stack([members[:, first].ravel(), members[:, second].ravel()], axis=1)
            pairs = pairs[pairs[:, 1] >= old]
            if len(pairs):
                yield np.unique(pairs.astype(np.int64), axis=0)
