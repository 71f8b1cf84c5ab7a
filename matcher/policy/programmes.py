"""The adviser: which programmes may be asked for, why not the others, how much and how computed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from matcher.policy.amounts import plain, wan
from matcher.policy.means import BLANK, Fact, Means, Received, Room, unknown
from matcher.policy.pack import PolicyPack
from matcher.policy.questions import questions_of
from matcher.policy.requests import request_of, wanted_of, wrong_with
from matcher.policy.rules import (
    AmountRange,
    ConditionItem,
    FundingRule,
    Programme,
    ShareCap,
    Subject,
)
from matcher.policy.working import Working, floors_of, share_of, work_out

__all__ = ["BLANK", "Advice", "Fact", "Means", "Received", "Room", "advise", "rooms_of"]

Verdict = Literal["可以申请", "可以提出", "视为", "适用", "待核实", "不符合"]
"""可以提出: the policy encourages it, and the authority decides; 视为: it holds without asking;
适用: others than the authority are bound by it."""
_GRANTED: Mapping[str, Verdict] = {"盟主提出": "视为", "完成人": "适用"}
_TO_WHOM = {"联盟": "由联盟提出", "盟主提出": "由盟主提出和确认"}
READ = "理解（条文没有写）"
"""What goes before the pack's own reading of a rule."""
FURTHER = "条文另写"
"""What goes before what the source says in words that are not quoted."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What is said of one programme.

    Attributes:
        why_not: the facts that do not hold.
        to_check: the facts nobody knows yet, and sums left blank: what to ask whom for next.
        gaps: all of them by their names alone, or by what each reading comes to.
        unmet: those of ``why_not`` that are facts; the others say by themselves what is wrong.
        met: the facts that hold, each with what says so.
        least_wan, most_wan: the ends of the amount; None where it cannot be worked out.
        formula: how the amount came about; what is missing for it; or the policy's own words.
        working: the same where what is left of yearly caps is told apart, in ``rooms``.
        rooms: what is left of each cap it counts towards, and how that came about.
        room_notes: every sum of those accounts with where it stands.
        clauses: the rules behind it, each with its place in the source and its sentence.
        span: the amount as a range, where it is one.
        asked: what is wrong with the sum asked for, if anything.
        wanted: what is asked for, and where that stands.
        request: what is asked for, in short; ``asks_a_sum`` whether that is a sum of this year.
        open_amount: what the source says instead of a figure.
        amount_if: under which condition the figure holds.
        to_whom: who it is for, where the source does not say who is paid.
        chosen: the source's own word for a choice among those who may ask.
        unruled: what is asked for and no programme is for.
        topics: what the source says, or does not say, of what the record's words ask.
        answers: what is asked, answered in a line each before all else; ``answered`` whether
            they tell of this one, so that no line of its own does.
        each: every question of the record with what answers it, a line each.
        idle: whether the record does not tell of it, telling of others.
        turns: the most by each reading, where the readings are told in the stead of one figure.
        questions: what is to be asked of the sum that is asked for, whatever the verdict.
        others: who else pays, in words.
        floor: the least as a share, where it is of no sum of money.
        further: what else the source says of it, in other words than its own.
        readings: what of it the source does not say.
        about: the challenge it is said of, where it is not the one that was asked about.
        shares: what is left of the yearly cap it draws on, in words, by each reading.
        beyond: all that is asked for under that cap, where it may be more than is left;
            ``elsewise`` where that is so only by the other reading of what counts.
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
    room_notes: tuple[str, ...]
    span: str
    asked: str
    wanted: str
    others: str
    negotiable: str
    text: str
    source: str
    clauses: tuple[str, ...]
    pack_id: str
    encouraged: bool = False
    floor: str = ""
    further: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()
    about: str = ""
    shares: str = ""
    beyond: str = ""
    elsewise: str = ""
    unmet: tuple[str, ...] = ()
    request: str = ""
    asks_a_sum: bool = False
    open_amount: str = ""
    amount_if: str = ""
    to_whom: str = ""
    chosen: str = ""
    turns: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    unruled: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    each: tuple[str, ...] = ()
    answered: bool = False
    idle: bool = False

    @property
    def headline(self) -> str:
        """The verdict, the name, who receives it and, where it may be asked for, how much.

        A sum that hangs on something unknown is never called the most: 不超过.
        """
        to_whom = self.to_whom or _TO_WHOM.get(self.receiver, f"给{self.receiver}")
        about = f"，{self.about}" if self.about else ""
        return f"{self.name}（{to_whom}）{about}{self.amount}"

    @property
    def selected(self) -> str:
        """That the authority chooses among those who may ask, where the source says so."""
        return f"（{self.chosen}，由主管部门定）" if self.chosen and not self.why_not else ""

    @property
    def amount(self) -> str:
        """How much at most, in words; nothing where none may be had or nobody can say."""
        if self.why_not:
            return ""
        if self.turns:
            return f"，{'；'.join(self.turns)}（万元）{self.selected}"
        if not self.most_wan:
            return self._floor_words if self.most_wan is None else ""
        most = "，不超过" if self.verdict == "待核实" else "，最多"
        span = f"（{self.span}）" if self.span else ""
        return f"{most} {self.most_wan:g} 万元{span}{self.selected}"

    @property
    def _floor_words(self) -> str:
        """At least how much.

        A figure that hangs on something unknown is never read before what it hangs on.
        """
        least = f"不低于 {self.least_wan:g} 万元" if self.least_wan else self.floor
        if not least:
            return ""
        if self.amount_if and self.verdict == "待核实":
            return f"，{self.amount_if}：{least}"
        only = f"（{self.amount_if}）" if self.amount_if else ""
        return f"，{least}{only}"

    @property
    def lines(self) -> tuple[str, ...]:
        """What a person reads under it; the arithmetic only where it may be asked for."""
        return self.lines_but(frozenset())

    def lines_but(self, common: frozenset[str]) -> tuple[str, ...]:
        """The same without what is told for several programmes at once."""
        told = [f"不符合：{words}" for words in self.why_not if words not in common]
        if not self.why_not:
            told += [f"待核实：{words}" for words in self.to_check if words not in common]
            met = [words for words in self.met if words not in common]
            told += [f"满足：{'；'.join(met)}" if met else ""]
            told += [f"算式：{self.working}", self.wanted, self.asked, self.others]
            told += [f"{FURTHER}：{words}" for words in (*self.further, self.negotiable) if words]
            told += ["条文只写鼓励、支持，没有写给不给：是否支持由主管部门决定" * self.encouraged]
        elif self.wanted:
            told.append(f"{self.wanted}，现在不符合，不能按它申请")
        told += [f"{READ}：{words}" for words in self.readings if words not in common]
        return tuple(words for words in told if words)


def rooms_of(advice: Iterable[Advice]) -> tuple[str, ...]:
    """What is left of the yearly caps, each told once however many programmes share it.

    Of those refused too: a firm that gets nothing more is to see why.
    """
    kept = list(advice)
    rooms = dict.fromkeys(room for one in kept for room in one.rooms)
    return (*rooms, *dict.fromkeys(note for one in kept for note in one.room_notes))


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
    stated = [(item.words, _fact_of(item, facts)) for item in programme.items]
    told = [leaf for text, fact in stated for leaf in _leaves(text, fact)]
    made = work_out(pack, programme, means)
    failed = [(_said(text, fact), fact.short) for text, fact in told if fact.holds is False]
    unmet = tuple(words for words, in_short in failed if not in_short)
    why_not = [
        *means.refusals,
        *(words for words, _ in failed),
        *_exhausted(pack, programme, means, made),
    ]
    to_check = [_said(text, fact) for text, fact in told if fact.holds is None]
    short = {doubt.words: doubt.short for doubt in made.doubts}
    named = [words.rpartition("→ ")[2] for words in to_check]
    short = {
        words: in_short for words, in_short in short.items()
        if not any(ask.startswith(f"{words.rpartition('→ ')[2]}（联盟表") for ask in named)
    }  # fmt: skip
    in_words = short | {_said(text, fact): fact.short for text, fact in told if fact.short}
    to_check += [*short, *means.doubts_of.get(programme.id, ()), *means.doubts]
    granted: Verdict = "可以提出" if programme.encouraged else "可以申请"
    granted = _GRANTED.get(programme.receiver, granted)
    verdict: Verdict = "不符合" if why_not else "待核实" if to_check else granted
    least, most = made.least, made.most
    beyond, elsewise = _beyond_room(programme, means)
    return Advice(
        programme_id=programme.id, name=programme.name, verdict=verdict,
        receiver=programme.receiver, why_not=tuple(why_not), to_check=tuple(to_check),
        gaps=tuple(in_words.get(words) or _named(words) for words in (*why_not, *to_check)),
        met=tuple(dict.fromkeys(met for text, fact in stated for met in _met(text, fact))),
        least_wan=None if least is None else float(least),
        most_wan=None if most is None else float(most),
        formula=made.formula, working=made.told, rooms=made.rooms,
        room_notes=_room_notes(pack, programme, means), span=made.span,
        asked=wrong_with(made, programme, means), wanted=wanted_of(pack, programme, means),
        others=_others(pack, programme, made, means),
        negotiable=programme.negotiable, text=programme.text,
        source=pack.cite(programme),
        clauses=tuple(dict.fromkeys(_clauses(pack, programme))), pack_id=pack.pack.id,
        encouraged=programme.encouraged, further=programme.further,
        readings=(*programme.reading, *means.readings),
        shares=_shared(programme, means), beyond=beyond, elsewise=elsewise,
        unmet=unmet, request=request_of(pack, programme, means), open_amount=programme.open_amount,
        amount_if=programme.amount_if,
        turns=tuple(doubt.turns for doubt in made.doubts if doubt.turns),
        to_whom=programme.to_whom, chosen=programme.chosen, unruled=means.unruled,
        topics=means.topics, answers=means.answers,
        idle=programme.id in {*means.idle} - {*means.received}
        and not request_of(pack, programme, means),
        questions=questions_of(
            pack, programme, means, ready=verdict == "可以申请",
            told_of_levels=any(words.startswith("年度上限计不计") for words in to_check),
            told_of_room=any(words.startswith("本年余额未定") for words in to_check),
        ),
        asks_a_sum=means.asked.get(programme.id, means.asked_wan) is not None,
    )  # fmt: skip


def _fact_of(item: ConditionItem, facts: Mapping[str, Fact]) -> Fact:
    """What is known of an item; of one that is a reading, what the other reading comes to too."""
    fact = facts.get(item.key) or unknown(item)
    if not item.reading or fact.holds is not False:
        return fact
    turns = "条文没有写要这一条：不要的话看别的条件，要的话现在不符合"
    ask = fact.ask or "请主管部门明确要不要这一条"
    return replace(fact, holds=None, basis=f"{fact.basis}；{turns}", ask=ask)


def _shared(programme: Programme, means: Means) -> str:
    for room in (means.rooms[cap] for cap in programme.capped_by if cap in means.rooms):
        ends = "–".join(dict.fromkeys(plain(wan(end)) for end in (room.lower, room.upper)))
        if room.read_wan is None or room.read_wan >= room.lower:
            return f"{ends} 万元"
        left = "–".join(dict.fromkeys(plain(wan(end)) for end in room.other_ends))
        return f"{ends} 万元（{room.other}也计入上限的话 {left}，条文没有写计不计）"
    return ""


def _beyond_room(programme: Programme, means: Means) -> tuple[str, str]:
    """How all that is asked for is beyond the room: in full, and by the other reading alone."""
    rooms = [means.rooms[cap] for cap in programme.capped_by if cap in means.rooms]
    told = (next(filter(None, words), "") for words in ([r.beyond for r in rooms],
            [r.elsewise for r in rooms]))  # fmt: skip
    return next(told), next(told)


def _exhausted(
    pack: PolicyPack, programme: Programme, means: Means, made: Working
) -> Iterator[str]:
    """Why nothing is left, where that is certain: of a project's own most, of a year's."""
    had = means.received.get(programme.id)
    rule = pack.funding_rule(programme.amount) if programme.amount else None
    once = had is not None and had.amount_wan and not isinstance(rule, AmountRange)
    if once and made.upper == 0 and had is not None and not had.doubts:
        odds = f"（{had.note}）" if had.note else ""
        working = made.formula.partition("；本年余额")[0]
        yield f"已得满最高数额（{working}）{odds}→ 请盟主核对已得的各笔"
    elif made.used_up:
        left = any(means.rooms[c].upper for c in programme.capped_by if c in means.rooms)
        name = "本年余额不够最低一档" if left else "本年没有余额"
        yield f"{name}（{made.told}）→ 请盟主核对已得的各笔，或问别的年度"


def _leaves(text: str, fact: Fact) -> Iterator[tuple[str, Fact]]:
    """A fact, or what it is made of where it does not hold and its parts are known."""
    if fact.holds or not fact.parts:
        yield text, fact
        return
    for words, part in fact.parts:
        if not part.holds:
            yield from _leaves(words, part)


def _met(text: str, fact: Fact) -> Iterator[str]:
    """What holds of it, part by part where they are known."""
    for words, part in fact.parts:
        yield from _met(words, part)
    if fact.holds and not fact.parts and not fact.tacit:
        yield text + _because(fact)


def _said(text: str, fact: Fact) -> str:
    return text + _because(fact) + (f"→ {fact.ask}" if fact.ask else "")


def _named(words: str) -> str:
    """The name of what is missing, without what says so and whom to ask."""
    return words.partition("（")[0]


def _because(fact: Fact) -> str:
    return f"（{fact.basis}）" if fact.basis else ""


def _room_notes(pack: PolicyPack, programme: Programme, means: Means) -> tuple[str, ...]:
    """The sums of the accounts it counts towards, how the cap is read, and its sentence."""
    notes: list[str] = []
    for cap in (c for c in programme.capped_by if c in means.rooms):
        rule = pack.funding_rule(cap)
        notes += means.rooms[cap].notes
        notes += [f"{READ}：{words}" for words in rule.reading]
        notes.append(pack.quote(rule))
    return tuple(notes)


def _clauses(pack: PolicyPack, programme: Programme) -> Iterator[str]:
    """The programme's own clause, that of its amount, those of the caps it counts towards."""
    yield pack.quote(programme)
    for rule_id in (programme.amount, *programme.capped_by):
        if rule_id:
            rule = pack.funding_rule(rule_id)
            if not rule.original or rule.original not in programme.original:
                yield pack.quote(rule)


