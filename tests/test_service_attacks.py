"""What an attacker tries: other sites' forms, planted sessions, floods, formulas, markup."""

from __future__ import annotations

import asyncio
import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from fastapi import FastAPI

from matcher import Challenge, Evidence, Team, Workspace
from matcher.service.access import ROLES
from matcher.service.app import routes_of
from matcher.service.edge.boundary import Boundary
from matcher.service.routing import READING
from matcher.service.settings import Settings

from .service import ENTERPRISE, PASSWORD, UNIVERSITY, Caller, make_app, service_of

API = "/api/v1"
MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}"
FORMULA = '=HYPERLINK("http://evil.cn","x")'


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    # As many requests as there are routes, again and again: the limit has tests of its own.
    made = make_app(
        tmp_path_factory.mktemp("w"), upload_mb=1, public_lists=True,
        requests_per_minute=1_000_000,
    )  # fmt: skip
    service_of(made).live.reopen()
    return made


@pytest.mark.slow
@pytest.mark.parametrize("role", [role for role in ROLES if role != "public"])
def test_no_write_works_without_the_form_token_or_from_another_site(
    app: FastAPI, role: str
) -> None:
    somebody = Caller(app, role)
    foreign = Caller(app).token  # a visitor's, of the attacker's own browser
    tried = 0
    # A link that holds a secret of its own is what opens those; a mail program sends no form.
    for route in (route for route in routes_of(app) if not route.access.by_link):
        for method in (route.methods or set()) - READING:
            path = route.path.replace("{", "").replace("}", "")
            answers = [
                somebody.client.request(method, path),
                somebody.client.request(method, path, data={"csrf": foreign}),
                somebody.client.request(method, path, headers={"X-CSRF-Token": foreign}),
                somebody.send(method, path, headers={"Sec-Fetch-Site": "cross-site"}),
                somebody.send(method, path, headers={"Sec-Fetch-Site": "same-site"}),
            ]
            tried += 1
            assert {a.status_code for a in answers} <= {403}, (method, path)
    assert tried > 20


def test_a_planted_session_is_worth_nothing(app: FastAPI) -> None:
    victim = Caller(app)
    victim.client.cookies.set("session", "planted-by-the-attacker", domain="testserver.local")
    victim.token = victim._form_token()
    victim.sign_in("enterprise")
    assert victim.client.cookies["session"] != "planted-by-the-attacker"
    thief = Caller(app)
    thief.client.cookies.set("session", "planted-by-the-attacker")
    assert thief.get(f"{API}/teams").status_code == 401


def test_signing_in_again_ends_the_session_before(app: FastAPI) -> None:
    somebody = Caller(app, "enterprise")
    before = somebody.client.cookies["session"]
    somebody.sign_in("staff")
    thief = Caller(app)
    thief.client.cookies.set("session", before)
    assert thief.get(f"{API}/teams").status_code == 401


def test_cookies_are_out_of_reach_of_scripts_and_other_hosts(tmp_path: Path) -> None:
    behind_tls = make_app(tmp_path, tls=True)
    from starlette.testclient import TestClient

    client = TestClient(behind_tls, base_url="https://testserver", follow_redirects=False)
    page = client.get("/sign-in")
    assert page.headers["strict-transport-security"].startswith("max-age=")
    token = page.text.split('name="csrf" value="')[1].split('"')[0]
    form = {"name": "staff", "password": PASSWORD, "csrf": token}
    answer = client.post("/sign-in", data=form)
    (cookie,) = [c for c in answer.headers.get_list("set-cookie") if "session" in c]
    assert cookie.startswith("__Host-session=")
    for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie


@pytest.mark.parametrize("host", ["evil.cn", "localhost.evil.cn", ""])
def test_other_hosts_are_refused(app: FastAPI, host: str) -> None:
    answer = Caller(app).get("/sign-in", headers={"Host": host})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "wanted",
    ["//evil.cn", "https://evil.cn", "/\\evil.cn", "javascript:alert(1)", "/a\r\nSet-Cookie: x=1",
     "/\tevil", "\\\\evil.cn"],
)  # fmt: skip
def test_signing_in_never_leads_elsewhere(app: FastAPI, wanted: str) -> None:
    somebody = Caller(app)
    form = {"name": "staff", "password": PASSWORD, "csrf": somebody.token, "next": wanted}
    answer = somebody.client.post("/sign-in", data=form)
    assert answer.headers["location"] == "/"
    assert "x=1" not in str(answer.headers.get_list("set-cookie"))


@pytest.mark.slow
def test_every_answer_carries_the_strict_headers(app: FastAPI) -> None:
    public = Caller(app)
    for path in ("/sign-in", "/nothing", f"{API}/nothing", f"{API}/challenges", "/healthz",
                 "/static/service.css", f"{API}/openapi.json"):  # fmt: skip
        headers = public.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "server" not in headers


@pytest.mark.parametrize(
    "path",
    ["/static/../app.py", "/static/..%2fapp.py", "/static/%2e%2e/app.py", "/static/....//app.py",
     "/static//etc/passwd", "/static/%00"],
)  # fmt: skip
def test_no_path_leads_out_of_the_static_files(app: FastAPI, path: str) -> None:
    answer = Caller(app).get(path)
    assert answer.status_code in (400, 404)
    assert "create_app" not in answer.text


