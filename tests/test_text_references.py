"""Achievements as a CV lists them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.text.references import parse_reference, parse_references

BIB = """@article{wang2019, title={Inclusion control in {bearing} steel}, author={Wang, Wu and Li, Si},
 journal={Steel Research}, year=2019, doi={10.1/x}}
@patent{p1, title="一种真空冶炼方法", number={ZL201810123456.7}, year={2020}}"""
RIS = """TY  - JOUR
TI  - 轴承钢夹杂物
AU  - 王五
AU  - 李四
PY  - 2018
JO  - 钢铁
ER  -
TY  - PAT
T1  - 一种结晶器
Y1  - 2021/03
ER  -
"""


@pytest.mark.parametrize(
    ("line", "kind", "title", "year"),
    [
        ("[1] 王五, 李四, 等. 轴承钢夹杂物控制研究[J]. 钢铁, 2019, 54(3): 1-8.", "论文", "轴承钢夹杂物控制研究", 2019),
        ("2. Wang W, Li S. Inclusion control in bearing steel[J]. Steel Res Int, 2020, 91(2): 11.", "论文", "Inclusion control in bearing steel", 2020),
        ("（3）赵六．高炉冶炼智能控制[D]．沈阳：东北大学，2017．", "论文", "高炉冶炼智能控制", 2017),
        ("张三. 一种轴承钢冶炼方法: CN201910123456.7[P]. 2021-05-04.", "专利", "一种轴承钢冶炼方法", 2021),
        ("一种真空感应冶炼方法，ZL201810123456.7，发明专利", "专利", "一种真空感应冶炼方法", 2018),
        ("发明专利：超薄带钢轧制装置（专利号：ZL202010987654.3），2022年授权", "专利", "超薄带钢轧制装置", 2022),
        ("国家自然科学基金面上项目，51874082，高品质轴承钢凝固组织控制，2019-2022，60万元，主持", "项目", "高品质轴承钢凝固组织控制", 2022),
        ("国家重点研发计划“高温合金母合金纯净化制备”（2017YFB0305100），2017.07-2021.06，课题负责人", "项目", "高温合金母合金纯净化制备", 2021),
        ("2018年辽宁省科技进步一等奖：超级钢开发与应用", "奖励", "超级钢开发与应用", 2018),
        ("GB/T 18254-2016 高碳铬轴承钢", "标准", "GB/T 18254-2016 高碳铬轴承钢", 2016),
    ],
)  # fmt: skip
def test_a_line_of_a_cv(line: str, kind: str, title: str, year: int) -> None:
    found = parse_reference(line)
    assert (found.kind, found.title, found.year) == (kind, title, year)


def test_numbers_roles_and_money_are_kept() -> None:
    (found,) = parse_references(
        "国家自然科学基金，51874082，轴承钢凝固组织，2019-2022，60万元，主持"
    )
    assert (found.role, found.amount_wan, found.extra["项目编号"]) == ("主持", 60, "51874082")


@pytest.mark.parametrize(
    "text",
    [
        "[1] 王五. 轴承钢甲[J]. 钢铁, 2019.\n[2] 李四. 轴承钢乙[J]. 钢铁, 2020.",
        "[1] 王五. 轴承钢甲[J]. 钢铁, 2019. [2] 李四. 轴承钢乙[J]. 钢铁, 2020.",
        "1、轴承钢冶炼论文甲；2、轴承钢轧制论文乙",
    ],
)
def test_a_cell_is_divided_into_its_lines(text: str) -> None:
    assert len(parse_references(text)) == 2


def test_bibtex_and_ris() -> None:
    first, second = parse_references(BIB)
    assert (first.kind, first.title, first.year) == (
        "论文", "Inclusion control in bearing steel", 2019,
    )  # fmt: skip
    assert (second.kind, second.extra["专利号"]) == ("专利", "ZL201810123456.7")
    first, second = parse_references(RIS)
    assert (first.title, first.extra["作者"]) == ("轴承钢夹杂物", "王五; 李四")
    assert (second.kind, second.year) == ("专利", 2021)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="王五.[J]（）；;@{}=,，0129ZLCN 项目奖\n“”TY  -", max_size=60))
def test_no_text_breaks_the_parser(text: str) -> None:
    for found in parse_references(text):
        assert found.title or not text.strip()
