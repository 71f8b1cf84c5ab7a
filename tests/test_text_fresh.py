"""Phrases and pairs by a reader who saw neither the software nor its tests nor its corpora."""

from __future__ import annotations

import csv
import json
import math
import re
from pathlib import Path
from typing import Any

import pytest

from matcher.records import Indicator
from matcher.text.indicators import parse_indicators
from matcher.text.meeting import met_by
from matcher.text.units import in_base_units, normalise_unit

DATA = Path(__file__).with_name("data") / "fresh"
SECOND = DATA / "second"
SIGNS = {"≥": ">=", "≤": "<=", "区间": "range"}
VERDICTS = {True: "达到", False: "未达到", None: "无法比较"}
Expected = dict[str, Any]


def rows(name: str, folder: Path = DATA) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def in_one_unit(value: float, unit: str) -> tuple[float, str]:
    """In base units; shares and folds in per cent."""
    plain = normalise_unit(unit)
    factor = {"倍": 100.0, "‰": 0.1}.get(plain)
    if factor:
        return value * factor, "%"
    known = None if not plain or plain.startswith("%") else in_base_units(value, plain)
    return known or (value, plain)


def same_value(wanted: float | None, unit: str | None, found: float | None, its: str) -> bool:
    """Within a hundredth; a unit that the phrase leaves out may be told or not."""
    if wanted is None or found is None:
        return wanted is found
    unit = its if (unit, its) == ("度", "℃") else unit
    (a, mine), (b, other) = in_one_unit(wanted, unit or ""), in_one_unit(found, its)
    alike = mine == other or not unit or (unit == "μm" and not its)
    return (alike and math.isclose(a, b, rel_tol=0.01)) or (not its and wanted == found and alike)


def signs_of(wanted: Expected) -> set[str]:
    signs = {wanted["operator"], *wanted.get("operator_also", ())}
    if "≈" in signs or (wanted["change"] and "=" in signs):
        signs |= {"="} | ({">="} if wanted["change"] else set())
    return signs


def wrong_parts(wanted: Expected, found: Indicator) -> list[str]:
    """What of an indicator is not as expected; the name and the condition are compared loosely."""
    if isinstance(wanted["value"], str):  # a grade: V-0
        told = (found.text, f"{found.unit}{found.value:g}" if found.value is not None else "")
        return [] if any(wanted["value"] in text for text in told) else ["grade"]
    sign, low, high = SIGNS.get(found.operator, found.operator), found.value, found.high
    if sign == "±" and low is not None and "±" not in signs_of(wanted):
        sign, low, high = ("<=", low, None) if "<=" in signs_of(wanted) else ("range", -low, low)
    wrong = [] if sign in signs_of(wanted) else [f"operator {sign}"]
    if not same_value(wanted["value"], wanted["unit"], low, found.unit):
        wrong.append(f"value {low} {found.unit}")
    if not same_value(wanted["high"], wanted["unit"], high, found.unit):
        wrong.append(f"high {high}")
    if (wanted["change"] or None) != found.change:
        wrong.append(f"change {found.change}")
    around = found.name + found.condition
    if wanted["name"] and not pairs_of(wanted["name"]) & pairs_of(around):
        wrong.append(f"name {found.name}")
    numbers = set(re.findall(r"\d+(?:\.\d+)?", wanted["condition"] or ""))
    if not numbers <= set(re.findall(r"\d+(?:\.\d+)?", around)):
        wrong.append(f"condition {found.condition}")
    return wrong


def pairs_of(text: str) -> set[str]:
    plain = re.sub(r"\W", "", text).lower()
    return {plain[at : at + 2] for at in range(max(1, len(plain) - 1))}


def wrong_in(phrase: str, expected: list[Expected]) -> list[str]:
    found = parse_indicators(phrase)
    if not any(isinstance(one["value"], str) for one in expected):
        found = tuple(one for one in found if one.value is not None)
    if len(found) != len(expected):
        return [f"{len(found)} for {len(expected)}"]
    return [part for pair in zip(expected, found, strict=True) for part in wrong_parts(*pair)]


