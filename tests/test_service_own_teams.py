"""A university keeps its own teams; what it writes counts when staff have approved it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from matcher.linking.register import Register
from matcher.records import Achievement, Contributor
from matcher.workspace import STORE_FILE

from .service import (
    TEAMS,
    UNIVERSITY,
    Caller,
    add_account,
    make_app,
    make_workspace,
    service_of,
)

API = "/api/v1/team-changes"
FIELDS = {
    "team_name": "轴承钢团队", "research_directions": ["轴承钢夹杂物控制", "电渣重熔"],
    "max_challenges": 2,
    "contact_phone": "13800000001",
    "references": "[1] 王五, 李四. 稀土对轴承钢疲劳的影响[J]. 钢铁, 2023, 58(3): 1-8.\n"
    "轴承钢夹杂物与疲劳寿命",
}  # fmt: skip


@pytest.mark.slow
def test_a_change_counts_when_it_is_approved(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    university, staff = Caller(app, "university"), Caller(app, "staff")
    made = university.post(f"{API}/teams/T1", json=FIELDS)
    assert (made.status_code, made.json()["state"]) == (201, "待审核")
    assert made.json()["evidence"][0] == "论文：稀土对轴承钢疲劳的影响"
    again = university.post(f"{API}/teams/T1", json=FIELDS)
    assert again.status_code == 409
    assert university.get("/api/v1/teams/T1").json()["max_challenges"] is None
    number = made.json()["number"]
    assert university.post(f"{API}/{number}/verdict", json={"accept": True}).status_code == 403
    assert staff.post(f"{API}/{number}/verdict", json={"accept": False}).status_code == 422
    assert "电渣重熔" in staff.get("/team-changes").text
    taken = staff.post(f"{API}/{number}/verdict", json={"accept": True}).json()
    assert taken["state"] == "已采用"
    assert taken["fields"] == made.json()["fields"] != []  # what it changed stays on record
    team = university.get("/api/v1/teams/T1").json()
    assert (team["max_challenges"], team["research_directions"][1]) == (2, "电渣重熔")
    assert [piece["title"] for piece in team["pieces"]] == [
        "轴承钢夹杂物与疲劳寿命", "稀土对轴承钢疲劳的影响",
    ]  # fmt: skip
    same = university.post(f"{API}/teams/T1", json={**FIELDS})
    assert (same.status_code, "内容没有变" in same.text) == (422, True)


@pytest.mark.slow
def test_a_new_team_by_the_page_and_one_sent_back(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    university, staff = Caller(app, "university"), Caller(app, "staff")
    form = {
        "csrf": university.token,
        "team_name": "电渣团队",
        "research_directions": "电渣重熔；真空感应",
    }
    empty = university.client.post("/team-changes/new", data={**form, "team_name": ""})
    assert (empty.status_code, "电渣重熔；真空感应" in empty.text) == (422, True)
    assert university.client.post("/team-changes/new", data=form).status_code == 303
    (one,) = staff.get(API).json()["items"]
    assert (one["organisation"], one["new"]) == (UNIVERSITY, True)
    back = staff.client.post(
        f"/team-changes/{one['number']}/verdict",
        data={"csrf": staff.token, "accept": "false", "reason": "写明负责人"},
    )
    assert back.status_code == 303
    assert "写明负责人" in university.get("/team-changes").text
    assert university.client.post("/team-changes/new", data=form).status_code == 303
    number = staff.get(API).json()["items"][0]["number"]
    staff.post(f"{API}/{number}/verdict", json={"accept": True})
    assert "电渣团队" in university.get("/my-teams").text


@pytest.mark.slow
def test_without_approval_it_counts_at_once_and_strangers_find_nothing(tmp_path: Path) -> None:
    app = make_app(tmp_path, team_approval=False)
    assert (
        Caller(app, "university").post(f"{API}/teams/T1", json=FIELDS).json()["state"] == "已采用"
    )
    add_account(app, "别校", "university", "别的大学")
    stranger = Caller(app, "别校")
    assert stranger.post(f"{API}/teams/T1", json=FIELDS).status_code == 404
    assert stranger.get("/team-changes/teams/T1").status_code == 404
    assert stranger.get(API).json()["total"] == 0


@pytest.mark.slow
def test_what_bears_the_name_of_a_member_is_proposed_and_never_added_alone(
    tmp_path: Path,
) -> None:
    """The name with the team's own organisation; what is refused is not proposed again."""
    workspace = make_workspace(tmp_path)
    team = workspace.teams()["T1"].model_copy(update={"leader_name": "王伟", "members": ("李明",)})
    workspace.put_teams([team])
    works = [
        _work("稀土轴承钢", "王伟", UNIVERSITY), _work("别校王伟的", "王伟", "外地研究所"),
        _work("题目里说到王伟", "赵六", UNIVERSITY),
        _work("电渣重熔", "李明", f"{UNIVERSITY}材料学院"),
        _work("轴承钢夹杂物与疲劳寿命", "王伟", UNIVERSITY),  # has it
    ]  # fmt: skip
    with closing(Register.open(tmp_path / STORE_FILE)) as register:
        register.add(works)
    app = make_app(tmp_path, team_approval=True)
    university, staff = Caller(app, "university"), Caller(app, "staff")
    path = f"{API}/proposed/T1"
    found = {one["title"]: one for one in university.get(path).json()}
    assert set(found) == {"稀土轴承钢", "电渣重熔"}
    assert found["稀土轴承钢"]["why"] == f"王伟，{UNIVERSITY}"
    assert "稀土轴承钢" in university.get("/team-changes/teams/T1").text
    other = add_account(app, "别校", "university", "别的大学")
    assert other.get(path).status_code == 404
    mine = {"keys": [found["稀土轴承钢"]["key"]], "own": True}
    assert university.post(path, json=mine).status_code == 204
    titles = [one["title"] for one in university.get("/api/v1/teams/T1").json()["pieces"]]
    assert "稀土轴承钢" not in titles  # staff approve it first
    (change,) = university.get(API).json()["items"]
    assert change["evidence"] == ["论文：稀土轴承钢"]
    assert staff.post(f"{API}/{change['number']}/verdict", json={"accept": True}).is_success
    titles = [one["title"] for one in university.get("/api/v1/teams/T1").json()["pieces"]]
    assert "稀土轴承钢" in titles
    form = {"csrf": university.token, "keys": found["电渣重熔"]["key"], "own": "0"}
    page = university.client.post("/team-changes/proposed/T1", data=form)
    assert page.status_code == 303
    assert university.get(path).json() == []
    assert university.client.post("/team-changes/proposed/T1", data=form).status_code == 422


