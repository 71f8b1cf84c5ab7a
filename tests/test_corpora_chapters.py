"""Needs told in chapters: guides, briefs of contests, forms with cells of several parts.

Every file is made here; the layouts are those of public guides and forms, the content is invented.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.platypus import Paragraph, SimpleDocTemplate

from matcher.corpora import read_any
from matcher.records import Challenge, Team

Write = Callable[[Path, str], Path]


def as_text(folder: Path, text: str) -> Path:
    path = folder / "榜单.txt"
    path.write_text(text, encoding="utf-8")
    return path


def as_gbk(folder: Path, text: str) -> Path:
    path = folder / "榜单.txt"
    path.write_text(text, encoding="gb18030")
    return path


def as_docx(folder: Path, text: str) -> Path:
    path, document = folder / "榜单.docx", docx.Document()
    for line in text.splitlines():
        document.add_paragraph(line)
    document.save(str(path))
    return path


def as_html(folder: Path, text: str) -> Path:
    path = folder / "榜单.html"
    lines = "".join(f"<p>{line}</p>" for line in text.splitlines())
    path.write_text(f"<html><meta charset=utf-8><body><div>{lines}</div></body></html>", "utf-8")
    return path


def as_pdf(folder: Path, text: str) -> Path:
    """Paragraphs broken by the width of narrow pages, a few lines on each."""
    registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle(
        "正文", fontName="STSong-Light", fontSize=11, leading=16, wordWrap="CJK",
        firstLineIndent=22,
    )  # fmt: skip
    path = folder / "榜单.pdf"
    page = (A4[0] * 0.6, A4[1] * 0.4)
    story = [Paragraph(line, style) for line in text.splitlines()]
    SimpleDocTemplate(str(path), pagesize=page, margins=30).build(story)
    return path


def challenges(path: Path) -> Sequence[Challenge]:
    found = read_any(path)
    assert found.teams is None
    assert found.challenges is not None
    assert found.challenges.count.unaccounted == 0
    assert not found.challenges.rejects
    return list(found.challenges.records)


def assert_fields(made: Challenge, **wanted: Any) -> None:
    for name, value in wanted.items():
        got = getattr(made, name)
        if name == "indicators":
            got = [(i.name, i.operator, i.value, i.unit) for i in got if i.value is not None]
        assert got == value, (name, got)


ALL: tuple[Write, ...] = (as_text, as_gbk, as_docx, as_html, as_pdf)

GUIDE = """“示例材料”重点专项2024年度项目申报指南
本专项总体目标是补齐关键基础材料短板。
1. 特种陶瓷
1.1 氮化硅轴承球批量制备技术（共性关键技术类）
研究内容：研究粉体分级、等静压成型与气压烧结，弄清缺陷来源，建立无损检测方法。
考核指标：抗弯强度≥900MPa，批次合格率≥95%，球形误差≤0.1μm。
1.2 陶瓷基复合材料刹车盘（青年科学家项目）
研究内容：研究纤维预制体与浸渗次序，减少孔隙。
考核指标：摩擦系数0.35~0.45，密度≤2.4g/cm³。
实施周期：2年
2. 特种合金
2.1 高氮不锈钢紧固件
研究内容：研究增压冶炼与冷镦次序。
考核指标：抗拉强度≥1200MPa，耐盐雾≥1000h。
"""


@pytest.mark.parametrize("write", ALL)
def test_a_guide_numbered_1_1(write: Write, tmp_path: Path) -> None:
    first, second, third = challenges(write(tmp_path, GUIDE))
    assert_fields(
        first, title="氮化硅轴承球批量制备技术",
        research_content="研究粉体分级、等静压成型与气压烧结，弄清缺陷来源，建立无损检测方法。",
        indicators=[("抗弯强度", "≥", 900.0, "MPa"), ("批次合格率", "≥", 95.0, "%"),
                    ("球形误差", "≤", 0.1, "μm")],
    )  # fmt: skip
    assert first.extra["项目类别"] == "共性关键技术类"
    assert_fields(second, title="陶瓷基复合材料刹车盘", duration_months=24)
    assert_fields(third, title="高氮不锈钢紧固件", research_content="研究增压冶炼与冷镦次序。")


PARAGRAPHS = """附件
2025年“揭榜挂帅”榜单
一、榜单一：煤矿巷道支护锚杆无损检测
（一）需求目标
现场检测单根锚杆用时≤3min，长度误差≤2%。
（二）时间节点
2026年12月底前完成样机。
（三）榜单金额
500万元
（四）研究内容
研究导波激励方式、耦合方式与信号处理。
研究井下防爆样机。
（五）申报要求
由企业牵头，实施周期不超过2年。
二、榜单二：瓦斯抽采钻孔护孔管
（一）需求目标
抗压强度≥5MPa，单孔护管长度≥120m。
（二）榜单金额
300万元
（三）研究内容
研究管材配方与送管装备。
"""


@pytest.mark.parametrize("write", ALL)
def test_values_stand_in_the_next_paragraph(write: Write, tmp_path: Path) -> None:
    first, second = challenges(write(tmp_path, PARAGRAPHS))
    assert_fields(
        first, title="煤矿巷道支护锚杆无损检测", bounty_wan=500.0, duration_months=24,
        indicators_text="现场检测单根锚杆用时≤3min，长度误差≤2%。",
        research_content="研究导波激励方式、耦合方式与信号处理。\n研究井下防爆样机。",
    )  # fmt: skip
    assert "2026年12月底前完成样机。" in str(first.extra)
    assert_fields(
        second, title="瓦斯抽采钻孔护孔管", bounty_wan=300.0,
        research_content="研究管材配方与送管装备。",
    )  # fmt: skip


CHAPTERS = """某省2025年度重点研发计划“智能农机”重点专项榜单
一、总体要求
面向丘陵山区，解决无机可用的问题。
二、重点任务
任务1 丘陵果园采摘末端执行器
【研究内容】
研究软体手指、力觉反馈与遮挡识别。
【考核指标】
单果采摘用时≤6s，损伤率≤3%。
【实施年限】
3年
任务2 坡地自走底盘
【研究内容】
研究调平机构与防侧翻控制。
【考核指标】
作业坡度≥20°，调平响应≤1s。
【实施年限】
18个月
三、申报方式
网上申报。
"""


@pytest.mark.parametrize("write", ALL)
def test_tasks_within_a_chapter(write: Write, tmp_path: Path) -> None:
    first, second = challenges(write(tmp_path, CHAPTERS))
    assert_fields(
        first, title="丘陵果园采摘末端执行器", duration_months=36,
        research_content="研究软体手指、力觉反馈与遮挡识别。",
        indicators=[("单果采摘用时", "≤", 6.0, "s"), ("损伤率", "≤", 3.0, "%")],
    )  # fmt: skip
    assert_fields(
        second, title="坡地自走底盘", duration_months=18,
        indicators_text="作业坡度≥20°，调平响应≤1s。",
    )  # fmt: skip


CONTEST = """赛题编号：CQ-07
压铸模具热裂纹预报
“擂台赛”赛题方案
一、出题单位
示例压铸科技有限公司
二、赛题名称
压铸模具热裂纹预报
三、赛题背景
模具打到三万模次就裂，裂了要停机五天，备模又占资金，全靠老师傅看颜色判断，看走眼就成批报废。
要做到：
1. 不停机测到型腔表面温度；
2. 裂纹扩展到0.2mm以前报出来。
四、评分标准
（一）预报准确率
1. 定义：报出的裂纹中确实开裂的比例
2. 计算公式：P=对的/报的
3. 说明：这项最要紧
（二）提前量
1. 定义：报出到开裂的模次
2. 说明：越早越好
五、联系方式
王五，电话 13911112222
"""


@pytest.mark.parametrize("write", ALL)
def test_a_brief_of_a_contest_is_one_challenge(write: Write, tmp_path: Path) -> None:
    (made,) = challenges(write(tmp_path, CONTEST))
    assert_fields(
        made, challenge_id="CQ-07", title="压铸模具热裂纹预报", demand_org="示例压铸科技有限公司",
        problem="模具打到三万模次就裂，裂了要停机五天，备模又占资金，全靠老师傅看颜色判断，看走眼就成批报废。"
        "\n要做到：\n1. 不停机测到型腔表面温度；\n2. 裂纹扩展到0.2mm以前报出来。",
    )  # fmt: skip
    assert "预报准确率" in str(made.extra["评分标准"])
    assert "13911112222" in made.contact_phone
    assert "13911112222" not in str({k: v for k, v in made.extra.items() if k != "联系方式"})


NUMBERED_BELOW = """重大技术需求榜单
1、需求名称：电机定子绝缘老化在线监测
1.1 主要问题
绝缘老化只能停机测。
1.2 技术指标
局放灵敏度≤10pC；误报率≤1%
1.3 需求单位
示例电机股份有限公司
2、需求名称：大型铸件冷铁自动摆放
2.1 主要问题
冷铁靠人摆，位置不准。
2.2 技术指标
摆放误差≤2mm
2.3 需求单位
示例重型铸造有限公司
"""


@pytest.mark.parametrize("write", ALL)
def test_labels_numbered_below_a_title_that_is_a_label(write: Write, tmp_path: Path) -> None:
    first, second = challenges(write(tmp_path, NUMBERED_BELOW))
    assert_fields(
        first, title="电机定子绝缘老化在线监测", demand_org="示例电机股份有限公司",
        problem="绝缘老化只能停机测。", indicators_text="局放灵敏度≤10pC；误报率≤1%",
    )  # fmt: skip
    assert_fields(
        second, title="大型铸件冷铁自动摆放", demand_org="示例重型铸造有限公司",
        problem="冷铁靠人摆，位置不准。",
    )  # fmt: skip


RECURRING = """（一）焊缝打磨机器人
背景：人工打磨粉尘大。
研究内容：研究力控打磨与路径规划。
支持方式：前资助，不超过100万元/项。
考核指标：表面粗糙度≤1.6μm。
组织方式：竞争择优。
（二）焊缝射线底片识别
背景：评片靠人，漏评多。
研究内容：研究缺陷分割。
支持方式：后补助。
考核指标：漏检率≤0.5%。
组织方式：揭榜挂帅。
"""


@pytest.mark.parametrize("write", ALL)
def test_labels_no_field_knows_end_what_stands_above(write: Write, tmp_path: Path) -> None:
    first, second = challenges(write(tmp_path, RECURRING))
    assert_fields(
        first, title="焊缝打磨机器人", problem="人工打磨粉尘大。",
        research_content="研究力控打磨与路径规划。", indicators_text="表面粗糙度≤1.6μm。",
    )  # fmt: skip
    assert_fields(second, title="焊缝射线底片识别", indicators_text="漏检率≤0.5%。")
    assert first.extra["组织方式"] == "竞争择优。"
    assert second.extra["支持方式"] == "后补助。"


FORM = """<html><meta charset="utf-8"><body><h2>某市技术需求征集表</h2><table>
<tr><td>需求编号<td>JZ-9<td>单位全称<td>示例阀门制造有限公司
<tr><td>联系人<td>赵六<td>固定电话<td>0416-80000000
<tr><td>手机<td>13700000000<td>电子邮箱<td>a@example.org
<tr><td>技术需求名称<td colspan=3>阀门密封面堆焊质量在线判定
<tr><td colspan=4>技术需求概述（限500字）<br>（1）主要问题（要解决的问题）：气孔要磨开才看见。<br>
（2）技术关键（关键技术、主要技术指标）<br>声发射信号分离；漏判率≤1%，单件用时≤20s。<br>
（3）预期目标<br>装备2台。<br>关键词：堆焊 气孔 声发射
<tr><td>拟投入资金总额<td colspan=3>120万元
</table><!-- 没有关上的注释 """


def test_a_cell_over_the_whole_width_holds_parts(tmp_path: Path) -> None:
    path = tmp_path / "表.html"
    path.write_text(FORM, encoding="utf-8")
    (made,) = challenges(path)
    assert_fields(
        made, title="阀门密封面堆焊质量在线判定", demand_org="示例阀门制造有限公司",
        problem="气孔要磨开才看见。", keywords=("堆焊", "气孔", "声发射"),
        total_budget_wan=120.0, contact_name="赵六",
        indicators=[("漏判率", "≤", 1.0, "%"), ("单件用时", "≤", 20.0, "s")],
    )  # fmt: skip
    assert "声发射信号分离" in made.tech_difficulties
    assert "13700000000" in made.contact_phone
    assert "0416-80000000" in made.contact_phone


PARTS = (
    "1、主要问题：浆料沉降快。\n2、技术难点\n分散剂与固含量难兼顾。\n3、预期目标\n固含量≥60%，"
    "静置72h不分层。"
)


def test_a_cell_beside_its_label_holds_parts(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(0, 2)
    for label, value in (
        ("项目名称", "陶瓷浆料长时稳定配方"), ("需求单位", "示例陶瓷材料有限公司"),
        ("需求内容", PARTS), ("揭榜金额", "80万元"),
    ):  # fmt: skip
        cells = table.add_row().cells
        cells[0].text, cells[1].text = label, value
    document.save(str(tmp_path / "表.docx"))
    (made,) = challenges(tmp_path / "表.docx")
    assert_fields(
        made, title="陶瓷浆料长时稳定配方", demand_org="示例陶瓷材料有限公司", bounty_wan=80.0,
        problem="浆料沉降快。", tech_difficulties="分散剂与固含量难兼顾。",
        indicators_text="固含量≥60%，静置72h不分层。",
    )  # fmt: skip


def test_a_form_on_a_sheet_with_a_row_over_all_columns(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page["A1"] = "企业技术需求表"
    page.merge_cells("A1:D1")
    for cell, value in {
        "A2": "企业名称", "B2": "示例浆料有限公司", "C2": "所属行业", "D2": "新材料",
        "A3": "需求名称", "B3": "陶瓷浆料长时稳定配方", "C3": "联系人", "D3": "钱七",
        "A4": f"需求概述（限500字）\n{PARTS}", "A5": "拟投入资金", "B5": "80万元",
    }.items():  # fmt: skip
        page[cell] = value
    page.merge_cells("A4:D4")
    book.save(tmp_path / "表.xlsx")
    (made,) = challenges(tmp_path / "表.xlsx")
    assert_fields(
        made, title="陶瓷浆料长时稳定配方", demand_org="示例浆料有限公司", industry="新材料",
        problem="浆料沉降快。", tech_difficulties="分散剂与固含量难兼顾。",
        indicators_text="固含量≥60%，静置72h不分层。", total_budget_wan=80.0, contact_name="钱七",
    )  # fmt: skip


TEAMS = """学院科研团队简介
一、轻合金成形团队
1. 研究方向
镁合金挤压、铝合金旋压
2. 团队负责人
孙一
3. 所在单位
示例大学
二、表面工程团队
1. 研究方向
激光熔覆
2. 团队负责人
周二
3. 所在单位
示例大学
"""


@pytest.mark.parametrize("write", ALL)
def test_teams_told_in_the_same_way(write: Write, tmp_path: Path) -> None:
    found = read_any(write(tmp_path, TEAMS)).teams
    assert found is not None
    teams: list[Team] = list(found.records)
    assert [(t.team_name, t.org_name, t.leader_name) for t in teams] == [
        ("轻合金成形团队", "示例大学", "孙一"), ("表面工程团队", "示例大学", "周二"),
    ]  # fmt: skip
    assert teams[0].research_directions == ("镁合金挤压", "铝合金旋压")


NOTICE = """关于征集2025年度技术需求的通知
各有关单位：
一、征集范围
（一）关键技术
面向重点产业链。
（二）成果转化
1.5万元以上的合同。
二、报送要求
1. 请于3月底前报送。
2. 联系人：李某，电话：024-80000000。
"""


@pytest.mark.parametrize("write", ALL)
def test_a_notice_with_chapters_holds_no_challenge(write: Write, tmp_path: Path) -> None:
    found = read_any(write(tmp_path, NOTICE))
    assert found.notice is not None
    assert found.readings == ()


HINTS = (
    ("填写要求", "全称，与公章一致", "100字以内", "单位：万元"),
    ("样例", "示例钢管有限公司", "某某钢管内壁检测", "100"),
    ("是否必填", "是", "是", "否"),
)


@pytest.mark.parametrize("hint", HINTS)
def test_hint_rows_under_a_header_are_no_records(hint: Sequence[str], tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in (
        ("字段", "需求单位", "项目名称", "榜额(万元)"), *HINTS[:1], hint,
        ("1", "示例轧辊有限公司", "轧辊表面堆焊材料", "60"),
    ):  # fmt: skip
        page.append(row)
    book.save(tmp_path / "模板.xlsx")
    (made,) = challenges(tmp_path / "模板.xlsx")
    assert_fields(made, title="轧辊表面堆焊材料", demand_org="示例轧辊有限公司", bounty_wan=60.0)
