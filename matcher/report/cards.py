"""One card a challenge: its teams with role and cautions, its risk, amounts and joint proposal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from matcher.assignment import Assignment, Unanswered
from matcher.consortium import LEVELS, Applicant, Requirement, consortium
from matcher.contacts import hide_contacts
from matcher.corpora.bounty import bounty_words
from matcher.matches import fit
from matcher.policy import (
    Finding,
    PolicyPack,
    claims_of_list,
    funding_sheet,
    known_facts,
    organisation_key,
    received_before,
)
from matcher.ranking.grades import Band, Verdict
from matcher.records import Challenge, Outcome, Source
from matcher.report.model import (
    AmountLine,
    Caution,
    ChallengeCard,
    FactLine,
    JointMember,
    JointProposal,
    RankedChallenge,
    Risk,
    TeamLine,
)
from matcher.report.planning import Planning
from matcher.text.normalise import clean

_SUMMARY = 300
_ADVICE: Mapping[str, str] = {
    "无候选": "补充团队库，或扩大征集范围",
    "低于等级": "补充团队库或扩大征集范围，与需求单位细化需求后再发榜；不强行指派",
    "全部排除": "核对排除理由；仍无人选时扩大征集范围",
    "人数不足": "放宽每项最少团队数，或补充团队库",
    "缺单位类型": "补充高校院所团队，或由联合体补足",
    "名额用尽": "与团队核实名额，或放宽上限",
    "取舍": "放宽上限，或由会议指定",
}


@dataclass(frozen=True)
class CardMaker:
    """Makes cards once the plan is there."""

    planning: Planning
    plan: Assignment
    pack: PolicyPack | None
    outcomes: tuple[Outcome, ...] = ()

    @cached_property
    def received(self) -> dict[str, float]:
        """What each challenge's enterprise has been given, or asks for before it, that year."""
        if self.pack is None:
            return {}
        challenges = tuple(self.planning.challenges.values())
        return received_before(self.pack, claims_of_list(challenges, self.outcomes))

    @cached_property
    def roles(self) -> dict[str, dict[str, str]]:
        """主 or 备选 by challenge and team."""
        found: dict[str, dict[str, str]] = {}
        for pair in self.plan.pairs:
            found.setdefault(pair.challenge_id, {})[pair.team_id] = pair.role
        return found

    @cached_property
    def unanswered(self) -> dict[str, Unanswered]:
        """Why nobody, by challenge."""
        return {u.challenge_id: u for u in self.plan.unanswered}

    def cards(self) -> tuple[ChallengeCard, ...]:
        """In the order of the list."""
        return tuple(self._card(one) for one in self.planning.ranked)

    def _card(self, ranked: RankedChallenge) -> ChallengeCard:
        challenge = self.planning.challenges[ranked.challenge_id]
        roles = self.roles.get(ranked.challenge_id, {})
        teams = tuple(self._team(challenge, line, roles) for line in ranked.teams)
        amounts, findings = self._money(challenge)
        return ChallengeCard(
            challenge_id=challenge.challenge_id,
            title=challenge.name,
            demand_org=challenge.demand_org,
            tech_domain=" / ".join(challenge.tech_domain),
            province=challenge.province,
            city=challenge.city,
            bounty_wan=challenge.bounty_wan,
            deadline=challenge.apply_deadline.isoformat() if challenge.apply_deadline else "",
            summary=_summary(challenge),
            source=_source(challenge),
            verdict=ranked.verdict,
            teams=teams,
            assigned=tuple(t for t, role in roles.items() if role == "主"),
            alternates=tuple(t for t, role in roles.items() if role == "备选"),
            risk=self._risk(ranked, roles),
            bounty=bounty_words(challenge),
            total_budget_wan=challenge.total_budget_wan,
            fiscal_support_wan=challenge.fiscal_support_wan,
            received_wan=self.received.get(challenge.challenge_id) or None,
            amounts=amounts,
            facts=self._facts(challenge, roles),
            findings=findings,
            joint=joint_proposal(teams),
            failure=ranked.failure,
        )

    def _team(self, challenge: Challenge, line: TeamLine, roles: Mapping[str, str]) -> TeamLine:
        pair = (challenge.challenge_id, line.team_id)
        said = tuple(
            Caution(f.severity, f.message, f.rule_id, f.source)
            for f in self.planning.findings.get(pair, ())
        )
        more = tuple(_challenge_cautions(challenge, line))
        return replace(
            line,
            cautions=(*said, *more, *line.cautions),
            role=roles.get(line.team_id, ""),
            override=self.planning.decisions.words(pair),
        )

    def _facts(self, challenge: Challenge, roles: Mapping[str, str]) -> tuple[FactLine, ...]:
        assigned = [t for t, role in roles.items() if role == "主"]
        if self.pack is None or not assigned:
            return ()
        teams = [self.planning.teams[team_id] for team_id in assigned]
        known = known_facts(self.pack, challenge, teams)
        return tuple(FactLine(key, fact.holds, fact.basis) for key, fact in known.items())

    def _money(self, challenge: Challenge) -> tuple[tuple[AmountLine, ...], tuple[Caution, ...]]:
        if self.pack is None:
            return (), ()
        received = self.received.get(challenge.challenge_id, 0.0)
        sheet = funding_sheet(self.pack, challenge, received)
        figures = tuple(
            AmountLine(f.name, f.value_wan, f.working, f.rule_id, f.source) for f in sheet.figures
        )
        return figures, tuple(_as_caution(f) for f in sheet.findings)

    def _risk(self, ranked: RankedChallenge, roles: Mapping[str, str]) -> Risk:
        if ranked.failure:
            return Risk("高", ranked.failure, "补写题目或要解决的问题后重新匹配")
        unanswered = self.unanswered.get(ranked.challenge_id)
        if unanswered is not None:
            return Risk("高", unanswered.reason, _ADVICE[unanswered.code])
        if ranked.verdict in (Verdict.NOBODY, Verdict.DOUBTFUL):
            reason = f"总体判断为“{ranked.verdict}”，指派的团队可能只部分符合"
            return Risk("中", reason, "与指派团队核实覆盖的要求，同时扩大征集范围")
        if "备选" not in roles.values():
            advice = "尽早联系；落空时需重新征集"
            return Risk("中", "只有指派的团队够格且有名额，没有备选", advice)
        return Risk("低", "有指派，有备选", "")


