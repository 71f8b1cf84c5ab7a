"""A year counted: alliances, challenges, technologies and money against the targets of a pack.

Guards are made visible and decide nothing: forced matches, rushing in, closing off by region,
monopoly.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from matcher.alliances.facts import unfit
from matcher.alliances.members import members_of
from matcher.corpora.headers.originals import ORIGINAL
from matcher.policy import PolicyPack, claims_of_list, payer_level
from matcher.policy.amounts import plain, sum_of
from matcher.policy.rules import Guard, GuardKind, Target
from matcher.ranking.grades import Band
from matcher.records import Challenge, Outcome
from matcher.records.alliance import Alliance, Grant

_BLANK = "未填写"
_WEAK = (str(Band.WEAK), str(Band.UNKNOWN))
_SHOWN = 20
_FIRST_LIST = re.compile(r"首批|第[一1]批|^1$")


@dataclass(frozen=True, slots=True)
class Progress:
    """A target and how far it is reached; ``share`` of it, 0 to 1 and above.

    ``note`` says what was counted, and what was left out or is doubtful.
    """

    target_id: str
    name: str
    years: str
    planned: float
    reached: float
    unit: str
    blank: int
    source: str
    note: str = ""

    @property
    def share(self) -> float:
        """Reached over planned."""
        return self.reached / self.planned


@dataclass(frozen=True, slots=True)
class Count:
    """What happened in one place of a breakdown."""

    key: str
    formed: int
    agreed: int
    models: int
    challenges: int
    answered: int
    signed: int
    accepted: int
    technologies: int
    products: int
    given_wan: float
    asked_wan: float
    blank: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A guard and what it saw: the measure, and which alliances or organisations."""

    guard_id: str
    name: str
    raised: bool
    words: str
    shown: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class YearReport:
    """A year, or all years up to it."""

    pack_id: str
    year: int
    progress: tuple[Progress, ...]
    by_year: tuple[Count, ...]
    by_city: tuple[Count, ...]
    by_field: tuple[Count, ...]
    by_programme: Mapping[str, float]
    by_payer: Mapping[str, float]
    guards: tuple[Seen, ...]


@dataclass(frozen=True)
class Records:
    """Everything that is counted."""

    alliances: Sequence[Alliance] = ()
    challenges: Sequence[Challenge] = ()
    outcomes: Sequence[Outcome] = ()
    published: Mapping[str, date] = field(default_factory=dict)

    def year_of(self, challenge: Challenge) -> int | None:
        """When a challenge went out: the day it did, else the year of its deadline."""
        day = self.published.get(challenge.challenge_id) or challenge.apply_deadline
        return day.year if day else None


def year_report(pack: PolicyPack, records: Records, year: int) -> YearReport:
    """The report of a year: targets that run in it, breakdowns, and what the guards see.

    >>> from matcher.policy import shipped_pack
    >>> one = Alliance(alliance_id="A", lead_org="甲公司", formed_on="2021-02-01")
    >>> report = year_report(shipped_pack("liaoning-2021"), Records([one]), 2021)
    >>> [(p.name, p.reached, p.planned) for p in report.progress if p.name == "首批联盟"]
    [('首批联盟', 0, 200.0)]
    """
    mine = [a for a in records.alliances if _year(a.formed_on or a.agreed_on) == year]
    return YearReport(
        pack.pack.id, year,
        tuple(_progress(pack, t, records, year) for t in pack.target
              if t.from_year <= year <= t.to_year),
        _broken_down(records, None, lambda a: _words(_year(a.formed_on or a.agreed_on)),
                     lambda c: _words(records.year_of(c))),
        _broken_down(records, year, lambda a: a.city or _BLANK, lambda c: c.city or _BLANK),
        _broken_down(records, year, lambda a: (a.tech_domain or (_BLANK,))[0],
                     lambda c: (c.tech_domain or (_BLANK,))[0]),
        _given_by(pack, records, year, lambda grant, _: grant.programme or _BLANK),
        _given_by(pack, records, year, lambda _, level: level or _BLANK),
        tuple(_see(pack, guard, mine) for guard in pack.guard),
    )  # fmt: skip


