"""``matcher evaluate | compare | train``: what they print, write and refuse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from matcher.learning.baselines import BASELINES
from matcher.learning.evaluation import MEASURES
from matcher.ranking.calibration import load_calibration
from matcher.ranking.features import FEATURES
from matcher.ranking.learned import LinearRanker, load_ranker

from .conftest import Cli, jsonl

SUBJECTS = ("轴承钢夹杂物", "电渣重熔渣系", "光刻胶树脂", "风电叶片疲劳")
TEAMS: list[dict[str, Any]] = [
    {
        "team_id": f"T{number}", "team_name": f"第{number}组", "org_name": f"单位{number // 2}",
        "research_directions": [subject],
        "evidence": [
            {"kind": "论文", "title": f"{subject}{what}", "year": 2020 + place}
            for place, what in enumerate(("机理研究", "工艺优化", "检测方法"))
        ],
    }
    for number, subject in enumerate(SUBJECTS)
]  # fmt: skip
CHALLENGES = [
    {"challenge_id": "C0", "title": "轴承钢夹杂物控制", "tech_domain": ["材料"]},
    {"challenge_id": "C1", "title": "光刻胶树脂", "problem": "依赖进口" * 20},
]
JUDGED = "C0 0 T0 1\nC1 0 T2 1\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A training set: a list, a library and judgements."""
    jsonl(tmp_path / "challenges.jsonl", CHALLENGES)
    jsonl(tmp_path / "teams.jsonl", TEAMS)
    (tmp_path / "qrels_team.txt").write_text(JUDGED, encoding="utf-8")
    return tmp_path


BOTH = ("--challenges", "challenges.jsonl", "--teams", "teams.jsonl")
JUDGEMENTS = ("--qrels", "qrels_team.txt")


@pytest.mark.usefixtures("folder")
def test_evaluating_shows_every_baseline_beside_the_ranking(cli: Cli) -> None:
    done = cli("evaluate", *BOTH, *JUDGEMENTS, "--baselines", "--output", "表.md")
    assert done.code == 0, done.err
    rows = [line.split("|")[1].strip() for line in done.out.splitlines() if line[:1] == "|"][2:]
    assert set(BASELINES) <= set(rows)
    assert "| fused | 2 | 1.000 [1.000, 1.000]" in done.out
    assert Path("表.md").read_text(encoding="utf-8") == done.out


@pytest.mark.usefixtures("folder")
def test_evaluating_breaks_the_figures_down(cli: Cli) -> None:
    told = cli("evaluate", *BOTH, *JUDGEMENTS, "--breakdown", "--ranker", "fused")
    assert told.code == 0, told.err
    assert "按领域:" in told.out
    assert "  材料: n=1  MRR@10 1.000" in told.out
    assert "按长度:" in told.out
    data = cli("evaluate", *BOTH, *JUDGEMENTS, "--breakdown", "--json", "--ranker", "fused").json
    assert set(data[0]["measures"]) == set(MEASURES)
    groups = {(g["by"], g["group"]): g["n"] for g in data[0]["breakdown"]}
    assert groups == {
        ("领域", "材料"): 1, ("领域", "未注明"): 1, ("长度", "41–150字"): 1, ("长度", "≤40字"): 1,
    }  # fmt: skip


@pytest.mark.usefixtures("folder")
def test_judgements_of_organisations_are_met_by_their_best_team(cli: Cli) -> None:
    Path("qrels_org.txt").write_text("C0 0 ORG:单位0 1\nC1 0 ORG:单位1 1\n", encoding="utf-8")
    done = cli("evaluate", *BOTH, "--qrels", "qrels_org.txt", "--json", "--ranker", "fused")
    assert done.json[0]["measures"]["RR@10"]["mean"] == 1.0


@pytest.mark.slow
@pytest.mark.usefixtures("folder")
def test_judged_challenges_that_are_not_listed_are_told_and_count_as_nothing(cli: Cli) -> None:
    Path("q.txt").write_text(JUDGED + "C9 0 T0 1\nC8 0 T0 1\n", encoding="utf-8")
    done = cli("evaluate", *BOTH, "--qrels", "q.txt", "--json", "--breakdown", "--ranker", "fused")
    assert done.code == 0, done.err
    assert "2 项有判断的需求不在榜单里（C9 等）" in done.err
    assert done.json[0]["n"] == 4
    assert done.json[0]["measures"]["RR@10"]["mean"] == 0.5


def trec(path: str, order: str) -> str:
    lines = [
        f"{challenge} Q0 T{team} {rank} {1 / rank} x\n"
        for challenge in ("C0", "C1")
        for rank, team in enumerate(order, 1)
    ]
    Path(path).parent.mkdir(exist_ok=True)
    Path(path).write_text("".join(lines), encoding="utf-8")
    return path


@pytest.mark.usefixtures("folder")
def test_comparing_tests_against_the_first_whatever_the_names(cli: Cli) -> None:
    first, second = trec("甲.trec", "0213"), trec("fused.trec", "3102")
    data = cli("compare", first, second, *JUDGEMENTS, "--json").json
    assert [one["run"] for one in data] == ["甲", "fused"]
    assert data[0]["test"] is None
    assert data[1]["test"]["baseline"] == "甲"
    assert data[1]["test"]["difference"] == pytest.approx((1 / 3 + 1 / 4) / 2 - (1 + 1 / 2) / 2)


