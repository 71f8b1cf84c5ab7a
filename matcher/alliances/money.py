"""What alliances and challenges may ask for, by what was given already."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypedDict

from matcher.alliances.answered import each_told
from matcher.alliances.doubts import asked_by_others, asked_twice, both_plans, joined, unpaid
from matcher.alliances.due import Due, due_of
from matcher.alliances.facts import alliance_facts, base_told, ratio_told
from matcher.alliances.kinds import Known, kinds_told, untold
from matcher.alliances.listing import (
    confirmed,
    contracts_told,
    in_other_plan,
    in_plan,
    odds_of_records,
    of_either_plan,
    on_list,
    paid_before_granted,
)
from matcher.alliances.members import organisation_of
from matcher.alliances.net import total_in
from matcher.alliances.noted import credit_in, credit_of, is_barred, still_in_force
from matcher.alliances.organisations import Organisations, code_of, keys_of
from matcher.alliances.periods import Start, days_in, side_of
from matcher.alliances.places import in_territory_too, of_other_province
from matcher.alliances.projects import money_of_project, unruled, untied
from matcher.alliances.received import (
    misdirected,
    of_institutes,
    of_other_firms,
    received_by_alliance,
    received_for_project,
)
from matcher.alliances.receiving import claims_of_alliances, given_back_of_nothing
from matcher.alliances.result_rows import key_of
from matcher.alliances.rooms import rooms_of_lead
from matcher.alliances.topics import (
    agreement_told,
    fraud_told,
    idle_in,
    society_told,
    topics_of,
    words_of,
)
from matcher.alliances.totals import sum_in, total_of
from matcher.alliances.wording import PIECE
from matcher.policy import (
    Advice,
    Claim,
    Fact,
    Means,
    PolicyPack,
    advise,
    demand_organisations,
    name_key,
)
from matcher.policy.amounts import sum_of
from matcher.policy.rules import Base
from matcher.records import Challenge
from matcher.records.alliance import Alliance

Shown = Mapping[str, Fact]
"""By id of an alliance, what the library shows of its members' advantage."""
_ASIDE = re.compile("成立|设立|登记|注册|办法|规定|来问|咨询|提出")
_RULES_OF_YEAR = "请主管部门明确当年的规定"
_REWARDS = re.compile(
    "奖|报酬|提[成取]|补|(?<![研开])发(?!明|现|展)|应[当得给付]|给[我他她团课项]|比例|[%％]|份额|还[欠差]"
)
_LEAD_PAID = "收款单位是盟主企业的计入它的年度上限：上限写的是单个“盟主”企业，没有写哪项除外"
_FORM = "先组建联盟：请盟主组建联盟，写明承担的榜单"


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
    names = {name_key(name) for name in own} | set(own)
    told = [
        c.year for c in claims
        if c.year is not None and first <= c.year <= (last or c.year)
        and (c.key in names or c.is_of(names))
    ]  # fmt: skip
    if told:
        return AccountYear(max(told), f"{span} 年，今年不在其中；取有资金记录或榜单的最近一年")
    return AccountYear(first, f"{span} 年，今年不在其中；取规则包的年度")


def _span(pack: PolicyPack) -> tuple[int, int | None]:
    """The years a pack states: from its own to the last of its targets, where it has any."""
    return pack.pack.year, max((t.to_year for t in pack.target), default=None)


def _of_year(pack: PolicyPack, year: int, note: str = "") -> Means:
    """What is to be said of a year: before the pack, beyond what it states, after its first."""
    first, last = _span(pack)
    stated = f"{first} 年起" if last is None else f"{first}–{last} 年"
    outside = f"{year} 年不在规则包写明的年份内（{stated}；"
    if year < first and not pack.target:
        older = f"{year} 年的规定（规则包所收的是 {first} 年的文本，那时的没有读到）"
        return Means(doubts=(f"{older}→ {_RULES_OF_YEAR}",))
    if year < first:
        return Means(refusals=(f"{outside}那时还没有这个政策）",))
    if last is not None and year > last:
        return Means(doubts=(f"{outside}没有写明以后是否有效）→ {_RULES_OF_YEAR}",))
    if year > first and last is not None and (said := still_in_force(note)):
        return Means(readings=(f"{year} 年仍有效是备注写的（“{said}”），下面照它算",))
    if year > first and last is not None:
        both = f"目标写到 {last} 年；当年仍有效的话照下面算，不再有效的话都不能申请"
        return Means(
            doubts=(
                f"{year} 年政策是否仍有效（条文没有写到哪一年有效，{both}）→ {_RULES_OF_YEAR}",
            ),
            readings=(f"政策到哪一年有效；下面的数额按 {last} 年以前都有效算",),
        )
    return Means()


