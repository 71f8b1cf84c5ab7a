"""What counts how much when the quantities of an utterance are told apart and named.

    python benchmarks/named.py [--write]

Fitted on the labelled phrases and needs that hold several quantities without a pause: whether each
is told for itself by scikit-learn, its name as the title of a need is (`benchmarks/titles.py`).
Each set is told by weights fitted without it.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import numpy as np
from asked import TOLD_SETS, same
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from titles import DATA, keep, near

from matcher.corpora.pasted import unfolded
from matcher.text import indicators
from matcher.text.asked import candidates_of
from matcher.text.candidates import Features, score
from matcher.text.dictated import Breath, breaths, is_dictated, spoken_in_figures
from matcher.text.named import CHOICE, Name, names_before, told_features
from matcher.text.needs import plain_lines
from matcher.text.normalise import simplify
from matcher.text.quantities import Quantity, quantities

# As scikit-learn counts it, and as `near` does; what is seen less often than this tells nothing.
TOLD_STRENGTH, NAME_STRENGTH, SEEN = 0.3, 0.01, 3
# Two quantities taken for one lose a target; one taken for two is seldom asked for.
LEAST_CHANCE = 0.3
# What is bounded in so many words is told for itself unless much speaks against it.
BOUNDED = 1.0
_LEAST = 1e-2
Weights = dict[str, dict[str, float]]


class Case(NamedTuple):
    """A quantity of an utterance, and the label of it if it is told for itself."""

    text: str
    found: tuple[Quantity, ...]
    at: int
    labels: tuple[dict[str, Any] | None, ...]

    @property
    def label(self) -> dict[str, Any] | None:
        """What was labelled with the value of the quantity."""
        return self.labels[self.at]

    @property
    def features(self) -> Features:
        """What speaks for its being told for itself."""
        return told_features(self.text, self.found, self.at)

    def names(self) -> list[Name]:
        """All that may be its name."""
        told = [label is not None for label in self.labels]
        return list(names_before(self.text, self.found, self.at, told))


def utterances(text: str, pasted: bool) -> Iterator[str]:
    """The pieces of a text that may tell several quantities, their numerals in figures."""
    heard: list[str] = []

    def listening(piece: str) -> list[Breath]:
        heard.append(piece)
        return breaths(piece)

    indicators._of_clause.cache_clear()
    with patch.object(indicators, "breaths", listening):
        if pasted:
            for line in plain_lines(unfolded(text)):
                list(candidates_of(line))
        else:
            indicators.parse_indicators(text)
    return (spoken_in_figures(piece) for piece in dict.fromkeys(heard) if is_dictated(piece))


def labelled(name: str) -> Iterator[tuple[str, bool, list[Any]]]:
    """The texts of a set, whether they are needs, and the indicators of each."""
    path = DATA / f"{name}.jsonl"
    for line in path.read_text("utf-8").splitlines():
        need = json.loads(line)
        yield need["text"], True, need["indicators"]
    phrases = Path(path.parent, "phrases.tsv")
    if phrases.exists():
        with phrases.open(encoding="utf-8") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                yield row["phrase"], False, json.loads(row["expected"])


def read_cases(name: str) -> list[Case]:
    """The quantities of all utterances of a set."""
    cases = []
    for whole, pasted, wanted in labelled(name):
        for text in utterances(whole, pasted):
            found = quantities(text)
            labels = tuple(label_of(one, wanted) for one in found)
            if len(found) > 1:
                cases += [Case(text, found, at, labels) for at in range(len(found))]
    return cases


def label_of(one: Quantity, wanted: Sequence[Any]) -> dict[str, Any] | None:
    """The labelled indicator with the value of a quantity; without a name where none is given."""
    for label in wanted:
        if same(label, one.low, one.unit, one.high):
            return label if isinstance(label, dict) else {"name": ""}
    return None


def alike(name: str, label: str) -> float:
    """How many pairs of characters two names share: F1."""
    pairs = [Counter(map("".join, pairwise(one))) for one in (name, label)]
    shared = sum((pairs[0] & pairs[1]).values())
    return 2 * shared / max(1, sum(map(len, (name, label))) - 2)


def fit(cases: Sequence[Case]) -> Weights:
    """The weights of both choices."""
    rows = _often([case.features for case in cases])
    drawn = DictVectorizer()
    table = drawn.fit_transform(rows)
    asked = [case.label is not None for case in cases]
    learned = LogisticRegression(C=TOLD_STRENGTH, max_iter=5_000).fit(table, asked)
    told = dict(zip(drawn.get_feature_names_out(), learned.coef_[0], strict=True))
    told["said"] += BOUNDED
    told["bias"] += learned.intercept_[0] + np.log((1 - LEAST_CHANCE) / LEAST_CHANCE)
    own = [(case, names) for case in cases if _name(case) and (names := case.names())]
    features = [[one.features for one in names] for _, names in own]
    kept = iter(_often([one for names in features for one in names]))
    gains = [
        np.array([alike(case.text[one.start : one.end], _name(case)) + _LEAST for one in names])
        for case, names in own
    ]
    fitted = near({}, [[next(kept) for _ in one] for one in features], gains, NAME_STRENGTH)
    return {"told": {n: round(float(w), 2) for n, w in told.items() if abs(w) >= 0.01},
            "name": fitted}  # fmt: skip


def _often(rows: Sequence[Features]) -> list[dict[str, float]]:
    seen = Counter(name for row in rows for name in row)
    return [{n: float(v) for n, v in row.items() if v and seen[n] >= SEEN} for row in rows]


def _name(case: Case) -> str:
    return simplify(case.label["name"] or "") if case.label else ""


def main() -> None:
    """Tell how much of each set is right, or keep the weights fitted on all."""
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--write", action="store_true")
    writes = reading.parse_args().write
    cases = {name: read_cases(name) for name in TOLD_SETS}
    if writes:
        weights = fit([case for own in cases.values() for case in own])
        keep(CHOICE, weights, "python benchmarks/named.py --write")
        return
    total: Counter[str] = Counter()
    for name, own in cases.items():
        right = rightly(own, fit([c for other in TOLD_SETS if other != name for c in cases[other]]))
        total += right
        print(name, *(f"{kind} {count}" for kind, count in right.items()))
    print("合计", *(f"{kind} {count}" for kind, count in total.items()))


def rightly(cases: Sequence[Case], weights: Weights) -> Counter[str]:
    """How many quantities are told rightly, and how many names are right or nearly so."""
    right = Counter(量=len(cases))
    for case in cases:
        told = score(case.features, weights["told"]) > 0
        right["漏"] += case.label is not None and not told
        right["多"] += told and case.label is None
        label = _name(case)
        names = case.names() if label else []
        if names:
            best = max(names, key=lambda one: score(one.features, weights["name"]))
            chosen = case.text[best.start : best.end]
            right.update(名=1, 全同=chosen == label, 沾边=alike(chosen, label) > 0)
    return right


if __name__ == "__main__":
    main()
