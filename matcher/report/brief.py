"""Page one as data: what a head of department asks, each with its answer and where more stands.

Every face draws it from here and adds nothing; what is too long for it stands in the part a line
names, or among the grounds (`matcher.report.grounds`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from matcher.ranking.grades import Band, Verdict
from matcher.report.close_calls import CloseCall, close_calls
from matcher.report.limits import (
    conditions,
    lacks_condition,
    needs_without_province,
    not_filled_in,
    not_known,
    rules_read,
)
from matcher.report.model import ChallengeCard, Report
from matcher.report.plan_lines import FlipLine
from matcher.report.profiles import Part
from matcher.report.spreading import leading, most, region, rest

FIRM, FLAGGED, WEAK, CLOSE, UNASSIGNED = (
    "可先联系", "联系时补材料", "须先核实", "须会议审定", "未指派"
)  # fmt: skip
FATES = (FIRM, FLAGGED, WEAK, CLOSE, UNASSIGNED)
DECLARED, BARE = "另：冲突申报", "另：没有备选"
_LISTS_NAMED = 4
# Up to so many challenges are named; of more the number alone says something.
_NAMED = 8
# A share of fewer says little.
_FEW = 10
_ORDER = (Verdict.NOBODY, Verdict.DOUBTFUL, Verdict.ANSWERABLE, Verdict.UNKNOWN)


_WORDS = (
    "契合度：估计的值得联系的把握，没有核实；值得联系：对口，或略加延伸即可牵头；"
    "自述：只有研究方向，没有成果。"
)


@dataclass(frozen=True, slots=True)
class MatterLine:
    """One challenge somebody must do something about, and what is known of it."""

    challenge_id: str
    title: str
    words: str


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that needs a decision; its lines, the most pressing first."""

    what: str
    lines: tuple[MatterLine, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of so many challenges, and what is to be done, by whom.

    Attributes:
        what: one of `FATES`, or what comes beside them.
        why: what they have in common.
    """

    what: str
    count: int
    why: str
    who: str
    todo: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A question of a head of department.

    Attributes:
        lines: the answer, one message a line.
        named: challenges the last line is about, (id, title).
        see: the parts in which it stands in full, the best first.
    """

    question: str
    lines: tuple[str, ...]
    see: tuple[Part, ...]
    named: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Brief:
    """Page one.

    Attributes:
        asked: the whole in one sentence.
        made: when, from which lists, against which library.
        challenges, pairs: how many there are, and how many assignments.
        plan: (what becomes of them, challenges), all of them, each once.
        verdicts: (verdict, challenges, of these assigned) that occur.
        steps: what is to be done, by whom.
        close: every close call, those that hang together side by side.
        answers: to the other questions.
        words: what its terms mean.
        orgs, provinces: (name, assignments), those with most, under their titles.
    """

    asked: str
    made: str
    challenges: int
    pairs: int
    plan: tuple[tuple[str, int], ...]
    verdicts: tuple[tuple[str, int, int], ...]
    steps: tuple[Step, ...]
    close: tuple[CloseCall, ...]
    answers: tuple[Answer, ...]
    orgs: tuple[tuple[str, int, int], ...]
    provinces: tuple[tuple[str, int, int], ...]
    orgs_title: str
    provinces_title: str
    words: str = _WORDS

    @property
    def longest(self) -> int:
        """The longest bar of the two charts side by side."""
        return max((n for _, n, _ in (*self.orgs, *self.provinces)), default=0)


def brief_of(report: Report) -> Brief:
    """Page one of a report."""
    counted = Counter(card.verdict for card in report.cards)
    assigned = Counter(card.verdict for card in report.cards if card.assigned)
    fates = fates_of(report)
    by_org, by_province = report.spread.plan.by_org, report.spread.provinces
    return Brief(
        asked=_asked(report),
        made=_made(report),
        challenges=len(report.cards),
        pairs=report.spread.plan.pairs,
        plan=tuple((fate, len(fates[fate])) for fate in FATES if fates[fate]),
        verdicts=tuple((v, counted[v], assigned[v]) for v in Verdict if counted[v]),
        steps=tuple(_steps(report, fates)),
        close=tuple(close_calls(report)),
        answers=tuple(one for one in _answers(report) if one.lines),
        orgs=leading(by_org),
        provinces=leading(by_province),
        orgs_title=rest("拟指派最多", by_org, "单位"),
        provinces_title=rest("团队所在省份", by_province, "省份"),
    )


def fates_of(report: Report) -> dict[str, tuple[ChallengeCard, ...]]:
    """What becomes of every challenge, each once."""
    close = {f.challenge_id for f in report.firmness.open_calls} if report.firmness else set()
    bands = _bands(report)

    def fate(card: ChallengeCard) -> str:
        if not card.assigned:
            return UNASSIGNED
        if card.challenge_id in close:
            return CLOSE
        if _doubted(card, bands):
            return WEAK
        return FLAGGED if _only_says(card) or lacks_condition(card) else FIRM

    found = [(fate(card), card) for card in report.cards]
    return {fate: tuple(card for own, card in found if own == fate) for fate in FATES}


def matters(report: Report) -> Iterator[Matter]:
    """What needs a decision, the most pressing kind first."""
    banned = [c for c in report.conflicts if c.severity == "禁止" and c.rule]
    parted = [c for c in report.conflicts if c.is_parting]
    for what, lines in (("规则禁止的配对", banned), ("退出或落选的团队", parted)):
        if lines:
            yield Matter(what, tuple(
                MatterLine(c.challenge_id, c.challenge_title, f"{c.team_name}：{c.text}")
                for c in lines
            ))  # fmt: skip
    refused = [o for o in report.overrides if o.honoured.startswith("未采纳")]
    if refused:
        yield Matter("未采纳的人工决定", tuple(
            MatterLine(o.challenge_id, "", f"{o.team_name or o.team_id}：{o.honoured}")
            for o in refused
        ))  # fmt: skip
    fates = fates_of(report)
    yield Matter(CLOSE, tuple(map(_close, report.firmness.open_calls if report.firmness else ())))
    left = sorted(fates[UNASSIGNED], key=lambda card: _ORDER.index(card.verdict))
    yield Matter(UNASSIGNED, tuple(_at_risk(card, report.plan.lowest) for card in left))
    bands = _bands(report)
    doubted = [_to_look_into(card, bands) for card in fates[WEAK]]
    yield Matter(WEAK, tuple(sorted(doubted, key=lambda line: line.words)))
    bare = [card for fate in (FIRM, FLAGGED) for card in fates[fate] if not card.alternates]
    yield Matter(BARE, tuple(_to_look_into(card, bands) for card in bare))


def needs_decision(report: Report) -> tuple[ChallengeCard, ...]:
    """The challenges behind the matters, the most pressing first, one of each kind in turn."""
    cards = {card.challenge_id: card for card in report.cards}
    queues = [[line.challenge_id for line in matter.lines] for matter in matters(report)]
    longest = max(map(len, queues), default=0)
    turns = [queue[n] for n in range(longest) for queue in queues if n < len(queue)]
    return tuple(cards[i] for i in dict.fromkeys(turns) if i in cards)


def _bands(report: Report) -> dict[str, Band]:
    """By challenge, the band of the team it is to have; of several the one that is not 强."""
    lines = [line for line in report.plan.lines if line.role == "主"]
    lines.sort(key=lambda line: line.band != Band.STRONG)
    return {line.challenge_id: line.band for line in lines}


def _doubted(card: ChallengeCard, bands: dict[str, Band]) -> bool:
    """Whether its team is no more than about as likely as not, or the library as a whole."""
    weak = bands.get(card.challenge_id) in (Band.MEDIUM, Band.WEAK)
    return weak or card.verdict in (Verdict.DOUBTFUL, Verdict.NOBODY)


def _only_says(card: ChallengeCard) -> bool:
    return any(line.only_says for line in card.teams if line.role == "主")


def _asked(report: Report) -> str:
    made, left = report.plan, report.plan.challenges - report.plan.answered
    worth = worth_calling(report)
    told = f"（推算约 {worth} 个值得联系）" if worth is not None else ""
    bare = sum(not card.alternates for card in report.cards if card.assigned)
    alone = f"，{bare} 项没有备选" if bare else ""
    nobody = f"；{left} 项没有拟团队，流标风险高" if left else ""
    return f"{made.challenges} 项需求：{made.answered} 项拟了团队{told}{alone}{nobody}。"


def worth_calling(report: Report) -> int | None:
    """How many assigned teams the shares of the check make worth calling; None if one is lacking.

    An estimate: the shares were measured on all pairs of a band, not on assigned ones.
    """
    shares = [report.checked.right(x.band) for x in report.plan.lines if x.role == "主"]
    known = [share for share in shares if share is not None]
    return round(sum(known)) if known and len(known) == len(shares) else None


def _made(report: Report) -> str:
    """When, from which lists, against which library."""
    told = []
    if report.dated:
        year, month, day = map(int, report.dated.split("-"))
        told.append(f"{year} 年 {month} 月 {day} 日")
    if 0 < len(report.lists) <= _LISTS_NAMED:
        told.append("、".join(f"{_stem(name)}（{n} 项）" for name, n in report.lists))
    if report.library:
        named = "、".join(_stem(n) for n, _ in report.libraries[:_LISTS_NAMED]) or "团队库"
        until = f"，成果至 {report.newest} 年" if report.newest else ""
        told.append(f"{named}（{report.library} 个团队{until}）")
    return "　".join(told)


def _stem(file: str) -> str:
    """The name of a list, as whoever made the file gave it."""
    return file.rsplit(".", 1)[0] or file


def _steps(report: Report, fates: dict[str, tuple[ChallengeCard, ...]]) -> Iterator[Step]:
    """What is to be done with all of them; then what comes beside."""
    found = {fate: (len(cards), cards) for fate, cards in fates.items() if cards}
    told = {
        FIRM: ("“强”，有登记成果", "主管处室", "联系，征询意愿"),
        FLAGGED: (_lacks(fates[FLAGGED]), "主管处室", "联系，请补成果材料、联盟成员"),
        WEAK: (_weakness(report, fates[WEAK]), "主管处室", "先核实能力，再联系"),
        CLOSE: ("契合度稍变就换团队，见下表", "会议", "各定先联系哪一家"),
        UNASSIGNED: (
            _cause(fates[UNASSIGNED]), "主管处室",
            "会同需求单位复看前 10 名再征集",),
    }  # fmt: skip
    for fate, (count, _) in found.items():
        yield Step(fate, count, *told[fate])
    pairs = report.spread.plan.pairs
    if pairs:
        yield Step(DECLARED, pairs, "各团队与需求单位的利益冲突；软件没有核对", "主管处室",
                   "联系时布置，签约前收齐")  # fmt: skip
    bare = sum(not card.alternates for card in report.cards if card.assigned)
    if bare:
        yield Step(
            BARE,
            bare,
            "只有拟的团队符合条件；分在以上各类之内",
            "主管处室",
            "各类里先办；不成即重新征集",
        )
    beside = {
        "规则禁止的配对": ("方案已避开", "主管处室", "有出入时核对规则出处"),
        "退出或落选的团队": ("方案已由后面的团队接上", "主管处室", "没有接上的见未指派"),
        "未采纳的人工决定": ("与所列限制矛盾", "决定人", "放宽限制，或撤回"),
    }
    for matter in matters(report):
        if matter.what in beside:
            yield Step(matter.what, len(matter.lines), *beside[matter.what])


def _lacks(cards: tuple[ChallengeCard, ...]) -> str:
    """Of strong teams, what is to be asked for; one may lack both."""
    bare, lacking = sum(map(_only_says, cards)), sum(map(lacks_condition, cards))
    told = [f"只有自述 {bare} 项"] * bool(bare) + [f"缺联盟条件 {lacking} 项"] * bool(lacking)
    both = bare + lacking - len(cards)
    return f"“强”，但{'、'.join(told)}{f'（{both} 项都缺）' if both > 0 else ''}"


def _weakness(report: Report, cards: tuple[ChallengeCard, ...]) -> str:
    bands = _bands(report)
    medium = sum(bands.get(card.challenge_id) == Band.MEDIUM for card in cards)
    others = len(cards) - medium
    share = report.checked.right(Band.MEDIUM)
    half = f"（约 {share:.0%} 值得联系）" if share is not None else ""
    told = [f"“中”{medium} 项{half}"] * bool(medium)
    told += [f"“强”而库里只部分符合 {others} 项"] * bool(others)
    return "、".join(told)


def _cause(cards: tuple[ChallengeCard, ...]) -> str:
    """Why nobody is to have them, where it is the same of all."""
    counted = Counter(card.risk.reason.split("，")[0] for card in cards).most_common()
    if len(counted) < 2:
        return "".join(reason for reason, _ in counted)
    others = len(cards) - counted[0][1]
    return f"{counted[0][0]}（另 {others} 项见流标风险）"


def _answers(report: Report) -> Iterator[Answer]:
    """What is asked beside what is to be done."""
    yield _risks(report)
    yield Answer("承担最多", tuple(most(report)), ("spread", "plan"))
    home = "".join((*region(report), *needs_without_province(report)))
    yield Answer("省内省外", (f"{home}。",) if home else (), ("spread", "plan"))
    yield Answer("可信程度", tuple(_sure(report)), ("method",))
    open_ = (*not_known(report), "；".join(not_filled_in(report)))
    yield Answer("尚未掌握", tuple(f"{line}。" for line in open_ if line), ("method",))
    ruled: tuple[Part, ...] = ("forms", "method") if report.rulebook else ("method",)
    yield Answer("规则核对", (*rules_read(report), *conditions(report)), ruled)
    yield Answer("分配规则", tuple(filter(None, (report.plan.rule,))), ("method",))


def _risks(report: Report) -> Answer:
    """Which may go unanswered, those without anybody by name."""
    high = [card for card in report.at_risk if card.risk.level == "高"]
    fair = [card for card in report.at_risk if card.risk.level == "中"]
    none = [card for card in high if card.verdict == Verdict.NOBODY]
    bare = sum(not card.alternates for card in fair)
    doubted = len(fair) - bare
    told = []
    if high:
        told.append(f"高风险 {len(high)} 项没有拟团队：{_cause(tuple(high))}")
    if fair:
        lacking = "没有备选" if not doubted else f"{bare} 项没有备选、{doubted} 项库里只部分符合"
        told.append(f"中风险 {len(fair)} 项拟了团队，但{lacking}")
    lines = [f"{line}。" for line in told]
    named = none if len(none) <= _NAMED else []
    if none:
        lines.append(f"最难 {len(none)} 项（判为库内没有）{'：' if named else '。'}")
    return Answer(
        "哪些可能流标", tuple(lines), ("risks", "plan"),
        tuple((card.challenge_id, card.title) for card in named),
    )  # fmt: skip


def _sure(report: Report) -> Iterator[str]:
    """How often the words hold, by whose judgement, and on how many of this list."""
    found = report.checked
    if found.plain:
        yield found.plain
    bands = Counter(line.band for line in report.plan.lines if line.role == "主")
    shares = [(band, found.right(band)) for band in (Band.STRONG, Band.MEDIUM)]
    told = [
        f"“{band}”拟了 {bands[band]} 个，每 100 个约 {share * 100:.0f} 个值得联系"
        for band, share in shares
        if share is not None
    ]
    if told:
        yield f"{'；'.join(told)}。"
    missed = [
        f"“{one.word}”约 {one.right * 100:.0f} 项{_few(one.n)}"
        for one in found.words
        if one.word in (Verdict.DOUBTFUL, Verdict.NOBODY)
    ]
    if missed:
        yield f"判错的：每 100 项{'、'.join(missed)}其实有。"
    others = f"，另 {found.others} 项没有测过" if found.others else ""
    known = f"本榜单 {found.known} 项参加过检验{others}" if found.known else "没有在本榜单上另测"
    if found.by:
        yield f"{found.by}。"
    if found.words:
        yield f"{known}。"


def _few(n: float | None) -> str:
    return "" if n is None or n >= _FEW else f"（只测 {n:.0f} 项）"


def _close(line: FlipLine) -> MatterLine:
    rivals = "、".join(rival.team_name for rival in line.rivals[:1]) or "无人"
    return MatterLine(line.challenge_id, line.challenge_title, f"{line.team_name} 或 {rivals}")


def _at_risk(card: ChallengeCard, lowest: str) -> MatterLine:
    low = card.verdict == Verdict.ANSWERABLE
    words = f"{card.verdict}但等级都不到“{lowest}”" if low else card.verdict
    return MatterLine(card.challenge_id, card.title, words)


def _to_look_into(card: ChallengeCard, bands: dict[str, Band]) -> MatterLine:
    """An assignment with why to look first: its band before all, for that says most."""
    band = bands.get(card.challenge_id, Band.UNKNOWN)
    words = f"等级“{band}”、{'有' if card.alternates else '没有'}备选"
    if band == Band.STRONG and card.verdict != Verdict.ANSWERABLE:
        words = f"等级“{band}”，但总体判断是“{card.verdict}”"
    return MatterLine(card.challenge_id, card.title, words)