def _not_yet_in_force(pack: PolicyPack, year: int, note: str = "") -> dict[str, tuple[str, ...]]:
    """By programme, what a year had before its clause took effect: that is under other rules.

    ``note``: of the alliance; days of that year it names decide.
    """
    found: dict[str, tuple[str, ...]] = {}
    for programme in pack.programme:
        source = pack.sources[programme.source]
        day = source.since
        if day is None or not pack.pack.year <= year <= day.year or day == date(year, 1, 1):
            continue
        text = f"{day} 起施行" if day == source.effective else f"所收的是 {day} 的文本"
        older = "那时的没有读到"
        if year < day.year:
            found[programme.id] = (f"{year} 年的规定（{text}，{older}）→ {_RULES_OF_YEAR}",)
            continue
        if (side := _side_of(day, note)) == "以后":
            continue
        if side == "以前":
            words = f"备注写的是在它以前，不按它，{older}"
            found[programme.id] = (f"{year} 年的规定（{text}；{words}）→ {_RULES_OF_YEAR}",)
            continue
        turns = f"那天以后做的照下面算，以前的不按它，{older}"
        if side:
            turns += (
                "；备注写的两边都有：以前到账的不在内；签约在前、到账在后的按哪一天，条文没有写"
            )
        who = "成果持有单位" if programme.receiver == "完成人" else "盟主"
        ask = f"请{who}核对是哪天做的：{day} 以前的{_RULES_OF_YEAR}"
        found[programme.id] = (f"是 {day} 以后做的（{text}；{year} 年里{turns}）→ {ask}",)
    return found


def _side_of(day: date, note: str) -> str:
    """On which side of a day all stand that a note tells of up to its year, or 两边; "" where it
    tells of none. When somebody was founded, wrote rules or asks is on no side.

    >>> _side_of(date(2020, 3, 1), "2019年6月签订许可合同，2020年10月到账，2020年11月来问")
    '两边'
    >>> _side_of(date(2020, 3, 1), "2012年成立。2020年10月到账，2020年11月来问")
    '以后'
    """
    done = "\n".join(piece for piece in PIECE.split(note) if not _ASIDE.search(piece))
    named = [one for one in days_in(done) if one[0] <= day.year]
    sides = {
        side_of(Start(*one, ""), day) for one in named if one != (day.year, day.month, day.day)
    }
    if sides == {"以前", "以后"}:
        return "两边"
    return sides.pop() if len(sides) == 1 else ""


def carrier_of(challenge: Challenge, alliances: Iterable[Alliance]) -> tuple[Alliance | None, str]:
    """The alliance that carries a challenge, and how that is known; ended ones come last.

    Those that name the challenge come before those that its demand organisation merely leads.
    """
    keys = {name_key(name) for name in demand_organisations(challenge)}
    code = code_of(challenge.demand_org_uscc)
    named, led = [], []
    for one in alliances:
        same_code = bool(code) and code_of(one.lead_uscc) == code
        leads = bool(one.lead_org) and (same_code or name_key(one.lead_org) in keys)
        if challenge.challenge_id in one.challenges:
            named.append((one.ended_on is not None, not leads, one.alliance_id, one))
        elif leads:
            led.append((one.ended_on is not None, False, one.alliance_id, one))
    found = min(named or led, key=lambda place: place[:3], default=None)
    if found is None:
        return None, "没有联盟承担它，需求单位也没有牵头联盟"
    one = found[-1]
    more = [other for *_, other in named or led if other is not one]
    others = "、".join(f"{o.alliance_id}（盟主 {o.lead_org or '未填写'}）" for o in more)
    words = f"联盟 {one.alliance_id}（盟主 {one.lead_org or '未填写'}）"
    words += "写明承担它" if named else "由需求单位牵头，但没有写明承担它"
    return one, words + (f"；另有 {len(more)} 个联盟也是：{others}" if more else "")


