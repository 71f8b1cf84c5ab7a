"""Tables of the whole: teams, concentration, rules, method."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from matcher.ranking.grades import Band, Verdict
from matcher.report.changes import Change, ChangeKind
from matcher.report.grounds import grounds
from matcher.report.model import CheckedWord, Report, TopicField
from matcher.report.plan_lines import TeamView
from matcher.report.rule_lines import RuleLine
from matcher.report.tables.table import (
    FIGURE,
    FINE_PERCENT,
    NUMBER,
    PERCENT,
    WHOLE,
    WORD,
    Choice,
    Column,
    Many,
    Table,
    To,
    Value,
    Web,
)


def teams(report: Report) -> Table[TeamView]:
    """The list as teams see it."""

    def named(ids: tuple[str, ...], *, lead: bool = False) -> Many:
        return Many(tuple(To("challenge", i) for i in ids), lead=lead)

    return Table(
        "按团队",
        (
            Column("团队编号", lambda t: t.team_id, xlsx=11, html=True, short="编号"),
            Column("团队名称", lambda t: t.team_name, xlsx=32, html=True, short="团队"),
            Column("单位", lambda t: t.org_name, xlsx=24, html=True),
            Column("单位类型", lambda t: t.org_type, WHOLE, xlsx=9, html=True, short="类型"),
            Column("省", lambda t: t.province, xlsx=8, html=True),
            Column("还可承担", lambda t: "不限" if t.capacity is None else t.capacity, NUMBER,
                   xlsx=8, html=True),
            Column("在研", lambda t: t.active, NUMBER, xlsx=6),
            Column("指派的项目", lambda t: named(t.assigned, lead=True), xlsx=20, html=True,
                   short="指派"),
            Column("备选的项目", lambda t: named(t.alternate), xlsx=22, html=True, short="备选"),
            Column("排第一的项目", lambda t: named(t.first), xlsx=22),
            Column("上榜次数", lambda t: t.listed, NUMBER, xlsx=8, html=True),
        ),
        report.teams,
        key="t-teams",
        note="从团队看榜单：承担什么，备选什么，在几项里上榜。",
        anchor=("team", lambda t: t.team_id),
        choices=(Choice("type", "类型", lambda t: t.org_type),),
    )  # fmt: skip


def assigned_teams(report: Report) -> Table[TeamView]:
    """Those that take part in the plan, on paper."""
    return Table(
        "按团队",
        (
            Column("编号", lambda t: t.team_id, docx=1.7),
            Column("团队", lambda t: t.team_name, docx=5.4),
            Column("单位", lambda t: t.org_name, docx=4.0),
            Column("指派", lambda t: "、".join(t.assigned), docx=2.6),
            Column("备选", lambda t: "、".join(t.alternate), docx=3.2),
        ),
        [team for team in report.teams if team.assigned or team.alternate],
    )


# A share of fewer says little.
_FEW = 10
# What a meeting speaks of; the rest is in the workbook and on the page.
_WEIGHTY: tuple[ChangeKind, ...] = ("指派", "总体判断", "新增需求", "不再列入")


def changes(report: Report) -> Table[Change]:
    """What moved since the earlier report; all of it, or on paper what weighs."""
    found = report.changes
    return Table(
        "与上次比较",
        (
            Column("变动", lambda c: c.kind, xlsx=10, html=True, docx=1.8),
            Column("榜单编号", lambda c: To("challenge", c.challenge_id), xlsx=11, html=True,
                   docx=1.8, short="编号"),
            Column("项目名称", lambda c: c.challenge_title, xlsx=34, html=True),
            Column("上次", lambda c: c.before, xlsx=32, html=True, docx=4.2),
            Column("这次", lambda c: c.now, xlsx=32, html=True, docx=4.2),
            Column("原因", lambda c: "；".join(c.why), xlsx=42, html=True, docx=4.9),
        ),
        found.lines if found else (),
        key="t-changes",
        note=f"{found.told}输入的不同：{'、'.join(found.inputs) or '没有'}。" if found else "",
        choices=(Choice("kind", "变动", lambda c: c.kind),),
    )  # fmt: skip


def weighty_changes(report: Report) -> Table[Change]:
    """Those a meeting speaks of."""
    table = changes(report)
    return replace(table, rows=[line for line in table.rows if line.kind in _WEIGHTY])


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of the plan beside that of the ranking alone, each with its share."""

    kind: str
    name: str
    plan: Value
    ranking: Value
    plan_share: float | None = None
    ranking_share: float | None = None


def measures(report: Report) -> Table[Measure]:
    """Concentration of the plan beside that of the ranking alone."""
    return _spread([Measure("指标", *line) for line in report.spread.measures()])


def spread(report: Report) -> Table[Measure]:
    """And by organisation and province."""
    found = report.spread
    before = {org: (n, share) for org, n, share in found.ranking.by_org}
    after = {org: (n, share) for org, n, share in found.plan.by_org}
    rows = list(measures(report).rows)
    for org in sorted({*after, *before}, key=lambda o: (-after.get(o, (0, 0))[0], o)):
        (n, share), (m, part) = after.get(org, (0, 0.0)), before.get(org, (0, 0.0))
        rows.append(Measure("单位", org, n, m, share, part))
    rows += [Measure("省份（右为上榜数）", *line) for line in found.provinces]
    return _spread(rows)


