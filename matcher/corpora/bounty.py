"""What a challenge says of its bounty: an amount, that it is negotiable, or nothing."""

from __future__ import annotations

from matcher.corpora.headers.originals import original_words
from matcher.records import Challenge
from matcher.text.amounts import parse_money


def is_negotiable(challenge: Challenge) -> bool:
    """Whether the source leaves the amount to negotiation: that is not to say nothing of it.

    >>> is_negotiable(Challenge(challenge_id="C", title="甲"))
    False
    """
    if challenge.bounty_wan is not None:
        return False
    found = parse_money(original_words(challenge).get("bounty_wan", ""))
    return found is not None and found.open


def bounty_words(challenge: Challenge) -> str:
    """The bounty in words.

    >>> bounty_words(Challenge(challenge_id="C", title="甲", bounty_wan=300))
    '300 万元'
    """
    if challenge.bounty_wan is not None:
        return f"{challenge.bounty_wan:g} 万元"
    return "面议" if is_negotiable(challenge) else "未填写"
