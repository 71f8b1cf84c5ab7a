"""A clerk's page: a first screen, then what is common, the caps, and each programme, best first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import get_args

from matcher.policy.amounts import plain, sum_of, wan
from matcher.policy.pack import PolicyPack
from matcher.policy.programmes import READ, Advice, Verdict, rooms_of
from matcher.policy.rules import Programme, YearlyCap

_TURN = {verdict: turn for turn, verdict in enumerate(get_args(Verdict))}

# The place of a clause in its source, and its sentence, at the end of a line.
_QUOTED = re.compile("。([^。“”]*)（(?:据报道|原文|大意)）：(.*)$", re.DOTALL)
# Between two questions that stand in one.
_ONE_BY_ONE = re.compile("；(?=(?:请|确实是 0))(?![^（]*）)")
_ABOUT = re.compile("问到“(.*?)”：")
_MARKS = re.compile(r"\W")

# 请主管部门明确, 请盟主核对: says not what.
_TERSE = 10
# Of a condition of which nothing is filled in; from how many on they are told together.
_BLANK = re.compile("（[^（）；]*未填写）$")
_MANY = 3

# A clause that says that support is to be given; and what is left to decide, by whether all do.
_DUTY = re.compile("应当?给予[^，,。；;]{0,4}支持")
_GIVEN = {
    True: "条文写的是“应当”支持，怎样支持、给多少没有写",
    False: "给不给由主管部门审定",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One programme as it stands on the page."""

    advice: Advice
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """What is said of several programmes.

    Attributes:
        source: what the sentences were taken from.
        summary: the first screen: what is left of the caps together, a line each programme with
            its answer and the most, and what to ask whom for next: where something is asked for,
            of that and of what all need.
        later: what to ask whom for of the programmes nobody asks for, a line each.
        rooms: what is left of the yearly caps, sum by sum.
        common: what every programme asks for, with its sentences.
        programmes: 可以申请, then 待核实, then 不符合, in the pack's order; of one programme those
            challenges together of which the same is said.
    """

    source: str
    summary: tuple[str, ...]
    rooms: tuple[str, ...]
    common: tuple[str, ...]
    programmes: tuple[Told, ...]
    later: tuple[str, ...] = ()

    def in_full(self, every: bool) -> tuple[Told, ...]:
        """Those that are asked for or answered, where any is; ``every``: all."""
        asked = tuple(t for t in self.programmes if t.advice.wanted or t.advice.answered)
        return self.programmes if every or not asked else asked


def statement_of(pack: PolicyPack, advice: Sequence[Advice]) -> Statement:
    """The page of an alliance or of a challenge.

    >>> from matcher.policy import Fact, advise, shipped_pack
    >>> pack = shipped_pack("liaoning-2021")
    >>> known = {"conditions_met": Fact(True, "协议齐全"), "is_model": Fact(False)}
    >>> page = statement_of(pack, advise(pack, "联盟", known))
    >>> page.programmes[0].advice.verdict, page.programmes[-1].advice.name
    ('可以提出', '试点示范激励计划')
    """
    common = _common(advice)
    refused = any(words in common for one in advice for words in one.why_not)
    ordered = sorted(advice, key=lambda one: _TURN[one.verdict])
    printed: set[str] = set()
    now, later = _next(pack, advice, common)
    narrow = any(one.idle or one.topics or one.answers for one in advice)
    open_ = [one for one in advice if not one.answered]
    wanted = [one for one in open_ if one.wanted]
    others = tuple(_by_programme(pack, [one for one in open_ if not one.wanted], common))
    first = not wanted and not refused  # what is asked goes before what might be asked for
    put_off = bool(wanted) and not refused  # what all need comes after what is asked for
    return Statement(
        source=_source(pack, advice),
        summary=(
            *_answers(advice),
            *dict.fromkeys(line for one in advice for line in one.each),
            *(() if narrow else _not_ruled(pack, advice)),
            *_unruled(advice),
            *(_topics(advice, wanted) if first else ()),
            *(() if put_off else _of_all(open_, common)),
            *(() if wanted or narrow else _together(pack, ordered)),
            *_too_much(advice),
            *_by_programme(pack, wanted, common),
            *_clauses(wanted),
            *(_together(pack, wanted) if wanted else ()),
            *(() if wanted and narrow else others),
            *(() if first else _topics(advice, wanted)),
            *(_of_all(open_, common) if put_off else ()),
            *now,
            *(() if narrow else (*_idle(advice), *_silent(pack))),
        ),
        later=(
            *later,
            *(_together(pack, ordered) if wanted or narrow else ()),
            *(others if wanted and narrow else ()),
            *((*_idle(advice), *_not_ruled(pack, advice), *_silent(pack)) if narrow else ()),
        ),
        rooms=(
            (*_no_balance(pack), *_asked_in_vain(advice))
            if refused
            else (*_asked_in_vain(advice, "，下面的合计仍算了它"), *rooms_of(advice))
        ),
        common=tuple(_common_lines(pack, advice, common)),
        programmes=tuple(Told(one, tuple(_lines(one, common, printed))) for one in _alike(ordered)),
    )


