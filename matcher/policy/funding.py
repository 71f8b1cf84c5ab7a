"""Amounts by the rules of a pack, in 万元, exact to 0.01; each with its working and source.

Computed in decimal: a cap is rounded down to 0.01 and a least amount up, so that neither is ever
broken by rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from matcher.policy.amounts import amount_of, down, percent, plain, up, wan
from matcher.policy.checks import Finding
from matcher.policy.pack import PolicyPack
from matcher.policy.rules import (
    AmountRange,
    FundingRule,
    LeastShare,
    OwnFundsRatio,
    ShareCap,
    YearlyCap,
)
from matcher.records import Challenge


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount a reader can check.

    Attributes:
        value_wan: 万元.
        working: how it was reached, in words and numbers.
        source: name and date of the document.
    """

    rule_id: str
    name: str
    value_wan: float
    working: str
    source: str
    pack_id: str


def most_support(pack: PolicyPack, rule: ShareCap, total_wan: float) -> Figure:
    """min(share · total investment, cap).

    Raises:
        InputError: the amount is negative or no number.

    >>> from matcher.policy import shipped_pack
    >>> pack = shipped_pack("liaoning-2021")
    >>> most_support(pack, pack.funding[0], 333.33).value_wan
    99.99
    """
    total = amount_of(total_wan, "总投资")
    part = down(total * wan(rule.share))
    working = f"{plain(total)} × {percent(rule.share)} = {plain(part)}"
    if rule.cap_wan is not None:
        cap = wan(rule.cap_wan)
        working += f"，上限 {plain(cap)}，取小者"
        part = min(part, cap)
    return _figure(pack, rule, f"{rule.name}最多", part, working)


def yearly_room(pack: PolicyPack, rule: YearlyCap, received_wan: float = 0.0) -> Figure:
    """What one receiver may still get this year: cap − received, never below 0.

    Raises:
        InputError: the amount is negative or no number.
    """
    received, cap = amount_of(received_wan, "本年已得"), wan(rule.cap_wan)
    left = max(Decimal(0), cap - received)
    working = f"{plain(cap)} − 本年已得 {plain(received)}"
    if received > cap:
        working += f"，已超出 {plain(received - cap)}"
    return _figure(pack, rule, f"{rule.name}尚可", left, working)


def least_paid(pack: PolicyPack, rule: LeastShare, grant_wan: float) -> Figure:
    """share · grant: the least to be paid to the bidding team.

    Raises:
        InputError: the amount is negative or no number.
    """
    grant = amount_of(grant_wan, "财政资金")
    part = up(grant * wan(rule.share))
    working = f"{plain(grant)} × {percent(rule.share)}"
    return _figure(pack, rule, f"{rule.name}最少", part, working)


def least_own_funds(pack: PolicyPack, rule: OwnFundsRatio, support_wan: float) -> Figure:
    """ratio · fiscal support: the least the enterprise brings itself.

    Raises:
        InputError: the amount is negative or no number.
    """
    support = amount_of(support_wan, "财政支持")
    part = up(support * wan(rule.ratio))
    working = f"{plain(support)} × {plain(wan(rule.ratio))}"
    return _figure(pack, rule, f"{rule.name}最少", part, working)


def check_amount(pack: PolicyPack, rule: AmountRange, amount_wan: float) -> Finding | None:
    """A finding when the amount lies outside the range.

    Raises:
        InputError: the amount is negative or no number.
    """
    amount = amount_of(amount_wan, rule.name)
    low, high = wan(rule.min_wan), wan(rule.max_wan)
    if low <= amount <= high:
        return None
    words = f"{rule.name} {plain(amount)} 万元不在 {plain(low)}–{plain(high)} 万元之内"
    return _finding(pack, rule, words)


def range_figures(pack: PolicyPack, rule: AmountRange) -> tuple[Figure, Figure]:
    """The two ends of a range."""
    low, high = wan(rule.min_wan), wan(rule.max_wan)
    return (
        _figure(pack, rule, f"{rule.name}最少", low, rule.text),
        _figure(pack, rule, f"{rule.name}最多", high, rule.text),
    )


