"""Measures, intervals, tests and the files of runs and judgements."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from matcher import Challenge, Evidence, Matcher, Team
from matcher.errors import InputError
from matcher.learning.evaluation import (
    MEASURES,
    Evaluation,
    collapse,
    compare,
    evaluate,
    holm,
    judges_organisations,
    length_group,
    read_qrels,
    read_run,
    write_qrels,
)
from matcher.matches import Match, Ranking
from matcher.report import write_run
from matcher.report.evaluation_table import as_data, as_markdown

QRELS = {"q1": {"a": 2, "b": 1}, "q2": {"c": 1, "x": 0}}
RUN = {"q1": ["z", "a", "y", "b"], "q2": ["x", "c"]}


def evaluation(values: list[float], name: str = "甲") -> Evaluation:
    ids = tuple(f"q{number:03}" for number in range(len(values)))
    return Evaluation(name, ids, {"RR@10": np.array(values, dtype=np.float64)})


def dcg(gains: list[int]) -> float:
    """Järvelin & Kekäläinen (2002) with linear gains, as trec_eval computes it."""
    return sum(gain / math.log2(place + 1) for place, gain in enumerate(gains, 1))


def test_the_measures_are_those_worked_out_by_hand() -> None:
    found = evaluate(QRELS, RUN)
    assert found.query_ids == ("q1", "q2")
    expected = {
        "nDCG@10": [dcg([0, 2, 0, 1]) / dcg([2, 1]), dcg([0, 1]) / dcg([1])],
        "RR@10": [1 / 2, 1 / 2],
        "Success@10": [1, 1],
        "R@10": [1, 1],
        "R@50": [1, 1],
        "P@5": [2 / 5, 1 / 5],
    }
    assert set(found.values) == set(MEASURES) == set(expected)
    for measure, values in expected.items():
        np.testing.assert_allclose(found.values[measure], values, atol=1e-6, err_msg=measure)
        assert found.mean(measure) == pytest.approx(np.mean(values))


def test_what_stands_beyond_the_tenth_place_counts_for_recall_only() -> None:
    found = evaluate({"q": {"a": 1}}, {"q": [*(f"z{n}" for n in range(10)), "a"]})
    assert {m: v.tolist() for m, v in found.values.items() if v.any()} == {"R@50": [1.0]}


@pytest.mark.parametrize("run", [{}, {"q1": ["a"]}, {"q1": ["a"], "q2": []}, {"q3": ["c"]}])
def test_a_judged_query_without_a_ranking_counts_as_nothing(run: dict[str, list[str]]) -> None:
    found = evaluate(QRELS, run)
    assert found.query_ids == ("q1", "q2")
    assert not any(values[1] for values in found.values.values())
    assert found.mean("RR@10") == (0.5 if "q1" in run else 0)


def test_a_query_without_judgements_is_left_out() -> None:
    more = evaluate(QRELS, {**RUN, "q3": ["c"]})
    assert more.query_ids == ("q1", "q2")
    assert more.mean("nDCG@10") == evaluate(QRELS, RUN).mean("nDCG@10")


def test_a_query_judged_to_have_no_answer_counts_as_nothing() -> None:
    found = evaluate({"q": {"a": 0}}, {"q": ["a"]})
    assert [float(values[0]) for values in found.values.values()] == [0.0] * len(MEASURES)


def test_the_order_of_the_list_counts_and_nothing_else() -> None:
    """Ties were broken by id before: the first of two is the first, whatever its name."""
    one, other = (
        evaluate({"q": {"b": 1}}, {"q": ["b", "a"]}),
        evaluate({"q": {"b": 1}}, {"q": "ab"}),
    )
    assert (one.mean("RR@10"), other.mean("RR@10")) == (1.0, 0.5)


def test_without_judgements_there_is_nothing_to_measure() -> None:
    with pytest.raises(InputError, match="qrels"):
        evaluate({}, RUN)


def test_organisations_stand_where_their_best_team_stands() -> None:
    run = {"q": ["t3", "t1", "t2", "t9", "t4"]}
    org_of = {"t1": "甲", "t2": "甲", "t3": "乙", "t4": "乙"}
    assert collapse(run, org_of) == {"q": ["ORG:乙", "ORG:甲", "ORG:t9"]}
    assert judges_organisations({"q": {"ORG:甲": 1}})
    assert not judges_organisations(QRELS)
    assert evaluate({"q": {"ORG:甲": 1}}, collapse(run, org_of)).mean("RR@10") == 0.5


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], []),
        ([0.2], [0.2]),
        ([0.01, 0.04, 0.03], [0.03, 0.06, 0.06]),
        # R: p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm")
        ([0.01, 0.02, 0.03, 0.04, 0.05], [0.05, 0.08, 0.09, 0.09, 0.09]),
        ([0.9, 0.8, 0.001], [1.0, 1.0, 0.003]),
    ],
)
def test_holm_agrees_with_known_values(given: list[float], expected: list[float]) -> None:
    assert holm(given) == pytest.approx(expected)


def test_the_interval_holds_the_mean_and_is_the_same_every_time() -> None:
    values = np.random.default_rng(3).random(60).tolist()
    low, high = evaluation(values).interval("RR@10")
    assert low < np.mean(values) < high
    assert (low, high) == evaluation(values).interval("RR@10")
    # About two standard errors to either side (central limit theorem).
    assert (high - low) / (3.92 * np.std(values) / math.sqrt(60)) == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("values", [[0.5], [0.5, 0.5, 0.5]])
def test_the_interval_of_what_does_not_vary_is_a_point(values: list[float]) -> None:
    assert evaluation(values).interval("RR@10") == (0.5, 0.5)


def test_the_test_finds_a_constant_difference() -> None:
    values = np.random.default_rng(4).random(40)
    (found,) = compare([evaluation((values + 0.1).tolist())], evaluation(values.tolist()), "RR@10")
    assert (found.n, found.difference) == (40, pytest.approx(0.1))
    assert found.p_value < 0.001


def test_the_test_finds_nothing_in_noise() -> None:
    drawn = np.random.default_rng(5).random((2, 40))
    (found,) = compare([evaluation(drawn[0].tolist())], evaluation(drawn[1].tolist()), "RR@10")
    assert found.p_value > 0.1


def test_the_test_is_exact_on_few_queries() -> None:
    """All 2^4 flips of sign: only two are as far from zero as four wins in a row."""
    (found,) = compare([evaluation([1, 1, 1, 1])], evaluation([0, 0, 0, 0]), "RR@10")
    assert found.p_value == pytest.approx(2 / 16)


def test_several_tests_are_corrected_together() -> None:
    values = np.random.default_rng(6).random(30)
    better, same = evaluation((values + 0.05).tolist(), "好"), evaluation(values.tolist(), "同")
    found = compare([better, same], same, "RR@10")
    assert [one.p_value for one in found][1] == 1.0
    assert [one.adjusted for one in found] == holm([one.p_value for one in found])


def test_runs_over_other_queries_are_not_compared() -> None:
    with pytest.raises(InputError, match="同一批"):
        compare([evaluation([1.0])], evaluation([1.0, 0.0]), "RR@10")


def test_a_part_of_the_queries_is_measured_as_the_whole_is() -> None:
    part = evaluate(QRELS, {"q1": ["a"]}).subset({"q1"}.__contains__)
    assert part.query_ids == ("q1",)
    assert part.mean("RR@10") == 1.0
    assert math.isnan(part.subset(lambda q: False).mean("RR@10"))


@pytest.mark.parametrize(
    ("size", "group"), [(0, "≤40字"), (40, "≤40字"), (41, "41–150字"), (150, "41–150字"),
                        (151, ">150字")],
)  # fmt: skip
def test_challenges_are_grouped_by_how_much_they_say(size: int, group: str) -> None:
    text = "字" * size
    half = size // 2
    for challenge in (
        Challenge(challenge_id="1", title=text),
        Challenge(challenge_id="1", problem=text[:half], research_content=text[half:]),
    ):
        assert length_group(challenge) == group


@pytest.mark.parametrize("name", ["判断.txt", "判断.jsonl"])
def test_judgements_come_back_as_they_were_written(tmp_path: Path, name: str) -> None:
    judged = {**QRELS, "q3": {"ORG:东北大学": 3}}
    write_qrels(judged, tmp_path / name)
    assert read_qrels(tmp_path / name) == judged


def test_names_with_spaces_go_into_jsonl_only(tmp_path: Path) -> None:
    judged = {"q": {"ORG:Tsinghua University": 1}}
    with pytest.raises(InputError, match="jsonl"):
        write_qrels(judged, tmp_path / "判断.txt")
    assert not (tmp_path / "判断.txt").exists()
    write_qrels(judged, tmp_path / "判断.jsonl")
    assert read_qrels(tmp_path / "判断.jsonl") == judged


@pytest.mark.parametrize("file_format", ["trec", "jsonl"])
def test_a_run_comes_back_as_it_was_written(tmp_path: Path, file_format: str) -> None:
    challenge = Challenge(challenge_id="q1", title="轴承钢\u2028夹杂物")
    teams = {t: Team(team_id=t) for t in ("b", "a", "c")}
    matches = tuple(Match(n, challenge, t, 1.0, records=teams) for n, t in enumerate(teams, 1))
    path = tmp_path / f"结果.{file_format}"
    write_run([Ranking(challenge, matches)], path, file_format, "甲")
    assert read_run(path) == {"q1": ["b", "a", "c"]}


def test_a_run_is_ordered_by_rank_and_blank_lines_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "甲").write_text("\ufeffq Q0 b 2 0.1 t\n\nq Q0 a 1 0.9 t\n", encoding="utf-8")
    lines = [{"query_id": "q", "id": i, "rank": r} for i, r in (("b", 2), ("a", 1))]
    text = "\r\n".join(json.dumps(line) for line in lines)
    (tmp_path / "乙").write_text(f"  {text}\r\n", encoding="utf-8")
    for name in ("甲", "乙"):
        assert read_run(tmp_path / name) == {"q": ["a", "b"]}


@pytest.mark.parametrize(
    ("bad", "reader"),
    [
        ("q1 0 a", read_qrels), ("q1 0 a 好", read_qrels), ('{"query_id": "q1"', read_qrels),
        ('{"query_id": "q1", "id": "a"}', read_qrels), ("q1 Q0 a 1", read_run),
        ("q1 Q0 a 首 1.0 t", read_run), ('{"query_id": "q1", "rank": 1}', read_run),
        ('{"challenge_id": "q1", "matches": [{"rank": 1}]}', read_run),
        ('{"challenge_id": "q1", "matches": 7}', read_run),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, bad: str, reader: object) -> None:
    good = "q1 0 b 1" if reader is read_qrels else "q1 Q0 b 1 1.0 t"
    (tmp_path / "文件").write_text(f"{good}\n{bad}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"文件 第2行无法理解[\s\S]*处理"):
        reader(tmp_path / "文件")  # type: ignore[operator]


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="找不到文件"):
        read_qrels(tmp_path / "没有")
    (tmp_path / "乱").write_bytes("需求".encode("gb18030"))
    with pytest.raises(InputError, match="UTF-8"):
        read_run(tmp_path / "乱")


def test_the_table_shows_n_intervals_and_the_test() -> None:
    values = {m: np.linspace(0, 0.9, 20) for m in MEASURES}
    ids = tuple(f"q{n:02}" for n in range(20))
    plain = Evaluation("fused", ids, values)
    better = Evaluation("好", ids, {m: v + 0.1 for m, v in values.items()})
    header, _, first, second = as_markdown([better, plain], "RR@10").splitlines()
    assert [header.count(m) for m in ("MRR@10", "hit@10", "nDCG@10", "P@5")] == [1, 1, 1, 1]
    assert first.startswith("| 好 | 20 | 0.550 [0.4")
    assert first.endswith("| +0.100 | <0.001 |")
    assert second.endswith("| 基准 |  |")
    data = as_data([better, plain], "RR@10")
    assert (data[0]["n"], data[0]["test"]["baseline"], data[1]["test"]) == (20, "fused", None)
    assert data[0]["measures"]["RR@10"]["mean"] == pytest.approx(0.55)
    chosen = as_data([better, plain], "RR@10", baseline="好")
    assert chosen[1]["test"]["difference"] == pytest.approx(-0.1)


def test_equal_scores_are_listed_by_id_in_a_run() -> None:
    same = [
        Team(team_id=i, evidence=(Evidence(kind="论文", title="轴承钢"),)) for i in ("c", "a", "b")
    ]
    matcher = Matcher.from_records(
        [Challenge(challenge_id="1", title="轴承钢")], same, encoder=None
    )
    (ranking,) = matcher.match()
    assert isinstance(ranking, Ranking)
    assert [match.team.team_id for match in ranking.matches] == ["a", "b", "c"]
