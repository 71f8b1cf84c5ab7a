"""What the records do not say, and what was held against which rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from matcher.ranking.grades import Coverage
from matcher.report.model import UNRECORDED, ChallengeCard, Report, RequirementLine, TeamLine


def planned(report: Report) -> list[TeamLine]:
    """The assigned teams, as the challenges list them."""
    return [line for card in report.cards for line in card.teams if line.role == "主"]


def requirements_held(report: Report) -> list[RequirementLine]:
    """Every requirement against the team assigned to it."""
    return [r for line in planned(report) for r in line.requirements]


def not_known(report: Report) -> Iterator[str]:
    """What of the assigned teams nobody knows yet."""
    main = planned(report)
    if not main:
        return
    bare = sum(line.only_says for line in main)
    only = f"；各类合计 {len(main)} 个团队中 {bare} 个只有自述" if bare else ""
    yield f"意愿和能力没有联系核实{only}"
    asked, told = requirements_held(report), []
    if asked:
        covered = sum(r.status == Coverage.COVERED for r in asked)
        told.append(f"{len(asked)} 条要求中 {covered} 条有依据明确说到")
    measured = [r for r in asked if r.demonstrated]
    silent = sum(r.demonstrated == UNRECORDED for r in measured)
    if silent:
        every = "都没有" if silent == len(measured) else f"中 {silent} 条没有"
        told.append(f"{len(measured)} 条指标{every}登记实测值")
    if told:
        yield "；".join(told)


def not_filled_in(report: Report) -> Iterator[str]:
    """Of how many needs the list leaves something open."""
    cards = report.cards
    money = report.rulebook is not None and report.rulebook.amounts
    missing = {
        "榜额": sum(card.bounty == "未填写" for card in cards),
        "总投入": sum(card.total_budget_wan is None for card in cards) if money else 0,
        "截止日期": sum(not card.deadline for card in cards),
    }
    by_count: dict[int, list[str]] = {}
    for name, n in missing.items():
        by_count.setdefault(n, []).append(name)
    for n, names in by_count.items():
        if n:
            every = "全部 " if n == len(cards) else ""
            sums = "，算不出支持上限" if "总投入" in names else ""
            yield f"{every}{n} 项没写{'、'.join(names)}{sums}"


def needs_without_province(report: Report) -> Iterator[str]:
    """Of how many needs the list does not say where they are."""
    n = sum(not card.province for card in report.cards)
    home = f"，暂按{report.home}计" if report.home else ""
    if n:
        yield f"；需求 {n} 项没写{home}"


def rules_read(report: Report) -> Iterator[str]:
    """Whether anything of the list could be held against a rule, and what was found."""
    book = report.rulebook
    if book is None:
        yield "没有使用规则包：资格、利益冲突和回避都没有核对。"
        return
    found = Counter(line.severity for line in report.conflicts)
    told = "、".join(f"{word} {n} 处" for word, n in found.items()) or "没有发现问题"
    if not any(rule.applies for rule in book.rules if rule.table == "资格与冲突"):
        told = "榜单没有写这类要求，没有可核对的"
    yield f"资格：{told}；利益冲突、回避没有核对，由各方申报。"


def conditions(report: Report) -> Iterator[str]:
    """Of how many assignments the records say that a condition of the alliance is lacking."""
    book = report.rulebook
    answered = [card for card in report.cards if card.assigned]
    if book is None or not book.items or not answered:
        return
    lacking = sum(map(lacks_condition, answered))
    open_ = sum(
        any(i.key not in {fact.key for fact in card.facts} for i in book.items)
        for card in answered if not lacks_condition(card)
    )  # fmt: skip
    told = f"从记录看 {lacking} 项缺一条以上" if lacking else "没有见到缺的"
    more = f"，{'其余 ' if lacking else ''}{open_} 项待核实" if open_ else ""
    yield f"联盟条件 {len(book.items)} 条：各类合计 {len(answered)} 项，{told}{more}。"


def lacks_condition(card: ChallengeCard) -> bool:
    """Whether the records say that the alliance lacks a condition."""
    return any(not fact.holds for fact in card.facts)
