"""What waits for staff: counted, with the way to it; each in whose charge it is."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from matcher import Challenge
from matcher.text.dates import today

from .service import (
    DEMAND,
    ENTERPRISE,
    SIDES,
    STAFF,
    TEAM,
    Caller,
    add_account,
    make_app,
    make_workspace,
    service_of,
)

API = "/api/v1"


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    workspace = make_workspace(tmp_path)
    workspace.put_challenges([
        _open("近", 3), _open("远", 60), _open("有人", 5), _open("今天", 0),
        Challenge(challenge_id="外省", title="外省的", province="江苏", stage="发榜",
                  apply_deadline=today() + timedelta(days=2)),
    ])  # fmt: skip
    return make_app(tmp_path, registration=True)


def _open(name: str, days: int) -> Challenge:
    return Challenge(challenge_id=name, title=f"{name}的难题", demand_org=ENTERPRISE, stage="发榜",
                     province="辽宁", apply_deadline=today() + timedelta(days=days))  # fmt: skip


def waiting(caller: Caller) -> dict[str, Any]:
    return {one["title"]: one for one in caller.get(f"{API}/todo").json()["items"]}


def counts(caller: Caller) -> dict[str, int]:
    return {title: one["count"] for title, one in waiting(caller).items()}


def test_a_call_nobody_answers_is_a_risk_until_somebody_bids(app: FastAPI) -> None:
    staff = Caller(app, "staff")
    service_of(app).pairs.move(("有人", "T1"), "揭榜", TEAM, SIDES)
    found = waiting(staff)
    assert [line["title"] for line in found["流标风险"]["lines"]] == [
        "今天的难题", "外省的", "近的难题"
    ]  # fmt: skip
    assert "今天截止" in found["流标风险"]["lines"][0]["note"]
    assert (found["临近截止"]["count"], found["揭榜待受理"]["count"]) == (1, 1)
    for name in ("今天", "近", "外省"):
        service_of(app).pairs.move((name, "T1"), "揭榜", TEAM, SIDES)
    assert counts(staff)["临近截止"] == 4
    assert "流标风险" not in counts(staff)


def test_what_is_handed_in_waits_until_it_is_decided(app: FastAPI) -> None:
    staff, enterprise = Caller(app, "staff"), Caller(app, "enterprise")
    assert "草稿待审核" not in counts(staff)
    draft = enterprise.post(f"{API}/drafts", json={"title": "高端轴承钢"}).json()
    assert "草稿待审核" not in counts(staff)  # nobody else reads it yet
    tagged = {"headers": {"If-Match": "*"}}
    enterprise.post(f"{API}/drafts/{draft['draft_id']}/submission", **tagged)
    found = waiting(staff)["草稿待审核"]
    assert (found["count"], found["lines"][0]["title"]) == (1, "高端轴承钢")
    assert staff.get(found["link"]).status_code == 200
    assert "高端轴承钢" in staff.get(found["lines"][0]["link"]).text
    asked = {"challenge_id": "新1", "at_once": False}
    made = staff.post(f"{API}/drafts/{draft['draft_id']}/publication", json=asked, **tagged)
    assert made.status_code == 201
    after = counts(staff)
    assert "草稿待审核" not in after
    assert after["待发布的难题"] == 3  # with the two that were there


def test_a_pair_waits_for_staff_step_by_step(app: FastAPI) -> None:
    staff, pairs = Caller(app, "staff"), service_of(app).pairs
    key = ("K1", "T1")
    for move, act, title in (
        ("揭榜", TEAM, "揭榜待受理"), ("进入评审", STAFF, "评审中"),
        ("列为备选", STAFF, "可以递补"),
    ):  # fmt: skip
        pairs.move(key, move, act, SIDES)
        assert title in counts(staff), move
    pairs.move(key, "递补", STAFF, SIDES)
    assert "可以递补" not in counts(staff)
    pairs.move(("K1", "T3"), "邀请", STAFF, SIDES, until=date(2020, 1, 1))
    assert counts(staff)["逾期未答"] == 1
    pairs.move(("K1", "T3"), "逾期未答", STAFF, SIDES)
    assert counts(staff)["逾期未答"] == 1
    pairs.move(("K1", "T3"), "邀请", STAFF, SIDES, until=today())
    assert "逾期未答" not in counts(staff)
    key_of = {"challenge_id": "K1", "team_id": "T3"}
    for due in (today(), today() + timedelta(days=1)):
        noted = {**key_of, "due": due.isoformat(), "note": "打电话"}
        assert staff.post(f"{API}/pairs/follow-up", json=noted).status_code in (200, 201, 204)
    assert counts(staff)["跟进到期"] == 1
    assert "打电话" in waiting(staff)["跟进到期"]["lines"][0]["note"]
    staff.post(f"{API}/pairs/follow-up", json={**key_of, "done": 1})
    assert "跟进到期" not in counts(staff)


def test_local_staff_see_what_lies_in_their_region(app: FastAPI) -> None:
    staff, local, enterprise = (Caller(app, name) for name in ("staff", "local", "enterprise"))
    assert counts(local) == {}
    shown = local.get("/").text
    assert "没有等着办的事" in shown
    grant = {"kind": "region", "value": "辽宁"}
    assert staff.post(f"{API}/accounts/local/grants", json=grant).status_code == 201
    assert counts(local) == {"流标风险": 3}  # not the one of another province
    for province in ("辽宁", "江苏"):
        made = {"title": f"{province}的草稿", "province": province}
        draft = enterprise.post(f"{API}/drafts", json=made).json()["draft_id"]
        path = f"{API}/drafts/{draft}"
        assert local.get(path).status_code == 404  # not handed in yet
        enterprise.post(f"{path}/submission", headers={"If-Match": "*"})
        assert local.get(path).status_code == (200 if province == "辽宁" else 404)
        assert local.get(f"/drafts/{draft}").status_code == (200 if province == "辽宁" else 404)
        changed = local.post(f"{path}/submission", headers={"If-Match": "*"})
        assert changed.status_code == 403
    assert counts(local)["草稿待审核"] == 1
    assert [one["fields"]["title"] for one in local.get(f"{API}/drafts").json()["items"]] == [
        "辽宁的草稿"
    ]  # fmt: skip


def test_each_side_sees_what_waits_for_it_step_by_step(app: FastAPI) -> None:
    enterprise, university = Caller(app, "enterprise"), Caller(app, "university")
    pairs, key = service_of(app).pairs, ("远", "T1")
    pairs.move(key, "列入候选", DEMAND, SIDES)
    assert counts(enterprise)["候选还没有邀请"] == 1
    pairs.move(key, "邀请", DEMAND, SIDES, until=today() + timedelta(days=3))
    assert counts(enterprise)["已邀请，等答复"] == 1
    invited = waiting(university)["邀请待答复"]
    assert (invited["urgency"], invited["count"]) == ("急", 1)
    assert "还有 3 天" in invited["lines"][0]["note"]
    assert university.get(invited["lines"][0]["link"]).status_code == 200
    for move, act, who, title in (
        ("表示意向", TEAM, enterprise, "团队有意向"),
        ("同意互换（需求方）", DEMAND, university, "对方同意互换联系方式"),
        ("揭榜", TEAM, enterprise, "揭榜书待处理"),
        ("选定", DEMAND, university, "揭榜之后"),
        ("立项", STAFF, enterprise, "等待签约"),
    ):
        pairs.move(key, move, act, SIDES)
        assert counts(who)[title] == 1, move
    assert "已立项，等待签约" in counts(university)
    pairs.move(key, "签约", DEMAND, SIDES)
    assert "已立项，等待签约" not in counts(university)
    assert counts(university)["在办的合同"] == 1
    pairs.move(("近", "T1"), "邀请", DEMAND, SIDES, until=date(2020, 1, 1))
    assert counts(enterprise)["逾期未答"] == 1


def test_an_enterprise_is_told_what_it_waits_for(app: FastAPI) -> None:
    """While bids are looked at, after its choice, and when a team left."""
    enterprise, pairs = Caller(app, "enterprise"), service_of(app).pairs
    first, second = ("K1", "T1"), ("K1", "T3")
    for key in (first, second):
        for move, act in (("揭榜", TEAM), ("进入评审", STAFF)):
            pairs.move(key, move, act, SIDES)
    assert counts(enterprise)["揭榜书评审中"] == 2
    pairs.move(first, "选定", DEMAND, SIDES)
    found = counts(enterprise)
    assert (found["已选定，等待立项"], "揭榜书评审中" in found) == (1, False)
    pairs.move(first, "立项", STAFF, SIDES)
    pairs.move(first, "放弃立项", TEAM, SIDES)
    left = waiting(enterprise)
    assert left["团队放弃或退出"]["lines"][0]["note"].startswith("已放弃立项：")
    assert left["揭榜书评审中"]["count"] == 1
    pairs.move(second, "列为备选", STAFF, SIDES)
    found = counts(enterprise)
    assert (found["备选的揭榜书"], "揭榜书评审中" in found) == (1, False)
    pairs.undo(second, STAFF, SIDES)
    pairs.move(second, "立项", STAFF, SIDES)
    assert "团队放弃或退出" not in counts(enterprise)
    pairs.move(("近", "T1"), "邀请", DEMAND, SIDES)
    pairs.move(("近", "T1"), "收回邀请", DEMAND, SIDES)
    assert "团队放弃或退出" not in counts(enterprise)  # it had not bid


def test_a_side_sees_its_own_calls_drafts_and_teams_and_nothing_of_others(app: FastAPI) -> None:
    staff, enterprise, university = (Caller(app, n) for n in ("staff", "enterprise", "university"))
    assert counts(enterprise) == {"快截止，还没有团队揭榜": 3, "还没有找团队": 2}
    assert counts(university) == {"没有成果的团队": 1}
    other = add_account(app, "别家", "enterprise", "毫不相干有限公司")
    assert counts(other) == {}
    assert "没有等着办的事" in other.get("/").text
    draft = enterprise.post(f"{API}/drafts", json={"title": "没写完的"}).json()["draft_id"]
    assert counts(enterprise)["草稿还没有提交"] == 1
    tagged = {"headers": {"If-Match": "*"}}
    enterprise.post(f"{API}/drafts/{draft}/submission", **tagged)
    assert "草稿还没有提交" not in counts(enterprise)
    returned = {"reason": "缺验收方式"}
    assert staff.post(f"{API}/drafts/{draft}/return", json=returned, **tagged).status_code == 200
    assert waiting(enterprise)["草稿被退回"]["lines"][0]["note"] == "缺验收方式"
    assert "没写完的" in enterprise.get("/").text
    assert counts(other) == {}
    assert Caller(app).get(f"{API}/todo").status_code == 401


def test_a_team_of_a_university_sees_why_a_change_came_back_until_it_proposes_anew(
    app: FastAPI,
) -> None:
    staff, university = Caller(app, "staff"), Caller(app, "university")
    path = f"{API}/team-changes/teams/T1"
    made = university.post(path, json={"team_name": "新名字"}).json()
    decided = {"accept": False, "reason": "名称有误"}
    assert staff.post(f"{API}/team-changes/{made['number']}/verdict", json=decided).is_success
    assert waiting(university)["资料修改被退回"]["lines"][0]["note"] == "名称有误"
    assert university.post(path, json={"team_name": "再改的名字"}).is_success
    assert "资料修改被退回" not in counts(university)


def test_a_broker_sees_what_it_was_given(app: FastAPI) -> None:
    staff, broker = Caller(app, "staff"), Caller(app, "broker")
    assert counts(broker) == {}
    assert "没有等着办的事" in broker.get("/").text
    for kind, value in (("challenge", "远"), ("team", "T1")):
        grant = {"kind": kind, "value": value}
        assert staff.post(f"{API}/accounts/broker/grants", json=grant).status_code == 201
    assert counts(broker) == {"还没有开始对接": 1}
    assert broker.get(waiting(broker)["还没有开始对接"]["lines"][0]["link"]).status_code == 200
    service_of(app).pairs.move(("远", "T1"), "邀请", STAFF, SIDES)
    assert counts(broker) == {"对接中": 1}
