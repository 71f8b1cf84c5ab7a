"""Shapes that offices send and no rule of a format foresees; each was read wrongly once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from openpyxl.comments import Comment
from openpyxl.styles import Font

from matcher import Workspace
from matcher.corpora import FileContent, merge, read_any, write_template
from matcher.records import Challenge, Team
from matcher.text.indicators import parse_indicators

from .conftest import Cli

NOTICE = "揭榜团队须于2024年9月30日前报送方案，抄送成果处（联系人：刘某某，024-23983333）。"
HEAD = ("序号", "榜单名称", "需求单位", "考核指标", "榜额", "联系人")


def book(path: Path, *sheets: tuple[str, Sequence[Sequence[Any]]]) -> openpyxl.Workbook:
    """A workbook with these sheets, saved once; to be changed and saved again."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets:
        page = made.create_sheet(name)
        for row in rows:
            page.append(list(row))
    made.save(path)
    return made


def challenges_of(path: Path) -> tuple[Challenge, ...]:
    found = read_any(path).challenges
    assert found is not None
    assert found.count.unaccounted == 0
    assert not list(found.rejects)
    return tuple(found.records)


def teams_of(path: Path) -> tuple[Team, ...]:
    found = read_any(path).teams
    assert found is not None
    assert not list(found.rejects)
    return tuple(found.records)


def warned(content: FileContent) -> str:
    return "\n".join(text for reading in content.readings for text in reading.warnings)


def test_a_group_of_columns_says_whose_name_it_is(tmp_path: Path) -> None:
    path = tmp_path / "两行表头.xlsx"
    rows = [
        [NOTICE],
        ["序号", "榜单名称", "需求单位", None, "资金情况", None, "项目联系人及联系电话"],
        [None, None, "名称", "所在地", "榜额", "其中：申请财政资金（万元）", None],
        [1, "轴承制造", "大连某公司", "大连市甘井子区", "500万", "１５０", "王工 13940812345"],
    ]
    made = book(path, ("榜单", rows))
    for merged in ("A1:G1", "A2:A3", "B2:B3", "C2:D2", "E2:F2", "G2:G3"):
        made["榜单"].merge_cells(merged)
    made.save(path)
    (found,) = challenges_of(path)
    assert (found.title, found.demand_org) == ("轴承制造", "大连某公司")
    assert (found.province, found.city) == ("辽宁", "大连")
    assert (found.bounty_wan, found.fiscal_support_wan) == (500.0, 150.0)
    assert (found.contact_name, found.contact_phone) == ("王工", "13940812345")


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("需解决的关键技术问题", "tech_difficulties"),
        ("攻关目标及主要技术指标", "indicators_text"),
        ("拟投入金额（万元）", "total_budget_wan"),
        ("完成期限", "duration_months"),
        ("团队要求", "eligibility_text"),
        ("联系人、电话", "contact_name"),
        ("联系人手机", "contact_phone"),
    ],
)
def test_headers_of_challenges_in_other_words(header: str, field: str, tmp_path: Path) -> None:
    path = tmp_path / "榜单.csv"
    path.write_text(f"项目名称,需求单位,考核指标2,{header}\n甲,乙,丙,24\n", encoding="utf-8")
    found = read_any(path).challenges
    assert found is not None
    assert found.mapping[header] == field


def test_a_row_stands_under_the_heading_above_it(tmp_path: Path) -> None:
    path = tmp_path / "分组.xlsx"
    rows = [HEAD, ["一、装备制造领域"], [1, "甲", "子"], [2, "乙", "丑"],
            ["二、石化领域"], [3, "丙", "寅"]]  # fmt: skip
    made = book(path, ("榜单", rows))
    for row in (2, 5):
        made["榜单"].merge_cells(start_row=row, start_column=1, end_row=row, end_column=6)
    made.save(path)
    groups = [record.extra["分组"] for record in challenges_of(path)]
    assert groups == ["一、装备制造领域", "一、装备制造领域", "二、石化领域"]


