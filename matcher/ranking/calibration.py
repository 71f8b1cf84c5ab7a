"""Calibration: from signals to probabilities, and from these to bands and verdicts in words.

A ranking always has a first place; whether the first is any good is another question. Signals here
are absolute (cosine, share of the challenge's words that a team's evidence holds), so that a
challenge from a field the library does not know comes out low, whatever its ranks.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.arithmetic import exponential, weighted
from matcher.arrays import FloatArray, IntArray, WideArray
from matcher.atomic import atomic_path
from matcher.errors import ModelError
from matcher.ranking.features import SIGNALS, FeatureMatrix
from matcher.ranking.grades import Band, Verdict

# A challenge is judged by its best candidates; deeper ones say nothing about whether it can be met.
JUDGED_DEPTH = 20
# In a library of fewer passages the background says more than the library of what is rare and
# near, and scores come out bolder (docs/evaluation.md): of one passage, so much of what 强 leaves
# to certainty is asked beside.
_SPARSE, _CAUTION = 100, 0.35
# Seven or eight are enough; the sums of a loss that cannot be met more closely may not settle.
_NEWTON_STEPS = 50
_MARK = 10
CHALLENGE_SIGNALS = ("cosine_best", "cosine_mean", "title_terms_covered_best")
# The same of the ranker trained on grades, whose score means the same for every challenge.
SCORE_SIGNALS = ("score",)
CHALLENGE_SCORES = ("score_best", "score_mean")


@dataclass(frozen=True)
class Logistic:
    """A logistic model: P = 1 / (1 + exp(-(weights . signals + bias)))."""

    names: tuple[str, ...]
    weights: tuple[float, ...]
    bias: float

    def probability(self, signals: NDArray[np.floating[Any]]) -> FloatArray:
        """(k, n_signals) to (k,) probabilities."""
        margin = weighted(signals.astype(np.float64), np.array(self.weights)) + self.bias
        return _logistic(margin).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Told:
    """What became of the challenges that were told one verdict.

    Attributes:
        n: how many, on the average of the draws.
        fitting, partly: share of them that have a fitting team, and one that fits in part.
    """

    verdict: str
    n: float
    fitting: float
    partly: float


@dataclass(frozen=True, slots=True)
class Check:
    """How the probability of a fitting team did on challenges it was not fitted on.

    Attributes:
        name: of the set of challenges; ``n`` are in it.
        auroc: of answerable against unanswerable challenges.
        error: expected calibration error, 0..1.
        strong_right, strong_unrelated, medium_right: share of the pairs called 强 that judges
            found worth calling, and unrelated; of 中 worth calling; None where not judged.
        verdicts: of the judged challenges, what became of each verdict.
        by: who judged, in short; basis: who judged what; "" where it was not kept.
        judged: marks of the challenges judged, see `text_mark`.
    """

    name: str
    n: int
    auroc: float
    error: float
    strong_right: float | None = None
    strong_unrelated: float | None = None
    medium_right: float | None = None
    verdicts: tuple[Told, ...] = ()
    by: str = ""
    basis: str = ""
    judged: tuple[str, ...] = ()


def text_mark(text: str) -> str:
    """Enough of a hash to tell whether two lists ask the same, white space aside.

    >>> text_mark("轴承 钢") == text_mark("轴承钢")
    True
    """
    return sha256("".join(text.split()).encode()).hexdigest()[:_MARK]


@dataclass(frozen=True)
class Calibration:
    """Probabilities and the bounds that put them into words.

    Attributes:
        challenge: of the library holding a fitting team.
        pair: of one team being on the subject rather than the best of an unrelated library.
        strong, medium: lowest probability of the bands 强 and 中.
        answerable, doubtful: lowest probability of 有合适团队 and 需扩大范围.
        checks: how it did where it was held against other data, so that a reader is told.
    """

    challenge: Logistic
    pair: Logistic
    strong: float
    medium: float
    answerable: float
    doubtful: float
    checks: tuple[Check, ...] = ()

    @property
    def by_score(self) -> bool:
        """Whether it reads the scores of the ranker trained on grades, and of no other."""
        return self.pair.names == SCORE_SIGNALS

    def among(self, passages: int) -> Calibration:
        """The same for a library of so many passages: of few, 强 is said with more reserve."""
        lacking = max(0.0, 1 - passages / _SPARSE)
        return replace(self, strong=self.strong + _CAUTION * lacking * (1 - self.strong))

    def bands(self, signals: FeatureMatrix) -> list[Band]:
        """A band a candidate, from what `pair` reads."""
        return [self.band(chance) for chance in self.chances(signals)]

    def chances(self, signals: FeatureMatrix) -> list[float]:
        """The probability of each candidate being an answer, from what `pair` reads."""
        return [float(p) for p in self.pair.probability(signals.columns(self.pair.names))]

    def band(self, chance: float) -> Band:
        """A probability in words."""
        if chance >= self.strong:
            return Band.STRONG
        return Band.MEDIUM if chance >= self.medium else Band.WEAK

    def verdict(self, signals: FeatureMatrix) -> tuple[Verdict, float]:
        """The verdict on a challenge from the raw `SIGNALS` of its best candidates.

        Where all of them are weak by the same scores, nobody is said to fit.
        """
        if not len(signals.values):
            return Verdict.NOBODY, 0.0
        chance = float(self.challenge.probability(challenge_signals(signals)[None, :])[0])
        weak = self.by_score and max(self.chances(signals)) < self.medium
        if chance >= self.answerable and not weak:
            return Verdict.ANSWERABLE, chance
        return (Verdict.DOUBTFUL if chance >= self.doubtful else Verdict.NOBODY), chance

    def verdict_of_few(self, signals: FeatureMatrix) -> tuple[Verdict, float]:
        """The verdict where a library has few teams: that of the best, whoever stands beside."""
        chance = max(self.chances(signals), default=0.0)
        return _OF_FEW[self.band(chance)], chance


_OF_FEW = {
    Band.STRONG: Verdict.ANSWERABLE, Band.MEDIUM: Verdict.DOUBTFUL, Band.WEAK: Verdict.NOBODY,
}  # fmt: skip


def challenge_signals(signals: FeatureMatrix) -> FloatArray:
    """`CHALLENGE_SIGNALS` of a challenge from the raw `SIGNALS` of its best candidates: (3,), or
    `CHALLENGE_SCORES` from their scores: (2,).
    """
    if signals.names == SCORE_SIGNALS:
        scores = np.sort(signals.column("score"))[::-1]
        return np.array([scores[0], _mean_of_five(scores)], dtype=np.float32)
    cosine = np.sort(signals.column("cosine"))[::-1]
    return np.array(
        [
            cosine[0],
            cosine[:5].mean(),
            signals.column("title_terms_covered").max(),
        ],
        dtype=np.float32,
    )


def _mean_of_five(scores: FloatArray) -> float:
    """Mean of the five best; where there are fewer, of what there is, so that a small library is
    judged by its best alone.
    """
    return float(np.add.reduce(scores[:5], dtype=np.float64)) / len(scores[:5])


def fit_logistic(
    names: Sequence[str],
    signals: NDArray[np.floating[Any]],
    labels: IntArray,
    *,
    balanced: bool = False,
) -> Logistic:
    """Ridge logistic regression on signals in natural units, rounded to be reproducible.

    Args:
        names: of the signals.
        signals: (k, len(names)).
        labels: (k,) of 0 and 1.
        balanced: give both labels the same weight in all.
    """
    mean, deviation = signals.mean(axis=0), signals.std(axis=0) + 1e-9
    columns = np.column_stack([(signals - mean) / deviation, np.ones(len(labels))])
    worth = len(labels) / (2 * np.bincount(labels, minlength=2)) if balanced else np.ones(2)
    found = _least_loss(columns.astype(np.float64), labels, worth[labels])
    weights = found[:-1] / deviation
    bias = float(found[-1] - weighted(mean, weights))
    return Logistic(tuple(names), tuple(round(float(w), 5) for w in weights), round(bias, 5))


def _least_loss(columns: WideArray, labels: IntArray, worth: WideArray) -> WideArray:
    """Coefficients of a logistic regression by Newton's method: (n_columns,).

    It ends at the very optimum, so that rounding takes off whatever a BLAS makes of the way there.

    Args:
        columns: (k, n_columns); the last one, the bias, is not drawn to zero.
        labels, worth: (k,) of the rows.
    """
    ridge = np.append(np.ones(columns.shape[1] - 1), 0.0)
    found = np.zeros(columns.shape[1])
    across = columns.T.copy()
    for _ in range(_NEWTON_STEPS):
        chances = _logistic(weighted(columns, found))
        slope = weighted(across, worth * (chances - labels)) + ridge * found
        curvature = weighted(across[:, None] * across, worth * chances * (1 - chances))
        step = np.linalg.solve(curvature + np.diag(ridge), slope)
        found -= step
        if np.abs(step).max() < 1e-12:
            break
    return found


def _logistic(margins: WideArray) -> WideArray:
    return np.asarray(1 / (1 + exponential(-np.clip(margins, -50, 50))))


def expected_calibration_error(
    chances: NDArray[np.floating[Any]], labels: IntArray, bins: int = 10
) -> float:
    """Mean gap between stated and observed frequency over equal-width bins, weighted by size.

    Naeini, Cooper & Hauskrecht (2015).
    """
    place = np.minimum((chances * bins).astype(int), bins - 1)
    gap = 0.0
    for one in range(bins):
        inside = place == one
        if inside.any():
            gap += inside.mean() * abs(chances[inside].mean() - labels[inside].mean())
    return float(gap)


def save_calibration(calibration: Calibration, path: Path, **beside: str | float) -> None:
    """Write as JSON, with what else belongs to it."""
    content = json.dumps(beside | asdict(calibration), ensure_ascii=False, indent=1)
    with atomic_path(path) as temporary:
        temporary.write_text(content + "\n", encoding="utf-8")


def load_calibration(path: Path, parts: Sequence[str] = ()) -> Calibration:
    """Read what `save_calibration` wrote.

    Args:
        path: the file.
        parts: of the score that it reads beside the `SIGNALS`.

    Raises:
        ModelError: missing, damaged, or made for signals this version does not have.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        models = {
            part: Logistic(
                tuple(content[part]["names"]),
                tuple(content[part]["weights"]),
                float(content[part]["bias"]),
            )
            for part in ("challenge", "pair")
        }
        if any(len(model.names) != len(model.weights) for model in models.values()):
            raise ValueError("weights")
        bounds = {k: float(content[k]) for k in ("strong", "medium", "answerable", "doubtful")}
        checks = tuple(
            Check(
                str(c["name"]),
                int(c["n"]),
                float(c["auroc"]),
                float(c["error"]),
                c.get("strong_right"),
                c.get("strong_unrelated"),
                c.get("medium_right"),
                tuple(Told(**told) for told in c.get("verdicts", ())),
                str(c.get("by", "")),
                str(c.get("basis", "")),
                tuple(c.get("judged", ())),
            )
            for c in content.get("checks", ())
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            "校准文件无法读取",
            given=f"{path}: {error}",
            remedy="重新安装，或用 matcher calibrate 重新生成",
        ) from error
    read = (models["pair"].names, models["challenge"].names)
    known = (((*SIGNALS, *parts), CHALLENGE_SIGNALS), (SCORE_SIGNALS, CHALLENGE_SCORES))
    if read not in known:
        raise ModelError("校准文件与本版本不符", given=path, remedy="用 matcher calibrate 重新生成")
    return Calibration(models["challenge"], models["pair"], **bounds, checks=checks)
