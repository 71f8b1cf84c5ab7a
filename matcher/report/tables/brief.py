"""Tables of page one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from matcher.report.brief import CLOSE_MATTER, Brief, CloseCall, Matter, MatterLine, brief_of
from matcher.report.model import Report
from matcher.report.tables.table import (
    NUMBER,
    PERCENT,
    Column,
    Lines,
    Soft,
    Table,
    To,
)

# Up to so many challenges of a kind are told with their titles; of more than the last, the first.
_TITLES, _IDS, _ALL_IDS = 6, 6, 8
_TITLE_LETTERS = 9
# Of close calls, those page one has room for.
_MOST_CLOSE = 12


def matters(brief: Brief) -> Table[Matter]:
    """What needs a decision today: how many, which first, and whose part it is."""
    return Table(
        "需审定事项",
        (
            Column("事项", lambda m: m.what, html=True, docx=2.9),
            Column("项数", lambda m: len(m.lines) or "无", NUMBER, html=True, docx=1.0),
            Column("其中", _links, html=True),
            Column("其中", lambda m: "\n".join(map(_group_words, _groups(m))), docx=9.9),
            Column("建议（由谁办）", lambda m: m.advice if m.lines else "", html=True, docx=3.2),
        ),
        brief.matters,
        key="t-matters",
    )  # fmt: skip


def close_calls(brief: Brief) -> Table[CloseCall]:
    """Between whom a meeting has to decide, one line each."""
    return Table(
        "差距很小、须会议审定的",
        (
            Column("编号", lambda c: To("challenge", c.challenge_id), html=True, docx=1.5),
            Column("需求", lambda c: _cut(c.title, 10), html=True, docx=3.3),
            Column("方案指派（单位）", lambda c: _short(c.planned), html=True, docx=5.5),
            Column("也可以是（单位）", lambda c: _short(c.rival), html=True, docx=5.5),
            Column("改派的比例", lambda c: c.moved, PERCENT, html=True, docx=1.2, short="改派"),
        ),
        brief.close[:_MOST_CLOSE],
        key="t-close",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class BriefLine:
    """One line of page one as a sheet; ``part`` opens a block."""

    text: str
    challenge_id: str = ""
    number: int | None = None
    more: str = ""
    part: str = ""


def page_one(report: Report) -> Table[BriefLine]:
    """Page one as a sheet, printable on one page."""
    brief = brief_of(report)
    told = (report.changes.told,) if report.changes else ()
    return Table(
        "首页",
        (
            Column("编号", lambda x: x.part or To("challenge", x.challenge_id), xlsx=10),
            Column("内容", lambda x: x.text, xlsx=82),
            Column("项数", lambda x: x.number, NUMBER, xlsx=7),
            Column("建议、占比或另一团队", lambda x: x.more, xlsx=46),
        ),
        tuple(_lines(brief)),
        note=" ".join((brief.asked, *told, *report.notes)),
        printed=True,
        one_page=True,
        opens_block=lambda x: bool(x.part),
    )  # fmt: skip


def _lines(brief: Brief) -> Iterator[BriefLine]:
    """Block by block, each under a line that names it."""
    blocks: tuple[tuple[str, list[BriefLine]], ...] = (
        ("方案", _counted(brief.plan, brief.challenges)),
        ("库里有没有合适团队", _counted(brief.verdicts, brief.challenges)),
        ("需审定事项", [line for matter in brief.matters for line in _of_matter(matter)]),
        ("差距很小的指派", list(map(_of_close, brief.close[:_MOST_CLOSE]))),
        ("指派最多的单位", [*_counted([row[:2] for row in brief.orgs], brief.pairs),
                            BriefLine(brief.concentration)]),
        ("团队所在省份", [*_counted([row[:2] for row in brief.provinces], brief.pairs),
                          BriefLine(brief.region)]),
        ("可信程度", [BriefLine(words) for words in brief.sure if words]),
        ("信息缺口", [BriefLine(words) for words in brief.unknown]),
        ("合规与回避", [BriefLine(brief.rules)]),
        ("详情", [BriefLine(DETAILS)]),
    )  # fmt: skip
    for part, lines in blocks:
        kept = [line for line in lines if line.text]
        if kept:
            yield BriefLine("", part=part)
            yield from kept


DETAILS = (
    "逐项指派和备选见“指派方案”，每项的依据和缺口见“各需求排名”“要求对照”，"
    "流标原因见“流标风险”，分布见“集中度”，检验和规则见“方法与清单”。"
)


def _counted(rows: Sequence[tuple[str, int]], total: int) -> list[BriefLine]:
    return [BriefLine(name, number=n, more=f"占 {n / total:.0%}") for name, n in rows]


def _of_matter(matter: Matter) -> Iterator[BriefLine]:
    yield BriefLine(
        matter.what, number=len(matter.lines), more=matter.advice if matter.lines else ""
    )
    yield from (BriefLine(f"    {_group_words(group)}") for group in _groups(matter))


def _of_close(call: CloseCall) -> BriefLine:
    text = f"{_cut(call.title, 20)}：{_named(call.planned)}"
    return BriefLine(text, call.challenge_id, more=f"也可以是 {_named(call.rival)}")


def _named(team: tuple[str, str]) -> str:
    name, org = team
    return f"{name}（{org}）" if org else name


def _short(team: tuple[str, str]) -> str:
    """On one line."""
    return _named((_cut(team[0], 10), _cut(team[1], 7)))


@dataclass(frozen=True, slots=True)
class _Group:
    """Lines of a matter that say the same, and whether their titles are told."""

    words: str
    lines: tuple[MatterLine, ...]
    titled: bool


def _groups(matter: Matter) -> list[_Group]:
    """A few with their titles, many by their ids; where a table of their own follows, none."""
    if matter.what == CLOSE_MATTER and matter.lines:
        return [_Group("逐项见下表", (), titled=False)]
    found = []
    for words, lines in groupby(matter.lines, key=lambda line: line.words):
        same = tuple(lines)
        found.append(_Group(words, same, titled=len(same) <= _TITLES))
    return found


def _group_words(group: _Group) -> str:
    if not group.lines:
        return group.words
    told = "、".join(_told(line, titled=group.titled) for line in _first(group))
    more = " 等" if len(group.lines) > len(_first(group)) else ""
    return f"{group.words} {len(group.lines)} 项：{told}{more}"


def _first(group: _Group) -> tuple[MatterLine, ...]:
    return group.lines[: _IDS if len(group.lines) > _ALL_IDS else _ALL_IDS]


def _told(line: MatterLine, *, titled: bool) -> str:
    return (
        f"{line.challenge_id} {_cut(line.title, _TITLE_LETTERS)}" if titled else line.challenge_id
    )


def _links(matter: Matter) -> Lines:
    lines: list[tuple[To | Soft | str, ...]] = []
    for group in _groups(matter):
        if not group.lines:
            lines.append((Soft(group.words),))
            continue
        shown: list[To | Soft | str] = [f"{group.words} {len(group.lines)} 项："]
        for line in _first(group):
            told = _told(line, titled=group.titled)
            shown.append(To("challenge", line.challenge_id, told))
        if len(group.lines) > len(_first(group)):
            shown.append("等")
        lines.append(tuple(shown))
    return Lines(tuple(lines))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
