"""Raised digits as characters of their own."""

from __future__ import annotations

_RAISED = str.maketrans("0123456789+-−()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿ")


def raised(text: str) -> str:
    """Superscript as characters, so that 10⁵ does not become 105.

    >>> raised("-7"), raised("th")
    ('⁻⁷', 'th')
    """
    plain = text.strip().replace("\u2011", "-")
    if plain and all(char in "0123456789+-−" for char in plain):
        return plain.translate(_RAISED)
    return text
