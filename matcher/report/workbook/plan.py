"""Pages of the plan: assignments and how firm they are, risks, conflicts, decisions, consortia."""

from __future__ import annotations

from matcher.report.grid import Column, Page
from matcher.report.model import Caution, ChallengeCard, Report, Rival
from matcher.report.overrides import BAR, PIN
from matcher.report.workbook.places import (
    CONFLICTS,
    FIRMNESS,
    JOINT,
    OVERRIDES,
    PLAN,
    RISKS,
    Places,
)

# Empty lines under the decisions, for new ones.
_FREE_LINES = 30
# Of how many challenges the same thing is said one by one.
_MOST_ALIKE = 5


def plan_page(report: Report, places: Places) -> Page:
    """One row an assigned team or alternate."""
    columns = (
        Column("榜单编号", 11), Column("项目名称", 38), Column("方案", 7, True),
        Column("团队编号", 10), Column("团队名称", 30), Column("单位", 22), Column("省", 8),
        Column("等级", 7, True), Column("排名中的名次", 9), Column("契合度(0–1)", 9, form="0.00"),
        Column("人工指定", 7), Column("稳定性", 8, True),
        Column("±10%时仍在方案的比例", 12, form="0%"),
    )  # fmt: skip
    plan = report.plan
    worst = "" if plan.worst_fit is None else f", 最差 {plan.worst_fit:.2f}"
    proof = "已证明最优" if plan.optimal else "未证明最优"
    page = Page(PLAN, columns, f"答复 {plan.answered}/{plan.challenges} 项, 契合度合计 "
                f"{plan.total_fit:.2f}{worst}; {proof}。{plan.infeasible}")  # fmt: skip
    for line in plan.lines:
        page.add(
            places.challenge(line.challenge_id), line.challenge_title, line.role,
            places.team(line.team_id), line.team_name, line.org_name, line.province, line.band,
            line.rank or "未列入", line.fit, "是" if line.forced else "", line.firmness, line.stays,
        )  # fmt: skip
    return page


def firmness_page(report: Report, places: Places) -> Page:
    """The assignments that several teams could have had, the least firm first."""
    columns = (
        Column("榜单编号", 11), Column("项目名称", 34), Column("稳定性", 8, True),
        Column("指派的团队", 28), Column("等级", 7, True), Column("契合度(0–1)", 9, form="0.000"),
        Column("仍在方案的比例", 10, form="0%"), Column("最常换成", 28), Column("等级", 7, True),
        Column("契合度(0–1)", 9, form="0.000"), Column("换成它的比例", 10, form="0%"),
        Column("其次", 30), Column("权重变动时", 20),
    )  # fmt: skip
    firm = report.firmness
    assert firm is not None
    counts = ", ".join(f"{word} {n} 个" for word, n in firm.counts)
    page = Page(
        FIRMNESS,
        columns,
        f"契合度各自在 ±{firm.change:.0%} 之内抽签变动 {firm.draws} 次, 每次重新求解: {counts}。"
        "稳: 至少八成的抽签里不变; 较稳: 至少五成; 难分: 不到五成, 几个团队差别在误差之内, "
        "请会议对照依据决定。",
    )
    for f in firm.flips:
        first = f.rivals[0] if f.rivals else None
        page.add(
            places.challenge(f.challenge_id), f.challenge_title, f.word, f.team_name, f.band, f.fit,
            f.stays, first.team_name if first else "无人", first.band if first else "",
            first.fit if first else None, first.share if first else None,
            "、".join(_rival(r) for r in f.rivals[1:]), "、".join(f.lost_to),
        )  # fmt: skip
    return page


def _rival(rival: Rival) -> str:
    return f"{rival.team_name} ({rival.share:.0%})"


def risks_page(report: Report, places: Places) -> Page:
    """The challenges that may go unanswered."""
    columns = (
        Column("榜单编号", 11), Column("项目名称", 38), Column("风险", 7, True),
        Column("总体判断", 14, True), Column("原因", 42), Column("建议", 42),
        Column("排第一的团队", 28), Column("等级", 7, True),
    )  # fmt: skip
    page = Page(RISKS, columns, "高: 没有团队可指派; 中: 总体判断不足或没有备选。不勉强配对。")
    for card in report.at_risk:
        first = card.teams[0] if card.teams else None
        page.add(
            places.challenge(card.challenge_id), card.title, card.risk.level, card.verdict,
            card.risk.reason, card.risk.advice, first.team_name if first else "没有",
            first.band if first else "",
        )  # fmt: skip
    return page


