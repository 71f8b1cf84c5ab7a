"""What an alliance or a challenge may ask for, for those whose matter its money is."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from pydantic import Field

from matcher.alliances import (
    AccountYear,
    account_year,
    advice_around_challenge,
    advice_for,
    all_claims,
    carrier_of,
)
from matcher.errors import NotFoundError
from matcher.policy import Advice, Claim, PolicyPack, Told, statement_of
from matcher.records import Challenge
from matcher.service.context import Caller
from matcher.service.desk import matching
from matcher.service.desk.alliances import challenges_of, led, may_all, pack_of, shown_of
from matcher.service.views import View
from matcher.text.dates import today


class AdviceView(View):
    """What is said of one programme; 未填写 stays blank, and so does most where none may be had."""

    programme_id: str
    name: str
    verdict: str
    receiver: str
    headline: str
    lines: list[str]
    why_not: list[str]
    to_check: list[str]
    least_wan: float | None
    most_wan: float | None
    formula: str
    asked: str
    others: str
    negotiable: str
    source: str
    clauses: list[str]
    readings: Annotated[list[str], Field(description="本工具的理解，条文没有写")]


class Advised(View):
    """What may be asked for in a year: why that year, what is left of the caps, one by one."""

    year: int
    why_year: str
    about: Annotated[str, Field(description="榜单由哪个联盟承担")]
    source: Annotated[str, Field(description="原句出自哪里")]
    summary: Annotated[list[str], Field(description="可以申请、待核实、不符合各有哪些")]
    later: Annotated[list[str], Field(description="没有拟申请的计划还要补什么")]
    rooms: Annotated[list[str], Field(description="年度上限：每一笔计不计入、写在哪里")]
    common: Annotated[list[str], Field(description="各计划共同的条件")]
    programmes: list[AdviceView]


def programmes(
    caller: Caller, alliance_id: str, year: int | None = None, pack: str = ""
) -> Advised:
    """What it may ask for. Raises: NotFoundError: nobody's but its lead's and staff's."""
    alliance, rules = led(caller, alliance_id), pack_of(pack)
    challenges = challenges_of(caller)
    claims = _claims(caller, rules, challenges)
    own = [alliance.lead_org, *alliance.challenges]
    asked = _year_of(rules, year, claims, own)
    shown = shown_of(caller, alliance)
    advice = advice_for(rules, alliance, asked.year, claims, challenges, shown)
    return _advised(rules, asked, advice)


def programmes_of_challenge(
    caller: Caller, challenge_id: str, year: int | None = None, pack: str = ""
) -> Advised:
    """What a challenge may ask for, by the alliance that carries it.

    Raises:
        NotFoundError: it is neither the caller's nor staff's matter.
    """
    challenge, rules = matching.challenge_of(caller, challenge_id), pack_of(pack)
    if not (caller.principal.is_staff or caller.principal.belongs_to(challenge.demand_org)):
        raise NotFoundError("没有这项榜单", given=challenge_id, remedy="只能看本单位的榜单")
    posted = challenges_of(caller)
    claims = _claims(caller, rules, posted)
    known = [one for one in caller.service.alliances.all() if may_all(caller, one)]
    asked = _year_of(rules, year, claims, [challenge.demand_org, challenge_id])
    carrier, about = carrier_of(challenge, known)
    shown = shown_of(caller, carrier) if carrier else {}
    advice = advice_around_challenge(rules, challenge, asked.year, claims, known, posted, shown)
    return _advised(rules, asked, advice, about)


def _year_of(
    rules: PolicyPack, year: int | None, claims: tuple[Claim, ...], own: list[str]
) -> AccountYear:
    if year is not None:
        return AccountYear(year, "所选的年度")
    return account_year(rules, today().year, claims, [name for name in own if name])


def _advised(
    rules: PolicyPack, asked: AccountYear, advice: tuple[Advice, ...], about: str = ""
) -> Advised:
    page = statement_of(rules, advice)
    return Advised(
        year=asked.year, why_year=asked.why, about=about, source=page.source,
        summary=list(page.summary), later=list(page.later), rooms=list(page.rooms),
        common=list(page.common),
        programmes=[_advice_view(told) for told in page.programmes],
    )  # fmt: skip


def _advice_view(told: Told) -> AdviceView:
    one = told.advice
    said = asdict(one) | {"headline": one.headline, "lines": told.lines}
    if one.why_not:
        said |= {"least_wan": None, "most_wan": None}
    return AdviceView.model_validate(
        {n: v for n, v in said.items() if n in AdviceView.model_fields}
    )


def _claims(
    caller: Caller, rules: PolicyPack, challenges: dict[str, Challenge]
) -> tuple[Claim, ...]:
    outcomes = caller.snapshot.workspace.outcomes()
    return all_claims(rules, caller.service.alliances.all(), list(challenges.values()), outcomes)
