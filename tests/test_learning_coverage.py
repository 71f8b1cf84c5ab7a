"""覆盖 and 未见 against the pairs a person judged blind: regenerated and guarded."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

import numpy as np
import pytest

from matcher.models import piece_reader, shipped_coverage
from matcher.ranking.grades import LIKELY, Coverage
from matcher.resources import data_path

from .conftest import INSTALLED_ENCODER

# Scripts of the repository, no part of the package.
BENCH: Any = import_module("benchmarks.coverage")


def test_the_judged_pairs_are_whole() -> None:
    pairs = [json.loads(line) for line in data_path(BENCH.PAIRS).read_text("utf-8").splitlines()]
    assert len(pairs) == shipped_coverage().measured["pairs"]
    assert {pair["grade"] for pair in pairs} == {0, 1, 2}
    named = {(p["challenge"], p["requirement"], p["evidence"]) for p in pairs}
    assert len(named) == len(pairs)
    assert all(pair["requirement"] and pair["evidence"] for pair in pairs)


@pytest.mark.slow
@pytest.mark.skipif(INSTALLED_ENCODER is None, reason="matcher models build")
def test_no_word_is_bolder_than_its_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Held out by challenge; what reports print is what is measured here."""
    monkeypatch.setenv("MATCHER_MODELS_DIR", str(INSTALLED_ENCODER))
    matcher = BENCH.benchmark()
    pairs = BENCH.judged(matcher, piece_reader(matcher.encoder, matcher.tokenizer))
    found = BENCH.averaged(pairs)
    assert found["covered"].precision >= BENCH.COVERED_PRECISION
    assert found["covered"].true / found["covered"].real >= 0.25
    assert found["likely"].precision >= BENCH.LIKELY_PRECISION
    assert found["unseen"].precision >= BENCH.UNSEEN_PRECISION
    rule = shipped_coverage()
    for code in ("covered", "likely", "partly", "related", "unseen"):
        assert found[code].precision == pytest.approx(rule.measured[code], abs=0.03), code
    shipped = BENCH.claims(pairs, [rule.by_meaning.judged(row) for row in pairs.signals])
    assert shipped["covered"].precision >= BENCH.COVERED_PRECISION
    assert shipped["unseen"].precision >= BENCH.UNSEEN_PRECISION


def test_what_is_likely_is_told_between_covered_and_the_rest() -> None:
    bounds = shipped_coverage().by_meaning
    assert bounds.seen < bounds.likely < bounds.covered
    near = np.zeros(len(bounds.says_so.names), dtype=np.float32)
    said = []
    for step in np.linspace(0, 1, 101):
        near[:] = step
        said.append(bounds.judged(near))
    words = list(dict.fromkeys((one.status, one.note) for one in said))
    assert words == [
        (Coverage.UNSEEN, ""),
        (Coverage.PARTLY, ""),
        (Coverage.PARTLY, LIKELY),
        (Coverage.COVERED, ""),
    ]
