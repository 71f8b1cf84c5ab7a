"""The plan is the best one (brute force says so), the same for any order, and keeps its rules."""

from __future__ import annotations

import itertools
import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.assignment import (
    RESEARCH_MEMBER,
    Assignment,
    AssignmentProblem,
    Bidder,
    CandidatePair,
    Exclusion,
    InfeasibleAssignmentError,
    Objective,
    Opening,
    Rules,
    assign,
    matching,
    optimum,
    plan_values,
)
from matcher.assignment.model import build, eligible
from matcher.errors import InputError
from matcher.records import Team

# MATCHER_CASES=2000 runs the long form.
CASES = int(os.environ.get("MATCHER_CASES", "200"))
HALF_QUANTUM = 0.5e-4


def random_problem(seed: int, *, openings: int = 3, bidders: int = 4) -> AssignmentProblem:
    """A small problem with every rule sometimes switched on; fits have four decimals."""
    rng = random.Random(seed)
    posted = tuple(
        Opening(f"C{n}", must_answer=rng.random() < 0.08, province=rng.choice(["", "辽宁"]))
        for n in range(rng.randint(1, openings))
    )
    teams = tuple(
        Bidder(
            f"T{n}",
            org=rng.choice(["甲", "乙", ""]),
            leader=rng.choice(["王", "李", ""]),
            org_type=rng.choice(["高校", "科研院所", "企业"]),
            capacity=rng.choice([0, 1, 1, 2, None]),
            active=rng.choice([0, 0, 1]),
        )
        for n in range(rng.randint(1, bidders))
    )
    pairs = tuple(
        CandidatePair(o.challenge_id, b.team_id, rng.choice([0.5, rng.random()]), band)
        for o in posted
        for b in teams
        if rng.random() < 0.75
        for band in [rng.choice(["强", "中", "中", "弱"])]
    )
    pairs = tuple(replace(p, fit=round(p.fit, 4)) for p in pairs)
    some = list(pairs)
    rng.shuffle(some)
    least = rng.choice([1, 1, 1, 2])
    rules = Rules(
        min_teams=least,
        max_teams=max(least, rng.choice([1, 2, 3])),
        alternates=rng.choice([0, 1, 2]),
        leader_limit=rng.choice([None, None, 1, 2]),
        org_limit=rng.choice([None, None, 1, 2]),
        kinds=rng.choice([(), (), RESEARCH_MEMBER]),
        lowest_band=rng.choice(["中", "弱", None]),
        forced=tuple(p.key for p in some[: rng.choice([0, 0, 0, 1])]),
        excluded=tuple(Exclusion(*p.key, "关联") for p in some[-rng.choice([0, 1]) or 99 :]),
    )
    weight = rng.choice([0.0, 0.0, 0.3, 0.7, 1.0])
    objective = Objective(weight, rng.choice([0.0, 0.0, 0.08]), weight > 0 or rng.random() < 0.6)
    return AssignmentProblem(posted, teams, pairs, rules, objective)


def broken(problem: AssignmentProblem, chosen: tuple[CandidatePair, ...]) -> set[object]:
    """The constraints a plan breaks: the rules written a second time, without any matrix."""
    keys = {p.key for p in chosen}
    faults: set[object] = {("指定", key) for key in set(problem.rules.forced) - keys}
    excluded = {(e.challenge_id, e.team_id) for e in problem.rules.excluded}
    faults |= {("排除", key) for key in excluded & keys}
    for opening in problem.openings:
        faults |= broken_by_challenge(problem, opening, chosen)
    return faults | broken_limits(problem, chosen)


def broken_by_challenge(
    problem: AssignmentProblem, opening: Opening, chosen: tuple[CandidatePair, ...]
) -> set[object]:
    name = opening.challenge_id
    teams = {b.team_id: b for b in problem.bidders}
    members = [p for p in chosen if p.challenge_id == name]
    if not members:
        return {("必须有人揭", name)} if opening.must_answer else set()
    types = {teams[p.team_id].org_type for p in members}
    faults: set[object] = {(name, g) for g in problem.kinds(opening) if not types & set(g)}
    if len(members) < problem.min_teams(opening):
        faults.add(("最少", name))
    if len(members) > problem.max_teams(opening):
        faults.add(("最多", name))
    return faults


