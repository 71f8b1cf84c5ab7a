"""How far judges agree, what they settle, and what a third has to decide."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median_low

from matcher.judging.answers import Answers

_WORTH_CALLING = 2


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two judges over what both graded.

    Attributes:
        n: pairs both graded.
        exact: share with the same grade.
        kappa: with quadratic weights (Cohen 1968); nan where one gave the same grade throughout.
        same_side: share on the same side of 2 or more.
    """

    first: str
    second: str
    n: int
    exact: float
    kappa: float
    same_side: float


@dataclass(frozen=True, slots=True)
class Settled:
    """Grades that stand, by code, and codes on which two judges differ and no third has spoken."""

    grades: Mapping[str, int]
    disputed: tuple[str, ...]


def agreement(answers: Sequence[Answers]) -> tuple[Agreement, ...]:
    """Of every two judges with anything in common."""
    found = []
    for first, second in combinations(answers, 2):
        both = sorted(first.grades.keys() & second.grades.keys())
        if both:
            pairs = [(first.grades[code], second.grades[code]) for code in both]
            found.append(_between(first.file, second.file, pairs))
    return tuple(found)


def _between(first: str, second: str, pairs: Sequence[tuple[int, int]]) -> Agreement:
    from sklearn.metrics import cohen_kappa_score

    mine, theirs = zip(*pairs, strict=True)
    constant = len(set(mine)) == 1 or len(set(theirs)) == 1
    kappa = math.nan if constant else cohen_kappa_score(mine, theirs, weights="quadratic")
    side = [(a >= _WORTH_CALLING) == (b >= _WORTH_CALLING) for a, b in pairs]
    exact = [a == b for a, b in pairs]
    n = len(pairs)
    return Agreement(first, second, n, sum(exact) / n, float(kappa), sum(side) / n)


def settled(answers: Sequence[Answers]) -> Settled:
    """One grade a code: what all say, or the median of three or more (the lower of two middles)."""
    said: dict[str, list[int]] = {}
    for one in answers:
        for code, grade in one.grades.items():
            said.setdefault(code, []).append(grade)
    disputed = sorted(c for c, grades in said.items() if len(grades) == 2 and len({*grades}) == 2)
    left = set(disputed)
    grades = {c: median_low(given) for c, given in sorted(said.items()) if c not in left}
    return Settled(grades, tuple(disputed))
