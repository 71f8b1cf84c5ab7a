"""What records say about the conditions and the programmes' items, and what to ask for next.

Advantage in the field is shown by evidence that matched the challenge, never by rank or fame.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from matcher.alliances import wording
from matcher.alliances.advantage import FIT
from matcher.alliances.listing import on_lists
from matcher.alliances.members import RESEARCH, kind_of_member, members_of, research_members
from matcher.alliances.net import money_in
from matcher.alliances.next_steps import asking
from matcher.alliances.noted import as_noted, noted_facts, raised_facts
from matcher.alliances.organisations import code_of
from matcher.alliances.places import filled, in_province, in_territory, told_fact
from matcher.alliances.talent import not_yet_come, talent_fact, whose_talent
from matcher.alliances.totals import Sum, sum_in
from matcher.alliances.work import of_work
from matcher.corpora.headers.originals import ORIGINAL
from matcher.policy import Fact, Means, PolicyPack
from matcher.policy.means import unknown
from matcher.records import Challenge, Indicator
from matcher.records.alliance import Alliance, Told
from matcher.text.amounts import is_nothing
from matcher.text.indicators import parse_indicators

# What may be of an enterprise that is an institute, or of something that is neither by its name.
_RESEARCHING = re.compile("研究|院|所|中心|实验室|机构")
# An agreement beside the one that is meant.
_MORE = re.compile("补充|续签|修订|保密|分项|子")
_FIRM = re.compile("(?:公司|集团|厂|企业)$")
# Shares of sales: of a large firm; of a high-technology firm, from the lowest grade to the highest.
_LEAST_RD, _HIGH_TECH_RD = 0.01, (0.03, 0.06)
_LARGE_SALES = 2000
_NOTED_AMOUNT = r"[^\d，,；;。]{0,8}(\d+(?:\.\d+)?\s?(?:万|亿)元)"
_NOTED_RD = re.compile(f"(?:研发|研究开发)(?:费用?|经费|投入|支出){_NOTED_AMOUNT}")
_NOTED_SALES = re.compile(f"(?:销售|营业)(?:收入|额){_NOTED_AMOUNT}")
_NOTED_SHARE = re.compile(
    r"(?:研发|研究开发)(?:费用?|经费|投入|支出)[^，,；;。%％\d]{0,8}占[^，,；;。%％\d]{0,12}(\d+(?:\.\d+)?)\s?[%％]"
)
_NOT_HIGH = re.compile("(?:不是|并非|非|不属于|没有认定为?)高新技术企业")
_NOT_LARGE = re.compile("(?:不是|并非|非|不属于|不到|未到|达不到|未达到|没有达到)规模以上")
_ASKED_SHARE = re.compile(r"(?:应当?|要|须|需要?)达到\s?(\d+(?:\.\d+)?)\s?[%％]")
_OF_NEITHER = "请计划的主管部门明确两样都不是的企业能不能承担"
_RATIO_COLUMNS = "联盟表「研发经费(万元)」「销售收入(万元)」栏"
_HIGH_TECH = "请盟主写明是不是高新技术企业（联盟表「高新技术企业」栏）"
# The credit code of an enterprise: registered by the trade register (9), as an enterprise (1).
_FIRM_CODE, _CODE_LENGTH = "91", 18
_SPENT_IN = re.compile(r"((?:19|20)\d\d)\s?年[^\d，,；;。]{0,12}(\d+(?:\.\d+)?\s?(?:万|亿)元)")
_SPENDS = re.compile("研发.{0,6}投入|投入.{0,6}研发|研发经费(?!.{0,4}(?:0|零|无))")
_SMALL = re.compile("^(?:(?>.*?成员).*(?:雏鹰|科技型中小)|(?>.*?(?:雏鹰|科技型中小)).*成员)")


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
    facts = {
        **_of_lead(pack, alliance), **_of_agreement(alliance, carried),
        **of_work(alliance, carried, year),
    }  # fmt: skip
    if (looked_up := (shown or {}).get(alliance.alliance_id)) is not None:
        facts["member_has_advantage"] = looked_up
    facts["talent_from_outside"] = talent_fact(pack, alliance)
    facts["talent_has_come"] = not_yet_come(alliance) or Fact(True, tacit=True)
    recognised = facts["talent_recognised"]
    if recognised.holds and (which := whose_talent(pack, alliance)):
        ask = "请盟主写明是哪一位、来自哪里（联盟表「引进人才类别」栏，例如“德国：领军人才”）"
        facts["talent_recognised"] = Fact(None, f"{recognised.basis}；{which}", ask)
    facts["on_list"] = on_lists(pack, alliance.challenges, carried, year)
    facts = {key: asking(key, fact) for key, fact in facts.items()} | _not_yet(alliance, year)
    facts |= raised_facts(pack, alliance)
    facts |= _of_conversion(pack, alliance)
    facts |= noted_facts(pack, alliance.note, facts)
    facts |= as_noted(facts, set(_keys_met(pack, alliance)), alliance.note)
    facts["conditions_met"] = _all_conditions(pack, facts, alliance, year)
    return facts


def _keys_met(pack: PolicyPack, alliance: Alliance) -> Iterator[str]:
    """The items a note may call met at once: the pack's conditions, and what is asked for."""
    yield from (item.key for condition in pack.condition for item in condition.items)
    asked = {one.programme for one in alliance.all_grants if one.standing == "申请"} - {""}
    for plan in pack.programme:
        named = any(one == plan.id or one in plan.name or plan.name in one for one in asked)
        if named and plan.subject == "联盟" and plan.receiver != "完成人":
            yield from (item.key for item in plan.items if item.key != "conditions_met")


