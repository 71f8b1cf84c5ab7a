"""Two people at one draft, and a draft that goes out: nothing is lost, all of it or nothing."""

from __future__ import annotations

import html
import re
import threading
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from matcher import Workspace
from matcher.service.context import Service

from .service import ANY, OTHER_ENTERPRISE, Caller, add_account, make_app, service_of

API = "/api/v1"
FIELDS = {"title": "海上风电齿轮箱轴承", "problem": "轴承钢夹杂物多, 疲劳寿命不足"}


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    return make_app(tmp_path)


def draft(somebody: Caller, **fields: Any) -> tuple[str, str]:
    """The id and the ETag of a new one."""
    answer = somebody.post(f"{API}/drafts", json={**FIELDS, **fields})
    assert answer.status_code == 201
    return str(answer.json()["draft_id"]), answer.headers["etag"]


def submitted(somebody: Caller, **fields: Any) -> tuple[str, str]:
    """The id and the ETag of one that was handed to staff."""
    mine, _ = draft(somebody, **fields)
    answer = somebody.post(f"{API}/drafts/{mine}/submission", headers=ANY)
    assert answer.status_code == 200
    return mine, str(answer.headers["etag"])


def test_a_change_of_a_version_that_is_gone_is_refused(app: FastAPI) -> None:
    first, second = Caller(app, "enterprise"), Caller(app, "enterprise")
    mine, tag = draft(first)
    path = f"{API}/drafts/{mine}"
    assert first.get(path).headers["etag"] == tag
    assert first.get(path, headers={"If-None-Match": tag}).status_code == 304
    theirs = second.send("PUT", path, json={"title": "乙改的"}, headers={"If-Match": tag})
    assert theirs.status_code == 200
    assert theirs.headers["etag"] != tag
    for method, where in (("PUT", path), ("POST", f"{path}/submission"), ("DELETE", path)):
        answer = first.send(method, where, json={"title": "甲改的"}, headers={"If-Match": tag})
        assert (answer.status_code, answer.json()["code"]) == (412, "changed"), method
        assert "已被修改" in answer.json()["detail"]
    assert first.get(path).json()["fields"]["title"] == "乙改的"
    for form in ("{}", '"x", W/{}', "*"):
        match = form.format(theirs.headers["etag"])
        headers = {"If-Match": match}
        answer = first.send("PUT", path, json={"title": "乙改的"}, headers=headers)
        assert answer.status_code == 200, match
        theirs = answer


