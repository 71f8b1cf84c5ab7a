"""An explanation is data that adds up and points to the team's own evidence."""

from __future__ import annotations

import pytest

from matcher import Challenge, Evidence, Matcher, Team
from matcher.explanation import Explanation
from matcher.index.passages import team_passages
from matcher.matches import Match
from matcher.ranking.coverage import said_in
from matcher.ranking.grades import UNVERIFIED
from matcher.text.facets import facets

SUBJECTS = ["GF2-001", "GF2-079", "GF2-121"]


def explained(matcher: Matcher, wanted: str | Challenge, top: int = 8) -> list[Match]:
    found = list(matcher.find_teams(wanted, top))
    assert all(match.explanation is not None for match in found)
    return found


def explanation(match: Match) -> Explanation:
    assert match.explanation is not None
    return match.explanation


@pytest.mark.parametrize("challenge_id", SUBJECTS)
def test_parts_sum_to_the_score(matcher: Matcher, challenge_id: str) -> None:
    for match in explained(matcher, challenge_id):
        parts = explanation(match).parts
        assert sum(part.value for part in parts) == pytest.approx(match.score, abs=1e-4)
        assert all(part.label for part in parts)
        assert len({part.name for part in parts}) == len(parts)


@pytest.mark.parametrize("challenge_id", SUBJECTS)
def test_evidence_is_the_teams_own_best_first(matcher: Matcher, challenge_id: str) -> None:
    for match in explained(matcher, challenge_id):
        own = {(p.kind, p.title, p.year): p.text for p in team_passages(match.team)}
        pieces = explanation(match).evidence
        assert 1 <= len(pieces) <= 2
        for piece in pieces:
            assert piece.snippet in own[piece.kind, piece.title, piece.year]
        fused = [piece.lexical + piece.dense for piece in pieces]
        assert fused == sorted(fused, reverse=True)


@pytest.mark.parametrize("challenge_id", SUBJECTS)
def test_terms_are_shared_words_and_add_no_more_than_the_words_gave(
    matcher: Matcher, challenge_id: str
) -> None:
    challenge = matcher.challenges[challenge_id]
    asked = {w for f in facets(challenge) for w in matcher.tokenizer.words(f.text)}
    asked |= {w for domain in challenge.tech_domain for w in matcher.tokenizer.words(domain)}
    for match in explained(matcher, challenge_id):
        held = {w for p in team_passages(match.team) for w in matcher.tokenizer.tokens(p.text)}
        for piece in explanation(match).evidence:
            words = [term for term, _ in piece.terms]
            shares = [share for _, share in piece.terms]
            for word in words:
                term = word.split("（")[0]
                assert term in asked & held or set(matcher.tokenizer.words(term)) & asked & held
            assert all(share > 0 for share in shares)
            assert shares == sorted(shares, reverse=True)
            assert not any(a != b and a in b for a in words for b in words)


def test_terms_of_a_piece_sum_to_its_words_above_a_piece_without_any(lexical: Matcher) -> None:
    """Standardising shifts every score by the same amount, which no word is to blame for."""
    (match,) = explained(lexical, "GF2-001", 1)
    piece = explanation(match).evidence[0]
    scores = [
        explanation(found).evidence[0]
        for found in explained(lexical, "GF2-001", 400)
        if not explanation(found).evidence[0].terms
    ]
    lowest = min(piece.lexical for piece in scores)
    assert 0 < sum(share for _, share in piece.terms) <= piece.lexical - lowest + 1e-3


@pytest.mark.parametrize("challenge_id", SUBJECTS)
def test_coverage_says_one_thing_of_every_requirement(matcher: Matcher, challenge_id: str) -> None:
    """The title is none; what proves it is a single thing that the team says."""
    labels = [f.label for f in facets(matcher.challenges[challenge_id]) if f.kind != "题目"]
    for match in explained(matcher, challenge_id):
        why = explanation(match)
        assert [c.facet.label for c in why.coverage] == labels
        partly = tuple(c.facet.label for c in why.coverage if c.status == "部分")
        assert sorted([*why.covered, *partly, *why.uncovered]) == sorted(labels)
        own = {(said.kind, said.title) for said in said_in(team_passages(match.team))}
        for coverage in why.coverage:
            shown = (coverage.evidence_kind, coverage.evidence_title)
            assert shown == ("", "") if coverage.status == "未见" else shown in own
            assert shown != ("方向", "研究方向与能力")
            assert 0 <= coverage.share <= 1 + 1e-6
            assert 0 <= coverage.chance <= 1