@dataclass(frozen=True, slots=True)
class FundingSheet:
    """Every amount the pack says about a challenge, and what does not add up."""

    figures: tuple[Figure, ...]
    findings: tuple[Finding, ...]


def funding_sheet(
    pack: PolicyPack,
    challenge: Challenge,
    received_wan: float = 0.0,
    programmes: Sequence[str] = (),
) -> FundingSheet:
    """The amounts for one challenge from its 总投入 and 财政支持.

    Args:
        pack: the rules.
        challenge: without 总投入 the shares of it are left out and said to be.
        received_wan: what the demand organisation has received this year, 万元.
        programmes: ids of `AmountRange` rules to show (pilot, talent); those apply only to some.

    Raises:
        InputError: ``received_wan`` is negative or no number.
    """
    figures: list[Figure] = []
    findings: list[Finding] = []
    for rule in pack.funding:
        more, wrong = _by_rule(pack, rule, challenge, received_wan, programmes)
        figures += more
        findings += wrong
    return FundingSheet(tuple(figures), tuple(findings))


def _by_rule(
    pack: PolicyPack,
    rule: FundingRule,
    challenge: Challenge,
    received_wan: float,
    programmes: Sequence[str],
) -> tuple[list[Figure], list[Finding]]:
    support = challenge.fiscal_support_wan
    if isinstance(rule, AmountRange):
        return (list(range_figures(pack, rule)) if rule.id in programmes else []), []
    if isinstance(rule, LeastShare | OwnFundsRatio):
        return _from_support(pack, rule, challenge)
    if isinstance(rule, YearlyCap):
        figure = yearly_room(pack, rule, received_wan)
    elif challenge.total_budget_wan is None:
        return [], [_finding(pack, rule, f"未填总投入，算不出{rule.name}的上限")]
    else:
        figure = most_support(pack, rule, challenge.total_budget_wan)
    return [figure], _above(pack, rule, support, figure)


def _from_support(
    pack: PolicyPack, rule: LeastShare | OwnFundsRatio, challenge: Challenge
) -> tuple[list[Figure], list[Finding]]:
    support = challenge.fiscal_support_wan
    if isinstance(rule, LeastShare) and rule.base != "财政资金":
        return [], []  # of an income nobody has yet; `programmes` works it out where there is one
    if support is None:
        return [], [_finding(pack, rule, f"未填财政支持，算不出{rule.name}的下限")]
    if isinstance(rule, LeastShare):
        return [least_paid(pack, rule, support)], []
    figure = least_own_funds(pack, rule, support)
    return [figure], _own_funds_short(pack, rule, challenge, figure)


def _above(
    pack: PolicyPack, rule: FundingRule, support: float | None, figure: Figure
) -> list[Finding]:
    if support is None or wan(support) <= wan(figure.value_wan):
        return []
    words = f"财政支持 {plain(wan(support))} 万元超过{figure.name} {figure.value_wan:g} 万元"
    # 财政支持 may hold money of several levels; the rule speaks of one.
    return [_finding(pack, rule, f"{words}（{figure.working}），请核对本级资金")]


def _own_funds_short(
    pack: PolicyPack, rule: OwnFundsRatio, challenge: Challenge, figure: Figure
) -> list[Finding]:
    if challenge.total_budget_wan is None or challenge.fiscal_support_wan is None:
        return []
    own = wan(challenge.total_budget_wan) - wan(challenge.fiscal_support_wan)
    if own >= wan(figure.value_wan):
        return []
    words = f"自筹 {plain(own)} 万元（总投入减财政支持）少于{figure.name} {figure.value_wan:g} 万元"
    return [_finding(pack, rule, words)]


def _figure(pack: PolicyPack, rule: FundingRule, name: str, value: Decimal, working: str) -> Figure:
    return Figure(rule.id, name, float(value), working, pack.cite(rule), pack.pack.id)


def _finding(pack: PolicyPack, rule: FundingRule, message: str) -> Finding:
    return Finding(rule.id, "提示", message, pack.cite(rule), pack.pack.id)
