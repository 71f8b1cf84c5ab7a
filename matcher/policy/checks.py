"""Eligibility and conflicts of a (challenge, team) pair, by the rules of a pack.

A check is a function of the few record fields listed in `READS`. None of them tells rank, title,
honours or fame (英雄不问出处), and `tests/test_policy.py` watches that nothing else is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from matcher.policy.names import organisation_key, region_key
from matcher.policy.pack import PolicyPack
from matcher.policy.pairs import PairFacts
from matcher.policy.rules import (
    AffiliatedOrgCheck,
    CheckRule,
    ConversionCheck,
    CreditCheck,
    DemandOrgCheck,
    EarlierWorkCheck,
    LeaderLimitCheck,
    MaturityCheck,
    RegionCheck,
    Severity,
)
from matcher.records import Challenge, Team

READS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "demand_org_not_bidder": (
        frozenset({"demand_org"}),
        frozenset({"org_name", "org_aliases"}),
    ),
    "affiliated_org": (
        frozenset({"demand_org"}),
        frozenset({"org_name", "org_aliases", "affiliated_orgs"}),
    ),
    "credit_record": (frozenset(), frozenset({"credit_status"})),
    "leader_limit": (frozenset(), frozenset({"org_name", "leader_name", "active_challenges"})),
    "region_stated": (frozenset({"eligibility_text", "province"}), frozenset({"province"})),
    # What records say of a pair comes through `Context.facts`: organisations and levels.
    "earlier_work": (frozenset({"demand_org"}), frozenset()),
    "maturity_gap": (frozenset({"target_trl"}), frozenset()),
    "conversion": (frozenset(), frozenset()),
}
"""Fields of the challenge and of the team that each kind of check may read."""

_SENTENCE = re.compile(r"[。;；!！\n]+")
# A shorter beginning in common (中国, 沈阳) says nothing about ownership.
_SHORTEST_STEM = 4


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says about a pair (or about an amount).

    Attributes:
        severity: 禁止 keeps the pair out; 提示 asks somebody to look.
        source: name and date of the document.
    """

    rule_id: str
    severity: Severity
    message: str
    source: str
    pack_id: str


@dataclass(frozen=True, slots=True)
class Context:
    """What the records do not hold.

    Attributes:
        held: challenges a leader holds, by (organisation, leader), over all teams; where a leader
            is not in it, the team's own 在研数 counts.
        aliases: other names of organisations → the full name.
        facts: what records say of a pair (`matcher.policy.pairs.pair_facts`); without it the rules
            about earlier work, maturity and conversion say nothing.
    """

    held: Mapping[tuple[str, str], int] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    facts: Callable[[Challenge, Team], PairFacts] | None = None


def check_pair(
    pack: PolicyPack, challenge: Challenge, team: Team, context: Context | None = None
) -> tuple[Finding, ...]:
    """All findings of the pack's checks on one pair, in the order of the pack.

    >>> from matcher.policy import shipped_pack
    >>> pack = shipped_pack("example-common")
    >>> ours = Challenge(challenge_id="C", demand_org="某某轴承有限公司")
    >>> them = Team(team_id="T", org_name="某某轴承有限公司", credit_status="正常")
    >>> [(f.rule_id, f.severity) for f in check_pair(pack, ours, them)]
    [('demand-org', '禁止')]
    """
    known = context or Context()
    return tuple(
        Finding(rule.id, severity, message, pack.cite(rule), pack.pack.id)
        for rule in pack.check
        for severity, message in _apply(rule, pack, challenge, team, known)
    )


def _apply(
    rule: CheckRule, pack: PolicyPack, challenge: Challenge, team: Team, context: Context
) -> Iterator[tuple[Severity, str]]:
    if isinstance(rule, DemandOrgCheck):
        yield from _demand_org(rule, challenge, team, context)
    elif isinstance(rule, AffiliatedOrgCheck):
        yield from _affiliated(rule, challenge, team, context)
    elif isinstance(rule, CreditCheck):
        yield from _credit(rule, team)
    elif isinstance(rule, LeaderLimitCheck):
        yield from _leader(rule, team, context)
    elif isinstance(rule, EarlierWorkCheck):
        yield from _earlier_work(rule, challenge, team, context)
    elif isinstance(rule, MaturityCheck):
        yield from _maturity(rule, challenge, team, context)
    elif isinstance(rule, ConversionCheck):
        yield from _conversion(rule, challenge, team, context)
    else:
        yield from _region(rule, pack.pack.region, challenge, team)


