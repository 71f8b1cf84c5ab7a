"""Whether a member's work answers what the alliance works on, as the library itself shows it.

Looked up by what matches, never by anybody's name or rank.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from matcher.alliances.members import research_members
from matcher.index.passages import PROFILE
from matcher.matches import Match
from matcher.policy import Fact
from matcher.ranking.grades import Band
from matcher.records import Challenge, Team
from matcher.records.alliance import Alliance
from matcher.text.organisations import normalise_organisation

_SHOWN = 3
FIT = (Band.STRONG, Band.MEDIUM)
"""Bands in which a member's work answers what is asked for."""


class Judging(Protocol):
    """What knows how well named teams answer a challenge: a `Matcher`."""

    def judge(self, challenge: Challenge, team_ids: Sequence[str]) -> Sequence[Match]:
        """Named teams, best first, explained."""


def teams_of(alliance: Alliance, teams: Iterable[Team]) -> list[str]:
    """Ids of the teams in the library that belong to its universities and institutes."""
    members = {normalise_organisation(name) for name in research_members(alliance)}
    return [
        team.team_id
        for team in teams
        if members & {normalise_organisation(n) for n in (team.org_name, *team.org_aliases) if n}
    ]


def advantage_shown(
    finder: Judging, team_ids: Sequence[str], alliance: Alliance,
    challenges: Mapping[str, Challenge],
) -> Fact | None:  # fmt: skip
    """What the library shows of its members' advantage; None where it can show nothing.

    Args:
        finder: a `Matcher`.
        team_ids: of its members (`teams_of`).
        alliance: whose challenges are looked at.
        challenges: of the workspace, by id.
    """
    carried = [challenges[i] for i in alliance.challenges if i in challenges]
    if not team_ids:
        return None
    best = [found[0] for one in carried if (found := finder.judge(one, team_ids))]
    known = [match for match in best if match.band is not Band.UNKNOWN]
    if not known:
        return None
    match = min(known, key=lambda one: list(Band).index(one.band))
    pieces = match.explanation.evidence if match.explanation else ()
    # What a team says of itself is no work that shows anything.
    done = [piece.title for piece in pieces if piece.kind != PROFILE and piece.title]
    proof = "、".join(done[:_SHOWN]) or "没有成果，只有自述的方向"
    told = (
        f"团队库里查得：{match.team.org_name} {match.team.name}（{match.team_id}）对榜单 "
        f"{match.challenge.challenge_id} 匹配档次“{match.band}”，依据：{proof}"
    )
    if match.band in FIT and done:
        return Fact(True, told)
    return Fact(None, told, "请成员补充与攻关内容对应的成果（论文、专利、项目、实测指标）")
