"""覆盖 and 未见 against the pairs a person judged blind: regenerated and guarded."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

import pytest

from matcher.models import piece_reader, shipped_coverage
from matcher.ranking.grades import Coverage
from matcher.resources import data_path

from .conftest import INSTALLED_ENCODER

# Scripts of the repository, no part of the package.
BENCH: Any = import_module("benchmarks.coverage")


def test_the_judged_pairs_are_whole() -> None:
    pairs = [json.loads(line) for line in data_path(BENCH.PAIRS).read_text("utf-8").splitlines()]
    assert len(pairs) >= 590
    assert {pair["grade"] for pair in pairs} == {0, 1, 2}
    named = {(p["challenge"], p["requirement"], p["evidence"]) for p in pairs}
    assert len(named) == len(pairs)
    assert all(pair["requirement"] and pair["evidence"] for pair in pairs)


@pytest.mark.slow
@pytest.mark.skipif(INSTALLED_ENCODER is None, reason="matcher models build")
def test_the_shipped_bounds_keep_what_they_promise(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not fewer claims than were true when they were fitted, and not bolder ones."""
    monkeypatch.setenv("MATCHER_MODELS_DIR", str(INSTALLED_ENCODER))
    matcher = BENCH.benchmark()
    pairs = BENCH.judged(matcher, piece_reader(matcher.encoder, matcher.tokenizer))
    bounds = shipped_coverage().by_meaning
    claims = [bounds.judged(row)[0] for row in pairs.signals]
    covered = [
        grade >= BENCH.SAYS_SO
        for claim, grade, indicator in zip(claims, pairs.grades, pairs.indicator, strict=True)
        if claim == Coverage.COVERED and not indicator
    ]
    unseen = [
        grade == 0
        for claim, grade in zip(claims, pairs.grades, strict=True)
        if claim == Coverage.UNSEEN
    ]
    assert len(covered) >= 5
    assert sum(covered) / len(covered) >= BENCH.COVERED_PRECISION
    assert len(unseen) >= 180
    assert sum(unseen) / len(unseen) >= BENCH.UNSEEN_PRECISION - 0.02
