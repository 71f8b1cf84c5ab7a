"""What matching gives back: matches, rankings, failures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from matcher.errors import InputError, WorkspaceError
from matcher.explanation import Explanation
from matcher.ranking.grades import Band, Verdict
from matcher.records import Challenge, Team

# What a verdict means for whoever asked.
_ADVICE: Mapping[Verdict, str] = {
    Verdict.ANSWERABLE: "先联系前几个, 依据和缺口见各自的条目。",
    Verdict.DOUBTFUL: "库内有相近团队, 但把握不大; 建议扩大团队库或放宽条件。",
    Verdict.NOBODY: "库内没有合适团队; 以下只是最接近的, 不建议据此对接。",
    Verdict.UNKNOWN: "没有使用语义模型, 只按用词排序; 不给出档次和结论。",
}
_TOO_SHORT = "只有一个词，太短，判断不了谁合适；写明对象和要解决的问题再找。"


@dataclass(frozen=True)
class Match:
    """One team for one challenge.

    A list is long, and of most teams on it nothing but the number is ever asked for; so the record
    is read when it is looked at.

    Attributes:
        rank: 1 is best.
        records: where the team's record is.
        score: of the ranker; comparable within one ranking, not a percentage.
        band: how likely the team is an answer, in words; 未定 without an encoder.
        explanation: None where none was asked for.
        chance: the calibrated probability behind the band, comparable between challenges (what
            an assignment adds up); None where the band is 未定. Shown in words, never as a share.
    """

    rank: int
    challenge: Challenge
    team_id: str
    score: float
    band: Band = Band.UNKNOWN
    explanation: Explanation | None = None
    chance: float | None = None
    records: Mapping[str, Team] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def team(self) -> Team:
        """The team. Raises: WorkspaceError where its record was deleted since."""
        try:
            return self.records[self.team_id]
        except KeyError as error:
            raise WorkspaceError(
                "工作区已被另一个进程更新", given=self.team_id, remedy="重新打开工作区后再试"
            ) from error


@dataclass(frozen=True, slots=True)
class Ranking:
    """The teams for one challenge, best first.

    Attributes:
        verdict: whether the library holds a fitting team, in words.
        chance: the calibrated probability behind the verdict; None where it is 未定.
        too_short: whether what was asked is one word, of which nothing can be said.
    """

    challenge: Challenge
    matches: tuple[Match, ...]
    verdict: Verdict = Verdict.UNKNOWN
    chance: float | None = None
    too_short: bool = False

    @property
    def advice(self) -> str:
        """What the verdict means for whoever asked."""
        return _TOO_SHORT if self.too_short else _ADVICE[self.verdict]


@dataclass(frozen=True, slots=True)
class Failure:
    """A challenge that could not be ranked, and why."""

    challenge: Challenge
    reason: str

    @property
    def error(self) -> InputError:
        """What to tell who asked for this one challenge."""
        return InputError(self.reason, given=self.challenge.name, remedy="写明题目或要解决的问题")


def fit(chance: float | None, rank: int) -> float:
    """What an assignment or a consortium adds up for a team: the calibrated chance.

    Without calibration nothing is comparable between challenges but the place, so 1/rank stands
    in; it counts only where staff let teams of the band 未定 in.

    >>> fit(0.4, 2), fit(None, 2), fit(None, 3)
    (0.4, 0.5, 0.3333)
    """
    return chance if chance is not None else round(1 / max(1, rank), 4)
