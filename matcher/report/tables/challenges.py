"""Tables of single challenges: overview, rankings, requirements, risks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from matcher.index.passages import PROFILE
from matcher.ranking.grades import Coverage
from matcher.report.model import (
    UNRECORDED,
    ChallengeCard,
    EvidenceLine,
    Report,
    RequirementLine,
    TeamLine,
)
from matcher.report.tables.table import (
    MONEY,
    NUMBER,
    PLAIN,
    WORD,
    Choice,
    Column,
    Lines,
    Many,
    Table,
    To,
    Value,
    Word,
)

# Marks what a meeting reads before all the rest.
_FIRST_LOOK = "先看"
# The whole text of a requirement is read in its cell; here it only reminds.
_REQUIREMENT_LINES = 3
_LONGEST_REQUIREMENT = 200
BY_VERDICT: Choice[ChallengeCard] = Choice("verdict", "总体判断", lambda c: c.verdict)
BY_RISK: Choice[ChallengeCard] = Choice("risk", "风险", lambda c: c.risk.level)


def challenge(card: ChallengeCard) -> To:
    """Leads to the ranking of a challenge."""
    return To("challenge", card.challenge_id)


def first_name(card: ChallengeCard) -> str:
    """The team in the first place."""
    return card.teams[0].team_name if card.teams else "没有"


def first_band(card: ChallengeCard) -> str:
    """Its band."""
    return card.teams[0].band if card.teams else ""


def overview(report: Report) -> Table[ChallengeCard]:
    """One row a challenge."""

    def names(ids: tuple[str, ...]) -> Many:
        return Many(tuple(To("team", i, report.team_name(i)) for i in ids), empty="无")

    plan = report.plan
    note = f"共 {plan.challenges} 项，指派 {plan.answered} 项，无人可指派 "
    return Table(
        "总览",
        (
            Column("榜单编号", challenge, xlsx=11, html=True, short="编号"),
            Column("项目名称", lambda c: c.title, xlsx=36, html=True),
            Column("需求单位", lambda c: c.demand_org, xlsx=16, html=True),
            Column("技术领域", lambda c: c.tech_domain, xlsx=14),
            Column("榜额(万元)", lambda c: c.bounty_wan, MONEY, xlsx=9),
            Column("截止", lambda c: c.deadline or "未定", xlsx=10),
            Column("总体判断", lambda c: c.verdict, WORD, xlsx=14, html=True),
            Column("流标风险", lambda c: c.risk.level, WORD, xlsx=8, html=True),
            Column("排第一的团队", first_name, xlsx=24),
            Column("等级", first_band, WORD, xlsx=7),
            Column("排第一的团队", _first, html=True),
            Column("指派", lambda c: names(c.assigned), xlsx=24, html=True),
            Column("备选", lambda c: names(c.alternates), html=True),
            Column("未见依据的要求", _first_lacks, xlsx=16),
        ),
        report.cards,
        key="t-overview",
        note=f"{note}{plan.challenges - plan.answered} 项。{' '.join(report.notes)}",
        anchor=("overview", lambda c: c.challenge_id),
        choices=(BY_VERDICT, BY_RISK),
    )


def _maturity_gap(team: TeamLine) -> Value:
    return "" if team.maturity_gap is None else team.maturity_gap


def _first(card: ChallengeCard) -> Lines | str:
    return Lines(((Word(first_band(card)), first_name(card)),)) if card.teams else "没有"


def _first_lacks(card: ChallengeCard) -> str:
    return "、".join(card.teams[0].labels(Coverage.UNSEEN)) if card.teams else ""


@dataclass(frozen=True, slots=True)
class Place:
    """A team in the ranking of a challenge; None where nobody is in it."""

    card: ChallengeCard
    line: TeamLine | None


def rankings(report: Report) -> Table[Place]:
    """One row a team; a challenge without teams gets one row."""
    places = [Place(card, line) for card in report.cards for line in card.teams or (None,)]
    return Table(
        "各需求排名",
        (
            _ranked("榜单编号", 11, _back),
            _ranked("项目名称", 26, lambda p: p.card.title),
            Column("总体判断", lambda p: p.card.verdict, WORD, xlsx=13, csv=True),
            _of_team("名次", 6, lambda t: t.rank or "未列入"),
            _of_team("方案", 6, lambda t: t.role, word=True),
            _of_team("等级", 6, lambda t: t.band, word=True),
            _of_team("团队名称", 24, lambda t: t.team_name),
            _of_team("单位", 18, lambda t: t.org_name),
            _of_team("省", 7, lambda t: t.province),
            _of_team("最佳依据", 32, _best_proof),
            _of_team("依据年份", 6, lambda t: t.evidence[0].year or "" if t.evidence else ""),
            _of_team("覆盖的要求", 14, lambda t: "、".join(t.labels(Coverage.COVERED))),
            _of_team("未见依据的要求", 16, lambda t: "、".join(t.labels(Coverage.UNSEEN))),
            _of_team("提示", 26, _cautions),
            # What stands before fits a screen and a sheet of paper.
            _of_team("团队编号", 10, lambda t: t.team_id, folded=True),
            _of_team("单位类型", 9, lambda t: t.org_type, folded=True),
            _of_team("市", 8, lambda t: t.city, folded=True),
            _of_team("共有用词", 26, _shared_terms, folded=True),
            _of_team("部分覆盖", 18, lambda t: "、".join(t.labels(Coverage.PARTLY)), folded=True),
            _of_team("指标与实测", 34, _indicators, folded=True),
            _of_team("人工决定", 22, lambda t: t.override, folded=True),
            _of_team("既往合作", 24, lambda t: "；".join(t.earlier_work), folded=True),
            _of_team("转化记录", 24, lambda t: "；".join(t.conversions), folded=True),
            _of_team("成熟度差", 8, _maturity_gap, folded=True),
            Column("来源", _source, xlsx=30, csv=True, folded=True),
        ),
        places,
        note="每项需求按得分排列；等级是把握的大小，不看职称、级别和名气。点“+”展开其余各列。",
        anchor=("challenge", lambda p: p.card.challenge_id),
    )


def _ranked(header: str, width: int, value: Callable[[Place], Value]) -> Column[Place]:
    return Column(header, value, xlsx=width, csv=True)


def _of_team(
    header: str,
    width: int,
    value: Callable[[TeamLine], Value],
    *,
    word: bool = False,
    folded: bool = False,
) -> Column[Place]:
    def cell(place: Place) -> Value:
        return "" if place.line is None else value(place.line)

    return Column(header, cell, WORD if word else PLAIN, xlsx=width, csv=True, folded=folded)


def _back(place: Place) -> Value:
    """The first row of a challenge leads back to the overview."""
    card = place.card
    first = not card.teams or place.line is card.teams[0]
    return To("overview", card.challenge_id) if first else card.challenge_id


def _source(place: Place) -> str:
    if place.line is None:
        return place.card.source
    return place.line.evidence[0].source_url if place.line.evidence else ""


def _best_proof(line: TeamLine) -> str:
    return proof_words(line.evidence[0]) if line.evidence else ""


def proof_words(piece: EvidenceLine) -> str:
    """A piece in a line; of what a team says of itself the title is the same everywhere."""
    return f"[{piece.kind}] {piece.snippet if piece.kind == PROFILE else piece.title}"


def _shared_terms(line: TeamLine) -> str:
    return "、".join(dict.fromkeys(t for e in line.evidence for t in e.terms))


def _indicators(line: TeamLine) -> str:
    return "; ".join(f"{r.text} → {r.demonstrated}" for r in line.requirements if r.demonstrated)


def _cautions(line: TeamLine) -> str:
    return "; ".join(f"{c.kind}: {c.text}{f' [{c.rule}]' if c.rule else ''}" for c in line.cautions)


@dataclass(frozen=True, slots=True)
class Held:
    """A requirement of a challenge held against a team of its ranking."""

    card: ChallengeCard
    asked: RequirementLine
    line: TeamLine
    held: RequirementLine

    @property
    def spoken_of(self) -> bool:
        """Whether a meeting speaks of the team: it is assigned, or first where nobody is."""
        named = self.card.assigned or tuple(line.team_id for line in self.card.teams[:1])
        return self.line.team_id in named


def requirements(report: Report) -> Table[Held]:
    """One row a requirement and team."""
    return Table(
        "要求对照",
        (
            Column("榜单编号", lambda h: challenge(h.card), xlsx=11),
            Column("要求", lambda h: h.asked.label, xlsx=11),
            Column("原文", lambda h: h.asked.text, xlsx=46),
            Column("名次", lambda h: h.line.rank or "未列入", xlsx=6),
            Column("团队名称", lambda h: h.line.team_name, xlsx=26),
            Column("单位", lambda h: h.line.org_name, xlsx=20),
            Column("覆盖", lambda h: h.held.status, WORD, xlsx=7),
            Column("依据", lambda h: h.held.evidence, xlsx=44),
            Column("实测指标", lambda h: h.held.demonstrated, xlsx=26),
            Column(_FIRST_LOOK, lambda h: "是" if h.spoken_of else "", xlsx=6),
        ),
        [held for card in report.cards for held in _held(card)],
        note="每条要求，每个团队拿什么来证明；考核指标旁列登记的实测值。打开和打印只列指派的团队 "
        f"（没有指派的列第一名）；要看全部，在“{_FIRST_LOOK}”一列的筛选里选“全选”。",
        most_lines=_REQUIREMENT_LINES,
        opens_with=(_FIRST_LOOK, "是"),
    )


def _held(card: ChallengeCard) -> Iterator[Held]:
    for asked in card.teams[0].requirements if card.teams else ():
        for line in card.teams:
            held = next((r for r in line.requirements if r.label == asked.label), None)
            if held is not None:
                yield Held(card, asked, line, held)


def risks(report: Report) -> Table[ChallengeCard]:
    """The challenges that may go unanswered."""
    return Table(
        "流标风险",
        (
            Column("榜单编号", challenge, xlsx=11, html=True, short="编号"),
            Column("项目名称", lambda c: c.title, xlsx=38, html=True),
            Column("风险", lambda c: c.risk.level, WORD, xlsx=7, html=True),
            Column("总体判断", lambda c: c.verdict, WORD, xlsx=14, html=True),
            Column("原因", lambda c: c.risk.reason, xlsx=42, html=True),
            Column("建议", lambda c: c.risk.advice, xlsx=42, html=True),
            Column("排第一的团队", first_name, xlsx=28),
            Column("等级", first_band, WORD, xlsx=7),
        ),
        report.at_risk,
        key="t-risks",
        note="高：没有团队可指派；中：总体判断不足或没有备选。不强行指派。",
        choices=(BY_RISK,),
    )


@dataclass(frozen=True, slots=True)
class AlikeRisks:
    """Challenges at risk for the same reason."""

    cards: tuple[ChallengeCard, ...]

    @property
    def first(self) -> ChallengeCard:
        """Says the reason for all."""
        return self.cards[0]


def high_risks(report: Report) -> Table[AlikeRisks]:
    """Those at high risk, one row a reason."""
    alike: dict[tuple[str, str], list[ChallengeCard]] = {}
    for card in report.at_risk:
        if card.risk.level == "高":
            alike.setdefault((card.risk.reason, card.risk.advice), []).append(card)
    return Table(
        "流标风险高的需求",
        (
            Column("需求", lambda a: "\n".join(f"{c.challenge_id} {c.title}" for c in a.cards),
                   docx=8.6),
            Column("原因", lambda a: a.first.risk.reason, docx=4.2),
            Column("建议", lambda a: a.first.risk.advice, docx=4.2),
        ),
        [AlikeRisks(tuple(cards)) for cards in alike.values()],
    )  # fmt: skip


def team_requirements(line: TeamLine) -> Table[RequirementLine]:
    """What one team shows on each requirement."""
    return Table(
        "要求对照",
        (
            Column("要求", lambda r: r.label, html=True),
            Column("原文", lambda r: r.text[:_LONGEST_REQUIREMENT], html=True),
            Column("覆盖", lambda r: r.status, WORD, html=True),
            Column("依据", lambda r: r.evidence, html=True),
            Column("实测", lambda r: r.demonstrated, html=True),
        ),
        line.requirements,
    )


def shown_teams(teams: tuple[TeamLine, ...]) -> Table[TeamLine]:
    """The teams of a challenge on paper."""
    return Table(
        "团队",
        (
            Column("名次", lambda t: t.rank or "未列入", NUMBER, docx=1.2),
            Column("等级", lambda t: t.band, WORD, docx=1.2),
            Column("方案", lambda t: t.role, WORD, docx=1.2),
            Column("团队", lambda t: f"{t.team_name}\n{t.org_name}", docx=4.6),
            Column("最好的依据", _dated_proof, docx=5.2),
            Column("提示", _brief_cautions, docx=3.6),
        ),
        teams,
    )


def _dated_proof(line: TeamLine) -> str:
    if not line.evidence:
        return "无"
    year = line.evidence[0].year
    return f"{_best_proof(line)}{f' ({year})' if year else ''}"


def _brief_cautions(line: TeamLine) -> str:
    said = [c.text if c.kind not in ("只有自述", "单一依据") else c.kind for c in line.cautions]
    return "; ".join((*([line.override] if line.override else []), *said))


def coverage(teams: tuple[TeamLine, ...], most: int) -> Table[TeamLine]:
    """Teams × the first requirements; a shaded table needs no font and can be read aloud."""
    labels = [r.label for r in teams[0].requirements][:most]

    def status(place: int) -> Callable[[TeamLine], str]:
        return lambda line: line.requirements[place].status

    width = 12.8 / max(1, len(labels))
    covered = [Column(name, status(n), WORD, docx=width) for n, name in enumerate(labels)]
    return Table("覆盖", (Column("覆盖", lambda t: t.team_name, docx=4.2), *covered), teams)


def demonstrated(teams: tuple[TeamLine, ...]) -> Table[tuple[TeamLine, RequirementLine]]:
    """Targets beside recorded values, where anybody has any."""
    return Table(
        "考核指标",
        (
            Column("考核指标", lambda x: x[1].text, docx=6.0),
            Column("团队", lambda x: x[0].team_name, docx=4.5),
            Column("登记的实测值", lambda x: x[1].demonstrated, docx=6.5),
        ),
        [(t, r) for t in teams for r in t.requirements if r.demonstrated not in ("", UNRECORDED)],
    )