def test_ditto_is_what_stands_above(tmp_path: Path) -> None:
    path = tmp_path / "同上.xlsx"
    rows = [HEAD, [1, "甲", "某公司", "寿命≥20年", "300万", "王工"],
            [2, "乙", "同上", "寿命≥30年", "〃", "同上"],
            [3, "丙", "同上", "", "400", "李工"]]  # fmt: skip
    book(path, ("榜单", rows))
    found = challenges_of(path)
    assert [record.demand_org for record in found] == ["某公司"] * 3
    assert [record.bounty_wan for record in found] == [300.0, 300.0, 400.0]
    assert [record.contact_name for record in found] == ["王工", "王工", "李工"]


def test_the_title_over_fields_in_a_column_is_none_of_them(tmp_path: Path) -> None:
    path = tmp_path / "横排.xlsx"
    rows = [["本溪市技术需求（横排）"], ["榜单编号", "B1", "B2"], ["项目名称", "甲", "乙"],
            ["需求单位", "子", "丑"], ["主要问题", "波动", "活性低"],
            ["榜额（元）", "2,000,000", "面议"],
            ["截止日期", 45580, "2024.10.15"]]  # fmt: skip
    book(path, ("汇总", rows))
    found = read_any(path).challenges
    assert found is not None
    assert [o.text for o in found.omitted] == ["本溪市技术需求（横排）"]
    assert not found.warnings
    assert found.count.unaccounted == 0
    assert [r.problem for r in found.records] == ["波动", "活性低"]
    assert [r.bounty_wan for r in found.records] == [200.0, None]
    assert {r.apply_deadline for r in found.records} == {dt.date(2024, 10, 15)}


def test_what_is_struck_out_hidden_or_commented_is_told(tmp_path: Path) -> None:
    path = tmp_path / "改过的.xlsx"
    rows = [HEAD, [1, "甲", "子", "", "300万"], [2, "乙", "丑", "", "=100+50"], [3, "丙", "寅"]]
    made = book(path, ("榜单", rows), ("空的", []))
    page = made["榜单"]
    for cell in page[2]:
        cell.font = Font(strike=True)
    page["B3"].font = Font(strike=True)
    page["E3"].comment = Comment("来电改为 600 万, 139 0000 1111", "刘处")
    page.row_dimensions[4].hidden = True
    made.save(path)
    content = read_any(path)
    said = warned(content)
    assert content.challenges is not None
    assert len(content.challenges.records) == 3  # a person decides, not the program
    for told in ("删除线，照样读入：第2行", "有格划了删除线，照样读入：B3",
                 "隐藏的行照样读入：第4行",
                 "批注没有读入：E3", "公式还没有算出值，按空格读：E3"):  # fmt: skip
        assert told in said
    assert "139" not in said


def test_a_plain_workbook_has_nothing_to_tell(tmp_path: Path) -> None:
    path = tmp_path / "平常.xlsx"
    book(path, ("榜单", [HEAD, [1, "甲", "子", "", "300万", "王工"]]))
    assert warned(read_any(path)) == ""


def test_only_what_is_ticked_was_chosen(tmp_path: Path) -> None:
    path = tmp_path / "征集表.docx"
    document = docx.Document()
    table = document.add_table(rows=0, cols=2)
    for label, value in (
        ("需求名称", "干气密封国产化"), ("企业名称", "某公司"), ("主要问题", "端面变形"),
        ("拟投入资金", "800万元（其中自筹600万元）"), ("产权归属", "□需求方所有 ☑共有"),
        ("合作方式", ""),
    ):  # fmt: skip
        cells = table.add_row().cells
        cells[0].text, cells[1].text = label, value
    paragraph = table.rows[-1].cells[1].paragraphs[0]
    for code, option in (("00A3", "联合攻关 "), ("0052", "委托开发 "), ("0052", "其他____")):
        symbol = OxmlElement("w:sym")
        symbol.set(qn("w:font"), "Wingdings 2")
        symbol.set(qn("w:char"), code)
        run = paragraph.add_run()
        run._r.append(symbol)
        paragraph.add_run(option)
    document.save(str(path))
    (found,) = challenges_of(path)
    assert found.cooperation_modes == ("委托开发", "其他")
    assert found.ip_terms == "共有"
    assert found.extra["合作方式（原文）"] == "□联合攻关 ☑委托开发 ☑其他____"
    assert found.total_budget_wan == 800.0
    assert found.extra["拟投入资金（原文）"] == "800万元（其中自筹600万元）"


