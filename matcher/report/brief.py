"""What a head of department needs on one page: what to decide, how sure, what is not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matcher.ranking.grades import Band, Verdict
from matcher.report.close_calls import CloseCall, close_calls
from matcher.report.model import UNRECORDED, ChallengeCard, Report
from matcher.report.plan_lines import FlipLine

FIRM, CLOSE, WEAK, UNASSIGNED = "可直接推进", "须会议审定", "须先核实", "未指派"
CLOSE_MATTER = "几个团队差距很小"
_LEADING = 4
# A market is held to be concentrated from here on.
_CONCENTRATED = 0.15
_RULES_NAMED = 2
_ORDER = (Verdict.NOBODY, Verdict.DOUBTFUL, Verdict.ANSWERABLE, Verdict.UNKNOWN)


@dataclass(frozen=True, slots=True)
class MatterLine:
    """One challenge somebody must decide on.

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
    """

    what: str
    lines: tuple[MatterLine, ...]
    advice: str
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Brief:
    """Page one.

    Attributes:
        asked: what went in and what came out; the figures add up.
        challenges, pairs: how many there are, and how many assignments.
        plan: (what becomes of them, challenges), all of them, each once.
        verdicts: (verdict, challenges, of these assigned) that occur.
        bridge: from the verdicts to the plan, in words.
        close: every close call of the matters.
        orgs, provinces: (name, assignments), those with most.
        region, concentration: how many stay in the province; how much one organisation holds.
        sure: how the figures were checked.
        unknown: what the records do not say.
        rules: what was held against which rules.
    """

    asked: str
    challenges: int
    pairs: int
    plan: tuple[tuple[str, int], ...]
    verdicts: tuple[tuple[str, int, int], ...]
    bridge: str
    matters: tuple[Matter, ...]
    close: tuple[CloseCall, ...]
    orgs: tuple[tuple[str, int, int], ...]
    provinces: tuple[tuple[str, int, int], ...]
    region: str
    concentration: str
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
        asked=_asked(report, plan),
        challenges=len(report.cards),
        pairs=report.spread.plan.pairs,
        plan=tuple((word, n) for word, n in plan.items() if n),
        verdicts=tuple(verdicts),
        bridge="，".join(_bridge(*row) for row in verdicts) + "。",
        matters=tuple(sorted(matters(report), key=lambda m: not m.lines)),
        close=tuple(close_calls(report)),
        orgs=_leading(report.spread.plan.by_org),
        provinces=_leading(report.spread.provinces),
        region=_region(report),
        concentration=_concentration(report),
        sure=tuple(_sure(report)),
        unknown=tuple(_unknown(report)),
        rules=_rules(report),
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
    yield Matter(
        CLOSE_MATTER, tuple(map(_close, close)),
        "会议：对照依据确定",
    )  # fmt: skip
    told = {line.challenge_id for line in close}
    risky = {
        level: [c for c in report.at_risk if c.risk.level == level and c.challenge_id not in told]
        for level in "高中"
    }
    high = sorted(risky["高"], key=lambda card: _ORDER.index(card.verdict))
    yield Matter(
        "未指派，流标风险高", tuple(map(_at_risk, high)),
        "主管处室会同需求单位：扩大征集或细化需求",
    )  # fmt: skip
    doubted = [c for c in report.cards if c.risk.level == "低" and _doubted(c)]
    fair = [*risky["中"], *(c for c in doubted if c.challenge_id not in told)]
    yield Matter(
        WEAK, tuple(sorted(map(_at_risk, fair), key=lambda line: line.words)),
        "主管处室：核实，补充备选",
    )  # fmt: skip


def needs_decision(report: Report) -> tuple[ChallengeCard, ...]:
    """The challenges behind the matters, the most pressing first, one of each kind in turn."""
    cards = {card.challenge_id: card for card in report.cards}
    queues = [[line.challenge_id for line in matter.lines] for matter in matters(report)]
    longest = max(map(len, queues), default=0)
    turns = [queue[n] for n in range(longest) for queue in queues if n < len(queue)]
    return tuple(cards[i] for i in dict.fromkeys(turns) if i in cards)


def _doubted(card: ChallengeCard) -> bool:
    """Whether the team it is to have is about as likely as not worth calling."""
    return any(t.role == "主" and t.band in (Band.MEDIUM, Band.WEAK) for t in card.teams)


def _bridge(word: Verdict, challenges: int, assigned: int) -> str:
    """From a verdict on the library to the plan: a fitting library may lack a team sure enough."""
    left = challenges - assigned
    low = word == Verdict.ANSWERABLE and left
    more = f"（其余 {left} 项没有一个团队的把握达到最低等级）" if low else ""
    return f"{word}的 {challenges} 项中 {assigned} 项有拟指派{more}"


def _plan(report: Report) -> dict[str, int]:
    """What becomes of every challenge, each counted once."""
    close = {f.challenge_id for f in report.firmness.open_calls} if report.firmness else set()

    def fate(card: ChallengeCard) -> str:
        if not card.assigned:
            return UNASSIGNED
        if card.challenge_id in close:
            return CLOSE
        return FIRM if card.risk.level == "低" and not _doubted(card) else WEAK

    counted = Counter(map(fate, report.cards))
    return {word: counted[word] for word in (FIRM, CLOSE, WEAK, UNASSIGNED)}


def _asked(report: Report, plan: dict[str, int]) -> str:
    made = report.plan
    of_teams = f"，在 {report.library} 个团队中" if report.library else ""
    parts = "，".join(f"{plan[key]} 项{key}" for key in (FIRM, CLOSE, WEAK) if plan[key])
    return (
        f"{made.challenges} 项技术需求{of_teams}寻找承担团队。拟指派 {made.answered} 项"
        f"{f'：{parts}' if parts else ''}；另有 {plan[UNASSIGNED]} 项未指派。"
    )


def _leading(rows: Sequence[tuple[str, int, object]]) -> tuple[tuple[str, int, int], ...]:
    return tuple((name, n, 0) for name, n, _ in rows if n)[:_LEADING]


def _rest(rows: Sequence[tuple[str, int, object]], what: str) -> str:
    """How many the others have together."""
    rest = [n for _, n, _ in rows if n][_LEADING:]
    return f"此外 {len(rest)} 个{what}共 {sum(rest)} 项。" if rest else ""


def _close(line: FlipLine) -> MatterLine:
    rivals = "、".join(rival.team_name for rival in line.rivals[:1]) or "无人"
    return MatterLine(line.challenge_id, line.challenge_title, f"{line.team_name} 或 {rivals}")


def _at_risk(card: ChallengeCard) -> MatterLine:
    if card.assigned:
        doubtful = card.verdict != Verdict.ANSWERABLE
        words = f"{card.verdict}、可能只部分符合" if doubtful else "没有备选"
        if card.risk.level == "低":
            words = "有备选，但拟定的等级不到“强”"
    else:
        low = card.verdict == Verdict.ANSWERABLE
        words = f"{card.verdict}但把握都不到最低等级" if low else card.verdict
    return MatterLine(card.challenge_id, card.title, words)


def _region(report: Report) -> str:
    spread = report.spread.plan
    known = spread.pairs - spread.province_unknown
    if not known or spread.out_of_province is None:
        return "各项需求与团队的省份不全，看不出省内省外。"
    outside = round(spread.out_of_province * known)
    told = f"{spread.pairs} 个指派中"
    if known < spread.pairs:
        told += f" {known} 个两边省份可知"
    if outside in (0, known):
        told += f"，全在{'省外' if outside else '省内'}。"
    else:
        told += f"：省内 {known - outside} 个，省外 {outside} 个（{outside / known:.0%}）。"
    return _taken_for_home(report) + told + _abroad(report) + _rest(report.spread.provinces, "省份")


def _taken_for_home(report: Report) -> str:
    """Of how many challenges the province was taken for granted."""
    silent = sum(not card.province for card in report.cards)
    if not report.home or not silent:
        return ""
    return (
        f"{silent} 项需求（{silent / len(report.cards):.0%}）未填写省份，暂按{report.home}计，据此 "
    )


def _abroad(report: Report) -> str:
    """Where the teams of the province go, so that their number and that of the chart agree."""
    home = report.home
    placed = [
        card.province in ("", home) for card in report.cards for line in card.teams
        if home and line.role == "主" and line.province == home
    ]  # fmt: skip
    if all(placed):
        return ""
    here, there = placed.count(True), placed.count(False)
    return f"{home}的团队 {len(placed)} 个：{here} 个承担本省需求，{there} 个承担外省需求。"


def _concentration(report: Report) -> str:
    """How much the leading organisation holds, and what limit was set."""
    leading, pairs = report.spread.plan.by_org[:1], report.spread.plan.pairs
    if not leading or not pairs:
        return ""
    name, most, _ = leading[0]
    limit, hhi = report.plan.org_limit, report.spread.plan.hhi
    cap = "没有设单位上限" if limit is None else f"所设上限为每个单位 {limit} 项"
    verdict = "不算集中" if hhi < _CONCENTRATED else "偏集中"
    rest = _rest(report.spread.plan.by_org, "单位")
    return (
        f"最多的单位是{name}，{most} 项，占 {most / pairs:.0%}；集中度 HHI {hhi:.2f}，"
        f"{verdict}（{_CONCENTRATED:g} 以上为偏集中）；{cap}。{rest}"
    )


def _sure(report: Report) -> Iterator[str]:
    main = [line for line in report.plan.lines if line.role == "主"]
    bands = Counter(line.band for line in main)
    if main:
        told = "、".join(f"“{band}”{n} 个" for band, n in bands.items())
        firm = Band.UNKNOWN not in bands and _plan(report)[FIRM]
        yield f"拟指派的 {len(main)} 个团队：{told}{f'；{FIRM}的都是“强”' if firm else ''}。"
    yield from report.sure.splitlines()
    if report.firmness is not None:
        counts, draws = dict(report.firmness.counts), report.firmness.draws
        yield (
            f"契合度浮动一成（{report.moved}）试算 {draws} 次：{counts['稳']} 项几乎不变，"
            f"{counts['较稳']} 项多数不变，{counts['难分']} 项过半改选（即须会议审定的）。"
        )
    yield "等级不看职称、级别和名气；意愿和能力须联系核实。"


def _unknown(report: Report) -> Iterator[str]:
    cards = report.cards
    main = [line for card in cards for line in card.teams if line.role == "主"]
    asked = [r for line in main for r in line.requirements if r.demonstrated]
    silent = sum(r.demonstrated == UNRECORDED for r in asked)
    if silent:
        every = "全部没有" if silent == len(asked) else f"中 {silent} 条没有"
        yield f"指派的团队对 {len(asked)} 条考核指标{every}登记实测值。"
    bare = sum(any(c.kind == "只有自述" for c in line.cautions) for line in main)
    if bare:
        share = f"（{bare / len(main):.0%}）"
        yield f"{len(main)} 个指派的团队中 {bare} 个{share}只有自述的研究方向，没有登记成果。"
    missing = {
        "榜额": sum(card.bounty == "未填写" for card in cards),
        "截止日期": sum(not card.deadline for card in cards),
        "省份": sum(not card.province for card in cards),
    }
    by_count: dict[int, list[str]] = {}
    for name, n in missing.items():
        by_count.setdefault(n, []).append(name)
    for n, names in by_count.items():
        if n:
            every = "全部 " if n == len(cards) else ""
            yield f"{every}{n} 项需求未填写{'和'.join(names)}。"


def _rules(report: Report) -> str:
    """What the pairs were held against, and what was found."""
    if report.rulebook is None:
        return "没有使用规则包：资格、利益冲突和回避都没有核对。"
    checks = [rule.text for rule in report.rulebook.rules if rule.table == "资格与冲突"]
    found = Counter(line.severity for line in report.conflicts)
    told = "、".join(f"{word} {n} 处" for word, n in found.items()) or "没有发现问题"
    named = f"（{'；'.join(checks)}）" if len(checks) <= _RULES_NAMED else ""
    return (
        f"按“{report.rulebook.name}”核对了 {len(checks)} 条规则{named}：{told}。"
        "利益冲突、评审回避没有核对，审定前须由各方申报。"
    )
