"""A clerk's page: what is common to all programmes once, then each of them, best first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import get_args

from matcher.policy.pack import PolicyPack
from matcher.policy.programmes import READ, Advice, Verdict, rooms_of

_TURN = {verdict: turn for turn, verdict in enumerate(get_args(Verdict))}


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
        summary: which may be asked for, which are to be checked, which may not; a line each.
        rooms: what is left of the yearly caps, sum by sum.
        common: what every programme asks for, with its sentences.
        programmes: 可以申请, then 待核实, then 不符合, in the pack's order.
    """

    source: str
    summary: tuple[str, ...]
    rooms: tuple[str, ...]
    common: tuple[str, ...]
    programmes: tuple[Told, ...]


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
    together = tuple(_together(ordered))
    return Statement(
        source=_source(pack, advice),
        summary=(*together, *_summary(ordered)),
        rooms=(("不符合共同条件，不列年度余额",) if refused else (*rooms_of(advice), *together)),
        common=tuple(_common_lines(pack, advice, common)),
        programmes=tuple(Told(one, tuple(_lines(one, common, printed))) for one in ordered),
    )


def _summary(ordered: Sequence[Advice]) -> Iterator[str]:
    for verdict in _TURN:
        named = [_short(one) for one in ordered if one.verdict == verdict]
        if named:
            yield f"{verdict}：{'；'.join(named)}"


def _together(ordered: Sequence[Advice]) -> Iterator[str]:
    """Of several that draw on one balance, that they do not add up beyond it."""
    sharing: dict[str, list[Advice]] = {}
    for one in ordered:
        if one.shares and not one.why_not:
            sharing.setdefault(one.shares, []).append(one)
    for left, drawn in sharing.items():
        if len(drawn) > 1:
            names = "、".join(dict.fromkeys(_short(replace(one, most_wan=None)) for one in drawn))
            yield f"给盟主的各项合计不超过本年余额 {left} 万元（{names}）；先给哪项由主管部门定"


def _short(one: Advice) -> str:
    about = f"（{one.about.partition('《')[0]}）" if one.about else ""
    return f"{one.name}{about}{one.amount}"


def _common(advice: Sequence[Advice]) -> frozenset[str]:
    """What is said of every programme alike, where there are several."""
    if len(advice) < 2:
        return frozenset()
    said = [{*one.why_not, *one.to_check, *one.met, *one.readings} for one in advice]
    return frozenset(set.intersection(*said))


def _common_lines(
    pack: PolicyPack, advice: Sequence[Advice], common: frozenset[str]
) -> Iterator[str]:
    if not common:
        return
    one = advice[0]
    yield from (f"不符合：{words}" for words in one.why_not if words in common)
    yield from (f"待核实：{words}" for words in one.to_check if words in common)
    met = [words for words in one.met if words in common]
    if met:
        yield f"满足：{'；'.join(met)}"
    for condition in pack.condition:
        yield from (f"{READ}：{words}" for words in condition.reading)
    yield from (f"{READ}：{words}" for words in one.readings if words in common)
    yield from (pack.quote(condition) for condition in pack.condition)


def _lines(one: Advice, common: frozenset[str], printed: set[str]) -> Iterator[str]:
    """What is its own; a sentence that stands above is only named."""
    kind, said = ("不符合", one.why_not) if one.why_not else ("待核实", one.to_check)
    if shared := sum(words in common for words in said):
        yield f"{kind}：共同条件里的 {shared} 项"
    yield from one.lines_but(common)
    caps = set(one.room_notes)
    for clause in one.clauses:
        if clause in caps:
            continue
        yield f"{clause.partition('（')[0]}：原句见上" if clause in printed else clause
        printed.add(clause)


def _source(pack: PolicyPack, advice: Sequence[Advice]) -> str:
    """The documents the sentences were taken from, and whether the texts themselves were read."""
    named = dict.fromkeys(one.source for one in advice)
    kinds = {source.kind for source in pack.sources.values() if source.citation in named}
    told = "（所引文件的全文没有读到，引号里是报道的原句）" if kinds == {"报道"} else ""
    return f"{'、'.join(named)}{told}；{READ}：是本工具的理解"
