"""The ranker a workspace uses: remembered, taken by every command, one step back."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from matcher import Challenge, Team, Workspace
from matcher.errors import ModelError, WorkspaceError
from matcher.matches import Ranking
from matcher.models import RankerChoice
from matcher.ranking.learned import LinearRanker, save_ranker
from matcher.service.store.audit import Audit
from matcher.service.store.database import Database
from matcher.workspace import STORE_FILE
from tests.conftest import Cli

TEAMS = [
    Team(team_id=f"T{n}", profile=text)
    for n, text in enumerate(("轴承钢夹杂物控制", "轴承钢疲劳", "光刻胶树脂", "合唱指挥"))
]
CHALLENGES = [Challenge(challenge_id="C1", title="轴承钢夹杂物", problem="夹杂物超标"),
              Challenge(challenge_id="C2", title="光刻胶")]  # fmt: skip


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "workspace", encoder=None)
    made.put_teams(TEAMS)
    made.put_challenges(CHALLENGES)
    return made


def written(path: Path, weight: float) -> str:
    """A model that is known by its scores: so many times the fused score in deviations."""
    save_ranker(LinearRanker(("fused",), (weight,), f"x{weight:g}"), path)
    return str(path)


def best(workspace: Workspace) -> float:
    return workspace.matcher().find_teams("C1", 1)[0].score


def test_what_was_chosen_is_used_until_something_else_is(
    workspace: Workspace, tmp_path: Path
) -> None:
    assert workspace.ranker == RankerChoice("default", "none")
    shipped = workspace.matcher().ranker
    once, twice = written(tmp_path / "1.json", 1), written(tmp_path / "2.json", 2)
    workspace.use_ranker(once)
    Path(once).unlink()
    reopened = Workspace(workspace.folder, encoder=None)
    score = best(reopened)
    assert (reopened.ranker.ranker, reopened.matcher().ranker.name) == (once, "x1")
    reopened.use_ranker(twice)
    assert best(workspace) == pytest.approx(2 * score, abs=1e-4)
    assert workspace.matcher("fused").ranker == shipped  # no encoder here
    assert workspace.change_back().ranker == once
    assert best(workspace) == score
    assert workspace.change_back().ranker == twice
    workspace.use_ranker("default")
    assert workspace.matcher().ranker == shipped
    assert workspace.ranker_before.ranker == twice


def test_choosing_what_is_in_use_changes_nothing(workspace: Workspace, tmp_path: Path) -> None:
    workspace.use_ranker(written(tmp_path / "1.json", 1))
    generation = workspace.generation
    workspace.use_ranker(str(tmp_path / "1.json"))
    assert (workspace.generation, workspace.ranker_before.ranker) == (generation, "default")


def test_a_matcher_made_before_is_stale(workspace: Workspace, tmp_path: Path) -> None:
    before, state = workspace.generation, workspace.state
    workspace.use_ranker(written(tmp_path / "1.json", 1))
    assert workspace.generation > before
    assert workspace.state != state


@pytest.mark.parametrize("content", ["", "{", '{"kind": "linear"}', '{"features": ["没有"]}'])
def test_a_file_that_cannot_be_used_is_refused_and_nothing_changes(
    workspace: Workspace, tmp_path: Path, content: str
) -> None:
    broken = tmp_path / "坏.json"
    broken.write_text(content, encoding="utf-8")
    for ranker in (str(broken), "没有.json"):
        with pytest.raises(ModelError, match="matcher train"):
            workspace.use_ranker(ranker)
    assert workspace.ranker == RankerChoice("default", "none")


def test_there_is_nothing_to_remember_where_nothing_is(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="matcher import"):
        Workspace(tmp_path / "没有", encoder=None).use_ranker("fused")


def test_the_ranker_comes_along_in_a_backup(workspace: Workspace, tmp_path: Path, cli: Cli) -> None:
    workspace.use_ranker(written(tmp_path / "1.json", 1))
    assert cli("backup", "备份.sqlite").code == 0
    assert cli("restore", "备份.sqlite", "-w", "别处", "--yes").code == 0
    assert Workspace(tmp_path / "别处", encoder=None).ranker == workspace.ranker


def scores(folder: Path, file: str) -> list[float]:
    lines = (folder / file).read_text(encoding="utf-8").splitlines()
    return [match["score"] for line in lines for match in json.loads(line)["matches"]]


@pytest.mark.slow
@pytest.mark.usefixtures("workspace")
def test_every_command_that_ranks_takes_a_ranker(cli: Cli, tmp_path: Path) -> None:
    """By option, or what the workspace was told to use: the same."""
    other = written(tmp_path / "-7.json", -7)  # the worst first, so that every answer differs
    asked: dict[str, tuple[str, ...]] = {
        "teams": ("teams", "C1", "--json"),
        "challenges": ("challenges", "T0", "--json"),
        "match": ("match", "-o", "结果.jsonl"),
        "consortium": ("consortium", "C1", "--json", "--lowest-band", "未定", "--contenders", "1"),
        "assign": ("assign", "--json", "--lowest-band", "未定", "--contenders", "1"),
        "audit": ("audit", "--json"),
        "report": ("report", "-o", "报告.json", "--lowest-band", "未定", "--draws", "0"),
    }

    def answers(*options: str) -> dict[str, str]:
        found = {}
        for name, words in asked.items():
            done = cli(*words, "--encoder", "none", *options)
            assert done.code == 0, (name, done.err)
            written_to = {"match": "结果.jsonl", "report": "报告.json"}.get(name)
            found[name] = Path(written_to).read_text("utf-8") if written_to else done.out
        return found

    plain, chosen = answers(), answers("--ranker", other)
    assert [name for name in asked if plain[name] == chosen[name]] == []
    assert f"从此使用：{other}；原来是 default" in cli("ranker", "use", other).out
    assert answers() == chosen
    assert answers("--ranker", "default") == plain
    assert cli("ranker", "show", "--json").json == {
        "ranker": other, "reranker": "none",
        "before": {"ranker": "default", "reranker": "none"},
    }  # fmt: skip
    assert "从此使用：default" in cli("ranker", "back").out
    assert answers() == plain
    assert f"换回时用：{other}" in cli("ranker", "show").out
    with closing(Database(tmp_path / "workspace" / STORE_FILE)) as database:
        lines, _ = Audit(database).lines()
    assert [(line.action, line.target) for line in lines] == [
        ("ranker.back", "default"), ("ranker.use", other),
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.usefixtures("workspace")
def test_a_batch_in_blocks_uses_the_workspaces_ranker(cli: Cli, tmp_path: Path) -> None:
    cli("ranker", "use", written(tmp_path / "7.json", 7))
    for name, engine in (("一.jsonl", "local"), ("二.jsonl", "processes")):
        done = cli("match", "--encoder", "none", "-o", name, "--engine", engine)
        assert done.code == 0, done.err
    assert Path("一.jsonl").read_bytes() == Path("二.jsonl").read_bytes()


@pytest.mark.usefixtures("workspace")
def test_a_refused_ranker_is_told_with_the_remedy(cli: Cli) -> None:
    cli("ranker", "use", "没有.json").refused("排序模型无法读取", "没有.json")
    cli("teams", "C1", "--encoder", "none", "--ranker", "没有.json").refused("排序模型无法读取")
    cli("ranker", "use", "fused", "-w", "没有").refused("找不到工作区")


def test_files_beside_a_workspace_do_not_use_its_ranker(
    workspace: Workspace, tmp_path: Path
) -> None:
    workspace.use_ranker(written(tmp_path / "7.json", 7))
    made = type(workspace.matcher()).from_records(CHALLENGES, TEAMS, encoder=None)
    (ranking,) = made.match(["C1"], top=1)
    assert isinstance(ranking, Ranking)
    assert made.ranker.name == "fused"
