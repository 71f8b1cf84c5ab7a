"""Whom to ask for what next, and the column of the list where the answer is entered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from matcher.policy import Fact
from matcher.records import headers
from matcher.records.alliance import Alliance

_ASKS: Mapping[str, str] = {
    "lead_is_enterprise": "请盟主提供营业执照（独立法人）",
    "is_enterprise": "请盟主写明是哪家企业",
    "lead_in_province": "请盟主写明注册地和实地经营地",
    "lead_invests_rd": "请盟主填写研发经费（例如按审计报告；哪一年的条文没有写）",
    "has_research_member": "请盟主写明参加的高校或科研院所",
    "member_has_advantage": (
        "请用 matcher alliances form 组建，或在联盟表填「匹配档次」「匹配依据」"
        "（论文、专利、项目、实测指标）"
    ),
    "agreement_signed": "请盟主提供已签署的合作协议和签署日期",
    "market_goal": "请盟主写明市场目标（产品、用户、规模、时间）",
    "technical_targets": "请盟主和高校院所在协议里写明可考核的技术指标（名称、数值、单位）",
    "benefit_mechanism": "请盟主和成员写明利益分配和风险分担",
    "on_list": "请盟主写明所承担的榜单编号",
    "talent_from_outside": "请盟主写明引进人才的来处",
    "is_model": "请管理人员写明是否认定为典型联盟、哪天认定",
    "has_project": "请盟主写明联合攻关项目",
    "conversion_or_pilot_base": "请成员单位写明转化了几项成果，或有哪个中试基地、哪年建成",
    "has_conversion": "请成员单位写明转化了几项成果",
    "licence_income": "请成果持有单位填写转让许可净收入（万元）",
    "operating_profit": "请成果持有单位填写营业利润（万元）",
    "rd_ratio": "请盟主填写这三栏",
}
# What would change a fact that does not hold; where nothing is named, no paper would.
_REMEDIES: Mapping[str, str] = {
    "lead_is_enterprise": "请改由独立法人企业做盟主，填错的请改正",
    "lead_in_province": "请改由在省内注册并实地经营的企业做盟主，填错的请改正",
    "lead_invests_rd": "请盟主核对研发经费，填错的请改正",
    "lead_is_small": "请盟主核对两种企业是不是都不是，填错的请改正",
    "talent_from_outside": "引进了域外人才再提，填错的请改正",
    "conversion_or_pilot_base": "转化了成果或建成中试基地再提，填错的请改正",
    "market_goal": "请盟主写明市场目标（产品、用户、规模、时间）",
    "technical_targets": "请盟主和高校院所把可考核的技术指标写进协议",
    "benefit_mechanism": "请盟主和成员把利益分配和风险分担写进协议",
    "has_research_member": "请盟主吸收高校或科研院所成员",
    "is_model": "待管理人员评估评价后认定",
    "on_list": "待管理人员发布榜单",
}
FIELDS: Mapping[str, tuple[str, ...]] = {
    "lead_is_enterprise": ("lead_legal_person", "lead_uscc"),
    "is_enterprise": ("lead_org",),
    "lead_in_province": ("province", "operates_here"), "lead_invests_rd": ("lead_rd_wan",),
    "lead_is_small": ("lead_is_small", "lead_is_eaglet"), "has_research_member": ("members",),
    "agreement_signed": ("agreed_on",), "market_goal": ("market_goal",),
    "technical_targets": ("technical_targets",), "benefit_mechanism": ("benefit_mechanism",),
    "on_list": ("challenges",), "talent_from_outside": ("talents", "talent_origin"),
    "is_model": ("model_on",), "has_project": ("projects",),
    "conversion_or_pilot_base": ("conversions", "platforms"),
    "has_conversion": ("conversions",),
    "licence_income": ("licence_income_wan",), "operating_profit": ("profit_wan",),
    "rd_ratio": ("lead_rd_wan", "lead_sales_wan", "lead_is_high_tech"),
}  # fmt: skip
"""Where what is asked for is entered, by key of the item that asks for it."""
_LABELS = {field: mark.name for field, mark in headers(Alliance)}


def asking(key: str, fact: Fact) -> Fact:
    """With who is to supply what, and where; what a record has answered is not asked for again.

    >>> asking("agreement_signed", Fact(None)).ask
    '请盟主提供已签署的合作协议和签署日期（联盟表「协议日期」栏）'
    """
    if fact.holds:
        return fact
    asks = _ASKS if fact.holds is None else _REMEDIES
    ask = fact.ask or asks.get(key, "")
    silent = not ask or "「" in ask or ask.startswith(("请主管部门", "请计划的主管部门"))
    return replace(fact, ask=ask if silent else ask + _where(key))


def _where(key: str) -> str:
    columns = "".join(f"「{_LABELS[field]}」" for field in FIELDS.get(key, ()))
    return f"（联盟表{columns}栏）" if columns else ""
