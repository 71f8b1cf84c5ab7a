"""matcher import, template and history as a person uses them, and their Python twins."""

from __future__ import annotations

import sys
from pathlib import Path

import openpyxl
import pytest

from matcher.cli import main
from matcher.corpora import (
    difference,
    find_duplicates,
    merge,
    read_any,
    read_challenges,
    read_teams,
    write_template,
)
from matcher.corpora.output.template import EXAMPLE_CHALLENGE, EXAMPLE_TEAM
from matcher.records import Challenge, Evidence, Team
from matcher.text.notice import read_notice
from matcher.workspace import Workspace
from tests.hostile.make_files import footed, write_xlsx

NOTICE = """首页 | 通知 | 联系
重金支持,等你“揭榜”
编辑:2021-03-03 15:00:19
遼寧省召開(kāi)發(fā)布會(huì),省級(jí)科技專(zhuān)項(xiàng)資金給予“盟主”100萬(wàn)元至300萬(wàn)元支持,不超過(guò)項(xiàng)目總投入的30%。
遼寧日?qǐng)?bào)
邮编:116021
综合部 0411-83766525 0411-83766526(传真)
"""


def run(*words: object, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(sys, "argv", ["matcher", *map(str, words)])
    with pytest.raises(SystemExit) as leaving:
        main()
    return int(leaving.value.code or 0)


def test_a_check_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_xlsx(footed("alike", "wordy"), tmp_path / "榜单.xlsx")
    place = tmp_path / "工作区"
    words = ("import", tmp_path / "榜单.xlsx", "--check", "-w", place, "--encoder", "none")
    assert run(*words, monkeypatch=monkeypatch) == 0
    shown = capsys.readouterr()
    assert "共 10 行 = 用 3 + 拒收 0 + 非数据 7" in shown.out
    assert "需求单位名称" in shown.out
    assert "大连重工装备集团有限公司" in shown.out
    assert "合计行" in shown.err
    assert not place.exists()


@pytest.mark.slow
def test_all_or_nothing_then_mended_rejects_complete_the_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, rejects = tmp_path / "a.csv", tmp_path / "拒收.xlsx"
    source.write_text(
        "编号,名称,榜额,截止日期\nA,甲,500,\nB,乙,很多,年底\nC,丙,面议,\n", encoding="utf-8"
    )
    place = ("-w", tmp_path / "w", "--encoder", "none")
    assert run("import", source, *place, monkeypatch=monkeypatch) == 1
    assert not (tmp_path / "w").exists()
    words = ("import", source, "--partial", "--rejects", rejects, *place)
    assert run(*words, monkeypatch=monkeypatch) == 3
    book = openpyxl.load_workbook(rejects)
    page = book.active
    columns = {cell.value: cell.column for cell in page[1]}
    for row in page.iter_rows(min_row=2):  # each cell mended where it was refused
        if row[columns["列名"] - 1].value == "榜额":
            page.cell(row[0].row, columns["榜额"], "300万元")
        else:
            page.cell(row[0].row, columns["截止日期"], "2026-12-31")
    book.save(rejects)
    assert run("import", rejects, *place, monkeypatch=monkeypatch) == 0
    stored = Workspace(tmp_path / "w", encoder=None).challenges()
    assert sorted(stored) == ["A", "B", "C"]
    assert (stored["B"].bounty_wan, stored["B"].extra) == (300, {})
    source_of = stored["B"].source
    assert source_of is not None
    assert (source_of.file, source_of.row) == ("a.csv", 3)


def test_a_mapping_is_given_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, profile = tmp_path / "a.csv", tmp_path / "来文.toml"
    source.write_text("代号,事由,甲方,备忘\n1,轴承,大工,x\n", encoding="utf-8")
    mapping = ("--map", "代号=榜单编号", "--map", "事由=title", "--map", "甲方=需求单位")
    place = ("-w", tmp_path / "w", "--encoder", "none", "--as", "challenges")
    words = ("import", source, *mapping, "--profile", profile, *place)
    assert run(*words, monkeypatch=monkeypatch) == 0
    assert run("import", source, "--profile", profile, *place, monkeypatch=monkeypatch) == 0
    (record,) = Workspace(tmp_path / "w", encoder=None).challenges().values()
    assert (record.title, record.demand_org) == ("轴承", "大连理工大学")
    assert record.extra == {"备忘": "x"}


@pytest.mark.slow
def test_versions_and_clashing_serial_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ("-w", tmp_path / "w", "--encoder", "none")
    texts = ("1,高温合金叶片铸造,500", "1,高温合金叶片铸造,800", "1,海水淡化膜制备,300")
    for number, text in enumerate(texts):
        path = tmp_path / f"{number}.csv"
        path.write_text(f"序号,项目名称,榜额\n{text}\n", encoding="utf-8")
        assert run("import", path, *place, monkeypatch=monkeypatch) == 0
    opened = Workspace(tmp_path / "w", encoder=None)
    assert len(opened.challenges()) == 2
    (before,) = opened.challenge_versions("1")
    changes = difference(before, opened.challenges()["1"])
    assert next((c.label, c.before, c.after) for c in changes) == ("榜额(万元)", "500.0", "800.0")
    assert run("history", "1", "-w", tmp_path / "w", monkeypatch=monkeypatch) == 0
    assert "800.0" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["challenges", "teams"])