def _work(title: str, name: str, organisation: str) -> Achievement:
    return Achievement(kind="论文", title=title, year=2022, contributors=(
        Contributor(name=name, organisations=(organisation,)),))  # fmt: skip


WORKS = (
    "题名,作者,单位,发表时间,类型\n"
    "电渣重熔的脱氧,王五;李四,某某大学,2023,论文\n"
    "轴承钢夹杂物与疲劳寿命,王五,某某大学,2021,论文\n"
    "别人的论文,赵六,别的大学,2020,论文\n"
)


def test_a_file_of_achievements_is_looked_at_ticked_and_approved(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    university, staff = Caller(app, "university"), Caller(app, "staff")
    workspace = service_of(app).live.connect()
    workspace.put_teams([TEAMS[0].model_copy(update={"leader_name": "王五"})])
    service_of(app).live.reopen()
    assert "上传成果清单" in university.get("/team-changes/teams/T1").text
    file = {"file": ("论文.csv", WORKS.encode())}
    found = university.post(f"{API}/evidence/T1", files=file).json()
    assert [(p["title"], p["state"]) for p in found["pieces"]] == [
        ("电渣重熔的脱氧", "新的"), ("轴承钢夹杂物与疲劳寿命", "已有"),
        ("别人的论文", "没有成员署名"),
    ]  # fmt: skip
    form = {"csrf": university.token}
    page = university.client.post("/team-changes/evidence/T1", data=form, files=file)
    assert 'value="1" checked' in page.text
    assert 'value="3" checked' not in page.text
    form |= {"upload_id": found["upload_id"]}
    nothing = university.client.post("/team-changes/evidence/T1", data={**form, "numbers": "2"})
    assert (nothing.status_code, "没有勾选新的成果" in nothing.text) == (422, True)
    added = university.client.post("/team-changes/evidence/T1", data={**form, "numbers": "1"})
    assert added.status_code == 303
    titles = [piece["title"] for piece in university.get("/api/v1/teams/T1").json()["pieces"]]
    assert "电渣重熔的脱氧" not in titles  # staff have to take it
    change = staff.get(API).json()["items"][0]
    assert change["evidence"] == ["论文：电渣重熔的脱氧"]
    assert staff.post(f"{API}/{change['number']}/verdict", json={"accept": True}).is_success
    assert university.get("/api/v1/teams/T1").json()["pieces"][-1]["title"] == "电渣重熔的脱氧"


def test_a_file_of_achievements_is_its_own_uploaders_and_tells_what_it_lacks(
    tmp_path: Path,
) -> None:
    app = make_app(tmp_path)
    university, other = (
        Caller(app, "university"),
        add_account(app, "同校", "university", UNIVERSITY),
    )
    file = {"file": ("论文.csv", WORKS.encode())}
    found = university.post(f"{API}/evidence/T1", files=file).json()
    # The team names nobody: what another organisation signs is told all the same.
    assert [piece["state"] for piece in found["pieces"]] == ["新的", "已有", "别的单位署名"]
    asked = {"upload_id": found["upload_id"], "numbers": [1]}
    assert other.send("PUT", f"{API}/evidence/T1", json=asked).status_code == 404
    assert university.post(f"{API}/evidence/T2", files=file).status_code == 404  # not its team
    form = {"csrf": university.token}
    wrong = {"file": ("名单.csv", "楼号,房间\n1,203\n".encode())}
    page = university.client.post("/team-changes/evidence/T1", data=form, files=wrong)
    assert (page.status_code, "处理：" in page.text) == (422, True)
    assert university.send("PUT", f"{API}/evidence/T1", json=asked).is_success