def _by_programme(
    pack: PolicyPack, advice: Sequence[Advice], common: frozenset[str]
) -> Iterator[str]:
    """A line each programme; of several challenges each with its most, and what that adds up to."""
    for programme in _in_order(pack, advice):
        mine = [one for one in advice if one.programme_id == programme.id and not one.idle]
        if len(mine) == 1:
            yield f"[{mine[0].verdict}] {_short(mine[0])}{_because(mine, common)}"
            continue
        told = []
        for verdict in _TURN:
            stand = [one for one in mine if one.verdict == verdict]
            each = "；".join(f"{_number(one)}{one.amount}" for one in stand)
            told += [f"[{verdict}] {each}{_because(stand, common)}"] if each else []
        if told:
            yield f"{mine[0].name}：{' '.join(told)}{_added_up(mine)}"


def _added_up(several: Sequence[Advice]) -> str:
    """What the most of each challenge comes to in all; what is refused adds nothing.

    One that nobody posted here may stand for several: nothing is added up then.
    """
    stand = [one for one in several if not one.why_not]
    sums = [one.most_wan for one in stand if one.most_wan and "《" in one.about]
    if len(sums) == 1 or len(sums) < len(stand) or not sums:
        return ""
    each = " + ".join(plain(wan(one)) for one in sums)
    return f"；{len(sums)} 项加起来不超过 {each} = {plain(sum_of(sums))} 万元"


def _clauses(wanted: Sequence[Advice]) -> Iterator[str]:
    """The clause of each programme something is asked for under: who, what for, how much."""
    for one in wanted:
        if not one.why_not and "=" in one.working and not one.turns:
            yield f"算式（{one.name}）：{one.working}"
    yield from dict.fromkeys(f"依据：{one.clauses[0]}" for one in wanted if one.clauses)


def _answers(advice: Sequence[Advice]) -> Iterator[str]:
    """What is asked, answered before all else."""
    yield from dict.fromkeys(line for one in advice for line in one.answers)


def _idle(advice: Sequence[Advice]) -> Iterator[str]:
    """The programmes the record does not tell of, by name."""
    idle = [one for one in advice if one.idle]
    for verdict in _TURN:
        if names := "、".join(dict.fromkeys(one.name for one in idle if one.verdict == verdict)):
            yield f"没有问到的：[{verdict}] {names}（写了再看）"


def _topics(advice: Sequence[Advice], wanted: Sequence[Advice]) -> Iterator[str]:
    """What the source says, or does not say, of what the record's words ask.

    What stands above already, an answer or a clause, is not told again.
    """
    answers = tuple(_answers(advice))
    told = {line.partition("：")[2] for line in answers}
    each = [line.partition("”：") for line in advice[0].each] if advice else []
    settled = [asked for asked, _, said in each if "见结论" in said or "，见备注：" in said]
    above = _bare("".join((*answers, *_clauses(wanted))))
    for line in dict.fromkeys(line for one in advice for line in one.topics):
        about = _ABOUT.match(line)
        silent = "：这份条文没有写" in line[:40]
        if line.partition("：")[2] in told:
            continue
        if silent and about and any(about[1] in asked for asked in settled):
            continue  # what the record's own figures answer is not said to be open
        quoted = _QUOTED.search(line)
        if quoted and _bare(quoted[2]) in above:
            yield f"{line[: quoted.start()]}（{quoted[1]}，原句见上）"
        else:
            yield line


def _bare(text: str) -> str:
    return _MARKS.sub("", text)


