"""Every next step can be taken: it names a column, and filled in it is asked no more."""

from __future__ import annotations

import re
from typing import Any

import pytest

from matcher.alliances import Alliance, advice_for, all_claims
from matcher.alliances.listing import confirmed
from matcher.policy import shipped_pack
from matcher.records import Challenge, headers
from matcher.records.alliance import Grant

LIAONING = shipped_pack("liaoning-2021")
LABELS = {mark.name for kind in (Alliance, Grant, Challenge) for _, mark in headers(kind)}
BARE: dict[str, Any] = {
    "alliance_id": "A1", "lead_org": "甲公司",
    "grants": [
        {"year": 2021, "amount_wan": 100, "payer": "省科技厅", "standing": "申请",
         "programme": plan.name}
        for plan in LIAONING.programme if plan.subject == "联盟"
    ],
}  # fmt: skip
FILLED: dict[str, Any] = {
    "lead_legal_person": "是", "province": "辽宁", "operates_here": "是", "lead_rd_wan": 3000,
    "members": ["大连理工大学"], "match_band": "强", "match_proof": ["轴承钢夹杂物控制"],
    "agreed_on": "2021-01-05", "market_goal": "替代进口", "technical_targets": "疲劳寿命≥20年",
    "benefit_mechanism": "收益按投入分", "model_on": "2021-03-01", "talents": 2,
    "talent_origin": "德国", "talent_kind": "高水平创新团队", "projects": ["轴承钢"],
    "research_kind": "关键共性技术", "conversions": 1, "conversion_leads": ["大连理工大学"],
    "lead_is_small": "是", "lead_is_eaglet": "否", "confirmed": ["轴承钢"],
}  # fmt: skip
COLUMNS = {mark.name: field for field, mark in headers(Alliance)}


def steps(written: dict[str, Any]) -> set[str]:
    one = Alliance.model_validate(written)
    said = advice_for(LIAONING, one, 2021, all_claims(LIAONING, [one], []))
    told = [w.partition("→ ")[2] for a in said for w in (*a.why_not, *a.to_check)]
    return {step for step in (*told, *(q for a in said for q in a.questions)) if step}


ASKED = sorted(step for step in steps(BARE) if not step.startswith("请主管部门"))


@pytest.mark.parametrize("step", ASKED)
def test_a_step_names_a_column_that_answers_it(step: str) -> None:
    columns = re.findall("「(.+?)」", step)
    assert columns
    assert set(columns) <= LABELS
    mine = {COLUMNS[name] for name in columns if COLUMNS.get(name) in FILLED}
    if mine:
        mine |= {"members", "projects"}  # whose advantage, and which project, is asked
        assert step not in steps(BARE | {field: FILLED[field] for field in mine})


def test_with_all_columns_filled_in_only_the_authority_and_the_list_are_asked() -> None:
    left = {s for s in steps(BARE | FILLED) if not s.startswith("请主管部门")}
    tables = re.compile("资金表|榜单表|资金第|「承担榜单」|「承担项目」")
    assert {s for s in left if not tables.search(s) and s != "请主管部门明确"} == set()


def test_a_part_of_a_project_is_confirmed_where_its_project_is_named() -> None:
    said = {
        name: confirmed(Alliance(alliance_id="A1", confirmed=(name,)), ["载体攻关"])
        for name in ("载体攻关", "载体攻关：孔道课题", "孔道课题")
    }
    assert [fact.holds for fact in said.values()] == [True, True, None]
    assert "属于这一项的话已经确认" in said["孔道课题"].basis
