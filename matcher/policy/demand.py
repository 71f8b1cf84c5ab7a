"""Whose challenge it is, and that nobody is offered a challenge of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from matcher.matches import Match
from matcher.policy.names import organisation_key
from matcher.records import Challenge, Team
from matcher.text.organisations import normalise_organisation

# A list often says only 单位 or 企业 over who posts the challenge; what reads it keeps the column.
_POSTER = re.compile(
    r"(?:(?:技术|难题|项目)?(?:需求|发榜|出题|提出|提报|填报|申报|申请|所属|所在|牵头|报送|委托|征集))?"
    r"(?:单位|企业|公司|机构)(?:全称|名称)?|甲方|(?:需求|发榜|委托|出题)(?:方|人)|盟主"
)
_NOISE = re.compile(r"[\s*:：()（）]+|必填")


def demand_organisations(challenge: Challenge) -> tuple[str, ...]:
    """Who posts a challenge: its 需求单位, and what stands in columns that can mean nobody else.

    >>> demand_organisations(Challenge(challenge_id="C", extra={"单位名称": "某某轴承有限公司"}))
    ('某某轴承有限公司',)
    >>> demand_organisations(Challenge(challenge_id="C", extra={"推荐单位": "某市科技局"}))
    ()
    """
    stated = [challenge.demand_org]
    stated += [
        value.strip()
        for header, value in challenge.extra.items()
        if isinstance(value, str) and _POSTER.fullmatch(_NOISE.sub("", header))
    ]
    return tuple(dict.fromkeys(name for name in stated if name))


def is_demand_side(challenge: Challenge, team: Team) -> bool:
    """Whether a team belongs to who posts the challenge, by any known spelling of either.

    >>> ours = Challenge(challenge_id="C", extra={"单位": "大工"})
    >>> is_demand_side(ours, Team(team_id="T", org_name="大连理工大学"))
    True
    """
    demand = {_key(name) for name in demand_organisations(challenge)} - {""}
    return bool(demand) and any(_key(name) in demand for name in (team.org_name, *team.org_aliases))


def others(matches: Iterable[Match]) -> tuple[Match, ...]:
    """The matches but those of an organisation with its own challenge; who is left moves up."""
    kept = (m for m in matches if not is_demand_side(m.challenge, m.team))
    return tuple(m if m.rank == rank else replace(m, rank=rank) for rank, m in enumerate(kept, 1))


def _key(name: str) -> str:
    return organisation_key(normalise_organisation(name))
