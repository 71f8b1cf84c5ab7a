"""What counts how much when a title is chosen: fitted on the labelled needs, told set by set.

    python -m benchmarks.titles [--write]

The loss is that of drawing a candidate by its score; the weights are drawn towards `BEFOREHAND`,
what one would say without having seen a need. A set is told by weights fitted without it.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize

from matcher.arrays import WideArray
from matcher.corpora.pasted import unfolded
from matcher.resources import data_path
from matcher.text.needs import plain_lines
from matcher.text.titles import WEIGHTS, About, Candidate, composed

DATA = Path(__file__).resolve().parent.parent / "tests" / "data"
SETS = ("needs/needs", "needs/attack", "needs/kinds", "needs/later", "fresh/needs",
        "fresh/second/needs", "fresh/third/needs", "needs/fourth",
        "fresh/fourth/needs", "fresh/fifth/needs", "fresh/sixth/needs",
        "fresh/seventh/needs", "fresh/eighth/needs")  # fmt: skip
STRENGTH = 0.03
# How much a title is worth that has the words it must have, and one that has not.
_RIGHT, _ALIKE = 0.6, 0.25
_LEAST = 1e-3
BEFOREHAND = {
    "label_sure": 1, "label_first": 1.5, "label_likely": 0.5, "label_quoted": 0.5,
    "label_other": -1, "announced": 1, "taken_up": 1, "alone_early": 0.5, "late": -0.5,
    "sought_make": 1.5, "sought_do": 1.5, "make": 0.5, "do": 0.3, "seek": 0.3, "measured": 1,
    "head": 1, "thing": 1, "complaint": 0.3, "about": 1.5, "off": -1, "joined": -1,
    "nominal": 1, "last_noun": 0.5, "last_action": 0.5, "last_verb": -0.2, "last_quality": -0.2,
    "as_topic": 1.5, "tried": -0.7, "wished": 0.5, "names_made": 0.5,
    "persons": -2, "small_talk": -2,
    "small_talk_around": -0.5, "asks_back": -1.5, "offer": -1.5,
    "target": -1, "organisation": -2, "house": -1, "of_house": -3, "number": -0.5,
    "has_number": -0.5,
    "has_pronoun": -1.5, "has_particle": -0.7, "has_adverb": -0.5, "has_preposition": -0.3,
    "first_of": -1, "first_verb": -0.2, "first_number": -0.3,
    **{f"first_{kind}": -0.7 for kind in ("adverb", "preposition", "particle", "pronoun",
                                          "conjunction")},
    **{f"last_{kind}": -1 for kind in ("of", "particle", "preposition", "pronoun")},
    **{f"last_{kind}": -0.7 for kind in ("adverb", "place", "number")},
    "under_5": -0.5, "under_6": -0.5, "over_20": -0.3, "over_28": -0.7,
}  # fmt: skip


class Case(NamedTuple):
    """A need whose title is known, and all that may be taken for it."""

    need: dict[str, Any]
    found: list[Candidate]
    about: About
    gains: WideArray


def is_right(need: dict[str, Any], title: str) -> bool:
    """Whether a title says what it must, and not much more."""
    if "title_must" not in need:
        return need["title"] in title and len(title) <= len(need["title"]) + 12
    words = (one if isinstance(one, list) else [one] for one in need["title_must"])
    return all(any(word in title for word in either) for either in words)


def likeness(first: str, second: str) -> float:
    """How many characters two titles share: F1."""
    shared = sum((Counter(first) & Counter(second)).values())
    return 2 * shared / (len(first) + len(second))


def read_cases(name: str) -> list[Case]:
    """The needs of a set."""
    cases = []
    for line in (DATA / f"{name}.jsonl").read_text("utf-8").splitlines():
        need = json.loads(line)
        about = About(plain_lines(unfolded(need["text"])))
        found = about.candidates()
        alike = [likeness(one.title, need["title"]) for one in found]
        gains = [
            _RIGHT + (1 - _RIGHT) * like**1.5 if is_right(need, one.title) else _ALIKE * like**2
            for one, like in zip(found, alike, strict=True)
        ]
        cases.append(Case(need, found, about, np.array(gains) + _LEAST))
    return cases


def fit(cases: list[Case], strength: float = STRENGTH) -> dict[str, float]:
    """The weights under which a drawn title gains most, and that are near `BEFOREHAND`."""
    features = [[one.features for one in case.found] for case in cases]
    return near(BEFOREHAND, features, [case.gains for case in cases], strength)


def near(
    beforehand: Mapping[str, float],
    features: list[list[Mapping[str, float]]],
    gains: list[WideArray],
    strength: float,
) -> dict[str, float]:
    """The weights under which what is drawn from each list gains most, near those beforehand."""
    names = sorted({n for own in features for one in own for n, v in one.items() if v})
    start = np.array([beforehand.get(name, 0.0) for name in names])
    rows = [
        np.array([[one.get(name, 0.0) for name in names] for one in own], dtype=float)
        for own in features
    ]

    def loss(weights: WideArray) -> tuple[float, WideArray]:
        total, slope = 0.0, np.zeros_like(weights)
        for row, worth in zip(rows, gains, strict=True):
            scores = row @ weights
            chance = np.exp(scores - scores.max())
            chance /= chance.sum()
            gain = chance @ worth
            total -= np.log(gain)
            slope -= row.T @ (chance * worth / gain - chance)
        away = weights - start
        return (
            total / len(rows) + strength * away @ away,
            slope / len(rows) + 2 * strength * away,
        )

    found = minimize(loss, start, jac=True, method="L-BFGS-B").x
    return {n: round(float(w), 2) for n, w in zip(names, found, strict=True) if abs(w) >= 0.01}


def main() -> None:
    """Tell how many titles of each set are right, and keep the weights fitted on all."""
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--write", action="store_true")
    cases = {name: read_cases(name) for name in SETS}
    right = 0
    for name, own in cases.items():
        others = [case for other in SETS if other != name for case in cases[other]]
        weights = fit(others)
        titles = [composed(case.found, case.about, weights) for case in own]
        good = [is_right(case.need, title) for case, title in zip(own, titles, strict=True)]
        alike = np.mean([likeness(t, c.need["title"]) for t, c in zip(titles, own, strict=True)])
        right += sum(good)
        print(f"{name}: {sum(good)}/{len(own)}, 字符 F1 {alike:.2f}")
        for case, title, ok in zip(own, titles, good, strict=True):
            if not ok:
                print(f"  {case.need['title']} ← {title}")
    print(f"合计 {right}/{sum(map(len, cases.values()))}")
    if reading.parse_args().write:
        weights = fit([case for own in cases.values() for case in own])
        told = {"made_by": "python -m benchmarks.titles --write", "weights": weights}
        data_path(WEIGHTS).write_text(json.dumps(told, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
