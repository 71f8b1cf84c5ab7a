"""The fewest teams that together cover a challenge, beside the best single team.

A facet (a part of the challenge) is covered as well as the best member covers it: two halves do not
make a whole. The gain f(S) = Σ weight · max over members of level is monotone and submodular.
Small libraries are solved exactly (facility location in whole numbers), large ones greedily with
lazy evaluation (Minoux 1978) and a stated bound.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import sparse

from matcher.assignment.model import FloatArray, lot
from matcher.assignment.problem import Kinds
from matcher.assignment.solver import Deadline, Rows, maximise
from matcher.errors import InputError
from matcher.records import ORG_TYPES

if TYPE_CHECKING:
    from matcher.explanation import Explanation
    from matcher.matches import Match

LEVELS: Mapping[str, float] = {"覆盖": 1.0, "部分": 0.5, "未见": 0.0}
"""What a coverage status counts for."""

# Coverages closer than this are the same; well above the solver's tolerance of 1e-6.
_EPSILON = 1e-4
_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Requirement:
    """A facet that should be covered; ``weight`` above 0 is its importance beside the others."""

    label: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Applicant:
    """A team that could join.

    Attributes:
        fit: 0 or more; decides between consortia that cover as much with as few teams.
        coverage: level in 0..1 by facet label; labels left out count 0.
    """

    team_id: str
    org: str = ""
    org_type: str = "其他"
    fit: float = 0.0
    coverage: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def from_match(cls, match: Match, fit: float | None = None) -> Applicant:
        """An applicant from a match with an explanation.

        Args:
            match: of one team.
            fit: instead of the match's score; scores below 0 count 0.

        Raises:
            InputError: the match carries no explanation.
        """
        if match.explanation is None:
            raise InputError(
                "这条匹配没有解释, 不知道覆盖了哪些要求",
                given=match.team.team_id,
                remedy="匹配时设 explained 大于 0",
            )
        worth = max(0.0, match.score) if fit is None else fit
        team = match.team
        levels = coverage_levels(match.explanation)
        return cls(team.team_id, team.org_name, team.org_type, worth, levels)


@dataclass(frozen=True, slots=True)
class ConsortiumRules:
    """What a consortium must be.

    Attributes:
        max_teams: most members.
        enterprise_lead: an enterprise leads (盟主).
        lead_org: the demand enterprise, where it leads itself; then no other is looked for.
        kinds: groups of organisation types, one member of each; a university or institute is
            ``matcher.assignment.RESEARCH_MEMBER``.
        share: part of what is coverable that must be covered, 0..1.
        exact_up_to: applicants above which the greedy method is used.
    """

    max_teams: int = 5
    enterprise_lead: bool = False
    lead_org: str = ""
    kinds: Kinds = ()
    share: float = 1.0
    exact_up_to: int = 300


@dataclass(frozen=True, slots=True)
class Member:
    """A member and the facets it answers for (best of all members on them)."""

    team_id: str
    org: str
    role: Literal["盟主", "成员"]
    fit: float
    facets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FacetCover:
    """Who covers a facet, and how well: 覆盖 (level 1), 部分 (above 0)."""

    label: str
    team_id: str
    level: float


@dataclass(frozen=True, slots=True)
class Consortium:
    """The proposal.

    Attributes:
        members: 盟主 first, then by number of facets and fit.
        lead: organisation that leads; "" when the rules ask none.
        cover: facets somebody covers, in the order given.
        open: facets no member shows anything on.
        coverage: Σ weight·level / Σ weight, 0..1.
        best_single, single_coverage: the best team alone, and its coverage.
        unmet: rules that could not be kept, in words.
        exact: the fewest teams for this coverage, proven.
        fewest: no consortium of fewer members has this coverage.
    """

    members: tuple[Member, ...]
    lead: str
    cover: tuple[FacetCover, ...]
    open: tuple[str, ...]
    coverage: float
    best_single: str
    single_coverage: float
    unmet: tuple[str, ...]
    exact: bool
    fewest: int


def coverage_levels(explanation: Explanation) -> dict[str, float]:
    """Levels by facet label from an explanation: 覆盖 1, 部分 0.5, 未见 0."""
    return {c.facet.label: LEVELS[c.status] for c in explanation.coverage}


def requirements(
    matches: Iterable[Match], weights: Mapping[str, float] | None = None
) -> tuple[Requirement, ...]:
    """The facets of the challenge as the first explained match lists them.

    Args:
        matches: of one challenge.
        weights: by facet label; 1 where not given.
    """
    given = weights or {}
    for match in matches:
        if match.explanation is not None:
            labels = [c.facet.label for c in match.explanation.coverage]
            return tuple(Requirement(label, given.get(label, 1.0)) for label in labels)
    return ()


def consortium(
    needs: Sequence[Requirement],
    applicants: Sequence[Applicant],
    rules: ConsortiumRules | None = None,
) -> Consortium:
    """The fewest teams that cover what can be covered, and among those the fittest.

    In this order: most coverage that ``max_teams`` members who keep the rules can reach; fewest
    members that reach ``share`` of it; largest total fit; lot by id.

    Raises:
        InputError: a weight, level, fit or rule out of its range, or an id given twice.

    >>> found = consortium(
    ...     [Requirement("提纯"), Requirement("烧结")],
    ...     [Applicant("T1", fit=0.9, coverage={"提纯": 1}),
    ...      Applicant("T2", fit=0.5, coverage={"烧结": 1}),
    ...      Applicant("T3", fit=0.2, coverage={"提纯": 1, "烧结": 1})])
    >>> [member.team_id for member in found.members]
    ['T3']
    """
    asked = rules or ConsortiumRules()
    _check(needs, applicants, asked)
    ordered = sorted(applicants, key=lambda a: a.team_id)
    groups, unmet = _groups(ordered, asked)
    table = _Table(tuple(needs), tuple(ordered), tuple(groups))
    if len(ordered) <= asked.exact_up_to:
        chosen, proven = _exact(table, asked)
    else:
        chosen, proven = _greedy(table, asked)
    return _result(table, chosen, asked, unmet, proven)


def _check(
    needs: Sequence[Requirement], applicants: Sequence[Applicant], rules: ConsortiumRules
) -> None:
    faults = [f"要求 {n.label} 的权重 {n.weight}" for n in needs if not 0 < n.weight < math.inf]
    for a in applicants:
        if not 0 <= a.fit < math.inf:
            faults.append(f"团队 {a.team_id} 的契合度 {a.fit}")
        faults += [
            f"团队 {a.team_id} 对 {label} 的覆盖 {level}"
            for label, level in a.coverage.items()
            if not 0 <= level <= 1
        ]
    for what, ids in (
        ("要求", [n.label for n in needs]),
        ("团队", [a.team_id for a in applicants]),
    ):
        faults += [f"{what} {i} 重复" for i in sorted({i for i in ids if ids.count(i) > 1})]
    if rules.max_teams < 1 or not 0 < rules.share <= 1:
        faults.append(f"最多团队数 {rules.max_teams}, 覆盖比例 {rules.share}")
    if any(set(group) - set(ORG_TYPES) or not group for group in rules.kinds):
        faults.append(f"单位类型 {rules.kinds}")
    if faults:
        raise InputError(
            "联合体的输入不能用",
            given="; ".join(faults[:5]),
            expected="权重大于 0, 覆盖在 0–1, 契合度不小于 0, 编号不重复, 至少允许 1 个团队",
            remedy="改正后重试",
        )


@dataclass(frozen=True, eq=False)
class _Table:
    """Applicants by place, and the groups that need a member of theirs."""

    needs: tuple[Requirement, ...]
    applicants: tuple[Applicant, ...]
    groups: tuple[FloatArray, ...]

    @cached_property
    def levels(self) -> FloatArray:
        """(n_applicants, n_facets)."""
        rows = [[a.coverage.get(n.label, 0.0) for n in self.needs] for a in self.applicants]
        return np.array(rows, dtype=np.float64).reshape(len(rows), len(self.needs))

    @cached_property
    def weights(self) -> FloatArray:
        """(n_facets,); the largest is 1."""
        given = np.array([n.weight for n in self.needs], dtype=np.float64)
        return given / given.max() if len(given) else given

    def gain(self, chosen: Sequence[int]) -> float:
        """f(S) = Σ weight · best level among the chosen."""
        if not chosen:
            return 0.0
        return float(self.weights @ self.levels[list(chosen)].max(axis=0, initial=0.0))


def _groups(
    applicants: Sequence[Applicant], rules: ConsortiumRules
) -> tuple[list[FloatArray], list[str]]:
    """Who is in each group that needs a member; the groups nobody is in, in words."""
    wanted = [(group, f"没有{'或'.join(group)}可以参加") for group in rules.kinds]
    if rules.enterprise_lead and not rules.lead_org:
        wanted.append((("企业",), "没有企业可作盟主"))
    groups, unmet = [], []
    for group, complaint in wanted:
        inside = np.array([a.org_type in group for a in applicants], dtype=np.float64)
        if inside.any():
            groups.append(inside)
        else:
            unmet.append(complaint)
    if len(_fewest_for(groups)) > rules.max_teams:
        unmet.append(f"最多 {rules.max_teams} 个团队, 凑不齐所要的单位类型")
        groups = []
    return groups, unmet


def _fewest_for(groups: Sequence[FloatArray]) -> list[FloatArray]:
    """Groups that need a member of their own (groups are of organisation types)."""
    apart: list[FloatArray] = []
    for group in sorted(groups, key=lambda g: float(g.sum())):
        if all(not (group * other).any() for other in apart):
            apart.append(group)
    return apart


class _Exact:
    """Facility location over (member y, who answers for a facet u)."""

    def __init__(self, table: _Table, rules: ConsortiumRules) -> None:
        self.table = table
        self.n = len(table.applicants)
        levels = table.levels
        self.team, self.facet = np.nonzero(levels > 0)
        self.worth = levels[self.team, self.facet] * table.weights[self.facet]
        k = len(self.team)
        self.width = self.n + k
        members = np.concatenate([np.ones(self.n), np.zeros(k)])
        places, ones = np.arange(k), np.ones(k)
        once = sparse.csr_matrix(
            (ones, (self.facet, self.n + places)), shape=(len(table.needs), self.width)
        )
        joined = sparse.csr_matrix(
            (
                np.concatenate([ones, -ones]),
                (np.tile(places, 2), np.concatenate([self.team, self.n + places])),
            ),
            shape=(k, self.width),
        )
        self.rows: list[Rows] = [
            (once, np.full(len(table.needs), -np.inf), np.ones(len(table.needs))),
            (joined, np.zeros(k), np.full(k, np.inf)),
        ]
        self.limit(members, -np.inf, rules.max_teams)
        for group in table.groups:
            self.limit(np.concatenate([group, np.zeros(k)]), 1.0, np.inf)
        self.members = members

    def limit(self, line: FloatArray, low: float, high: float) -> None:
        """One more row."""
        self.rows.append((sparse.csr_matrix(line), np.array([low]), np.array([float(high)])))

    def covered(self) -> FloatArray:
        """The line of f."""
        return np.concatenate([np.zeros(self.n), self.worth])

    def maximise(self, gain: FloatArray, deadline: Deadline) -> tuple[FloatArray | None, bool]:
        """Values of all variables, and whether they are proven best."""
        whole = np.concatenate([np.ones(self.n), np.zeros(self.width - self.n)])
        found = maximise(gain, self.rows, np.ones(self.width), whole, deadline)
        return found.values, found.status == "optimal"


def _exact(table: _Table, rules: ConsortiumRules) -> tuple[list[int], bool]:
    """Most coverage, then fewest members, then fit and lot: three solves."""
    if not table.applicants:
        return [], True
    program, deadline = _Exact(table, rules), Deadline(_SECONDS)
    fits = np.array([a.fit for a in table.applicants])
    lots = np.array([lot("", a.team_id) for a in table.applicants])
    scale = max(1.0, float(fits.max()))
    # Fits equal to six places of the largest are equal; the lot decides between them.
    taste = np.round(fits / scale, 6) + 1e-6 * lots / (2 * rules.max_teams)
    tail = np.zeros(program.width - program.n)
    best: list[int] = []
    proven = True
    for stage in ("coverage", "fewest", "fit"):
        lines = {
            "coverage": program.covered(),
            "fewest": -program.members,
            "fit": np.concatenate([1e4 * taste, tail]),
        }
        values, optimal = program.maximise(lines[stage], deadline)
        if values is None:
            return best, False
        proven = proven and optimal
        best = [int(i) for i in np.flatnonzero(values[: program.n] > 0.5)]
        if stage == "coverage":
            program.limit(program.covered(), rules.share * table.gain(best) - _EPSILON, np.inf)
        elif stage == "fewest":
            program.limit(program.members, -np.inf, len(best))
    return best, proven


def _greedy(table: _Table, rules: ConsortiumRules) -> tuple[list[int], bool]:
    """Lazy greedy: the largest gain next, fit and id between equals (Minoux 1978).

    Groups that still need a member are filled first once only their places are left.
    """
    target = rules.share * float(table.weights @ table.levels.max(axis=0, initial=0.0))
    fits = [a.fit for a in table.applicants]
    queue = [(-table.gain([i]), -fits[i], i) for i in range(len(fits))]
    heapq.heapify(queue)
    chosen: list[int] = []
    reached = 0.0
    while queue and reached < target - _EPSILON:
        missing = _missing(table, chosen)
        if len(chosen) + len(_fewest_for(missing)) >= rules.max_teams:
            break
        _, _, place = heapq.heappop(queue)
        fresh = (-(table.gain([*chosen, place]) - reached), -fits[place], place)
        if queue and fresh > queue[0]:
            heapq.heappush(queue, fresh)
            continue
        if fresh[0] >= -_EPSILON:
            break
        chosen.append(place)
        reached = table.gain(chosen)
    while missing := _missing(table, chosen):
        inside = [i for i in np.flatnonzero(missing[0]) if i not in chosen]
        able = [int(i) for i in inside]
        chosen.append(max(able, key=lambda i: (table.gain([*chosen, i]), fits[i], -i)))
    return sorted(chosen), False


def _missing(table: _Table, chosen: Sequence[int]) -> list[FloatArray]:
    return [group for group in table.groups if not group[list(chosen)].any()]


def _lower_bound(table: _Table, reached: float) -> int:
    """Fewest members for this coverage by submodularity: f(S) ≤ Σ f({i})."""
    alone = np.sort(table.levels @ table.weights)[::-1]
    enough = np.flatnonzero(np.cumsum(alone) >= reached - _EPSILON)
    return int(enough[0]) + 1 if len(enough) and reached > _EPSILON else 0


def _result(
    table: _Table, chosen: list[int], rules: ConsortiumRules, unmet: list[str], proven: bool
) -> Consortium:
    cover = _cover(table, chosen)
    total = float(table.weights.sum()) or 1.0
    alone = [(table.gain([i]), a.fit, a.team_id) for i, a in enumerate(table.applicants)]
    single = max(alone, key=lambda item: (item[0], item[1]), default=(0.0, 0.0, ""))
    members = _members(table, chosen, cover, rules)
    lead = rules.lead_org or next((m.org or m.team_id for m in members if m.role == "盟主"), "")
    named = {c.label for c in cover}
    reached = table.gain(chosen)
    return Consortium(
        members=members,
        lead=lead if rules.enterprise_lead else "",
        cover=cover,
        open=tuple(n.label for n in table.needs if n.label not in named),
        coverage=reached / total,
        best_single=single[2],
        single_coverage=single[0] / total,
        unmet=tuple(unmet),
        exact=proven,
        fewest=len(chosen) if proven else _lower_bound(table, reached),
    )


def _cover(table: _Table, chosen: list[int]) -> tuple[FacetCover, ...]:
    """Per facet the member with the highest level, then fit, then the first id."""
    cover = []
    for need in table.needs:
        able = [
            (-a.coverage.get(need.label, 0.0), -a.fit, a.team_id)
            for a in (table.applicants[i] for i in chosen)
        ]
        level, _, team = min(able, default=(0.0, 0.0, ""))
        if level < 0:
            cover.append(FacetCover(need.label, team, -level))
    return tuple(cover)


def _members(
    table: _Table, chosen: list[int], cover: tuple[FacetCover, ...], rules: ConsortiumRules
) -> tuple[Member, ...]:
    teams = [table.applicants[i] for i in chosen]
    held = {a.team_id: tuple(c.label for c in cover if c.team_id == a.team_id) for a in teams}
    teams.sort(key=lambda a: (-len(held[a.team_id]), -a.fit, a.team_id))
    wanted = rules.enterprise_lead and not rules.lead_org
    lead = next((a.team_id for a in teams if wanted and a.org_type == "企业"), None)
    members = [
        Member(a.team_id, a.org, "盟主" if a.team_id == lead else "成员", a.fit, held[a.team_id])
        for a in teams
    ]
    return tuple(sorted(members, key=lambda m: m.role != "盟主"))
