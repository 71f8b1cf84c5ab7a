"""Nothing imported is before the public until staff say so; corrected, taken down with a reason."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from matcher import Challenge, Workspace
from matcher.cli import main
from matcher.service.desk import publishing
from matcher.service.desk.notices import tell_events
from matcher.service.store.course import course_of

from .service import (
    ANY,
    ENTERPRISE,
    OTHER_ENTERPRISE,
    UNIVERSITY,
    Caller,
    add_account,
    make_app,
    service_of,
)

API = "/api/v1"
LIST = (
    "榜单编号,项目名称,需求单位,主要问题,揭榜截止,联系电话,阶段\n"
    f"N1,电解铝阳极,{ENTERPRISE},阳极消耗快,2099-12-31,13900000007,发榜\n"
    f"N2,铝液除氢,{ENTERPRISE},气孔多,,,发榜\n"
)


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    return make_app(tmp_path, public_lists=True)


@pytest.fixture
def staff(app: FastAPI) -> Iterator[Caller]:
    caller = Caller(app, "staff")
    with TestClient(app):  # the worker runs
        yield caller


def take_in(staff: Caller, content: str) -> Any:
    shown = staff.post(f"{API}/imports", files={"file": ("榜单.csv", content.encode(), "text/csv")})
    job = staff.post(f"{API}/imports/{shown.json()['import_id']}/commitment", json={}).json()
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = staff.get(f"{API}/jobs/{job['job_id']}").json()
        if found["state"] not in ("queued", "running"):
            return found
        time.sleep(0.05)
    raise AssertionError("the job does not end")


def seen_by(app: FastAPI, *names: str) -> dict[str, int]:
    return {name: Caller(app, name).get(f"{API}/challenges/N1").status_code for name in names}


def test_a_look_before_publishing_tells_of_addresses_and_salutations() -> None:
    told = Challenge(
        challenge_id="N9", title="热镀锌线沉没辊", demand_org="某厂",
        problem="领导你好，沉没辊三周就坏。驱动电路3号板也要换。地址沈阳铁西区北二路18号，欢迎来看。",
        contact_name="李工", extra={"榜额(万元)（原文）": "170万", "备注": "急"}, bounty_wan=170,
    )  # fmt: skip
    notes = publishing.preview_of(told).notes
    (personal,) = [note for note in notes if "地址或称呼" in note]
    assert personal.endswith("：领导你好、地址沈阳铁西区北二路18号")
    (unknown,) = [note for note in notes if "未识别" in note]
    # What the source said of a field is no such column.
    assert unknown == "未识别的栏目不公开：备注"


@pytest.mark.slow
def test_an_import_waits_until_it_is_published(app: FastAPI, staff: Caller) -> None:
    assert take_in(staff, LIST)["state"] == "done"
    hidden = {"public": 404, "university": 404, "enterprise": 200, "staff": 200}
    assert seen_by(app, *hidden) == hidden
    add_account(app, "别家", "enterprise", OTHER_ENTERPRISE)
    assert Caller(app, "别家").get(f"{API}/challenges/N1").status_code == 404
    assert staff.get(f"{API}/challenges/N1").json()["state"] == "待发布"
    found = staff.get(f"{API}/publishing").json()["items"]
    waiting = [line["challenge_id"] for line in found]
    assert {"N1", "N2"} <= set(waiting)
    assert "K1" not in waiting  # what was there before counts as published
    shown = staff.post(f"{API}/publishing/preview", json={"challenge_ids": ["N1", "N2"]}).json()
    first, second = shown["items"]
    assert (first["challenge"]["title"], first["challenge"]["contacts"]) == ("电解铝阳极", None)
    assert "13900000007" not in str(shown)
    assert any("截止日期" in note for note in second["notes"])
    assert seen_by(app, "public") == {"public": 404}  # a look publishes nothing
    made = staff.post(f"{API}/publishing", json={"challenge_ids": ["N1", "N2"]})
    assert made.json() == {"challenge_ids": ["N1", "N2"]}
    assert seen_by(app, *hidden) == dict.fromkeys(hidden, 200)
    again = staff.post(f"{API}/publishing", json={"challenge_ids": ["N1"]})
    assert again.status_code == 404


def beside(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["matcher", *words, "--encoder", "none"])
    with pytest.raises(SystemExit) as leaving:
        main()
    assert not leaving.value.code


@pytest.mark.slow
def test_what_is_imported_by_command_waits_too_where_there_are_accounts(
    app: FastAPI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    (tmp_path / "榜单.csv").write_text(LIST, encoding="utf-8")
    words = ["import", str(tmp_path / "榜单.csv"), "-w", str(tmp_path)]
    beside(words, monkeypatch)
    told = capsys.readouterr().out
    assert "新的榜单项目 2 项在待发布里" in told
    assert "下一步" in told
    assert seen_by(app, "public", "enterprise") == {"public": 404, "enterprise": 200}
    staff = Caller(app, "staff")
    steps = staff.get(f"{API}/challenges/N1/history").json()["steps"]
    assert [(one["move"], one["account"]) for one in steps] == [("导入", "命令行")]
    staff.post(f"{API}/publishing", json={"challenge_ids": ["N1", "N2"]})
    beside(words, monkeypatch)  # nothing new: nothing waits, nothing is said
    assert "待发布" not in capsys.readouterr().out
    beside(["delete", "N1", "-w", str(tmp_path)], monkeypatch)
    beside(words, monkeypatch)  # it begins anew
    assert "新的榜单项目 1 项在待发布里" in capsys.readouterr().out
    service_of(app).live.reopen()  # it looks once a second
    assert seen_by(app, "public") == {"public": 404}


@pytest.mark.slow
def test_what_the_command_line_imports_is_told_as_from_the_page(
    app: FastAPI, staff: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    teams = f"团队编号,团队名称,单位,研究方向\nA1,铝电解团队,{UNIVERSITY},阳极\n"
    given = tmp_path / "给.csv"
    for text in (LIST, teams, teams):  # the same again brings nothing
        given.write_text(text, encoding="utf-8")
        beside(["import", str(given), "-w", str(tmp_path)], monkeypatch)
    inbox = staff.get(f"{API}/inbox").json()["items"]
    assert [(one["title"], one["body"], one["link"]) for one in inbox] == [
        ("命令行导入了“给.csv”", "团队：新增 1 个，0 个加了成果或成员。", "/staff"),
        ("命令行导入了“给.csv”", "难题：新增 2 项（其中 2 项待发布），更新 0 项。",
         "/staff/publishing"),
    ]  # fmt: skip
    (own,) = Caller(app, "university").get(f"{API}/inbox").json()["items"]
    assert own["title"] == "导入给本单位 1 个团队加了 0 条成果，请核对"
    other = add_account(app, "值班", "staff", "")
    take_in(staff, LIST.replace("N1", "N3"))
    assert [one["title"] for one in other.get(f"{API}/inbox").json()["items"]] == [
        "staff导入了“榜单.csv”"]  # fmt: skip
    assert staff.get(f"{API}/inbox").json()["total"] == len(inbox)  # who did it knows


def test_without_accounts_an_import_is_there_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "榜单.csv").write_text(LIST, encoding="utf-8")
    beside(["import", str(tmp_path / "榜单.csv"), "-w", str(tmp_path)], monkeypatch)
    assert "待发布" not in capsys.readouterr().out
    assert course_of(Workspace(tmp_path)).states == {}


@pytest.mark.slow
def test_publishing_is_all_or_nothing(app: FastAPI, staff: Caller) -> None:
    take_in(staff, LIST)
    asked = {"challenge_ids": ["N1", "没有这项"]}
    assert staff.post(f"{API}/publishing", json=asked).status_code == 404
    assert seen_by(app, "public") == {"public": 404}


@pytest.mark.slow
def test_on_the_pages_several_are_ticked_looked_at_and_confirmed(
    app: FastAPI, staff: Caller
) -> None:
    take_in(staff, LIST)
    form = {"csrf": staff.token, "challenge_ids": ["N1", "N2"]}
    shown = staff.client.post("/staff/publishing/preview", data=form)
    assert "公开后别人看到的样子（2 项）" in shown.text
    assert "13900000007" not in shown.text
    key = re.findall(r'name="key" value="(.*?)"', shown.text)[0]
    done = staff.client.post("/staff/publishing", data={**form, "key": key})
    assert (done.status_code, done.headers["location"]) == (303, "/staff/publishing?done=2")
    none = staff.client.post("/staff/publishing/preview", data={"csrf": staff.token})
    assert (none.status_code, "没有勾选" in none.text) == (422, True)
    everything = staff.client.post(
        "/staff/publishing/preview", data={"csrf": staff.token, "all": "1"}
    )
    assert "未发布的靶材难题" in everything.text


@pytest.mark.slow
def test_a_change_of_what_is_published_is_a_correction(app: FastAPI, staff: Caller) -> None:
    take_in(staff, LIST)
    staff.post(f"{API}/publishing", json={"challenge_ids": ["N1"]})
    take_in(staff, LIST.replace("阳极消耗快", "阳极消耗快，电耗高"))
    steps = staff.get(f"{API}/challenges/N1/history").json()["steps"]
    assert [step["move"] for step in steps] == ["导入", "发布", "更正"]
    assert steps[-1]["reason"] == "导入 榜单.csv"
    assert seen_by(app, "public") == {"public": 200}
    told = Caller(app).get(f"{API}/challenges/N1").json()["corrections"]
    assert [one["reason"] for one in told] == ["按新的榜单"]


@pytest.mark.slow
def test_a_correction_says_why_and_keeps_what_was(app: FastAPI, staff: Caller) -> None:
    before = staff.get(f"{API}/challenges/K1/history").json()
    fields = {"title": "高端轴承钢洁净度（更正）", "problem": "夹杂物控制不好"}
    path = f"{API}/challenges/K1/correction"
    assert staff.post(path, json={"fields": fields, "reason": " "}).status_code == 422
    stale = {"If-Match": "x"}
    told = staff.post(path, json={"fields": fields, "reason": "补充"}, headers=stale)
    assert told.status_code == 412
    made = staff.post(
        path, json={"fields": fields, "reason": "企业补充"}, headers={"If-Match": before["version"]}
    )
    assert made.json()["steps"][-1]["reason"] == "企业补充"
    public = Caller(app).get(f"{API}/challenges/K1").json()
    assert public["title"] == fields["title"]
    assert [one["reason"] for one in public["corrections"]] == ["企业补充"]
    assert public["corrections"][0]["changed"][0] == (
        "项目名称 高端轴承钢洁净度 → 高端轴承钢洁净度（更正）"
    )
    assert not any("1390000" in one for one in public["corrections"][0]["changed"])
    assert "企业补充" in Caller(app, "university").get("/challenges/K1").text
    tell_events(service_of(app))
    (message,) = Caller(app, "enterprise").get(f"{API}/inbox").json()["items"]
    assert "改了：项目名称 高端轴承钢洁净度 → " in message["body"]
    workspace = service_of(app).live.connect()
    (old,) = workspace.challenge_versions("K1")
    assert old.title == "高端轴承钢洁净度"
    again = staff.post(path, json={"fields": staff_fields(staff), "reason": "再来"})
    assert again.status_code == 422  # nothing would change
    event = service_of(app).events.after(0)[-1]
    assert (event.kind, event.organisations) == ("更正", (ENTERPRISE,))


def staff_fields(staff: Caller) -> dict[str, Any]:
    page = staff.get("/staff/challenges/K1/correction").text
    boxes = dict(re.findall(r'name="(\w+)" type="\w+" value="(.*?)"', page))
    areas = dict(re.findall(r'<textarea id="\w+" name="(\w+)".*?>\n(.*?)</textarea>', page, re.S))
    from matcher.service.desk.drafts import DraftFields

    known = {n: v for n, v in {**boxes, **areas}.items() if v and n in DraftFields.model_fields}
    return known


@pytest.mark.slow
def test_taken_down_it_is_hidden_and_put_up_again(app: FastAPI, staff: Caller) -> None:
    path = f"{API}/challenges/K1/state"
    assert staff.post(path, json={"move": "撤下"}).status_code == 409  # without a reason
    assert staff.post(path, json={"move": "撤下", "reason": "企业撤回"}).json()["state"] == "撤榜"
    assert Caller(app).get(f"{API}/challenges/K1").status_code == 404
    assert Caller(app, "enterprise").get(f"{API}/challenges/K1").json()["state"] == "撤榜"
    undone = staff.post(path, json={"move": "撤销", "reason": "点错了"}).json()
    assert undone["state"] == "已发布"
    assert Caller(app).get(f"{API}/challenges/K1").status_code == 200
    closed = staff.post(path, json={"move": "停止揭榜"}).json()
    assert closed["state"] == "截止"
    assert Caller(app).get(f"{API}/challenges/K1").json()["open"] is False
    up = staff.client.post(
        "/staff/challenges/K1/state",
        data={"csrf": staff.token, "move": "重新发布", "reason": "延期"},
    )
    assert up.status_code == 303
    assert Caller(app).get(f"{API}/challenges/K1").json()["open"] is True
    page = staff.get("/challenges/K1").text
    assert "办理：已发布" in page
    assert "已撤销" in page


@pytest.mark.slow
def test_a_draft_goes_back_with_a_reason_and_forth_again(app: FastAPI, staff: Caller) -> None:
    enterprise = Caller(app, "enterprise")
    draft = enterprise.post(f"{API}/drafts", json={"title": "铝液除氢", "problem": "气孔多"}).json()
    path = f"{API}/drafts/{draft['draft_id']}"
    assert staff.post(f"{path}/return", json={"reason": "x"}, headers=ANY).status_code == 404
    enterprise.post(f"{path}/submission", headers=ANY)
    assert enterprise.post(f"{path}/recall", headers=ANY).json()["state"] == "草稿"
    enterprise.post(f"{path}/submission", headers=ANY)
    assert enterprise.post(f"{path}/return", json={"reason": "x"}, headers=ANY).status_code == 403
    back = staff.post(f"{path}/return", json={"reason": "缺验收方式"}, headers=ANY)
    assert back.json()["state"] == "退回"
    assert "缺验收方式" in enterprise.get(f"/drafts/{draft['draft_id']}").text
    assert enterprise.post(f"{path}/submission", headers=ANY).json()["state"] == "已提交"
    body = {"challenge_id": "N7", "at_once": False}
    assert staff.post(f"{path}/publication", json=body, headers=ANY).status_code == 201
    assert enterprise.get(path).json()["state"] == "待发布"
    assert Caller(app).get(f"{API}/challenges/N7").status_code == 404
    staff.post(f"{API}/publishing", json={"challenge_ids": ["N7"]})
    assert Caller(app).get(f"{API}/challenges/N7").status_code == 200
    page = enterprise.get(f"/drafts/{draft['draft_id']}").text
    assert 'href="/challenges/N7"' in page
