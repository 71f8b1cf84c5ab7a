"""What is asked for a project, and what city and enterprise pay for it, with where it stands."""

from __future__ import annotations

from collections.abc import Sequence

from matcher.policy import Claim, PolicyPack
from matcher.policy.amounts import plain, sum_of, wan
from matcher.records import Challenge

Paid = tuple[tuple[str, float | None, str], ...]


def money_of_project(
    pack: PolicyPack, challenge: Challenge, claims: Sequence[Claim]
) -> tuple[float | None, str, Paid]:
    """The sum that is asked for, the same in words, and what the others pay.

    What an alliance asks for the challenge goes before what the list says; a sum of the list that
    was granted is no longer asked for.
    """
    mine = [c for c in claims if c.key == challenge.challenge_id]
    own = {p.payers[0] for p in pack.programme if p.subject == "榜单项目" and p.payers} | {""}
    asked = [c for c in mine if c.origin == "联盟申请" and c.level in own]
    if not asked and not any(c.origin == "结果" for c in mine):
        asked = [c for c in mine if c.origin == "榜单" and c.amount_wan is not None]
    told = [c for c in asked if c.amount_wan is not None]
    total = float(sum_of(c.amount_wan for c in told)) if told else None
    words = "、".join(f"{_amount(c)}（{c.where}）" for c in asked)
    paid = tuple(
        (c.level + ("级" if c.level == "市" else ""), c.amount_wan, c.where)
        for c in mine
        if c.level not in own and c.origin in ("联盟已得", "联盟申请")
    )
    return total, words, paid


def _amount(claim: Claim) -> str:
    if claim.amount_wan is None:
        return "未填写"
    return f"{plain(wan(claim.amount_wan))} 万元"
