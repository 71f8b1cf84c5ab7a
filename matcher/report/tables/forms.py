"""Tables of the rule pack: forms that staff fill in, and amounts that follow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from matcher.report.model import ChallengeCard, Report
from matcher.report.rule_lines import AmountRule, AskedItem, ProgrammeLine, RuleBook
from matcher.report.tables.challenges import challenge
from matcher.report.tables.table import (
    FILLED,
    MONEY,
    NUMBER,
    WORD,
    Choice,
    Column,
    Formula,
    Look,
    Table,
    To,
)

YES, NO, OPEN = "是", "否", "待核实"
_MOST_GROUPS, _MOST_IDS = 12, 4
_PROGRAMMES = (
    "每项榜单可以申请什么，看承担它的联盟和年度余额：先计联盟已得的、已立项的，"
    "再计榜单里在前的；没有填的不当作 0。"
    "只计省级资金的上限不含市级配套和企业自筹。各项合计不超过同一盟主的余额。"
)
_TO_FILL = "待填"
_RULES = "规则与出处"


def _answered(report: Report) -> list[ChallengeCard]:
    return [card for card in report.cards if card.assigned]


def _head(report: Report) -> tuple[Column[ChallengeCard], ...]:
    def teams(card: ChallengeCard) -> str:
        return "、".join(report.team_name(t) for t in card.assigned)

    return (
        Column("榜单编号", challenge, xlsx=11),
        Column("项目名称", lambda c: c.title, xlsx=24),
        Column("盟主（需求单位）", lambda c: c.demand_org, xlsx=16),
        Column("指派的团队", teams, xlsx=22),
    )


def letter(place: int) -> str:
    """A column by its place (from 0): A … Z, AA …

    >>> letter(0), letter(27)
    ('A', 'AB')
    """
    return (letter(place // 26 - 1) if place >= 26 else "") + chr(ord("A") + place % 26)


def conditions(report: Report, book: RuleBook) -> Table[ChallengeCard]:
    """One row an answered challenge, one column an item of the alliance conditions."""
    head, count = _head(report), len(book.items)
    cells = f"{letter(len(head))}{{row}}:{letter(len(head) + count - 1)}{{row}}"
    verdict = (
        f'=IF(COUNTIF({cells}，"{NO}")>0,"不满足",'
        f'IF(COUNTIF({cells}，"{YES}")={count}，"满足","{OPEN}"))'
    )
    lacking = "=" + "&".join(
        f'IF({letter(len(head) + n)}{{row}}="{NO}","{_quoted(item.text)}; ","")'
        for n, item in enumerate(book.items)
    )
    look = Look(word=True, choices=(YES, NO, OPEN))
    return Table(
        "联盟条件",
        (
            *head,
            *(Column(f"{i.text}\n[{i.rule}]", _state(i), look, xlsx=11) for i in book.items),
            Column("结论", lambda c: Formula(verdict, _verdict(book, c)), xlsx=10),
            Column("还缺", lambda c: Formula(lacking, "".join(f"{x}; " for x in lacks(book, c))),
                   xlsx=26),
            Column("记录里的依据", lambda c: "; ".join(fact.basis for fact in c.facts), xlsx=30,
                   folded=True),
        ),
        _answered(report),
        note=f"{book.name}：盟主、指派团队组成联盟的条件。记录里查得到的已填，其余请核实后选是"
        f"或否；方括号里是规则编号，原文和出处见“{_RULES}”。",
    )  # fmt: skip


def _state(item: AskedItem) -> Callable[[ChallengeCard], str]:
    def state(card: ChallengeCard) -> str:
        known = {fact.key: fact.holds for fact in card.facts}
        return OPEN if item.key not in known else YES if known[item.key] else NO

    return state


def _verdict(book: RuleBook, card: ChallengeCard) -> str:
    if lacks(book, card):
        return "不满足"
    return "满足" if {_state(item)(card) for item in book.items} == {YES} else OPEN


def lacks(book: RuleBook, card: ChallengeCard) -> list[str]:
    """The items that the records say are missing."""
    return [item.text for item in book.items if _state(item)(card) == NO]


def _quoted(text: str) -> str:
    return text.replace('"', '""').replace("{", "(").replace("}", ")")


def marks(report: Report, book: RuleBook) -> Table[ChallengeCard]:
    """One row an answered challenge, one column an aspect to be scored."""
    head, full = _head(report), book.full_marks
    cells = f"{letter(len(head))}{{row}}:{letter(len(head) + len(book.aspects) - 1)}{{row}}"
    total = f'=IF(COUNT({cells})={len(book.aspects)},SUM({cells}),"未填齐")'
    look = Look(marks=(0.0, full))
    return Table(
        "评估评分",
        (
            *head,
            *(Column(aspect.text, _blank, look, xlsx=9) for aspect in book.aspects),
            Column("合计", lambda c: Formula(total, "未填齐"), Look(form="0.##"), xlsx=10),
            Column("评分人", _blank, FILLED, xlsx=10),
            Column("备注", _blank, FILLED, xlsx=20),
        ),
        _answered(report),
        note=f"每个方面 0–{full:g} 分，填齐才有合计。{book.marks_note}。软件不打分；"
        f"各方面的出处见“{_RULES}”。",
    )


def _blank(row: Any) -> str:
    return ""


_TOTAL, _SUPPORT, _RECEIVED = "C", "D", "E"


def amounts(report: Report, book: RuleBook) -> Table[ChallengeCard]:
    """One row a challenge: three amounts staff fill in, and what the rules make of them."""
    filled = Look(form=MONEY.form, marks=(0.0, 1e9))
    return Table(
        "金额测算",
        (
            Column("榜单编号", challenge, xlsx=11),
            Column("项目名称", lambda c: c.title, xlsx=30),
            Column("总投入(万元)", lambda c: c.total_budget_wan, filled, xlsx=12),
            Column("财政支持(万元)", lambda c: c.fiscal_support_wan, filled, xlsx=12),
            Column("盟主本年已得(万元)", lambda c: c.received_wan, filled, xlsx=12),
            *(Column(f"{a.name}(万元)\n= {_working(a)}\n[{a.rule}] {a.source}", _amount(a), MONEY,
                     xlsx=34) for a in book.amounts),
        ),
        report.cards,
        note="左边三列填万元数，右边随之算出；上限向下、下限向上取到 0.01 万元。"
        "本年已得先填了已立项的和榜单里在前的；没有填财政支持的没有算在内。"
        f"按档次给的金额（如试点示范、人才）见“{_RULES}”。",
    )  # fmt: skip


def _amount(rule: AmountRule) -> Callable[[ChallengeCard], Formula]:
    def amount(card: ChallengeCard) -> Formula:
        now = {a.rule: a.value_wan for a in card.amounts}
        return Formula(_formula(rule), now.get(rule.rule, _TO_FILL))

    return amount


def _working(rule: AmountRule) -> str:
    factor = "" if rule.factor is None else f"{rule.factor:.10g}"
    cap = "" if rule.cap_wan is None else f"{rule.cap_wan:.10g}"
    return {
        "share_cap": f"总投入 × {factor}" + (f"，不超过 {cap}" if cap else ""),
        "yearly_cap": f"{cap} − 本年已得",
        "own_funds_ratio": f"财政支持 × {factor}",
        "least_share": f"财政支持 × {factor}",
    }[rule.kind]


def _formula(rule: AmountRule) -> str:
    """As `matcher.policy.funding` works it out; rounded to six places first, against noise."""
    factor = "" if rule.factor is None else f"{rule.factor:.10g}"
    cap = "" if rule.cap_wan is None else f"{rule.cap_wan:.10g}"
    if rule.kind == "yearly_cap":
        return f"=MAX(0,{cap}-N({_RECEIVED}{{row}}))"
    if rule.kind == "share_cap":
        part = f"ROUNDDOWN(ROUND({_TOTAL}{{row}}*{factor},6),2)"
        part = f"MIN({part},{cap})" if cap else part
        return f'=IF({_TOTAL}{{row}}="","{_TO_FILL}",{part})'
    part = f"ROUNDUP(ROUND({_SUPPORT}{{row}}*{factor},6),2)"
    return f'=IF({_SUPPORT}{{row}}="","{_TO_FILL}",{part})'


def programmes(report: Report) -> Table[ProgrammeLine]:
    """What each challenge may ask for, and what is missing for it."""
    return Table("支持计划", (
        Column("榜单编号", lambda p: To("challenge", p.challenge_id), xlsx=11, html=True,
               short="编号"),
        Column("项目名称", lambda p: p.title, xlsx=26, html=True),
        Column("计划", lambda p: p.programme, xlsx=22, html=True),
        Column("结论", lambda p: p.verdict, WORD, xlsx=9, html=True),
        Column("不超过(万元)", lambda p: p.most_wan, MONEY, xlsx=10, html=True),
        Column("算式", lambda p: p.working, xlsx=30, html=True),
        Column("年度", lambda p: p.year, NUMBER, xlsx=7),
        Column("还缺什么、向谁要", lambda p: "；".join(p.lacks), xlsx=44, html=True),
        Column("由哪个联盟", lambda p: p.about, xlsx=24, html=True),
        Column("条文没有写、本工具的理解", lambda p: "；".join(p.readings), xlsx=26, html=True),
        Column("规则与出处", lambda p: f"{p.rule}: {p.source}", xlsx=24),
    ), report.programmes, key="t-programmes", note=_PROGRAMMES,
       choices=(Choice("verdict", "结论", lambda p: p.verdict),))  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProgrammeGroup:
    """The challenges of one programme that get the same verdict for the same reasons."""

    programme: str
    verdict: str
    lacks: str
    lines: tuple[ProgrammeLine, ...]


def programmes_in_short(report: Report) -> Table[ProgrammeGroup]:
    """The same on paper: who stands alike stands together, the largest groups first."""
    kept: dict[tuple[str, str, str], list[ProgrammeLine]] = {}
    for line in report.programmes:
        key = (line.programme, line.verdict, "、".join(line.gaps))
        kept.setdefault(key, []).append(line)
    groups = [ProgrammeGroup(*key, tuple(lines)) for key, lines in kept.items()]
    groups.sort(key=lambda g: -len(g.lines))
    return Table("支持计划", (
        Column("计划", lambda g: g.programme, docx=3.2),
        Column("结论", lambda g: g.verdict, docx=1.6),
        Column("项数", lambda g: len(g.lines), docx=1.2),
        Column("合计不超过(万元)", _sum, MONEY, docx=2.0),
        Column("还缺什么", lambda g: g.lacks or "不缺", docx=5.6),
        Column("榜单编号", _ids, docx=3.4),
    ), groups[:_MOST_GROUPS], note=_PROGRAMMES + _left(groups))  # fmt: skip


def _left(groups: Sequence[ProgrammeGroup]) -> str:
    """What of the groups does not stand on the paper."""
    rest = groups[_MOST_GROUPS:]
    return f"这里是最多的 {_MOST_GROUPS} 类，另有 {len(rest)} 类。" if rest else ""


def _sum(group: ProgrammeGroup) -> float | None:
    amounts = [line.most_wan for line in group.lines if line.most_wan is not None]
    return sum(amounts) if amounts else None


def _ids(group: ProgrammeGroup) -> str:
    ids = [line.challenge_id for line in group.lines]
    more = f" 等 {len(ids)} 项" if len(ids) > _MOST_IDS else ""
    return "、".join(ids[:_MOST_IDS]) + more


def asked_items(book: RuleBook) -> Table[AskedItem]:
    """The alliance conditions over the whole list."""
    return Table("联盟条件", (
        Column("事项", lambda i: i.text, docx=5.4),
        Column("满足", lambda i: i.met, docx=1.4),
        Column("缺", lambda i: i.missing, docx=1.4),
        Column("待核实", lambda i: i.unknown, docx=1.6),
        Column("规则与出处", lambda i: f"{i.rule}: {i.source}", docx=7.2),
    ), book.items)  # fmt: skip


def lacking(report: Report, book: RuleBook) -> Table[ChallengeCard]:
    """The challenges whose alliance lacks something."""
    return Table("还缺", (
        Column("编号", lambda c: c.challenge_id, docx=2.4),
        Column("项目名称", lambda c: c.title, docx=8.0),
        Column("还缺", lambda c: "、".join(lacks(book, c)), docx=6.6),
    ), [card for card in report.cards if lacks(book, card)])  # fmt: skip


def score_sheet(book: RuleBook) -> Table[AskedItem]:
    """An empty score sheet to hand out."""
    return Table("评估评分", (
        Column("方面", lambda a: a.text, docx=3.0),
        Column("得分", _blank, docx=1.8),
        Column("理由", _blank, docx=5.0),
        Column("规则与出处", lambda a: f"{a.rule}: {a.source}", docx=7.2),
    ), book.aspects)  # fmt: skip