def _of_conversion(pack: PolicyPack, alliance: Alliance) -> dict[str, Fact]:
    """What the columns of a large conversion say; what holds in its stead is the pack's to say."""
    columns = {"own_ip": alliance.own_ip, "major": alliance.is_major}
    found = {}
    if alliance.is_major == "是" and alliance.conversions is None:
        found["has_conversion"] = told_fact("是", "较大经济规模和较强竞争力")
    for item in pack.items:
        if (value := columns.get(item.key, "未知")) != "未知":
            told = told_fact(value, item.text)
            found[item.key] = told if told.holds else replace(
                told, ask=item.ask, short=item.instead
            )  # fmt: skip
    return found


def ratio_told(pack: PolicyPack, facts: Mapping[str, Fact]) -> Iterator[str]:
    """What the share of sales that goes into research comes to, where a pack asks for one."""
    fact = facts["rd_ratio"]
    item = next((item for item in pack.items if item.key == "rd_ratio"), None)
    if item is None or "%" not in fact.basis:
        return
    held = {True: "够", False: "不够", None: "待核实"}[fact.holds]
    ask = f"→ {fact.ask}" if fact.holds is None and fact.ask else ""
    yield f"结论（研发投入）：{held}：{fact.basis}（条文：{item.text}，正好达到的也算）{ask}"


def base_told(pack: PolicyPack, alliance: Alliance, means: Means) -> Iterator[str]:
    """What each reading of a share without a figure is of, where a note names several years' sums.

    >>> from matcher.policy import shipped_pack
    >>> one = Alliance(alliance_id="A", note="2020年研发经费投入400万元，2021年预计500万元")
    >>> told = base_told(shipped_pack("liaoning-2021"), one, Means(wanted_of={"small-firms": ""}))
    >>> next(told).partition("现在算不出数额：")[2]
    '按 2020 年是 400 万元的，按 2021 年是 500 万元的→ 请问主管部门'
    """
    sums = {
        int(year): amount
        for clause in wording.CLAUSE.split(alliance.note) if _SPENDS.search(clause)
        for year, amount in _SPENT_IN.findall(clause)
    }  # fmt: skip
    for plan in pack.programme:
        if plan.open_base == "研发经费" and plan.id in means.wanted_of and len(sums) > 1:
            each = "，".join(
                f"按 {year} 年是 {money_in(sums[year]):g} 万元的" for year in sorted(sums)
            )
            yield (
                f"结论（{plan.name}）：{plan.open_amount}，按哪一年的没有写，"
                f"现在算不出数额：{each}→ 请问主管部门"
            )