def _names(team: Team, context: Context) -> set[str]:
    return {organisation_key(n, context.aliases) for n in (team.org_name, *team.org_aliases)} - {""}


def _demand_org(
    rule: DemandOrgCheck, challenge: Challenge, team: Team, context: Context
) -> Iterator[tuple[Severity, str]]:
    demand = organisation_key(challenge.demand_org, context.aliases)
    if demand and demand in _names(team, context):
        yield rule.severity, f"团队所在单位就是需求单位 {challenge.demand_org}：{rule.text}"


def _affiliated(
    rule: AffiliatedOrgCheck, challenge: Challenge, team: Team, context: Context
) -> Iterator[tuple[Severity, str]]:
    demand = organisation_key(challenge.demand_org, context.aliases)
    if not demand:
        return
    for name in team.affiliated_orgs:
        if organisation_key(name, context.aliases) == demand:
            yield (
                rule.severity,
                f"团队登记的关联单位里有需求单位 {challenge.demand_org}：{rule.text}",
            )
            return
    for own in sorted(_names(team, context)):
        stem = min(own, demand, key=len)
        if (
            own != demand
            and len(stem) >= _SHORTEST_STEM
            and max(own, demand, key=len).startswith(stem)
        ):
            yield (
                "提示",
                f"{team.org_name} 与需求单位 {challenge.demand_org} 名称相近，请核对是否关联",
            )
            return


def _credit(rule: CreditCheck, team: Team) -> Iterator[tuple[Severity, str]]:
    if team.credit_status in rule.barred:
        yield rule.severity, f"信用状态为“{team.credit_status}”：{rule.text}"
    elif team.credit_status in rule.doubtful:
        yield "提示", f"信用状态为“{team.credit_status}”，请核查：{rule.text}"


def _leader(rule: LeaderLimitCheck, team: Team, context: Context) -> Iterator[tuple[Severity, str]]:
    if not team.leader_name:
        return
    held = context.held.get((team.org_name, team.leader_name), team.active_challenges)
    if held + 1 > rule.limit:
        yield rule.severity, f"负责人 {team.leader_name} 已有在研 {held} 项：{rule.text}"


def _earlier_work(
    rule: EarlierWorkCheck, challenge: Challenge, team: Team, context: Context
) -> Iterator[tuple[Severity, str]]:
    if not challenge.demand_org or context.facts is None:
        return
    pieces = context.facts(challenge, team).earlier_work
    if pieces and not rule.required:
        titles = "、".join(pieces[:3])
        yield rule.severity, f"与需求单位有既往合作 {len(pieces)} 项（{titles}）：{rule.text}"
    if not pieces and rule.required:
        yield rule.severity, f"没有查到与需求单位 {challenge.demand_org} 的既往合作：{rule.text}"


def _maturity(
    rule: MaturityCheck, challenge: Challenge, team: Team, context: Context
) -> Iterator[tuple[Severity, str]]:
    gap = context.facts(challenge, team).maturity_gap if context.facts is not None else None
    if gap is not None and gap > rule.limit:
        target = challenge.target_trl
        yield rule.severity, f"成熟度比目标 {target} 级差 {gap} 级：{rule.text}"


def _conversion(
    rule: ConversionCheck, challenge: Challenge, team: Team, context: Context
) -> Iterator[tuple[Severity, str]]:
    if context.facts is None:
        return
    shown = len(context.facts(challenge, team).conversions)
    if shown < rule.least:
        yield rule.severity, f"转化记录 {shown} 项，少于 {rule.least} 项：{rule.text}"


def _region(
    rule: RegionCheck, region: str, challenge: Challenge, team: Team
) -> Iterator[tuple[Severity, str]]:
    for sentence in _SENTENCE.split(challenge.eligibility_text):
        stated = any(phrase in sentence for phrase in rule.phrases)
        if not stated or any(waiver in sentence for waiver in rule.waivers):
            continue
        home = region_key(challenge.province or region)
        if not home or not team.province:
            yield "提示", f"榜单条件写明“{sentence.strip()}”，省份不详，请核对团队是否符合"
        elif region_key(team.province) != home:
            quoted = f"榜单条件写明“{sentence.strip()}”"
            yield rule.severity, f"{quoted}，团队在{team.province}：{rule.text}"
