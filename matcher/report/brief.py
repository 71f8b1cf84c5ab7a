"""What a head of department needs on one page: what to decide, how sure, what is not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matcher.ranking.grades import Band, Verdict
from matcher.report.close_calls import CloseCall, close_calls
from matcher.report.limits import lacks_condition, rules_held, sure, unknown
from matcher.report.model import ChallengeCard, Report
from matcher.report.plan_lines import FlipLine
from matcher.report.spreading import concentration, leading, region, rest

FIRM, CLOSE, WEAK, UNASSIGNED = "可直接联系", "须会议审定", "须先核实", "未指派"
_LISTS_NAMED = 4
_ORDER = (Verdict.NOBODY, Verdict.DOUBTFUL, Verdict.ANSWERABLE, Verdict.UNKNOWN)


@dataclass(frozen=True, slots=True)
class MatterLine:
    """One challenge somebody must do something about.

    Attributes:
        words: what is known of it; lines with the same words are told together.
    """

    challenge_id: str
    title: str
    words: str


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that needs a decision today.

    Attributes:
        lines: all of them, the most pressing first.
        advice: what could be done, and by whom.
        count: of challenges where they are not told one by one; None for the lines.
        words: what is told of all of them instead of the lines.
        cause: what all of them have in common, told before the lines.
    """

    what: str
    lines: tuple[MatterLine, ...]
    advice: str
    count: int | None = None
    words: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Brief:
    """Page one.

    Attributes:
        made: when, and from which lists; "" where neither is known.
        asked: what went in and what came out; the figures add up.
        rule: by which rule it was distributed.
        challenges, pairs: how many there are, and how many assignments.
        plan: (what becomes of them, challenges), all of them, each once.
        verdicts: (verdict, challenges, of these assigned) that occur.
        close: every close call of the matters.
        orgs, provinces: (name, assignments), those with most.
        orgs_title, provinces_title: what they are, and what the others have together.
        region, concentration: how many stay in the province; how much one organisation holds.
        direct: what is to be known of those that can be called at once.
        sure: how the figures were checked.
        unknown: what the records do not say.
        rules: what was held against which rules.
    """

    made: str
    asked: str
    rule: str
    challenges: int
    pairs: int
    plan: tuple[tuple[str, int], ...]
    verdicts: tuple[tuple[str, int, int], ...]
    matters: tuple[Matter, ...]
    close: tuple[CloseCall, ...]
    orgs: tuple[tuple[str, int, int], ...]
    provinces: tuple[tuple[str, int, int], ...]
    orgs_title: str
    provinces_title: str
    region: str
    concentration: str
    direct: str
    sure: tuple[str, ...]
    unknown: tuple[str, ...]
    rules: str

    @property
    def most(self) -> int:
        """The longest bar of the two charts side by side."""
        return max((n for _, n, _ in (*self.orgs, *self.provinces)), default=0)


def brief_of(report: Report) -> Brief:
    """Page one of a report."""
    counted = Counter(card.verdict for card in report.cards)
    assigned = Counter(card.verdict for card in report.cards if card.assigned)
    verdicts = [(word, counted[word], assigned[word]) for word in Verdict if counted[word]]
    plan = _plan(report)
    return Brief(
        made=_made(report),
        asked=_asked(report, plan),
        rule=f"分配规则：{report.plan.rule}" if report.plan.rule else "",
        challenges=len(report.cards),
        pairs=report.spread.plan.pairs,
        plan=tuple((word, n) for word, n in plan.items() if n),
        verdicts=tuple(verdicts),
        matters=tuple(sorted(matters(report), key=lambda m: not m.lines)),
        close=tuple(close_calls(report)),
        orgs=leading(report.spread.plan.by_org),
        provinces=leading(report.spread.provinces),
        orgs_title=rest("拟指派最多的单位", report.spread.plan.by_org, "单位"),
        provinces_title=rest("团队所在省份", report.spread.provinces, "省份"),
        region=region(report),
        concentration=concentration(report),
        direct=_direct(report),
        sure=tuple(sure(report)),
        unknown=tuple(unknown(report)),
        rules=rules_held(report),
    )


