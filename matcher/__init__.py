"""揭榜挂帅技术需求与科研团队匹配: which teams in China can solve a posted challenge, and why.

>>> from matcher import Challenge, Matcher, Team
>>> teams = [
...     Team(team_id="1", research_directions=["轴承钢夹杂物控制"]),
...     Team(team_id="2", research_directions=["合唱指挥"]),
... ]
>>> m = Matcher.from_records([], teams, encoder=None)
>>> [match.team.team_id for match in m.find_teams("高端轴承钢的洁净度不足")]
['1', '2']
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matcher.corpora import read_challenges, read_teams
    from matcher.errors import MatcherError
    from matcher.index.documents import Filter
    from matcher.pipeline import Matcher
    from matcher.records import Challenge, Evidence, Outcome, Team
    from matcher.workspace import Workspace

__version__ = "0.1.0"

_HOMES = {
    "Challenge": "matcher.records",
    "Evidence": "matcher.records",
    "Filter": "matcher.index.documents",
    "Matcher": "matcher.pipeline",
    "MatcherError": "matcher.errors",
    "Outcome": "matcher.records",
    "Team": "matcher.records",
    "Workspace": "matcher.workspace",
    "read_challenges": "matcher.corpora",
    "read_teams": "matcher.corpora",
}

__all__ = [
    "Challenge",
    "Evidence",
    "Filter",
    "Matcher",
    "MatcherError",
    "Outcome",
    "Team",
    "Workspace",
    "read_challenges",
    "read_teams",
]


def __getattr__(name: str) -> object:
    """Public names load on first use, so that ``import matcher`` costs nothing (PEP 562)."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'matcher' has no attribute {name!r}")
