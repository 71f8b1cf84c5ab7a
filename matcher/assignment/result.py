"""What an assignment answers: pairs, unanswered challenges with the reason, loads, limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from matcher.errors import InputError

Role = Literal["主", "备选"]
ReasonCode = Literal["无候选", "低于等级", "全部排除", "人数不足", "缺单位类型", "名额用尽", "取舍"]
LimitKind = Literal["团队名额", "负责人上限", "单位上限"]
RelaxationKind = Literal[
    "指定", "必须有人揭", "排除", "最多团队数", "最少团队数", "单位类型",
    "团队名额", "负责人上限", "单位上限",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class AssignedPair:
    """A team on a challenge; an alternate (备选) steps in and takes no capacity."""

    challenge_id: str
    team_id: str
    role: Role
    fit: float
    band: str
    forced: bool = False


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A challenge nobody is assigned to, and why."""

    challenge_id: str
    code: ReasonCode
    reason: str


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit that is used up while somebody waits for it.

    Attributes:
        name: the team, leader or organisation.
        limit: how many it allows in this plan.
        waiting: eligible candidate pairs it keeps out.
    """

    kind: LimitKind
    name: str
    limit: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Values:
    """The plan measured in the parts of its objective.

    Attributes:
        answered: challenges with a team.
        total_fit: sum over the assigned pairs (主).
        worst_fit: the least, over answered challenges, of its best team's fit; None without any.
        same_org_pairs: pairs of assignments that share an organisation, Σ n(n−1)/2.
        objective: ((1−λ)·total − μ·same_org_pairs)/n + λ·worst, n the number of challenges.
    """

    answered: int
    total_fit: float
    worst_fit: float | None
    same_org_pairs: int
    objective: float


@dataclass(frozen=True, slots=True)
class Assignment:
    """The plan.

    Attributes:
        pairs: by challenge, then 主 before 备选, then fit.
        optimal: proven; otherwise ``gap`` says how much better a plan could at most be, relative
            to this one's objective (inf when no bound is known).
        answered_bound: no plan answers more challenges than this (None: not asked).
        binding: the limits that keep candidates out.
    """

    pairs: tuple[AssignedPair, ...]
    unanswered: tuple[Unanswered, ...]
    values: Values
    optimal: bool
    gap: float
    answered_bound: int | None
    binding: tuple[Limit, ...]

    @property
    def assigned(self) -> tuple[AssignedPair, ...]:
        """The pairs that count: without alternates."""
        return tuple(pair for pair in self.pairs if pair.role == "主")

    def teams(self, challenge_id: str) -> tuple[str, ...]:
        """Ids of the teams assigned to a challenge, best first."""
        return tuple(p.team_id for p in self.assigned if p.challenge_id == challenge_id)


@dataclass(frozen=True, slots=True)
class Relaxation:
    """One constraint to relax: which, and in words how."""

    kind: RelaxationKind
    name: str
    action: str


class InfeasibleAssignmentError(InputError):
    """No plan satisfies what staff asked.

    Attributes:
        relaxations: smallest sets of constraints whose relaxing makes a plan possible; any one
            set is enough. Up to three, of equal size.
    """

    code = "infeasible"

    def __init__(self, relaxations: tuple[tuple[Relaxation, ...], ...]) -> None:
        self.relaxations = relaxations
        count = len(relaxations[0])
        ways = ["，并".join(r.action for r in chosen) for chosen in relaxations]
        lines = "；或".join(f"({n}) {way}" for n, way in enumerate(ways, 1))
        super().__init__(
            "这些要求不能同时满足，没有可行的指派",
            given=f"至少要放宽 {count} 项要求",
            expected="指定、必须有人揭的项目与名额、上限、单位类型互不矛盾",
            remedy=lines,
        )
