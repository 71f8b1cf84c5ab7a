"""What records say about the conditions and the programmes' items, and what to ask for next.

Advantage in the field is shown by evidence that matched the challenge, never by rank or fame.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from matcher.alliances.advantage import FIT
from matcher.alliances.listing import on_lists
from matcher.alliances.members import RESEARCH, kind_of_member, members_of, research_members
from matcher.alliances.talent import talent_fact
from matcher.policy import Fact, PolicyPack, region_key
from matcher.policy.means import unknown
from matcher.records import Challenge, Indicator
from matcher.records.alliance import Alliance, Told
from matcher.text.amounts import is_nothing
from matcher.text.indicators import parse_indicators

_ASKS: Mapping[str, str] = {
    "lead_is_enterprise": "请盟主提供营业执照（独立法人）",
    "lead_in_province": "请盟主写明注册地和实地经营地",
    "lead_invests_rd": "请盟主提供上年研发经费（例如审计报告）",
    "has_research_member": "请盟主写明参加的高校或科研院所",
    "member_has_advantage": (
        "请用 matcher alliances form 组建，或在联盟表填「匹配档次」「匹配依据」"
        "（论文、专利、项目、实测指标）"
    ),
    "agreement_signed": "请盟主提供已签署的合作协议和签署日期",
    "market_goal": "请盟主写明市场目标（产品、用户、规模、时间）",
    "technical_targets": "请盟主和高校院所写明可考核的技术指标（名称、数值、单位）",
    "benefit_mechanism": "请盟主和成员写明利益分配和风险分担",
    "on_list": "请盟主写明所承担的榜单编号",
    "talent_from_outside": "请盟主写明引进人才的来处",
    "is_model": "请管理人员写明是否认定为典型联盟、哪天认定",
    "has_project": "请盟主写明联合攻关项目",
    "conversion_or_pilot_base": "请成员单位提供成果转化合同或中试基地建设材料",
    "licence_income": "请成果持有单位提供成果转让或许可的净收入",
    "operating_profit": "请成果持有单位提供实施成果的营业利润",
    "rd_ratio": "请盟主提供研发费用和销售收入",
}
# What would change a fact that does not hold; where nothing is named, no paper would.
_REMEDIES: Mapping[str, str] = {
    "lead_is_enterprise": "请改由独立法人企业做盟主，填错的请改正",
    "lead_in_province": "请改由在省内注册并实地经营的企业做盟主，填错的请改正",
    "lead_invests_rd": "请盟主核对研发经费，填错的请改正",
    "lead_is_small": "请盟主核对两种企业是不是都不是，填错的请改正",
    "talent_from_outside": "引进了域外人才再提，填错的请改正",
    "conversion_or_pilot_base": "转化了成果或建成中试基地再提，填错的请改正",
    "has_research_member": "请盟主吸收高校或科研院所成员",
    "is_model": "待管理人员评估评价后认定",
    "on_list": "待管理人员发布榜单",
}
# What may be of an enterprise that is an institute, or of something that is neither by its name.
_RESEARCHING = re.compile("研究|院|所|中心|实验室|机构")
_LEFT = re.compile("退出|退盟|已离开")
_PENDING = re.compile("待.{1,2}")
_FIRM = re.compile("(?:公司|集团|厂|企业)$")
# Shares of sales between which it depends on whether the lead is a high-technology firm.
_LEAST_RD, _HIGH_TECH_RD = 0.01, 0.03


@dataclass(frozen=True, slots=True)
class ConditionCheck:
    """A condition held against the records.

    Attributes:
        status: 满足, 缺 or 待核实.
        lines: every item with what is known and what says so.
        ask: what to ask for next.
    """

    condition_id: str
    text: str
    status: str
    lines: tuple[str, ...]
    ask: tuple[str, ...]
    source: str


def alliance_facts(
    pack: PolicyPack, alliance: Alliance, challenges: Mapping[str, Challenge] | None = None,
    year: int | None = None, shown: Mapping[str, Fact] | None = None,
) -> dict[str, Fact]:  # fmt: skip
    """Every fact the pack's conditions and programmes may ask about.

    Args:
        pack: whose province counts, and whose conditions make ``conditions_met``.
        alliance: the record.
        challenges: of the workspace, by id; those the alliance carries are looked at.
        year: as of whose end dates are looked at; by default as the record stands.
        shown: by id of an alliance, what the library shows of its members' advantage
            (`advantage_shown`); it goes before what the record says.
    """
    known = challenges or {}
    carried = [known[i] for i in alliance.challenges if i in known]
    facts = {**_of_lead(pack, alliance), **_of_agreement(alliance, carried), **_of_work(alliance)}
    if (looked_up := (shown or {}).get(alliance.alliance_id)) is not None:
        facts["member_has_advantage"] = looked_up
    facts["talent_from_outside"] = talent_fact(pack, alliance)
    facts["on_list"] = on_lists(pack, alliance.challenges, carried, year)
    facts = {key: _asking(key, fact) for key, fact in facts.items()} | _not_yet(alliance, year)
    facts["conditions_met"] = _all_conditions(pack, facts, alliance, year)
    return facts


def _not_yet(alliance: Alliance, year: int | None) -> dict[str, Fact]:
    """What came after the year that is asked about did not hold in it."""
    days = {"agreement_signed": ("协议日期", "签约", alliance.agreed_on),
            "is_model": ("认定日期", "认定", alliance.model_on)}  # fmt: skip
    return {
        key: Fact(False, f"{name} {day}，{year} 年还没有", f"请核对{name}，或问{what}以后的年度")
        for key, (name, what, day) in days.items()
        if year is not None and day is not None and day.year > year
    }


def _asking(key: str, fact: Fact) -> Fact:
    """With who is to supply what; what a record has answered is not asked for again."""
    if fact.holds or fact.ask:
        return fact
    asks = _ASKS if fact.holds is None else _REMEDIES
    return replace(fact, ask=asks.get(key, ""))


def unfit(pack: PolicyPack, alliance: Alliance) -> bool:
    """Whether what a record says of its lead and members rules it out; a blank does not."""
    lead = _of_lead(pack, alliance)
    named = [m.kind for m in members_of(alliance)]
    without = len(named) > 1 and not research_members(alliance)
    said = (lead["lead_is_enterprise"].holds, lead["lead_in_province"].holds)
    return False in said or without


def check_conditions(pack: PolicyPack, facts: Mapping[str, Fact]) -> tuple[ConditionCheck, ...]:
    """The pack's conditions one by one: met, missing or to be verified, with the source."""
    return tuple(
        ConditionCheck(
            condition.id, condition.text,
            _status([facts.get(i.key, Fact(None)) for i in condition.items]),
            tuple(_line(i.text, facts.get(i.key, Fact(None))) for i in condition.items),
            tuple(ask for i in condition.items
                  if (ask := facts.get(i.key, Fact(None, ask=f"请提供材料：{i.text}")).ask)),
            pack.cite(condition),
        )
        for condition in pack.condition
    )  # fmt: skip


