"""Where a lead is, against where a pack's rules hold; which pack that ships is of its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from matcher.alliances.next_steps import asking
from matcher.alliances.wording import CLAUSE
from matcher.policy import Fact, PolicyPack, packs_at, region_key
from matcher.policy.rules import LeastShare
from matcher.records import Challenge
from matcher.records.alliance import Alliance, Told

_DOING = "(?:开展|进行|实施|从事|研发|研究|开发|转化|生产|投产|建设|做)"
_NOT_DONE = re.compile("没有|未|不在|拟|计划|准备|打算|设有")


def told_fact(value: Told, name: str) -> Fact:
    """What a column of 是 and 否 says."""
    return Fact({"是": True, "否": False}.get(value), f"联盟表：{name}={filled(value)}")


def filled(value: Told) -> str:
    """What stands in such a column, in words."""
    return "未填写" if value == "未知" else value


def in_province(pack: PolicyPack, alliance: Alliance) -> Fact:
    """Registered and operating there: both have to be told."""
    if not alliance.province:
        return Fact(None, "注册省份未填写")
    if not _same_province(pack, alliance):
        return asking("lead_in_province", Fact(False, f"联盟表：注册在{alliance.province}"))
    operates = told_fact(alliance.operates_here, "实地经营")
    ask = "请盟主写明实地经营地" if operates.holds is None else ""
    return Fact(operates.holds, f"联盟表：注册在{alliance.province}；{operates.basis}", ask)


def of_other_province(pack: PolicyPack, alliance: Alliance) -> tuple[str, ...]:
    """Of a lead whom a pack's own condition keeps out: which pack to look at, in a line."""
    asked = {item.key for condition in pack.condition for item in condition.items}
    if "lead_in_province" not in asked or not alliance.province or _same_province(pack, alliance):
        return ()
    here = f"这里只管{pack.pack.region}的"
    return (f"盟主注册在{alliance.province}：{here}，{_elsewhere(alliance)}",)


def in_territory(pack: PolicyPack, alliance: Alliance) -> Fact:
    """Rules of a place are for what is done there; a registration elsewhere does not tell.

    Where the lead's city has a pack of its own, the province's is not the last word.
    """
    where = f"{pack.pack.region}{pack.pack.city}" or "全国"
    told = "、".join(filter(None, (alliance.province, alliance.city)))
    here = _same_province(pack, alliance)
    here &= not pack.pack.city or pack.pack.city in alliance.city
    if here:
        return _beside_others(pack, alliance, Fact(True, f"联盟表：{told or where}"))
    turns = f"条例适用于{where}行政区域内的活动：在那里做的适用，不在那里的不适用"
    ask = "请盟主写明在哪里做（联盟表「省」「市」栏）"
    if not told:
        return Fact(None, f"省、市未填写；{turns}", ask)
    of_city = bool(pack.pack.city) and _same_province(pack, alliance)
    if of_city and not alliance.city:
        return Fact(None, f"联盟表：{told}，市未填写；{turns}", ask)
    kind = f"{pack.pack.city}市" if pack.pack.city else pack.pack.region
    seat = alliance.city if of_city else told
    basis = f"这一规则包是{kind}的，盟主在{seat}；{turns}；{_elsewhere(alliance, seat)}"
    place = pack.pack.city or pack.pack.region
    said = "；".join(c.strip() for c in CLAUSE.split(alliance.note) if place and place in c)
    if said and (done := _done_at(place, alliance.note)):
        words = f"备注写“{done}”，按备注所说在{kind}做：适用，不看注册在哪里；由主管部门核对"
        return Fact(True, words)
    noted = f"备注写“{said}”；" if said else ""
    if elsewhere := _done_elsewhere(place, alliance.note):
        turns = "看在哪里做的话不适用，看榜单是哪里的、成果用在哪里的话适用，条文没有写按哪一个"
        words = f"{noted}备注写“{elsewhere}”；条例适用于{where}行政区域内的活动：{turns}"
        ask = "请主管部门明确在外地做、成果用在这里的适不适用"
        return Fact(None, words, ask, short=f"在{where}范围内没有：{turns}")
    ask = f"请盟主写明是不是在{kind}做（联盟表「备注」栏），由主管部门核对；不是的不看这个规则包"
    return Fact(None, f"{noted}联盟表：{told}；{basis}", ask)


