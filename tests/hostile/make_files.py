"""The hostile corpus: files as departments send them, made by real writers, with what they hold.

A case is a layout (what is where on the sheet), a way of writing values, and a writer. Files that
need LibreOffice or a browser were made once with ``python -m tests.hostile.make_files`` and are in
``files/``; all others are made when the tests run.
"""

from __future__ import annotations

import csv
import datetime as dt
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("files")
CHALLENGES: list[dict[str, Any]] = [
    {
        "challenge_id": "LN-001", "title": "海上风电齿轮箱轴承长寿命制造技术",
        "demand_org": "大连重工装备集团有限公司", "tech_domain": ("装备制造",),
        "problem": "进口轴承交货期长，国产轴承疲劳寿命不足，需要从材料到热处理的成套技术。",
        "indicators_text": "总氧≤5ppm；疲劳寿命≥20年", "bounty_wan": 500.0,
        "total_budget_wan": 2000.0, "apply_deadline": dt.date(2021, 3, 31), "duration_months": 24,
        "province": "辽宁", "city": "大连", "contact_name": "王工", "contact_phone": "0411-83766521",
    },
    {
        "challenge_id": "LN-002", "title": "高温合金涡轮叶片精密铸造",
        "demand_org": "沈阳黎明航空零部件有限公司", "tech_domain": ("新材料",),
        "problem": "单晶叶片合格率低，杂晶与再结晶缺陷难以控制。",
        "indicators_text": "合格率≥80%；1100℃持久寿命≥100h", "bounty_wan": 1200.0,
        "total_budget_wan": 10000.0, "apply_deadline": dt.date(2021, 4, 30), "duration_months": 36,
        "province": "辽宁", "city": "沈阳", "contact_name": "李工", "contact_phone": "024-23971234",
    },
    {
        "challenge_id": "LN-003", "title": "ITO靶材高致密烧结技术",
        "demand_org": "锦州某某靶材有限公司", "tech_domain": ("电子信息",),
        "problem": "大尺寸ITO靶材开裂严重，致密度波动，影响面板客户良率。",
        "indicators_text": "相对密度≥99.7%；单片长度≥800mm", "bounty_wan": None,
        "total_budget_wan": 600.0, "apply_deadline": dt.date(2021, 5, 15), "duration_months": 18,
        "province": "辽宁", "city": "锦州", "contact_name": "赵工", "contact_phone": "0416-3881234",
    },
]  # fmt: skip
TEAMS: list[dict[str, Any]] = [
    {
        "team_id": "T01", "team_name": "轧制技术及连轧自动化实验室", "org_name": "东北大学",
        "org_type": "高校", "leader_name": "王某某", "research_directions": ("控轧控冷", "板形控制"),
        "province": "辽宁", "city": "沈阳",
    },
    {
        "team_id": "T02", "team_name": "精细化工国家重点实验室", "org_name": "大连理工大学",
        "org_type": "高校", "leader_name": "彭某某", "research_directions": ("染料", "功能材料"),
        "province": "辽宁", "city": "大连",
    },
]  # fmt: skip
FIELDS = tuple(CHALLENGES[0])
TEAM_FIELDS = tuple(TEAMS[0])
Row = list[Any]
HEADERS = {
    "plain": dict(zip(FIELDS, (
        "榜单编号", "项目名称", "需求单位", "技术领域", "背景及主要问题", "考核指标", "榜额(万元)",
        "总投入(万元)", "揭榜截止", "完成时限(月)", "省", "市", "联系人", "联系电话"), strict=True)),
    "synonyms": dict(zip(FIELDS, (
        "编号", "技术需求名称", "企业名称", "所属领域", "需求描述", "技术指标", "揭榜金额",
        "项目总投资(万元)", "截止时间", "实施周期", "所在省", "所在市", "联系人姓名", "手机"),
        strict=True)),
    "ornate": dict(zip(FIELDS, (
        "*榜单编号", "1.榜单名称（必填）", "2、发榜单位：", "＊技术领域", "３.难题描述（不超过500字）",
        "主要技术指标", "榜额（万元）", "项目总投资（万元）", "揭榜截止日期", "完成时限（月）", "所在省份",
        "所在城市", "联系人", "联系电话（手机）"), strict=True)),
    "alike": dict(zip(FIELDS, (
        "项目编号", "攻关项目的名称", "需求单位名称", "所属技术领域", "拟解决的主要问题", "主要考核指标",
        "榜单金额", "项目总投入", "揭榜截止时间", "项目实施周期", "省份", "城市", "项目联系人",
        "联系人电话"), strict=True)),
}  # fmt: skip
TEAM_HEADERS = (
    "团队编号",
    "团队名称",
    "依托单位",
    "单位性质",
    "学术带头人",
    "主要研究方向",
    "所在省",
    "所在市",
)


