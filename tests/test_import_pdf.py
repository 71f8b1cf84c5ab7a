"""PDF tables without ruled lines: read where they are clear, refused where they are not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

from matcher.corpora import read_any
from matcher.corpora.reading import Reading
from matcher.errors import InputError
from matcher.records import Challenge

FONT = "STSong-Light"
HEADER = ("序号", "项目名称", "需求单位", "背景及主要问题", "榜额(万元)", "揭榜截止")
PROBLEM = "进口轴承交货期长，国产轴承疲劳寿命不足，需要从材料到热处理的成套技术。"
ROWS = [
    (str(n), f"第{n}号关键零件长寿命制造技术", f"沈阳第{n}机床有限公司", PROBLEM, f"{n}00万元",
     "2021年3月31日")
    for n in range(1, 4)
]  # fmt: skip
WIDTHS = (36, 150, 140, 180, 70, 90)


def write(
    path: Path, rows: Sequence[Sequence[str]], *, wrapped: bool = True, padding: float = 4.0,
    style: Sequence[tuple[Any, ...]] = (), before: str = "", after: str = "",
) -> Path:  # fmt: skip
    """A page as reportlab sets it: a table with no line unless ``style`` draws one."""
    registerFont(UnicodeCIDFont(FONT))
    text = ParagraphStyle("正文", fontName=FONT, fontSize=9, leading=11, wordWrap="CJK")
    cells = [[Paragraph(cell, text) if wrapped else cell for cell in row] for row in rows]
    table = Table(cells, WIDTHS[: len(rows[0])], repeatRows=0)
    table.setStyle(
        [("FONT", (0, 0), (-1, -1), FONT, 9), ("VALIGN", (0, 0), (-1, -1), "TOP"),
         ("TOPPADDING", (0, 0), (-1, -1), padding), ("BOTTOMPADDING", (0, 0), (-1, -1), padding),
         *style]
    )  # fmt: skip
    story = [*([Paragraph(before, text)] if before else []), table]
    story += [Paragraph(after, text)] if after else []
    SimpleDocTemplate(str(path), pagesize=landscape(A4)).build(story)
    return path


def read(path: Path) -> Reading[Challenge]:
    reading = read_any(path).challenges
    assert reading is not None
    assert reading.count.unaccounted == 0
    return reading


def assert_read(reading: Reading[Challenge], rows: Sequence[Sequence[str]] = ROWS) -> None:
    assert [record.title for record in reading.records] == [row[1] for row in rows]
    assert [record.demand_org for record in reading.records] == [row[2] for row in rows]
    assert [record.bounty_wan for record in reading.records] == [
        float(row[4].removesuffix("万元")) for row in rows
    ]
    assert {record.problem for record in reading.records} == {PROBLEM}
    assert {str(record.apply_deadline) for record in reading.records} == {"2021-03-31"}


@pytest.mark.parametrize(
    "style",
    [
        [],
        [("VALIGN", (0, 0), (-1, -1), "MIDDLE")],
        [("LINEABOVE", (0, 0), (-1, 0), 1, "black"), ("LINEBELOW", (0, 0), (-1, 0), 1, "black"),
         ("LINEBELOW", (0, -1), (-1, -1), 1, "black")],
    ],
    ids=["无线", "居中", "三线表"],
)  # fmt: skip
def test_cells_of_several_lines(style: list[tuple[Any, ...]], tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.pdf", [HEADER, *ROWS], style=style, before="2021年辽宁省揭榜挂帅项目榜单",
        after="注：以上榜额为各单位拟出资的最高额度，以揭榜后签订的合同为准，请各单位知悉。",
    )  # fmt: skip
    assert_read(read(path))


def test_a_table_over_several_pages(tmp_path: Path) -> None:
    rows = [
        (str(n), f"第{n}号零件制造技术", f"沈阳第{n}机床有限公司", PROBLEM, f"{n}00万元",
         "2021年3月31日") for n in range(1, 31)
    ]  # fmt: skip
    assert_read(read(write(tmp_path / "a.pdf", [HEADER, *rows])), rows)


def test_rows_of_one_line_and_a_total(tmp_path: Path) -> None:
    header = ("序号", "项目名称", "需求单位", "技术领域", "榜额")
    rows = [(str(n), f"第{n}号零件制造", f"沈阳第{n}机床厂", "装备", "5") for n in range(1, 6)]
    path = write(tmp_path / "a.pdf", [header, *rows, ("合计", "", "", "", "25")], wrapped=False)
    reading = read(path)
    assert [record.title for record in reading.records] == [row[1] for row in rows]
    assert "合计行" in {omitted.why for omitted in reading.omitted}


def test_rows_that_cannot_be_told_apart_are_refused(tmp_path: Path) -> None:
    """Lines of cells as far apart as rows: a further line may be a row of its own."""
    path = write(tmp_path / "a.pdf", [HEADER, *ROWS], padding=1.0)
    with pytest.raises(InputError, match="没有表格线") as caught:
        read_any(path)
    assert "WPS" in str(caught.value.remedy)


def test_text_between_the_rows_is_refused(tmp_path: Path) -> None:
    header = ("序号", "项目名称", "需求单位", "技术领域", "榜额")
    rows = [(str(n), f"第{n}号零件制造", f"沈阳第{n}机床厂", "装备", "5") for n in range(1, 6)]
    between = ("以下各项由企业自筹资金，省级财政按有关规定给予后补助，不另行通知", "", "", "", "")
    path = write(tmp_path / "a.pdf", [header, *rows[:2], between, *rows[2:]], wrapped=False)
    with pytest.raises(InputError, match="没有表格线"):
        read_any(path)


def test_running_text_is_no_table(tmp_path: Path) -> None:
    path = write(tmp_path / "a.pdf", [("",)], before=f"关于征集技术需求的通知。{PROBLEM * 3}")
    assert read_any(path).notice is not None
