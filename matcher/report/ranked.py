"""One ranking turned into report lines: teams, evidence, requirements beside demonstrated values.

Everything here depends on the challenge, the library and the model alone, so it can be kept on
disk between runs (`matcher.report.resume`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matcher.contacts import hide_contacts
from matcher.explanation import FacetCoverage
from matcher.index.passages import PROFILE
from matcher.matches import Failure, Match, Ranking
from matcher.policy import is_demand_side, pair_facts
from matcher.ranking.grades import Verdict
from matcher.records import Evidence, Indicator, Team
from matcher.report.model import (
    UNRECORDED,
    Caution,
    Contender,
    EvidenceLine,
    RankedChallenge,
    RequirementLine,
    TeamLine,
)
from matcher.text.facets import split_clauses
from matcher.text.indicators import parse_indicators
from matcher.text.meeting import met_by, shown_values
from matcher.text.normalise import clean
from matcher.text.quantity_names import quantity_names

_TERMS = 8
_VERDICTS = {True: "，达到", False: "，未达到", None: ""}


def ranked_challenge(result: Ranking | Failure, top: int, old_before: int) -> RankedChallenge:
    """The lines of one result.

    Args:
        result: with at least ``top`` explained matches; nobody is offered its own challenge.
        top: teams to show.
        old_before: evidence that stops before this year is called old.
    """
    if isinstance(result, Failure):
        return RankedChallenge(
            result.challenge.challenge_id, Verdict.UNKNOWN, (), (), result.reason
        )
    return RankedChallenge(
        challenge_id=result.challenge.challenge_id,
        verdict=result.verdict,
        # Who posts it is not shown as a team for it, and stays a contender that the plan bars.
        teams=tuple(
            team_line(match, old_before)
            for match in result.matches[:top]
            if not is_demand_side(match.challenge, match.team)
        ),
        contenders=tuple(
            Contender(m.team_id, m.rank, m.score, m.band, _rounded(m.chance))
            for m in result.matches
        ),
    )


def team_line(match: Match, old_before: int) -> TeamLine:
    """One explained match as the report shows it."""
    team, explanation = match.team, match.explanation
    pieces = () if explanation is None else explanation.evidence
    urls = {clean(e.title): e.source_url for e in team.evidence}
    evidence = tuple(
        EvidenceLine(
            kind=piece.kind,
            title=piece.title,
            year=piece.year,
            terms=tuple(term for term, _ in piece.terms[:_TERMS]),
            snippet=hide_contacts(piece.snippet),
            source_url=team.source_url if piece.kind == PROFILE else urls.get(piece.title, ""),
        )
        for piece in pieces
    )
    coverage = () if explanation is None else explanation.coverage
    facts = pair_facts(match.challenge, team)
    return TeamLine(
        rank=match.rank,
        team_id=team.team_id,
        team_name=team.name,
        org_name=team.org_name,
        org_type=team.org_type,
        province=team.province,
        city=team.city,
        score=match.score,
        band=match.band,
        chance=_rounded(match.chance),
        evidence=evidence,
        requirements=tuple(requirement_line(c, team) for c in coverage),
        cautions=evidence_cautions(team, evidence, old_before),
        earlier_work=facts.earlier_work,
        conversions=facts.conversions,
        maturity_gap=facts.maturity_gap,
    )


def requirement_line(covered: FacetCoverage, team: Team) -> RequirementLine:
    """One requirement; indicators get the values the team's evidence records beside them."""
    kind = f"[{covered.evidence_kind}] " if covered.evidence_kind else ""
    note = f"（{covered.note}）" if covered.note else ""
    is_indicator = covered.facet.kind == "考核指标"
    return RequirementLine(
        label=covered.facet.label,
        text=covered.facet.text,
        status=covered.status,
        evidence=f"{kind}{covered.evidence_title}{note}" if covered.evidence_title else "",
        demonstrated=demonstrated(covered.facet.text, team.evidence) if is_indicator else "",
    )


def demonstrated(target: str, evidence: tuple[Evidence, ...]) -> str:
    """Values that speak of the same quantity as the target, whether they meet it, and the source.

    Recorded values (实测指标) are shown even where they cannot be compared; those of an abstract
    only where they can.

    >>> demonstrated("总氧≤5ppm", (Evidence(title="某论文", indicators="总氧 6ppm; 成材率 90%"),))
    '总氧 6ppm，未达到（某论文）'
    >>> demonstrated("总氧≤5ppm", (Evidence(title="某专利", abstract="精炼后总氧降至4ppm。"),))
    '精炼后总氧降至4ppm，达到（某专利）'
    >>> demonstrated("寿命提高50%以上", (Evidence(title="某论文", indicators="总氧 6ppm"),))
    '未记录'
    """
    targets = [found for found in parse_indicators(target) if found.value is not None]
    wanted = quantity_names(target)
    found = []
    for piece in evidence:
        for clause in split_clauses(piece.indicators):
            if wanted & quantity_names(clause):
                verdict = _judged(targets, parse_indicators(clause))
                found.append(f"{clause}{_VERDICTS[verdict]}（{piece.title}）")
        for value in shown_values(piece.abstract, targets):
            verdict = _judged(targets, [value])
            if verdict is not None:
                found.append(f"{value.text}{_VERDICTS[verdict]}（{piece.title}）")
    return "；".join(dict.fromkeys(found)) or UNRECORDED


def _judged(targets: Iterable[Indicator], shown: Sequence[Indicator]) -> bool | None:
    """Whether the values meet the targets they speak of; None: not comparable."""
    verdicts = {met_by(target, shown, named=True) for target in targets} - {None}
    return (False not in verdicts) if verdicts else None


def evidence_cautions(
    team: Team, evidence: tuple[EvidenceLine, ...], old_before: int
) -> tuple[Caution, ...]:
    """What is thin about the evidence itself."""
    found = []
    proofs = [line for line in evidence if line.kind != PROFILE]
    years = [line.year for line in proofs if line.year is not None]
    if evidence and not proofs:
        found.append(Caution("只有自述", "依据只有团队自己写的研究方向，没有具体成果"))
    elif len(proofs) == 1:
        found.append(Caution("单一依据", f"只有一条成果支持：{proofs[0].title}"))
    if years and max(years) < old_before:
        found.append(Caution("依据较旧", f"所列成果最近的是 {max(years)} 年"))
    if evidence and not any(line.terms for line in evidence):
        found.append(Caution("只是语义相近", "与需求没有共有用词，请看依据原文再定"))
    if team.max_challenges is not None and team.active_challenges >= team.max_challenges:
        room = f"在研 {team.active_challenges} 项，可承担 {team.max_challenges} 项"
        found.append(Caution("名额已满", room))
    return tuple(found)


def _rounded(chance: float | None) -> float | None:
    return None if chance is None else round(chance, 4)