def plain(name: str, value: Any) -> Any:
    """Values as a careful person fills them in."""
    if value is None:
        return "面议" if name == "bounty_wan" else ""
    return "；".join(value) if isinstance(value, tuple) else value


def wordy(name: str, value: Any) -> Any:  # noqa: PLR0911
    """Values with their units and in words."""
    if value is None:
        return "双方面议"
    if name == "bounty_wan":
        return f"{value:g}万元"
    if name == "total_budget_wan":
        return "1亿元" if value == 10000 else f"{value:,.0f}万"
    if name == "apply_deadline":
        last = value.day >= 30
        return (
            f"{value.year}年{value.month}月底前" if last else f"{value.year}年{value.month}月15日前"
        )
    if name == "duration_months":
        return {24: "两年", 36: "3年", 18: "18个月"}[value]
    if name in ("province", "city"):
        return value + ("省" if name == "province" else "市")
    return plain(name, value)


def messy(name: str, value: Any) -> Any:
    """Full-width digits, dots for dates, stray spaces and invisible characters."""
    if name == "bounty_wan" and value is not None:
        return "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in f"{value:.0f}") + "万元"
    if name == "apply_deadline":
        return f"{value.year}.{value.month}.{value.day}"
    if name == "duration_months":
        return f"{value} 个月"
    if name == "title":
        return f" {value[:3]}\u200b{value[3:]}　"
    return wordy(name, value)


def yearless(name: str, value: Any) -> Any:
    """Dates without their year, which the title of the list gives."""
    return f"{value.month}月{value.day}日" if name == "apply_deadline" else plain(name, value)


def traditional(name: str, value: Any) -> Any:
    """Traditional script."""
    value = wordy(name, value)
    return _to_traditional(value) if isinstance(value, str) else value


@cache
def _to_traditional(text: str) -> str:
    return str(_converter().convert(text))


@cache
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("s2t")


STYLES = {f.__name__: f for f in (plain, wordy, messy, yearless, traditional)}


@dataclass
class Sheet:
    """What stands where: rows of cells, merged ranges (first row, first column, last …, from 0)."""

    rows: list[Row]
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    name: str = "榜单"


@dataclass(frozen=True)
class Case:
    """A file and what it holds."""

    name: str
    make: Callable[[Path], None]
    expected: Sequence[dict[str, Any]]
    rows: int | None = None
    kind: str = "challenges"
    fields: tuple[str, ...] = ()


def body(style: str, items: Sequence[dict[str, Any]] = CHALLENGES) -> list[Row]:
    return [[STYLES[style](name, value) for name, value in item.items()] for item in items]


def table(headers: str, style: str) -> Sheet:
    return Sheet([list(HEADERS[headers].values()), *body(style)])


def titled(headers: str, style: str) -> Sheet:
    sheet = table(headers, style)
    width = len(FIELDS)
    head: list[Row] = [
        ["附件1"],
        ["2021年辽宁省“揭榜挂帅”科技攻关榜单"],
        ["填报单位：省科技厅", "", "", "日期：2021年2月"],
    ]
    return Sheet([*head, *sheet.rows], [(1, 0, 1, width - 1)])


