"""Lists as departments really keep them: marks beside names, numbered addresses, titles above."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from matcher.corpora import read_any
from matcher.corpora.rows.captions import organisation_above, year_above
from matcher.records import Achievement
from matcher.text.signatures import addresses_of, names_of, signatures


def works_in(path: Path, text: str) -> list[Achievement]:
    path.write_text(text, encoding="utf-8")
    reading = read_any(path).achievements
    assert reading is not None
    assert not reading.rejects
    return list(reading.records)


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        ("张一#,李二*,王三", "张一 李二 王三"),
        ("张一¹，李二¹˒²，王三²*", "张一 李二 王三"),
        ("张一1,李二2,*", "张一 李二"),
        ("张一[1];李二[1,2]", "张一 李二"),
        ("张一(学生),李二（通讯作者）", "张一 李二"),
        ("1.张一 2.李二", "张一 李二"),
        ("张一 李二 王三", "张一 李二 王三"),
        ("张一；李二；王三等", "张一 李二 王三"),
        ("张　一、李二, 等", "张一 李二"),
        ("阿依古丽·买买提, 王伟", "阿依古丽·买买提 王伟"),
        ("Zhang Y; Li E*", "Zhang Y|Li E"),
        ("Zhang Y Y, Li E, et al.", "Zhang Y Y|Li E"),
        ("Yi Zhang, Er Li1,2", "Yi Zhang|Er Li"),
        ("Zhang, Yi and Li, Er and others", "Zhang, Yi|Li, Er"),
        ("Zhang, Yi (57200000001)", "Zhang, Yi"),
        ("不公告发明人", ""),
    ],
)
def test_names_are_divided_and_lose_their_marks(printed: str, names: str) -> None:
    wanted = names.split("|") if names.isascii() and names else names.split()
    assert names_of([printed]) == wanted


def test_a_bracket_holds_a_place_or_a_remark() -> None:
    told = signatures("张一（甲城工业大学）、李二（学生）")
    assert [(one.name, one.place) for one in told] == [("张一", "甲城工业大学"), ("李二", "")]


@pytest.mark.parametrize(
    ("printed", "places"),
    [
        ("甲城大学、乙有限公司", ["甲城大学", "乙有限公司"]),
        ("甲城工业大学，乙城机床有限公司", ["甲城工业大学", "乙城机床有限公司"]),
        ("甲城设计院 乙城建工集团", ["甲城设计院", "乙城建工集团"]),
        ("甲城大学, 机械工程学院, 甲城 116024", ["甲城大学, 机械工程学院, 甲城 116024"]),
        ("中国科学院 国家天文台", ["中国科学院 国家天文台"]),
        ("[1]甲城大学;[2]乙公司", ["甲城大学", "乙公司"]),
        ("1 甲城大学;2 乙公司", ["甲城大学", "乙公司"]),
    ],
)
def test_organisations_are_told_from_their_parts(printed: str, places: list[str]) -> None:
    assert addresses_of([printed]) == places


def test_numbers_beside_names_lead_to_addresses(tmp_path: Path) -> None:
    (work,) = works_in(
        tmp_path / "论文.csv",
        '标题,作者,作者单位,刊名,年\n甲法,"张一¹，李二¹˒²*","1.甲城大学材料学院；2.乙有限公司",学报,2021\n',
    )
    assert [(c.name, c.organisations) for c in work.contributors] == [
        ("张一", ("甲城大学材料学院",)),
        ("李二", ("甲城大学材料学院", "乙有限公司")),
    ]


def test_first_other_and_corresponding_authors_are_all_of_them(tmp_path: Path) -> None:
    (work,) = works_in(
        tmp_path / "统计.csv",
        "论文题目,第一作者,通讯作者,其他作者,第一单位,发表时间\n甲法,张一,李二*,王三；赵四,甲城研究所,2021年第3期\n",
    )
    assert [c.name for c in work.contributors] == ["张一", "王三", "赵四", "李二"]
    assert (work.organisations, work.year) == (("甲城研究所",), 2021)
    assert work.extra["通讯作者"] == ["李二"]


@pytest.mark.parametrize(
    ("day", "year"),
    [("20210305", 2021), ("2021-03-05 10:21", 2021), ("202103", 2021), ("2021年第3期", 2021),
     ("2021,57(3)", 2021), ("2021.05", 2021), ("2021年上半年", 2021)],
)  # fmt: skip
def test_years_of_days_and_issues(tmp_path: Path, day: str, year: int) -> None:
    (work,) = works_in(
        tmp_path / "专利.csv", f'专利名称,专利号,发明人,授权日期\n甲装置,ZL1,张一,"{day}"\n'
    )
    assert work.year == year


def test_contracts_of_a_department_are_no_challenges(tmp_path: Path) -> None:
    (work,) = works_in(
        tmp_path / "横向.csv",
        "甲城大学机械学院2020-2023年横向项目,,,,,\n序号,项目名称,委托单位,合同经费（万元）,项目负责人,课题组成员,起止时间\n"
        "1,减速器疲劳试验,乙矿机有限公司,38,张一,李二、王三,2020.05-2021.12\n小计,,,38,,,\n",
    )
    assert (work.kind, work.amount_wan, work.partner_org) == ("项目", 38.0, "乙矿机有限公司")
    assert work.organisations == ("甲城大学机械学院",)
    assert [(c.name, c.leads) for c in work.contributors][:2] == [("张一", True), ("李二", False)]


def test_a_sale_of_technology_belongs_to_the_seller(tmp_path: Path) -> None:
    (work,) = works_in(
        tmp_path / "合同.csv",
        "合同登记编号,项目名称,卖方名称,买方名称,合同金额（万元）,签订日期,项目负责人\n1,焊接机器人,甲城大学,乙公司,120.5,2023-03-04,张一\n",
    )
    assert (work.kind, work.organisations, work.partner_org) == ("转化", ("甲城大学",), "乙公司")


def test_one_cell_may_say_all_of_a_paper(tmp_path: Path) -> None:
    (work,) = works_in(
        tmp_path / "论文.csv",
        "序号,论文（作者、题目、期刊）,收录\n"
        '1,"倪一, 汤二#, 滕三*. 钛合金的晶粒演化. 材料工程, 2020, 49(1): 1-8.",SCI\n',
    )
    assert (work.title, work.year) == ("钛合金的晶粒演化", 2020)
    assert [c.name for c in work.contributors] == ["倪一", "汤二", "滕三"]
    assert "49(1)" in work.extra["原文"]


def test_what_stands_above_a_list_is_true_of_its_rows() -> None:
    assert organisation_above(
        "材料学院近五年成果\n填报单位：甲城大学材料学院 填表日期：2024.3"
    ) == ("甲城大学材料学院")
    assert organisation_above("甲市科技局2022年度项目") == ""
    assert organisation_above("2022年度拟立项项目") == ""
    assert year_above("重点专项2022年度拟立项项目公示清单") == 2022
    assert year_above("2019年至2023年成果\n填表日期：2024年3月") is None


def test_sheets_that_number_their_rows_each_for_itself(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    for sheet, name in (("冶金", "史一"), ("农业", "费二")):
        page = book.create_sheet(sheet)
        page.append(["序号", "姓名", "工作单位", "职称/职务", "专业领域"])
        page.append([1, name, "甲城大学", "教授", "炼钢"])
    del book["Sheet"]
    book.save(tmp_path / "专家库.xlsx")
    reading = read_any(tmp_path / "专家库.xlsx").teams
    assert reading is not None
    assert [(t.leader_name, t.org_name) for t in reading.records] == [
        ("史一", "甲城大学"), ("费二", "甲城大学"),
    ]  # fmt: skip
    assert not reading.rejects


NBIB = """PMID- 30000001
DP  - 2019 Mar 5
TI  - A low-cost sensor for early sepsis in
      intensive care.
