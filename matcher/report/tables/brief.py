"""Tables of page one."""

from __future__ import annotations

from matcher.report.brief import MOST_LINES, Brief, Matter, MatterLine
from matcher.report.tables.table import NUMBER, Column, Lines, Soft, Table, To

# Letters of a title alone on its line, and before other words.
_ALONE, _BESIDE = 26, 14
# Ids that are named after those.
_MORE = 4


def matters(brief: Brief) -> Table[Matter]:
    """What needs a decision today: how many, and those to look at first."""
    return Table(
        "今天要定的事",
        (
            Column("事项", lambda m: m.what, xlsx=24, html=True, docx=3.0),
            Column("项数", lambda m: len(m.lines) or "无", NUMBER, xlsx=7, html=True, docx=1.1),
            Column("先看", _first_lines, html=True),
            Column("先看", _first_words, xlsx=84, docx=9.8),
            Column("建议", lambda m: m.advice if m.lines else "", xlsx=30, html=True, docx=3.1),
        ),
        brief.matters,
        key="t-matters",
    )  # fmt: skip


def _words(matter: Matter) -> list[tuple[str, str]]:
    """(id, what to know) of the first."""
    return [(x.challenge_id, _told(x)) for x in matter.lines[:MOST_LINES]]


def _told(line: MatterLine) -> str:
    if not line.words:
        return _cut(line.title, _ALONE)
    return f"{_cut(line.title, _BESIDE)}：{line.words}" if line.title else line.words


def _first_words(matter: Matter) -> str:
    lines = [f"{key} {words}" for key, words in _words(matter)]
    return "\n".join([*lines, *_more(matter)])


def _first_lines(matter: Matter) -> Lines:
    lines: list[tuple[To | Soft | str, ...]] = [
        (To("challenge", key), words) for key, words in _words(matter)
    ]
    lines += [(Soft(words),) for words in _more(matter)]
    return Lines(tuple(lines))


def _more(matter: Matter) -> list[str]:
    left = matter.lines[MOST_LINES:]
    if not left:
        return []
    ids = "、".join(line.challenge_id for line in left[:_MORE])
    return [f"另有 {len(left)} 项：{ids}{' 等' if len(left) > _MORE else ''}"]


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