def footed(headers: str, style: str) -> Sheet:
    sheet = titled(headers, style)
    total: Row = ["合计", "", "", "", "", "", "1700", "12600"]
    return Sheet([*sheet.rows, total, ["注：榜额为企业出资额，不含财政资金。"], ["制表人：张三", "审核：李四"]],
                 [*sheet.merges, (len(sheet.rows), 0, len(sheet.rows), 4)])  # fmt: skip


def two_rows(headers: str, style: str) -> Sheet:
    """A header of two rows: groups over columns, single columns over both rows."""
    names = list(HEADERS[headers].values())
    groups = {1: "项目信息", 6: "资金", 8: "时间", 10: "所在地区", 12: "联系方式"}
    ends = {1: 5, 6: 7, 8: 9, 10: 11, 12: 13}
    upper: Row = [names[0]] + [groups.get(i, "") for i in range(1, len(names))]
    lower: Row = ["", *names[1:]]
    merges = [(1, 0, 2, 0)] + [(1, a, 1, b) for a, b in ends.items()]
    return Sheet([["2021年揭榜挂帅榜单"], upper, lower, *body(style)], [(0, 0, 0, 13), *merges])


def sections(headers: str, style: str) -> Sheet:
    rows = body(style)
    names = list(HEADERS[headers].values())
    return Sheet(
        [names, ["一、装备制造领域"], rows[0], ["二、新材料领域"], rows[1], names, rows[2]],
        [(1, 0, 1, 13), (3, 0, 3, 13)],
    )


def merged_org(headers: str, style: str) -> Sheet:
    """One organisation over several rows: needs the merge to be spread."""
    items = [dict(item, province="辽宁") for item in CHALLENGES]
    rows = body(style, items)
    for row in rows[1:]:
        row[10] = ""
    return Sheet([list(HEADERS[headers].values()), *rows], [(1, 10, 3, 10)])


def several_rows(headers: str, style: str) -> Sheet:
    """One record over two rows: everything merged but the indicators."""
    rows: list[Row] = []
    merges = []
    for number, row in enumerate(body(style)):
        first, second = row[5].split("；")
        top = 1 + 2 * number
        rows += [[*row[:5], first, *row[6:]], ["" if i != 5 else second for i in range(len(row))]]
        merges += [(top, i, top + 1, i) for i in range(len(row)) if i != 5]
    return Sheet([list(HEADERS[headers].values()), *rows], merges)


def blank_rows(headers: str, style: str) -> Sheet:
    names, *rows = table(headers, style).rows
    empty: Row = [""] * len(names)
    return Sheet([empty, empty, names, rows[0], empty, rows[1], empty, empty, rows[2], empty])


LAYOUTS = {f.__name__: f for f in (
    table, titled, footed, two_rows, sections, merged_org, several_rows, blank_rows)}  # fmt: skip


def form_rows(item: dict[str, Any], headers: str, style: str, columns: int) -> Sheet:
    pairs = [(HEADERS[headers][name], STYLES[style](name, value)) for name, value in item.items()]
    if columns == 2:
        return Sheet([[label, value] for label, value in pairs])
    rows: list[Row] = []
    merges = []
    short = [p for p in pairs if len(str(p[1])) < 22]
    for pair in [p for p in pairs if p not in short]:
        merges.append((len(rows), 1, len(rows), 3))
        rows.append([*pair, "", ""])
    for start in range(0, len(short), 2):
        left, right = short[start], short[start + 1] if start + 1 < len(short) else ("备注", "无")
        rows.append([*left, *right])
    return Sheet(rows, merges)


def stacked(headers: str, style: str, columns: int) -> Sheet:
    """Forms under one another on one sheet, each with its heading."""
    rows: list[Row] = []
    merges = []
    for number, item in enumerate(CHALLENGES, start=1):
        form = form_rows(item, headers, style, columns)
        rows.append([f"技术需求表（{number}）"])
        merges += [(a + len(rows), b, c + len(rows), d) for a, b, c, d in form.merges]
        rows += form.rows
    return Sheet(rows, merges)


