"""The ranker that was trained on grades: a sum of monotone curves, one a feature.

Its score is the log-odds that a reader would call a team worth calling, but for a last
calibration. Every curve only rises, no feature falls with more evidence, and none depends on who
else is in the library: so proof never hurts, and a stranger's library does not make it bolder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from matcher.arrays import FloatArray
from matcher.ranking.evidence import EVIDENCE, evidence
from matcher.ranking.features import FeatureMatrix
from matcher.ranking.phrases import PHRASES, PhraseReader
from matcher.ranking.stages import Chain, Pool, Scores, Stage

BASE = "base"
# Phrases are read of so many by the scores without them: reading costs, and the rest is far off.
READ = 60
# No feature says more than that all of it is there; and no curve goes on more steeply than this.
_WHOLE, _STEEPEST = 1.0, 1.5
LABELS: Mapping[str, str] = {
    **{name: feature.label for name, feature in EVIDENCE.items()},
    **PHRASES,
    BASE: "基准",
}


@dataclass(frozen=True)
class Curve:
    """A curve of straight stretches that begins at 0 and never falls: height by place.

    Hardly anything that readers graded lies beyond its last place; there it goes on with its
    average slope, so that the very piece asked for stands above what only comes near.
    """

    places: tuple[float, ...]
    heights: tuple[float, ...]

    def __call__(self, values: FloatArray) -> FloatArray:
        """Heights at some places, flat before the first."""
        known = np.interp(values, self.places, self.heights)
        beyond = np.maximum(np.minimum(values, _WHOLE) - self.places[-1], 0.0)
        return np.asarray(known + self._slope * beyond, dtype=np.float32)

    @property
    def _slope(self) -> float:
        width = self.places[-1] - self.places[0]
        return min(_STEEPEST, self.heights[-1] / width) if width > 0 else 0.0


@dataclass(frozen=True)
class AdditiveRanker:
    """A sum of curves.

    Attributes:
        curves: feature to curve.
        base: the score of a team with no evidence at all.
        reader: reads phrases; without one they add nothing.
    """

    curves: Mapping[str, Curve]
    base: float
    reader: PhraseReader | None = field(default=None, repr=False, compare=False)
    name: str = "graded"
    labels = LABELS

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The features it reads."""
        return tuple(self.curves)

    def with_reader(self, reader: PhraseReader | None) -> AdditiveRanker:
        """The same that reads phrases with an encoder."""
        return replace(self, reader=reader)

    def rerank(self, pool: Pool) -> Scores:
        """See `matcher.ranking.stages.Stage`."""
        known = self.contributions(evidence(pool.view, self._of(EVIDENCE)))
        spoken = np.zeros((len(known.values), len(self._of(PHRASES))), dtype=np.float32)
        if self.reader is not None and spoken.size and pool.meets_best:
            first = self._first(pool, known)
            places = first.among_best(READ)
            told = self.reader.compare(pool.view, places)
            spoken[places] = self.contributions(told, self._of(PHRASES), base=False).values
        names = (*known.names, *self._of(PHRASES))
        return Scores.of(FeatureMatrix(names, np.concatenate([known.values, spoken], axis=1)))

    def _first(self, pool: Pool, known: FeatureMatrix) -> Pool:
        """The pool with the scores before phrases, and those of the whole library's best."""
        scores = known.values.sum(axis=1, dtype=np.float32)
        library = pool.library
        if library is not None:
            best = self.contributions(evidence(library.view, self._of(EVIDENCE)))
            library = replace(library, scores=best.values.sum(axis=1, dtype=np.float32))
        return replace(pool, library=library, scores=scores)

    def score(self, features: FeatureMatrix) -> FloatArray:
        """One score a candidate from its features: (k,)."""
        return np.asarray(self.contributions(features, self.feature_names).values.sum(axis=1))

    def contributions(
        self, features: FeatureMatrix, names: tuple[str, ...] | None = None, base: bool = True
    ) -> FeatureMatrix:
        """What some features add, with the base: rows sum to the score when all are there."""
        names = self._of(EVIDENCE) if names is None else names
        columns = [self.curves[name](features.column(name)) for name in names]
        if base:
            columns.append(np.full(len(features.values), self.base, dtype=np.float32))
        values = np.stack(columns, axis=1) if columns else np.zeros((len(features.values), 0))
        return FeatureMatrix((*names, BASE) if base else names, values.astype(np.float32))

    def _of(self, kind: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(name for name in self.curves if name in kind)

    def content(self) -> dict[str, Any]:
        """For a file; see `additive_of`."""
        return {
            "name": self.name,
            "kind": "additive",
            "features": list(self.curves),
            "base": self.base,
            "curves": [
                {"places": list(c.places), "heights": list(c.heights)} for c in self.curves.values()
            ],
        }


def reads_clauses(stage: Stage) -> bool:
    """Whether a stage will ask for the vectors of a query's clauses."""
    if isinstance(stage, Chain):
        return any(reads_clauses(one) for one in stage.stages)
    return isinstance(stage, AdditiveRanker) and stage.reader is not None


def additive_of(content: Mapping[str, Any]) -> AdditiveRanker:
    """A ranker from what `AdditiveRanker.content` gave.

    Raises:
        ValueError, KeyError, TypeError: it is not that, or a curve falls.
    """
    names = list(content["features"])
    unknown = [name for name in names if name not in EVIDENCE and name not in PHRASES]
    if unknown:
        raise ValueError(f"features {unknown}")
    curves = {}
    for name, drawn in zip(names, content["curves"], strict=True):
        places, heights = (tuple(map(float, drawn[key])) for key in ("places", "heights"))
        steps = np.diff(np.array([places, heights]), axis=1)
        if len(places) < 2 or not np.isfinite(steps).all() or (steps < 0).any() or heights[0]:
            raise ValueError(f"curve of {name}")
        curves[name] = Curve(places, heights)
    return AdditiveRanker(curves, float(content["base"]), name=str(content["name"]))