def _year(day: date | None) -> int | None:
    return day.year if day else None


def _words(year: int | None) -> str:
    return _BLANK if year is None else str(year)


def _within(day: date | None, target: Target, until: int) -> bool:
    return day is not None and target.from_year <= day.year <= min(target.to_year, until)


def _progress(pack: PolicyPack, target: Target, records: Records, year: int) -> Progress:
    reached, blank, note = _reached(pack, target, records, year)
    years = str(target.from_year)
    if target.to_year != target.from_year:
        years += f"–{target.to_year}"
    return Progress(
        target.id, target.name, years, target.value, reached, target.unit, blank,
        pack.cite(target), note,
    )  # fmt: skip


def _reached(
    pack: PolicyPack, target: Target, records: Records, year: int
) -> tuple[float, int, str]:
    """How much, how many records do not say, and what was counted."""
    alliances = records.alliances
    if target.measure == "典型联盟":
        models = [a for a in alliances if _within(a.model_on, target, year)]
        poor = sum(bool(unfit(pack, a)) or _ended_before(a, year + 1) for a in models)
        words = f"；其中 {poor} 个盟主或成员不符合基本条件或已结束，请核对" if poor else ""
        return len(models), 0, f"按典型认定日期{words}"
    if target.measure == "公布联盟":
        return _announced(alliances, target, year)
    if target.measure == "自发组建联盟":
        return _self_formed(pack, alliances, target, year)
    if target.measure == "揭榜挂帅项目":
        years = [records.year_of(c) for c in _published(records)]
        inside = range(target.from_year, min(target.to_year, year) + 1)
        return sum(y in inside for y in years if y is not None), years.count(None), ""
    if target.measure == "支持资金":
        return _money(pack, records, target, year)
    name = "technologies" if target.measure == "攻克技术" else "products"
    told = [getattr(a, name) for a in alliances if not _ended_before(a, target.from_year)]
    return sum(value for value in told if value is not None), told.count(None), ""


def _announced(alliances: Sequence[Alliance], target: Target, year: int) -> tuple[float, int, str]:
    """Those on the list that was made public, where any record says which list it is on."""
    listed = [a for a in alliances if _FIRST_LIST.search(a.batch)]
    if any(a.batch for a in alliances):
        return len(listed), sum(not a.batch for a in alliances), "公布批次写明是首批的"
    words = "没有联盟填写公布批次，按备案日期数，不等于公布的名单"
    return sum(_within(a.registered_on, target, year) for a in alliances), 0, words


def _self_formed(
    pack: PolicyPack, alliances: Sequence[Alliance], target: Target, year: int
) -> tuple[float, int, str]:
    """The plan has 1000 models and 3000 others: who is a model by then is not both."""
    others = [a for a in alliances if not _model_by(a, min(target.to_year, year))]
    fit = [a for a in others if not unfit(pack, a)]
    days = [a.formed_on or a.agreed_on for a in fit]
    left = len(others) - len(fit)
    words = "已是典型的不算" + (f"；盟主或成员不符合基本条件的 {left} 个不算" if left else "")
    return sum(_within(day, target, year) for day in days), days.count(None), words


def _model_by(alliance: Alliance, year: int) -> bool:
    return alliance.model_on is not None and alliance.model_on.year <= year


def _ended_before(alliance: Alliance, year: int) -> bool:
    return alliance.ended_on is not None and alliance.ended_on.year < year


