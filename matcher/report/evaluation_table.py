"""Evaluations as a table a paper could print: n, means with intervals, paired tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matcher.learning.evaluation import MEASURE_LABELS, Comparison, Evaluation, compare


def as_markdown(measured: Sequence[Evaluation], measure: str, baseline: str = "fused") -> str:
    """A table of all runs, each tested against the baseline, or the first where that is absent."""
    names = list(measured[0].values)
    header = ["结果", "n", *(MEASURE_LABELS.get(m, m) for m in names), "差", "p (Holm)"]
    lines = [_row(header), _row(["---"] * len(header))]
    tests = _tests(measured, measure, baseline)
    for one in measured:
        cells = [one.name, str(len(one.query_ids))]
        for m in names:
            low, high = one.interval(m)
            cells.append(f"{one.mean(m):.3f} [{low:.3f}, {high:.3f}]")
        test = tests.get(one.name)
        cells += ["基准", ""] if test is None else [f"{test.difference:+.3f}", _p(test.adjusted)]
        lines.append(_row(cells))
    return "\n".join(lines)


def as_data(
    measured: Sequence[Evaluation], measure: str, baseline: str = "fused"
) -> list[dict[str, Any]]:
    """The same as plain data."""
    tests = _tests(measured, measure, baseline)
    return [
        {
            "run": one.name,
            "n": len(one.query_ids),
            "measures": {
                m: {"mean": one.mean(m), "interval": list(one.interval(m))} for m in one.values
            },
            "test": None
            if one.name not in tests
            else {
                "measure": measure,
                "baseline": tests[one.name].baseline,
                "difference": tests[one.name].difference,
                "p": tests[one.name].p_value,
                "p_holm": tests[one.name].adjusted,
            },
        }
        for one in measured
    ]


def _tests(measured: Sequence[Evaluation], measure: str, baseline: str) -> dict[str, Comparison]:
    against = next((one for one in measured if one.name == baseline), measured[0])
    others = [one for one in measured if one is not against]
    return {test.name: test for test in compare(others, against, measure)}


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _p(value: float) -> str:
    return "<0.001" if value < 0.001 else f"{value:.3f}"