def transposed(headers: str, style: str) -> Sheet:
    columns = [list(HEADERS[headers].values()), *body(style)]
    return Sheet([list(row) for row in zip(*columns, strict=True)])


def write_xlsx(sheet: Sheet, path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet.name
    for row in sheet.rows:
        page.append([None if cell == "" else cell for cell in row])
    for top, left, bottom, right in sheet.merges:
        page.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1,
                         end_column=right + 1)  # fmt: skip
    book.save(path)


def write_xls(sheet: Sheet, path: Path) -> None:
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet(sheet.name)
    date_style = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    covered = {(r, c): (a, b, e, d) for a, b, e, d in sheet.merges
               for r in range(a, e + 1) for c in range(b, d + 1)}  # fmt: skip
    for r, row in enumerate(sheet.rows):
        for c, cell in enumerate(row):
            if (r, c) in covered:
                top, left, bottom, right = covered[r, c]
                if (r, c) == (top, left):
                    page.write_merge(top, bottom, left, right, cell)
            elif isinstance(cell, dt.date):
                page.write(r, c, cell, date_style)
            elif cell != "":
                page.write(r, c, cell)
    book.save(str(path))


def write_docx(sheet: Sheet, path: Path, before: str = "") -> None:
    import docx

    document = docx.Document()
    if before:
        document.add_heading(before, 1)
    add_table(document, sheet)
    document.save(str(path))


def write_unruled(sheet: Sheet, path: Path) -> None:
    """On a wide page, without a line between the cells."""
    import docx

    document = docx.Document()
    page = document.sections[0]
    page.page_width, page.page_height = docx.shared.Mm(420), docx.shared.Mm(297)
    add_table(document, sheet)
    document.tables[0].style = "Normal Table"
    document.styles["Normal"].font.size = docx.shared.Pt(8)
    document.save(str(path))


def add_table(document: Any, sheet: Sheet) -> None:
    width = max(len(row) for row in sheet.rows)
    made = document.add_table(rows=len(sheet.rows), cols=width)
    made.style = "Table Grid"
    cells = [list(row.cells) for row in made.rows]
    for r, row in enumerate(sheet.rows):
        for c, cell in enumerate(row):
            if cell != "":
                cells[r][c].text = str(cell)
    for top, left, bottom, right in sheet.merges:
        cells[top][left].merge(cells[bottom][min(right, width - 1)])


def write_html(sheet: Sheet, path: Path) -> None:
    """As pandas writes it, with the header among the rows."""
    import pandas as pd

    frame = pd.DataFrame([[str(cell) for cell in row] for row in padded(sheet.rows)])
    page = frame.to_html(index=False, header=False, border=1)
    text = (
        f"<html><head><meta charset='gbk'></head><body><div>首页 > 通知</div>{page}</body></html>"
    )
    path.write_bytes(text.encode("gb18030"))


def write_spans(sheet: Sheet, path: Path) -> None:
    """As an office suite writes it, with rowspan and colspan."""
    covered = {(r, c): (a, b, e, d) for a, b, e, d in sheet.merges
               for r in range(a, e + 1) for c in range(b, d + 1)}  # fmt: skip
    lines = []
    for r, row in enumerate(padded(sheet.rows)):
        cells = []
        for c, cell in enumerate(row):
            span = covered.get((r, c))
            if span is not None and (r, c) != span[:2]:
                continue
            mark = (
                f' rowspan="{span[2] - span[0] + 1}" colspan="{span[3] - span[1] + 1}"'
                if span
                else ""
            )
            cells.append(f"<td{mark}><p>{str(cell).replace('<', '&lt;')}</p></td>")
        lines.append("<tr>" + "".join(cells) + "</tr>")
    path.write_text(
        f"<!DOCTYPE html><html><body><table>{''.join(lines)}</table></body></html>",
        encoding="utf-8",
    )


