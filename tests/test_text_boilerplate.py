"""What a notice says of every challenge alike is not searched; what a challenge says is."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher import Challenge, Matcher, Team
from matcher.index.passages import team_passages
from matcher.text.boilerplate import without_boilerplate
from matcher.text.facets import facets

SUBJECT = "轧辊磨损快，寿命短。"
BOILERPLATE = [
    "申报单位应为在辽宁省内注册的独立法人，具有较强的研发能力和良好的信用记录。",
    "揭榜方须为国内高校、科研院所或企业，近三年内无不良信用记录。项目实施期限不超过三年。",
    "知识产权归双方共有，成果由需求方优先使用。经费按合同分期拨付，自筹资金不低于财政资金的2倍。",
    "联系人：张三，电话：024-23456789，邮箱：zhangsan@example.cn，地址：沈阳市和平区三好街100号。",
    "申报材料一式三份，加盖公章，于2021年3月31日前报送至省科技厅。",
    "项目负责人须具有副高级以上职称，年龄不超过55周岁，同一负责人限报1项。",
    "申報單位應為在省內註冊的獨立法人，信用記錄良好。",
    "有意者请与我公司联系，具体合作方式面议。",
    "联系人：李四\n联系电话：13900001111\n地址：大连市高新园区1号",
]


@pytest.mark.parametrize("added", BOILERPLATE)
@pytest.mark.parametrize("between", ["", "\n"])
def test_boilerplate_is_left_out_wherever_it_stands(added: str, between: str) -> None:
    assert without_boilerplate(f"{SUBJECT}{between}{added}") == SUBJECT
    assert without_boilerplate(f"{added}{between or '。'}{SUBJECT}").strip("。") == SUBJECT.strip(
        "。"
    )
    assert without_boilerplate(added) == ""


@pytest.mark.parametrize(
    "text",
    [
        "用户登录慢，下载附件经常失败，系统管理平台不稳定。",
        "企业信用评估模型不准，纳税记录和合同数据难以融合。",
        "专利文本检索与知识产权侵权判定的算法",
        "财政资金监管平台的异常支付识别算法误报率高",
        "我公司设计芯片和装备，一断服务所有在研项目停摆，网格一上千万就崩。",
        "针尖扎进去断不齐，要求皮内送达≥90%。",
        "电话语音识别在噪声下错误率高",
    ],
)
def test_challenges_of_such_subjects_keep_their_words(text: str) -> None:
    assert without_boilerplate(text) == text


def test_shipped_challenges_lose_nothing(challenges: Sequence[Challenge]) -> None:
    for challenge in challenges:
        for text in (challenge.title, challenge.problem, challenge.research_content):
            assert without_boilerplate(text).strip() == text.strip()


@given(st.text(st.sampled_from("申报单位独立法人轴承，。；\n1A ："), max_size=60))
def test_what_is_left_was_there_in_this_order(text: str) -> None:
    left = iter(text)
    assert all(character in left for character in without_boilerplate(text))


def test_a_challenge_is_searched_without_it(
    matcher: Matcher, challenges: Sequence[Challenge]
) -> None:
    challenge = challenges[0]
    longer = challenge.model_copy(update={"problem": f"{challenge.problem}\n{BOILERPLATE[0]}"})
    assert facets(longer) == facets(challenge)
    before, after = matcher.find_teams(challenge), matcher.find_teams(longer)
    assert [(m.team_id, m.score, m.band) for m in before] == [
        (m.team_id, m.score, m.band) for m in after
    ]


def test_a_piece_entered_three_times_counts_once(teams: Sequence[Team]) -> None:
    for team in teams[:40]:
        thrice = team.model_copy(update={"evidence": team.evidence * 3})
        assert team_passages(thrice) == team_passages(team)
