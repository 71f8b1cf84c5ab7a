"""Which owners a ranker looks at, and what it is told of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.index.collection import Collection
from matcher.index.fusion import best_two, top_two_mean
from matcher.ranking.features import (
    FUSED_PARTS,
    FeatureMatrix,
    View,
    features,
    fused_parts,
    standardised,
)
from matcher.ranking.query import Query
from matcher.ranking.ranker import Ranker
from matcher.ranking.scoring import Candidates, PassageScores, candidates

# On papers/ and labs/ the first 200 hold 96% of the answers; the rest of the library is noise.
CANDIDATES = 200


def looked_at(depth: int) -> int:
    """How many owners must be found for a list of ``depth``."""
    return max(depth, CANDIDATES)


def reference_view(
    query: Query,
    collection: Collection,
    scores: PassageScores,
    depth: int = CANDIDATES,
    hidden: NDArray[np.bool_] | None = None,
    mask: NDArray[np.bool_] | None = None,
) -> View:
    """The ``depth`` owners with the best fused score (of those in ``mask``); ties by id."""
    fused = scores.fused
    first, second = best_two(fused, collection.starts)
    means = top_two_mean(fused, first, second)
    if mask is not None:
        means = np.where(mask, means, -np.inf)
    order = np.argsort(-means, kind="stable")[:depth]
    alive = order[np.isfinite(means[order])]
    if hidden is not None:
        # An owner all of whose passages are hidden cannot be found.
        alive = np.array([o for o in alive if not hidden[collection.span(int(o))].all()], dtype=int)
    return View(query, collection, scores, np.sort(alive), hidden)


@dataclass(frozen=True)
class Prepared:
    """What a ranker is told of the candidates for one query.

    Attributes:
        found: the candidates.
        features: those the ranker reads, of the candidates in the same order.
        view: the candidates, as they are seen.
        reference: the best of the whole library, whoever may be listed; often the same view.
    """

    found: Candidates
    features: FeatureMatrix
    view: View
    reference: View


def prepare(
    ranker: Ranker,
    query: Query,
    collection: Collection,
    scores: PassageScores,
    depth: int,
    mask: NDArray[np.bool_] | None = None,
) -> Prepared:
    """The candidates for a ranker with the features it reads.

    The fused score is cheap and looks at everybody. A learned ranker looks at the best
    ``CANDIDATES`` by fused score (more when a longer list is asked for), each in deviations from
    the best of the whole library, so that a filter changes who is listed and nobody's score.
    """
    reference = view = reference_view(query, collection, scores)
    if ranker.feature_names == FUSED_PARTS:
        owners = np.arange(len(collection.places)) if mask is None else np.flatnonzero(mask)
        found = candidates(query, collection, scores, owners)
        return Prepared(found, fused_parts(found), View(query, collection, scores, owners), view)
    if mask is not None or depth > CANDIDATES:
        view = reference_view(query, collection, scores, looked_at(depth), mask=mask)
    known = features(reference, ranker.feature_names)
    raw = known if view is reference else features(view, ranker.feature_names)
    found = candidates(query, collection, scores, view.owners)
    return Prepared(found, standardised(raw, known), view, reference)
