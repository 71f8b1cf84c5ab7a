"""The advantage of a member is looked up in the library; what was filled in stays for the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from matcher import Challenge, Matcher, Team
from matcher.alliances import Alliance, advantage_shown, advice_for, alliance_facts, teams_of
from matcher.explanation import EvidencePiece, Explanation
from matcher.index.passages import PROFILE
from matcher.matches import Match
from matcher.policy import shipped_pack
from matcher.ranking.grades import Band

LIAONING = shipped_pack("liaoning-2021")
POSTED = Challenge(challenge_id="K1", demand_org="甲公司", title="轴承钢夹杂物控制", stage="发榜")
TEAM = Team(
    team_id="T1", team_name="炼钢团队", org_name="大连理工大学", research_directions=["夹杂物"]
)
OTHER = Team(
    team_id="T2", team_name="别家", org_name="东北大学", research_directions=["轴承钢夹杂物"]
)
ONE = Alliance(
    alliance_id="A1", lead_org="甲公司", members=["大工"], challenges=["K1"], match_band="强",
    match_proof=["自己写的"],
)  # fmt: skip
PIECE = EvidencePiece("论文", "轴承钢夹杂物的去除", 2020, 1.0, 1.0, (), "")
SAID = EvidencePiece(PROFILE, "研究方向与能力", None, 1.0, 1.0, (), "")


@dataclass(frozen=True)
class Library:
    """Says one band of every team, with or without a piece of work."""

    band: Band
    pieces: tuple[EvidencePiece, ...] = (PIECE,)

    def judge(self, challenge: Challenge, team_ids: Sequence[str]) -> Sequence[Match]:
        explained = Explanation((), self.pieces, ())
        return [Match(1, challenge, team_ids[0], 1.0, self.band, explained, 0.5, {"T1": TEAM})]


@pytest.mark.parametrize(
    ("library", "holds"),
    [
        (Library(Band.STRONG), True), (Library(Band.MEDIUM), True), (Library(Band.WEAK), None),
        (Library(Band.STRONG, ()), None), (Library(Band.STRONG, (SAID,)), None),
    ],
)  # fmt: skip
def test_the_library_goes_before_what_was_filled_in(library: Library, holds: bool | None) -> None:
    found = advantage_shown(library, ["T1"], ONE, {"K1": POSTED})
    assert found is not None
    assert found.holds is holds
    fact = alliance_facts(LIAONING, ONE, {"K1": POSTED}, shown={"A1": found})
    told = fact["member_has_advantage"]
    assert "团队库里查得：大连理工大学 炼钢团队（T1）对榜单 K1 匹配档次" in told.basis
    assert "自己写的" not in told.basis
    assert ("轴承钢夹杂物的去除" in told.basis) == (PIECE in library.pieces)
    advice = advice_for(LIAONING, ONE, 2021, (), {"K1": POSTED}, {"A1": found})
    said = "".join(words for a in advice for words in (*a.met, *a.to_check))
    assert "团队库里查得" in said


def test_what_was_filled_in_is_marked_where_the_library_has_no_such_team() -> None:
    assert teams_of(ONE, [TEAM, OTHER]) == ["T1"]  # by any spelling of the member
    assert teams_of(ONE.model_copy(update={"members": ("某银行",)}), [TEAM, OTHER]) == []
    assert advantage_shown(Library(Band.STRONG), [], ONE, {"K1": POSTED}) is None
    assert advantage_shown(Library(Band.STRONG), ["T1"], ONE, {}) is None
    lexical = Matcher.from_records([POSTED], [TEAM, OTHER], encoder=None)
    assert advantage_shown(lexical, ["T1"], ONE, {"K1": POSTED}) is None  # no bands by words alone
    told = alliance_facts(LIAONING, ONE, {"K1": POSTED})["member_has_advantage"]
    assert told.holds is True
    assert told.basis.startswith("联盟表自填或组建时记下：匹配档次“强”，依据：自己写的")
