"""Tables of page one, and of what stands behind it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from matcher.report.brief import CLOSE, UNASSIGNED, Answer, Brief, Step, brief_of, matters
from matcher.report.close_calls import Candidate, CloseCall
from matcher.report.model import Report
from matcher.report.profiles import ALL_PARTS, Part
from matcher.report.tables.table import (
    BARS,
    NUMBER,
    WORD,
    Column,
    Lines,
    Soft,
    Table,
    To,
)
from matcher.report.words import mark

# Of close calls, those page one has room for.
MOST_CLOSE = 10
FOUND, SETTLING = "软件判断：库内", "会议审定"
NAMES: dict[Part, str] = {
    "overview": "总览", "cards": "各需求排名", "plan": "指派方案", "risks": "流标风险",
    "spread": "集中度", "forms": "规则与出处", "method": "方法与清单",
}  # fmt: skip
# The paper has other headings for these.
ON_PAPER: dict[Part, str] = {"cards": "各项需求", "forms": "联盟条件"}


def steps(brief: Brief) -> Table[Step]:
    """What becomes of all, and who does what next."""
    return Table(
        "谁办什么",
        (
            Column("去向", lambda s: s.what, WORD, html=True, docx=2.2),
            Column("项数", lambda s: s.count, NUMBER, html=True, docx=0.9),
            Column("情况", lambda s: s.why, html=True, docx=8.2),
            Column("谁办", lambda s: s.who, html=True, docx=1.6),
            Column("办什么", lambda s: s.todo, html=True, docx=5.1),
        ),
        brief.steps,
        key="t-steps",
    )  # fmt: skip


def answers(
    brief: Brief, parts: Collection[Part] = ALL_PARTS, names: dict[Part, str] | None = None
) -> Table[Answer]:
    """The other questions, each with where more stands of those parts a face has."""
    return Table(
        "问与答",
        (
            Column("问", lambda a: a.question, html=True, docx=2.2),
            Column("答", _said, html=True, docx=13.7),
            Column("详见", lambda a: _see(a, parts, names or {}), html=True, docx=2.1),
        ),
        brief.answers,
        key="t-answers",
    )


def _said(answer: Answer) -> Lines:
    """A message a line; the last one with whom it is about."""
    lines: list[tuple[To | str, ...]] = [(line,) for line in answer.lines]
    if answer.named and lines:
        lines[-1] = (*lines[-1], *_links(answer))
    return Lines(tuple(lines))


def _links(answer: Answer) -> Iterator[To]:
    last = len(answer.named) - 1
    for n, (i, title) in enumerate(answer.named):
        yield To("challenge", i, f"{i} {title}{'。' if n == last else '、'}")


def _see(answer: Answer, parts: Collection[Part], names: dict[Part, str]) -> To | str:
    part = next((part for part in answer.see if part in parts), None)
    return "" if part is None else To("part", part, names.get(part, NAMES[part]))


def choices(brief: Brief) -> Table[CloseCall]:
    """Between whom a meeting has to choose, in short."""
    return Table(
        f"{CLOSE}的",
        (
            Column("需求", _asked_whole, html=True, docx=5.6),
            Column("方案拟定", lambda c: _short(c, 0), html=True, docx=3.2),
            Column("另一候选", lambda c: _short(c, 1), html=True, docx=3.2),
            Column("契合度", _fits, html=True, docx=1.7),
            Column("留意", _heed, html=True, docx=4.3),
        ),
        brief.close[:MOST_CLOSE],
        key="t-choices",
    )  # fmt: skip


def choices_title(brief: Brief, where: str = "指派方案") -> str:
    """How many, how many of them hang together, and where the rest stands."""
    tied = sum(bool(call.tied) for call in brief.close)
    left = len(brief.close) - MOST_CLOSE
    told = ["契合度满分 1"]
    if tied:
        told.append(f"{tied} 项与别项争同一团队，排在一起")
    told.append(f"另 {left} 项和怎样定见“{where}”" if left > 0 else f"怎样定见“{where}”")
    return f"会议要定先联系哪一家的 {len(brief.close)} 项（{'；'.join(told)}）"


def close_calls(brief: Brief) -> Table[CloseCall]:
    """The same in full: how often each is drawn, what each has to show, what it would undo."""
    return Table(
        "各候选的差别",
        (
            Column("需求", _asked_whole, html=True, docx=2.9),
            Column("方案拟定（单位）", lambda c: _named(c.candidates[0]), html=True, docx=3.8),
            Column("另一候选（单位）", lambda c: _named(c.candidates[1]), html=True, docx=3.9),
            Column("契合度 试算", _draws, html=True, docx=1.95),
            Column("要求", _requirements, html=True, docx=1.05),
            Column("另外", _others, html=True, docx=4.8),
        ),
        brief.close,
        key="t-close",
    )  # fmt: skip


def settling(brief: Brief, report: Report) -> Table[CloseCall]:
    """How a meeting may settle each: what sets the two apart, what to ask each of them."""
    return Table(
        SETTLING,
        (
            Column("需求", _asked_of, html=True),
            Column("编号", lambda c: To("challenge", c.challenge_id), docx=1.6),
            Column("技术需求", _asked_whole, xlsx=28),
            Column("方案拟定（前者）", lambda c: _short(c, 0), xlsx=20),
            Column("另一候选（后者）", lambda c: _short(c, 1), xlsx=20),
            Column("差在哪里", _differs, html=True, xlsx=56, docx=8.4),
            Column("问前者", lambda c: c.settling.former if c.settling else "", html=True,
                   xlsx=34, docx=4.2),
            Column("问后者", lambda c: c.settling.latter if c.settling else "", html=True,
                   xlsx=34, docx=4.2),
            Column("契合度", _fits, xlsx=13),
            Column("留意", _heed, xlsx=34),
        ),
        tuple(call for call in brief.close if call.candidates[1].team_id),
        note=settling_note(report),
        key="t-settling",
        printed=False,
    )  # fmt: skip


def settling_note(report: Report) -> str:
    """How to use the questions, and what they do not say."""
    return (
        "建议两家都问：只有一家拿得出材料的，先联系那一家；都拿得出或都拿不出的，按方案拟定。"
        f"契合度变动 {report.moved} 就会换团队，软件分不出先后。"
        "线索多是研究方向：注“可能说到”的检验时约半数说到了，其余不到一成。"
    )


def _differs(call: CloseCall) -> str:
    return call.settling.differs if call.settling else "有一家没有列入名单，看不出差别"


def _asked_whole(call: CloseCall) -> To:
    return To("challenge", call.challenge_id, f"{call.challenge_id} {call.title}")


def _asked_of(call: CloseCall) -> Lines:
    """The whole title, and between whom."""
    teams = f"前者{_short(call, 0)}，后者{_short(call, 1)}"
    return Lines(((_asked_whole(call),), (Soft(teams),)))


def close_note(report: Report) -> str:
    """What the columns of the close calls mean."""
    draws = report.firmness.draws if report.firmness else 0
    return (
        f"前者方案拟定，后者另一候选；契合度满分 1；试算：{report.moved} 随机变动重算 {draws} 次，"
        "选中的占几成；要求：覆盖/部分/未见条数；选已拟给别项的，须另定那一项。"
    )


def _named(candidate: Candidate) -> str:
    return f"{candidate.name}（{candidate.org}）" if candidate.org else candidate.name


def _short(call: CloseCall, place: int) -> str:
    """By the organisation, where that tells the two apart."""
    one, other = call.candidates[place], call.candidates[1 - place]
    return _office(one.org) if one.org and one.org != other.org else one.name


def _office(org: str) -> str:
    """Without what every company's name ends with.

    >>> _office("中铁工程装备集团有限公司")
    '中铁工程装备集团'
    """
    return re.sub(r"(?<=..)(股份|责任){0,4}有限(责任)?公司$", "", org)


def _fits(call: CloseCall) -> str:
    return " 对 ".join(f"{one.fit:.2f}" for one in call.candidates[:2])


def _heed(call: CloseCall) -> str:
    """What hangs on it, and what tells the two apart at a glance."""
    former, latter, *more = call.candidates
    tied = {i for i, _ in call.tied}
    elsewhere = [i for one in (former, latter) for i in one.held if i not in tied]
    told = [
        *_ties(call),
        f"选后者须为 {'、'.join(elsewhere)} 另找团队" if elsewhere else "",
        _of_whom("在省内", former.at_home, latter.at_home),
        _of_whom("只有自述", former.only_says, latter.only_says),
        f"共 {len(call.candidates)} 个候选" if more else "",
    ]
    return "；".join(filter(None, told))


def _ties(call: CloseCall) -> Iterator[str]:
    """With which others it is to be decided, over which team, and how the two ways add up."""
    if call.follows:
        yield f"与 {call.follows} 一起定"
        return
    shown = {one.org or one.name for one in call.candidates[:2]}
    for other, org in call.tied:
        among = "" if org in shown else "（本项候选之一）"
        yield f"与 {other} 争{_office(org)}{among}，一起定"
    if call.sums is not None:
        planned, others = call.sums
        without = f"（没有算 {'、'.join(call.displaced)} 的损失）" if call.displaced else ""
        yield f"合计 {planned:.2f} 对 {others:.2f}{without}"


def _of_whom(words: str, former: bool, latter: bool) -> str:
    who = {(True, True): "都", (True, False): "前者", (False, True): "后者"}.get((former, latter))
    return f"{who}{words}" if who else ""


def _draws(call: CloseCall) -> Lines:
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
    drawn = f"也选到{named}" if named else ""
    return "；".join(dict.fromkeys(filter(None, (*_ties(call), *told, drawn))))


def fates(brief: Brief) -> list[tuple[str, int, str]]:
    """What becomes of the challenges, as parts of a strip."""
    return [(f"{word} {n}", n, mark(word)) for word, n in brief.plan]


def found(brief: Brief) -> list[tuple[str, int, str]]:
    """The verdicts as parts of a strip, with how many of each have a team in the plan."""
    return [(f"{word} {n}（拟 {m}）", n, mark(word)) for word, n, m in brief.verdicts]


@dataclass(frozen=True, slots=True)
class BriefLine:
    """One line of page one as a sheet; ``part`` opens a block."""

    text: str
    head: To | str = ""
    number: int | None = None
    more: To | str = ""
    part: str = ""


def page_one(report: Report, parts: Collection[Part] = ALL_PARTS) -> Table[BriefLine]:
    """Page one as a sheet, printable on one page."""
    brief = brief_of(report)
    told = (report.changes.told,) if report.changes else ()
    return Table(
        "首页",
        (
            Column("事项", lambda x: x.part or x.head, xlsx=17),
            Column("内容", lambda x: x.text, xlsx=76),
            Column("项数", lambda x: x.number, BARS, xlsx=9),
            Column("谁办、详见", lambda x: x.more, xlsx=46),
        ),
        tuple(_lines(brief, parts, report.notes)),
        note=" ".join((brief.asked, *told)),
        printed=True,
        one_page=True,
        opens_block=lambda x: bool(x.part),
    )


def _lines(brief: Brief, parts: Collection[Part], notes: Sequence[str]) -> Iterator[BriefLine]:
    """Block by block, each under a line that names it."""
    where = SETTLING if "calls" in parts else NAMES["plan"]
    yield from (BriefLine(note, "注意") for note in notes)
    if brief.made:
        yield BriefLine(brief.made, "依据")
    blocks: tuple[tuple[str, Sequence[BriefLine]], ...] = (
        ("谁办什么", [BriefLine(s.why, s.what, s.count, f"{s.who}：{s.todo}")
                  for s in brief.steps]),
        (FOUND, [BriefLine(f"其中拟了团队 {m} 项", word, n) for word, n, m in brief.verdicts]),
        (choices_title(brief, where), [*map(_of_close, brief.close[:MOST_CLOSE])]),
        ("问与答", [line for one in brief.answers for line in _of_answer(one, parts)]),
        ("用词", [BriefLine(brief.words)]),
        (brief.orgs_title, [BriefLine("", name, n) for name, n, _ in brief.orgs]),
        (brief.provinces_title, [BriefLine("", name, n) for name, n, _ in brief.provinces]),
    )  # fmt: skip
    for part, lines in blocks:
        if lines:
            yield BriefLine("", part=part)
            yield from lines


def _of_close(call: CloseCall) -> BriefLine:
    teams = f"{_short(call, 0)}，或 {_short(call, 1)}（{_fits(call)}）"
    text = f"{call.title}：{teams}"
    return BriefLine(text, To("challenge", call.challenge_id), more=_heed(call))


def _of_answer(answer: Answer, parts: Collection[Part]) -> Iterator[BriefLine]:
    see = _see(answer, parts, {})
    named = "".join(f"{link.text}" for link in _links(answer))
    for n, line in enumerate(answer.lines):
        text = f"{line}{named}" if n == len(answer.lines) - 1 else line
        yield BriefLine(text, "" if n else answer.question, more="" if n else see)


def unassigned(report: Report) -> list[tuple[str, str]]:
    """(why, which) of those nobody is to have, by number and title."""
    (matter,) = (m for m in matters(report) if m.what == UNASSIGNED)
    by_words: dict[str, list[str]] = {}
    for line in matter.lines:
        by_words.setdefault(line.words, []).append(f"{line.challenge_id} {line.title}")
    return [(f"{words} {len(named)} 项", "、".join(named)) for words, named in by_words.items()]