def advice_for(
    pack: PolicyPack, alliance: Alliance, year: int, claims: Sequence[Claim] = (),
    challenges: Mapping[str, Challenge] | None = None, shown: Shown | None = None,
) -> tuple[Advice, ...]:  # fmt: skip
    """What an alliance may ask for in a year, and what its challenges may.

    Args:
        pack: the rules.
        alliance: the record.
        year: whose room under the yearly caps is meant.
        claims: of all alliances, outcomes and lists (`all_claims`).
        challenges: of the workspace, by id.
        shown: see `alliance_facts`.
    """
    pack = _with_lead_paid(pack, alliance, year)
    facts = alliance_facts(pack, alliance, challenges, year, shown)
    facts |= of_institutes(pack, alliance, claims)
    facts |= of_other_firms(pack, alliance, year, claims, facts["lead_is_small"])
    words = words_of(alliance)
    keys = keys_of(alliance.lead_org, alliance.lead_uscc, claims)
    means = replace(
        _of_year(pack, year, alliance.note), **_bases(alliance),
        topics=topics_of(pack, words, _plans_asked(pack, alliance, year)),
        idle=idle_in(pack, alliance, words),
        unruled=(*of_other_province(pack, alliance), *unruled(pack, claims, alliance)),
        rooms=rooms_of_lead(pack, keys, year, claims, alliance),
        **_asked(pack, alliance, year), received=received_by_alliance(pack, alliance, year, claims),
        doubts_of=joined(
            _not_yet_in_force(pack, year, alliance.note), both_plans(pack, alliance),
            misdirected(pack, alliance, keys, year, claims, "联盟"),
            _given_back(pack, alliance),
        ),
    )  # fmt: skip
    means = _with_credit(pack, means, alliance, year)
    due = due_of(pack, alliance, year, facts, means)
    means = _with_answers(pack, means, alliance, facts, due)
    own = [replace(one, answers=means.answers, topics=means.topics) for one in due.advice]
    plans = {p.id for p in pack.programme if key_of(p)}
    own += [a for a in advise(pack, "联盟", facts, means) if a.programme_id not in plans]
    known = challenges or {}
    carried = [known[i] for i in alliance.challenges if i in known]
    more = [
        replace(
            advice,
            about=f"榜单 {one.challenge_id}《{one.name}》",
            idle=bool(alliance.question)
            and advice.programme_id in means.idle
            and not advice.wanted,
        )
        for one in carried
        for advice in advice_for_challenge(pack, one, year, claims, [alliance], shown, known)
    ]
    absent = [i for i in alliance.challenges if i not in known]
    more += _without_list(pack, alliance, facts, means, absent, bool(carried), year)
    answers = means.answers or due.answers
    whole = (*own, *more)
    if not alliance.asks:
        lines = each_told(pack, alliance, whole, answers, due.rewards)
        return tuple(replace(one, each=lines) for one in whole)
    lines = kinds_told(Known(pack, alliance, whole, answers, due.rewards))
    return tuple(
        replace(
            one, each=lines, answers=untold(lines, one.answers), topics=untold(lines, one.topics)
        )
        for one in whole
    )


def _with_lead_paid(pack: PolicyPack, alliance: Alliance, year: int) -> PolicyPack:
    """A pack by whose caps what is asked for the lead itself counts: they are of what it gets."""
    asked: dict[str, set[str]] = {}
    for claim in claims_of_alliances(pack, [alliance]):
        if claim.origin == "联盟申请" and claim.year in (year, None):
            whom = "" if claim.unnamed else claim.receiver
            asked.setdefault(claim.programme, set()).add(whom)
    lead = {plan for plan, whom in asked.items() if whom == {alliance.lead_org}}
    plans = tuple(
        p.model_copy(update={
            "capped_by": (*p.capped_by, *p.perhaps_capped_by), "perhaps_capped_by": (),
            "reading": (*p.reading, _LEAD_PAID),
        }) if p.id in lead and p.perhaps_capped_by else p
        for p in pack.programme
    )  # fmt: skip
    return pack if plans == pack.programme else pack.model_copy(update={"programme": plans})


def _with_answers(
    pack: PolicyPack, means: Means, alliance: Alliance, facts: Mapping[str, Fact], due: Due
) -> Means:
    """With what columns answer; what rewards come to comes last where something else is asked."""
    told = [*means.answers, *society_told(pack, alliance), *agreement_told(pack, alliance)]
    told += fraud_told(pack, alliance)
    told += contracts_told(pack, alliance)
    told += base_told(pack, alliance, means)
    told += ratio_told(pack, facts) if alliance.question or alliance.asks else ()
    if (
        alliance.question
        and means.topics
        and not (alliance.asks or _REWARDS.search(alliance.question))
    ):
        return replace(means, answers=tuple(told), topics=(*means.topics, *due.answers))
    return replace(means, answers=(*told, *due.answers))


