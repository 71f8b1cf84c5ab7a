"""The adviser: which programmes may be asked for, why not the others, how much and how computed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from matcher.policy.amounts import amount_of, down, percent, plain, up, wan
from matcher.policy.pack import PolicyPack
from matcher.policy.rules import (
    AmountRange,
    Base,
    FundingRule,
    LeastShare,
    Programme,
    ShareCap,
    Subject,
)

Verdict = Literal["可以申请", "可以提出", "待核实", "不符合"]
"""可以提出: the policy encourages it, and the authority decides."""
BLANK = "未填写"


@dataclass(frozen=True, slots=True)
class Fact:
    """Whether something holds (None: nobody knows yet), and what says so.

    Attributes:
        ask: who is to supply what, where that would settle it.
        parts: what it is made of, in words; then these are told in its stead.
    """

    holds: bool | None
    basis: str = ""
    ask: str = ""
    parts: tuple[tuple[str, Fact], ...] = ()


@dataclass(frozen=True, slots=True)
class Received:
    """What was given already of what a programme gives at most.

    Attributes:
        amount_wan: the sum, 万元.
        words: the sums it is made of.
        doubt: money of which nobody knows whether it counts; then it does not.
    """

    amount_wan: float
    words: str
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Means:
    """The money that is known; what is None was not filled in.

    Attributes:
        total_wan: total investment of the project, 万元.
        asked_wan: what is asked for, 万元, whatever the programme; ``asked`` by id of a programme.
        bases: other sums a share is of (net income of licences), 万元.
        room_wan: by id of a yearly cap, what is left of it for the receiver.
        room_words: by the same id, how that came about.
        received: by id of a programme, what was given of it already.
        doubts: what is to be checked whatever the programme.
    """

    total_wan: float | None = None
    asked_wan: float | None = None
    bases: Mapping[Base, float] = field(default_factory=dict)
    room_wan: Mapping[str, float] = field(default_factory=dict)
    room_words: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, float] = field(default_factory=dict)
    received: Mapping[str, Received] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Advice:
    """What is said of one programme.

    Attributes:
        why_not: the facts that do not hold.
        to_check: the facts nobody knows yet, and sums left blank: what to ask whom for next.
        gaps: all of them by their names alone.
        met: the facts that hold, each with what says so.
        least_wan, most_wan: the ends of the amount; None where it cannot be worked out.
        formula: how the amount came about; what is missing for it; or the policy's own words.
        working: the same where what is left of yearly caps is told apart, in ``rooms``.
        rooms: what is left of each cap it counts towards, and how that came about.
        clauses: the rules behind it, each with its place in the source and its words.
        asked: what is wrong with the sum asked for, if anything.
        others: who else pays, in words.
        reading: what of it the source does not say.
        about: the challenge it is said of, where it is not the one that was asked about.
    """

    programme_id: str
    name: str
    verdict: Verdict
    receiver: str
    why_not: tuple[str, ...]
    to_check: tuple[str, ...]
    gaps: tuple[str, ...]
    met: tuple[str, ...]
    least_wan: float | None
    most_wan: float | None
    formula: str
    working: str
    rooms: tuple[str, ...]
    asked: str
    others: str
    negotiable: str
    text: str
    source: str
    clauses: tuple[str, ...]
    pack_id: str
    encouraged: bool = False
    reading: str = ""
    about: str = ""

    @property
    def headline(self) -> str:
        """The verdict, the name, who receives it and, where it may be asked for, how much."""
        most = "" if self.most_wan is None or self.why_not else f"，最多 {self.most_wan:g} 万元"
        about = f"，{self.about}" if self.about else ""
        return f"{self.name}（给{self.receiver}）{about}{most}"

    @property
    def lines(self) -> tuple[str, ...]:
        """What a person reads under it; the arithmetic only where it may be asked for."""
        told = [f"不符合：{words}" for words in self.why_not]
        told += [f"待核实：{words}" for words in self.to_check]
        if not self.why_not:
            told += [f"算式：{self.working}", self.asked, self.others, self.negotiable]
            told += ["鼓励提出，是否支持由主管部门决定" if self.encouraged else "", self.reading]
        return (*(words for words in told if words), f"出处：{self.source}", *self.clauses)


def rooms_of(advice: Iterable[Advice]) -> tuple[str, ...]:
    """What is left of the yearly caps, each told once however many programmes share it.

    Of those refused too: a firm that gets nothing more is to see why.
    """
    return tuple(dict.fromkeys(room for one in advice for room in one.rooms))


def advise(
    pack: PolicyPack, subject: Subject, facts: Mapping[str, Fact], means: Means | None = None
) -> tuple[Advice, ...]:
    """What the pack says about every programme for an alliance or a challenge, in its order.

    Args:
        pack: the rules.
        subject: 联盟 or 榜单项目; programmes for the other are left out.
        facts: by key of the programmes' items; those left out are unknown.
        means: the money that is known.

    Raises:
        InputError: an amount is negative or no number.

    >>> from matcher.policy import shipped_pack
    >>> known = {"conditions_met": Fact(True), "on_list": Fact(True)}
    >>> advice = advise(shipped_pack("liaoning-2021"), "榜单项目", known, Means(total_wan=2000))
    >>> advice[0].verdict, advice[0].most_wan, advice[0].formula
    ('可以申请', 600.0, '2000 × 30% = 600，上限 1000，取小者 600')
    """
    known = means or Means()
    return tuple(
        _advice(pack, programme, facts, known)
        for programme in pack.programme
        if programme.subject == subject
    )


def _advice(
    pack: PolicyPack, programme: Programme, facts: Mapping[str, Fact], means: Means
) -> Advice:
    unknown = Fact(None)
    told = [leaf for i in programme.items for leaf in _leaves(i.text, facts.get(i.key, unknown))]
    least, upper, own = _amount(pack, programme, means)
    most, formula, working, rooms = _under_caps(pack, programme, means, least, upper, own)
    why_not = [_said(text, fact) for text, fact in told if fact.holds is False]
    had = means.received.get(programme.id)
    if had and had.amount_wan and upper == 0:
        why_not.append(f"已得满最高数额（{own}）")
    elif _used_up(programme, means, most):
        why_not.append(f"本年没有余额（{working}）")
    to_check = [_said(text, fact) for text, fact in told if fact.holds is None]
    to_check += _blanks(pack, programme, means)
    to_check += [had.doubt] if had and had.doubt else []
    to_check += means.doubts
    granted: Verdict = "可以提出" if programme.encouraged else "可以申请"
    verdict: Verdict = "不符合" if why_not else "待核实" if to_check else granted
    return Advice(
        programme_id=programme.id, name=programme.name, verdict=verdict,
        receiver=programme.receiver, why_not=tuple(why_not), to_check=tuple(to_check),
        gaps=tuple(_named(words) for words in (*why_not, *to_check)),
        met=tuple(text + _because(fact) for text, fact in told if fact.holds),
        least_wan=None if least is None else float(least),
        most_wan=None if most is None else float(most),
        formula=formula, working=working, rooms=rooms,
        asked=_asked(least, most, programme, means), others=_others(programme, most, means),
        negotiable=programme.negotiable, text=programme.text, source=pack.cite(programme),
        clauses=tuple(_clauses(pack, programme)), pack_id=pack.pack.id,
        encouraged=programme.encouraged, reading=programme.reading,
    )  # fmt: skip


def _used_up(programme: Programme, means: Means, most: Decimal | None) -> bool:
    """Whether a yearly cap leaves nothing; a project that costs nothing is another matter."""
    rooms = [means.room_wan[cap] for cap in programme.capped_by if cap in means.room_wan]
    return bool(rooms) and (0 in rooms or (most == 0 and means.total_wan != 0))


def _leaves(text: str, fact: Fact) -> Iterator[tuple[str, Fact]]:
    """A fact, or what it is made of where it does not hold and its parts are known."""
    if fact.holds or not fact.parts:
        yield text, fact
        return
    for words, part in fact.parts:
        if not part.holds:
            yield from _leaves(words, part)


def _said(text: str, fact: Fact) -> str:
    return text + _because(fact) + (f"→ {fact.ask}" if fact.ask else "")


def _named(words: str) -> str:
    """The name of what is missing, without what says so and whom to ask."""
    return words.partition("（")[0]


def _because(fact: Fact) -> str:
    return f"（{fact.basis}）" if fact.basis else ""


def _blanks(pack: PolicyPack, programme: Programme, means: Means) -> list[str]:
    """Sums the amount is a share of, where nobody filled them in: blank is not nought."""
    rule = pack.funding_rule(programme.amount) if programme.amount else None
    if isinstance(rule, ShareCap) and means.total_wan is None:
        return [f"项目总投入（{BLANK}）→ 请盟主填写项目总投入（万元）"]
    if isinstance(rule, LeastShare) and rule.base not in means.bases:
        return [f"{rule.base}（{BLANK}）→ 请成果持有单位填写{rule.base}（万元）"]
    return []


def _clauses(pack: PolicyPack, programme: Programme) -> Iterator[str]:
    """The programme's own clause, that of its amount, those of the caps it counts towards."""
    yield pack.quote(programme)
    for rule_id in (programme.amount, *programme.capped_by):
        if rule_id:
            yield pack.quote(pack.funding_rule(rule_id))