def _status(facts: Iterable[Fact]) -> str:
    held = [fact.holds for fact in facts]
    return "缺" if False in held else "待核实" if None in held else "满足"


def _line(text: str, fact: Fact) -> str:
    word = {True: "满足", False: "缺", None: "待核实"}[fact.holds]
    return f"{text}：{word}" + (f"（{fact.basis}）" if fact.basis else "")


def _told(value: Told, name: str) -> Fact:
    return Fact({"是": True, "否": False}.get(value), f"联盟表：{name}={_filled(value)}")


def _filled(value: Told) -> str:
    return "未填写" if value == "未知" else value


def _of_lead(pack: PolicyPack, alliance: Alliance) -> dict[str, Fact]:
    kind = kind_of_member(alliance.lead_org) if alliance.lead_org else ""
    legal = _told(alliance.lead_legal_person, "独立法人")
    if not alliance.lead_org:
        legal = Fact(None, "盟主未填写")
    elif kind in ("高校", "科研院所"):
        legal = Fact(False, f"{alliance.lead_org}是{kind}，不是企业")
    elif legal.holds and kind != "企业" and not _FIRM.search(alliance.lead_org):
        unlike = f"名称“{alliance.lead_org}”看不出是不是企业"
        legal = Fact(None, f"{legal.basis}；{unlike}", "请盟主提供营业执照")
    return {
        "lead_is_enterprise": legal,
        "lead_in_province": _in_province(pack, alliance),
        "lead_invests_rd": _positive(alliance.lead_rd_wan, "研发经费", "万元"),
        "lead_is_small": _small(alliance),
        "rd_ratio": _rd_ratio(alliance),
    }


