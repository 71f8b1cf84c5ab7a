"""The judged benchmark: whole, consistent, and the shipped model's figure on it guarded."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from matcher import Matcher, read_challenges, read_teams
from matcher.learning.evaluation import (
    GRADED_MEASURES,
    evaluate,
    is_graded,
    main_measure,
    read_qrels,
)
from matcher.matches import Ranking
from matcher.resources import data_path

from .conftest import INSTALLED_ENCODER

BENCHMARK = data_path("corpora/benchmark")
KEPT = Path(__file__).parent / "golden" / "judged.json"
ALLOWED_FALL = 0.01
QRELS = {"q1": {"a": 3, "b": 1, "c": 0, "d": 2}, "q2": {"a": 1, "b": 0}}


def test_graded_measures_are_those_worked_out_by_hand() -> None:
    found = evaluate(QRELS, {"q1": ["b", "x", "a", "d"], "q2": ["a"]})
    assert tuple(found.values) == GRADED_MEASURES
    discounts = 1 / np.log2(np.arange(2, 12))
    gained, ideal = np.array([1, 0, 3, 2]), np.array([3, 2, 1])
    expected = {
        "nDCG@10": [gained @ discounts[:4] / (ideal @ discounts[:3]), 1],
        "P(rel=2)@1": [0, 0],
        "P(rel=2)@5": [2 / 5, 0],
        "RR(rel=2)@10": [1 / 3, 0],
        "R(rel=2)@50": [1, 0],
        "Judged@10": [3 / 4, 1],
    }
    for measure, values in expected.items():
        np.testing.assert_allclose(found.values[measure], values, atol=1e-6, err_msg=measure)


def test_grades_are_told_from_recorded_answers() -> None:
    assert is_graded(QRELS)
    assert main_measure(QRELS) == "nDCG@10"
    recorded = {"q": {"ORG:a": 2, "ORG:b": 1}}
    assert not is_graded(recorded)
    assert main_measure(recorded) == "RR@10"


def test_the_benchmark_is_whole() -> None:
    challenges = {c.challenge_id for c in read_challenges(BENCHMARK / "challenges.jsonl").records}
    teams = {t.team_id for t in read_teams(BENCHMARK / "teams.jsonl").records}
    qrels = read_qrels(BENCHMARK / "qrels_graded.txt")
    assert (len(challenges), len(teams)) == (115, 472)
    assert set(qrels) == challenges
    assert {team for judged in qrels.values() for team in judged} <= teams
    assert {grade for judged in qrels.values() for grade in judged.values()} == {0, 1, 2, 3}
    lines = (BENCHMARK / "answerable.tsv").read_text(encoding="utf-8").splitlines()
    answerable = dict(line.split("\t") for line in lines)
    assert set(answerable) == challenges
    for challenge, word in answerable.items():
        assert (max(qrels[challenge].values()) >= 3) == (word == "yes"), challenge


@pytest.mark.slow
@pytest.mark.skipif(INSTALLED_ENCODER is None, reason="matcher models build")
def test_the_shipped_model_has_not_become_worse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHER_MODELS_DIR", str(INSTALLED_ENCODER))
    matcher = Matcher.from_files(BENCHMARK / "challenges.jsonl", BENCHMARK / "teams.jsonl")
    run = {
        ranking.challenge.challenge_id: [match.team_id for match in ranking.matches]
        for ranking in matcher.match(top=10)
        if isinstance(ranking, Ranking)
    }
    found = evaluate(read_qrels(BENCHMARK / "qrels_graded.txt"), run).mean("nDCG@10")
    kept = json.loads(KEPT.read_text(encoding="utf-8"))["nDCG@10"]
    assert found >= kept - ALLOWED_FALL, f"nDCG@10 {found:.3f}, 原为 {kept:.3f}: 找出原因"