def test_a_template_reads_back_without_loss(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "模板.xlsx"
    write_template(kind, path)  # type: ignore[arg-type]
    read = read_challenges if kind == "challenges" else read_teams
    (record,) = read(path).records
    wanted = EXAMPLE_CHALLENGE if kind == "challenges" else EXAMPLE_TEAM
    pieces = [p.model_copy(update={"source": None}) for p in getattr(record, "evidence", ())]
    changes = {"source": None} | ({"evidence": tuple(pieces)} if kind == "teams" else {})
    assert record.model_copy(update=changes) == wanted
    page = openpyxl.load_workbook(path).worksheets[0]
    assert page.data_validations.dataValidation
    assert page["A1"].comment is not None


def test_duplicates_are_found_and_merged() -> None:
    old = Team(team_id="1", team_name="轧制技术国家重点实验室", org_name="东北大学",
               evidence=[Evidence(title="超级钢")])  # fmt: skip
    new = Team(team_id="9", team_name="轧制技术全国重点实验室", org_name="东北大学", city="沈阳",
               evidence=[Evidence(title="超级钢"), Evidence(title="超快冷")])  # fmt: skip
    other = Team(team_id="5", team_name="精细化工重点实验室", org_name="大连理工大学")
    (found,) = find_duplicates([new, other], [old])
    assert (found.first_id, found.second_id, found.sure) == ("1", "9", True)
    both = merge(old, new)
    assert (both.team_id, both.city, len(both.evidence)) == ("1", "沈阳", 2)
    by_hand = merge(old, new, {"team_name": "first"})
    assert by_hand.team_name == old.team_name


def test_a_reposted_challenge_is_told() -> None:
    first = Challenge(challenge_id="A", title="高温合金涡轮叶片精密铸造", demand_org="某公司")
    again = Challenge(challenge_id="B", title="高温合金涡轮叶片精密铸造技术", demand_org="某公司")
    (found,) = find_duplicates([first, again])
    assert not found.sure
    assert "单位相同" in found.why


def test_a_notice_is_readable_and_its_amounts_found(tmp_path: Path) -> None:
    notice = read_notice(NOTICE)
    assert notice.paragraphs[1].startswith("辽宁省召开发布会,省级科技专项资金给予")
    assert {amount.text for amount in notice.amounts} == {
        "给予“盟主”100万元至300万元", "100万元至300万元", "不超过项目总投入的30%",
    } & {amount.text for amount in notice.amounts}  # fmt: skip
    assert len(notice.amounts) == 2
    assert [damage.text for damage in notice.damages] == ["日??"]
    assert len(notice.boilerplate) == 4
    path = tmp_path / "通知.txt"
    path.write_text(NOTICE, encoding="utf-8")
    assert read_any(path).notice == notice


def test_evidence_of_a_team_from_bibtex(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    teams, papers = tmp_path / "t.csv", tmp_path / "p.bib"
    teams.write_text(
        '团队编号,团队名称,代表性论文\nT1,轧制,"[1] 王五. 超快冷技术[J]. 钢铁, 2019."\n',
        encoding="utf-8",
    )
    papers.write_text("@article{a, title={Superior steel}, year={2021}}", encoding="utf-8")
    place = ("-w", tmp_path / "w", "--encoder", "none")
    assert run("import", teams, *place, monkeypatch=monkeypatch) == 0
    assert run("import", papers, "--team", "T1", *place, monkeypatch=monkeypatch) == 0
    (team,) = Workspace(tmp_path / "w", encoder=None).teams().values()
    assert [(p.kind, p.title, p.year) for p in team.evidence] == [
        ("论文", "超快冷技术", 2019), ("论文", "Superior steel", 2021),
    ]  # fmt: skip
    listed = read_any(papers).achievements
    assert listed is not None
    assert [work.title for work in listed.records] == ["Superior steel"]
    assert run("import", papers, *place, monkeypatch=monkeypatch) == 1


def test_a_check_shows_what_each_column_was_read_as(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "榜单.csv"
    path.write_text("序号,难题名称,联系电话,悬赏金额\n1,甲,13800000000,1.2亿元\n2,乙,1,面议\n")
    assert run("import", path, "--check", monkeypatch=monkeypatch) == 0
    shown = capsys.readouterr().out
    columns = [line.split("│")[1:-1] for line in shown.splitlines() if line.startswith("│")]
    told = {cells[0].strip(): [cell.strip() for cell in cells[1:]] for cells in columns}
    assert list(told) == ["序号", "难题名称", "联系电话", "悬赏金额"]
    assert told["悬赏金额"][::2] == ["榜额(万元)", "12000"]
    assert told["联系电话"][::2] == ["联系电话", "(不显示)"]
    assert "13800000000" not in shown
