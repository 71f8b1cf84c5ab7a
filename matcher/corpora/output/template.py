"""Blank forms to fill in: a workbook with Chinese headers, hints, drop-downs and an example row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any, Literal, get_args

from matcher.atomic import atomic_path
from matcher.corpora.cells import CellKind, CellType, cell_types, format_cell
from matcher.corpora.formats.sheet_files import sheet_files
from matcher.corpora.formats.workbook_marks import HINTS_BY
from matcher.corpora.formats.xlsx_file import row_height
from matcher.corpora.headers.kinds import (
    OWNED,
    AllianceGrant,
    AllianceIncome,
    TeamEvidence,
    kind_of,
    required_groups,
)
from matcher.corpora.rows.problems import expectation
from matcher.errors import InputError
from matcher.records import Challenge, Evidence, Record, Team, headers
from matcher.records.alliance import Alliance

TemplateKind = Literal["challenges", "teams", "alliances"]
TEMPLATES: tuple[TemplateKind, ...] = get_args(TemplateKind)
ProgrammeNames = Mapping[str, tuple[str, ...]]
_NOTES, _CHOICES = "填写说明", 3
_ROWS = 2000
_NARROW, _WIDTH, _WIDE = 16, 22, 40
_SENTENCE = 14
EXAMPLE_CHALLENGE = Challenge(
    challenge_id="示例-1", title="海上风电齿轮箱轴承长寿命制造技术", demand_org="某重工有限公司",
    industry="装备制造", tech_domain=("装备制造", "传动"), keywords=("轴承", "疲劳"),
    problem="进口轴承交货期长，国产轴承疲劳寿命不足。",
    tech_difficulties="轴承钢洁净度；滚道精密磨削",
    research_content="1.高洁净轴承钢冶炼；2.滚道强化与精密加工",
    indicators_text="总氧≤5ppm；疲劳寿命≥20年", target_trl=8, bounty_wan=500, total_budget_wan=2000,
    apply_deadline=date(2026, 12, 31), duration_months=24, cooperation_modes=("联合攻关",),
    province="辽宁", city="大连", stage="发榜",
)  # fmt: skip
EXAMPLE_TEAM = Team(
    team_id="示例-1", team_name="高品质轴承钢团队", org_name="某某大学", org_type="高校",
    department="冶金学院", leader_name="张三", research_directions=("洁净钢冶炼", "夹杂物控制"),
    core_capabilities=("真空冶炼", "电渣重熔"), application_domains=("轴承",),
    profile="长期从事高品质特殊钢冶炼研究。",
    facilities=("真空感应炉",), province="辽宁", city="沈阳",
    evidence=(Evidence(kind="论文", title="轴承钢夹杂物控制研究", year=2024),),
)  # fmt: skip
EXAMPLE_ALLIANCE = Alliance(
    alliance_id="示例-1", name="高端轴承产学研联盟", lead_org="某重工有限公司",
    lead_legal_person="是", lead_is_small="否", lead_is_eaglet="否",
    lead_rd_wan=3000, lead_sales_wan=80000,
    members=("某某大学", "某某研究所"), tech_domain=("装备制造",), chain="轴承", province="辽宁",
    city="大连", operates_here="是", agreed_on=date(2026, 1, 5), market_goal="替代进口风电轴承",
    technical_targets="疲劳寿命≥20年", benefit_mechanism="成果按投入分享，风险共担",
    challenges=("K-1",), match_band="强",
)  # fmt: skip
_EXAMPLES: Mapping[TemplateKind, Record] = {
    "challenges": EXAMPLE_CHALLENGE, "teams": EXAMPLE_TEAM, "alliances": EXAMPLE_ALLIANCE,
}  # fmt: skip
_ALSO_READ = {"standing": ("已定未拨",)}
"""Words a drop-down offers beside the choices: they are read as one of them."""
_EXAMPLE_GRANT = AllianceGrant(
    alliance_id="示例-1", year=2026, amount_wan=200, payer="省科技厅", receiver="盟主",
    programme="试点示范激励计划",
)  # fmt: skip

_EXAMPLE_INCOME = AllianceIncome(
    alliance_id="示例-1", result="轴承钢夹杂物控制技术", way="许可", holder="某某大学",
    holder_kind="政府设立的高校", service="执行单位任务",
    signed="2026-01-10", received="2026-02-01", net_wan=200,
    agreed="单位规定", agreed_percent=75, paid_wan=150, paid_main_wan=110,
)  # fmt: skip


def write_template(
    kind: TemplateKind, path: str | Path, programmes: ProgrammeNames | None = None
) -> None:
    """Write a template; it reads back as its example row (and the rows it owns).

    Args:
        kind: of which records.
        path: where.
        programmes: by name of a pack, its programmes, to choose from where money is entered.

    Raises:
        InputError: not .xlsx.
        StorageError: the disk refuses.
    """
    path = Path(path)
    if path.suffix.lower() != ".xlsx":
        raise InputError("模板只写成 .xlsx", given=path.name, remedy="把扩展名改为 .xlsx")
    with atomic_path(path) as temporary:
        temporary.write_bytes(template_bytes(kind, programmes))


def template_bytes(kind: TemplateKind, programmes: ProgrammeNames | None = None) -> bytes:
    """A template as a workbook; ``programmes`` as in `write_template`."""
    from openpyxl import Workbook

    workbook = Workbook()
    workbook.remove(workbook.active)
    example = _EXAMPLES[kind]
    _sheet(workbook, kind_of(type(example)).label, example)
    if kind == "teams":
        owned = (
            TeamEvidence(team_id=EXAMPLE_TEAM.team_id, **piece.model_dump(exclude={"source"}))
            for piece in EXAMPLE_TEAM.evidence
        )
        _sheet(workbook, "成果", next(owned))
    if kind == "alliances":
        _sheet(workbook, "资金", _EXAMPLE_GRANT)
        _sheet(workbook, "成果收益", _EXAMPLE_INCOME)
    _notes(workbook, kind, programmes or {})
    made = BytesIO()
    with sheet_files():
        workbook.save(made)
    return made.getvalue()


def _sheet(workbook: Any, name: str, example: Record) -> None:
    page, record_type = workbook.create_sheet(name), type(example)
    types = cell_types(record_type)
    needed = {field for group in required_groups(record_type) for field in group}
    heights = []
    for column, (field, mark) in enumerate(_fields(record_type), start=1):
        hint = ("必填其一。" if field in needed else "") + expectation(types[field], field)
        _head(page.cell(1, column), mark.name, hint, needed=field in needed)
        text = format_cell(getattr(example, field))
        width = _width(types[field], str(text))
        _example(page.cell(2, column), text)
        _column(page, column, types[field], width, _ALSO_READ.get(field, ()))
        heights.append(row_height([str(text)], width))
    page.row_dimensions[1].height = 22
    page.row_dimensions[2].height = max(heights)
    page.freeze_panes = "C2"
    _print_setup(page)


def _head(cell: Any, name: str, hint: str, *, needed: bool) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill

    cell.value = name
    cell.font = Font(bold=True, color="C00000" if needed else "000000")
    cell.fill = PatternFill("solid", fgColor="DDEBF7")
    cell.alignment = Alignment(vertical="center")
    cell.border = _thin()
    cell.comment = Comment(hint, HINTS_BY)


def _example(cell: Any, value: Any) -> None:
    """In grey, so that nobody takes it for something filled in."""
    from openpyxl.styles import Alignment, Font

    cell.value = None if value == "" else value
    cell.font = Font(italic=True, color="7F7F7F")
    cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal="left")
    cell.border = _thin()


def _column(
    page: Any, column: int, cell_type: CellType, width: int, more: tuple[str, ...] = ()
) -> None:
    """Its width, its drop-down (with ``more`` that is read too) or the form of its dates."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    letter = get_column_letter(column)
    page.column_dimensions[letter].width = width
    if cell_type.choices:
        one = cell_type.kind is CellKind.CHOICE
        options = DataValidation(
            "list", f'"{",".join((*cell_type.choices, *more))}"', allow_blank=True,
            showErrorMessage=one,
        )  # fmt: skip
        options.add(f"{letter}2:{letter}{_ROWS}")
        page.add_data_validation(options)
    if cell_type.kind is CellKind.DATE:
        for row in range(2, 200):
            page.cell(row, column).number_format = "yyyy-mm-dd"