def _in_order(pack: PolicyPack, advice: Sequence[Advice]) -> list[Programme]:
    """The pack's order; on the page of a challenge its own programmes first."""
    subjects = {programme.id: programme.subject for programme in pack.programme}
    own = bool(advice) and subjects[advice[0].programme_id] == "榜单项目"
    return sorted(pack.programme, key=lambda p: own and p.subject != "榜单项目")


def _because(stand: Sequence[Advice], common: frozenset[str]) -> str:
    """What is missing, by name, and what is wrong with the sum asked for."""
    own = [
        f"不满足“{gap}”" if words in one.unmet else gap
        for one in stand
        for words, gap in zip((*one.why_not, *one.to_check), one.gaps, strict=True)
        if words not in common and (one.verdict == "待核实" or words in one.why_not)
    ]
    several = len(stand) > 1
    told_before = {words.rpartition("起，")[2] for one in stand for words in one.turns}
    own = [
        gap for gap in own
        if gap not in told_before
        and not any(other != gap and other.endswith(gap) for other in own)
    ]  # fmt: skip
    # Of what is not known yet its bare name is no reason: it is what is to be checked.
    open_ = own and all(one.verdict == "待核实" and not one.turns for one in stand)
    if open_ and not any(re.search("：|的话|，", gap) for gap in own):
        own = [f"要核实：{'、'.join(dict.fromkeys(own))}"]
    wanted = {_number(one): words for one in stand if (words := _asked(one))}
    alike = len(wanted) == len(stand) and len(set(wanted.values())) == 1
    asked = [*dict.fromkeys(wanted.values())] if alike else [
        (f"{number} " if several else "") + words for number, words in wanted.items()
    ]  # fmt: skip
    told = "；".join(filter(None, ["、".join(dict.fromkeys(own)), *asked]))
    return f"——{told}" if told else ""


def _asked(one: Advice) -> str:
    """What is asked for, and what is wrong with it if anything is."""
    if one.why_not:
        return f"{one.request}，现在不能按它申请" if one.request else ""
    if one.asked or not one.request:
        return one.asked
    if one.open_amount and one.asks_a_sum:
        owed = one.verdict == "可以申请" and _is_owed(one)
        words = "：支持是要给的，是不是给钱、给多少没有写"
        silent = words if owed else "，能否全给条文没有写"
        return f"{one.request}{silent}，请主管部门明确"
    fits = one.most_wan is not None and one.verdict != "待核实" and one.asks_a_sum
    alone = one.beyond.startswith(f"拟申请合计{one.request.removeprefix('申请')}")
    if fits and one.beyond and not alone:
        return f"{one.request}，单这一项没有超过；各项合计见上"
    if fits and one.elsewise:
        return f"{one.request}，不计别级资金的话没有超过；{one.elsewise}"
    return one.request + ("，没有超过" if fits else "")


def _is_owed(one: Advice) -> bool:
    """Whether the clause writes support as a duty, though not its form or sum."""
    return any(_DUTY.search(clause) for clause in one.clauses)


def _asked_in_vain(advice: Sequence[Advice], more: str = "") -> Iterator[str]:
    """Of what is asked for, what stands under a programme that is refused."""
    for one in advice:
        if one.why_not and one.wanted:
            name = one.name if "“" in one.name else f"“{one.name}”"
            yield f"{one.wanted}：写在{name}下，这项现在不符合{more}"


def _no_balance(pack: PolicyPack) -> Iterator[str]:
    """That none is told, where the pack has a yearly cap at all."""
    if any(isinstance(rule, YearlyCap) for rule in pack.funding):
        yield "不符合共同条件，不列年度余额"


def _not_ruled(pack: PolicyPack, advice: Sequence[Advice]) -> Iterator[str]:
    """That a pack gives no money to projects, where it does not."""
    if not any(p.payers and p.subject == "榜单项目" for p in pack.programme):
        told = f"：{pack.pack.note.rstrip('。')}" if pack.pack.note else ""
        silent = f"规则包 {pack.pack.id} 没有规定，不知道，请问主管部门{told}"
        yield f"榜单项目的财政资金最多多少，{silent}"


def _unruled(advice: Sequence[Advice]) -> Iterator[str]:
    yield from dict.fromkeys(words for one in advice for words in one.unruled)