def _money(pack: PolicyPack, records: Records, target: Target, year: int) -> tuple[float, int, str]:
    """Grants of whose money the target speaks, and of awarded challenges no such grant names."""
    inside = range(target.from_year, min(target.to_year, year) + 1)
    grants = [
        grant for one in records.alliances for grant in one.all_grants
        if grant.standing != "申请" and _meant(pack, grant, target.payer)
    ]  # fmt: skip
    mine = [g for g in grants if g.year in inside]
    named = {g.challenge_id for g in grants}
    won = [
        c for c in claims_of_list(records.challenges, records.outcomes)
        if c.origin == "结果" and c.year in inside and c.key not in named
    ]  # fmt: skip
    amounts = [*(g.came_wan for g in mine), *(c.amount_wan for c in won)]
    loose = sum_of(
        g.came_wan for g in mine if target.payer and not payer_level(g.payer, pack.pack.region)
    )
    words = f"其中 {plain(loose)} 万元没有写明出资方，先计入" if loose else ""
    back = sum_of(g.amount_wan for g in mine if g.standing == "退回")
    words += ("；" if words and back else "") + (f"已减去退回 {plain(back)} 万元" if back else "")
    return float(sum_of(amounts)), amounts.count(None), words


def _meant(pack: PolicyPack, grant: Grant, payer: str) -> bool:
    """Whether a sum is of a payer, as far as anybody says; the enterprise's own is no support."""
    level = payer_level(grant.payer, pack.pack.region)
    return level != "企业" if not payer else level in ("", payer)


def _published(records: Records) -> list[Challenge]:
    return [
        c for c in records.challenges if c.stage not in ("需求征集", "论证遴选", "驳回", "取消")
    ]


def _broken_down(
    records: Records, year: int | None, of_alliance: Callable[[Alliance], str],
    of_challenge: Callable[[Challenge], str],
) -> tuple[Count, ...]:  # fmt: skip
    """Counts by key; of one year, or of all where ``year`` is None."""
    alliances: dict[str, list[Alliance]] = {}
    challenges: dict[str, list[Challenge]] = {}
    for alliance in records.alliances:
        if year is None or _year(alliance.formed_on or alliance.agreed_on) == year:
            alliances.setdefault(of_alliance(alliance), []).append(alliance)
    for challenge in _published(records):
        if year is None or records.year_of(challenge) == year:
            challenges.setdefault(of_challenge(challenge), []).append(challenge)
    stages: dict[str, set[str]] = {}
    for outcome in records.outcomes:
        stages.setdefault(outcome.challenge_id, set()).add(outcome.stage)
    keys = sorted({*alliances, *challenges}, key=lambda key: (key == _BLANK, key))
    return tuple(
        _count(key, alliances.get(key, []), challenges.get(key, []), stages, year) for key in keys
    )


def _count(
    key: str, alliances: Sequence[Alliance], challenges: Sequence[Challenge],
    stages: Mapping[str, set[str]], year: int | None,
) -> Count:  # fmt: skip
    grants = [
        g for a in alliances for g in a.all_grants
        if (year is None or g.year in (year, None)) and payer_level(g.payer) != "企业"
    ]  # fmt: skip
    reached = [stages.get(c.challenge_id, set()) for c in challenges]
    return Count(
        key=key, formed=len(alliances),
        agreed=sum(a.agreed_on is not None for a in alliances),
        models=sum(a.model_on is not None for a in alliances), challenges=len(challenges),
        answered=sum(bool(s & {"揭榜", "评榜", "立项", "验收"}) for s in reached),
        signed=sum(bool(s & {"立项", "验收"}) for s in reached),
        accepted=sum("验收" in s for s in reached),
        technologies=sum(a.technologies or 0 for a in alliances),
        products=sum(a.products or 0 for a in alliances),
        given_wan=float(sum_of(g.came_wan for g in grants)),
        asked_wan=float(sum_of(g.amount_wan for g in grants if g.standing == "申请")),
        blank=sum(a.technologies is None or not a.all_grants for a in alliances),
    )  # fmt: skip


def _given_by(
    pack: PolicyPack, records: Records, year: int, key: Callable[[Grant, str], str]
) -> dict[str, float]:
    """What was given in a year by programme or payer; what an enterprise brings is told apart."""
    kept: dict[str, list[float | None]] = {}
    for grant in (g for a in records.alliances for g in a.all_grants):
        if grant.standing != "申请" and grant.year == year:
            level = payer_level(grant.payer, pack.pack.region)
            name = "企业自筹" if level == "企业" else key(grant, level)
            kept.setdefault(name, []).append(grant.came_wan)
    return {name: float(sum_of(amounts)) for name, amounts in sorted(kept.items())}


