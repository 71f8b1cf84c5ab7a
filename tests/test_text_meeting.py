"""Targets against shown values: only the same quantity in comparable units is judged."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from matcher.text.indicators import parse_indicators
from matcher.text.meeting import meets, shown_values


@pytest.mark.parametrize(
    ("target", "shown", "verdict"),
    [
        ("总氧≤15ppm", "总氧 15ppm", True),
        ("总氧≤15ppm", "总氧 16ppm", False),
        ("总氧≤15ppm", "硫含量 6ppm", None),
        ("抗拉强度≥1.2GPa", "抗拉强度达到1500MPa", True),
        ("抗拉强度≥1.2GPa", "抗拉强度1100~1500MPa", False),
        ("抗拉强度≥1.2GPa", "抗拉强度提高20%", None),
        ("工作温度-40~85℃", "工作温度-55~125℃", True),
        ("工作温度-40~85℃", "工作温度-20~60℃", False),
        ("工作温度-40~85℃", "工作温度-60~60℃", False),
        ("硬度60HRC", "硬度65HRC", None),
        ("寿命≥3年", "寿命≥40个月", True),
        ("通过第三方检测", "通过第三方检测", None),
    ],
)
def test_a_shown_value_against_a_target(target: str, shown: str, verdict: bool | None) -> None:
    (wanted,), (found,) = parse_indicators(target), parse_indicators(shown)
    assert meets(wanted, found) is verdict


PAIRS = sorted((Path(__file__).with_name("data") / "meeting").glob("*.tsv"))
WORDS = {True: "达到", False: "未达到", None: "无法比较"}


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.stem)
def test_the_written_table_of_pairs(path: Path, record_property: pytest.RecordProperty) -> None:
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    judged = []
    for row in rows:
        (wanted, *_), (found, *_) = parse_indicators(row["target"]), parse_indicators(row["shown"])
        judged.append((row, WORDS[meets(wanted, found)]))
    wrong = [(row, word) for row, word in judged if word != row["verdict"]]
    record_property(f"pairs_right_{path.stem}", round(1 - len(wrong) / len(rows), 4))
    assert not [row for row, word in wrong if word == "达到"]
    assert len(rows) >= 80
    assert 1 - len(wrong) / len(rows) >= 0.9, wrong


def test_values_are_found_in_the_middle_of_an_abstract() -> None:
    targets = parse_indicators("总氧≤15ppm")
    text = "研究了轴承钢精炼。采用双联工艺后，总氧降至6ppm；成材率达到90%。夹杂物得到控制。"
    assert [value.value for value in shown_values(text, targets)] == [6.0]


def test_a_text_without_the_quantity_shows_nothing() -> None:
    assert shown_values("成材率达到90%", parse_indicators("总氧≤15ppm")) == ()
    assert shown_values("", ()) == ()


@pytest.mark.parametrize(
    ("folder", "count"), [("reader", 130), ("later", 80), ("attack", 125), ("unseen", 40)]
)
def test_pairs_labelled_before_they_were_run(folder: str, count: int) -> None:
    path = Path(__file__).parent / "data" / folder / "meeting.tsv"
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    wrong = []
    for row in rows:
        targets, shown = parse_indicators(row["target"]), parse_indicators(row["shown"])
        word = WORDS[meets(targets[0], shown[0])] if targets and shown else WORDS[None]
        if word != row["verdict"]:
            wrong.append((row, word))
    assert len(rows) >= count
    assert not [row for row, word in wrong if word == "达到"]
    assert 1 - len(wrong) / len(rows) >= 0.9, wrong


@pytest.mark.parametrize(
    ("shown", "verdict"),
    [("抽检2000件，缺损6件", True), ("抽检2000件，缺损60件", False), ("产量2000件，缺损6件", None)],
)
def test_a_part_is_told_with_how_many_were_looked_at(shown: str, verdict: bool | None) -> None:
    (target,) = parse_indicators("缺损率低于千分之五")
    assert meets(target, parse_indicators(shown)[0]) is verdict
