"""Moves as they are kept: who, when, why; once; undone with a reason; an outcome for training."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from matcher import Workspace
from matcher.procedure import PAIR, Party
from matcher.records import Outcome
from matcher.service.access import Principal
from matcher.service.errors import ChangedError, ConflictError
from matcher.service.store.audit import Audit
from matcher.service.store.database import Database
from matcher.service.store.events import Events
from matcher.service.store.pairs import Pairs
from matcher.service.store.states import States
from matcher.service.store.steps import Act
from matcher.workspace import STORE_FILE

from .service import ENTERPRISE, SIDES, UNIVERSITY, make_workspace

KEY = ("K1", "T1")
WHO: dict[Party, Principal] = {
    "demand": Principal("enterprise", 1, "企业账号", ENTERPRISE),
    "team": Principal("university", 2, "高校账号", UNIVERSITY),
    "broker": Principal("broker", 4, "经纪人"),
    "staff": Principal("staff", 3, "管理人员"),
    "service": Principal("staff", name="服务"),
}


def act(party: Party, reason: str = "", **more: Any) -> Act:
    return Act(WHO[party], party, reason, **more)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    make_workspace(tmp_path)
    with closing(Database(tmp_path / STORE_FILE)) as made:
        yield made


@pytest.fixture
def pairs(database: Database) -> Pairs:
    return Pairs(database, Audit(database))


@pytest.fixture
def states(database: Database) -> States:
    return States(database, Audit(database))


def go(pairs: Pairs, *moves: tuple[str, Party]) -> None:
    for name, party in moves:
        pairs.move(KEY, name, act(party, "因为"), SIDES)


def outcomes(database: Database) -> list[Outcome]:
    return list(Workspace(database.path.parent, encoder=None).outcomes("K1"))


def test_a_move_is_kept_with_who_when_why_and_told(pairs: Pairs, database: Database) -> None:
    made = pairs.move(
        KEY, "邀请", act("demand", "成果对口", detail={"message": "请看"}), SIDES,
        until=date(2026, 12, 31),
    )  # fmt: skip
    assert (made.state, made.until, made.told) == (
        "已邀请", date(2026, 12, 31), {"demand", "team"},
    )  # fmt: skip
    (step,) = pairs.history(KEY)
    assert (step.move, step.source, step.account, step.party) == ("邀请", "", "企业账号", "demand")
    assert (step.organisation, step.reason, step.detail["message"]) == (
        ENTERPRISE, "成果对口", "请看",
    )  # fmt: skip
    (event,) = Events(database).after(0)
    assert (event.kind, event.organisations, event.to_staff) == (
        "邀请", (ENTERPRISE, UNIVERSITY), True,
    )  # fmt: skip
    assert (event.challenge_id, event.team_id, event.step) == (*KEY, step.number)
    ((line,), total) = Audit(database).lines()
    assert (total, line.action, line.target, line.detail["move"]) == (
        1, "pair.move", "K1 T1", "邀请",
    )  # fmt: skip
    assert "请看" not in str(line.detail)
    (outcome,) = outcomes(database)
    assert (outcome.stage, outcome.who, outcome.reason) == ("推荐", "企业账号", "成果对口")


def test_the_other_side_is_not_told_of_a_shortlist(pairs: Pairs, database: Database) -> None:
    assert pairs.move(KEY, "列入候选", act("demand"), SIDES).told == {"demand"}
    (event,) = Events(database).after(0)
    assert event.organisations == (ENTERPRISE,)


def test_each_side_knows_a_pair_as_after_the_last_step_it_was_told_of(pairs: Pairs) -> None:
    def known(*parties: Party) -> tuple[str, int] | None:
        pair = pairs.find(KEY)
        seen = pair and pairs.as_known(pair, parties)
        return seen and (seen.state, seen.version)

    go(pairs, ("列入候选", "demand"))
    assert (known("team"), known(), known("demand")) == (None, None, ("候选", 1))
    go(pairs, ("邀请", "demand"))
    pairs.move(KEY, "婉拒邀请", act("team", "忙"), SIDES, seen=2)
    go(pairs, ("列入候选", "staff"))
    assert (known("team"), known()) == (("婉拒", 3), ("婉拒", 3))
    assert (known("demand"), known("staff")) == (("候选", 4), ("候选", 4))
    pairs.undo(KEY, act("staff", "错了"), SIDES)
    assert (known("team"), known("demand")) == (("婉拒", 3), ("婉拒", 5))
    # The page of the team is as new as it can be: it is not refused for what it is not told.
    assert pairs.move(KEY, "表示意向", act("team"), SIDES, seen=3).state == "有意向"
    assert known("team") == known("demand") == ("有意向", 6)


def test_a_broker_knows_of_its_own_steps_and_of_what_both_sides_know(pairs: Pairs) -> None:
    def known(*parties: Party) -> tuple[str, int] | None:
        pair = pairs.find(KEY)
        seen = pair and pairs.as_known(pair, parties)
        return seen and (seen.state, seen.version)

    go(pairs, ("列入候选", "demand"))
    assert known("broker") is None
    # Somebody who is not told of the shortlist may recommend, and learns nothing by it.
    pairs.move(KEY, "推荐", act("broker", "做过两炉"), SIDES, seen=0)
    assert known("broker") == known("demand") == ("经纪人推荐", 2)
    assert known("team") is known() is None
    go(pairs, ("采纳推荐", "demand"), ("移出候选", "demand"))
    assert (known("broker"), known("demand")) == (("候选", 3), ("移出", 4))
    go(pairs, ("推荐", "broker"), ("不采纳推荐", "demand"), ("邀请", "demand"))
    assert known("broker") == known("team") == ("已邀请", 7)


def test_what_the_table_forbids_changes_nothing(pairs: Pairs, database: Database) -> None:
    for name, party, reason in (
        ("签约", "staff", "x"), ("邀请", "team", "x"), ("没有这步", "staff", "x"),
    ):  # fmt: skip
        with pytest.raises(ConflictError):
            pairs.move(KEY, name, act(party, reason), SIDES)  # type: ignore[arg-type]
    go(pairs, ("邀请", "staff"))
    with pytest.raises(ConflictError, match="须写明理由") as refused:
        pairs.move(KEY, "婉拒邀请", act("team", " "), SIDES)
    assert refused.value.remedy == "写上理由"
    assert len(pairs.history(KEY)) == len(Events(database).after(0)) == 1


def test_a_form_sent_twice_moves_once(pairs: Pairs) -> None:
    for _ in range(2):
        assert pairs.move(KEY, "邀请", act("staff", key="表一"), SIDES).state == "已邀请"
    assert len(pairs.history(KEY)) == 1
    for _ in range(2):
        assert pairs.undo(KEY, act("staff", "错了", key="表二"), SIDES)[0].state == ""
    assert len(pairs.history(KEY)) == 2


def test_who_has_an_old_page_is_told(pairs: Pairs) -> None:
    first = pairs.move(KEY, "邀请", act("staff"), SIDES, seen=0)
    pairs.move(KEY, "表示意向", act("team"), SIDES, seen=first.version)
    with pytest.raises(ChangedError):
        pairs.move(KEY, "收回邀请", act("staff", "x"), SIDES, seen=first.version)
    with pytest.raises(ChangedError):
        pairs.undo(KEY, act("staff", "x"), SIDES, seen=first.version)


def test_undoing_leads_back_and_says_what_stays(pairs: Pairs, database: Database) -> None:
    pairs.move(KEY, "邀请", act("staff"), SIDES, until=date(2026, 12, 31))
    go(pairs, ("表示意向", "team"), ("揭榜", "team"))
    assert {o.stage for o in outcomes(database)} == {"推荐", "联系", "揭榜"}
    with pytest.raises(ConflictError, match="理由"):
        pairs.undo(KEY, act("staff"), SIDES)
    pair, kept = pairs.undo(KEY, act("staff", "点错了"), SIDES)
    assert (pair.state, kept) == ("有意向", PAIR["揭榜"].kept)
    assert {o.stage for o in outcomes(database)} == {"推荐", "联系"}
    pair, _ = pairs.undo(KEY, act("staff", "点错了"), SIDES)
    assert (pair.state, pair.until) == ("已邀请", date(2026, 12, 31))
    steps = pairs.history(KEY)
    assert [step.move for step in steps] == ["邀请", "表示意向", "揭榜", "撤销", "撤销"]
    assert steps[2].undone == steps[3].number
    assert pair.told == {"demand", "team"}  # what was told stays told
    assert Events(database).after(0)[-1].kind == "撤销"


def test_contacts_once_exchanged_stay_exchanged(pairs: Pairs) -> None:
    go(pairs, ("表示意向", "team"), ("同意互换（需求方）", "demand"),
       ("也同意互换（揭榜方）", "team"))  # fmt: skip
    with pytest.raises(ConflictError) as refused:
        pairs.undo(KEY, act("staff", "点错了"), SIDES)
    assert "收不回" in str(refused.value)


def test_what_was_entered_by_hand_is_left_alone(pairs: Pairs, database: Database) -> None:
    by_hand = Outcome(challenge_id="K1", team_id="T1", stage="揭榜", who="李四", reason="纸面")
    Workspace(database.path.parent, encoder=None).put_outcomes([by_hand])
    go(pairs, ("揭榜", "team"))
    assert by_hand in outcomes(database)
    pairs.undo(KEY, act("staff", "点错了"), SIDES)
    assert outcomes(database) == [by_hand]


def test_whatever_fails_undoes_the_whole_move(
    pairs: Pairs, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("审计写不进")

    monkeypatch.setattr(Audit, "write", fail)
    with pytest.raises(RuntimeError):
        pairs.move(KEY, "邀请", act("staff"), SIDES)
    assert pairs.find(KEY) is None
    assert Events(database).after(0) == ()
    assert outcomes(database) == []


def test_a_challenge_moves_by_the_table_too(states: States, database: Database) -> None:
    states.move("K9", "导入", "", act("service"))
    assert states.all() == {"K9": "待发布"}
    with pytest.raises(ConflictError):
        states.move("K9", "撤下", "", act("staff", "x"))
    states.move("K9", "发布", "", act("staff"), [ENTERPRISE])
    assert states.of("K9") == "已发布"
    assert states.undo("K9", act("staff", "早了"), [ENTERPRISE])
    assert states.of("K9") == "待发布"
    assert [step.move for step in states.history("K9")] == ["导入", "发布", "撤销"]
    assert [event.kind for event in Events(database).after(0)] == ["导入", "发布", "撤销"]
    with pytest.raises(ConflictError, match="不能撤销"):
        states.undo("K9", act("staff", "x"))


def test_one_from_before_states_were_kept_moves_on_from_what_its_stage_says(
    states: States,
) -> None:
    assert states.of("K1") is None
    states.move("K1", "撤下", "已发布", act("staff", "企业改了主意"))
    assert states.of("K1") == "撤榜"


def test_pairs_are_in_the_order_they_were_put(pairs: Pairs) -> None:
    for team in ("T1", "T2", "T3"):
        pairs.move(("K1", team), "列入候选", act("demand"), {"demand": ENTERPRISE})
    pairs.order("K1", ["T3", "T1", "T2"])
    assert [pair.team_id for pair in pairs.of_challenge("K1")] == ["T3", "T1", "T2"]
    assert [pair.team_id for pair in pairs.in_states(["候选"])] == ["T3", "T1", "T2"]
    assert {pair.challenge_id for pair in pairs.of_teams(["T1", "T2"])} == {"K1"}