def test_phrases_of_a_fresh_reader_are_read() -> None:
    """145 of 160 (.91) when they were first run."""
    labelled = rows("phrases.tsv")
    wrong = {
        row["phrase"]: parts
        for row in labelled
        if (parts := wrong_in(row["phrase"], json.loads(row["expected"])))
    }
    assert len(labelled) == 160
    assert 1 - len(wrong) / len(labelled) >= 0.98, wrong


def misjudged(labelled: list[dict[str, str]]) -> list[tuple[str, ...]]:
    """All that is shown against every target of a row, as a report compares them."""
    wrong = []
    for row in labelled:
        targets, shown = parse_indicators(row["target"]), parse_indicators(row["shown"])
        verdicts = {met_by(target, shown) for target in targets} or {None}
        word = VERDICTS[min(verdicts, key=(False, None, True).index)]
        if word != row["verdict"]:
            wrong.append((row["target"], row["shown"], row["verdict"], word))
    return wrong


def test_pairs_of_a_fresh_reader_are_judged() -> None:
    """72 of 80 (.90) when they were first run, none of them a wrong 达到."""
    labelled = rows("pairs.tsv")
    wrong = misjudged(labelled)
    assert len(labelled) == 80
    assert not [one for one in wrong if one[-1] == "达到"]
    assert 1 - len(wrong) / len(labelled) >= 0.97, wrong


def test_phrases_and_pairs_of_another_writer_are_read_as_far_as_they_were() -> None:
    """31 of 40 phrases, 23 of 30 pairs when they were first run; no wrong 达到 then or now."""
    phrases, pairs = rows("phrases.tsv", SECOND), rows("pairs.tsv", SECOND)
    right = [row for row in phrases if not wrong_in(row["phrase"], json.loads(row["expected"]))]
    wrong = misjudged(pairs)
    assert (len(phrases), len(pairs)) == (40, 30)
    assert len(right) >= 35
    assert len(wrong) <= 5
    assert not [one for one in wrong if one[-1] == "达到"]


@pytest.mark.parametrize(
    ("folder", "phrases_right", "pairs_wrong"),
    [
        ("fourth", 39, 0),
        ("fifth", 36, 3),
        ("sixth", 37, 2),
        ("seventh", 32, 12),
        ("eighth", 32, 7),
        ("ninth", 37, 5),
        ("tenth", 36, 12),
        ("fifteenth", 24, 11),
        ("sixteenth", 32, 7),
        ("seventeenth", 30, 14),
        ("eighteenth", 32, 6),
        ("eleventh", 51, 9),
        ("twelfth", 47, 12),
        ("thirteenth", 44, 16),
        ("fourteenth", 53, 13),
        ("nineteenth", 46, 13),
        ("twentieth", 50, 15),
        ("twentyfirst", 37, 11),
        ("twentysecond", 44, 15),
        ("twentythird", 52, 13),
        ("twentyfourth", 48, 12),
    ],
)
def test_phrases_and_pairs_of_the_latest_writers_are_read_as_far_as_they_were(
    folder: str, phrases_right: int, pairs_wrong: int
) -> None:
    """32, 31, 30, 29, 33, 30, 31, 21 and 28 phrases, 21, 16, 21, 15, 20, 18, 18, 18 and 22 pairs
    when they were first run; of the ninth two were wrongly 达到: another temperature, another
    direction. Of the four before the last two, who wrote 60 phrases and 45 pairs each, 42, 37, 38,
    42 and 26, 25, 22, 22, one of the eleventh wrongly 达到: measured at another place. Nothing
    was fitted on the seventeenth and eighteenth: 30 and 32, 15 and 24, one wrongly 达到: by
    another method. Nor on the last five: 46, 50, 37, 44, 52 and 22, 25, 26, 24, 24 of 40 by the
    first value shown alone, five wrongly 达到; by all that is shown 27, 25, 29, 25, 27 and none.
    The twenty-fourth came after that: 48 and 28, none wrongly.
    """
    phrases, pairs = (rows(name, DATA / folder) for name in ("phrases.tsv", "pairs.tsv"))
    right = [row for row in phrases if not wrong_in(row["phrase"], json.loads(row["expected"]))]
    wrong = misjudged(pairs)
    assert (len(phrases), len(pairs)) in ((40, 30), (60, 45), (60, 40))
    assert len(right) >= phrases_right
    assert len(wrong) <= pairs_wrong
    assert not [one for one in wrong if one[-1] == "达到"]
