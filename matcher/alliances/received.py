"""What a project, or an alliance under a programme, was given already, whoever received it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from matcher.alliances.members import RESEARCH, kind_of_member
from matcher.alliances.organisations import keys_of
from matcher.alliances.receiving import NO_RECEIVER, UNNAMED
from matcher.policy import Claim, Fact, PolicyPack, Received, name_key
from matcher.policy.amounts import plain, sum_of, wan
from matcher.policy.rules import Programme, Subject
from matcher.records.alliance import Alliance

# Items of an enterprise's own.
_OF_FIRMS = ("rd_ratio", "lead_invests_rd", "lead_is_small")
_WHOSE = {"盟主": "给盟主企业", "成员单位": "由联盟成员单位牵头，它不是"}


def received_for_project(
    pack: PolicyPack, challenge_id: str, claims: Sequence[Claim], carrier: Alliance | None = None
) -> dict[str, Received]:
    """By programme, what a project was given: a share of its total is of all years and receivers.

    What an outcome says counts only where no alliance says what came. Of money that its carrier had
    under the programme for no challenge by name nobody knows whether it was this one's: it is told.
    """
    own = [c for c in claims if c.key == challenge_id and c.given]
    given = [c for c in own if c.origin == "联盟已得"] or own
    found = {}
    for programme in (p for p in pack.programme if p.subject == "榜单项目" and p.amount):
        mine = [c for c in given if c.programme in ("", programme.id) and _paid(programme, c)]
        loose = [
            c for c in claims
            if carrier is not None and c.given and c.key.startswith(f"{carrier.alliance_id}#")
            and _perhaps_of(programme, c)
        ]  # fmt: skip
        if mine or loose:
            sums = "、".join(f"{c.amount_words}（{_what(c)}，{c.where}）" for c in loose)
            found[programme.id] = replace(_received(mine, whoever=True, loose=loose), loose=sums)
    return found


def received_by_alliance(
    pack: PolicyPack, alliance: Alliance, year: int, claims: Sequence[Claim]
) -> dict[str, Received]:
    """By programme, what was given of it in a year: to the lead, or else to this alliance.

    Of other years and of no year nobody knows whether it stands against this one: it is told.
    """
    found = {}
    keys = keys_of(alliance.lead_org, alliance.lead_uscc, claims)
    given = [c for c in claims if c.programme and c.given and c.amount_wan != 0]
    near = [c for c in given if c.is_of(keys) or _of_alliance(alliance, c)]
    for programme in (p for p in pack.programme if p.subject == "联盟"):
        mine = [
            c for c in near
            if c.programme == programme.id and _paid(programme, c)
            and (c.is_of(keys) if programme.receiver == "盟主" else _of_alliance(alliance, c))
        ]  # fmt: skip
        if mine:
            now = [c for c in mine if c.year == year]
            past = [c for c in mine if c.year != year]
            had = _received(now, whoever=programme.receiver != "盟主")
            found[programme.id] = replace(
                had, past=_of_others(past), past_wan=float(sum_of(c.amount_wan for c in past))
            )
    return found


def misdirected(
    pack: PolicyPack, alliance: Alliance, lead: frozenset[str], year: int,
    claims: Sequence[Claim], subject: Subject, challenge_id: str = "",
) -> dict[str, tuple[str, ...]]:  # fmt: skip
    """By programme, money that its clause gives to lead or members and the table to another.

    Of a project only what is asked for: what came counts whoever received it.
    """
    found: dict[str, tuple[str, ...]] = {}
    for programme in pack.programme:
        if programme.subject != subject or programme.receiver not in _WHOSE:
            continue
        firms = _is_of_firms(programme)  # of an institute's own application see `of_institutes`
        strange = [
            c for c in claims
            if c.programme == programme.id and c.year in (year, None)
            and (c.stranger if programme.receiver == "成员单位" else not c.is_of(lead))
            and c.origin in ("联盟申请", "联盟已得") and _paid(programme, c)
            and not (firms and not c.given and _is_research(c.receiver))
            and (c.key == challenge_id and not c.given and not of_another_lead(c, lead)
                 if challenge_id else _for(alliance, c))
        ]  # fmt: skip
        if strange:
            sums = "、".join(
                f"{'已得' if c.given else '拟申请'} {c.amount_words}写给{c.receiver}（{c.where}）"
                for c in strange
            )
            ask = "请盟主核对收款单位是不是写错（资金表「收款单位」栏）"
            whose = _WHOSE[programme.receiver]
            who = "、".join(dict.fromkeys(c.receiver for c in strange))
            name = "收款单位"
            if programme.receiver == "盟主":
                name += f"写的是{who}，条文写的是给盟主企业，没有写可以给{who}"
            found[programme.id] = (f"{name}（{sums}；条文写的是{whose}）→ {ask}",)
    return found


def of_institutes(pack: PolicyPack, alliance: Alliance, claims: Sequence[Claim]) -> dict[str, Fact]:
    """What a rule on enterprises asks, where a university or an institute applies in their stead.

    Nothing of the lead is asked for then: under which conditions others may, no clause says.
    """
    found: dict[str, Fact] = {}
    for programme in pack.programme:
        asked = [
            c for c in claims
            if c.programme == programme.id and c.origin == "联盟申请" and _for(alliance, c)
        ]  # fmt: skip
        if asked and _is_of_firms(programme) and all(_is_research(c.receiver) for c in asked):
            who = "、".join(dict.fromkeys(c.receiver for c in asked))
            words = f"条文只写企业：{who}承担要什么条件、能不能承担，没有写"
            ask = f"请主管部门明确{who}承担的条件"
            found |= {i.key: Fact(True, tacit=True) for i in programme.items if i.key in _OF_FIRMS}
            found["is_enterprise"] = Fact(None, words, ask, short=words)
    return found


def of_other_firms(
    pack: PolicyPack, alliance: Alliance, year: int, claims: Sequence[Claim], of_lead: Fact
) -> dict[str, Fact]:
    """The same of a plan that looks at what kind of firm the lead is, where other firms apply.

    Whether it is for the lead alone, or for every such firm of the alliance, no clause says.
    ``of_lead``: what is known of the lead; where it is such a firm, the alliance may ask anyway.
    """
    if of_lead.holds:
        return {}
    lead = keys_of(alliance.lead_org, alliance.lead_uscc, claims)
    for programme in pack.programme:
        if not any(item.key == "lead_is_small" for item in programme.items):
            continue
        asked = [
            c for c in claims
            if c.programme == programme.id and c.origin == "联盟申请" and c.year in (year, None)
            and _for(alliance, c)
        ]  # fmt: skip
        others = [c for c in asked if not c.is_of(lead) and kind_of_member(c.receiver) == "企业"]
        if not others or len(others) < len(asked):
            continue
        who = "、".join(dict.fromkeys(c.receiver for c in others))
        words = (
            f"给{who}的：只给盟主还是成员企业每家都给，没有写；"
            f"每家都给的话看{who}是不是雏鹰企业或科技型中小企业、它的研发经费，只给盟主的话没有"
        )
        ask = f"请主管部门明确给不给{who}；请写明它是不是这两种企业"
        return {
            "lead_is_small": Fact(None, words, ask, short=words),
            "lead_invests_rd": Fact(True, tacit=True),
        }
    return {}


def _is_of_firms(programme: Programme) -> bool:
    """Whether its clause is on enterprises, whoever they are."""
    return any(item.key == "is_enterprise" for item in programme.items)


def _is_research(name: str) -> bool:
    return kind_of_member(name) in RESEARCH


def of_another_lead(claim: Claim, lead: frozenset[str]) -> bool:
    """Whether an alliance of somebody else asks for it, and not for the lead. ``lead``: as keys."""
    return bool(claim.entered_for and lead) and not (
        name_key(claim.entered_for) in lead or claim.is_of(lead)
    )


def _paid(programme: Programme, claim: Claim) -> bool:
    """Whether the money is of the level that gives the programme, as far as anybody says."""
    return not programme.payers or claim.level in ("", programme.payers[0])


def _perhaps_of(programme: Programme, claim: Claim) -> bool:
    """Of money that names no project: it names the plan, or neither who paid it nor a plan."""
    nobody = not claim.programme and not claim.plan and not claim.level
    return (claim.programme == programme.id and _paid(programme, claim)) or nobody


def _of_alliance(alliance: Alliance, claim: Claim) -> bool:
    return _for(alliance, claim) or claim.key in alliance.challenges


def _for(alliance: Alliance, claim: Claim) -> bool:
    """Whether it is this alliance's, for no challenge: for nothing by name, or for a project."""
    if claim.key.startswith(f"{alliance.alliance_id}#"):
        return True
    return claim.key in alliance.projects and claim.entered_for == alliance.lead_org


