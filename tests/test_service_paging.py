"""Every table a department can fill has pages: with the total, the filters kept, its JSON twin."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from html import unescape

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from matcher import Challenge, Outcome, Team, Workspace
from matcher.service.access import Principal
from matcher.service.app import routes_of

from .service import ENTERPRISE, PASSWORD, UNIVERSITY, Caller, make_app, service_of

API = "/api/v1"
COUNT = 55
# Lists that stay short: one's own keys and saved queries are limited in number, suggestions too.
SHORT = {
    f"{API}/challenges/suggestions",
    f"{API}/teams/suggestions",
    f"{API}/keys",
    f"{API}/queries",
    # Side by side, all of one challenge; and never more than fifty of one team.
    f"{API}/pairs/bids",
    f"{API}/team-changes/proposed/{{team_id:path}}",
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    folder = tmp_path_factory.mktemp("many")
    workspace = Workspace(folder, encoder=None)
    numbers = range(COUNT)
    workspace.put_challenges([
        Challenge(challenge_id=f"K{n:03}", title=f"轴承钢难题 {n}", problem="轴承钢夹杂物",
                  demand_org=ENTERPRISE, stage="发榜") for n in numbers
    ])  # fmt: skip
    workspace.put_teams([
        Team(team_id=f"T{n:03}", team_name=f"轴承钢团队 {n}", org_name=UNIVERSITY,
             org_type="高校", profile=f"轴承钢夹杂物控制 {n}") for n in numbers
    ])  # fmt: skip
    workspace.put_outcomes(
        [Outcome(challenge_id=f"K{n:03}", team_id=f"T{n:03}", stage="立项") for n in numbers]
    )
    app = make_app(folder, warm_rankings=0, requests_per_minute=100_000)
    service = service_of(app)
    for n in numbers:
        service.audit.write(Principal("staff", name="某人"), "outcome", str(n))
        service.database.write(
            """INSERT INTO accounts (name, role, organisation, password, created)
            VALUES (?, 'enterprise', '某公司', '', '')""", (f"账号 {n:03}",),
        )  # fmt: skip
        service.database.write(
            "INSERT INTO drafts VALUES (?, 1, '', '{\"title\": \"难题\"}', '已提交', ?, ?)",
            (f"draft-{n}", f"{n:03}", f"{n:03}"),
        )
        service.jobs.cancel(service.jobs.add(1, "match", {}).job_id)
    with TestClient(app):  # the worker makes the report
        staff = Caller(app, "staff")
        asked = {"formats": ["csv"], "lowest_band": "未定", "draws": 0, "contenders": 200}
        job = staff.post(f"{API}/jobs/report", json=asked).json()["job_id"]
        for _ in range(600):
            state = staff.get(f"{API}/jobs/{job}").json()
            if state["state"] not in ("queued", "running"):
                break
            time.sleep(0.05)
        assert state["state"] == "done", state
        yield app


PAGES = {
    "/challenges?sort=amount": COUNT, "/teams?org_type=高校": COUNT,
    "/drafts": COUNT, "/staff/jobs": COUNT + 1, "/staff/reports": COUNT + 1,
    "/staff/review?q=轴承钢": COUNT, "/staff/assignment?q=难题": COUNT,
    "/staff/outcomes": COUNT, "/staff/audit?action=outcome": COUNT,
    "/staff/accounts?q=账号": COUNT,
}  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_a_long_table_is_read_page_by_page(app: FastAPI, path: str) -> None:
    staff, address, seen = Caller(app, "staff"), path, 0
    filters = path.partition("?")[2].partition("=")[0]
    for number in range(1, 10):
        text = staff.get(address).text
        told = re.search(r"共 (?:<strong>)?(\d+)", text)
        twin = re.search(r'rel="alternate"[^>]*href="(.*?)"', text)
        assert told is not None
        assert twin is not None
        given = staff.get(unescape(twin[1])).json()
        assert (given["page"], str(given["total"])) == (number, told[1])
        assert len(given["items"]) <= given["size"]
        seen += len(given["items"])
        onward = re.search(r'href="([^"]*)" rel="next"', text)
        if onward is None:
            break
        address = unescape(onward[1])
        assert f"{filters}=" in address or not filters
    assert number > 1
    assert seen == given["total"] == PAGES[path]


@pytest.mark.slow
def test_a_university_leafs_through_its_teams(app: FastAPI) -> None:
    university = Caller(app, "university")
    seen: list[str] = []
    for page in (1, 2, 3):
        text = university.get(f"/my-teams?page={page}&best=1").text
        seen += re.findall(r'<h2><a href="/teams/(\w+)">', text)
        assert text.count('class="best small"') == len(re.findall("<h2><a", text))
        assert f"共 <strong>{COUNT}</strong> 个团队" in text
    assert seen == [f"T{n:03}" for n in range(COUNT)]
    found = university.get("/my-teams?q=T007").text
    assert re.findall(r'<h2><a href="/teams/(\w+)">', found) == ["T007"]


def test_no_list_of_the_api_is_without_pages(app: FastAPI) -> None:
    """Read from the routes, so that a new list cannot be forgotten."""
    lists = [
        route.path for route in routes_of(app)
        if route.path.startswith(API) and str(route.response_model).startswith("list[")
    ]  # fmt: skip
    assert set(lists) == SHORT


def test_beyond_the_last_page_there_is_a_way_back(app: FastAPI) -> None:
    text = Caller(app, "staff").get("/staff/audit?page=999").text
    assert 'rel="prev"' in text


def test_an_account_is_found_by_its_organisation(app: FastAPI) -> None:
    found = Caller(app, "staff").get(f"{API}/accounts?q={UNIVERSITY}").json()
    assert [one["name"] for one in found["items"]] == ["university"]
    assert PASSWORD not in str(found)