@pytest.mark.usefixtures("folder")
def test_runs_of_one_name_in_two_folders_are_both_compared(cli: Cli) -> None:
    runs = trec("旧/run.trec", "0213"), trec("新/run.trec", "3102")
    data = cli("compare", *runs, *JUDGEMENTS, "--json").json
    assert [one["run"] for one in data] == list(runs)


@pytest.mark.slow
@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("suffix", ["trec", "jsonl"])
def test_what_match_writes_compare_reads(cli: Cli, suffix: str) -> None:
    assert cli("match", *BOTH, "--output", f"run.{suffix}").code == 0
    done = cli("compare", f"run.{suffix}", *JUDGEMENTS, "--json")
    assert done.json[0]["measures"]["RR@10"]["mean"] == 1.0


@pytest.mark.slow
@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("kind", ["linear", "lambdamart"])
def test_training_writes_the_same_usable_ranker_twice(cli: Cli, kind: str) -> None:
    done = cli("train", ".", "--output", "a.json", "--kind", kind)
    assert done.code == 0, done.err
    assert f"已训练 {kind}，写入 a.json" in done.out
    assert "6 组" in done.err
    told = cli("train", ".", "--output", "b.json", "--kind", kind, "--json")
    assert told.json == {"ranker": kind, "output": "b.json"}
    assert f"已训练 {kind}，写入 b.json" in told.err
    assert Path("a.json").read_bytes() == Path("b.json").read_bytes()
    ranker = load_ranker(Path("a.json"))
    assert set(ranker.feature_names) <= set(FEATURES)
    assert isinstance(ranker, LinearRanker) == (kind == "linear")
    used = cli("evaluate", *BOTH, *JUDGEMENTS, "--ranker", "a.json", "--json")
    assert used.json[0]["run"] == kind


@pytest.mark.usefixtures("folder")
def test_calibrating_tells_programs_what_was_checked(cli: Cli) -> None:
    # By their ids one of each falls into either half.
    asked, strange = ("甲", "丙"), ("乙", "丁")
    jsonl(Path("challenges.jsonl"), [
        {**posted, "challenge_id": i} for i, posted in zip(asked, CHALLENGES, strict=True)
    ])  # fmt: skip
    Path("qrels_team.txt").write_text("甲 0 T0 1\n丙 0 T2 1\n", encoding="utf-8")
    jsonl(Path("外行.jsonl"), [{"challenge_id": i, "title": "唐诗的格律"} for i in strange])
    done = cli("calibrate", ".", "--foreign", "外行.jsonl", "--output", "校准.json", "--json")
    assert done.code == 0, done.err
    assert done.json["output"] == "校准.json"
    made = load_calibration(Path("校准.json"))
    assert [(c["name"], c["n"], c["auroc"]) for c in done.json["checks"]] == [
        (check.name, check.n, check.auroc) for check in made.checks
    ]
    assert "写入 校准.json" in done.err


REFUSED: dict[str, tuple[tuple[str, ...], str]] = {
    "no judgements": (("evaluate", *BOTH, "--qrels", "空.txt"), "qrels"),
    "no file of judgements": (("evaluate", *BOTH, "--qrels", "没有.txt"), "找不到文件"),
    "bad judgements": (("evaluate", *BOTH, "--qrels", "坏.txt"), "坏.txt 第2行"),
    "foreign judgements": (("evaluate", *BOTH, "--qrels", "别.txt"), "都不在榜单里"),
    "no ranker": (("evaluate", *BOTH, *JUDGEMENTS, "--ranker", "没有.json"), "排序模型"),
    "damaged ranker": (("evaluate", *BOTH, *JUDGEMENTS, "--ranker", "坏.txt"), "排序模型"),
    "organisations without a library": (
        ("compare", "好.trec", "--qrels", "单位.txt"), "--teams",
    ),
    "no run": (("compare", "没有.trec", *JUDGEMENTS), "找不到文件"),
    "bad run": (("compare", "坏.txt", *JUDGEMENTS), "坏.txt 第1行"),
    "no training set": (("train", "没有", "--output", "x.json"), "qrels_*.txt"),
    "no such kind": (("train", ".", "--output", "x.json", "--kind", "neural"), "linear"),
    "no list of strangers": (
        ("calibrate", ".", "--foreign", "没有.jsonl", "--output", "x.json"), "没有.jsonl",
    ),
    "too few lists of strangers": (
        ("calibrate", ".", ".", "--foreign", "没有.jsonl", "--output", "x.json"), "--foreign",
    ),
    "no strangers": (
        ("calibrate", ".", "--foreign", "challenges.jsonl", "--output", "x.json"), "校准用的",
    ),
    "nothing to learn from": (("train", "无成果", "--output", "x.json"), "没有可用来训练的需求"),
}  # fmt: skip


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_measured_or_learned_is_refused(cli: Cli, case: str) -> None:
    Path("空.txt").write_text("", encoding="utf-8")
    Path("坏.txt").write_text("C0 0 T0 1\nC1 0\n", encoding="utf-8")
    Path("别.txt").write_text("X1 0 T0 1\n", encoding="utf-8")
    Path("单位.txt").write_text("C0 0 ORG:单位0 1\n", encoding="utf-8")
    trec("好.trec", "0123")
    Path("无成果").mkdir()
    jsonl(Path("无成果/challenges.jsonl"), CHALLENGES)
    jsonl(Path("无成果/teams.jsonl"), [{"team_id": "T0", "team_name": "轴承钢组"}])
    Path("无成果/qrels_team.txt").write_text(JUDGED, encoding="utf-8")
    arguments, part = REFUSED[case]
    cli(*arguments).refused(part)
    assert not Path("x.json").exists()