def _choices(workbook: Any, names: list[str]) -> None:
    """The programmes as a drop-down, from a column of the notes; another may be typed."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    if not names:
        return
    for row, name in enumerate(names, start=2):
        workbook[_NOTES].cell(row, _CHOICES, name)
    workbook[_NOTES].column_dimensions[get_column_letter(_CHOICES)].hidden = True
    of_what: tuple[tuple[type[Record], str], ...] = (
        (Alliance, "money_programme"), (AllianceGrant, "programme"),
    )  # fmt: skip
    for page, (record_type, field) in zip(workbook.worksheets, of_what, strict=False):
        column = [name for name, _ in _fields(record_type)].index(field) + 1
        letter, of = get_column_letter(column), get_column_letter(_CHOICES)
        where = f"'{_NOTES}'!${of}$2:${of}${len(names) + 1}"
        options = DataValidation("list", where, allow_blank=True, showErrorMessage=False)
        options.add(f"{letter}2:{letter}{_ROWS}")
        page.add_data_validation(options)


def _width(cell_type: CellType, example: str) -> int:
    """In characters of Latin: wide where whole sentences go."""
    if cell_type.kind in (CellKind.TEXT, CellKind.LIST):
        return _WIDE if len(example) > _SENTENCE else _WIDTH
    return _NARROW


def _thin() -> Any:
    from openpyxl.styles import Border, Side

    line = Side("thin", color="BFBFBF")
    return Border(line, line, line, line)


def _print_setup(page: Any) -> None:
    """A3 across, a few pages side by side, each with the header and the first two columns."""
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = page.PAPERSIZE_A3
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 3, 0
    page.print_title_rows, page.print_title_cols = "1:1", "A:B"


def _fields(record_type: type[Record]) -> list[tuple[str, Any]]:
    owned = {one.field for one in OWNED.get(record_type, ())}
    return [(f, m) for f, m in headers(record_type) if f not in owned]


def _notes(workbook: Any, kind: TemplateKind, programmes: ProgrammeNames) -> None:
    from openpyxl.styles import Alignment, Font

    page = workbook.create_sheet(_NOTES)
    page.column_dimensions["A"].width = 100
    lines = [
        "红色列名为必填（编号可以不填编号列，由软件生成）；鼠标停在列名上有提示。",
        "第 2 行（灰色斜体）是示例，填写前请删去；不要改动列名，可以增加列，增加的列原样保留。",
        "金额以万元计，也可写“500万元”“面议”；日期写 2026-12-31；多项之间用“；”隔开。",
        "考核指标写成“名称 比较号 数值 单位”，如：总氧≤5ppm；疲劳寿命≥20年。",
        "填好后：在“导入”页上传；或 matcher import 文件.xlsx --check 看过，再去掉 --check 导入。",
    ]
    if kind == "teams":
        lines.append("成果写在「成果」表，每行一条，用团队编号对应。")
    if kind == "alliances":
        lines[-1] = (
            "填好后：在“导入”页选“这是联盟名单”上传，或 matcher alliances import 文件.xlsx。"
        )
        lines += [
            "资金写在「资金」表，一笔一行，用联盟编号对应；写明出资方和收款单位。",
            "成果的收入、利润、股份写在「成果收益」表，一笔收入或一年的利润一行，用联盟编号对应；"
            "几个单位分的写本单位分得多少，已付的写在「已付奖励」等栏，没有付写 0。",
            "完成人与单位约定共有、使用权的，也写在「成果收益」表，「转化方式」选按份共有、共同共有、使用权。",
            "要问的事在「问哪几样」里选，不止一样的用“；”接着写（可以写的见列名上的提示）；"
            "原话写在「想问什么」，选了「问哪几样」的照所选的答。",
            "有人提出的奖励比例、金额（够不够、行不行）写在「成果收益」表的「拟给或要求的」两栏；"
            "事实写在各栏里，哪一栏都装不下的写「备注」。",
            "没有的不填：空着是“未填写”，不是 0。",
            "组建日期、协议日期、典型认定日期只知道年份的可以只写年。",
            "「资金情况」写已得、已定未拨（当作已得算）、申请或退回；不写的是已得。申请榜单的资金写「榜单编号」。",
            *(f"「支持计划」可以写（{pack}）：{'；'.join(n)}。" for pack, n in programmes.items()),
        ]
        _choices(workbook, list(dict.fromkeys(n for names in programmes.values() for n in names)))
    page.cell(1, 1, "填写说明").font = Font(bold=True, size=14)
    for number, line in enumerate(lines, start=1):
        cell = page.cell(number + 1, 1, f"{number}. {line}")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        page.row_dimensions[number + 1].height = row_height([line], 100) + 6