def _see(pack: PolicyPack, guard: Guard, alliances: Sequence[Alliance]) -> Seen:
    ways: Mapping[GuardKind, Callable[[Guard, Sequence[Alliance]], tuple[bool, str, list[str]]]] = {
        "拉郎配": _forced, "一哄而上": _rushed, "地区分割": _closed, "垄断": _monopoly,
    }  # fmt: skip
    raised, words, shown = ways[guard.kind](guard, alliances)
    return Seen(guard.id, guard.name, raised, words, tuple(shown[:_SHOWN]), pack.cite(guard))


def _forced(guard: Guard, alliances: Sequence[Alliance]) -> tuple[bool, str, list[str]]:
    """Alliances of matches that are no likely answers."""
    weak = [a.alliance_id for a in alliances if a.match_band in _WEAK]
    unmatched = sum(not a.match_band for a in alliances)
    words = f"匹配档次为弱或未定的 {len(weak)} 个；没有匹配记录的 {unmatched} 个，未作判断"
    return len(weak) >= guard.limit, words, weak


def thin(alliance: Alliance) -> bool:
    """Whether the agreement lacks a day, a goal, targets or the sharing of benefits."""
    return alliance.agreed_on is None or not (
        alliance.market_goal and alliance.technical_targets and alliance.benefit_mechanism
    )


def _day_of(alliance: Alliance) -> date | None:
    """When it was formed, else signed, where more of it is known than the year."""
    named = (("组建日期", alliance.formed_on), ("协议日期", alliance.agreed_on))
    label, day = next((one for one in named if one[1]), ("", None))
    return None if f"{label}{ORIGINAL}" in alliance.extra else day


def _rushed(guard: Guard, alliances: Sequence[Alliance]) -> tuple[bool, str, list[str]]:
    """Many of one month, and their agreements thin."""
    days = [(_day_of(a), a) for a in alliances]
    months = Counter(f"{d:%Y-%m}" for d, _ in days if d)
    if not months:
        return False, "没有写明在这一年组建的联盟", []
    month, most = min(months.items(), key=lambda item: (-item[1], item[0]))
    poor = [a.alliance_id for d, a in days if d and f"{d:%Y-%m}" == month and thin(a)]
    share = most / len(alliances)
    words = f"{month} 组建 {most} 个，占全年 {share:.0%}，其中协议不全 {len(poor)} 个"
    return share > guard.limit and bool(poor) and most > 1, words, poor


def _closed(guard: Guard, alliances: Sequence[Alliance]) -> tuple[bool, str, list[str]]:
    """Alliances all of whose members are of the lead's own city."""
    known = [a for a in alliances if a.city and a.member_cities]
    inside = [a.alliance_id for a in known if set(a.member_cities) == {a.city}]
    if not known:
        return False, "成员所在市未填写", []
    share = len(inside) / len(known)
    words = f"成员都在本市的 {len(inside)} 个，占写明的 {len(known)} 个的 {share:.0%}"
    return share > guard.limit and len(inside) > 1, words, inside


def _monopoly(guard: Guard, alliances: Sequence[Alliance]) -> tuple[bool, str, list[str]]:
    """Organisations in more than a share of the alliances of one field."""
    fields: dict[str, list[Alliance]] = {}
    for alliance in alliances:
        for name in alliance.tech_domain[:1]:
            fields.setdefault(name, []).append(alliance)
    told = []
    for name, mine in sorted(fields.items()):
        held = Counter(_organisations(mine))
        told += [
            f"{name}：{who} {n}/{len(mine)}"
            for who, n in sorted(held.items(), key=lambda item: (-item[1], item[0]))
            if len(mine) > 2 and n / len(mine) > guard.limit
        ]
    return bool(told), f"在一个领域里超过 {guard.limit:.0%} 的 {len(told)} 家", told


def _organisations(alliances: Iterable[Alliance]) -> list[str]:
    return [m.organisation for a in alliances for m in members_of(a)]
