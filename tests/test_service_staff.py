"""The desk of staff: imports with preview, jobs, reports, decisions, accounts, keys, feeds."""

from __future__ import annotations

import io
import re
import time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from fastapi import FastAPI
from lxml import etree
from starlette.testclient import TestClient

from matcher import Team
from matcher.report.charts.plane import topic_chart
from matcher.report.charts.svg import svg
from matcher.report.model import TopicField, TopicMap, TopicPoint
from matcher.service.desk import board, imports
from matcher.service.pages.wording import ACTS
from matcher.service.store.jobs import KINDS, Jobs

from .service import (
    PASSWORD,
    SIDES,
    STAFF,
    TEAM,
    UNIVERSITY,
    Caller,
    add_account,
    make_app,
    make_workspace,
    service_of,
)

API = "/api/v1"
TEAMS_FILE = "团队编号,单位,简介,联系电话\nT9,外地大学,氢燃料电池膜电极,13800000009\n"


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    make_workspace(tmp_path)
    return make_app(tmp_path)


@pytest.fixture
def staff(app: FastAPI) -> Any:
    caller = Caller(app, "staff")
    with TestClient(app):  # the worker runs
        yield caller


def upload(staff: Caller, content: str | bytes, name: str = "团队.csv") -> Any:
    data = content.encode() if isinstance(content, str) else content
    return staff.post(f"{API}/imports", files={"file": (name, data, "text/csv")})


def finished(staff: Caller, job: Any) -> Any:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = staff.get(f"{API}/jobs/{job['job_id']}").json()
        if found["state"] not in ("queued", "running"):
            return found
        time.sleep(0.05)
    raise AssertionError("the job does not end")


def test_the_preview_of_a_list_tells_what_its_needs_lack(staff: Caller) -> None:
    content = "榜单编号,项目名称,考核指标,榜额(万元)\nN1,轴承钢洁净度,寿命大幅提高,500\n"
    shown = upload(staff, content).json()
    ((record,),) = [part["records"] for part in shown["parts"]]
    assert record["diagnosis"].startswith(
        "完整度 15；缺少 现状与差距、工况、指标、验收方式、完成时限"
    )
    assert "寿命大幅提高" in record["diagnosis"]
    assert record["diagnosis"] in staff.get(f"/staff/imports/{shown['import_id']}").text


