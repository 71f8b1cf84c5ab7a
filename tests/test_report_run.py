"""Run files: the same rankings in every format, whole or not at all."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from matcher import Challenge, Evidence, Matcher, Team
from matcher.errors import InputError, StorageError
from matcher.matches import Ranking
from matcher.report import FORMATS, write_run
from matcher.report.run_file import as_json, trec_lines


@pytest.fixture(scope="module")
def rankings() -> list[Ranking]:
    teams = [
        Team(team_id="L 1", team_name="=cmd|' /C calc'!A0", org_name="东北大学", province="辽宁",
             evidence=[Evidence(kind="论文", title="轴承钢夹杂物", year=2021)]),
        Team(team_id="L2", profile="光刻胶"),
    ]  # fmt: skip
    challenges = [
        Challenge(challenge_id="题 1\t甲", title="轴承钢夹杂物", indicators_text="总氧≤5ppm"),
        Challenge(challenge_id="C2", title="光刻胶"),
    ]
    matcher = Matcher.from_records(challenges, teams, encoder=None)
    return [found for found in matcher.match(explained=1) if isinstance(found, Ranking)]


def test_trec_lines_have_six_columns_whatever_the_ids(rankings: list[Ranking]) -> None:
    lines = [line for ranking in rankings for line in trec_lines(ranking, "t")]
    assert [line.split(" ")[:4] for line in lines] == [
        ["题_1_甲", "Q0", "L_1", "1"],
        ["题_1_甲", "Q0", "L2", "2"],
        ["C2", "Q0", "L2", "1"],
        ["C2", "Q0", "L_1", "2"],
    ]
    assert all(len(line.split()) == 6 for line in lines)


def test_scores_in_a_run_order_it_as_its_ranks_do(fused: Matcher) -> None:
    """Evaluation tools sort by score and do not look at the rank."""
    for ranking in fused.match(list(fused.challenges)[:20], top=200):
        assert isinstance(ranking, Ranking)
        scores = [float(line.split()[4]) for line in trec_lines(ranking, "t")]
        assert scores == sorted(scores, reverse=True)


def test_json_holds_the_explanation_of_those_that_have_one(rankings: list[Ranking]) -> None:
    shown = as_json(rankings[0])
    assert shown["challenge_id"] == "题 1\t甲"
    first, second = shown["matches"]
    assert "explanation" not in second
    parts = first["explanation"]["parts"]
    assert sum(part["value"] for part in parts) == pytest.approx(first["score"], abs=1e-4)
    assert [c["facet"] for c in first["explanation"]["coverage"]] == ["考核指标1"]
    assert json.loads(json.dumps(shown)) == shown


def test_a_table_has_a_line_a_match_and_runs_no_formula(
    rankings: list[Ranking], tmp_path: Path
) -> None:
    write_run(rankings, tmp_path / "a.csv", "csv", "t")
    write_run(rankings, tmp_path / "a.xlsx", "xlsx", "t")
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        by_csv = list(csv.DictReader(file))
    (sheet,) = openpyxl.load_workbook(tmp_path / "a.xlsx")
    by_xlsx = list(sheet.iter_rows(values_only=True))
    assert list(by_csv[0]) == list(by_xlsx[0])
    assert [(row["榜单编号"], row["名次"]) for row in by_csv] == [
        ("题 1\t甲", "1"),
        ("题 1\t甲", "2"),
        ("C2", "1"),
        ("C2", "2"),
    ]
    assert by_csv[0]["最佳依据"] == "轴承钢夹杂物"
    assert by_csv[0]["依据年份"] == "2021"
    assert not by_csv[0]["团队名称"].startswith("=")
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize("file_format", FORMATS)
def test_an_empty_run_is_a_file(tmp_path: Path, file_format: str) -> None:
    path = tmp_path / f"空.{file_format}"
    write_run([], path, file_format, "t")
    assert path.exists()


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_run_that_breaks_off_leaves_the_old_file(
    rankings: list[Ranking], tmp_path: Path, file_format: str
) -> None:
    path = tmp_path / f"旧.{file_format}"
    path.write_text("旧", encoding="utf-8")

    def breaking() -> Iterator[Ranking]:
        yield rankings[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_run(breaking(), path, file_format, "t")
    assert path.read_text(encoding="utf-8") == "旧"
    assert [found.name for found in tmp_path.iterdir()] == [path.name]


def test_an_unknown_format_is_refused_before_anything_is_ranked(tmp_path: Path) -> None:
    def never() -> Iterator[Ranking]:
        raise AssertionError("ranked in vain")
        yield

    with pytest.raises(InputError, match="trec / jsonl / csv / xlsx"):
        write_run(never(), tmp_path / "a", "pdf", "t")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_told(rankings: list[Ranking], tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="文件夹不存在"):
        write_run(rankings, tmp_path / "没有" / "a.csv", "csv", "t")
