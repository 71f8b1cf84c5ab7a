"""Tables of page one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from matcher.ranking.grades import Verdict
from matcher.report.brief import CLOSE, FIRM, UNASSIGNED, Brief, Matter, MatterLine, brief_of
from matcher.report.close_calls import Candidate, CloseCall
from matcher.report.model import Report
from matcher.report.tables.table import (
    NUMBER,
    Column,
    Lines,
    Table,
    To,
)
from matcher.report.words import mark

# Up to so many challenges of a kind are named; of more the number alone says something.
_TITLES = 8
_TITLE_LETTERS = 11
_NONE = "无"
# Of close calls, those page one has room for.
MOST_CLOSE, CLOSE_ON_PAPER = 12, 10
FOUND = "库内有无合适团队"


def matters(brief: Brief) -> Table[Matter]:
    """What needs a decision today: how many, which first, and whose part it is."""
    return Table(
        "需办事项",
        (
            Column("事项", lambda m: m.what, html=True, docx=2.7),
            Column("项数", _count, NUMBER, html=True, docx=0.9),
            Column("其中", _links, html=True),
            Column("其中", lambda m: "；".join(_said(m)), docx=10.2),
            Column("由谁办", lambda m: m.advice if _count(m) != _NONE else "", html=True, docx=4.0),
        ),
        _rows(brief),
        key="t-matters",
    )  # fmt: skip


def _rows(brief: Brief) -> tuple[Matter, ...]:
    """What comes before any decision, what needs one, and what can go on without."""
    direct = dict(brief.plan).get(FIRM, 0)
    first = "；须审定的各队都先报" if brief.close else ""
    before = Matter(
        "利益冲突、回避申报", (), "主管处室：审定、签约前收齐", brief.pairs,
        f"各团队与需求单位，软件没有核对{first}",
    )  # fmt: skip
    after = Matter(FIRM, (), "主管处室：按方案联系", direct, brief.direct)
    return tuple(m for m in (before, *brief.matters, after) if m.count is None or m.count)


def _count(matter: Matter) -> int | str:
    return (len(matter.lines) if matter.count is None else matter.count) or _NONE


def close_calls(brief: Brief, most: int = MOST_CLOSE) -> Table[CloseCall]:
    """Between whom a meeting has to decide; as many as a face has room for."""
    return Table(
        f"{CLOSE}的",
        (
            Column("需求", _asked, html=True, docx=2.5),
            Column("方案拟定（单位）", lambda c: _named(c.candidates[0]), html=True, docx=3.9),
            Column("另一候选（单位）", lambda c: _named(c.candidates[1]), html=True, docx=4.1),
            Column("契合度 试算", _fits, html=True, docx=1.95),
            Column("要求", _requirements, html=True, docx=1.05),
            Column("另外", _others, html=True, docx=4.9),
        ),
        brief.close[:most],
        key="t-close",
    )  # fmt: skip


def close_note(report: Report) -> str:
    """What the columns of the close calls mean."""
    draws = report.firmness.draws if report.firmness else 0
    return (
        f"前者方案拟定，后者另一候选；契合度满分 1；试算：{report.moved} 随机变动重算 {draws} 次，"
        "选中的占几成；要求：覆盖/部分/未见条数；选已拟给别项的，须另定那一项。"
    )


def _asked(call: CloseCall) -> Lines:
    title = _cut(call.title, _TITLE_LETTERS)
    return Lines(((To("challenge", call.challenge_id), title),))


def _named(candidate: Candidate) -> str:
    return f"{candidate.name}（{candidate.org}）" if candidate.org else candidate.name


def _fits(call: CloseCall) -> Lines:
    return Lines(tuple((f"{one.fit:.2f} {one.drawn:.0%}",) for one in call.candidates[:2]))


def _requirements(call: CloseCall) -> Lines:
    shown = [one.shown for one in call.candidates[:2]]
    return Lines(tuple(("/".join(map(str, n)) if n else "不详",) for n in shown))


def _others(call: CloseCall) -> str:
    """What the records say of one or both, and who else is drawn often."""
    former, latter, *more = call.candidates
    told = [
        f"{'都' if {*former.remarks} >= {words} <= {*latter.remarks} else who}{words}"
        for who, one in (("前者", former), ("后者", latter)) for words in one.remarks
    ]  # fmt: skip
    named = "、".join(f"{one.name} {one.drawn:.0%}" for one in more)
    return "；".join(dict.fromkeys([*told, *([f"也选到{named}"] if named else [])]))


def fates(brief: Brief) -> list[tuple[str, int, str]]:
    """What becomes of the challenges, as parts of a strip."""
    return [(f"{word} {n}", n, mark(word)) for word, n in brief.plan]


def found(brief: Brief) -> list[tuple[str, int, str]]:
    """The verdicts as parts of a strip, with how many of each have a team in the plan."""
    return [(f"{word} {n}（指派 {m}）", n, mark(word)) for word, n, m in brief.verdicts]


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
            Column("内容", lambda x: x.text, xlsx=94),
            Column("项数", lambda x: x.number, NUMBER, xlsx=7),
            Column("说明", lambda x: x.more, xlsx=54),
        ),
        tuple(_lines(brief, close_note(report))),
        note=" ".join((brief.asked, *told, *report.notes)),
        printed=True,
        one_page=True,
        opens_block=lambda x: bool(x.part),
    )  # fmt: skip


def _lines(brief: Brief, note: str) -> Iterator[BriefLine]:
    """Block by block, each under a line that names it."""
    blocks: tuple[tuple[str, list[BriefLine]], ...] = (
        ("日期与榜单", [BriefLine(brief.made)]),
        ("分配规则", [BriefLine(brief.rule)]),
        ("方案", _counted(brief.plan, brief.challenges)),
        ("团队库里有没有合适团队", [
            BriefLine(word, number=n, more=f"{_share(n, brief.challenges)}，{m} 项有拟指派")
            for word, n, m in brief.verdicts]),
        ("需办事项", [line for matter in _rows(brief) for line in _of_matter(matter)]),
        (f"{CLOSE}的 {len(brief.close)} 项",
         [BriefLine(note if brief.close else ""), *map(_of_close, brief.close[:MOST_CLOSE])]),
        (brief.orgs_title, [*_counted([row[:2] for row in brief.orgs], brief.pairs),
                            BriefLine(brief.concentration)]),
        (brief.provinces_title, [*_counted([row[:2] for row in brief.provinces], brief.pairs),
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
    return [BriefLine(name, number=n, more=_share(n, total)) for name, n in rows]


def _share(n: int, total: int) -> str:
    return f"占 {total} 项的 {n / total:.0%}"


def _of_matter(matter: Matter) -> Iterator[BriefLine]:
    count = _count(matter)
    n = 0 if isinstance(count, str) else count
    yield BriefLine(matter.what, number=n, more=matter.advice if n else "")
    yield from (BriefLine(f"    {words}") for words in _said(matter))


def _of_close(call: CloseCall) -> BriefLine:
    former, latter = call.candidates[:2]
    text = f"{call.title}：方案拟定 {_named(former)}；另一候选 {_named(latter)}"
    figures = (
        f"{what} {str(pieces(call)).replace(chr(10), ' 对 ')}"
        for what, pieces in (("契合度 试算", _fits), ("要求", _requirements))
    )
    return BriefLine(text, call.challenge_id, more="；".join((*figures, _others(call))))


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
    """Together what says the same, or the words for all of them."""
    if matter.words:
        return [_Group(matter.words, ())]
    alike = groupby(matter.lines, key=lambda line: line.words)
    return [_Group(words, tuple(lines)) for words, lines in alike]


def _said(matter: Matter) -> list[str]:
    """The cause, and what is told of the lines."""
    return [*filter(None, [matter.cause]), *map(_group_words, _groups(matter))]


def _group_words(group: _Group) -> str:
    if not group.lines:
        return group.words
    told = "、".join(map(_told, group.named))
    return f"{_meaning(group.words)} {len(group.lines)} 项{'：' if told else ''}{told}"


def _meaning(words: str) -> str:
    """A verdict that sounds like an order, with what was found."""
    return f"{words}（库里的只部分符合或相近）" if words == Verdict.DOUBTFUL else words


def _told(line: MatterLine) -> str:
    return f"{line.challenge_id} {_cut(line.title, _TITLE_LETTERS)}"


def _links(matter: Matter) -> Lines:
    pieces: list[To | str] = [matter.cause, "·"] if matter.cause else []
    for group in _groups(matter):
        if group.named:
            links = [To("challenge", line.challenge_id, _told(line)) for line in group.named]
            pieces += [f"{group.words} {len(group.lines)} 项：", *links, "·"]
        else:
            pieces += [_group_words(group), "·"]
    return Lines((tuple(pieces[:-1]),))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def unassigned(report: Report) -> list[tuple[str, str]]:
    """(why, which) of those nobody is to have, by number and title."""
    (matter,) = (m for m in brief_of(report).matters if m.what == UNASSIGNED)
    cause = f"，{matter.cause}" if matter.cause else ""
    return [
        (f"{_meaning(group.words)} {len(group.lines)} 项{cause}",
         "、".join(f"{line.challenge_id} {line.title}" for line in group.lines))
        for group in _groups(matter)
    ]  # fmt: skip