def test_a_write_that_names_no_version_is_refused_with_the_remedy(app: FastAPI) -> None:
    enterprise, staff = Caller(app, "enterprise"), Caller(app, "staff")
    mine, tag = draft(enterprise)
    path = f"{API}/drafts/{mine}"
    writes = (
        (enterprise, "PUT", path, FIELDS), (enterprise, "POST", f"{path}/submission", None),
        (enterprise, "DELETE", path, None),
        (staff, "POST", f"{path}/publication", {"challenge_id": "N1"}),
    )  # fmt: skip
    for caller, method, where, body in writes:
        for headers in ({}, {"If-Match": " "}):
            answer = caller.send(method, where, json=body, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (428, "unread"), method
            assert answer.headers["content-type"] == "application/problem+json"
            assert "If-Match: *" in answer.json()["remedy"]
    form = {"csrf": enterprise.token, "title": "没有版本的表单"}
    for act in ("", "/submission", "/deletion"):
        assert enterprise.client.post(f"/drafts/{mine}{act}", data=form).status_code == 428
    assert enterprise.get(path).headers["etag"] == tag  # nothing was written


@pytest.mark.slow
def test_a_draft_keeps_what_the_source_said_beside_the_value(app: FastAPI) -> None:
    """From the page of what was understood through the draft to the record; a wrong value goes."""
    caller = Caller(app, "enterprise")
    text = "轴承润滑\n两万转就发热。\n给300多万，一年半拿出来，2027年3月31日前报名"
    page = caller.post("/ask", data={"text": text}).text
    assert "识别出的指标（0）" in page
    said = re.findall(r'name="original-(\w+)" value="(.*?)"', page)
    assert dict(said) == {
        "bounty_wan": "给300多万", "duration_months": "一年半拿出来",
        "apply_deadline": "2027年3月31日前报名",
    }  # fmt: skip
    form = {"title": "轴承润滑", "bounty_wan": "", **{f"original-{n}": w for n, w in said}}
    made = caller.post("/drafts", data={**form, "then": "stay"}).headers["location"]
    assert "来文：“给300多万”" in caller.get(made).text
    kept = caller.get(f"/api/v1{made}").json()["fields"]
    assert (kept["bounty_wan"], kept["original_words"]["bounty_wan"]) == (None, "给300多万")
    assert "<h3>五要素</h3>" in caller.get(made).text


SAID = (
    "我们是示例泵业有限公司的，轴承老是抱死\n想找人做熔盐泵高温滑动轴承材料\n"
    "要求565℃下摩擦系数不超过0.12\n给300多万，一年半拿出来，2027年3月31日前报名\n"
    "联系王工 13900001111，mail: wang@example.com"
)


@pytest.mark.slow
def test_a_draft_keeps_the_words_of_every_field_and_no_exit_has_them(app: FastAPI) -> None:
    """Beside the values through the API; not changed by a correction, not published."""
    enterprise, staff = Caller(app, "enterprise"), Caller(app, "staff")
    (one,) = enterprise.post(f"{API}/challenges/reading", json={"text": SAID}).json()["challenges"]
    fields = one["fields"]
    said = fields["source_words"]
    assert said["title"] == "想找人做熔盐泵高温滑动轴承材料"
    assert said["demand_org"] == "我们是示例泵业有限公司的，轴承老是抱死"
    assert (said["bounty_wan"], said["duration_months"]) == ("给300多万", "一年半拿出来")
    assert "0.12" in said["indicators_text"]
    assert "抱死" in said["problem"]
    assert "13900001111" in said["contact_phone"]
    assert "wang@example.com" in said["contact_email"]
    assert "王工" in said["contact_name"]
    path = f"{API}/drafts/{enterprise.post(f'{API}/drafts', json=fields).json()['draft_id']}"
    corrected = {**fields, "title": "熔盐泵轴承", "bounty_wan": 350, "source_words": {}}
    kept = enterprise.send("PUT", path, json=corrected, headers=ANY).json()["fields"]
    assert (kept["title"], kept["source_words"]) == ("熔盐泵轴承", said)
    assert enterprise.post(f"{path}/submission", headers=ANY).status_code == 200
    number = {"challenge_id": "N9"}
    assert staff.post(f"{path}/publication", json=number, headers=ANY).status_code == 201
    for caller in (Caller(app), Caller(app, "university")):
        for shown in ("/challenges/N9", f"{API}/challenges/N9", f"{API}/challenges"):
            text = caller.get(shown).text
            assert not re.search("13900001111|wang@example|王工|source_words", text)
        assert caller.get(path).status_code in (401, 403, 404)
    record = app.state.service.live.connect().challenges()["N9"]
    assert not [column for column in record.extra if column.startswith(("项目", "题目", "联系"))]


@pytest.mark.slow
def test_without_a_script_a_button_puts_the_words_back(app: FastAPI) -> None:
    """Into what was understood, a draft and a correction; nothing is kept until it is saved."""
    caller, staff = Caller(app, "enterprise"), Caller(app, "staff")
    page = caller.post("/ask", data={"text": SAID}).text
    hidden = r'name="((?:source|original)-\w+)" value="(.*?)"'
    form = dict(re.findall(hidden, page, re.DOTALL))
    assert {"source-title", "source-bounty_wan", "source-contact_phone"} <= form.keys()
    form |= {"title": "轴承", "problem": "改过的", "apply_deadline": "2027-06-30"}
    again = caller.post("/drafts", data={**form, "put": "title"})
    assert again.status_code == 200
    assert 'value="想找人做熔盐泵高温滑动轴承材料"' in again.text
    assert "改过的" in again.text
    assert caller.get(f"{API}/drafts").json()["total"] == 0
    made = caller.post("/drafts", data={**form, "then": "stay"}).headers["location"]
    page = caller.get(made).text
    assert "来文：“想找人做熔盐泵高温滑动轴承材料”" in page
    (version,) = set(re.findall(r'name="version" value="(.*?)"', page))
    form |= {"version": version, "put": "apply_deadline"}
    again = caller.post(made, data=form).text
    assert re.search(r'type="text" value="2027年3月31日前报名"', again)
    assert caller.get(f"/api/v1{made}").json()["fields"]["apply_deadline"] == "2027-06-30"
    form |= {"apply_deadline": "2027年3月31日前报名"}
    del form["put"]
    assert caller.post(made, data=form).status_code == 303
    assert caller.get(f"/api/v1{made}").json()["fields"]["apply_deadline"] == "2027-03-31"
    # A version that was overtaken is told, and what was filled in stays.
    stale = caller.post(made, data={**form, "title": "另一个", "put": "problem"})
    assert stale.status_code == 412
    assert "另一个" in stale.text
    assert caller.post(f"/api/v1{made}/submission", headers=ANY).status_code == 200
    publish = {"challenge_id": "N8"}
    assert staff.post(f"/api/v1{made}/publication", json=publish, headers=ANY).status_code == 201
    page = staff.get("/staff/challenges/N8/correction").text
    assert "来文：“给300多万”" in page
    form = {
        "title": "轴承",
        "reason": "改数",
        "source-bounty_wan": "给300多万",
        "put": "bounty_wan",
    }
    again = staff.post("/staff/challenges/N8/correction", data=form)
    assert again.status_code == 200
    assert 'value="给300多万"' in again.text


def test_an_import_tells_what_its_values_were_read_from(app: FastAPI) -> None:
    table = "编号,题目,问题,榜额,联系电话\nZ1,轴承,发热,300余万元,13900001111\n".encode()
    staff = Caller(app, "staff")
    made = staff.post(f"{API}/imports", files={"file": ("榜单.csv", table)})
    assert made.status_code == 201, made.text
    (line,) = made.json()["parts"][0]["records"]
    assert line["read_from"] == ["榜额(万元)：300 ← 300余万元"]
    page = staff.get(f"/staff/imports/{made.json()['import_id']}").text
    assert "榜额(万元)：300 ← 300余万元" in page


@pytest.mark.slow
def test_the_form_tells_who_comes_second_and_keeps_what_was_written(app: FastAPI) -> None:
    first, second = Caller(app, "enterprise"), Caller(app, "enterprise")
    mine, _ = draft(first)
    page = first.get(f"/drafts/{mine}").text
    (version,) = set(re.findall(r'name="version" value="(.*?)"', page))
    form = {"csrf": second.token, "version": version, "title": "乙改的"}
    assert second.client.post(f"/drafts/{mine}", data=form).status_code == 303
    form = {"csrf": first.token, "version": version, "title": "甲改的"}
    refused = first.client.post(f"/drafts/{mine}", data=form)
    assert refused.status_code == 412
    assert "已被修改" in refused.text
    assert re.search(r"上次保存 \d{4}-\d\d-\d\d \d\d:\d\d<", refused.text)
    assert "甲改的" in refused.text  # in the form, not yet kept
    assert first.get(f"{API}/drafts/{mine}").json()["fields"]["title"] == "乙改的"
    for act in ("submission", "deletion"):
        assert first.client.post(f"/drafts/{mine}/{act}", data=form).status_code == 412
    (version,) = set(re.findall(r'name="version" value="(.*?)"', refused.text))
    again = first.client.post(f"/drafts/{mine}", data={**form, "version": version})
    assert again.status_code == 303  # having been told, one may go on
    assert first.get(f"{API}/drafts/{mine}").json()["fields"]["title"] == "甲改的"


@pytest.mark.slow
def test_a_form_sent_twice_makes_one_draft(app: FastAPI) -> None:
    """By a second click, or by going back to it; and nothing written since is lost."""
    enterprise = Caller(app, "enterprise")
    page = enterprise.post("/ask", data={"text": "轴承钢夹杂物\n夹杂物控制不好"}).text
    (mine,) = re.findall(r'name="draft_id" value="(draft-.*?)"', page)
    form = {"title": "轴承钢夹杂物", "draft_id": mine}
    for _ in range(2):
        made = enterprise.post("/drafts", data=form)
        assert (made.status_code, made.headers["location"]) == (303, f"/drafts/{mine}")
    assert enterprise.get(f"{API}/drafts").json()["total"] == 1
    refused = enterprise.post("/drafts", data={**form, "title": "回头改的"})
    assert refused.status_code == 412
    assert "回头改的" in refused.text
    assert enterprise.get(f"{API}/drafts/{mine}").json()["fields"]["title"] == "轴承钢夹杂物"
    other = add_account(app, "别家", "enterprise", OTHER_ENTERPRISE)
    assert other.post("/drafts", data=form).status_code == 404


def test_what_is_not_submitted_is_read_by_who_writes_it_alone(app: FastAPI) -> None:
    enterprise, staff = Caller(app, "enterprise"), Caller(app, "staff")
    mine, _ = draft(enterprise)
    for path in (f"{API}/drafts/{mine}", f"/drafts/{mine}", f"{API}/challenges/{mine}",
                 f"/challenges/{mine}/teams", f"{API}/challenges/{mine}/teams",
                 f"{API}/challenges/{mine}/consortium"):  # fmt: skip
        assert staff.get(path).status_code == 404, path
        assert enterprise.get(path).status_code in (200, 303), path
    assert staff.get(f"{API}/drafts").json()["total"] == 0
    path = f"{API}/drafts/{mine}/publication"
    assert staff.post(path, json={"challenge_id": "N1"}, headers=ANY).status_code == 404
    assert enterprise.post(f"{API}/drafts/{mine}/submission", headers=ANY).status_code == 200
    assert staff.get(f"{API}/drafts/{mine}").status_code == 200
    assert staff.get(f"{API}/drafts").json()["total"] == 1


@pytest.mark.slow
def test_staff_publish_what_they_have_read(app: FastAPI) -> None:
    enterprise, staff = Caller(app, "enterprise"), Caller(app, "staff")
    mine, tag = submitted(enterprise)
    changed = {**FIELDS, "title": "又改了"}
    for method, where, body in (
        ("POST", "/recall", None), ("PUT", "", changed), ("POST", "/submission", None),
    ):  # fmt: skip
        answer = enterprise.send(method, f"{API}/drafts/{mine}{where}", json=body, headers=ANY)
        assert answer.status_code == 200
    path = f"{API}/drafts/{mine}/publication"
    stale = staff.post(path, json={"challenge_id": "N1"}, headers={"If-Match": tag})
    assert stale.status_code == 412
    fresh = staff.get(f"{API}/drafts/{mine}").headers["etag"]
    made = staff.post(path, json={"challenge_id": "N1"}, headers={"If-Match": fresh})
    assert made.status_code == 201
    assert staff.get(f"{API}/challenges/N1").json()["title"] == "又改了"


@pytest.mark.slow
@pytest.mark.parametrize("number", ["", "  ", "号" * 201, "draft-1"])
def test_a_number_that_cannot_be_used_is_told(app: FastAPI, number: str) -> None:
    enterprise, staff = Caller(app, "enterprise"), Caller(app, "staff")
    mine, tag = submitted(enterprise)
    form = {"csrf": staff.token, "version": tag.strip('"'), "challenge_id": number}
    refused = staff.client.post(f"/drafts/{mine}/publication", data=form)
    assert refused.status_code == 422
    assert 'id="challenge_id-why">榜单编号不能用' in refused.text  # beside its box
    body = {"challenge_id": number}
    told = staff.post(f"{API}/drafts/{mine}/publication", json=body, headers=ANY)
    assert told.status_code == 422


@pytest.mark.slow
def test_a_draft_is_called_published_once_its_challenge_is(app: FastAPI) -> None:
    enterprise, staff = Caller(app, "enterprise"), Caller(app, "staff")
    mine, _ = submitted(enterprise)
    body = {"challenge_id": "N1", "at_once": False}
    assert staff.post(f"{API}/drafts/{mine}/publication", json=body, headers=ANY).is_success

    def listed(state: str) -> int:
        total: int = enterprise.get(f"{API}/drafts", params={"state": state}).json()["total"]
        return total

    assert (listed("待发布"), listed("已发布")) == (1, 0)
    staff.post(f"{API}/publishing", json={"challenge_ids": ["N1"]})
    assert (listed("待发布"), listed("已发布")) == (0, 1)
    assert enterprise.get(f"{API}/drafts/{mine}").json()["state"] == "已发布"
    for somebody in (enterprise, staff):
        page = somebody.get("/drafts").text
        assert ('href="/challenges/N1"' in page, 'tag tag-good">已发布' in page) == (True, True)


@pytest.mark.slow
def test_the_next_number_is_offered_where_the_list_has_one_pattern(app: FastAPI) -> None:
    enterprise, staff = Caller(app, "enterprise"), Caller(app, "staff")
    mine, _ = submitted(enterprise)
    box = re.compile(r'name="challenge_id" type="text" value="([^"]*)" required')
    assert box.findall(staff.get(f"/drafts/{mine}").text) == [""]  # K1, U1: two patterns
    service = service_of(app)
    workspace = service.live.connect()
    workspace.delete_challenges([i for i in workspace.challenges() if not i.startswith("K")])
    service.live.reopen()
    last = max(int(one[1:]) for one in service.live.current().states)
    assert box.findall(staff.get(f"/drafts/{mine}").text) == [f"K{last + 1}"]


@pytest.mark.slow
def test_a_number_is_given_once_however_many_publish_at_once(app: FastAPI) -> None:
    enterprise, staff = Caller(app, "enterprise"), Caller(app, "staff")
    drafts = [submitted(enterprise, title=f"难题 {n}")[0] for n in range(4)]
    statuses: list[int] = []

    def publish(draft_id: str) -> None:
        path = f"{API}/drafts/{draft_id}/publication"
        statuses.append(staff.post(path, json={"challenge_id": "N1"}, headers=ANY).status_code)

    threads = [threading.Thread(target=publish, args=(one,)) for one in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [201, 409, 409, 409]
    states = [staff.get(f"{API}/drafts/{one}").json()["state"] for one in drafts]
    assert states.count("已发布") == 1
    assert len(workspace_of(service_of(app)).challenge_versions("N1")) == 0  # nobody was replaced


def test_what_fails_half_way_publishes_nothing(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    enterprise, staff = Caller(app, "enterprise"), Caller(app, "staff")
    mine, _ = submitted(enterprise)
    service = service_of(app)
    before = workspace_of(service).generation

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(type(service.audit), "write", fails)
        path = f"{API}/drafts/{mine}/publication"
        assert staff.post(path, json={"challenge_id": "N1"}, headers=ANY).status_code == 500
    assert "N1" not in workspace_of(service).challenges()
    assert workspace_of(service).generation == before
    assert staff.get(f"{API}/drafts/{mine}").json()["state"] == "已提交"


def test_a_draft_changed_while_it_is_being_indexed_is_not_published(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    enterprise, staff = Caller(app, "enterprise"), Caller(app, "staff")
    mine, _ = submitted(enterprise)
    real = Workspace.add_challenge

    def slow(*given: Any) -> None:
        path, fields = f"{API}/drafts/{mine}", {"title": "改了"}
        changed = staff.send("PUT", path, json=fields, headers=ANY)
        assert changed.status_code == 200
        real(*given)

    monkeypatch.setattr(Workspace, "add_challenge", slow)
    path, number = f"{API}/drafts/{mine}/publication", {"challenge_id": "N1"}
    answer = staff.post(path, json=number, headers=ANY)
    assert answer.status_code == 412
    assert "N1" not in workspace_of(service_of(app)).challenges()


def workspace_of(service: Service) -> Workspace:
    return service.live.connect()


def _rows_of(page: str) -> dict[str, str]:
    """The fields of the rows of indicators as a browser would send them."""
    sent = dict(re.findall(r'<input[^>]* ?name="(indicator[^"]*)" value="([^"]*)"', page))
    chosen = re.findall(r'<select name="(indicator-[^"]*)".*?</select>', page)
    for name in chosen:
        box = re.search(rf'<select name="{name}".*?</select>', page)
        assert box is not None
        picked = re.search(r'<option(?: value="([^"]*)")? selected>([^<]*)', box[0])
        value = "" if picked is None else picked[2] if picked[1] is None else picked[1]
        sent[name] = value
    return {name: html.unescape(value) for name, value in sent.items()}


@pytest.mark.slow
def test_indicators_are_corrected_row_by_row_beside_their_words(app: FastAPI) -> None:
    enterprise = Caller(app, "enterprise")
    text = "总氧≤6ppm；寿命提高50%以上"
    mine, _ = draft(enterprise, indicators_text=text)
    page = enterprise.get(f"/drafts/{mine}").text
    rows = _rows_of(page)
    assert (rows["indicator-0-name"], rows["indicator-0-operator"]) == ("总氧", "≤")
    assert (rows["indicator-0-text"], rows["indicator-1-change"]) == ("总氧≤6ppm", "increase_by")
    (version,) = set(re.findall(r'name="version" value="(.*?)"', page))
    form = {**FIELDS, "csrf": enterprise.token, "version": version, "indicators_text": text, **rows}
    form |= {
        "indicator-0-value": "5",
        "indicator-1-change": "increase_to",
        "indicator-2-name": "夹杂物",
        "indicator-2-operator": "≤",
        "indicator-2-value": "0.5",
    }
    assert enterprise.client.post(f"/drafts/{mine}", data=form).status_code == 303
    kept = enterprise.get(f"{API}/drafts/{mine}").json()["fields"]["indicators"]
    assert [(i["name"], i["value"], i["change"]) for i in kept] == [
        ("总氧", 5, None), ("寿命提高", 50, "increase_to"), ("夹杂物", 0.5, None),
    ]  # fmt: skip
    shown = enterprise.get(f"{API}/drafts/{mine}/challenge").json()["indicators"]
    assert [i["value"] for i in shown] == [5, 50, 0.5]


@pytest.mark.parametrize(
    ("before", "after", "values", "told"),
    [
        # Words taken off: the number stays, and nothing has to be told.
        ("希望:总氧能到15ppm以下吧", "总氧能到15ppm以下吧", [("总氧", 15)], []),
        ("总氧≤6ppm；寿命≥5年", "总氧≤6ppm；寿命≥8年", [("总氧", 6), ("寿命", 8)],
         ["去掉：寿命 ≥ 5 年", "读出：寿命 ≥ 8 年"]),
        ("总氧≤6ppm；寿命≥5年", "总氧≤6ppm", [("总氧", 6)], ["去掉：寿命 ≥ 5 年"]),
        # No value is read in the new words, which still hold the number.
        ("总氧≤6ppm", "总氧的事（6ppm）", [("总氧", 6)], []),
    ],
)  # fmt: skip
def test_no_number_is_lost_in_silence_when_its_words_are_edited(
    app: FastAPI, before: str, after: str, values: list[tuple[str, float]], told: list[str]
) -> None:  # fmt: skip
    enterprise = Caller(app, "enterprise")
    mine, version = draft(enterprise, indicators_text=before)
    rows = _rows_of(enterprise.get(f"/drafts/{mine}").text)
    form = {**FIELDS, "csrf": enterprise.token, "version": version.strip('"'), **rows}
    saved = enterprise.client.post(f"/drafts/{mine}", data={**form, "indicators_text": after})
    assert saved.status_code == 303
    kept = enterprise.get(f"{API}/drafts/{mine}").json()["fields"]["indicators"]
    assert [(i["name"], i["value"]) for i in kept] == values
    page = enterprise.get(saved.headers["location"]).text
    assert ("跟着“考核指标”的文字改了" in page) == bool(told)
    assert all(words in page for words in told)


def test_sums_and_spans_may_be_written_in_words(app: FastAPI) -> None:
    enterprise = Caller(app, "enterprise")
    form = {**FIELDS, "csrf": enterprise.token, "bounty_wan": "面议", "total_budget_wan": "1.2亿元",
            "duration_months": "一年"}  # fmt: skip
    saved = enterprise.client.post("/drafts", data=form)
    assert saved.status_code == 303
    kept = enterprise.get(f"{API}{saved.headers['location']}").json()["fields"]
    assert (kept["bounty_wan"], kept["total_budget_wan"], kept["duration_months"]) == (
        None, 12000, 12,
    )  # fmt: skip
    challenge = enterprise.get(f"{API}{saved.headers['location']}/challenge").json()
    assert challenge["negotiable"]
    page = enterprise.get(saved.headers["location"]).text
    assert "来文：“面议”" in page
    assert "写在“考核指标”一栏" in page  # where the way of acceptance goes
    refused = enterprise.client.post("/drafts", data={**form, "bounty_wan": "看着给"})
    assert "应为数字" in refused.text


def test_what_was_submitted_is_not_written_on_until_it_is_taken_back(app: FastAPI) -> None:
    enterprise, staff = Caller(app, "enterprise"), Caller(app, "staff")
    mine, _ = draft(enterprise)
    assert enterprise.post(f"{API}/drafts/{mine}/submission", headers=ANY).status_code == 200
    page = enterprise.get(f"/drafts/{mine}").text
    assert "保存并重新识别" not in page
    assert "先在“下一步”里收回" in page
    refused = enterprise.send("PUT", f"{API}/drafts/{mine}", json=FIELDS, headers=ANY)
    assert refused.status_code == 409
    assert staff.send("PUT", f"{API}/drafts/{mine}", json=FIELDS, headers=ANY).status_code == 200
    assert "保存并重新识别" in staff.get(f"/drafts/{mine}").text
    assert enterprise.post(f"{API}/drafts/{mine}/recall", headers=ANY).status_code == 200
    again = enterprise.send("PUT", f"{API}/drafts/{mine}", json=FIELDS, headers=ANY)
    assert again.status_code == 200


@pytest.mark.slow
def test_a_changed_text_is_read_again_and_corrected_rows_stay(app: FastAPI) -> None:
    enterprise = Caller(app, "enterprise")
    mine, _ = draft(enterprise, indicators_text="总氧≤6ppm；寿命≥5年")
    page = enterprise.get(f"/drafts/{mine}").text
    (version,) = set(re.findall(r'name="version" value="(.*?)"', page))
    form = {**FIELDS, "csrf": enterprise.token, "version": version, **_rows_of(page)}
    form |= {"indicators_text": "总氧≤6ppm；硬度≥60HRC", "indicator-0-value": "4"}
    assert enterprise.client.post(f"/drafts/{mine}", data=form).status_code == 303
    kept = enterprise.get(f"{API}/drafts/{mine}").json()["fields"]["indicators"]
    assert [(i["name"], i["value"]) for i in kept] == [("总氧", 4), ("硬度", 60)]
    page = enterprise.get(f"/drafts/{mine}").text
    (version,) = set(re.findall(r'name="version" value="(.*?)"', page))
    bad = form | _rows_of(page) | {"version": version, "indicator-0-value": "六", "indicators_text":
                                   "总氧≤6ppm；硬度≥60HRC"}  # fmt: skip
    refused = enterprise.client.post(f"/drafts/{mine}", data=bad)
    assert refused.status_code == 422
    assert 'value="六"' in refused.text  # what was typed is still there


def test_the_money_and_the_day_of_a_need_are_not_among_its_targets(app: FastAPI) -> None:
    text = "高端轴承钢洁净度\n指标：总氧≤6ppm；合格率不低于95%\n经费约400万，2027年6月30日前完成。"
    read = Caller(app, "enterprise").post(f"{API}/challenges/reading", json={"text": text}).json()
    names = [one["name"] for one in read["challenges"][0]["indicators"]]
    assert names == ["总氧", "合格率"]


PROSE = (
    "冷轧薄板板形控制\n连退机组出来的薄板瓢曲率超过8%，客户意见大。希望将瓢曲率降低到2%以下，"
    "板形平直度不大于5I，屈服强度不低于340MPa，延伸率≥28%，生产线速度达到300m/min以上。"
)
_TOLD = ["希望将瓢曲率降低到2%以下", "板形平直度不大于5I", "屈服强度不低于340MPa", "延伸率≥28%",
         "生产线速度达到300m/min以上"]  # fmt: skip


def _targets(facets: list[dict[str, Any]]) -> dict[str, str]:
    return {one["label"]: one["text"] for one in facets if one["label"].startswith("考核指标")}


def test_targets_told_in_prose_are_requirements_of_their_own(app: FastAPI) -> None:
    enterprise = Caller(app, "enterprise")
    read = enterprise.post(f"{API}/challenges/reading", json={"text": PROSE}).json()
    (found,) = read["challenges"]
    wanted = {f"考核指标{number}": text for number, text in enumerate(_TOLD, 1)}
    assert _targets(found["facets"]) == wanted
    # Saved as it was understood, or by its indicators alone.
    for fields in (found["fields"], {**found["fields"], "indicators_text": ""}):
        made = enterprise.post(f"{API}/drafts", json=fields).json()["draft_id"]
        shown = enterprise.get(f"{API}/drafts/{made}/challenge").json()
        assert _targets(shown["facets"]) == wanted
        teams = enterprise.get(f"/challenges/{made}/teams").text
        assert [text for text in wanted if text not in teams] == []


def test_a_target_taken_out_of_the_rows_is_no_requirement(app: FastAPI) -> None:
    enterprise = Caller(app, "enterprise")
    page = enterprise.post("/ask", data={"text": PROSE}).text
    form = page[page.index('action="/drafts"') :]
    sent = dict(re.findall(r'<input (?:type="hidden" )?name="([\w-]+)" value="(.*?)"', form))
    sent["indicators-of"] = sent["indicators_text"] = "\n".join(_TOLD)
    sent["title"], sent["indicator-1-name"], sent["indicator-1-value"] = "板形", "", ""
    sent |= {f"indicator-{n}-operator": "≤" for n in range(5)}
    made = enterprise.post("/drafts", data=sent).headers["location"]
    shown = enterprise.get(f"{API}{made}/challenge").json()
    assert list(_targets(shown["facets"]).values()) == [_TOLD[0], *_TOLD[2:]]
    assert len(shown["indicators"]) == 4


def test_a_target_entered_by_its_parts_is_told_in_words(app: FastAPI) -> None:
    enterprise = Caller(app, "enterprise")
    rows = [{"name": "总氧", "operator": "≤", "value": 6, "unit": "ppm", "text": ""},
            {"name": "寿命", "operator": "≥", "value": 50, "unit": "%", "change": "increase_by",
             "text": ""}]  # fmt: skip
    made, _ = draft(enterprise, indicators=rows)
    shown = enterprise.get(f"{API}/drafts/{made}/challenge").json()
    assert list(_targets(shown["facets"]).values()) == ["总氧≤6ppm", "寿命提高≥50%"]


def test_handing_in_keeps_what_was_changed_on_the_page(app: FastAPI) -> None:
    enterprise, path = Caller(app, "enterprise"), f"{API}/drafts/"
    mine, _ = draft(enterprise)
    teams = enterprise.get(f"/challenges/{mine}/teams").text
    assert f'href="/drafts/{mine}#next">下一步：核对并提交发榜' in teams
    assert "发榜以后才能邀请团队" in teams
    page = enterprise.get(f"/drafts/{mine}").text
    assert f'form="draft" formaction="/drafts/{mine}/submission"' in page
    (version,) = set(re.findall(r'name="version" value="(.*?)"', page))
    sent = {**FIELDS, "title": "改过没有保存的题目", "version": version}
    refused = enterprise.post(f"/drafts/{mine}/submission", data={**sent, "bounty_wan": "五百"})
    assert (refused.status_code, 'value="五百"' in refused.text) == (422, True)
    empty = enterprise.post(f"/drafts/{mine}/submission", data={"title": "", "version": version})
    assert (empty.status_code, "草稿是空的" in empty.text) == (422, True)
    assert enterprise.get(path + mine).json()["state"] == "草稿"
    assert enterprise.post(f"/drafts/{mine}/submission", data=sent).status_code == 303
    kept = enterprise.get(path + mine).json()
    assert (kept["state"], kept["fields"]["title"]) == ("已提交", "改过没有保存的题目")
    late = enterprise.post(f"/drafts/{mine}/submission", data={**sent, "title": "晚到的"})
    assert (late.status_code, "晚到的" in late.text) == (412, True)
    assert enterprise.get(path + mine).json()["fields"]["title"] == "改过没有保存的题目"
    assert "下一步：核对" not in enterprise.get(f"/challenges/{mine}/teams").text


def test_a_number_nobody_can_call_is_refused_with_the_remedy(app: FastAPI) -> None:
    mine = Caller(app, "enterprise")
    answer = mine.post(f"{API}/drafts", json={**FIELDS, "contact_phone": "12345"})
    assert answer.status_code == 422
    told = answer.json()
    assert (told["given"], "留空" in told["remedy"]) == ("5 位数字", True)
    assert "12345" not in answer.text
    for phone in ("0411-8561 2345", "微信 zhang_li", "内线 8021", "13900001111、85612345", ""):
        draft(mine, contact_phone=phone)
    team = {"team_name": "轴承钢团队", "contact_phone": "110"}
    refused = Caller(app, "university").post(f"{API}/team-changes", json=team)
    assert refused.status_code == 422
    assert "电话" in refused.json()["detail"]
