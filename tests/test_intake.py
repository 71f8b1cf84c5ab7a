"""Taking files in: both faces go one way, everything is checked before anything is stored."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from matcher.corpora import importing, read_any_of
from matcher.errors import InputError
from matcher.index.store import Store
from matcher.intake import commit, look
from matcher.records import Team
from matcher.service.desk import imports
from matcher.workspace import Change, Workspace

CHALLENGES = (
    ("榜单编号", "项目名称", "需求单位", "榜额"),
    ("B1", "高温合金叶片", "某厂", "500万元"),
)
TEAMS = (("团队编号", "团队名称", "单位", "研究方向"), ("T1", "轴承钢团队", "某大学", "洁净钢冶炼"))
OUTCOMES = (("榜单编号", "团队编号", "阶段"), ("B9", "T9", "推荐"))


def evidence(team: str) -> tuple[tuple[str, ...], ...]:
    return (("团队编号", "成果类型", "成果名称", "年份"), (team, "论文", "夹杂物控制研究", "2021"))


def book(path: Path, **sheets: Sequence[Sequence[str]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        page = made.create_sheet(name)
        for row in rows:
            page.append(row)
    made.save(path)
    return path


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "工作区", encoder=None)


def contents(*paths: Path) -> list[Any]:
    return [content for path in paths for content in read_any_of(path)]


def test_looking_writes_nothing(workspace: Workspace, tmp_path: Path) -> None:
    seen = look(workspace, contents(book(tmp_path / "榜单.xlsx", 榜单=CHALLENGES)))
    assert [(part.kind.name, len(part.records)) for part in seen.parts] == [("challenges", 1)]
    assert not workspace.exists
    assert list(seen.changes(workspace).values()) == [Change(1, 0, 0)]
    assert commit(workspace, seen) == [Change(1, 0, 0)]
    again = look(workspace, contents(tmp_path / "榜单.xlsx"))
    assert list(again.changes(workspace).values()) == [Change(0, 0, 1)]


def test_stray_evidence_keeps_everything_out(workspace: Workspace, tmp_path: Path) -> None:
    files = (
        book(tmp_path / "榜单.xlsx", 榜单=CHALLENGES),
        book(tmp_path / "团队.xlsx", 团队=TEAMS),
        book(tmp_path / "成果.xlsx", 成果=evidence("T7")),
    )
    seen = look(workspace, contents(*files))
    assert seen.obstacle is not None
    with pytest.raises(InputError, match="成果所属的团队不在工作区里"):
        commit(workspace, seen)
    assert not workspace.exists


def test_evidence_may_come_before_its_team(workspace: Workspace, tmp_path: Path) -> None:
    files = (
        book(tmp_path / "成果.xlsx", 成果=evidence("轴承钢团队")),
        book(tmp_path / "团队.xlsx", 团队=TEAMS),
    )
    commit(workspace, look(workspace, contents(*files)))
    assert [piece.title for piece in workspace.teams()["T1"].evidence] == ["夹杂物控制研究"]


def test_two_files_of_one_import_are_held_against_each_other(
    workspace: Workspace, tmp_path: Path
) -> None:
    rows = (CHALLENGES[0], ("B2", "高温合金叶片", "某厂", "600万元"))
    files = book(tmp_path / "一.xlsx", 榜单=CHALLENGES), book(tmp_path / "二.xlsx", 榜单=rows)
    first, second = look(workspace, contents(*files)).parts
    assert first.notes == ()
    assert [(d.first_id, d.second_id) for d in second.identity.suspected] == [("B1", "B2")]
    merged = look(workspace, contents(*files), merging=True)
    assert [c.added for c in commit(workspace, merged)] == [1, 0]
    assert {i: c.bounty_wan for i, c in workspace.challenges().items()} == {"B1": 600.0}


def test_what_outcomes_name_and_nobody_has_is_told(workspace: Workspace, tmp_path: Path) -> None:
    files = book(tmp_path / "结果.xlsx", 结果=OUTCOMES), book(tmp_path / "团队.xlsx", 团队=TEAMS)
    part = look(workspace, contents(*files)).files[0].parts[0]
    assert part.unknown == {"榜单编号": ("B9",), "团队编号": ("T9",)}
    assert part.notes[0] == "榜单编号不在工作区里：B9；写错的改正后再导入"


def test_all_parts_go_in_together_or_not_at_all(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = book(tmp_path / "全部.xlsx", 榜单=CHALLENGES, 团队=TEAMS, 结果=OUTCOMES)
    seen = look(workspace, contents(path))
    assert [part.kind.name for part in seen.parts] == ["teams", "challenges", "outcomes"]

    def break_off(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Store, "put_outcomes", break_off)
        with pytest.raises(KeyboardInterrupt):
            commit(workspace, seen)
    assert (len(workspace.challenges()), len(workspace.teams())) == (0, 0)
    before = workspace.generation
    commit(workspace, seen)
    assert (len(workspace.challenges()), len(workspace.teams())) == (1, 1)
    assert workspace.generation == before + 1  # one transaction


def test_a_file_with_refused_rows_stays_out_and_the_others_go_in(
    workspace: Workspace, tmp_path: Path
) -> None:
    bad = (*CHALLENGES, ("B2", "", "某厂", "600万元"))
    files = book(tmp_path / "坏.xlsx", 榜单=bad), book(tmp_path / "好.xlsx", 团队=TEAMS)
    seen = look(workspace, contents(*files), partial=False)
    assert [file.refused for file in seen.files] == [True, False]
    commit(workspace, seen)
    assert (list(workspace.challenges()), list(workspace.teams())) == ([], ["T1"])


def test_the_records_of_one_import_hide_those_stored(workspace: Workspace, tmp_path: Path) -> None:
    workspace.put_teams([Team(team_id=i, team_name=f"{i}队") for i in ("T0", "T1")])
    path = book(tmp_path / "团队.xlsx", 团队=TEAMS)
    seen = look(workspace, contents(path, book(tmp_path / "成果.xlsx", 成果=evidence("T0"))))
    assert sorted(t.team_name for p in seen.parts for t in p.records) == ["T0队", "轴承钢团队"]


def test_a_file_of_two_kinds_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = book(tmp_path / "全部.xlsx", 榜单=CHALLENGES, 团队=TEAMS, 成果=evidence("T1"))
    read: list[str] = []
    plainly = importing.read_file

    def counted(source: Any) -> Any:
        read.append(source.name)
        return plainly(source)

    monkeypatch.setattr(importing, "read_file", counted)
    (found,) = read_any_of(path)
    assert read == ["全部.xlsx"]
    assert found.challenges is not None
    assert found.teams is not None
    assert len(found.teams.records[0].evidence) == 1
    for reading in found.readings:
        assert (reading.count.unaccounted, reading.count.total, reading.warnings) == (0, 6, ())
        assert {str(o.why) for o in reading.omitted} <= {"表头", "另一种内容"}


def test_the_page_tells_what_the_command_tells(workspace: Workspace, tmp_path: Path) -> None:
    path = book(tmp_path / "全部.xlsx", 榜单=CHALLENGES, 结果=OUTCOMES)
    shown = imports._preview(workspace, "1", path.name, contents(path))
    assert [part.kind for part in shown.parts] == ["challenges", "outcomes"]
    assert shown.parts[1].notes == [
        "榜单编号不在工作区里：B9；写错的改正后再导入",
        "团队编号不在工作区里：T9；写错的改正后再导入",
    ]
    stray = book(tmp_path / "成果.xlsx", 成果=evidence("T7"))
    (part,) = imports._preview(workspace, "2", stray.name, contents(stray)).parts
    assert part.notes == [
        "成果所属的团队不在工作区里：T7；先导入团队库，或改正团队编号",
    ]
