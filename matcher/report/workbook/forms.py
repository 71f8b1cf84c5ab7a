"""Pages of the rule pack: forms that staff fill in, amounts that follow, every rule's source."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from matcher.report.grid import Column, Formula, Page, Shown
from matcher.report.model import AmountRule, ChallengeCard, Report, RuleBook
from matcher.report.workbook.places import AMOUNTS, CONDITIONS, MARKS, RULES, Places

YES, NO, OPEN = "是", "否", "待核实"
_TO_FILL = "待填"
_Write = Callable[[Report, RuleBook, Places], Page]


def form_pages(report: Report, places: Places) -> list[Page]:
    """The forms; none without a rule pack, and none that would have nothing to ask."""
    book = report.rulebook
    if book is None:
        return []
    wanted: tuple[tuple[Sequence[object], _Write], ...] = (
        (book.items, _conditions), (book.aspects, _marks), (book.amounts, _amounts),
    )  # fmt: skip
    return [write(report, book, places) for asked, write in wanted if asked]


def _answered(report: Report) -> list[ChallengeCard]:
    return [card for card in report.cards if card.assigned]


def _head(report: Report, card: ChallengeCard, places: Places) -> list[Shown]:
    teams = "、".join(report.team_name(t) for t in card.assigned)
    return [places.challenge(card.challenge_id), card.title, card.demand_org, teams]


_HEAD = (
    Column("榜单编号", 11),
    Column("项目名称", 24),
    Column("盟主 (需求单位)", 16),
    Column("指派的团队", 22),
)


def letter(place: int) -> str:
    """A column by its place (from 0): A … Z, AA …

    >>> letter(0), letter(27)
    ('A', 'AB')
    """
    return (letter(place // 26 - 1) if place >= 26 else "") + chr(ord("A") + place % 26)


def _conditions(report: Report, book: RuleBook, places: Places) -> Page:
    """One row an answered challenge, one column an item of the alliance conditions."""
    columns = (
        *_HEAD,
        *(Column(f"{i.text}\n[{i.rule}]", 11, True, choices=(YES, NO, OPEN)) for i in book.items),
        Column("结论", 10), Column("还缺", 26), Column("记录里的依据", 30, printed=False),
    )  # fmt: skip
    first, last = letter(len(_HEAD)), letter(len(_HEAD) + len(book.items) - 1)
    cells = f"{first}{{row}}:{last}{{row}}"
    verdict = (
        f'=IF(COUNTIF({cells},"{NO}")>0,"不满足",'
        f'IF(COUNTIF({cells},"{YES}")={len(book.items)},"满足","{OPEN}"))'
    )
    lacking = "=" + "&".join(
        f'IF({letter(len(_HEAD) + n)}{{row}}="{NO}","{_quoted(item.text)}; ","")'
        for n, item in enumerate(book.items)
    )
    page = Page(
        CONDITIONS,
        columns,
        f"{book.name}: 盟主、指派团队组成联盟的条件。记录里查得到的已填, 其余请核实后选是或否; "
        f"方括号里是规则编号, 原文和出处见“{RULES}”。",
    )
    for card in _answered(report):
        known = {fact.key: fact for fact in card.facts}
        states = [_state(known[i.key].holds) if i.key in known else OPEN for i in book.items]
        lacks = "".join(
            f"{item.text}; " for item, s in zip(book.items, states, strict=True) if s == NO
        )
        now = "不满足" if lacks else "满足" if set(states) == {YES} else OPEN
        basis = "; ".join(fact.basis for fact in card.facts)
        page.add(*_head(report, card, places), *states, Formula(verdict, now),
                 Formula(lacking, lacks), basis)  # fmt: skip
    return page


def _state(holds: bool) -> str:
    return YES if holds else NO


def _quoted(text: str) -> str:
    return text.replace('"', '""').replace("{", "(").replace("}", ")")


def _marks(report: Report, book: RuleBook, places: Places) -> Page:
    """One row an answered challenge, one column an aspect to be scored."""
    full = book.full_marks
    columns = (
        *_HEAD,
        *(Column(a.text, 9, marks=(0.0, full)) for a in book.aspects),
        Column("合计", 10, form="0.##"), Column("评分人", 10, filled=True),
        Column("备注", 20, filled=True),
    )  # fmt: skip
    first, last = letter(len(_HEAD)), letter(len(_HEAD) + len(book.aspects) - 1)
    cells = f"{first}{{row}}:{last}{{row}}"
    total = f'=IF(COUNT({cells})={len(book.aspects)},SUM({cells}),"未填齐")'
    page = Page(
        MARKS,
        columns,
        f"每个方面 0–{full:g} 分, 填齐才有合计。{book.marks_note}。软件不打分; "
        f"各方面的出处见“{RULES}”。",
    )
    for card in _answered(report):
        page.add(*_head(report, card, places), *[None] * len(book.aspects),
                 Formula(total, "未填齐"), "", "")  # fmt: skip
    return page


_TOTAL, _SUPPORT, _RECEIVED = "C", "D", "E"


def _amounts(report: Report, book: RuleBook, places: Places) -> Page:
    """One row a challenge: three amounts staff fill in, and what the rules make of them."""
    money = (0.0, 1e9)
    columns = (
        Column("榜单编号", 11), Column("项目名称", 30),
        Column("总投入(万元)", 12, form="#,##0.##", marks=money),
        Column("财政支持(万元)", 12, form="#,##0.##", marks=money),
        Column("盟主本年已得(万元)", 12, form="#,##0.##", marks=money),
        *(Column(f"{a.name}(万元)\n= {_working(a)}\n[{a.rule}] {a.source}", 34, form="#,##0.##")
          for a in book.amounts),
    )  # fmt: skip
    page = Page(
        AMOUNTS,
        columns,
        "左边三列填万元数, 右边随之算出; 上限向下、下限向上取到 0.01 万元。"
        f"按档次给的金额 (如试点示范、人才) 见“{RULES}”。",
    )
    for card in report.cards:
        now = {a.rule: a.value_wan for a in card.amounts}
        page.add(
            places.challenge(card.challenge_id), card.title, card.total_budget_wan,
            card.fiscal_support_wan, None,
            *(Formula(_formula(a), now.get(a.rule, _TO_FILL)) for a in book.amounts),
        )  # fmt: skip
    return page


def _working(rule: AmountRule) -> str:
    factor = "" if rule.factor is None else f"{rule.factor:.10g}"
    cap = "" if rule.cap_wan is None else f"{rule.cap_wan:.10g}"
    return {
        "share_cap": f"总投入 × {factor}" + (f", 不超过 {cap}" if cap else ""),
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


def rules_page(book: RuleBook | None) -> tuple[Page, Mapping[str, int]]:
    """Every rule of the pack, and where each stands."""
    columns = (
        Column("规则", 18), Column("类别", 12), Column("内容", 56), Column("数值", 26),
        Column("出处", 42), Column("对照过原文", 11), Column("网址", 40),
    )  # fmt: skip
    named = "" if book is None else f"{book.name}。"
    page = Page(RULES, columns, f"{named}没有对照过原文的, 正式使用前请核对。")
    places = {
        rule.rule: page.add(rule.rule, rule.table, rule.text, rule.figures, rule.source,
                            YES if rule.checked else NO, rule.url)
        for rule in (book.rules if book else ())
    }  # fmt: skip
    return page, places
