"""Evidence finds its team, wherever it is kept."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from matcher.corpora import read_records, read_teams, write_teams
from matcher.errors import InputError
from matcher.records import Evidence, Team

TEAMS = "团队编号,团队名称,研究方向\nT1,轧制,控轧\nT2,炼钢,洁净钢\n"
EVIDENCE = (
    "团队编号,类型,名称,年份,期刊\nT2,专利,乙,2020,\nT1,论文,甲,2019,钢铁\nT2,论文,丙,2021,\n"
)


def titles(team: Team) -> list[str]:
    return [piece.title for piece in team.evidence]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    path = tmp_path / "团队库.csv"
    path.write_text(TEAMS, encoding="utf-8")
    return path


@pytest.mark.parametrize("beside", ["团队库_成果.csv", "团队库_evidence.csv"])
def test_the_file_beside_a_csv_is_found(beside: str, library: Path) -> None:
    library.with_name(beside).write_text(EVIDENCE, encoding="utf-8")
    reading = read_teams(library)
    assert [titles(team) for team in reading.records] == [["甲"], ["乙", "丙"]]
    assert reading.records == read_records(library, Team).records
    assert reading.unknown_columns == ("成果.期刊",)
    assert reading.mapping["成果.年份"] == "evidence.year"
    piece = reading.records[0].evidence[0]
    assert piece.extra == {"期刊": "钢铁"}
    assert piece.source is not None
    assert (piece.source.file, piece.source.row) == (beside, 3)
    assert piece.source.sha256 != reading.sha256


def test_of_two_files_beside_it_one_is_read_and_the_other_told(library: Path) -> None:
    for name in ("团队库_成果.csv", "团队库_evidence.csv"):
        library.with_name(name).write_text(EVIDENCE, encoding="utf-8")
    reading = read_teams(library)
    assert titles(reading.records[0]) == ["甲"]
    assert "团队库_evidence.csv" in reading.warnings[0]


@pytest.mark.slow
def test_a_file_given_by_name_in_any_format(library: Path, tmp_path: Path) -> None:
    as_csv = tmp_path / "成果清单.csv"
    as_csv.write_text(EVIDENCE, encoding="gb18030")
    as_jsonl = tmp_path / "成果清单.jsonl"
    rows = [{"team_id": "T2", "kind": "专利", "title": "乙"}, {"team_id": "T1", "title": "甲"}]
    as_jsonl.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    as_xlsx = tmp_path / "成果清单.xlsx"
    write_teams(read_teams(library, as_csv).records, as_xlsx)
    assert [titles(t) for t in read_teams(library, as_csv).records] == [["甲"], ["乙", "丙"]]
    assert [titles(t) for t in read_teams(library, as_jsonl).records] == [["甲"], ["乙"]]
    assert [titles(t) for t in read_teams(library, as_xlsx).records] == [["甲"], ["乙", "丙"]]


@pytest.mark.parametrize("name", ["成果", "evidence", "Evidence"])
def test_the_second_sheet_of_a_workbook(name: str, tmp_path: Path) -> None:
    path = tmp_path / "团队库.xlsx"
    workbook = openpyxl.Workbook()
    workbook.active.title = "团队"
    for line in TEAMS.split():
        workbook.active.append(line.split(","))
    page = workbook.create_sheet(name)
    for line in EVIDENCE.split():
        page.append(line.split(","))
    workbook.create_sheet("说明").append(["填表说明"])
    workbook.save(path)
    reading = read_teams(path)
    assert [titles(team) for team in reading.records] == [["甲"], ["乙", "丙"]]
    assert reading.warnings == ("工作表「说明」没有读取",)
    source = reading.records[0].evidence[0].source
    assert source is not None
    assert (source.sheet, source.row) == (name, 3)


def test_evidence_of_an_unknown_or_a_refused_team_is_refused(library: Path) -> None:
    library.write_text(TEAMS + "T3,,\n", encoding="utf-8")
    rows = "团队编号,名称\nT9,游离\nT3,连坐\nT1,甲\n"
    library.with_name("团队库_成果.csv").write_text(rows, encoding="utf-8")
    reading = read_teams(library)
    own, stray, of_refused = reading.rejects
    assert own.row == 4
    assert (stray.file, stray.row, stray.column) == ("团队库_成果.csv", 2, "团队编号")
    assert stray.value == "T9"
    assert "没有这个编号" in stray.reason
    assert "被拒收" in of_refused.reason
    assert titles(reading.records[0]) == ["甲"]


def test_a_bad_piece_of_evidence_does_not_cost_the_team(library: Path, tmp_path: Path) -> None:
    library.with_name("团队库_成果.csv").write_text(
        "团队编号,名称,年份\nT1,甲,去年\nT1,乙,2020\n", encoding="utf-8"
    )
    reading = read_teams(library)
    assert titles(reading.records[0]) == ["乙"]
    assert (reading.rejects[0].row, reading.rejects[0].column) == (2, "年份")

    nested = tmp_path / "团队.jsonl"
    pieces = [
        {"title": "甲", "year": "去年"},
        {"题名": "乙", "年份": 2020, "期刊": "钢铁"},
        "丙",
        4,
    ]
    row = {"team_id": "T1", "org_name": "东北大学", "evidence": pieces}
    nested.write_text(json.dumps(row), encoding="utf-8")
    reading = read_teams(nested)
    assert titles(reading.records[0]) == ["乙", "丙"]
    assert reading.records[0].evidence[0].extra == {"期刊": "钢铁"}
    assert reading.unknown_columns == ("成果.期刊",)
    assert [reject.column for reject in reading.rejects] == ["成果[1].year", "成果[4]"]
    assert reading.rejects[0].original["team_id"] == "T1"


def test_evidence_in_a_cell(tmp_path: Path) -> None:
    path = tmp_path / "团队.csv"
    in_json = '"[{""kind"": ""专利"", ""title"": ""丙""}]"'
    rows = f"团队编号,单位,成果\nT1,甲,超快冷；轴承钢\nT2,乙,{in_json}\n"
    path.write_text(rows, encoding="utf-8")
    first, second = read_teams(path).records
    assert titles(first) == ["超快冷", "轴承钢"]
    assert second.evidence == (Evidence(kind="专利", title="丙"),)


@pytest.mark.slow
def test_stale_evidence_beside_a_library_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "团队.csv"
    team = Team(team_id="1", org_name="甲", evidence=[Evidence(title="旧")])
    write_teams([team], path)
    write_teams([team.model_copy(update={"evidence": ()})], path)
    assert read_teams(path).records[0].evidence == ()
    write_teams([Team(team_id="1", org_name="甲")], tmp_path / "新.csv")
    assert not (tmp_path / "新_成果.csv").exists()


def test_jsonl_does_not_take_the_evidence_of_a_csv(tmp_path: Path) -> None:
    team = Team(team_id="1", org_name="甲", evidence=[Evidence(title="论文")])
    write_teams([team], tmp_path / "团队.csv")
    write_teams([team], tmp_path / "团队.jsonl")
    assert titles(read_teams(tmp_path / "团队.jsonl").records[0]) == ["论文"]


def test_an_evidence_file_without_team_ids_is_an_error(library: Path) -> None:
    library.with_name("团队库_成果.csv").write_text("名称\n甲\n", encoding="utf-8")
    with pytest.raises(InputError, match="团队编号"):
        read_teams(library)