def test_an_indicator_is_covered_by_a_value_that_meets_it_and_by_nothing_else(
    matcher: Matcher,
) -> None:
    challenge = Challenge(
        challenge_id="1", title="轴承钢夹杂物控制", indicators_text="总氧≤6ppm；夹杂物尺寸≤10μm"
    )
    shows = Evidence(kind="论文", title="轴承钢夹杂物控制", indicators="总氧 5ppm; 夹杂物尺寸 20μm")
    team = Team(team_id="钢", research_directions=["轴承钢夹杂物尺寸控制"], evidence=[shows])
    library = [*matcher.teams.values(), team]
    other = Matcher.from_records([challenge], library, encoder=matcher.encoder)
    why = {m.team.team_id: explanation(m) for m in explained(other, "1", 3)}["钢"]
    met, missed = why.coverage
    assert (met.status, met.evidence_title, met.note) == ("覆盖", "轴承钢夹杂物控制", "")
    assert (missed.status, missed.note) == ("部分", UNVERIFIED)


def test_places_common_verbs_and_manners_prove_nothing(matcher: Matcher) -> None:
    challenge = Challenge(
        challenge_id="1", title="菱镁矿浮选", research_content="1.辽宁、专家、一次、交流；2.捕收剂"
    )
    team = Team(team_id="甲", research_directions=["一次、专家、交流、辽宁", "菱镁矿浮选捕收剂"])
    library = [*matcher.teams.values(), team]
    other = Matcher.from_records([challenge], library, encoder=matcher.encoder)
    why = {m.team.team_id: explanation(m) for m in explained(other, "1", 3)}["甲"]
    assert not {"辽宁", "专家", "一次", "交流"} & set(why.terms)
    assert why.coverage[0].share == 0


@pytest.mark.slow
def test_a_team_that_did_exactly_this_covers_it_and_a_choir_does_not(matcher: Matcher) -> None:
    challenge = Challenge(
        challenge_id="1", title="轴承钢夹杂物控制", research_content="1.镁铝尖晶石变性；2.合唱指挥"
    )
    steel = Team(
        team_id="钢",
        evidence=[
            Evidence(kind="论文", title="轴承钢夹杂物控制", year=2021),
            Evidence(kind="专利", title="镁铝尖晶石变性方法", year=2020),
        ],
    )
    choir = Team(team_id="唱", profile="合唱指挥")
    library = [*matcher.teams.values(), steel, choir]
    other = Matcher.from_records([challenge], library, encoder=matcher.encoder)
    why = {m.team.team_id: explanation(m) for m in explained(other, "1", 3)}
    assert next(iter(why)) == "钢"
    assert why["钢"].covered == ("攻关内容1",)
    assert "攻关内容2" not in why["钢"].covered
    shown = {(piece.kind, piece.year) for piece in why["钢"].evidence}
    assert shown == {("论文", 2021), ("专利", 2020)}
    assert "夹杂物" in "".join(why["钢"].terms)


def test_a_free_text_is_explained_like_a_challenge(matcher: Matcher) -> None:
    found = explained(matcher, "海上风电齿轮箱轴承\n轴承疲劳寿命不足", 3)
    assert [c.facet.label for c in explanation(found[0]).coverage] == ["问题"]
    assert any("轴承" in term for match in found for term in explanation(match).terms)


def test_explanations_do_not_depend_on_how_many_are_asked_for(matcher: Matcher) -> None:
    few, many = explained(matcher, "GF2-001", 2), explained(matcher, "GF2-001", 5)
    assert few == many[:2]


def test_without_an_encoder_nothing_is_called_semantic(lexical: Matcher) -> None:
    for match in explained(lexical, "GF2-001", 3):
        why = explanation(match)
        assert not any(part.value for part in why.parts if part.name.startswith("dense"))
        assert all(piece.dense == 0 for piece in why.evidence)


def test_terms_met_across_languages_are_shown_in_both() -> None:
    team = Team(
        team_id="T", team_name="甲", org_name="乙",
        evidence=[Evidence(title="Fault diagnosis of rolling bearings by deep learning")],
    )  # fmt: skip
    asked = Challenge(challenge_id="C", title="滚动轴承的故障诊断 diagnosed by learning")
    matcher = Matcher.from_records([asked], [team], encoder=None)
    (match,) = matcher.find_teams("C")
    terms = [term for term, _ in explanation(match).evidence[0].terms]
    assert {"滚动轴承（rolling bearings）", "故障诊断（fault diagnosis）"} <= set(terms)
    assert match.explanation is not None
    assert match.explanation.evidence[0].snippet == team.evidence[0].title
