"""What the source said where a value was made of it: columns 榜额（原文） beside the fields."""

from __future__ import annotations

from collections.abc import Mapping

from matcher.corpora.headers.labels import standard_book
from matcher.records import Challenge, headers

ORIGINAL = "（原文）"
_NAMES = {field: mark.name for field, mark in headers(Challenge)}


def original_words(challenge: Challenge) -> dict[str, str]:
    """Field → the words of the source its value was read from, as far as they were kept.

    >>> original_words(Challenge(challenge_id="1", extra={"榜额（原文）": "300余万元"}))
    {'bounty_wan': '300余万元'}
    """
    found: dict[str, str] = {}
    for column, text in challenge.extra.items():
        if isinstance(text, str) and column.endswith(ORIGINAL):
            guess = standard_book(Challenge).find(column.removesuffix(ORIGINAL))
            if guess is not None:
                found.setdefault(guess.field, text)
    return found


def as_columns(words: Mapping[str, str]) -> dict[str, str]:
    """The same words as columns of a record.

    >>> as_columns({"duration_months": "两年"})
    {'完成时限(月)（原文）': '两年'}
    """
    return {f"{_NAMES[field]}{ORIGINAL}": text for field, text in words.items() if text}
