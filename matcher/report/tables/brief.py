"""Tables of page one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from matcher.ranking.grades import Verdict
from matcher.report.brief import CLOSE_MATTER, FIRM, Brief, Matter, MatterLine, brief_of
from matcher.report.close_calls import CloseCall
from matcher.report.model import Report
from matcher.report.tables.table import (
    NUMBER,
    Column,
    Lines,
    Table,
    To,
)

# Up to so many challenges of a kind are named; of more the number alone says something.
_TITLES = 8
_TITLE_LETTERS = 14
_NONE = "无"
# Of close calls, those page one has room for.
MOST_CLOSE, CLOSE_ON_PAPER = 12, 8


def matters(brief: Brief) -> Table[Matter]:
    """What needs a decision today: how many, which first, and whose part it is."""
    return Table(
        "需办事项",
        (
            Column("事项", lambda m: m.what, html=True, docx=3.0),
            Column("项数", _count, NUMBER, html=True, docx=1.2),
            Column("其中", _links, html=True),
            Column("其中", lambda m: "；".join(map(_group_words, _groups(m))), docx=8.7),
            Column("由谁办", lambda m: m.advice if _count(m) != _NONE else "", html=True, docx=4.5),
        ),
        _rows(brief),
        key="t-matters",
    )  # fmt: skip


def _rows(brief: Brief) -> tuple[Matter, ...]:
    """What comes before any decision, what needs one, and what can go on without."""
    direct = dict(brief.plan).get(FIRM, 0)
    before = Matter("利益冲突、回避申报", (), "主管处室：审定前收齐各方申报", brief.pairs)
    after = Matter(FIRM, (), "主管处室：按方案联系团队", direct)
    return tuple(m for m in (before, *brief.matters, after) if m.count is None or m.count)


def _count(matter: Matter) -> int | str:
    return (len(matter.lines) if matter.count is None else matter.count) or _NONE


def close_calls(brief: Brief, most: int = MOST_CLOSE) -> Table[CloseCall]:
    """Between whom a meeting has to decide; as many as a face has room for."""
    return Table(
        "须会议审定的",
        (
            Column("编号", lambda c: To("challenge", c.challenge_id), html=True, docx=1.4),
            Column("需求", lambda c: c.title, html=True, docx=2.6),
            Column("方案拟定（单位）", lambda c: _named(c.planned), html=True, docx=4.5),
            Column("另一候选（单位）", lambda c: _named(c.rival), html=True, docx=4.9),
            Column("对照（前者是方案拟定）", lambda c: c.contrast, html=True, docx=4.0),
        ),
        brief.close[:most],
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
            Column("说明", lambda x: x.more, xlsx=46),
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
        ("团队库里有没有合适团队", [*_counted([row[:2] for row in brief.verdicts],
                                                brief.challenges), BriefLine(brief.bridge)]),
        ("需办事项", [line for matter in _rows(brief) for line in _of_matter(matter)]),
        (f"须会议审定的 {len(brief.close)} 项", list(map(_of_close, brief.close[:MOST_CLOSE]))),
        ("指派最多的单位", [*_counted([row[:2] for row in brief.orgs], brief.pairs),
                            BriefLine(brief.concentration)]),
        ("团队所在省份", [*_counted([row[:2] for row in brief.provinces], brief.pairs),
                          BriefLine(brief.region)]),
        ("可信程度", [BriefLine(words) for words in brief.sure if words]),
        ("信息缺口", [BriefLine(words) for words in brief.unknown]),
        ("合规与回避", [BriefLine(brief.rules)]),
        ("详情", [BriefLine(SHEETS)]),
    )  # fmt: skip
    for part, lines in blocks:
        kept = [line for line in lines if line.text]
        if kept:
            yield BriefLine("", part=part)
            yield from kept


SHEETS = (
    "逐项拟指派和备选见“指派方案”，每项的依据和缺口见“各需求排名”“要求对照”，"
    "未指派的清单和原因见“流标风险”，分布见“集中度”，检验见“方法与清单”。"
)
TABS = (
    "逐项拟指派和备选见“指派方案”，每项的依据和缺口见“各需求排名”，"
    "未指派的清单和原因见“流标风险”，分布见“集中度”，检验见“方法与清单”。"
)


def _counted(rows: Sequence[tuple[str, int]], total: int) -> list[BriefLine]:
    return [BriefLine(name, number=n, more=f"占 {total} 项的 {n / total:.0%}") for name, n in rows]


def _of_matter(matter: Matter) -> Iterator[BriefLine]:
    count = _count(matter)
    n = 0 if isinstance(count, str) else count
    yield BriefLine(matter.what, number=n, more=matter.advice if n else "")
    yield from (BriefLine(f"    {_group_words(group)}") for group in _groups(matter))


def _of_close(call: CloseCall) -> BriefLine:
    text = f"{call.title}：方案拟定 {_named(call.planned)}；另一候选 {_named(call.rival)}"
    return BriefLine(text, call.challenge_id, more=call.contrast)


def _named(team: tuple[str, str]) -> str:
    name, org = team
    return f"{name}（{org}）" if org else name


@dataclass(frozen=True, slots=True)
class _Group:
    """Lines of a matter that say the same."""

    words: str
    lines: tuple[MatterLine, ...]

    @property
    def named(self) -> tuple[MatterLine, ...]:
        """Those nobody can take are told by id and title: all or none."""
        hopeless = self.words == Verdict.NOBODY and len(self.lines) <= _TITLES
        return self.lines if hopeless else ()


def _groups(matter: Matter) -> list[_Group]:
    """Together what says the same; where a table of their own follows, none."""
    if matter.what == CLOSE_MATTER and matter.lines:
        return [_Group("逐项见下表", ())]
    alike = groupby(matter.lines, key=lambda line: line.words)
    return [_Group(words, tuple(lines)) for words, lines in alike]


def _group_words(group: _Group) -> str:
    if not group.lines:
        return group.words
    told = "、".join(map(_told, group.named))
    return f"{group.words} {len(group.lines)} 项{'：' if told else ''}{told}"


def _told(line: MatterLine) -> str:
    return f"{line.challenge_id} {_cut(line.title, _TITLE_LETTERS)}"


def _links(matter: Matter) -> Lines:
    pieces: list[To | str] = []
    for group in _groups(matter):
        if group.named:
            links = [To("challenge", line.challenge_id, _told(line)) for line in group.named]
            pieces += [f"{group.words} {len(group.lines)} 项：", *links, "·"]
        else:
            pieces += [_group_words(group), "·"]
    return Lines((tuple(pieces[:-1]),))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
