"""What counts how much when a quantity of a need is taken for a target, or for none.

    python benchmarks/asked.py [--write]

Fitted by scikit-learn on the labelled needs; each set is told by weights fitted without it.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from titles import DATA, SETS, keep

from matcher.corpora.pasted import unfolded
from matcher.records import Indicator
from matcher.text.asked import CHOICE, candidates_of
from matcher.text.candidates import Candidate
from matcher.text.needs import plain_lines
from matcher.text.units import in_base_units, normalise_unit

# As scikit-learn counts it; what is seen less often than this tells nothing.
STRENGTH, SEEN = 0.05, 4
# A target that is missed is worse than a value that somebody takes out again.
LEAST_CHANCE = 0.3
TOLD_SETS = (*SETS, "needs/today")


class Case(NamedTuple):
    """A quantity of a need, and whether it is among the targets labelled."""

    title: str
    told: Candidate
    asked: bool


def is_asked(found: Indicator, wanted: Sequence[Any]) -> bool:
    """Whether what was read is among the labelled targets."""
    return any(same(one, found.value, found.unit, found.high) for one in wanted)


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


def read_cases(name: str) -> list[Case]:
    """The quantities of the needs of a set."""
    cases = []
    for line in (DATA / f"{name}.jsonl").read_text("utf-8").splitlines():
        need = json.loads(line)
        for said in plain_lines(unfolded(need["text"])):
            cases += [
                Case(need["title"], told, is_asked(told.value, need["indicators"]))
                for told in candidates_of(said)
            ]
    return cases


def fit(cases: Sequence[Case]) -> dict[str, float]:
    """The weights that tell targets from other quantities."""
    seen = Counter(name for case in cases for name, v in case.told.features.items() if v)
    rows = [
        {n: float(v) for n, v in c.told.features.items() if seen[n] >= SEEN and n != "bias"}
        for c in cases
    ]
    named = DictVectorizer()
    drawn = named.fit_transform(rows)
    learned = LogisticRegression(C=STRENGTH, max_iter=5_000).fit(drawn, [c.asked for c in cases])
    weights = zip(named.get_feature_names_out(), learned.coef_[0], strict=True)
    bias = learned.intercept_[0] + np.log((1 - LEAST_CHANCE) / LEAST_CHANCE)
    kept = {n: round(float(w), 2) for n, w in weights if abs(w) >= 0.01}
    return {"bias": round(float(bias), 2), **kept}


def main() -> None:
    """Tell how many of each set are right, and keep the weights fitted on all."""
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--write", action="store_true")
    cases = {name: read_cases(name) for name in TOLD_SETS}
    total: Counter[str] = Counter()
    for name, own in cases.items():
        weights = fit([c for other in TOLD_SETS if other != name for c in cases[other]])
        taken = [case.told.score(weights) > 0 for case in own]
        right = Counter(f"{case.asked} {one}" for case, one in zip(own, taken, strict=True))
        total += right
        print(f"{name}: 要的 {right['True True']}, 漏 {right['True False']}, "
              f"多 {right['False True']}, 不要的 {right['False False']}")  # fmt: skip
        for case, one in zip(own, taken, strict=True):
            if case.asked != one:
                sign = "多" if one else "漏"
                print(f"  {sign} {case.title}: {case.told.value.text[:60]}")
    print(f"合计 要的 {total['True True']}, 漏 {total['True False']}, 多 {total['False True']}")
    if reading.parse_args().write:
        weights = fit([case for own in cases.values() for case in own])
        keep(CHOICE, weights, "python benchmarks/asked.py --write")


if __name__ == "__main__":
    main()
