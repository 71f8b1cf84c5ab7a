"""The commands report, assign and consortium: what they write and how they refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from matcher.corpora import read_outcomes

from .conftest import Cli, jsonl
from .test_cli import CHALLENGES, TEAMS

FREE = ("--lowest-band", "未定")
DATED = ("--date", "2026-03-01")


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return jsonl(tmp_path / "榜单.jsonl", CHALLENGES), jsonl(tmp_path / "团队.jsonl", TEAMS)


@pytest.fixture
def imported(cli: Cli, files: tuple[Path, Path]) -> Cli:
    assert cli("import", "--challenges", files[0], "--teams", files[1]).code == 0
    return cli


@pytest.mark.slow
def test_a_report_in_every_face_with_its_proof(imported: Cli, tmp_path: Path) -> None:
    options = ("--format", "xlsx,docx,html,json,csv", "--pack", "liaoning-2021", *FREE, *DATED)
    done = imported("report", "--output", "会议", *options)
    assert done.code == 0, done.err
    folder = tmp_path / "会议"
    names = {"xlsx", "docx", "html", "json", "csv", "manifest.json"}
    assert {p.name for p in folder.iterdir()} == {f"报告.{name}" for name in names}
    assert "没有校准" in done.err
    again = imported("report", "--output", "再.json", "--pack", "liaoning-2021", *FREE, *DATED)
    assert again.code == 0, again.err
    assert (tmp_path / "再.json").read_bytes() == (folder / "报告.json").read_bytes()
    proof = imported("report", "--verify", folder / "报告.manifest.json")
    assert proof.code == 0, proof.out
    assert "核对通过" in proof.out
    (folder / "报告.csv").write_text("改过", encoding="utf-8")
    assert (
        "不一致  文件 报告.csv" in imported("report", "--verify", folder / "报告.manifest.json").out
    )


def test_a_report_from_two_files_needs_no_workspace(
    cli: Cli, files: tuple[Path, Path], tmp_path: Path
) -> None:
    outcomes = jsonl(
        tmp_path / "决定.jsonl",
        [{"challenge_id": "C1", "team_id": "L3", "stage": "人工排除", "reason": "不做这个"}],
    )
    done = cli("report", "--challenges", files[0], "--teams", files[1], "--outcomes", outcomes,
               "--output", "a.json", "--only", "C1", *FREE)  # fmt: skip
    assert done.code == 0, done.err
    made = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert [c["challenge_id"] for c in made["cards"]] == ["C1"]
    assert made["overrides"][0]["honoured"] == "已排除"
    assert not (tmp_path / "workspace").exists()


@pytest.mark.slow
def test_assign_honours_pins_and_refuses_contradictions(imported: Cli) -> None:
    done = imported("assign", "--json", "--pin", "C1:L3:试", "--exclude", "C2:L2:不做", *FREE)
    assert done.code == 0, done.err
    plan = done.json
    main = {(x["challenge_id"], x["team_id"]) for x in plan["lines"] if x["role"] == "主"}
    assert ("C1", "L3") in main
    assert ("C2", "L2") not in main
    assert [o["honoured"] for o in plan["overrides"]] == ["已指派", "已排除"]
    clash = ("--pin", "C1:L1", "--pin", "C2:L1", *FREE)
    imported("assign", *clash).refused("不能同时满足", "团队名额：L1 由 1 调到 2")
    shown = imported("assign")
    assert shown.code == 0
    assert "无人可指派 C1" in shown.out


def test_a_consortium_says_who_covers_what(imported: Cli) -> None:
    done = imported("consortium", "C1", "--json", "--size", "2", "--research-member")
    assert done.code == 0, done.err
    assert 1 <= len(done.json["members"]) <= 2
    assert "合起来覆盖" in imported("consortium", "C1").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("report",), "没有指定报告写到哪里"),
        (("report", "-o", "a.xlsx", "--format", "pdf"), "不认识的报告格式"),
        (("report", "-o", "a.xlsx", "--only", "没有的"), "没有这个榜单项目"),
        (("report", "-o", "a.xlsx", "--since", "明天"), "日期写法不对"),
        (("report", "-o", "a.xlsx", "--lowest-band", "很强"), "不认识的等级"),
        (("report", "-o", "a.xlsx", "--challenges", "榜单.jsonl"), "只给了一个文件"),
        (("report", "--verify", "没有.json"), "清单文件无法读取"),
        (("assign", "--pin", "C1"), "指定或排除的写法不对"),
        (("assign", "--pack", "没有.toml"), "规则包"),
    ],
)
def test_what_cannot_be_done_is_refused(
    imported: Cli, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    imported(*arguments).refused(said)
    assert not (tmp_path / "a.xlsx").exists()


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["jsonl", "csv", "xlsx"])
def test_decisions_tried_in_a_plan_can_be_kept_as_outcomes(
    imported: Cli, tmp_path: Path, suffix: str
) -> None:
    kept = tmp_path / f"决定.{suffix}"
    tried = imported("assign", "--pin", "C1:L3:已有合作", "--exclude", "C1:L1:不愿承担",
                     "--save-decisions", kept, *FREE)  # fmt: skip
    assert tried.code == 0, tried.err
    back = {(o.team_id, o.stage, o.reason) for o in read_outcomes(kept).records}
    assert back == {("L3", "人工推荐", "已有合作"), ("L1", "人工排除", "不愿承担")}
    done = imported("report", "--outcomes", kept, "--output", "a.json", *FREE)
    assert done.code == 0, done.err
    made = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert {o["honoured"] for o in made["overrides"]} == {"已指派", "已排除"}
