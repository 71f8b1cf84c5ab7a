"""What records already say of a pair: earlier work together, conversions, how mature the work is.

Facts are shown and may be conditions of a pack; they are never part of a score.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from matcher.policy.names import organisation_key
from matcher.records import Challenge, Evidence, Team

_CUT = re.compile(r"[、,，;；/]")
_LEVELS = re.compile(r"[1-9]")
# Columns of a piece in which organisations stand, as lists and tables have them.
_PLACES = ("单位", "申请人", "完成单位", "主要完成单位", "合作单位")


@dataclass(frozen=True, slots=True)
class PairFacts:
    """What records say of a pair: titles of earlier work together, levels short of the target."""

    earlier_work: tuple[str, ...] = ()
    maturity_gap: int | None = None


def pair_facts(challenge: Challenge, team: Team) -> PairFacts:
    """The facts of a pair, for the context of the checks."""
    pieces = earlier_work(challenge, team)
    return PairFacts(tuple(piece.title for piece in pieces), maturity_gap(challenge, team))


def earlier_work(
    challenge: Challenge, team: Team, aliases: Mapping[str, str] | None = None
) -> tuple[Evidence, ...]:
    """The pieces of a team on which the demand organisation is named: 既往合作.

    >>> ours = Challenge(challenge_id="C", demand_org="某某轴承有限公司")
    >>> piece = Evidence(kind="专利", title="预紧机构", partner_org="某某轴承有限公司")
    >>> [e.title for e in earlier_work(ours, Team(team_id="T", evidence=(piece,)))]
    ['预紧机构']
    """
    demand = organisation_key(challenge.demand_org, aliases)
    if not demand:
        return ()
    return tuple(
        piece for piece in team.evidence
        if any(organisation_key(name, aliases) == demand for name in partners(piece))
    )  # fmt: skip


def conversions(team: Team) -> tuple[Evidence, ...]:
    """The pieces that were put to use: of the kind 转化, or with a partner and an amount."""
    return tuple(
        piece for piece in team.evidence
        if piece.kind == "转化" or (piece.partner_org and piece.amount_wan is not None)
    )  # fmt: skip


def maturity(team: Team) -> int | None:
    """The highest level of readiness (1 to 9) that the team's records show, if any does."""
    levels = [piece.trl for piece in team.evidence if piece.trl is not None]
    levels += [int(level) for level in _LEVELS.findall(team.trl_range)]
    return max(levels, default=None)


def maturity_gap(challenge: Challenge, team: Team) -> int | None:
    """How many levels the team is short of the target; None where either is not known.

    >>> ours = Challenge(challenge_id="C", target_trl=8)
    >>> maturity_gap(ours, Team(team_id="T", trl_range="3-6"))
    2
    """
    reached = maturity(team)
    if challenge.target_trl is None or reached is None:
        return None
    return max(0, challenge.target_trl - reached)


def partners(piece: Evidence) -> Iterator[str]:
    """The organisations a piece names beside the team's own."""
    yield from _CUT.split(piece.partner_org)
    for place in _PLACES:
        value = piece.extra.get(place, ())
        yield from _CUT.split(value) if isinstance(value, str) else map(str, value)