FAU - Cao, Yi
AU  - Cao Y
AD  - Department of Critical Care, Example Medical University,
      Example, China.
FAU - Yan, Er
AU  - Yan E
AD  - School of Engineering, Other University, Other, China.
PT  - Journal Article
JT  - Sensors
"""


def test_pubmed_tells_the_address_of_each_author(tmp_path: Path) -> None:
    (work,) = works_in(tmp_path / "export.nbib", NBIB)
    assert work.title == "A low-cost sensor for early sepsis in intensive care."
    assert [(c.name, c.organisations[0][:20]) for c in work.contributors] == [
        ("Cao, Yi", "Department of Critic"), ("Yan, Er", "School of Engineerin"),
    ]  # fmt: skip
    assert (work.kind, work.year) == ("论文", 2019)


def test_a_page_of_cited_works_is_a_list_of_them(tmp_path: Path) -> None:
    works = works_in(
        tmp_path / "论文.html",
        "<html><body><h1>近年论文</h1>"
        "<p>[1] 薛一, 雷二*. 高炉回旋区的数值模拟[J]. 钢铁, 2021, 57(3): 1-10.</p>"
        "<p>[2] 雷二, 薛一. 一种煤气脱硫方法: CN202010000009.1[P]. 2021-05-06.</p></body></html>",
    )
    assert [(w.kind, w.title, w.year) for w in works] == [
        ("论文", "高炉回旋区的数值模拟", 2021), ("专利", "一种煤气脱硫方法", 2021),
    ]  # fmt: skip
    assert [c.name for c in works[0].contributors] == ["薛一", "雷二"]


def test_bibtex_accents_and_macros(tmp_path: Path) -> None:
    (work,) = works_in(
        tmp_path / "a.bib",
        '@string{tii = "Trans. Example"}\n@article{k, title={{A gear}}, journal = tii,\n'
        'year = 2022, author={Jiang, Yi and {\\"O}zg{\\"u}r, A. and others}}\n',
    )
    assert [c.name for c in work.contributors] == ["Jiang, Yi", "Özgür, A."]
    assert work.extra["出处"] == "Trans. Example"


@pytest.mark.parametrize(
    ("header", "row", "kind", "people"),
    [
        (
            "获奖成果名称,奖项名称,获奖等级,授奖单位,获奖时间,获奖人（排名）",
            "电缆接头,省科技进步奖,二等奖,省政府,2020.12,充一（1）、慕二（3）", "奖励", "充一 慕二",
        ),
        (
            "姓名,论文题目,期刊名称,发表时间,本人排名",
            "连一,节点抗震,建筑结构,2021.06,1", "论文", "连一",
        ),
        (
            "学位论文题目,学生姓名,导师姓名,学位授予单位,年份",
            "海水混凝土,习一,宦二,甲城大学,2020", "论文", "宦二 习一",
        ),
        (
            "课题名称,主持人/单位,起止时间,经费",
            "盐碱地棉花,向一/甲城农业大学,2019-2021,20万", "项目", "向一",
        ),
        ("软件名称,登记号,著作权人,开发完成日期", "监测软件,2021SR1,甲城大学,2021.03", "专利", ""),
        (
            "项目名称,项目负责人（职称）,承担单位,立项年度",
            "草地修复,鱼一（教授）,甲城大学,2020", "项目", "鱼一",
        ),
    ],
)  # fmt: skip
def test_tables_of_departments(
    tmp_path: Path, header: str, row: str, kind: str, people: str
) -> None:
    (work,) = works_in(tmp_path / "表.csv", f"{header}\n{row}\n")
    assert (work.kind, [c.name for c in work.contributors]) == (kind, people.split())


def test_numbers_of_a_list_are_none_of_its_items(tmp_path: Path) -> None:
    path = tmp_path / "实验室.csv"
    path.write_text(
        "实验室名称,依托单位,主任,研究方向\n甲室,甲城大学,艾一,1.智能开采；2.物联网\n", "utf-8"
    )
    reading = read_any(path).teams
    assert reading is not None
    assert reading.records[0].research_directions == ("智能开采", "物联网")


RIS = "TY - JOUR\nA1 - 张一\nA1 - 李二\nT1 - 轴承打滑\nY1 - 2021\nER - \n"
BIBTEX = (
    "% Encoding: UTF-8\n\n@article{a,\n  title = {轴承打滑},\n  author = {张一 and 李二},\n"
    "  year = {2021}\n}\n"
)
ENDNOTE = "%0 Journal Article\n%A 张一\n%A 李二\n%T 轴承打滑\n%D 2021\n"
ENDNOTE_XML = """<?xml version="1.0" encoding="UTF-8" ?><xml><records><record>
<database name="课题组.enl">课题组.enl</database><rec-number>1</rec-number>
<ref-type name="Journal Article">17</ref-type><contributors><authors>
<author><style face="normal">张一</style></author><author>李二</author></authors></contributors>
<auth-address>甲城大学机械学院&#xD;乙城轴承公司</auth-address>
<titles><title><style face="normal">轴承</style><style face="italic">打滑</style></title>
<secondary-title>示例学报</secondary-title></titles><periodical><full-title>示例学报</full-title></periodical>
<keywords><keyword>轴承</keyword><keyword>油膜</keyword></keywords><dates><year>2021</year></dates>
<electronic-resource-num>10.9999/1</electronic-resource-num><abstract>摘要。</abstract></record>
<record><ref-type name="Patent">25</ref-type><contributors><authors><author>张一</author></authors>
<subsidiary-authors><author>甲城大学</author></subsidiary-authors></contributors>
<titles><title>一种油泵</title></titles><dates><year>2022</year></dates></record></records></xml>"""
WOS_TABLE = "PT\tAU\tAF\tTI\tSO\tPY\nJ\t张一; 李二\t张一; 李二\t轴承打滑\t示例\t2021\n"
CNKI_TABLE = (
    "<table><tr><td>Title-题名</td><td>Author-作者</td><td>PubTime-发表时间</td></tr>"
    "<tr><td>轴承打滑</td><td>张一;李二</td><td>2021-03-01</td></tr></table>"
)


@pytest.mark.parametrize("name", ["导出", "导出.xlsx", "导出.csv"])
@pytest.mark.parametrize(
    "text", [RIS, BIBTEX, ENDNOTE, ENDNOTE_XML, WOS_TABLE, CNKI_TABLE],
    ids=["ris", "bibtex", "endnote", "endnote-xml", "wos-table", "cnki-table"],
)  # fmt: skip
def test_content_tells_an_export_whatever_it_is_called(
    tmp_path: Path, text: str, name: str
) -> None:
    work = works_in(tmp_path / name, text)[0]
    assert (work.kind, work.title, work.year) == ("论文", "轴承打滑", 2021)
    assert [c.name for c in work.contributors] == ["张一", "李二"]


def test_endnote_xml_keeps_what_a_record_says(tmp_path: Path) -> None:
    paper, patent = works_in(tmp_path / "课题组.xml", ENDNOTE_XML)
    assert paper.organisations == ("甲城大学机械学院", "乙城轴承公司")
    assert (paper.keywords, paper.abstract) == (("轴承", "油膜"), "摘要。")
    assert (paper.number, paper.extra["出处"]) == ("10.9999/1", "示例学报")
    assert (patent.kind, patent.organisations) == ("专利", ("甲城大学",))


def test_a_truncated_endnote_xml_gives_what_stands_before_the_break(tmp_path: Path) -> None:
    path = tmp_path / "课题组.xml"
    path.write_text(ENDNOTE_XML[: ENDNOTE_XML.index("<titles><title>一种")], encoding="utf-8")
    reading = read_any(path).achievements
    assert reading is not None
    assert [work.title for work in reading.records] == ["轴承打滑"]
    assert "文件到这里断了" in reading.rejects[0].message
    assert reading.count.unaccounted == 0


def page_of_the_api(indent: int | None) -> str:
    work = {
        "id": "https://openalex.org/W1", "title": "密封环的疲劳", "publication_year": 2016,
        "authorships": [{"author": {"display_name": "郑九"}, "institutions": []}],
    }  # fmt: skip
    return json.dumps({"meta": {"count": 1}, "results": [work]}, indent=indent)


@pytest.mark.parametrize(
    ("name", "text", "title", "author"),
    [
        ("页.json", page_of_the_api(None), "密封环的疲劳", "郑九"),
        ("行.json", page_of_the_api(1), "密封环的疲劳", "郑九"),
        ("回车.enw", "%0 Journal Article\r%A 张一\r%T 端面织构\r%D 2020\r", "端面织构", "张一"),
        (
            "小计.csv",
            "序号,专利名称,专利号,发明人\n1,一种夹具,ZL1,张一\n小计,1件,,\n",
            "一种夹具",
            "张一",
        ),
        (
            "两行表头.csv",
            "专利基本信息,,权利人信息,\n公开(公告)号,标题,当前申请(专利权)人,发明人\n"
            "CN1A,一种焊枪,丙公司,孙六\nCN2A,一种焊枪,丁公司,孙六\n",
            "一种焊枪",
            "孙六",
        ),
    ],
)
def test_exports_of_other_shapes_hold_their_works(
    tmp_path: Path, name: str, text: str, title: str, author: str
) -> None:
    found = works_in(tmp_path / name, text)
    assert {work.title for work in found} == {title}
    assert {person.name for work in found for person in work.contributors} == {author}
