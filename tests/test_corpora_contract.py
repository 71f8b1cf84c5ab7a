"""The contract of all readers and writers: the same promises in every format."""

from __future__ import annotations

import csv
import gc
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from matcher.corpora import (
    read_challenges,
    read_outcomes,
    read_records,
    read_teams,
    write_challenges,
    write_outcomes,
    write_records,
    write_teams,
)
from matcher.errors import InputError
from matcher.garbage import collected_seldom
from matcher.records import Challenge, Evidence, Indicator, Outcome, Record, Team

FORMATS = ["jsonl", "csv", "xlsx"]
FileMaker = Callable[..., Path]


@pytest.fixture(params=FORMATS)
def suffix(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def make_file(tmp_path: Path, suffix: str) -> FileMaker:
    """A file of the format under test with these headers and rows (made without our writers)."""

    def make(header: Sequence[str], *rows: Sequence[Any], name: str = "文件") -> Path:
        path = tmp_path / f"{name}.{suffix}"
        if suffix == "jsonl":
            lines = [json.dumps(dict(zip(header, row, strict=True)), default=str) for row in rows]
            path.write_text("\n".join(lines), encoding="utf-8")
        elif suffix == "csv":
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([header, *rows])
        else:
            workbook = openpyxl.Workbook()
            workbook.active.title = "第一页"
            for row in (header, *rows):
                workbook.active.append(list(row))
            workbook.save(path)
        return path

    return make


def without_source(record: Record) -> Record:
    changes: dict[str, object] = {"source": None}
    if isinstance(record, Team):
        changes["evidence"] = tuple(without_source(piece) for piece in record.evidence)
    return record.model_copy(update=changes)


CHALLENGES = [
    Challenge(
        challenge_id="LN-2", title="高品质轴承钢", demand_org="某特钢",
        tech_domain=["材料", "钢铁"], keywords=["洁净度", "夹杂物"],
        problem="第一行\n第二行", bounty_wan=500, target_trl=7,
        indicators=[Indicator(name="总氧", operator="≤", value=5, unit="ppm")],
        apply_deadline=date(2026, 3, 31), duration_months=24, stage="发榜", extra={"备注": "加急"},
    ),
    Challenge(challenge_id="LN-1", problem="=1+1 不是公式", bounty_wan=0.1 + 0.2),
]  # fmt: skip
TEAMS = [
    Team(
        team_id="T2", team_name="轧制团队", org_name="东北大学", org_type="高校",
        research_directions=["控轧控冷", "板形控制（含热轧、冷轧）"],
        evidence=[
            Evidence(kind="论文", title="超快冷", year=2019, extra={"期刊": "钢铁"}),
            Evidence(kind="项目", title="中厚板", amount_wan=300, trl=8),
        ],
    ),
    Team(team_id="T1", org_name="金属所", credit_status="正常", max_challenges=2),
]  # fmt: skip
OUTCOMES = [
    Outcome(challenge_id="LN-2", team_id="T2", stage="立项", grade=3, when=date(2026, 5, 1)),
    Outcome(challenge_id="LN-2", team_id="T1", stage="人工排除", reason="无此专业", who="张三"),
]


@pytest.mark.slow
@pytest.mark.parametrize(
    "records", [CHALLENGES, TEAMS, OUTCOMES], ids=lambda r: type(r[0]).__name__
)
def test_reading_what_was_written_gives_the_same_records(
    records: list[Record], tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"记录.{suffix}"
    write_records(records, path)
    reading = read_records(path, type(records[0]))
    assert [without_source(record) for record in reading.records] == records
    assert reading.rejects == ()
    assert (reading.file, reading.format) == (f"记录.{suffix}", suffix)


@pytest.mark.slow
def test_named_verbs_do_the_same(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    write_challenges(CHALLENGES, path)
    assert [r.challenge_id for r in read_challenges(path).records] == ["LN-2", "LN-1"]
    write_teams(TEAMS, path)
    assert [r.team_id for r in read_teams(path).records] == ["T2", "T1"]
    write_outcomes(OUTCOMES, path)
    assert [r.team_id for r in read_outcomes(path).records] == ["T2", "T1"]


def test_source_names_file_sheet_row_and_digest(make_file: FileMaker, suffix: str) -> None:
    path = make_file(["榜单编号", "项目名称"], ["1", "甲"], ["2", "乙"])
    reading = read_challenges(path)
    source = reading.records[1].source
    assert source is not None
    assert source.file == path.name
    assert source.row == (2 if suffix == "jsonl" else 3)
    assert source.sheet == ("第一页" if suffix == "xlsx" else None)
    assert source.sha256 == reading.sha256
    assert len(reading.sha256) == 64


@pytest.mark.parametrize(
    "header", ["榜额(万元)", " 榜额（万元） ", "榜额【万元】", "bounty_wan", "BOUNTY_WAN", "榜额"]
)
def test_headers_are_known_under_many_spellings(header: str, make_file: FileMaker) -> None:
    reading = read_challenges(make_file(["榜单编号", "项目名称", header], ["1", "甲", "500"]))
    assert reading.records[0].bounty_wan == 500
    assert reading.mapping[header] == "bounty_wan"
    assert reading.unknown_columns == ()


def test_unknown_columns_are_kept_and_reported(make_file: FileMaker) -> None:
    reading = read_challenges(make_file(["编号", "名称", "备 注"], ["1", "甲", "加急"]))
    assert reading.records[0].extra == {"备 注": "加急"}
    assert reading.unknown_columns == ("备 注",)
    assert reading.mapping == {"编号": "challenge_id", "名称": "title"}


def test_of_two_columns_for_one_field_the_first_wins(make_file: FileMaker) -> None:
    reading = read_challenges(make_file(["编号", "课题名称", "题目"], ["1", "甲", "乙"]))
    assert reading.records[0].title == "甲"
    assert reading.records[0].extra == {"题目": "乙"}
    assert "题目" in reading.warnings[0]
    assert "课题名称" in reading.warnings[0]


def test_the_name_of_a_field_goes_before_its_synonyms(make_file: FileMaker) -> None:
    reading = read_challenges(make_file(["序号", "榜单编号", "名称"], ["1", "LN-7", "甲"]))
    assert reading.records[0].challenge_id == "LN-7"
    assert reading.records[0].extra == {"序号": "1"}


@pytest.mark.slow
def test_losing_columns_survive_being_written(
    make_file: FileMaker, tmp_path: Path, suffix: str
) -> None:
    first = read_challenges(make_file(["编号", "课题名称", "题目"], ["1", "甲", "乙"]))
    again = tmp_path / f"again.{suffix}"
    write_challenges(first.records, again)
    second = read_challenges(again)
    assert second.records[0].extra == {"题目": "乙"}
    assert second.records[0].title == "甲"


def test_a_second_row_of_the_same_id_is_refused(make_file: FileMaker, suffix: str) -> None:
    reading = read_challenges(make_file(["编号", "名称"], ["1", "甲"], ["2", "乙"], ["1", "丙"]))
    first, third = (1, 3) if suffix == "jsonl" else (2, 4)
    assert [record.title for record in reading.records] == ["甲", "乙"]
    (reject,) = reading.rejects
    assert (reject.row, reject.column, reject.value) == (third, "编号", "1")
    assert f"第 {first} 行" in reject.reason
    assert reject.original["名称"] == "丙"


def test_ids_of_outcomes_do_not_run_together(make_file: FileMaker) -> None:
    header = ["challenge_id", "team_id", "stage"]
    path = make_file(header, ["a/b", "c", "揭榜"], ["a", "b/c", "揭榜"], ["a", "b/c", "立项"])
    assert len(read_outcomes(path).records) == 3


@pytest.mark.parametrize(
    ("column", "value", "reason", "expected"),
    [
        ("榜额(万元)", "很多", "认不出金额", "金额，不小于 0，如 500万元、"),
        ("榜额(万元)", "-3", "超出范围", "金额，不小于 0"),
        ("目标成熟度", "12", "超出范围", "成熟度，1 至 9 级，如 8、8级、TRL8"),
        ("目标成熟度", "6.5", "认不出成熟度", "成熟度，1 至 9 级，如 8、8级、TRL8"),
        ("揭榜截止", "年底", "不是日期", "日期"),
        ("揭榜截止", "2026-02-30", "没有这一天", "日期"),
        ("阶段", "进行中", "不是允许的取值", "以下之一：需求征集、"),
        ("指标明细", "总氧≤5ppm", "不是 JSON 数组", "JSON 数组"),
        ("榜单编号", "长" * 201, "文字过长", "不超过 200 字的文字"),
        ("榜单编号", " ", "缺少必填项", "填写「榜单编号」"),
    ],
)
def test_a_bad_cell_is_refused_with_its_place_and_the_rest_go_on(
    column: str, value: str, reason: str, expected: str, make_file: FileMaker, suffix: str
) -> None:  # fmt: skip
    row = {"榜单编号": "1", "项目名称": "甲", column: value}
    sound = {"榜单编号": "2", "项目名称": "乙"}
    path = make_file(list(row), list(row.values()), [sound.get(name, "") for name in row])
    reading = read_challenges(path)
    assert [record.title for record in reading.records] == ["乙"]
    (reject,) = reading.rejects
    assert (reject.file, reject.row) == (path.name, 1 if suffix == "jsonl" else 2)
    assert reject.sheet == ("第一页" if suffix == "xlsx" else None)
    assert reject.column == column
    assert reject.value in (value, None)
    assert reason in reject.reason
    assert expected in reject.expected
    assert reject.remedy
    assert reject.original["项目名称"] == "甲"
    assert column in reject.message
    assert reading.rejected_rows == 1


def test_every_bad_cell_of_a_row_is_told(make_file: FileMaker) -> None:
    header = ["编号", "名称", "榜额", "目标TRL", "截止日期"]
    reading = read_challenges(make_file(header, ["1", "甲", "x", "99", "年底"]))
    assert {reject.column for reject in reading.rejects} == {"榜额", "目标TRL", "截止日期"}
    assert reading.rejected_rows == 1
    assert reading.records == ()
    assert "没有一行可用" in reading.warnings[-1]


def test_a_row_without_anything_to_match_is_refused(make_file: FileMaker) -> None:
    reading = read_challenges(make_file(["编号", "名称"], ["1", ""], ["2", "乙"]))
    (reject,) = reading.rejects
    assert "项目名称" in reject.expected
    assert "背景" in reject.expected


@pytest.mark.parametrize(
    ("read", "header", "missing"),
    [
        (read_challenges, ["编号", "需求单位"], "项目名称"),
        (read_teams, ["团队编号", "研究方向"], "单位"),
        (read_outcomes, ["榜单编号", "团队编号"], "阶段"),
    ],
)
def test_a_file_without_a_needed_column_is_an_error(
    read: Callable[[Path], object], header: list[str], missing: str, make_file: FileMaker
) -> None:
    with pytest.raises(InputError, match=missing) as caught:
        read(make_file(header, ["1", "2"]))
    assert "文件" in caught.value.what
    assert caught.value.expected
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("read", "header"), [(read_challenges, ["名称", "背景"]), (read_teams, ["团队名称", "单位"])]
)
def test_a_table_without_ids_gets_the_same_ones_everywhere(
    read: Callable[[Path], Any], header: list[str], make_file: FileMaker
) -> None:
    first = read(make_file(header, ["甲", "乙"], name="一"))
    again = read(make_file(header, ["丙", "丁"], ["甲", "乙"], name="二"))
    assert first.records[0].record_id == again.records[1].record_id
    assert again.records[0].record_id != again.records[1].record_id


def test_an_empty_file_is_an_error(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"空.{suffix}"
    path.touch()
    with pytest.raises(InputError, match="空"):
        read_challenges(path)


def test_a_missing_file_is_an_error(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(InputError, match="找不到文件"):
        read_challenges(tmp_path / f"无.{suffix}")
    with pytest.raises(InputError, match="读不了文件"):
        read_challenges(tmp_path / f"{'长' * 200}.{suffix}")


def test_a_file_without_records_is_an_error(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"无.{suffix}"
    write_challenges([], path)
    with pytest.raises(InputError, match=r"空|没有记录"):
        read_challenges(path)


def test_dates_numbers_and_lists_in_their_usual_spellings(make_file: FileMaker) -> None:
    header = ["编号", "名称", "榜额", "完成时限", "揭榜截止", "关键词"]
    path = make_file(
        header,
        [2021001, "甲", "500.0", "24.0", "2026/3/1", "轧制；冷却、淬火；板形"],
        ["2", "乙", "５００", 24, "2026年3月1日", "轧制、冷却，淬火"],
        ["3", "丙", 500, "24", "2026-03-01 00:00:00", '["轧制", "冷却"]'],
        ["4", "丁", "", "", "46082", "轧制\n冷却"],
    )
    reading = read_challenges(path)
    assert reading.rejects == ()
    a, b, c, d = reading.records
    assert a.challenge_id == "2021001"
    assert [r.bounty_wan for r in reading.records] == [500, 500, 500, None]
    assert [r.duration_months for r in reading.records] == [24, 24, 24, None]
    assert {r.apply_deadline for r in reading.records} == {date(2026, 3, 1)}
    assert a.keywords == ("轧制", "冷却", "淬火", "板形")
    assert b.keywords == ("轧制", "冷却", "淬火")
    assert c.keywords == d.keywords == ("轧制", "冷却")


def test_line_ends_inside_a_cell_are_one_character(make_file: FileMaker) -> None:
    reading = read_challenges(make_file(["编号", "名称", "背景"], ["1", "甲", "一\r\n二\r三\n四"]))
    assert reading.records[0].problem == "一\n二\n三\n四"


@pytest.mark.slow
def test_a_text_of_a_megabyte_survives(tmp_path: Path, suffix: str) -> None:
    text = "轴承钢中的夹杂物，\n控制到 5ppm。" * 50_000
    path = tmp_path / f"长.{suffix}"
    write_challenges([Challenge(challenge_id="1", title="甲", problem=text, city="沈阳")], path)
    (record,) = read_challenges(path).records
    assert record.problem == text
    assert record.city == "沈阳"
    assert record.extra == {}


@pytest.mark.slow
def test_progress_is_told(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    write_challenges((Challenge(challenge_id=str(i), title="甲") for i in range(2500)), path)
    calls: list[tuple[int, int | None]] = []
    read_challenges(path, progress=lambda done, total: calls.append((done, total)))
    assert len(calls) == 3
    assert calls[-1][0] == 2500 + (suffix != "jsonl")
    assert calls[-1][1] in (None, calls[-1][0])


@pytest.mark.slow
def test_contacts_are_written_only_on_demand(tmp_path: Path, suffix: str) -> None:
    piece = Evidence(title="论文", extra={"邮箱": "a@b.cn", "期刊": "钢铁"})
    team = Team(
        team_id="1", org_name="甲", contact_phone="13900000000", extra={"手机": "138"},
        evidence=[piece],
    )  # fmt: skip
    open_path, private_path = tmp_path / f"公开.{suffix}", tmp_path / f"内部.{suffix}"
    write_teams([team], open_path)
    write_teams([team], private_path, private=True)
    (opened,) = read_teams(open_path).records
    (kept,) = read_teams(private_path).records
    assert (opened.contact_phone, opened.extra) == ("", {})
    assert opened.evidence[0].extra == {"期刊": "钢铁"}
    assert (kept.contact_phone, kept.extra) == ("13900000000", {"手机": "138"})
    assert kept.evidence[0].extra == piece.extra


def test_garbage_is_looked_for_as_before_once_nobody_reads_any_more() -> None:
    usual = gc.get_threshold()
    with suppress(ZeroDivisionError), collected_seldom():
        with collected_seldom():
            assert gc.get_threshold()[0] > usual[0]
        assert gc.get_threshold()[0] > usual[0]
        _ = 1 / 0
    assert gc.get_threshold() == usual
