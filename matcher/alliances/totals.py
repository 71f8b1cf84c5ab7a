"""Sums of a record, with the ends their words leave open."""

from __future__ import annotations

import re
from typing import NamedTuple, TypedDict

from matcher.corpora.headers.originals import ORIGINAL, original_words
from matcher.records import Challenge, headers
from matcher.records.alliance import Alliance
from matcher.text.amounts import parse_money

_LABELS = {field: mark.name for field, mark in headers(Alliance)}
_AT_LEAST = re.compile("以上|不低于|不少于|至少|起|(?<!不)超过")
_AT_MOST = re.compile("以下|以内|之内|不超过|不高于|不多于|至多|最多")


class Total(TypedDict, total=False):
    """Of `Means`: the ends of a total, and the words that are no plain number."""

    total_wan: float | None
    total_least_wan: float | None
    total_words: str


class Sum(NamedTuple):
    """A sum of a record with its ends, and its words where they are no plain number."""

    least_wan: float | None
    most_wan: float | None
    words: str

    @property
    def plain(self) -> str:
        """Its ends, or the one number."""
        ends = dict.fromkeys(e for e in (self.least_wan, self.most_wan) if e is not None)
        return "–".join(f"{end:g}" for end in ends)


def sum_in(alliance: Alliance, field: str) -> Sum:
    """A sum of money as its column tells it: 300-500万 has two ends.

    >>> told = {"研发经费(万元)（原文）": "300-500万"}
    >>> sum_in(Alliance(alliance_id="A", lead_rd_wan=500, extra=told), "lead_rd_wan")
    Sum(least_wan=300.0, most_wan=500.0, words='300-500万')
    """
    written = alliance.extra.get(f"{_LABELS[field]}{ORIGINAL}", "")
    return ends_in(getattr(alliance, field), str(written))


def ends_in(amount: float | None, written: str) -> Sum:
    """An amount with the ends its words leave open."""
    told = _ends(amount, written)
    most = told["total_wan"]
    return Sum(told.get("total_least_wan", most), most, told.get("total_words", ""))


def total_of(challenge: Challenge) -> Total:
    """The total investment with the ends its words leave open; 3000万以上 has no upper one."""
    written = original_words(challenge).get("total_budget_wan", "")
    return _ends(challenge.total_budget_wan, written)


def _ends(total: float | None, written: str) -> Total:
    money = parse_money(written) if written else None
    if money is None or (money.exact and money.low == money.high):
        return {"total_wan": total, "total_words": written if money is None else ""}
    if money.low != money.high:
        return {"total_wan": total, "total_least_wan": money.low, "total_words": written}
    if _AT_MOST.search(written):
        return {"total_wan": total, "total_least_wan": 0, "total_words": written}
    if _AT_LEAST.search(written):
        return {"total_wan": None, "total_least_wan": money.low, "total_words": written}
    return {"total_wan": total, "total_words": written}