def _not_yet(alliance: Alliance, year: int | None) -> dict[str, Fact]:
    """What came after the year that is asked about did not hold in it."""
    days = {"agreement_signed": ("协议日期", "签约", alliance.agreed_on),
            "is_model": ("认定日期", "认定", alliance.model_on)}  # fmt: skip
    return {
        key: Fact(False, f"{name} {day}，{year} 年还没有", f"请核对{name}，或问{what}以后的年度")
        for key, (name, what, day) in days.items()
        if year is not None and day is not None and day.year > year
    }


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
            tuple(dict.fromkeys(
                ask for i in condition.items
                if (ask := facts.get(i.key, Fact(None, ask=f"请提供材料：{i.text}")).ask)
            )),
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


def _of_lead(pack: PolicyPack, alliance: Alliance) -> dict[str, Fact]:
    kind = kind_of_member(alliance.lead_org) if alliance.lead_org else ""
    legal = told_fact(alliance.lead_legal_person, "独立法人")
    code = code_of(alliance.lead_uscc)
    if not alliance.lead_org:
        legal = Fact(None, "盟主未填写", "请盟主写明是哪家企业（联盟表「盟主企业」栏）")
    elif kind in ("高校", "科研院所"):
        legal = Fact(False, f"{alliance.lead_org}是{kind}，不是企业")
    elif legal.holds and kind != "企业" and not _FIRM.search(alliance.lead_org):
        unlike = f"名称“{alliance.lead_org}”看不出是不是企业"
        ask = "请盟主提供营业执照，写明「统一社会信用代码」（91 开头是企业）"
        legal = (
            Fact(True, f"{legal.basis}；信用代码 {code} 是企业的")
            if code.startswith(_FIRM_CODE) and len(code) == _CODE_LENGTH
            else Fact(None, f"{legal.basis}；{unlike}", ask)
        )
    return {
        "lead_is_enterprise": legal,
        "is_enterprise": _enterprise(alliance.lead_org, kind, legal),
        "lead_in_province": in_province(pack, alliance),
        "lead_invests_rd": _invests(alliance),
        "lead_is_small": _small(alliance),
        "rd_ratio": _rd_ratio(alliance),
        "in_territory": in_territory(pack, alliance),
    }


def _enterprise(name: str, kind: str, legal: Fact) -> Fact:
    """Whether the lead is one, legal person or not: by its name, where that tells."""
    by_name = kind == "企业" or bool(_FIRM.search(name))
    return Fact(True, f"{name}是企业") if by_name and legal.holds is not False else legal


def _invests(alliance: Alliance) -> Fact:
    """By the sum; where none is filled in, by a note that says that there is some."""
    by_sum = _positive(alliance, "lead_rd_wan", "研发经费")
    if by_sum.holds is not None or alliance.lead_rd_wan is not None:
        return by_sum
    said = (c.strip() for c in wording.CLAUSE.split(alliance.note) if _SPENDS.search(c))
    clause = next((c for c in said if not wording.PLANNED.search(c)), "")
    if not clause:
        return by_sum
    return Fact(True, f"备注写“{clause}”；数额没有填，够不够由主管部门认定")


def _small(alliance: Alliance) -> Fact:
    """Either of the two kinds will do; only both together can be denied."""
    told = {"科技型中小企业": alliance.lead_is_small, "雏鹰企业": alliance.lead_is_eaglet}
    basis = "；".join(f"联盟表：{name}={filled(value)}" for name, value in told.items())
    if "是" in told.values():
        return Fact(True, basis)
    open_ones = [name for name, value in told.items() if value == "未知"]
    if not open_ones:
        others = [c.strip() for c in wording.CLAUSE.split(alliance.note) if _SMALL.search(c)]
        if not others:
            return Fact(False, basis)
        turns = "看盟主的话不符合，一起组建的成员也算的话可以申请，条文没有写"
        ask = "请主管部门明确是不是只看盟主"
        return Fact(None, f"{basis}；备注写“{others[0]}”；{turns}", ask)
    return Fact(None, basis, f"请盟主写明是不是{'、是不是'.join(open_ones)}")


