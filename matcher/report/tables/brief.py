"""Tables of page one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from matcher.report.brief import MOST_LINES, Brief, Matter, MatterLine, brief_of
from matcher.report.model import Report
from matcher.report.tables.table import NUMBER, Column, Lines, Look, Soft, Table, To

# Letters of a title alone on its line, and before other words.
_ALONE, _BESIDE = 26, 14
# Ids that are named after those.
_MORE = 4


def matters(brief: Brief) -> Table[Matter]:
    """What needs a decision today: how many, and those to look at first."""
    return Table(
        "今天要定的事",
        (
            Column("事项", lambda m: m.what, html=True, docx=3.0),
            Column("项数", lambda m: len(m.lines) or "无", NUMBER, html=True, docx=1.1),
            Column("先看", _first_lines, html=True),
            Column("先看", _first_words, docx=9.8),
            Column("建议", lambda m: m.advice if m.lines else "", html=True, docx=3.1),
        ),
        brief.matters,
        key="t-matters",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class BriefLine:
    """One line of page one as a sheet."""

    text: str
    challenge_id: str = ""
    number: int | None = None
    advice: str = ""
    part: str = ""


def page_one(report: Report) -> Table[BriefLine]:
    """Page one as a sheet, printable on one page."""
    brief = brief_of(report)
    told = (report.changes.told,) if report.changes else ()
    return Table(
        "首页",
        (
            Column("部分", lambda x: x.part, xlsx=16),
            Column("榜单编号", lambda x: To("challenge", x.challenge_id), xlsx=11),
            Column("内容", lambda x: x.text, xlsx=86),
            Column("项数", lambda x: x.number, Look(number=True, bars=True), xlsx=12),
            Column("建议", lambda x: x.advice, xlsx=38),
        ),
        tuple(_lines(brief)),
        note=" ".join((brief.asked, *told, *report.notes)),
        printed=True,
        one_page=True,
    )


def _lines(brief: Brief) -> Iterator[BriefLine]:
    """Block by block; the first line of each names it."""
    blocks: tuple[tuple[str, list[BriefLine]], ...] = (
        ("有没有合适团队", _counted(brief.verdicts)),
        ("今天要定的事", [line for matter in brief.matters for line in _of_matter(matter)]),
        ("指派最多的单位", _counted([row[:2] for row in brief.orgs])),
        (
            "团队所在省份",
            [*_counted([row[:2] for row in brief.provinces]), BriefLine(brief.region)],
        ),
        ("有多大把握", [BriefLine(words) for words in brief.sure if words]),
        ("还不知道的", [BriefLine(words) for words in brief.unknown]),
    )
    for part, lines in blocks:
        yield from (replace(line, part="" if n else part) for n, line in enumerate(lines))


def _counted(rows: Sequence[tuple[str, int]]) -> list[BriefLine]:
    return [BriefLine(name, number=n) for name, n in rows]


def _of_matter(matter: Matter) -> Iterator[BriefLine]:
    yield BriefLine(matter.what, "", len(matter.lines), matter.advice if matter.lines else "")
    yield from (BriefLine(words, key) for key, words in _words(matter))
    yield from map(BriefLine, _more(matter))


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