def _small(alliance: Alliance) -> Fact:
    """Either of the two kinds will do; only both together can be denied."""
    told = {"科技型中小企业": alliance.lead_is_small, "雏鹰企业": alliance.lead_is_eaglet}
    basis = "；".join(f"联盟表：{name}={_filled(value)}" for name, value in told.items())
    if "是" in told.values():
        return Fact(True, basis)
    open_ones = [name for name, value in told.items() if value == "未知"]
    if not open_ones:
        return Fact(False, basis)
    return Fact(
        None, basis, f"请盟主写明是不是{'、是不是'.join(open_ones)}（例如附认定或入库材料）"
    )


def _in_province(pack: PolicyPack, alliance: Alliance) -> Fact:
    """Registered and operating there: both have to be told."""
    if not alliance.province:
        return Fact(None, "注册省份未填写")
    same = not pack.pack.region or region_key(alliance.province) == region_key(pack.pack.region)
    if not same:
        return Fact(False, f"联盟表：注册在{alliance.province}")
    operates = _told(alliance.operates_here, "实地经营")
    ask = "请盟主写明实地经营地" if operates.holds is None else ""
    return Fact(operates.holds, f"联盟表：注册在{alliance.province}；{operates.basis}", ask)


def _rd_ratio(alliance: Alliance) -> Fact:
    if alliance.lead_rd_wan is None or not alliance.lead_sales_wan:
        return Fact(None, "研发经费或销售收入未填写")
    ratio = alliance.lead_rd_wan / alliance.lead_sales_wan
    words = f"研发经费占销售收入 {ratio:.2%}"
    if _LEAST_RD <= ratio < _HIGH_TECH_RD:
        return Fact(None, f"{words}，是否够要看是不是高新技术企业")
    return Fact(ratio >= _HIGH_TECH_RD, words)


def _positive(value: float | None, name: str, unit: str) -> Fact:
    if value is None:
        return Fact(None, f"{name}未填写")
    return Fact(value > 0, f"联盟表：{name} {value:g} {unit}")


def _of_agreement(alliance: Alliance, carried: list[Challenge]) -> dict[str, Fact]:
    research = research_members(alliance)
    return {
        "has_research_member": _research(alliance, research),
        "member_has_advantage": _advantage(alliance, research),
        "agreement_signed": Fact(True, f"协议日期 {alliance.agreed_on}") if alliance.agreed_on
        else Fact(None, "协议日期未填写"),
        "market_goal": _written(alliance.market_goal, "市场目标"),
        "technical_targets": _targets(alliance, carried),
        "benefit_mechanism": _written(alliance.benefit_mechanism, "利益机制"),
    }  # fmt: skip


def _research(alliance: Alliance, research: tuple[str, ...]) -> Fact:
    """Whether a university or an institute belongs; what a name leaves open is asked."""
    named = [m for m in members_of(alliance) if m.role == "成员"]
    gone = [name for name in research if _LEFT.search(name)]
    if gone and len(gone) == len(research):
        told = f"成员单位写作{'、'.join(gone)}；退出了就不是成员，不满足，没有退出的话满足"
        return Fact(None, told, "请盟主写明现在的成员")
    if research or not named:
        told = f"成员单位：{'、'.join(research)}" if research else "成员单位未填写"
        return Fact(True if research else None, told)
    perhaps = [
        m.organisation for m in named
        if m.kind == "其他" or (m.kind not in RESEARCH and _RESEARCHING.search(m.organisation))
    ]  # fmt: skip
    told = f"成员单位：{'、'.join(m.organisation for m in named)}"
    if not perhaps:
        return Fact(False, told)
    who = "、".join(perhaps)
    ask = f"请主管部门明确{who}算不算科研机构"
    return Fact(None, f"{told}；条文没有写{who}这样的算不算科研机构，算就满足，不算就不符合", ask)


