"""Small pieces of the page: words with their colour, links, tables, filters. All text escaped."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape

Rows = Sequence[tuple[Mapping[str, str], Sequence[str]]]
"""Rows of a table: data attributes, cells as markup."""

_TONES: Mapping[str, str] = {
    **dict.fromkeys(("强", "有合适团队", "低", "覆盖", "稳", "是"), "w-good"),
    **dict.fromkeys(("中", "需扩大范围", "提示", "部分", "难分"), "w-fair"),
    **dict.fromkeys(("库内无合适团队", "高", "禁止", "未见", "人工排除", "否"), "w-poor"),
    "主": "w-main",
}
_LABELS = {"verdict": "总体判断", "risk": "风险", "band": "等级", "role": "方案",
           "severity": "轻重", "type": "类型"}  # fmt: skip
_WEB = re.compile(r"https?://\S+\Z")


def word(text: str) -> str:
    """A word on its colour; the colour only repeats the word."""
    return f'<span class="word {_TONES.get(text, "")}">{escape(text)}</span>'


def anchor(kind: str, record_id: str) -> str:
    """An id for an element; ids of records may hold anything, so it is escaped."""
    return escape(f"{kind}-{record_id}".replace(" ", "_"), quote=True)


def cell_link(target: str, text: str) -> str:
    """A link inside the page."""
    return f'<a href="#{escape(target.replace(" ", "_"), quote=True)}">{escape(text)}</a>'


def link(address: str) -> str:
    """A web address a reader may follow; anything else is only text (no javascript: links).

    >>> link("javascript:alert(1)")
    'javascript:alert(1)'
    """
    if not _WEB.match(address):
        return escape(address)
    return f'<a href="{escape(address, quote=True)}" rel="noreferrer">来源</a>'


def rule_mark(rule: str, source: str) -> str:
    """A rule with its source, leading to where the rule stands in full; "" without a rule."""
    if not rule:
        return ""
    return f'<span class="soft"> [{cell_link(f"r-{rule}", rule)}, {escape(source)}]</span>'


def number(value: object) -> str:
    """A figure; `table` sets it to the right."""
    return f"<!--n-->{escape(str(value))}"


def table(
    table_id: str,
    headers: Sequence[str],
    rows: Rows,
) -> str:
    """A sortable table.

    Args:
        table_id: of the element.
        headers: plain text.
        rows: (data attributes, cells as markup); the attribute ``id`` becomes the row's id.
    """
    head = "".join(
        f'<th aria-sort="none" scope="col"><button type="button">{escape(name)}</button></th>'
        for name in headers
    )
    lines = []
    for marks, cells in rows:
        named = "".join(
            f' {"id" if key == "id" else f"data-{key}"}="{value if key == "id" else escape(value)}"'
            for key, value in marks.items()
        )
        inside = "".join(
            f'<td class="num">{c[8:]}</td>' if c.startswith("<!--n-->") else f"<td>{c}</td>"
            for c in cells
        )
        lines.append(f"<tr{named}>{inside}</tr>")
    body = "\n".join(lines)
    return (
        f'<div class="scroll"><table id="{table_id}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def tools(target: str, **choices: Sequence[str]) -> str:
    """A search field and a choice for each attribute of the rows."""
    selects = "".join(
        f'<label>{_LABELS[key]} <select data-key="{key}"><option value="">全部</option>'
        + "".join(f"<option>{escape(v)}</option>" for v in dict.fromkeys(values))
        + "</select></label>"
        for key, values in choices.items()
    )
    return (
        f'<div class="tools" data-for="{target}"><input type="search" placeholder="搜索" '
        f'aria-label="搜索">{selects}<output class="soft"></output></div>'
    )
