"""A pasted text as a challenge: its labelled sections go to the fields they name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from matcher.corpora.cells import CellError, cell_types
from matcher.corpora.headers.labels import standard_book
from matcher.corpora.rows.values import parse_value
from matcher.records import Challenge, headers

_LABELLED = re.compile(r"^\s*(?:[#*\-]+\s*)?([^:：\n]{2,16})[:：]\s*(.*)$")
# A label in the middle of a paragraph: after the end of a sentence.
_INLINE = re.compile(r"(?<=[。；;！!？?])\s*(?=([^:：\n。；;，,]{2,16})[:：])")
# Fields whose text goes on below the label; every other is said on one line.
_TEXTS = frozenset(
    ("problem", "tech_difficulties", "research_content", "indicators_text", "existing_basis",
     "excluded_routes", "eligibility_text", "ip_terms")
)  # fmt: skip
_LINES = frozenset(
    ("title", "industry", "province", "city", "demand_org", "keywords", "search_terms",
     "tech_domain",
     "bounty_wan", "total_budget_wan", "apply_deadline", "duration_months", "target_trl",
     "contact_name", "contact_phone", "contact_email")
)  # fmt: skip
_SURELY = 95


def challenge_from_text(text: str) -> Challenge:
    """A free text as a challenge: a short first line is the title, labels begin sections.

    >>> made = challenge_from_text("主轴承\\n疲劳寿命不足\\n考核指标: 总氧≤6ppm")
    >>> made.title, made.problem, made.indicators_text
    ('主轴承', '疲劳寿命不足', '总氧≤6ppm')
    >>> made = challenge_from_text("主轴承\\n寿命不足。考核指标：总氧≤6ppm。联系人：王工")
    >>> made.indicators_text, made.contact_name
    ('总氧≤6ppm。', '王工')
    """
    sections: dict[str, list[str]] = {}
    plain: list[str] = []
    current = going_on = plain
    for line in _INLINE.sub(_broken, text.strip()).splitlines():
        label = _LABELLED.match(line)
        field = _section(label[1]) if label else None
        if label and field:
            current = sections.setdefault(field, [])
            line = label[2]  # noqa: PLW2901 -- what stands behind the label
            if field in _TEXTS:
                going_on = current
        current.append(line)
        if line.strip():  # what is said on one line interrupts a section, it does not end it
            current = going_on
    stated = {field: "\n".join(lines).strip() for field, lines in sections.items()}
    values, unread = _values(stated)
    written = "\n".join([*plain, *unread])
    made = Challenge.from_text(written)
    if "title" in values:
        made = made.model_copy(update={"problem": written.strip()})
    if "problem" in values:
        values["problem"] = "\n".join(filter(None, (made.problem, values["problem"])))
    return Challenge.model_validate({**made.model_dump(exclude_unset=True), **values})


def _values(stated: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """The value of each field, and as lines of text what is not or not wholly a value."""
    values: dict[str, Any] = {}
    unread: list[str] = []
    types, names = cell_types(Challenge), dict(headers(Challenge))
    for field, text in stated.items():
        if not text:
            continue
        try:
            value, kept, _ = parse_value(field, text, types[field])
            Challenge.model_validate({"challenge_id": "-", field: value})
        except (CellError, ValidationError):
            value, kept = None, text
        if value is not None:
            values[field] = value
        if kept:
            unread.append(f"{names[field].name}: {kept}")
    return values, unread


def _broken(found: re.Match[str]) -> str:
    """A line break before a label that names a section; nothing changes before other words."""
    return "\n" if _section(found[1]) else found[0]


def _section(label: str) -> str | None:
    """The field a label surely names, if a section may be of it."""
    guess = standard_book(Challenge).find(label)
    sure = guess is not None and guess.score >= _SURELY and guess.field in _TEXTS | _LINES
    return guess.field if guess is not None and sure else None
