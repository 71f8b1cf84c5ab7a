"""What is marked as wrong is acted on, kept, undone by staff, and judged truth to learn from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from matcher.errors import StorageError
from matcher.learning.evaluation import read_qrels

from .service import TEAMS, Caller, make_app, service_of

API = "/api/v1"
PIECE = "轴承钢夹杂物与疲劳寿命"
NOT_OURS = {"kind": "成果", "subject": PIECE, "reason": "作者是同名的人"}
NOT_FOR_US = {"kind": "匹配", "challenge_id": "K1", "reason": "不做炼钢"}


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    return make_app(tmp_path)


def mark(somebody: Caller, team: str = "T1", **asked: str) -> Any:
    return somebody.post(f"{API}/teams/{team}/corrections", json=asked)


def undo(somebody: Caller, number: int) -> Any:
    path = f"{API}/corrections/{number}/undoing"
    return somebody.post(path, json={"reason": "是他的，核实过"})


def titles(somebody: Caller) -> list[str]:
    return [p["title"] for p in somebody.get(f"{API}/teams/T1").json()["pieces"]]


def test_a_piece_that_is_not_theirs_counts_no_more_and_no_import_brings_it_back(
    app: FastAPI,
) -> None:
    ours, staff = Caller(app, "university"), Caller(app, "staff")
    made = mark(ours, **NOT_OURS)
    assert made.status_code == 201
    assert mark(ours, **NOT_OURS).json()["number"] == made.json()["number"]
    assert titles(staff) == []
    found = staff.get(f"{API}/challenges/K1/teams").json()["matches"]
    assert PIECE not in str(found)
    for somebody, there in ((ours, True), (staff, True), (Caller(app, "enterprise"), False)):
        page = somebody.get("/teams/T1").text
        assert ("作者是同名的人" in page) is there
    service = service_of(app)
    service.live.connect().put_teams(TEAMS)
    service.live.reopen()
    assert titles(staff) == []
    assert undo(ours, made.json()["number"]).status_code == 403
    assert undo(staff, made.json()["number"]).json()["undone_reason"] == "是他的，核实过"
    assert titles(staff) == [PIECE]
    assert undo(staff, made.json()["number"]).status_code == 409
    actions = [line.action for line in service.audit.lines()[0]]
    assert actions.count("correction.mark") == 1
    assert actions[0] == "correction.undo"


def test_a_coverage_that_is_wrong_is_unseen_wherever_it_was_shown(app: FastAPI) -> None:
    ours, enterprise = Caller(app, "university"), Caller(app, "enterprise")

    def coverage() -> dict[str, str]:
        (match,) = [m for m in enterprise.get(f"{API}/challenges/K1/teams").json()["matches"]
                    if m["team_id"] == "T1"]  # fmt: skip
        return {part["label"]: part["status"] for part in match["coverage"]}

    def answered() -> list[str]:
        members = enterprise.get(f"{API}/challenges/K1/consortium").json()["members"]
        return [label for m in members if m["team"]["team_id"] == "T1" for label in m["facets"]]

    label = next(label for label, status in coverage().items() if status != "未见")
    assert label in answered()
    asked = {"kind": "覆盖", "challenge_id": "K1", "subject": label, "reason": "只做过样品"}
    number = mark(ours, **asked).json()["number"]
    assert coverage()[label] == "未见"
    assert label not in answered()
    assert "已更正为未见：只做过样品" in enterprise.get("/challenges/K1/teams").text
    (side,) = enterprise.get(f"{API}/challenges/K1/comparison?team=T1").json()["teams"]
    assert {p["label"]: p["status"] for p in side["coverage"]}[label] == "未见"
    assert mark(ours, **{**asked, "subject": "没有"}).status_code == 404
    assert undo(Caller(app, "staff"), number).status_code == 200
    assert coverage()[label] != "未见"


def test_a_match_that_is_wrong_is_left_out_and_taught(app: FastAPI, tmp_path: Path) -> None:
    ours, staff, enterprise = (Caller(app, who) for who in ("university", "staff", "enterprise"))
    number = mark(ours, **NOT_FOR_US).json()["number"]
    assert "T1" not in {m["team_id"] for m in
                        enterprise.get(f"{API}/challenges/K1/teams").json()["matches"]}  # fmt: skip
    seen = staff.get(f"{API}/challenges/K1/teams").json()["matches"]
    assert (seen[-1]["team_id"], seen[-1]["marked"]) == ("T1", "不做炼钢")
    own = ours.get(f"{API}/teams/T1/challenges").json()["matches"]
    assert (own[-1]["challenge_id"], own[-1]["marked"]) == ("K1", "不做炼钢")
    assert "已标记为不匹配" in ours.get("/teams/T1/challenges").text
    (outcome,) = staff.get(f"{API}/outcomes").json()["items"]
    assert (outcome["stage"], outcome["who"]) == ("人工排除", "university")  # as a plan honours it
    file = tmp_path / "更正.qrels"
    file.write_bytes(staff.get(f"{API}/corrections/judged.qrels").content)
    assert read_qrels(file) == {"K1": {"T1": 0}}
    assert '"kind": "匹配"' in staff.get(f"{API}/corrections/judged.jsonl").text
    assert undo(staff, number).status_code == 200
    assert staff.get(f"{API}/outcomes").json()["total"] == 0
    assert staff.get(f"{API}/corrections/judged.qrels").content == b""
    assert "T1" in enterprise.get(f"{API}/challenges/K1/teams").text


def test_nobody_marks_the_teams_of_others(app: FastAPI) -> None:
    ours = Caller(app, "university")
    assert mark(ours, "T2", **NOT_FOR_US).status_code == 404
    assert mark(Caller(app, "enterprise"), **NOT_FOR_US).status_code == 403
    assert mark(ours, **{**NOT_OURS, "subject": "没有这条"}).status_code == 404
    assert mark(ours, **{**NOT_OURS, "reason": " "}).status_code == 422
    assert mark(ours, kind="覆盖", subject="问题", reason="x").status_code == 422
    assert ours.get(f"{API}/corrections").status_code == 403
    assert Caller(app, "staff").get(f"{API}/corrections").json()["total"] == 0


def test_what_fails_half_way_corrects_nothing(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, staff = Caller(app, "university"), Caller(app, "staff")

    def fails(*_: object, **__: object) -> None:
        raise StorageError("磁盘已满")

    with monkeypatch.context() as patch:
        patch.setattr(type(service_of(app).audit), "write", fails)
        for asked in (NOT_OURS, NOT_FOR_US):
            assert mark(ours, **asked).status_code >= 500
    assert titles(staff) == [PIECE]
    assert staff.get(f"{API}/corrections").json()["total"] == 0
    assert staff.get(f"{API}/outcomes").json()["total"] == 0


def test_all_of_it_works_by_forms_alone(app: FastAPI) -> None:
    ours, staff = Caller(app, "university"), Caller(app, "staff")
    assert "这里不对" in ours.get("/teams/T1/challenges").text
    assert "这里不对" in staff.get("/staff/review/K1").text
    assert "不是本团队的" not in Caller(app, "enterprise").get("/teams/T1").text
    for form, where in (
        ({"what": "成果", "subject": PIECE, "reason": "不是"}, "/teams/T1"),
        ({"what": "匹配", "challenge_id": "K1", "reason": "不做"}, "/teams/T1/challenges"),
    ):
        sent = {**form, "csrf": ours.token}
        made = ours.client.post("/teams/T1/corrections", data=sent)
        assert (made.status_code, made.headers["location"]) == (303, where)
    page = staff.get("/staff/corrections").text
    assert page.count("撤销的理由") == 2
    form = {"csrf": staff.token, "reason": "核实过"}
    assert staff.client.post("/staff/corrections/1/undoing", data=form).status_code == 303
    again = staff.client.post("/staff/corrections/1/undoing", data=form)
    assert (again.status_code, "已经撤销" in again.text) == (409, True)
