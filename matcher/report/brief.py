"""What a head of department needs on one page: what to decide, how sure, what is not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from matcher.ranking.calibration import Calibration
from matcher.ranking.grades import Verdict
from matcher.report.model import UNRECORDED, ChallengeCard, FlipLine, Report

# Of each matter, those a reader looks at first; the rest is where the matter leads.
MOST_LINES = 3
_LEADING = 5


@dataclass(frozen=True, slots=True)
class MatterLine:
    """One challenge somebody must decide on."""

    challenge_id: str
    title: str
    words: str


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that needs a decision today.

    Attributes:
        lines: all of them, the most pressing first.
        advice: what could be done.
    """

    what: str
    lines: tuple[MatterLine, ...]
    advice: str


@dataclass(frozen=True, slots=True)
class Brief:
    """Page one.

    Attributes:
        asked: what went in and what came out, in one sentence.
        verdicts: (verdict, challenges) that occur.
        orgs, provinces: (name, assignments), those with most.
        region: how many stay in the province.
        sure: how the figures were checked.
        unknown: what the records do not say.
    """

    asked: str
    verdicts: tuple[tuple[str, int], ...]
    matters: tuple[Matter, ...]
    orgs: tuple[tuple[str, int, int], ...]
    provinces: tuple[tuple[str, int, int], ...]
    region: str
    sure: tuple[str, ...]
    unknown: tuple[str, ...]


def brief_of(report: Report) -> Brief:
    """Page one of a report."""
    counted = Counter(card.verdict for card in report.cards)
    plan = report.plan
    orgs = [(org, n, 0) for org, n, _ in report.spread.plan.by_org]
    provinces = [(name, n, 0) for name, n, _ in report.spread.provinces if n]
    of_teams = f"，在 {report.library} 个团队中" if report.library else ""
    return Brief(
        asked=f"{plan.challenges} 项技术需求{of_teams}寻找承担团队；方案指派 {plan.answered} 项，"
        f"{plan.challenges - plan.answered} 项没有指派。",
        verdicts=tuple((word, counted[word]) for word in Verdict if counted[word]),
        matters=tuple(sorted(matters(report), key=lambda m: not m.lines)),
        orgs=tuple(orgs[:_LEADING]),
        provinces=tuple(provinces[:_LEADING]),
        region=_region(report),
        sure=tuple(_sure(report)),
        unknown=tuple(_unknown(report)),
    )


def matters(report: Report) -> Iterable[Matter]:
    """What needs a decision, the most pressing kind first; kinds without any too."""
    banned = [
        MatterLine(c.challenge_id, c.challenge_title, f"{c.team_name}：{c.text}")
        for c in report.conflicts
        if c.severity == "禁止"
    ]
    yield Matter("规则禁止的配对", tuple(banned), "方案已避开；如有出入请核对规则出处")
    refused = [
        MatterLine(o.challenge_id, "", f"{o.team_name or o.team_id}：{o.honoured}")
        for o in report.overrides
        if o.honoured.startswith("未采纳")
    ]
    if report.overrides:
        yield Matter("未采纳的人工决定", tuple(refused), "放宽所列限制，或撤回该决定")
    close = report.firmness.open_calls if report.firmness else ()
    yield Matter("几个团队差距很小", tuple(map(_close, close)), "对照依据会商，确定承担团队")
    high = [_at_risk(card) for card in report.at_risk if card.risk.level == "高"]
    yield Matter("没有可指派的团队", tuple(high), "扩大征集范围，或与需求单位细化需求后再发榜")
    some = [_at_risk(card) for card in report.at_risk if card.risk.level == "中"]
    yield Matter("有指派，但把握不足或没有备选", tuple(some), "与团队核实，同时扩大征集范围")


def needs_decision(report: Report) -> tuple[ChallengeCard, ...]:
    """The challenges behind the matters, the most pressing first, one of each kind in turn."""
    cards = {card.challenge_id: card for card in report.cards}
    queues = [[line.challenge_id for line in matter.lines] for matter in matters(report)]
    longest = max(map(len, queues), default=0)
    turns = [queue[n] for n in range(longest) for queue in queues if n < len(queue)]
    return tuple(cards[i] for i in dict.fromkeys(turns) if i in cards)


def _close(line: FlipLine) -> MatterLine:
    rivals = "、".join(rival.team_name for rival in line.rivals[:1]) or "无人"
    return MatterLine(line.challenge_id, line.challenge_title, f"{line.team_name} 或 {rivals}")


def _at_risk(card: ChallengeCard) -> MatterLine:
    return MatterLine(card.challenge_id, card.title, "")


def _region(report: Report) -> str:
    spread = report.spread.plan
    known = spread.pairs - spread.province_unknown
    if not known or spread.out_of_province is None:
        return "各项需求与团队的省份不全，看不出省内省外。"
    outside = round(spread.out_of_province * known)
    told = f"{spread.pairs} 个指派中 {known} 个两边省份可知"
    if outside in (0, known):
        return f"{told}，全在{'省外' if outside else '省内'}。"
    return f"{told}：省内 {known - outside} 个，省外 {outside} 个。"


def _sure(report: Report) -> Iterable[str]:
    yield report.sure
    firm = report.firmness
    if firm is not None:
        counts = dict(firm.counts)
        yield (
            f"契合度上下变动一成（{report.moved}）、重新求解 {firm.draws} 次：{counts['稳']} 个指派"
            f"几乎不变，{counts['较稳']} 个多数不变，{counts['难分']} 个一半以上会换人。"
        )
    yield "等级只说研究方向和成果与需求的契合，不看职称、级别和名气；团队意愿和能力仍须联系核实。"


def _unknown(report: Report) -> Iterable[str]:
    cards = report.cards
    for words, missing in (
        ("榜额", sum(card.bounty == "未填写" for card in cards)),
        ("截止日期", sum(not card.deadline for card in cards)),
    ):
        if missing:
            yield f"{missing} 项需求未填写{words}。"
    asked = [r for card in cards for line in card.teams[:1] for r in line.requirements]
    indicators = [r for r in asked if r.demonstrated]
    silent = sum(r.demonstrated == UNRECORDED for r in indicators)
    if silent:
        yield f"排第一的团队对 {len(indicators)} 条考核指标中的 {silent} 条没有登记实测值。"
    main = [line for card in cards for line in card.teams if line.role == "主"]
    bare = sum(any(c.kind == "只有自述" for c in line.cautions) for line in main)
    if bare:
        yield f"{bare} 个指派的团队只有自述的研究方向，没有登记成果。"


def sureness(calibration: Calibration | None) -> str:
    """How well the probability behind bands and verdicts did where it was checked."""
    if calibration is None:
        return "没有校准，等级和总体判断都写“未定”。"
    checks = calibration.checks
    n = sum(check.n for check in checks)
    if not n:
        return "等级和总体判断来自校准；校准文件没有写明检验结果。"
    gap = sum(check.n * check.error for check in checks) / n
    least = min(check.auroc for check in checks)
    return (
        f"“有没有合适团队”用没有参与拟合的 {n} 项需求检验过：所说的把握与实际平均相差 {gap:.0%}，"
        f"区分有无的 AUROC 不低于 {least:.2f}（见校准文件和 docs/evaluation.md）。"
    )