def padded(rows: Sequence[Row]) -> list[Row]:
    width = max(len(row) for row in rows)
    return [[*row, *[""] * (width - len(row))] for row in rows]


def csv_writer(encoding: str, delimiter: str) -> Callable[[Sheet, Path], None]:
    def write(sheet: Sheet, path: Path) -> None:
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file, delimiter=delimiter).writerows(padded(sheet.rows))

    return write


def filled(sheet: Sheet) -> int:
    return sum(any(str(cell).strip() for cell in row) for row in sheet.rows)


def case(name: str, sheet: Sheet, writer: Callable[[Sheet, Path], None], **more: Any) -> Case:
    more.setdefault("expected", CHALLENGES)
    return Case(name, lambda path: writer(sheet, path), rows=filled(sheet), **more)


WRITERS = {"xlsx": write_xlsx, "xls": write_xls, "docx": write_docx, "html": write_spans}
_PAIRS = (("plain", "plain"), ("synonyms", "wordy"), ("ornate", "messy"), ("alike", "wordy"))


def list_cases() -> list[Case]:
    """Lists: every layout by every writer, headers and values in turn."""
    found = []
    for i, (layout, build) in enumerate(LAYOUTS.items()):
        for j, (suffix, writer) in enumerate(WRITERS.items()):
            headers, style = _PAIRS[(i + j) % len(_PAIRS)]
            name = f"{layout}-{headers}-{style}.{suffix}"
            found.append(case(name, build(headers, style), writer))
    found.append(case("yearless.xlsx", titled("plain", "yearless"), write_xlsx))
    found.append(case("traditional.xlsx", footed("plain", "traditional"), write_xlsx))
    for name, sheet in (
        ("pandas.html", table("synonyms", "wordy")),
        ("pandas-titled.htm", titled("alike", "messy")),
    ):
        with_navigation = filled(sheet) + 1
        made = Case(name, partial(write_html, sheet), CHALLENGES, with_navigation)
        found.append(made)
    found.append(case("wrong-suffix.csv", footed("alike", "plain"), write_xlsx))
    found.append(case("html-as-xls.xls", titled("plain", "wordy"), write_spans))
    return found


def text_cases() -> list[Case]:
    """CSV in all encodings and with all delimiters."""
    found = []
    encodings = ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be")
    for i, (encoding, delimiter) in enumerate(
        [(e, d) for e in encodings for d in (",", "\t")] + [("gb18030", ";"), ("utf-8", "|")]
    ):
        headers, style = _PAIRS[i % len(_PAIRS)]
        build = (table, titled, footed)[i % 3]
        name = f"{build.__name__}-{encoding}-{ord(delimiter)}.csv"
        found.append(case(name, build(headers, style), csv_writer(encoding, delimiter)))
    # Big5 has no ≤ and ≥ but their Taiwanese forms.
    big5 = Sheet([[cell.replace("≤", "≦").replace("≥", "≧") if isinstance(cell, str) else cell for cell in row]
                  for row in [_traditional_row(list(HEADERS["plain"].values())), *body("traditional")]])  # fmt: skip
    found.append(case("traditional-big5.csv", big5, csv_writer("big5hkscs", ",")))
    found.append(case("two-rows.csv", two_rows("plain", "wordy"), csv_writer("gb18030", ",")))
    found.append(case("semicolon.txt", table("plain", "plain"), csv_writer("utf-8", "|")))
    return found


def _traditional_row(row: Row) -> Row:
    return [_to_traditional(cell) for cell in row]


