"""Fitting the calibration: which challenges a library can answer, which matches are answers."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from matcher.arrays import FloatArray, IntArray
from matcher.corpora import read_challenges
from matcher.errors import InputError
from matcher.learning.evaluation import ORGANISATION_PREFIX, Qrels
from matcher.pipeline import Matcher
from matcher.ranking.calibration import (
    CHALLENGE_SIGNALS,
    JUDGED_DEPTH,
    Calibration,
    challenge_signals,
    expected_calibration_error,
    fit_logistic,
)
from matcher.ranking.features import SIGNALS
from matcher.ranking.query import queries
from matcher.ranking.scored import Scored
from matcher.ranking.scoring import score_passages
from matcher.ranking.search import Neighbourhood
from matcher.records import Challenge

# Bounds of the words, in probability.
STRONG, MEDIUM = 0.75, 0.30
ANSWERABLE, DOUBTFUL = 0.60, 0.30


@dataclass(frozen=True)
class Sample:
    """Signals and labels of some challenges and of their best candidates.

    Attributes:
        challenges: (n, 3), answerable: (n,) 1 where the library holds an answer.
        pairs: (m, n_names), on_subject: (m,) answers (1), and the best candidates of challenges
            that nobody can answer (0). Judgements name who did the work, not everybody who
            could have, so the other candidates of an answerable challenge are neither.
    """

    challenges: FloatArray
    answerable: IntArray
    pairs: FloatArray
    on_subject: IntArray
    names: tuple[str, ...] = tuple(SIGNALS)


def sample(
    matcher: Matcher,
    qrels: Qrels,
    foreign: Sequence[Challenge],
    parts: tuple[str, ...] = (),
) -> Sample:
    """Judged challenges of a library, and challenges from fields it does not know.

    Args:
        matcher: the library.
        qrels: judgements; an answer may be ``ORG:<organisation>``.
        foreign: challenges nobody in the library can answer.
        parts: of the matcher's scores that are signals too.
    """
    names = (*SIGNALS, *parts)
    wanted = [matcher.challenges[q] for q in qrels if q in matcher.challenges]
    signals, labels, pairs, on_subject = [], [], [], []
    for query in queries([*wanted, *foreign], matcher.tokenizer, matcher.encoder):
        judged = qrels.get(query.query_id, {})
        scores = score_passages(query, matcher.library, matcher.centre)
        near = Neighbourhood(matcher.library, scores, None)
        scored = Scored.of(matcher.ranker, query, near, JUDGED_DEPTH)
        matrix = scored.signals(names, scored.judged)
        signals.append(challenge_signals(matrix))
        labels.append(int(bool(judged)))
        best = [scored.ids[place] for place in scored.judged]
        answers = np.array([_is_answer(matcher, team_id, judged) for team_id in best])
        kept = answers if judged else np.ones(len(answers), dtype=bool)
        pairs.append(matrix.columns(names)[kept])
        on_subject += [int(bool(judged))] * int(kept.sum())
    return Sample(
        np.reshape(signals, (-1, len(CHALLENGE_SIGNALS))).astype(np.float32),
        np.array(labels, dtype=np.int64),
        np.concatenate([np.zeros((0, len(names)), dtype=np.float32), *pairs]),
        np.array(on_subject, dtype=np.int64),
        names,
    )


def halves(
    matcher: Matcher, qrels: Qrels, foreign: Path, parts: tuple[str, ...] = ()
) -> tuple[Sample, Sample]:
    """A judged set and its foreign challenges in two halves that share no challenge.

    Args:
        matcher, qrels: the set.
        foreign: file of challenges nobody in it can answer.
        parts: as `sample`.

    Raises:
        InputError: the file is missing or cannot be read.
    """
    strangers = read_challenges(foreign).records
    first, second = (
        sample(
            matcher,
            {q: judged for q, judged in qrels.items() if _half(q) == half},
            [c for c in strangers if _half(c.challenge_id) == half],
            parts,
        )
        for half in (0, 1)
    )
    return first, second


def _half(record_id: str) -> int:
    return zlib.crc32(record_id.encode()) % 2


def _is_answer(matcher: Matcher, team_id: str, judged: Mapping[str, int]) -> bool:
    team = matcher.teams[team_id]
    names = (team.team_id, ORGANISATION_PREFIX + team.org_name)
    return any(judged.get(name, 0) > 0 for name in names)


def fit_calibration(samples: Sequence[Sample]) -> Calibration:
    """A calibration from samples of one or more libraries.

    Raises:
        InputError: nothing can be told apart: all challenges are answerable, or none is.
    """
    _check_both(samples)
    return Calibration(
        challenge=fit_logistic(
            CHALLENGE_SIGNALS,
            np.concatenate([s.challenges for s in samples]),
            np.concatenate([s.answerable for s in samples]),
        ),
        pair=fit_logistic(
            samples[0].names,
            np.concatenate([s.pairs for s in samples]),
            np.concatenate([s.on_subject for s in samples]),
            # How many foreign pairs there are is our choice, not a fact about the world.
            balanced=True,
        ),
        strong=STRONG,
        medium=MEDIUM,
        answerable=ANSWERABLE,
        doubtful=DOUBTFUL,
    )


def _check_both(samples: Sequence[Sample]) -> None:
    """Challenges and matches of both labels, without which there is nothing to fit or test."""
    for what, found in (
        ("需求", [s.answerable for s in samples]),
        ("匹配", [s.on_subject for s in samples]),
    ):
        labels = np.concatenate(found)
        if len(np.unique(labels)) < 2:
            raise InputError(
                f"校准用的{what}太少或只有一种",
                given=f"有答案的 {int(labels.sum())}，没有答案的 {int((labels == 0).sum())}",
                expected="两种都有，并且分成两半后每半都有",
                remedy="增加有判断的需求或 --foreign 里的需求",
            )


@dataclass(frozen=True, slots=True)
class CalibrationReport:
    """How well a calibration does on held-apart data.

    Attributes:
        auroc: of answerable against unanswerable challenges.
        error: expected calibration error of the challenge model.
        pair_auroc: of answers against candidates of unanswerable challenges.
        reliability: (stated, observed, n) a bin of the challenge model.
    """

    n: int
    auroc: float
    error: float
    pair_auroc: float
    reliability: tuple[tuple[float, float, int], ...]


def check_calibration(calibration: Calibration, held: Sample, bins: int = 5) -> CalibrationReport:
    """Hold a calibration against data it was not fitted on.

    Raises:
        InputError: as `fit_calibration`.
    """
    _check_both([held])
    from sklearn.metrics import roc_auc_score

    chances = calibration.challenge.probability(held.challenges)
    place = np.minimum((chances * bins).astype(int), bins - 1)
    return CalibrationReport(
        len(chances),
        float(roc_auc_score(held.answerable, chances)),
        expected_calibration_error(chances, held.answerable),
        float(roc_auc_score(held.on_subject, calibration.pair.probability(held.pairs))),
        tuple(
            (
                float(chances[place == b].mean()),
                float(held.answerable[place == b].mean()),
                int((place == b).sum()),
            )
            for b in range(bins)
            if (place == b).any()
        ),
    )
