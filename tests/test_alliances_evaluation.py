"""Ten aspects marked by several people: conflicts out, agreement, a ranking with its doubt."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from matcher.alliances import evaluate, prefill, read_sheet, shipped_sheet
from matcher.alliances.evaluating import Evaluation
from matcher.alliances.sheet import FAME, READS
from matcher.errors import InputError
from matcher.policy import shipped_pack
from matcher.records.alliance import Alliance, Mark
from matcher.resources import data_path
from matcher.workspace import Workspace

from .conftest import Cli

PACK = shipped_pack("liaoning-2021")
SHEET = shipped_sheet(PACK)
ALLIANCES = [
    Alliance(alliance_id=f"A{n}", name=f"{n}号联盟", lead_org=f"{n}号公司", members=["某大学"])
    for n in range(1, 5)
]
PEOPLE = ["甲", "乙", "丙", "丁", "戊"]


def marks(scores: dict[str, dict[str, float]], **more: str) -> list[Mark]:
    """The same score for every indicator, by alliance and evaluator."""
    return [
        Mark(alliance_id=a, indicator_id=i.id, evaluator=who, score=score, **more)
        for a, given in scores.items()
        for who, score in given.items()
        for i in SHEET.indicator
    ]


def result(scores: dict[str, dict[str, float]]) -> Evaluation:
    return evaluate(SHEET, ALLIANCES, marks(scores))


def test_the_sheet_has_the_ten_aspects_and_no_fame() -> None:
    assert SHEET.aspects == tuple(a.name for a in PACK.evaluation.aspect)
    for one in SHEET.indicator:
        assert not any(word in one.text for word in FAME)
    assert not any("title" in name or "rank" in name for name in READS)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("利益分配和风险分担", "单位排名", "不得评排名"),
        ('reads = "chain"', 'reads = "fame"', "reads = 'fame'"),
        ('aspect = "建设方向"', 'aspect = "名声"', "规则包没有“名声”"),
        ('id = "goals-2"', 'id = "goals-1"', "编号重复"),
        ("weight = 2", "weight = 0", "weight"),
        ("[sheet]", "[shet]", "处不能用"),
        ("scale = 10", "scale =", "TOML"),
    ],
)
def test_a_mistake_in_a_sheet_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    text = data_path("corpora/alliances/liaoning-2021.toml").read_text(encoding="utf-8")
    file = tmp_path / "表.toml"
    file.write_text(text.replace(old, new, 2 if "aspect" in old else 1), encoding="utf-8")
    with pytest.raises(InputError, match=told):
        read_sheet(file, PACK)


def test_what_records_know_is_filled_in_with_its_source() -> None:
    known = {k.indicator.id: k for k in prefill(SHEET, ALLIANCES[0])}
    assert known["resources-1"].words == "某大学（高校）"
    assert known["conversion-1"].words == "未填写"
    assert known["resources-1"].source == "联盟 A1"


def test_weights_and_scales_as_by_hand() -> None:
    """14 indicators' weights add to 18; a full mark for 利益机制 alone is 2 of 18."""
    weights = sum(i.weight for i in SHEET.indicator)
    given = [
        Mark(alliance_id="A1", indicator_id=i.id, evaluator="甲",
             score=10 if i.aspect == "利益机制" else 0)
        for i in SHEET.indicator
    ]  # fmt: skip
    place = evaluate(SHEET, ALLIANCES, given).places[0]
    assert place.total == round(100 * 2 / weights, 2)
    assert place.aspects["利益机制"] == 100
    assert place.explained.startswith("最高 利益机制 100，最低")


def test_who_stands_apart_and_who_does_not() -> None:
    found = result({
        "A1": dict(zip(PEOPLE, (9, 9.2, 9.1, 8.9, 9), strict=True)),
        "A2": dict(zip(PEOPLE, (7, 6, 7.5, 6.5, 7), strict=True)),
        "A3": dict(zip(PEOPLE, (6.5, 7, 6.8, 7.2, 6.4), strict=True)),
        "A4": dict(zip(PEOPLE, (2, 2.5, 1.5, 2, 2.2), strict=True)),
    })  # fmt: skip
    tiers = {p.alliance_id: p.tier for p in found.places}
    assert tiers == {"A1": 1, "A2": 2, "A3": 2, "A4": 3}
    assert [p.rank for p in found.places] == [1, 2, 3, 4]
    for place in found.places:
        assert place.low is not None
        assert place.high is not None
        assert place.low <= (place.total or 0) <= place.high
    assert found == result({  # the same marks in another order give the same result
        a: dict(reversed(list(given.items()))) for a, given in {
            "A1": dict(zip(PEOPLE, (9, 9.2, 9.1, 8.9, 9), strict=True)),
            "A2": dict(zip(PEOPLE, (7, 6, 7.5, 6.5, 7), strict=True)),
            "A3": dict(zip(PEOPLE, (6.5, 7, 6.8, 7.2, 6.4), strict=True)),
            "A4": dict(zip(PEOPLE, (2, 2.5, 1.5, 2, 2.2), strict=True)),
        }.items()
    })  # fmt: skip


