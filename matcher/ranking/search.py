"""Search: from a whole library to the few owners a query has to look at, none of them missed.

All passages are looked through by their words and by the one-byte codes of their vectors, many
queries at once. The codes say within which bounds an exact score lies; whoever could be among the
best is scored exactly. So the result is that of scoring everybody exactly, whatever the library's
size, and the same for one query as for a thousand together.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.index.collection import Collection
from matcher.index.fusion import best_two, top_two_mean
from matcher.index.library import Library
from matcher.index.postings import IntArray, spans
from matcher.ranking.query import Query
from matcher.ranking.scoring import (
    LEXICAL_WEIGHT,
    PassageScores,
    Spread,
    dense_spread,
    direction,
    score_part,
)

FloatArray = NDArray[np.float32]
# Passages looked at together: their float32 copy stays in the cache of one core.
_BLOCK = 1024
# Passages handed to a thread at once.
_STRETCH = 64 * _BLOCK
# Queries looked up together, and the bytes their lexical scores may take.
_TOGETHER = 128
_BYTES = 1_500_000_000
# Passages kept per owner wanted: enough that the best owners are among theirs at the first try.
_KEPT = 10
_SAMPLE = 65_536
# What float32 sums in another order may differ by, in standard scores.
_ROUNDING = 1e-3


@dataclass(frozen=True)
class Neighbourhood:
    """The owners nearest to a query, and perhaps a few more, scored exactly.

    Attributes:
        collection: the owners.
        scores: of their passages.
        mask: (n_owners,) which of them may be listed; None for all.
    """

    collection: Collection
    scores: PassageScores
    mask: NDArray[np.bool_] | None


def neighbourhoods(
    queries: Sequence[Query],
    library: Library,
    centre: FloatArray | None,
    depth: int,
    mask: NDArray[np.bool_] | None = None,
) -> Iterator[Neighbourhood]:
    """The surroundings of each query, in order.

    Args:
        queries: challenges.
        library: where to look.
        centre: mean of query vectors, see `matcher.ranking.scoring.dense_scores`.
        depth: how many owners by fused score must be found, in the library and in the mask.
        mask: (n_owners,) owners of the library that may be listed; None for all that count.
    """
    size = int(np.clip(_BYTES // (4 * max(1, int(library.row_offsets[-1]))), 1, _TOGETHER))
    for low in range(0, len(queries), size):
        group = _Group(queries[low : low + size], library, centre)
        yield from group.neighbourhoods(depth, mask)


class _Group:
    """Queries that look through the library together."""

    def __init__(
        self, queries: Sequence[Query], library: Library, centre: FloatArray | None
    ) -> None:
        self._queries = queries
        self._library = library
        self._centre = centre
        self._lexical, self._spreads = self._words()
        self._shift = np.array(
            [-LEXICAL_WEIGHT * lexical.mean * _share(lexical) for lexical, _ in self._spreads]
        )
        self._directions: FloatArray | None = None
        self._offsets = np.zeros(len(queries), dtype=np.float32)
        self._slack = np.full(len(queries), _ROUNDING)
        if library.has_vectors and queries and queries[0].vector is not None:
            self._directions = self._meanings()

    def neighbourhoods(self, depth: int, mask: NDArray[np.bool_] | None) -> Iterator[Neighbourhood]:
        """See the function of that name."""
        nearest = self._nearest(depth, None)
        if mask is None:
            yield from (Neighbourhood(part, scores, None) for part, scores in nearest)
            return
        allowed = self._nearest(depth, spans(self._library.starts, np.flatnonzero(mask))[0])
        for number, (found, listed) in enumerate(zip(nearest, allowed, strict=True)):
            part = found[0].part(np.union1d(found[0].places, listed[0].places))
            yield Neighbourhood(part, self._exact(number, part), mask[part.places])

    def _words(self) -> tuple[FloatArray, list[tuple[Spread, Spread]]]:
        """(q, n) lexical scores in standard units, but for their mean, and the spreads."""
        library, index = self._library, self._library.lexical
        count = len(self._queries)
        lists = [q.tokens for q in self._queries] + [q.title_tokens for q in self._queries]
        asked = index.asked([index.weights(tokens) for tokens in lists])
        lexical = np.empty((count, int(library.row_offsets[-1])), dtype=np.float32)
        sums = np.zeros((2 * count, 2))
        alive = len(lexical[0]) if count else 0
        for number, (part, gone) in enumerate(zip(index.parts, index.gone, strict=True)):
            found = np.empty((2 * count, len(part)), dtype=np.float32)
            index.part_scores(number, asked, found)
            found[:, gone] = 0
            alive -= len(gone)
            for query, scores in enumerate(found):
                wide = scores.astype(np.float64)
                sums[query] += wide.sum(), wide @ wide
            lexical[:, self._span(number)] = found[:count]
        means = sums / max(alive, 1)
        deviations = np.sqrt(np.maximum(means[:, 1] - means[:, 0] ** 2, 0))
        all_spreads = [
            Spread(float(mean), float(deviation))
            for mean, deviation in zip(means[:, 0], deviations, strict=True)
        ]
        spreads = list(zip(all_spreads[:count], all_spreads[count:], strict=True))
        units = [LEXICAL_WEIGHT * _share(lexical) for lexical, _ in spreads]
        lexical *= np.array(units, dtype=np.float32)[:, None]
        for number, gone in enumerate(index.gone):
            lexical[:, gone + library.row_offsets[number]] = -np.inf
        return lexical, spreads

    def _meanings(self) -> FloatArray:
        """(q, dim) directions in standard units; sets what else the products need."""
        statistics = self._library.statistics(self._centre is not None)
        whole = Collection(self._library, np.zeros(0, dtype=np.int64))
        scaled = []
        for number, query in enumerate(self._queries):
            assert query.vector is not None
            spread = dense_spread(query.vector, whole, self._centre)
            towards = direction(query.vector, self._centre) * np.float32(_share(spread))
            scaled.append(towards)
            self._offsets[number] = float(statistics.mean @ towards)
            self._shift[number] -= spread.mean * _share(spread)
            self._slack[number] += self._coding_error * float(np.linalg.norm(towards))
        return np.array(scaled, dtype=np.float32)

    @cached_property
    def _coding_error(self) -> float:
        """The most that a cosine by codes differs from the exact one."""
        lengths = self._library.statistics(self._centre is not None).lengths
        return max(
            float((segment.vectors.errors / own).max(initial=0))
            for segment, own in zip(self._library.segments, lengths, strict=True)
            if segment.vectors is not None
        )

    def _span(self, number: int) -> slice:
        low, high = self._library.row_offsets[number : number + 2]
        return slice(int(low), int(high))

    def _nearest(self, depth: int, rows: IntArray | None) -> list[tuple[Collection, PassageScores]]:
        """Per query, the ``depth`` owners with the best fused score, and perhaps a few more.

        Args:
            depth: how many.
            rows: passages to look through, ascending; None for all.
        """
        found: dict[int, tuple[Collection, PassageScores]] = {}
        kept = _KEPT * depth
        open_ones = list(range(len(self._queries)))
        number = len(self._library.owner_of_row) if rows is None else len(rows)
        while open_ones:
            floors = self._floors(open_ones, kept, rows)
            hits = self._hits(open_ones, floors, rows)
            again = []
            for query, floor, own in zip(open_ones, floors, hits, strict=True):
                near, scores, least = self._refined(query, own, depth)
                # Whoever has no passage above the floor has no mean above it either.
                if np.isneginf(floor) or least > floor + self._slack[query]:
                    found[query] = near, scores
                else:
                    again.append(query)
            open_ones, kept = again, min(8 * kept, number)
        return [found[query] for query in range(len(self._queries))]

    def _floors(self, chosen: Sequence[int], kept: int, rows: IntArray | None) -> FloatArray:
        """Scores that about ``kept`` passages are above, from a sample; -inf to keep all."""
        number = len(self._library.owner_of_row) if rows is None else len(rows)
        if number <= 2 * kept:
            return np.full(len(chosen), -np.inf, dtype=np.float32)
        step = max(1, number // _SAMPLE)
        sample = np.arange(0, number, step) if rows is None else rows[::step]
        scores = np.concatenate([block for _, block in self._blocks(chosen, sample)], axis=1)
        rank = max(1, kept * len(sample) // number)
        return np.partition(scores, -rank, axis=1)[:, -rank]

    def _hits(
        self, chosen: Sequence[int], floors: FloatArray, rows: IntArray | None
    ) -> list[IntArray]:
        """Per query, the passages above its floor."""

        def look(stretch: IntArray | slice) -> tuple[IntArray, IntArray]:
            queries, passages = [], []
            for low, block in self._blocks(chosen, stretch):
                query, place = np.nonzero(block > floors[:, None])
                queries.append(query)
                passages.append(low[place])
            return np.concatenate(queries), np.concatenate(passages)

        parts = list(_spread_out(look, self._stretches(rows)))
        queries = np.concatenate([np.zeros(0, dtype=np.int64), *(q for q, _ in parts)])
        passages = np.concatenate([np.zeros(0, dtype=np.int64), *(p for _, p in parts)])
        order = np.argsort(queries, kind="stable")
        ends = np.searchsorted(queries[order], np.arange(len(chosen) + 1))
        return [passages[order[low:high]] for low, high in itertools.pairwise(ends)]

    def _stretches(self, rows: IntArray | None) -> list[IntArray | slice]:
        """The passages to look through in pieces for the threads, each within a segment."""
        offsets = self._library.row_offsets
        pieces: list[IntArray | slice] = []
        for low, high in itertools.pairwise(offsets):
            if rows is None:
                begins = range(int(low), int(high), _STRETCH)
                pieces += [slice(b, min(b + _STRETCH, int(high))) for b in begins]
            else:
                own = rows[np.searchsorted(rows, low) : np.searchsorted(rows, high)]
                pieces += [own[b : b + _STRETCH] for b in range(0, len(own), _STRETCH)]
        return pieces

    def _blocks(
        self, chosen: Sequence[int], passages: IntArray | slice
    ) -> Iterator[tuple[IntArray, FloatArray]]:
        """(numbers, (q, n) scores by codes but for ``_shift``) of passages, block by block."""
        queries = slice(None) if len(chosen) == len(self._queries) else list(chosen)
        held = np.arange(passages.start, passages.stop) if isinstance(passages, slice) else passages
        offsets = self._library.row_offsets
        for number in range(len(self._library.segments)):
            low, high = np.searchsorted(held, offsets[number : number + 2])
            for begin in range(int(low), int(high), _BLOCK):
                block = held[begin : min(begin + _BLOCK, int(high))]
                local: Any = block - offsets[number]
                whole: Any = block
                if isinstance(passages, slice):
                    local = slice(int(local[0]), int(local[-1]) + 1)
                    whole = slice(int(block[0]), int(block[-1]) + 1)
                if isinstance(whole, slice) or isinstance(queries, slice):
                    lexical = self._lexical[:, whole][queries]
                else:
                    lexical = self._lexical[np.ix_(queries, whole)]
                yield block, self._block(number, local, queries, lexical)

    def _block(self, number: int, local: Any, queries: Any, lexical: FloatArray) -> FloatArray:
        vectors = self._library.segments[number].vectors
        if self._directions is None or vectors is None:
            return lexical
        lengths = self._library.statistics(self._centre is not None).lengths[number]
        shares = 1 / lengths[local]
        codes = vectors.codes[local].astype(np.float32)
        found = self._directions[queries] @ codes.T
        found *= vectors.scales[local] * shares
        found -= self._offsets[queries][:, None] * shares
        found += lexical
        return np.asarray(found, dtype=np.float32)

    def _refined(
        self, query: int, hits: IntArray, depth: int
    ) -> tuple[Collection, PassageScores, float]:
        """The best ``depth`` of the owners that were hit, and the last one's exact mean."""
        owners = np.unique(self._library.owner_of_row[hits]).astype(np.int64)
        rows, place = spans(self._library.starts, owners)
        starts = np.searchsorted(place, np.arange(len(owners) + 1))
        if len(owners) > depth:
            scores = np.concatenate([b[0] for _, b in self._blocks([query], rows)])
            means = top_two_mean(scores, *best_two(scores, starts))
            limit = np.partition(means, -depth)[-depth] - 2 * self._slack[query]
            owners = owners[means >= limit]
        part = Collection(self._library, np.zeros(0, dtype=np.int64)).part(owners)
        exact = self._exact(query, part)
        if len(owners) < depth:
            return part, exact, float("-inf")
        means = top_two_mean(exact.fused, *best_two(exact.fused, part.starts))
        return part, exact, float(np.partition(means, -depth)[-depth] - self._shift[query])

    def _exact(self, query: int, part: Collection) -> PassageScores:
        return score_part(self._queries[query], part, self._centre, self._spreads[query])


def _share(spread: Spread) -> float:
    """What one unit of a signal is in standard scores; nothing where the signal is constant."""
    return 1 / spread.deviation if spread.deviation >= 1e-9 else 0.0


def _spread_out(look: Any, pieces: Sequence[Any]) -> Iterator[Any]:
    """``look`` at all pieces on all cores, results in order."""
    workers = min(_workers(), len(pieces))
    if workers < 2:
        yield from map(look, pieces)
        return
    # The threads are ours; those of the matrix library on top of them would only fight.
    with _libraries().limit(limits=1, user_api="blas"), ThreadPoolExecutor(workers) as pool:
        yield from pool.map(look, pieces)


@cache
def _workers() -> int:
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(available or 1, int(wanted)) if wanted.isdigit() and int(wanted) else available or 1


@cache
def _libraries() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
