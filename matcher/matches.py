"""What matching gives back: matches, rankings, failures."""

from __future__ import annotations

from dataclasses import dataclass

from matcher.explanation import Explanation
from matcher.records import Challenge, Team


@dataclass(frozen=True, slots=True)
class Match:
    """One team for one challenge.

    Attributes:
        rank: 1 is best.
        score: of the ranker; comparable within one ranking, not a percentage.
        explanation: None where none was asked for.
    """

    rank: int
    challenge: Challenge
    team: Team
    score: float
    explanation: Explanation | None = None


@dataclass(frozen=True, slots=True)
class Ranking:
    """The teams for one challenge, best first."""

    challenge: Challenge
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """A challenge that could not be ranked, and why."""

    challenge: Challenge
    reason: str
