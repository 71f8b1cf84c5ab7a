"""Staff among themselves: who sees to a challenge, what is said of it; how far the rounds came."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from fastapi import FastAPI

from matcher import Challenge
from matcher.records import Outcome, Source

from .service import (
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
HANDLING = f"{API}/challenges/K1/handling"


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    workspace = make_workspace(tmp_path)
    workspace.put_challenges([
        Challenge(challenge_id=f"P{n}", title=f"难题{n}", demand_org=ENTERPRISE, stage="发榜",
                  apply_deadline=date(2099 + n % 2, 12, 31),
                  source=Source(file=f"榜单{n % 2}.xlsx"))
        for n in range(6)
    ])  # fmt: skip
    return make_app(tmp_path, public_lists=True)


def test_who_sees_to_a_challenge_is_told_and_sees_it_among_what_waits(app: FastAPI) -> None:
    staff, other = Caller(app, "staff"), add_account(app, "小李", "staff", "")
    asked = {"assignee": "小李", "meeting": "第三次会商"}
    made = staff.send("PUT", HANDLING, json=asked)
    assert (made.status_code, made.json()["assignee"]) == (200, "小李")
    for _ in range(2):  # again changes nothing and tells nobody
        staff.send("PUT", HANDLING, json=asked)
    told = other.get(f"{API}/inbox").json()["items"]
    assert [one["title"] for one in told] == ["分给你办：高端轴承钢洁净度"]
    waiting = {one["title"]: one["count"] for one in other.get(f"{API}/todo").json()["items"]}
    assert waiting["分给我的"] == 1
    assert "分给我的" not in str(staff.get(f"{API}/todo").json())
    audited = staff.get(f"{API}/audit?action=challenge.assign").json()["items"]
    assert [line["detail"]["assignee"] for line in audited] == ["小李"]
    nobody = staff.send("PUT", HANDLING, json={"assignee": "enterprise"})
    assert nobody.status_code == 404


@pytest.mark.slow
def test_what_staff_say_among_themselves_is_for_nobody_else(app: FastAPI) -> None:
    staff = Caller(app, "staff")
    said = staff.post(f"{API}/challenges/K1/comments", json={"text": "企业拖欠过工程款"})
    assert said.status_code == 201
    form = {"csrf": staff.token, "text": "再核实"}
    assert staff.client.post("/staff/challenges/K1/comments", data=form).status_code == 303
    assert [one["text"] for one in staff.get(HANDLING).json()["comments"]] == [
        "企业拖欠过工程款", "再核实"
    ]  # fmt: skip
    assert "拖欠" in staff.get("/challenges/K1").text
    for name in ("public", "enterprise", "university", "local"):
        somebody = Caller(app, name)
        assert somebody.get("/challenges/K1").status_code == 200
        assert "拖欠" not in somebody.get("/challenges/K1").text
        for path in ("", "/history", "/handling", "/comments"):
            assert "拖欠" not in somebody.get(f"{API}/challenges/K1{path}").text
        assert somebody.get(HANDLING).status_code in (401, 403)
    staff.post(f"{API}/challenges/K1/comments", json={"text": " "})
    assert len(staff.get(HANDLING).json()["comments"]) == 2


@pytest.mark.slow
def test_the_funnel_counts_how_far_each_round_came(app: FastAPI) -> None:
    service, staff = service_of(app), Caller(app, "staff")
    path = [("邀请", STAFF), ("表示意向", TEAM), ("揭榜", TEAM), ("进入评审", STAFF),
            ("立项", STAFF), ("签约", STAFF), ("验收", STAFF)]  # fmt: skip
    for number, length in enumerate((0, 1, 2, 3, 5, 7)):
        for move, act in path[:length]:
            service.pairs.move((f"P{number}", "T1"), move, act, SIDES)

    def rows(by: str) -> dict[str, list[int]]:
        found = staff.get(f"{API}/funnel", params={"by": by}).json()
        return {row["batch"]: row["counts"] for row in found["rows"]}

    # Published, answered, in contact, bid, awarded, signed, accepted; never more than before.
    assert rows("year")["2099 年"] == [3, 2, 1, 1, 1, 0, 0]
    assert rows("year")["2100 年"] == [3, 2, 2, 2, 1, 1, 1]
    assert rows("list")["榜单1"] == [3, 2, 2, 2, 1, 1, 1]
    assert sum(counts[0] for counts in rows("list").values()) == 8  # two are not published
    service.pairs.undo(("P5", "T1"), STAFF, SIDES)
    assert rows("year")["2100 年"][-1] == 0
    by_hand = Outcome(challenge_id="P0", team_id="T2", stage="立项")
    service.live.connect().put_outcomes([by_hand])
    service.live.reopen()
    assert rows("year")["2099 年"] == [3, 3, 2, 2, 2, 0, 0]
    staff.send("PUT", f"{API}/challenges/P1/handling", json={"meeting": "第三次会商"})
    assert rows("meeting")["第三次会商"][0] == 1
    shown = staff.get("/staff/progress?by=meeting&batch=第三次会商").text
    assert "第三次会商：1 项" in shown
    assert staff.get("/staff/progress?by=不对").status_code == 422


@pytest.mark.slow
def test_what_is_published_together_may_be_named_for_a_meeting(app: FastAPI) -> None:
    staff = Caller(app, "staff")
    asked = {"challenge_ids": ["U1", "U2"], "meeting": "2026年第三次会商"}
    assert staff.post(f"{API}/publishing", json=asked).status_code == 200
    kept = staff.get(f"{API}/challenges/U2/handling").json()
    assert kept["meeting"] == "2026年第三次会商"
