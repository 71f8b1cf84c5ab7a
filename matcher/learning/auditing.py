"""Prestige audit: who is seen, beside the library and beside the fused score; nothing is scored."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log2

import numpy as np

from matcher.assignment import gini, hhi
from matcher.index.passages import boasts
from matcher.matches import Ranking
from matcher.pipeline import Matcher
from matcher.progress import Progress
from matcher.ranking.fused import FusedRanker
from matcher.records import Team

# What fame and size look like in the records; none of it is ever read by a feature.
PROXIES: Mapping[str, Callable[[Team, int], float]] = {
    "单位在库中的团队数": lambda team, siblings: float(siblings),
    "成果条数": lambda team, siblings: float(len(team.evidence)),
    "平台级别与头衔": lambda team, siblings: float(has_rank(team)),
}


@dataclass(frozen=True)
class Exposure:
    """Who a ranking shows, each place counting 1 / log2(1 + rank).

    Singh & Joachims (2018), "Fairness of Exposure in Rankings". Shares are in 0..1.

    Attributes:
        name: of the ranking.
        by_org, by_org_type, by_province: name to share, largest first.
        hhi, gini: of the organisations' shares, all of the library's organisations counted.
        small: share of organisations with one team in the library.
        correlations: Spearman's rank correlation of a team's exposure with each of `PROXIES`; nan
            where one of the two does not vary.
    """

    name: str
    by_org: Mapping[str, float]
    by_org_type: Mapping[str, float]
    by_province: Mapping[str, float]
    hhi: float
    gini: float
    small: float
    correlations: Mapping[str, float]


@dataclass(frozen=True)
class Audit:
    """The library as it is, what the fused score shows of it, and what the ranker shows."""

    challenges: int
    teams: int
    depth: int
    library: Exposure
    fused: Exposure
    ranker: Exposure


def has_rank(team: Team) -> bool:
    """Whether a team's names or its leader's title boast of rank or honour."""
    return any(map(boasts, (team.team_name, team.department, team.leader_title)))


def audit(matcher: Matcher, depth: int = 10, progress: Progress | None = None) -> Audit:
    """Match every challenge by the ranker and by the fused score, and count who is seen.

    Args:
        matcher: challenges and library.
        depth: how far down a list is looked at.
        progress: called with (challenges done, challenges in all) for the ranker.
    """
    teams = list(matcher.teams.values())
    fused = replace(matcher, ranker=FusedRanker())
    return Audit(
        len(matcher.challenges),
        len(teams),
        depth,
        _exposure("团队库", teams, {team.team_id: 1.0 for team in teams}),
        _exposure("综合分", teams, _seen(fused, depth, None)),
        _exposure(matcher.ranker.name, teams, _seen(matcher, depth, progress)),
    )


def _seen(matcher: Matcher, depth: int, progress: Progress | None) -> dict[str, float]:
    """Exposure of each team that is listed at all."""
    seen: dict[str, float] = defaultdict(float)
    for ranking in matcher.match(top=depth, explained=0, progress=progress):
        if isinstance(ranking, Ranking):
            for match in ranking.matches:
                seen[match.team_id] += 1 / log2(1 + match.rank)
    return seen


def _exposure(name: str, teams: Sequence[Team], seen: Mapping[str, float]) -> Exposure:
    total = sum(seen.values()) or 1.0
    shares = [seen.get(team.team_id, 0.0) / total for team in teams]
    siblings = Counter(team.org_name for team in teams)
    by_org = _summed(teams, shares, lambda team: team.org_name)
    return Exposure(
        name=name,
        by_org=by_org,
        by_org_type=_summed(teams, shares, lambda team: team.org_type),
        by_province=_summed(teams, shares, lambda team: team.province or "未填"),
        hhi=hhi(by_org.values()),
        gini=gini(by_org.values()),
        small=sum(s for t, s in zip(teams, shares, strict=True) if siblings[t.org_name] == 1),
        correlations={
            proxy: correlation(shares, [of(team, siblings[team.org_name]) for team in teams])
            for proxy, of in PROXIES.items()
        },
    )


def _summed(
    teams: Sequence[Team], shares: Sequence[float], key: Callable[[Team], str]
) -> dict[str, float]:
    found: dict[str, float] = defaultdict(float)
    for team, share in zip(teams, shares, strict=True):
        found[key(team)] += share
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def correlation(one: Sequence[float], other: Sequence[float]) -> float:
    """Spearman's rank correlation; nan where one of the two does not vary.

    >>> correlation([1, 2, 3], [10, 30, 20])
    0.5
    """
    from scipy.stats import rankdata

    if len(one) < 3 or not np.ptp(one) or not np.ptp(other):
        return float("nan")
    # Doubled and centred ranks are whole numbers, and so are the sums of their products.
    a, b = (np.rint(2 * rankdata(x) - (len(x) + 1)).astype(np.int64) for x in (one, other))
    return float((a * b).sum() / np.sqrt(float((a * a).sum()) * float((b * b).sum())))
