"""The yearly evaluation on pages: evaluators mark blind to each other, staff see the whole."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from matcher.alliances import shipped_sheet
from matcher.policy import shipped_pack
from matcher.records.alliance import Alliance
from matcher.service.access import Principal
from matcher.service.store.steps import Act

from .service import ENTERPRISE, UNIVERSITY, Caller, add_account, make_app, service_of

API = "/api/v1/evaluations/2021"
SHEET = shipped_sheet(shipped_pack("liaoning-2021"))
IDS = [one.id for one in SHEET.indicator]
EXPERTS = {"评委甲": "甲研究所", "评委乙": "乙研究所", "评委丙": UNIVERSITY}


def made(number: int, *members: str) -> Alliance:
    return Alliance(
        alliance_id=f"LM/{number}", name=f"第{number}联盟<b>", lead_org=ENTERPRISE, members=members,
        formed_on="2021-01-01", agreed_on="2021-01-05", registered_on="2021-03-01",
        technical_targets="寿命≥20年",
    )  # fmt: skip


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    app = make_app(tmp_path_factory.mktemp("w"))
    service = service_of(app)
    service.live.reopen()
    kept = [made(1, UNIVERSITY), made(2), Alliance(alliance_id="LM3", name="还没有备案")]
    service.alliances.put(kept, Act(Principal("staff", 1, "科技厅"), "staff"))
    return app


@pytest.fixture(scope="module")
def callers(app: FastAPI) -> dict[str, Caller]:
    found = {name: Caller(app, name) for name in ("staff", "enterprise", "public")}
    for name, organisation in EXPERTS.items():
        found[name] = add_account(app, name, "university", organisation)
        asked = found["staff"].post(f"{API}/evaluators", json={"name": name})
        assert asked.status_code == 200, asked.text
    return found


def marked(caller: Caller, alliance_id: str, score: float, **more: object) -> int:
    body = {"scores": dict.fromkeys(IDS, score), **more}
    return caller.send("PUT", f"{API}/marks/{alliance_id}", json=body).status_code


def test_only_who_was_asked_marks_and_only_staff_see_the_whole(callers: dict[str, Caller]) -> None:
    mine = callers["评委甲"].get(f"{API}/marks").json()["alliances"]
    assert [line["alliance_id"] for line in mine] == ["LM/1", "LM/2"]  # what is registered
    for name, status in (("enterprise", 404), ("public", 401)):
        assert callers[name].get(f"{API}/marks").status_code == status
        assert marked(callers[name], "LM/1", 5) == status
    assert callers["评委甲"].get(API).status_code == 403
    assert callers["评委甲"].get(f"{API}/marks/LM3").status_code == 404
    assert callers["staff"].get(f"{API}/marks").status_code == 404  # staff were not asked
    other = callers["评委甲"].get("/api/v1/evaluations/2022/marks")
    assert other.status_code == 404


def test_an_evaluator_marks_on_the_page_and_sees_nobody_else(callers: dict[str, Caller]) -> None:
    one, two = callers["评委甲"], callers["评委乙"]
    page = one.get("/evaluations/2021/LM%2F1").text
    assert "寿命≥20年" in page  # what the record says, with its source
    assert "<b>" not in page.split("<h1>")[1].split("</h1>")[0]
    first = IDS[0]
    sent = one.post("/evaluations/2021/LM%2F1", data={f"s:{first}": "7.25", f"r:{first}": "写明"})
    assert sent.headers["location"] == "/evaluations/2021"
    assert "未填齐" in one.get("/evaluations/2021").text
    assert 'value="7.25"' in one.get("/evaluations/2021/LM%2F1").text
    assert "7.25" not in two.get("/evaluations/2021/LM%2F1").text
    assert "请你评估" in one.get("/alliances").text
    assert "请你评估" not in callers["enterprise"].get("/alliances").text
    wrong = one.post("/evaluations/2021/LM%2F1", data={f"s:{first}": "11"})
    assert (wrong.status_code, "超过满分" in wrong.text) == (422, True)
    empty = one.post("/evaluations/2021/LM%2F1", data={})
    assert (empty.status_code, "没有打分" in empty.text) == (422, True)
    strange = one.send("PUT", f"{API}/marks/LM/1", json={"scores": {"没有": 1}})
    assert (strange.status_code, "没有这项指标" in strange.text) == (422, True)


def test_staff_see_agreement_tiers_and_why(callers: dict[str, Caller], app: FastAPI) -> None:
    for name, shift in (("评委甲", 0.0), ("评委乙", 0.5)):
        assert marked(callers[name], "LM/1", 8 + shift) == 200
        assert marked(callers[name], "LM/2", 4 + shift) == 200
    assert marked(callers["评委丙"], "LM/1", 10) == 200  # of a member: kept, and not counted
    assert marked(callers["评委丙"], "LM/2", 4, conflict="曾任顾问") == 200
    assert callers["staff"].get(API).json()["result"] is None  # nobody has handed in
    assert "没有交的不计入" in callers["staff"].get("/staff/evaluations/2021").text
    for name in ("评委甲", "评委乙"):
        assert callers[name].post(f"{API}/hand-in").status_code == 200
    part = callers["staff"].get(API).json()["result"]["places"]
    assert not any("评委丙" in words for place in part for words in place["left_out"])
    assert "1 位评委还没有交分，他们的分不计入" in (
        callers["staff"].get("/staff/evaluations/2021").text
    )
    assert callers["评委丙"].post(f"{API}/hand-in").status_code == 200
    found = callers["staff"].get(API).json()
    told = {e["name"]: (e["marked"], e["left_out"]) for e in found["evaluators"]}
    assert told == {"评委甲": (2, 0), "评委乙": (2, 0), "评委丙": (0, 2)}
    places = {p["alliance_id"]: p for p in found["result"]["places"]}
    assert (places["LM/1"]["total"], places["LM/2"]["total"]) == (82.5, 42.5)
    assert (places["LM/1"]["tier"], places["LM/2"]["tier"]) == (1, 2)
    assert any("评委丙回避" in words for words in places["LM/1"]["left_out"])
    page = callers["staff"].get("/staff/evaluations/2021").text
    for words in ("评委一致性", "Krippendorff", "九成区间", "梯次", "名次怎样来的", "评委丙回避"):
        assert words in page
    assert "第1联盟<b>" not in page
    assert "这一年的评估" in callers["staff"].get("/staff/alliances?year=2021").text
    actions = {line.action for line in service_of(app).audit.lines(size=200)[0]}
    assert {"evaluator.ask", "alliance.mark"} <= actions


def test_who_is_no_longer_asked_is_out_and_what_was_said_stays(callers: dict[str, Caller]) -> None:
    before = callers["staff"].get(API).json()
    out = next(e for e in before["evaluators"] if e["name"] == "评委乙")
    sent = callers["staff"].post(
        "/staff/evaluations/2021/evaluators", data={"release": str(out["account_id"])}
    )
    assert sent.status_code == 303
    assert callers["评委乙"].get(f"{API}/marks").status_code == 404
    after = callers["staff"].get(API).json()
    assert "评委乙" not in {e["name"] for e in after["evaluators"]}
    assert after["result"] == before["result"]
    missing = callers["staff"].post("/staff/evaluations/2021/evaluators", data={"name": "没有"})
    assert missing.status_code == 422


def test_who_is_out_before_handing_in_counts_for_nothing(app: FastAPI) -> None:
    staff, api = Caller(app, "staff"), "/api/v1/evaluations/2024"
    for name, score in (("评委戊", 6), ("评委己", 10)):
        one = add_account(app, name, "university", f"{name}研究所")
        asked = staff.post(f"{api}/evaluators", json={"name": name, "alliances": "LM/2"})
        body = {"scores": dict.fromkeys(IDS, score), "reasons": dict.fromkeys(IDS, "写明")}
        assert one.send("PUT", f"{api}/marks/LM/2", json=body).status_code == 200
        if name == "评委戊":
            assert one.post(f"{api}/hand-in").status_code == 200
    out = next(e["account_id"] for e in asked.json()["evaluators"] if e["name"] == "评委己")
    found = staff.send("DELETE", f"{api}/evaluators/{out}").json()
    assert [e["name"] for e in found["evaluators"]] == ["评委戊"]
    (place,) = found["result"]["places"]
    assert (place["evaluators"], place["total"]) == (["评委戊"], 60)
    # Asked again, it goes on where it was.
    staff.post(f"{api}/evaluators", json={"name": "评委己", "alliances": "LM/2"})
    assert one.get(f"{api}/marks").json()["alliances"][0]["status"] == "已评"


def test_an_evaluator_marks_what_it_was_given_and_hands_in(app: FastAPI) -> None:
    """Of another year: only what was given, no change after handing in, until staff give back."""
    staff = Caller(app, "staff")
    one = add_account(app, "评委丁", "university", "丁研究所")
    api, page = "/api/v1/evaluations/2023", "/evaluations/2023"
    lost = staff.post(f"{api}/evaluators", json={"name": "评委丁", "alliances": "LM9"})
    assert (lost.status_code, "没有这些要评估的联盟" in lost.text) == (404, True)
    form = {"name": "评委丁", "alliances": "LM/2"}
    assert staff.post("/staff/evaluations/2023/evaluators", data=form).status_code == 303
    assert [a["alliance_id"] for a in one.get(f"{api}/marks").json()["alliances"]] == ["LM/2"]
    assert one.get(f"{page}/LM%2F1").status_code == 404
    early = one.post(page, data={})
    assert (early.status_code, "还没有评完，不能交" in early.text) == (422, True)
    ends = {"scores": dict.fromkeys(IDS, 6) | {IDS[0]: 0, IDS[1]: 10}, "reasons": {IDS[0]: "没有"}}
    assert one.send("PUT", f"{api}/marks/LM/2", json=ends).status_code == 200
    bare = one.post(page, data={})
    lacking = [i.text for i in SHEET.indicator if i.id in IDS[:2]]
    assert (bare.status_code, "还没有写理由" in bare.text) == (422, True)
    assert [text in bare.text for text in lacking] == [False, True]
    assert "0 分和满分写明理由" in one.get(f"{page}/LM%2F2").text
    body = {"scores": dict.fromkeys(IDS, 6), "reasons": {IDS[0]: "目标写得清楚"}}
    assert one.send("PUT", f"{api}/marks/LM/2", json=body).status_code == 200
    assert "还没有交分" in staff.get("/staff/evaluations/2023").text
    assert one.post(page, data={}).status_code == 303
    assert "已交" in one.get(page).text
    late = one.send("PUT", f"{api}/marks/LM/2", json=body)
    assert (late.status_code, "已经交了" in late.text) == (409, True)
    assert one.post(f"{page}/LM%2F2", data={f"s:{IDS[0]}": "1"}).status_code == 409
    found = staff.get(api).json()["evaluators"][0]
    assert (found["asked"], found["marked"], bool(found["handed_in"])) == (1, 1, True)
    assert one.post(f"{api}/evaluators/{found['account_id']}/give-back").status_code == 403
    back = {"back": str(found["account_id"])}
    assert staff.post("/staff/evaluations/2023/evaluators", data=back).status_code == 303
    assert one.send("PUT", f"{api}/marks/LM/2", json=body).status_code == 200
    assert one.post(f"{api}/hand-in").json()["handed_in"]
    for name, status in (("enterprise", 404), ("public", 401)):
        assert Caller(app, name).post(f"{api}/hand-in").status_code == status
    actions = {line.action for line in service_of(app).audit.lines(size=200)[0]}
    assert {"evaluator.hand_in", "evaluator.give_back"} <= actions
