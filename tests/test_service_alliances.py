"""Alliances in the service: who sees what, who may do what, and every change in the audit."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from fastapi import FastAPI
from openpyxl import Workbook

from matcher.alliances import shipped_sheet
from matcher.policy import shipped_pack
from matcher.records.alliance import Alliance, Grant, Mark
from matcher.service.access import Principal
from matcher.service.desk import imports
from matcher.service.store.steps import Act

from .service import ENTERPRISE, UNIVERSITY, Caller, add_account, make_app, service_of

API = "/api/v1/alliances"
MINE = Alliance(
    alliance_id="LM/1", name="轴承钢<b>联盟", lead_org=ENTERPRISE, members=(UNIVERSITY,),
    province="辽宁", city="鞍山", formed_on="2021-02-01",
    grants=(Grant(year=2021, amount_wan=777, programme="试点示范"),),
)  # fmt: skip
OTHER = Alliance(alliance_id="LM2", name="别家联盟", lead_org="另一家有限公司", members=("某所",))


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    app = make_app(tmp_path_factory.mktemp("w"))
    service = service_of(app)
    service.live.reopen()
    service.alliances.put([MINE, OTHER], Act(Principal("staff", 1, "科技厅"), "staff", "内部理由"))
    return app


@pytest.fixture(scope="module")
def callers(app: FastAPI) -> dict[str, Caller]:
    names = ("staff", "enterprise", "university", "local", "broker", "public")
    made = {name: Caller(app, name) for name in names}
    made["stranger"] = add_account(app, "stranger", "enterprise", "没有关系的公司")
    return made


def seen(caller: Caller) -> set[str]:
    return {line["alliance_id"] for line in caller.get(API).json()["items"]}


def test_everybody_sees_what_is_theirs(callers: dict[str, Caller]) -> None:
    assert seen(callers["staff"]) == {"LM/1", "LM2"}
    for name in ("enterprise", "university"):
        assert seen(callers[name]) == {"LM/1"}
        assert callers[name].get(f"{API}/LM2").status_code == 404
    for name in ("stranger", "broker", "local"):
        assert seen(callers[name]) == set()
        assert callers[name].get(f"{API}/LM/1").status_code in (403, 404)
    assert callers["public"].get(API).status_code == 401


def test_money_agreements_and_reasons_are_for_lead_and_staff(callers: dict[str, Caller]) -> None:
    for name in ("staff", "enterprise"):
        one = callers[name].get(f"{API}/LM/1").json()
        assert one["grants"][0]["amount_wan"] == 777
        assert one["full"]
        page = callers[name].get("/alliances/LM%2F1").text
        assert "777 万元" in page
        assert "可以申请的计划" in page
    member = callers["university"].get(f"{API}/LM/1")
    assert not member.json()["full"]
    assert member.json()["grants"] == member.json()["files"] == member.json()["moves"] == []
    assert "777" not in member.text
    assert "内部理由" not in member.text
    page = callers["university"].get("/alliances/LM%2F1").text
    # The token of a form is drawn: it may hold any digits.
    assert "777" not in re.sub(r'name="csrf" value="[^"]*"', "", page)
    assert "三项条件" in page
    assert callers["university"].get(f"{API}/LM/1/programmes/2021").status_code == 403
    # Nor can a member find out by searching.
    assert callers["university"].get(API, params={"q": "777"}).json()["total"] == 0
    assert callers["university"].get(API, params={"q": "轴承"}).json()["total"] == 1


def test_programmes_say_how_much_and_why(callers: dict[str, Caller]) -> None:
    said = callers["enterprise"].get(f"{API}/LM/1/programmes/2021").json()["programmes"]
    pilot = next(p for p in said if p["programme_id"] == "pilot-plan")
    assert pilot["verdict"] == "待核实"  # nobody filled in whether it is a model alliance
    assert any("典型认定日期未填写" in words for words in pilot["to_check"])
    assert "2000 − 777（LM/1#1） = 1223" in pilot["formula"]


def test_a_challenge_says_what_it_may_ask_for_to_whom_it_belongs(
    callers: dict[str, Caller], app: FastAPI
) -> None:
    store, staff = service_of(app).alliances, Act(Principal("staff", 1, "科技厅"), "staff")
    store.put([MINE.model_copy(update={"challenges": ("K1",)})], staff)
    path = f"{API}/of-challenges/K1"
    for name in ("enterprise", "staff"):
        said = callers[name].get(path, params={"year": 2021}).json()
        assert "联盟 LM/1" in said["about"]
        plan = next(p for p in said["programmes"] if p["programme_id"] == "jiebang-plan")
        assert "2000 − 777（LM/1#1） = 1223" in plan["formula"]
        page = callers[name].get("/challenges/K1?year=2021").text
        assert "可以申请的计划（2021 年）" in page
        assert page.count("2000 − 777") == 1
    for name, status in (("university", 403), ("stranger", 404), ("public", 401)):
        assert callers[name].get(path).status_code == status
        page = callers[name].get("/challenges/K1").text
        assert "可以申请的计划" not in page
        assert "2000 − 777" not in page
    store.put([MINE], staff)


def test_records_are_read_again_only_where_one_has_changed(app: FastAPI) -> None:
    store = service_of(app).alliances
    before = store.all()
    assert store.all() is before
    act = Act(Principal("staff", 1, "科技厅"), "staff")
    store.put([OTHER.model_copy(update={"note": "改过"})], act)
    assert {a.alliance_id: a.note for a in store.all()}["LM2"] == "改过"
    store.put([OTHER], act)
    assert store.all() == before


def test_an_alliance_is_corrected_by_its_lead_and_its_money_by_staff(
    callers: dict[str, Caller], app: FastAPI
) -> None:
    store = service_of(app).alliances
    kept = Alliance(alliance_id="LM/E", name="待改联盟", lead_org=ENTERPRISE, members=(UNIVERSITY,),
                    note="原来的")  # fmt: skip
    store.put([kept], Act(Principal("staff", 1, "科技厅"), "staff"))
    path, lead, staff = f"{API}/LM/E/form", callers["enterprise"], callers["staff"]
    read = lead.get(path).json()
    assert read["grants"] == []
    names = {f["name"] for group in read["groups"] for f in group["fields"]}
    assert "market_goal" in names
    assert not names & {"lead_org", "given_wan", "match_band", "agreed_on"}
    values = {"lead_rd_wan": "0.3亿元", "members": "甲大学；乙所", "note": ""}
    body = {"version": read["version"], "values": values}
    assert lead.send("PUT", path, json=body).status_code == 200
    made = store.find("LM/E")[0]
    assert (made.lead_rd_wan, made.members, made.note, made.name) == (
        3000, ("甲大学", "乙所"), "", "待改联盟",
    )  # fmt: skip
    assert lead.send("PUT", path, json=body).status_code == 412  # read before the change
    version = store.version("LM/E")
    for values in (
        {"lead_rd_wan": "很多"}, {"technologies": "若干"}, {"given_wan": "100"},
        {"agreed_on": "2021-01-05"}, {"lead_legal_person": "大概"},
    ):  # fmt: skip
        wrong = lead.send("PUT", path, json={"version": version, "values": values})
        assert wrong.status_code == 422, values
    grants = [{"year": "2021", "amount_wan": "300万元", "payer": "省科技厅", "receiver": "盟主"},
              {"standing": "已得"}]  # fmt: skip
    asked = {"version": version, "grants": grants}
    assert lead.send("PUT", path, json=asked).status_code == 422
    (grant,) = staff.send("PUT", path, json=asked).json()["grants"]
    assert grant["note"] == "计入盟主 2021 年的上限"
    incomes = [{"way": "许可", "net_wan": "200万元", "agreed_percent": "八成半", "paid_wan": "0"},
               {"great_interest": "未知"}]  # fmt: skip
    asked = {"version": store.version("LM/E"), "incomes": incomes}
    (income,) = lead.send("PUT", path, json=asked).json()["incomes"]
    assert income["columns"] == {
        "转化方式": "许可", "净收入(万元)": "200", "约定奖励比例(%)": "85", "已付奖励(万元)": "0",
    }  # fmt: skip
    wrong = lead.send("PUT", path, json=asked | {
        "version": store.version("LM/E"), "incomes": [{"way": "卖掉"}],
    })  # fmt: skip
    assert (wrong.status_code, "转化方式" in wrong.text) == (422, True)
    for name, status in (("university", 403), ("stranger", 404), ("public", 401)):
        assert callers[name].get(path).status_code == status


def test_what_is_entered_on_the_page_stays_until_it_can_be_used(
    callers: dict[str, Caller], app: FastAPI
) -> None:
    store, staff, place = service_of(app).alliances, callers["staff"], "/alliances/LM%2FE/editing"
    version = store.version("LM/E")
    assert version in staff.get(place).text
    given = {"version": version, "f:market_goal": "替代进口", "g0:year": "2021",
             "i0:way": "作价投资", "i0:equity_wan": "600", "i1:way": ""}  # fmt: skip
    wrong = staff.post(place, data=given | {"f:match_band": "很强"})
    assert (wrong.status_code, "匹配档次" in wrong.text, "替代进口" in wrong.text) == (
        422,
        True,
        True,
    )
    right = given | {"f:match_band": "强"}
    assert staff.post(place, data=right).status_code == 303
    made = store.find("LM/E")[0]
    assert (made.market_goal, made.match_band, made.grants[0].year) == ("替代进口", "强", 2021)
    assert [(one.way, one.equity_wan) for one in made.incomes] == [("作价投资", 600)]
    assert "股份作价(万元)：600" in staff.get("/alliances/LM%2FE").text
    late = staff.post(place, data=right)
    assert (late.status_code, "在你打开之后有变动" in late.text) == (412, True)
    assert store.version("LM/E") in late.text  # to be looked at, then sent again
    changes = service_of(app).audit.lines(action="alliance.change")[0]
    assert {line.account for line in changes} >= {"enterprise", "staff"}
    ending = Act(Principal("staff", 1, "科技厅"), "staff", "解散")
    store.move("LM/E", "结束", ending, date(2021, 9, 1))
    assert staff.get(f"{API}/LM/E/form").status_code == 409


def test_steps_are_made_by_whom_the_table_allows(callers: dict[str, Caller], app: FastAPI) -> None:
    enterprise, staff = callers["enterprise"], callers["staff"]
    assert enterprise.post(f"{API}/LM2/moves", json={"move": "签订协议"}).status_code == 404
    early = enterprise.post(f"{API}/LM/1/moves", json={"move": "备案"})
    assert (early.status_code, "备案由管理人员办理" in early.text) == (409, True)
    signed = enterprise.post(f"{API}/LM/1/moves", json={"move": "签订协议", "day": "2021-02-05"})
    assert (signed.json()["state"], signed.json()["agreed_on"]) == ("已签约", "2021-02-05")
    assert callers["university"].post(f"{API}/LM/1/moves", json={"move": "备案"}).status_code == 403
    assert staff.post(f"{API}/LM/1/moves", json={"move": "备案"}).json()["state"] == "已备案"
    assert staff.post(f"{API}/LM/1/undoing", json={"reason": ""}).status_code == 409
    undone = staff.post(f"{API}/LM/1/undoing", json={"reason": "日期不对"})
    assert undone.json()["state"] == "已签约"
    assert enterprise.post(f"{API}/LM/1/undoing", json={"reason": "x"}).status_code == 403
    acts = [line.action for line in service_of(app).audit.lines(action="alliance.move")[0]]
    assert len(acts) >= 4


def test_a_form_sent_twice_makes_one_step(callers: dict[str, Caller], app: FastAPI) -> None:
    staff = callers["staff"]
    made = Alliance(alliance_id="LM3", lead_org="丙公司")
    service_of(app).alliances.put([made], Act(Principal("staff", 1, "科技厅"), "staff"))
    page = staff.get("/alliances/LM3").text
    key = page.split('name="key" value="')[1].split('"')[0]
    for _ in range(2):
        answer = staff.post("/alliances/LM3/moves", data={"move": "签订协议", "key": key})
        assert answer.status_code == 303
    assert [s.move for s in service_of(app).alliances.history("LM3")] == ["组建", "签订协议"]
    wrong = staff.post("/alliances/LM3/moves", data={"move": "认定典型"})
    assert (wrong.status_code, "不能认定典型" in wrong.text) == (409, True)


def test_an_agreement_is_kept_privately(callers: dict[str, Caller]) -> None:
    enterprise = callers["enterprise"]
    sent = {"file": ("协议.pdf", b"%PDF-1.7 secret", "application/pdf")}
    kept = enterprise.post(f"{API}/LM/1/files", files=sent)
    assert kept.status_code == 201
    file_id = kept.json()["files"][0]["file_id"]
    assert enterprise.get(f"{API}/LM/1/files/{file_id}").content == b"%PDF-1.7 secret"
    assert callers["staff"].get(f"{API}/LM/1/files/{file_id}").status_code == 200
    assert callers["university"].get(f"{API}/LM/1/files/{file_id}").status_code == 403
    assert callers["stranger"].get(f"{API}/LM/1/files/{file_id}").status_code == 404
    assert "协议.pdf" not in callers["university"].get("/alliances/LM%2F1").text


def test_a_match_becomes_an_alliance(callers: dict[str, Caller]) -> None:
    strange = callers["stranger"].post(API, json={"challenge_id": "K1"})
    assert strange.status_code == 404
    made = callers["enterprise"].post(API, json={"challenge_id": "K1", "team_ids": "T1"})
    assert made.status_code == 201, made.text
    one = made.json()
    assert (one["lead_org"], one["members"], one["challenges"]) == (
        ENTERPRISE,
        [UNIVERSITY],
        ["K1"],
    )
    again = callers["enterprise"].post(API, json={"challenge_id": "K1"})
    assert again.status_code == 409
    page = callers["staff"].post("/alliances", data={"challenge_id": "K2", "team_ids": "没有"})
    assert (page.status_code, "团队" in page.text) == (422, True)


def test_a_list_is_looked_at_and_taken_in(
    callers: dict[str, Caller], app: FastAPI, tmp_path: Path
) -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["编号", "联盟名称", "盟主", "成员单位", "协议日期"])
    book.active.append(["R1", "新联盟", "丁公司", "某大学", "2021-05-01"])
    book.active.append(["R2", "坏联盟", "戊公司", "某大学", "去年"])
    book.save(tmp_path / "名单.xlsx")
    sent = {"file": ("名单.xlsx", (tmp_path / "名单.xlsx").read_bytes())}
    staff = callers["staff"]
    assert callers["enterprise"].post("/api/v1/imports", files=sent).status_code == 403
    seen_ = staff.post("/api/v1/imports?kind=alliances", files=sent).json()
    part = seen_["parts"][0]
    assert (part["kind"], part["added"], part["rejected"]) == ("alliances", 1, 1)
    assert staff.get(f"{API}/R1").status_code == 404  # looked at, nothing written
    place = staff.post("/staff/imports", files=sent, data={"kind": "alliances"}).headers["location"]
    page = staff.get(place).text
    assert "去年" in page
    assert "日期写到哪一步，状态就到哪一步" in page
    upload_id = place.partition("?")[0].rpartition("/")[2]
    take_in = imports.take_in(
        service_of(app), Principal("staff", 1, "科技厅"), upload_id, True, False,
        imports.HowRead("alliances"), lambda *_: None,
    )  # fmt: skip
    assert take_in["changes"] == {"alliances": {"added": 1, "changed": 0, "unchanged": 0}}
    assert staff.get(f"{API}/R1").json()["state"] == "已签约"
    assert [s.reason for s in service_of(app).alliances.history("R1")] == ["导入 名单.xlsx"] * 2


def test_a_year_overlaps_and_an_evaluation_are_staffs(
    callers: dict[str, Caller], app: FastAPI
) -> None:
    staff = callers["staff"]
    year = staff.get(f"{API}/years/2021").json()
    assert {p["name"] for p in year["progress"]} >= {"典型联盟", "首批联盟"}
    assert "拉郎配" in staff.get("/staff/alliances?year=2021").text
    assert staff.get("/staff/alliances?year=1").status_code == 422
    assert staff.get(f"{API}/overlaps").json()["total"] >= 1
    assert staff.get("/api/v1/evaluations/2021").json()["result"] is None
    sheet = shipped_sheet(shipped_pack("liaoning-2021"))
    marks = [Mark(alliance_id="LM/1", indicator_id=i.id, evaluator="甲", score=5)
             for i in sheet.indicator]  # fmt: skip
    service_of(app).alliances.put_marks(marks, 2021, Act(Principal("staff", 1, "厅"), "staff"))
    assert staff.get("/api/v1/evaluations/2021").json()["result"]["places"][0]["total"] == 50
    for path in ("years/2021", "overlaps", "../evaluations/2021"):
        assert callers["enterprise"].get(f"{API}/{path}").status_code == 403


def test_pages_escape_what_records_say(callers: dict[str, Caller]) -> None:
    for path in ("/alliances", "/alliances/LM%2F1", "/staff/alliances?year=2021"):
        page = callers["staff"].get(path)
        assert page.status_code == 200
        assert "<b>联盟" not in page.text
