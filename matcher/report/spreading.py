"""Where a plan goes, in words: who gets most, how concentrated, how much stays in the province."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from matcher.report.model import Report

LEADING = 4
# A market is held to be concentrated from here on.
_CONCENTRATED = 0.15
# Institutes of their own that a reader adds up.
_SYSTEMS = ("中国科学院", "中国农业科学院", "中国医学科学院", "中国林业科学研究院")
_TIES_NAMED = 2


def leading(rows: Sequence[tuple[str, int, object]]) -> tuple[tuple[str, int, int], ...]:
    """(name, assignments, 0) of those that have most; none whose equals would be left out."""
    found = [(name, n, 0) for name, n, _ in rows if n]
    first, left = found[:LEADING], found[LEADING:]
    apart = [row for row in first if not left or row[1] > left[0][1]]
    return tuple(apart or first)


def rest(title: str, rows: Sequence[tuple[str, int, object]], what: str) -> str:
    """The title of those that lead, with how many the others have together."""
    others = [n for _, n, _ in rows if n][len(leading(rows)) :]
    return f"{title}（另 {len(others)} 个{what} {sum(others)} 项）" if others else f"{title}（项）"


def most(report: Report) -> Iterator[str]:
    """Who has most, who comes next, whether that is much."""
    rows, pairs = report.spread.plan.by_org, report.spread.plan.pairs
    held = [(name, n) for name, n, _ in rows if n]
    if not held:
        return
    name, first = held[0]
    second = next((n for _, n in held if n < first), 0)
    ties = [other for other, n in held[1:] if n == first]
    beside = f"（并列共 {len(ties) + 1} 个单位）" if ties else ""
    following = [other for other, n in held if n == second]
    named = f"，其次{'、'.join(following)}{'各' if len(following) > 1 else ''} {second} 项"
    follows = named if second and len(following) <= _TIES_NAMED else ""
    yield f"{name} {first} 项（{first / pairs:.0%}）{beside}{follows}。"
    hhi = report.spread.plan.hhi
    verdict = "不算集中" if hhi < _CONCENTRATED else "偏集中"
    told = f"{len(held)} 个单位分得 {pairs} 项，{verdict}"
    yield f"{told}（HHI {hhi:.2f}，{_CONCENTRATED:g} 起偏集中）。"
    yield from _systems(rows, pairs)


def concentration(report: Report) -> str:
    """Who has most, and how much the leading organisation holds."""
    rows, pairs = report.spread.plan.by_org, report.spread.plan.pairs
    if not rows or not pairs:
        return ""
    name, most, _ = rows[0]
    hhi = report.spread.plan.hhi
    verdict = "不算集中" if hhi < _CONCENTRATED else "偏集中"
    kinds = Counter(line.org_type or "类型不详" for line in report.plan.lines if line.role == "主")
    by_kind = "、".join(f"{kind} {n} 项" for kind, n in kinds.most_common())
    return (
        f"{by_kind}。{name}占 {most / pairs:.0%}，集中度 HHI {hhi:.2f}，"
        f"{verdict}（偏集中为 {_CONCENTRATED:g}）。{''.join(_systems(rows, pairs))}"
    )


def _systems(rows: Sequence[tuple[str, int, float]], pairs: int) -> Iterator[str]:
    """What institutes of one house have together."""
    for system in _SYSTEMS:
        own = [n for name, n, _ in rows if n and name.startswith(system)]
        if len(own) > 1:
            yield f"{system}系统 {len(own)} 个单位合计 {sum(own)} 项（{sum(own) / pairs:.0%}）。"


def region(report: Report) -> Iterator[str]:
    """How many teams are of the province; where none is set, how many stay in that of the need."""
    if any(line.role == "主" for line in report.plan.lines):
        yield _by_home(report) if report.home else _by_need(report)


def _by_home(report: Report) -> str:
    main = [line.province for line in report.plan.lines if line.role == "主"]
    known = [province for province in main if province]
    if not known:
        return "团队的省份不详，看不出省内省外"
    own, missing = known.count(report.home), len(main) - len(known)
    unknown = f"{missing} 个省份不详" if missing else "团队省份都已登记"
    return (
        f"{report.home}的团队 {own} 个（{own / len(known):.0%}），"
        f"外省 {len(known) - own} 个；{unknown}"
    )


def _by_need(report: Report) -> str:
    spread = report.spread.plan
    known = spread.pairs - spread.province_unknown
    if not known or spread.out_of_province is None:
        return "各项需求与团队的省份不全，看不出省内省外"
    outside = round(spread.out_of_province * known)
    told = "" if known == spread.pairs else f"{spread.pairs} 个指派中 {known} 个两边省份可知，"
    if outside in (0, known):
        return f"{told}全在{'省外' if outside else '省内'}"
    return f"{told}省内 {known - outside} 个，省外 {outside} 个（{outside / known:.0%}）"


def served(report: Report) -> str:
    """For which province's needs the teams of the province work."""
    if not report.home:
        return ""
    asked = {card.challenge_id: card.province for card in report.cards}
    own = [
        asked[line.challenge_id] for line in report.plan.lines
        if line.role == "主" and line.province == report.home
    ]  # fmt: skip
    there = sum(place not in ("", report.home) for place in own)
    silent = own.count("")
    return (
        f"{report.home}的 {len(own)} 个团队：{len(own) - there - silent} 个承担本省的需求，"
        f"{there} 个承担外省的，{silent} 个承担的需求没写省份"
    )
