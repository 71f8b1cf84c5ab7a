"""Net income as a rule reckons it, from the sums a note names: price less costs and taxes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from matcher.policy import PolicyPack
from matcher.policy.amounts import plain, wan
from matcher.policy.rules import LeastShare
from matcher.records.alliance import Alliance
from matcher.text.amounts import parse_money

_AMOUNT = r"[^\d，,；;。（(]{0,8}?(\d+(?:\.\d+)?\s?(?:万|亿)?元)"
_PRICE = re.compile(f"(?:成交额|成交价|合同额|合同金额|转让费|许可费|转让价款){_AMOUNT}")
_COSTS = re.compile(f"(?<!其中)成本{_AMOUNT}")
_TAXES = re.compile(f"(?:税金|税费|税款|纳税|缴税){_AMOUNT}")
_PUBLIC = re.compile(
    f"(其中|含|包括)?[^，,；;。（()0-9]{{0,14}}财政(?:资金|经费|投入|拨款){_AMOUNT}"
)


@dataclass(frozen=True, slots=True)
class NetIncome:
    """What is left, 万元, and how."""

    amount_wan: float
    working: str


def net_income(alliance: Alliance) -> NetIncome | None:
    """The one of a note that names all three sums, once each; None where it does not.

    Public money that a result was made with is no cost: it is left out where the note says that
    the costs hold it.

    >>> note = "许可合同成交额500万元，成本120万元（其中研发所用财政资金60万元），税金20万元"
    >>> net_income(Alliance(alliance_id="A", note=note)).working
    '成交额 500 − 成本（120 − 财政资金 60） − 税金 20 = 420'
    """
    note = alliance.note
    found = [pattern.findall(note) for pattern in (_PRICE, _COSTS, _TAXES)]
    if [len(sums) for sums in found] != [1, 1, 1]:
        return None
    price, costs, taxes = (_wan(sums[0]) for sums in found)
    public = _PUBLIC.findall(note)
    if len(public) > 1 or (public and not public[0][0]):
        return None
    within = _wan(public[0][1]) if public else 0.0
    left = wan(price) - (wan(costs) - wan(within)) - wan(taxes)
    if left < 0 or within > costs:
        return None
    told = f"（{plain(wan(costs))} − 财政资金 {plain(wan(within))}）" if within else (
        f" {plain(wan(costs))}"
    )  # fmt: skip
    working = f"成交额 {plain(wan(price))} − 成本{told} − 税金 {plain(wan(taxes))} = {plain(left)}"
    return NetIncome(float(left), working)


def net_clause(pack: PolicyPack) -> str:
    """Which clause of a pack says how net income is reckoned; "" where none does."""
    return next((r.net for r in pack.funding if isinstance(r, LeastShare) and r.net), "")


def _wan(text: str) -> float:
    money = parse_money(text)
    return 0.0 if money is None or money.high is None else money.high
