"""What records already say of a pair: earlier work together, conversions, how mature the work is.

Facts are shown and may be conditions of a pack; they are never part of a score.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from matcher.policy.names import organisation_key
from matcher.records import Challenge, Evidence, Team
from matcher.text.normalise import clean

_CUT = re.compile(r"[、,，;；/]")
_SHOWN = 3
# Columns of a piece in which organisations stand, as lists and tables have them.
_PLACES = ("单位", "申请人", "完成单位", "主要完成单位", "合作单位")


@dataclass(frozen=True, slots=True)
class PairFacts:
    """What records say of a pair; the report, the pages and the rules take it from here.

    Attributes:
        earlier_work: titles of the pieces on which the demand organisation is named.
        conversions: titles of the pieces that were put to use.
        maturity: the highest level of readiness the team shows; None where it is not known.
        target_trl: the level that is asked for.
    """

    earlier_work: tuple[str, ...] = ()
    conversions: tuple[str, ...] = ()
    maturity: int | None = None
    target_trl: int | None = None

    @property
    def maturity_gap(self) -> int | None:
        """How many levels the team is short of the target; None where either is not known."""
        if self.target_trl is None or self.maturity is None:
            return None
        return max(0, self.target_trl - self.maturity)

    @property
    def told(self) -> dict[str, str]:
        """The facts in words by what they are about; nothing of what is not known.

        >>> PairFacts(("预紧机构",), maturity=6, target_trl=8).told
        {'既往合作': '1 项：预紧机构', '成熟度': '6 级，比目标 8 级差 2 级'}
        """
        found = {"既往合作": _listed(self.earlier_work), "转化记录": _listed(self.conversions)}
        if self.maturity is not None:
            found["成熟度"] = f"{self.maturity} 级{self._against_target}"
        return {name: text for name, text in found.items() if text}

    @property
    def _against_target(self) -> str:
        if self.target_trl is None:
            return ""
        gap, target = self.maturity_gap, f"目标 {self.target_trl} 级"
        return f"，比{target}差 {gap} 级" if gap else f"，达到{target}"


def pair_facts(challenge: Challenge, team: Team) -> PairFacts:
    """The facts of a pair.

    >>> ours = Challenge(challenge_id="C", target_trl=8)
    >>> pair_facts(ours, Team(team_id="T", trl_range="3-6")).maturity_gap
    2
    """
    return PairFacts(
        tuple(clean(piece.title) for piece in earlier_work(challenge, team)),
        tuple(clean(piece.title) for piece in conversions(team)),
        team.maturity,
        challenge.target_trl,
    )


def _listed(titles: tuple[str, ...]) -> str:
    more = "等" if len(titles) > _SHOWN else ""
    return f"{len(titles)} 项：{'；'.join(titles[:_SHOWN])}{more}" if titles else ""


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


def partners(piece: Evidence) -> Iterator[str]:
    """The organisations a piece names beside the team's own."""
    yield from _CUT.split(piece.partner_org)
    for place in _PLACES:
        value = piece.extra.get(place, ())
        yield from _CUT.split(value) if isinstance(value, str) else map(str, value)
