"""What counts how much when the sum, the day, the term and the organisation of a need are chosen.

    python benchmarks/stated.py [--write]

As `benchmarks/titles.py`: fitted on the labelled needs near what one would say beforehand,
told set by set, each by weights fitted without it.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from titles import DATA, SETS, keep, near

from matcher.arrays import WideArray
from matcher.corpora.pasted import unfolded
from matcher.learnt import learnt
from matcher.text.candidates import Candidate
from matcher.text.dateline import written_on
from matcher.text.needs import bare_text
from matcher.text.normalise import simplify
from matcher.text.stated import CHOICE, FIELDS, ZONES, candidates_of, chosen_by, cues

WRITERS = (*SETS, "fresh/fifteenth/needs", "fresh/sixteenth/needs")
# How near to what was said beforehand; by the days and terms of writers left out.
STRENGTH = {"deadline": 0.0015, "term": 0.002}
_STRENGTH = 0.006
# In how many needs a single word must stand to be weighed.
SEEN = 4
# What else is said of a candidate, before a need was seen.
_OTHERS = {
    "amount": {"bias": -1, "ends": 0.3, "in_ten_thousands": 0.5, "small": -1, "large": -1,
               "counted": -7, "pieces": -2, "bare": -1, "withdrawn": -4, "instead": 2,
               "first": 0.5, "right_later": -1, "adds_up": 1, "in_sum": -1,
               "later_item": -2.5},
    "deadline": {"bias": -1, "alone": -1, "gone": -1.5, "year_end": -0.5, "slashed": -1,
                 "withdrawn": -4, "instead": 2, "to_the_day": 0.3, "relative": -1,
                 "with_year": 0.3, "right_later": -0.7, "puts_right": 0.5, "dateline": -2,
                 "only_work": -1, "unanswered_work": -0.5, "moved_later": -2, "unasked": -0.5,
                 "answer_until": 0.5,
                 "same_day": -0.5, "soon": 0.2, "next_months": 0.3, "far": -0.5, "just_gone": -0.5,
                 "closes": 0.3, "opens": -0.7},
    "term": {"bias": -1, "clause_alone": 0.5, "ends": 0.3, "days": -1, "long": -0.5,
             "very_long": -2, "period": 1, "withdrawn": -4, "instead": 2},
    "organisation": {"bias": 0, "formal": 1.5, "place": 1, "ranked": 0.5, "place_left_out": -2,
                     "from_the_edge": 0.5, "left_out": 0.1, "learned": -0.7, "go_between": -1.5,
                     "plant": -0.5, "inside_r": -4, "inside_v": -0.7, "inside_p": -1.5,
                     "inside_u": -1.5,
                     "inside_c": -1, "inside_d": -1, "again": 0.3, "short": -0.7, "long": -0.2,
                     "before_r": 1, "before_v": 0.7, "before_p": 0.7, "before_u": 0.5,
                     "first_v": -0.7, "tagged": 2, "tagged_more": -1, "tagged_less": -1.5,
                     "untagged": -0.5, "tagged_alone": -1, "wide": -1, "headless": -1.5,
                     "labelled": 1.5, "own": 0.5, "doing": 0.5, "answered": 1.5,
                     "quoted": -0.3, "signed": 0.3,
                     "has_short": 0.5, "short_for": -2.5, "has_part": 0.7, "part": -1.5,
                     "short_seeker": 1, "short_ours": 0.7, "short_entrust": 0.7,
                     "short_named": 0.7, "short_bystander": -1, "short_other": -0.7,
                     "place_first": 0.7, "behind_place": -0.7,
                     "person_first": -1, "nickname": -4, "surname_first": -1.5, "behind_person": 1},
}  # fmt: skip


class Case(NamedTuple):
    """A need of which a value is known, and all that may be taken for it; the last is none."""

    need: dict[str, Any]
    found: list[Candidate]
    right: WideArray


def accepted(need: dict[str, Any], field: str) -> list[Any]:
    """The values that are right, None for nothing."""
    if field == "amount":
        if "bounty_wan" in need:
            return [need["bounty_wan"]]
        return [end for one in (need["amount_wan"], *need.get("amount_also", ()))
                for end in (one or [None])]  # fmt: skip
    if field == "deadline":
        said = need["apply_deadline"] if "apply_deadline" in need else need["deadline"]
        days = [said, *need.get("deadline_also", ())]
        return [date.fromisoformat(day) if day else None for day in days]
    if field == "term":
        said = need["duration_months"] if "duration_months" in need else need["term_months"]
        return [said, *need.get("term_also", ())]
    said = need["demand_org"] if "demand_org" in need else need["organisation"]
    return [plain(said) or None]


def plain(name: str | None) -> str:
    """A name with one kind of brackets."""
    return simplify(name or "").replace("(", "（").replace(")", "）")


@cache
def needs_of(name: str) -> list[tuple[dict[str, Any], str]]:
    """The needs of a set, and the text of each as its sums are looked for."""
    lines = (DATA / f"{name}.jsonl").read_text("utf-8").splitlines()
    needs = map(json.loads, lines)
    return [(need, bare_text(unfolded(need["text"]))) for need in needs]


def read_cases(name: str, field: str) -> list[Case]:
    """The needs of a set."""
    cases = []
    for need, text in needs_of(name):
        found = candidates_of(field, text, written_on(need["text"]))
        right = accepted(need, field)
        told = [plain(one.value) if field == "organisation" else one.value for one in found]
        gains = [float(value in right) for value in (*told, None)]
        cases.append(Case(need, found, np.array(gains) + 1e-3))
    return cases


def beforehand(field: str) -> dict[str, float]:
    """What one would say without having seen a need."""
    told = {f"closest_{cue.kind}": cue.beforehand * 0.5 for cue in cues(field)}
    return (
        _OTHERS[field]
        | told
        | {
            f"{cue.kind}_{zone}": cue.beforehand * ZONES[zone]
            for cue in cues(field)
            for zone in cue.zones
        }
    )


def fit(field: str, cases: list[Case], strength: float | None = None) -> dict[str, float]:
    """The weights under which what is drawn is right most often, near `beforehand`."""
    needs = Counter(
        name for case in cases
        for name in {n for one in case.found for n, v in one.features.items() if v and ":" in n}
    )  # fmt: skip
    features = [
        [*({n: v for n, v in one.features.items() if ":" not in n or needs[n] >= SEEN}
           for one in case.found), {}]
        for case in cases
    ]  # fmt: skip
    strength = strength or STRENGTH.get(field, _STRENGTH)
    return near(beforehand(field), features, [case.right for case in cases], strength)


def taken_of(field: str, case: Case, weights: dict[str, float]) -> int:
    """Which one is taken; the last place is none of them."""
    found = chosen_by(weights, field, case.found)
    places = (at for at, one in enumerate(case.found) if one is found)
    return next(places, len(case.found))


def main() -> None:
    """Tell how many of each set are right, and keep the weights fitted on all."""
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--write", action="store_true")
    reading.add_argument("--field", choices=FIELDS)
    asked = reading.parse_args()
    kept = {}
    for field in [asked.field] if asked.field else FIELDS:
        cases = {name: read_cases(name, field) for name in WRITERS}
        total = right = could = given = wrong = 0
        for name, own in cases.items():
            weights = fit(field, [c for other in WRITERS if other != name for c in cases[other]])
            taken = [taken_of(field, case, weights) for case in own]
            good = [case.right[at] > 0.5 for case, at in zip(own, taken, strict=True)]
            right, total = right + sum(good), total + len(own)
            could += sum(case.right.max() > 0.5 for case in own)
            told_of = [ok for case, at, ok in zip(own, taken, good, strict=True)
                       if at < len(case.found)]  # fmt: skip
            given, wrong = given + len(told_of), wrong + told_of.count(False)
            print(f"{field} {name}: {sum(good)}/{len(own)}")
            for case, at, ok in zip(own, taken, good, strict=True):
                if not ok:
                    told = case.found[at].words if at < len(case.found) else "—"
                    fault = "" if case.right.max() > 0.5 else " (不在候选中)"
                    print(f"  {accepted(case.need, field)} ← {told}{fault}")
        print(f"{field} 合计 {right}/{total}, 候选中有 {could}, 给出 {given}, 给错 {wrong}")
        kept[field] = fit(field, [case for own in cases.values() for case in own])
    if asked.write:
        keep(CHOICE, {**learnt(CHOICE), **kept}, "python benchmarks/stated.py --write")


if __name__ == "__main__":
    main()
