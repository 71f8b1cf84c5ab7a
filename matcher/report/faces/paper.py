"""The report as a meeting paper (.docx): what was found, the plan, then one section a challenge."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from matcher.report.charts import figures
from matcher.report.charts.drawing import ON_PAPER, bars, flow_chart
from matcher.report.charts.flow import flow_of
from matcher.report.charts.png import chinese_font, png
from matcher.report.faces.document import Paper
from matcher.report.model import ChallengeCard, Report, TeamLine
from matcher.report.tables import challenges, forms, plan, whole

# A meeting reads the first few; the workbook holds them all.
_SHOWN = 5
_MOST_REQUIREMENTS = 10
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
    paper.table(whole.method(report))
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
    made = report.plan
    high = sum(card.risk.level == "高" for card in report.cards)
    paper.heading("一页结论", 1)
    paper.text(
        f"共 {made.challenges} 项技术需求, 指派 {made.answered} 项 ({plan.proof(report)}); "
        f"流标风险高的 {high} 项; 冲突与提示 {len(report.conflicts)} 条; "
        f"人工决定 {len(report.overrides)} 条。"
    )
    if report.firmness is not None:
        firm = report.firmness
        paper.text(
            f"稳定性: 契合度各自在 {report.moved} 之内抽签变动 {firm.draws} 次, 每次重新求解: "
            f"{', '.join(f'{word} {n} 个' for word, n in firm.counts)} (稳: 至少八成的抽签里不变; "
            "难分: 不到五成, 请对照依据决定)。"
        )
    serious = [line for line in report.conflicts if line.severity != "提示"]
    for heading, table in (
        ("流标风险高的需求", challenges.high_risks(report)),
        ("禁止和排除", plan.conflicts(serious)),
        ("人工决定", plan.overrides(report)),
    ):
        if table.rows:
            paper.heading(heading, 2)
            paper.table(table)


def _plan(paper: Paper, report: Report) -> None:
    paper.heading("指派方案", 1)
    if report.plan.infeasible:
        paper.warn(report.plan.infeasible)
    table = plan.assigned(report)
    if table.rows:
        paper.table(table)
    else:
        paper.text("没有指派: 没有团队达到所设的最低等级, 或名额已满。不勉强配对。")


def _open_calls(paper: Paper, report: Report) -> None:
    """The assignments that a meeting should decide by the evidence."""
    table = plan.open_calls(report)
    if not table.rows:
        return
    paper.heading("难分的指派", 1)
    paper.text(
        f"下列指派在契合度 {report.moved} 的变动里有一半以上会换人: 几个团队差别在误差之内, "
        "请会议对照依据决定。"
    )
    paper.table(table)


def _forms(paper: Paper, report: Report) -> None:
    """The alliance conditions over the whole list, and an empty score sheet to hand out."""
    book = report.rulebook
    if book is None or not (book.items or book.aspects):
        return
    paper.heading("联盟条件与评估评分", 1)
    if book.items:
        paper.text(f"按“{book.name}”, 有指派的 {report.plan.answered} 项逐条核对; 记录里查不到的"
                   "由工作人员核实 (表格在工作簿“联盟条件”页)。")  # fmt: skip
        paper.table(forms.asked_items(book))
        lacking = forms.lacking(report, book)
        if lacking.rows:
            paper.table(lacking)
    if book.aspects:
        paper.text(f"评估评分表 (每项 0–{book.full_marks:g} 分; {book.marks_note}; 软件不打分):")
        paper.table(forms.score_sheet(book))


def _spread(paper: Paper, report: Report) -> None:
    paper.heading("集中度", 1)
    paper.table(whole.measures(report))
    organisations = figures.organisations(report)
    provinces = figures.provinces(report)[: figures.MOST_BARS]
    if chinese_font() is None and organisations:
        paper.warn("这台机器没有中文字体, 图改用表格。")
        paper.table(whole.organisations(organisations))
        paper.table(whole.provinces(provinces))
    named = ("指派方案", "只按排序取第一")
    paper.picture(png("指派最多的单位", bars(organisations, named, ON_PAPER)))
    flow = flow_chart(flow_of(report), ON_PAPER)
    paper.picture(png("指派从技术领域到单位的流向 (数字为项数)", flow))
    paper.picture(png("指派团队所在的省份", bars(provinces, named[:1], ON_PAPER)))


def _card(paper: Paper, card: ChallengeCard) -> None:
    paper.heading(f"{card.challenge_id} {card.title}", 2)
    paper.text(card.facts_in_words, small=True)
    if card.summary:
        paper.text(card.summary)
    advice = f" 建议: {card.risk.advice}。" if card.risk.advice else ""
    paper.text(f"总体判断: {card.verdict}。流标风险{card.risk.level}: {card.risk.reason}。{advice}")
    shown = card.teams[:_SHOWN] + tuple(t for t in card.teams[_SHOWN:] if t.role or t.override)
    if not shown:
        return
    paper.table(challenges.shown_teams(shown))
    if shown[0].requirements:
        paper.table(challenges.coverage(shown, _MOST_REQUIREMENTS))
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


def _indicators(paper: Paper, teams: tuple[TeamLine, ...]) -> None:
    """Targets beside recorded values; where nobody has any, one line says so."""
    table = challenges.demonstrated(teams)
    if table.rows:
        paper.table(table)
    elif any(r.demonstrated for r in teams[0].requirements):
        paper.text("考核指标: 所列团队都没有登记实测值, 请在联系时核实。", small=True)
