"""Training data for rankers, and cross-validation that never trains on the tested fold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from matcher.arrays import BoolArray
from matcher.corpora import read_challenges
from matcher.encoding import DEFAULT_ENCODER
from matcher.errors import InputError
from matcher.learning.evaluation import ORGANISATION_PREFIX, Qrels, read_qrels
from matcher.pipeline import Matcher
from matcher.ranking.candidates import CANDIDATES
from matcher.ranking.features import FeatureMatrix, features, standardised
from matcher.ranking.learned import Group, LearnedRanker
from matcher.ranking.query import Query, queries
from matcher.ranking.scoring import score_passages
from matcher.ranking.stages import best_first
from matcher.ranking.view import reference_view
from matcher.records import Challenge, Evidence, Team
from matcher.text.normalise import clean

TITLE_ONLY = "challenges_title_only.jsonl"
# Queries made of a library's own evidence: enough to matter, few enough to encode in minutes.
OWN_QUERIES = 600
Fit = Callable[[Sequence[Group]], LearnedRanker]


def training_groups(folder: Path, encoder: str = DEFAULT_ENCODER) -> list[Group]:
    """All groups a set folder gives: judged challenges, the same by title alone, own evidence.

    Args:
        folder: with ``challenges.jsonl``, ``teams.jsonl``, ``qrels_*.txt`` and perhaps
            ``challenges_title_only.jsonl``.
        encoder: a name or folder.

    Raises:
        InputError: a file is missing or cannot be read.
    """
    matcher, qrels = judged_set(folder, encoder)
    groups = [*judged_groups(matcher, qrels), *evidence_groups(matcher, OWN_QUERIES)]
    by_title = folder / TITLE_ONLY
    if by_title.exists():
        titles = {c.challenge_id: c for c in read_challenges(by_title).records}
        groups += judged_groups(replace(matcher, challenges=titles), qrels)
    return groups


def judged_set(
    folder: Path, encoder: str = DEFAULT_ENCODER, ranker: str = "fused"
) -> tuple[Matcher, Qrels]:
    """A judged set: its matcher and judgements. Raises: InputError."""
    judgements = sorted(folder.glob("qrels_*.txt"))
    if not judgements:
        raise InputError(
            "集合里没有判断文件", given=folder, expected="qrels_*.txt", remedy="检查文件夹路径"
        )
    matcher = Matcher.from_files(
        folder / "challenges.jsonl",
        folder / "teams.jsonl",
        encoder=encoder,
        ranker=ranker,
        calibrated=False,
    )
    return matcher, read_qrels(judgements[0])


def judged_groups(matcher: Matcher, qrels: Qrels) -> list[Group]:
    """One group a judged challenge; a judgement may name a team or ``ORG:<organisation>``."""
    judged = [matcher.challenges[q] for q in qrels if q in matcher.challenges]
    asked = queries(judged, matcher.tokenizer, matcher.encoder)
    return [_group(matcher, query, qrels[query.query_id]) for query in asked if query.facets]


def evidence_groups(matcher: Matcher, limit: int) -> list[Group]:
    """Groups made of the library itself: a team's newest piece as a query for the team.

    The piece is hidden wherever it stands, also with co-authors, so that a team is found by its
    other work. Teams with fewer than two other pieces teach nothing. Deterministic: by team id.

    Args:
        matcher: the library.
        limit: how many groups at most, spread evenly over the library.
    """
    titles = np.array([passage.title for passage in matcher.library.passages], dtype=np.str_)
    chosen: dict[str, tuple[Team, Evidence]] = {}
    for team in matcher.teams.values():
        if len({e.title for e in team.evidence}) >= 3:
            newest = max(team.evidence, key=lambda e: (e.year or 0, e.title))
            chosen.setdefault(clean(newest.title), (team, newest))
    picked = list(chosen.values())[:: max(1, -(-len(chosen) // limit))]
    asked = queries(
        [
            Challenge(
                challenge_id=f"{team.team_id}:{piece.title}"[:200],
                title=piece.title,
                problem=piece.abstract,
                keywords=piece.keywords,
            )
            for team, piece in picked
        ],
        matcher.tokenizer,
        matcher.encoder,
    )
    made = []
    for query in asked:
        hidden = titles == clean(query.challenge.title)
        documents = (
            np.searchsorted(matcher.library.starts, np.flatnonzero(hidden), side="right") - 1
        )
        judged = {matcher.library.ids[int(document)]: 1 for document in documents}
        if judged:
            made.append(_group(matcher, query, judged, hidden))
    return made


def cross_validate(
    groups: Sequence[Group], fit: Fit, more: Sequence[Group] = (), folds: int = 5
) -> dict[str, list[str]]:
    """A run in which every query was ranked by a model that never saw its organisation.

    Args:
        groups: what is tested, and trained on in the other folds.
        fit: makes a ranker of groups.
        more: trained on too, but for those of an organisation that is tested.
        folds: how many; organisations are dealt to them in turn, by name.
    """
    keys = sorted({group.fold_key for group in groups})
    fold_of = {key: number % folds for number, key in enumerate(keys)}
    run: dict[str, list[str]] = {}
    for fold in range(folds):
        tested = [g for g in groups if fold_of[g.fold_key] == fold]
        held_out = {org for g in tested for org in _answering(g)}
        others = [g for g in groups if fold_of[g.fold_key] != fold]
        # A query may have answers in several organisations; none of them may be known.
        trained = [g for g in [*others, *more] if not held_out & set(_answering(g))]
        run.update(ranked(tested, fit(trained)))
    return run


def ranked(groups: Iterable[Group], ranker: LearnedRanker) -> dict[str, list[str]]:
    """The groups' candidates in the ranker's order."""
    run = {}
    for group in groups:
        order = best_first(ranker.score(group.features), group.team_ids, len(group.team_ids))
        run[group.query_id] = [group.team_ids[int(place)] for place in order]
    return run


def _answering(group: Group) -> Iterator[str]:
    yield group.fold_key
    yield from (o for o, r in zip(group.org_names, group.relevant, strict=True) if r)


def _group(
    matcher: Matcher,
    query: Query,
    judged: Mapping[str, int],
    hidden: BoolArray | None = None,
) -> Group:
    scores = score_passages(query, matcher.library, matcher.centre)
    if hidden is not None:
        # Far below everything else, so that the hidden piece cannot bring its team in.
        buried = np.where(hidden, np.float32(-100), np.float32(0))
        dense = None if scores.dense is None else scores.dense + buried
        scores = replace(scores, lexical=scores.lexical + buried, dense=dense)
    view = reference_view(query, matcher.library, scores, CANDIDATES, hidden)
    raw = features(view)
    return group_of(matcher, query.query_id, tuple(view.ids), standardised(raw, raw), judged)


def group_of(
    matcher: Matcher,
    query_id: str,
    ids: tuple[str, ...],
    told: FeatureMatrix,
    judged: Mapping[str, int],
) -> Group:
    """Candidates and their features with what was judged of them.

    Args:
        matcher: has their records.
        query_id: the challenge.
        ids: (k,) of the teams.
        told: (k, n_features).
        judged: grades by team id, or by ``ORG:<organisation>``.
    """
    orgs = tuple(matcher.teams[i].org_name for i in ids)
    relevant = [
        int(judged.get(i, 0) > 0 or judged.get(ORGANISATION_PREFIX + org, 0) > 0)
        for i, org in zip(ids, orgs, strict=True)
    ]
    # A judgement may also say that somebody is no answer (grade 0).
    answers = [answer for answer, grade in judged.items() if grade > 0] or list(judged)
    answer = min(answers).removeprefix(ORGANISATION_PREFIX)
    key = matcher.teams[answer].org_name if answer in matcher.teams else answer
    return Group(query_id, ids, orgs, key, told, np.array(relevant, dtype=np.int64))