def _others(pack: PolicyPack, programme: Programme, made: Working, means: Means) -> str:
    """Who pays the rest; the proportions are the agreement's, not the policy's."""
    rest = programme.payers[1:]
    if not rest:
        return ""
    who = "、".join(rest)
    least_total = means.total_wan if means.total_least_wan is None else means.total_least_wan
    if least_total is None or made.ceiling is None or made.most is None or "企业" not in rest:
        return f"{who}配套，条文没有写比例和数额"
    # The lowest total leaves the least, though the province pays less of it too.
    total, rule = wan(least_total), pack.funding_rule(programme.amount)
    whole = min(made.ceiling, _share(rule, total))
    left = max(Decimal(0), total - whole)
    words = f"其余至少 {plain(left)} 万元由{who}按比例出资（条文没有写比例）"
    had = means.received.get(programme.id)
    now = min(whole, _provincial(made, had))
    low = min(now, _provincial_at_least(programme, means, made, had))
    if now < whole:
        words += (
            f"，这是项目全期的：以后年度省级还能补到 {plain(whole)} 才是这个数；"
            f"本年以后不再给的话至少 {plain(total - now)}"
        )
    if low < now:
        words += f"；省级只给 {plain(low)} 的话至少 {plain(total - low)}"
    lefts = [max(Decimal(0), total - part) for part in (whole, now, low)]
    if means.total_least_wan is not None and means.total_wan is not None:
        top = wan(means.total_wan)
        lefts.append(max(Decimal(0), top - min(made.ceiling, _share(rule, top))))
        words += f"；总投入按 {plain(top)} 算至少 {plain(lefts[-1])}"
    return words + _paid(lefts, means, rest)