def form_cases() -> list[Case]:
    """Forms: one or several a file, two or four columns, by three writers."""
    found = []
    writers = {"docx": write_docx, "xlsx": write_xlsx, "html": write_spans}
    hidden = tuple(name for name in FIELDS if name != "challenge_id")
    for i, (suffix, writer) in enumerate(writers.items()):
        for columns in (2, 4):
            headers, style = _PAIRS[(i + columns) % len(_PAIRS)]
            one = form_rows(CHALLENGES[i], headers, style, columns)
            many = stacked(headers, style, columns)
            found.append(
                case(f"form{columns}-one.{suffix}", one, writer, expected=CHALLENGES[i : i + 1])
            )
            found.append(case(f"form{columns}-stacked.{suffix}", many, writer))
        sheet = transposed(*_PAIRS[i])
        found.append(case(f"transposed.{suffix}", sheet, writer))
    found.append(Case("forms-apart.docx", _forms_apart, CHALLENGES, fields=hidden))
    found.append(Case("headings.docx", _headings_docx, CHALLENGES, fields=hidden))
    found.append(Case("headings.txt", _headings_text, CHALLENGES, fields=hidden))
    found.append(Case("pasted.html", _headings_html, CHALLENGES, fields=hidden))
    return found


def _forms_apart(path: Path) -> None:
    import docx

    document = docx.Document()
    document.add_heading("揭榜挂帅项目需求表", 0)
    for number, item in enumerate(CHALLENGES, start=1):
        document.add_paragraph(f"附件{number}")
        nameless = {k: v for k, v in item.items() if k != "challenge_id"}
        add_table(document, form_rows(nameless, "ornate", "wordy", 4))
        document.add_page_break()
    document.save(str(path))


def _labelled_lines() -> list[tuple[str, list[str]]]:
    found = []
    for number, item in enumerate(CHALLENGES):
        lines = [f"{HEADERS['plain'][k]}：{wordy(k, v)}" for k, v in item.items()
                 if k not in ("title", "challenge_id")]  # fmt: skip
        found.append((f"{'一二三'[number]}、{item['title']}", lines))
    return found


def _headings_docx(path: Path) -> None:
    import docx

    document = docx.Document()
    document.add_heading("2021年揭榜挂帅榜单", 0)
    for heading, lines in _labelled_lines():
        document.add_heading(heading, 1)
        for line in lines:
            document.add_paragraph(line)
    document.save(str(path))


def _headings_text(path: Path) -> None:
    blocks = ["\n".join([heading, *lines]) for heading, lines in _labelled_lines()]
    path.write_text("2021年揭榜挂帅榜单\n\n" + "\n\n".join(blocks), encoding="gb18030")


def _headings_html(path: Path) -> None:
    blocks = "".join(
        f"<h2>{h}</h2>" + "".join(f"<p>{x}</p>" for x in lines) for h, lines in _labelled_lines()
    )
    page = (
        f"<html><head><script>alert(1)</script></head><body><nav>首页</nav>{blocks}</body></html>"
    )
    path.write_text(page, encoding="utf-8")


def team_cases() -> list[Case]:
    """Libraries of teams, alone and beside their evidence and other sheets."""
    raw = [["；".join(v) if isinstance(v, tuple) else v for v in team.values()] for team in TEAMS]
    raw[1][2], raw[1][3], raw[1][6] = "大工", "大学", "辽宁省"
    sheet = Sheet([["辽宁省科研团队名录"], list(TEAM_HEADERS), *raw], [(0, 0, 0, 7)], "团队")
    more: dict[str, Any] = {"expected": TEAMS, "kind": "teams", "fields": TEAM_FIELDS}
    found = [case(f"teams.{suffix}", sheet, writer, **more) for suffix, writer in WRITERS.items()]
    found.append(case("teams-gbk.csv", sheet, csv_writer("gb18030", ","), **more))
    found.append(
        Case("both.xlsx", lambda p: _both(p, sheet), TEAMS, kind="teams", fields=TEAM_FIELDS)
    )
    found.append(Case("both-challenges.xlsx", lambda p: _both(p, sheet), CHALLENGES))
    found.append(Case("archive.zip", _archive, CHALLENGES))
    return found


def _both(path: Path, teams: Sheet) -> None:
    import openpyxl

    write_xlsx(footed("synonyms", "wordy"), path)
    book = openpyxl.load_workbook(path)
    page = book.create_sheet("团队库")
    for row in teams.rows:
        page.append(row)
    book.create_sheet("填表说明").append(["请各单位认真填写。"])
    book.save(path)


