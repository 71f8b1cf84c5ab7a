"""Whether a challenge is on a list that went out, and in a plan, as far as its record says."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

from matcher.alliances.wording import CLAUSE
from matcher.policy import Claim, Fact, PolicyPack
from matcher.policy.amounts import plain, wan
from matcher.records import Challenge
from matcher.records.alliance import Alliance
from matcher.text.dates import today

_PART = re.compile("[：:]")
_OUTSIDE = re.compile(
    "不(?:在|属于|是)[^，。；]{0,40}(?:任何|这两个|两个)[^，。；]{0,12}(?:项目|计划|课题)"
    "|与[^，。；]{0,12}(?:计划|项目)[^，。；]{0,6}(?:无关|没有关系)"
)
_NUMBER = re.compile(r"(?=.*[A-Za-z])(?=.*\d)[A-Za-z0-9._-]+")
_CONTRACT = re.compile("横向|纵向|视为|课题")
_BY_FIRM = re.compile("^(?:盟主|企业)|(?:企业|公司|集团|厂)$")
_GRANTED = re.compile("(?<![未没待拟])立项(?!中|前)")
_EACH_CONTRACT = re.compile(
    r"(?:一|另一|第[一二三四])[份项笔个]?[^，,。；;]{0,6}?(\d+(?:\.\d+)?)\s?万元"
)
_OUT_OF = "(?:(?<!是)不(?:在|属于|是|算)|(?:没有|未)(?:列入|纳入|进入))[^，,。；;]{0,30}?"
_HEARSAY = re.compile("是否|是不是|算不算|不清楚|不知道|[吗？?]|认为|以为|觉得|主张|听说|据说")
_BY_LEAD = re.compile("(?<![未没不])(?:提出|确认)")
_NOT_YET = ("需求征集", "论证遴选")
_NEVER = ("驳回", "取消")
_OPEN = ("发榜", "揭榜")
_IN_PLAN = ("签约立项", "过程管理", "验收评价")
# After these the source does not say whether a project may still ask.
_AFTER = ("流标", "验收评价")
_NOT_GRANTED = re.compile("(?:[未没待拟]|没有)(?:立项|列入|批)|申[请报]|准备|打算|拟|争取")
_LONG_NAME = 6
_STAGE = "请管理人员核对并写明榜单现在的阶段"
_WHICH = "请盟主写明是哪个项目的（资金表「榜单编号」栏写项目名称）"
_BOTH_RECORDS = "请管理人员和盟主核对资金是不是已得、榜单有没有立项"
_EITHER = "条文没有写列入榜单就算还是立项才算：列入就算的话视为，立项才算的话要等立项"


def on_list(pack: PolicyPack, challenge: Challenge, year: int | None) -> Fact:
    """Whether it is on a list that went out, in the year that is asked about.

    The source says nothing of stages and of deadlines: what a project may still ask for after its
    deadline, or before the list it is of, is to be checked.
    """
    name, stage, closes = (
        f"榜单 {challenge.challenge_id}",
        challenge.stage,
        challenge.apply_deadline,
    )
    if stage in (*_NOT_YET, *_NEVER):
        return Fact(False, f"{name} 没有发布", "待管理人员发布榜单" if stage in _NOT_YET else "")
    if stage is None:
        return Fact(None, f"{name} 的阶段未填写，看不出发布没有", _STAGE)
    if stage in _AFTER:
        return Fact(None, f"{name} 已到“{stage}”；条文没有写这以后能否申请", _STAGE)
    if closes is not None and (why := _untimely(pack, closes, stage, year)):
        return Fact(None, f"{name} 揭榜截止 {closes}，{why}", _STAGE)
    return Fact(True, name)


def _untimely(pack: PolicyPack, closes: date, stage: str, year: int | None) -> str:
    """Why a deadline does not fit the stage, the year that is asked about, or the pack."""
    if closes.year < pack.pack.year:
        return f"早于这项政策（{pack.pack.year} 年）；条文没有写以前的榜单算不算"
    if year is not None and closes.year > year:
        return f"在 {year} 年以后；{year} 年已经发布的话符合，还没有发布的话不符合"
    now = today()
    past = year is not None and (closes.year < year or (year == now.year and closes < now))
    if past and stage in _OPEN:
        return f"已经过了，阶段还是“{stage}”；条文没有写截止以后能否申请"
    return ""


def in_plan(pack: PolicyPack, challenge: Challenge, claims: Sequence[Claim] = ()) -> Fact:
    """Whether it is a project of the plan: granted, by its stage or by an outcome."""
    if _granted(challenge, claims):
        return Fact(True, f"榜单 {challenge.challenge_id} 已经立项")
    if at_odds := paid_before_granted(pack, challenge, claims):
        return Fact(None, f"{at_odds}；已经立项的话可以申请，没有立项的话{_EITHER}", _BOTH_RECORDS)
    return Fact(None, f"还没有立项的记录；{_EITHER}", "请主管部门明确列入榜单算不算，或立项后再看")


def of_either_plan(pack: PolicyPack, facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """The same of what takes projects of a plan without a list too."""
    names = [p.name for p in pack.programme for one in pack.programme if p.id in one.also_of]
    listed = facts.get("on_list", Fact(None))
    if listed.holds or not names:
        return {"on_list_or_other_plan": listed}
    plans = "、".join(f"“{name}”" for name in names)
    both = f"列入{plans}的课题不必列入榜单：列入那项计划的话可以申请，两样都没有的话不符合"
    return {"on_list_or_other_plan": Fact(
        None, f"{listed.basis}；{both}",
        f"请盟主写明是不是{plans}的课题（是的话资金表「支持计划」栏写它）",
    )}  # fmt: skip


def in_other_plan(
    pack: PolicyPack, alliance: Alliance, claims: Sequence[Claim]
) -> tuple[str, dict[str, Fact]] | None:
    """What an alliance was given, or else asks for, under such a plan: its projects are of it.

    Of money that names none of several projects nobody knows whose it is.
    """
    plans = {p for one in pack.programme for p in one.also_of}
    given = [c for c in claims if c.given and c.programme in plans]
    asked = [c for c in claims if not c.given and c.programme in plans]
    if not given and not asked:
        return _named_in_plan(pack, alliance, plans)
    paid = tuple(dict.fromkeys(c.key for c in given if c.key in alliance.projects))
    whose = {"confirmed_by_lead": confirmed(alliance, paid or alliance.projects)}
    if not given:
        name = next(p.name for p in pack.programme if p.id == asked[0].programme)
        sums = "、".join(f"{c.amount_words}（{c.where}）" for c in asked)
        later = f"写在{name}下，拟申请 {sums}，没有立项的记录；立项后视为省级科技计划项目"
        ask = "请主管部门写明是否立项（立项后资金表「资金情况」栏写已得）"
        listed = Fact(True, f"课题写在{name}下：{sums}")
        waiting = Fact(None, later, ask)
        return f"{name}的课题", {"on_list_or_other_plan": listed, "in_plan": waiting} | whose
    name = next(p.name for p in pack.programme if p.id == given[0].programme)
    sums = "、".join(f"{c.amount_words}（{c.where}）" for c in given)
    told = granted = Fact(True, f"已得{name} {sums}")
    if not paid and len(alliance.projects) > 1:
        granted = Fact(None, f"{told.basis}，没有写是哪个项目的：{_of_which(alliance)}", _WHICH)
    about = "、".join(paid)
    return f"{name}的课题{about and f'《{about}》'}", {
        "on_list_or_other_plan": told, "in_plan": granted
    } | whose  # fmt: skip


def _named_in_plan(
    pack: PolicyPack, alliance: Alliance, plans: Collection[str]
) -> tuple[str, dict[str, Fact]] | None:
    """The same of a project that names the plan it is of, by what its name says of its grant."""
    for plan in (p for p in pack.programme if p.id in plans):
        kind = _kind(plan.name)
        for project in alliance.projects:
            if kind not in project:
                continue
            told = f"联盟表：承担项目={project}"
            ask = "请主管部门写明是否立项（联盟表「承担项目」栏）"
            inside = f"{kind}计划" in project and not _NOT_GRANTED.search(project)
            granted = Fact(True, told) if inside or _GRANTED.search(project) else Fact(
                None, told, ask
            )  # fmt: skip
            mine = [c for c in alliance.confirmed if kind in c or project in c]
            whose = Fact(True, f"联盟表：盟主确认课题={mine[0]}") if mine else confirmed(
                alliance, [project]
            )  # fmt: skip
            return f"{plan.name}的课题", {
                "on_list_or_other_plan": Fact(True, told), "in_plan": granted,
                "confirmed_by_lead": whose,
            }  # fmt: skip
    return None


def _kind(plan: str) -> str:
    """What of a plan's name stands in those of its projects."""
    return plan.removesuffix("计划").removeprefix("联盟").strip("“”")


