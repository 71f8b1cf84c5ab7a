"""Two records that are one: looked at, merged with all that was kept of either, or kept apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from matcher import Challenge, Outcome, Team

from .service import (
    ENTERPRISE,
    SIDES,
    STAFF,
    TEAM,
    UNIVERSITY,
    Caller,
    make_app,
    make_workspace,
    service_of,
)

API = "/api/v1"
TWO = {"kind": "challenges", "first_id": "K1", "second_id": "K9"}
TEAMS = {"kind": "teams", "first_id": "T1", "second_id": "T9"}


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    workspace = make_workspace(tmp_path)
    workspace.put_challenges([
        Challenge(challenge_id="K9", title="高端轴承钢洁净度", demand_org=ENTERPRISE,
                  province="辽宁", problem="夹杂物", contact_phone="13900000002",
                  bounty_wan=500, stage="发榜"),
    ])  # fmt: skip
    workspace.put_teams([
        Team(team_id="T9", team_name="轴承钢团队", org_name=UNIVERSITY, profile="轴承钢",
             evidence=[{"kind": "专利", "title": "一种轴承钢", "year": 2022}]),
    ])  # fmt: skip
    workspace.put_outcomes([Outcome(challenge_id="K9", team_id="T2", stage="验收")])
    return make_app(tmp_path)


def post(caller: Caller, verb: str, two: dict[str, str], **more: Any) -> httpx.Response:
    return caller.post(f"{API}/duplicates/{verb}", json={**two, **more})


def listed(caller: Caller, kind: str) -> set[tuple[str, str]]:
    found = caller.get(f"{API}/duplicates", params={"kind": kind}).json()["items"]
    return {(one["first_id"], one["second_id"]) for one in found}


@pytest.mark.slow
def test_two_challenges_become_one_with_all_that_was_kept_of_either(app: FastAPI) -> None:
    staff, service = Caller(app, "staff"), service_of(app)
    assert listed(staff, "challenges") == {("K1", "K9")}
    service.pairs.move(("K9", "T1"), "揭榜", TEAM, SIDES)
    service.pairs.move(("K9", "T3"), "列入候选", STAFF, SIDES)
    service.pairs.move(("K1", "T3"), "列入候选", STAFF, SIDES)
    staff.post(f"{API}/challenges/K9/comments", json={"text": "两次收到"})
    seen = post(staff, "preview", TWO, choices={"problem": "first"}).json()
    kept = {one["field"]: one["kept"] for one in seen["fields"]}
    assert kept["problem"] == "轴承钢夹杂物控制不好, 疲劳寿命短"
    assert kept["bounty_wan"] == "500.0"
    assert (seen["pairs"], seen["outcomes"], seen["obstacle"]) == (1, 1, "")
    assert post(staff, "merge", TWO).status_code == 422  # no reason
    made = post(staff, "merge", TWO, reason="企业报了两次", choices={"problem": "first"})
    assert made.status_code == 200, made.text
    one = staff.get(f"{API}/challenges/K1").json()
    assert (one["bounty_wan"], one["problem"]) == (500, kept["problem"])
    assert staff.get(f"{API}/challenges/K9").status_code == 404
    moved = service.pairs.find(("K1", "T1"))
    assert moved is not None
    assert moved.state == "已揭榜"
    stages = {(o.challenge_id, o.team_id, o.stage) for o in service.live.connect().outcomes()}
    assert {("K1", "T1", "揭榜"), ("K1", "T2", "验收")} <= stages
    assert not any(challenge == "K9" and stage != "推荐" for challenge, _, stage in stages)
    assert staff.get(f"{API}/challenges/K1/handling").json()["comments"][0]["text"] == "两次收到"
    assert [s.move for s in service.states.history("K1")] == ["更正"]
    assert service.states.history("K9")[-1].reason == "并入高端轴承钢洁净度：企业报了两次"
    assert listed(staff, "challenges") == set()
    # What went can be put back; what went over with it stays where it is.
    back = {"version": 1, "reason": "看错了"}
    assert staff.post(f"{API}/records/challenges/K9/restoration", json=back).status_code == 200
    assert service.states.of("K9") == "待发布"


@pytest.mark.slow
def test_what_is_under_way_of_both_cannot_be_one(app: FastAPI) -> None:
    staff, service = Caller(app, "staff"), service_of(app)
    for challenge_id in ("K1", "K9"):
        service.pairs.move((challenge_id, "T1"), "揭榜", TEAM, SIDES)
    assert "都在与同一方对接" in post(staff, "preview", TWO).json()["obstacle"]
    refused = post(staff, "merge", TWO, reason="重复")
    assert refused.status_code == 409
    assert staff.get(f"{API}/challenges/K9").status_code == 200
    same = post(staff, "preview", {**TWO, "second_id": "K1"})
    assert same.status_code == 422
    assert post(staff, "preview", {**TWO, "second_id": "没有"}).status_code == 404


@pytest.mark.slow
def test_two_teams_become_one_on_the_page(app: FastAPI) -> None:
    staff, service = Caller(app, "staff"), service_of(app)
    assert ("T1", "T9") in listed(staff, "teams")
    for move, act in (("揭榜", TEAM), ("进入评审", STAFF), ("立项", STAFF)):
        service.pairs.move(("K1", "T9"), move, act, SIDES)
    address = "/staff/duplicates/two?kind=teams&first_id=T1&second_id=T9"
    assert "合并后留下什么" in staff.get(address).text
    form = {"csrf": staff.token, **TEAMS, "then": "look", "choice-profile": "first"}
    assert staff.client.post("/staff/duplicates/two", data=form).status_code == 200
    form |= {"then": "merge", "reason": "同一个团队"}
    done = staff.client.post("/staff/duplicates/two", data=form)
    assert (done.status_code, done.headers["location"]) == (303, "/teams/T1")
    team = service.live.connect().teams()["T1"]
    assert [piece.title for piece in team.evidence] == ["轴承钢夹杂物与疲劳寿命", "一种轴承钢"]
    assert (team.profile, team.active_challenges) == ("", 1)  # the award came along
    assert service.pairs.find(("K1", "T1")) is not None
    told = Caller(app, "university").get(f"{API}/inbox").json()["items"]
    assert "团队并入另一个：轴承钢团队" in [one["title"] for one in told]


@pytest.mark.slow
def test_what_is_not_one_is_not_listed_again(app: FastAPI) -> None:
    staff = Caller(app, "staff")
    form = {"csrf": staff.token, **TWO}
    assert staff.client.post("/staff/duplicates/apart", data=form).status_code == 303
    assert listed(staff, "challenges") == set()
    assert staff.get("/staff/duplicates").status_code == 200
    for name in ("enterprise", "university", "local"):
        assert post(Caller(app, name), "merge", TWO, reason="x").status_code == 403
