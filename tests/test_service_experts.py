"""Experts under accounts of their own: only what was given, blind to each other, conflicts kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from .service import (
    ENTERPRISE,
    SIDES,
    STAFF,
    TEAM,
    UNIVERSITY,
    Caller,
    add_account,
    make_app,
    service_of,
)

API = "/api/v1"
K1T1 = {"challenge_id": "K1", "team_id": "T1"}
SCORES = [90, 80, 70, 60]


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    """K1 has a bid under evaluation, and one that is only handed in."""
    app = make_app(tmp_path)
    service = service_of(app)
    for team in ("T1", "T3"):
        pair = service.pairs.move(("K1", team), "揭榜", TEAM, SIDES)
        bid = {"statement": f"{team} 的办法", "partners": "外地研究所"}
        service.dossier.add_bid(pair.pair_id, bid, "university", [("方案.pdf", b"%PDF")])
    service.pairs.move(("K1", "T1"), "进入评审", STAFF, SIDES)
    return app


def ask(app: FastAPI, name: str) -> dict[str, Any]:
    asked = {"challenge_id": "K1", "name": name}
    answer = Caller(app, "staff").post(f"{API}/appraisals/experts", json=asked)
    return answer.json() if answer.is_success else {"fault": answer.text}


def mark(expert: Caller, **said: Any) -> int:
    return expert.send("PUT", f"{API}/appraisals/one", json={**K1T1, **said}).status_code


def test_an_expert_marks_what_it_was_given_and_nothing_else(app: FastAPI) -> None:
    staff, expert = Caller(app, "staff"), Caller(app, "expert")
    assert expert.get(f"{API}/appraisals").json()["bids"] == []
    assert mark(expert, scores=SCORES) == 404
    ask(app, "expert")
    (line,) = expert.get(f"{API}/appraisals").json()["bids"]  # the other is not under evaluation
    assert (line["team_id"], line["status"]) == ("T1", "未评")
    assert "请你评审：高端轴承钢洁净度" in expert.get("/inbox").text
    assert "揭榜书待评" in expert.get("/").text
    sheet = expert.get(f"{API}/appraisals/one", params=K1T1).json()
    assert sheet["bid"]["content"]["statement"] == "T1 的办法"
    paper = f"/appraisals/files/{sheet['bid']['files'][0]['file_id']}"
    assert expert.get(paper, params=K1T1).content == b"%PDF"
    assert expert.get(paper, params={**K1T1, "team_id": "T3"}).status_code == 404
    page = expert.get("/appraisals/one", params=K1T1)
    assert page.status_code == 200
    assert "13900000001" not in page.text
    assert expert.get("/pairs/one", params=K1T1).status_code == 403
    assert mark(expert, scores=SCORES[:2]) == 422
    assert mark(expert, scores=SCORES, comment="可行") == 200
    shown = staff.get("/pairs/one", params=K1T1).text
    assert "平均 75.0 分" in shown
    (told,) = staff.get(f"{API}/appraisals/experts?challenge=K1").json()["experts"]
    assert (told["name"], told["marked"], told["asked"]) == ("expert", 1, 1)


def test_experts_do_not_see_each_other_and_stand_back_where_they_must(app: FastAPI) -> None:
    marks = {"甲": "", "乙": UNIVERSITY, "丙": "外地研究所"}
    experts = {name: add_account(app, name, "expert", own) for name, own in marks.items()}
    for name in experts:
        ask(app, name)
    assert mark(experts["甲"], scores=SCORES, comment="只有甲知道") == 200
    for name, why in (("乙", "是揭榜单位"), ("丙", "在揭榜书的合作单位里")):
        page = experts[name].get("/appraisals/one", params=K1T1).text
        assert why in page
        assert "只有甲知道" not in page
        assert mark(experts[name], scores=SCORES) == 200  # it is kept as standing back
    (line,) = Caller(app, "staff").get(f"{API}/pairs/bids?challenge=K1").json()[:1]
    assert (line["mean"], line["experts"], line["conflicts"]) == (75.0, 1, 2)


def test_who_posted_the_challenge_is_not_asked_and_staff_do_not_mark_for_who_has_an_account(
    app: FastAPI,
) -> None:
    add_account(app, "需求方的人", "expert", ENTERPRISE)
    assert "不能请这个账号评审" in ask(app, "需求方的人")["fault"]
    ask(app, "expert")
    staff = Caller(app, "staff")
    entered = {**K1T1, "expert": "expert", "scores": SCORES}
    assert staff.post(f"{API}/pairs/appraisal", json=entered).status_code == 409
    page = staff.get("/pairs?challenge=K1").text
    assert "不再请expert" in page
    form = {"csrf": staff.token, "challenge_id": "K1", "name": "没有这个人"}
    assert staff.client.post("/appraisals/experts", data=form).status_code == 422


def test_what_was_said_stays_and_is_not_changed_once_the_evaluation_is_over(app: FastAPI) -> None:
    expert, service = Caller(app, "expert"), service_of(app)
    ask(app, "expert")
    assert mark(expert, conflict="曾是同事") == 200
    service.pairs.move(("K1", "T1"), "立项", STAFF, SIDES)
    assert mark(expert, scores=SCORES) == 409
    (line,) = expert.get(f"{API}/appraisals").json()["bids"]
    assert line["status"] == "回避"
    account = service.accounts.get("expert").account_id
    released = Caller(app, "staff").send(
        "DELETE", f"{API}/appraisals/experts/{account}?challenge=K1"
    )
    assert released.json()["experts"] == []
    assert expert.get(f"{API}/appraisals").json()["bids"] == []
    assert "曾是同事" in Caller(app, "staff").get("/pairs/one", params=K1T1).text
