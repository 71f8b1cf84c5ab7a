"""From signals to probabilities, and from these to words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from matcher import Challenge, Matcher, Team
from matcher.encoding import DEFAULT_ENCODER
from matcher.errors import InputError, ModelError
from matcher.index.documents import Filter
from matcher.learning.calibrating import Sample, check_calibration, fit_calibration, sample
from matcher.learning.evaluation import read_qrels
from matcher.matches import Ranking
from matcher.models import shipped_calibration
from matcher.ranking.additive import AdditiveRanker, Curve
from matcher.ranking.calibration import (
    CHALLENGE_SCORES,
    CHALLENGE_SIGNALS,
    SCORE_SIGNALS,
    Calibration,
    Check,
    Logistic,
    challenge_signals,
    expected_calibration_error,
    fit_logistic,
    load_calibration,
    save_calibration,
)
from matcher.ranking.features import SIGNALS, FeatureMatrix
from matcher.ranking.fused import FusedRanker
from matcher.resources import data_path

from .conftest import INSTALLED_ENCODER, CountingEncoder

# The probability of a pair is the logistic of its cosine; of a challenge, of its best cosine.
PAIR = Logistic(tuple(SIGNALS), (1.0, 0.0), 0.0)
CHALLENGE = Logistic(CHALLENGE_SIGNALS, (1.0, 0.0, 0.0), 0.0)
PLAIN = Calibration(CHALLENGE, PAIR, strong=0.75, medium=0.5, answerable=0.75, doubtful=0.5)
FOREIGN_FIELDS = ("合唱指挥", "民法典", "唐诗格律", "敦煌壁画", "小学语文")
AT_THREE_QUARTERS = float(np.log(3))


def signals(cosines: Sequence[float]) -> FeatureMatrix:
    values = np.zeros((len(cosines), len(SIGNALS)), dtype=np.float32)
    values[:, 0] = cosines
    return FeatureMatrix(tuple(SIGNALS), values)


def test_the_probability_is_the_logistic_of_the_weighted_sum() -> None:
    model = Logistic(("a", "b"), (2.0, -1.0), 0.5)
    given = np.array([[0.0, 0.5], [1.0, 0.5], [-1.0, 2.0]])
    margins = np.array([0.0, 2.0, -3.5])
    np.testing.assert_allclose(model.probability(given), 1 / (1 + np.exp(-margins)), rtol=1e-6)


def test_a_pair_has_the_same_probability_in_a_list_of_any_length() -> None:
    model = Logistic(("a", "b"), (7.31, -1.177), 0.51)
    given = np.random.default_rng(3).random((201, 2), dtype=np.float32)
    together = model.probability(given).tolist()
    assert [model.probability(row[None])[0] for row in given] == together
    assert model.probability(given[:3]).tolist() == together[:3]


def test_the_probability_stays_within_bounds_whatever_is_given() -> None:
    far = Logistic(("a",), (1.0,), 0.0).probability(np.array([[-1e9], [1e9]]))
    assert np.isfinite(far).all()
    assert (far[0], far[1]) == (pytest.approx(0), pytest.approx(1))


@pytest.mark.parametrize(
    ("chances", "labels", "error"),
    [
        ([0.0, 1.0], [0, 1], 0.0),
        ([1.0, 1.0], [0, 0], 1.0),
        ([0.25] * 4, [1, 0, 0, 0], 0.0),
        # Two bins of one half each: |0.1 - 0| and |0.8 - 0.5|.
        ([0.1, 0.1, 0.8, 0.8], [0, 0, 1, 0], 0.5 * 0.1 + 0.5 * 0.3),
    ],
)
def test_the_calibration_error_is_what_was_worked_out(
    chances: list[float], labels: list[int], error: float
) -> None:
    found = expected_calibration_error(np.array(chances), np.array(labels))
    assert found == pytest.approx(error, abs=1e-6)


def test_a_fitted_model_is_calibrated_on_new_data_of_the_same_kind() -> None:
    drawn = np.random.default_rng(2)
    given = drawn.normal(size=(4000, 2))
    labels = (drawn.random(4000) < 1 / (1 + np.exp(-(2 * given[:, 0] - 0.5)))).astype(np.int64)
    model = fit_logistic(("a", "b"), given[:2000], labels[:2000])
    assert model.weights == pytest.approx((2.0, 0.0), abs=0.25)
    assert model.bias == pytest.approx(-0.5, abs=0.2)
    chances = model.probability(given[2000:])
    assert expected_calibration_error(chances, labels[2000:]) < 0.05
    assert fit_logistic(("a", "b"), given[:2000], labels[:2000]) == model


@pytest.mark.parametrize(("balanced", "offset"), [(False, 0.0), (True, 0.0), (True, -4.0)])
def test_a_fit_is_the_optimum_that_scikit_learn_finds(balanced: bool, offset: float) -> None:
    from sklearn.linear_model import LogisticRegression

    drawn = np.random.default_rng(5)
    given = drawn.normal(loc=1.0, scale=(0.1, 2.0), size=(400, 2))
    chances = 1 / (1 + np.exp(-(given[:, 1] + offset)))
    labels = (drawn.random(400) < chances).astype(np.int64)
    mean, deviation = given.mean(axis=0), given.std(axis=0)
    theirs = LogisticRegression(
        tol=1e-10, max_iter=10_000, class_weight="balanced" if balanced else None
    ).fit((given - mean) / deviation, labels)
    ours = fit_logistic(("a", "b"), given, labels, balanced=balanced)
    weights = theirs.coef_[0] / deviation
    assert ours.weights == pytest.approx(weights, abs=1e-5)
    assert ours.bias == pytest.approx(theirs.intercept_[0] - weights @ mean, abs=1e-5)


def test_a_band_begins_at_its_bound() -> None:
    below = np.nextafter(np.float32(0), np.float32(-1))
    # Probabilities .75 and a little more, a little less, .5, less.
    given = signals([AT_THREE_QUARTERS + 1e-3, AT_THREE_QUARTERS - 1e-3, 0.0, below - 1e-3])
    assert PLAIN.bands(given) == ["强", "中", "中", "弱"]
    assert PLAIN.bands(signals([])) == []


def test_of_fewer_passages_strong_is_said_with_more_reserve_and_the_rest_as_ever() -> None:
    bounds = [PLAIN.among(passages).strong for passages in (1, 10, 50, 99, 100, 10**6)]
    assert bounds == sorted(bounds, reverse=True)
    assert PLAIN.strong < bounds[3] < bounds[0] < 1
    assert bounds[4] == bounds[5] == PLAIN.strong
    assert replace(PLAIN.among(1), strong=PLAIN.strong) == PLAIN


def test_a_small_library_says_strong_of_surer_teams_only(
    fused: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chances stay, and the verdict goes with the band of the best."""
    ranker = AdditiveRanker({"meaning": Curve((0.0, 1.0), (0.0, 1.0))}, 0.0)
    asked = Challenge(challenge_id="q", title="热轧带钢板形控制")
    teams = [Team(team_id="one", org_name="甲", research_directions=("热轧带钢板形控制",))]
    matcher = Matcher.from_records([asked], teams, encoder=fused.encoder, ranker=ranker)
    score = matcher.rank(asked).matches[0].score
    pair = Logistic(SCORE_SIGNALS, (1.0,), -score)
    calibration = Calibration(
        Logistic(CHALLENGE_SCORES, (1.0, 1.0), 0.0), pair, 0.49, 0.4, 0.5, 0.1
    )
    found = replace(matcher, calibration=calibration).rank(asked)
    assert (found.matches[0].band, found.verdict) == ("中", "需扩大范围")
    monkeypatch.setattr("matcher.ranking.calibration._CAUTION", 0.0)
    bolder = replace(matcher, calibration=calibration).rank(asked)
    assert (bolder.matches[0].band, bolder.verdict) == ("强", "有合适团队")
    assert bolder.matches[0].chance == found.matches[0].chance == pytest.approx(0.5, abs=1e-4)


