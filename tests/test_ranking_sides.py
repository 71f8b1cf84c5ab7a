"""What was learnt of the two sides: it costs nothing that is promised, and it learns."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from matcher.arithmetic import on_grid, unit
from matcher.arrays import FloatArray
from matcher.encoding import Encoder
from matcher.errors import ModelError
from matcher.learning.grading import GradedGroup, cross_validated, fit_graded
from matcher.learning.sides import Lesson, learn_sides, lesson
from matcher.models import open_ranker
from matcher.ranking.additive import AdditiveRanker, Curve
from matcher.ranking.features import FeatureMatrix
from matcher.ranking.learned import load_ranker, save_ranker
from matcher.ranking.phrases import TAUGHT
from matcher.ranking.sides import Sides, kept
from matcher.resources import data_path

SIZE = 24
DRAWN = np.random.default_rng(5)
SIDES = Sides(*(kept(DRAWN.normal(0, 0.3, (SIZE, 4))) for _ in range(4)))


def vectors(rows: int, seed: int) -> FloatArray:
    drawn = np.random.default_rng(seed).normal(size=(rows, SIZE)).astype(np.float32)
    return on_grid(unit(drawn))


def test_a_phrase_more_never_lowers_it_and_the_same_again_counts_for_no_better_one() -> None:
    for seed in range(200):
        asked, spoken = vectors(5, seed), vectors(6, seed + 1000)
        rising = [SIDES.compare(asked, [spoken[:many]])[0] for many in range(1, 7)]
        assert (np.diff(rising) >= 0).all()


def test_a_team_is_the_same_alone_and_among_others() -> None:
    asked = vectors(4, 1)
    teams = [vectors(number % 7, number) for number in range(60)]
    among = SIDES.compare(asked, teams)
    alone = [SIDES.compare(asked, [one])[0] for one in teams]
    assert among.tolist() == alone
    assert among[0] == 0
    assert len(teams[0]) == 0


def group(number: int) -> GradedGroup:
    """Of nine teams the one that fits speaks of the question's topic in words of its own, which
    lie elsewhere; those of other topics lie no farther off, and the other feature tells nothing.
    """
    drawn = np.random.default_rng(number)
    topic, right = int(drawn.integers(4)), int(drawn.integers(9))
    asked, said = drawn.normal(scale=0.2, size=(2, 9, SIZE)).astype(np.float32)
    asked[:, topic] += 1
    others = [other for other in range(4) if other != topic]
    for place in range(9):
        said[place, 4 + (topic if place == right else int(drawn.choice(others)))] += 1
    told = drawn.normal(scale=0.1, size=(9, 1)).astype(np.float32)
    grades = np.zeros(9, dtype=np.int64)
    grades[right] = 3
    return GradedGroup(
        f"q{number}", tuple(f"t{n}" for n in range(9)), f"单位{number % 9}",
        FeatureMatrix(("meaning",), told), grades, np.ones(9, dtype=bool),
        asked=on_grid(unit(asked[:3])), spoken=tuple(on_grid(unit(one[None])) for one in said),
    )  # fmt: skip


def test_it_learns_what_likeness_does_not_tell_and_is_kept(tmp_path: Path) -> None:
    groups = [group(number) for number in range(400)]
    scores = cross_validated(groups, folds=2)
    plain = cross_validated([replace(one, asked=None) for one in groups], folds=2)
    first = [
        np.mean([one.grades[s.argmax()] for one, s in zip(groups, found, strict=True)]) / 3
        for found in (scores, plain)
    ]
    assert first[0] > first[1] + 0.2
    fitted = fit_graded(groups)
    save_ranker(fitted, tmp_path / "a.json")
    save_ranker(fit_graded(groups), tmp_path / "b.json")
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    loaded = load_ranker(tmp_path / "a.json")
    assert loaded == fitted
    assert isinstance(loaded, AdditiveRanker)
    assert loaded.sides == fitted.sides is not None
    assert loaded.sides != SIDES


def test_few_lists_teach_no_sides() -> None:
    fitted = fit_graded([group(number) for number in range(40)])
    assert fitted.sides is None
    assert TAUGHT not in fitted.curves


def test_a_step_goes_where_the_loss_falls() -> None:
    """One list learnt by heart: what was wanted first comes first."""
    one = group(3)
    assert one.asked is not None
    made = lesson(
        one.asked, one.spoken, np.zeros(9), one.judged, one.grades.astype(np.float64), 1.0
    )  # fmt: skip
    assert isinstance(made, Lesson)
    sides, worth = learn_sides([made] * 64)
    near = sides.compare(one.asked, one.spoken)
    untaught = Sides(*(np.zeros((SIZE, 1)) for _ in range(4))).compare(one.asked, one.spoken)
    assert worth > 0
    right = one.grades > 0
    gained = near - untaught
    assert gained[right].min() > gained[~right].max()


def test_a_list_nobody_fits_teaches_nothing() -> None:
    one = group(3)
    none = np.zeros(9)
    assert one.asked is not None
    assert lesson(one.asked, one.spoken, none, one.judged, none, 1.0) is None


@pytest.mark.parametrize("change", [{"asked_up": "AAAA"}, {"rank": 0}, {"said_down": "没有"}])
def test_damaged_sides_are_refused(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "r.json"
    ranker = AdditiveRanker({TAUGHT: Curve((0.0, 1.0), (0.0, 1.0))}, 0.0, SIDES)
    save_ranker(ranker, path)
    assert load_ranker(path) == ranker
    damaged = ranker.content() | {"sides": SIDES.content() | change}
    for content in (damaged, {k: v for k, v in ranker.content().items() if k != "sides"}):
        path.write_text(json.dumps(content), encoding="utf-8")
        with pytest.raises(ModelError):
            load_ranker(path)


def test_another_encoder_gets_the_shipped_curves_without_sides() -> None:
    """What they change lies elsewhere in its vectors."""

    class Other:
        identity = "other"
        centring = False

    shipped = load_ranker(data_path("models/ranker/default.json"))
    opened = open_ranker("default", cast(Encoder, Other()))
    assert isinstance(shipped, AdditiveRanker)
    assert isinstance(opened, AdditiveRanker)
    assert shipped.sides is not None
    assert opened.sides is None
    assert set(shipped.curves) - set(opened.curves) == {TAUGHT}
