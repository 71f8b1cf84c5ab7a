"""Learning from a department's own grades: what its judges gave, beside the shipped benchmark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matcher.errors import InputError
from matcher.learning.evaluation import Comparison, Evaluation, Qrels, compare, evaluate
from matcher.learning.grading import (
    GradedGroup,
    cross_validated,
    fit_graded,
    graded_groups,
    graded_set,
    in_order,
    more_groups,
)
from matcher.matches import Ranking
from matcher.pipeline import Matcher
from matcher.ranking.additive import AdditiveRanker
from matcher.resources import data_path

# Fewer challenges with somebody worth calling say more about chance than about the library.
FEWEST_CHALLENGES = 20
# By organisation of the best team the challenges are held apart.
FEWEST_ORGANISATIONS = 5
_WORTH_CALLING = 2
MAIN = "nDCG@10"
_BENCHMARK = "corpora/benchmark"


@dataclass(frozen=True)
class Taught:
    """A ranker taught by grades, and what that changed on the judged challenges.

    Attributes:
        ranker: taught by all of them.
        before: the ranker in use.
        after: rankers that saw neither the challenge nor the best team's organisation.
        test: after against before.
    """

    ranker: AdditiveRanker
    before: Evaluation
    after: Evaluation
    test: Comparison


def shipped_groups(encoder: str) -> list[GradedGroup]:
    """The shipped graded challenges, the written ones among them."""
    benchmark = data_path(_BENCHMARK)
    return [*graded_set(benchmark, encoder), *more_groups(benchmark / "silver", benchmark, encoder)]


def learn_grades(matcher: Matcher, qrels: Qrels, more: Sequence[GradedGroup] = ()) -> Taught:
    """Take grades into a ranker.

    Args:
        matcher: the challenges and the library that the grades speak of, with the ranker in use.
        qrels: grades 0-3.
        more: what else teaches, never what is tested on.

    Raises:
        InputError: too few challenges with a team worth calling, too few organisations, or ids of
            another list.
    """
    groups = graded_groups(matcher, qrels)
    tested = {group.query_id: qrels[group.query_id] for group in groups}
    _check_enough(groups, len(qrels))
    before = evaluate(tested, _ranked(matcher, tested), "原模型")
    after = evaluate(tested, in_order(groups, cross_validated(groups, more)), "新模型（交叉验证）")
    (test,) = compare([after], before, MAIN)
    return Taught(fit_graded([*groups, *more]), before, after, test)


def _check_enough(groups: Sequence[GradedGroup], judged: int) -> None:
    worth = [group for group in groups if (group.grades >= _WORTH_CALLING).any()]
    organisations = {group.fold_key for group in worth}
    if len(worth) < FEWEST_CHALLENGES or len(organisations) < FEWEST_ORGANISATIONS:
        raise InputError(
            "评判太少，学到的会是偶然",
            given=f"{judged} 项需求有等级，其中 {len(groups)} 项在榜单里，"
            f"{len(worth)} 项有等级 2 或 3 的团队，涉及 {len(organisations)} 个单位",
            expected=f"至少 {FEWEST_CHALLENGES} 项有等级 2 或 3 的需求、"
            f"{FEWEST_ORGANISATIONS} 个单位",
            remedy="再评判一些需求 (matcher judge sheet)；原模型不变",
        )


def _ranked(matcher: Matcher, qrels: Qrels) -> dict[str, list[str]]:
    asked = [matcher.challenges[query] for query in qrels]
    return {
        ranking.challenge.challenge_id: [match.team_id for match in ranking.matches]
        for ranking in matcher.rankings(asked, top=100)
        if isinstance(ranking, Ranking)
    }
