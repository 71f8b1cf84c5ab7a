"""From ranked challenges, rules and decisions of staff to an assignment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from matcher.assignment import (
    Assignment,
    AssignmentProblem,
    Bidder,
    CandidatePair,
    Exclusion,
    InfeasibleAssignmentError,
    Opening,
    assign,
)
from matcher.plan_settings import PlanSettings
from matcher.policy import (
    Context,
    Finding,
    PolicyPack,
    check_pair,
    is_demand_side,
    pair_facts,
    region_key,
)
from matcher.procedure import Award
from matcher.records import Challenge, Team
from matcher.report.model import Contender, RankedChallenge
from matcher.report.overrides import Decisions, Pair

Findings = Mapping[Pair, tuple[Finding, ...]]
_OWN = "团队所在单位就是需求单位，不能揭本单位的榜"


def pair_findings(
    pack: PolicyPack | None,
    ranked: Sequence[RankedChallenge],
    challenges: Mapping[str, Challenge],
    teams: Mapping[str, Team],
) -> Findings:
    """What the rules say about every contender; pairs without a finding are left out."""
    if pack is None:
        return {}
    context = Context(held=_held(teams.values()), facts=pair_facts)
    found = {}
    for one in ranked:
        challenge = challenges[one.challenge_id]
        for contender in one.contenders:
            said = check_pair(pack, challenge, teams[contender.team_id], context)
            if said:
                found[one.challenge_id, contender.team_id] = said
    return found


def with_parted(
    findings: Findings, ranked: Sequence[RankedChallenge], parted: Mapping[Pair, str]
) -> Findings:
    """The same, and that a contender and the challenge came to nothing before."""
    contending = {(one.challenge_id, c.team_id) for one in ranked for c in one.contenders}
    found = dict(findings)
    for pair in contending & parted.keys():
        words = f"与这项难题的对接已是“{parted[pair]}”，不再指派"
        said = Finding(rule_id="", severity="禁止", message=words, source="对接记录", pack_id="")
        found[pair] = (said, *found.get(pair, ()))
    return found


def _held(teams: Iterable[Team]) -> dict[Pair, int]:
    held: dict[Pair, int] = {}
    for team in teams:
        if team.leader_name:
            key = (team.org_name, team.leader_name)
            held[key] = held.get(key, 0) + team.active_challenges
    return held


@dataclass(frozen=True)
class Planning:
    """Everything the assignment looks at.

    Attributes:
        challenges: all asked for, by id; those that were given away are not ranked.
        teams: at least every contender, by id.
        awards: who has what; where several may win, they are not proposed anew.
        refused: pins that cannot be honoured, with the reason in words.
    """

    ranked: tuple[RankedChallenge, ...]
    challenges: Mapping[str, Challenge]
    teams: Mapping[str, Team]
    settings: PlanSettings
    decisions: Decisions
    findings: Findings
    awards: tuple[Award, ...] = ()

    @cached_property
    def contenders(self) -> dict[Pair, Contender]:
        """All candidates by pair."""
        return {(one.challenge_id, c.team_id): c for one in self.ranked for c in one.contenders}

    @cached_property
    def refused(self) -> dict[Pair, str]:
        """Pins the plan may not honour: by rule, by band, or outside this report."""
        allowed = self.settings.allowed_bands
        refused = {}
        for pair in self.decisions.pinned:
            contender = self.contenders.get(pair)
            bans = [f for f in self.findings.get(pair, ()) if f.severity == "禁止"]
            if pair in self._awarded:
                refused[pair] = self._awarded[pair]
            elif pair[0] in self.challenges and pair[0] not in self._ranked:
                refused[pair] = "这项难题已立项"
            elif contender is None:
                refused[pair] = "不在本报告的榜单或团队库里"
            elif bans:
                refused[pair] = _banned(bans[0], " 禁止")
            elif self._is_own(pair):
                refused[pair] = _OWN
            elif contender.band not in allowed:
                lowest = self.settings.lowest_band
                refused[pair] = f"等级“{contender.band}”低于最低等级“{lowest}”"
        return refused

    @cached_property
    def _awarded(self) -> dict[Pair, str]:
        return {(a.challenge_id, a.team_id): f"这个团队{a.state}，不再指派" for a in self.awards}

    @cached_property
    def _ranked(self) -> frozenset[str]:
        return frozenset(one.challenge_id for one in self.ranked)

    @cached_property
    def problem(self) -> AssignmentProblem:
        """For `matcher.assignment.assign`."""
        used = sorted({team for _, team in self.contenders})
        return AssignmentProblem(
            openings=tuple(
                replace(opening, province=region_key(opening.province))
                for one in self.ranked
                for opening in (Opening.from_challenge(self.challenges[one.challenge_id]),)
            ),
            bidders=tuple(self._bidder(team_id) for team_id in used),
            pairs=tuple(
                CandidatePair(*pair, contender.fit, contender.band)
                for pair, contender in sorted(self.contenders.items())
            ),
            rules=self.settings.rules(
                forced=tuple(sorted(set(self.decisions.pinned) - set(self.refused))),
                excluded=tuple(self._exclusions()),
            ),
            objective=self.settings.objective,
            time_limit_s=self.settings.time_limit_s,
        )

    def solve(self) -> tuple[Assignment, str]:
        """The plan; where pins contradict each other, the plan without pins and the reason."""
        try:
            return assign(self.problem), ""
        except InfeasibleAssignmentError as error:
            free = replace(self.problem.rules, forced=())
            return assign(replace(self.problem, rules=free)), error.message

    def _bidder(self, team_id: str) -> Bidder:
        bidder = Bidder.from_team(self.teams[team_id], self.settings.default_capacity)
        return replace(bidder, province=region_key(bidder.province))

    def _is_own(self, pair: Pair) -> bool:
        challenge_id, team_id = pair
        return is_demand_side(self.challenges[challenge_id], self.teams[team_id])

    def _exclusions(self) -> Iterable[Exclusion]:
        barred = {pair: _OWN for pair in self.contenders if self._is_own(pair)}
        barred |= {pair: words for pair, words in self._awarded.items() if pair in self.contenders}
        for pair, said in self.findings.items():
            bans = [f for f in said if f.severity == "禁止"]
            if bans:
                barred[pair] = _banned(bans[0])
        for pair in self.decisions.barred:
            if pair in self.contenders:
                barred[pair] = self.decisions.words(pair)
        return [Exclusion(*pair, reason) for pair, reason in sorted(barred.items())]


def _banned(finding: Finding, verb: str = "") -> str:
    """What keeps a pair out, with the rule where one does."""
    if not finding.rule_id:
        return finding.message
    return f"规则 {finding.rule_id}{verb}：{finding.message}"
