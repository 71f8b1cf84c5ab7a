"""The total investment of a challenge, with the ends its words leave open."""

from __future__ import annotations

import re
from typing import TypedDict

from matcher.corpora.headers.originals import original_words
from matcher.records import Challenge
from matcher.text.amounts import parse_money

_AT_LEAST = re.compile("以上|不低于|不少于|至少|起|(?<!不)超过")
_AT_MOST = re.compile("以下|以内|之内|不超过|不高于|不多于|至多|最多")


class Total(TypedDict, total=False):
    """Of `Means`: the ends of a total, and the words that are no plain number."""

    total_wan: float | None
    total_least_wan: float | None
    total_words: str


def total_of(challenge: Challenge) -> Total:
    """The total investment with the ends its words leave open; 3000万以上 has no upper one."""
    total = challenge.total_budget_wan
    written = original_words(challenge).get("total_budget_wan", "")
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