def joint_proposal(teams: tuple[TeamLine, ...]) -> JointProposal | None:
    """The fewest shown teams that cover more than the best one alone; None where one is enough.

    Teams that a rule or staff keep out, and teams of the band 弱, are not asked.
    """
    able = [t for t in teams if t.band != Band.WEAK and not kept_out(t)]
    if len(able) < 2 or not able[0].requirements:
        return None
    needs = [Requirement(r.label) for r in able[0].requirements]
    found = consortium(needs, [applicant(t) for t in able])
    if len(found.members) < 2 or found.coverage <= found.single_coverage:
        return None
    names = {t.team_id: t for t in able}
    members = tuple(
        JointMember(m.team_id, names[m.team_id].team_name, m.org, m.role, m.facets)
        for m in found.members
    )
    return JointProposal(
        members=members,
        coverage=round(found.coverage, 4),
        best_single=names[found.best_single].team_name,
        single=round(found.single_coverage, 4),
        open=found.open,
        unmet=found.unmet,
    )


def kept_out(line: TeamLine) -> bool:
    """Whether a rule or a decision of staff bars the team."""
    banned = any(c.kind == "禁止" for c in line.cautions)
    return banned or line.override.startswith("人工排除")


def applicant(line: TeamLine) -> Applicant:
    """A shown team as somebody who could join a consortium."""
    worth = fit(line.chance, line.rank)
    coverage = {r.label: LEVELS[r.status] for r in line.requirements}
    return Applicant(line.team_id, line.org_name, line.org_type, worth, coverage)


def _challenge_cautions(challenge: Challenge, line: TeamLine) -> list[Caution]:
    found = []
    own = organisation_key(line.org_name)
    if own and own in {organisation_key(p) for p in challenge.intended_partners}:
        text = f"{line.org_name} 是需求单位登记的意向单位；名次与此无关"
        found.append(Caution("意向单位", text))
    routes = [r.strip() for r in challenge.excluded_routes.replace("、", "；").split("；")]
    for route in routes:
        if len(route) > 1 and any(route in f"{e.title}{e.snippet}" for e in line.evidence):
            found.append(Caution("排除路线", f"依据提到需求方不接受的路线“{route}”，请核对"))
    return found


def _as_caution(finding: Finding) -> Caution:
    return Caution(finding.severity, finding.message, finding.rule_id, finding.source)


def _summary(challenge: Challenge) -> str:
    """What is asked, in the words of the list; without the number of whom to call, if it is there.

    Many offices have one column for it, and it need not be that of the problem.
    """
    told = (challenge.problem, challenge.tech_difficulties, challenge.research_content)
    text = hide_contacts(clean(next(filter(None, told), "")))
    return text if len(text) <= _SUMMARY else f"{text[:_SUMMARY]}…"


def _source(challenge: Challenge) -> str:
    """Where to look the challenge up: its page, or the row of the file it came from."""
    if challenge.source_url or challenge.source is None:
        return challenge.source_url
    row = f" 第 {challenge.source.row} 行" if challenge.source.row else ""
    return f"{file_name(challenge.source)}{row}"


def file_name(source: Source | None) -> str:
    """Of the file a record came from, without the folders of whoever's machine it was."""
    return "" if source is None else source.file.replace("\\", "/").rsplit("/", 1)[-1]
