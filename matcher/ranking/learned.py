"""Rankers that were trained: a linear one and gradient-boosted trees (LambdaMART)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from matcher.arrays import FloatArray, IntArray, WideArray
from matcher.atomic import atomic_path
from matcher.errors import InputError, ModelError
from matcher.ranking.additive import AdditiveRanker, additive_of
from matcher.ranking.features import FEATURES, FeatureMatrix, features, standardised
from matcher.ranking.stages import Pool, Scores

BASE = "base"
# What the parts of a learned score are called in explanations.
LABELS: Mapping[str, str] = {name: f.label for name, f in FEATURES.items()} | {BASE: "基准"}


@dataclass(frozen=True)
class LinearRanker:
    """A weighted sum of standardised features."""

    feature_names: tuple[str, ...]
    weights: tuple[float, ...]
    name: str = "linear"
    labels = LABELS

    def rerank(self, pool: Pool) -> Scores:
        """See `matcher.ranking.stages.Stage`."""
        return _scores(self, pool)

    def score(self, features: FeatureMatrix) -> FloatArray:
        """One score a candidate from its standardised features: (k,)."""
        return np.asarray(self.contributions(features).values.sum(axis=1), dtype=np.float32)

    def contributions(self, features: FeatureMatrix) -> FeatureMatrix:
        """Named parts whose rows sum to ``score``."""
        weights = np.array(self.weights, dtype=np.float32)
        values = features.columns(self.feature_names) * weights
        return FeatureMatrix(self.feature_names, values)


@dataclass(frozen=True)
class BoostedRanker:
    """LambdaMART (Burges 2010) by LightGBM; contributions are its exact SHAP values."""

    feature_names: tuple[str, ...]
    model: str
    name: str = "lambdamart"
    labels = LABELS

    @cached_property
    def _booster(self) -> Any:
        import lightgbm

        return lightgbm.Booster(model_str=self.model)

    def rerank(self, pool: Pool) -> Scores:
        """See `matcher.ranking.stages.Stage`."""
        return _scores(self, pool)

    def score(self, features: FeatureMatrix) -> FloatArray:
        """One score a candidate from its standardised features: (k,)."""
        if not len(features.values):
            return np.zeros(0, dtype=np.float32)
        columns = features.columns(self.feature_names)
        return np.asarray(self._booster.predict(columns), dtype=np.float32)

    def contributions(self, features: FeatureMatrix) -> FeatureMatrix:
        """Named parts whose rows sum to ``score``; ``base`` is the mean prediction."""
        names = (*self.feature_names, BASE)
        if not len(features.values):
            return FeatureMatrix(names, np.zeros((0, len(names)), dtype=np.float32))
        parts = self._booster.predict(features.columns(self.feature_names), pred_contrib=True)
        return FeatureMatrix(names, np.asarray(parts, dtype=np.float32))


LearnedRanker = LinearRanker | BoostedRanker | AdditiveRanker


def _scores(ranker: LinearRanker | BoostedRanker, pool: Pool) -> Scores:
    """A candidate's features in deviations from the best of the whole library, weighed."""
    known = features(pool.reference.view, ranker.feature_names)
    own = known if pool.library is None else features(pool.view, ranker.feature_names)
    told = standardised(own, known)
    return Scores(ranker.score(told), lambda places: ranker.contributions(told.rows(places)))


FUSED_ALONE = LinearRanker(("fused",), (1.0,))


def save_ranker(ranker: LearnedRanker, path: Path) -> None:
    """Write a ranker as JSON: readable, diffable, nothing that runs when loaded."""
    content: dict[str, Any] = {"name": ranker.name, "features": list(ranker.feature_names)}
    if isinstance(ranker, LinearRanker):
        content |= {"kind": "linear", "weights": list(ranker.weights)}
    elif isinstance(ranker, AdditiveRanker):
        content = ranker.content()
    else:
        content |= {
            "kind": "lambdamart",
            "sha256": _digest(ranker.model),
            "model": ranker.model.splitlines(),
        }
    with atomic_path(path) as temporary:
        temporary.write_text(
            json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )


def load_ranker(path: Path) -> LearnedRanker:
    """Read a ranker written by `save_ranker`.

    Raises:
        ModelError: missing, damaged, or made for features this version does not have.
    """
    try:
        written = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    return read_ranker(written, path)


def read_ranker(written: str, origin: Path | str) -> LearnedRanker:
    """A ranker from what its file holds; ``origin`` says in errors where that is from.

    Raises:
        ModelError: as `load_ranker`.
    """
    try:
        content = json.loads(written)
        names = tuple(content["features"])
        kind = content["kind"]
        if kind == "additive":
            return additive_of(content)
        unknown = [name for name in names if name not in FEATURES]
        if unknown or kind not in ("linear", "lambdamart"):
            raise ModelError(
                "排序模型与本版本不符",
                given="、".join(unknown) or kind,
                remedy="用 matcher train 重新训练，或加 --ranker fused",
            )
        if kind == "linear":
            weights = tuple(float(weight) for weight in content["weights"])
            if len(weights) != len(names) or not np.isfinite(weights).all():
                raise ValueError("weights")
            return LinearRanker(names, weights, str(content["name"]))
        model = "\n".join(content["model"]) + "\n"
        # LightGBM ends the whole process over some damaged trees; they must not reach it.
        if content["sha256"] != _digest(model):
            raise ValueError("sha256")
        return _checked(BoostedRanker(names, model, str(content["name"])))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _unreadable(origin, error) from error