def _given_back(pack: PolicyPack, alliance: Alliance) -> dict[str, tuple[str, ...]]:
    """What is under a yearly cap, where a sum was given back and no row says which that was."""
    told = "、".join(given_back_of_nothing(pack, alliance))
    ask = "请盟主写明退回的是哪一笔（收款单位、支持计划、榜单编号与已得的一行相同）"
    words = (f"退回的资金（{told}；没有对上已得的哪一笔，余额里没有加回）→ {ask}",)
    return {p.id: words for p in pack.programme if p.capped_by and told}


def _without_list(
    pack: PolicyPack, alliance: Alliance, facts: Mapping[str, Fact], means: Means,
    absent: Sequence[str], carried: bool, year: int,
) -> Iterator[Advice]:  # fmt: skip
    """The programmes of a list for challenges nobody posted, and for projects of another plan."""
    other = in_other_plan(pack, alliance, claims_of_alliances(pack, [alliance]))
    where = f"榜单 {'、'.join(absent)}（工作区里没有）" if absent else "没有写明承担的榜单"
    unseen = Fact(
        None, where, "请盟主写明所承担的榜单编号，管理人员导入榜单（联盟表「承担榜单」栏）"
    )
    granted = unseen if absent else Fact(
        None, "没有立项的记录", "请主管部门写明课题列入哪项计划、是否立项"
    )  # fmt: skip
    stated = {**facts, "on_list": unseen, "in_plan": granted}
    stated |= of_either_plan(pack, stated)
    stated["confirmed_by_lead"] = confirmed(alliance, (*absent, *alliance.projects))
    named, known = other or (where, {})
    also = {p.id for p in pack.programme if p.also_of}
    told = {p.id for p in pack.programme} if absent or not carried else also if other else set()
    unknown = replace(
        means, received={}, doubts_of=_not_yet_in_force(pack, year, alliance.note), unnamed={},
        total_wan=total_in(alliance.note),
        **_asked_unseen(pack, alliance, year, absent),
    )  # fmt: skip
    for advice in advise(pack, "榜单项目", stated | known, unknown):
        if advice.programme_id in told:
            yield replace(advice, about=named if advice.programme_id in also else where)


def _with_credit(pack: PolicyPack, means: Means, alliance: Alliance, year: int) -> Means:
    """With what is told of broken trust, for all that is asked of an authority."""
    if answer := credit_of(pack, alliance, year):
        barred = (f"申报人 {alliance.filed_on} 还在期限里，不能申报",)
        return replace(
            means, answers=(*means.answers, answer),
            refusals=means.refusals + barred * is_barred(pack, alliance),
        )  # fmt: skip
    refusals, doubts = credit_in(pack, alliance.note, year)
    asked = [p.id for p in pack.programme if p.receiver != "完成人"]
    return replace(
        means, refusals=(*means.refusals, *refusals),
        doubts_of=joined(means.doubts_of, dict.fromkeys(asked, doubts)) if doubts
        else means.doubts_of,
    )  # fmt: skip


def advice_around_challenge(
    pack: PolicyPack, challenge: Challenge, year: int, claims: Sequence[Claim] = (),
    alliances: Iterable[Alliance] = (), challenges: Mapping[str, Challenge] | None = None,
    shown: Shown | None = None,
) -> tuple[Advice, ...]:  # fmt: skip
    """What a challenge may ask for, and what else the alliance that carries it may."""
    kept = list(alliances)
    own = advice_for_challenge(pack, challenge, year, claims, kept, shown, challenges)
    carrier, words = carrier_of(challenge, kept)
    if carrier is not None:
        theirs = advice_for(pack, carrier, year, claims, challenges or {}, shown)
        return (*own, *(one for one in theirs if not one.about))
    none = {"conditions_met": Fact(None, words, _FORM)}
    means = _of_year(pack, year)
    means = replace(
        means, unruled=unruled(pack, claims, about=challenge.challenge_id),
        doubts_of=_not_yet_in_force(pack, year),
    )  # fmt: skip
    return (*own, *advise(pack, "联盟", none, means))