def test_one_evaluator_tells_nobody_apart() -> None:
    found = result({"A1": {"甲": 9}, "A2": {"甲": 1}})
    assert [p.tier for p in found.places] == [1, 1]
    assert found.agreement[0].alpha is None


def test_agreement_is_high_where_all_say_the_same_and_low_where_not() -> None:
    same = result({a.alliance_id: dict.fromkeys(PEOPLE, float(n * 2)) for n, a in
                   enumerate(ALLIANCES, 1)})  # fmt: skip
    assert same.agreement[0].alpha == 1.0
    assert same.agreement[0].words == "一致"
    apart = result({"A1": {"甲": 9, "乙": 1}, "A2": {"甲": 1, "乙": 9}})
    assert apart.agreement[0].alpha is not None
    assert apart.agreement[0].alpha < 0
    assert "不一致" in apart.agreement[0].words


def test_a_conflict_leaves_an_evaluator_out_there_and_nowhere_else() -> None:
    given = [
        *marks({"A1": {"甲": 10}}, conflict="曾任顾问"), *marks({"A1": {"乙": 4}}),
        *marks({"A2": {"甲": 6, "乙": 6}}),
    ]  # fmt: skip
    places = {p.alliance_id: p for p in evaluate(SHEET, ALLIANCES, given).places}
    assert places["A1"].total == 40
    assert places["A1"].evaluators == ("乙",)
    assert places["A1"].left_out == ("甲回避（曾任顾问）",)
    assert places["A2"].evaluators == ("乙", "甲")
    member = evaluate(SHEET, ALLIANCES, marks({"A1": {"甲": 10}}, organisation="某大学"))
    assert member.places[0].total is None
    assert "某大学是联盟成员" in member.places[0].explained


def test_marks_that_are_not_whole_do_not_count() -> None:
    given = [*marks({"A1": {"甲": 10}})[:-1], *marks({"A1": {"乙": 4}})]
    place = evaluate(SHEET, ALLIANCES, given).places[0]
    assert (place.total, place.left_out) == (40, ("甲没有填齐",))


@pytest.mark.parametrize(
    ("mark", "told"),
    [
        ({"alliance_id": "X", "indicator_id": "goals-1"}, "没有这个联盟"),
        ({"alliance_id": "A1", "indicator_id": "goals-9"}, "没有这项指标"),
        ({"alliance_id": "A1", "indicator_id": "goals-1", "score": 11}, "超过满分 10"),
    ],
)
def test_a_wrong_mark_is_refused(mark: dict[str, object], told: str) -> None:
    given = Mark.model_validate({"evaluator": "甲", **mark})
    with pytest.raises(InputError, match=told):
        evaluate(SHEET, ALLIANCES, [given])


def test_from_the_sheet_to_the_result_on_the_command_line(cli: Cli, tmp_path: Path) -> None:
    from contextlib import closing

    from matcher.cli.alliances import act, opened

    folder = tmp_path / "工作区"
    Workspace(folder, encoder=None).make()
    with opened(folder) as store:
        store.put(ALLIANCES[:2], act())
    where = ("--workspace", str(folder))
    file = tmp_path / "评分.xlsx"
    assert "2 个联盟" in cli("alliances", "sheet", str(file), *where).out
    with closing(openpyxl.load_workbook(file)) as book:
        sheet = book["评分"]
        head = {str(cell.value): cell.column for cell in sheet[3]}
        for row in range(4, sheet.max_row + 1):
            sheet.cell(row, head["评委"], "甲")
            good = sheet.cell(row, head["联盟编号"]).value == "A2"
            sheet.cell(row, head["得分"], 9 if good else 3)
        book.save(file)
    marked = cli("alliances", "mark", str(file), "--year", "2021", *where)
    assert marked.code == 0, marked.err
    shown = cli("alliances", "evaluate", "--year", "2021", *where)
    assert "90.0" in shown.out
    page = tmp_path / "结果.html"
    cli("alliances", "evaluate", "--year", "2021", "-o", str(page), *where)
    assert "评委一致性" in page.read_text(encoding="utf-8")
    assert "没有评分" in cli("alliances", "evaluate", "--year", "2022", *where).err
