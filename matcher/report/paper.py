"""The report as a meeting paper (.docx): what was found, the plan, then one section a challenge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from matcher.report.charts import bar_chart, chinese_font, flow_chart
from matcher.report.document import Paper
from matcher.report.flow import flow_of
from matcher.report.model import ChallengeCard, Report, RuleBook, TeamLine

# A meeting reads the first few; the workbook holds them all.
_SHOWN = 5
_MOST_BARS = 15
_EPOCH = (2021, 1, 1, 0, 0, 0)


def write_paper(report: Report, path: Path) -> None:
    """Write the paper; the same report on the same machine gives the same bytes."""
    paper = Paper(report.title)
    for text in report.notes:
        paper.warn(text)
    _summary(paper, report)
    _plan(paper, report)
    _open_calls(paper, report)
    _spread(paper, report)
    _forms(paper, report)
    paper.heading("各项需求", 1)
    for card in report.cards:
        _card(paper, card)
    paper.heading("方法与清单", 1)
    paper.table(("事项", "说明"), report.method, (3.2, 13.8))
    _save(paper.document, path)


def _save(document: Any, path: Path) -> None:
    """Save without the time of saving: neither in the properties nor in the archive."""
    core = document.core_properties
    core.created = core.modified = core.last_printed = datetime(*_EPOCH)
    core.author = core.last_modified_by = "matcher"
    core.revision = 1
    buffer = BytesIO()
    document.save(buffer)
    with ZipFile(buffer) as made, ZipFile(path, "w", ZIP_DEFLATED) as kept:
        for name in made.namelist():
            entry = ZipInfo(name, _EPOCH)
            entry.compress_type = ZIP_DEFLATED
            kept.writestr(entry, made.read(name))


def _summary(paper: Paper, report: Report) -> None:
    plan = report.plan
    high = sum(card.risk.level == "高" for card in report.cards)
    paper.heading("一页结论", 1)
    proof = "已证明最优" if plan.optimal else "未证明最优"
    paper.text(
        f"共 {plan.challenges} 项技术需求, 指派 {plan.answered} 项 ({proof}); "
        f"流标风险高的 {high} 项; 冲突与提示 {len(report.conflicts)} 条; "
        f"人工决定 {len(report.overrides)} 条。"
    )
    if report.firmness is not None:
        firm = report.firmness
        paper.text(
            f"稳定性: 契合度各自在 ±{firm.change:.0%} 之内抽签变动 {firm.draws} 次, 每次重新求解: "
            f"{', '.join(f'{word} {n} 个' for word, n in firm.counts)} (稳: 至少八成的抽签里不变; "
            "难分: 不到五成, 请对照依据决定)。"
        )
    risky: dict[tuple[str, str], list[str]] = {}
    for card in report.at_risk:
        if card.risk.level == "高":
            named = risky.setdefault((card.risk.reason, card.risk.advice), [])
            named.append(f"{card.challenge_id} {card.title}")
    if risky:
        paper.heading("流标风险高的需求", 2)
        grouped = [("\n".join(names), reason, advice) for (reason, advice), names in risky.items()]
        paper.table(("需求", "原因", "建议"), grouped, (8.6, 4.2, 4.2))
    serious = [(c.severity, c.challenge_id, c.team_name, c.text, f"{c.rule} {c.source}")
               for c in report.conflicts if c.severity != "提示"]  # fmt: skip
    if serious:
        paper.heading("禁止和排除", 2)
        headers = ("轻重", "编号", "团队", "说明", "规则与出处")
        paper.table(headers, serious, (1.8, 2.0, 4.0, 5.4, 3.8))
    if report.overrides:
        paper.heading("人工决定", 2)
        decided = [(o.stage, o.challenge_id, o.team_name or o.team_id, o.reason or "未写理由",
                    o.who, o.honoured) for o in report.overrides]  # fmt: skip
        columns = ("决定", "编号", "团队", "理由", "操作人", "结果")
        paper.table(columns, decided, (2.0, 2.2, 4.0, 3.8, 1.6, 3.4))


def _plan(paper: Paper, report: Report) -> None:
    paper.heading("指派方案", 1)
    if report.plan.infeasible:
        paper.warn(report.plan.infeasible)
    spare: dict[str, list[str]] = {}
    for line in report.plan.lines:
        if line.role == "备选":
            spare.setdefault(line.challenge_id, []).append(line.team_name)
    rows = [
        (
            x.challenge_id, x.challenge_title, f"{x.team_name} ({x.org_name})", x.band,
            "、".join(spare.get(x.challenge_id, ())) or "无",
            "人工指定" if x.forced else x.firmness,
        )
        for x in report.plan.lines
        if x.role == "主"
    ]  # fmt: skip
    if not rows:
        paper.text("没有指派: 没有团队达到所设的最低等级, 或名额已满。不勉强配对。")
        return
    headers = ("编号", "项目名称", "指派", "等级", "备选", "稳定性")
    paper.table(headers, rows, (2.1, 4.6, 4.4, 1.2, 3.3, 1.4))


def _open_calls(paper: Paper, report: Report) -> None:
    """The assignments that a meeting should decide by the evidence."""
    firm = report.firmness
    if firm is None or not firm.open_calls:
        return
    paper.heading("难分的指派", 1)
    paper.text(
        f"下列指派在契合度 ±{firm.change:.0%} 的变动里有一半以上会换人: 几个团队差别在误差之内, "
        "请会议对照依据决定。"
    )
    rows = [
        (
            f.challenge_id, f.challenge_title, f"{f.team_name} ({f.band}, {f.fit:.2f})",
            f"{f.stays:.0%}",
            "\n".join(f"{r.team_name} ({r.band}, {r.fit:.2f}; {r.share:.0%})" for r in f.rivals),
        )
        for f in firm.open_calls
    ]  # fmt: skip
    headers = ("编号", "项目名称", "指派 (等级, 契合度)", "仍在", "会换成 (等级, 契合度; 比例)")
    paper.table(headers, rows, (2.1, 4.2, 4.2, 1.3, 5.2))


def _forms(paper: Paper, report: Report) -> None:
    """The alliance conditions over the whole list, and an empty score sheet to hand out."""
    book = report.rulebook
    if book is None or not (book.items or book.aspects):
        return
    paper.heading("联盟条件与评估评分", 1)
    if book.items:
        paper.text(f"按“{book.name}”, 有指派的 {report.plan.answered} 项逐条核对; 记录里查不到的"
                   "由工作人员核实 (表格在工作簿“联盟条件”页)。")  # fmt: skip
        rows = [(i.text, str(i.met), str(i.missing), str(i.unknown), f"{i.rule}: {i.source}")
                for i in book.items]  # fmt: skip
        headers = ("事项", "满足", "缺", "待核实", "规则与出处")
        paper.table(headers, rows, (5.4, 1.4, 1.4, 1.6, 7.2))
        lacking = [
            (card.challenge_id, card.title, "、".join(lacks))
            for card in report.cards
            if (lacks := _lacks(book, card))
        ]
        if lacking:
            paper.table(("编号", "项目名称", "还缺"), lacking, (2.4, 8.0, 6.6))
    if book.aspects:
        paper.text(f"评估评分表 (每项 0–{book.full_marks:g} 分; {book.marks_note}; 软件不打分):")
        blank = [(a.text, "", "", f"{a.rule}: {a.source}") for a in book.aspects]
        paper.table(("方面", "得分", "理由", "规则与出处"), blank, (3.0, 1.8, 5.0, 7.2))


def _lacks(book: RuleBook, card: ChallengeCard) -> list[str]:
    lacking = {fact.key for fact in card.facts if not fact.holds}
    return [item.text for item in book.items if item.key in lacking]


def _spread(paper: Paper, report: Report) -> None:
    plan, ranking = report.spread.plan, report.spread.ranking
    paper.heading("集中度", 1)
    measures = [(name, str(a), str(b)) for name, a, b in report.spread.measures()]
    paper.table(("指标", "指派方案", "只按排序取第一"), measures, (7.0, 5.0, 5.0))
    before = {org: n for org, n, _ in ranking.by_org}
    by_org = [(org, n, before.get(org, 0)) for org, n, _ in plan.by_org][:_MOST_BARS]
    provinces = [(name, n, 0) for name, n, _ in report.spread.provinces if n][:_MOST_BARS]
    if chinese_font() is None and by_org:
        paper.warn("这台机器没有中文字体, 图改用表格。")
        rows = [(org, str(n), str(m)) for org, n, m in by_org]
        paper.table(("单位", "指派方案", "只按排序取第一"), rows, (9.0, 4.0, 4.0))
        paper.table(("省份", "指派"), [(name, str(n)) for name, n, _ in provinces], (9.0, 8.0))
    paper.picture(bar_chart("指派最多的单位", by_org, ("指派方案", "只按排序取第一")))
    paper.picture(flow_chart("指派从技术领域到单位的流向 (数字为项数)", flow_of(report)))
    paper.picture(bar_chart("指派团队所在的省份", provinces, ("指派方案", "")))


def _card(paper: Paper, card: ChallengeCard) -> None:
    paper.heading(f"{card.challenge_id} {card.title}", 2)
    facts = [card.demand_org, card.tech_domain, f"{card.province}{card.city}",
             "面议" if card.bounty_wan is None else f"榜额 {card.bounty_wan:g} 万元",
             f"截止 {card.deadline}" if card.deadline else ""]  # fmt: skip
    paper.text(" · ".join(fact for fact in facts if fact), small=True)
    if card.summary:
        paper.text(card.summary)
    advice = f" 建议: {card.risk.advice}。" if card.risk.advice else ""
    paper.text(f"总体判断: {card.verdict}。流标风险{card.risk.level}: {card.risk.reason}。{advice}")
    shown = card.teams[:_SHOWN] + tuple(t for t in card.teams[_SHOWN:] if t.role or t.override)
    if not shown:
        return
    rows = [_team_row(line) for line in shown]
    headers = ("名次", "等级", "方案", "团队", "最好的依据", "提示")
    paper.table(headers, rows, (1.2, 1.2, 1.2, 4.6, 5.2, 3.6))
    _coverage(paper, shown)
    _indicators(paper, shown)
    if card.joint is not None:
        members = "; ".join(
            f"{m.team_name} ({'、'.join(m.requirements)})" for m in card.joint.members
        )
        paper.text(f"联合体建议: {members}。合起来覆盖 {card.joint.coverage:.2f}, 最好的单个团队 "
                   f"{card.joint.single:.2f}。")  # fmt: skip
    for a in card.amounts:
        paper.text(
            f"{a.name} {a.value_wan:g} 万元 = {a.working} [{a.rule}, {a.source}]", small=True
        )


def _team_row(line: TeamLine) -> tuple[str, ...]:
    best = line.evidence[0] if line.evidence else None
    year = f" ({best.year})" if best and best.year else ""
    proof = f"[{best.kind}] {best.title}{year}" if best else "无"
    said = [c.text if c.kind not in ("只有自述", "单一依据") else c.kind for c in line.cautions]
    override = [line.override] if line.override else []
    return (
        str(line.rank or "未列入"), line.band, line.role, f"{line.team_name}\n{line.org_name}",
        proof, "; ".join((*override, *said)),
    )  # fmt: skip


def _coverage(paper: Paper, teams: Sequence[TeamLine]) -> None:
    """Teams × requirements; a shaded table needs no font and can be read aloud."""
    labels = [r.label for r in teams[0].requirements][:10]
    if not labels:
        return
    rows = [
        (line.team_name, *(r.status for r in line.requirements[: len(labels)])) for line in teams
    ]
    paper.table(("覆盖", *labels), rows, (4.2, *[12.8 / len(labels)] * len(labels)))


def _indicators(paper: Paper, teams: Sequence[TeamLine]) -> None:
    """Targets beside recorded values; where nobody has any, one line says so."""
    asked = [r for r in teams[0].requirements if r.demonstrated]
    rows = [
        (r.text, line.team_name, r.demonstrated)
        for line in teams
        for r in line.requirements
        if r.demonstrated and r.demonstrated != "未记录"
    ]
    if rows:
        paper.table(("考核指标", "团队", "登记的实测值"), rows, (6.0, 4.5, 6.5))
    elif asked:
        paper.text("考核指标: 所列团队都没有登记实测值, 请在联系时核实。", small=True)
