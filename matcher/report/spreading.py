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
_TIES_NAMED = 3


def leading(rows: Sequence[tuple[str, int, object]]) -> tuple[tuple[str, int, int], ...]:
    """(name, assignments, 0) of those that have most."""
    return tuple((name, n, 0) for name, n, _ in rows if n)[:LEADING]


def rest(title: str, rows: Sequence[tuple[str, int, object]], what: str) -> str:
    """The title of those that lead, with how many the others have together."""
    others = [n for _, n, _ in rows if n][LEADING:]
    return f"{title}（另 {len(others)} 个{what} {sum(others)} 项）" if others else f"{title}（项）"


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
        f"{verdict}（偏集中为 {_CONCENTRATED:g}）。{''.join(_together(rows, pairs))}"
    )


def _together(rows: Sequence[tuple[str, int, float]], pairs: int) -> Iterator[str]:
    """Who has as many as the last that is shown, and what institutes of one house have together."""
    if len(rows) > LEADING:
        last = rows[LEADING - 1][1]
        ties = [name for name, n, _ in rows[LEADING:] if n == last > 1]
        more = f"等 {len(ties)} 个单位" if len(ties) > _TIES_NAMED else ""
        if ties:
            yield f"并列 {last} 项的还有{'、'.join(ties[:_TIES_NAMED])}{more}。"
    for system in _SYSTEMS:
        own = [n for name, n, _ in rows if n and name.startswith(system)]
        if len(own) > 1:
            yield f"{system}系统 {len(own)} 个单位合计 {sum(own)} 项（{sum(own) / pairs:.0%}）。"


def region(report: Report) -> str:
    """How many teams are of the province; where none is set, how many stay in that of the need."""
    return _by_home(report) if report.home else _by_need(report)


def _by_home(report: Report) -> str:
    home = report.home
    asked = {card.challenge_id: card.province for card in report.cards}
    main = [
        (asked[line.challenge_id], line.province)
        for line in report.plan.lines if line.role == "主"
    ]  # fmt: skip
    known = [pair for pair in main if pair[1]]
    if not known:
        return "团队的省份不详，看不出省内省外。"
    own = [place for place, team in known if team == home]
    there = sum(place not in ("", home) for place in own)
    abroad = f"，其中 {there} 个承担外省的需求" if there else ""
    unknown = f"；{len(main) - len(known)} 个省份不详" if len(known) < len(main) else ""
    return (
        f"{home}的团队 {len(own)} 个（{len(own) / len(known):.0%}{abroad}），"
        f"外省的 {len(known) - len(own)} 个{unknown}。"
    )


def _by_need(report: Report) -> str:
    spread = report.spread.plan
    known = spread.pairs - spread.province_unknown
    if not known or spread.out_of_province is None:
        return "各项需求与团队的省份不全，看不出省内省外。"
    outside = round(spread.out_of_province * known)
    told = "" if known == spread.pairs else f"{spread.pairs} 个指派中 {known} 个两边省份可知，"
    if outside in (0, known):
        return f"{told}全在{'省外' if outside else '省内'}。"
    return f"{told}省内 {known - outside} 个，省外 {outside} 个（{outside / known:.0%}）。"