def _silent(pack: PolicyPack) -> Iterator[str]:
    """What people ask and the source does not say, whatever the record."""
    if pack.pack.silent:
        yield f"条文没有写、要问主管部门的：{'；'.join(pack.pack.silent)}"


def _of_all(advice: Sequence[Advice], common: frozenset[str]) -> Iterator[str]:
    """What keeps every programme from being granted, once."""
    for one in advice[:1]:
        kind, said = ("不符合", one.why_not) if one.why_not else ("要先核实", one.to_check)
        if told := [words.partition("→ ")[0] for words in said if words in common]:
            unmet = any(words in common for words in one.unmet)
            word = "，不满足" if one.why_not and unmet else ""
            yield f"各项都{kind}{word}：{_blanks_together(told)}"


def _blanks_together(told: Sequence[str]) -> str:
    """What is missing, those of which nothing is filled in by their names alone."""
    blank = [words for words in told if _BLANK.search(words)]
    if len(blank) < _MANY:
        return "；".join(told)
    rest = [words for words in told if words not in blank]
    names = "、".join(words.partition("（")[0] for words in blank)
    return "；".join((*rest, f"没有填写的 {len(blank)} 项：{names}"))


def _too_much(advice: Sequence[Advice]) -> Iterator[str]:
    """Where all that is asked for goes beyond the balance."""
    yield from dict.fromkeys(one.beyond for one in advice if one.beyond and not one.why_not)


