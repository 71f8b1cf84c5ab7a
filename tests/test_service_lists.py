"""Lists become teams by way of a preview: staff build, a university hands in what is its own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from .service import UNIVERSITY, Caller, make_app, make_workspace

API = "/api/v1"
PAPERS = f"""题名,作者,单位,关键词,年
靶材烧结致密化,卫一;蒋二,{UNIVERSITY}材料学院,靶材;烧结,2021
靶材晶粒细化,卫一;蒋二,{UNIVERSITY}材料学院,靶材;晶粒,2022
靶材热压应力,沈三（外省研究院）;卫一（{UNIVERSITY}材料学院）,,靶材;热压,2022
靶材绑定焊接,韩四;杨五,外省研究院,靶材;绑定,2020
机器人关节摩擦,张伟,{UNIVERSITY}机电学院,机器人;摩擦,2019
机器人力矩控制,张伟,{UNIVERSITY}航天学院,机器人;力矩,2020
"""
PEOPLE = "姓名,职称,学院,研究方向\n卫一,教授,材料学院,溅射靶材\n"


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    make_workspace(tmp_path)
    return make_app(tmp_path, team_approval=True)


@pytest.fixture
def staff(app: FastAPI) -> Iterator[Caller]:
    with TestClient(app):  # the worker runs
        yield Caller(app, "staff")


def given(caller: Caller, *files: tuple[str, str]) -> Any:
    sent = [("files", (name, text.encode(), "text/csv")) for name, text in files]
    answer = caller.post(f"{API}/lists", files=sent)
    assert answer.status_code == 202, answer.text
    return looked(caller, answer.json()["list_id"])


def looked(caller: Caller, list_id: str) -> Any:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = caller.get(f"{API}/lists/{list_id}").json()
        if not found["going"]:
            return found
        time.sleep(0.02)
    raise AssertionError("the lists are not looked at")


def places(caller: Caller) -> set[str]:
    """Where the teams are whose works are of 靶材 and that lists made."""
    found = caller.get(f"{API}/teams", params={"q": "靶材", "size": 50}).json()["items"]
    names = {f"{name}团队" for name in ("卫一", "蒋二", "沈三", "韩四", "杨五")}
    return {one["org_name"] for one in found if one["team_name"] in names}


def test_staff_see_what_would_come_of_lists_before_they_build(staff: Caller) -> None:
    before = staff.get(f"{API}/teams").json()["total"]
    shown = given(staff, ("论文.csv", PAPERS), ("榜单.csv", "项目名称,榜额\n轴承钢,500万元\n"))
    found = shown["found"]
    assert shown["state"] == "待确认"
    assert [(f["name"], f["new"], bool(f["unread"])) for f in found["lists"]] == [
        ("论文.csv", 6, False), ("榜单.csv", 0, True),
    ]  # fmt: skip
    # 卫一 and 蒋二 stand on several papers; whether 张伟 is one is asked.
    assert (found["names"], found["persons"], found["merged"]) == (10, 6, 3)
    assert (found["doubts"], [q["name"] for q in found["questions"]]) == (1, ["张伟"])
    assert staff.get(f"{API}/teams").json()["total"] == before  # nothing is written
    path = f"/lists/{shown['list_id']}"
    jobs = staff.get("/staff/jobs").text
    assert staff.get(f"/staff/jobs/{shown['list_id']}").status_code == 200
    assert "清单预览" in jobs
    page = staff.get(path).text
    for told in ("卫一团队", "机器人力矩控制", "照此建库", "不是成果清单"):
        assert told in page
    (asked,) = found["questions"]
    pair = {"one": asked["one_key"], "other": asked["other_key"]}
    stranger = {"answers": [{"one": "x#张伟", "other": "y#张伟", "same": "是"}]}
    assert staff.post(f"{API}{path}/commitment", json=stranger).status_code == 404
    told = staff.send("POST", f"{path}/commitment", data={**pair, "same0": "否"})
    assert told.status_code == 303
    built = looked(staff, shown["list_id"])
    assert (built["state"], built["summary"]["questions"]) == ("已建库", 0)
    assert built["summary"]["changes"]["teams"]["added"] == found["added"] + 1  # 张伟 is two
    assert staff.post(f"{API}{path}/commitment", json={}).status_code == 409
    again = given(staff, ("论文.csv", PAPERS))["found"]
    assert (again["added"], again["changed"], again["lists"][0]["same"]) == (0, 0, 6)


def built(staff: Caller, text: str) -> None:
    shown = given(staff, ("论文.csv", text))
    staff.post(f"{API}/lists/{shown['list_id']}/commitment", json={})
    assert looked(staff, shown["list_id"])["state"] == "已建库"


def test_a_university_is_told_what_the_lists_of_others_brought_to_its_teams(
    app: FastAPI, staff: Caller
) -> None:
    own, other = Caller(app, "university"), Caller(app, "enterprise")
    built(staff, PAPERS)
    (new,) = own.get(f"{API}/inbox").json()["items"]
    assert new["title"] == "导入给本单位 2 个团队加了 5 条成果，请核对"
    assert "新增团队“卫一团队”" in new["body"]
    assert "外省研究院" not in new["body"]
    head = PAPERS.partition("\n")[0]
    more = f"{head}\n靶材溅射速率,卫一;蒋二,{UNIVERSITY}材料学院,靶材;溅射,2024\n"
    built(staff, more)
    built(staff, more)  # brings nothing new
    found = own.get(f"{API}/inbox").json()["items"]
    assert [one["title"] for one in found[:-1]] == ["导入给本单位 1 个团队加了 1 条成果，请核对"]
    assert "“卫一团队”，成果：靶材溅射速率" in found[0]["body"]
    assert "不是本团队的" in found[0]["body"]
    assert "导入给团队加了内容" in own.get("/").text
    assert other.get(f"{API}/inbox").json()["total"] == 0
    assert own.post(f"{API}/inbox/read").is_success
    assert "导入给团队加了内容" not in own.get("/").text


def test_a_university_builds_its_own_teams_and_staff_approve(app: FastAPI, staff: Caller) -> None:
    own = Caller(app, "university")
    shown = given(own, ("论文.csv", PAPERS), ("导师.csv", PEOPLE))
    path = f"/lists/{shown['list_id']}"
    assert shown["organisation"] == UNIVERSITY
    assert {team["organisation"] for team in shown["found"]["teams"]} == {UNIVERSITY}
    assert shown["found"]["people"] == 1
    assert [q["name"] for q in shown["found"]["questions"]] == ["张伟"]  # both sides are its own
    assert "提交管理人员审核" in own.get(path).text
    waiting = own.post(f"{API}{path}/commitment", json={}).json()
    assert waiting["state"] == "待审核"
    assert places(staff) == set()  # nothing before staff approve
    assert own.post(f"{API}{path}/return", json={"reason": "x"}).status_code == 403
    returned = staff.post(f"{API}{path}/return", json={"reason": "缺 2023 年"}).json()
    assert returned["state"] == "退回"
    assert "缺 2023 年" in own.get(path).text
    assert own.post(f"{API}{path}/commitment", json={}).json()["state"] == "待审核"
    assert staff.get(f"{API}/lists", params={"state": "待审核"}).json()["total"] == 1
    assert f'href="{path}"' in staff.get("/").text  # among what waits for staff
    staff.post(f"{API}{path}/commitment", json={})
    assert looked(own, shown["list_id"])["state"] == "已建库"
    assert staff.get(f"{API}/lists", params={"state": "待审核"}).json()["total"] == 0
    # 沈三 begins one of the papers and 韩四 another, but they are nobody of this university.
    assert places(staff) == {UNIVERSITY}


def test_lists_of_another_organisation_are_not_there(app: FastAPI, staff: Caller) -> None:
    shown = given(staff, ("论文.csv", PAPERS))
    own = Caller(app, "university")
    assert own.get(f"{API}/lists/{shown['list_id']}").status_code == 404
    assert own.get(f"{API}/lists").json()["total"] == 0
    assert Caller(app, "enterprise").get(f"{API}/lists").status_code == 403


def test_a_list_that_serves_all_goes_before_one_of_a_single_organisation(
    app: FastAPI, staff: Caller
) -> None:
    for caller in (Caller(app, "university"), staff):
        shown = given(caller, ("论文.csv", PAPERS))
        caller.post(f"{API}/lists/{shown['list_id']}/commitment", json={})
        staff.post(f"{API}/lists/{shown['list_id']}/commitment", json={})
        looked(staff, shown["list_id"])
    assert places(staff) == {UNIVERSITY, "外省研究院"}


def test_what_is_no_list_is_told(staff: Caller) -> None:
    shown = given(staff, ("榜单.csv", "项目名称,榜额\n轴承钢,500万元\n"))
    assert (shown["state"], "没有成果清单" in shown["error"]) == ("没有完成", True)
    assert "没有成果清单" in staff.get(f"/lists/{shown['list_id']}").text
    assert staff.send("POST", "/lists", data={}).status_code == 422


def test_a_page_names_no_commands(staff: Caller) -> None:
    sent = {"file": ("论文.csv", PAPERS.encode(), "text/csv")}
    page = staff.get(staff.post("/staff/imports", files=sent).headers["location"]).text
    assert "在“由清单建库”里上传" in page
    for words in ("matcher library", "--team", "--as"):
        assert words not in page
