"""What a broker does with what it was given: it recommends a team to who posted a challenge."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from matcher.service.desk.notices import tell_events

from .service import DEMAND, SIDES, STAFF, TEAM, Caller, make_app, service_of
from .test_service_people import API, gave

KEY = {"challenge_id": "K1", "team_id": "T1"}
ASKED = {**KEY, "move": "推荐", "reason": "两家钢厂用过，联系 13900000077"}


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    """With a broker who was given a challenge and a team."""
    made = make_app(tmp_path)
    gave(Caller(made, "staff"), "broker", "challenge", "K1")
    gave(Caller(made, "staff"), "broker", "team", "T1")
    return made


def recommend(who: Caller, **more: str) -> httpx.Response:
    return who.post(f"{API}/pairs/recommendation", json={**ASKED, **more})


def moved(who: Caller, name: str, reason: str = "") -> int:
    asked = {**KEY, "move": name, "reason": reason}
    return who.post(f"{API}/pairs/move", json=asked).status_code


def shown(who: Caller) -> str:
    return who.get("/pairs/one", params=KEY).text


def state(who: Caller) -> str:
    return str(who.get(f"{API}/pairs/one", params=KEY).json()["pair"]["state"])


def steps(who: Caller) -> list[str]:
    pair = who.get(f"{API}/pairs/one", params=KEY).json()["pair"]
    return [step["move"] for step in pair["steps"]]


def told(app: FastAPI, name: str) -> list[str]:
    """What the inbox of an account holds of moves, newest first."""
    service = service_of(app)
    tell_events(service)
    kept = service.messages.page(service.accounts.get(name).account_id, False, 1, 20)[0]
    return [f"{one.title}\n{one.body}" for one in kept if not one.key.startswith("grant:")]


def test_only_a_broker_recommends_and_only_what_it_was_given(app: FastAPI) -> None:
    broker = Caller(app, "broker")
    for who in ("enterprise", "university", "staff", "local"):
        assert recommend(Caller(app, who)).status_code == 403
    for other in ({"team_id": "T2"}, {"challenge_id": "K2"}):
        assert recommend(broker, **other).status_code == 404
    unreasoned = recommend(broker, reason=" ")
    assert unreasoned.status_code == 409
    assert "推荐须写明理由" in unreasoned.text
    for move in ("邀请", "采纳推荐", "表示意向", "撤销"):
        assert recommend(broker, move=move).status_code == 409
    assert service_of(app).pairs.find(("K1", "T1")) is None
    assert moved(broker, "邀请") == 403


def test_the_enterprise_and_staff_learn_of_it_and_the_team_does_not(app: FastAPI) -> None:
    broker, enterprise, staff, university = (
        Caller(app, name) for name in ("broker", "enterprise", "staff", "university")
    )
    assert "/pairs/one?challenge_id=K1&amp;team_id=T1" in broker.get("/challenges/K1/teams").text
    assert "/pairs/recommendation" in shown(broker)
    form = {**ASKED, "csrf": broker.token, "version": "0"}
    assert broker.client.post("/pairs/recommendation", data=form).status_code == 303
    assert [state(who) for who in (broker, enterprise, staff)] == ["经纪人推荐"] * 3
    assert state(university) == "尚未开始"
    for words in ("两家钢厂用过", "采纳推荐，列入候选", "不采纳推荐", "发出邀请"):
        assert words in shown(enterprise)
    assert "经纪人推荐的团队" in enterprise.get("/").text
    assert "两家钢厂" not in shown(university)
    for who in (enterprise, staff):
        (message,) = told(app, "enterprise" if who is enterprise else "staff")
        assert message.startswith("推荐：")
        assert "13900000077" not in message
    assert told(app, "university") == []
    ((line, *_), _) = service_of(app).audit.lines()
    assert (line.action, line.target, line.account) == ("pair.move", "K1 T1", "broker")
    for contact in ("13900000001", "13800000001"):
        assert contact not in shown(broker)
    assert "13800000001" not in shown(enterprise)
    assert "13900000001" not in shown(university)


def test_a_broker_learns_what_became_of_it(app: FastAPI) -> None:
    broker, enterprise = Caller(app, "broker"), Caller(app, "enterprise")
    assert recommend(broker).status_code == 200
    assert moved(enterprise, "不采纳推荐") == 409  # without a reason
    assert moved(enterprise, "不采纳推荐", "年产量不够") == 200
    assert state(broker) == "移出"
    assert "推荐没有被采纳" in broker.get("/").text
    assert recommend(broker).status_code == 200
    assert recommend(broker, move="收回推荐", reason="写错了团队").status_code == 200
    assert recommend(broker).status_code == 200
    assert moved(enterprise, "采纳推荐") == 200
    assert recommend(broker).status_code == 409  # it is on the shortlist
    assert [one.partition("：")[0] for one in told(app, "broker")] == ["采纳推荐", "不采纳推荐"]
    assert moved(enterprise, "邀请") == 200
    assert steps(broker)[-2:] == ["采纳推荐", "邀请"]
    assert steps(Caller(app, "university")) == ["邀请"]


def test_a_broker_learns_nothing_of_a_shortlist_by_recommending(app: FastAPI) -> None:
    broker = Caller(app, "broker")
    service_of(app).pairs.move(("K1", "T1"), "列入候选", DEMAND, SIDES)
    assert (state(broker), broker.get(f"{API}/pairs").json()["total"]) == ("尚未开始", 0)
    assert recommend(broker, version="0").status_code == 200
    assert steps(broker) == ["推荐"]


def test_the_undoing_of_a_private_step_is_not_told_to_who_stands_beside(app: FastAPI) -> None:
    pairs = service_of(app).pairs
    gave(Caller(app, "staff"), "local", "region", "辽宁")
    pairs.move(("K1", "T1"), "邀请", STAFF, SIDES)
    pairs.move(("K1", "T1"), "收回邀请", STAFF, SIDES)
    pairs.move(("K1", "T1"), "列入候选", DEMAND, SIDES)
    pairs.undo(("K1", "T1"), STAFF, SIDES)
    for name in ("local", "broker"):
        assert all("撤销" not in one for one in told(app, name))


def test_who_declined_is_not_asked_to_bid_first_and_bids_nowhere_else(app: FastAPI) -> None:
    pairs, university = service_of(app).pairs, Caller(app, "university")
    pairs.move(("K1", "T1"), "邀请", DEMAND, SIDES)
    assert "填写揭榜书，揭榜" in shown(university)
    pairs.move(("K1", "T1"), "婉拒邀请", TEAM, SIDES)
    page = shown(university)
    assert "填写揭榜书，揭榜" not in page
    assert page.index("改变主意") < page.index("重新填写揭榜书")
    assert 'name="statement"' in university.get("/pairs/bid", params=KEY).text
    for move, act in (("揭榜", TEAM), ("进入评审", STAFF), ("立项", STAFF)):
        pairs.move(("K1", "T2"), move, act, SIDES)
    form = university.get("/pairs/bid", params=KEY).text
    assert "现在不能揭榜" in form
    assert 'name="statement"' not in form
