"""A look at every passage of a library for many queries at once, by words and one-byte codes.

Lexical scores are exact. Cosines come from codes; within which bounds the exact ones lie is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from matcher.arithmetic import lengths
from matcher.arrays import FloatArray, IntArray, WideArray
from matcher.index.library import Library
from matcher.index.postings import located
from matcher.index.vectors import CodedQueries, widened
from matcher.processes import threads
from matcher.ranking.query import Query
from matcher.ranking.scoring import LEXICAL_WEIGHT, MeanStd, direction

PieceT = TypeVar("PieceT")
FoundT = TypeVar("FoundT")
# Products worked out together: small enough to stay in the cache of one core.
_CELLS = 1 << 17
_LEAST, _MOST = 512, 16_384
# Passages handed to a thread at once.
_STRETCH = 65_536
# What float32 sums in another order may differ by, in standard scores.
ROUNDING = 1e-3


def word_sums(
    queries: Sequence[Query],
    library: Library,
    segments: range,
    scores: FloatArray | None = None,
) -> WideArray:
    """What the words of queries and titles add up to in some segments of a library.

    Args:
        queries: looked for together.
        library: where.
        segments: which of its segments, one after another.
        scores: (q, n) room for the queries' lexical scores of the passages in them.

    Returns:
        (segments, q, 2, 2): sums, then sums of squares, of query and title.
    """
    index = library.lexical
    lists = [tokens for query in queries for tokens in (query.tokens, query.title_tokens)]
    asked = index.asked([index.weights(tokens) for tokens in lists])
    first = int(library.row_offsets[segments.start])

    def look(number: int) -> WideArray:
        sums = np.empty((len(queries), 2, 2))
        low, high = library.row_offsets[number : number + 2] - first
        for place, line in enumerate(index.part_scores(number, asked, together=2)):
            query, title = divmod(place, 2)
            line[index.gone[number]] = 0
            sums[query, :, title] = np.add.reduce(line), np.add.reduce(line * line)
            if scores is not None and not title:
                scores[query, low:high] = line
        return sums

    found = list(spread_out(look, segments))
    return np.array(found).reshape(len(segments), len(queries), 2, 2)


def word_mean_stds(sums: WideArray, library: Library) -> list[tuple[MeanStd, MeanStd]]:
    """What `word_sums` of all segments say of the words of each query and its title."""
    index = library.lexical
    alive = sum(len(part) for part in index.parts) - sum(map(len, index.gone))
    total = sum(sums, np.zeros(sums.shape[1:]))
    means, squares = np.moveaxis(total / max(alive, 1), 1, 0)
    deviations = np.sqrt(np.maximum(squares - means * means, 0))
    made = [
        [MeanStd(float(m), float(d)) for m, d in zip(*pair, strict=True)]
        for pair in zip(means, deviations, strict=True)
    ]
    return [(query, title) for query, title in made]


class Scan:
    """Fused scores of the passages of a library for some queries, nearly.

    Args:
        queries: looked for together.
        library: where.
        centre: mean of query vectors, see `matcher.ranking.scoring.direction`.
        scores: (q, n) room for the scores, to be filled.
        segments: only these of the library's, one after another; None for all.
        mean_stds: of the words over the whole library; worked out where all of it is looked at.

    Attributes:
        first: number of the first passage looked at.
        scores: (q, n) fused scores but for ``shift``, off by ``slack`` at most; -inf for passages
            that do not count.
        mean_stds: per query, of the words of query and title over the library.
        directions: (q, dim) a query's centred vector in standard units; None without vectors.
        shift: (q,) to be added for standard scores.
        slack: (q,) how far a score may be off.
    """

    def __init__(
        self,
        queries: Sequence[Query],
        library: Library,
        centre: FloatArray | None,
        scores: FloatArray,
        segments: range | None = None,
        mean_stds: Sequence[tuple[MeanStd, MeanStd]] | None = None,
    ) -> None:
        self._library = library
        self._segments = range(len(library.segments)) if segments is None else segments
        count = len(queries)
        self.first = int(library.row_offsets[self._segments.start])
        self.scores = scores
        sums = word_sums(queries, library, self._segments, scores)
        self.mean_stds = word_mean_stds(sums, library) if mean_stds is None else mean_stds
        units = [LEXICAL_WEIGHT * share(lexical) for lexical, _ in self.mean_stds]
        shifts = zip(self.mean_stds, units, strict=True)
        self.shift = np.array([-query.mean * unit for (query, _), unit in shifts])
        self.slack = np.full(count, ROUNDING)
        self._units = np.array(units, dtype=np.float32)[:, None]
        self.directions: FloatArray | None = None
        if library.has_vectors and queries and queries[0].vector is not None:
            self.directions = self._directions(queries, centre)
        if count:
            list(spread_out(self._fuse, self._stretches()))

    def corrections(self, query: int, rows: IntArray) -> FloatArray:
        """What has to be added to the scores of some passages for their exact vectors."""
        found = np.zeros(len(rows), dtype=np.float32)
        if self.directions is None:
            return found
        towards = self.directions[query]
        own = self._library.statistics.lengths
        for number, inside, local in located(self._library.row_offsets, rows):
            vectors = self._library.segments[number].coded
            scanned = self._coded.products(vectors.codes[local])[:, query] * vectors.scales[local]
            # Rounded as it comes: who is found depends on it within ``ROUNDING``, no score does.
            exact = np.einsum("ij,j->i", widened(vectors.exact[local]), towards)
            missed = exact - np.einsum("i,i->", vectors.centre, towards)
            found[inside] = (missed - scanned * self._coded.scales[query]) / own[number][local]
        return found

    def _directions(self, queries: Sequence[Query], centre: FloatArray | None) -> FloatArray:
        """(q, dim) directions in standard units; sets what else the products need."""
        statistics = self._library.statistics
        made = []
        for number, query in enumerate(queries):
            assert query.vector is not None
            towards = direction(query.vector, centre)
            mean_std = MeanStd(*statistics.mean_std(towards))
            made.append(towards * share(mean_std))
            self.shift[number] -= mean_std.mean * share(mean_std)
        directions = np.array(made, dtype=np.float32)
        self._coded = CodedQueries(directions)
        self._centre = statistics.centre
        off, longest = self._library.coding_errors
        self.slack += off * lengths(directions) + longest * self._coded.errors
        return directions

    def _stretches(self) -> list[tuple[int, int, int]]:
        """(segment, first and last passage of it) of pieces for the threads."""
        return [
            (number, low, min(low + _STRETCH, len(segment)))
            for number in self._segments
            for segment in (self._library.segments[number],)
            for low in range(0, len(segment), _STRETCH)
        ]

    def _fuse(self, stretch: tuple[int, int, int]) -> None:
        """Turn the lexical scores of a stretch into fused ones."""
        number, begin, end = stretch
        first = int(self._library.row_offsets[number]) - self.first
        step = int(np.clip(_CELLS // len(self.scores), _LEAST, _MOST))
        for low in range(begin, end, step):
            high = min(low + step, end)
            block = self.scores[:, first + low : first + high]
            block *= self._units
            if self.directions is not None:
                self._add_meaning(number, slice(low, high), block)
        gone = self._library.lexical.gone[number]
        low, high = np.searchsorted(gone, [begin, end])
        self.scores[:, gone[low:high] + first] = -np.inf

    def _add_meaning(self, number: int, rows: slice, block: FloatArray) -> None:
        vectors = self._library.segments[number].coded
        own = self._library.statistics.lengths[number][rows]
        assert self.directions is not None
        aside = np.einsum("ij,j->i", self.directions, vectors.centre - self._centre)
        cosines = self._coded.products(vectors.codes[rows]).T.astype(np.float32, order="C")
        cosines *= vectors.scales[rows] / own
        cosines *= self._coded.scales[:, None]
        cosines += aside[:, None] / own
        block += cosines


def share(mean_std: MeanStd) -> float:
    """What one unit of a signal is in standard scores; nothing where the signal is constant."""
    return 1 / mean_std.std if mean_std.std >= 1e-9 else 0.0


def spread_out(look: Callable[[PieceT], FoundT], pieces: Sequence[PieceT]) -> Iterator[FoundT]:
    """``look`` at all pieces on all cores, results in order."""
    workers = min(threads(), len(pieces))
    if workers < 2:
        yield from map(look, pieces)
        return
    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(look, pieces)