def _amount(
    pack: PolicyPack, programme: Programme, means: Means
) -> tuple[Decimal | None, Decimal | None, str]:
    """Least, most, and the working, before any yearly cap."""
    if not programme.amount:
        return None, None, programme.open_amount
    rule = pack.funding_rule(programme.amount)
    had = means.received.get(programme.id)
    amount = _by_rule(rule, means)
    return amount if had is None or isinstance(rule, LeastShare) else _less(had, *amount)


def _less(
    had: Received, least: Decimal | None, most: Decimal | None, formula: str
) -> tuple[Decimal | None, Decimal | None, str]:
    """What may still be given once part of it was; a floor is of the whole, too."""
    if not had.amount_wan:
        return least, most, formula + (f"；{had.words}" if had.words else "")
    got = amount_of(had.amount_wan, "已得")
    formula += f"；已得 {had.words}"
    if least is not None:
        least = max(Decimal(0), least - got)
    if most is not None:
        most = max(Decimal(0), most - got)
        formula += f"，还可 {plain(most)}"
    return least, most, formula


def _under_caps(
    pack: PolicyPack, programme: Programme, means: Means, least: Decimal | None,
    most: Decimal | None, own: str,
) -> tuple[Decimal | None, str, str, tuple[str, ...]]:  # fmt: skip
    """Most, the whole formula, the formula beside the rooms, and the rooms."""
    formula = working = own
    rooms = []
    for cap in (pack.funding_rule(c) for c in programme.capped_by if c in means.room_wan):
        room = amount_of(means.room_wan[cap.id], "本年余额")
        words = means.room_words.get(cap.id) or plain(room)
        rooms.append(f"{cap.name}（万元）：本年余额 {words}")
        if not programme.amount:
            working += f"；不超过本年余额 {plain(room)}"
            formula += f"；不超过本年余额 {words}"
            continue
        most = room if most is None else min(most, room)
        least_of = f"，取小者 {plain(most)}"
        formula += f"；本年余额 {words}{least_of}"
        working += f"；本年余额 {plain(room)}{least_of}"
    if least is not None and most is not None and most < least:
        too_low = f"，低于起点 {plain(least)}，本年不能再给"
        return Decimal(0), formula + too_low, working + too_low, tuple(rooms)
    return most, formula, working, tuple(rooms)