def _rd_ratio(alliance: Alliance) -> Fact:
    """Of a high-technology firm 3 to 6 per cent, by rules of others; of a large one 1 per cent."""
    if alliance.lead_rd_wan is None or not alliance.lead_sales_wan:
        return _ratio_noted(alliance) or _without_ratio(alliance)
    rd, sales = sum_in(alliance, "lead_rd_wan"), sum_in(alliance, "lead_sales_wan")
    if unsure := [one.words for one in (rd, sales) if one.words]:
        return _by_range(rd, sales, f"写作“{'”“'.join(unsure)}”", alliance.lead_is_high_tech)
    ratio = alliance.lead_rd_wan / alliance.lead_sales_wan
    large = _is_large(alliance, alliance.lead_sales_wan >= _LARGE_SALES)
    return _by_own_words(alliance, ratio, large, alliance.lead_is_high_tech)


def _without_ratio(alliance: Alliance) -> Fact:
    """Of a firm that is neither no share decides; of others only what is blank is asked for."""
    high = alliance.lead_is_high_tech
    if high == "否" and alliance.lead_is_large == "否":
        words = "联盟表：规模以上企业=否；高新技术企业=否"
        turns = "条文只写规模以上企业和高新技术企业，两样都不是的没有写可以，也没有写不可以"
        return Fact(None, f"{words}；{turns}", _OF_NEITHER, short=turns)
    told = {
        "研发经费": alliance.lead_rd_wan is not None, "销售收入": bool(alliance.lead_sales_wan),
        "高新技术企业": high != "未知",
    }  # fmt: skip
    blank = [name for name, filled_in in told.items() if not filled_in]
    if len(blank) == len(told):
        return Fact(None, "研发经费或销售收入未填写")
    columns = "".join(f"「{n if n == '高新技术企业' else f'{n}(万元)'}」" for n in blank)
    ask = f"请盟主填写{'、'.join(blank)}（联盟表{columns}栏）"
    return Fact(None, f"{'、'.join(n for n in blank if n != '高新技术企业')}未填写", ask)


def _by_own_words(alliance: Alliance, ratio: float, large: bool, high: Told) -> Fact:
    """By the share, with what a note says of it: which grade is asked for, that it is not large."""
    asked = {float(one) / 100 for one in _ASKED_SHARE.findall(alliance.note)}
    if alliance.required_rd_percent is not None:
        asked = {alliance.required_rd_percent / 100}
    if high == "是" and not large and len(asked) == 1:
        least = asked.pop()
        where = "备注写" if alliance.required_rd_percent is None else ""
        words = f"研发经费占销售收入 {ratio:.2%}；{where}要的一档是 {least:.2%}"
        if ratio >= least:
            return Fact(True, f"{words}，够")
        short = f"{words}，{_lacking(alliance, ratio, least)}"
        return Fact(False, short, short=short)
    if high == "否" and _denied_large(alliance) and ratio >= _LEAST_RD:
        words = f"研发经费占销售收入 {ratio:.2%}；写明不是规模以上企业；联盟表：高新技术企业=否"
        turns = "条文只写规模以上企业和高新技术企业，两样都不是的没有写可以，也没有写不可以"
        return Fact(None, f"{words}；{turns}", _OF_NEITHER, short=turns)
    fact = _by_ratio(ratio, large, high)
    by_lowest = high == "是" and (not large or fact.holds is None)
    least = _HIGH_TECH_RD[0] if by_lowest else _LEAST_RD
    if fact.holds or ratio >= least:
        return fact
    told = f"比 {least:.0%} {_lacking(alliance, ratio, least)}"
    if fact.holds is None:
        return replace(fact, basis=f"{fact.basis}（{told}）", short=f"{fact.short}（{told}）")
    return replace(fact, basis=f"{fact.basis}；{told}", short=f"{fact.basis}；{told}")


def _denied_large(alliance: Alliance) -> bool:
    """Whether it says of itself that it is none of the large ones: in the column, or a note."""
    if alliance.lead_is_large != "未知":
        return alliance.lead_is_large == "否"
    return bool(_NOT_LARGE.search(alliance.note))


