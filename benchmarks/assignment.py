"""How long an exact plan takes at 500 challenges x 20,000 candidate pairs.

Run: ``python -m benchmarks.assignment [challenges] [pairs]``. The library is drawn with a few much
sought-after teams (Zipf), half-empty capacities and a limit per organisation, so that challenges do
compete. Wall and processor seconds are printed: HiGHS works on one core.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace

import numpy as np

from matcher.assignment import (
    RESEARCH_MEMBER,
    AssignmentProblem,
    Bidder,
    CandidatePair,
    Objective,
    Opening,
    Rules,
    assign,
)

TEAMS, ORGS = 2_000, 150
CASES = (
    ("总契合度", Rules(), Objective()),
    ("总契合度, 每单位≤6, 须有高校院所", Rules(org_limit=6, kinds=RESEARCH_MEMBER), Objective()),
    ("平衡 λ=0.5", Rules(org_limit=6, kinds=RESEARCH_MEMBER), Objective(0.5)),
    ("最差项目 λ=1", Rules(org_limit=6, kinds=RESEARCH_MEMBER), Objective(1.0)),
    ("集中度惩罚 μ=0.05", Rules(kinds=RESEARCH_MEMBER), Objective(0.0, 0.05)),
    ("每项 1–2 队, λ=0", Rules(max_teams=2, org_limit=6), Objective()),
    ("每项 1–2 队, λ=0.5", Rules(max_teams=2, org_limit=6), Objective(0.5)),
)


def drawn(challenges: int, pairs: int, teams: int = TEAMS, seed: int = 0) -> AssignmentProblem:
    """A problem with as many candidates for every challenge; all bands allowed."""
    rng = np.random.default_rng(seed)
    sought = 1 / np.arange(1, teams + 1)
    each = pairs // challenges
    found = []
    for c in range(challenges):
        members = rng.choice(teams, each, replace=False, p=sought / sought.sum())
        fits = rng.beta(2, 3, each)
        found += [
            CandidatePair(f"C{c:04}", f"T{t:04}", round(float(f), 4), "强" if f > 0.4 else "中")
            for t, f in zip(members, fits, strict=True)
        ]
    kinds = ("高校", "科研院所", "企业")
    bidders = tuple(
        Bidder(
            f"T{t:04}",
            org=f"单位{rng.integers(ORGS)}",
            org_type=kinds[rng.integers(3)],
            capacity=int(rng.integers(3)),
        )
        for t in range(teams)
    )
    openings = tuple(Opening(f"C{c:04}") for c in range(challenges))
    return AssignmentProblem(openings, bidders, tuple(found), time_limit_s=120)


def main() -> None:
    """Print one line a case."""
    challenges, pairs = (int(a) for a in (*sys.argv[1:], "500", "20000")[:2])
    problem = drawn(challenges, pairs)
    print(f"{challenges} 个项目, {len(problem.pairs)} 个候选, {TEAMS} 个团队, {ORGS} 个单位")
    for name, rules, objective in CASES:
        wall, cpu = time.perf_counter(), time.process_time()
        plan = assign(replace(problem, rules=rules, objective=objective))
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        values = plan.values
        print(
            f"{name}: {wall:.1f} s (CPU {cpu:.1f} s), 最优 {plan.optimal}, 差距 {plan.gap:.2%}, "
            f"答复 {values.answered}, 总契合 {values.total_fit:.3f}, 最差 {values.worst_fit}"
        )


if __name__ == "__main__":
    main()