def _advantage(alliance: Alliance, research: tuple[str, ...]) -> Fact:
    """By the pieces that matched the challenge; nobody's name or rank says anything here."""
    if not research:
        blank = not alliance.members
        return Fact(None, "成员单位未填写" if blank else "成员单位里没有看得出的高校院所")
    if not alliance.match_proof:
        return Fact(None, "还没有记下匹配档次和依据")
    proof = "、".join(alliance.match_proof)
    band = alliance.match_band
    told = f"联盟表自填或组建时记下：匹配档次“{band}”，依据：{proof}"
    return Fact(True if band in map(str, FIT) else None, told)


def _written(text: str, name: str) -> Fact:
    if text and (is_nothing(text) or _PENDING.fullmatch(text.strip())):
        return Fact(None, f"{name}写作“{text}”")
    return Fact(True, f"联盟表：{name}已写明") if text else Fact(None, f"{name}未填写")


def _targets(alliance: Alliance, carried: list[Challenge]) -> Fact:
    own = _measured(alliance.technical_targets)
    if own:
        return Fact(True, f"技术目标有 {len(own)} 项可考核的指标")
    asked = [c for c in carried if c.indicators or _measured(c.indicators_text)]
    own_words = "技术目标里没有可考核的数值" if alliance.technical_targets else "技术目标未填写"
    if asked:
        return Fact(None, f"{own_words}；所承担的榜单有考核指标，协议里有没有要核实")
    return Fact(None, own_words)


def _measured(text: str) -> list[Indicator]:
    """The targets that have a figure to be held against."""
    return [one for one in parse_indicators(text) if one.value is not None] if text else []


def _of_work(alliance: Alliance) -> dict[str, Fact]:
    projects = (*alliance.projects, *alliance.challenges)
    converted = alliance.conversions
    based = [p for p in alliance.platforms if "中试" in p]
    done = Fact(None, "转化成果未填写")
    if converted or based:
        done = Fact(True, f"转化成果 {converted or 0} 项，中试基地 {len(based)} 个")
    elif converted == 0 and alliance.platforms:
        named = "、".join(alliance.platforms)
        done = Fact(False, f"转化成果 0 项；平台{named}，没有写明中试基地")
    elif converted == 0:
        done = Fact(None, "转化成果 0 项，平台未填写")
    return {
        "is_model": Fact(True, f"认定日期 {alliance.model_on}") if alliance.model_on
        else Fact(None, "典型认定日期未填写"),
        "self_formed": _self_formed(alliance),
        "has_project": Fact(True, f"承担 {'、'.join(projects)}") if projects
        else Fact(None, "承担项目未填写"),
        "conversion_or_pilot_base": done,
        "licence_income": _positive(alliance.licence_income_wan, "转让许可净收入", "万元"),
        "operating_profit": _positive(alliance.profit_wan, "成果营业利润", "万元"),
    }  # fmt: skip


def _self_formed(alliance: Alliance) -> Fact:
    """All alliances are formed by their own will; whether a model one still counts, is not said."""
    if alliance.model_on is None:
        return Fact(True, tacit=True)
    both = "条文没有写典型联盟算不算“自发组建”的，算就符合，不算就不符合"
    return Fact(None, f"{alliance.model_on} 认定为典型联盟；{both}", "请主管部门明确")


def _ended(ended: date | None, year: int | None) -> tuple[tuple[str, Fact], ...]:
    """That it still runs; of the year in which it ended the source says nothing."""
    if ended is None or (year is not None and ended >= date(year, 12, 31)):
        return ()
    if year is None or ended.year < year:
        over = Fact(False, f"已于 {ended} 结束", "请核对结束日期，或问结束以前的年度")
    else:
        both = "条文没有写结束那年还算不算：算的话照下面看，不算的话各项都不符合"
        over = Fact(None, f"已于 {ended} 结束；{both}", "请盟主核对结束日期，由主管部门明确")
    return (("联盟还在运行", over),)


def _all_conditions(
    pack: PolicyPack, facts: Mapping[str, Fact], alliance: Alliance, year: int | None
) -> Fact:
    """All conditions as one fact that names, item by item, what is missing in them."""
    parts = tuple(
        (item.text, facts.get(item.key) or unknown(item))
        for condition in pack.condition
        for item in condition.items
    )
    parts = (*_ended(alliance.ended_on, year), *parts)
    held = [fact.holds for _, fact in parts]
    holds = True if all(held) else False if False in held else None
    return Fact(holds, parts=parts)
