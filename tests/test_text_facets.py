"""Facets: how a challenge is taken apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher import Challenge
from matcher.text.facets import MOST_ITEMS, facets, split_clauses, split_items

ITEMS = ("高纯铟提纯", "靶材烧结", "溅射成膜")


@pytest.mark.parametrize(
    "text",
    [
        "一、高纯铟提纯;二、靶材烧结;三、溅射成膜",
        "一、高纯铟提纯。二、靶材烧结。三、溅射成膜。",
        "（一）高纯铟提纯\n（二）靶材烧结\n（三）溅射成膜",
        "(一)高纯铟提纯；(二)靶材烧结；(三)溅射成膜",
        "①高纯铟提纯;②靶材烧结;③溅射成膜",
        "⑴高纯铟提纯；⑵靶材烧结；⑶溅射成膜",
        "1.高纯铟提纯 \n2.靶材烧结\n3.溅射成膜",
        "1. 高纯铟提纯；2. 靶材烧结；3. 溅射成膜",
        "1、高纯铟提纯\r\n2、靶材烧结\r\n3、溅射成膜",
        "1）高纯铟提纯；2）靶材烧结；3）溅射成膜",
        "任务1:高纯铟提纯\n任务2:靶材烧结\n任务3:溅射成膜",
        "任务一：高纯铟提纯；任务二：靶材烧结；任务三：溅射成膜",
        "第一，高纯铟提纯；第二，靶材烧结；第三，溅射成膜",
        "高纯铟提纯\n靶材烧结\n\n溅射成膜\n",
    ],
)
def test_every_way_of_numbering_gives_the_items(text: str) -> None:
    assert tuple(item.rstrip("。") for item in split_items(text)) == ITEMS


@pytest.mark.parametrize(
    "text",
    [
        "1.5mm厚的板材",
        "线宽:0.35μm",
        "厚度为:1.5mm",
        "密度达到7.8以上",
        "采用3.5代线;",
        "用一个、两个或三个传感器",
        "达到GB/T 1.2标准",
        "误差(3)的来源",
        "一般、特殊两种工况",
    ],
)
def test_decimals_and_words_are_not_items(text: str) -> None:
    assert split_items(text) == (text.rstrip(";"),)


def test_items_may_hold_decimals() -> None:
    assert split_items("1.厚度1.5mm；2.线宽0.35μm；3. 误差≤0.1%") == (
        "厚度1.5mm",
        "线宽0.35μm",
        "误差≤0.1%",
    )


def test_clauses_are_split_at_semicolons_and_full_stops() -> None:
    assert split_clauses("1.总氧≤15ppm；横纵比≥0.8。2.寿命提高50%以上\r\n3.成本下降") == (
        "总氧≤15ppm",
        "横纵比≥0.8",
        "寿命提高50%以上",
        "成本下降",
    )


@pytest.mark.parametrize("text", ["", " ", "\r\n", "\u200b"])
def test_nothing_gives_nothing(text: str) -> None:
    assert split_items(text) == ()
    assert split_clauses(text) == ()


def test_facets_come_in_reading_order_with_labels() -> None:
    challenge = Challenge(
        challenge_id="1",
        title="ITO靶材",
        problem="依赖进口",
        tech_difficulties="致密化",
        research_content="1.提纯 2",
        indicators_text="密度≥99.5%;纯度4N",
    )
    assert [(f.label, f.text) for f in facets(challenge)] == [
        ("题目", "ITO靶材"),
        ("问题", "依赖进口"),
        ("技术难点1", "致密化"),
        ("攻关内容1", "提纯 2"),
        ("考核指标1", "密度≥99.5%"),
        ("考核指标2", "纯度4N"),
    ]


def test_a_challenge_without_text_has_no_facets() -> None:
    assert facets(Challenge(challenge_id="1", demand_org="某厂")) == ()


def test_a_list_beyond_measure_keeps_its_end_in_the_last_facet() -> None:
    lines = [f"{number}、第{number}号部件" for number in range(1, 100)]
    challenge = Challenge(challenge_id="1", research_content="\n".join(lines))
    found = facets(challenge)
    assert len(found) == MOST_ITEMS
    assert found[0].text == "第1号部件"
    assert found[-1].text.startswith("第50号部件；第51号部件")
    assert found[-1].text.endswith("第99号部件")


@given(st.text(st.sampled_from("一二、(（)）①1.25；。:：\n任务第mμ轴承"), max_size=40))
def test_splitting_never_fails_and_keeps_the_words(text: str) -> None:
    items = split_items(text)
    assert all(len(item) > 1 or items == (item,) for item in items)
    assert all("\n" not in clause for clause in split_clauses(text))
    assert ("轴承" in text) <= any("轴" in item or "承" in item for item in items)
