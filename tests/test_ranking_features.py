"""Features: each on a library small enough to know the answer, and blind to who a team is."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher import Challenge, Evidence, Matcher, Team
from matcher.encoding import Encoder
from matcher.index.collection import Collection, library_of
from matcher.index.documents import DocumentFacts
from matcher.index.indexing import entries
from matcher.index.lexical import LexicalIndex
from matcher.index.passages import PROFILE, Passage
from matcher.index.segment import IndexedDocument, Segment
from matcher.ranking.candidates import candidates
from matcher.ranking.features import (
    FEATURES,
    SIGNALS,
    FeatureMatrix,
    features,
    standardised,
)
from matcher.ranking.fused import FUSED_PARTS, fused_parts
from matcher.ranking.learned import LinearRanker
from matcher.ranking.query import Query, queries
from matcher.ranking.scoring import PassageScores, score_passages
from matcher.ranking.search import Neighbourhood
from matcher.ranking.view import View, reference_view
from matcher.text.tokenise import default_tokenizer

# Three teams: 甲 has a description and two papers, 乙 a patent, 丙 a description and a paper.
STARTS = np.array([0, 3, 4, 6])
KINDS = (PROFILE, "论文", "论文", "专利", PROFILE, "论文")
YEARS = (0, 2024, 2014, 2019, 0, 0)
TOKENS = (["钢"], ["钢", "渣"], ["渣", "镁"], ["镁"], ["胶"], ["膜"])
LEXICAL = (1.0, 4.0, 2.0, -1.0, -2.0, -0.5)
DENSE = (0.5, 2.0, 3.0, 1.0, -1.0, -2.0)


def collection(
    tokens: Sequence[Sequence[str]] = TOKENS, years: Sequence[int] = YEARS
) -> Collection:
    domains = (("材料", "冶金"), ("材料",), ())
    spans = [slice(low, high) for low, high in itertools.pairwise(STARTS)]
    made = Segment.build(
        [
            IndexedDocument(DocumentFacts(i, tech_domain=d), KINDS[s], years[s], tokens[s], None)
            for i, d, s in zip("甲乙丙", domains, spans, strict=True)
        ]
    )
    texts = [Passage("", n, k, f"题{n}", "".join(t))
             for n, (k, t) in enumerate(zip(KINDS, tokens, strict=True))]  # fmt: skip
    return Collection(library_of((made,), texts.__getitem__), np.arange(3))


def query(words: Sequence[str] = ("钢", "镁", "新"), domain: tuple[str, ...] = ()) -> Query:
    challenge = Challenge(challenge_id="1", title="题", tech_domain=domain)
    own = tuple(words)
    return Query(challenge, (), own, own, own[:1], own[:1], None, None)


def scores(
    lexical: Sequence[float] = LEXICAL, dense: Sequence[float] | None = DENSE
) -> PassageScores:
    words = np.array(lexical, dtype=np.float32)
    meaning = np.zeros(6, np.float32) if dense is None else np.array(dense, dtype=np.float32)
    return PassageScores(
        lexical=words,
        dense=None if dense is None else meaning,
        title_lexical=words + 10,
        title_dense=meaning + 20,
        body_dense=meaning + 30,
        cosine=meaning / 10,
        title_cosine=meaning / 20,
        body_cosine=meaning / 30,
        share=words / 10,
        title_share=words / 20,
        lexical_unit=1.0,
    )


def view(hidden: Sequence[int] = (), **changes: Any) -> View:
    mask = np.isin(np.arange(6), hidden) if hidden else None
    made = View(query(), collection(), scores(), np.arange(3), mask)
    return replace(made, **changes)


IDF = {word: LexicalIndex.build(TOKENS).idf(word) for word in ("钢", "镁", "新")}
ALL = sum(IDF.values())
# Fused: 甲 1.5, 6, 5; 乙 0; 丙 -3, -2.5.
KNOWN: dict[str, list[float]] = {
    "fused": [5.5, 0, -2.75],
    "third_best": [1.5, 0, -3],
    "lexical_best": [4, -1, -0.5],
    "lexical_second_best": [2, -1, -2],
    "dense_best": [3, 1, -1],
    "dense_second_best": [2, 1, -2],
    "title_lexical_best": [14, 9, 9.5],
    "title_lexical_second": [12, 9, 8],
    "title_dense_best": [23, 21, 19],
    "title_dense_second": [22, 21, 18],
    "body_dense_best": [33, 31, 29],
    "body_dense_second": [32, 31, 28],
    "terms_covered": [(IDF["钢"] + IDF["镁"]) / ALL, IDF["镁"] / ALL, 0],
    "terms_repeated": [(2 * IDF["钢"] + IDF["镁"]) / ALL, IDF["镁"] / ALL, 0],
    "rarest_term": [max(IDF["钢"], IDF["镁"]), IDF["镁"], 0],
    "title_terms_covered": [1, 0, 0],
    "title_terms_repeated": [2, 0, 0],
    "title_rarest_term": [IDF["钢"], 0, 0],
    "pieces_on_the_point": [np.log(3), 0, 0],
    "support": [np.log(13.5), 0, 0],
    "focus": [5.5 / 3, 1, -1.5],
    "agreement": [3, -1, -1],
    "description": [1.5, -3, -3],
    "proven": [6, 0, -2.5],
    "applied": [-3, 0, -3],
    "indicators_met": [0, 0, 0],
    "recency": [1, 0.5, 0],
    "domain": [0, 0, 0],
}


def test_every_feature_has_a_known_answer_here() -> None:
    assert set(KNOWN) == set(FEATURES)


@pytest.mark.parametrize("name", FEATURES)
def test_a_feature_is_what_was_worked_out_by_hand(name: str) -> None:
    np.testing.assert_allclose(FEATURES[name].compute(view()), KNOWN[name], atol=1e-6)


@pytest.mark.slow
def test_a_team_that_shows_the_value_asked_for_met_the_indicator() -> None:
    shown = ("轴承钢总氧 6ppm", "轴承钢总氧 20ppm", "轴承钢总氧控制")
    library = [
        Team(team_id=str(n), evidence=(Evidence(kind="论文", title=title),))
        for n, title in enumerate(shown)
    ]
    matcher = Matcher.from_records([], library, encoder=None)
    challenge = Challenge(
        challenge_id="1", title="轴承钢", indicators_text="总氧≤15ppm；寿命≥10000h"
    )
    (asked,) = queries([challenge], matcher.tokenizer, None)
    seen = View(asked, matcher.library, score_passages(asked, matcher.library), np.arange(3))
    assert FEATURES["indicators_met"].compute(seen).tolist() == [0.5, 0.25, 0]


def test_the_signals_are_read_in_natural_units() -> None:
    found = features(view(), tuple(SIGNALS))
    np.testing.assert_allclose(found.column("cosine"), [0.3, 0.1, -0.1], atol=1e-6)
    assert found.column("title_terms_covered").tolist() == [1, 0, 0]


@pytest.mark.parametrize(
    ("wanted", "shares"),
    [
        ((), [0, 0, 0]),
        (("材料",), [1, 1, 0]),
        (("材料", "冶金"), [1, 0.5, 0]),
        (("法律",), [0] * 3),
    ],
)
def test_the_domain_is_the_share_of_levels_named(
    wanted: tuple[str, ...], shares: list[float]
) -> None:
    assert FEATURES["domain"].compute(view(query=query(domain=wanted))).tolist() == shares


def test_a_hidden_piece_is_passed_over_by_every_feature() -> None:
    """The team's best piece hidden: what is left is what remains without it."""
    found = features(view(hidden=[1]))
    row = dict(zip(found.names, found.values[0].tolist(), strict=True))
    assert row["fused"] == pytest.approx((5 + 1.5) / 2)
    assert row["lexical_best"] == 2
    assert row["proven"] == 5
    assert row["recency"] == 0
    assert row["terms_repeated"] == pytest.approx((IDF["钢"] + IDF["镁"]) / ALL)
    assert found.values[1:].tolist() == features(view()).values[1:].tolist()