@pytest.mark.parametrize(
    ("best", "verdict"),
    [(2.0, "有合适团队"), (AT_THREE_QUARTERS + 1e-3, "有合适团队"), (0.5, "需扩大范围"),
     (0.0, "需扩大范围"), (-0.1, "库内无合适团队")],
)  # fmt: skip
def test_a_verdict_begins_at_its_bound(best: float, verdict: str) -> None:
    found, chance = PLAIN.verdict(signals([best, best - 5]))
    assert found == verdict
    assert chance == pytest.approx(1 / (1 + np.exp(-best)), abs=1e-6)


def test_a_library_without_candidates_has_no_fitting_team() -> None:
    assert PLAIN.verdict(signals([])) == ("库内无合适团队", 0.0)


def test_a_challenge_is_judged_by_its_best_candidates() -> None:
    found = signals([0.1, 0.6, 0.2, 0.3, 0.4, 0.5])
    found.values[2, 1] = 0.9
    expected = {"cosine_best": 0.6, "cosine_mean": 0.4, "title_terms_covered_best": 0.9}
    assert tuple(expected) == CHALLENGE_SIGNALS
    np.testing.assert_allclose(challenge_signals(found), list(expected.values()), rtol=1e-6)
    assert challenge_signals(signals([0.3]))[:2].tolist() == [np.float32(0.3)] * 2


