"""Tables of the plan: assignments and how firm they are, conflicts, decisions, consortia."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from matcher.report.model import Caution, ChallengeCard, JointMember, JointProposal, Report
from matcher.report.overrides import BAR, PIN
from matcher.report.plan_lines import (
    AwardLine,
    ConflictLine,
    FlipLine,
    OverrideLine,
    PlanLine,
    Rival,
)
from matcher.report.tables.challenges import challenge
from matcher.report.tables.table import (
    CLOSE_FIT,
    FILLED,
    FIT,
    NUMBER,
    PERCENT,
    WHOLE,
    WORD,
    Choice,
    Column,
    Lines,
    Look,
    Soft,
    Table,
    To,
    Word,
)

# Empty lines under the decisions, for new ones.
_FREE_LINES = 30
# Of how many challenges the same thing is said one by one.
_MOST_ALIKE = 5


def _challenge(line: PlanLine | FlipLine | ConflictLine | OverrideLine) -> To:
    return To("challenge", line.challenge_id)


def _team(line: PlanLine | FlipLine | ConflictLine | OverrideLine) -> To:
    return To("team", line.team_id)


def _named_team(line: PlanLine | FlipLine) -> To:
    return To("team", line.team_id, line.team_name)


def plan(report: Report) -> Table[PlanLine]:
    """One row an assigned team or alternate."""
    made = report.plan
    moved = f"{report.moved}时"
    spare: dict[str, list[str]] = {}
    for line in made.lines:
        if line.role == "备选":
            spare.setdefault(line.challenge_id, []).append(line.team_name)

    def spare_names(line: PlanLine) -> str:
        return "、".join(spare.get(line.challenge_id, ("无",))) if line.role == "主" else ""

    worst = "" if made.worst_fit is None else f"，最差 {made.worst_fit:.2f}"
    return Table(
        "指派方案",
        (
            Column("榜单编号", _challenge, xlsx=11, html=True, short="编号"),
            Column("项目名称", lambda x: x.challenge_title, xlsx=38, html=True),
            Column("方案", lambda x: x.role, WORD, xlsx=7, html=True),
            Column("团队编号", _team, xlsx=10),
            Column("团队", _named_team, html=True),
            Column("团队名称", lambda x: x.team_name, xlsx=30),
            Column("单位", lambda x: x.org_name, xlsx=22, html=True),
            Column("单位类型", lambda x: x.org_type, WHOLE, xlsx=9, html=True, short="类型"),
            Column("省", lambda x: x.province, xlsx=8),
            Column("备选团队", spare_names, xlsx=34),
            Column("等级", lambda x: x.band, WORD, xlsx=7, html=True),
            Column("排名中的名次", lambda x: x.rank or "未列入", xlsx=9),
            Column("名次", lambda x: x.rank or "", NUMBER, html=True),
            Column("契合度(0–1)", lambda x: x.fit, FIT, xlsx=9, html=True),
            Column("人工指定", lambda x: "是" if x.forced else "", xlsx=7),
            Column("人工", lambda x: "人工指定" if x.forced else "", html=True),
            Column("稳定性", lambda x: x.firmness, WORD, xlsx=8, html=True),
            Column(f"{moved}仍在方案的比例", lambda x: x.stays, PERCENT, xlsx=12, html=True,
                   short=f"{moved}仍在"),
        ),
        made.lines,
        key="t-plan",
        opens_with=("方案", "主"),
        printed=True,
        note=f"答复 {made.answered}/{made.challenges} 项，契合度合计 {made.total_fit:.2f}{worst}；"
        f"{proof(report)}。打开和打印只列指派的团队；备选的各行在“方案”一列的筛选里选“全选”。"
        f"{made.infeasible}",
        choices=(
            Choice("role", "方案", lambda x: x.role),
            Choice("band", "等级", lambda x: x.band),
        ),
    )  # fmt: skip


def proof(report: Report) -> str:
    """Whether no plan can be better."""
    return "已证明最优" if report.plan.optimal else "未证明最优"


def assigned(report: Report) -> Table[PlanLine]:
    """One line an assigned team, so short that a list fits two pages."""
    return Table(
        "指派方案",
        (
            Column("编号", _challenge, docx=1.5),
            Column("项目名称", lambda x: _cut(x.challenge_title, 20), docx=5.6),
            Column("团队（单位）", lambda x: _cut(f"{x.team_name}（{x.org_name}）", 23), docx=6.4),
            Column("类型", lambda x: x.org_type, docx=1.4),
            Column("等级", lambda x: x.band, WORD, docx=1.0),
            Column("稳定性", lambda x: "人工" if x.forced else x.firmness, WORD, docx=1.3),
        ),
        [line for line in report.plan.lines if line.role == "主"],
    )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def awarded(report: Report) -> Table[AwardLine]:
    """What is given away already, and to whom."""
    return Table(
        "已立项",
        (
            Column(
                "榜单编号", lambda a: a.challenge_id, xlsx=11, html=True, docx=2.0, short="编号"
            ),
            Column("项目名称", lambda a: a.challenge_title, xlsx=38, html=True, docx=6.0),
            Column("团队", lambda a: a.team_name, xlsx=30, html=True, docx=4.4),
            Column("单位", lambda a: a.org_name, xlsx=22, html=True, docx=3.2),
            Column("到哪一步", lambda a: a.state, WORD, xlsx=9, html=True, docx=1.6),
        ),
        report.awarded,
        key="t-awarded",
        note="已立给团队的项目不再指派；承担的团队名额已扣。",
    )


def firmness(report: Report) -> Table[FlipLine]:
    """The assignments that several teams could have had, the least firm first."""
    firm = report.firmness
    assert firm is not None
    counts = ", ".join(f"{word} {n} 个" for word, n in firm.counts)

    def first(line: FlipLine) -> Rival | None:
        return line.rivals[0] if line.rivals else None

    return Table(
        "稳定性",
        (
            Column("榜单编号", _challenge, xlsx=11),
            Column("项目名称", lambda f: f.challenge_title, xlsx=34),
            Column("稳定性", lambda f: f.word, WORD, xlsx=8),
            Column("指派的团队", lambda f: f.team_name, xlsx=28),
            Column("等级", lambda f: f.band, WORD, xlsx=7),
            Column("契合度(0–1)", lambda f: f.fit, CLOSE_FIT, xlsx=9),
            Column("仍在方案的比例", lambda f: f.stays, PERCENT, xlsx=10),
            Column("最常换成", lambda f: r.team_name if (r := first(f)) else "无人", xlsx=28),
            Column("等级", lambda f: r.band if (r := first(f)) else "", WORD, xlsx=7),
            Column("契合度(0–1)", lambda f: r.fit if (r := first(f)) else None, CLOSE_FIT, xlsx=9),
            Column("换成它的比例", lambda f: r.share if (r := first(f)) else None, PERCENT,
                   xlsx=10),
            Column("其次", lambda f: "、".join(f"{r.team_name} ({r.share:.0%})"
                                             for r in f.rivals[1:]), xlsx=30),
            Column("权重变动时", lambda f: "、".join(f.lost_to), xlsx=20),
        ),
        firm.flips,
        note=f"契合度各自在 {report.moved} 之内抽签变动 {firm.draws} 次，每次重新求解："
        f"{counts}。稳：至少八成的抽签里不变；较稳：至少五成；难分：不到五成（首页的“须会议审定”），几个团队的差别"
        "小于这样的变动，请会议对照依据决定。",
    )  # fmt: skip


def open_calls(report: Report) -> Table[FlipLine]:
    """The assignments that a meeting should decide by the evidence."""

    def rivals(line: FlipLine) -> Lines:
        return Lines(tuple(
            (r.team_name, Word(r.band), Soft(f"{r.fit:.3f}; {r.share:.0%}")) for r in line.rivals
        ))  # fmt: skip

    def rivals_in_words(line: FlipLine) -> str:
        return "\n".join(f"{r.team_name} ({r.band}, {r.fit:.2f}; {r.share:.0%})"
                         for r in line.rivals)  # fmt: skip

    return Table(
        "难分的指派",
        (
            Column("编号", _challenge, html=True, docx=2.1),
            Column("项目名称", lambda f: f.challenge_title, html=True, docx=4.2),
            Column("指派", _named_team, html=True),
            Column("契合度(0–1)", lambda f: f.fit, CLOSE_FIT, html=True),
            Column("指派（等级，契合度）", lambda f: f"{f.team_name} ({f.band}, {f.fit:.2f})",
                   docx=4.2),
            Column("仍在", lambda f: f.stays, PERCENT, html=True, docx=1.3),
            Column("会换成（契合度；比例）", rivals, html=True),
            Column("会换成（等级，契合度；比例）", rivals_in_words, docx=5.2),
        ),
        report.firmness.open_calls if report.firmness else (),
        key="t-open",
    )  # fmt: skip


def conflicts(lines: Sequence[ConflictLine]) -> Table[ConflictLine]:
    """What rules, staff and limits say against pairs."""
    return Table(
        "冲突与提示",
        (
            Column("轻重", lambda c: c.severity, WORD, xlsx=9, html=True, docx=1.8),
            Column("榜单编号", _challenge, xlsx=11, html=True, docx=2.0, short="编号"),
            Column("项目名称", lambda c: c.challenge_title, xlsx=30),
            Column("团队编号", _team, xlsx=10),
            Column("团队名称", lambda c: c.team_name, xlsx=24, html=True, docx=4.0, short="团队"),
            Column("单位", lambda c: c.org_name, xlsx=20, html=True),
            Column("说明", lambda c: c.text, xlsx=44, html=True, docx=5.4),
            Column("规则", lambda c: To("rule", c.rule), xlsx=15, html=True),
            Column("出处", lambda c: c.source, xlsx=34, html=True),
            Column("规则与出处", lambda c: f"{c.rule} {c.source}", docx=3.8),
        ),
        lines,
        key="t-conflicts",
        note="规则的禁止和提示、用尽的名额、金额的出入，带规则编号和出处。",
        choices=(Choice("severity", "轻重", lambda c: c.severity),),
    )


def all_conflicts(report: Report) -> Table[ConflictLine]:
    """And what is said of challenges themselves, and the limits that kept teams out."""
    return conflicts((
        *report.conflicts, *_of_challenges(report),
        *(_said("名额", words, source="指派设置") for words in report.plan.limits),
    ))  # fmt: skip


def _of_challenges(report: Report) -> Iterator[ConflictLine]:
    said: dict[Caution, list[ChallengeCard]] = {}
    for card in report.cards:
        for finding in card.findings:
            said.setdefault(finding, []).append(card)
    for f, cards in said.items():
        for card in cards[:_MOST_ALIKE]:
            yield _said(f.kind, f.text, card.challenge_id, card.title, f.rule, f.source)
        if len(cards) > _MOST_ALIKE:
            rest = f"还有 {len(cards) - _MOST_ALIKE} 项同此"
            yield _said(f.kind, f.text, title=rest, rule=f.rule, source=f.source)


def _said(
    kind: str, text: str, challenge_id: str = "", title: str = "", rule: str = "", source: str = ""
) -> ConflictLine:
    return ConflictLine(kind, challenge_id, title, "", "", "", text, rule, source)


def overrides(report: Report) -> Table[OverrideLine]:
    """Decisions of staff under the headers of outcomes, with lines for new ones.

    The sheet can be imported as outcomes, so what staff add here reaches the next report.
    """

    def team(line: OverrideLine) -> str:
        return line.team_name or line.team_id

    def reason(line: OverrideLine) -> str:
        return line.reason or "未填写理由"

    return Table(
        "人工决定",
        (
            Column("决定", lambda o: o.stage, docx=2.0),
            Column("榜单编号", _challenge, FILLED, xlsx=12),
            Column("榜单编号", lambda o: o.challenge_id, html=True),
            Column("编号", lambda o: o.challenge_id, docx=2.2),
            Column("团队编号", _team, FILLED, xlsx=12),
            Column("团队", team, html=True, docx=4.0),
            Column("阶段", lambda o: o.stage, Look(choices=(PIN, BAR)), xlsx=12),
            Column("决定", lambda o: o.stage, html=True),
            Column("理由", lambda o: o.reason, FILLED, xlsx=46),
            Column("理由", reason, html=True, docx=3.8),
            Column("操作人", lambda o: o.who, FILLED, xlsx=12, html=True, docx=1.6),
            Column("日期", lambda o: o.when, FILLED, xlsx=12, html=True),
            Column("团队名称", lambda o: o.team_name, xlsx=30),
            Column("处理情况", lambda o: o.honoured, xlsx=40, html=True, docx=3.4, short="结果"),
        ),
        report.overrides,
        key="t-overrides",
        note="推荐和排除，连同理由和是否采纳。可在下面空行里添加（日期写全年月日），保存后 "
        "matcher import --outcomes 本文件，下次报告照办。",
        free_lines=_FREE_LINES,
    )


def joint(report: Report) -> Table[tuple[ChallengeCard, JointProposal, JointMember]]:
    """Proposed consortia, one row a member."""
    rows = chain.from_iterable(
        ((card, card.joint, member) for member in card.joint.members)
        for card in report.cards
        if card.joint is not None
    )
    return Table(
        "联合体",
        (
            Column("榜单编号", lambda x: challenge(x[0]), xlsx=11),
            Column("项目名称", lambda x: x[0].title, xlsx=32),
            Column("团队编号", lambda x: To("team", x[2].team_id), xlsx=10),
            Column("成员", lambda x: x[2].team_name, xlsx=28),
            Column("单位", lambda x: x[2].org_name, xlsx=20),
            Column("角色", lambda x: x[2].role, xlsx=7),
            Column("负责的要求", lambda x: "、".join(x[2].requirements), xlsx=26),
            Column("合起来覆盖(0–1)", lambda x: x[1].coverage, FIT, xlsx=9),
            Column("最好的单个团队", lambda x: x[1].best_single, xlsx=26),
            Column("它覆盖(0–1)", lambda x: x[1].single, FIT, xlsx=9),
            Column("仍未见", lambda x: "、".join((*x[1].open, *x[1].unmet)), xlsx=18),
        ),
        tuple(rows),
        note="一个团队不够时，合起来覆盖最多的最少几个团队；部分覆盖记 0.5。",
    )
