"""Rankers that learn: what they promise whoever trained them, and what they never see."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from matcher import Challenge, Evidence, Matcher, Team
from matcher.encoding import Encoder
from matcher.errors import InputError, ModelError
from matcher.learning.training import cross_validate, evidence_groups, judged_groups, ranked
from matcher.ranking.features import FEATURES, FeatureMatrix, features
from matcher.ranking.learned import (
    BASE,
    BoostedRanker,
    Group,
    LearnedRanker,
    LinearRanker,
    fit_boosted,
    fit_linear,
    load_ranker,
    save_ranker,
)
from matcher.ranking.view import View

NAMES = ("fused", "terms_covered", "recency", "domain")
PLANTED = 1  # the one feature that tells an answer from the others


def group(number: int, org: str = "甲", seed: int = 0, also: str = "") -> Group:
    """Twenty candidates; the answer, of ``org``, has more of the planted feature."""
    values = np.random.default_rng((seed, number)).normal(size=(20, len(NAMES)))
    relevant = np.zeros(20, dtype=np.int64)
    relevant[number % 10] = 1
    values[number % 10, PLANTED] += 3
    orgs = [f"他{place}" for place in range(20)]
    orgs[number % 10] = org
    if also:
        relevant[-1], orgs[-1] = 1, also
    return Group(
        f"q{number:03}",
        tuple(f"t{number:03}-{place:02}" for place in range(20)),
        tuple(orgs),
        org,
        FeatureMatrix(NAMES, values.astype(np.float32)),
        relevant,
    )


def groups(count: int = 60, seed: int = 0) -> list[Group]:
    return [group(number, f"单位{number % 12:02}", seed) for number in range(count)]


Fit = Callable[[Sequence[Group]], LearnedRanker]
FITS: dict[str, Fit] = {
    "linear": lambda given: fit_linear(given, NAMES),
    "lambdamart": lambda given: fit_boosted(given, NAMES, trees=30),
}


@pytest.fixture(params=FITS)
def fit(request: pytest.FixtureRequest) -> Fit:
    return FITS[request.param]


@pytest.fixture(scope="module")
def trained() -> dict[str, LearnedRanker]:
    return {kind: fit(groups()) for kind, fit in FITS.items()}


@pytest.fixture(params=FITS)
def ranker(request: pytest.FixtureRequest, trained: dict[str, LearnedRanker]) -> LearnedRanker:
    return trained[request.param]


def some(rows: int, seed: int = 9) -> FeatureMatrix:
    values = np.random.default_rng(seed).normal(scale=2, size=(rows, len(NAMES)))
    return FeatureMatrix(NAMES, values.astype(np.float32))


def answers_found(run: dict[str, list[str]], asked: Sequence[Group]) -> float:
    """Share of the queries whose first candidate is an answer."""
    return float(np.mean([g.relevant[g.team_ids.index(run[g.query_id][0])] for g in asked]))


def test_contributions_sum_to_the_score(ranker: LearnedRanker) -> None:
    given = some(200)
    parts = ranker.contributions(given)
    assert [n for n in parts.names if n != BASE] == list(ranker.feature_names)
    np.testing.assert_allclose(parts.values.sum(axis=1), ranker.score(given), atol=1e-4)


@pytest.mark.slow
def test_a_candidate_is_scored_alone_as_among_others(ranker: LearnedRanker) -> None:
    given = some(30)
    alone = [float(ranker.score(given.rows(np.array([row])))[0]) for row in range(30)]
    assert ranker.score(given).tolist() == alone


def test_no_candidates_give_no_scores_and_no_parts(ranker: LearnedRanker) -> None:
    assert ranker.score(some(0)).shape == (0,)
    parts = ranker.contributions(some(0))
    assert parts.values.shape == (0, len(parts.names))


def test_features_are_read_by_name_not_by_place(ranker: LearnedRanker) -> None:
    given = some(20)
    turned = FeatureMatrix(("x", *NAMES[::-1]), np.c_[np.zeros(20, "f4"), given.values[:, ::-1]])
    assert ranker.score(turned).tolist() == ranker.score(given).tolist()


def test_a_saved_ranker_comes_back_the_same(ranker: LearnedRanker, tmp_path: Path) -> None:
    path, again = tmp_path / "a.json", tmp_path / "b.json"
    save_ranker(ranker, path)
    loaded = load_ranker(path)
    assert loaded == ranker
    assert loaded.score(some(50)).tolist() == ranker.score(some(50)).tolist()
    save_ranker(loaded, again)
    assert again.read_bytes() == path.read_bytes()


def test_training_twice_gives_the_same_bytes(fit: Fit, tmp_path: Path) -> None:
    for name in ("a", "b"):
        save_ranker(fit(groups()), tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_more_of_any_feature_never_lowers_a_score(ranker: LearnedRanker) -> None:
    given = some(100)
    before = ranker.score(given)
    for column in range(len(NAMES)):
        for step in (0.01, 0.5, 4.0):
            values = given.values.copy()
            values[:, column] += step
            assert (ranker.score(FeatureMatrix(NAMES, values)) >= before - 1e-6).all()


def test_no_weight_is_negative_even_where_the_data_say_so() -> None:
    against = [replace(g, features=FeatureMatrix(NAMES, -g.features.values)) for g in groups()]
    fitted = fit_linear(against, NAMES)
    assert min(fitted.weights) > 0
    assert NAMES[PLANTED] not in fitted.feature_names


@pytest.mark.slow
def test_a_planted_signal_is_learned_and_carries_over(ranker: LearnedRanker) -> None:
    unseen = groups(40, seed=1)
    assert answers_found(ranked(unseen, ranker), unseen) > 0.7
    spread = np.abs(ranker.contributions(some(200)).values).mean(axis=0)
    assert ranker.feature_names[int(spread[: len(ranker.feature_names)].argmax())] == NAMES[PLANTED]


def test_little_data_leaves_the_fused_score_in_charge() -> None:
    silent = replace(groups(1)[0], features=FeatureMatrix(NAMES, np.zeros((20, 4), np.float32)))
    assert fit_linear([silent], NAMES) == LinearRanker(("fused",), (1.0,))


@pytest.mark.parametrize("relevant", [0, 1])
def test_judgements_that_teach_nothing_are_refused(fit: Fit, relevant: int) -> None:
    degenerate = replace(groups(1)[0], relevant=np.full(20, relevant, dtype=np.int64))
    for given in ([], [degenerate]):
        with pytest.raises(InputError, match=r"没有可用来训练的需求[\s\S]*处理"):
            fit(given)


@pytest.mark.slow
def test_the_kind_of_ranker_that_is_shipped_reads_features_that_exist() -> None:
    fitted = fit_linear([_all_features()], strength=0.05)
    assert set(fitted.feature_names) <= set(FEATURES)


def _all_features() -> Group:
    values = np.random.default_rng(0).normal(size=(20, len(FEATURES))).astype(np.float32)
    return replace(groups(1)[0], features=FeatureMatrix(tuple(FEATURES), values))


def _with(**changes: object) -> str:
    good = {"name": "linear", "features": ["fused"], "kind": "linear", "weights": [1.0]}
    return json.dumps(good | changes)


@pytest.mark.parametrize(
    "content",
    [
        "", "not json", "[]", "7", "null", "{}", '"text"', "\ud800",
        _with(kind="neural"), _with(kind=["linear"]), _with(features=["fame"]),
        _with(features=7), _with(features=[["fused"]]), _with(weights=[1.0, 2.0]),
        _with(weights=[]), _with(weights=["多"]), _with(weights=None),
        _with(weights=[float("nan")]), _with(kind="lambdamart", sha256=""),
        _with(kind="lambdamart"), _with(kind="lambdamart", model=["tree"]),
        _with(kind="lambdamart", model="text"), _with(kind="lambdamart", model=[7]),
    ],
)  # fmt: skip
def test_a_damaged_or_foreign_file_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "排序.json"
    path.write_bytes(content.encode("utf-8", "surrogatepass"))
    with pytest.raises(ModelError, match=r"排序模型[\s\S]*matcher train"):
        load_ranker(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="没有\\.json"):
        load_ranker(tmp_path / "没有.json")


def test_trees_grown_on_other_features_are_refused(
    trained: dict[str, LearnedRanker], tmp_path: Path
) -> None:
    save_ranker(replace(trained["lambdamart"], feature_names=NAMES[:2]), tmp_path / "a.json")
    with pytest.raises(ModelError, match="4 features"):
        load_ranker(tmp_path / "a.json")


def test_a_cut_off_file_of_trees_is_refused(
    trained: dict[str, LearnedRanker], tmp_path: Path
) -> None:
    save_ranker(trained["lambdamart"], tmp_path / "a.json")
    content = json.loads((tmp_path / "a.json").read_text())
    content["model"] = content["model"][: len(content["model"]) // 3]
    (tmp_path / "a.json").write_text(json.dumps(content))
    with pytest.raises(ModelError):
        load_ranker(tmp_path / "a.json")


# --- cross-validation -------------------------------------------------------------------------


class Watching:
    """A fit that remembers what it was given."""

    def __init__(self) -> None:
        self.seen: list[list[Group]] = []

    def __call__(self, given: Sequence[Group]) -> LearnedRanker:
        self.seen.append(list(given))
        return LinearRanker(NAMES, (1.0, 1.0, 0.0, 0.0))


def answering(one: Group) -> set[str]:
    """Every organisation that answers a query."""
    relevant = {o for o, r in zip(one.org_names, one.relevant, strict=True) if r}
    return relevant | {one.fold_key}


def test_cross_validation_never_trains_on_a_tested_organisation() -> None:
    asked = groups(40)
    # A query with two answers: the second organisation also answers queries of other folds.
    asked += [group(n, f"单位{n % 12:02}", also=f"单位{(n + 1) % 12:02}") for n in range(40, 48)]
    more = [replace(g, query_id=f"m{g.query_id}") for g in groups(24, seed=2)]
    watching = Watching()
    run = cross_validate(asked, watching, more, folds=4)
    assert sorted(run) == sorted(g.query_id for g in asked)
    keys = sorted({g.fold_key for g in asked})
    assert len(watching.seen) == 4
    for fold, trained_on in enumerate(watching.seen):
        tested = [g for g in asked if keys.index(g.fold_key) % 4 == fold]
        hidden = set().union(*map(answering, tested))
        assert trained_on
        assert not hidden & set().union(*map(answering, trained_on))


@pytest.mark.slow
def test_cross_validation_tests_every_query_once_and_learns_from_the_rest() -> None:
    asked = groups(36)
    run = cross_validate(asked, FITS["linear"], folds=3)
    assert sorted(run) == [g.query_id for g in asked]
    assert all(sorted(run[g.query_id]) == sorted(g.team_ids) for g in asked)
    assert answers_found(run, asked) > 0.5  # a twentieth by chance


def test_equal_scores_are_ranked_by_id() -> None:
    flat = replace(groups(1)[0], features=FeatureMatrix(NAMES, np.ones((20, 4), np.float32)))
    turned = replace(flat, team_ids=flat.team_ids[::-1])
    run = ranked([turned], LinearRanker(NAMES, (1.0, 1.0, 1.0, 1.0)))
    assert run[flat.query_id] == sorted(flat.team_ids)


# --- groups from records ----------------------------------------------------------------------

SUBJECTS = ("轴承钢夹杂物", "电渣重熔", "光刻胶树脂", "海上风电叶片", "固态电池电解质")


def paper(title: str, year: int) -> Evidence:
    return Evidence(kind="论文", title=title, year=year)


def team(team_id: str, org: str, *pieces: Evidence) -> Team:
    return Team(team_id=team_id, org_name=org, research_directions=("材料",), evidence=pieces)


@pytest.fixture
def library(encoder: Encoder) -> Matcher:
    shared = paper("轴承钢夹杂物镁处理新方法", 2024)
    teams = [
        team("A", "甲", shared, paper("轴承钢洁净度", 2019), paper("轴承钢疲劳", 2018)),
        team("B", "乙", shared, paper("电渣重熔渣系", 2017), paper("电渣重熔凝固", 2016)),
        team("C", "丙", paper("光刻胶树脂合成", 2020), paper("光刻胶纯化", 2015)),
        *(
            team(f"D{n}", f"丁{n}", *(paper(f"{s}研究{n}{k}", 2010 + k) for k in range(3)))
            for n, s in enumerate(SUBJECTS)
        ),
    ]
    asked = [
        Challenge(challenge_id="1", title="轴承钢夹杂物控制"),
        Challenge(challenge_id="2", title="电渣重熔"),
        Challenge(challenge_id="空", industry="冶金"),
    ]
    return Matcher.from_records(asked, teams, encoder=encoder)


def test_a_judged_challenge_becomes_a_group(library: Matcher) -> None:
    qrels = {"1": {"A": 2, "C": 0}, "2": {"ORG:乙": 1}, "空": {"A": 1}, "不在": {"A": 1}}
    first, second = judged_groups(library, qrels)
    assert (first.query_id, first.fold_key) == ("1", "甲")
    assert dict(zip(first.team_ids, first.relevant.tolist(), strict=True))["A"] == 1
    assert (int(first.relevant.sum()), int(second.relevant.sum())) == (1, 1)
    assert second.fold_key == "乙"
    assert second.team_ids[int(second.relevant.argmax())] == "B"
    assert first.features.names == tuple(FEATURES)
    assert first.features.values.shape == (len(first.team_ids), len(FEATURES))


def test_who_is_judged_to_be_no_answer_does_not_name_the_fold(library: Matcher) -> None:
    (found,) = judged_groups(library, {"1": {"A": 0, "B": 1}})
    assert found.fold_key == "乙"


def test_a_piece_used_as_a_query_is_hidden_with_all_its_authors(
    library: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    views: list[View] = []

    def watched(view: View) -> FeatureMatrix:
        views.append(view)
        return features(view)

    monkeypatch.setattr("matcher.learning.training.features", watched)
    found = {g.query_id: g for g in evidence_groups(library, limit=100)}
    shared = found["A:轴承钢夹杂物镁处理新方法"]
    assert {t for t, r in zip(shared.team_ids, shared.relevant, strict=True) if r} == {"A", "B"}
    passages = library.library.passages
    for view in views:
        title = view.query.challenge.title
        assert title in {p.title for p in passages}
        assert title not in {passages[int(row)].title for row in view.rows}


def test_a_shared_piece_is_asked_once_and_thin_teams_not_at_all(library: Matcher) -> None:
    ids = [g.query_id for g in evidence_groups(library, limit=100)]
    assert sum("镁处理" in i for i in ids) == 1
    assert not any(i.startswith("C:") for i in ids)
    assert len(ids) == 1 + len(SUBJECTS)
    assert len(evidence_groups(library, limit=2)) <= 2


def test_boosted_and_linear_are_what_they_say(trained: dict[str, LearnedRanker]) -> None:
    assert isinstance(trained["linear"], LinearRanker)
    assert isinstance(trained["lambdamart"], BoostedRanker)
    assert [r.name for r in trained.values()] == ["linear", "lambdamart"]
