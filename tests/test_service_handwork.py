"""Records by the hand of staff: changed, taken out, put back; nothing lost, everything told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from matcher.service.desk.notices import tell_events

from .service import ENTERPRISE, SIDES, STAFF, TEAM, Caller, make_app, service_of

API = "/api/v1"
WHY = {"reason": "重复录入"}


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    return make_app(tmp_path, public_lists=True)


def post(caller: Caller, path: str, **body: Any) -> httpx.Response:
    return caller.post(f"{API}/{path}", json={**WHY, **body})


def told(app: FastAPI, name: str) -> list[str]:
    return [one["title"] for one in Caller(app, name).get(f"{API}/inbox").json()["items"]]


@pytest.mark.slow
def test_what_waits_is_changed_and_an_earlier_version_counts_again(app: FastAPI) -> None:
    staff = Caller(app, "staff")
    path = "records/challenges/U1/versions"
    assert len(staff.get(f"{API}/{path}").json()["versions"]) == 1
    form = {"csrf": staff.token, "title": "靶材烧结", "problem": "靶材烧结密度低",
            "demand_org": ENTERPRISE, "reason": "题目不清"}  # fmt: skip
    made = staff.client.post("/staff/challenges/U1/correction", data=form)
    assert made.status_code == 303
    assert staff.get(f"{API}/challenges/U1").json()["state"] == "待发布"
    found = staff.get(f"{API}/{path}").json()
    assert [one["number"] for one in found["versions"]] == [2, 1]
    assert found["versions"][0]["changes"] == [
        {"label": "项目名称", "before": "未发布的靶材难题", "after": "靶材烧结"}
    ]  # fmt: skip
    assert found["steps"][0]["move"] == "修改"
    assert post(staff, "records/challenges/U1/restoration", version=9).status_code == 404
    assert post(staff, "records/challenges/U1/restoration", version=2).status_code == 422
    back = post(staff, "records/challenges/U1/restoration", version=1).json()
    assert (back["name"], len(back["versions"])) == ("未发布的靶材难题", 3)
    # What is public goes back by a correction.
    post(staff, "challenges/K1/correction", fields={"title": "改了", "problem": "夹杂物"})
    shown = post(staff, "records/challenges/K1/restoration", version=1).json()
    assert shown["steps"][0]["move"] == "更正"
    assert Caller(app).get(f"{API}/challenges/K1").json()["title"] == "高端轴承钢洁净度"
    assert "13900000001" not in str(shown)


@pytest.mark.slow
def test_a_challenge_is_taken_out_and_put_back(app: FastAPI) -> None:
    staff = Caller(app, "staff")
    refused = post(staff, "records/challenges/K1/deletion")
    assert (refused.status_code, "不能删除" in refused.text) == (409, True)  # it is public
    assert post(staff, "challenges/K1/state", move="撤下").status_code == 200
    service_of(app).pairs.move(("K1", "T1"), "邀请", STAFF, SIDES)
    busy = post(staff, "records/challenges/K1/deletion")
    assert (busy.status_code, "还有对接在办" in busy.text) == (409, True)
    service_of(app).pairs.move(("K1", "T1"), "收回邀请", STAFF, SIDES)
    assert post(staff, "records/challenges/K1/deletion", reason=" ").status_code == 422
    assert post(staff, "records/challenges/K1/deletion").status_code == 204
    assert staff.get(f"{API}/challenges/K1").status_code == 404
    assert "K1" not in {one.challenge_id for one in service_of(app).live.current().challenges.lines}
    tell_events(service_of(app))
    (last, *_) = Caller(app, "enterprise").get(f"{API}/inbox").json()["items"]
    assert (last["title"], last["link"]) == ("删除：高端轴承钢洁净度（K1）", "/inbox")
    gone = staff.get(f"{API}/records/deleted").json()["items"]
    assert [(one["record_id"], one["move"], one["reason"]) for one in gone] == [
        ("K1", "删除", "重复录入")
    ]  # fmt: skip
    assert "高端轴承钢洁净度" in staff.get("/staff/deleted").text
    back = post(staff, "records/challenges/K1/restoration", version=1)
    assert back.json()["there"]
    assert staff.get(f"{API}/challenges/K1").json()["state"] == "待发布"
    assert staff.get(f"{API}/challenges/K1").json()["contacts"]["phone"] == "13900000001"
    assert staff.get(f"{API}/records/deleted").json()["items"] == []
    moves = [s["move"] for s in staff.get(f"{API}/challenges/K1/history").json()["steps"]]
    assert moves == ["撤下", "删除", "恢复"]
    audited = staff.get(f"{API}/audit?action=challenge.move").json()["items"]
    assert [one["detail"]["move"] for one in audited] == moves[::-1]


@pytest.mark.slow
def test_a_team_is_taken_out_and_put_back_and_its_organisation_told(app: FastAPI) -> None:
    staff = Caller(app, "staff")
    service_of(app).pairs.move(("K1", "T1"), "揭榜", TEAM, SIDES)
    assert post(staff, "records/teams/T1/deletion").status_code == 409
    assert post(staff, "records/teams/T3/deletion").status_code == 204
    assert staff.get("/teams/T3").status_code == 404
    assert told(app, "university") == ["团队删除：靶材团队"]
    form = {"csrf": staff.token, "version": "1", "reason": "删错了"}
    back = staff.client.post("/staff/records/teams/T3/restoration", data=form)
    assert (back.status_code, back.headers["location"]) == (303, "/teams/T3")
    assert told(app, "university")[0] == "团队恢复：靶材团队"
    assert staff.get("/teams/T3").status_code == 200
    found = staff.get(f"{API}/records/teams/T3/versions").json()
    assert [step["move"] for step in found["steps"]] == ["恢复", "删除"]
    assert post(staff, "records/teams/没有/deletion").status_code == 404
    assert post(staff, "records/别的/T1/deletion").status_code == 422
    for name in ("enterprise", "university", "local", "broker"):
        assert post(Caller(app, name), "records/teams/T2/deletion").status_code == 403


@pytest.mark.slow
def test_whoever_changed_it_meanwhile_is_not_overwritten(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff, service = Caller(app, "staff"), service_of(app)
    whole = service.put

    def late(*given: Any, **named: Any) -> None:
        monkeypatch.undo()
        team = service.live.connect().teams()["T3"]
        service.live.connect().put_teams([team.model_copy(update={"profile": "别人改的"})])
        whole(*given, **named)

    monkeypatch.setattr(type(service), "put", lambda _, *given, **named: late(*given, **named))
    refused = post(staff, "records/teams/T3/deletion")
    assert refused.status_code == 412
    assert service.live.connect().teams()["T3"].profile == "别人改的"
    assert told(app, "university") == []