def test_nothing_ticked_is_nothing_chosen(tmp_path: Path) -> None:
    path = tmp_path / "榜单.csv"
    path.write_text(
        "项目名称,需求单位,合作方式,主要问题\n甲,乙,□联合攻关 □委托开发,□气隙 □局放\n"
        "丙,丁,联合攻关□ 委托开发☑,无\n",
        encoding="utf-8",
    )
    first, second = challenges_of(path)
    assert first.cooperation_modes == ()
    assert second.cooperation_modes == ("委托开发",)
    assert first.problem == "□气隙 □局放"  # bullets


def test_an_amount_in_yuan_under_ten_thousands_is_told(tmp_path: Path) -> None:
    path = tmp_path / "榜单.csv"
    path.write_text("项目名称,需求单位,榜额（万元）\n甲,乙,3000000\n丙,丁,300\n", encoding="utf-8")
    said = warned(read_any(path))
    assert "第2行「榜额（万元）」读成 3,000,000 万元" in said
    assert "第3行" not in said


def team_book(path: Path) -> None:
    rows = [
        ["高校院所科研团队信息汇总表"],
        ["序号", "依托单位", "团队名称", "团队负责人及联系电话", "代表性成果（近五年，限5项）",
         "可揭榜数", "所在地", "备注"],
        [1, "大连理工大学", "轴承团队", "马某某 13900010001",
         "[1] 马某某, 张一. 滚道裂纹萌生机理[J]. 机械工程学报, 2022, 58(3): 1-10.\n"
         "[2] 一种轴承钢控制方法, ZL202110123456.7", "2", "大连", "有事找小李 138 0000 1111"],
        [2, "大连化物所", "燃料电池部", "邵某，电话0411-84986000",
         "低铂膜电极耐久性, J. Power Sources, 2023", "不限", "大连", None],
        [3, "东北大学", "数控团队", "赵教授", "论文12篇，专利5项", "3个", "沈阳", None],
        ["共3个团队"],
    ]  # fmt: skip
    evidence = [["团队名称", "成果类别", "成果名称", "完成时间"],
                ["轴承团队", "发明专利", "感应淬火装置", "2023年5月"],
                ["数控团队", "项目", "热误差补偿", dt.date(2022, 6, 1)]]  # fmt: skip
    book(path, ("团队信息", rows), ("成果明细", evidence))


def test_a_library_with_references_pasted_into_a_column(tmp_path: Path) -> None:
    path = tmp_path / "团队库.xlsx"
    team_book(path)
    bearings, cells, machines = teams_of(path)
    assert [(e.kind, e.title, e.year) for e in bearings.evidence] == [
        ("论文", "滚道裂纹萌生机理", 2022), ("专利", "一种轴承钢控制方法", 2021),
        ("专利", "感应淬火装置", 2023),
    ]  # fmt: skip
    assert [(e.kind, e.title, e.year) for e in cells.evidence] == [
        ("论文", "低铂膜电极耐久性", 2023)
    ]
    assert [e.title for e in machines.evidence] == ["热误差补偿"]
    assert machines.extra["代表性成果（近五年，限5项）"] == "论文12篇，专利5项"
    assert (bearings.max_challenges, cells.max_challenges, machines.max_challenges) == (2, None, 3)
    assert {team.province for team in (bearings, cells, machines)} == {"辽宁"}


