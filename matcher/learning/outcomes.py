"""Learning from use: what became of matches, as training data for the ranker in use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from matcher.errors import InputError
from matcher.learning.evaluation import Comparison, Evaluation, Qrels, compare, evaluate
from matcher.learning.training import cross_validate, judged_groups, ranked
from matcher.pipeline import Matcher
from matcher.ranking.learned import Group, LinearRanker, fit_linear
from matcher.records import Outcome

_FOR = ("揭榜", "评榜", "立项", "验收", "人工推荐")
_AGAINST = ("驳回", "人工排除")
# Fewer say more about chance than about what people want.
FEWEST_CHALLENGES = 20
FEWEST_ORGANISATIONS = 5
_MAIN = "RR@10"


@dataclass(frozen=True)
class Learned:
    """A ranker that took outcomes in, and what that changed.

    Attributes:
        ranker: the old one drawn towards the outcomes.
        before, after: the old ranker, and new ones that never saw the organisations they are tested
            on, over the challenges that somebody took.
        test: after against before.
    """

    ranker: LinearRanker
    before: Evaluation
    after: Evaluation
    test: Comparison


def outcome_judgements(outcomes: Iterable[Outcome]) -> dict[str, dict[str, int]]:
    """Outcomes as judgements: who took or was recommended for a challenge.

    驳回 and 人工排除 undo a recommendation of the same pair; they teach nothing by themselves, for
    a team is also excluded for reasons that have nothing to do with its subject (回避, 限项).
    """
    made = list(outcomes)
    undone = {(o.challenge_id, o.team_id) for o in made if o.stage in _AGAINST}
    judged: dict[str, dict[str, int]] = {}
    for outcome in made:
        if outcome.stage in _FOR and (outcome.challenge_id, outcome.team_id) not in undone:
            judged.setdefault(outcome.challenge_id, {})[outcome.team_id] = 1
    return judged


def learn(
    matcher: Matcher, outcomes: Iterable[Outcome], old: LinearRanker, strength: float = 0.1
) -> Learned:
    """Take outcomes into a ranker; the old one is where the penalty draws the weights to.

    Args:
        matcher: the challenges and the library that the outcomes speak of.
        outcomes: 揭榜, 立项, 验收, 人工推荐, 人工排除 …
        old: the ranker in use.
        strength: of the pull towards the old ranker.

    Raises:
        InputError: too few challenges or organisations, so that chance would be learned.
    """
    judged = outcome_judgements(outcomes)
    groups = [g for g in judged_groups(matcher, judged) if g.relevant.any()]
    _check_enough(groups, len(judged))
    fit = partial(fit_linear, strength=strength, prior=old)
    qrels = _qrels(groups)
    before = evaluate(qrels, ranked(groups, old), "原模型")
    after = evaluate(qrels, cross_validate(groups, fit), "新模型（交叉验证）")
    (test,) = compare([after], before, _MAIN)
    return Learned(fit(groups), before, after, test)


def _qrels(groups: Iterable[Group]) -> Qrels:
    return {
        group.query_id: {
            team: int(grade)
            for team, grade in zip(group.team_ids, group.relevant, strict=True)
            if grade > 0
        }
        for group in groups
    }


def _check_enough(groups: Sequence[Group], judged: int) -> None:
    organisations = {
        org
        for group in groups
        for org, grade in zip(group.org_names, group.relevant, strict=True)
        if grade > 0
    }
    if len(groups) < FEWEST_CHALLENGES or len(organisations) < FEWEST_ORGANISATIONS:
        raise InputError(
            "结果太少，学到的会是偶然",
            given=f"{judged} 项需求有揭榜、立项、验收或人工推荐，其中 {len(groups)} 项可用，"
            f"涉及 {len(organisations)} 个单位",
            expected=f"至少 {FEWEST_CHALLENGES} 项需求、{FEWEST_ORGANISATIONS} 个单位",
            remedy="积累更多结果后再训练；原模型不变。编号要与榜单、团队库一致",
        )