def _unreadable(origin: Path | str, error: Exception) -> ModelError:
    return ModelError(
        "排序模型无法读取",
        given=f"{origin}: {error}",
        remedy="用 matcher train 重新训练，或加 --ranker fused",
    )


def _digest(model: str) -> str:
    return hashlib.sha256(model.encode()).hexdigest()


def _checked(ranker: BoostedRanker) -> BoostedRanker:
    """Raises ValueError where the trees cannot be read or were grown on other features."""
    import lightgbm

    try:
        width = ranker._booster.num_feature()
    except lightgbm.basic.LightGBMError as error:
        raise ValueError(error) from error
    if width != len(ranker.feature_names):
        raise ValueError(f"{width} features")
    return ranker


@dataclass(frozen=True)
class Group:
    """One query's candidates in training.

    Attributes:
        query_id: the challenge.
        team_ids, org_names: (k,) of the candidates, for grouping folds and breaking ties.
        fold_key: what must not be split between folds: the answering organisation.
        features: (k, n_features), standardised.
        relevant: (k,) grades, 0 or 1.
    """

    query_id: str
    team_ids: tuple[str, ...]
    org_names: tuple[str, ...]
    fold_key: str
    features: FeatureMatrix
    relevant: IntArray


def fit_linear(
    groups: Sequence[Group],
    names: Sequence[str] = tuple(FEATURES),
    strength: float = 0.1,
    prior: LinearRanker = FUSED_ALONE,
) -> LinearRanker:
    """A weighted sum that puts the answers first: softmax cross-entropy over each query's
    candidates (ListNet, Cao et al. 2007), which is decided by the hardest of the others.

    Every query weighs the same, however many candidates it has. No weight is negative: every
    feature is made so that more of it speaks for a team, and a sign learned from noise would be
    indefensible in a report. The penalty draws the weights to the prior; the fused score alone is
    what is known to work on data nobody has judged yet. Features left without weight are dropped.

    Args:
        groups: training queries; those without a relevant candidate teach nothing.
        names: features to use.
        strength: of the ridge penalty.
        prior: what the ranker is without data.

    Raises:
        InputError: no group has both a relevant and another candidate.
    """
    from scipy.optimize import minimize

    taught = [
        (group.features.columns(names).astype(np.float64), group.relevant > 0)
        for group in _teaching(groups)
    ]
    known = dict(zip(prior.feature_names, prior.weights, strict=True))
    start = np.array([known.get(name, 0.0) for name in names])

    def loss(w: WideArray) -> tuple[float, WideArray]:
        away = w - start
        value, slope = strength * float(away @ away), 2 * strength * away
        for values, relevant in taught:
            scores = values @ w
            shares = np.exp(scores - scores.max())
            right = shares * relevant
            value -= float(np.log(right.sum() / shares.sum())) / len(taught)
            slope += (shares @ values / shares.sum() - right @ values / right.sum()) / len(taught)
        return value, slope

    # To the very optimum, so that rounding takes off whatever a BLAS makes of the way there.
    found = minimize(
        loss, start, jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(names),
        options={"ftol": 0.0, "gtol": 1e-9, "maxiter": 10_000, "maxfun": 20_000},
    )  # fmt: skip
    weights = {name: round(float(w), 4) for name, w in zip(names, found.x, strict=True)}
    kept = {name: weight for name, weight in weights.items() if weight > 0}
    return LinearRanker(tuple(kept), tuple(kept.values()))


def fit_boosted(
    groups: Sequence[Group],
    names: Sequence[str] = tuple(FEATURES),
    seed: int = 0,
    trees: int = 120,
) -> BoostedRanker:
    """LambdaMART, monotone in every feature for the same reason as in `fit_linear`.

    Raises:
        InputError: as `fit_linear`.
    """
    import lightgbm

    taught = _teaching(groups)
    ranker = lightgbm.LGBMRanker(
        n_estimators=trees, learning_rate=0.05, num_leaves=7, min_child_samples=40,
        subsample=0.8, subsample_freq=1, colsample_bytree=0.5, reg_lambda=5.0,
        monotone_constraints=[1] * len(names), random_state=seed, deterministic=True,
        force_row_wise=True, n_jobs=1, verbose=-1,
    )  # fmt: skip
    ranker.fit(
        np.concatenate([group.features.columns(names) for group in taught]),
        np.concatenate([group.relevant for group in taught]),
        group=[len(group.relevant) for group in taught],
    )
    return BoostedRanker(tuple(names), ranker.booster_.model_to_string())


def _teaching(groups: Sequence[Group]) -> list[Group]:
    """The groups something can be learned from."""
    taught = [group for group in groups if group.relevant.any() and not group.relevant.all()]
    if not taught:
        raise InputError(
            "没有可用来训练的需求",
            given=f"{len(groups)} 项需求，候选团队里没有一项既有答案又有其他团队",
            remedy="检查判断文件里的编号是否与榜单、团队库一致",
        )
    return taught
