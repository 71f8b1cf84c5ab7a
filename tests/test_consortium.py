"""The consortium covers most, with the fewest, and then the fittest: brute force says so."""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from matcher.assignment import RESEARCH_MEMBER
from matcher.consortium import (
    Applicant,
    ConsortiumRules,
    Requirement,
    consortium,
    coverage_levels,
    requirements,
    search,
)
from matcher.errors import InputError
from matcher.explanation import Explanation, FacetCoverage
from matcher.matches import Match
from matcher.pipeline import Matcher
from matcher.records import Challenge, Team
from matcher.text.facets import Facet

CASES = int(os.environ.get("MATCHER_CASES", "200"))
Case = tuple[list[Requirement], list[Applicant], ConsortiumRules]


def random_case(seed: int) -> Case:
    rng = random.Random(seed)
    labels = [f"要求{n}" for n in range(rng.randint(1, 5))]
    needs = [Requirement(label, rng.choice([1.0, 1.0, 2.5])) for label in labels]
    applicants = [
        Applicant(
            f"T{n}",
            org_type=rng.choice(["高校", "科研院所", "企业"]),
            fit=rng.choice([0.5, round(rng.random(), 4)]),
            coverage={label: rng.choice([0, 0, 0.5, 1]) for label in labels},
        )
        for n in range(rng.randint(0, 7))
    ]
    rules = ConsortiumRules(
        max_teams=rng.choice([1, 2, 3, 5]),
        enterprise_lead=rng.random() < 0.3,
        lead_org=rng.choice(["", "某厂"]),
        kinds=rng.choice([(), RESEARCH_MEMBER]),
    )
    return needs, applicants, rules


def gain(needs: Sequence[Requirement], members: Sequence[Applicant]) -> float:
    return sum(
        n.weight * max((m.coverage.get(n.label, 0) for m in members), default=0) for n in needs
    )


def best_by_hand(case: Case) -> tuple[float, int, float] | None:
    """(coverage, members, fit) of the best set that keeps the rules; None where none does."""
    needs, applicants, rules = case
    groups = [set(g) for g in rules.kinds]
    if rules.enterprise_lead and not rules.lead_org:
        groups.append({"企业"})
    sets = [
        members
        for size in range(rules.max_teams + 1)
        for members in itertools.combinations(applicants, size)
        if all(any(m.org_type in g for m in members) for g in groups)
    ]
    scores = [(round(gain(needs, m), 6), -len(m), sum(a.fit for a in m)) for m in sets]
    best = max(scores, default=None)
    return None if best is None else (best[0], -best[1], best[2])


