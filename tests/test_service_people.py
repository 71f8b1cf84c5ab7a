"""Who may do what to whose account: brokers, local staff, colleagues, requests, links, keys."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from fastapi import FastAPI

from matcher.service.access import Given, Principal, Role
from matcher.service.app import routes_of
from matcher.service.desk.notices import tell_events
from matcher.service.settings import Settings
from matcher.service.store.accounts import Details
from matcher.service.store.grants import as_region
from matcher.text.regions import cities_by_province

from .service import (
    ENTERPRISE,
    OTHER_ENTERPRISE,
    PASSWORD,
    UNIVERSITY,
    Caller,
    add_account,
    make_app,
    service_of,
)

API = "/api/v1"
NEW = "another good password"
SETTINGS = Settings()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    made = make_app(tmp_path_factory.mktemp("w"), registration=True)
    service_of(made).live.reopen()
    return made


@pytest.fixture(scope="module")
def staff(app: FastAPI) -> Caller:
    return Caller(app, "staff")


def gave(staff: Caller, name: str, kind: str, value: str) -> None:
    answer = staff.post(f"{API}/accounts/{name}/grants", json={"kind": kind, "value": value})
    assert answer.status_code == 201, answer.text


def opened(app: FastAPI, name: str, password: str) -> bool:
    somebody = Caller(app)
    form = {"name": name, "password": password, "csrf": somebody.token}
    return bool(somebody.client.post("/sign-in", data=form).status_code == 303)


def challenges(somebody: Caller) -> set[str]:
    return {x["challenge_id"] for x in somebody.get(f"{API}/challenges").json()["items"]}


def teams(somebody: Caller) -> set[str]:
    return {x["team_id"] for x in somebody.get(f"{API}/teams").json()["items"]}


def test_a_broker_sees_what_it_was_given_and_nothing_else(app: FastAPI, staff: Caller) -> None:
    broker = add_account(app, "经纪人", "broker", "")
    assert (challenges(broker), teams(broker)) == (set(), set())
    assert broker.get(f"{API}/challenges/K1").status_code == 404
    gave(staff, "经纪人", "challenge", "U1")
    gave(staff, "经纪人", "team", "T3")
    assert (challenges(broker), teams(broker)) == ({"U1"}, {"T3"})
    assert broker.get(f"{API}/teams/T1").status_code == 404
    shown = broker.get(f"{API}/challenges/U1").json()
    assert shown["contacts"] is None
    found = broker.get(f"{API}/challenges/U1/teams").json()
    assert {m["team_id"] for m in found["matches"]} <= {"T3"}
    assert found["candidates"] <= 1
    assert broker.get(f"{API}/challenges/K1/teams").status_code == 404
    assert broker.get("/challenges/U1/teams").status_code == 200
    assert broker.post(f"{API}/queries", json={"name": "x", "query": {}}).status_code == 403
    assert broker.get(f"{API}/challenges/U1/teams/export").status_code == 403


def test_what_is_taken_back_is_not_seen_any_more(app: FastAPI, staff: Caller) -> None:
    broker = add_account(app, "经纪人乙", "broker", "")
    gave(staff, "经纪人乙", "team", "*")
    assert teams(broker) == {"T1", "T2", "T3"}
    address = f"{API}/accounts/经纪人乙/grants?kind=team&value=*"
    assert staff.send("DELETE", address).json()["items"] == []
    assert staff.send("DELETE", address).status_code == 404
    assert teams(broker) == set()


@pytest.mark.parametrize(
    ("name", "kind", "value", "status"),
    [
        ("local", "region", "月球", 422),
        ("local", "challenge", "没有", 404),
        ("local", "organisation", " ", 422),
        ("enterprise", "challenge", "K1", 422),
        ("没有", "challenge", "K1", 404),
    ],
)
def test_what_cannot_be_given(staff: Caller, name: str, kind: str, value: str, status: int) -> None:
    answer = staff.post(f"{API}/accounts/{name}/grants", json={"kind": kind, "value": value})
    assert answer.status_code == status


def test_local_staff_see_to_their_region_only(app: FastAPI, staff: Caller) -> None:
    local = add_account(app, "沈阳", "local", "")
    assert challenges(local) == {"K1", "K2"}  # what is published
    gave(staff, "沈阳", "organisation", ENTERPRISE)
    assert challenges(local) == {"K1", "K2", "U1"}
    assert local.get(f"{API}/challenges/K1").json()["contacts"]["phone"] == "13900000001"
    assert local.get(f"{API}/challenges/K2").json()["contacts"] is None
    assert local.get(f"{API}/challenges/U2").status_code == 404
    assert [x["name"] for x in local.get(f"{API}/accounts").json()["items"]] == ["enterprise"]
    for path in ("/staff", "/staff/audit", f"{API}/audit", f"{API}/jobs", f"{API}/outcomes"):
        assert local.get(path).status_code == 403


def test_local_staff_make_accounts_in_their_region_only(app: FastAPI, staff: Caller) -> None:
    local = add_account(app, "大连", "local", "")
    gave(staff, "大连", "region", "辽宁省大连市")
    new = {"name": "大连某厂", "role": "enterprise", "organisation": "大连某厂", "password": NEW}
    assert local.post(f"{API}/accounts", json={**new, "region": "辽宁沈阳"}).status_code == 422
    assert local.post(f"{API}/accounts", json={**new, "region": "大连"}).status_code == 201
    other = {**new, "name": "又一个", "role": "staff", "region": "大连"}
    assert "只能办企业和高校院所" in local.post(f"{API}/accounts", json=other).text
    assert local.send(
        "PUT", f"{API}/accounts/university/state", json={"disabled": True}
    ).status_code == 404  # fmt: skip
    moved = {"email": "", "region": "江苏", "organisation_admin": False}
    assert local.send("PUT", f"{API}/accounts/大连某厂", json=moved).status_code == 422
    assert local.post(f"{API}/accounts/staff/password-link").status_code == 404


def test_the_covering_of_a_region() -> None:
    city = Given(regions=frozenset({("辽宁", "大连")}))
    assert city.covers([], "辽宁", "大连")
    assert not city.covers([], "辽宁", "沈阳")
    assert not city.covers([], "辽宁", "")
    assert not Given(regions=frozenset({("", "")})).covers([], "", "")
    assert not Principal("broker", 1).given.covers_challenge("", "", "", "")


def test_a_link_sets_a_password_once(app: FastAPI, staff: Caller) -> None:
    add_account(app, "忘了", "enterprise", ENTERPRISE)
    made = staff.post(f"{API}/accounts/忘了/password-link").json()
    visitor = Caller(app)
    assert "忘了" in visitor.get(made["path"]).text
    assert visitor.post(made["path"], data={"password": "short"}).status_code == 422
    assert visitor.post(made["path"], data={"password": NEW}).status_code == 303
    assert opened(app, "忘了", NEW)
    assert not opened(app, "忘了", PASSWORD)
    assert visitor.post(made["path"], data={"password": PASSWORD}).status_code == 404
    assert visitor.get(made["path"]).status_code == 404
    acts = [x.action for x in service_of(app).audit.lines(account="忘了")[0]]
    assert "account.password-by-link" in acts


def test_a_link_ends_with_time_a_newer_one_and_a_new_password(app: FastAPI) -> None:
    service = service_of(app)
    account = service.accounts.add("多个链接", "staff", "", PASSWORD)
    visitor = Caller(app)
    first, second = (service.links.make(account.account_id) for _ in range(2))
    assert visitor.get(first).status_code == 404
    service.database.write("UPDATE password_links SET expires = ?", (time.time() - 1,))
    assert visitor.get(second).status_code == 404
    third = service.links.make(account.account_id)
    service.accounts.set_password("多个链接", NEW)
    assert visitor.get(third).status_code == 404
    fourth = service.links.make(account.account_id)
    service.accounts.set_disabled("多个链接", True)
    assert visitor.get(fourth).status_code == 404


def test_nothing_opens_an_account_without_a_password(app: FastAPI) -> None:
    service_of(app).accounts.add("没有密码", "staff", "", None)
    for guess in ("", "nobody's password", PASSWORD):
        assert not opened(app, "没有密码", guess or " ")


def test_a_key_adds_no_staff_and_resets_no_password(app: FastAPI) -> None:
    service = service_of(app)
    account = service.accounts.add("程序", "staff", "", PASSWORD)
    _, secret = service.keys.add(account.account_id, "试", ["read", "write"])
    program = Caller(app)
    program.client.headers["Authorization"] = f"Bearer {secret}"
    new = {"name": "由程序", "organisation": ENTERPRISE, "password": NEW}
    for role in ("staff", "local", "broker"):
        answer = program.post(f"{API}/accounts", json={**new, "role": role})
        assert answer.status_code == 422
        assert "接口密钥" in answer.text
    assert program.post(f"{API}/accounts", json={**new, "role": "enterprise"}).status_code == 201
    state = {"disabled": True}
    assert program.send("PUT", f"{API}/accounts/staff/state", json=state).status_code == 422
    for method, path, body in (
        ("PUT", "accounts/由程序/password", {"password": NEW}),
        ("POST", "accounts/由程序/password-link", None),
        ("POST", "accounts/local/grants", {"kind": "challenge", "value": "K1"}),
        ("PUT", "password", {"old": PASSWORD, "new": NEW}),
    ):
        answer = program.send(method, f"{API}/{path}", json=body)
        assert (answer.status_code, "接口密钥不能办" in answer.text) == (403, True)


ASKED = {
    "name": "新企业", "role": "enterprise", "organisation": "鞍山某某有限公司",
    "region": "辽宁鞍山", "note": "研发部", "password": NEW,
}  # fmt: skip


def test_who_registers_gets_in_once_staff_approve(app: FastAPI, staff: Caller) -> None:
    visitor = Caller(app)
    assert "申请账号" in visitor.get("/sign-in").text
    assert visitor.get("/register").status_code == 200
    assert visitor.post("/register", data=ASKED).status_code == 200
    assert "已有人用" in visitor.post("/register", data=ASKED).text
    assert not opened(app, "新企业", NEW)
    page = staff.get("/staff/registrations").text
    (found,) = set(re.findall("/registrations/([0-9a-f]+)/approval", page))
    address = f"/staff/registrations/{found}/approval"
    assert staff.post(address, data={"organisation_admin": "1"}).status_code == 303
    assert opened(app, "新企业", NEW)
    assert service_of(app).accounts.get("新企业").organisation_admin
    assert "已经处理过" in staff.post(address).text
    kept = service_of(app).registrations.get(found)
    assert (kept.state, kept.password) == ("已通过", "")


def test_a_request_is_sent_back_with_a_reason(app: FastAPI, staff: Caller) -> None:
    visitor = Caller(app)
    asked = {**ASKED, "name": "不实"}
    assert visitor.post(f"{API}/registrations", json=asked).json() == {"state": "待审核"}
    (one,) = staff.get(f"{API}/registrations?state=待审核").json()["items"]
    assert "password" not in one
    address = f"{API}/registrations/{one['registration_id']}/refusal"
    assert staff.post(address, json={"reason": " "}).status_code == 422
    assert staff.post(address, json={"reason": "单位不存在"}).json()["state"] == "已退回"
    assert not opened(app, "不实", NEW)


def test_requests_go_to_the_staff_of_their_region(app: FastAPI, staff: Caller) -> None:
    local = add_account(app, "鞍山", "local", "")
    gave(staff, "鞍山", "region", "辽宁鞍山")
    for name, region in (("本地", "辽宁鞍山"), ("外地", "江苏南京")):
        asked = {**ASKED, "name": name, "organisation": name, "region": region}
        assert Caller(app).post(f"{API}/registrations", json=asked).status_code == 201
    seen = {
        x["name"]: x["registration_id"] for x in staff.get(f"{API}/registrations").json()["items"]
    }
    assert "外地" not in [x["name"] for x in local.get(f"{API}/registrations").json()["items"]]
    approve = "{}/registrations/{}/approval"
    assert local.post(approve.format(API, seen["外地"]), json={}).status_code == 404
    assert local.post(approve.format(API, seen["本地"]), json={}).status_code == 200


@pytest.mark.parametrize(
    ("change", "told"),
    [({"region": "月球"}, "不认识的地区"), ({"email": "x"}, "邮箱不对"),
     ({"password": "short"}, "密码长度"), ({"name": "staff"}, "已有人用")],
)  # fmt: skip
def test_requests_that_cannot_be(app: FastAPI, change: dict[str, str], told: str) -> None:
    asked = {**ASKED, "name": "又一家", **change}
    answer = Caller(app).post(f"{API}/registrations", json=asked)
    assert (answer.status_code, told in answer.text) == (422, True)


def test_nobody_registers_where_it_is_not_opened(tmp_path: Path) -> None:
    visitor = Caller(make_app(tmp_path))
    assert visitor.get("/register").status_code == 404
    assert visitor.post(f"{API}/registrations", json=ASKED).status_code == 404
    assert "申请账号" not in visitor.get("/sign-in").text


def admin_of(app: FastAPI, name: str, role: Role, organisation: str) -> Caller:
    details = Details(organisation_admin=True)
    service_of(app).accounts.add(name, role, organisation, PASSWORD, details)
    return Caller(app, name)


def test_an_organisation_keeps_its_own_accounts(app: FastAPI) -> None:
    admin = admin_of(app, "钢厂管理", "enterprise", ENTERPRISE)
    answer = admin.post("/colleagues", data={"name": "钢厂 李工", "email": ""})
    found = re.search(r'value="http://testserver(/set-password/[^"]+)"', answer.text)
    assert found is not None
    visitor = Caller(app)
    assert 'name="again"' in visitor.get(found[1]).text
    typed = visitor.post(found[1], data={"password": NEW, "again": f"{NEW}x"})
    assert (typed.status_code, "两次写的密码不一样" in typed.text) == (422, True)
    made = visitor.post(found[1], data={"password": NEW, "again": NEW})
    assert made.status_code == 303
    page = visitor.get(made.headers["location"]).text
    assert "密码已设好" in page
    assert 'value="钢厂 李工"' in page
    colleague = Caller(app)
    colleague.sign_in("钢厂 李工", NEW)
    assert challenges(colleague) == {"K1", "K2", "U1"}
    assert colleague.get("/colleagues").status_code == 403
    assert admin.post("/colleagues/state", data={"name": "钢厂 李工", "disabled": "1"}
                      ).status_code == 303  # fmt: skip
    assert not opened(app, "钢厂 李工", NEW)


def test_other_organisations_are_no_colleagues(app: FastAPI) -> None:
    admin = admin_of(app, "大学管理", "university", UNIVERSITY)
    add_account(app, "别家", "enterprise", OTHER_ENTERPRISE)
    names = [x["name"] for x in admin.get(f"{API}/colleagues").json()["items"]]
    assert names == ["university", "大学管理"]
    for name in ("别家", "staff", "enterprise"):
        assert admin.post(f"{API}/colleagues/{name}/password-link").status_code == 404
        state = {"disabled": True}
        answer = admin.send("PUT", f"{API}/colleagues/{name}/state", json=state)
        assert answer.status_code == 404
    own = admin.send("PUT", f"{API}/colleagues/大学管理/state", json={"disabled": True})
    assert own.status_code == 409


HEADER = ("账号", "角色", "单位", "所在省市", "邮箱", "单位管理员")
TABLE = (
    ("科技局账号登记表", *[None] * 5),
    HEADER,
    ("本钢 王工", "企业", "本钢集团有限公司", "辽宁本溪", "wang@example.cn", "是"),
    ("东大 李老师", "高校院所", "东北大学", "辽宁沈阳", None, None),
    ("没单位", "企业", None, None, None, None),
    ("staff", "管理人员", None, None, None, None),
    ("怪角色", "村长", "某村", None, None, None),
    ("本钢 王工", "企业", "本钢集团有限公司", None, None, None),
    ("月球", "企业", "月球公司", "月球", None, None),
    ("坏邮箱", "企业", "某公司", None, "a@", None),
    ("多管", "技术经纪人", None, None, None, "是"),
    (None,) * 6,
)


def workbook(rows: Sequence[Sequence[str | None]]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def test_many_accounts_come_from_one_table(app: FastAPI, staff: Caller) -> None:
    answer = staff.post("/staff/accounts/table", files={"file": ("账号.xlsx", workbook(TABLE))})
    assert answer.status_code == 303, answer.text
    address = answer.headers["location"]
    known = len(service_of(app).accounts.all())
    preview = staff.get(f"{API}/account-tables/{address.rsplit('/', 1)[1]}").json()
    assert [row["name"] for row in preview["rows"]] == ["本钢 王工", "东大 李老师"]
    for row, column, reason in (
        (5, "单位", "没有写单位"), (6, "账号", "账号名已有人用"), (7, "角色", "不认识的角色"),
        (8, "账号", "与上面一行"), (9, "所在省市", "不认识的地区"), (10, "邮箱", "邮箱不对"),
        (11, "单位管理员", "没有单位管理员"),
    ):  # fmt: skip
        told = f"第{row}行「{column}」列："
        assert any(told in line and reason in line for line in preview["rejects"]), (row, column)
    assert len(service_of(app).accounts.all()) == known  # a look makes nothing
    shown = staff.get(address).text
    assert "建立 2 个账号" in shown
    assert "高校院所</td>" in shown
    made = staff.post(f"{address}/commitment").text
    links = re.findall(r"\thttp://testserver(/set-password/\S+)", made)
    assert len(links) == 2
    assert Caller(app).post(links[0], data={"password": NEW}).status_code == 303
    assert opened(app, "本钢 王工", NEW)
    account = service_of(app).accounts.get("本钢 王工")
    assert (account.province, account.city, account.organisation_admin) == ("辽宁", "本溪", True)
    again = staff.post(f"{address}/commitment")
    assert (again.status_code, "没有一行能用" in again.text) == (422, True)


@pytest.mark.parametrize(
    ("content", "told"),
    [(workbook([("姓名", "电话"), ("a", "b")]), "没有认出账号的表"), (b"", "文件是空的"),
     (workbook([HEADER, *(("某", "企业", "公司", None, None, None),)] * 1)[:200], "")],
)  # fmt: skip
def test_tables_that_cannot_be_read(staff: Caller, content: bytes, told: str) -> None:
    answer = staff.post("/staff/accounts/table", files={"file": ("账号.xlsx", content)})
    assert (answer.status_code, told in answer.text) == (422, True)


@pytest.mark.slow
def test_no_page_tells_a_broker_of_what_it_was_not_given(app: FastAPI) -> None:
    """Read from the routes, so that a new page cannot be forgotten."""
    broker, looked = add_account(app, "什么也没有", "broker", ""), 0
    for route in routes_of(app):
        if "GET" not in (route.methods or ()) or not route.access.allows("broker", SETTINGS):
            continue
        path = re.sub(r"\{challenge_id[^}]*\}", "K2", route.path)
        path = re.sub(r"\{\w[^}]*\}", "1", re.sub(r"\{team_id[^}]*\}", "T2", path))
        for query in ("", "?q=光刻胶"):
            shown = broker.get(path + query).text
            looked += 1
            assert "光刻胶树脂" not in shown, path
            assert "光刻胶团队" not in shown, path
    assert looked > 40


def test_whoever_was_given_a_pair_reads_what_both_sides_know(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    service, staff = service_of(app), Caller(app, "staff")
    enterprise, university = Caller(app, "enterprise"), Caller(app, "university")
    broker, local = Caller(app, "broker"), Caller(app, "local")
    key = {"challenge_id": "K1", "team_id": "T1"}

    def move(who: Caller, name: str, **more: object) -> None:
        done = who.post(f"{API}/pairs/move", json={**key, "move": name, **more})
        assert done.status_code == 200, done.text

    def seen(who: Caller) -> tuple[int, int]:
        listed = who.get(f"{API}/pairs")
        return who.get(f"{API}/pairs/one", params=key).status_code, listed.json()["total"]

    secret = {"challenge_id": "K1", "detail": "炉号与配方", "terms": "不得外传"}
    assert enterprise.send("PUT", f"{API}/pairs/secret", json=secret).status_code == 204
    gave(staff, "local", "region", "辽宁")
    gave(staff, "broker", "challenge", "K1")
    move(enterprise, "列入候选")
    assert (seen(broker), seen(local)) == ((404, 0), (404, 0))  # one side's own
    move(enterprise, "邀请", message="请看配方一节")
    assert (seen(broker), seen(local)) == ((404, 0), (200, 1))  # the team was not given
    gave(staff, "broker", "team", "T1")
    assert seen(broker) == (200, 1)
    bid = {"statement": "钙处理加电磁净化", "answers": [], "budget_wan": 300, "months": 18}
    assert university.post(f"{API}/pairs/bid", json={**key, "bid": bid}).status_code == 200
    follow = {**key, "due": "2099-01-01", "note": "管理人员自己的"}
    assert staff.post(f"{API}/pairs/follow-up", json=follow).status_code in (200, 201, 204)
    for who in (broker, local):
        shown = who.get(f"{API}/pairs/one", params=key)
        found = shown.json()["pair"]
        assert [step["move"] for step in found["steps"]] == ["邀请", "揭榜"]
        assert (found["moves"], found["undo"], found["parties"]) == ([], "", [])
        for page in (shown.text, who.get("/pairs/one", params=key).text):
            for hidden in ("炉号", "电磁净化", "配方一节", "管理人员自己的", "13900000001",
                           "13800000001"):  # fmt: skip
                assert hidden not in page
        assert who.get("/pairs", params={"challenge": "K1"}).status_code == 200
        assert who.post(f"{API}/pairs/move", json={**key, "move": "揭榜"}).status_code == 403
    tell_events(service)
    told = [one["link"] for one in broker.get(f"{API}/inbox").json()["items"]]
    assert told[:2] == ["/pairs/one?challenge_id=K1&team_id=T1"] * 2  # not of the shortlist
    assert told[2:] == ["/", "/challenges/K1"]  # what it was given
    assert broker.get(told[0]).status_code == 200
    staff.send("DELETE", f"{API}/accounts/broker/grants?kind=team&value=T1")
    assert seen(broker) == (404, 0)


def test_local_staff_are_made_with_the_scope_of_their_region(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    staff, service = Caller(app, "staff"), service_of(app)
    new = {"name": "沈阳科技局", "role": "local", "region": "辽宁沈阳", "password": NEW}
    assert staff.post(f"{API}/accounts", json=new).status_code == 201
    table = "账号,角色,所在省市\n大连科技局,市县园区管理人员,辽宁大连\n"
    sent = {"file": ("账号.csv", table.encode(), "text/csv")}
    made = staff.post(f"{API}/account-tables", files=sent).json()
    assert staff.post(f"{API}/account-tables/{made['upload_id']}/commitment").status_code == 201
    given = {name: service.grants.of(service.accounts.get(name).account_id).regions
             for name in ("沈阳科技局", "大连科技局")}  # fmt: skip
    assert given == {"沈阳科技局": {("辽宁", "沈阳")}, "大连科技局": {("辽宁", "大连")}}
    assert {one.action for one in service.audit.lines()[0]} >= {"grant.add", "account.add"}


def test_a_scope_is_chosen_from_tables(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    staff, path = Caller(app, "staff"), "/staff/accounts/one/broker"
    page = staff.get(path).text
    for words in ('<option value="辽宁 沈阳">', "交给整个团队库", 'data-suggest="/api/v1/teams/'):
        assert words in page
    for kind, value in (("challenge", "高端轴承钢洁净度"), ("team", "T1"), ("region", "辽宁 沈阳")):
        form = {"kind": kind, "value": value, "csrf": staff.token}
        assert staff.client.post(f"{path}/grants", data=form).status_code == 303
    kept = staff.get(f"{API}/accounts/broker/grants").json()["items"]
    assert [one["value"] for one in kept] == ["K1", "辽宁 沈阳", "T1"]
    assert [one["name"] for one in kept] == ["高端轴承钢洁净度", "辽宁 沈阳", "轴承钢团队"]
    broker = Caller(app, "broker")
    assert broker.get(f"{API}/challenges/K1").status_code == 200
    told = broker.get(f"{API}/inbox").json()["items"]
    assert [one["title"] for one in told] == [
        "交给你的地区：辽宁 沈阳",
        "交给你的团队：轴承钢团队",
        "交给你的难题：高端轴承钢洁净度",
    ]
    follow = broker.client.get(f"/inbox/one/{told[-1]['message_id']}", follow_redirects=False)
    assert follow.headers["location"] == "/challenges/K1"
    assert broker.get(f"{API}/inbox?unread=1").json()["total"] == 2  # what was followed was read
    other = staff.client.get(f"/inbox/one/{told[0]['message_id']}", follow_redirects=False)
    assert other.status_code == 404
    assert "broker</a>（已交给）" in staff.get("/challenges/K1").text
    given = broker.get(f"{API}/challenges?mine=1").json()["items"]
    assert [one["challenge_id"] for one in given] == ["K1"]
    assert "只看交给我的" in broker.get("/challenges?mine=1").text
    every = {"kind": "team", "value": "*", "csrf": staff.token}
    assert staff.client.post(f"{path}/grants", data=every).status_code == 303
    assert teams(Caller(app, "broker")) == {"T1", "T2", "T3"}


def test_every_region_of_the_table_is_one_that_is_recognised() -> None:
    for province, cities in cities_by_province().items():
        assert as_region(province).startswith(province)
        assert [as_region(f"{province} {city}") for city in cities] == [
            f"{province} {city}" for city in cities
        ]


def test_the_blank_table_of_accounts_is_read_when_it_is_filled_in(tmp_path: Path) -> None:
    staff = Caller(make_app(tmp_path), "staff")
    book = openpyxl.load_workbook(io.BytesIO(staff.get("/staff/accounts/table/blank").content))
    assert book.active is not None
    book.active.append(["某局", "市县园区管理人员", "", "辽宁沈阳"])
    filled = io.BytesIO()
    book.save(filled)
    found = staff.post(f"{API}/account-tables", files={"file": ("账号.xlsx", filled.getvalue())})
    assert [one["name"] for one in found.json()["rows"]] == ["某局"]
