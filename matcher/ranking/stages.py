"""Stages of ranking: what each adds to the scores of the candidates, in named parts.

    retrieve  ──►  rerank (one stage or several)  ──►  calibrate
    search.py      ranker.py, learned.py, …            calibration.py

A stage sees what was asked, what is searched of the candidates, and what the stages before made of
them. A candidate's score is the sum of what all stages add. It depends on the query, the candidate
and the whole library, never on who else may be listed: a filter changes nobody's score.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol

import numpy as np

from matcher.arrays import FloatArray, IntArray
from matcher.ranking.calibration import Calibration
from matcher.ranking.features import FeatureMatrix
from matcher.ranking.query import Query
from matcher.ranking.view import View

# Scores that differ less than this differ by rounding only; such candidates are ordered by id.
SCORE_DECIMALS = 5


@dataclass(frozen=True)
class Scores:
    """What a stage adds to the scores of ``k`` candidates.

    Attributes:
        values: (k,) float32.
        parts: named parts of the candidates at some places; the rows sum to their values. Made
            when a match is explained.
    """

    values: FloatArray
    parts: Callable[[IntArray], FeatureMatrix]

    @classmethod
    def of(cls, parts: FeatureMatrix) -> Scores:
        """Of parts that are known already."""
        return cls(np.asarray(parts.values.sum(axis=1), dtype=np.float32), parts.rows)


@dataclass(frozen=True)
class Pool:
    """The candidates of one query as a stage sees them.

    Attributes:
        view: the candidates: their passages, with the retrievers' scores.
        library: the best of the whole library, whoever may be listed; None where the candidates
            are these.
        scores: (k,) what the stages before gave the candidates in all.
    """

    view: View
    library: Pool | None = None
    scores: FloatArray = field(default_factory=lambda: np.zeros(0, dtype=np.float32))

    @property
    def query(self) -> Query:
        """What was asked."""
        return self.view.query

    @property
    def reference(self) -> Pool:
        """What the candidates are compared with: the best of the whole library."""
        return self.library or self

    def texts(self, place: int) -> tuple[str, ...]:
        """What is searched of a candidate, passage by passage."""
        return self.view.texts(place)

    @property
    def meets_best(self) -> bool:
        """Whether any candidate is among the best of the library that are compared with."""
        known = self.reference.view.numbers
        return self.library is None or bool(np.isin(self.view.numbers, known).any())

    def among_best(self, depth: int) -> IntArray:
        """Places of the candidates that are among the library's best by the scores so far."""
        best = self.reference._best(depth)
        return np.flatnonzero(np.isin(self.view.numbers, best))

    def _best(self, depth: int) -> IntArray:
        return self.view.numbers[best_first(self.scores, self.view.ids, depth)]

    def after(self, stage: Stage, added: Scores) -> Pool:
        """The same candidates when a stage has added its scores."""
        library = self.library
        if library is not None:
            library = library.after(stage, stage.rerank(library))
        scores = added.values + self.scores if len(self.scores) else added.values
        return replace(self, library=library, scores=scores)


class Stage(Protocol):
    """Adds to the scores of candidates, and says in which parts.

    A new one is a file of its own and a line in `matcher.models`.
    """

    @property
    def name(self) -> str:
        """Names the stage in runs and reports."""
        ...

    @property
    def labels(self) -> Mapping[str, str]:
        """What its parts are called in explanations."""
        ...

    def rerank(self, pool: Pool) -> Scores:
        """One score a candidate, higher is better, to be added to ``pool.scores``.

        A candidate must get the same whoever else is in the pool but for ``pool.reference``.
        """
        ...


@dataclass(frozen=True)
class Chain:
    """Stages one after another; itself a stage.

    Attributes:
        calibration: puts the scores into words where the shipped one, which knows the retrievers'
            signals only, is not meant to.
    """

    stages: tuple[Stage, ...]
    calibration: Calibration | None = None

    @property
    def name(self) -> str:
        """The names of all."""
        return "+".join(stage.name for stage in self.stages)

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """Those of all."""
        return {name: label for stage in self.stages for name, label in stage.labels.items()}

    def rerank(self, pool: Pool) -> Scores:
        """See `Stage`."""
        made: list[Scores] = []
        for number, stage in enumerate(self.stages):
            if number:
                pool = pool.after(self.stages[number - 1], made[-1])
            made.append(stage.rerank(pool))
        values = np.array([scores.values for scores in made]).sum(axis=0, dtype=np.float32)
        return Scores(
            np.asarray(values), lambda places: joined([one.parts(places) for one in made])
        )


def joined(parts: Sequence[FeatureMatrix]) -> FeatureMatrix:
    """The columns of all, side by side."""
    names = tuple(name for one in parts for name in one.names)
    return FeatureMatrix(names, np.concatenate([one.values for one in parts], axis=1))


def best_first(scores: FloatArray, ids: Sequence[str], depth: int) -> IntArray:
    """Positions of the best ``depth`` candidates, best first; ties by id, ascending."""
    rounded = np.round(scores.astype(np.float64), SCORE_DECIMALS)
    if depth < len(rounded):
        # Only those that can reach the list are sorted; everyone tied with the last one stays in.
        limit = np.partition(rounded, len(rounded) - depth)[len(rounded) - depth]
        kept = np.flatnonzero(rounded >= limit)
    else:
        kept = np.arange(len(rounded))
    order = sorted(kept.tolist(), key=lambda place: (-rounded[place], ids[place]))
    return np.asarray(order[:depth], dtype=np.int64)