def _by_rule(rule: FundingRule, means: Means) -> tuple[Decimal | None, Decimal | None, str]:
    if isinstance(rule, AmountRange):
        low, high = wan(rule.min_wan), wan(rule.max_wan)
        return low, high, f"{plain(low)}–{plain(high)}"
    if isinstance(rule, LeastShare):
        return _share_of_base(rule, means)
    assert isinstance(rule, ShareCap)
    cap = None if rule.cap_wan is None else wan(rule.cap_wan)
    if means.total_wan is None:
        words = f"总投入{BLANK}，算不出 {percent(rule.share)}"
        return None, cap, words + ("" if cap is None else f"；最高不超过 {plain(cap)}")
    total = amount_of(means.total_wan, "总投入")
    part = down(total * wan(rule.share))
    formula = f"{plain(total)} × {percent(rule.share)} = {plain(part)}"
    if cap is None:
        return None, part, formula
    most = min(part, cap)
    return None, most, f"{formula}，上限 {plain(cap)}，取小者 {plain(most)}"


def _share_of_base(rule: LeastShare, means: Means) -> tuple[Decimal | None, Decimal | None, str]:
    given = means.bases.get(rule.base)
    if given is None:
        return None, None, f"{rule.base}{BLANK}；不低于其 {percent(rule.share)}"
    base = amount_of(given, rule.base)
    least = up(base * wan(rule.share))
    return least, None, f"{plain(base)} × {percent(rule.share)} = {plain(least)}，不低于此数"


def _asked(least: Decimal | None, most: Decimal | None, programme: Programme, means: Means) -> str:
    wanted = means.asked.get(programme.id, means.asked_wan)
    if wanted is None or not programme.amount:
        return ""
    asked = amount_of(wanted, "申请金额")
    if most is not None and asked > most:
        return f"申请 {plain(asked)} 万元，超过最多 {plain(most)} 万元"
    if least is not None and asked < least:
        return f"申请 {plain(asked)} 万元，低于最少 {plain(least)} 万元"
    return ""


def _others(programme: Programme, most: Decimal | None, means: Means) -> str:
    """Who pays the rest; the proportions are the agreement's, not the policy's."""
    rest = programme.payers[1:]
    if not rest:
        return ""
    who = "、".join(rest)
    if means.total_wan is None or most is None or "企业" not in rest:
        return f"{who}配套，规则没有写比例"
    had = means.received.get(programme.id)
    left = max(Decimal(0), wan(means.total_wan) - most - wan(had.amount_wan if had else 0))
    return f"其余至少 {plain(left)} 万元由{who}按比例出资"