def advice_for_challenge(
    pack: PolicyPack, challenge: Challenge, year: int, claims: Sequence[Claim] = (),
    alliances: Iterable[Alliance] = (), shown: Shown | None = None,
    challenges: Mapping[str, Challenge] | None = None,
) -> tuple[Advice, ...]:  # fmt: skip
    """What a challenge may ask for, by the alliance that carries it.

    ``challenges``: of the workspace, by id; what is said of another of them is not said of it.
    """
    carrier, words = carrier_of(challenge, alliances)
    demand = next(iter(demand_organisations(challenge)), "")
    facts = _facts_of_carrier(pack, carrier, words, challenge, year, shown) | {
        "on_list": on_list(pack, challenge, year), "in_plan": in_plan(pack, challenge, claims),
    }  # fmt: skip
    facts |= of_either_plan(pack, facts)
    names = (challenge.challenge_id, challenge.title)
    facts["confirmed_by_lead"] = confirmed(carrier, names, _names_of(challenges or {}))
    if carrier is not None and carrier.lead_org:
        keys = keys_of(carrier.lead_org, carrier.lead_uscc, claims)
    else:
        keys = keys_of(demand, challenge.demand_org_uscc, claims)
    lead = keys if carrier is not None and carrier.lead_org else frozenset()
    money = money_of_project(pack, challenge, claims, year, carrier, lead)
    strange = {} if carrier is None else misdirected(
        pack, carrier, keys, year, claims, "榜单项目", challenge.challenge_id
    )  # fmt: skip
    means = replace(
        _of_year(pack, year, carrier.note if carrier else ""),
        asked_wan=money.asked_wan, asked_in_all_wan=money.in_all_wan,
        wanted=money.wanted, paid=money.paid,
        doubts_of=joined(
            _not_yet_in_force(pack, year), strange,
            asked_twice(pack, challenge.challenge_id, claims),
            asked_by_others(pack, challenge.challenge_id, claims, lead),
            {} if carrier is None else unpaid(pack, money.paid),
            odds_of_records(pack, challenge, claims),
        ),
        untied=untied(pack, claims, year, carrier),
        **total_of(challenge), rooms=rooms_of_lead(pack, keys, year, claims, carrier),
        received={
            plan: replace(had, note=paid_before_granted(pack, challenge, claims))
            for plan, had in received_for_project(
                pack, challenge.challenge_id, claims, carrier
            ).items()
        },
    )  # fmt: skip
    if carrier is not None:
        means = _with_credit(pack, means, carrier, year)
        facts |= in_territory_too(pack, challenge, facts)
    return advise(pack, "榜单项目", facts, means)


def _names_of(challenges: Mapping[str, Challenge]) -> Iterator[str]:
    """Their numbers, and the titles only one of them has."""
    titles = Counter(one.title for one in challenges.values())
    yield from challenges
    yield from (title for title, often in titles.items() if often == 1)


def _facts_of_carrier(
    pack: PolicyPack, carrier: Alliance | None, words: str, challenge: Challenge, year: int,
    shown: Shown | None,
) -> dict[str, Fact]:  # fmt: skip
    if carrier is None:
        return {"conditions_met": Fact(None, words, _FORM)}
    facts = alliance_facts(pack, carrier, {challenge.challenge_id: challenge}, year, shown)
    met, demand = facts["conditions_met"], next(iter(demand_organisations(challenge)), "")
    known = organisation_of(carrier, demand)
    if Organisations.of([carrier], [challenge]).same(demand, carrier.lead_org):
        known = carrier.lead_org
    if demand and known != carrier.lead_org:
        other = (
            Fact(False, f"{words}，需求单位{demand}是成员", "请改由盟主提出")
            if known
            else Fact(
                None, f"{words}，需求单位是{demand}", "请管理人员核对需求单位与盟主是不是同一家"
            )
        )
    elif not demand:
        other = Fact(None, f"{words}，需求单位未填写", "请管理人员写明需求单位")
    else:
        other = Fact(True, words)
    parts = (("需求单位就是盟主", other), *met.parts)
    held = [other.holds, met.holds]
    met = Fact(False if False in held else None if None in held else True, parts=parts)
    return {**facts, "conditions_met": met}


class _Unseen(TypedDict):
    """Of `Means`: what is asked for challenges nobody posted here; of several sums only where."""

    asked: dict[str, float]
    wanted_of: dict[str, str]
    untied: dict[str, str]


