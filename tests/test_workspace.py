"""A workspace: what is kept between runs, what is done again, what is refused."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from matcher import Challenge, Evidence, Outcome, Team, Workspace, read_teams
from matcher.encoding import Encoder
from matcher.errors import MatcherError, ModelError, StorageError, WorkspaceError
from matcher.index import connection as connecting
from matcher.index.migrations import MIGRATIONS
from matcher.index.store import Side, Store
from matcher.matches import Ranking
from matcher.text.tokenise import Tokenizer
from matcher.workspace import INDEX_FOLDER, STORE_FILE, Change

from . import crashes
from .conftest import CountingEncoder

ROOT = Path(__file__).resolve().parent.parent


def library(count: int = 6, word: str = "轴承钢") -> list[Team]:
    return [
        Team(team_id=f"T{n}", profile=f"{word}第{n}种",
             evidence=[Evidence(kind="论文", title=f"{word}夹杂物之{n}")])
        for n in range(count)
    ]  # fmt: skip


def challenge(challenge_id: str = "C1", title: str = "轴承钢洁净度") -> Challenge:
    return Challenge(challenge_id=challenge_id, title=title)


@pytest.fixture
def workspace(tmp_path: Path, counting: CountingEncoder) -> Workspace:
    made = Workspace(tmp_path / "工作区", encoder=counting)
    made.put_teams(library())
    made.put_challenges([challenge()])
    counting.encoded.clear()
    return made


def reopened(workspace: Workspace) -> Workspace:
    return Workspace(workspace.folder, encoder=workspace.encoder)


def ranked(workspace: Workspace, text: str = "轴承钢夹杂物") -> list[tuple[str, float]]:
    return [(m.team.team_id, m.score) for m in workspace.matcher().find_teams(text, 100)]


def test_records_and_their_ranking_outlive_the_process(workspace: Workspace) -> None:
    again = reopened(workspace)
    assert again.exists
    assert dict(again.teams()) == {team.team_id: team for team in library()}
    assert list(again.challenges()) == ["C1"]
    assert "C2" not in again.challenges()
    assert ranked(again) == ranked(workspace)
    status = again.status()
    assert (status.teams, status.team_passages, status.challenges) == (6, 12, 1)


def test_importing_the_same_again_encodes_nothing(
    workspace: Workspace, counting: CountingEncoder
) -> None:
    again = reopened(workspace)
    assert again.put_teams(library()) == Change(added=0, changed=0, unchanged=6)
    assert again.put_challenges([challenge()]) == Change(added=0, changed=0, unchanged=1)
    assert counting.encoded == []


def test_a_file_with_one_edited_row_changes_that_record_only(
    tmp_path: Path, counting: CountingEncoder
) -> None:
    path = tmp_path / "团队.csv"
    header, rows = "团队编号,单位,简介", [f"T{n},某大学,轴承钢第{n}种" for n in range(5)]
    workspace = Workspace(tmp_path / "w", encoder=counting)
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    workspace.put_teams(read_teams(path).records)
    counting.encoded.clear()
    rows[3] = "T3,某大学,光刻胶"
    path.write_text("\n".join([header, "T9,某大学,靶材", *rows]), encoding="utf-8")
    change = workspace.put_teams(read_teams(path).records)
    assert change == Change(added=1, changed=1, unchanged=4)
    assert counting.encoded == ["靶材", "光刻胶"]


def test_a_changed_record_is_found_by_its_new_text_only(workspace: Workspace) -> None:
    changed = Team(team_id="T3", profile="光刻胶树脂合成")
    assert workspace.put_teams([changed]) == Change(added=0, changed=1, unchanged=0)
    assert ranked(workspace, "光刻胶树脂")[0][0] == "T3"
    assert "轴承" not in workspace.matcher().find_teams("光刻胶", 1)[0].team.profile
    assert workspace.status().team_passages == 11


def test_a_record_whose_facts_change_keeps_its_vectors(workspace: Workspace) -> None:
    moved = library()[0].model_copy(update={"province": "辽宁"})
    assert workspace.put_teams([moved]).changed == 1
    assert workspace.teams()["T0"].province == "辽宁"


def test_deleting_by_id(workspace: Workspace) -> None:
    assert workspace.delete_teams(["T0", "T1", "没有"]) == 2
    assert [team_id for team_id, _ in ranked(workspace)] != []
    assert not {"T0", "T1"} & {team_id for team_id, _ in ranked(workspace)}
    assert workspace.delete_challenges(["C1"]) == 1
    assert list(workspace.challenges()) == []
    assert workspace.delete_challenges(["C1"]) == 0


def test_changes_end_where_a_fresh_import_of_the_result_would(
    workspace: Workspace, tmp_path: Path
) -> None:
    workspace.delete_teams(["T2"])
    workspace.put_teams([Team(team_id="T4", profile="光刻胶"), Team(team_id="A", profile="靶材")])
    fresh = Workspace(tmp_path / "fresh", encoder=workspace.encoder)
    fresh.put_teams(list(workspace.teams().values()))
    assert ranked(fresh) == ranked(workspace)


def test_outcomes_are_kept(workspace: Workspace) -> None:
    outcome = Outcome(challenge_id="C1", team_id="T1", stage="立项", grade=3)
    assert workspace.put_outcomes([outcome]) == 1
    assert workspace.put_outcomes([outcome]) == 1
    assert reopened(workspace).outcomes() == (outcome,)
    assert workspace.status().outcomes == 1


def test_an_error_of_the_encoder_changes_nothing(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, counting: CountingEncoder
) -> None:
    before = ranked(workspace)

    def failing(texts: Sequence[str], **_: object) -> None:
        raise ModelError("编码器坏了")

    with monkeypatch.context() as patch:
        patch.setattr(counting, "encode_passages", failing)
        with pytest.raises(ModelError):
            workspace.put_teams([Team(team_id="X", profile="新")])
    assert ranked(reopened(workspace)) == before


def test_another_encoder_is_refused_with_a_remedy(workspace: Workspace, encoder: Encoder) -> None:
    for other in (None, CountingEncoder(encoder, identity="另一个")):
        foreign = Workspace(workspace.folder, encoder=other)
        for refused in (
            foreign.matcher,
            lambda ws=foreign: ws.put_teams(library()),
            lambda ws=foreign: ws.delete_teams(["T1"]),
        ):
            with pytest.raises(WorkspaceError, match="matcher index --rebuild"):
                refused()
        assert foreign.status().teams == 6  # what needs no index still works


def test_another_tokeniser_is_refused(workspace: Workspace) -> None:
    foreign = Workspace(workspace.folder, encoder=workspace.encoder, tokenizer=Tokenizer())
    with pytest.raises(WorkspaceError, match="当前模型不符"):
        foreign.matcher()


def test_rebuilding_makes_the_index_of_the_current_encoder(workspace: Workspace) -> None:
    lexical = Workspace(workspace.folder, encoder=None)
    told: list[tuple[int, int]] = []
    lexical.rebuild(lambda *done: told.append(done))
    assert told[-1] == (6, 6)
    assert lexical.status().stamp.encoder == "none"
    found = lexical.matcher()
    assert found.library.vectors is None
    assert len(found.find_teams("C1")) == 6
    with pytest.raises(WorkspaceError):
        reopened(workspace).matcher()
    workspace.rebuild()
    assert ranked(reopened(workspace)) == ranked(workspace)


def test_nothing_imported_yet_names_the_command(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "空", encoder=None)
    assert not workspace.exists
    for look in (workspace.matcher, workspace.status, workspace.teams, workspace.outcomes):
        with pytest.raises(WorkspaceError, match="matcher import"):
            look()
    assert not (tmp_path / "空").exists()


def test_a_missing_model_leaves_no_workspace_behind(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="matcher models build"):
        Workspace(tmp_path / "新").put_teams(library())
    assert not (tmp_path / "新" / STORE_FILE).exists()


def test_a_matcher_keeps_answering_while_another_process_writes(workspace: Workspace) -> None:
    reader = reopened(workspace)
    matcher, before = reader.matcher(), ranked(workspace)
    store = Store.open(workspace.folder / STORE_FILE)
    with store.writing():
        store.delete("team", ["T0", "T1"])
        store.put_outcomes({"x": "{}"})
        found = matcher.find_teams("轴承钢夹杂物", 100)
        assert [(m.team.team_id, m.score) for m in found] == before
        assert reader.status().teams == 6
    store.close()
    assert reader.status().teams == 4


def test_others_write_while_an_import_is_encoding(
    workspace: Workspace, counting: CountingEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    encode, during = counting.encode_passages, []

    def encode_slowly(texts: Sequence[str], **options: object) -> object:
        other = Store.open(workspace.folder / STORE_FILE)
        with closing(other):
            other.put_outcomes({f"{len(during)}": "{}"})
        during.append(len(texts))
        return encode(texts)

    monkeypatch.setattr(connecting, "_LOCK_SECONDS", 0.05)
    monkeypatch.setattr(counting, "encode_passages", encode_slowly)
    assert workspace.put_teams(crashes.teams()).added == len(crashes.teams()) - 6
    assert len(during) == 2
    assert workspace.status().outcomes == 2
    assert list(workspace.folder.glob("tmp*")) == []


def test_a_rebuild_does_not_bring_back_what_another_changed_meanwhile(
    workspace: Workspace, counting: CountingEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    encode = counting.encode_passages

    def delete_meanwhile(texts: Sequence[str], **options: object) -> object:
        with closing(Store.open(workspace.folder / STORE_FILE)) as other:
            other.delete("team", ["T0"])
        return encode(texts)

    monkeypatch.setattr(counting, "encode_passages", delete_meanwhile)
    with pytest.raises(WorkspaceError, match=r"被另一个进程更新(?s:.)*再重建一次"):
        workspace.rebuild()
    assert "T0" not in reopened(workspace).teams()


def test_a_team_deleted_meanwhile_is_told_in_chinese(workspace: Workspace) -> None:
    matcher = workspace.matcher()
    reopened(workspace).delete_teams(["T0"])
    with pytest.raises(WorkspaceError, match=r"另一个进程更新(?s:.)*重新打开"):
        matcher.find_teams("轴承钢夹杂物", 100)
    # Ranking reads the phrases of the best, so a list tells it too, not first who looks at a team.
    with pytest.raises(WorkspaceError, match=r"另一个进程更新(?s:.)*重新打开"):
        list(matcher.match(["C1"], top=100))


def test_a_list_reads_no_record_until_it_is_looked_at(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    content = Store.content

    def counted(self: Store, side: Side, record_id: str) -> str | None:
        read.append(record_id)
        return content(self, side, record_id)

    matcher = workspace.matcher()
    monkeypatch.setattr(Store, "content", counted)
    (ranking,) = matcher.match(["C1"], top=100)
    assert isinstance(ranking, Ranking)
    assert read == ["C1"]
    assert ranking.matches[0].team is ranking.matches[0].team
    assert read == ["C1", ranking.matches[0].team_id]


def test_a_workspace_of_version_1_is_upgraded_in_place(workspace: Workspace) -> None:
    before, generation = ranked(workspace), workspace.generation
    later = " ".join(MIGRATIONS[1:])
    gone = set(re.findall(r"DROP TABLE (\w+)", later))
    made = re.findall(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+)", later)
    new = set(made) - gone
    assert {"versions", "accounts", "sightings", "pairs"} <= new
    with closing(sqlite3.connect(workspace.folder / STORE_FILE)) as connection, connection:
        for table in reversed([one for one in made if one in new]):  # who refers goes first
            connection.execute(f"DROP TABLE {table}")
        connection.execute("ALTER TABLE passages RENAME COLUMN document_id TO owner_id")
        connection.execute(
            "UPDATE records SET facts = replace(facts, '\"document_id\"', '\"owner_id\"')"
        )
        connection.execute("UPDATE meta SET value = '1' WHERE key = 'schema'")
    shutil.rmtree(workspace.folder / INDEX_FOLDER, ignore_errors=True)  # read from the tables
    again = reopened(workspace)
    assert ranked(again) == before
    assert again.generation == generation  # the index is as it was
    with closing(sqlite3.connect(workspace.folder / STORE_FILE)) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    assert new <= tables


def test_a_second_writer_is_told_to_wait(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "_LOCK_SECONDS", 0.05)
    first = Store.open(workspace.folder / STORE_FILE)
    with first.writing(), pytest.raises(WorkspaceError, match=r"另一个进程写入(?s:.)*处理"):
        reopened(workspace).put_teams([Team(team_id="X", profile="新")])
    first.close()


def test_a_damaged_or_foreign_file_is_told_in_chinese(tmp_path: Path) -> None:
    (tmp_path / STORE_FILE).write_bytes(b"PK\x03\x04 not ours " * 500)
    workspace = Workspace(tmp_path, encoder=None)
    for use in (workspace.matcher, workspace.status, lambda: workspace.put_teams(library())):
        with pytest.raises(WorkspaceError, match=r"损坏(?s:.)*处理"):
            use()


def test_a_workspace_of_a_newer_version_is_told_in_chinese(workspace: Workspace) -> None:
    with closing(sqlite3.connect(workspace.folder / STORE_FILE)) as connection, connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")
    again = reopened(workspace)
    for use in (again.matcher, again.status, lambda: again.put_teams(library())):
        with pytest.raises(WorkspaceError, match=r"更新版本(?s:.)*升级"):
            use()


def test_a_folder_that_cannot_be_made_is_told_in_chinese(tmp_path: Path) -> None:
    (tmp_path / "文件").write_text("不是文件夹", encoding="utf-8")
    with pytest.raises(StorageError, match="检查磁盘空间和目录权限"):
        Workspace(tmp_path / "文件" / "工作区", encoder=None).put_teams(library())


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_told_in_chinese(tmp_path: Path) -> None:
    folder = tmp_path / "只读"
    folder.mkdir(mode=0o555)
    with pytest.raises(StorageError, match="检查磁盘空间和目录权限"):
        Workspace(folder, encoder=None).put_teams(library())


def crash(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.crashes", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


@pytest.mark.processes
@pytest.mark.parametrize("size", [0, 100_000])
def test_a_disk_that_fills_up_is_told_and_the_second_run_completes(
    tmp_path: Path, size: int
) -> None:
    full = crash("full-disk", tmp_path, size)
    assert full.stdout.startswith("storage 无法写入工作区"), full.stderr
    assert "检查磁盘空间" in full.stdout
    workspace = Workspace(tmp_path, encoder=None)
    assert not workspace.exists or workspace.status().teams == 0
    assert workspace.put_teams(crashes.long_teams()).added == 60
    assert workspace.status().teams == 60


@pytest.mark.processes
@pytest.mark.parametrize(
    ("moment", "there", "left"),
    [
        ("while the file is made", 0, 0),
        ("in the second block", 0, 0),
        ("in the second block", 6, 6),
        ("before the commit", 6, 6),
        ("after the commit", 6, len(crashes.teams())),
    ],
)
def test_a_killed_process_leaves_all_or_nothing_and_the_second_run_completes(
    tmp_path: Path, encoder: Encoder, moment: str, there: int, left: int
) -> None:
    workspace = Workspace(tmp_path, encoder=encoder)
    if there:
        workspace.put_teams(library(there))
    killed = crash("kill", tmp_path, moment)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    again = reopened(workspace)
    assert (again.status().teams if again.exists else 0) == left
    if left == there > 0:
        assert ranked(again) == ranked(workspace)
    again.put_teams(crashes.teams())
    assert again.status().teams == len(crashes.teams())
    assert len(ranked(again)) == 100
    assert again.matcher().find_teams("光刻胶", 1000)[-1].rank == len(crashes.teams())


@pytest.mark.processes
@pytest.mark.parametrize("delay", [0.0, 0.2])
def test_a_process_killed_by_the_clock_leaves_all_or_nothing(
    tmp_path: Path, encoder: Encoder, delay: float
) -> None:
    command = [sys.executable, "-m", "tests.crashes", "kill", str(tmp_path), "never"]
    process = subprocess.Popen(command, cwd=ROOT)
    while not (tmp_path / STORE_FILE).exists() and process.poll() is None:
        time.sleep(0.002)
    time.sleep(delay)
    process.kill()
    assert process.wait() in (0, -signal.SIGKILL)
    workspace = Workspace(tmp_path, encoder=encoder)
    assert not workspace.exists or workspace.status().teams in (0, len(crashes.teams()))
    workspace.put_teams(library())
    assert {"T0", "T5"} <= set(workspace.teams())


def test_errors_of_workspaces_are_errors_for_users(workspace: Workspace) -> None:
    with pytest.raises(MatcherError) as refused:
        Workspace(workspace.folder, encoder=None).matcher()
    assert refused.value.as_dict().keys() >= {"code", "what", "given", "expected", "remedy"}