def test_a_number_beside_a_name_is_shown_to_nobody(tmp_path: Path, cli: Cli) -> None:
    path = tmp_path / "团队库.xlsx"
    team_book(path)
    found = teams_of(path)
    assert [team.leader_name for team in found] == ["马某某", "邵某", "赵教授"]
    phones = ["13900010001；138 0000 1111", "0411-84986000", ""]
    assert [team.contact_phone for team in found] == phones
    assert "138 0000 1111" not in str(found[0].extra)
    folder = str(tmp_path / "工作区")
    Workspace(folder, encoder=None).put_teams(found)
    changed = found[0].model_copy(update={"extra": {"备注": "电话改为 13800002222", "传真": "8"}})
    Workspace(folder, encoder=None).put_teams([changed])
    for command in (("show", "1"), ("show", "1", "--json"), ("history", "1")):
        done = cli(*command, "-w", folder)
        assert done.code == 0
        for secret in ("13900010001", "138 0000 1111", "13800002222", "传真"):
            assert secret not in done.out


def test_a_check_hides_the_contacts_of_a_notice(tmp_path: Path, cli: Cli) -> None:
    path = tmp_path / "榜单.xlsx"
    book(path, ("说明", [[NOTICE], [NOTICE]]), ("榜单", [[NOTICE], HEAD, [1, "甲", "乙"]]))
    done = cli("import", str(path), "--check")
    assert "024-23983333" not in done.out + done.err
    assert "「榜单」第1行 标题或说明" in done.err


@pytest.mark.slow
def test_rejects_of_several_tables_come_back_each_under_its_own_headers(
    tmp_path: Path, cli: Cli
) -> None:
    first, second = tmp_path / "甲市.csv", tmp_path / "乙市.csv"
    first.write_text("需求编号,需求名称,榜额\nA1,轴承制造,很多\nA2,密封,300万\n", "utf-8")
    second.write_text("榜单编号,项目名称,榜额\nB1,漆包线,不少\nB2,催化剂,面议\n", "utf-8")
    library = tmp_path / "团队库.xlsx"
    book(
        library,
        ("团队", [["团队编号", "团队名称", "研究方向", "在研数"], ["T1", "轴承团队", "轴承", 1],
                  ["T2", "密封团队", "密封", "许多"]]),
        ("成果", [["团队名称", "成果名称", "年份"], ["轴承团", "滚道淬火", 2022],
                  ["轴承团队", "热误差", 2021]]),
    )  # fmt: skip
    done = cli("import", first, second, library, "--partial", "--rejects", "拒收.xlsx")
    assert done.code == 3, done.err
    made = openpyxl.load_workbook(tmp_path / "拒收.xlsx")
    heads = [[cell.value for cell in page[1]][8:] for page in made]
    assert heads == [
        ["需求编号", "需求名称", "榜额"], ["榜单编号", "项目名称", "榜额"],
        ["团队编号", "团队名称", "研究方向", "在研数"], ["团队名称", "成果名称", "年份"],
    ]  # fmt: skip
    mends = (("K2", 100), ("K2", 200), ("L2", 0), ("I2", "轴承团队"))
    for page, (cell, value) in zip(made, mends, strict=True):
        page[cell] = value
    made.save(tmp_path / "拒收.xlsx")
    done = cli("import", "拒收.xlsx")
    assert done.code == 0, done.err
    assert "没有读取" not in done.err
    assert "未读取" not in done.err
    held = Workspace(tmp_path / "workspace", encoder=None)
    titles = {i: (c.title, c.bounty_wan) for i, c in held.challenges().items()}
    assert titles["A1"] == ("轴承制造", 100.0)
    assert titles["B1"] == ("漆包线", 200.0)
    assert [e.title for e in held.teams()["T1"].evidence] == ["热误差", "滚道淬火"]
    assert held.teams()["T2"].active_challenges == 0


