"""What the tests of the service share: an application over a small workspace, signed-in callers."""

from __future__ import annotations

import atexit
import re
from collections.abc import Mapping
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal
from argon2 import PasswordHasher
from fastapi import FastAPI

from matcher import Challenge, Evidence, Team, Workspace
from matcher.procedure import Party
from matcher.service.access import ROLES, Principal, Role
from matcher.service.app import create_app
from matcher.service.context import Service
from matcher.service.settings import Settings
from matcher.service.store.steps import Act

# Whatever version of a draft there is.
ANY = {"If-Match": "*"}
PASSWORD = "correct horse battery"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
ENTERPRISE, OTHER_ENTERPRISE = "某某钢铁集团有限公司", "另一家有限公司"
UNIVERSITY = "某某大学"
ORGANISATIONS = {"enterprise": ENTERPRISE, "university": UNIVERSITY, "staff": "", "broker": "",
                 "expert": "", "local": ""}  # fmt: skip

# The sides of a pair, and who moves it where no account is needed.
SIDES: dict[Party, str] = {"demand": ENTERPRISE, "team": UNIVERSITY}
STAFF = Act(Principal("staff", 9, "管理"), "staff", "因为")
DEMAND = Act(Principal("enterprise", 7, "企业"), "demand", "因为")
TEAM = Act(Principal("university", 8, "高校"), "team", "因为")

CHALLENGES = (
    Challenge(
        challenge_id="K1", title="高端轴承钢洁净度", demand_org=ENTERPRISE, province="辽宁",
        problem="轴承钢夹杂物控制不好, 疲劳寿命短", indicators_text="总氧≤6ppm; 寿命提高50%以上",
        contact_name="张三", contact_phone="13900000001", stage="发榜",
        extra={"备注": "无", "联系手机": "13900000009"},
    ),
    Challenge(
        challenge_id="K2", title="光刻胶树脂合成", demand_org=OTHER_ENTERPRISE, province="江苏",
        problem="光刻胶树脂分子量分布宽", contact_phone="13900000002", stage="发榜",
    ),
    Challenge(challenge_id="U1", title="未发布的靶材难题", demand_org=ENTERPRISE,
              problem="靶材烧结密度低", stage="需求征集"),
    Challenge(challenge_id="U2", title="别家未发布的难题", demand_org=OTHER_ENTERPRISE,
              problem="靶材烧结开裂", stage="论证遴选"),
)  # fmt: skip
TEAMS = (
    Team(team_id="T1", team_name="轴承钢团队", org_name=UNIVERSITY, org_type="高校",
         province="辽宁", research_directions=["轴承钢夹杂物控制"], contact_phone="13800000001",
         evidence=[Evidence(kind="论文", title="轴承钢夹杂物与疲劳寿命", year=2021)]),
    Team(team_id="T2", team_name="光刻胶团队", org_name="外地研究所", org_type="科研院所",
         province="江苏", profile="光刻胶树脂合成与分子量控制", contact_phone="13800000002",
         evidence=[Evidence(kind="专利", title="一种光刻胶树脂", year=2019)]),
    Team(team_id="T3", team_name="靶材团队", org_name=UNIVERSITY, org_type="高校",
         profile="靶材烧结"),
)  # fmt: skip


def make_workspace(folder: Path) -> Workspace:
    workspace = Workspace(folder, encoder=None)
    workspace.put_challenges(CHALLENGES)
    workspace.put_teams(TEAMS)
    return workspace


def make_app(folder: Path, **settings: Any) -> FastAPI:
    """Over four challenges and three teams, with an account for each role."""
    if not (folder / "workspace.sqlite").exists():
        make_workspace(folder)
    chosen = {"workspace": folder, "encoder": "none", "hosts": ("testserver",), **settings}
    # A real hash takes a fifth of a second; tests/test_service_accounts.py sees to those.
    with patch("matcher.service.store.accounts.PasswordHasher", lambda: QUICK):
        app = create_app(Settings(**chosen))
    known = {account.name for account in service_of(app).accounts.all()}
    for role in ROLES:
        if role != "public" and role not in known:
            service_of(app).accounts.add(role, role, ORGANISATIONS[role], PASSWORD)
    return app


def service_of(app: FastAPI) -> Service:
    return cast(Service, app.state.service)


@cache
def _event_loop() -> BlockingPortal:
    """One for all requests, as a server has; a client's own would start threads anew for each."""
    running = ExitStack()
    atexit.register(running.close)
    return running.enter_context(start_blocking_portal())


class _AtOnce(httpx.BaseTransport):
    """Has a request answered in one visit to the event loop; Starlette's own transport goes there
    eight times, which takes as long as most answers.
    """

    def __init__(self, app: FastAPI) -> None:
        self._answers = httpx.ASGITransport(
            app, raise_app_exceptions=False, client=("testclient", 50000)
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return _event_loop().call(self._answered, request)

    async def _answered(self, request: httpx.Request) -> httpx.Response:
        found = await self._answers.handle_async_request(request)
        body = httpx.ByteStream(await found.aread())
        return httpx.Response(found.status_code, headers=found.headers, stream=body)


class Caller:
    """Somebody at a browser, signed in or not."""

    def __init__(self, app: FastAPI, name: str = "public") -> None:
        self.app = app
        self.client = httpx.Client(transport=_AtOnce(app), base_url="http://testserver")
        self.token = self._form_token()
        if name != "public":
            self.sign_in(name)

    def sign_in(self, name: str, password: str = PASSWORD) -> None:
        form = {"name": name, "password": password, "csrf": self.token}
        assert self.client.post("/sign-in", data=form).status_code == 303
        session = self.client.cookies["session"]
        self.token = service_of(self.app).sessions.form_token(session)

    def _form_token(self) -> str:
        found = re.search('name="csrf" value="(.*?)"', self.client.get("/sign-in").text)
        assert found is not None
        return found[1]

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.client.get(path, **options)

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers: Mapping[str, str] = options.pop("headers", {})
        headers = {"X-CSRF-Token": self.token, **headers}
        return self.client.request(method, path, headers=headers, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.send("POST", path, **options)


def add_account(app: FastAPI, name: str, role: Role, organisation: str) -> Caller:
    service_of(app).accounts.add(name, role, organisation, PASSWORD)
    return Caller(app, name)