def test_a_calibration_comes_back_as_it_was_written(tmp_path: Path) -> None:
    checked = replace(PLAIN, checks=(Check("留出", 40, 0.95, 0.04),))
    for made in (PLAIN, checked):
        save_calibration(made, tmp_path / "a.json")
        assert load_calibration(tmp_path / "a.json") == made
    save_calibration(load_calibration(tmp_path / "a.json"), tmp_path / "b.json")
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", "null", '{"challenge": 1}', '{"challenge": {"names": 3}}']
)
def test_a_damaged_calibration_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.json").write_text(content, encoding="utf-8")
    with pytest.raises(ModelError, match="校准文件无法读取"):
        load_calibration(tmp_path / "a.json")


def test_a_missing_calibration_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="校准文件无法读取"):
        load_calibration(tmp_path / "没有.json")


@pytest.mark.parametrize(
    ("part", "change"),
    [("pair", {"names": ["fame"], "weights": [1.0]}), ("challenge", {"names": ["fame"]}),
     ("pair", {"weights": [1.0]}), ("challenge", {"weights": [1.0]})],
)  # fmt: skip
def test_a_calibration_for_other_signals_is_refused(
    tmp_path: Path, part: str, change: dict[str, object]
) -> None:
    path = tmp_path / "a.json"
    save_calibration(PLAIN, path)
    content = json.loads(path.read_text(encoding="utf-8"))
    content[part] |= change
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ModelError, match="校准文件"):
        load_calibration(path)


@pytest.fixture(scope="module")
def samples(fused: Matcher) -> tuple[Sample, Sample]:
    """Judged challenges of the demonstration, and as many that nobody there can answer."""
    qrels = read_qrels(data_path("corpora/demo/qrels_team.txt"))
    foreign = [
        Challenge(challenge_id=f"F{n:02}", title=f"{subject}{what}")
        for n, (subject, what) in enumerate(product(FOREIGN_FIELDS, ("教学", "史料考证", "翻译")))
    ]
    ids = list(qrels)
    first, second = (
        sample(fused, {q: qrels[q] for q in ids[half:30:2]}, foreign[half::2]) for half in (0, 1)
    )
    return first, second


def test_a_sample_holds_answers_and_the_best_of_those_that_are_none(
    samples: tuple[Sample, Sample],
) -> None:
    for one in samples:
        assert one.challenges.shape == (len(one.answerable), len(CHALLENGE_SIGNALS))
        assert one.pairs.shape == (len(one.on_subject), len(SIGNALS))
        assert int(one.answerable.sum()) == 15
        # All twenty of a foreign challenge, and of the others the answers alone.
        assert int((one.on_subject == 0).sum()) == 20 * int((one.answerable == 0).sum())
        assert 0 < int(one.on_subject.sum()) <= 20 * 15


def test_a_calibration_fitted_on_one_half_holds_on_the_other(
    samples: tuple[Sample, Sample],
) -> None:
    fitted = fit_calibration(samples[:1])
    assert fitted == fit_calibration(samples[:1])
    found = check_calibration(fitted, samples[1])
    assert found.n == len(samples[1].answerable)
    assert sum(n for _, _, n in found.reliability) == found.n
    assert 0 <= found.error <= 1
    assert found.auroc > 0.5


def test_a_calibration_needs_both_kinds_of_challenges(
    fused: Matcher, samples: tuple[Sample, Sample]
) -> None:
    one_kind = sample(fused, {}, [Challenge(challenge_id="F", title="民法典")])
    for given in (one_kind, sample(fused, {}, [])):
        with pytest.raises(InputError, match="校准用的需求"):
            fit_calibration([given])
        with pytest.raises(InputError, match="校准用的需求"):
            check_calibration(PLAIN, given)


