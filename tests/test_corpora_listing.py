"""Lists of achievements and people are taken for what they are; confusions stay mended."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from matcher.corpora import read_any, read_challenges, read_teams
from matcher.corpora.grid import Omission
from matcher.corpora.headers.classifying import classify
from matcher.corpora.headers.listing import ListedAchievement
from matcher.errors import InputError
from matcher.records import Achievement, Challenge, Team


def works_of(path: Path) -> list[Achievement]:
    reading = read_any(path).achievements
    assert reading is not None
    assert reading.count.unaccounted == 0
    return list(reading.records)


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("columns", "kind"),
    [
        ("项目批准号 项目类别 项目名称 依托单位 负责人 金额 起止年月", ListedAchievement),
        ("序号 项目名称 项目牵头承担单位 项目负责人 立项年度", ListedAchievement),
        ("序号 名称 申请号 申请人 发明人 摘要", ListedAchievement),
        ("题名 作者 机构 刊名 年 关键词", ListedAchievement),
        ("项目名称 主要完成人 主要完成单位 奖励等级", ListedAchievement),
        ("AU TI SO DE AB C1 PY", ListedAchievement),
        ("序号 项目名称 需求单位 榜额 考核指标", Challenge),
        ("序号 项目名称 需求单位 项目负责人 起止时间 榜额", Challenge),
        ("团队名称 依托单位 负责人 研究方向", Team),
        ("姓名 职称 学院 研究方向", Team),
        ("专家姓名 所在单位 职称 技术领域", Team),
        ("姓名 职称 工资", None),
        ("序号 名称 联系电话", None),
    ],
)  # fmt: skip
def test_columns_tell_the_kind(columns: str, kind: type | None) -> None:
    assert classify(columns.split(), None) is kind


REFWORKS = """RT Journal Article
SR 1
A1 张一; 李二
AD 大连理工大学机械工程学院;东北大学
T1 轴承打滑
JF 示例学报
YR 2021
K1 轴承;打滑
AB 摘要文字

RT Dissertation/Thesis
A1 赵四
A3 钱五
T1 密封泄漏
PB 西安交通大学
YR 2019
"""
NOTEEXPRESS = """{Reference Type}: Journal Article
{Title}: 轴承打滑
{Author}: 张一;李二
{Author Address}: 大连理工大学机械工程学院
{Journal}: 示例学报
{Year}: 2021
{Keywords}: 轴承;;打滑
{Abstract}: 摘要文字
"""
ESTUDY = """SrcDatabase-来源库: 期刊
Title-题名: 轴承打滑
Author-作者: 张一;李二;
Organ-单位: 大连理工大学机械工程学院;
Source-文献来源: 示例学报
Keyword-关键词: 轴承;打滑
Summary-摘要: 摘要文字
PubTime-发表时间: 2021-03-15
"""
WOS = """FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Zhang, Y
   Li, E
AF Zhang, Yi
   Li, Er
TI 轴承打滑
SO EXAMPLE LETTERS
DE bearing; skidding
AB 摘要文字
C1 [Zhang, Yi] Dalian Univ Technol, Dalian, Peoples R China.
   [Li, Er] Northeastern Univ, Shenyang, Peoples R China.
PY 2021
ER