def _next(
    pack: PolicyPack, advice: Sequence[Advice], common: frozenset[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What to ask whom for next, each thing once: of what is asked for and of all; of the others.

    A line each; of the programmes that are not asked for, where any is, a line together.
    """
    turn = {programme.id: i for i, programme in enumerate(_in_order(pack, advice))}
    ordered = sorted(advice, key=lambda one: (not one.wanted, turn[one.programme_id]))
    wanted = dict.fromkeys(one.name for one in ordered if one.wanted)
    asks: dict[str, list[str]] = {name: [] for name in (*wanted, "各项")} if wanted else {}
    done: set[str] = set()
    for one in ordered:
        # What is refused for its own reasons needs nothing where something else is asked for.
        idle = one.idle or (bool(wanted) and bool(one.why_not) and not one.wanted)
        steps = [
            (ask, words in common)
            for words in one.why_not or one.to_check for ask in _ONE_BY_ONE.split(_ask(words))
        ]  # fmt: skip
        steps += [(question, False) for question in one.questions if not one.why_not]
        for ask, shared in steps:
            if ask and not _is_told(ask, done) and not (idle and not shared):
                done.add(ask)
                asks.setdefault("各项" if shared else one.name, []).append(ask)
    first = [name for name in asks if not wanted or name in wanted or name == "各项"]
    now = [f"下一步（{name}）：{ask}" for name in first for ask in asks[name]]
    rest = {name: told for name, told in asks.items() if name not in first}
    return tuple(now), tuple(f"下一步（{n}）：{'；'.join(told)}" for n, told in rest.items())


def _is_told(ask: str, done: Iterable[str]) -> bool:
    """Whether it is asked for already, be it with the column where the answer goes."""
    return any(one.startswith(ask) for one in done)


def _ask(words: str) -> str:
    """Who is to do what; where that says nothing by itself, about what."""
    about, arrow, ask = words.rpartition("→ ")
    if not arrow or len(ask) > _TERSE:
        return ask if arrow else ""
    return f"{ask}（{about.partition('（')[0]}）"


def _together(pack: PolicyPack, ordered: Sequence[Advice]) -> Iterator[str]:
    """Of several that draw on one balance, that they do not add up beyond it."""
    perhaps = {p.id for p in pack.programme if p.perhaps_capped_by}
    beside = "、".join(
        _names([a for a in ordered if a.programme_id in perhaps and not a.why_not and not a.shares])
    )
    beside = f"；计不计入没有写的不在内：{beside}" if beside else ""
    sharing: dict[str, list[Advice]] = {}
    for one in ordered:
        if one.shares and not one.why_not:
            sharing.setdefault(one.shares, []).append(one)
    for left, drawn in sharing.items():
        names = "、".join(_names(drawn))
        if len(drawn) == 1 and drawn[0].wanted:
            yield f"给盟主的本年余额 {left}：{names}"
        if len(drawn) > 1:
            words = f"给盟主的各项合计不超过本年余额 {left}：{names}"
            yield f"{words}；先给哪项由主管部门定{beside}"


def _names(drawn: Sequence[Advice]) -> Iterator[str]:
    """Programmes by name, each once, with the challenges it is for."""
    for name in dict.fromkeys(one.name for one in drawn):
        numbers = [_number(one) for one in drawn if one.name == name and one.about]
        yield name + (f"（{'、'.join(numbers)}）" if numbers else "")


def _short(one: Advice) -> str:
    about = f"（{_number(one)}）" if one.about else ""
    silent = f"，{one.open_amount}{one.selected}" if one.open_amount and not one.why_not else ""
    return f"{one.name}{about}{one.amount or silent}"


def _number(one: Advice) -> str:
    return one.about.partition("《")[0].removeprefix("榜单 ")


def _alike(ordered: Sequence[Advice]) -> list[Advice]:
    """Challenges of which one programme says the same, as one that names them all."""
    groups: dict[object, list[Advice]] = {}
    for one in ordered:
        groups.setdefault(replace(one, about="", met=(), gaps=()), []).append(one)
    return [
        replace(
            mine[0],
            about="、".join(one.about for one in mine),
            met=tuple(dict.fromkeys(words for one in mine for words in one.met)),
        )
        for mine in groups.values()
    ]


def _common(advice: Sequence[Advice]) -> frozenset[str]:
    """What is said of every programme alike, where there are several."""
    if len(advice) < 2:
        return frozenset()
    said = [{*one.why_not, *one.to_check, *one.met, *one.readings} for one in advice]
    return frozenset(set.intersection(*said))


def _common_lines(
    pack: PolicyPack, advice: Sequence[Advice], common: frozenset[str]
) -> Iterator[str]:
    """What all ask for; where nothing is known of it yet, what the conditions are."""
    if not advice:
        return
    one = advice[0]
    yield from (f"不符合：{words}" for words in one.why_not if words in common)
    yield from (f"待核实：{words}" for words in one.to_check if words in common)
    met = [words for words in one.met if words in common]
    if met:
        yield f"满足：{'；'.join(met)}"
    # Conditions no programme asks for have no result to stand under.
    asked = {item.key for item in pack.items}
    conditions = pack.condition if "conditions_met" in asked else ()
    for condition in conditions:
        yield from (f"{READ}：{words}" for words in condition.reading)
    yield from (f"{READ}：{words}" for words in one.readings if words in common)
    yield from (pack.quote(condition) for condition in conditions)


def _lines(one: Advice, common: frozenset[str], printed: set[str]) -> Iterator[str]:
    """What is its own; a sentence or a reading that stands above is not told again."""
    kind, said = ("不符合", one.why_not) if one.why_not else ("待核实", one.to_check)
    if shared := sum(words in common for words in said):
        yield f"{kind}：共同条件里的 {shared} 项"
    # Of what is refused for reasons of all, its own readings decided nothing.
    alike = bool(one.why_not) and common.issuperset(one.why_not)
    for line in one.lines_but(common):
        if not (line.startswith(READ) and (alike or line in printed)):
            yield line
        printed.add(line)
    yield from _sentences(one.clauses, frozenset(one.room_notes), printed)


def _sentences(clauses: Iterable[str], caps: frozenset[str], printed: set[str]) -> Iterator[str]:
    for clause in clauses:
        if clause not in caps:
            above = clause in printed
            yield f"{clause.partition('（')[0]}：原句和理解见上" if above else clause
            printed.add(clause)


def _source(pack: PolicyPack, advice: Sequence[Advice]) -> str:
    """The documents the sentences were taken from, and whether the texts themselves were read."""
    named = dict.fromkeys(one.source for one in advice)
    kinds = {source.kind for source in pack.sources.values() if source.citation in named}
    told = "（所引文件的全文没有读到，引号里是报道的原句）" if kinds == {"报道"} else ""
    may = [one for one in advice if one.verdict == "可以申请" and not one.idle]
    told += f"；可以申请：合乎条文写明的条件，{_GIVEN[all(map(_is_owed, may))]}" if may else ""
    days = [source.since_words for source in pack.sources.values() if source.citation in named]
    told = "".join(f"（{words}）" for words in days if words) + told
    return f"{'、'.join(named)}{told}；{READ}：是本工具的理解"
