"""The ranker trained on grades: what it promises whatever it learned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from matcher import Challenge, Evidence, Matcher, Team
from matcher.arithmetic import unit
from matcher.errors import InputError, ModelError
from matcher.index.statistics import dense_statistics
from matcher.learning.grading import GradedGroup, cross_validated, fit_graded
from matcher.models import phrase_reader
from matcher.ranking.additive import AdditiveRanker, Curve
from matcher.ranking.calibration import CHALLENGE_SCORES, SCORE_SIGNALS, Calibration, Logistic
from matcher.ranking.evidence import EVIDENCE, evidence
from matcher.ranking.features import FeatureMatrix
from matcher.ranking.learned import load_ranker, save_ranker
from matcher.ranking.phrases import PHRASES
from matcher.ranking.query import queries
from matcher.ranking.scoring import score_passages
from matcher.ranking.stages import Pool
from matcher.ranking.view import View

NAMES = ("meaning", "words", "phrase_body")
RISING = AdditiveRanker(
    {name: Curve((-1.0, 0.0, 0.3, 1.0), (0.0, 0.1, 1.0, 2.0)) for name in (*EVIDENCE, *PHRASES)},
    -4.0,
)


@pytest.fixture(scope="module")
def read(fused: Matcher) -> AdditiveRanker:
    return RISING.with_reader(phrase_reader(fused.encoder))


def group(
    number: int, grades: tuple[int, ...] = (3, 2, 1, 0, 0, 0, 0, 0), told: tuple[str, ...] = NAMES
) -> GradedGroup:
    drawn = np.random.default_rng(number)
    values = drawn.normal(scale=0.1, size=(len(grades), len(told)))
    values[:, 0] += 0.1 * np.array(grades)
    return GradedGroup(
        f"q{number}",
        tuple(f"t{place}" for place in range(len(grades))),
        f"单位{number % 7}",
        FeatureMatrix(told, values.astype(np.float32)),
        np.array(grades),
        np.ones(len(grades), dtype=bool),
    )


@pytest.mark.slow
def test_more_evidence_never_lowers_a_score(fused: Matcher, read: AdditiveRanker) -> None:
    """A thousand times: some of a team's pieces hidden, the library's statistics as they are."""
    drawn = np.random.default_rng(4)
    starts = fused.library.starts
    several = np.flatnonzero(np.diff(starts) > 1)
    for query in queries(list(fused.challenges.values())[:20], fused.tokenizer, fused.encoder):
        scores = score_passages(query, fused.library, fused.centre)
        documents = np.sort(drawn.choice(several, 50, replace=False))
        hidden = np.zeros(len(fused.library.passages), dtype=bool)
        for document in documents:
            pieces = np.arange(starts[document], starts[document + 1])
            hidden[drawn.choice(pieces, drawn.integers(1, len(pieces)), replace=False)] = True
        whole, less = (
            read.rerank(Pool(View(query, fused.library, scores, documents, mask))).values
            for mask in (None, hidden)
        )
        assert (whole >= less - 1e-5).all()


def test_the_same_piece_again_counts_once(fused: Matcher) -> None:
    piece = Evidence(kind="论文", title="热轧带钢板形控制")
    teams = [
        Team(team_id="once", org_name="甲", evidence=(piece,)),
        Team(team_id="thrice", org_name="乙", evidence=(piece, piece, piece)),
        *list(fused.teams.values())[:40],
    ]
    asked = Challenge(challenge_id="q", title="热轧带钢板形", problem="板形波动大, 凸度难控制")
    matcher = Matcher.from_records([asked], teams, encoder=fused.encoder, ranker=RISING)
    found = {m.team_id: m.score for m in matcher.judge(asked, ["once", "thrice"])}
    assert found["once"] == pytest.approx(found["thrice"], abs=1e-5)


def test_in_a_library_of_few_a_team_is_scored_nearly_the_same_whoever_stands_beside(
    fused: Matcher, read: AdditiveRanker
) -> None:
    """One team, two or five: nearly the same score, and a verdict of the best alone."""
    asked = Challenge(challenge_id="q", title="热轧带钢板形", problem="板形波动大, 凸度难控制")
    fitting = Team(team_id="good", org_name="甲", research_directions=("热轧带钢板形控制",))
    others = list(fused.teams.values())
    pair = Logistic(SCORE_SIGNALS, (1.0,), 0.0)
    calibration = Calibration(
        Logistic(CHALLENGE_SCORES, (1.0, 1.0), -99.0), pair, 0.6, 0.5, 0.5, 0.1
    )
    alone: dict[int, float] = {}
    for beside in (0, 1, 4, 60):
        matcher = Matcher.from_records(
            [asked], [fitting, *others[:beside]], encoder=fused.encoder, ranker=read
        )
        ranking = replace(matcher, calibration=calibration).rank(asked, 3)
        (own,) = (m for m in ranking.matches if m.team_id == "good")
        alone[beside] = own.score
        assert ranking.chance == max(m.chance or 0.0 for m in ranking.matches)
    shift = {beside: abs(score - alone[0]) for beside, score in alone.items()}
    # What is left comes from words: how rare they are, and how long the texts.
    assert max(shift[1], shift[4]) < 0.1
    assert shift[60] < 0.5


def test_a_higher_band_comes_first_among_the_challenges_of_a_team(
    fused: Matcher, read: AdditiveRanker
) -> None:
    matcher = replace(
        fused, ranker=read, challenges=dict(list(fused.challenges.items())[::6])
    )  # fmt: skip
    team_id = matcher.find_teams(next(iter(matcher.challenges)), 1)[0].team_id
    every = len(matcher.challenges)
    scores = sorted(m.score for m in matcher.find_challenges(team_id, every))
    # Bounds between the scores: a third of the challenges each.
    pair = Logistic(SCORE_SIGNALS, (1.0,), 0.0)
    medium, strong = pair.probability(np.array([[scores[every // 3]], [scores[2 * every // 3]]]))
    calibration = Calibration(
        Logistic(CHALLENGE_SCORES, (0.0, 0.0), 9.0), pair, float(strong), float(medium), 0.5, 0.1
    )
    found = replace(matcher, calibration=calibration).find_challenges(team_id, every)
    bands = [("弱", "中", "强").index(match.band) for match in found]
    assert sorted(set(bands)) == [0, 1, 2]
    assert bands == sorted(bands, reverse=True)


def test_english_phrases_lie_about_their_own_centre_where_the_question_is_english(
    fused: Matcher, read: AdditiveRanker
) -> None:
    assert fused.encoder is not None
    assert read.reader is not None
    team = Team(team_id="one", research_directions=("hot rolling of strip", "板形控制"))
    asked = [
        Challenge(challenge_id=text, title=text) for text in ("flatness of strip", "strip 板形")
    ]
    matcher = Matcher.from_records(asked, [team], encoder=fused.encoder, ranker=read)
    # As far from the Chinese one as a phrase from it: what English has in common is larger.
    english = fused.encoder.encode_passages(["rolling of strip"])[0]
    taught = replace(read.reader, english_centre=english, _known={})
    found = {}
    for query in queries(asked, fused.tokenizer, fused.encoder):
        scores = score_passages(query, matcher.library, matcher.centre)
        view = View(query, matcher.library, scores, np.array([0]))
        for reader in (read.reader, taught):
            found[query.query_id, reader is taught] = reader.compare(view, np.array([0])).values
    np.testing.assert_array_equal(found["strip 板形", True], found["strip 板形", False])
    assert (found["flatness of strip", True] != found["flatness of strip", False]).any()
    spoken = taught.encoder.encode_passages(["hot rolling of strip", "板形控制"])
    about = unit(spoken - np.stack([english, taught.passage_centre]))
    (query, _) = queries(asked, fused.tokenizer, fused.encoder)
    assert query.vector is not None
    towards = unit(query.vector - taught.query_centre)
    whole = list(PHRASES).index("phrase_whole")
    best = found["flatness of strip", True][0, whole]
    assert best == pytest.approx(float((about @ towards).max()), abs=2e-4)  # kept as float16


def test_the_background_is_more_passages(fused: Matcher, read: AdditiveRanker) -> None:
    teams = list(fused.teams.values())[:5]
    matcher = Matcher.from_records([], teams, encoder=fused.encoder, ranker=read)
    library = matcher.searched
    assert library.background is not None
    (segment,) = library.segments
    assert segment.vectors is not None
    pair = [segment.vectors, library.background.vectors]
    found, known = library.statistics, dense_statistics(pair, [None, None], library.centre)
    assert found.count == sum(map(len, pair))
    assert len(found.lengths) == 1
    np.testing.assert_array_equal(found.squares, known.squares)
    np.testing.assert_array_equal(found.lengths[0], known.lengths[0])


def test_one_team_is_judged_by_words_that_are_rare_elsewhere(
    fused: Matcher, read: AdditiveRanker
) -> None:
    """The special word counts, the common one hardly: one team cannot tell them apart."""
    team = Team(team_id="one", org_name="甲", research_directions=("系统控制", "板形仪"))
    matcher = Matcher.from_records([], [team], encoder=fused.encoder, ranker=read)
    rare, common = matcher.searched.lexical.idfs(["板形", "控制"])
    assert rare > 1.5 * common
    assert len(set(matcher.library.source.lexical.idfs(["板形", "控制"]))) == 1
    assert fused.searched is fused.library.source


def test_the_parts_sum_to_the_score(fused: Matcher, read: AdditiveRanker) -> None:
    matcher = replace(fused, ranker=read)
    match = next(iter(matcher.match(list(fused.challenges)[:1], top=3, explained=3))).matches[0]
    assert match.explanation is not None
    assert sum(p.value for p in match.explanation.parts) == pytest.approx(match.score, abs=1e-3)
    assert {p.name for p in match.explanation.parts} >= {"meaning", "phrase_body"}


def test_a_filter_changes_nobodys_score(fused: Matcher, read: AdditiveRanker) -> None:
    matcher = replace(fused, ranker=read)
    wanted = next(iter(fused.challenges))
    every = {m.team_id: m.score for m in matcher.find_teams(wanted, 60)}
    some = matcher.judge(wanted, list(every)[::7])
    assert {m.team_id: m.score for m in some} == {i: every[i] for i in list(every)[::7]}


def test_what_is_fitted_rises_and_finds_what_was_planted(tmp_path: Path) -> None:
    groups = [group(number) for number in range(60)]
    fitted = fit_graded(groups)
    for curve in fitted.curves.values():
        assert (np.diff(curve.heights) >= 0).all()
        assert curve.heights[0] == 0
    largest = max(fitted.curves, key=lambda name: fitted.curves[name].heights[-1])
    assert largest == "meaning"
    save_ranker(fitted, tmp_path / "a.json")
    save_ranker(fit_graded(groups), tmp_path / "b.json")
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert load_ranker(tmp_path / "a.json") == fitted


def shared_by_one_piece(
    fused: Matcher, said: str, asked: Sequence[Challenge]
) -> dict[str, tuple[float, float]]:
    """Share and amount of each challenge's words that a team's one piece holds, among others."""
    own = Team(team_id="own", evidence=(Evidence(kind="论文", title=said),))
    teams = [own, *list(fused.teams.values())[:400]]
    matcher = Matcher.from_records(asked, teams, encoder=fused.encoder, ranker="fused")
    place = np.array([matcher.library.ids.index("own")])
    told = {}
    for query in queries(asked, matcher.tokenizer, matcher.encoder):
        scores = score_passages(query, matcher.library, matcher.centre)
        view = View(query, matcher.library, scores, place)
        share, amount = evidence(view, ("words", "words_amount")).values[0].tolist()
        told[query.query_id] = (share, amount)
    return told


def test_a_piece_that_holds_much_of_a_long_question_counts_for_more_than_its_share(
    fused: Matcher,
) -> None:
    """As many words are a small share of a long text, which no share can tell; nothing is lost by
    more words in the question, nor by more pieces (test_more_evidence_never_lowers_a_score).
    """
    said = "热轧带钢板形控制，轧辊热凸度在线补偿，工作辊窜辊策略，残余应力消减"
    beside = "厂房照明改造。食堂扩建。停车位不足。" * 3
    asked = [
        Challenge(challenge_id="title", title="热轧带钢板形"),
        Challenge(challenge_id="text", title="热轧带钢板形", problem=said),
        Challenge(challenge_id="more", title="热轧带钢板形", problem=f"{said}。{beside}"),
    ]
    told = shared_by_one_piece(fused, said, asked)
    amounts = {number: amount for number, (_, amount) in told.items()}
    assert told["more"][0] < 0.8 * told["text"][0]
    assert amounts["more"] == pytest.approx(amounts["text"], rel=0.1)
    curve = fit_graded([group(1, told=("meaning", "words_amount"))]).curves["words_amount"]
    title, text = curve(np.array([amounts["title"], amounts["text"]], dtype=np.float32))
    assert text > title + 1


def test_an_english_question_has_no_amount_and_english_in_a_chinese_one_takes_none_away(
    fused: Matcher,
) -> None:
    """Though it shares words with the piece, its own and by the glossary Chinese ones."""
    chinese, english = "热轧带钢板形控制，轧辊热凸度在线补偿", "Strip flatness by crown control"
    both = f"{chinese} {english}"
    asked = [
        Challenge(challenge_id="chinese", title=chinese),
        Challenge(challenge_id="english", title=english, problem=f"{english}, 2 mm."),
        Challenge(challenge_id="both", title=both),
    ]
    told = shared_by_one_piece(fused, both, asked)
    assert told["english"][0] > 0.1
    assert told["english"][1] == 0
    assert told["both"][1] >= told["chinese"][1] > 1


def test_cross_validation_puts_the_best_first() -> None:
    groups = [group(number) for number in range(42)]
    scores = cross_validated(groups, folds=7)
    first = [g.grades[int(s.argmax())] for g, s in zip(groups, scores, strict=True)]
    assert np.mean(np.array(first) >= 2) > 0.7


def test_grades_that_teach_nothing_are_refused() -> None:
    for grades in ((0, 0, 0), (2, 3, 2)):
        with pytest.raises(InputError, match="没有可用来训练的需求"):
            fit_graded([group(1, grades)])


@pytest.mark.parametrize(
    "change",
    [
        {"features": ["fame"]},
        {"curves": [{"places": [0, 1], "heights": [0, -1]}]},
        {"curves": [{"places": [1, 0], "heights": [0, 1]}]},
        {"curves": []},
        {"base": "多"},
    ],
)
def test_a_damaged_file_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    import json

    small = AdditiveRanker({"meaning": Curve((0.0, 1.0), (0.0, 1.0))}, 0.0)
    (tmp_path / "a.json").write_text(json.dumps(small.content() | change), encoding="utf-8")
    with pytest.raises(ModelError, match="排序模型"):
        load_ranker(tmp_path / "a.json")


def test_one_short_word_is_too_little_to_judge_by(fused: Matcher) -> None:
    for text, short in (
        ("钢", True),
        ("轴承", True),
        ("高压柱塞泵", False),
        ("光刻机工件台", False),
    ):
        query = queries([Challenge.from_text(text)], fused.tokenizer, fused.encoder)[0]
        assert query.too_short == short, text
        ranking = fused.rank(text, 3)
        assert ("太短" in ranking.advice) == short, text
        if short:
            assert (ranking.verdict, {m.band for m in ranking.matches}) == ("未定", {"未定"})


def test_who_else_is_in_the_library_makes_no_shared_word_more_special_beyond_a_bound(
    fused: Matcher,
) -> None:
    """A word that one team alone holds is as special among ten as among four hundred; one that
    most hold still counts for less.
    """
    asked = [
        Challenge(challenge_id="rare", title="热轧带钢板形"),
        Challenge(challenge_id="common", title="材料"),
    ]
    own = Team(team_id="own", evidence=(Evidence(kind="论文", title="热轧带钢板形与材料"),))
    others = list(fused.teams.values())
    told = []
    for number in (100, 400):
        teams = [own, *others[:number]]
        matcher = Matcher.from_records(asked, teams, encoder=fused.encoder, ranker="fused")
        place = np.array([matcher.library.ids.index("own")])
        views = [
            View(query, matcher.library, score_passages(query, matcher.library), place)
            for query in queries(asked, matcher.tokenizer, matcher.encoder)
        ]
        told.append([evidence(view, ("rarest_term",)).values[0, 0] for view in views])
    (rare, common), (rare_among_more, _) = told
    assert rare == rare_among_more
    assert 0 < common < rare
