"""Pictures that pages and reports share: what they count, and that nobody needs to see them."""

from __future__ import annotations

from dataclasses import dataclass

from matcher.ranking.grades import Coverage
from matcher.report.charts.coverage import coverage_matrix
from matcher.report.charts.partners import MOST_DRAWN, partner_chart, partners_of
from matcher.report.charts.svg import svg
from matcher.report.charts.tiles import PLACES, elsewhere, tiles
from matcher.report.charts.timeline import timeline_chart, timeline_of
from matcher.resources import data_path


@dataclass(frozen=True)
class Line:
    label: str
    text: str
    status: Coverage


def test_the_matrix_has_a_row_a_requirement_and_a_column_a_team() -> None:
    asked = ("难点1", "指标1")
    first = [Line(a, f"{a}的内容", Coverage.COVERED) for a in asked]
    second = [Line(a, f"{a}的内容", s) for a, s in zip(asked, ("部分", "未见"), strict=True)]
    made = coverage_matrix([(1, "甲", first), (3, "乙", second)])
    assert made is not None
    assert made.requirements == (("难点1", "难点1的内容"), ("指标1", "指标1的内容"))
    assert made.teams == ((1, "甲"), (3, "乙"))
    assert made.cells == (("覆盖", "部分"), ("覆盖", "未见"))
    assert coverage_matrix([]) is None
    assert coverage_matrix([(1, "甲", [])]) is None


def test_a_timeline_shows_every_year_and_says_what_it_leaves_out() -> None:
    pieces = [("论文", 2019), ("论文", 2019), ("专利", 2021), ("项目", 1990), ("奖励", None)]
    made = timeline_of(pieces)
    assert made is not None
    assert made.years == tuple(range(2007, 2022))
    assert (made.of_year(2019), made.of_year(2020), made.of_year(2021)) == (2, 0, 1)
    assert (made.earlier, made.undated) == (1, 1)
    assert made.kinds == ("论文", "专利")
    assert timeline_of([("奖励", None)]) is None
    drawn = svg(timeline_chart(made))
    assert 'aria-label="各年成果：2019 年 2 条，2021 年 1 条"' in drawn
    assert drawn.count("<rect") == 2
    assert drawn.count("<text") == len(made.years) + 2
    assert "style=" not in drawn  # a page that forbids styles in elements shows it too


def test_every_province_has_one_tile_and_every_number_is_told() -> None:
    lines = data_path("corpora/dictionary/regions.tsv").read_text(encoding="utf-8").splitlines()
    known = {line.split("\t")[0] for line in lines[1:]}
    assert set(PLACES) == known
    assert len(set(PLACES.values())) == len(PLACES)
    rows = [("辽宁", 9), ("北京", 1), ("不详", 2)]
    drawn = svg(tiles(rows, "团队"))
    assert 'aria-label="团队：辽宁 9，不详 2，北京 1"' in drawn
    assert drawn.count("<rect") == len(PLACES)
    assert "<title>辽宁 9</title>" in drawn
    assert elsewhere(rows) == [("不详", 2)]


def test_a_team_has_a_band_to_each_organisation_it_worked_with() -> None:
    made = partners_of([(("甲厂", "乙所", "甲厂"), 2021), (("甲厂",), 2019), (("丙院",), None)])
    assert [(p.name, p.pieces, p.span) for p in made] == [
        ("甲厂", 2, "2019–2021"), ("丙院", 1, ""), ("乙所", 1, "2021"),
    ]  # fmt: skip
    drawn = partner_chart(made)
    assert drawn is not None
    shown = svg(drawn)
    assert 'aria-label="合作单位：甲厂 2 项，丙院 1 项，乙所 1 项"' in shown
    assert shown.count("<path") == 3
    many = partners_of([((f"第{n}厂",), 2020) for n in range(20)])
    assert svg(partner_chart(many) or drawn).count("<path") == MOST_DRAWN
    assert partner_chart(partners_of([])) is None
