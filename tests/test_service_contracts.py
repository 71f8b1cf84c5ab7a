"""What is agreed at signing, the days that follow from it, and what was reached in the end."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from matcher.text.dates import today

from .service import DEMAND, SIDES, STAFF, TEAM, Caller, make_app, service_of

API = "/api/v1"
NAMED = {"challenge_id": "K1", "team_id": "T1"}


def day(days: int) -> str:
    return (today() + timedelta(days=days)).isoformat()


def agreed(**more: Any) -> dict[str, Any]:
    return {
        "signed": day(-40), "number": "HT-7", "amount_wan": 300, "ends": day(20),
        "milestones": [{"due": day(-1), "what": "中试"}, {"due": day(300), "what": "量产"}],
        "targets": ["总氧≤5ppm"], **more,
    }  # fmt: skip


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    """K1 and T1 are awarded; they have not signed."""
    app = make_app(tmp_path)
    pairs = service_of(app).pairs
    for name, act in (("揭榜", TEAM), ("进入评审", STAFF), ("立项", STAFF)):
        pairs.move(("K1", "T1"), name, act, SIDES)
    return app


def post(caller: Caller, what: str, **body: Any) -> int:
    return caller.post(f"{API}/pairs/{what}", json={**NAMED, **body}).status_code


def shown(caller: Caller) -> Any:
    return caller.get(f"{API}/pairs/one", params=NAMED).json()["contract"]


def todo(caller: Caller) -> dict[str, str]:
    found = caller.get(f"{API}/todo").json()["items"]
    return {one["title"]: one["lines"][0]["note"] for one in found if one["lines"]}


@pytest.mark.slow
def test_what_is_agreed_is_kept_changed_with_a_reason_and_undone(app: FastAPI) -> None:
    demand, team, staff = (Caller(app, name) for name in ("enterprise", "university", "staff"))
    assert shown(demand) is None
    assert post(team, "contract", contract=agreed()) == 409  # the demand side or staff file it
    upside = agreed(begins=day(30))
    assert post(demand, "contract", contract=upside) == 422
    for early in ({"ends": day(-50)}, {"milestones": [{"due": day(-50), "what": "小试"}]}):
        assert post(demand, "contract", contract=agreed(**early)) == 422
    assert post(demand, "contract", contract=agreed()) == 204
    for side in (demand, team, staff):
        found = shown(side)
        assert (found["number"], found["amount_wan"], found["ends"]) == ("HT-7", 300, day(20))
        # Each requirement by its name, whether or not something is agreed on it.
        assert found["targets"][0]["agreed"] == "总氧≤5ppm"
        assert len(found["targets"]) > 1
        assert all(one["label"] for one in found["targets"])
    assert post(demand, "contract", contract=agreed(number="HT-8")) == 409  # no reason
    assert post(demand, "contract", contract=agreed(number="HT-8"), reason="补充协议") == 204
    assert shown(team)["number"] == "HT-8"
    assert post(staff, "undo", move="撤销", reason="误登") == 200
    assert shown(team)["number"] == "HT-7"
    assert "HT-" not in Caller(app, "broker").get("/pairs/one", params=NAMED).text


@pytest.mark.slow
def test_days_of_a_contract_come_before_its_sides_until_they_are_done(app: FastAPI) -> None:
    demand, team, staff = (Caller(app, name) for name in ("enterprise", "university", "staff"))
    service_of(app).pairs.move(("K1", "T1"), "签约", DEMAND, SIDES)
    assert "合同没有登记" in todo(demand)
    assert "合同没有登记" in todo(staff)
    assert "合同没有登记" not in todo(team)
    assert post(demand, "contract", contract=agreed(), reason="补登") == 204
    for side in (demand, team, staff):
        found = todo(side)
        assert "合同没有登记" not in found
        assert found["里程碑到期"].startswith(f"{day(-1)}（已过期） 中试")
        assert found["临近验收"].startswith(day(20))
    assert post(team, "milestone", number=3, reason="没有这个") == 409
    assert post(team, "milestone", number=1, reason="中试线已通过") == 204
    assert not {"里程碑到期", "里程碑临近"} & set(todo(demand))  # the other one is far away
    first = shown(staff)["milestones"][0]
    assert (first["done"], first["note"]) == (today().isoformat(), "中试线已通过")
    results = [{"reached": "总氧4.6ppm", "result": "达到"}]
    assert post(demand, "acceptance", reason="达到", results=results) == 403
    assert post(staff, "acceptance", reason="", results=results) == 409
    assert post(staff, "acceptance", reason="达到约定指标", results=results) == 204
    found = shown(team)
    assert (found["conclusion"], found["accepted"]) == ("达到约定指标", today().isoformat())
    assert (found["targets"][0]["reached"], found["targets"][0]["result"]) == ("总氧4.6ppm", "达到")
    assert not {"到期验收", "临近验收"} & set(todo(staff))


def test_a_team_asks_for_acceptance_and_what_is_not_reached_is_not_passed_in_silence(
    app: FastAPI,
) -> None:
    demand, team, staff = (Caller(app, name) for name in ("enterprise", "university", "staff"))
    assert post(demand, "contract", contract=agreed()) == 204
    assert post(demand, "handing-in", reason="替团队提请") == 409
    form = {**NAMED, "csrf": team.token, "reason": "两项都做完"}
    paper = [("files", ("报告.pdf", b"%PDF-1", "application/pdf"))]
    assert team.client.post("/pairs/handing-in", data=form, files=paper).status_code == 303
    assert "报告.pdf" in staff.get("/pairs/one", params=NAMED).text
    assert "两项都做完" in todo(staff)["提请验收"]
    move = {**NAMED, "move": "退回整改", "reason": "总氧没有达到，整改后再验"}
    assert staff.post("/api/v1/pairs/move", json=move).status_code == 200
    assert "整改后再验" in todo(team)["退回整改"]
    assert "提请验收" not in todo(staff)
    for result in ("", "未达到"):
        results = [{"reached": "7ppm", "result": result}]
        assert post(staff, "acceptance", reason="通过", results=results) == 422
    page = {**NAMED, "csrf": staff.token, "reason": "通过", "reached": "7ppm", "result": "未达到"}
    asked = staff.client.post("/pairs/acceptance", data=page)
    assert (asked.status_code, "仍然通过" in asked.text) == (422, True)
    anyway = staff.client.post("/pairs/acceptance", data={**page, "anyway": "1"})
    assert anyway.status_code == 303
    assert not {"提请验收", "退回整改"} & set(todo(staff))


@pytest.mark.slow
def test_papers_of_a_contract_are_for_its_sides_alone(app: FastAPI) -> None:
    demand, team = Caller(app, "enterprise"), Caller(app, "university")
    page = demand.get("/pairs/contract", params=NAMED).text
    assert f'name="signed" type="date" value="{today()}"' in page
    form = {**NAMED, "csrf": demand.token, "signed": day(0), "targets": ["总氧≤5ppm", ""],
            "due": [day(9), ""], "what": ["中试", ""]}  # fmt: skip
    paper = [("files", ("../合同.pdf", b"%PDF-1", "application/pdf"))]
    wrong = demand.client.post("/pairs/contract", data={**form, "signed": "哪天"}, files=paper)
    assert (wrong.status_code, "签订日期" in wrong.text, "中试" in wrong.text) == (422, True, True)
    assert demand.client.post("/pairs/contract", data=form, files=paper).status_code == 303
    text = team.get("/pairs/one", params=NAMED).text
    (file,) = re.findall(r'href="(/pairs/files/\w+\?[^"]*)">合同.pdf', text)
    address = file.replace("&amp;", "&")
    assert team.get(address).content == b"%PDF-1"
    for name in ("broker", "local"):
        assert Caller(app, name).get(address).status_code in (403, 404)
    other = address.replace("T1", "T3")
    assert Caller(app, "staff").get(other).status_code == 404  # of another pair
    done = {**NAMED, "csrf": team.token, "number": "1", "reason": "做完了"}
    assert team.client.post("/pairs/milestone", data=done).status_code == 303
    staff = Caller(app, "staff")
    assert "约定：总氧≤5ppm" in staff.get("/pairs/acceptance", params=NAMED).text
    accept = {**NAMED, "csrf": staff.token, "reason": "通过", "reached": ["4.6ppm", ""],
              "result": ["达到", ""]}  # fmt: skip
    assert staff.client.post("/pairs/acceptance", data=accept).status_code == 303
    assert "4.6ppm" in team.get("/pairs/one", params=NAMED).text
