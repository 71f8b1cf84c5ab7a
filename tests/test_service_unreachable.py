"""Sides of a pair that cannot be reached: without contacts, or that nobody is."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI

from matcher import Challenge

from .service import SIDES, TEAM, UNIVERSITY, Caller, make_app, service_of

API = "/api/v1"
NAMED = {"challenge_id": "K1", "team_id": "T1"}


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    return make_app(tmp_path)


def test_contacts_that_are_not_there_are_not_swapped(app: FastAPI) -> None:
    named, school = {**NAMED, "team_id": "T3"}, Caller(app, "university")
    service_of(app).pairs.move(("K1", "T3"), "表示意向", TEAM, SIDES)
    asked = {**named, "move": "同意互换（揭榜方）"}
    refused = school.post(f"{API}/pairs/move", json=asked)
    assert (refused.status_code, "没有填联系方式" in refused.text) == (409, True)
    page = school.get("/pairs/one", params=named).text
    assert "互换联系方式之前，先" in page
    assert "同意互换联系方式" not in page


def test_staff_stand_in_for_a_demand_side_that_no_list_names(app: FastAPI) -> None:
    service = service_of(app)
    nobody = Challenge(challenge_id="K7", title="无主的难题", problem="轴承钢", stage="发榜")
    service.live.connect().put_challenges([nobody])
    service.live.reopen()
    service.pairs.move(("K7", "T1"), "表示意向", TEAM, {"team": UNIVERSITY})
    staff = Caller(app, "staff")
    named = {"challenge_id": "K7", "team_id": "T1"}
    assert "同意互换联系方式" in staff.get("/pairs/one", params=named).text
    asked = {**named, "move": "同意互换（需求方）"}
    assert staff.post(f"{API}/pairs/move", json=asked).json()["state"] == "需求方同意互换"