def test_the_fused_parts_are_half_the_two_best_pieces_and_sum_to_the_mean() -> None:
    found = fused_parts(view())
    assert found.names == tuple(FUSED_PARTS)
    np.testing.assert_allclose(found.values.sum(axis=1), KNOWN["fused"], atol=1e-6)
    np.testing.assert_allclose(found.values[0], [2, 1, 1, 1.5])


def test_only_better_passages_can_raise_a_feature_and_none_can_lower_one() -> None:
    before = features(view()).values
    for row in range(6):
        for retriever in ("lexical", "dense"):
            raised = {n: [*v] for n, v in (("lexical", LEXICAL), ("dense", DENSE))}
            raised[retriever][row] += 1.5
            after = features(view(scores=scores(**raised)))
            others = [n for n, name in enumerate(after.names) if name != "recency"]
            assert (after.values[:, others] >= before[:, others] - 1e-6).all()
            assert (after.values != before).any()


def test_a_newer_best_piece_is_never_worse() -> None:
    ages = []
    for year in (0, 1990, 2010, 2016, 2020, 2024):
        years = np.array([0, year, 2014, 2024, 0, 0], dtype=np.int16)
        changed = view(collection=collection(years=years))
        ages.append(float(FEATURES["recency"].compute(changed)[0]))
    assert ages == sorted(ages)
    assert (ages[0], ages[-1]) == (0, 1)


