"""What a head of department needs on one page: what to decide, how sure, what is not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matcher.ranking.grades import Band, Verdict
from matcher.report.close_calls import CloseCall, close_calls
from matcher.report.model import UNRECORDED, ChallengeCard, Report
from matcher.report.plan_lines import FlipLine

FIRM, CLOSE, WEAK, UNASSIGNED = "可直接联系", "须会议审定", "须先核实", "未指派"
_LEADING = 4
# A market is held to be concentrated from here on.
_CONCENTRATED = 0.15
_RULES_NAMED, _LISTS_NAMED = 2, 4
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
    """

    what: str
    lines: tuple[MatterLine, ...]
    advice: str
    count: int | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Brief:
    """Page one.

    Attributes:
        made: when, and from which lists; "" where neither is known.
        asked: what went in and what came out; the figures add up.
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
        challenges=len(report.cards),
        pairs=report.spread.plan.pairs,
        plan=tuple((word, n) for word, n in plan.items() if n),
        verdicts=tuple(verdicts),
        matters=tuple(sorted(matters(report), key=lambda m: not m.lines)),
        close=tuple(close_calls(report)),
        orgs=_leading(report.spread.plan.by_org),
        provinces=_leading(report.spread.provinces),
        orgs_title=_rest("拟指派最多的单位", report.spread.plan.by_org, "单位"),
        provinces_title=_rest("团队所在省份", report.spread.provinces, "省份"),
        region=_region(report),
        concentration=_concentration(report),
        direct=_direct(report),
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
    below = "两个团队差距很小，逐项见下表" if close else ""
    yield Matter(CLOSE, tuple(map(_close, close)), "会议：两个团队中选一个", words=below)
    told = {line.challenge_id for line in close}
    risky = {
        level: [c for c in report.at_risk if c.risk.level == level and c.challenge_id not in told]
        for level in "高中"
    }
    high = sorted(risky["高"], key=lambda card: _ORDER.index(card.verdict))
    yield Matter(
        UNASSIGNED, tuple(_at_risk(card, report.plan.lowest) for card in high),
        "主管处室会同需求单位：有流标风险，扩大征集或细化需求",
    )  # fmt: skip
    doubted = [c for c in report.cards if c.risk.level == "低" and _doubted(c)]
    fair = [*risky["中"], *(c for c in doubted if c.challenge_id not in told)]
    yield Matter(
        WEAK, tuple(sorted((_at_risk(card) for card in fair), key=lambda line: line.words)),
        "主管处室：核实，补备选",
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


def _plan(report: Report) -> dict[str, int]:
    """What becomes of every challenge, each counted once."""
    close = {f.challenge_id for f in report.firmness.open_calls} if report.firmness else set()

    def fate(card: ChallengeCard) -> str:
        if not card.assigned:
            return UNASSIGNED
        if card.challenge_id in close:
            return CLOSE
        return FIRM if _firm(card) else WEAK

    counted = Counter(map(fate, report.cards))
    return {word: counted[word] for word in (FIRM, CLOSE, WEAK, UNASSIGNED)}


def _firm(card: ChallengeCard) -> bool:
    return card.risk.level == "低" and not _doubted(card)


def _direct(report: Report) -> str:
    """What those have in common that can be called at once, and what they lack."""
    close = {f.challenge_id for f in report.firmness.open_calls} if report.firmness else set()
    firm = [c for c in report.cards if c.assigned and _firm(c) and c.challenge_id not in close]
    main = [line for card in firm for line in card.teams if line.role == "主"]
    strong = "等级都是“强”、" if main and all(t.band == Band.STRONG for t in main) else ""
    bare = sum(line.only_says for line in main)
    more = f"；{bare} 项的团队只有自述，请补成果" if bare else ""
    return f"{strong}有备选{more}"


def _made(report: Report) -> str:
    """When, and from which lists."""
    told = []
    if report.dated:
        year, month, day = map(int, report.dated.split("-"))
        told.append(f"报告日期：{year} 年 {month} 月 {day} 日")
    if 0 < len(report.lists) <= _LISTS_NAMED:
        told.append("榜单：" + "、".join(f"{name}（{n} 项）" for name, n in report.lists))
    return "　".join(told)


def _asked(report: Report, plan: dict[str, int]) -> str:
    made = report.plan
    of_teams = f"、{report.library} 个团队" if report.library else ""
    parts = "、".join(f"{key} {plan[key]}" for key in (FIRM, CLOSE, WEAK) if plan[key])
    return (
        f"{made.challenges} 项需求{of_teams}：拟指派 {made.answered} 项"
        f"{f'（{parts}）' if parts else ''}，未指派 {plan[UNASSIGNED]} 项。"
    )


def _leading(rows: Sequence[tuple[str, int, object]]) -> tuple[tuple[str, int, int], ...]:
    return tuple((name, n, 0) for name, n, _ in rows if n)[:_LEADING]


def _rest(title: str, rows: Sequence[tuple[str, int, object]], what: str) -> str:
    """The title of those that lead, with how many the others have together."""
    rest = [n for _, n, _ in rows if n][_LEADING:]
    return f"{title}（另 {len(rest)} 个{what} {sum(rest)} 项）" if rest else f"{title}（项）"


def _close(line: FlipLine) -> MatterLine:
    rivals = "、".join(rival.team_name for rival in line.rivals[:1]) or "无人"
    return MatterLine(line.challenge_id, line.challenge_title, f"{line.team_name} 或 {rivals}")


def _at_risk(card: ChallengeCard, lowest: str = "") -> MatterLine:
    low = card.verdict == Verdict.ANSWERABLE
    words = f"{card.verdict}但等级都不到“{lowest}”" if low else card.verdict
    return MatterLine(card.challenge_id, card.title, _to_check(card) if card.assigned else words)


def _to_check(card: ChallengeCard) -> str:
    """Why an assignment is to be looked into first: its band before all, for that says most."""
    below = [one.band for one in card.teams if one.role == "主" and one.band != Band.STRONG]
    alone = "" if card.alternates else "，没有备选"
    if below:
        return f"等级“{below[0]}”{alone}"
    return "可能只部分符合" if card.verdict != Verdict.ANSWERABLE else f"等级“强”{alone}"


def _region(report: Report) -> str:
    spread = report.spread.plan
    known = spread.pairs - spread.province_unknown
    if not known or spread.out_of_province is None:
        return "各项需求与团队的省份不全，看不出省内省外。"
    outside = round(spread.out_of_province * known)
    told = "" if known == spread.pairs else f"{spread.pairs} 个指派中 {known} 个两边省份可知，"
    if outside in (0, known):
        told += f"全在{'省外' if outside else '省内'}"
    else:
        told += f"省内 {known - outside} 个，省外 {outside} 个（{outside / known:.0%}）"
    guessed = report.home and any(not card.province for card in report.cards)
    taken = f"需求未填省份的按{report.home}计。" if guessed else ""
    return f"{told}{_abroad(report)}。{taken}"


def _abroad(report: Report) -> str:
    """Where the teams of the province go, so that their number and that of the chart agree."""
    home = report.home
    placed = [
        card.province in ("", home) for card in report.cards for line in card.teams
        if home and line.role == "主" and line.province == home
    ]  # fmt: skip
    if all(placed):
        return ""
    there = placed.count(False)
    return f"；{home}的团队 {len(placed)} 个，其中 {there} 个承担外省需求"


def _concentration(report: Report) -> str:
    """How much the leading organisation holds, and what limit was set."""
    leading, pairs = report.spread.plan.by_org[:1], report.spread.plan.pairs
    if not leading or not pairs:
        return ""
    name, most, _ = leading[0]
    limit, hhi = report.plan.org_limit, report.spread.plan.hhi
    cap = "没有设单位上限" if limit is None else f"所设上限为每个单位 {limit} 项"
    verdict = "不算集中" if hhi < _CONCENTRATED else "偏集中"
    kinds = Counter(line.org_type or "类型不详" for line in report.plan.lines if line.role == "主")
    by_kind = "、".join(f"{kind} {n} 项" for kind, n in kinds.most_common())
    return (
        f"{by_kind}；最多的{name}占 {most / pairs:.0%}，集中度 HHI {hhi:.2f}，"
        f"{verdict}（{_CONCENTRATED:g} 以上为偏集中），{cap}。"
    )


def _sure(report: Report) -> Iterator[str]:
    main = [line for line in report.plan.lines if line.role == "主"]
    bands = Counter(line.band for line in main)
    if main:
        told = "、".join(f"“{band}”{n} 个" for band, n in bands.items())
        yield (
            f"拟指派的 {len(main)} 个团队：{told}；等级不看职称、级别和名气，意愿和能力须联系核实。"
        )
    yield from report.sure.splitlines()
    if report.firmness is not None:
        counts, draws = dict(report.firmness.counts), report.firmness.draws
        yield (
            f"方案：各契合度随机变动 {report.moved} 重算 {draws} 次，{counts['稳']} 项几乎不变，"
            f"{counts['较稳']} 项多数不变，{counts['难分']} 项多数换了团队，即{CLOSE}的。"
        )


def _unknown(report: Report) -> Iterator[str]:
    cards = report.cards
    main = [line for card in cards for line in card.teams if line.role == "主"]
    asked = [r for line in main for r in line.requirements if r.demonstrated]
    silent = sum(r.demonstrated == UNRECORDED for r in asked)
    if silent:
        every = "全部没有" if silent == len(asked) else f"中 {silent} 条没有"
        yield f"指派的团队对 {len(asked)} 条考核指标{every}登记实测值。"
    bare = sum(line.only_says for line in main)
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
            home = f"，暂按{report.home}计" if report.home and names == ["省份"] else ""
            yield f"{every}{n} 项需求未填写{'和'.join(names)}{home}。"


def _rules(report: Report) -> str:
    """What the pairs were held against, and what was found."""
    if report.rulebook is None:
        return "没有使用规则包：资格、利益冲突和回避都没有核对。"
    checks = [rule for rule in report.rulebook.rules if rule.table == "资格与冲突"]
    found = Counter(line.severity for line in report.conflicts)
    told = "、".join(f"{word} {n} 处" for word, n in found.items()) or "没有发现问题"
    if not any(rule.applies for rule in checks):
        told = "榜单没有填写这些规则所看的内容，实际没有可核对的"
    named = f"（{'；'.join(rule.text for rule in checks)}）" if len(checks) <= _RULES_NAMED else ""
    return (
        f"按“{report.rulebook.name}”核对 {len(checks)} 条规则{named}：{told}。"
        "利益冲突、评审回避没有核对，须由各方申报。"
    )
