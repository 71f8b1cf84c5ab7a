"""The baselines stay runnable, rank everybody and never change their mind."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from matcher import Challenge, Evidence, Matcher, Team
from matcher.encoding import Encoder
from matcher.learning.baselines import BASELINES, Scorer, baseline_runs
from matcher.learning.evaluation import evaluate
from matcher.matches import Ranking
from matcher.ranking.fused import FusedRanker
from matcher.ranking.query import queries

TEAMS = [
    Team(
        team_id=f"t{number}",
        org_name="某大学",
        research_directions=(subject,),
        evidence=tuple(
            Evidence(kind="论文", title=f"{subject}{topic}") for topic in ("机理", "工艺")[:number]
        ),
    )
    for number, subject in enumerate(("轴承钢夹杂物", "光刻胶树脂", "海上风电叶片"))
]
CHALLENGES = [
    Challenge(challenge_id="钢", title="轴承钢夹杂物控制", keywords=("轴承钢",)),
    Challenge(challenge_id="风", title="风电叶片", problem="海上风电叶片疲劳"),
    Challenge(challenge_id="空", industry="冶金"),
]
Runs = dict[str, dict[str, list[str]]]


@pytest.fixture(scope="module")
def small(encoder: Encoder) -> Matcher:
    return Matcher.from_records(CHALLENGES, TEAMS, encoder=encoder, ranker="fused")


@pytest.fixture(scope="module")
def runs(small: Matcher) -> Runs:
    return dict(baseline_runs(small))


def test_all_baselines_run_side_by_side(runs: Runs) -> None:
    assert list(runs) == [
        "random", "popularity", "keyword-rules", "tf-idf", "bm25-words", "bm25-bigrams", "dense",
        "bm25+dense", "fused",
    ]  # fmt: skip


@pytest.mark.parametrize("name", BASELINES)
def test_a_baseline_ranks_every_team_for_every_challenge_with_text(runs: Runs, name: str) -> None:
    assert set(runs[name]) == {"钢", "风"}
    assert all(sorted(ranked) == ["t0", "t1", "t2"] for ranked in runs[name].values())


@pytest.mark.parametrize("name", BASELINES)
def test_a_baseline_gives_the_same_list_again(small: Matcher, runs: Runs, name: str) -> None:
    scorer: Callable[[Matcher], Scorer] = BASELINES[name]
    (asked,) = queries(CHALLENGES[:1], small.tokenizer, small.encoder)
    first, again = scorer(small)(asked), scorer(small)(asked)
    assert first.tolist() == again.tolist()
    assert first.dtype == np.float32
    assert first.shape == (len(TEAMS),)
    assert dict(baseline_runs(small))[name] == runs[name]


@pytest.mark.parametrize(
    "name", ["keyword-rules", "tf-idf", "bm25-words", "bm25-bigrams", "bm25+dense", "fused"]
)
def test_a_baseline_that_reads_the_words_finds_the_obvious(runs: Runs, name: str) -> None:
    assert {query: ranked[0] for query, ranked in runs[name].items()} == {"钢": "t0", "风": "t2"}


def test_popularity_does_not_read_the_challenge(runs: Runs) -> None:
    assert runs["popularity"]["钢"] == runs["popularity"]["风"] == ["t2", "t1", "t0"]


def test_the_random_order_depends_on_the_challenge_alone(fused: Matcher) -> None:
    wanted = list(fused.challenges.values())[:2]
    one, other = (BASELINES["random"](fused)(q) for q in queries(wanted, fused.tokenizer, None))
    assert one.tolist() != other.tolist()


def test_the_fused_baseline_is_the_fused_ranker(small: Matcher, runs: Runs) -> None:
    assert isinstance(small.ranker, FusedRanker)
    found = {
        r.challenge.challenge_id: [match.team.team_id for match in r.matches]
        for r in small.match()
        if isinstance(r, Ranking)
    }
    assert found == runs["fused"]


@pytest.mark.parametrize("teams", [TEAMS[:1], [Team(team_id="t", profile="的")]])
@pytest.mark.parametrize("with_encoder", [True, False])
def test_baselines_survive_the_smallest_library(
    encoder: Encoder, teams: list[Team], with_encoder: bool
) -> None:
    tiny = Matcher.from_records(CHALLENGES, teams, encoder=encoder if with_encoder else None)
    for name, run in baseline_runs(tiny):
        assert run["钢"] == [teams[0].team_id], name


def test_baselines_say_nothing_of_an_empty_library(encoder: Encoder) -> None:
    for name, run in baseline_runs(Matcher.from_records(CHALLENGES, [], encoder=encoder)):
        assert run == {"钢": [], "风": []}, name


def test_a_baseline_run_can_be_measured(runs: Runs) -> None:
    qrels = {"钢": {"t0": 1}, "风": {"t2": 1}}
    assert evaluate(qrels, runs["fused"]).mean("RR@10") == 1.0
