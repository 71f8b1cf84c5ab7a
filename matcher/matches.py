"""What matching gives back: matches, rankings, failures."""

from __future__ import annotations

from dataclasses import dataclass

from matcher.errors import InputError
from matcher.explanation import Explanation
from matcher.ranking.calibration import Band, Verdict
from matcher.records import Challenge, Team


@dataclass(frozen=True, slots=True)
class Match:
    """One team for one challenge.

    Attributes:
        rank: 1 is best.
        score: of the ranker; comparable within one ranking, not a percentage.
        band: how likely the team is an answer, in words; 未定 without an encoder.
        explanation: None where none was asked for.
        chance: the calibrated probability behind the band, comparable between challenges (what
            an assignment adds up); None where the band is 未定. Shown in words, never as a share.
    """

    rank: int
    challenge: Challenge
    team: Team
    score: float
    band: Band = "未定"
    explanation: Explanation | None = None
    chance: float | None = None


@dataclass(frozen=True, slots=True)
class Ranking:
    """The teams for one challenge, best first.

    Attributes:
        verdict: whether the library holds a fitting team, in words.
        chance: the calibrated probability behind the verdict; None where it is 未定.
    """

    challenge: Challenge
    matches: tuple[Match, ...]
    verdict: Verdict = "未定"
    chance: float | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A challenge that could not be ranked, and why."""

    challenge: Challenge
    reason: str

    @property
    def error(self) -> InputError:
        """What to tell who asked for this one challenge."""
        return InputError(self.reason, given=self.challenge.name, remedy="写明题目或要解决的问题")
