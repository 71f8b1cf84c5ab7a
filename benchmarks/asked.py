"""What counts how much when a quantity of a need is taken for a target, for the circumstance of
one, or for neither.

    python benchmarks/asked.py [--write]

Fitted by scikit-learn on the labelled needs; each set is told by weights fitted without it.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from titles import DATA, SETS, keep

from matcher.corpora.pasted import unfolded
from matcher.records import Indicator
from matcher.text.asked import CHOICE, candidates_of
from matcher.text.candidates import Candidate, Features, score
from matcher.text.circumstances import REACH, could_be_under, under_features
from matcher.text.dictated import in_figures
from matcher.text.needs import plain_lines
from matcher.text.normalise import simplify
from matcher.text.notation import plain_signs
from matcher.text.units import in_base_units, normalise_unit

# As scikit-learn counts it; what is seen less often than this tells nothing.
STRENGTH, AROUND, SEEN = 0.05, 0.2, 4
# A target that is missed is worse than a value that somebody takes out again.
LEAST_CHANCE = 0.3
# A circumstance that is missed is worse than one too many: a value shown elsewhere would meet it.
UNDER_CHANCE = 0.3
TOLD_SETS = (*SETS, "fresh/fifteenth/needs", "fresh/sixteenth/needs", "needs/today")
Rows = tuple[list[Features], list[bool]]


class Line(NamedTuple):
    """The quantities of a line of a need, and the targets labelled in the need."""

    told: tuple[Candidate, ...]
    wanted: Sequence[Any]


def label_of(found: Indicator, wanted: Sequence[Any]) -> Any:
    """The labelled target with a value that was read, or None."""
    return next((one for one in wanted if same(one, found.value, found.unit, found.high)), None)


def same(wanted: Any, value: float | None, unit: str, high: float | None) -> bool:
    """Whether a labelled target has a value and a unit that were read."""
    if not isinstance(wanted, dict):
        wanted = dict(zip(("operator", "value", "unit"), wanted, strict=True))
    if isinstance(wanted["value"], str) or wanted["value"] is None:
        return False
    mine, other = in_one(wanted["value"], wanted["unit"]), in_one(value, unit)
    end = wanted.get("high")
    if end is not None and high is not None and high != end:
        return False
    return bool(np.isclose(mine[0], other[0], rtol=0.01)) and mine[1] in (other[1], "")


def in_one(value: float | None, unit: str | None) -> tuple[float, str]:
    """In base units; folds and shares in per cent."""
    plain = normalise_unit(unit or "")
    if factor := {"%": 1.0, "倍": 100.0, "‰": 0.1}.get(plain):
        return (value or 0.0) * factor, "%"
    return in_base_units(value or 0.0, plain) or (value or 0.0, plain)


def read_lines(name: str) -> list[Line]:
    """The lines of the needs of a set in which quantities stand."""
    found = []
    for said in (DATA / f"{name}.jsonl").read_text("utf-8").splitlines():
        need = json.loads(said)
        for line in plain_lines(unfolded(need["text"])):
            if told := tuple(candidates_of(line)):
                found.append(Line(told, need["indicators"]))
    return found


def numbers_of(text: str) -> frozenset[str]:
    """The numbers in a text, in figures."""
    return frozenset(re.findall(r"\d+(?:\.\d+)?", in_figures(plain_signs(simplify(text)))))


def labelled(lines: Sequence[Line]) -> Iterator[tuple[Line, int, Mapping[str, Any]]]:
    """The targets labelled with all they are, by their place in a line."""
    for line in lines:
        for at, one in enumerate(line.told):
            label = label_of(one.value, line.wanted)
            if isinstance(label, dict):
                yield line, at, label


def asked_rows(lines: Sequence[Line]) -> Rows:
    """Quantities, and whether they are targets."""
    told = [(one.features, label_of(one.value, line.wanted) is not None)
            for line in lines for one in line.told]  # fmt: skip
    return [row for row, _ in told], [asked for _, asked in told]


def under_rows(lines: Sequence[Line], asked: Features) -> Rows:
    """Quantities before a target, and whether they are the circumstances it is labelled with."""
    rows, right = [], []
    for line, at, label in labelled(lines):
        target = line.told[at].value
        wanted = numbers_of(label.get("condition") or "")
        wanted -= numbers_of(target.name + target.condition)
        for apart, one in enumerate(reversed(line.told[max(0, at - REACH) : at])):
            if could_be_under(one.value):
                rows.append(under_features(one.value, target, apart, one.score(asked)))
                numbers = numbers_of(one.value.text)
                right.append(bool(numbers) and numbers <= wanted)
    return rows, right


def fit(lines: Sequence[Line]) -> dict[str, dict[str, float]]:
    """The weights of both choices."""
    asked = weighed(*asked_rows(lines), STRENGTH, LEAST_CHANCE)
    return {
        "asked": asked,
        "under": weighed(*under_rows(lines, asked), AROUND, UNDER_CHANCE),
    }


def weighed(
    features: Sequence[Features], right: Sequence[bool], strength: float, chance: float
) -> dict[str, float]:
    """The weights that tell what is right where it is likelier than a chance."""
    seen = Counter(name for row in features for name, v in row.items() if v)
    rows = [{n: float(v) for n, v in row.items() if seen[n] >= SEEN and n != "bias"}
            for row in features]  # fmt: skip
    named = DictVectorizer()
    learned = LogisticRegression(C=strength, max_iter=5_000).fit(named.fit_transform(rows), right)
    weights = zip(named.get_feature_names_out(), learned.coef_[0], strict=True)
    bias = learned.intercept_[0] + np.log((1 - chance) / chance)
    kept = {n: round(float(w), 2) for n, w in weights if abs(w) >= 0.01}
    return {"bias": round(float(bias), 2), **kept}


def main() -> None:
    """Tell how many of each set are right, and keep the weights fitted on all."""
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--write", action="store_true")
    lines = {name: read_lines(name) for name in TOLD_SETS}
    if reading.parse_args().write:
        weights = fit([line for own in lines.values() for line in own])
        keep(CHOICE, weights, "python benchmarks/asked.py --write")
        return
    total: Counter[str] = Counter()
    for name, own in lines.items():
        weights = fit([one for other in TOLD_SETS if other != name for one in lines[other]])
        right: Counter[str] = Counter()
        for choice, (rows, labels) in {
            "asked": asked_rows(own), "under": under_rows(own, weights["asked"])
        }.items():  # fmt: skip
            for row, label in zip(rows, labels, strict=True):
                taken = score(row, weights[choice]) > 0
                right[f"{choice}{'对' if label == taken else '多' if taken else '漏'}"] += 1
        total += right
        print(name, *(f"{kind} {count}" for kind, count in sorted(right.items())))
    print("合计", *(f"{kind} {count}" for kind, count in sorted(total.items())))


if __name__ == "__main__":
    main()