def conflicts_page(report: Report, places: Places) -> Page:
    """What rules, staff and limits say against pairs."""
    columns = (
        Column("轻重", 9, True), Column("榜单编号", 11), Column("项目名称", 30),
        Column("团队编号", 10), Column("团队名称", 24), Column("单位", 20), Column("说明", 44),
        Column("规则", 15), Column("出处", 34),
    )  # fmt: skip
    page = Page(CONFLICTS, columns, "规则的禁止和提示、用尽的名额、金额的出入, 带规则编号和出处。")
    for c in report.conflicts:
        page.add(
            c.severity, places.challenge(c.challenge_id), c.challenge_title,
            places.team(c.team_id), c.team_name, c.org_name, c.text, places.rule(c.rule), c.source,
        )  # fmt: skip
    for f, cards in _said_of(report).items():
        for card in cards[:_MOST_ALIKE]:
            page.add(f.kind, places.challenge(card.challenge_id), card.title, "", "", "", f.text,
                     places.rule(f.rule), f.source)  # fmt: skip
        if len(cards) > _MOST_ALIKE:
            rest = f"还有 {len(cards) - _MOST_ALIKE} 项同此"
            page.add(f.kind, "", rest, "", "", "", f.text, places.rule(f.rule), f.source)
    for words in report.plan.limits:
        page.add("名额", "", "", "", "", "", words, "", "指派设置")
    return page


def _said_of(report: Report) -> dict[Caution, list[ChallengeCard]]:
    """What is said of challenges themselves, and of which."""
    said: dict[Caution, list[ChallengeCard]] = {}
    for card in report.cards:
        for finding in card.findings:
            said.setdefault(finding, []).append(card)
    return said


def overrides_page(report: Report, places: Places) -> Page:
    """Decisions of staff under the headers of outcomes, with lines for new ones.

    The sheet can be imported as outcomes, so what staff add here reaches the next report.
    """
    columns = (
        Column("榜单编号", 12, filled=True), Column("团队编号", 12, filled=True),
        Column("阶段", 12, choices=(PIN, BAR)), Column("理由", 46, filled=True),
        Column("操作人", 12, filled=True), Column("日期", 12, filled=True),
        Column("团队名称", 30), Column("处理情况", 40),
    )  # fmt: skip
    page = Page(
        OVERRIDES,
        columns,
        "推荐和排除, 连同理由和是否采纳。可在下面空行里添加 (日期写全年月日), 保存后 "
        "matcher import --outcomes 本文件, 下次报告照办。",
    )
    for o in report.overrides:
        page.add(
            places.challenge(o.challenge_id), places.team(o.team_id), o.stage,
            o.reason, o.who, o.when, o.team_name, o.honoured,
        )  # fmt: skip
    for _ in range(_FREE_LINES):
        page.add(*[""] * len(columns))
    return page


def joint_page(report: Report, places: Places) -> Page:
    """Proposed consortia, one row a member."""
    columns = (
        Column("榜单编号", 11), Column("项目名称", 32), Column("团队编号", 10), Column("成员", 28),
        Column("单位", 20), Column("角色", 7), Column("负责的要求", 26),
        Column("合起来覆盖(0–1)", 9, form="0.00"), Column("最好的单个团队", 26),
        Column("它覆盖(0–1)", 9, form="0.00"), Column("仍未见", 18),
    )  # fmt: skip
    page = Page(JOINT, columns, "一个团队不够时, 合起来覆盖最多的最少几个团队; 部分覆盖记 0.5。")
    for card in report.cards:
        joint = card.joint
        if joint is None:
            continue
        for m in joint.members:
            page.add(
                places.challenge(card.challenge_id), card.title, places.team(m.team_id),
                m.team_name, m.org_name, m.role, "、".join(m.requirements), joint.coverage,
                joint.best_single, joint.single, "、".join((*joint.open, *joint.unmet)),
            )  # fmt: skip
    return page
