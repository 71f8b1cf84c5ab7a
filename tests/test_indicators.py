"""Indicator phrases as lists hold them, against a labelled list."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.text.indicators import parse_indicator, parse_indicators
from matcher.text.units import in_base_units, normalise_unit

LIST = Path(__file__).with_name("data") / "indicators.tsv"


def _labelled() -> list[dict[str, str]]:
    with LIST.open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def _number(text: str) -> float | None:
    return float(text) if text else None


def _same(a: float | None, b: float | None) -> bool:
    return a == b or (a is not None and b is not None and math.isclose(a, b, rel_tol=1e-9))


def wrong_parts(row: dict[str, str]) -> list[str]:
    found = (parse_indicators(row["phrase"]) or (parse_indicator(row["phrase"]),))[0]
    wrong = []
    for part in ("name", "operator", "unit", "condition"):
        if getattr(found, part) != (row[part] or ""):
            wrong.append(f"{part}: {getattr(found, part)!r} 应为 {row[part]!r}")
    for part in ("value", "high"):
        if not _same(getattr(found, part), _number(row[part])):
            wrong.append(f"{part}: {getattr(found, part)!r} 应为 {row[part]!r}")
    return wrong


def test_at_least_nine_in_ten_of_the_labelled_phrases_are_right(
    record_property: pytest.RecordProperty,
) -> None:  # fmt: skip
    rows = _labelled()
    assert len(rows) >= 200
    wrong = {row["phrase"]: parts for row in rows if (parts := wrong_parts(row))}
    share = 1 - len(wrong) / len(rows)
    record_property("indicators_right", round(share, 4))
    print(f"\n指标短语 {len(rows)} 条, 全部项目正确 {share:.1%}")
    assert share >= 0.9, "\n".join(f"{phrase}: {parts}" for phrase, parts in wrong.items())


def test_a_list_of_indicators_shares_its_unit() -> None:
    found = parse_indicators("烟尘≤5、SO2≤35、NOx≤50mg/m³；模具寿命提高50%以上")
    assert [(i.name, i.value, i.unit) for i in found] == [
        ("烟尘", 5, "mg/m³"), ("SO2", 35, "mg/m³"), ("NOx", 50, "mg/m³"), ("模具寿命提高", 50, "%"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("a", "b"),
    [((5, "μm"), (0.005, "mm")), ((1, "MPa"), (1, "N/mm²")), ((2, "小时"), (120, "分钟"))],
)
def test_units_of_one_dimension_compare(a: tuple[float, str], b: tuple[float, str]) -> None:
    assert in_base_units(*a) == in_base_units(*b)


def test_an_unknown_unit_has_no_dimension() -> None:
    assert in_base_units(1, "某单位") is None
    assert in_base_units(1, "((") is None
    assert normalise_unit("某单位") == "某单位"


@settings(max_examples=200, deadline=None)
@given(
    st.text(alphabet="总氧≤≥<>0123456789.,%℃μm×10^-~至()（）以上提高、；\n 万亿ppm/·", max_size=40)
)
def test_no_phrase_breaks_the_parser(text: str) -> None:
    for indicator in parse_indicators(text):
        assert indicator.text


def test_the_problem_before_the_first_indicator_is_not_its_name() -> None:
    text = "需要从冶炼到锻轧的控制技术,指标如总氧≤15ppm、横纵向冲击韧性比≥0.8、模具寿命提高50%以上"
    found = [(i.name, i.value, i.unit) for i in parse_indicators(text)]
    assert found == [("总氧", 15, "ppm"), ("横纵向冲击韧性比", 0.8, ""), ("模具寿命提高", 50, "%")]
