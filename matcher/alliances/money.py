"""What alliances and challenges may ask for, by what was given already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from matcher.alliances.facts import alliance_facts, listed
from matcher.alliances.members import organisation_of
from matcher.alliances.received import received_by_alliance, received_for_project
from matcher.alliances.receiving import programme_of
from matcher.policy import (
    Advice,
    Claim,
    Fact,
    Means,
    PolicyPack,
    accounts,
    advise,
    counts,
    demand_organisations,
)
from matcher.policy.amounts import plain, wan
from matcher.policy.rules import Base, YearlyCap
from matcher.records import Challenge
from matcher.records.alliance import Alliance
from matcher.text.organisations import normalise_organisation

_HERE = "本项"


@dataclass(frozen=True, slots=True)
class AccountYear:
    """The year whose account is meant, and why that one."""

    year: int
    why: str


def account_year(
    pack: PolicyPack, today: int, claims: Iterable[Claim] = (), own: Iterable[str] = ()
) -> AccountYear:
    """The year of the account where nobody asks for one.

    Today's year where the pack's rules are of it. A pack with a plan ends with it: beyond that,
    the latest year in which money of ``own`` is on record, or else the pack's own year.

    Args:
        pack: its year, and the years of its targets.
        today: this year.
        claims: of everybody.
        own: receivers whose money, and keys whose sums, are looked at.
    """
    first, last = _span(pack)
    if first <= today and (last is None or today <= last):
        return AccountYear(today, "今年，规则包在用")
    span = f"规则包 {pack.pack.id} 写明 {first}" + ("" if last in (None, first) else f"–{last}")
    names = {normalise_organisation(name) for name in own}
    told = [
        c.year for c in claims
        if c.year is not None and first <= c.year <= (last or c.year)
        and (c.key in names or normalise_organisation(c.receiver) in names)
    ]  # fmt: skip
    if told:
        return AccountYear(max(told), f"{span} 年，今年不在其中；取有资金记录或榜单的最近一年")
    return AccountYear(first, f"{span} 年，今年不在其中；取规则包的年度")


def _span(pack: PolicyPack) -> tuple[int, int | None]:
    """The years a pack states: from its own to the last of its targets, where it has any."""
    return pack.pack.year, max((t.to_year for t in pack.target), default=None)


def _of_year(pack: PolicyPack, year: int) -> tuple[str, ...]:
    """What is doubtful about a year the pack does not state."""
    first, last = _span(pack)
    if first <= year and (last is None or year <= last):
        return ()
    stated = f"{first} 年起" if last is None else f"{first}–{last} 年"
    why = "那时还没有这个政策" if year < first else "没有写明以后是否有效"
    return (f"{year} 年不在规则包写明的年份内（{stated}；{why}）→ 请主管部门明确当年的规定",)


def carrier_of(challenge: Challenge, alliances: Iterable[Alliance]) -> tuple[Alliance | None, str]:
    """The alliance that carries a challenge, and how that is known; ended ones come last.

    Those that name the challenge come before those that its demand organisation merely leads.
    """
    keys = {normalise_organisation(name) for name in demand_organisations(challenge)}
    named, led = [], []
    for one in alliances:
        leads = normalise_organisation(one.lead_org) in keys
        if challenge.challenge_id in one.challenges:
            named.append((one.ended_on is not None, not leads, one.alliance_id, one))
        elif leads and one.lead_org:
            led.append((one.ended_on is not None, False, one.alliance_id, one))
    found = min(named or led, key=lambda place: place[:3], default=None)
    if found is None:
        return None, "没有联盟承担它，需求单位也没有牵头联盟"
    one = found[-1]
    more = len(named or led) - 1
    words = f"联盟 {one.alliance_id}（盟主 {one.lead_org or '未填写'}）"
    words += "写明承担它" if named else "由需求单位牵头，但没有写明承担它"
    return one, words + (f"；另有 {more} 个联盟也是" if more else "")


def advice_for(
    pack: PolicyPack, alliance: Alliance, year: int, claims: Sequence[Claim] = (),
    challenges: Mapping[str, Challenge] | None = None,
) -> tuple[Advice, ...]:  # fmt: skip
    """What an alliance may ask for in a year, and what its challenges may.

    Args:
        pack: the rules.
        alliance: the record.
        year: whose room under the yearly caps is meant.
        claims: of all alliances, outcomes and lists (`all_claims`).
        challenges: of the workspace, by id.
    """
    facts = alliance_facts(pack, alliance, challenges, year)
    room, words = _rooms(pack, alliance.lead_org, year, claims)
    means = Means(
        bases=_bases(alliance), room_wan=room, room_words=words,
        asked=_asked(pack, alliance, year),
        received=received_by_alliance(pack, alliance, year, claims),
        doubts=_of_year(pack, year),
    )  # fmt: skip
    own = advise(pack, "联盟", facts, means)
    known = challenges or {}
    carried = [known[i] for i in alliance.challenges if i in known]
    more = [
        replace(advice, about=f"榜单 {one.challenge_id}《{one.name}》")
        for one in carried
        for advice in advice_for_challenge(pack, one, year, claims, [alliance])
    ]
    return (*own, *more)


def advice_for_challenge(
    pack: PolicyPack, challenge: Challenge, year: int, claims: Sequence[Claim] = (),
    alliances: Iterable[Alliance] = (),
) -> tuple[Advice, ...]:  # fmt: skip
    """What a challenge may ask for, by the alliance that carries it."""
    carrier, words = carrier_of(challenge, alliances)
    demand = next(iter(demand_organisations(challenge)), "")
    basis = f"榜单 {challenge.challenge_id}" + ("" if listed(challenge) else " 没有发布")
    facts = _facts_of_carrier(pack, carrier, words, demand, challenge, year)
    on_list = Fact(listed(challenge), basis, "" if listed(challenge) else "待管理人员发布榜单")
    lead = (carrier.lead_org if carrier else "") or demand
    room, told = _rooms(pack, lead, year, claims)
    mine = [c for c in claims if c.key == challenge.challenge_id]
    granted = any(c.origin == "结果" for c in mine)  # then its 财政支持 is no longer asked for
    means = Means(
        challenge.total_budget_wan, None if granted else challenge.fiscal_support_wan,
        room_wan=room, room_words=told,
        received=received_for_project(pack, challenge.challenge_id, claims, carrier),
        doubts=_of_year(pack, year),
    )  # fmt: skip
    return advise(pack, "榜单项目", {**facts, "on_list": on_list}, means)


def _facts_of_carrier(
    pack: PolicyPack, carrier: Alliance | None, words: str, demand: str, challenge: Challenge,
    year: int,
) -> dict[str, Fact]:  # fmt: skip
    if carrier is None:
        return {"conditions_met": Fact(None, words, "请盟主组建并备案联盟，写明承担的榜单")}
    facts = alliance_facts(pack, carrier, {challenge.challenge_id: challenge}, year)
    met = facts["conditions_met"]
    known = organisation_of(carrier, demand)
    if demand and known != carrier.lead_org:
        other = (
            Fact(False, f"{words}，需求单位{demand}是成员", "请改由盟主提出")
            if known
            else Fact(
                None, f"{words}，需求单位是{demand}", "请管理人员核对需求单位与盟主是不是同一家"
            )
        )
        parts = met.parts if not met.holds else ()
        holds = False if known or met.holds is False else None
        met = Fact(holds, parts=(("需求单位就是盟主", other), *parts))
    elif met.holds:
        met = Fact(True, f"{words}，{met.basis}")
    return {**facts, "conditions_met": met}


def _rooms(
    pack: PolicyPack, lead: str, year: int, claims: Sequence[Claim]
) -> tuple[dict[str, float], dict[str, str]]:
    """What each yearly cap leaves a lead of what was given, in words too.

    One lead has one account a year, whatever is asked about. What is only asked for may be refused
    and takes nothing off it; it is told beside it.
    """
    key = normalise_organisation(lead)
    own = [c for c in claims if normalise_organisation(c.receiver) == key]
    mine = [c for c in own if c.origin != "榜单"]
    given = {c.key for c in mine}
    wanted = [c for c in own if c.origin == "榜单" and c.key not in given and c.year == year]
    room: dict[str, float] = {}
    words: dict[str, str] = {}
    for cap in (rule for rule in pack.funding if isinstance(rule, YearlyCap)):
        asked = Claim(lead or _HERE, _HERE, "榜单", None, year)
        for account in accounts(cap, [*mine, asked]):
            entry = account.entries[-1]
            if account.year == year and entry.room_wan is not None:
                room[cap.id] = entry.room_wan
                words[cap.id] = entry.formula.removesuffix("；本项未填写") + _apart(cap, mine, year)
                words[cap.id] += _strangers(cap, key, year, claims) + _wanted(wanted)
    return room, words


def _strangers(cap: YearlyCap, key: str, year: int, claims: Iterable[Claim]) -> str:
    """Money entered for a lead's alliances that went to nobody of them: perhaps the lead's own."""
    sums = [
        f"{plain(wan(c.amount_wan))}（{c.key}，收款单位{c.receiver}）" for c in claims
        if c.entered_for and normalise_organisation(c.entered_for) == key
        and c.year in (year, None) and counts(cap, c) and c.amount_wan is not None
    ]  # fmt: skip
    told = "、".join(dict.fromkeys(sums))
    return f"；没有计入 {told}：它不是盟主也不是成员，请核对是哪一家" if sums else ""


def _wanted(claims: Iterable[Claim]) -> str:
    """What of the list is asked for by the same receiver in the same year."""
    sums = [f"{plain(wan(c.amount_wan))}（{c.key}）" for c in claims if c.amount_wan is not None]
    return f"；另有拟申请 {'、'.join(sums)}，没有批准，没有从余额里减去" if sums else ""


def _apart(cap: YearlyCap, mine: Sequence[Claim], year: int) -> str:
    """What of the receiver's own money does not count, and why."""
    others = [c for c in mine if c.year == year and not counts(cap, c) and c.amount_wan is not None]
    said = [f"{c.level}{'级' if c.level in ('省', '市') else ''} {plain(wan(c.amount_wan or 0))}"
            f"（{c.key}）" for c in others]  # fmt: skip
    undated = sum(c.year is None and counts(cap, c) for c in mine)
    words = f"；不计入{'、'.join(said)}" if said else ""
    return words + (f"；另有 {undated} 项没有年度，没有计入" if undated else "")


def _asked(pack: PolicyPack, alliance: Alliance, year: int) -> dict[str, float]:
    """What is asked for in a year, by programme; a sum of no programme is held against none."""
    asked: dict[str, Decimal] = {}
    for grant in alliance.all_grants:
        programme = programme_of(pack, grant.programme)
        if grant.standing != "申请" or grant.year not in (year, None) or programme is None:
            continue
        if grant.amount_wan is not None:
            asked[programme.id] = asked.get(programme.id, Decimal(0)) + wan(grant.amount_wan)
    return {programme_id: float(amount) for programme_id, amount in asked.items()}


def _bases(alliance: Alliance) -> dict[Base, float]:
    """The incomes a share may be of, where they are filled in."""
    told: dict[Base, float | None] = {
        "转让许可净收入": alliance.licence_income_wan, "营业利润": alliance.profit_wan,
    }  # fmt: skip
    return {base: value for base, value in told.items() if value is not None}
