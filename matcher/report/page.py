"""The report as one self-contained HTML file: no outside request, opens offline."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from matcher.report.drawing import bars, coverage_bars, flow_chart, heat_map
from matcher.report.flow import flow_of
from matcher.report.markup import (
    Rows,
    anchor,
    cell_link,
    link,
    number,
    rule_mark,
    table,
    tools,
    word,
)
from matcher.report.model import ChallengeCard, Report, RuleBook, TeamLine

_TEMPLATE = Path(__file__).with_name("page.html")
_MOST_BARS = 15


def write_page(report: Report, path: Path) -> None:
    """Write the page; the same report gives the same bytes."""
    path.write_text(page(report), encoding="utf-8", newline="\n")


def page(report: Report) -> str:
    """The page as text. Everything of the records is escaped."""
    sections = (
        ("overview", "总览", _overview(report)),
        ("rankings", "各需求排名", _rankings(report)),
        ("plan", "指派方案", _plan(report)),
        ("risks", "流标风险", _risks(report)),
        ("conflicts", "冲突与提示", _conflicts(report)),
        ("teams", "按团队", _teams(report)),
        ("spread", "集中度", _spread(report)),
        *([("rules", "规则与出处", _rules(report.rulebook))] if report.rulebook else []),
        ("method", "方法与清单", _method(report)),
    )
    body = "\n".join(
        f'<section id="{name}" data-name="{label}"><h2>{label}</h2>{content}</section>'
        for name, label, content in sections
    )
    template = _TEMPLATE.read_text(encoding="utf-8")
    return template.replace("@@TITLE@@", escape(report.title)).replace("@@BODY@@", body)


def _overview(report: Report) -> str:
    plan = report.plan
    high = sum(card.risk.level == "高" for card in report.cards)
    tiles = (
        (plan.challenges, "技术需求"), (plan.answered, "有指派"), (high, "流标风险高"),
        (len(report.teams), "上榜团队"), (len(report.conflicts), "冲突与提示"),
    )  # fmt: skip
    shown = "".join(f'<div class="tile"><b>{n}</b><span>{name}</span></div>' for n, name in tiles)
    said = "".join(f'<p class="note">{escape(text)}</p>' for text in report.notes)
    rows = [
        (
            {"risk": c.risk.level, "verdict": c.verdict},
            (
                cell_link(f"c-{c.challenge_id}", c.challenge_id),
                escape(c.title), escape(c.demand_org), word(c.verdict), word(c.risk.level),
                _first(c), _names(report, c.assigned), _names(report, c.alternates),
            ),
        )
        for c in report.cards
    ]  # fmt: skip
    headers = (
        "编号",
        "项目名称",
        "需求单位",
        "总体判断",
        "流标风险",
        "排第一的团队",
        "指派",
        "备选",
    )
    box = tools("t-overview", verdict=[c.verdict for c in report.cards],
                risk=[c.risk.level for c in report.cards])  # fmt: skip
    return f'{said}<div class="tiles">{shown}</div>{box}{table("t-overview", headers, rows)}'


def _first(card: ChallengeCard) -> str:
    if not card.teams:
        return "没有"
    line = card.teams[0]
    return f"{word(line.band)} {escape(line.team_name)}"


def _names(report: Report, ids: Sequence[str]) -> str:
    return "、".join(cell_link(f"t-{i}", report.team_name(i)) for i in ids) or "无"


def _rankings(report: Report) -> str:
    cards = "".join(_card(report, card) for card in report.cards)
    box = tools("cards", verdict=[c.verdict for c in report.cards],
                risk=[c.risk.level for c in report.cards])  # fmt: skip
    return f'{box}<div id="cards">{cards}</div>'


def _card(report: Report, card: ChallengeCard) -> str:
    facts = [
        card.demand_org, card.tech_domain, f"{card.province}{card.city}",
        "面议" if card.bounty_wan is None else f"榜额 {card.bounty_wan:g} 万元",
        f"截止 {card.deadline}" if card.deadline else "",
    ]  # fmt: skip
    parts = [
        f'<p class="soft">{escape(" · ".join(filter(None, facts)))}</p>',
        f"<p>{escape(card.summary)}</p>" if card.summary else "",
        f"<p>来源: {link(card.source)}</p>" if card.source else "",
        f'<p><b>流标风险 {word(card.risk.level)}</b> {escape(card.risk.reason)}'
        f'{f"。建议: {escape(card.risk.advice)}" if card.risk.advice else ""}</p>',
        coverage_bars(card.teams),
        *(_team(line) for line in card.teams),
        _joint(card),
        _conditions(report.rulebook, card),
        _amounts(card),
    ]  # fmt: skip
    return (
        f'<details class="card" id="{anchor("c", card.challenge_id)}" '
        f'data-risk="{card.risk.level}" data-verdict="{card.verdict}">'
        f"<summary><span>{escape(card.challenge_id)}</span><b>{escape(card.title)}</b>"
        f"{word(card.verdict)} <span class='soft'>风险</span>{word(card.risk.level)}</summary>"
        f'<div class="inside">{"".join(parts)}</div></details>'
    )


def _team(line: TeamLine) -> str:
    place = " ".join(filter(None, (line.org_name, f"{line.province}{line.city}", line.org_type)))
    role = word(line.role) if line.role else ""
    evidence = "".join(
        f"<li>[{escape(e.kind)}] {escape(e.title)}{f' ({e.year})' if e.year else ''}"
        f"{f' {link(e.source_url)}' if e.source_url else ''}"
        f"<div class='soft'>共有用词: {escape('、'.join(e.terms) or '无, 语义相近')}; "
        f"“{escape(e.snippet)}”</div></li>"
        for e in line.evidence
    )
    asked = "".join(
        f"<tr><td>{escape(r.label)}</td><td>{escape(r.text[:200])}</td><td>{word(r.status)}</td>"
        f"<td>{escape(r.evidence)}</td><td>{escape(r.demonstrated)}</td></tr>"
        for r in line.requirements
    )
    cautions = "".join(
        f"<li>{word(c.kind)} {escape(c.text)}{rule_mark(c.rule, c.source)}</li>"
        for c in line.cautions
    )
    override = f"<p class='note'>{escape(line.override)}</p>" if line.override else ""
    return (
        f"<details><summary>{line.rank or '未列入'}. {word(line.band)} {role} "
        f"<a href='#{anchor('t', line.team_id)}'>{escape(line.team_name)}</a> "
        f"<span class='soft'>{escape(place)}</span></summary>{override}"
        f"<ul>{evidence}</ul>{f'<ul>{cautions}</ul>' if cautions else ''}"
        "<table><thead><tr><th>要求</th><th>原文</th><th>覆盖</th><th>依据</th><th>实测</th></tr>"
        f"</thead><tbody>{asked}</tbody></table></details>"
    )


def _joint(card: ChallengeCard) -> str:
    joint = card.joint
    if joint is None:
        return ""
    members = "".join(
        f"<li>{escape(m.team_name)} ({escape(m.org_name)}): "
        f"{escape('、'.join(m.requirements))}</li>"
        for m in joint.members
    )
    rest = f"<p>仍未见: {escape('、'.join(joint.open))}</p>" if joint.open else ""
    return (
        f"<h3>联合体建议</h3><p>合起来覆盖 {joint.coverage:.2f}, 最好的单个团队 "
        f"{escape(joint.best_single)} 覆盖 {joint.single:.2f} (0–1, 部分覆盖记 0.5)</p>"
        f"<ul>{members}</ul>{rest}"
    )


def _amounts(card: ChallengeCard) -> str:
    lines = [
        escape(f"{a.name} {a.value_wan:g} 万元 = {a.working}") + rule_mark(a.rule, a.source)
        for a in card.amounts
    ]
    lines += [escape(f"{f.kind}: {f.text}") + rule_mark(f.rule, f.source) for f in card.findings]
    shown = "".join(f"<li>{text}</li>" for text in lines)
    return f"<h3>金额与规则</h3><ul>{shown}</ul>" if lines else ""


def _conditions(book: RuleBook | None, card: ChallengeCard) -> str:
    """What the records say of the alliance conditions; the rest is for staff."""
    if book is None or not book.items or not card.assigned:
        return ""
    known = {fact.key: fact for fact in card.facts}
    said = "".join(
        f"<li>{word('是' if known[i.key].holds else '否')} {escape(i.text)} "
        f"<span class='soft'>({escape(known[i.key].basis)})</span>"
        f"{rule_mark(i.rule, i.source)}</li>"
        for i in book.items
        if i.key in known
    )
    rest = "、".join(i.text for i in book.items if i.key not in known)
    return f"<h3>联盟条件</h3><ul>{said}<li>待核实: {escape(rest or '无')}</li></ul>"


def _rules(book: RuleBook) -> str:
    rows: Rows = [
        (
            {"id": anchor("r", x.rule)},
            (escape(x.rule), escape(x.table), escape(x.text), escape(x.figures), escape(x.source),
             "是" if x.checked else "否", link(x.url)),
        )
        for x in book.rules
    ]  # fmt: skip
    headers = ("规则", "类别", "内容", "数值", "出处", "对照过原文", "网址")
    return f"<p>{escape(book.name)}</p>" + table("t-rules", headers, rows)


def _plan(report: Report) -> str:
    plan = report.plan
    rows = [
        (
            {"role": x.role, "band": x.band},
            (
                cell_link(f"c-{x.challenge_id}", x.challenge_id), escape(x.challenge_title),
                word(x.role), cell_link(f"t-{x.team_id}", x.team_name), escape(x.org_name),
                word(x.band), number(x.rank or ""), number(f"{x.fit:.2f}"),
                "人工指定" if x.forced else "", word(x.firmness) if x.firmness else "",
                number("" if x.stays is None else f"{x.stays:.0%}"),
            ),
        )
        for x in plan.lines
    ]  # fmt: skip
    headers = (
        "编号",
        "项目名称",
        "方案",
        "团队",
        "单位",
        "等级",
        "名次",
        "契合度(0–1)",
        "人工",
        "稳定性",
        "±10%时仍在",
    )
    box = tools("t-plan", role=[x.role for x in plan.lines], band=[x.band for x in plan.lines])
    limits = "".join(f"<li>{escape(text)}</li>" for text in plan.limits)
    proof = "已证明最优" if plan.optimal else "未证明最优"
    problem = f'<p class="note">{escape(plan.infeasible)}</p>' if plan.infeasible else ""
    return (
        f"{problem}<p>答复 {plan.answered}/{plan.challenges} 项, 契合度合计 {plan.total_fit:.2f}, "
        f"{proof}。</p>{box}{table('t-plan', headers, rows)}"
        f"{f'<h3>已用尽的名额</h3><ul>{limits}</ul>' if limits else ''}"
        f"{_open_calls(report)}<h3>契合热图 (单位 × 领域)</h3>{heat_map(report)}"
        f"{_overrides(report)}"
    )


def _open_calls(report: Report) -> str:
    """The assignments that a meeting should decide by the evidence."""
    firm = report.firmness
    if firm is None or not firm.open_calls:
        return ""
    rows: Rows = [
        (
            {},
            (
                cell_link(f"c-{f.challenge_id}", f.challenge_id), escape(f.challenge_title),
                cell_link(f"t-{f.team_id}", f.team_name), number(f"{f.fit:.3f}"),
                number(f"{f.stays:.0%}"),
                "<br>".join(
                    f"{escape(r.team_name)} {word(r.band)} "
                    f"<span class='soft'>{r.fit:.3f}; {r.share:.0%}</span>"
                    for r in f.rivals
                ),
            ),
        )
        for f in firm.open_calls
    ]  # fmt: skip
    headers = ("编号", "项目名称", "指派", "契合度(0–1)", "仍在", "会换成 (契合度; 比例)")
    return (
        f"<h3>难分的指派 ({len(rows)} 个)</h3><p class='soft'>契合度各自在 ±{firm.change:.0%} "
        f"之内抽签变动 {firm.draws} 次, 这些指派在一半以上的抽签里换人: 差别在误差之内, "
        f"请对照依据决定。</p>{table('t-open', headers, rows)}"
    )


def _overrides(report: Report) -> str:
    headers = ("榜单编号", "团队", "决定", "理由", "操作人", "日期", "结果")
    rows: Rows = [
        ({}, tuple(escape(text) for text in (
            o.challenge_id, o.team_name or o.team_id, o.stage, o.reason or "未写理由", o.who,
            o.when, o.honoured,
        )))
        for o in report.overrides
    ]  # fmt: skip
    return f"<h3>人工决定</h3>{table('t-overrides', headers, rows)}" if rows else ""


def _risks(report: Report) -> str:
    rows = [
        (
            {"risk": c.risk.level},
            (
                cell_link(f"c-{c.challenge_id}", c.challenge_id), escape(c.title),
                word(c.risk.level), word(c.verdict), escape(c.risk.reason), escape(c.risk.advice),
            ),
        )
        for c in report.at_risk
    ]  # fmt: skip
    headers = ("编号", "项目名称", "风险", "总体判断", "原因", "建议")
    box = tools("t-risks", risk=[c.risk.level for c in report.at_risk])
    return box + table("t-risks", headers, rows)


def _conflicts(report: Report) -> str:
    rows = [
        (
            {"severity": c.severity},
            (
                word(c.severity), cell_link(f"c-{c.challenge_id}", c.challenge_id),
                escape(c.team_name), escape(c.org_name), escape(c.text),
                cell_link(f"r-{c.rule}", c.rule) if c.rule else "", escape(c.source),
            ),
        )
        for c in report.conflicts
    ]  # fmt: skip
    headers = ("轻重", "编号", "团队", "单位", "说明", "规则", "出处")
    box = tools("t-conflicts", severity=[c.severity for c in report.conflicts])
    return box + table("t-conflicts", headers, rows)


def _teams(report: Report) -> str:
    rows = [
        (
            {"id": anchor("t", t.team_id), "type": t.org_type},
            (
                escape(t.team_id), escape(t.team_name), escape(t.org_name), escape(t.org_type),
                escape(t.province), number("不限" if t.capacity is None else t.capacity),
                _challenges(t.assigned), _challenges(t.alternate), number(t.listed),
            ),
        )
        for t in report.teams
    ]  # fmt: skip
    headers = ("编号", "团队", "单位", "类型", "省", "还可承担", "指派", "备选", "上榜次数")
    box = tools("t-teams", type=[t.org_type for t in report.teams])
    return box + table("t-teams", headers, rows)


def _challenges(ids: Iterable[str]) -> str:
    return "、".join(cell_link(f"c-{i}", i) for i in ids)


def _spread(report: Report) -> str:
    plan, ranking = report.spread.plan, report.spread.ranking
    measures: Rows = [
        ({}, (escape(name), number(a), number(b))) for name, a, b in report.spread.measures()
    ]
    before = {org: n for org, n, _ in ranking.by_org}
    by_org = [(org, n, before.get(org, 0)) for org, n, _ in plan.by_org]
    provinces = [(name, planned, 0) for name, planned, _ in report.spread.provinces if planned]
    return (
        table("t-spread", ("指标", "指派方案", "只按排序取第一"), measures)
        + f"<h3>指派最多的单位 (前 {_MOST_BARS})</h3>"
        + bars(by_org[:_MOST_BARS], ("指派方案", "只按排序取第一"))
        + f"<h3>从技术领域到单位</h3>{flow_chart(flow_of(report))}"
        + "<h3>指派团队所在的省份</h3>"
        + bars(provinces, ("指派方案", ""))
    )


def _method(report: Report) -> str:
    rows: Rows = [({}, (escape(what), escape(how))) for what, how in report.method]
    return table("t-method", ("事项", "说明"), rows)
