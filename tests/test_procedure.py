"""The table of moves: whole, without dead ends, and what the documentation shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from matcher.procedure import CHALLENGE, NOTHING, PAIR, PARTIES, Procedure, outcome_stages, stage_of
from matcher.records import Challenge

from .procedure_page import diagram, table

PAGE = Path(__file__).parent.parent / "docs" / "procedure.md"
PROCEDURES = {"challenge": CHALLENGE, "pair": PAIR}


@pytest.mark.parametrize("procedure", PROCEDURES.values(), ids=PROCEDURES)
def test_every_state_is_reached_and_every_move_leads_somewhere(procedure: Procedure) -> None:
    reached, before = {NOTHING}, set[str]()
    while reached != before:
        before = set(reached)
        reached |= {move.target for move in procedure if move.sources & reached}
    assert reached == {NOTHING, *procedure.states}
    assert {source for move in procedure for source in move.sources} <= reached


def test_no_two_moves_have_one_name() -> None:
    names = [move.name for procedure in PROCEDURES.values() for move in procedure]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("procedure", PROCEDURES.values(), ids=PROCEDURES)
def test_what_cannot_be_undone_says_what_stays(procedure: Procedure) -> None:
    assert [move.name for move in procedure if not move.undoable and not move.kept] == []


@pytest.mark.parametrize("procedure", PROCEDURES.values(), ids=PROCEDURES)
def test_a_move_is_refused_exactly_where_the_table_does_not_have_it(procedure: Procedure) -> None:
    for move in procedure:
        for state in (NOTHING, *procedure.states):
            for party in PARTIES:
                refused = procedure.refusal(move.name, state, [party], "因为")
                fits = party in move.who and state in move.sources
                assert bool(refused) != fits, (move.name, state, party)
                assert (move in procedure.allowed(state, party)) == fits
                blank = procedure.refusal(move.name, state, [party], " ")
                assert bool(blank) == (not fits or move.needs_reason)


def test_contacts_are_exchanged_only_when_both_agreed() -> None:
    for party in PARTIES:
        alone = {"有意向"}
        for _ in PAIR.states:
            alone |= {
                m.target for m in PAIR if party in m.who and m.sources & alone and "互换" in m.name
            }
        assert "已互换联系方式" not in alone, party


def test_a_team_taken_up_again_is_no_longer_turned_down() -> None:
    moves = ["揭榜", "进入评审", "立项", "放弃立项"]
    assert outcome_stages(moves) == ("揭榜", "评榜", "立项", "驳回")
    assert outcome_stages([*moves, "揭榜"]) == ("揭榜", "评榜", "立项")


@pytest.mark.parametrize(
    ("state", "stage", "shown"),
    [
        (None, "揭榜", "揭榜"), (None, None, None), ("待发布", None, "论证遴选"),
        ("待发布", "需求征集", "需求征集"), ("已发布", "论证遴选", "发榜"),
        ("已发布", "揭榜", "揭榜"),
        ("撤榜", "揭榜", "论证遴选"),
        ("截止", "发榜", "评审论证"), ("截止", "签约立项", "签约立项"),
        ("已发布", "取消", "取消"),
    ],
)  # fmt: skip
def test_the_stage_of_a_record_follows_its_state(
    state: str | None, stage: str | None, shown: str | None
) -> None:
    challenge = Challenge.model_validate({"challenge_id": "K", "stage": stage})
    assert stage_of(state, challenge) == shown


@pytest.mark.parametrize(
    ("state", "stage", "text", "awarded", "shown"),
    [
        ("已发布", "发榜", "", "已立项", "签约立项"), ("已发布", "揭榜", "", "已签约", "签约立项"),
        (None, "发榜", "", "已验收", "验收评价"), ("截止", "发榜", "", "已立项", "签约立项"),
        ("已发布", "过程管理", "", "已签约", "过程管理"), ("已发布", "取消", "", "已立项", "取消"),
        ("待发布", "发榜", "", "已立项", "论证遴选"),  # what is hidden stays hidden
        ("已发布", "发榜", "采用赛马制", "已立项", "发榜"),
        ("已发布", "发榜", "不采用赛马制", "已立项", "签约立项"),
    ],
)  # fmt: skip
def test_the_stage_of_a_record_follows_its_award(
    state: str | None, stage: str, text: str, awarded: str, shown: str
) -> None:
    challenge = Challenge.model_validate(
        {"challenge_id": "K", "stage": stage, "eligibility_text": text}
    )
    assert stage_of(state, challenge, awarded) == shown


def test_the_page_shows_the_table_as_it_is(request: pytest.FixtureRequest) -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name, procedure in PROCEDURES.items():
        made = f"<!-- {name} -->\n{diagram(procedure)}\n\n{table(procedure)}\n<!-- end -->"
        page, found = re.subn(f"<!-- {name} -->.*?<!-- end -->", lambda _: made, page, flags=re.S)  # noqa: B023
        assert found == 1
    if request.config.getoption("--update-golden"):
        PAGE.write_text(page, encoding="utf-8")
    assert page == PAGE.read_text(encoding="utf-8")