def _of_which(alliance: Alliance) -> str:
    """What comes of it, project by project."""
    ready = [name for name in alliance.projects if confirmed(alliance, [name]).holds]
    rest = [name for name in alliance.projects if name not in ready]
    turns = [f"是{'、'.join(ready)}的话视为"] if ready else []
    turns += [f"是{'、'.join(rest)}的话还要盟主确认课题，没有确认的不视为"] if rest else []
    return "，".join(turns)


def confirmed(
    alliance: Alliance | None, names: Iterable[str], others: Iterable[str] = ()
) -> Fact:  # fmt: skip
    """Whether the lead has confirmed a project, by its number or its name.

    ``others``: numbers and names of projects it is not, beside those the alliance names itself.

    A part of it with a name of its own is written behind: 项目名称：课题名称. A text that has a
    project's number in it is of that project.
    """
    if alliance is None:
        return Fact(True, tacit=True)  # first somebody has to lead
    ask = "请盟主确认课题（联盟表「盟主确认课题」栏写榜单编号或项目名称）"
    known = set(filter(None, names))
    told = [one for one in alliance.confirmed if _names(one, known)]
    if told:
        return Fact(True, f"联盟表：盟主确认课题={'、'.join(told)}")
    written = "、".join(alliance.confirmed)
    strange = {*alliance.challenges, *alliance.projects, *others} - known
    if written and all(_names(one, strange) for one in alliance.confirmed):
        turns = "那是另一项；这一项没有写，确认了的话视为，没有确认的话不视为"
        return Fact(None, f"盟主确认课题写的是{written}，{turns}", ask)
    if written:
        turns = "没有写属于哪个项目：属于这一项的话已经确认，视为；不属于的话没有确认，不视为"
        whose = "请盟主写明属于哪个项目（联盟表「盟主确认课题」栏写作“项目名称：课题名称”）"
        return Fact(None, f"盟主确认课题写作{written}，{turns}", whose)
    return Fact(None, "盟主确认课题未填写；确认了的话视为，没有确认的话不视为", ask)


