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
    gini,
    hhi,
    out_of_province_share,
    sensitivity,
    shares,
)
from matcher.assignment.model import lot
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


def test_near_ties_are_open_calls_and_wide_leads_are_firm() -> None:
    tie = sensitivity(close_call(0.001), draws=200)
    hold = tie.holds[0]
    assert hold.share is not None
    assert 0.35 < hold.share < 0.65
    assert hold.replaced_by == (("T2", pytest.approx(1 - hold.share)),)
    assert not tie.adverse_holds
    wide = sensitivity(close_call(0.2), draws=200)
    assert [(h.share, h.replaced_by) for h in wide.holds] == [(1.0, ())]
    assert wide.adverse_holds


@pytest.mark.slow
def test_draws_follow_the_chance_worked_out_by_hand() -> None:
    """T1 at 0.5(1 + u/10) loses to T2 at 0.45(1 + v/10): (0.45 v - 0.5 u) > 0.5, u, v in -1..1."""
    share = sensitivity(close_call(0.05), draws=2000).holds[0].share
    lost = (0.95 - 0.5) ** 2 / (2 * 0.45 * 0.5) / 4  # the triangle beyond the line, of 2 x 2
    assert share == pytest.approx(1 - lost, abs=0.02)


def test_weights_move_too() -> None:
    problem = replace(close_call(0.05), objective=Objective(0.5, 0.1))
    found = sensitivity(problem, draws=0)
    assert found.weights == (
        "最差项目权重+10%", "集中度惩罚+10%", "最差项目权重-10%", "集中度惩罚-10%",
    )  # fmt: skip
    assert [(h.share, h.lost_to) for h in found.holds] == [(None, ())]


@pytest.mark.parametrize("seed", range(10))
def test_a_draw_is_the_plan_of_the_moved_fits(seed: int) -> None:
    """What the shortcuts give is what solving the whole moved problem gives."""
    pairs = tuple(
        CandidatePair(f"C{c}", f"T{t}", ((seed + 3) * (c * 7 + t * 5 + c * t) % 97) / 97, "中")
        for c in range(4)
        for t in range(4)
    )
    teams = tuple(Bidder(f"T{t}") for t in range(4))
    problem = AssignmentProblem(tuple(Opening(f"C{c}") for c in range(4)), teams, pairs)
    found = sensitivity(problem, draws=1)
    moved = tuple(
        replace(p, fit=p.fit * (1 + 0.1 * (2 * lot(f"1\x1f{p.challenge_id}", p.team_id) - 1)))
        for p in pairs
    )
    again = {(p.challenge_id, p.team_id) for p in assign(replace(problem, pairs=moved)).assigned}
    assert {(h.challenge_id, h.team_id) for h in found.holds if h.share} <= again
    gone = {(h.challenge_id, h.team_id) for h in found.holds if not h.share}
    assert not gone & again
    if sensitivity(problem, change=0.02, draws=0).adverse_holds:
        firm = sensitivity(problem, change=0.02, draws=20)
        assert all(h.share == 1 for h in firm.holds)


@pytest.mark.parametrize("change", [0, 1, -0.1])
def test_change_is_a_part(change: float) -> None:
    with pytest.raises(InputError, match="变动幅度"):
        sensitivity(PROBLEM, change)


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
    start = time.process_time()
    plan = assign(problem)
    assert time.process_time() - start < 20
    assert plan.optimal == (plan.gap == 0)
    assert plan.values.answered <= (plan.answered_bound or 0)