def broken_limits(problem: AssignmentProblem, chosen: tuple[CandidatePair, ...]) -> set[object]:
    rules, teams = problem.rules, {b.team_id: b for b in problem.bidders}
    loads = Counter(p.team_id for p in chosen)
    faults: set[object] = {
        ("名额", b.team_id)
        for b in problem.bidders
        if b.capacity is not None and loads[b.team_id] > b.capacity
    }
    if rules.org_limit is not None:
        orgs = Counter(teams[p.team_id].org for p in chosen if teams[p.team_id].org)
        faults |= {("单位", org) for org, n in orgs.items() if n > rules.org_limit}
    if rules.leader_limit is not None:
        running: Counter[object] = Counter()
        for bidder in problem.bidders:
            running[bidder.leader_key] += bidder.active
        new = Counter(teams[p.team_id].leader_key for p in chosen)
        room = {k: max(0, rules.leader_limit - n) for k, n in running.items()}
        faults |= {("负责人", k) for k, n in new.items() if k and n > room[k]}
    return faults


def plans(pairs: tuple[CandidatePair, ...]) -> Iterator[tuple[CandidatePair, ...]]:
    sizes = range(len(pairs) + 1)
    return itertools.chain.from_iterable(itertools.combinations(pairs, n) for n in sizes)


def goodness(problem: AssignmentProblem, chosen: tuple[CandidatePair, ...]) -> tuple[float, ...]:
    """What the documentation says is compared, first things first."""
    values = plan_values(problem, chosen)
    answered = values.answered if problem.objective.answered_first else 0
    if problem.objective.worst_off < 1:
        return (answered, values.objective)
    second = values.total_fit - problem.objective.concentration * values.same_org_pairs
    return (answered, values.worst_fit or 0.0, second)


def brute_force(problem: AssignmentProblem) -> tuple[float, ...] | None:
    possible = (plan for plan in plans(eligible(problem)) if not broken(problem, plan))
    return max((goodness(problem, plan) for plan in possible), default=None)


def fewest_broken(problem: AssignmentProblem) -> int:
    allowed = problem.rules.allowed_bands
    in_band = tuple(p for p in problem.pairs if p.band in allowed)
    return min(len(broken(problem, plan)) for plan in plans(in_band))


def solved(problem: AssignmentProblem) -> Assignment | InfeasibleAssignmentError:
    try:
        return assign(problem)
    except InfeasibleAssignmentError as error:
        return error


def chosen_pairs(problem: AssignmentProblem, plan: Assignment) -> tuple[CandidatePair, ...]:
    keys = {(p.challenge_id, p.team_id) for p in plan.assigned}
    return tuple(p for p in problem.pairs if p.key in keys)


