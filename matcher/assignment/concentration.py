"""How far a plan concentrates on few organisations or closes a region, beside the ranking alone.

Measures only: they are shown, and no score reads them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from matcher.assignment.problem import AssignmentProblem
from matcher.assignment.result import Assignment


@dataclass(frozen=True, slots=True)
class Concentration:
    """Measures of one set of (challenge, team) pairs.

    Attributes:
        pairs: how many.
        by_org: (organisation, pairs, share in 0..1), largest first.
        hhi: 0..1.
        gini: 0..1 over ``population`` organisations.
        out_of_province: share in 0..1 of the pairs whose two provinces are known; None without any.
        province_unknown: pairs left out of it.
    """

    pairs: int
    by_org: tuple[tuple[str, int, float], ...]
    hhi: float
    gini: float
    population: int
    out_of_province: float | None
    province_unknown: int


def shares(counts: Mapping[str, int]) -> dict[str, float]:
    """Each organisation's part of the whole, in 0..1.

    >>> shares({"甲": 3, "乙": 1})
    {'甲': 0.75, '乙': 0.25}
    """
    total = sum(counts.values())
    return {name: count / total for name, count in counts.items()} if total else {}


def hhi(counts: Iterable[float]) -> float:
    """Herfindahl-Hirschman index Σ sᵢ² of the shares, in 0..1 (1: one organisation has all).

    Hirschman (1964), The Paternity of an Index, American Economic Review 54(5). Times 10,000 it
    is the figure of competition authorities.

    >>> hhi([2, 2])
    0.5
    """
    values = list(counts)
    total = sum(values)
    parts = [value / total for value in values] if total else []
    return sum((part * part for part in parts), 0.0)


def gini(counts: Iterable[float]) -> float:
    """Gini coefficient Σᵢ (2i − n − 1)·xᵢ / (n·Σ xᵢ), x ascending, i from 1; in 0..1.

    Gini (1912), Variabilità e mutabilità; the form of Sen (1973), On Economic Inequality, 2.

    >>> gini([1, 1, 1, 1])
    0.0
    >>> gini([0, 0, 0, 4])
    0.75
    """
    values = sorted(counts)
    n, total = len(values), sum(values)
    if not total:
        return 0.0
    return sum((2 * i - n - 1) * value for i, value in enumerate(values, 1)) / (n * total)


def out_of_province_share(provinces: Iterable[tuple[str, str]]) -> float | None:
    """Share of pairs whose team is of another province, among those where both are known.

    Args:
        provinces: (of the challenge, of the team); empty where unknown.

    >>> out_of_province_share([("辽宁", "北京"), ("辽宁", "辽宁"), ("", "北京")])
    0.5
    """
    known = [(home, team) for home, team in provinces if home and team]
    return sum(home != team for home, team in known) / len(known) if known else None


def concentration_of(
    problem: AssignmentProblem, keys: Iterable[tuple[str, str]], home: str = ""
) -> Concentration:
    """Measure pairs (challenge_id, team_id) of a problem.

    Args:
        problem: holds organisations and provinces; the Gini coefficient is taken over all
            organisations with a candidate, those that got nothing included.
        keys: the pairs.
        home: province of challenges that name none.
    """
    bidders = {b.team_id: b for b in problem.bidders}
    posted = {o.challenge_id: o.province or home for o in problem.openings}
    chosen = sorted(keys)
    counts = Counter(org for _, team in chosen if (org := bidders[team].org))
    parts = shares(counts)
    everyone = {bidders[p.team_id].org for p in problem.pairs} - {""}
    provinces = [(posted[challenge], bidders[team].province) for challenge, team in chosen]
    return Concentration(
        pairs=len(chosen),
        by_org=tuple(
            (org, n, parts[org]) for org, n in sorted(counts.items(), key=lambda x: (-x[1], x[0]))
        ),
        hhi=hhi(counts.values()),
        gini=gini([counts.get(org, 0) for org in sorted(everyone)]),
        population=len(everyone),
        out_of_province=out_of_province_share(provinces),
        province_unknown=sum(not (a and b) for a, b in provinces),
    )


def compare(
    problem: AssignmentProblem, plan: Assignment, home: str = ""
) -> tuple[Concentration, Concentration]:
    """The plan's concentration, and that of the ranking alone (each challenge's first team)."""
    assigned = [(p.challenge_id, p.team_id) for p in plan.assigned]
    ranked = concentration_of(problem, _firsts(problem), home)
    return concentration_of(problem, assigned, home), ranked


def _firsts(problem: AssignmentProblem) -> Sequence[tuple[str, str]]:
    first: dict[str, tuple[float, str]] = {}
    allowed = set(problem.rules.allowed_bands)
    for pair in problem.pairs:
        mark = (-pair.fit, pair.team_id)
        known = first.get(pair.challenge_id)
        if pair.band in allowed and (known is None or mark < known):
            first[pair.challenge_id] = mark
    return [(challenge, team) for challenge, (_, team) in first.items()]
