"""Pages of single challenges: overview, rankings, requirements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matcher.report.data_file import RANKING_HEADER, ranking_rows
from matcher.report.grid import FIRST_ROW, Column, Link, Page
from matcher.report.model import ChallengeCard, Report, RequirementLine
from matcher.report.workbook.places import OVERVIEW, RANKINGS, REQUIREMENTS, Places

_COLOURED = {"总体判断", "方案", "等级"}
_WIDTHS: Mapping[str, int] = {
    "榜单编号": 11, "项目名称": 26, "总体判断": 13, "名次": 6, "方案": 6, "等级": 6,
    "团队名称": 24, "单位": 18, "省": 7, "最佳依据": 32, "依据年份": 6, "覆盖的要求": 14,
    "未见依据的要求": 16, "提示": 26, "团队编号": 10, "单位类型": 9, "市": 8, "共有用词": 26,
    "部分覆盖": 18, "指标与实测": 34, "人工决定": 22, "来源": 30,
}  # fmt: skip
# The columns before this one fit a sheet of paper; the rest is for the screen.
_SCREEN_FROM = "团队编号"
# Marks what a meeting reads before all the rest.
_FIRST_LOOK = "先看"
# The whole text of a requirement is read in its cell; here it only reminds.
_REQUIREMENT_LINES = 3


def rankings_page(report: Report) -> tuple[Page, dict[str, int]]:
    """And where each challenge begins."""
    printed = RANKING_HEADER.index(_SCREEN_FROM)
    columns = [
        Column(header, _WIDTHS[header], header in _COLOURED, printed=number < printed)
        for number, header in enumerate(RANKING_HEADER)
    ]
    page = Page(
        RANKINGS,
        columns,
        "每项需求按得分排列; 等级是把握的大小, 不看职称、级别和名气。打印到“提示”一列为止。",
    )
    starts: dict[str, int] = {}
    for number, card in enumerate(report.cards):
        for row in ranking_rows(card):
            back = Link(card.challenge_id, OVERVIEW, FIRST_ROW + number)
            cells = (row[0] if card.challenge_id in starts else back, *row[1:])
            starts.setdefault(card.challenge_id, page.add(*cells))
    return page, starts


def overview_page(report: Report, places: Places) -> Page:
    """One row a challenge."""
    columns = (
        Column("榜单编号", 11), Column("项目名称", 36), Column("需求单位", 16),
        Column("技术领域", 14), Column("榜额(万元)", 9, form="#,##0.##"), Column("截止", 10),
        Column("总体判断", 14, True), Column("流标风险", 8, True), Column("排第一的团队", 24),
        Column("等级", 7, True), Column("指派", 24), Column("未见依据的要求", 16),
    )  # fmt: skip
    plan = report.plan
    note = f"共 {plan.challenges} 项, 指派 {plan.answered} 项, 无人可指派 "
    note += f"{plan.challenges - plan.answered} 项。{' '.join(report.notes)}"
    page = Page(OVERVIEW, columns, note)
    for card in report.cards:
        first = card.teams[0] if card.teams else None
        missing = "、".join(first.labels("未见")) if first else ""
        page.add(
            places.challenge(card.challenge_id), card.title, card.demand_org, card.tech_domain,
            card.bounty_wan, card.deadline or "未定", card.verdict, card.risk.level,
            first.team_name if first else "没有", first.band if first else "",
            _names(report, card.assigned), missing,
        )  # fmt: skip
    return page


def requirements_page(report: Report, places: Places) -> Page:
    """One row a requirement and team."""
    columns = (
        Column("榜单编号", 11), Column("要求", 11), Column("原文", 46), Column("名次", 6),
        Column("团队名称", 26), Column("单位", 20), Column("覆盖", 7, True), Column("依据", 44),
        Column("实测指标", 26), Column(_FIRST_LOOK, 6, printed=False),
    )  # fmt: skip
    page = Page(
        REQUIREMENTS,
        columns,
        "每条要求, 每个团队拿什么来证明; 考核指标旁列登记的实测值。打开和打印只列指派的团队 "
        f"(没有指派的列第一名); 要看全部, 在“{_FIRST_LOOK}”一列的筛选里选“全选”。",
        most_lines=_REQUIREMENT_LINES,
        filtered=(_FIRST_LOOK, "是"),
    )
    for card in report.cards:
        spoken_of = card.assigned or tuple(line.team_id for line in card.teams[:1])
        for label, text in _asked(card):
            for line in card.teams:
                held = next((r for r in line.requirements if r.label == label), None)
                if held is not None:
                    page.add(
                        places.challenge(card.challenge_id), label, text, line.rank or "未列入",
                        line.team_name, line.org_name, held.status, held.evidence,
                        held.demonstrated, "是" if line.team_id in spoken_of else "",
                    )  # fmt: skip
    return page


def _asked(card: ChallengeCard) -> list[tuple[str, str]]:
    lines: tuple[RequirementLine, ...] = card.teams[0].requirements if card.teams else ()
    return [(line.label, line.text) for line in lines]


def _names(report: Report, ids: Sequence[str]) -> str:
    return "、".join(report.team_name(i) for i in ids) or "无"
