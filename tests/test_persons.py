"""Names without a label: parted wherever names stand, and nothing else with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from matcher.corpora.pasted import challenge_from_text
from matcher.text.persons import persons_in

from .test_private_fresh import public_of, seen

LINES = Path(__file__).with_name("data").joinpath("persons.tsv").read_text("utf-8").splitlines()
WAYS = [tuple(line.split("\t")) for line in LINES if not line.startswith("#")]


SIGNS = str.maketrans("|¦", "\n\t")


def test_names_are_parted_wherever_names_stand() -> None:
    """26 of 46 were left with a string when these were written down and first run."""
    left = {
        text: shown
        for text, private in WAYS
        if (shown := seen(private.split(";"), public_of({"text": text.translate(SIGNS)})))
    }
    assert len(WAYS) >= 46
    assert left == {}


@pytest.mark.parametrize(
    "text",
    [
        "找高校合作，由金属所负责高温段，方案由石英管厂提供",
        "联系方式见附件，联系单位办公室，咨询时间周一至周五",
        "工程师戴手套操作，主任要求安全阀全部更换，经理同意",
        "同步误差≤100纳秒，米级定位，万向节磨损，高峰期8小时",
        "2010年获批、2015年验收，2023年揭牌，1500米水深，1500伏以上",
        "我是做金属件的石墨烯应用，我们用的温控阀老是漏，材料的金刚石含量",
        "老师方便的话看看，教授能帮我们做方案吗，老板全年都在",
        "项目经理负责制，安全员持证，技术员培训，厂长负责",
        "参加单位：金属研究所、温州大学、安徽电网",
        "感谢\n高温合金\n马氏体不锈钢\n热处理中心",
        "关于叶片前缘保护的问题\n\n石墨烯\n\n公司",
        "时间：周一\n地点：万达广场\n主持：方案组\n要求：全检",
        "要求：全检\n要求：常温\n指标：高温\n指标：易加工",
    ],
)
def test_technical_words_and_houses_are_no_persons(text: str) -> None:
    assert persons_in(text) == ()


def test_what_stands_around_a_name_stays() -> None:
    made = challenge_from_text(
        "走访记录\n韦建邦总工反映：煮糖靠人看晶体，希望做煮糖过程晶体在线观测，高峰期每罐3小时以内。"
        "会后找高峰，13800000000\n高峰记录"
    )
    assert "煮糖过程晶体在线观测" in made.problem
    assert "高峰期每罐3小时以内" in made.problem
    assert "韦建邦" not in made.model_dump_json(exclude={"contact_name"})


def test_labels_that_come_again_are_no_speakers() -> None:
    made = challenge_from_text("要求：转速3000r/min\n要求：效率≥95%\n要求：噪声≤70dB\n问题：泵漏")
    assert "要求：转速3000r/min" in made.problem or "转速3000r/min" in made.indicators_text
