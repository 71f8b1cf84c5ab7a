"""Training on grades: monotone curves whose sum is the log-odds of "worth calling"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.arrays import WideArray
from matcher.errors import InputError
from matcher.learning.evaluation import Qrels, Run, read_qrels
from matcher.learning.training import judged_set
from matcher.models import phrase_reader
from matcher.pipeline import Matcher
from matcher.ranking.additive import AdditiveRanker, Curve
from matcher.ranking.candidates import CANDIDATES
from matcher.ranking.evidence import evidence
from matcher.ranking.features import FeatureMatrix
from matcher.ranking.phrases import PhraseReader
from matcher.ranking.query import queries
from matcher.ranking.scoring import score_passages
from matcher.ranking.view import View, reference_view
from matcher.records import Challenge

# A curve that is set, not learned: 99 in 100 of the teams that readers graded share less with a
# challenge than 1.1 of the rarest words, and half of the authors share 3.9 with a paper asked by
# its abstract, of which the grades tell nothing (docs/evaluation.md).
_SET: Mapping[str, Curve] = {"words_amount": Curve((0.0, 1.5, 7.5), (0.0, 0.0, 4.0))}
# Where the curves bend: these shares of all candidates lie below.
_BENDS = (0.5, 0.75, 0.9, 0.96, 0.99, 0.999)
# What a grade is worth in the list; a 3 is to be called first.
_GAINS = np.array([0.0, 0.3, 1.0, 3.0])
_RIDGE = 0.003
# A candidate nobody has judged is most likely unrelated, but not surely.
_UNJUDGED = 0.3
_POOL = 28
_WORTH_CALLING = 2
# A challenge by its title alone counts half: it is the same challenge again.
_BY_TITLE = 0.5


@dataclass(frozen=True)
class GradedGroup:
    """One challenge's candidates with their grades.

    Attributes:
        query_id: the challenge.
        team_ids: (k,) of the candidates.
        fold_key: what must not be split between folds.
        features: (k, n) as they are.
        grades: (k,) 0-3, 0 where nobody judged.
        judged: (k,) whether somebody did.
        weight: of the group among the others.
    """

    query_id: str
    team_ids: tuple[str, ...]
    fold_key: str
    features: FeatureMatrix
    grades: NDArray[np.int64]
    judged: NDArray[np.bool_]
    weight: float = 1.0


def graded_set(folder: Path, encoder: str) -> list[GradedGroup]:
    """The groups of a judged set folder, and the same by title alone.

    Raises:
        InputError: a file is missing or cannot be read.
    """
    matcher, qrels = judged_set(folder, encoder)
    titles = {
        number: Challenge(challenge_id=number, title=challenge.title)
        for number, challenge in matcher.challenges.items()
        if challenge.title
    }
    by_title = replace(matcher, challenges=titles)
    return [*graded_groups(matcher, qrels), *graded_groups(by_title, qrels, _BY_TITLE)]


def graded_groups(matcher: Matcher, qrels: Qrels, weight: float = 1.0) -> list[GradedGroup]:
    """One group a judged challenge, with everything an `AdditiveRanker` can read."""
    reader = phrase_reader(matcher.encoder)
    judged = [matcher.challenges[q] for q in qrels if q in matcher.challenges]
    library = replace(matcher.library, source=matcher.compared)
    made = []
    for query in queries(judged, matcher.tokenizer, matcher.encoder):
        if query.facets:
            scores = score_passages(query, library, matcher.centre)
            view = reference_view(query, library, scores, CANDIDATES)
            made.append(_group(matcher, view, qrels[query.query_id], reader, weight))
    return made


def _group(
    matcher: Matcher,
    view: View,
    judged: Mapping[str, int],
    reader: PhraseReader | None,
    weight: float,
) -> GradedGroup:
    told = evidence(view)
    if reader is not None:
        spoken = reader.compare(view, np.arange(len(view.documents)))
        values = np.concatenate([told.values, spoken.values], axis=1)
        told = FeatureMatrix((*told.names, *spoken.names), values)
    best = max(judged, key=lambda team: (judged[team], team))
    return GradedGroup(
        query_id=view.query.query_id,
        team_ids=tuple(view.ids),
        fold_key=matcher.teams[best].org_name if best in matcher.teams else best,
        features=told,
        grades=np.array([judged.get(team, 0) for team in view.ids], dtype=np.int64),
        judged=np.array([team in judged for team in view.ids]),
        weight=weight,
    )


def fit_graded(groups: Sequence[GradedGroup]) -> AdditiveRanker:
    """Curves that put a list in order and say how sure they are.

    The loss is the sum of an ordinal logistic one over all pairs (McCullagh 1980: one score, three
    thresholds), which makes the score mean the same for every challenge, and a listwise one
    (ListNet, Cao et al. 2007, with gains by grade), which is decided at the top. No stretch of a
    curve may fall. Numbers are rounded, so that the file does not depend on the last bits of a
    BLAS.

    Raises:
        InputError: there is no challenge with a team worth calling and another one.
    """
    taught = [g for g in groups if len(g.team_ids)]
    worth = [g.grades >= _WORTH_CALLING for g in taught]
    if not any(w.any() and not w.all() for w in worth):
        raise InputError(
            "没有可用来训练的需求",
            given=f"{len(groups)} 项需求里没有一项既有等级 ≥ 2 的团队又有其他团队",
            remedy="检查判断文件里的编号是否与榜单、团队库一致",
        )
    told = taught[0].features.names
    names = tuple(name for name in told if name not in _SET)
    every = np.concatenate([g.features.columns(names) for g in taught]).astype(np.float64)
    places = _bends(every)
    found = _minimise(_Loss(taught, _stretches(every, places)))
    thresholds, steps = found[:3], found[3:].reshape(len(names), -1)
    curves = {
        name: Curve(tuple(place.tolist()), (0.0, *np.cumsum(np.round(rise, 4)).round(4).tolist()))
        for name, place, rise in zip(names, places, steps, strict=True)
        if np.round(rise, 4).any()
    }
    curves |= {name: curve for name, curve in _SET.items() if name in told}
    return AdditiveRanker(curves, round(-float(thresholds[1]), 4))


def _bends(values: WideArray) -> WideArray:
    """(features, bends) ascending, each at least a little beyond the one before."""
    places = np.quantile(values, _BENDS, axis=0).T.round(4)
    for column in range(1, places.shape[1]):
        places[:, column] = np.maximum(places[:, column], places[:, column - 1] + 1e-3)
    return np.asarray(places.round(4))


def _stretches(values: WideArray, places: WideArray) -> Any:
    """How far each value is along each stretch, 0..1: sparse (n, features x stretches).

    Four in five are 0, for most candidates are unrelated; and sums of the others are added up in
    one order, whatever the BLAS.
    """
    from scipy.sparse import csr_array

    low, high = places[:, :-1], places[:, 1:]
    along = np.clip((values[:, :, None] - low) / (high - low), 0, 1)
    return csr_array(along.reshape(len(values), -1))


class _Loss:
    """Value and slope of the loss over thresholds and steps."""

    def __init__(self, groups: Sequence[GradedGroup], values: Any) -> None:
        self.values = values
        self._turned = values.T.tocsr()
        self.bounds = np.cumsum([0, *(len(g.team_ids) for g in groups)])
        total = sum(g.weight for g in groups)
        self.grades = np.concatenate([g.grades for g in groups])
        self.weights = np.concatenate(
            [np.where(g.judged, 1.0, _UNJUDGED) * g.weight / (_POOL * total) for g in groups]
        )
        self.targets = [
            (_GAINS[g.grades] / _GAINS[g.grades].sum(), g.weight / total)
            if g.grades.any()
            else None
            for g in groups
        ]

    def __call__(self, found: WideArray) -> tuple[float, WideArray]:
        thresholds, steps = found[:3], found[3:]
        scores = self.values @ steps
        value, by_score, by_threshold = self._ordinal(scores, thresholds)
        value += self._listwise(scores, by_score) + _RIDGE * float(steps @ steps)
        slope = self._turned @ by_score + 2 * _RIDGE * steps
        return value, np.concatenate([by_threshold, slope])

    def _ordinal(
        self, scores: WideArray, thresholds: WideArray
    ) -> tuple[float, WideArray, WideArray]:
        value, by_score, by_threshold = 0.0, np.zeros(len(scores)), np.zeros(3)
        for number, threshold in enumerate(thresholds):
            above = self.grades > number
            margin = scores - threshold
            value += float(self.weights @ np.logaddexp(0, np.where(above, -margin, margin)))
            off = self.weights * (1 / (1 + np.exp(-margin)) - above)
            by_score += off
            by_threshold[number] = -off.sum()
        return value, by_score, by_threshold

    def _listwise(self, scores: WideArray, by_score: WideArray) -> float:
        """Value; the slope is added to ``by_score``."""
        value = 0.0
        for low, high, target in zip(self.bounds[:-1], self.bounds[1:], self.targets, strict=True):
            if target is not None:
                wanted, weight = target
                shifted = scores[low:high] - scores[low:high].max()
                logs = shifted - np.log(np.exp(shifted).sum())
                value -= weight * float(wanted @ logs)
                by_score[low:high] += weight * (np.exp(logs) - wanted)
        return value


def _minimise(loss: _Loss) -> WideArray:
    from scipy.optimize import minimize

    size = loss.values.shape[1]
    start = np.concatenate([[2.0, 4.0, 6.0], np.full(size, 0.1)])
    bounds = [(None, None)] * 3 + [(0, None)] * size
    found = minimize(
        loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 300}
    )
    return np.asarray(found.x)


def fold_rankers(
    groups: Sequence[GradedGroup], more: Sequence[GradedGroup] = (), folds: int = 10
) -> Iterator[tuple[list[int], AdditiveRanker]]:
    """Places of a fold's groups, and a ranker that saw neither them nor their organisations."""
    keys = sorted({group.fold_key for group in groups})
    fold_of = {key: number % folds for number, key in enumerate(keys)}
    for fold in range(folds):
        tested = [n for n, g in enumerate(groups) if fold_of[g.fold_key] == fold]
        if tested:
            others = [g for g in groups if fold_of[g.fold_key] != fold]
            yield tested, fit_graded([*others, *more])


def cross_validated(
    groups: Sequence[GradedGroup], more: Sequence[GradedGroup] = (), folds: int = 10
) -> list[WideArray]:
    """Scores of each group's candidates by a ranker that saw neither it nor its organisation."""
    scores: list[WideArray] = [np.zeros(0)] * len(groups)
    for tested, ranker in fold_rankers(groups, more, folds):
        for number in tested:
            scores[number] = ranker.score(groups[number].features).astype(np.float64)
    return scores


def in_order(groups: Sequence[GradedGroup], scores: Sequence[WideArray]) -> Run:
    """A run: each group's teams, best first."""
    return {
        g.query_id: [g.team_ids[int(i)] for i in np.argsort(-s, kind="stable")]
        for g, s in zip(groups, scores, strict=True)
    }


def more_groups(folder: Path, benchmark: Path, encoder: str) -> list[GradedGroup]:
    """Other challenges graded for the benchmark's teams."""
    matcher = Matcher.from_files(
        folder / "challenges.jsonl", benchmark / "teams.jsonl",
        encoder=encoder, ranker="fused", calibrated=False,
    )  # fmt: skip
    return graded_groups(matcher, read_qrels(folder / "qrels_graded.txt"))
