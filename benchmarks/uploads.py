"""What it costs that a stranger's file is read in a process of limited means.

    python benchmarks/uploads.py --rows 40 200 1000 --rounds 9

Lists as offices send them, each with rows of its own, are read (`read_any_of`) and uploaded (the
preview of an import, through the whole service), by turns in that process and in this one. Prints
milliseconds of each in this one, and the median of the ratios of neighbours. On a busy machine
what waits is whoever is less urgent; run with ``chrt -f 1`` it is as if nobody else were there.
"""

from __future__ import annotations

import argparse
import csv
import gc
import io
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from importing import HEADER
from service import staff

from matcher.corpora import read_any_of
from matcher.corpora.formats import registry
from matcher.service.app import create_app
from matcher.service.settings import Settings
from matcher.workspace import Workspace

_SUBJECTS = ("单晶叶片", "轴承钢", "光刻胶树脂", "固态电解质", "减速器", "碳纤维预浸料", "膜电极")
_TROUBLES = ("合格率低", "寿命不足", "成本偏高", "依赖进口", "一致性差", "能耗高", "检测手段缺乏")
_WIDTHS = (24, 90, 70, 50, 190, 110, 45, 60, 60, 40)


def rows(count: int, drawn: random.Random) -> list[list[str]]:
    """A list of challenges that nobody has seen before."""

    def row(number: int) -> list[str]:
        subject, trouble = drawn.choice(_SUBJECTS), drawn.choice(_TROUBLES)
        problem = (
            f"{subject}{trouble}，第{drawn.randrange(10**6)}批试验件{drawn.choice(_TROUBLES)}，"
        )
        return [
            str(number), f"{subject}{drawn.randrange(10**6)}型关键技术", f"某某{number}有限公司",
            "新材料；航空", (problem + "需要成套工艺。") * 2,
            f"合格率≥{drawn.randrange(50, 99)}%；寿命≥{drawn.randrange(10**5)}h",
            f"{drawn.randrange(50, 900)}万元", "2026年3月底前", "辽宁省大连市", "王工",
        ]  # fmt: skip

    return [list(HEADER), *(row(n) for n in range(1, count + 1))]


def xlsx(table: list[list[str]]) -> bytes:
    """As a workbook."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet("榜单")
    for row in table:
        page.append(row)
    return _saved(book.save)


def docx(table: list[list[str]]) -> bytes:
    """As a table in a document."""
    import docx as word

    document = word.Document()
    document.add_heading("2026年揭榜挂帅榜单")
    made = document.add_table(rows=0, cols=len(HEADER))
    for row in table:
        for cell, text in zip(made.add_row()._tr.tc_lst, row, strict=True):
            cell.p_lst[0].add_r().text = text
    return _saved(document.save)


def html(table: list[list[str]]) -> bytes:
    """As a page."""
    cells = "".join(f"<tr>{''.join(f'<td>{x}</td>' for x in row)}</tr>" for row in table)
    return f"<!doctype html><html><body><h1>榜单</h1><table>{cells}</table></body></html>".encode()


def pdf(table: list[list[str]]) -> bytes:
    """As printed, with ruled lines."""
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

    registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle("榜单", fontName="STSong-Light", fontSize=7, leading=9, wordWrap="CJK")
    cells = [[Paragraph(text, style) for text in row] for row in table]
    grid = Table(cells, _WIDTHS, style=[("GRID", (0, 0), (-1, -1), 0.5, "black")], repeatRows=1)
    made = io.BytesIO()
    SimpleDocTemplate(made, pagesize=landscape(A4), leftMargin=20, rightMargin=20).build([grid])
    return made.getvalue()


def plain(table: list[list[str]]) -> bytes:
    """As CSV, which is read in this process either way: how much the measure itself wavers."""
    made = io.StringIO()
    csv.writer(made).writerows(table)
    return made.getvalue().encode()


_KINDS: dict[str, Callable[[list[list[str]]], bytes]] = {
    "csv": plain, "xlsx": xlsx, "docx": docx, "html": html, "pdf": pdf,
}  # fmt: skip


def _saved(save: Callable[[Any], object]) -> bytes:
    made = io.BytesIO()
    save(made)
    return made.getvalue()


def compared(work: Callable[[Path], object], files: list[Path]) -> tuple[float, float, float]:
    """Milliseconds in that process and in this one (medians), and the median of their ratios."""
    taken: dict[bool, list[float]] = {True: [], False: []}
    for number, path in enumerate(files):
        apart = number % 4 in (0, 3)
        setattr(registry, "CAN_CONFINE", apart)  # noqa: B010 -- the registry imports it
        gc.collect()
        time.sleep(0.05)  # uploads do not come at once one after the other
        began = time.perf_counter()
        work(path)
        taken[apart].append((time.perf_counter() - began) * 1000)
    ratios = [there / here for there, here in zip(taken[True], taken[False], strict=True)]
    return (
        statistics.median(taken[True]),
        statistics.median(taken[False]),
        statistics.median(ratios),
    )


def main() -> None:
    """Make the files and print a line for each kind and size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[40, 200, 1000])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--kinds", nargs="+", choices=_KINDS, default=list(_KINDS))
    options = parser.parse_args()
    drawn = random.Random(17)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        Workspace(folder / "workspace", encoder=None)
        app = create_app(Settings(workspace=folder / "workspace", encoder="none",
                                  hosts=("testserver",), requests_per_minute=10**6))  # fmt: skip
        key = staff(folder / "workspace")[2]
        with TestClient(app, headers={"Authorization": f"Bearer {key}"}) as client:

            def upload(path: Path) -> None:
                files = {"file": (path.name, path.read_bytes())}
                client.post("/api/v1/imports", files=files).raise_for_status()

            def read(path: Path) -> None:
                list(read_any_of(path))

            for count in options.rows:
                for kind in options.kinds:
                    files = []
                    for number in range(4 * options.rounds + 4):
                        files.append(folder / f"{number}.{kind}")
                        files[-1].write_bytes(_KINDS[kind](rows(count, drawn)))
                    for work in (read, upload):
                        compared(work, [files.pop() for _ in range(2)])
                        there, here, ratio = compared(
                            work, [files.pop() for _ in range(2 * options.rounds)]
                        )
                        print(f"{kind} {count} 行 {work.__name__}: {there:.1f} / {here:.1f} 毫秒, "
                              f"{ratio:.2f}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
