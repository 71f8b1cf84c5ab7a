"""What is asked for a project, and what city and enterprise pay for it, with where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matcher.alliances.received import of_another_lead
from matcher.alliances.receiving import near_programme
from matcher.policy import Claim, PolicyPack
from matcher.policy.amounts import sum_of
from matcher.policy.rules import Programme, YearlyCap
from matcher.records import Challenge
from matcher.records.alliance import Alliance

# The list's column may hold money of several levels.
_SEVERAL = 2
_OF_WHOM = {"榜单": "，含不含市级、国家资金请核对", "联盟申请": ""}
Paid = tuple[tuple[str, float | None, str], ...]


@dataclass(frozen=True, slots=True)
class ProjectMoney:
    """What is asked for a project, and what the others pay.

    Attributes:
        asked_wan: of the year, 万元; ``in_all_wan`` of all years. None where no sum is written.
        wanted: each sum with where it stands, in words.
        paid: level, amount (None: blank) and place of what others pay.
    """

    asked_wan: float | None
    in_all_wan: float | None
    wanted: str
    paid: Paid


def money_of_project(
    pack: PolicyPack, challenge: Challenge, claims: Sequence[Claim], year: int,
    carrier: Alliance | None = None, lead: frozenset[str] = frozenset(),
) -> ProjectMoney:  # fmt: skip
    """What is asked for a challenge as one of a list.

    What an alliance asks for the challenge goes before what the list says; a sum of the list that
    was granted is no longer asked for. A sum of the plan that names no challenge is this
    one's where the alliance carries no other; one of another plan is asked of that plan. What
    alliances of others than the ``lead`` (as keys) ask for it is not added: `asked_by_others`.
    """
    plans = {p.id for p in pack.programme if p.subject == "榜单项目"}
    alone = carrier is not None and carrier.challenges == (challenge.challenge_id,)
    prefix = f"{carrier.alliance_id}#" if carrier is not None and alone else None
    mine = [
        c for c in claims
        if (c.key == challenge.challenge_id and c.programme in ("", *plans)
            and (c.given or not of_another_lead(c, lead)))
        or (prefix and c.key.startswith(prefix) and c.programme in plans and not c.given)
    ]  # fmt: skip
    own = {p.payers[0] for p in pack.programme if p.subject == "榜单项目" and p.payers} | {""}
    asked = [c for c in mine if c.origin == "联盟申请" and c.level in own and not c.plan]
    if not asked and not any(c.given for c in mine):
        asked = [c for c in mine if c.origin == "榜单" and c.amount_wan is not None]
    paid = tuple(
        (c.level + ("级" if c.level == "市" else ""), c.amount_wan, c.where)
        for c in mine
        if c.level not in own and c.origin in ("联盟已得", "联盟申请")
    )
    return ProjectMoney(
        _sum_of([c for c in asked if c.year in (year, None)]), _sum_of(asked),
        "、".join(_told(c, year) for c in asked), paid,
    )  # fmt: skip


def untied(
    pack: PolicyPack, claims: Sequence[Claim], year: int, carrier: Alliance | None
) -> dict[str, str]:
    """By programme of a list, what its carrier asks for without saying for which of several."""
    if carrier is None or len(carrier.challenges) < _SEVERAL:
        return {}
    found = {}
    for plan in (p for p in pack.programme if p.subject == "榜单项目" and p.payers):
        loose = [
            c for c in claims
            if c.programme == plan.id and c.origin == "联盟申请" and c.year in (year, None)
            and c.key.startswith(f"{carrier.alliance_id}#") and c.level in ("", plan.payers[0])
        ]  # fmt: skip
        if loose:
            found[plan.id] = "、".join(f"{c.amount_words}（{c.where}）" for c in loose)
    return found


def unruled(
    pack: PolicyPack, claims: Sequence[Claim], alliance: Alliance | None = None, about: str = ""
) -> tuple[str, ...]:
    """What is asked for, where the pack has no programme for it and no account that lists it.

    Args:
        pack: the rules.
        claims: of everybody.
        alliance: whose sums are meant, and those of the challenges it carries.
        about: a challenge nobody carries.
    """
    if any(isinstance(rule, YearlyCap) for rule in pack.funding):
        return ()
    first = {p.id: p.payers[0] for p in pack.programme if p.payers}
    plans = {p.id: p for p in pack.programme}
    keys = {about} if alliance is None else set(alliance.challenges)
    own = "" if alliance is None else f"{alliance.alliance_id}#"
    asked = [
        c for c in claims
        if not c.given and c.amount_wan is not None and c.level != "企业"
        and (c.key in keys or (bool(own) and c.key.startswith(own))
             or (alliance is not None and c.key in alliance.projects))
        and not (c.programme in first and c.level in ("", first[c.programme]))
    ]  # fmt: skip
    told = {c.key for c in asked if c.origin == "联盟申请"}
    return tuple(
        f"拟申请 {c.amount_words}（{c.key}，{c.where}"
        + ("" if c.year is None else f"，{c.year} 年")
        + f"）：{_no_figure(pack, c, plans.get(c.programme))}"
        for c in asked
        if c.origin == "联盟申请" or c.key not in told
    )


def _no_figure(pack: PolicyPack, claim: Claim, plan: Programme | None) -> str:
    """Why a sum is held against nothing."""
    if plan is not None and plan.open_amount:
        silent = f"对应的计划是“{plan.name}”（{plan.open_amount}）"
        return f"{silent}，能不能给、给多少请问主管部门"
    if plan is not None:
        return f"写在“{plan.name}”下，这项不向政府申请，请核对支持计划"
    written = f"计划写作“{claim.plan}”，" if claim.plan else ""
    near = near_programme(pack, claim.plan) if claim.plan else ""
    if near:
        return f"{written}{near}；没有核对"
    which = "" if written else "；属于某项计划的请在资金表「支持计划」栏写明"
    return f"{written}条文没有写这种补助，按这份条文没有应给的（0），别的文件没有核对{which}"


def _sum_of(claims: Sequence[Claim]) -> float | None:
    told = [c for c in claims if c.amount_wan is not None]
    return float(sum_of(c.amount_wan for c in told)) if told else None


def _told(claim: Claim, year: int) -> str:
    when = "" if claim.year in (year, None) else f"{claim.year} 年，"
    called = f"，计划写作“{claim.called}”，认作这一项，请核对" if claim.called else ""
    return f"{claim.amount_words}（{when}{claim.where}{called}{_OF_WHOM[claim.origin]}）"