def _names(written: str, projects: Iterable[str]) -> bool:
    """Whether a text is, begins with, or has in it the number of one of some projects.

    >>> _names("盟主已确认K10的课题", {"K10"}), _names("K10-2的课题", {"K10"})
    (True, False)
    """
    return any(
        one in (written, _PART.split(written, 1)[0])
        or (len(one) >= _LONG_NAME and written.startswith(one) and not _NUMBER.fullmatch(one))
        or (_NUMBER.fullmatch(one) and re.search(
            rf"(?<![A-Za-z0-9])(?<![A-Za-z0-9][._-]){re.escape(one)}(?![._-]?[A-Za-z0-9])", written
        ))
        for one in projects
    )  # fmt: skip


def contracts_told(pack: PolicyPack, alliance: Alliance) -> Iterator[str]:
    """Of money an enterprise paid to members, whether it is of a project its lead confirmed.

    >>> from matcher.policy import shipped_pack
    >>> paid = {"year": 2021, "payer": "企业", "receiver": "某大学", "standing": "已得"}
    >>> both = [paid | {"amount_wan": 60, "challenge_id": "K9"}, paid | {"amount_wan": 40}]
    >>> one = Alliance(alliance_id="A", lead_org="甲公司", question="都算横向吗", grants=both,
    ...                challenges=["K9"], confirmed=["K9"])
    >>> next(contracts_told(shipped_pack("liaoning-2021"), one))[7:32]
    '60 万元（K9）：盟主确认了课题，K9 是这两个'
    """
    rules = any(i.key == "confirmed_by_lead" for p in pack.programme for i in p.items)
    asked = "课题算不算省级项目" in alliance.asks or _CONTRACT.search(alliance.question)
    if not (rules and asked):
        return
    told = []
    for one in alliance.grants:
        by_firm = one.payer == alliance.lead_org or _BY_FIRM.search(one.payer)
        if one.standing != "已得" or not by_firm or one.receiver in ("", "盟主", alliance.lead_org):
            continue
        money, name = f"{plain(wan(one.amount_wan or 0))} 万元", one.challenge_id
        outside = next((c for c in CLAUSE.split(alliance.note) if _OUTSIDE.search(c)), "")
        said = _said_of_contract(alliance, name, money)
        written = f"备注写“{said}”"
        inside = _in_either(pack, said)
        of_plan = bool(one.programme) and _in_either(pack, one.programme) is True
        mine = [c for c in alliance.confirmed if one.programme and _kind(one.programme) in c]
        if not name and mine:
            turns = (
                f"写在{one.programme}下，盟主确认了课题（{mine[0]}）："
                "这项计划里的课题由盟主提出和确认的，视为省级科技计划项目"
            )
        elif not name and outside and not one.programme:
            turns = f"不视为：备注写“{outside.strip()}”；只有这两个计划里的课题视为"
        elif not name:
            turns = "没有写属于哪个榜单或项目：不属于这两个计划的，没有写视为，不视为"
        elif inside is False and one.programme:
            turns = (
                f"资金表写在{one.programme}下，{written}，两处不一致："
                "不在这两个计划里的不视为，在的由盟主提出和确认了课题才视为"
            )
        elif inside is False:
            turns = f"不视为：{written}；只有这两个计划里的课题视为"
        elif confirmed(alliance, [name]).holds and (inside or of_plan):
            told_in = written if inside else f"资金表写在{one.programme}下"
            turns = f"盟主确认了课题，{told_in}，视为省级科技计划项目"
        elif confirmed(alliance, [name]).holds:
            turns = f"盟主确认了课题，{name} 是这两个计划的项目的话，视为省级科技计划项目"
        else:
            turns = "在这两个计划里、由盟主提出和确认的视为省级科技计划项目，别的不视为"
        told.append(f"{money}{f'（{name}）' if name else ''}：{turns}")
    if told or (told := list(_contracts_noted(pack, alliance))):
        yield f"结论（课题）：{'；'.join(told)}"