def _is_large(alliance: Alliance, by_sales: bool) -> bool:
    """By the column; where that is blank, by its sales, unless a note denies it."""
    return alliance.lead_is_large == "是" or (by_sales and not _denied_large(alliance))


def _lacking(alliance: Alliance, ratio: float, least: float) -> str:
    """How much is lacking to a share, in points and, where sales are filled in, in money."""
    points = f"少 {(least - ratio) * 100:.4g} 个百分点"
    if not (sales := alliance.lead_sales_wan):
        return points
    lacking = least * sales - (alliance.lead_rd_wan or ratio * sales)
    return f"{points}，还差 {lacking:g} 万元"


def _ratio_noted(alliance: Alliance) -> Fact | None:
    """The same where only a note tells of it: the share itself, or both sums."""
    note = alliance.note
    shares = {float(one) for one in _NOTED_SHARE.findall(note)}
    sums = [set(pattern.findall(note)) for pattern in (_NOTED_RD, _NOTED_SALES)]
    if not shares and all(len(found) == 1 for found in sums):
        rd, sales = (money_in(found.pop()) for found in sums)
        shares = {rd / sales * 100} if sales else shares
    if len(shares) != 1:
        return None
    high = alliance.lead_is_high_tech
    if high == "未知" and "高新技术企业" in note:
        high = "否" if _NOT_HIGH.search(note) else "是"
    named = "规模以上" in note and not _NOT_LARGE.search(note)
    large = named or _is_large(
        alliance, any(money_in(one) >= _LARGE_SALES for one in _NOTED_SALES.findall(note))
    )
    fact = _by_own_words(alliance, shares.pop() / 100, large, high)
    told, short = (
        words.replace("联盟表：高新技术企业", "高新技术企业", 1)
        for words in (fact.basis, fact.short)
    )
    return replace(fact, basis=f"按备注的数，请核对：{told}", short=short)


def _by_range(rd: Sum, sales: Sum, written: str, high: Told) -> Fact:
    """Of sums with two ends: by the lowest and the highest share, where these differ."""
    ask = f"请盟主各写明一个数（{_RATIO_COLUMNS}）"
    ends = (rd.least_wan, rd.most_wan, sales.least_wan, sales.most_wan)
    if None in ends or not sales.least_wan or not sales.most_wan:
        return Fact(None, f"研发经费或销售收入{written}，算不出比例", ask)
    low = _by_ratio((rd.least_wan or 0) / sales.most_wan, sales.least_wan >= _LARGE_SALES, high)
    top = _by_ratio((rd.most_wan or 0) / sales.least_wan, sales.most_wan >= _LARGE_SALES, high)
    basis = f"{written}：按最低的比例，{low.basis}；按最高的比例，{top.basis}"
    same = low.holds is not None and low.holds == top.holds
    return Fact(low.holds if same else None, basis, "" if same else low.ask or top.ask or ask)


def _by_ratio(ratio: float, large: bool, high: Told) -> Fact:
    """By the share that holds; where a firm is both, or nobody knows, by either."""
    # 0.996 % is not 1 %: as many digits as tell it apart.
    share = f"{ratio:.2%}" if f"{ratio:.2%}" == f"{ratio:.4%}"[:-3] + "%" else f"{ratio:.4%}"
    words = f"研发经费占销售收入 {share}；联盟表：高新技术企业={filled(high)}"
    low, top = _HIGH_TECH_RD
    if ratio < _LEAST_RD or (high == "是" and ratio < low and not large):
        return Fact(False, words)
    if (large and high == "否") or (ratio >= top and (large or high == "是")):
        return Fact(True, words)
    as_large = "按规模以上企业的 1% 够" if large else (
        "销售收入不到 2000 万元，算不算规模以上没有写：算的话够 1%，不算的话条文没有写可以"
    )  # fmt: skip
    as_high = "按高新技术企业的 3% 到 6% 不够" if ratio < low else (
        "高新技术企业条文写 3% 到 6%，“按照有关规定”：要的一档不高于它的话够，高于它的话不够"
        if ratio < top else "按高新技术企业的 3% 到 6% 够"
    )  # fmt: skip
    if high == "否":
        return _open_ratio(words, as_large, "请主管部门明确算不算规模以上企业")
    if high == "未知":
        turns = f"不是高新技术企业的话{as_large}；是的话{as_high}"
        return _open_ratio(words, turns, _HIGH_TECH)
    both = f"{as_large}，{as_high}，规模以上的高新技术企业按哪一个没有写" if large else as_high
    return _open_ratio(words, both, "请主管部门明确按哪个比例、要哪一档")


