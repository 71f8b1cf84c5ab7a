"""The command line: what each command does, what it writes, how it refuses."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.main import get_command

import matcher
from matcher.cli import app
from matcher.encoding import DEFAULT_ENCODER
from matcher.report import FORMATS

from .conftest import UNFINISHED, Cli, Done, jsonl

STEEL = "高端轴承钢夹杂物控制"
TEAMS = [
    {"team_id": "L1", "team_name": "冶金实验室", "org_name": "东北大学", "org_type": "高校",
     "province": "辽宁", "city": "沈阳", "research_directions": ["轴承钢夹杂物控制", "电渣重熔"],
     "evidence": [{"kind": "论文", "title": "轴承钢夹杂物的镁处理", "year": 2021}],
     "contact_name": "欧阳暗号", "contact_phone": "13900001234", "电话": "13900005678"},
    {"team_id": "L2", "team_name": "光刻胶组", "org_name": "某研究所", "org_type": "科研院所",
     "province": "北京", "research_directions": ["光刻胶树脂合成"]},
    {"team_id": "L3", "team_name": "合唱团", "org_name": "某大学", "province": "北京",
     "research_directions": ["合唱指挥"]},
]  # fmt: skip
CHALLENGES = [
    {"challenge_id": "C1", "title": STEEL, "problem": "洁净度不足", "bounty_wan": 500,
     "indicators_text": "总氧≤5ppm;寿命提高50%以上", "contact_name": "欧阳暗号"},
    {"challenge_id": "C2", "title": "ArF光刻胶", "problem": "依赖进口",
     "apply_deadline": "2020-01-01"},
]  # fmt: skip
SECRETS = ("欧阳暗号", "13900001234", "13900005678")


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return jsonl(tmp_path / "榜单.jsonl", CHALLENGES), jsonl(tmp_path / "团队.jsonl", TEAMS)


@pytest.fixture
def imported(cli: Cli, files: tuple[Path, Path]) -> Cli:
    done = cli("import", "--challenges", files[0], "--teams", files[1])
    assert done.code == 0, done.err
    assert "榜单：新增 2，更新 0，未变 0" in done.out
    assert "团队：新增 3，更新 0，未变 0" in done.out
    return cli


def commands() -> list[tuple[str, ...]]:
    """The words of every command, from the program itself."""
    root: Any = get_command(app)
    found: list[tuple[str, ...]] = [()]
    for name, command in root.commands.items():
        found += [(name,), *((name, sub) for sub in getattr(command, "commands", ()))]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("command", commands(), ids=" ".join)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_every_command_says_in_chinese_what_it_does(
    cli: Cli, command: tuple[str, ...], flag: str
) -> None:
    done = cli(*command, flag)
    assert done.code == 0
    described = done.out.split("\n\n")[1]
    assert any("\u4e00" <= character <= "\u9fff" for character in described)


def test_the_version_is_told(cli: Cli) -> None:
    done = cli("--version")
    assert (done.code, done.out) == (0, f"matcher {matcher.__version__}\n")


def test_importing_again_changes_nothing(imported: Cli, files: tuple[Path, Path]) -> None:
    again = imported("import", "--challenges", files[0], "--teams", files[1])
    assert "榜单：新增 0，更新 0，未变 2" in again.out
    assert "团队：新增 0，更新 0，未变 3" in again.out


def test_the_status_tells_what_is_there(imported: Cli) -> None:
    shown = imported("status")
    assert "2 项" in shown.out
    assert "3 个" in shown.out
    assert "tiny-encoder" in shown.out
    assert imported("status", "--json").json["teams"] == 3


@pytest.mark.slow
def test_teams_for_a_challenge_by_id_by_text_and_from_stdin(imported: Cli) -> None:
    by_id = imported("teams", "C1", "--json").json
    assert [match["rank"] for match in by_id] == [1, 2, 3]
    assert by_id[0]["team_id"] == "L1"
    titles = {piece["title"] for piece in by_id[0]["explanation"]["evidence"]}
    assert "轴承钢夹杂物的镁处理" in titles
    by_text = imported("teams", STEEL, "--json", "--top", 1).json
    assert [match["team_id"] for match in by_text] == ["L1"]
    for coding in ("utf-8", "utf-8-sig", "gb18030"):
        piped = imported("teams", "-", "--json", "-n", 1, stdin=STEEL.encode(coding))
        assert piped.json == by_text
    table = imported("teams", "C1")
    assert "冶金实验室" in table.out
    assert "轴承" in table.out


@pytest.mark.slow
def test_filters_reach_the_list(imported: Cli) -> None:
    def ids(*options: str) -> list[str]:
        return [m["team_id"] for m in imported("teams", "C1", "--json", *options).json]

    assert ids("--province", "辽宁省") == ["L1"]
    assert ids("--city", "沈阳市") == ["L1"]
    assert ids("--org-type", "科研院所") == ["L2"]
    assert ids("--since", "2020") == ["L1"]
    assert ids("--trl", "9") == []
    assert ids("--domain", "没有") == []
    assert "没有符合条件的团队" in imported("teams", "C1", "--domain", "没有").out
    imported("teams", "C1", "--org-type", "大学").refused("高校 / 科研院所", "大学")


@pytest.mark.slow
def test_challenges_for_a_team_are_the_open_ones(imported: Cli) -> None:
    def ids(*options: str) -> list[str]:
        return [m["challenge_id"] for m in imported("challenges", "L1", "--json", *options).json]

    assert ids() == ["C1"]
    assert ids("--open-on", "all") == ["C1", "C2"]
    assert ids("--open-on", "2019-12-31") == ["C1", "C2"]
    assert "500 万元" in imported("challenges", "L1").out
    imported("challenges", "L1", "--open-on", "明天").refused("日期写法不对", "2026-03-31")


@pytest.mark.slow
def test_showing_and_deleting_a_record(imported: Cli) -> None:
    assert "轴承钢夹杂物的镁处理 (2021)" in imported("show", "L1").out
    assert imported("show", "C1", "--json").json["bounty_wan"] == 500
    assert "已删除榜单项目 1 项、团队 1 个" in imported("delete", "L2", "C2").out
    assert imported("status", "--json").json["teams"] == 2
    imported("show", "L2").refused("没有这个编号")


@pytest.mark.slow
def test_contacts_are_never_shown(imported: Cli, tmp_path: Path) -> None:
    for command in (
        ("show", "L1"), ("show", "L1", "--json"), ("show", "C1"), ("teams", "C1"),
        ("teams", "C1", "--json"), ("challenges", "L1", "--json"), ("status", "--json"),
        ("match", "--output", "结果.jsonl", "--show", "2"),
    ):  # fmt: skip
        done = imported(*command)
        assert done.code == 0, done.err
        assert not any(secret in done.out + done.err for secret in SECRETS)
    written = (tmp_path / "结果.jsonl").read_text(encoding="utf-8")
    assert not any(secret in written for secret in SECRETS)


@pytest.mark.slow
def test_directions_that_an_older_version_did_not_keep_are_read_by_the_index(
    imported: Cli, tmp_path: Path
) -> None:
    imported("index").refused("语义向量已齐")
    (stored,) = tmp_path.rglob("workspace.sqlite")
    with closing(sqlite3.connect(stored)) as connection, connection:
        connection.execute("DELETE FROM phrases")
    assert "其余用到时现读" in imported("status").out
    assert '"unread": ' in imported("status", "--json").out
    done = imported("index")
    assert (done.code, "已补齐" in done.out) == (0, True), done.err
    assert "其余用到时现读" not in imported("status").out
    imported("index").refused("语义向量已齐")


@pytest.mark.slow
def test_the_index_can_be_rebuilt_for_another_model(imported: Cli) -> None:
    imported("teams", "C1", "--encoder", "none").refused("当前模型不符", "matcher index --rebuild")
    imported("index").refused("--rebuild")
    rebuilt = imported("index", "--rebuild", "--encoder", "none")
    assert "索引已重建" in rebuilt.out
    assert imported("teams", "C1", "--encoder", "none", "--json").json[0]["team_id"] == "L1"
    imported("teams", "C1").refused("当前模型不符")


def test_models_are_listed(cli: Cli) -> None:
    assert "matcher models build" in cli("models", "list").out
    assert cli("models", "list", "--json").json == []
    cli("models", "build", "没有这个配方").refused("multilingual-e5-small-zh")


def batch(cli: Cli, files: tuple[Path, Path], *options: object) -> Done:
    return cli("match", "--challenges", files[0], "--teams", files[1], *options)


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("named", ["by option", "by suffix"])
def test_a_batch_needs_no_workspace(
    cli: Cli, files: tuple[Path, Path], tmp_path: Path, file_format: str, named: str
) -> None:
    output = tmp_path / ("结果" if named == "by option" else f"结果.{file_format}")
    options = ("--format", file_format) if named == "by option" else ()
    done = batch(cli, files, "--top", 2, "--output", output, *options)
    assert done.code == 0, done.err
    assert "已排出 2 个技术需求" in done.err
    assert done.out == ""
    assert not (tmp_path / "workspace").exists()
    found = pairs(output, file_format)
    assert len(found) == 4
    assert found[::2] == [("C1", "L1"), ("C2", "L2")]


def pairs(path: Path, file_format: str) -> list[tuple[str, str]]:
    """(challenge, team) in the order of a run file of any format."""
    if file_format == "xlsx":
        (sheet,) = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
        return [(str(row[0]), str(row[4])) for row in sheet.iter_rows(2, values_only=True)]
    text = path.read_text(encoding="utf-8-sig")
    if file_format == "trec":
        return [(line.split()[0], line.split()[2]) for line in text.splitlines()]
    if file_format == "csv":
        return [(r["榜单编号"], r["团队编号"]) for r in csv.DictReader(io.StringIO(text))]
    found = [json.loads(line) for line in text.splitlines()]
    return [(r["challenge_id"], match["team_id"]) for r in found for match in r["matches"]]


def test_the_lines_of_a_trec_run(cli: Cli, files: tuple[Path, Path], tmp_path: Path) -> None:
    done = batch(cli, files, "--format", "trec", "--output", "run.txt", "--tag", "试验")
    assert done.code == 0
    content = (tmp_path / "run.txt").read_bytes()
    assert content.endswith(b"\n")
    assert b"\r" not in content
    lines = [line.split(" ") for line in content.decode("utf-8").splitlines()]
    assert {len(columns) for columns in lines} == {6}
    assert {(columns[1], columns[5]) for columns in lines} == {("Q0", "试验")}
    for challenge_id in ("C1", "C2"):
        own = [columns for columns in lines if columns[0] == challenge_id]
        assert [columns[3] for columns in own] == ["1", "2", "3"]
        scores = [float(columns[4]) for columns in own]
        assert scores == sorted(scores, reverse=True)


def test_two_runs_write_the_same_bytes(cli: Cli, files: tuple[Path, Path], tmp_path: Path) -> None:
    written = []
    for _ in range(2):
        assert batch(cli, files, "--output", "a.jsonl").code == 0
        written.append((tmp_path / "a.jsonl").read_bytes())
    assert written[0] == written[1]


def test_a_batch_from_the_workspace_equals_one_from_the_files(
    imported: Cli, files: tuple[Path, Path], tmp_path: Path
) -> None:
    assert imported("match", "--output", "工作区.jsonl").code == 0
    assert batch(imported, files, "--output", "文件.jsonl").code == 0
    assert (tmp_path / "工作区.jsonl").read_bytes() == (tmp_path / "文件.jsonl").read_bytes()


def test_first_choices_are_listed_in_the_terminal(cli: Cli, files: tuple[Path, Path]) -> None:
    done = batch(cli, files, "--output", "a.csv", "--show", 1)
    assert "冶金实验室" in done.out
    assert "光刻胶组" not in done.out


def test_without_a_model_it_is_said_aloud(cli: Cli, files: tuple[Path, Path]) -> None:
    done = batch(cli, files, "--output", "a.trec", "--encoder", "none")
    assert done.code == 0
    assert "未使用语义模型" in done.err
    imported = cli("import", "--teams", files[1], "--encoder", "none")
    assert "未使用语义模型" in imported.err
    assert "未使用" in cli("status").out


def test_bad_rows_are_listed_and_the_others_ranked(
    cli: Cli, files: tuple[Path, Path], tmp_path: Path
) -> None:
    bad = [*TEAMS, {**TEAMS[0]}, {"team_id": "L9", "team_name": "甲", "org_type": "外星"}]
    done = batch(cli, (files[0], jsonl(tmp_path / "坏.jsonl", bad)), "--output", "a.trec")
    assert done.code == 3
    assert "有 2 处没有完成" in done.err
    assert "编号重复" in done.err
    assert "外星" in done.err
    assert len(pairs(tmp_path / "a.trec", "trec")) == 6


def test_a_challenge_without_text_is_listed_and_the_others_ranked(
    cli: Cli, files: tuple[Path, Path], tmp_path: Path
) -> None:
    some = jsonl(tmp_path / "空题.jsonl", [{"challenge_id": "空", "title": " "}, *CHALLENGES])
    done = batch(cli, (some, files[1]), "--output", "a.trec")
    assert done.code == 3
    assert "未能匹配 空: 没有可匹配的文字" in done.err or "空题.jsonl 第1行" in done.err
    assert len(pairs(tmp_path / "a.trec", "trec")) == 6


def test_bad_rows_of_an_import_are_listed_and_written(
    cli: Cli, files: tuple[Path, Path], tmp_path: Path
) -> None:
    bad = jsonl(tmp_path / "坏.jsonl", [*TEAMS, {**TEAMS[0]}])
    done = cli("import", "--teams", bad, "--partial")
    assert done.code == 3
    assert "有 1 处不能用" in done.err
    assert "--rejects" in done.err
    again = cli("import", "--teams", bad, "--partial", "--rejects", "拒收.xlsx")
    assert again.code == 3
    assert (tmp_path / "拒收.xlsx").exists()
    assert not any(secret in done.err + again.err for secret in SECRETS)


BOTH = ("--challenges", "榜单.jsonl", "--teams", "团队.jsonl")
OUT = ("--output", "结果.trec")
REFUSED: dict[str, tuple[tuple[str, ...], str]] = {
    "empty file": (("match", "--challenges", "空.jsonl", "--teams", "团队.jsonl", *OUT), "空"),
    "no rows": (("match", "--challenges", "无行.csv", "--teams", "团队.jsonl", *OUT), "没有记录"),
    "missing column": (
        ("match", "--challenges", "榜单.jsonl", "--teams", "缺列.csv", *OUT), "必需的列",
    ),
    "missing file": (("match", "--challenges", "无.csv", "--teams", "团队.jsonl", *OUT), "无.csv"),
    "one file only": (("match", "--teams", "团队.jsonl", *OUT), "只给了一个文件"),
    "unknown format": (("match", *BOTH, *OUT, "--format", "pdf"), "trec / jsonl / csv / xlsx"),
    "unknown suffix": (("match", *BOTH, "--output", "结果.pdf"), "输出格式"),
    "no output": (("match", *BOTH), "--output"),
    "no folder": (("match", *BOTH, "--output", "没有/结果.trec"), "文件夹"),
    "unknown model": (("match", *BOTH, *OUT, "--encoder", "没有"), "matcher models build"),
    "model not built": (
        ("match", *BOTH, *OUT, "--encoder", DEFAULT_ENCODER), "matcher models build",
    ),
    "import without model": (
        ("import", "--teams", "团队.jsonl", "--encoder", DEFAULT_ENCODER), "matcher models build",
    ),
    "import of a missing column": (
        ("import", "--challenges", "榜单.jsonl", "--teams", "缺列.csv"), "必需的列",
    ),
    "no workspace": (("match", *OUT), "matcher import"),
    "nothing to import": (("import",), "--challenges"),
    "show without workspace": (("show", "L1"), "matcher import"),
    "status without workspace": (("status",), "matcher import"),
    "delete without workspace": (("delete", "L1"), "matcher import"),
}  # fmt: skip


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_done_is_refused_and_nothing_written(
    cli: Cli, tmp_path: Path, case: str
) -> None:
    (tmp_path / "空.jsonl").write_text("", encoding="utf-8")
    (tmp_path / "无行.csv").write_text("榜单编号,项目名称\n", encoding="utf-8")
    (tmp_path / "缺列.csv").write_text("团队编号,省\nL1,辽宁\n", encoding="utf-8")
    before = sorted(path.name for path in tmp_path.iterdir())
    arguments, part = REFUSED[case]
    cli(*arguments).refused(part)
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_an_old_result_survives_a_refusal(
    cli: Cli, files: tuple[Path, Path], tmp_path: Path
) -> None:
    old = tmp_path / "结果.trec"
    old.write_text("旧", encoding="utf-8")
    batch(cli, files, "--output", old, "--encoder", "没有").refused("找不到编码器")
    assert old.read_text(encoding="utf-8") == "旧"


def test_unknown_ids_are_refused_with_near_ones(imported: Cli) -> None:
    imported("challenges", "L11").refused("没有这个团队", "是否指", "L1")
    imported("show", "C11").refused("没有这个编号", "是否指", "C1")
    imported("delete", "L11", "X").refused("没有这个编号", "L1")


@pytest.mark.parametrize("text", [b"", b" \n", "\u200b".encode()])
def test_a_text_of_nothing_is_refused(imported: Cli, text: bytes) -> None:
    imported("teams", "-", stdin=text).refused("没有可匹配的文字")


def test_undecodable_text_on_stdin_is_refused(imported: Cli) -> None:
    imported("teams", "-", stdin=b"\xff\xff\xff\x80").refused("无法识别", "UTF-8")


@pytest.mark.slow
def test_a_huge_text_on_stdin_is_matched(imported: Cli) -> None:
    text = ("轴承钢夹杂物控制；\n" * 60_000).encode()
    assert imported("teams", "-", "--json", "-n", 1, stdin=text).json[0]["team_id"] == "L1"


@pytest.mark.parametrize(
    "arguments", [("teams",), ("match", "--foo"), ("nothing",), ("teams", "x", "--top", "0")]
)
def test_wrong_usage_is_told_with_where_to_look(cli: Cli, arguments: tuple[str, ...]) -> None:
    done = cli(*arguments)
    assert done.code == 2
    assert "-h" in done.err
    assert "处理" in done.err
    assert not any(sign in done.err for sign in UNFINISHED)


def test_a_defect_of_ours_is_told_as_one(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    import matcher.workspace

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("不该发生")

    monkeypatch.setattr(matcher.workspace, "Workspace", broken)
    done = cli("status")
    assert done.code == 70
    assert "程序内部错误：RuntimeError: 不该发生" in done.err
    assert "MATCHER_DEBUG" in done.err
    assert "Traceback" not in done.err


def test_a_chart_has_a_bar_and_a_sign_a_requirement(imported: Cli) -> None:
    done = imported("teams", "C1", "--chart")
    assert done.code == 0, done.err
    first = next(line for line in done.out.splitlines() if line.startswith("  1."))
    assert re.match(r"  1\. [█▏▎▍▌▋▊▉ ]{12} (强|中|弱|未定) \S+", first), first
    assert "● 覆盖 ◐ 部分 ○ 未见" in done.out


@pytest.mark.slow
def test_a_newcomer_is_led_to_a_first_list(cli: Cli, tmp_path: Path) -> None:
    done = cli("quickstart", "-w", tmp_path / "示范", "--encoder", "none")
    assert done.code == 0, done.err
    assert "榜单 115 项，团队 470 个" in done.out
    assert "  1. █" in done.out
    assert f"matcher serve -w {tmp_path / '示范'}" in done.out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_completes_commands(cli: Cli, shell: str) -> None:
    done = cli("completion", shell)
    assert done.code == 0, done.err
    assert "_MATCHER_COMPLETE" in done.out
    assert "matcher" in done.out
