"""A match or a consortium becomes an alliance in one step, with what the match already shows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import Protocol, cast

from matcher.errors import InputError
from matcher.matches import Match, fit
from matcher.policy import others
from matcher.ranking.grades import Band
from matcher.records import Challenge, Team
from matcher.records.alliance import Alliance, MatchBand

_PROOF = 3
# A number that a list gave, and none that was made of a hash.
_SPOKEN = re.compile(r"(?!(?:XQ|TD|LM|draft)-)[\w.-]{1,40}")
# Looked at for a consortium, and for the best team once the demand side's own are left out.
_POOL, _FIRST = 40, 5


class Finder(Protocol):
    """What finds teams and knows them: a `Matcher`."""

    def find_teams(self, challenge: Challenge, top: int) -> Sequence[Match]:
        """The best teams, explained."""

    def judge(self, challenge: Challenge, team_ids: Sequence[str]) -> Sequence[Match]:
        """Named teams, explained."""

    def team(self, team_id: str) -> Team:
        """One team. Raises: NotFoundError."""


def alliance_id_for(challenge: Challenge) -> str:
    """The same challenge gets the same id everywhere; one that is read aloud, as far as its is.

    >>> alliance_id_for(Challenge(challenge_id="K1"))
    'LM-K1'
    >>> alliance_id_for(Challenge(challenge_id="XQ-0123456789"))
    'LM-104c30476a'
    """
    own = challenge.challenge_id
    if _SPOKEN.fullmatch(own):
        return f"LM-{own}"
    return "LM-" + sha256(own.encode(errors="replace")).hexdigest()[:10]


def from_matches(
    challenge: Challenge, matches: Sequence[Match], formed_on: date, alliance_id: str = ""
) -> Alliance:
    """The alliance of a challenge's enterprise with one team, or with those of a consortium.

    Args:
        challenge: who posted it leads.
        matches: of the teams that join; the best band and the evidence of all are kept.
        formed_on: the day.
        alliance_id: "" for one made of the challenge's id.

    Raises:
        InputError: nobody posted the challenge, or nobody joins.
    """
    if not challenge.demand_org:
        raise InputError(
            "这项榜单没有需求单位，没有谁能做盟主", given=challenge.challenge_id,
            remedy="先补写需求单位",
        )  # fmt: skip
    if not matches:
        raise InputError("没有团队加入", given=challenge.challenge_id, remedy="至少选一个团队")
    teams = [match.team for match in matches]
    band = min((match.band for match in matches), key=list(Band).index)
    return Alliance(
        alliance_id=alliance_id or alliance_id_for(challenge),
        name=f"{challenge.name}联盟", lead_org=challenge.demand_org,
        lead_uscc=challenge.demand_org_uscc,
        members=tuple(dict.fromkeys(t.org_name for t in teams if t.org_name)),
        member_cities=tuple(dict.fromkeys(t.city for t in teams if t.city)),
        tech_domain=challenge.tech_domain, chain=challenge.industry, province=challenge.province,
        city=challenge.city, formed_on=formed_on, challenges=(challenge.challenge_id,),
        technical_targets=challenge.indicators_text, match_band=cast("MatchBand", str(band)),
        match_proof=tuple(_proof(matches, teams)),
    )  # fmt: skip


def from_consortium(
    challenge: Challenge, matches: Sequence[Match], formed_on: date, size: int = 5
) -> Alliance:
    """The alliance with the fewest teams that together cover the challenge.

    Args:
        challenge: who posted it leads.
        matches: explained, as `Matcher.find_teams` gives them; the demand side left out.
        formed_on: the day.
        size: most members.

    Raises:
        InputError: as `from_matches`; a need of a title alone has no parts to cover.
    """
    # Here and not above: a solver takes a third of the time in which a reader of files starts.
    from matcher.consortium import Applicant, ConsortiumRules, consortium, requirements

    able = [m for m in matches if m.band in (Band.STRONG, Band.MEDIUM) or m.chance is None]
    rules = ConsortiumRules(max_teams=size, enterprise_lead=True, lead_org=challenge.demand_org)
    people = [Applicant.from_match(m, fit(m.chance, m.rank)) for m in able]
    chosen = {member.team_id for member in consortium(requirements(matches), people, rules).members}
    return from_matches(challenge, [m for m in able if m.team_id in chosen], formed_on)


def form_alliance(
    finder: Finder, challenge: Challenge, team_ids: Sequence[str], whole: bool, formed_on: date
) -> Alliance:
    """The alliance of a challenge with named teams, with those that cover it, or with the best.

    Args:
        finder: a `Matcher`.
        challenge: who posted it leads.
        team_ids: who joins; empty for the best team that is not of the demand side.
        whole: the fewest teams that together cover the challenge, as `from_consortium`.
        formed_on: the day.

    Raises:
        InputError: as `from_matches` and `from_consortium`.
        NotFoundError: no such team.
    """
    for team_id in team_ids:
        finder.team(team_id)
    if whole:
        return from_consortium(challenge, others(finder.find_teams(challenge, _POOL)), formed_on)
    if team_ids:
        return from_matches(challenge, finder.judge(challenge, team_ids), formed_on)
    return from_matches(challenge, others(finder.find_teams(challenge, _FIRST))[:1], formed_on)


def _proof(matches: Sequence[Match], teams: Sequence[Team]) -> list[str]:
    """What showed each team's advantage: the pieces that answered the challenge."""
    found: list[str] = []
    for match, team in zip(matches, teams, strict=True):
        shown = match.explanation.evidence if match.explanation else ()
        found += [f"{team.name}：{piece.title}" for piece in shown[:_PROOF] if piece.title]
    return found