def _received(now: Sequence[Claim], whoever: bool = False, loose: Sequence[Claim] = ()) -> Received:
    """What came; ``loose`` may have been for something else, and so counts for nothing surely."""
    told = [c for c in (*now, *loose) if c.amount_wan is not None]
    total = sum_of(c.amount_wan for c in told)
    words = " + ".join(f"{plain(wan(c.amount_wan or 0))}（{_what(c)}）" for c in told)
    if len(told) > 1:
        words += f" = {plain(total)}"
    doubts = []
    if blank := [c for c in (*now, *loose) if c.amount_wan is None]:
        words += f"{'，' if words else ''}另有 {len(blank)} 项已得没有填金额，只会更少"
        keys = "、".join(c.key for c in blank)
        doubts.append(f"已得的一笔（{keys}，金额未填写）→ 请盟主填写金额")
    doubts += [
        f"已得的 {c.sum_words} 万元算不算、算多少（{c.key}，{c.doubt}）"
        f"→ 请盟主核对（{c.where}），条文没有写的请主管部门明确"
        for c in told
        if c not in loose and c.doubt and not (c.unnamed and _surely(c, whoever) == c.amount_wan)
    ]
    sure = sum_of(_surely(c, whoever) for c in told if c not in loose)
    return Received(float(total), words, tuple(doubts), float(sure))


def _surely(claim: Claim, whoever: bool) -> float | None:
    """What of a sum counts whatever comes out; ``whoever``: received it makes no difference."""
    if not claim.doubt or (whoever and claim.level and claim.doubt in (NO_RECEIVER, UNNAMED)):
        return claim.amount_wan
    return claim.least_wan if claim.least_wan is not None and not claim.assumed else 0


def _of_others(claims: Sequence[Claim]) -> str:
    """What was given in other years, or in none by name."""
    return "、".join(f"{c.year or '没有年度'}：{c.amount_words}（{_what(c)}）" for c in claims)


def _what(claim: Claim) -> str:
    """What the money was for; who received it where that may not be the one who asks."""
    return f"{claim.key}，{claim.receiver}"
