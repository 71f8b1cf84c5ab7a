"""Facets: the parts of a challenge that a team must answer, one by one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from matcher.contacts import hide_contacts
from matcher.records import Challenge
from matcher.text.boilerplate import without_boilerplate
from matcher.text.normalise import clean

FacetKind = Literal["题目", "问题", "技术难点", "攻关内容", "考核指标"]

# Numbering as staff write it: 一、 (一) （1） 1. 1、 1） ① ⑴ at the beginning of a line, or
# inside a paragraph behind a full stop, semicolon or colon. A dot followed by a digit is a decimal.
_MARK = (
    r"(?:[一二三四五六七八九十]{1,3}[、.．]|[(（][一二三四五六七八九十\d]{1,3}[)）]"
    r"|\d{1,2}(?:[、）)]|[.．](?!\d))|[\u2460-\u2473\u2474-\u2487]"
    r"|任务[一二三四五六七八九十\d]{1,2}[:：、]|第[一二三四五六七八九十]{1,2}[,，、])"
)
# In 8000:1) the one is no number of an item.
_ITEM = re.compile(rf"(?:^|(?<=[\n。;；:：])(?<!\d[:：]))\s*{_MARK}\s*")
_CLAUSE = re.compile(r"[;；。\n]+")
# Each facet is encoded by itself; a longer list is a table or a mistake, not requirements.
MOST_ITEMS = 50
# Shorter pieces are numbering debris or a bare heading, not a requirement.
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Facet:
    """A part of a challenge: its kind, its place among its kind (from 1), its text as written."""

    kind: FacetKind
    number: int
    text: str

    @property
    def label(self) -> str:
        """How the facet is called in a report: 攻关内容2."""
        return self.kind if self.kind in ("题目", "问题") else f"{self.kind}{self.number}"


def split_items(text: str) -> tuple[str, ...]:
    """The items of a numbered or line-by-line list; a plain paragraph is one item.

    >>> split_items("一、高纯铟提纯；二、靶材烧结")
    ('高纯铟提纯', '靶材烧结')
    """
    text = clean(text)
    if not text:
        return ()
    pieces = _ITEM.split(text) if _ITEM.search(text) else text.split("\n")
    items = (piece.strip(" \n;；,，") for piece in pieces)
    return tuple(item for item in items if len(item) >= _SHORTEST) or (text,)


def split_clauses(text: str) -> tuple[str, ...]:
    """Indicator clauses: numbered items split further at semicolons and full stops.

    >>> split_clauses("1.总氧≤15ppm；2.寿命提高50%以上")
    ('总氧≤15ppm', '寿命提高50%以上')
    """
    return tuple(
        clause
        for item in split_items(text)
        for piece in _CLAUSE.split(item)
        if len(clause := piece.strip(" ,，")) >= _SHORTEST
    )


def facets(challenge: Challenge) -> tuple[Facet, ...]:
    """All parts of a challenge in the order a reader meets them; never empty parts.

    They are searched and shown, so telephone numbers and addresses of mail in them are hidden, and
    what a notice says of every challenge alike is left out.
    """
    parts: list[Facet] = []

    def add(kind: FacetKind, texts: tuple[str, ...]) -> None:
        parts.extend(Facet(kind, n, hide_contacts(text)) for n, text in enumerate(texts, 1) if text)

    add("题目", (clean(challenge.title),))
    add("问题", (_of_itself(challenge.problem),))
    add("技术难点", _bounded(split_items(_of_itself(challenge.tech_difficulties))))
    add("攻关内容", _bounded(split_items(_of_itself(challenge.research_content))))
    add("考核指标", _bounded(split_clauses(_of_itself(challenge.indicators_text))))
    return tuple(parts)


def _of_itself(text: str) -> str:
    return without_boilerplate(clean(text))


def _bounded(items: tuple[str, ...]) -> tuple[str, ...]:
    """At most `MOST_ITEMS`; the last one holds all that would come after it."""
    if len(items) <= MOST_ITEMS:
        return items
    kept = MOST_ITEMS - 1
    return (*items[:kept], "；".join(items[kept:]))