def test_the_kind_of_an_organisation_is_read_from_its_name(tmp_path: Path) -> None:
    path = tmp_path / "团队库.csv"
    rows = (
        "甲,大工,",
        "乙,中科院金属所,",
        "丙,某密封科技有限公司,",
        "丁,某某中心,",
        "戊,某大学,企业",
    )
    path.write_text("团队名称,单位,单位类型\n" + "\n".join(rows) + "\n", "utf-8")
    assert [team.org_type for team in teams_of(path)] == [
        "高校", "科研院所", "企业", "其他", "企业",
    ]  # fmt: skip


def test_show_says_indicators_as_they_were_written(tmp_path: Path, cli: Cli) -> None:
    path = tmp_path / "榜单.csv"
    path.write_text("榜单编号,项目名称,考核指标\nA1,甲,总氧≤5ppm；寿命≥20年\n", "utf-8")
    assert cli("import", path).code == 0
    shown = cli("show", "A1").out
    assert "总氧≤5ppm；寿命≥20年" in shown
    assert "operator" not in shown


@pytest.mark.slow
def test_an_id_that_is_unknown_is_not_taken_for_a_text_in_silence(tmp_path: Path, cli: Cli) -> None:
    path = tmp_path / "团队库.xlsx"
    team_book(path)
    assert cli("import", path).code == 0
    assert "工作区里没有编号「KB-18」，按技术需求的文字匹配" in cli("teams", "KB-18").err
    assert "没有编号" not in cli("teams", "轴承疲劳寿命不足").err


@pytest.fixture
def serials(tmp_path: Path, cli: Cli) -> Cli:
    """A workspace in which the first of the list and of the library are both number 1."""
    (tmp_path / "榜单.csv").write_text("序号,榜单名称,需求单位\n1,轴承,甲\n2,密封,乙\n", "utf-8")
    (tmp_path / "团队.csv").write_text("序号,团队名称,研究方向\n1,轴承团队,轴承\n", "utf-8")
    assert cli("import", "榜单.csv", "团队.csv").code == 0
    return cli


@pytest.mark.slow
def test_deleting_a_challenge_never_takes_a_team_with_it(serials: Cli) -> None:
    serials("delete", "1").refused("既是榜单项目又是团队", "--as challenges")
    serials("delete", "1", "--as", "both").refused("不认识的种类", "改正 --as")
    done = serials("delete", "1", "--as", "challenges")
    assert done.out.strip() == "已删除榜单项目 1 项、团队 0 个。"
    assert "轴承团队" in serials("show", "1").out


def test_a_team_behind_a_challenge_of_the_same_number_can_be_seen(serials: Cli) -> None:
    first = serials("show", "1")
    assert "也是团队「轴承团队」" in first.err
    assert "轴承团队" not in first.out
    assert "轴承团队" in serials("show", "1", "--as", "teams").out
    assert serials("history", "1", "--as", "teams").out.startswith("轴承团队")


def test_outcomes_of_unknown_teams_are_told(tmp_path: Path, serials: Cli) -> None:
    (tmp_path / "结果.csv").write_text("榜单编号,团队编号,阶段\n2,1,揭榜\n2,999,揭榜\n", "utf-8")
    done = serials("import", "--outcomes", "结果.csv")
    assert done.code == 0
    assert "团队编号不在工作区里：999；写错的改正后再导入" in done.err


@pytest.mark.slow
def test_a_decision_without_a_year_is_not_given_one(tmp_path: Path, serials: Cli) -> None:
    assert serials("report", "-o", "报告.xlsx", "--lowest-band", "未定", "--draws", "0").code == 0
    made = openpyxl.load_workbook(tmp_path / "报告.xlsx")
    for column, value in enumerate(("2", "1", "人工推荐", "考察过", "刘处", "9月4日"), 1):
        made["人工决定"].cell(4, column, value)
    made.save(tmp_path / "报告.xlsx")
    done = serials("import", "--outcomes", "报告.xlsx")
    assert done.code == 1
    assert "没有年份" in done.err
    assert "11 张工作表没有读取：「首页」、「总览」" in done.err
    assert "未读取的工作表" not in done.err


