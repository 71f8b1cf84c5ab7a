"""What a challenge says of its bounty: an amount, that it is negotiable, or nothing."""

from __future__ import annotations

from matcher.corpora.headers.labels import standard_book
from matcher.records import Challenge
from matcher.text.amounts import parse_money

# Under such a column the reader keeps what it could not wholly turn into a value.
_ORIGINAL = "（原文）"


def is_negotiable(challenge: Challenge) -> bool:
    """Whether the source leaves the amount to negotiation: that is not to say nothing of it.

    >>> is_negotiable(Challenge(challenge_id="C", title="甲"))
    False
    """
    if challenge.bounty_wan is not None:
        return False
    for column, text in challenge.extra.items():
        found = parse_money(text) if isinstance(text, str) and column.endswith(_ORIGINAL) else None
        if found is not None and found.open:
            guess = standard_book(Challenge).find(column.removesuffix(_ORIGINAL))
            if guess is not None and guess.field == "bounty_wan":
                return True
    return False


def bounty_words(challenge: Challenge) -> str:
    """The bounty in words.

    >>> bounty_words(Challenge(challenge_id="C", title="甲", bounty_wan=300))
    '300 万元'
    """
    if challenge.bounty_wan is not None:
        return f"{challenge.bounty_wan:g} 万元"
    return "面议" if is_negotiable(challenge) else "未填写"
