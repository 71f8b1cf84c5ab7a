"""A library looked through in blocks of teams, for an index larger than a node.

Each block looks through its segments of the library only, so no node needs more of the index in
memory than its share:

    asked    vectors of a few challenges
    words    what their words add up to in some segments      (challenges x teams)
    near     who is nearest to them there                     (challenges x teams)
    match    the nearest of all segments, ranked and explained

What is true of the whole library (idf, means, deviations) is worked out exactly, so the result is
that of one process to the last digit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from matcher.arrays import FloatArray, IntArray
from matcher.cluster.blocks import Block
from matcher.cluster.job import MatchJob, write_rankings
from matcher.pipeline import Matcher
from matcher.ranking.candidates import looked_at
from matcher.ranking.query import Query, queries, with_text
from matcher.ranking.scan import word_mean_stds, word_sums
from matcher.ranking.scoring import MeanStd
from matcher.ranking.search import Neighbourhood, joined, nearest, surroundings

# Documents by number in the library, and their scores.
Found = tuple[IntArray, FloatArray]
Segments = tuple[int, int]


def shares(opened: Matcher, count: int) -> list[Segments]:
    """The library's segments in about ``count`` runs of as many passages: first, and end."""
    offsets = opened.library.source.row_offsets
    wanted = np.linspace(0, offsets[-1], min(count, len(offsets) - 1) + 1)
    bounds = np.unique(np.abs(offsets[:, None] - wanted).argmin(axis=0))
    return list(pairwise(bounds.tolist()))


def partitioned(
    job: MatchJob,
    challenges: Mapping[str, tuple[str, ...]],
    teams: Sequence[Segments],
    folder: Path,
    *,
    encoded: bool,
) -> list[list[Block]]:
    """The stages of a run.

    Args:
        job: what they have in common.
        challenges: the ids in each block of challenges, by its name.
        teams: the segments in each block of teams.
        folder: where the blocks' files will be.
        encoded: whether challenges have vectors.
    """
    places = [f"{number:04}" for number in range(len(teams))]
    asked = {
        name: Asked(
            ids, folder / f"asked-{name}.npy" if encoded else None,
            tuple(folder / f"words-{name}-{place}.npy" for place in places),
        )
        for name, ids in challenges.items()
    }  # fmt: skip
    # All challenges on one block of teams before the next: a worker keeps to what it has read.
    both = [(n, p, share) for p, share in zip(places, teams, strict=True) for n in challenges]
    return [
        [
            *(AskedBlock(f"asked-{n}.npy", job, ids) for n, ids in challenges.items() if encoded),
            *(WordsBlock(f"words-{n}-{p}.npy", job, challenges[n], share) for n, p, share in both),
        ],
        [NearBlock(f"near-{n}-{p}.npz", job, asked[n], share) for n, p, share in both],
        [
            RankBlock(
                f"match-{name}.jsonl", job, asked[name],
                tuple(folder / f"near-{name}-{place}.npz" for place in places),
            )
            for name in challenges
        ],
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class AskedBlock:
    """Some challenges to be encoded."""

    name: str
    job: MatchJob
    challenge_ids: tuple[str, ...]

    def run(self, target: Path) -> None:
        """Write the vectors of titles and texts: (2, q, dim). Raises: InputError."""
        asked = _queries(self.job.matcher(), self.challenge_ids)
        vectors = [[q.title_vector for q in asked], [q.body_vector for q in asked]]
        with target.open("wb") as file:
            np.save(file, np.array(vectors, dtype=np.float32))


@dataclass(frozen=True, slots=True)
class WordsBlock:
    """What the words of some challenges add up to in some segments of the library.

    Attributes:
        segments: the first, and the one after the last.
    """

    name: str
    job: MatchJob
    challenge_ids: tuple[str, ...]
    segments: Segments

    def run(self, target: Path) -> None:
        """Write `word_sums`. Raises: InputError."""
        opened = self.job.matcher()
        asked = _queries(opened, self.challenge_ids, encoded=False)
        sums = word_sums(with_text(asked), opened.searched, range(*self.segments))
        with target.open("wb") as file:
            np.save(file, sums)


@dataclass(frozen=True, slots=True)
class Asked:
    """Challenges as queries, and what is known of them over the whole library.

    Attributes:
        vectors: file of the `AskedBlock`; None without an encoder.
        words: files of the `WordsBlock` of each block of teams.
    """

    challenge_ids: tuple[str, ...]
    vectors: Path | None
    words: tuple[Path, ...]

    def read(self, opened: Matcher) -> tuple[tuple[Query, ...], list[tuple[MeanStd, MeanStd]]]:
        """All queries, and means and deviations of those that have any text."""
        asked = _queries(opened, self.challenge_ids, encoded=False)
        if self.vectors is not None:
            titles, bodies = np.load(self.vectors)
            asked = tuple(
                replace(query, title_vector=title, body_vector=body)
                for query, title, body in zip(asked, titles, bodies, strict=True)
            )
        sums = np.concatenate([np.load(file) for file in self.words])
        return asked, word_mean_stds(sums, opened.searched)


@dataclass(frozen=True, slots=True)
class NearBlock:
    """Who is nearest to some challenges in some segments of the library."""

    name: str
    job: MatchJob
    asked: Asked
    segments: Segments

    def run(self, target: Path) -> None:
        """Write documents and their scores, and how many each query has. Raises: InputError."""
        opened = self.job.matcher()
        asked, mean_stds = self.asked.read(opened)
        found = list(nearest(
            with_text(asked), opened.searched, opened.centre,
            looked_at(self.job.settings.top),
            range(*self.segments), mean_stds,
        ))  # fmt: skip
        nothing: Found = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32))
        documents, means = (np.concatenate(column) for column in zip(nothing, *found, strict=True))
        counts = np.array([len(own) for own, _ in found], dtype=np.int64)
        with target.open("wb") as file:
            np.savez(file, documents=documents, means=means, counts=counts)


