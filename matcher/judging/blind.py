"""A team as a judge sees it: what it does, without whose it is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from matcher.contacts import hide_contacts
from matcher.index.passages import subject_of_name, without_rank
from matcher.records import Team
from matcher.text.normalise import clean

_RESULTS = 15
_PROFILE = 300
_HIDDEN = "某某"


@dataclass(frozen=True, slots=True)
class Blind:
    """Subject, directions, capabilities and results; names, ranks, honours and contacts hidden."""

    subject: str
    directions: str
    capabilities: str
    results: str


def blind(team: Team) -> Blind:
    """What a judge may see of a team.

    >>> from matcher.records import Evidence
    >>> seen = blind(Team(team_id="1", org_name="东海大学", leader_name="王一",
    ...     research_directions=("东海大学王一团队的控轧控冷",),
    ...     evidence=(Evidence(kind="奖励", title="超快冷获国家一等奖"),)))
    >>> seen.directions, seen.results
    ('某某某某团队的控轧控冷', '奖励：超快冷获')
    """
    named = _names(team)
    results = [f"{piece.kind}：{_hidden(piece.title, named)}" for piece in team.evidence[:_RESULTS]]
    rest = len(team.evidence) - _RESULTS
    if rest > 0:
        results.append(f"另有 {rest} 项")
    said = (*team.research_directions, *team.application_domains, team.profile[:_PROFILE])
    able = (*team.core_capabilities, *team.facilities)
    return Blind(
        subject=_joined((subject_of_name(team), *team.tech_domain), named),
        directions=_joined(said, named),
        capabilities=_joined(able, named),
        results="\n".join(results),
    )


def _names(team: Team) -> re.Pattern[str] | None:
    parts = {team.org_name, *team.org_aliases, team.department, team.leader_name, *team.members}
    known = sorted((part for part in parts if len(part) > 1), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, known))) if known else None


def _hidden(text: str, names: re.Pattern[str] | None) -> str:
    bare = clean(text)
    return hide_contacts(without_rank(names.sub(_HIDDEN, bare) if names else bare))


def _joined(texts: tuple[str, ...], names: re.Pattern[str] | None) -> str:
    return "；".join(dict.fromkeys(filter(None, (_hidden(text, names) for text in texts))))
