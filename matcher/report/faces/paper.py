"""The report as a paper (.docx): one page that decides, the plan, then one page a challenge."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from matcher.index.passages import PROFILE
from matcher.ranking.grades import Coverage
from matcher.report.brief import CLOSE, Brief, brief_of, needs_decision
from matcher.report.charts import figures
from matcher.report.charts.drawing import (
    HALF_PAPER,
    ON_PAPER,
    bars,
    flow_chart,
    strip,
)
from matcher.report.charts.flow import flow_of
from matcher.report.charts.plane import topic_chart
from matcher.report.charts.png import chinese_font, png
from matcher.report.faces.document import Paper
from matcher.report.model import ChallengeCard, Report, TeamLine
from matcher.report.profiles import DEFAULT_PROFILE, PROFILES, Part, Profile
from matcher.report.tables import brief as of_brief
from matcher.report.tables import challenges, forms, plan, whole

_MOST_REQUIREMENTS = 10
_MOST_PROOFS = 3
_LONGEST_GAP = 60
_EPOCH = (2021, 1, 1, 0, 0, 0)


def write_paper(
    report: Report,
    path: Path,
    profile: Profile = PROFILES[DEFAULT_PROFILE],
    template: Path | None = None,
) -> None:
    """Write the paper; the same report on the same machine gives the same bytes.

    Args:
        report: as data.
        path: the file.
        profile: which parts, how deep.
        template: the paper of the department, with its letterhead and styles.

    Raises:
        InputError: the template is no Word document.
    """
    paper = Paper(report.title, template)
    for text in report.notes:
        paper.warn(text)
    for part in profile.paper:
        _PARTS[part](paper, report, profile)
    _save(paper.document, path)


def _save(document: Any, path: Path) -> None:
    """Save without the time of saving: neither in the properties nor in the archive."""
    core = document.core_properties
    core.created = core.modified = core.last_printed = datetime(*_EPOCH)
    core.author = core.last_modified_by = "matcher"
    core.revision = 1
    buffer, dated = BytesIO(), BytesIO()
    document.save(buffer)
    with ZipFile(buffer) as made, ZipFile(dated, "w", ZIP_DEFLATED) as kept:
        for name in made.namelist():
            entry = ZipInfo(name, _EPOCH)
            entry.compress_type = ZIP_DEFLATED
            kept.writestr(entry, made.read(name))
    path.write_bytes(dated.getbuffer())


def _brief(paper: Paper, report: Report, profile: Profile) -> None:
    """Page one: the whole in a sentence, who does what, what to choose between, the answers."""
    brief = brief_of(report)
    paper.text(brief.asked + (report.changes.told if report.changes else ""), bold=True)
    if brief.made:
        paper.text(brief.made, small=True)
    paper.pictures(png("方案（项）", strip(of_brief.fates(brief), ON_PAPER.width)))
    paper.pictures(png(of_brief.FOUND, strip(of_brief.found(brief), ON_PAPER.width)))
    if chinese_font() is None:
        counted = (*brief.plan, *(row[:2] for row in brief.verdicts))
        paper.text("；".join(f"{word} {n} 项" for word, n in counted) + "。")
    paper.table(of_brief.steps(brief))
    if brief.close:
        paper.text("", lead=of_brief.choices_title(brief))
        paper.table(of_brief.choices(brief), dense=True)
    paper.table(of_brief.answers(brief, profile.paper, of_brief.ON_PAPER))
    named = ("指派方案",)
    paper.pictures(
        png(brief.orgs_title, bars(brief.orgs, named, HALF_PAPER, brief.longest)),
        png(brief.provinces_title, bars(brief.provinces, named, HALF_PAPER, brief.longest)),
    )
    paper.text(brief.words, small=True, lead="用词")


def _changes(paper: Paper, report: Report, profile: Profile) -> None:
    """Assignments and verdicts that moved since the earlier report."""
    table = whole.weighty_changes(report)
    if report.changes is None:
        return
    paper.heading("与上次比较", 1, new_page=True)
    paper.text(f"{table.note}逐项见工作簿和网页的“与上次比较”。", small=True)
    if table.rows:
        paper.table(table, dense=True)


def _plan(paper: Paper, report: Report, profile: Profile) -> None:
    paper.heading("指派方案", 1, new_page=True)
    if report.plan.infeasible:
        paper.warn(report.plan.infeasible)
    _differences(paper, report)
    _assigned(paper, report)
    _unassigned(paper, report)
    given = plan.awarded(report)
    if given.rows:
        paper.heading("已立项", 2)
        paper.text(given.note, small=True)
        paper.table(given, dense=True)
    decided = plan.overrides(report)
    if decided.rows:
        paper.heading("人工决定", 2)
        paper.table(decided)


def _differences(paper: Paper, report: Report) -> None:
    """What tells the candidates of a close call apart."""
    brief = brief_of(report)
    if brief.close:
        told = of_brief.close_note(report)
        paper.text(told, small=True, lead=f"{CLOSE}的 {len(brief.close)} 项")
        paper.table(of_brief.close_calls(brief), dense=True)
        _settling(paper, report, brief)


def _settling(paper: Paper, report: Report, brief: Brief) -> None:
    """What to ask the two of a close call."""
    table = of_brief.settling(brief, report)
    if table.rows:
        paper.text(table.note, small=True, lead="怎样定")
        paper.table(table, dense=True)


def _assigned(paper: Paper, report: Report) -> None:
    table = plan.assigned(report)
    if not table.rows:
        paper.text("没有指派：没有团队达到所设的最低等级，或名额已满。不强行指派。")
        return
    paper.text(f"指派 {report.plan.answered} 项，{plan.proof(report)}。每项的依据、要求对照和备选见"
               "所附各项需求、工作簿和网页。", small=True)  # fmt: skip
    paper.table(table, dense=True)


def _unassigned(paper: Paper, report: Report) -> None:
    """Which challenges nobody is to have, and why."""
    left = of_brief.unassigned(report)
    if not left:
        return
    paper.heading("未指派", 2)
    for why, which in left:
        paper.text(f"{which}。", small=True, lead=why)


def _calls(paper: Paper, report: Report, profile: Profile) -> None:
    """The assignments that a meeting should decide by the evidence."""
    table = plan.open_calls(report)
    if not table.rows:
        return
    paper.heading(f"{CLOSE}的指派", 1)
    paper.text(
        f"下列指派在契合度 {report.moved} 的变动里有一半以上会换团队：差别小于这样的变动，"
        "请会议对照依据决定。"
    )
    paper.table(table)
    _settling(paper, report, brief_of(report))


def _risks(paper: Paper, report: Report, profile: Profile) -> None:
    table = challenges.high_risks(report)
    if table.rows:
        paper.heading("流标风险高的需求", 1)
        paper.table(table)


def _conflicts(paper: Paper, report: Report, profile: Profile) -> None:
    serious = [line for line in report.conflicts if line.severity != "提示"]
    if serious:
        paper.heading("禁止和排除", 1)
        paper.table(plan.conflicts(serious))


def _teams(paper: Paper, report: Report, profile: Profile) -> None:
    paper.heading("按团队", 1)
    paper.table(whole.assigned_teams(report), dense=True)


def _method(paper: Paper, report: Report, profile: Profile) -> None:
    paper.heading("方法与清单", 1, new_page=True)
    if report.checked.words:
        table = whole.checked(report)
        paper.text(table.note, small=True, lead=table.name)
        paper.table(table)
    paper.table(whole.method(report))


def _forms(paper: Paper, report: Report, profile: Profile) -> None:
    """The alliance conditions over the whole list, and an empty score sheet to hand out."""
    book = report.rulebook
    if book is None or not (book.items or book.aspects):
        return
    paper.heading("联盟条件", 1)
    if book.items:
        paper.text(f"按“{book.name}”，有指派的 {report.plan.answered} 项逐条核对；记录里查不到的"
                   "由工作人员核实（表格在工作簿“联盟条件”页）。")  # fmt: skip
        paper.table(forms.asked_items(book))
        lacking = forms.lacking(report, book)
        if lacking.rows:
            paper.table(lacking)
    if book.aspects:
        paper.text(f"评估评分表（每项 0–{book.full_marks:g} 分；{book.marks_note}；软件不打分）：")
        paper.table(forms.score_sheet(book))


def _programmes(paper: Paper, report: Report, profile: Profile) -> None:
    """What the list may ask for, those alike together; one by one in the workbook."""
    if not report.programmes:
        return
    table = forms.programmes_in_short(report)
    paper.heading("支持计划", 1)
    paper.text(f"{table.note}逐项的算式见工作簿和网页的“支持计划”。", small=True)
    paper.table(table, dense=True)


def _spread(paper: Paper, report: Report, profile: Profile) -> None:
    paper.heading("集中度", 1, new_page=True)
    paper.table(whole.measures(report))
    organisations = figures.organisations(report)
    provinces = figures.provinces(report)[: figures.MOST_BARS]
    if chinese_font() is None and organisations:
        paper.warn("这台机器没有中文字体，图改用表格。")
        paper.table(whole.organisations(organisations))
        paper.table(whole.provinces(provinces))
    named = ("指派方案", "只按排序取第一")
    paper.pictures(png("指派最多的单位", bars(organisations, named, ON_PAPER)), width=15.0)
    paper.pictures(png("指派团队所在的省份", bars(provinces, named[:1], ON_PAPER)), width=15.0)
    flow = flow_chart(flow_of(report), ON_PAPER)
    paper.pictures(png("指派从技术领域到单位的流向（数字为项数）", flow))
    if report.topics is not None:
        table = whole.topics(report)
        paper.pictures(png("需求与团队的远近", topic_chart(report.topics)))
        paper.text(table.note, small=True)
        paper.table(table, dense=True)


def _cards(paper: Paper, report: Report, profile: Profile) -> None:
    """One page a challenge: all of a short list, else those that need a decision."""
    chosen, most = report.cards, profile.most_cards
    if most is not None and len(chosen) > most:
        chosen = needs_decision(report)[:most]
    for number, card in enumerate(chosen):
        if number == 0:
            paper.heading("各项需求", 1, new_page=True)
            if len(chosen) < len(report.cards):
                paper.text(_which(report, chosen), small=True)
        _card(paper, card, profile, new_page=number > 0)


def _which(report: Report, chosen: tuple[ChallengeCard, ...]) -> str:
    """Which challenges have a page, and where the others stand."""
    calls = report.firmness.open_calls if report.firmness else ()
    inside = {card.challenge_id for card in chosen} & {call.challenge_id for call in calls}
    told = f"，{CLOSE}的 {len(calls)} 项有 {len(inside)} 项在内" if calls else ""
    return (
        f"这里细列最要紧的 {len(chosen)} 项{told}；全部 {len(report.cards)} 项见工作簿和网页，"
        "或用 --for full 写全。"
    )


def _card(paper: Paper, card: ChallengeCard, profile: Profile, *, new_page: bool) -> None:
    """The answer, its proof, its gaps, the alternates."""
    paper.heading(f"{card.challenge_id} {card.title}", 2, new_page=new_page)
    paper.text(card.facts_in_words, small=True)
    if card.summary:
        paper.text(card.summary)
    advice = f"建议：{card.risk.advice}。" if card.risk.advice else ""
    paper.text(f"总体判断：{card.verdict}。流标风险{card.risk.level}：{card.risk.reason}。{advice}")
    if not card.teams:
        return
    answer = next((t for t in card.teams if t.team_id in card.assigned), card.teams[0])
    _answer(paper, answer)
    rest = [t for t in card.teams if t is not answer]
    shown = (answer, *rest[: profile.teams - 1],
             *(t for t in rest[profile.teams - 1 :] if t.role or t.override))  # fmt: skip
    paper.table(challenges.shown_teams(shown))
    if answer.requirements:
        paper.table(challenges.coverage(shown, _MOST_REQUIREMENTS))
    _indicators(paper, shown)
    if card.joint is not None:
        members = "；".join(
            f"{m.team_name}（{'、'.join(m.requirements)}）" for m in card.joint.members
        )
        paper.text(f"联合体建议：{members}。合起来覆盖 {card.joint.coverage:.2f}，最好的单个团队 "
                   f"{card.joint.single:.2f}。")  # fmt: skip
    for a in card.amounts:
        paper.text(
            f"{a.name} {a.value_wan:g} 万元 = {a.working} [{a.rule}，{a.source}]", small=True
        )


def _answer(paper: Paper, line: TeamLine) -> None:
    """Who, on what evidence, and what nobody has shown yet."""
    said = "指派" if line.role == "主" else "排第一"
    paper.text(f"{said}：{line.team_name}（{line.org_name}），等级“{line.band}”。")
    paper.points([
        f"{challenges.proof_words(e)}{f'（{e.year}）' if e.year else ''}"
        f"{f'：{e.snippet}' if e.snippet not in ('', e.title) and e.kind != PROFILE else ''}"
        for e in line.evidence[:_MOST_PROOFS]
    ])  # fmt: skip
    gaps = [r.text for r in line.requirements if r.status == Coverage.UNSEEN]
    paper.text(f"未见依据的要求：{'；'.join(map(_brief_text, gaps)) or '无'}。")


def _brief_text(text: str) -> str:
    return text if len(text) <= _LONGEST_GAP else f"{text[: _LONGEST_GAP - 1]}…"


def _indicators(paper: Paper, teams: tuple[TeamLine, ...]) -> None:
    """Targets beside recorded values; where nobody has any, one line says so."""
    table = challenges.demonstrated(teams)
    if table.rows:
        paper.table(table)
    elif any(r.demonstrated for r in teams[0].requirements):
        paper.text("考核指标：所列团队都没有登记实测值，请在联系时核实。", small=True)


_PARTS: Mapping[Part, Callable[[Paper, Report, Profile], None]] = {
    "brief": _brief, "changes": _changes, "plan": _plan, "calls": _calls, "risks": _risks,
    "conflicts": _conflicts, "cards": _cards, "teams": _teams, "spread": _spread,
    "forms": _forms, "programmes": _programmes, "method": _method,
}  # fmt: skip