def _spread(rows: list[Measure]) -> Table[Measure]:
    return Table(
        "集中度",
        (
            Column("项", lambda m: m.kind, xlsx=17),
            Column("名称", lambda m: m.name, xlsx=34, html=True, docx=7.0, short="指标"),
            Column("指派方案", lambda m: m.plan, FIGURE, xlsx=14, html=True, docx=5.0),
            Column("方案占比", lambda m: m.plan_share, FINE_PERCENT, xlsx=12),
            Column("只按排序取第一", lambda m: m.ranking, FIGURE, xlsx=14, html=True, docx=5.0),
            Column("排序占比", lambda m: m.ranking_share, FINE_PERCENT, xlsx=12),
        ),
        rows,
        key="t-spread",
        note="HHI 和基尼系数越大越集中；省外占比只算两边省份都知道的。算法见方法与清单。",
    )


def topics(report: Report) -> Table[TopicField]:
    """Field by field, what is asked and who is near; where most lacks a team first."""
    return Table(
        "供需分布",
        (
            Column("技术领域", lambda f: f.name, xlsx=30, html=True, docx=6.0),
            Column("需求", lambda f: f.challenges, NUMBER, xlsx=10, html=True, docx=2.4),
            Column("没有合适团队的需求", lambda f: f.unmet, NUMBER, xlsx=20, html=True, docx=3.8),
            Column("占比", lambda f: f.unmet / f.challenges, PERCENT, xlsx=10, html=True, docx=2.2),
            Column("邻近团队", lambda f: f.teams, NUMBER, xlsx=12, html=True, docx=3.0),
        ),
        report.topics.fields if report.topics else (),
        key="t-topics",
        note="领域取自需求；团队算在与它内容最近的需求的领域里。没有合适团队指总体判断为“需扩大范围”或"
        "“库内无合适团队”。",
    )


Counted = tuple[str, int, int]
"""A name with its number in the plan and in the ranking alone."""


def organisations(rows: list[Counted]) -> Table[Counted]:
    """What the chart of organisations shows, where it cannot be drawn."""
    return Table("单位", (
        Column("单位", lambda x: x[0], docx=9.0),
        Column("指派方案", lambda x: x[1], docx=4.0),
        Column("只按排序取第一", lambda x: x[2], docx=4.0),
    ), rows)  # fmt: skip


def provinces(rows: list[Counted]) -> Table[Counted]:
    """What the chart of provinces shows, where it cannot be drawn."""
    return Table("省份", (
        Column("省份", lambda x: x[0], docx=9.0), Column("指派", lambda x: x[1], docx=8.0),
    ), rows)  # fmt: skip


def rules(report: Report) -> Table[RuleLine]:
    """Every rule of the pack."""
    book = report.rulebook
    return Table(
        "规则与出处",
        (
            Column("规则", lambda r: r.rule, xlsx=18, html=True),
            Column("类别", lambda r: r.table, xlsx=12, html=True),
            Column("内容", lambda r: r.text, xlsx=56, html=True),
            Column("数值", lambda r: r.figures, xlsx=26, html=True),
            Column("出处", lambda r: r.source, xlsx=42, html=True),
            Column("对照过原文或报道", lambda r: "是" if r.checked else "否", xlsx=15, html=True),
            Column("网址", lambda r: Web(r.url), xlsx=40, html=True),
        ),
        book.rules if book else (),
        key="t-rules",
        note=f"{book.name if book else ''}。没有对照过原文的，正式使用前请对照。",
        anchor=("rule", lambda r: r.rule),
    )


def checked(report: Report) -> Table[CheckedWord]:
    """How often bands and verdicts held where people judged."""
    bands = Counter(line.band for line in report.plan.lines if line.role == "主")
    verdicts = Counter(card.verdict for card in report.cards)

    def here(one: CheckedWord) -> str:
        if one.n is None:
            return f"{bands[Band(one.word)]} 个拟指派"
        return f"{verdicts[Verdict(one.word)]} 项"

    return Table(
        "检验",
        (
            Column("说法", lambda c: c.word, WORD, xlsx=16, html=True, docx=3.0),
            Column("本报告", here, xlsx=14, html=True, docx=2.6),
            Column(
                "每 100 个里",
                lambda c: "值得联系" if c.n is None else "确有合适团队",
                xlsx=16,
                html=True,
                docx=3.0,
            ),
            Column("是", lambda c: c.right, PERCENT, xlsx=8, html=True, docx=1.6),
            Column("相近或部分符合", lambda c: c.partly, PERCENT, xlsx=16, html=True, docx=2.8),
            Column(
                "检验的项数",
                lambda c: "配对，不计项" if c.n is None else _few(c.n),
                xlsx=26,
                html=True,
                docx=4.0,
            ),
        ),
        report.checked.words,
        key="t-checked",
        note="各说法在检验里有多少是对的。随机对半二十次，一半定界限，另一半上检验，取平均。空格是没有留下的数。",
    )


def _few(n: float) -> str:
    """Challenges on the average of the draws; a share of few says little."""
    return f"平均 {n:.0f} 项{'，太少，只供参考' if n < _FEW else ''}"


def method(report: Report) -> Table[tuple[str, str]]:
    """On what page one stands, and how the report was made."""
    return Table(
        "方法与清单",
        (
            Column("事项", lambda x: x[0], xlsx=20, html=True, docx=3.2),
            Column("说明", lambda x: x[1], xlsx=120, html=True, docx=13.8),
        ),
        (*grounds(report), *report.method),
        key="t-method",
        note="怎样得出，用了什么。",
    )
