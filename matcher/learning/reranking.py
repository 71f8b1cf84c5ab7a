"""What a stage that reads again is worth, learned from judgements."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from matcher.errors import InputError
from matcher.learning.evaluation import Qrels
from matcher.learning.training import group_of
from matcher.pipeline import Matcher
from matcher.ranking.candidates import CANDIDATES, candidates
from matcher.ranking.features import FeatureMatrix
from matcher.ranking.learned import Group, LinearRanker, fit_linear
from matcher.ranking.query import queries, with_text
from matcher.ranking.scoring import score_passages
from matcher.ranking.search import Neighbourhood
from matcher.ranking.stages import Stage

_FIRST, _AGAIN = "first", "again"
# A ranker that says nothing beside the stage would give the stage an endless weight.
_LEAST = 0.05


def reranking_groups(matcher: Matcher, qrels: Qrels, stage: Stage, depth: int) -> Iterator[Group]:
    """One group a judged challenge: the library's best, by the ranker's score and the stage's.

    Args:
        matcher: the judged library; its ranker is what the stage comes after.
        qrels: judgements.
        stage: reads again, at weight 1.
        depth: how many are read.
    """
    judged = [matcher.challenges[q] for q in qrels if q in matcher.challenges]
    for query in with_text(queries(judged, matcher.tokenizer, matcher.encoder)):
        scores = score_passages(query, matcher.library, matcher.centre)
        pool = candidates(query, Neighbourhood(matcher.library, scores, None), CANDIDATES)
        first = matcher.ranker.rerank(pool)
        pool = pool.after(matcher.ranker, first)
        again = stage.rerank(pool)
        places = pool.among_best(depth)
        ids = tuple(pool.view.ids[place] for place in places)
        values = np.stack([first.values[places], again.values[places]], axis=1)
        told = FeatureMatrix((_FIRST, _AGAIN), values)
        yield group_of(matcher, query.query_id, ids, told, qrels[query.query_id])


def fit_weight(groups: list[Group]) -> float:
    """How much of the stage's score is to be added to the ranker's; 0 where it says nothing.

    Raises:
        InputError: no challenge has an answer among the best.
    """
    if not any(group.relevant.any() and not group.relevant.all() for group in groups):
        raise InputError(
            "没有可用来校准重排的需求",
            given=f"{len(groups)} 项有判断的需求，答案都不在前几名里",
            remedy="检查判断文件里的编号是否与榜单、团队库一致",
        )
    prior = LinearRanker((_FIRST,), (1.0,))
    fitted = fit_linear(groups, (_FIRST, _AGAIN), prior=prior)
    weights = dict(zip(fitted.feature_names, fitted.weights, strict=True))
    return round(weights.get(_AGAIN, 0.0) / max(weights.get(_FIRST, 0.0), _LEAST), 4)