def _asked_unseen(
    pack: PolicyPack, alliance: Alliance, year: int, absent: Sequence[str]
) -> _Unseen:
    found: _Unseen = {"asked": {}, "wanted_of": {}, "untied": {}}
    for plan in (p for p in pack.programme if p.subject == "榜单项目" and p.payers):
        mine = [
            c for c in claims_of_alliances(pack, [alliance])
            if c.origin == "联盟申请" and c.year in (year, None)
            and c.level in ("", plan.payers[0])
            and (c.programme == plan.id or (not c.programme and c.key in absent))
            and c.key not in set(alliance.challenges) - set(absent)
        ]  # fmt: skip
        told = "、".join(_place(alliance, c) for c in mine)
        if len(mine) > 1:
            found["untied"][plan.id] = told
        elif mine:
            found["wanted_of"][plan.id] = told
            if mine[0].amount_wan is not None:
                found["asked"][plan.id] = mine[0].amount_wan
    return found


class _Asked(TypedDict):
    """Of `Means`: what is asked for by programme, where it stands, and how it is made up."""

    asked: dict[str, float]
    wanted_of: dict[str, str]
    largest: dict[str, float]
    may_count: dict[str, float]
    asked_least: dict[str, float]
    unnamed: dict[str, str]


def _asked(pack: PolicyPack, alliance: Alliance, year: int) -> _Asked:
    """What is asked for in a year of who gives a programme; of no programme, held against none."""
    mine: dict[str, list[Claim]] = {}
    payer = {p.id: next(iter(p.payers), "") for p in pack.programme}
    for claim in claims_of_alliances(pack, [alliance]):
        asked = claim.origin == "联盟申请" and claim.year in (year, None)
        own = payer.get(claim.programme)
        if asked and own is not None and (not own or claim.level in ("", own)):
            mine.setdefault(claim.programme, []).append(claim)
    told = {plan: [c for c in sums if c.amount_wan is not None] for plan, sums in mine.items()}
    told = {plan: sums for plan, sums in told.items() if sums}
    in_one_sum = {
        p.id for p in pack.programme
        if p.amount and getattr(pack.funding_rule(p.amount), "one_sum", False)
    }  # fmt: skip
    return {
        "asked": {plan: float(sum_of(c.amount_wan for c in sums)) for plan, sums in told.items()},
        "wanted_of": {
            plan: "、".join(_place(alliance, c) for c in sums) for plan, sums in mine.items()
        },
        "asked_least": {
            plan: float(sum_of(
                c.amount_wan if c.least_wan is None else c.least_wan for c in sums
            ))
            for plan, sums in told.items()
        },
        "unnamed": {
            plan: "、".join(c.where for c in sums if c.unnamed)
            for plan, sums in mine.items() if any(c.unnamed for c in sums)
        },
        "largest": {
            plan: max(c.amount_wan or 0 for c in sums)
            for plan, sums in told.items() if plan not in in_one_sum
        },
        "may_count": {
            plan: float(sum_of(
                c.amount_wan for c in sums if c.unnamed or c.receiver == alliance.lead_org
            ))
            for plan, sums in told.items()
        },
    }  # fmt: skip


def _plans_asked(pack: PolicyPack, alliance: Alliance, year: int) -> tuple[str, ...]:
    """The programmes something is asked for under in a year, in the order of the record."""
    return tuple(dict.fromkeys(
        c.programme for c in claims_of_alliances(pack, [alliance])
        if c.origin == "联盟申请" and c.programme and c.year in (year, None)
    ))  # fmt: skip


def _place(alliance: Alliance, claim: Claim) -> str:
    to = "" if claim.receiver == alliance.lead_org else f"给{claim.receiver}，"
    called = f"，计划写作“{claim.called}”，认作这一项，请核对" if claim.called else ""
    return f"{claim.amount_words}（{to}{claim.where}{called}）"


class _Bases(TypedDict):
    """Of `Means`: the sums a share may be of, and their lower ends."""

    bases: dict[Base, float]
    bases_least: dict[Base, float]


def _bases(alliance: Alliance) -> _Bases:
    """What the lead spends on research, where it is filled in."""
    spent = sum_in(alliance, "lead_rd_wan")
    low, most = spent.least_wan, spent.most_wan
    return {
        "bases": {} if most is None else {"研发经费": most},
        "bases_least": {"研发经费": low} if low is not None and low != most else {},
    }