def matters(report: Report) -> Iterator[Matter]:
    """What needs a decision, the most pressing kind first."""
    banned = [
        MatterLine(c.challenge_id, c.challenge_title, f"{c.team_name}：{c.text}")
        for c in report.conflicts
        if c.severity == "禁止" and c.rule
    ]
    if banned:
        yield Matter("规则禁止的配对", tuple(banned), "方案已避开；有出入时由主管处室核对规则出处")
    parted = [
        MatterLine(c.challenge_id, c.challenge_title, f"{c.team_name}：{c.text}")
        for c in report.conflicts
        if c.is_parting
    ]
    if parted:
        yield Matter(
            "退出或落选的团队", tuple(parted), "方案已由后面的团队接上；没有接上的见未指派"
        )
    refused = [
        MatterLine(o.challenge_id, "", f"{o.team_name or o.team_id}：{o.honoured}")
        for o in report.overrides
        if o.honoured.startswith("未采纳")
    ]
    if refused:
        yield Matter("未采纳的人工决定", tuple(refused), "由决定人放宽所列限制，或撤回")
    close = report.firmness.open_calls if report.firmness else ()
    words = "契合度稍变就换团队，逐项见下表" if close else ""
    yield Matter(CLOSE, tuple(map(_close, close)), "会议：每项选定一个团队", words=words)
    told = {line.challenge_id for line in close}
    risky = {
        level: [c for c in report.at_risk if c.risk.level == level and c.challenge_id not in told]
        for level in "高中"
    }
    high = sorted(risky["高"], key=lambda card: _ORDER.index(card.verdict))
    yield Matter(
        UNASSIGNED, tuple(_at_risk(card, report.plan.lowest) for card in high),
        "主管处室会同需求单位：有流标风险，先人工看每项前 10 名，确无的再扩大征集",
        cause=_cause(high),
    )  # fmt: skip
    bands = _bands(report)
    doubted = [c for c in report.cards if c.risk.level == "低" and not _firm(c, bands)]
    fair = [*risky["中"], *(c for c in doubted if c.challenge_id not in told)]
    lines = [_to_look_into(card, bands) for card in fair]
    lines.sort(key=lambda line: line.words)
    yield Matter(WEAK, tuple(lines), "主管处室：核实，补备选")


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


def _firm(card: ChallengeCard, bands: dict[str, Band]) -> bool:
    """Whether it has an alternate and a team that is more than about as likely as not."""
    doubted = bands.get(card.challenge_id) in (Band.MEDIUM, Band.WEAK)
    return card.risk.level == "低" and not doubted


def _plan(report: Report) -> dict[str, int]:
    """What becomes of every challenge, each counted once."""
    close = {f.challenge_id for f in report.firmness.open_calls} if report.firmness else set()
    bands = _bands(report)

    def fate(card: ChallengeCard) -> str:
        if not card.assigned:
            return UNASSIGNED
        if card.challenge_id in close:
            return CLOSE
        return FIRM if _firm(card, bands) else WEAK

    counted = Counter(map(fate, report.cards))
    return {word: counted[word] for word in (FIRM, CLOSE, WEAK, UNASSIGNED)}


def _direct(report: Report) -> str:
    """What those have in common that can be called at once, and what they lack."""
    close = {f.challenge_id for f in report.firmness.open_calls} if report.firmness else set()
    bands = _bands(report)
    able = [card for card in report.cards if card.assigned and _firm(card, bands)]
    firm = [card for card in able if card.challenge_id not in close]
    main = [line for card in firm for line in card.teams if line.role == "主"]
    every = {bands[card.challenge_id] for card in firm}
    strong = "等级都是“强”、" if every == {Band.STRONG} else ""
    bare = sum(line.only_says for line in main)
    more = f"；{bare} 项的团队只有自述，请补成果" if bare else ""
    lacking = sum(map(lacks_condition, firm))
    without = f"；{lacking} 项从记录看缺联盟条件" if lacking else ""
    return f"{strong}有备选{more}{without}"


def _made(report: Report) -> str:
    """When, and from which lists."""
    told = []
    if report.dated:
        year, month, day = map(int, report.dated.split("-"))
        told.append(f"报告日期：{year} 年 {month} 月 {day} 日")
    if 0 < len(report.lists) <= _LISTS_NAMED:
        told.append("榜单：" + "、".join(f"{_stem(name)}（{n} 项）" for name, n in report.lists))
    if report.newest:
        told.append(f"团队成果至 {report.newest} 年")
    return "　".join(told)


def _asked(report: Report, plan: dict[str, int]) -> str:
    made = report.plan
    of_teams = f"、{report.library} 个团队" if report.library else ""
    parts = "、".join(f"{key} {plan[key]}" for key in (FIRM, CLOSE, WEAK) if plan[key])
    return (
        f"{made.challenges} 项需求{of_teams}：拟指派 {made.answered} 项"
        f"{f'（{parts}）' if parts else ''}，未指派 {plan[UNASSIGNED]} 项。"
    )


def _stem(file: str) -> str:
    """The name of a list, as whoever made the file gave it."""
    return file.rsplit(".", 1)[0] or file


def _close(line: FlipLine) -> MatterLine:
    rivals = "、".join(rival.team_name for rival in line.rivals[:1]) or "无人"
    return MatterLine(line.challenge_id, line.challenge_title, f"{line.team_name} 或 {rivals}")


def _cause(cards: Sequence[ChallengeCard]) -> str:
    """Why nobody is to have them, where it is the same of all."""
    reasons = {card.risk.reason for card in cards}
    each = "每项" if len(cards) > 1 else ""
    return f"{each}{reasons.pop()}" if len(reasons) == 1 else ""


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
