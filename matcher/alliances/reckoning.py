"""A row of 成果收益 held against the rule on it: what is due by it, by agreement, what was paid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from matcher.alliances.periods import counted_from
from matcher.alliances.result_rows import base_of, day_of, ends_of, equity_of_row, net_of
from matcher.policy import Fact, PolicyPack
from matcher.policy.amounts import percent, plain, up, wan
from matcher.policy.rules import LeastShare, Programme
from matcher.records.alliance import Income

NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A row held against the rule on it.

    Attributes:
        holds: whether the rule is on it; ``why`` what decides that, or each reading.
        least: what is due at the least by the rule, 万元; ``part`` the same of one's own part of an
            income that several share; None where nobody filled in the income.
        unsplit: whether several share the income and nobody settled how: its own part is open.
        agreed: what was agreed on, 万元; ``instead`` whether that is due in the rule's stead.
    """

    row: Income
    holds: bool | None
    why: str
    worked: str = ""
    least: Decimal | None = None
    part: Decimal | None = None
    agreed: Decimal | None = None
    instead: bool = False
    unsplit: bool = False

    @property
    def paid(self) -> Decimal:
        """The same, nought where nobody filled it in."""
        return self.given or NONE

    @property
    def given(self) -> Decimal | None:
        """What was paid of it, 万元; a part of the company by what that is worth."""
        worth, held = equity_of_row(self.row)
        if self.row.paid_wan is not None:
            return wan(self.row.paid_wan)
        if self.row.paid_percent is None or worth is None or not held:
            return None
        return worth * wan(self.row.paid_percent) / held

    @property
    def sure(self) -> Decimal:
        """The least by every reading."""
        if self.instead:
            return self.agreed or NONE
        if not self.holds or self.unsplit:
            return NONE
        least = self.least or NONE
        return least if self.part is None else min(least, self.part)

    @property
    def most(self) -> Decimal:
        """The least by the reading that gives the most."""
        return self.sure if self.holds is False else self.least or NONE


def amount_of(row: Income) -> tuple[Decimal | None, str]:
    """The income in 万元, and how it came about."""
    base = base_of(row)
    if base == "转让许可净收入":
        return net_of(row)
    if base == "股份或出资":
        worth = equity_of_row(row)[0]
        return worth, "" if worth is None else plain(worth)
    amount = row.profit_wan if base == "营业利润" else None
    return (None, "") if amount is None else (wan(amount), plain(wan(amount)))


def reckon(
    pack: PolicyPack, programme: Programme, row: Income, facts: Mapping[str, Fact]
) -> Reckoned:
    """By the facts of its row: the rule is on it where all hold, and open where one is."""
    failed = [fact for fact in facts.values() if fact.holds is False]
    open_ = [fact for fact in facts.values() if fact.holds is None]
    holds = False if failed else None if open_ else True
    why = "；".join(dict.fromkeys(f.short or f.basis for f in failed or open_))
    ruled_out = [key for key, fact in facts.items() if fact.holds is False]
    instead = bool(ruled_out) and all(key.startswith("no_own_rule") for key in ruled_out)
    rule = pack.funding_rule(programme.amount) if programme.amount else None
    amount, worked = amount_of(row)
    low, high, written = ends_of(row)
    if written and isinstance(rule, LeastShare) and low is not None:
        ends = [low] if high is None else [low, high]
        parts = [plain(up(end * wan(rule.share))) for end in ends]
        until = "–".join(plain(end) for end in ends)
        worked = f"{until} × {percent(rule.share)} = {'–'.join(parts)}"
        worked = (
            worked if len(ends) > 1 else f"至少 {until} × {percent(rule.share)} 至少 {parts[0]}"
        )
        return Reckoned(row, holds, why, worked, up(low * wan(rule.share)))
    if not isinstance(rule, LeastShare) or amount is None or _ends_within(programme, row):
        return Reckoned(row, holds, why, instead=instead)
    least = up(amount * wan(rule.share))
    part = None
    if row.own_wan is not None or row.own_percent is not None:
        own = (
            wan(row.own_wan)
            if row.own_wan is not None
            else amount * wan(row.own_percent or 0) / 100
        )
        part = up(own * wan(rule.share)) if own < amount else None
    agreed = None
    if row.agreed != "没有" and row.agreed_wan is not None:
        agreed = wan(row.agreed_wan)
    elif row.agreed != "没有" and row.agreed_percent is not None:
        agreed = up(amount * wan(row.agreed_percent) / 100)
    working = f"{worked} × {percent(rule.share)} = {plain(least)}"
    return Reckoned(row, holds, why, working, least, part, agreed, instead)


def _ends_within(programme: Programme, row: Income) -> bool:
    """Whether the years of a rule end in the midst of that of a row: its sum is of the whole."""
    years = next((item.years for item in programme.items if item.years), None)
    start = day_of(row.started)
    if years is None or start is None or row.year is None or not start.month:
        return False
    return counted_from(start, row.year).within(row.year, years[1]) is None