def _said_of_contract(alliance: Alliance, name: str, money: str) -> str:
    """The clause of a note on one contract alone: by its name, or else its sum."""
    others = {one.challenge_id for one in alliance.grants} - {name, ""}
    by_name = f"(?:^|[：:，,、])“?{re.escape(name)}”?[，,：:（(是]"
    by_sum = rf"(?<![\d.]){re.escape(money.partition(' ')[0])}(?:\.0+)?\s?万元"
    for pattern in (by_name, by_sum) if name else (by_sum,):
        found = [
            clause[at.start() :].lstrip("：:，,、 ") for clause in CLAUSE.split(alliance.note)
            if (at := re.search(pattern, clause)) is not None
            and not _HEARSAY.search(clause[: at.start()])
        ]  # fmt: skip
        if len(found) == 1:
            mixed = any(other in found[0] for other in others)
            return "" if mixed else found[0].strip()
    return ""


def _in_either(pack: PolicyPack, text: str) -> bool | None:
    """Whether a text says that something is of a plan whose projects are taken for its own.

    It is of none where each plan is denied by name; what somebody only thinks decides nothing.

    >>> from matcher.policy import shipped_pack
    >>> pack = shipped_pack("liaoning-2021")
    >>> _in_either(pack, "甲，60万元，是省重点科技攻关计划项目下的课题")
    True
    >>> neither = "不属于“揭榜挂帅”科技攻关计划，也不属于重点科技攻关计划"
    >>> _in_either(pack, f"乙，{neither}"), _in_either(pack, f"学校认为{neither}")
    (False, None)
    >>> _in_either(pack, "不属于重点科技攻关计划")
    """
    bare = re.sub("[“”]", "", text)
    if _HEARSAY.search(bare):
        return None
    if _OUTSIDE.search(bare):
        return False
    named = [kind for kind in _kinds(pack) if kind in bare]
    denied = [kind for kind in named if re.search(f"{_OUT_OF}{kind}", bare)]
    if denied and len(denied) == len(_kinds(pack)):
        return False
    held = [kind for kind in named if kind not in denied and f"{kind}计划" in bare]
    return True if held and not denied and not _NOT_GRANTED.search(bare) else None


