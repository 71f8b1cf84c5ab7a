"""A pasted text as a challenge: its labelled sections go to the fields they name."""

from __future__ import annotations

import re

from matcher.corpora.labels import standard_book
from matcher.records import Challenge

_LABELLED = re.compile(r"^\s*(?:[#*\-]+\s*)?([^:：\n]{2,16})[:：]\s*(.*)$")
# A label in the middle of a paragraph: after the end of a sentence.
_INLINE = re.compile(r"(?<=[。；;！!？?])\s*(?=([^:：\n。；;，,]{2,16})[:：])")
_SECTIONS = frozenset(
    ("title", "problem", "tech_difficulties", "research_content", "indicators_text",
     "existing_basis", "excluded_routes", "eligibility_text", "industry", "province", "city",
     "ip_terms", "demand_org")
)  # fmt: skip
_SURELY = 95


def challenge_from_text(text: str) -> Challenge:
    """A free text as a challenge: a short first line is the title, labels begin sections.

    >>> made = challenge_from_text("主轴承\\n疲劳寿命不足\\n考核指标: 总氧≤6ppm")
    >>> made.title, made.problem, made.indicators_text
    ('主轴承', '疲劳寿命不足', '总氧≤6ppm')
    >>> challenge_from_text("主轴承\\n寿命不足。考核指标：总氧≤6ppm。").indicators_text
    '总氧≤6ppm。'
    """
    sections: dict[str, list[str]] = {}
    plain: list[str] = []
    current = plain
    for line in _INLINE.sub(_broken, text.strip()).splitlines():
        label = _LABELLED.match(line)
        field = _section(label[1]) if label else None
        if label and field:
            current = sections.setdefault(field, [])
            line = label[2]  # noqa: PLW2901 -- what stands behind the label
        current.append(line)
    made = Challenge.from_text("\n".join(plain))
    stated = {field: "\n".join(lines).strip() for field, lines in sections.items()}
    if "problem" in stated:
        stated["problem"] = "\n".join(filter(None, (made.problem, stated["problem"])))
    return made.model_copy(update={field: value for field, value in stated.items() if value})


def _broken(found: re.Match[str]) -> str:
    """A line break before a label that names a section; nothing changes before other words."""
    return "\n" if _section(found[1]) else found[0]


def _section(label: str) -> str | None:
    """The field a label surely names, if a section may be of it."""
    guess = standard_book(Challenge).find(label)
    sure = guess is not None and guess.score >= _SURELY and guess.field in _SECTIONS
    return guess.field if guess is not None and sure else None
