"""The public text of a need, as its diagnosis reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from matcher.contacts import hide_contacts, is_private_name
from matcher.corpora.headers.originals import ORIGINAL
from matcher.records import Challenge
from matcher.text.normalise import clean
from matcher.text.tokenise import MAX_CHARACTERS

_TEXTS = (
    "title", "problem", "tech_difficulties", "research_content", "indicators_text",
    "existing_basis",
)  # fmt: skip
_CLAUSE = re.compile(r"[，,。；;\n！!？?]+")


def written(challenge: Challenge) -> str:
    """All that the need says of its subject, field by field; contacts are hidden.

    Columns no field knows count with their header (``验收方式：第三方检测``). Of a text without end
    as much is looked at as is indexed.
    """
    parts = [str(getattr(challenge, name)) for name in _TEXTS]
    parts += [
        f"{column}：{value}"
        for column, value in challenge.extra.items()
        if value not in (None, "") and not (is_private_name(column) or column.endswith(ORIGINAL))
    ]
    whole = "\n".join(part for part in parts if part)
    return hide_contacts(clean(whole[:MAX_CHARACTERS]))


def clauses(text: str) -> Iterator[str]:
    """Pieces between commas and stops (a label stays with its value), in their order.

    >>> list(clauses("寿命不足,交期长。需要国产化"))
    ['寿命不足', '交期长', '需要国产化']
    """
    return (piece for piece in map(str.strip, _CLAUSE.split(text)) if piece)
