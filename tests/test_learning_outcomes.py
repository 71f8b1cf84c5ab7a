"""Learning from use: what people take is learned, too little of it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from matcher import Challenge, Evidence, Matcher, Outcome, Team
from matcher.corpora import write_outcomes, write_records
from matcher.errors import InputError
from matcher.learning.outcomes import learn, outcome_judgements
from matcher.ranking.learned import FUSED_ALONE, LinearRanker, load_ranker

from .conftest import Cli

SUBJECTS = [a + b for a in ("轴承钢", "光刻胶", "风电叶片", "锂电隔膜", "数控机床") for b in
            ("疲劳寿命", "缺陷检测", "成型工艺", "表面处理", "残余应力")]  # fmt: skip


def _teams(subject: str, number: int) -> list[Team]:
    """One team that writes about a subject, and one that made it work: people take the second."""
    said = Team(
        team_id=f"说{number:02}", org_name=f"甲{number % 7}",
        profile=f"{subject}; {subject}研究; {subject}", evidence=(),
    )  # fmt: skip
    did = Team(
        team_id=f"做{number:02}",
        org_name=f"乙{number % 7}",
        evidence=(
            Evidence(kind="专利", title=f"一种{subject}方法及其装置与系统的控制流程", year=2020),
            Evidence(kind="转化", title=f"{subject}生产线改造与推广应用示范工程建设", year=2021),
        ),
    )
    return [said, did]


CHALLENGES = [Challenge(challenge_id=f"C{n:02}", title=s) for n, s in enumerate(SUBJECTS)]
TEAMS = [team for n, subject in enumerate(SUBJECTS) for team in _teams(subject, n)]
TAKEN = [
    Outcome(challenge_id=f"C{n:02}", team_id=f"做{n:02}", stage=("揭榜", "立项", "人工推荐")[n % 3])
    for n in range(len(SUBJECTS))
]


@pytest.fixture(scope="module")
def library() -> Matcher:
    return Matcher.from_records(CHALLENGES, TEAMS, encoder=None)


@pytest.mark.slow
def test_what_people_take_is_learned(library: Matcher) -> None:
    learned = learn(library, TAKEN, FUSED_ALONE, strength=0.001)
    assert learned.after.mean("RR@10") > learned.before.mean("RR@10")
    assert len(learned.after.query_ids) == len(SUBJECTS)
    assert learned.ranker == learn(library, TAKEN, FUSED_ALONE, strength=0.001).ranker


def test_a_strong_pull_leaves_the_old_ranker_as_it_was(library: Matcher) -> None:
    old = LinearRanker(("fused", "proven"), (0.5, 0.25))
    assert learn(library, TAKEN, old, strength=1e9).ranker == old


def test_an_exclusion_undoes_a_recommendation_and_teaches_nothing_alone() -> None:
    made = [
        Outcome(challenge_id="1", team_id="a", stage="人工推荐"),
        Outcome(challenge_id="1", team_id="a", stage="人工排除", reason="关联单位"),
        Outcome(challenge_id="1", team_id="b", stage="揭榜"),
        Outcome(challenge_id="2", team_id="a", stage="人工排除"),
        Outcome(challenge_id="3", team_id="a", stage="联系"),
    ]
    assert outcome_judgements(made) == {"1": {"b": 1}}


@pytest.mark.parametrize("outcomes", [TAKEN[:19], [], [o for o in TAKEN if o.team_id > "做19"]])
def test_too_little_is_refused(library: Matcher, outcomes: list[Outcome]) -> None:
    with pytest.raises(InputError, match=r"结果太少[\s\S]*至少 20 项需求"):
        learn(library, outcomes, FUSED_ALONE)


def test_one_organisation_is_not_enough() -> None:
    alone = [team.model_copy(update={"org_name": "同一单位"}) for team in TEAMS]
    with pytest.raises(InputError, match="涉及 1 个单位"):
        learn(Matcher.from_records(CHALLENGES, alone, encoder=None), TAKEN, FUSED_ALONE)


@pytest.mark.slow
def test_the_command_reports_before_and_after_and_keeps_the_old_model(
    cli: Cli, tmp_path: Path
) -> None:
    write_records(CHALLENGES, tmp_path / "榜单.jsonl")
    write_records(TEAMS, tmp_path / "团队.jsonl")
    write_outcomes(TAKEN, tmp_path / "结果.xlsx")
    Path("旧.json").write_text(
        '{"name": "linear", "features": ["fused"], "kind": "linear", "weights": [1.0]}',
        encoding="utf-8",
    )
    asked = (
        "train", "--outcomes", "结果.xlsx", "--challenges", "榜单.jsonl", "--teams", "团队.jsonl",
        "--ranker", "旧.json", "--encoder", "none", "-o", "旧.json",
    )  # fmt: skip
    done = cli(*asked)
    assert done.code == 0, done.err
    assert "原模型" in done.out
    assert "新模型（交叉验证）" in done.out
    assert load_ranker(Path("旧.原.json")) == FUSED_ALONE
    assert isinstance(load_ranker(Path("旧.json")), LinearRanker)


@pytest.mark.slow
def test_the_command_learns_from_a_workspace(cli: Cli, tmp_path: Path) -> None:
    write_records(CHALLENGES, tmp_path / "榜单.jsonl")
    write_records(TEAMS, tmp_path / "团队.jsonl")
    write_outcomes(TAKEN, tmp_path / "结果.jsonl")
    imported = cli(
        "import", "-w", "工作区", "--challenges", "榜单.jsonl", "--teams", "团队.jsonl",
        "--outcomes", "结果.jsonl", "--encoder", "none",
    )  # fmt: skip
    assert imported.code == 0, imported.err
    Path("旧.json").write_text(
        '{"name": "linear", "features": ["fused"], "kind": "linear", "weights": [1.0]}',
        encoding="utf-8",
    )
    done = cli("train", "-w", "工作区", "--encoder", "none", "--ranker", "旧.json", "-o", "新.json")
    assert done.code == 0, done.err
    assert Path("新.json").exists()


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("train", "-o", "x.json"), "什么都没给"),
        (("train", "集合", "--outcomes", "r.jsonl", "-o", "x.json"), "只给其中一种"),
        (("train", "--outcomes", "结果.jsonl", "-o", "x.json"), "--challenges 和 --teams"),
    ],
)
def test_unclear_requests_are_refused(cli: Cli, asked: tuple[str, ...], told: str) -> None:
    write_outcomes(TAKEN, Path("结果.jsonl"))
    done = cli(*asked)
    assert done.code != 0
    assert told in done.err