def test_every_match_carries_its_band_and_every_challenge_its_verdict(fused: Matcher) -> None:
    calibrated = replace(fused, calibration=PLAIN)
    wanted = list(fused.challenges)[:3]
    for plain, ranking in zip(fused.match(wanted), calibrated.match(wanted), strict=True):
        assert isinstance(plain, Ranking)
        assert isinstance(ranking, Ranking)
        assert (plain.verdict, plain.chance) == ("未定", None)
        assert ranking.verdict in ("有合适团队", "需扩大范围", "库内无合适团队")
        assert ranking.chance is not None
        assert {match.band for match in plain.matches} == {"未定"}
        assert {match.band for match in ranking.matches} <= {"强", "中", "弱"}
        assert [m.score for m in ranking.matches] == [m.score for m in plain.matches]


def test_a_band_belongs_to_the_team_whatever_the_length_of_the_list(fused: Matcher) -> None:
    calibrated = replace(fused, calibration=replace(PLAIN, strong=0.60, medium=0.52, doubtful=0.0))
    wanted = next(iter(fused.challenges))
    long, short = (calibrated.find_teams(wanted, top) for top in (40, 5))
    assert [m.band for m in short] == [m.band for m in long[:5]]
    assert len({m.band for m in long}) > 1


def test_where_nobody_fits_nobody_is_a_strong_match(fused: Matcher) -> None:
    generous = replace(PLAIN, strong=0.0, answerable=1.1, doubtful=1.1)
    wanted = next(iter(fused.challenges))
    nobody = replace(fused, calibration=generous).rank(wanted)
    assert nobody.verdict == "库内无合适团队"
    assert {match.band for match in nobody.matches} == {"弱"}
    somebody = replace(fused, calibration=replace(generous, doubtful=0.0)).rank(wanted)
    assert somebody.verdict == "需扩大范围"
    assert {match.band for match in somebody.matches} == {"强"}


def test_a_filter_that_leaves_nobody_says_nothing_of_the_library(fused: Matcher) -> None:
    wanted = next(iter(fused.challenges))
    matcher = replace(fused, calibration=PLAIN)
    nowhere = matcher.rank(wanted, where=Filter(province="无此省"))
    assert nowhere.matches == ()
    whole = matcher.rank(wanted)
    assert (nowhere.verdict, nowhere.chance) == (whole.verdict, whole.chance)
    assert whole.verdict != "库内无合适团队"


def test_no_other_encoder_is_judged_by_the_shipped_calibration(counting: CountingEncoder) -> None:
    for ranker in (FusedRanker(), AdditiveRanker({}, 0.0)):
        assert shipped_calibration(None, ranker) is None
        assert shipped_calibration(counting, ranker) is None


FOREIGN = (
    "合唱指挥排练中的声部平衡与咬字训练",
    "民法典合同编违约金调减规则的司法适用",
)
KNOWN = ("高端轴承钢夹杂物控制", "高强度汽车用钢热轧板形控制技术")


@pytest.mark.slow
@pytest.mark.skipif(
    not (data_path("models") / "ranker" / "calibration.json").exists(),
    reason="no calibration is shipped",
)
@pytest.mark.skipif(INSTALLED_ENCODER is None, reason="the default encoder is not built here")
def test_the_shipped_calibration_knows_what_the_library_does_not(
    teams: tuple[Team, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATCHER_MODELS_DIR", str(INSTALLED_ENCODER))
    asked = [Challenge(challenge_id=text, title=text) for text in (*FOREIGN, *KNOWN)]
    matcher = Matcher.from_records(asked, teams, encoder=DEFAULT_ENCODER)
    found = {r.challenge.title: r for r in matcher.match(top=10) if isinstance(r, Ranking)}
    for text in FOREIGN:
        assert found[text].verdict == "库内无合适团队", text
        assert "强" not in {match.band for match in found[text].matches}, text
    for text in KNOWN:
        assert found[text].verdict != "库内无合适团队", text
    chances = {text: found[text].chance or 0.0 for text in found}
    assert max(chances[t] for t in FOREIGN) < min(chances[t] for t in KNOWN)
