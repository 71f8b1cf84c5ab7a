"""What matching gives back: matches, rankings, failures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

from matcher.errors import InputError, WorkspaceError
from matcher.explanation import Explanation
from matcher.ranking.grades import Band, Verdict
from matcher.records import Challenge, Team

if TYPE_CHECKING:
    from pandas import DataFrame

# What a verdict means for whoever asked.
_ADVICE: Mapping[Verdict, str] = {
    Verdict.ANSWERABLE: "先联系前几个，依据和缺口见各自的条目。",
    Verdict.DOUBTFUL: "库内有相近团队，但把握不大；建议扩大团队库或放宽条件。",
    Verdict.NOBODY: "库内没有合适团队；以下只是最接近的，不建议据此对接。",
    Verdict.UNKNOWN: "没有使用语义模型，只按用词排序；不给出档次和结论。",
}
# Of a frame, and how a notebook calls them.
_COLUMNS: Mapping[str, str] = {
    "rank": "名次", "team_id": "团队编号", "team_name": "团队", "org_name": "单位",
    "org_type": "单位类型", "province": "省", "city": "市", "band": "档次", "score": "得分",
    "chance": "把握", "evidence_kind": "依据类型", "evidence": "最佳依据", "year": "年份",
    "covered": "覆盖", "unseen": "未见", "requirements": "要求",
}  # fmt: skip
_SHOWN = ("名次", "团队", "单位", "省", "档次", "最佳依据", "年份", "覆盖", "未见", "要求")
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

    def to_frame(self) -> DataFrame:
        """As a pandas DataFrame, a row a team, best first; contacts stay out."""
        from pandas import DataFrame

        return DataFrame([_as_row(match) for match in self.matches], columns=list(_COLUMNS))

    def _repr_html_(self) -> str:
        """What a notebook shows: the verdict, and each team with what proves it."""
        shown = self.to_frame().rename(columns=_COLUMNS)[list(_SHOWN)]
        told = escape(f"{self.challenge.name}：{self.verdict}")
        return f"<p><strong>{told}</strong></p>{shown.to_html(index=False, na_rep='')}"


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


def _as_row(match: Match) -> dict[str, Any]:
    """A line of a frame; what was not explained stays empty."""
    team, told = match.team, match.explanation
    row: dict[str, Any] = {
        "rank": match.rank, "team_id": match.team_id, "team_name": team.name,
        "org_name": team.org_name, "org_type": team.org_type, "province": team.province,
        "city": team.city, "band": str(match.band), "score": match.score, "chance": match.chance,
    }  # fmt: skip
    if told is None:
        return row
    if told.evidence:
        best = told.evidence[0]
        row |= {"evidence_kind": best.kind, "evidence": best.title, "year": best.year}
    return row | {
        "covered": len(told.covered), "unseen": len(told.uncovered),
        "requirements": len(told.coverage),
    }  # fmt: skip