def _archive(path: Path) -> None:
    inner = path.with_name("榜单.xlsx")
    write_xlsx(footed("alike", "wordy"), inner)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(inner, "材料/榜单.xlsx")
        archive.writestr("材料/说明.txt", "请查收。".encode("gb18030"))
    inner.unlink()


_KEPT = (
    ("lists-calc.ods", "xlsx", "ods", footed("synonyms", "wordy")),
    ("groups-calc.ods", "xlsx", "ods", two_rows("plain", "plain")),
    ("merged-calc.ods", "xlsx", "ods", several_rows("plain", "wordy")),
    ("lists-calc.xls", "xlsx", "xls", two_rows("ornate", "messy")),
    ("lists-calc.xlsx", "xls", "xlsx", merged_org("alike", "wordy")),
    ("lists-calc.html", "xlsx", "html", titled("plain", "wordy")),
    ("list-writer.pdf", "docx", "pdf", table("plain", "wordy")),
    ("unruled-writer.pdf", "unruled.docx", "pdf", table("plain", "wordy")),
    ("form-writer.pdf", "docx", "pdf", form_rows(CHALLENGES[0], "ornate", "wordy", 4)),
    ("form-writer.html", "docx", "html", form_rows(CHALLENGES[1], "synonyms", "messy", 4)),
    ("form-resaved.docx", "docx", "odt", stacked("alike", "wordy", 4)),
)  # fmt: skip


def kept_cases() -> list[Case]:
    """Files made once by LibreOffice and a browser."""
    found = []
    for name, _, _, sheet in _KEPT:
        expected = CHALLENGES
        if name.startswith("form-writer"):
            expected = CHALLENGES[:1] if name.endswith("pdf") else CHALLENGES[1:2]
        found.append(_kept(name, expected))
        del sheet
    found.append(_kept("saved-by-browser.mhtml", CHALLENGES))
    return [c for c in found if (FOLDER / c.name).exists()]


def _kept(name: str, expected: Sequence[dict[str, Any]]) -> Case:
    def make(path: Path) -> None:
        shutil.copy(FOLDER / name, path)

    return Case(name, make, expected)


def all_cases() -> list[Case]:
    """The whole corpus."""
    return [*list_cases(), *text_cases(), *form_cases(), *team_cases(), *kept_cases()]


def _convert(source: Path, target: str, folder: Path) -> Path:
    subprocess.run(
        ["soffice", "--headless", "--convert-to", target, "--outdir", str(folder), str(source)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return folder / f"{source.stem}.{target}"


def main() -> None:
    """Make the files that need LibreOffice and a browser."""
    import tempfile

    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for name, start, target, sheet in _KEPT:
            source = folder / f"start.{start}"
            {**WRITERS, "unruled.docx": write_unruled}[start](sheet, source)
            made = _convert(source, target, folder)
            if target == "odt":
                made = _convert(made, "docx", folder)
            shutil.move(made, FOLDER / name)
        page = folder / "page.html"
        write_spans(titled("synonyms", "wordy"), page)
        _save_as_mhtml(page, FOLDER / "saved-by-browser.mhtml")
    print(len(list(FOLDER.iterdir())), "files", file=sys.stderr)


def _save_as_mhtml(page: Path, target: Path) -> None:
    """The archive a browser saves: the page as its own printer sees it."""
    import email.message
    import email.policy

    dom = subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--dump-dom", page.as_uri()],
        check=True, capture_output=True, timeout=60,
    ).stdout  # fmt: skip
    message = email.message.MIMEPart(policy=email.policy.SMTP)
    message["MIME-Version"] = "1.0"
    message.make_related()
    part = email.message.MIMEPart(policy=email.policy.SMTP)
    part.set_content(dom.decode(), subtype="html", cte="quoted-printable")
    message.attach(part)
    target.write_bytes(message.as_bytes())


if __name__ == "__main__":
    main()