def _kinds(pack: PolicyPack) -> list[str]:
    """What stands in the names of the plans whose projects are taken for the province's own."""
    return [
        re.sub("[“”]", "", _kind(p.name))
        for one in pack.programme if one.also_of for p in pack.programme
        if p.id in one.also_of or (p.subject == one.subject and p is not one)
    ]  # fmt: skip


def _contracts_noted(pack: PolicyPack, alliance: Alliance) -> Iterator[str]:
    """The same of contracts a note tells one by one, each with its sum."""
    kinds = _kinds(pack)
    for clause in CLAUSE.split(alliance.note):
        found = _EACH_CONTRACT.search(clause)
        if found is None:
            continue
        said = f"备注写“{clause[found.start() :].strip()}”"
        named = any(f"{kind}计划" in re.sub("[“”]", "", clause) for kind in kinds)
        if _OUTSIDE.search(clause) or _in_either(pack, clause) is False:
            turns = f"不视为：{said}；只有这两个计划里的课题视为"
        elif named and _BY_LEAD.search(clause):
            turns = f"视为省级科技计划项目：{said}；这项计划里的课题由盟主提出和确认的，视为"
        elif named:
            turns = f"盟主提出和确认了课题的视为，没有确认的不视为：{said}"
        else:
            turns = f"没有写属于这两个计划的，没有写视为，不视为：{said}"
        yield f"{found[1]} 万元：{turns}"


def paid_before_granted(pack: PolicyPack, challenge: Challenge, claims: Sequence[Claim]) -> str:
    """Where the pack's own money is written as received for what no record says was granted."""
    own = {p.payers[0] for p in pack.programme if p.subject == "榜单项目" and p.payers} | {""}
    paid = [
        c for c in claims
        if c.key == challenge.challenge_id and c.origin == "联盟已得" and c.level in own
    ]  # fmt: skip
    if not paid or challenge.stage is None or _granted(challenge, claims):
        return ""
    sums = "、".join(f"{c.amount_words}（{c.where}）" for c in paid)
    return (
        f"资金表写已得 {sums}，榜单 {challenge.challenge_id} 的阶段却是“{challenge.stage}”，"
        "没有立项的记录，两处不一致"
    )


def odds_of_records(
    pack: PolicyPack, challenge: Challenge, claims: Sequence[Claim]
) -> dict[str, tuple[str, ...]]:
    """The same for the programmes it is money of, with what either record comes to."""
    told = paid_before_granted(pack, challenge, claims)
    both = "确实已得的话照这里算，没有得到的话最多和本年余额里都不减去它"
    doubt = f"已得还是没有立项（{told}；{both}）→ {_BOTH_RECORDS}"
    plans = [p.id for p in pack.programme if p.subject == "榜单项目" and p.amount]
    return dict.fromkeys(plans, (doubt,)) if told else {}


def _granted(challenge: Challenge, claims: Sequence[Claim]) -> bool:
    """Whether its stage or an outcome says so."""
    known = any(c.key == challenge.challenge_id and c.origin == "结果" for c in claims)
    return known or challenge.stage in _IN_PLAN


def on_lists(
    pack: PolicyPack, ids: tuple[str, ...], carried: list[Challenge], year: int | None
) -> Fact:
    """The same of an alliance: whether one of those it carries is."""
    if not ids:
        return Fact(None, "承担榜单未填写")
    if not carried:
        return Fact(None, f"工作区里没有榜单 {'、'.join(ids)}")
    told = [on_list(pack, one, year) for one in carried]
    for holds in (True, None):
        if mine := [fact for fact in told if fact.holds is holds]:
            return Fact(holds, "；".join(fact.basis for fact in mine), mine[0].ask)
    return Fact(False, "榜单没有发布")