def test_an_uploaded_file_is_read_once_to_be_shown(
    staff: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    real = imports.read_any_of
    monkeypatch.setattr(
        imports, "read_any_of", lambda path, *a, **k: read.append(path.name) or real(path, *a, **k)
    )
    shown = upload(staff, TEAMS_FILE).json()
    assert staff.get(f"/staff/imports/{shown['import_id']}").status_code == 200
    assert staff.get(f"{API}/imports/{shown['import_id']}").json() == shown
    assert read == ["团队.csv"]
    # Read as something else it is another view of it.
    staff.get(f"{API}/imports/{shown['import_id']}?organisation=某厂")
    assert read == ["团队.csv"] * 2


@pytest.mark.slow
def test_an_import_is_shown_first_and_then_written(staff: Caller) -> None:
    shown = upload(staff, TEAMS_FILE).json()
    (part,) = shown["parts"]
    assert (part["kind"], part["added"], part["rejected"]) == ("teams", 1, 0)
    assert {"column": "简介", "field": "profile", "how": part["columns"][2]["how"]} in part[
        "columns"
    ]
    assert staff.get(f"{API}/teams/T9").status_code == 404  # nothing written yet
    job = staff.post(f"{API}/imports/{shown['import_id']}/commitment", json={})
    assert job.status_code == 202
    done = finished(staff, job.json())
    assert done["summary"]["changes"] == {"teams": {"added": 1, "changed": 0, "unchanged": 0}}
    assert staff.get(f"{API}/teams/T9").json()["org_name"] == "外地大学"
    again = staff.get(f"{API}/imports/{shown['import_id']}").json()
    assert again["parts"][0]["unchanged"] == 1


@pytest.mark.slow
def test_a_list_of_projects_becomes_teams_only_when_asked(staff: Caller) -> None:
    rows = "项目批准号,项目名称,依托单位,负责人\n90000001,主轴润滑,大连理工大学,张一\n"
    shown = upload(staff, rows, "项目.csv").json()
    (part,) = shown["parts"]
    assert part["kind"] == "achievements"
    assert any("成果清单" in note for note in part["notes"])
    path = f"{API}/imports/{shown['import_id']}/commitment"
    refused = finished(staff, staff.post(path, json={}).json())
    assert refused["state"] == "failed"
    assert "由清单建立团队库" in staff.get(f"/staff/imports/{shown['import_id']}").text
    built = finished(staff, staff.post(path, json={"library": True}).json())
    assert built["summary"]["works"] == 1
    assert built["summary"]["changes"]["teams"]["added"] == 1
    assert built["summary"]["questions"] == 0


@pytest.mark.slow
def test_namesakes_are_decided_with_the_evidence_of_both_sides(staff: Caller) -> None:
    rows = (
        "题名,作者,机构,关键词,发表年\n机器人关节摩擦辨识,张伟,哈尔滨工业大学机电工程学院,机器人;摩擦,2019\n"
        "机器人力矩控制,张伟,哈尔滨工业大学航天学院,机器人;力矩,2020\n"
    )
    shown = upload(staff, rows, "论文.csv").json()
    path = f"{API}/imports/{shown['import_id']}/commitment"
    built = finished(staff, staff.post(path, json={"library": True}).json())
    assert built["summary"]["questions"] == 1
    (asked,) = staff.get(f"{API}/namesakes").json()["items"]
    question = asked["question"]
    assert (asked["answer"], question["one"]["titles"]) == ("", ["机器人关节摩擦辨识"])
    page = staff.get("/staff/namesakes").text
    for told in (
        "哈尔滨工业大学航天学院",
        "机器人力矩控制",
        *question["speaks_for"],
        *question["against"],
    ):
        assert told in page
    pair = {"one": question["one_key"], "other": question["other_key"]}
    bad = {"answers": [{**pair, "same": "是"}, {"one": "x#张伟", "other": "y#张伟", "same": "否"}]}
    assert staff.post(f"{API}/namesakes", json=bad).status_code == 404
    assert staff.get(f"{API}/namesakes").json()["total"] == 1  # none of them was remembered
    assert staff.send("POST", "/staff/namesakes", data=pair).status_code == 422
    for same, teams in (("拿不准", None), ("否", 2), ("是", 1)):
        told = staff.send("POST", "/staff/namesakes", data={**pair, "same0": same})
        assert told.status_code == 303
        query = {"state": same}
        assert staff.get(f"{API}/namesakes", params=query).json()["items"][0]["answer"] == same
        done = finished(staff, staff.post(f"{API}/namesakes/rebuilding", json={}).json())
        assert done["state"] == "done"
        if teams is not None:
            found = staff.get(f"{API}/teams", params={"q": "张伟"}).json()["items"]
            assert len(found) == teams


@pytest.mark.slow
def test_rows_that_cannot_be_used_stop_an_import_unless_asked(staff: Caller) -> None:
    shown = upload(staff, "团队编号,单位,简介,可承担数\nT8,大学,靶材,很多\nT9,大学,靶材,2\n").json()
    (part,) = shown["parts"]
    assert part["rejected"] == 1
    assert "可承担数" in part["rejects"][0]
    book = staff.get(f"{API}/imports/{shown['import_id']}/rejects")
    cells = openpyxl.load_workbook(io.BytesIO(book.content)).active
    assert "很多" in str(list(cells.values))
    path = f"{API}/imports/{shown['import_id']}/commitment"
    refused = finished(staff, staff.post(path, json={}).json())
    assert (refused["state"], "什么也没有导入" in refused["error"]) == ("failed", True)
    assert staff.get(f"{API}/teams/T9").status_code == 404
    assert (refused["about"], refused["import_id"]) == ("团队.csv", shown["import_id"])
    page = staff.get(f"/staff/jobs/{refused['job_id']}").text
    assert f'href="/staff/imports/{shown["import_id"]}"' in page
    page = staff.get(f"/staff/imports/{shown['import_id']}").text
    assert 'type="hidden" name="partial" value="1"' in page  # the button does what can be done
    taken = finished(staff, staff.post(path, json={"partial": True}).json())
    assert taken["summary"]["changes"]["teams"]["added"] == 1


def test_a_file_that_cannot_be_read_is_told_at_once(staff: Caller) -> None:
    answer = upload(staff, b"\x00\x01\x02" * 50, "x.bin")
    assert answer.status_code == 422
    assert answer.json()["code"] == "input"
    for role, path in (("staff", "/staff/imports"), ("enterprise", "/ask")):
        broken = {"file": ("榜单.xlsx", b"PK\x03\x04 broken")}
        page = Caller(staff.app, role).post(path, files=broken)
        assert page.status_code == 422
        assert "：榜单.xlsx (" in page.text  # and not where the server keeps it
    assert staff.post(f"{API}/imports/nothing/commitment", json={}).status_code == 404


def test_a_page_of_prose_is_shown_paragraph_by_paragraph(staff: Caller) -> None:
    names = ("叶片", "转子", "齿轮")
    table = "".join(f"<tr><td>{name}</td><td>某机械厂</td></tr>" for name in names)
    page = f"<html><body><table>{table}</table></body></html>"
    shown = upload(staff, page.encode(), "表.html").json()
    assert not shown["parts"]
    told = "\n".join(shown["unread"])
    assert "加上列名再上传" in told
    assert all(name in told for name in names)


def planned_for(staff: Caller, challenge_id: str) -> list[dict[str, Any]]:
    """The teams of a challenge in the plan."""
    plan = staff.get(f"{API}/assignment").json()["items"]
    return next((one["teams"] for one in plan if one["challenge_id"] == challenge_id), [])


def test_where_demand_has_no_supply_is_drawn_and_told(
    staff: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = (TopicPoint("K1", "轴承钢", 0, 0, "钢铁", "有合适团队"),
             TopicPoint("K2", "光刻胶", 900, 1000, "化工", "库内无合适团队"))  # fmt: skip
    drawn = TopicMap(
        asked, (TopicPoint("T1", "轴承钢团队", 10, 10, "钢铁"),),
        (TopicField("化工", 1, 1, 0), TopicField("钢铁", 1, 0, 1)),
    )  # fmt: skip
    monkeypatch.setattr(board, "topics", lambda caller: drawn)
    assert staff.get(f"{API}/topics").json()["fields"][0]["unmet"] == 1
    page = staff.get("/staff/topics").text
    assert svg(topic_chart(drawn)) in page
    assert re.findall(r'href="/staff/review/(\w+)">(\S+)</a>', page) == [("K2", "光刻胶")]
    assert 'href="/api/v1/topics"' in page


@pytest.mark.slow
def test_a_report_becomes_files_a_board_and_a_review_queue(staff: Caller) -> None:
    assert staff.get(f"{API}/board").status_code == 404
    spare = Team(team_id="T9", org_name=UNIVERSITY, profile="靶材烧结密度", max_challenges=2)
    service_of(staff.app).live.connect().put_teams([spare])
    asked = {"formats": ["xlsx", "docx"], "lowest_band": "未定", "draws": 0}
    job = finished(staff, staff.post(f"{API}/jobs/report", json=asked).json())
    assert job["state"] == "done", job["error"]
    names = {file["name"] for file in job["files"]}
    assert names == {"报告.xlsx", "报告.docx", "报告.json", "报告.manifest.json"}
    path = f"{API}/jobs/{job['job_id']}/files"
    assert staff.get(f"{path}/报告.xlsx").content[:2] == b"PK"
    board = staff.get(f"{API}/board").json()
    assert board["answered"] >= 1
    assert sum(board["risks"].values()) == board["challenges"] == 4
    review = staff.get(f"{API}/review").json()
    assert {line["challenge_id"] for line in review["items"]} == {"K1", "K2", "U1", "U2"}
    plan = staff.get(f"{API}/assignment").json()
    assert plan["total"] == len(plan["items"]) == board["answered"] == plan["board"]["answered"]
    assert all(one["teams"] for one in plan["items"])
    (planned,) = (one for one in plan["items"] if one["challenge_id"] == "K2")
    team = planned["teams"][0]["team_id"]
    assert (planned["teams"][0]["state"], planned["teams"][0]["invitable"]) == ("", True)
    assert f"team_id={team}#next" in staff.get("/staff/assignment").text  # the way to invite it
    for name, act in (("揭榜", TEAM), ("进入评审", STAFF)):
        service_of(staff.app).pairs.move(("K2", team), name, act, SIDES)
    award = {"challenge_id": "K2", "team_id": team, "move": "立项", "reason": "第一名"}
    assert staff.post(f"{API}/pairs/move", json=award).status_code == 200
    (given,) = (one for one in staff.get(f"{API}/assignment").json()["items"]
                if one["challenge_id"] == "K2")  # fmt: skip
    assert "已立项" in given["awarded"]
    assert not any(line["invitable"] for line in given["teams"])
    (first, second, *_) = planned_for(staff, "K1")
    for name in ("邀请", "婉拒邀请"):
        acting = STAFF if name == "邀请" else TEAM
        service_of(staff.app).pairs.move(("K1", first["team_id"]), name, acting, SIDES)
    lines = planned_for(staff, "K1")
    assert [(x["team_id"], x["role"], x["out"], x["promoted"]) for x in lines[:2]] == [
        (first["team_id"], "主", True, False), (second["team_id"], "主", False, True)
    ]  # fmt: skip
    assert "递补" in staff.get("/staff/assignment").text
    again = finished(staff, staff.post(f"{API}/jobs/report", json=asked).json())
    assert (again["summary"]["awarded"], again["summary"]["challenges"]) == (1, 3)
    assert "出一份报告" in staff.get("/staff/topics").text  # without an encoder there is no map
    assert staff.get(f"{API}/topics").status_code == 404
    assert planned_for(staff, "K1")[0]["team_id"] != first["team_id"]
    for name in ("../../workspace.sqlite", "..%2F..%2Fworkspace.sqlite", "没有.xlsx"):
        assert staff.get(f"{path}/{name}").status_code == 404
    assert staff.get(f"{API}/jobs/..%2F../files/报告.xlsx").status_code == 404


def test_a_batch_match_is_one_file(staff: Caller) -> None:
    job = finished(staff, staff.post(f"{API}/jobs/match", json={"format": "csv"}).json())
    text = staff.get(f"{API}/jobs/{job['job_id']}/files/匹配结果.csv").content.decode("utf-8-sig")
    assert text.count("轴承钢团队") >= 1
    again = staff.post(f"{API}/jobs/{job['job_id']}/repetition")
    assert finished(staff, again.json())["state"] == "done"
    assert staff.post(f"{API}/jobs/{job['job_id']}/cancellation").status_code == 409


def test_a_queued_job_can_be_cancelled(app: FastAPI) -> None:
    staff = Caller(app, "staff")  # no worker runs
    job = staff.post(f"{API}/jobs/match", json={}).json()
    assert staff.post(f"{API}/jobs/{job['job_id']}/cancellation").json()["state"] == "cancelled"
    assert service_of(app).jobs.claim() is None


@pytest.mark.slow
def test_a_job_that_was_running_when_the_process_died_is_done_again(app: FastAPI) -> None:
    jobs = Jobs(service_of(app).database)
    job = jobs.add(1, "match", {"format": "csv"})
    assert jobs.claim() == jobs.get(job.job_id)
    with TestClient(app):  # starts the worker, which recovers
        deadline = time.monotonic() + 30
        while jobs.get(job.job_id).state != "done" and time.monotonic() < deadline:
            time.sleep(0.05)
        found = jobs.get(job.job_id)
    assert (found.state, found.attempts) == ("done", 2)


def test_a_job_that_kills_the_process_is_given_up(app: FastAPI) -> None:
    jobs = service_of(app).jobs
    job = jobs.add(1, "match", {})
    for _ in range(3):
        assert jobs.claim() is not None
        jobs.recover()
    found = jobs.get(job.job_id)
    assert (found.state, "多次被中断" in found.error) == ("failed", True)


def test_whoever_decides_second_is_told_of_the_first(app: FastAPI, staff: Caller) -> None:
    second = add_account(app, "管理员乙", "staff", "")
    page = second.get("/staff/review/K1").text
    (read,) = set(re.findall(r'name="version" value="(.*?)"', page))
    form = {"team_id": "T1", "decision": "人工推荐", "reason": "已有合作", "version": read}
    assert staff.post("/staff/review/K1", data=form).status_code == 303
    form = {**form, "decision": "人工排除", "reason": "有产权纠纷"}
    refused = second.post("/staff/review/K1", data=form)
    assert refused.status_code == 412
    assert "已有合作" in refused.text  # what the first has decided
    assert 'value="有产权纠纷"' in refused.text  # what the second has written
    form["version"] = re.findall(r'name="version" value="(.*?)"', refused.text)[0]
    assert second.post("/staff/review/K1", data=form).status_code == 303
    assert "有产权纠纷" in staff.get("/staff/review/K1").text
    page = staff.get("/staff/review/K1").text
    back = {"team_id": "T1", "version": re.findall(r'name="version" value="(.*?)"', page)[0]}
    assert second.post("/staff/review/K1/withdrawal", data=back).status_code == 303
    late = staff.post("/staff/review/K1/withdrawal", data=back)
    assert late.status_code == 412
    assert "看过现有的决定" in late.text
    gone = staff.post("/staff/review/K1/withdrawal", data={"team_id": "T1"})
    assert gone.status_code == 422
    assert "这一对没有人工决定" in gone.text
    assert 'aria-label="团队，最合适的在前"' in gone.text  # the page itself, no dead end


def test_an_outcome_entered_by_mistake_is_taken_out(staff: Caller) -> None:
    wrong = {"challenge_id": "K1", "team_id": "T1", "stage": "立项"}
    for _ in range(2):
        assert staff.post("/staff/outcomes", data=wrong).status_code == 303
    made = staff.post("/staff/outcomes/deletion", data=wrong)
    assert made.headers["location"] == "/staff/outcomes?challenge=K1"
    assert "还没有登记过" in staff.get("/staff/outcomes?challenge=K1").text
    assert "没有登记过这一条" in staff.post("/staff/outcomes/deletion", data=wrong).text
    staff.post(f"{API}/outcomes", json=wrong)
    there = f"{API}/outcomes?challenge=K1&team=T1&stage=立项"
    assert staff.send("DELETE", there).status_code == 204
    assert staff.send("DELETE", there).status_code == 404
    assert "删除结果" in staff.get("/staff/audit").text


def test_an_outcome_of_a_move_goes_only_with_it(app: FastAPI, staff: Caller) -> None:
    pairs, there = service_of(app).pairs, f"{API}/outcomes?challenge=K1&team=T1&stage=揭榜"

    def stages() -> list[tuple[str, int | None]]:
        found = staff.get(f"{API}/outcomes", params={"challenge": "K1"}).json()["items"]
        return [(one["stage"], one["grade"]) for one in found]

    pairs.move(("K1", "T1"), "揭榜", TEAM, SIDES)
    refused = staff.send("DELETE", there)
    assert refused.status_code == 409
    assert "撤销那一步" in refused.json()["remedy"]
    # Graded by hand it is somebody's own; without that it is again what the move says.
    graded = {"challenge_id": "K1", "team_id": "T1", "stage": "揭榜", "grade": 2}
    assert staff.post(f"{API}/outcomes", json=graded).status_code == 201
    assert stages() == [("揭榜", 2)]
    assert staff.send("DELETE", there).status_code == 204
    assert stages() == [("揭榜", None)]


def test_decisions_are_recorded_shown_to_staff_and_honoured(app: FastAPI, staff: Caller) -> None:
    path = f"{API}/challenges/K1/decisions"
    pin = {"team_id": "T3", "decision": "人工推荐", "reason": "已有合作"}
    assert staff.post(path, json=pin).json()["who"] == "staff"
    bar = {"team_id": "T3", "decision": "人工排除", "reason": "退出"}
    assert staff.post(path, json=bar).status_code == 201
    listed = staff.get(f"{API}/outcomes", params={"challenge": "K1"}).json()["items"]
    assert [(o["team_id"], o["stage"]) for o in listed] == [("T3", "人工排除")]  # not both
    for name, shown in (("staff", "人工排除：退出"), ("enterprise", "")):
        found = Caller(app, name).get(f"{API}/challenges/K1/teams").json()["matches"]
        assert {m["decision"] for m in found if m["team_id"] == "T3"} == {shown}
    assert staff.send("DELETE", f"{path}/T3").status_code == 204
    assert staff.send("DELETE", f"{path}/T3").status_code == 422
    assert staff.post(path, json={**pin, "reason": ""}).status_code == 422
    assert staff.post(path, json={**pin, "team_id": "没有"}).status_code == 404
    entry = {"challenge_id": "K1", "team_id": "T1", "stage": "立项", "grade": 3}
    assert staff.post(f"{API}/outcomes", json=entry).json()["team"] == "轴承钢团队"


@pytest.mark.slow
def test_an_export_holds_what_was_shown_and_no_contacts(app: FastAPI) -> None:
    enterprise = Caller(app, "enterprise")
    path = f"{API}/challenges/K1/teams/export"
    answer = enterprise.get(path, params={"format": "xlsx", "org_type": "高校"})
    assert answer.status_code == 200, answer.text
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    text = " ".join(str(cell) for sheet in book for row in sheet.values for cell in row)
    assert "轴承钢团队" in text
    assert "光刻胶团队" not in text
    assert "1380000" not in text
    assert enterprise.get(path, params={"format": "docx"}).content[:2] == b"PK"
    assert service_of(app).audit.lines(size=1)[0][0].action == "export.teams"


def test_saved_queries_and_their_feed(app: FastAPI, staff: Caller) -> None:
    university, public = Caller(app, "university"), Caller(app)
    asked = {"name": "钢", "query": {"q": "轴承"}}
    made = university.post(f"{API}/queries", json=asked).json()
    assert made["found"] == 1
    feed = public.get(made["feed"])
    assert feed.headers["content-type"].startswith("application/atom+xml")
    root = etree.fromstring(feed.content)
    titles = root.findall("{*}entry/{*}title")
    assert [t.text for t in titles] == ["高端轴承钢洁净度"]
    assert public.get(made["feed"]).content == feed.content  # dates do not move by themselves
    everything = staff.post(f"{API}/queries", json={"name": "全部", "query": {}}).json()
    assert "未发布" not in public.get(everything["feed"]).text
    other = f"{API}/queries/{made['saved_id']}"
    assert Caller(app, "enterprise").send("DELETE", other).status_code == 404
    assert university.send("DELETE", other).status_code == 204
    assert public.get(made["feed"]).status_code == 404
    token = made["feed"].rsplit("/", 1)[-1].removesuffix(".xml")
    assert token not in str([dict(r) for r in service_of(app).database.rows(
        "SELECT * FROM saved_queries")])  # fmt: skip


@pytest.mark.slow
def test_api_keys_are_limited_and_revocable(app: FastAPI) -> None:
    person, program = Caller(app, "enterprise"), Caller(app)
    made = person.post(f"{API}/keys", json={"label": "交换", "scopes": ["read"]}).json()
    bearer = {"Authorization": f"Bearer {made['secret']}"}
    assert program.get(f"{API}/challenges/U1", headers=bearer).status_code == 200
    denied = program.client.post(f"{API}/drafts", json={"title": "x"}, headers=bearer)
    assert (denied.status_code, "write" in denied.json()["detail"]) == (403, True)
    wrong = {"Authorization": "Bearer jbm_wrong"}
    assert program.get(f"{API}/challenges", headers=wrong).status_code == 401
    both = person.post(f"{API}/keys", json={"label": "写", "scopes": ["read", "write"]}).json()
    writing = {"Authorization": f"Bearer {both['secret']}"}  # needs no CSRF token
    answer = program.client.post(f"{API}/drafts", json={"title": "轴承"}, headers=writing)
    assert answer.status_code == 201
    more = program.client.post(f"{API}/keys", json={"label": "x", "scopes": ["read"]},
                               headers=writing)  # fmt: skip
    assert more.status_code == 422  # a key makes no keys
    assert Caller(app, "staff").send("DELETE", f"{API}/keys/{made['key_id']}").status_code == 404
    assert person.send("DELETE", f"{API}/keys/{made['key_id']}").status_code == 204
    assert program.get(f"{API}/challenges", headers=bearer).status_code == 401
    assert "secret" not in person.get(f"{API}/keys").text
    service_of(app).accounts.set_disabled("enterprise", True)
    assert program.get(f"{API}/challenges", headers=writing).status_code == 401


def test_accounts_are_kept_by_staff(app: FastAPI, staff: Caller) -> None:
    new = {"name": "新人", "role": "university", "organisation": "某某大学", "password": PASSWORD}
    assert staff.post(f"{API}/accounts", json=new).status_code == 201
    assert staff.post(f"{API}/accounts", json=new).status_code == 422
    person = Caller(app, "新人")
    changed = {"old": "wrong wrong wrong", "new": "another good password"}
    assert person.send("PUT", f"{API}/password", json=changed).status_code == 422
    changed["old"] = PASSWORD
    assert person.send("PUT", f"{API}/password", json=changed).status_code == 204
    assert person.get(f"{API}/teams").status_code == 401  # all sign-ins ended
    state = f"{API}/accounts/新人/state"
    assert staff.send("PUT", state, json={"disabled": True}).json()["disabled"]
    own = f"{API}/accounts/staff/state"
    assert staff.send("PUT", own, json={"disabled": True}).status_code == 409
    actions = [line["action"] for line in staff.get(f"{API}/audit").json()["items"]]
    assert {"account.add", "account.password", "account.disable"} <= set(actions)
    assert PASSWORD not in staff.get(f"{API}/audit").text


def test_the_status_tells_what_is_served(staff: Caller) -> None:
    found = staff.get(f"{API}/status").json()
    assert (found["challenges"], found["published"], found["teams"]) == (4, 2, 3)
    assert (found["encoder"], found["up_to_date"]) == ("none", True)


@pytest.mark.slow
def test_the_audit_page_speaks_of_names(app: FastAPI) -> None:
    staff, service = Caller(app, "staff"), service_of(app)
    service.pairs.move(("K1", "T1"), "揭榜", TEAM, SIDES)
    staff.post(f"{API}/challenges/K1/comments", json={"text": "看过"})
    draft = Caller(app, "enterprise").post(f"{API}/drafts", json={"title": "还没有交的题目"}).json()
    staff.post(f"{API}/records/teams/T3/deletion", json={"reason": "重复"})
    (about,) = [line["about"] for line in staff.get(f"{API}/audit").json()["items"]
                if line["action"] == "pair.move"]  # fmt: skip
    assert about == [{"name": "高端轴承钢洁净度", "number": "K1"},
                     {"name": "轴承钢团队", "number": "T1"}]  # fmt: skip
    page = staff.get("/staff/audit").text
    assert "靶材团队" in page  # by the name it had
    assert "一份草稿" in page  # staff do not read what was not handed in
    assert "还没有交的题目" not in page
    assert draft["draft_id"] not in page


def test_every_kind_of_job_has_words() -> None:
    assert {f"job.{kind}" for kind in KINDS} <= ACTS.keys()