EF
"""


@pytest.mark.slow
@pytest.mark.parametrize("text", [REFWORKS, NOTEEXPRESS, ESTUDY, WOS])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_exports_with_a_tag_a_line(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "导出.txt"
    path.write_bytes(text.encode(encoding))
    first = works_of(path)[0]
    assert (first.kind, first.title, first.year, first.abstract) == (
        "论文", "轴承打滑", 2021, "摘要文字",
    )  # fmt: skip
    assert len(first.keywords) == 2
    assert len(first.contributors) == 2


def test_authors_keep_their_own_addresses(tmp_path: Path) -> None:
    (work,) = works_of(written(tmp_path / "savedrecs.txt", WOS))
    assert [c.organisations for c in work.contributors] == [
        ("Dalian Univ Technol, Dalian, Peoples R China",),
        ("Northeastern Univ, Shenyang, Peoples R China",),
    ]


@pytest.mark.slow
def test_a_thesis_belongs_to_its_school_and_supervisor(tmp_path: Path) -> None:
    thesis = works_of(written(tmp_path / "a.txt", REFWORKS))[1]
    assert thesis.organisations == ("西安交通大学",)
    assert [(c.name, c.leads) for c in thesis.contributors] == [("钱五", True), ("赵四", False)]


def test_a_table_of_scopus_gives_each_author_a_place(tmp_path: Path) -> None:
    path = written(
        tmp_path / "scopus.csv",
        "Authors,Author full names,Title,Year,Source title,Affiliations,"
        "Authors with affiliations,EID\n"
        '"Zhang Y.; Li E.","Zhang, Yi (1); Li, Er (2)",Skidding,2021,Letters,"Dalian University of '
        'Technology; Northeastern University","Zhang Y., Dalian University of Technology, China; '
        'Li E., Northeastern University, Shenyang, China",2-s2.0-1\n',
    )  # fmt: skip
    (work,) = works_of(path)
    assert [c.name for c in work.contributors] == ["Zhang, Yi", "Li, Er"]
    assert work.contributors[0].organisations[0].startswith("Dalian University")


def openalex(number: int) -> dict[str, object]:
    return {
        "id": f"https://openalex.org/W{number}", "title": f"Work {number}",
        "publication_year": 2020, "type": "article",
        "abstract_inverted_index": {"steel": [1], "clean": [0]},
        "authorships": [
            {"author": {"id": "https://openalex.org/A1", "display_name": "Yi Zhang"},
             "institutions": [{"display_name": "Dalian University of Technology"}]}
        ],
    }  # fmt: skip


@pytest.mark.parametrize("packed", [False, True])
def test_openalex_works_are_streamed(tmp_path: Path, packed: bool) -> None:
    lines = "\n".join(json.dumps(openalex(n)) for n in range(3)) + "\nnot json\n"
    path = tmp_path / ("part.gz" if packed else "works.jsonl")
    path.write_bytes(gzip.compress(lines.encode()) if packed else lines.encode())
    reading = read_any(path).achievements
    assert reading is not None
    assert [w.title for w in reading.records] == ["Work 0", "Work 1", "Work 2"]
    assert reading.records[0].abstract == "clean steel"
    assert (reading.rejects[0].row, reading.count.rejected) == (4, 1)


def test_a_truncated_gzip_gives_what_it_holds_and_says_where_it_ends(tmp_path: Path) -> None:
    lines = "\n".join(json.dumps(openalex(n) | {"x": str(n) * 50}) for n in range(2000))
    packed = gzip.compress(lines.encode())
    path = tmp_path / "part.gz"
    path.write_bytes(packed[: len(packed) // 2])
    reading = read_any(path).achievements
    assert reading is not None
    assert 100 < len(reading.records) < 2000
    assert "断" in reading.rejects[-1].reason


def test_values_kept_as_text_are_those_texts(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", '序号,项目名称,榜额\n="001",辊棒断裂,="280"\n')
    (record,) = read_challenges(path).records
    assert (record.challenge_id, record.bounty_wan) == ("001", 280)


def test_an_empty_serial_number_is_no_missing_id(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.csv", "序号,项目名称\n1,断带检测\n,水分测量\n2,衬板断裂\n,托辊卡死\n"
    )
    reading = read_challenges(path)
    assert len({c.challenge_id for c in reading.records}) == 4
    assert reading.rejects == ()


def test_equal_titles_are_told_apart_by_the_rest(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "项目名称,背景\n密封技术,泵漏油\n密封技术,阀门漏气\n")
    reading = read_challenges(path)
    assert [c.problem for c in reading.records] == ["泵漏油", "阀门漏气"]
    assert len({c.challenge_id for c in reading.records}) == 2


def test_a_template_that_is_not_filled_in_gives_no_records(tmp_path: Path) -> None:
    rows = "团队名称,单位,研究方向\n说明,填全称,用顿号分开\n示例,示例大学,密封\n"
    with pytest.raises(InputError, match="模板"):
        read_teams(written(tmp_path / "a.csv", f"序号,{rows.replace(chr(10), chr(10), 1)}"))
    filled = read_teams(written(tmp_path / "b.csv", f"{rows}轴承团队,大连理工大学,轴承\n"))
    assert [t.team_name for t in filled.records] == ["轴承团队"]
    assert [o.why for o in filled.omitted].count(Omission.TEMPLATE) == 2


def test_xml_workbooks_are_read_and_ask_for_nothing(tmp_path: Path) -> None:
    head = '<?xml version="1.0"?>{}<Workbook xmlns="{u}" xmlns:ss="{u}">'
    cells = "".join(
        f'<Cell><Data ss:Type="String">{t}</Data></Cell>' for t in ("项目名称", "需求单位", "榜额")
    )
    body = (
        f'<Worksheet ss:Name="榜单"><Table><Row>{cells}</Row><Row><Cell>'
        '<Data ss:Type="String">断裂预警</Data></Cell><Cell ss:Index="3">'
        '<Data ss:Type="Number">280</Data></Cell></Row></Table>'
        "</Worksheet></Workbook>"
    )
    uri = "urn:schemas-microsoft-com:office:spreadsheet"
    (record,) = read_challenges(written(tmp_path / "a.xls", head.format("", u=uri) + body)).records
    assert (record.title, record.demand_org, record.bounty_wan) == ("断裂预警", "", 280)
    huge = body.replace('ss:Index="3"', 'ss:Index="4000000000"')
    with pytest.raises(InputError):
        read_challenges(written(tmp_path / "b.xls", head.format("", u=uri) + huge))