@pytest.mark.slow
@pytest.mark.parametrize("sets", [search._SETS, 0], ids=["every set", "solver"])
@pytest.mark.parametrize("batch", range(5))
def test_agrees_with_brute_force(batch: int, sets: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_SETS", sets)
    for seed in range(batch * CASES // 5, (batch + 1) * CASES // 5):
        case = random_case(seed)
        best = best_by_hand(case)
        found = consortium(*case)
        assert (best is None) == bool(found.unmet)
        if best is None:
            continue
        by_id = {a.team_id: a for a in case[1]}
        members = [by_id[m.team_id] for m in found.members]
        score = (gain(case[0], members), len(members), sum(a.fit for a in members))
        assert score == pytest.approx(best, abs=1e-5)
        assert found.exact
        assert found.fewest == len(members)


@pytest.mark.parametrize("seed", range(60))
def test_the_solver_chooses_what_looking_at_every_set_chooses(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = random_case(seed)
    looked = consortium(*case)
    monkeypatch.setattr(search, "_SETS", 0)
    assert consortium(*case) == looked


@pytest.mark.parametrize("seed", range(60))
def test_greedy_keeps_the_rules_and_its_bound_holds(seed: int) -> None:
    needs, applicants, rules = random_case(seed)
    greedy = consortium(needs, applicants, replace(rules, exact_up_to=-1))
    best = best_by_hand((needs, applicants, rules))
    if best is None:
        return
    assert len(greedy.members) <= rules.max_teams
    assert not greedy.exact
    assert greedy.fewest <= len(greedy.members)
    weight = sum(n.weight for n in needs)
    assert greedy.coverage * weight <= best[0] + 1e-6
    types = {a.org_type for a in applicants if a.team_id in {m.team_id for m in greedy.members}}
    assert all(types & set(group) for group in rules.kinds)


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("exact_up_to", [300, -1])
def test_order_of_the_input_does_not_matter(seed: int, exact_up_to: int) -> None:
    needs, applicants, rules = random_case(seed)
    rules = replace(rules, exact_up_to=exact_up_to)
    mixed = random.Random(seed).sample(applicants, len(applicants))
    assert consortium(needs, mixed, rules) == consortium(needs, applicants, rules)


NEEDS = [Requirement("提纯"), Requirement("烧结"), Requirement("检测")]
LAB = Applicant("T1", "大连理工大学", "高校", 0.9, {"提纯": 1, "烧结": 0.5})
PLANT = Applicant("T2", "某厂", "企业", 0.4, {"烧结": 1})


def test_says_who_covers_what_and_what_stays_open() -> None:
    found = consortium(NEEDS, [LAB, PLANT])
    assert [(c.label, c.team_id, c.level) for c in found.cover] == [
        ("提纯", "T1", 1.0),
        ("烧结", "T2", 1.0),
    ]
    assert found.open == ("检测",)
    assert found.coverage == pytest.approx(2 / 3)
    assert (found.best_single, found.single_coverage) == ("T1", 0.5)


def test_two_halves_do_not_make_a_whole() -> None:
    half = replace(PLANT, coverage={"烧结": 0.5})
    assert [m.team_id for m in consortium(NEEDS, [LAB, half]).members] == ["T1"]


def test_an_enterprise_leads_where_the_rules_ask() -> None:
    rules = ConsortiumRules(enterprise_lead=True, kinds=RESEARCH_MEMBER)
    found = consortium(NEEDS[:1], [LAB, PLANT], rules)
    assert [(m.team_id, m.role) for m in found.members] == [("T2", "盟主"), ("T1", "成员")]
    assert found.lead == "某厂"
    own = consortium(NEEDS[:1], [LAB, PLANT], replace(rules, lead_org="发榜企业"))
    assert ([m.team_id for m in own.members], own.lead) == (["T1"], "发榜企业")


def test_what_the_rules_ask_and_nobody_is() -> None:
    found = consortium(NEEDS, [PLANT], ConsortiumRules(kinds=RESEARCH_MEMBER))
    assert found.unmet == ("没有高校或科研院所可以参加",)
    assert consortium(NEEDS, [LAB], ConsortiumRules(enterprise_lead=True)).unmet == (
        "没有企业可作盟主",
    )
    both = ConsortiumRules(max_teams=1, enterprise_lead=True, kinds=RESEARCH_MEMBER)
    assert consortium(NEEDS, [LAB, PLANT], both).unmet


def test_nobody_applies() -> None:
    found = consortium(NEEDS, [])
    assert (found.members, found.coverage, found.best_single) == ((), 0.0, "")
    assert found.open == ("提纯", "烧结", "检测")


@pytest.mark.parametrize(
    ("needs", "applicants"),
    [
        ([Requirement("提纯", 0)], [LAB]),
        (NEEDS, [LAB, LAB]),
        (NEEDS, [replace(LAB, fit=-1)]),
        (NEEDS, [replace(LAB, coverage={"提纯": 2})]),
    ],
)
def test_bad_input_is_named(needs: list[Requirement], applicants: list[Applicant]) -> None:
    with pytest.raises(InputError, match="联合体"):
        consortium(needs, applicants)


def test_made_from_matches() -> None:
    facets = (Facet("题目", 1, "靶材"), Facet("攻关内容", 1, "提纯"))
    coverage = tuple(
        FacetCoverage(facet, status, "", "", 0.0, None)
        for facet, status in zip(facets, ("覆盖", "部分"), strict=True)
    )
    explanation = Explanation((), (), coverage)
    team = Team(team_id="T", org_name="东北大学", org_type="高校")
    match = Match(1, Challenge(challenge_id="C"), "T", -0.5, explanation=explanation,
                  records={"T": team})  # fmt: skip
    assert coverage_levels(explanation) == {"题目": 1.0, "攻关内容1": 0.5}
    applicant = Applicant.from_match(match)
    assert (applicant.fit, applicant.org_type) == (0.0, "高校")
    assert requirements([match], {"题目": 2.0}) == (
        Requirement("题目", 2.0),
        Requirement("攻关内容1"),
    )
    with pytest.raises(InputError, match="explained"):
        Applicant.from_match(replace(match, explanation=None))


def test_a_title_alone_cannot_be_shared_out(matcher: Matcher) -> None:
    with pytest.raises(InputError, match="只有题目"):
        requirements(matcher.find_teams(Challenge(challenge_id="1", title="高压柱塞泵"), 3))
