"""What alliances have been given, year by year, and what each may still ask for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from matcher.alliance_records import Alliance
from matcher.alliances.facts import alliance_facts
from matcher.policy import Advice, Claim, Fact, Means, PolicyPack, accounts, advise
from matcher.policy.rules import Base, YearlyCap
from matcher.records import Challenge
from matcher.text.organisations import normalise_organisation

_HERE = "本项"


def claims_of_alliances(alliances: Iterable[Alliance]) -> tuple[Claim, ...]:
    """Money that alliances have: it counts before anything a list asks for.

    A grant for a challenge has the challenge's key, so that the list does not count it again.
    """
    return tuple(
        Claim(one.lead_org, grant.challenge_id or f"{one.alliance_id}#{number}", "联盟已得",
              grant.amount_wan, grant.year, one.group)
        for one in alliances
        if one.lead_org
        for number, grant in enumerate(one.all_grants, 1)
        if grant.standing == "已得"
    )  # fmt: skip


def advice_for(
    pack: PolicyPack, alliance: Alliance, year: int, claims: Sequence[Claim] = (),
    challenges: Mapping[str, Challenge] | None = None,
) -> tuple[Advice, ...]:  # fmt: skip
    """What an alliance may ask for in a year, and what its challenges may.

    Args:
        pack: the rules.
        alliance: the record.
        year: whose room under the yearly caps is meant.
        claims: of all alliances, outcomes and lists (`claims_of_alliances`, `claims_of_list`).
        challenges: of the workspace, by id.
    """
    facts = alliance_facts(pack, alliance, challenges)
    means = _means(pack, alliance.lead_org, year, claims, set(alliance.challenges), alliance)
    own = advise(pack, "联盟", facts, means)
    known = challenges or {}
    carried = [known[i] for i in alliance.challenges if i in known]
    more = [
        advice for one in carried for advice in advice_for_challenge(pack, one, year, claims, facts)
    ]
    return (*own, *more)


def advice_for_challenge(
    pack: PolicyPack, challenge: Challenge, year: int, claims: Sequence[Claim] = (),
    facts: Mapping[str, Fact] | None = None,
) -> tuple[Advice, ...]:  # fmt: skip
    """What a challenge may ask for; without an alliance its conditions are to be verified."""
    listed = challenge.stage not in ("需求征集", "论证遴选")
    basis = f"榜单 {challenge.challenge_id}" + ("" if listed else " 还没有发布")
    known = {**(facts or {}), "on_list": Fact(listed, basis)}
    means = _means(pack, challenge.demand_org, year, claims, {challenge.challenge_id})
    asked = Means(
        challenge.total_budget_wan, challenge.fiscal_support_wan, means.bases, means.room_wan,
        means.room_words,
    )  # fmt: skip
    return advise(pack, "榜单项目", known, asked)


def _means(
    pack: PolicyPack, lead: str, year: int, claims: Sequence[Claim], own: set[str],
    alliance: Alliance | None = None,
) -> Means:  # fmt: skip
    """The room that is left for a lead once everything but its own matter counts."""
    key = normalise_organisation(lead)
    others = [c for c in claims if c.key not in own and normalise_organisation(c.receiver) == key]
    # Of its own matter counts what is there already.
    others += [c for c in claims if c.key in own and c.origin != "榜单"
               and normalise_organisation(c.receiver) == key]  # fmt: skip
    room: dict[str, float] = {}
    words: dict[str, str] = {}
    for cap in (rule for rule in pack.funding if isinstance(rule, YearlyCap)):
        asked = Claim(lead or _HERE, _HERE, "榜单", None, year)
        for account in accounts(cap, [*others, asked]):
            entry = account.entries[-1]
            if account.year == year and entry.room_wan is not None:
                room[cap.id] = entry.room_wan
                words[cap.id] = entry.formula.removesuffix("；本项未填写")
    bases: dict[Base, float] = {}
    if alliance is not None and alliance.licence_income_wan is not None:
        bases["转让许可净收入"] = alliance.licence_income_wan
    if alliance is not None and alliance.profit_wan is not None:
        bases["营业利润"] = alliance.profit_wan
    asked_wan = None if alliance is None else alliance.asked_wan
    return Means(None, asked_wan, bases, room, words)
