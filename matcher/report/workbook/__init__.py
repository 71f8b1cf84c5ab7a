"""The report as a workbook: the home of the staff. What is on which page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from matcher.assignment import Concentration
from matcher.report.data_file import RANKING_HEADER, ranking_rows
from matcher.report.grid import FIRST_ROW, Column, Link, Page, write_pages
from matcher.report.model import ChallengeCard, Report, RequirementLine

OVERVIEW, RANKINGS, REQUIREMENTS, PLAN = "总览", "各需求排名", "要求对照", "指派方案"
RISKS, CONFLICTS, OVERRIDES = "流标风险", "冲突与提示", "人工决定"
JOINT, TEAMS, SPREAD, METHOD = "联合体", "按团队", "集中度", "方法与清单"
_WIDTHS = (11, 30, 13, 7, 7, 7, 10, 24, 22, 9, 8, 8, 36, 8, 26, 18, 18, 18, 34, 34, 22, 30)
_COLOURED = {"总体判断", "方案", "等级"}


def write_workbook(report: Report, path: Path) -> None:
    """Write the workbook; the same report gives the same cells."""
    write_pages(report.title, workbook_pages(report), path)


def workbook_pages(report: Report) -> tuple[Page, ...]:
    """The pages as data, in order."""
    rankings, starts = _rankings(report)
    teams, seats = _teams(report, starts)
    return (
        _overview(report, starts),
        rankings,
        _requirements(report, starts),
        _plan(report, starts, seats),
        _risks(report, starts),
        _conflicts(report, starts, seats),
        _overrides(report, starts),
        _joint(report, starts, seats),
        teams,
        _spread(report),
        _method(report),
    )


def _rankings(report: Report) -> tuple[Page, dict[str, int]]:
    """And where each challenge begins."""
    columns = [
        Column(header, width, header in _COLOURED)
        for header, width in zip(RANKING_HEADER, _WIDTHS, strict=True)
    ]
    page = Page(RANKINGS, columns, "每项需求按得分排列; 等级是把握的大小, 不看职称、级别和名气。")
    starts: dict[str, int] = {}
    for number, card in enumerate(report.cards):
        for row in ranking_rows(card):
            back = Link(card.challenge_id, OVERVIEW, FIRST_ROW + number)
            cells = (row[0] if card.challenge_id in starts else back, *row[1:])
            starts.setdefault(card.challenge_id, page.add(*cells))
    return page, starts


def _overview(report: Report, starts: Mapping[str, int]) -> Page:
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
            Link(card.challenge_id, RANKINGS, starts[card.challenge_id]),
            card.title, card.demand_org, card.tech_domain, card.bounty_wan, card.deadline or "未定",
            card.verdict, card.risk.level, first.team_name if first else "没有",
            first.band if first else "", _names(report, card.assigned), missing,
        )  # fmt: skip
    return page


def _names(report: Report, ids: Sequence[str]) -> str:
    return "、".join(report.team_name(i) for i in ids) or "无"


def _joint(report: Report, starts: Mapping[str, int], seats: Mapping[str, int]) -> Page:
    columns = (
        Column("榜单编号", 12), Column("项目名称", 36), Column("团队编号", 11), Column("成员", 30),
        Column("单位", 22), Column("角色", 8), Column("负责的要求", 28),
        Column("合起来覆盖(0–1)", 10, form="0.00"),
        Column("最好的单个团队", 28), Column("它覆盖(0–1)", 10, form="0.00"), Column("仍未见", 20),
    )  # fmt: skip
    page = Page(JOINT, columns, "一个团队不够时, 合起来覆盖最多的最少几个团队; 部分覆盖记 0.5。")
    for card in report.cards:
        joint = card.joint
        for m in () if joint is None else joint.members:
            assert joint is not None
            page.add(
                Link(card.challenge_id, RANKINGS, starts[card.challenge_id]), card.title,
                Link(m.team_id, TEAMS, seats[m.team_id]), m.team_name, m.org_name, m.role,
                "、".join(m.requirements), joint.coverage, joint.best_single, joint.single,
                "、".join((*joint.open, *joint.unmet)),
            )  # fmt: skip
    return page


def _requirements(report: Report, starts: Mapping[str, int]) -> Page:
    columns = (
        Column("榜单编号", 12), Column("要求", 12), Column("原文", 46), Column("名次", 7),
        Column("团队名称", 26), Column("单位", 22), Column("覆盖", 8, True), Column("依据", 44),
        Column("实测指标", 30),
    )  # fmt: skip
    page = Page(REQUIREMENTS, columns, "每条要求, 每个团队拿什么来证明; 考核指标旁列登记的实测值。")
    for card in report.cards:
        for label, text in _asked(card):
            for line in card.teams:
                held = next((r for r in line.requirements if r.label == label), None)
                if held is not None:
                    page.add(
                        Link(card.challenge_id, RANKINGS, starts[card.challenge_id]), label, text,
                        line.rank or "未列入", line.team_name, line.org_name, held.status,
                        held.evidence, held.demonstrated,
                    )  # fmt: skip
    return page


def _asked(card: ChallengeCard) -> list[tuple[str, str]]:
    lines: tuple[RequirementLine, ...] = card.teams[0].requirements if card.teams else ()
    return [(line.label, line.text) for line in lines]


def _plan(report: Report, starts: Mapping[str, int], seats: Mapping[str, int]) -> Page:
    columns = (
        Column("榜单编号", 12), Column("项目名称", 40), Column("方案", 8, True),
        Column("团队编号", 11), Column("团队名称", 30), Column("单位", 24), Column("省", 9),
        Column("等级", 8, True), Column("排名中的名次", 9), Column("契合度(0–1)", 9, form="0.00"),
        Column("人工指定", 9),
        Column("±10%稳定性", 10, True), Column("会换成", 30),
    )  # fmt: skip
    plan = report.plan
    worst = "" if plan.worst_fit is None else f", 最差 {plan.worst_fit:.2f}"
    proof = "已证明最优" if plan.optimal else "未证明最优"
    page = Page(PLAN, columns, f"答复 {plan.answered}/{plan.challenges} 项, 契合度合计 "
                f"{plan.total_fit:.2f}{worst}; {proof}。{plan.infeasible}")  # fmt: skip
    instead = {
        (f.challenge_id, f.team_id): "、".join(f.replaced_by) or "无人"
        for f in (report.firmness.flips if report.firmness else ())
    }
    for line in plan.lines:
        firm = {True: "稳", False: "会变", None: ""}[line.firm]
        page.add(
            Link(line.challenge_id, RANKINGS, starts[line.challenge_id]), line.challenge_title,
            line.role, Link(line.team_id, TEAMS, seats[line.team_id]), line.team_name,
            line.org_name, line.province, line.band, line.rank or "未列入", line.fit,
            "是" if line.forced else "",
            firm, instead.get((line.challenge_id, line.team_id), "") if line.role == "主" else "",
        )  # fmt: skip
    return page


def _risks(report: Report, starts: Mapping[str, int]) -> Page:
    columns = (
        Column("榜单编号", 12), Column("项目名称", 42), Column("风险", 8, True),
        Column("总体判断", 15, True), Column("原因", 50), Column("建议", 50),
        Column("排第一的团队", 28),
        Column("等级", 8, True),
    )  # fmt: skip
    page = Page(RISKS, columns, "高: 没有团队可指派; 中: 总体判断不足或没有备选。不勉强配对。")
    for card in report.at_risk:
        first = card.teams[0] if card.teams else None
        page.add(
            Link(card.challenge_id, RANKINGS, starts[card.challenge_id]), card.title,
            card.risk.level, card.verdict, card.risk.reason, card.risk.advice,
            first.team_name if first else "没有", first.band if first else "",
        )  # fmt: skip
    return page


def _conflicts(report: Report, starts: Mapping[str, int], seats: Mapping[str, int]) -> Page:
    columns = (
        Column("轻重", 10, True), Column("榜单编号", 12), Column("项目名称", 34),
        Column("团队编号", 11), Column("团队名称", 28),
        Column("单位", 22), Column("说明", 56), Column("规则", 16), Column("出处", 40),
    )  # fmt: skip
    page = Page(CONFLICTS, columns, "规则的禁止和提示、用尽的名额、金额的出入, 带规则编号和出处。")
    for c in report.conflicts:
        team = Link(c.team_id, TEAMS, seats[c.team_id]) if c.team_id in seats else c.team_id
        page.add(
            c.severity, Link(c.challenge_id, RANKINGS, starts[c.challenge_id]), c.challenge_title,
            team, c.team_name, c.org_name, c.text, c.rule, c.source,
        )  # fmt: skip
    for card in report.cards:
        for f in card.findings:
            link = Link(card.challenge_id, RANKINGS, starts[card.challenge_id])
            page.add(f.kind, link, card.title, "", "", "", f.text, f.rule, f.source)
    for words in report.plan.limits:
        page.add("名额", "", "", "", "", "", words, "", "指派设置")
    return page


def _overrides(report: Report, starts: Mapping[str, int]) -> Page:
    columns = (
        Column("榜单编号", 12), Column("团队编号", 12), Column("团队名称", 30), Column("决定", 12),
        Column("理由", 46), Column("操作人", 12), Column("日期", 12), Column("结果", 46),
    )  # fmt: skip
    page = Page(OVERRIDES, columns, "工作人员的推荐和排除, 连同理由和是否采纳。")
    for o in report.overrides:
        known = o.challenge_id in starts
        page.add(
            Link(o.challenge_id, RANKINGS, starts[o.challenge_id]) if known else o.challenge_id,
            o.team_id, o.team_name, o.stage, o.reason or "未写理由", o.who, o.when, o.honoured,
        )  # fmt: skip
    return page


def _teams(report: Report, starts: Mapping[str, int]) -> tuple[Page, dict[str, int]]:
    """And where each team stands."""
    columns = (
        Column("团队编号", 12), Column("团队名称", 32), Column("单位", 24), Column("单位类型", 10),
        Column("省", 9), Column("还可承担", 9), Column("在研", 7), Column("指派的项目", 24),
        Column("备选的项目", 24), Column("排第一的项目", 24), Column("上榜次数", 9),
    )  # fmt: skip
    page = Page(TEAMS, columns, "从团队看榜单: 承担什么, 备选什么, 在几项里上榜。")
    seats: dict[str, int] = {}
    for t in report.teams:
        main: str | Link = "、".join(t.assigned)
        if t.assigned:
            main = Link(str(main), RANKINGS, starts[t.assigned[0]])
        seats[t.team_id] = page.add(
            t.team_id, t.team_name, t.org_name, t.org_type, t.province,
            "不限" if t.capacity is None else t.capacity, t.active, main, "、".join(t.alternate),
            "、".join(t.first), t.listed,
        )  # fmt: skip
    return page, seats


def _spread(report: Report) -> Page:
    columns = (
        Column("项", 17), Column("名称", 34), Column("指派方案", 14, form="0.###"),
        Column("方案占比", 12, form="0.0%"), Column("只按排序取第一", 14, form="0.###"),
        Column("排序占比", 12, form="0.0%"),
    )  # fmt: skip
    page = Page(
        SPREAD,
        columns,
        "HHI 和基尼系数越大越集中; 省外占比只算两边省份都知道的。",
    )
    plan, ranking = report.spread.plan, report.spread.ranking
    for name, a, b in spread_measures(plan, ranking):
        page.add("指标", name, a, None, b, None)
    before = {org: (n, share) for org, n, share in ranking.by_org}
    after = {org: (n, share) for org, n, share in plan.by_org}
    for org in sorted({*after, *before}, key=lambda o: (-after.get(o, (0, 0))[0], o)):
        page.add("单位", org, *after.get(org, (0, 0.0)), *before.get(org, (0, 0.0)))
    for name, assigned, listed in report.spread.provinces:
        page.add("省份 (右为上榜数)", name, assigned, None, listed, None)
    return page


def spread_measures(
    plan: Concentration, ranking: Concentration
) -> list[tuple[str, float | str, float | str]]:
    """(measure, of the plan, of the ranking alone)."""
    unknown = "不详"
    outside = [
        unknown if c.out_of_province is None else round(c.out_of_province, 4)
        for c in (plan, ranking)
    ]
    return [
        ("配对数", plan.pairs, ranking.pairs),
        ("HHI (0–1)", round(plan.hhi, 4), round(ranking.hhi, 4)),
        (f"基尼系数 (0–1, {plan.population} 个单位)", round(plan.gini, 4), round(ranking.gini, 4)),
        ("省外占比 (0–1)", outside[0], outside[1]),
        ("省份不详的配对", plan.province_unknown, ranking.province_unknown),
    ]


def _method(report: Report) -> Page:
    page = Page(METHOD, (Column("事项", 20), Column("说明", 120)), "怎样得出, 用了什么。")
    for what, how in report.method:
        page.add(what, how)
    firm = report.firmness
    if firm is not None:
        held = "在最不利情形下整份方案不变" if firm.adverse_holds else "在最不利情形下有的指派会变"
        words = f"{firm.kept} 个指派在全部 {len(firm.scenarios)} 种情形下不变; {held}"
        page.add("±10% 变动", words)
    for card in report.cards:
        for a in card.amounts:
            words = f"{a.name} {a.value_wan:g} 万元 = {a.working} [{a.rule}, {a.source}]"
            page.add(f"金额 {card.challenge_id}", words)
    return page
