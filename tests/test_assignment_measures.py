"""Concentration beside the ranking alone, and which assignments flip."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.assignment import (
    AssignmentProblem,
    Bidder,
    CandidatePair,
    Objective,
    Opening,
    Rules,
    assign,
    compare,
    concentration_of,
    flips,
    gini,
    hhi,
    out_of_province_share,
    shares,
)
from matcher.errors import InputError

PROBLEM = AssignmentProblem(
    openings=(Opening("C1", province="辽宁"), Opening("C2", province="辽宁")),
    bidders=(
        Bidder("T1", org="甲", province="辽宁"),
        Bidder("T2", org="乙", province="北京"),
        Bidder("T3", org="丙"),
    ),
    pairs=(
        CandidatePair("C1", "T1", 0.9, "强"),
        CandidatePair("C1", "T2", 0.8, "强"),
        CandidatePair("C2", "T1", 0.9, "强"),
        CandidatePair("C2", "T3", 0.3, "弱"),
    ),
)


def test_plan_beside_the_ranking_alone() -> None:
    plan, ranking = compare(PROBLEM, assign(PROBLEM))
    assert [(org, n) for org, n, _ in ranking.by_org] == [("甲", 2)]
    assert (ranking.hhi, plan.hhi) == (1.0, 0.5)
    assert (ranking.out_of_province, plan.out_of_province) == (0.0, 0.5)
    assert (plan.population, plan.gini) == (3, pytest.approx(1 / 3))


def test_unknown_provinces_are_counted_not_guessed() -> None:
    found = concentration_of(PROBLEM, [("C2", "T3")])
    assert (found.out_of_province, found.province_unknown) == (None, 1)
    elsewhere = replace(PROBLEM, openings=(Opening("C1"), Opening("C2")))
    assert concentration_of(elsewhere, [("C1", "T2")], home="辽宁").out_of_province == 1.0


def test_nothing_is_not_concentrated() -> None:
    assert (hhi([]), gini([]), gini([0, 0]), shares({}), out_of_province_share([])) == (
        0.0, 0.0, 0.0, {}, None,
    )  # fmt: skip


@given(st.lists(st.integers(0, 50), min_size=1, max_size=12))
def test_measures_keep_their_ranges(counts: list[int]) -> None:
    n = len(counts)
    assert 0 <= gini(counts) <= 1 - 1 / n + 1e-12
    if sum(counts):
        assert 1 / n - 1e-12 <= hhi(counts) <= 1 + 1e-12
        mean_difference = sum(abs(a - b) for a in counts for b in counts) / (n * n)
        assert gini(counts) == pytest.approx(mean_difference / (2 * sum(counts) / n))


def close_call(margin: float) -> AssignmentProblem:
    return AssignmentProblem(
        openings=(Opening("C1"),),
        bidders=(Bidder("T1"), Bidder("T2")),
        pairs=(
            CandidatePair("C1", "T1", 0.5, "中"),
            CandidatePair("C1", "T2", 0.5 - margin, "中"),
        ),
    )


def test_a_narrow_lead_flips_and_a_wide_one_does_not() -> None:
    narrow = flips(close_call(0.05))
    assert [(f.challenge_id, f.team_id, f.replaced_by) for f in narrow.flips] == [
        ("C1", "T1", ("T2",))
    ]
    assert "最不利" in narrow.flips[0].scenarios
    assert (narrow.kept, narrow.adverse_holds) == (0, False)
    wide = flips(close_call(0.2))
    assert (wide.flips, wide.kept, wide.adverse_holds) == ((), 1, True)


def test_weights_move_too() -> None:
    problem = replace(close_call(0.05), objective=Objective(0.5, 0.1))
    names = flips(problem, draws=1).scenarios
    assert names == (
        "最不利", "最差项目权重+10%", "集中度惩罚+10%", "最差项目权重-10%", "集中度惩罚-10%",
        "抽签1",
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(10))
def test_what_survives_the_worst_case_survives_every_draw(seed: int) -> None:
    pairs = tuple(
        CandidatePair(f"C{c}", f"T{t}", ((seed + 3) * (c * 7 + t * 5 + c * t) % 97) / 97, "中")
        for c in range(4)
        for t in range(4)
    )
    teams = tuple(Bidder(f"T{t}") for t in range(4))
    openings = tuple(Opening(f"C{c}") for c in range(4))
    found = flips(AssignmentProblem(openings, teams, pairs), change=0.02)
    if found.adverse_holds:
        assert not found.flips


@pytest.mark.parametrize("change", [0, 1, -0.1])
def test_change_is_a_part(change: float) -> None:
    with pytest.raises(InputError, match="变动幅度"):
        flips(PROBLEM, change)


def test_beyond_the_time_there_is_a_plan_with_a_stated_gap() -> None:
    """Too little time is no error: what was found comes with how far it may be from the best."""
    n = 60
    pairs = tuple(
        CandidatePair(f"C{c:02}", f"T{t:02}", ((c * 31 + t * 17 + c * t) % 101) / 101, "中")
        for c in range(n)
        for t in range(n)
    )
    problem = AssignmentProblem(
        openings=tuple(Opening(f"C{c:02}") for c in range(n)),
        bidders=tuple(Bidder(f"T{t:02}") for t in range(n)),
        pairs=pairs,
        rules=Rules(max_teams=2),
        objective=Objective(0.5),
        time_limit_s=0.3,
    )
    start = time.monotonic()
    plan = assign(problem)
    assert time.monotonic() - start < 20
    assert plan.optimal == (plan.gap == 0)
    assert plan.values.answered <= (plan.answered_bound or 0)