def test_more_words_in_a_passage_never_lower_coverage() -> None:
    richer = [[*own, "新"] if n == 3 else own for n, own in enumerate(TOKENS)]
    after = features(view(collection=collection(richer)), ("terms_covered", "terms_repeated"))
    assert (after.values[1] > 0).all()
    assert after.column("terms_covered")[1] > KNOWN["terms_covered"][1]


# --- edges ------------------------------------------------------------------------------------

EDGES: dict[str, View] = {
    "one candidate": view(documents=np.array([1])),
    "no vectors": view(scores=scores(dense=None)),
    "no words": view(query=query(())),
    "unknown words": view(query=query(("从未见过",))),
    "nothing in the library has a word": view(collection=collection([[]] * 6)),
    "flat scores": view(scores=scores([0] * 6, [0] * 6)),
    "no years": view(collection=collection(years=[0] * 6)),
    "hidden pieces": view(hidden=[0, 5]),
    "nobody": view(documents=np.array([], dtype=np.int64)),
}


@pytest.mark.parametrize("edge", EDGES.values(), ids=EDGES)
@pytest.mark.filterwarnings("error")
def test_no_feature_is_missing_at_the_edges(edge: View) -> None:
    for names in (tuple(FEATURES), tuple(SIGNALS)):
        raw = features(edge, names)
        scaled = standardised(raw, raw)
        for found in (raw, scaled):
            assert found.values.shape == (len(edge.documents), len(names))
            assert found.values.dtype == np.float32
            assert np.isfinite(found.values).all()


@pytest.mark.parametrize("texts", [[], ["钢"], ["钢", "的"]])
def test_the_smallest_libraries_are_described_without_gaps(
    encoder: Encoder, texts: list[str]
) -> None:
    teams = [Team(team_id=f"t{n}", profile=text) for n, text in enumerate(texts)]
    for model in (encoder, None):
        (asked,) = queries([Challenge(challenge_id="1", title="钢")], default_tokenizer(), model)
        library = Collection.from_entries(list(entries(teams, default_tokenizer(), model)))
        ranker = LinearRanker(tuple(FEATURES), (1.0,) * len(FEATURES))
        pool = candidates(asked, Neighbourhood(library, score_passages(asked, library), None), 10)
        found = ranker.rerank(pool)
        parts = found.parts(np.arange(len(texts)))
        assert pool.view.documents.tolist() == list(range(len(texts)))
        assert parts.values.shape == (len(texts), len(FEATURES))
        assert np.isfinite(found.values).all()


