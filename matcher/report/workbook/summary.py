"""Pages of the whole: teams, concentration, method."""

from __future__ import annotations

from matcher.report.grid import FIRST_ROW, Column, Link, Page
from matcher.report.model import Report
from matcher.report.workbook.places import METHOD, RANKINGS, SPREAD, TEAMS, Places


def team_rows(report: Report) -> dict[str, int]:
    """Where each team stands on its page (from 0)."""
    return {t.team_id: FIRST_ROW + n for n, t in enumerate(report.teams)}


def teams_page(report: Report, places: Places) -> Page:
    """The list as teams see it."""
    columns = (
        Column("团队编号", 11), Column("团队名称", 32), Column("单位", 24), Column("单位类型", 9),
        Column("省", 8), Column("还可承担", 8), Column("在研", 6), Column("指派的项目", 20),
        Column("备选的项目", 22), Column("排第一的项目", 22), Column("上榜次数", 8),
    )  # fmt: skip
    page = Page(TEAMS, columns, "从团队看榜单: 承担什么, 备选什么, 在几项里上榜。")
    for t in report.teams:
        main: str | Link = "、".join(t.assigned)
        if t.assigned:
            main = Link(str(main), RANKINGS, places.challenges[t.assigned[0]])
        page.add(
            t.team_id, t.team_name, t.org_name, t.org_type, t.province,
            "不限" if t.capacity is None else t.capacity, t.active, main, "、".join(t.alternate),
            "、".join(t.first), t.listed,
        )  # fmt: skip
    return page


def spread_page(report: Report) -> Page:
    """Concentration of the plan beside the ranking alone, by organisation and province."""
    columns = (
        Column("项", 17), Column("名称", 34), Column("指派方案", 14, form="0.###"),
        Column("方案占比", 12, form="0.0%"), Column("只按排序取第一", 14, form="0.###"),
        Column("排序占比", 12, form="0.0%"),
    )  # fmt: skip
    page = Page(
        SPREAD,
        columns,
        "HHI 和基尼系数越大越集中; 省外占比只算两边省份都知道的。算法见方法与清单。",
    )
    spread = report.spread
    for name, a, b in spread.measures():
        page.add("指标", name, a, None, b, None)
    before = {org: (n, share) for org, n, share in spread.ranking.by_org}
    after = {org: (n, share) for org, n, share in spread.plan.by_org}
    for org in sorted({*after, *before}, key=lambda o: (-after.get(o, (0, 0))[0], o)):
        page.add("单位", org, *after.get(org, (0, 0.0)), *before.get(org, (0, 0.0)))
    for name, assigned, listed in spread.provinces:
        page.add("省份 (右为上榜数)", name, assigned, None, listed, None)
    return page


def method_page(report: Report) -> Page:
    """How the report was made."""
    page = Page(METHOD, (Column("事项", 20), Column("说明", 120)), "怎样得出, 用了什么。")
    for what, how in report.method:
        page.add(what, how)
    return page