def check_against_brute_force(seed: int) -> bool:
    """Whether there is a plan."""
    problem = random_problem(seed)
    best = brute_force(problem)
    plan = solved(problem)
    if isinstance(plan, InfeasibleAssignmentError):
        assert best is None
        assert {len(way) for way in plan.relaxations} == {fewest_broken(problem)}
        return False
    chosen = chosen_pairs(problem, plan)
    assert not broken(problem, chosen)
    assert plan.optimal
    assert best is not None
    # The tie-break may give away at most half a quantum of total fit (docs/assignment.md).
    assert goodness(problem, chosen) == pytest.approx(best, abs=HALF_QUANTUM)
    return True


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(10))
def test_agrees_with_brute_force(batch: int) -> None:
    seeds = range(batch * CASES // 10, (batch + 1) * CASES // 10)
    # Both kinds of problems are among them.
    assert {check_against_brute_force(seed) for seed in seeds} == {True, False}


@pytest.mark.slow
@settings(max_examples=CASES, deadline=None, derandomize=True)
@given(st.integers(min_value=10_000))
def test_no_constraint_is_ever_broken(seed: int) -> None:
    problem = random_problem(seed, openings=6, bidders=8)
    plan = solved(problem)
    if isinstance(plan, InfeasibleAssignmentError):
        assert all(plan.relaxations)
        return
    assert not broken(problem, chosen_pairs(problem, plan))
    allowed = problem.rules.allowed_bands
    excluded = {(e.challenge_id, e.team_id) for e in problem.rules.excluded}
    assert all(p.band in allowed for p in plan.pairs)
    assert not excluded & {(p.challenge_id, p.team_id) for p in plan.pairs}
    answered = {p.challenge_id for p in plan.assigned}
    assert answered | {u.challenge_id for u in plan.unanswered} == {
        o.challenge_id for o in problem.openings
    }
    assert len(answered) + len(plan.unanswered) == len(problem.openings)


@pytest.mark.parametrize("seed", range(0, 40))
def test_order_of_the_input_does_not_matter(seed: int) -> None:
    problem = random_problem(seed, openings=5, bidders=6)
    rng = random.Random(seed)

    def mixed(values: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(rng.sample(values, len(values)))

    other = replace(
        problem,
        openings=mixed(problem.openings),
        bidders=mixed(problem.bidders),
        pairs=mixed(problem.pairs),
        rules=replace(problem.rules, excluded=mixed(problem.rules.excluded)),
    )
    plan, again = solved(problem), solved(other)
    if isinstance(plan, InfeasibleAssignmentError):
        assert isinstance(again, InfeasibleAssignmentError)
        assert again.relaxations == plan.relaxations
    else:
        assert again == plan


def test_ties_are_drawn_by_lot_not_by_place() -> None:
    """Equal teams: over many challenges the first in the list wins about as often as the last."""
    openings = tuple(Opening(f"C{n}") for n in range(60))
    teams = (Bidder("T1", capacity=None), Bidder("T2", capacity=None))
    pairs = tuple(
        CandidatePair(o.challenge_id, t.team_id, 0.5, "中") for o in openings for t in teams
    )
    loads = Counter(p.team_id for p in assign(AssignmentProblem(openings, teams, pairs)).assigned)
    assert 15 < loads["T1"] < 45


def simple(rules: Rules, **changes: object) -> AssignmentProblem:
    """Two challenges, three teams of two organisations."""
    pairs = (
        CandidatePair("C1", "T1", 0.9, "强"),
        CandidatePair("C1", "T2", 0.6, "中"),
        CandidatePair("C2", "T1", 0.8, "强"),
        CandidatePair("C2", "T3", 0.2, "弱"),
    )
    problem = AssignmentProblem(
        openings=(Opening("C1"), Opening("C2")),
        bidders=(
            Bidder("T1", org="东北大学", leader="王", org_type="高校"),
            Bidder("T2", org="东北大学", leader="李", org_type="高校"),
            Bidder("T3", org="某公司", org_type="企业"),
        ),
        pairs=pairs,
        rules=rules,
    )
    return replace(problem, **changes)  # type: ignore[arg-type]


def refusal(problem: AssignmentProblem) -> InfeasibleAssignmentError:
    with pytest.raises(InfeasibleAssignmentError) as caught:
        assign(problem)
    return caught.value


def actions(problem: AssignmentProblem) -> set[str]:
    return {", ".join(r.action for r in way) for way in refusal(problem).relaxations}


def test_infeasible_two_pins_on_one_place() -> None:
    problem = simple(Rules(forced=(("C1", "T1"), ("C2", "T1"))))
    assert actions(problem) == {
        "撤回指定 C1–T1",
        "撤回指定 C2–T1",
        "团队名额：T1 由 1 调到 2",
    }
    message = str(refusal(problem))
    assert "至少要放宽 1 项要求" in message
    assert "撤回指定 C1–T1" in message


def test_infeasible_needs_two_relaxations() -> None:
    """One leader limit and one capacity stand between two pins and a plan."""
    rules = Rules(forced=(("C1", "T1"), ("C2", "T1")), leader_limit=1)
    assert actions(simple(rules)) == {"撤回指定 C1–T1", "撤回指定 C2–T1"}
    both = simple(rules, openings=(Opening("C1", True), Opening("C2", True)))
    both = replace(both, pairs=tuple(p for p in both.pairs if p.team_id == "T1"))
    error = refusal(both)
    assert {len(way) for way in error.relaxations} == {2}
    assert any({r.kind for r in way} == {"团队名额", "负责人上限"} for way in error.relaxations)


def test_infeasible_never_offers_to_go_below_the_band() -> None:
    problem = simple(Rules(), openings=(Opening("C1", True), Opening("C2", True)))
    assert assign(problem).teams("C2") == ("T1",)
    barred = simple(
        Rules(excluded=(Exclusion("C2", "T1"),)), openings=(Opening("C1"), Opening("C2", True))
    )
    assert actions(barred) == {"允许 C2 无人揭榜", "取消排除 C2–T1"}
    pinned = simple(Rules(forced=(("C2", "T3"),)))
    assert actions(pinned) == {"撤回指定 C2–T3（其等级“弱”低于最低等级“中”）"}


def test_infeasible_kinds_and_organisation_limit() -> None:
    rules = Rules(forced=(("C2", "T3"),), kinds=RESEARCH_MEMBER, lowest_band="弱")
    assert "不再要求 C2 须有高校或科研院所" in actions(simple(rules))
    rules = Rules(forced=(("C1", "T2"), ("C2", "T1")), org_limit=1)
    assert "单位上限：东北大学 由 1 调到 2" in actions(simple(rules))


@pytest.mark.parametrize(
    ("rules", "changes", "code"),
    [
        (Rules(lowest_band="强"), {"pairs": (CandidatePair("C1", "T1", 0.9, "强"),)}, "无候选"),
        (
            Rules(lowest_band="强"),
            {"pairs": (CandidatePair("C1", "T1", 0.9, "强"), CandidatePair("C2", "T3", 0.2, "弱"))},
            "低于等级",
        ),
        (Rules(excluded=(Exclusion("C2", "T1", "关联单位"),)), {}, "全部排除"),
        (Rules(lowest_band="强"), {}, "名额用尽"),
        (Rules(min_teams=2, max_teams=2), {}, "人数不足"),
        (
            Rules(kinds=RESEARCH_MEMBER, lowest_band="弱", excluded=(Exclusion("C2", "T1"),)),
            {},
            "缺单位类型",
        ),
    ],
)
def test_every_unanswered_challenge_has_its_reason(
    rules: Rules, changes: dict[str, object], code: str
) -> None:
    plan = assign(simple(rules, **changes))
    reasons = {u.challenge_id: u for u in plan.unanswered}
    named = next(iter(reasons.values())) if code == "名额用尽" else reasons["C2"]
    assert named.code == code
    assert named.reason


def test_weak_candidates_are_left_alone() -> None:
    """不拉郎配: the second challenge stays open rather than taking a weak team."""
    plan = assign(simple(Rules(excluded=(Exclusion("C2", "T1"),))))
    assert [u.challenge_id for u in plan.unanswered] == ["C2"]
    assert all(p.team_id != "T3" for p in plan.pairs)


def test_alternates_are_free_and_take_no_capacity() -> None:
    plan = assign(simple(Rules(lowest_band="弱")))
    assert [(p.challenge_id, p.team_id, p.role) for p in plan.pairs] == [
        ("C1", "T2", "主"),
        ("C2", "T1", "主"),
        ("C2", "T3", "备选"),
    ]
    assert sorted(pair.team_id for pair in plan.assigned) == ["T1", "T2"]
    assert plan.binding[0].name == "T1" if plan.binding else True


def test_binding_limits_name_who_waits() -> None:
    plan = assign(simple(Rules(lowest_band="强", alternates=0)))
    assert [(x.kind, x.name, x.waiting) for x in plan.binding] == [("团队名额", "T1", 1)]


def test_running_challenges_count_against_the_leader() -> None:
    busy = Bidder("T1", org="东北大学", leader="王", capacity=5, active=1)
    problem = simple(Rules(leader_limit=1), bidders=(busy, Bidder("T2"), Bidder("T3")))
    assert all(p.team_id != "T1" for p in assign(problem).assigned)


def test_bidder_from_record() -> None:
    team = Team(team_id="T", org_name="东北大学", max_challenges=2, active_challenges=3)
    assert Bidder.from_team(team).capacity == 0
    assert Bidder.from_team(Team(team_id="T", active_challenges=1), 3).capacity == 2
    assert Bidder.from_team(Team(team_id="T"), None).capacity is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"pairs": (CandidatePair("C1", "T9", 0.5, "中"),)}, "不在名单里"),
        ({"pairs": (CandidatePair("C1", "T1", -0.5, "中"),)}, "请先校准"),
        ({"pairs": (CandidatePair("C1", "T1", float("nan"), "中"),)}, "请先校准"),
        ({"pairs": (CandidatePair("C1", "T1", 0.5, "极强"),)}, "等级"),
        ({"rules": Rules(forced=(("C1", "T3"),))}, "不在候选里"),
        ({"rules": Rules(lowest_band="优")}, "最低等级"),
        ({"rules": Rules(min_teams=2, max_teams=1)}, "最少"),
        ({"rules": Rules(kinds=(("大学",),))}, "单位类型"),
        ({"objective": Objective(2.0)}, "0 与 1"),
        ({"objective": Objective(0.5, 0.0, False)}, "答复数"),
        ({"openings": (Opening("C1"), Opening("C1"))}, "出现 2 次"),
    ],
)
def test_bad_input_is_named(changes: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        assign(replace(simple(Rules()), **changes))  # type: ignore[arg-type]


def test_nothing_to_assign() -> None:
    assert assign(AssignmentProblem((), (), ())).pairs == ()
    plan = assign(AssignmentProblem((Opening("C1"),), (), ()))
    assert plan.unanswered[0].code == "无候选"


@pytest.mark.parametrize("seed", range(60))
def test_a_plain_plan_is_the_same_as_a_matching_and_by_the_solver(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(seed)
    teams = [
        Bidder(f"T{t}", capacity=rng.choice([None, 0, 1, 1, 2])) for t in range(rng.randint(1, 6))
    ]
    pairs = tuple(
        CandidatePair(f"C{c}", team.team_id, rng.choice([0.0, 0.5, round(rng.random(), 3)]), "中")
        for c in range(rng.randint(1, 6))
        for team in teams
        if rng.random() < 0.7
    )
    openings = tuple(Opening(f"C{c}") for c in range(6))
    problem = AssignmentProblem(openings, tuple(teams), pairs)
    model = build(problem, eligible(problem), openings)
    assert matching.is_matching(model)
    quick = optimum.optimum(model)
    monkeypatch.setattr(optimum, "is_matching", lambda model: False)
    exact = optimum.optimum(model)
    assert quick is not None
    assert exact is not None
    assert quick.answered_bound == exact.answered_bound
    assert quick.chosen.tolist() == exact.chosen.tolist()


@pytest.mark.parametrize(
    "rules",
    [Rules(max_teams=2), Rules(org_limit=1), Rules(leader_limit=1), Rules(kinds=RESEARCH_MEMBER),
     Rules(forced=(("C1", "T1"),))],
)  # fmt: skip
def test_whatever_ties_teams_together_is_no_matching(rules: Rules) -> None:
    team = Bidder("T1", org="甲", leader="王", org_type="高校")
    problem = AssignmentProblem(
        (Opening("C1"),), (team,), (CandidatePair("C1", "T1", 0.5, "中"),), rules
    )
    assert not matching.is_matching(build(problem, eligible(problem), problem.openings))
    fair = replace(problem, rules=Rules(), objective=Objective(0.5))
    assert not matching.is_matching(build(fair, eligible(fair), fair.openings))
