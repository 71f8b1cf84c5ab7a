"""Search: from a whole library to the few documents a query has to look at, none of them missed.

A scan tells of every passage about what it scores, and how far that may be off; whoever could be
among the best is scored exactly. So the result is that of scoring everybody exactly, whatever the
library's size, and the same for one query as for a thousand together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

import numpy as np

from matcher.arrays import BoolArray, FloatArray, IntArray
from matcher.index.collection import Collection
from matcher.index.fusion import best_two, top_two_mean
from matcher.index.library import Library
from matcher.index.postings import spans
from matcher.index.statistics import DenseStatistics, dense_statistics
from matcher.index.vectors import Vectors
from matcher.ranking.query import Query
from matcher.ranking.scan import ROUNDING, Scan
from matcher.ranking.scoring import MeanStd, PassageScores, score_part
from matcher.ranking.view import reference_view

# So many of the best by drafts are read at least: the best ten are then as good as if all were
# (docs/performance.md).
READ = 100
# Queries that look through a library together, and the bytes their scores may take.
_TOGETHER = 128
_BYTES = 300_000_000
# Passages kept per document wanted: enough that the best documents are mostly among theirs at the
# first try.
_KEPT = 10
_SAMPLE = 65_536
# Passages that tell how exact vectors lie: their deviation is known to a fiftieth.
_SAMPLED = 1000
_NOBODY = np.zeros(0, dtype=np.int64)
Encode = Callable[[Sequence[str]], FloatArray]


@dataclass(frozen=True)
class Neighbourhood:
    """The documents nearest to a query, and perhaps a few more, scored exactly.

    Attributes:
        collection: the documents.
        scores: of their passages.
        mask: (n_documents,) which of them may be listed; None for all.
        mean_stds: of the words of query and title over the library, where they were worked out.
    """

    collection: Collection
    scores: PassageScores
    mask: BoolArray | None
    mean_stds: tuple[MeanStd, MeanStd] = (MeanStd(0.0, 1.0), MeanStd(0.0, 1.0))


@dataclass(frozen=True)
class Reading:
    """How drafts of vectors are made good for who could be among the best.

    Attributes:
        encode: texts to exact vectors (n, dim); what was read before it had better know.
        count: how many documents by their drafts.
        standard: of exact vectors, see `sampled_statistics`.
    """

    encode: Encode
    count: int
    standard: DenseStatistics


def neighbourhoods(
    queries: Sequence[Query],
    library: Library,
    centre: FloatArray | None,
    depth: int,
    mask: BoolArray | None = None,
    reading: Reading | None = None,
) -> Iterator[Neighbourhood]:
    """The surroundings of each query, in order.

    Args:
        queries: challenges.
        library: where to look.
        centre: mean of query vectors, see `matcher.ranking.scoring.direction`.
        depth: how many documents by fused score must be found, in the library and in the mask.
        mask: (n_documents,) documents of the library that may be listed; None for all that count.
        reading: for a library with drafts of vectors; None leaves them as they are.
    """
    allowed = None if mask is None else spans(library.starts, np.flatnonzero(mask))[0]
    whole = range(len(library.segments))
    for query, search in zip(queries, _searches(queries, library, centre, whole), strict=True):
        documents, _ = search.nearest(depth)
        if allowed is not None:
            documents = np.union1d(documents, search.nearest(depth, allowed)[0])
        near = surroundings(query, documents, library, centre, search.mean_stds, mask)
        if reading is not None:
            near = _read_best(query, near, reading, centre, search.mean_stds)
        yield near


def surroundings(
    query: Query,
    documents: IntArray,
    library: Library,
    centre: FloatArray | None,
    mean_stds: tuple[MeanStd, MeanStd],
    mask: BoolArray | None = None,
) -> Neighbourhood:
    """Some documents of a library around a query, scored exactly; arguments as `neighbourhoods`."""
    part = Collection(library, _NOBODY).part(documents)
    scores = score_part(query, part, centre, mean_stds)
    return Neighbourhood(part, scores, None if mask is None else mask[part.places], mean_stds)


def _read_best(
    query: Query, near: Neighbourhood, reading: Reading, centre: FloatArray | None,
    mean_stds: tuple[MeanStd, MeanStd],
) -> Neighbourhood:  # fmt: skip
    """Of the same the best by drafts, with exact vectors.

    The others are left out: whose draft happens to flatter would pass those who were read.
    """
    masks = [None] if near.mask is None else [None, near.mask]
    views = [
        reference_view(query, near.collection, near.scores, reading.count, mask=mask)
        for mask in masks
    ]
    chosen = np.unique(np.concatenate([view.documents for view in views]))
    # Documents of a part are in order of id, as they were.
    part = Collection(near.collection.source, near.collection.places[chosen])
    part = replace(_exact(part, reading.encode), standard=reading.standard)
    mask = None if near.mask is None else near.mask[chosen]
    return Neighbourhood(part, score_part(query, part, centre, mean_stds), mask, mean_stds)


def _exact(part: Collection, encode: Encode) -> Collection:
    """The same with exact vectors in the place of drafts."""
    if not len(part.drafts):
        return part
    texts = [part.passages[int(row)].text for row in part.drafts]
    # Rounded to what the store keeps, as they will be when all are made.
    vectors = encode(texts).astype(np.float16).astype(np.float32)
    return replace(part, read=(part.drafts, vectors))


def sampled_statistics(library: Library, encode: Encode) -> DenseStatistics:
    """Statistics of exact vectors of a library with drafts, from some of its documents.

    Drafts lie closer together than exact vectors do: who is read exactly is not to be measured by
    them. The documents are taken by a hash of their ids, so a change of a few keeps the others.

    Args:
        library: has a passage.
        encode: as in `Reading`.
    """
    alive = np.flatnonzero(library.alive)
    hashes = [crc32(document_id.encode()) for document_id in library.document_ids(alive)]
    drawn = alive[np.argsort(hashes, kind="stable")]
    passages = np.cumsum(np.diff(library.starts)[drawn])
    enough = int(np.searchsorted(passages, _SAMPLED)) + 1
    part = _exact(Collection(library, _NOBODY).part(drawn[:enough]), encode)
    vectors = part.vectors_of(np.arange(len(part.rows))).astype(np.float16)
    behind = [] if library.background is None else [library.background.vectors]
    read = [Vectors.build(vectors), *behind]
    return dense_statistics(read, [None] * len(read), library.centre)


def nearest(
    queries: Sequence[Query],
    library: Library,
    centre: FloatArray | None,
    depth: int,
    segments: range,
    mean_stds: Sequence[tuple[MeanStd, MeanStd]],
) -> Iterator[tuple[IntArray, FloatArray]]:
    """The documents in some segments of a library that are nearest to each query.

    Args:
        queries, library, centre: as `neighbourhoods`.
        depth: how many; with those that tie there may be more.
        segments: where to look.
        mean_stds: of the words over the whole library, see `matcher.ranking.scan.word_mean_stds`.

    Yields:
        Documents by number in the library, and their fused scores but for a constant of the query.
    """
    for search in _searches(queries, library, centre, segments, mean_stds):
        yield search.nearest(depth)


def joined(found: Sequence[tuple[IntArray, FloatArray]], depth: int) -> IntArray:
    """The nearest documents of a library from those of its parts, see `nearest`; with ties."""
    documents, means = (np.concatenate(column) for column in zip(*found, strict=True))
    if len(documents) <= depth:
        return np.sort(documents)
    least = np.partition(means, -depth)[-depth]
    return np.sort(documents[means >= least - 2 * ROUNDING])


def _searches(
    queries: Sequence[Query],
    library: Library,
    centre: FloatArray | None,
    segments: range,
    mean_stds: Sequence[tuple[MeanStd, MeanStd]] | None = None,
) -> Iterator[_Search]:
    """A search for each query, to be used before the next one is asked for."""
    passages = int(library.row_offsets[segments.stop] - library.row_offsets[segments.start])
    size = int(np.clip(_BYTES // (4 * max(1, passages)), 1, _TOGETHER))
    # One room for the scores of all groups: to be given fresh memory costs more than to fill it.
    room = np.empty((min(size, len(queries)), passages), dtype=np.float32)
    for low in range(0, len(queries), size):
        group = queries[low : low + size]
        known = None if mean_stds is None else mean_stds[low : low + size]
        scan = Scan(group, library, centre, room[: len(group)], segments, known)
        for number in range(len(group)):
            yield _Search(number, scan, library, centre)


@dataclass(frozen=True)
class _Search:
    """One of the queries of a scan."""

    number: int
    scan: Scan
    library: Library
    centre: FloatArray | None

    @property
    def mean_stds(self) -> tuple[MeanStd, MeanStd]:
        """Of the words of query and title."""
        return self.scan.mean_stds[self.number]

    def nearest(self, depth: int, rows: IntArray | None = None) -> tuple[IntArray, FloatArray]:
        """The ``depth`` documents with the best fused score, and perhaps those that tie.

        Args:
            depth: how many.
            rows: passages to look through, ascending; None for all that were scanned.

        Returns:
            Documents and their fused scores but for ``shift``.
        """
        scores = self.scan.scores[self.number]
        among = scores if rows is None else scores[rows - self.scan.first]
        slack = self.scan.slack[self.number]
        kept = _KEPT * depth
        floor = _floor(among, kept)
        while True:
            hits = np.flatnonzero(among > floor)
            hits = hits + self.scan.first if rows is None else rows[hits]
            documents, means, least = self._refined(hits, depth)
            # Whoever has no passage above the floor has no mean above it either.
            if np.isneginf(floor) or least > floor + slack:
                return documents, means
            if np.isneginf(least):
                kept *= 8
                floor = _floor(among, kept)
            else:
                # Nobody below this beats the last of those found, so the next look is the last.
                floor = least - 1.1 * slack

    def _refined(self, hits: IntArray, depth: int) -> tuple[IntArray, FloatArray, float]:
        """The best ``depth`` of the documents that were hit, their means, and the last one's."""
        # Passages are numbered document by document, so those of one document stand side by side.
        documents = self.library.document_of_row[hits].astype(np.int64)
        documents = documents[np.flatnonzero(np.diff(documents, prepend=-1))]
        for exact in (False, True):
            means = self._means(documents, exact)
            least = np.partition(means, -depth)[-depth] if len(means) >= depth else -np.inf
            slack = ROUNDING if exact else self.scan.slack[self.number]
            best = np.flatnonzero(means >= least - 2 * slack)
            documents, means = documents[best], means[best]
        return documents, means, float(least)

    def _means(self, documents: IntArray, exact: bool) -> FloatArray:
        """Fused scores of some documents, as scanned or from their exact vectors."""
        rows, place = spans(self.library.starts, documents)
        scores = self.scan.scores[self.number, rows - self.scan.first]
        if exact:
            scores += self.scan.corrections(self.number, rows)
        starts = np.searchsorted(place, np.arange(len(documents) + 1))
        return top_two_mean(scores, *best_two(scores, starts))


def _floor(scores: FloatArray, kept: int) -> float:
    """What about ``kept`` of some scores are above, from a sample; -inf to keep all."""
    if len(scores) <= 2 * kept:
        return float("-inf")
    sample = scores[:: max(1, len(scores) // _SAMPLE)]
    rank = max(1, kept * len(sample) // len(scores))
    return float(np.partition(sample, -rank)[-rank])