@pytest.mark.parametrize("name", ["../../x.csv", "/etc/cron.d/x", "..\\..\\x.csv", "a\x00b.csv",
                                  "x" * 5000 + ".csv", "\r\nX: 1.csv", ".", "..",
                                  "榜" * 200 + ".csv", ""])  # fmt: skip
def test_names_of_uploads_lead_nowhere(app: FastAPI, tmp_path: Path, name: str) -> None:
    staff = Caller(app, "staff")
    before = sorted(p.name for p in service_of(app).settings.workspace.rglob("*"))
    content = "团队编号,单位,简介\nT8,大学,靶材\n".encode()
    answer = staff.post(f"{API}/imports", files={"file": (name, content, "text/csv")})
    assert answer.status_code in (201, 400, 422)
    assert "/tmp" not in answer.text
    after = sorted(p.name for p in service_of(app).settings.workspace.rglob("*"))
    assert [n for n in after if n not in before and not n.endswith(("-wal", "-shm"))] == []


def test_a_body_too_large_is_cut_off(app: FastAPI) -> None:
    staff = Caller(app, "staff")
    files = {"file": ("x.csv", b"a" * (2 * 1024 * 1024), "text/csv")}
    answer = staff.post(f"{API}/imports", files=files)
    assert (answer.status_code, answer.json()["title"]) == (413, "上传的文件太大")


def test_a_body_that_trickles_in_is_cut_off() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass

    async def trickle() -> Any:
        await asyncio.sleep(0.05)
        return {"type": "http.request", "body": b"a", "more_body": True}

    async def send(message: Any) -> None: ...

    from starlette.exceptions import HTTPException

    boundary = Boundary(app, Settings(upload_seconds=0.2))
    scope = {"type": "http", "method": "POST", "path": "/", "headers": []}
    # In a thread: the browser tests may have left a loop running in this one.
    with ThreadPoolExecutor(1) as pool, pytest.raises(HTTPException) as refused:
        pool.submit(asyncio.run, boundary(scope, trickle, send)).result()
    assert refused.value.status_code == 408


@pytest.mark.slow
def test_markup_in_every_text_field_comes_out_as_text(tmp_path: Path) -> None:
    def texts(record_type: Any, **given: Any) -> Any:
        plain = {
            name: MARKUP for name, field in record_type.model_fields.items()
            if field.annotation is str and name not in given and name != "kind"
        }  # fmt: skip
        return record_type(**plain, **given)

    workspace = Workspace(tmp_path, encoder=None)
    evidence = texts(Evidence)
    workspace.put_challenges([texts(Challenge, challenge_id="X1", demand_org=ENTERPRISE)])
    workspace.put_teams([texts(Team, team_id="X1", org_name=UNIVERSITY, evidence=[evidence],
                               research_directions=[MARKUP])])  # fmt: skip
    app = make_app(tmp_path)
    service_of(app).accounts.add(MARKUP, "staff", "", PASSWORD)
    staff = Caller(app, MARKUP)
    looked = 0
    for route in routes_of(app):
        if "GET" not in (route.methods or ()):
            continue
        path = route.path
        for name in ("challenge_id", "team_id"):
            path = path.replace("{" + name + "}", "X1")
        answer = staff.get(path, params={"q": MARKUP, "team": "X1", "next": MARKUP})
        if answer.headers.get("content-type", "").startswith("text/html"):
            looked += 1
            assert "<script>alert" not in answer.text, path
            assert "<img src=x" not in answer.text, path
            assert "onerror=alert(1)>49" not in answer.text, path
    assert looked
    for bad in ("/sign-in", f"/sign-in?next={MARKUP}", f"/{MARKUP}"):
        assert "<script>alert" not in staff.get(bad).text


@pytest.mark.slow
def test_no_cell_of_an_export_is_a_formula(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, encoder=None)
    workspace.put_challenges([Challenge(challenge_id="F1", title=f"{FORMULA} 轴承钢",
                                        demand_org=FORMULA)])  # fmt: skip
    workspace.put_teams([Team(team_id="=1+1", team_name=FORMULA, org_name=f"@{FORMULA}",
                              profile="轴承钢", province="+1",
                              evidence=[Evidence(title=f"{FORMULA} 轴承钢")])])  # fmt: skip
    staff = Caller(make_app(tmp_path), "staff")
    answer = staff.get(f"{API}/challenges/F1/teams/export?format=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    own = 0
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    own += 1
                    assert "evil" not in str(cell.value), cell.coordinate
                    assert "1+1" not in str(cell.value), cell.coordinate
    assert "轴承钢" in str([list(sheet.values) for sheet in book])


@pytest.mark.slow
def test_a_name_in_a_header_cannot_begin_another(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, encoder=None)
    title = "轴承钢\r\nSet-Cookie: evil=1\r\n\r\n<html>"
    workspace.put_challenges([Challenge(challenge_id="H1", title=title)])
    workspace.put_teams([Team(team_id="T1", profile="轴承钢")])
    staff = Caller(make_app(tmp_path), "staff")
    answer = staff.get(f"{API}/challenges/H1/teams/export?format=xlsx")
    assert answer.status_code == 200
    assert "evil" not in str(answer.headers.get_list("set-cookie"))
    assert "\n" not in answer.headers["content-disposition"]
    keyed = staff.get("/healthz", headers={"X-Request-Id": "a"})
    assert keyed.headers["x-request-id"] != "a"
