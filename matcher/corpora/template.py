"""Blank forms to fill in: a workbook with Chinese headers, hints, drop-downs and an example row."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Literal

from matcher.atomic import atomic_path
from matcher.corpora.cells import CellKind, cell_types, format_cell
from matcher.corpora.fields import TeamEvidence, required_groups
from matcher.corpora.problems import expectation
from matcher.corpora.xlsx_file import row_height
from matcher.errors import InputError
from matcher.records import Challenge, Evidence, Record, Team, headers

TemplateKind = Literal["challenges", "teams"]
_ROWS, _WIDTH = 2000, 22
EXAMPLE_CHALLENGE = Challenge(
    challenge_id="示例-1", title="海上风电齿轮箱轴承长寿命制造技术", demand_org="某重工有限公司",
    industry="装备制造", tech_domain=("装备制造", "传动"), keywords=("轴承", "疲劳"),
    problem="进口轴承交货期长, 国产轴承疲劳寿命不足。",
    tech_difficulties="轴承钢洁净度; 滚道精密磨削",
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


def write_template(kind: TemplateKind, path: str | Path) -> None:
    """Write a template; it reads back as its example row (and its evidence).

    Raises:
        InputError: not .xlsx.
        StorageError: the disk refuses.
    """
    path = Path(path)
    if path.suffix.lower() != ".xlsx":
        raise InputError("模板只写成 .xlsx", given=path.name, remedy="把扩展名改为 .xlsx")
    from openpyxl import Workbook

    workbook = Workbook()
    workbook.remove(workbook.active)
    if kind == "challenges":
        _sheet(workbook, "榜单", Challenge, EXAMPLE_CHALLENGE)
    else:
        _sheet(workbook, "团队", Team, EXAMPLE_TEAM)
        owned = [
            TeamEvidence(team_id=EXAMPLE_TEAM.team_id, **piece.model_dump(exclude={"source"}))
            for piece in EXAMPLE_TEAM.evidence
        ]
        _sheet(workbook, "成果", TeamEvidence, owned[0])
    _notes(workbook, kind)
    with atomic_path(path) as temporary:
        workbook.save(temporary)


def _sheet(workbook: Any, name: str, record_type: type[Record], example: Record) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    page = workbook.create_sheet(name)
    types = cell_types(record_type)
    needed = {field for group in required_groups(record_type) for field in group}
    for column, (field, mark) in enumerate(_fields(record_type), start=1):
        head = page.cell(1, column, mark.name)
        head.font = Font(bold=True, color="C00000" if field in needed else "000000")
        head.fill = PatternFill("solid", fgColor="DDEBF7")
        hint = ("必填其一。" if field in needed else "") + expectation(types[field], field)
        head.comment = Comment(hint, "matcher")
        cell = page.cell(2, column)
        value = format_cell(getattr(example, field))
        cell.value = None if value == "" else value
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        letter = get_column_letter(column)
        page.column_dimensions[letter].width = _WIDTH
        if types[field].kind is CellKind.CHOICE:
            options = DataValidation(
                "list", f'"{",".join(types[field].choices)}"', allow_blank=True
            )
            options.add(f"{letter}2:{letter}{_ROWS}")
            page.add_data_validation(options)
        if types[field].kind is CellKind.DATE:
            for row in range(2, 200):
                page.cell(row, column).number_format = "yyyy-mm-dd"
    texts = [str(cell.value) for cell in page[2] if cell.value is not None]
    page.row_dimensions[2].height = row_height(texts, _WIDTH)
    page.freeze_panes = "A2"


def _fields(record_type: type[Record]) -> list[tuple[str, Any]]:
    return [(f, m) for f, m in headers(record_type) if (record_type, f) != (Team, "evidence")]


def _notes(workbook: Any, kind: TemplateKind) -> None:
    page = workbook.create_sheet("填写说明")
    page.column_dimensions["A"].width = 100
    lines = [
        "红色列名为必填 (编号可以不填编号列, 由软件生成); 鼠标停在列名上有提示。",
        "第 2 行是示例, 填写前请删去; 不要改动列名, 可以增加列, 增加的列原样保留。",
        "金额以万元计, 也可写“500万元”“面议”; 日期写 2026-12-31; 多项之间用“；”隔开。",
        "考核指标写成“名称 比较号 数值 单位”, 如: 总氧≤5ppm；疲劳寿命≥20年。",
        "填好后: matcher import 文件.xlsx --check 先看结果, 再去掉 --check 导入。",
    ]
    if kind == "teams":
        lines.append("成果写在「成果」表, 每行一条, 用团队编号对应。")
    for number, line in enumerate(lines, start=1):
        page.cell(number, 1, line)