def _open_ratio(words: str, turns: str, ask: str) -> Fact:
    """What each reading gives, on the first screen too."""
    return Fact(None, f"{words}；{turns}", ask, short=f"{words.partition('；')[0]}：{turns}")


def _positive(alliance: Alliance, field: str, name: str) -> Fact:
    told = sum_in(alliance, field)
    if not told.plain:
        return Fact(None, f"{name}写作“{told.words}”" if told.words else f"{name}未填写")
    written = f"（写作“{told.words}”）" if told.words else ""
    highest = told.most_wan if told.most_wan is not None else told.least_wan
    return Fact(bool(highest), f"联盟表：{name} {told.plain} 万元{written}")


def _of_agreement(alliance: Alliance, carried: list[Challenge]) -> dict[str, Fact]:
    research = research_members(alliance)
    member, signed = _research(alliance, research), _signed(alliance)
    return {
        "has_research_member": member,
        "member_has_advantage": _advantage(alliance, research),
        "agreement_signed": signed,
        "market_goal": _written(alliance.market_goal, "市场目标"),
        "technical_targets": _agreed(_targets(alliance, carried), signed),
        "benefit_mechanism": _agreed(_among(alliance, member), signed),
    }


def _signed(alliance: Alliance) -> Fact:
    """By its day, where no note says that it is not signed."""
    said = [
        c for c in wording.CLAUSE.split(alliance.note) if "协议" in c and wording.UNSIGNED.search(c)
    ]
    loose = [c for c in wording.CLAUSE.split(alliance.note) if wording.UNBINDING.search(c)]
    if alliance.agreed_on is None and loose:
        return Fact(False, f"备注写“{loose[0].strip()}”", "请签订有法律约束力的协议，写错的请改正")
    told = f"；备注写“{said[0]}”" if said else ""
    if alliance.agreed_on is None and said and not _MORE.search(said[0]):
        ask = "签了再申请：请盟主写明协议日期（联盟表「协议日期」「备注」栏），写错的请改正"
        return Fact(False, f"协议日期未填写{told}，还没有签", ask)
    if alliance.agreed_on is None and said:
        turns = "没有签就不满足，各项计划都要签了再申请；已经签了的话满足"
        ask = "请盟主写明协议签了没有，签了的写协议日期（联盟表「协议日期」「备注」栏）"
        return Fact(None, f"协议日期未填写{told}，{turns}", ask)
    if alliance.agreed_on is None:
        return Fact(None, "协议日期未填写")
    if not said:
        day = alliance.extra.get(f"协议日期{ORIGINAL}") or alliance.agreed_on
        return Fact(True, f"协议日期 {day}")
    ask = "请盟主核对协议签了没有（联盟表「协议日期」「备注」栏）"
    turns = "两处不一致：签了就满足，没有签就不满足"
    return Fact(None, f"协议日期 {alliance.agreed_on}{told}，{turns}", ask)


def _agreed(fact: Fact, signed: Fact) -> Fact:
    """What has to stand in the agreement: where nobody knows of one, it is to be checked."""
    if not fact.holds or signed.holds:
        return fact
    unsure = "没有签，签了才知道" if signed.holds is False else "签没签要先核实，才知道"
    basis = f"{fact.basis}；协议{unsure}写没写在协议里"
    return Fact(None, basis, asking("agreement_signed", signed).ask)


def _among(alliance: Alliance, member: Fact) -> Fact:
    """The mechanism is to be among enterprises, universities and institutes: all of them."""
    written = _written(alliance.benefit_mechanism, "利益机制")
    if not written.holds or member.holds:
        return written
    lacks = (
        "没有高校院所，谈不上" if member.holds is False else "有没有高校院所要先核实，才知道是不是"
    )
    basis = f"{written.basis}；成员里{lacks}企业、大学、科研机构之间"
    return Fact(member.holds, basis, asking("has_research_member", member).ask)