def test_a_filled_template_has_no_comments_to_tell(tmp_path: Path) -> None:
    path = tmp_path / "模板.xlsx"
    write_template("challenges", path)
    made = openpyxl.load_workbook(path)
    heads = {cell.value: cell.column for cell in made.worksheets[0][1]}
    made.worksheets[0].cell(2, heads["项目名称"], "轴承")
    made.save(path)
    assert "批注" not in warned(read_any(path))


def test_merged_targets_are_those_of_the_text_that_was_taken() -> None:
    first, second = (
        Challenge(challenge_id=i, title="甲", indicators_text=text,
                  indicators=parse_indicators(text))
        for i, text in (("1", "寿命8000h"), ("2", "寿命≥9000h"))
    )  # fmt: skip
    kept = merge(first, second, {"indicators_text": "first"})
    assert kept.indicators == first.indicators


def test_labels_written_downwards_and_a_header_spaced_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "一览表.xlsx"
    again = ["序号", "需求单位", "项目名称", "技术难题", "金额(元)", "截止日期"]
    rows = [["序\n号", "需\n求\n单\n位", "项 目 名 称", "技  术  难  题", "金 额\n(元)",
             "截 止 日 期"],
            ["001", "甲公司", "烟气脱硝", "催化剂中毒", "5.00E+06", "长期有效"], again,
            ["B01", "乙公司", "浮选", "低品位", "30万", "2024.09.30前（工作日）"]]  # fmt: skip
    book(path, ("一览表", rows))
    first, second = challenges_of(path)
    assert (first.challenge_id, first.bounty_wan, first.apply_deadline) == ("001", 500.0, None)
    assert first.extra["截 止 日 期（原文）"] == "长期有效"
    assert (second.problem, second.apply_deadline) == ("低品位", dt.date(2024, 9, 30))


def test_errors_of_formulas_and_small_slips_of_the_unit_are_told(tmp_path: Path) -> None:
    path = tmp_path / "榜单.xlsx"
    rows = [
        ["序号", "榜单名称", "需求单位", "考核指标", "榜额（元）"],
        [1, "甲", "子", "#REF!", 500],
    ]
    book(path, ("榜单", rows))
    said = warned(read_any(path))
    assert "格里是错误值（#N/A、#REF! 等），按空格读：D2" in said
    assert "第2行「榜额（元）」读成 0.05 万元，小得少见" in said


def test_a_group_written_beside_the_rows_of_a_form_is_no_label(tmp_path: Path) -> None:
    path = tmp_path / "需求表.docx"
    document = docx.Document()
    table = document.add_table(rows=0, cols=3)
    for cells in (
        ("基\n本\n信\n息", "项目名称", "双极板冲压"), ("", "企业名称", "某公司"),
        ("技\n术\n需\n求", "拟解决的主要技术问题", "流道深度不均"),
        ("", "预期达到的技术指标", "接触电阻≤5mΩ·cm²"),
    ):  # fmt: skip
        for cell, text in zip(table.add_row().cells, cells, strict=True):
            cell.text = text
    for top in (0, 2):
        table.cell(top, 0).merge(table.cell(top + 1, 0))
    document.save(str(path))
    (found,) = challenges_of(path)
    assert found.tech_difficulties == "流道深度不均"
    assert found.indicators_text == "接触电阻≤5mΩ·cm²"
    assert not found.extra


def test_experts_of_one_school_are_several(tmp_path: Path, cli: Cli) -> None:
    path = tmp_path / "专家库.csv"
    path.write_text(
        "单位,姓名,研究领域,承担项目\n某大学,陈某,双极板,国家自然科学基金“石墨板”(52000001)\n"
        "某大学,周某,冲压,\n",
        "utf-8",
    )
    first, second = teams_of(path)
    assert (first.leader_name, second.leader_name) == ("陈某", "周某")
    assert first.team_id != second.team_id
    assert [e.kind for e in first.evidence] == ["项目"]
    shown = cli("import", path, "--check").out
    assert "成果·项目" in shown
    assert "evidence" not in shown