def _share(rule: FundingRule, total: Decimal) -> Decimal:
    return share_of(rule, total) if isinstance(rule, ShareCap) else total


def _provincial(made: Working, had: Received | None) -> Decimal:
    """What the pack's own level pays of a project at most: never above the programme's most."""
    assert made.most is not None
    if had is None:
        return made.most
    low = made.most if made.low is None else made.low
    paid = max(wan(had.amount_wan) + low, wan(had.lower) + made.most)
    return paid if made.ceiling is None else min(paid, made.ceiling)


def _provincial_at_least(
    programme: Programme, means: Means, made: Working, had: Received | None
) -> Decimal:
    """The same by the lowest of what is open: what came counts and is taken off, or neither."""
    assert made.most is not None
    low = made.most if made.low is None else made.low
    if had is None:
        return low
    top = made.most if made.upper is None else made.upper
    return min(wan(had.amount_wan) + low, wan(had.lower) + min([top, *floors_of(programme, means)]))


def _paid(lefts: Sequence[Decimal], means: Means, rest: tuple[str, ...]) -> str:
    """What the others are told to pay, against what they have to: by each reading that differs."""
    if not means.paid:
        return ""
    sums = [
        f"{level} {BLANK if amount is None else plain(wan(amount))}（{where}）"
        for level, amount, where in means.paid
    ]
    total = sum((wan(amount or 0) for _, amount, _ in means.paid), Decimal(0))
    short = lefts[0] - total
    gap = f"，还差 {plain(short)} 万元" if short > 0 else "，够"
    for left in dict.fromkeys(lefts[1:]):
        if left > max(total, lefts[0]):
            gap += f"；按至少 {plain(left)} 算还差 {plain(left - total)} 万元"
    told = {level.removesuffix("级") for level, amount, _ in means.paid if amount is not None}
    if lacking := "、".join(payer for payer in rest if payer not in told):
        gap = ("，合计够数" if short <= 0 else gap) + f"，但没有写{lacking}出多少"
    paying = {level.removesuffix("级") for level, amount, _ in means.paid if amount}
    if nought := "、".join(payer for payer in rest if payer in told - paying):
        gap = gap.replace("，够", "，合计够数", 1) + f"，但{nought}写作 0，合不合条文见上"
    return f"；表里写明的：{'、'.join(sums)}，合计 {plain(total)} 万元{gap}"