def _research(alliance: Alliance, research: tuple[str, ...]) -> Fact:
    """Whether a university or an institute belongs; what a name leaves open is asked."""
    named = [m for m in members_of(alliance) if m.role == "成员"]
    gone = [name for name in research if wording.LEFT.search(name)]
    absent = [name for name in research if name in gone or wording.NOT_JOINED.search(name)]
    if absent and len(absent) == len(research):
        turns = "退出了就不是成员，不满足，没有退出的话满足"
        if len(gone) < len(absent):
            turns = "还没有加入就不是成员，不满足，已经加入的话满足"
        told = f"成员单位写作{'、'.join(absent)}；{turns}"
        return Fact(None, told, "请盟主写明现在的成员")
    if research or not named:
        told = f"成员单位：{'、'.join(research)}" if research else "成员单位未填写"
        return Fact(True if research else None, told)
    perhaps = [
        m.organisation for m in named
        if m.kind == "其他" or (m.kind not in RESEARCH and _RESEARCHING.search(m.organisation))
    ]  # fmt: skip
    told = f"成员单位：{'、'.join(m.organisation for m in named)}"
    denied = [c for c in wording.CLAUSE.split(alliance.note) if wording.NO_RESEARCH.search(c)]
    if denied:
        told += f"；备注写“{denied[0].strip()}”"
    if denied or not perhaps:
        return Fact(False, told)
    who = "、".join(perhaps)
    ask = f"请主管部门明确{who}算不算科研机构"
    return Fact(None, f"{told}；条文没有写{who}这样的算不算科研机构，算就满足，不算就不符合", ask)


def _advantage(alliance: Alliance, research: tuple[str, ...]) -> Fact:
    """By the pieces that matched the challenge; nobody's name or rank says anything here."""
    if not research:
        if not alliance.members:
            return Fact(None, "成员单位未填写")
        unseen, told = "成员单位里没有看得出的高校院所", _told_advantage(alliance)
        if alliance.match_proof and alliance.match_band in map(str, FIT):
            member = asking("has_research_member", _research(alliance, research))
            return Fact(None, f"{unseen}，有的话满足（{told}）", member.ask)
        return Fact(None, unseen)
    if not alliance.match_proof:
        return Fact(None, "还没有记下匹配档次和依据")
    fits = alliance.match_band in map(str, FIT)
    return Fact(True if fits else None, _told_advantage(alliance))


def _told_advantage(alliance: Alliance) -> str:
    proof = "、".join(alliance.match_proof)
    return f"联盟表自填或组建时记下：匹配档次“{alliance.match_band}”，依据：{proof}"


def _written(text: str, name: str) -> Fact:
    """What a column says; a word for nothing is a lack, a dash or a draft is to be asked."""
    if wording.LACK.fullmatch(text.strip()):
        return Fact(False, f"{name}写作“{text}”")
    if text and (is_nothing(text) or wording.UNSETTLED.search(text.strip())):
        return Fact(None, f"{name}写作“{text}”")
    return Fact(True, f"联盟表：{name}已写明") if text else Fact(None, f"{name}未填写")


def _targets(alliance: Alliance, carried: list[Challenge]) -> Fact:
    written = _written(alliance.technical_targets, "技术目标")
    if alliance.technical_targets and not written.holds:
        return written
    own = _measured(alliance.technical_targets)
    if own:
        return Fact(True, f"联盟表：技术目标有 {len(own)} 项可考核的指标")
    asked = [c for c in carried if c.indicators or _measured(c.indicators_text)]
    own_words = "技术目标里没有可考核的数值" if alliance.technical_targets else "技术目标未填写"
    if asked:
        return Fact(None, f"{own_words}；所承担的榜单有考核指标，协议里有没有要核实")
    if alliance.technical_targets:
        own_words += "；条文写“明确的”，没有写要不要数值：不要的话满足，要的话不满足"
    return Fact(None, own_words)


def _measured(text: str) -> list[Indicator]:
    """The targets that have a figure to be held against."""
    return [one for one in parse_indicators(text) if one.value is not None] if text else []


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