def test_deviations_have_mean_zero_and_are_bounded() -> None:
    values = np.random.default_rng(1).normal(5, 3, size=(200, 2)).astype(np.float32)
    values[0] = 1e6
    raw = FeatureMatrix(("fused", "domain"), values)
    found = standardised(raw.rows(np.arange(1, 200)), raw.rows(np.arange(1, 200))).values
    np.testing.assert_allclose(found.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(found.std(axis=0), 1, atol=1e-5)
    assert standardised(raw.rows(np.array([0])), raw.rows(np.arange(1, 200))).values.max() == 8
    flat = FeatureMatrix(("fused",), np.full((5, 1), 3, np.float32))
    assert not standardised(flat, flat).values.any()


@given(st.permutations(range(3)), st.integers(1, 3))
def test_a_team_is_described_whoever_else_is_asked_about(order: list[int], count: int) -> None:
    chosen = np.sort(np.array(order[:count]))
    assert (
        features(view(documents=chosen)).values.tolist() == features(view()).values[chosen].tolist()
    )


# --- blind to who a team is -------------------------------------------------------------------

NAMES = st.sampled_from(("清华大学", "某县农机站", "中国科学院金属研究所", "", "鞍钢集团"))
IDENTITY = st.fixed_dictionaries(
    {
        "org_name": NAMES,
        "org_aliases": st.tuples(NAMES),
        "org_type": st.sampled_from(("高校", "科研院所", "企业", "其他")),
        "department": st.sampled_from(("国家重点实验室", "二车间", "")),
        "leader_name": st.sampled_from(("钟某某", "张三丰", "")),
        "leader_title": st.sampled_from(("中国科学院院士", "讲师", "")),
        "members": st.sampled_from(((), ("钱某", "孙某"), ("某",) * 50)),
        "province": st.sampled_from(("西藏", "北京", "")),
        "city": st.sampled_from(("拉萨", "北京", "")),
        "credit_status": st.sampled_from(("失信", "正常", "未知")),
        "active_challenges": st.integers(0, 9),
        "affiliated_orgs": st.tuples(NAMES),
        "provenance": st.sampled_from(("院士推荐", "")),
        "extra": st.sampled_from(({}, {"荣誉": "国家科技进步一等奖"})),
    }
)
TEAMS = [
    Team(
        team_id=f"t{n}",
        org_name="某大学",
        research_directions=(subject,),
        tech_domain=("材料",),
        evidence=(
            Evidence(kind="论文", title=f"{subject}研究", year=2020 + n),
            Evidence(kind="专利", title=f"一种{subject}方法", year=2018),
        ),
    )
    for n, subject in enumerate(("轴承钢夹杂物", "电渣重熔", "光刻胶", "风电叶片"))
]
ASKED = Challenge(
    challenge_id="1", title="轴承钢夹杂物控制", problem="电渣重熔", tech_domain=("材料",)
)


def described(teams: Sequence[Team], encoder: Encoder) -> bytes:
    """Every bit of every feature and signal of every team."""
    tokenizer = default_tokenizer()
    (asked,) = queries([ASKED], tokenizer, encoder)
    library = Collection.from_entries(list(entries(teams, tokenizer, encoder)))
    seen = reference_view(asked, library, score_passages(asked, library), 10)
    raw = features(seen)
    found = (raw.values, features(seen, tuple(SIGNALS)).values, standardised(raw, raw).values)
    assert len(seen.documents) == len(TEAMS)
    return b"".join(values.tobytes() for values in found)


@pytest.mark.slow
@given(st.lists(IDENTITY, min_size=4, max_size=4))
def test_no_feature_reads_who_a_team_is(encoder: Encoder, identities: list[dict[str, Any]]) -> None:
    others = [t.model_copy(update=i) for t, i in zip(TEAMS, identities, strict=True)]
    assert described(others, encoder) == described(TEAMS, encoder)


def test_features_do_read_what_a_team_did(encoder: Encoder) -> None:
    """So that the test above could fail."""
    did = TEAMS[1].model_copy(update={"research_directions": ("轴承钢夹杂物控制",)})
    assert described([TEAMS[0], did, *TEAMS[2:]], encoder) != described(TEAMS, encoder)


@pytest.mark.parametrize(("name", "feature"), [*FEATURES.items(), *SIGNALS.items()])
def test_every_feature_has_a_chinese_label(name: str, feature: Any) -> None:
    assert name.isidentifier()
    assert any("\u4e00" <= character <= "\u9fff" for character in feature.label)


def test_no_two_features_share_a_label() -> None:
    assert len({feature.label for feature in FEATURES.values()}) == len(FEATURES)