def _done_at(place: str, note: str) -> str:
    """The clause of a note that says that the work was done in a place.

    >>> _done_at("洛阳", "注册在郑州，2023年在洛阳开展新材料研究开发，没有拿洛阳的钱")
    '2023年在洛阳开展新材料研究开发'
    """
    pieces = (p.strip() for c in CLAUSE.split(note) for p in re.split("[，,]", c))
    doing = re.compile(f"在{place}市?[^没不]{{0,8}}{_DOING}")
    return next((p for p in pieces if doing.search(p) and not _NOT_DONE.search(p)), "")


def _done_elsewhere(place: str, note: str) -> str:
    """The clause that says that all of it is done in another place."""
    pieces = (p.strip() for c in CLAUSE.split(note) for p in re.split("[，,]", c))
    doing = re.compile(f"(?:全部|都|主要)在(?!{place})[㐀-鿿]{{2,6}}{_DOING}")
    return next((p for p in pieces if doing.search(p)), "")


def in_territory_too(
    pack: PolicyPack, challenge: Challenge, facts: Mapping[str, Fact]
) -> dict[str, Fact]:
    """The same of a challenge that says where it is of: elsewhere than its lead, it is asked."""
    lead = facts.get("in_territory")
    if lead is None or not lead.holds or not (challenge.province or challenge.city):
        return {}
    province = challenge.province or pack.pack.region
    place = Alliance(alliance_id="榜单", province=province, city=challenge.city or pack.pack.city)
    if in_territory(pack, place).holds:
        return {}
    where = "、".join(filter(None, (challenge.province, challenge.city)))
    turns = "在那里做的适用，不在那里的不适用"
    basis = f"{lead.basis}；榜单 {challenge.challenge_id} 写的地方是{where}；{turns}"
    return {"in_territory": Fact(None, basis, "请盟主写明在哪里做（榜单表「省」「市」栏）")}


def _same_province(pack: PolicyPack, alliance: Alliance) -> bool:
    return not pack.pack.region or region_key(alliance.province) == region_key(pack.pack.region)


def _elsewhere(alliance: Alliance, seat: str = "") -> str:
    """Which packs are of the lead's own place; a pack that is not there is never named."""
    if ids := "、".join(one.pack.id for one in packs_at(alliance.province, alliance.city)):
        return f"{alliance.province}的请看那里的规则包 {ids}"
    return f"软件里没有{seat or alliance.province}的规则包，请问那里的主管部门"


def _beside_others(pack: PolicyPack, alliance: Alliance, fact: Fact) -> Fact:
    """With what a pack of the same place says of the same share: a city's, or its province's."""
    if not pack.pack.region:
        return fact
    for other in packs_at(alliance.province, alliance.city):
        shares = "、".join(_other_shares(pack, other))
        if not shares or other.pack.id == pack.pack.id:
            continue
        named = f"{other.pack.city or other.pack.region}另有规则包 {other.pack.id}，{shares}"
        basis = f"{fact.basis}；{named}"
        if not other.pack.city:
            return replace(fact, basis=basis)
        ask = f"请先看规则包 {other.pack.id}，适用哪个由主管部门明确"
        return Fact(None, basis, ask)
    return fact


def _other_shares(pack: PolicyPack, other: PolicyPack) -> Iterator[str]:
    theirs = {rule.base: rule.share for rule in other.funding if isinstance(rule, LeastShare)}
    for rule in pack.funding:
        if isinstance(rule, LeastShare) and theirs.get(rule.base, rule.share) != rule.share:
            yield f"{rule.base}不低于 {theirs[rule.base]:.0%}（这里 {rule.share:.0%}）"
