"""How sure a report is, what the records do not say, and what was held against which rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from matcher.ranking.grades import Coverage
from matcher.report.model import UNRECORDED, ChallengeCard, Report
from matcher.report.rule_lines import RuleBook

_RULES_NAMED = 2


def sure(report: Report) -> Iterator[str]:
    """How the figures were checked."""
    main = [line for line in report.plan.lines if line.role == "主"]
    bands = Counter(line.band for line in main)
    if main:
        told = "、".join(f"“{band}”{n} 个" for band, n in bands.items())
        yield f"拟指派的 {len(main)} 个团队：{told}；意愿和能力须联系核实。"
    yield from report.sure.splitlines()
    if report.firmness is not None:
        counts, draws = dict(report.firmness.counts), report.firmness.draws
        yield (
            f"方案：各契合度随机变动 {report.moved} 重算 {draws} 次，{counts['稳']} 项几乎不变，"
            f"{counts['较稳']} 项多数不变，{counts['难分']} 项多数换了团队，即须会议审定的。"
        )


def unknown(report: Report) -> Iterator[str]:
    """What the records do not say."""
    cards = report.cards
    main = [line for card in cards for line in card.teams if line.role == "主"]
    asked = [r for line in main for r in line.requirements]
    if asked:
        n = Counter(r.status for r in asked)
        yield (
            f"指派的团队对 {len(asked)} 条要求：覆盖（有依据说到）{n[Coverage.COVERED]} 条，"
            f"部分（相近或说不准）{n[Coverage.PARTLY]} 条，未见 {n[Coverage.UNSEEN]} 条。"
        )
    measured = [r for r in asked if r.demonstrated]
    silent = sum(r.demonstrated == UNRECORDED for r in measured)
    if silent:
        every = "全部没有" if silent == len(measured) else f"中 {silent} 条没有"
        yield f"其中 {len(measured)} 条考核指标{every}登记实测值。"
    bare = sum(line.only_says for line in main)
    if bare:
        share = f"（{bare / len(main):.0%}）"
        yield f"{len(main)} 个指派的团队中 {bare} 个{share}只有自述的研究方向，没有登记成果。"
    yield from _not_filled_in(report)


def _not_filled_in(report: Report) -> Iterator[str]:
    """Of how many needs the list leaves something open."""
    cards = report.cards
    money = report.rulebook is not None and report.rulebook.amounts
    missing = {
        "榜额": sum(card.bounty == "未填写" for card in cards),
        "总投入": sum(card.total_budget_wan is None for card in cards) if money else 0,
        "截止日期": sum(not card.deadline for card in cards),
        "省份": sum(not card.province for card in cards),
    }
    by_count: dict[int, list[str]] = {}
    for name, n in missing.items():
        by_count.setdefault(n, []).append(name)
    for n, names in by_count.items():
        if n:
            every = "全部 " if n == len(cards) else ""
            home = f"，暂按{report.home}计" if report.home and names == ["省份"] else ""
            sums = "，算不出支持上限" if "总投入" in names else ""
            yield f"{every}{n} 项需求未填写{'、'.join(names)}{home}{sums}。"


def rules_held(report: Report) -> str:
    """What the pairs and the alliances were held against, and what was found."""
    book = report.rulebook
    if book is None:
        return "没有使用规则包：资格、利益冲突和回避都没有核对。"
    checks = [rule for rule in book.rules if rule.table == "资格与冲突"]
    found = Counter(line.severity for line in report.conflicts)
    told = "、".join(f"{word} {n} 处" for word, n in found.items()) or "没有发现问题"
    if not any(rule.applies for rule in checks):
        told = "榜单没有写这类要求，没有可核对的"
    named = f"（{'；'.join(rule.text for rule in checks)}）" if len(checks) <= _RULES_NAMED else ""
    return (
        f"按“{book.name}”：资格规则 {len(checks)} 条{named}，{told}。{_conditions(report, book)}"
        "利益冲突、评审回避没有核对，须由各方申报。"
    )


def _conditions(report: Report, book: RuleBook) -> str:
    """Of how many assignments the records say that a condition of the alliance is lacking."""
    answered = [card for card in report.cards if card.assigned]
    if not book.items or not answered:
        return ""
    lacking = sum(map(lacks_condition, answered))
    each = sorted((i for i in book.items if i.missing), key=lambda i: -i.missing)
    names = "、".join(f"{item.text} {item.missing}" for item in each)
    open_ = sum(
        any(i.key not in {fact.key for fact in card.facts} for i in book.items)
        for card in answered if not lacks_condition(card)
    )  # fmt: skip
    told = f"从记录看 {lacking} 项缺一条以上（{names}）" if lacking else "没有见到缺的"
    more = f"，其余 {open_} 项还有待核实的" if open_ else ""
    return f"联盟条件 {len(book.items)} 条，{len(answered)} 项指派：{told}{more}。"


def lacks_condition(card: ChallengeCard) -> bool:
    """Whether the records say that the alliance lacks a condition."""
    return any(not fact.holds for fact in card.facts)
