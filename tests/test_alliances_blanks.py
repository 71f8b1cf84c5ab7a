"""A blank is never an answer: no field left out turns a yes into a no or changes a sum unsaid."""

from __future__ import annotations

from typing import Any

import pytest

from matcher.alliances import Alliance, Grant, advice_for, all_claims
from matcher.policy import Advice, shipped_pack, statement_of
from matcher.records import Challenge

LIAONING = shipped_pack("liaoning-2021")
GRANT: dict[str, Any] = {
    "year": 2021, "amount_wan": 300, "payer": "省科技厅", "receiver": "盟主",
    "programme": "揭榜挂帅", "challenge_id": "K1",
}  # fmt: skip
WHOLE: dict[str, Any] = {
    "alliance_id": "A1", "name": "轴承联盟", "lead_org": "甲公司",
    "lead_uscc": "91210100MA0XYW123U", "lead_legal_person": "是", "lead_is_small": "是",
    "lead_is_eaglet": "是", "lead_rd_wan": 3000, "lead_sales_wan": 50000, "group": "甲集团",
    "members": ["大连理工大学"], "tech_domain": ["钢铁"], "chain": "轴承", "province": "辽宁省",
    "city": "大连", "operates_here": "是", "member_cities": ["大连"], "formed_on": "2021-01-01",
    "agreed_on": "2021-01-05", "registered_on": "2021-02-01", "batch": "首批",
    "model_on": "2021-03-01", "market_goal": "替代进口", "technical_targets": "疲劳寿命≥20年",
    "benefit_mechanism": "收益按投入分", "challenges": ["K1"], "projects": ["轴承钢"],
    "technologies": 2, "products": 1, "talents": 3, "talent_origin": "德国", "conversions": 2,
    "platforms": ["中试基地"], "licence_income_wan": 100, "profit_wan": 200, "match_band": "强",
    "match_proof": ["轴承钢夹杂物控制"], "note": "无", "lead_is_high_tech": "是",
    "research_kind": "关键共性技术", "confirmed": ["K1"], "talent_kind": "高水平创新团队",
    "conversion_leads": ["大连理工大学"],
}  # fmt: skip
POSTED: dict[str, Any] = {
    "challenge_id": "K1", "title": "轴承钢", "demand_org": "甲公司",
    "demand_org_uscc": "91210100MA0XYW123U", "total_budget_wan": 4000, "fiscal_support_wan": 800,
    "stage": "签约立项", "apply_deadline": "2021-06-30", "indicators_text": "疲劳寿命≥20年",
    "province": "辽宁省", "city": "大连",
}  # fmt: skip
PAID: list[dict[str, Any]] = [
    {"year": 2021, "amount_wan": 400, "payer": "大连市财政", "standing": "申请",
     "challenge_id": "K1"},
    {"year": 2021, "amount_wan": 2600, "payer": "企业自筹", "standing": "申请",
     "challenge_id": "K1"},
]  # fmt: skip
_UNASKED = {"alliance_id", "grants", "challenge_id"}


def advised(
    alliance: dict[str, Any], posted: dict[str, Any], grant: dict[str, Any]
) -> dict[tuple[str, bool], Advice]:
    one = Alliance.model_validate(
        {**alliance, "grants": [Grant.model_validate(g) for g in (grant, *PAID)]}
    )
    challenge = Challenge.model_validate(posted)
    claims = all_claims(LIAONING, [one], [challenge])
    said = advice_for(LIAONING, one, 2021, claims, {"K1": challenge})
    assert statement_of(LIAONING, said).programmes
    return {(a.programme_id, bool(a.about)): a for a in said}


WITH_ALL = advised(WHOLE, POSTED, GRANT)
BLANKS = [
    *(("联盟", name) for name in WHOLE if name not in _UNASKED),
    *(("榜单", name) for name in POSTED if name not in _UNASKED),
    *(("资金", name) for name in GRANT),
]


def test_a_record_with_everything_is_refused_nothing() -> None:
    assert "不符合" not in {a.verdict for a in WITH_ALL.values()}
    jiebang = WITH_ALL["jiebang-plan", True]
    # Money came already: whether there may be more, the source does not say. All else is known.
    assert jiebang.verdict == "待核实"
    assert [words.partition("（")[0] for words in jiebang.to_check] == ["能否再给"]
    assert WITH_ALL["jiebang-plan", True].most_wan == 700


@pytest.mark.parametrize(("table", "name"), BLANKS)
def test_a_blank_is_asked_for_and_never_an_answer(table: str, name: str) -> None:
    records = {"联盟": dict(WHOLE), "榜单": dict(POSTED), "资金": dict(GRANT)}
    del records[table][name]
    said = advised(records["联盟"], records["榜单"], records["资金"])
    assert {key[0] for key in said} == {key[0] for key in WITH_ALL}
    for (programme, _), now in said.items():
        before = next(a for (other, _), a in WITH_ALL.items() if other == programme)
        assert now.verdict != "不符合", (programme, now.why_not)
        assert all(words.strip() for words in now.to_check)
        if now.to_check == before.to_check:
            assert now.verdict == before.verdict, programme
            assert (now.least_wan, now.most_wan, now.span) == (
                before.least_wan, before.most_wan, before.span,
            ), programme  # fmt: skip