@dataclass(frozen=True, slots=True)
class RankBlock:
    """Some challenges to be ranked from who is nearest to them.

    Attributes:
        near: files of the `NearBlock` of each block of teams.
    """

    name: str
    job: MatchJob
    asked: Asked
    near: tuple[Path, ...]

    def run(self, target: Path) -> None:
        """Rank and write the rankings. Raises: InputError."""
        opened, wanted = self.job.matcher(), self.job.settings
        asked, mean_stds = self.asked.read(opened)
        near = self._surroundings(opened, with_text(asked), mean_stds)
        write_rankings(target, opened.rank_near(asked, near, wanted.top, wanted.explained))

    def _surroundings(
        self, opened: Matcher, asked: Sequence[Query], mean_stds: Sequence[tuple[MeanStd, MeanStd]]
    ) -> Iterator[Neighbourhood]:
        by_query = zip(*(_found(file) for file in self.near), strict=True)
        for query, mean_std, found in zip(asked, mean_stds, by_query, strict=True):
            documents = joined(found, looked_at(self.job.settings.top))
            yield surroundings(query, documents, opened.searched, opened.centre, mean_std)


def _found(file: Path) -> Iterator[Found]:
    """What a `NearBlock` wrote, query by query."""
    with np.load(file) as read:
        documents, means, counts = read["documents"], read["means"], read["counts"]
    bounds = np.cumsum(counts)
    return zip(np.split(documents, bounds)[:-1], np.split(means, bounds)[:-1], strict=True)


def _queries(
    opened: Matcher, challenge_ids: Sequence[str], *, encoded: bool = True
) -> tuple[Query, ...]:
    wanted = [opened.challenge(challenge_id) for challenge_id in challenge_ids]
    return queries(wanted, opened.tokenizer, opened.encoder if encoded else None)
