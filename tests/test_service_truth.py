"""What clients get wrong, and what the service says of itself: no error of ours, and no untruth."""

from __future__ import annotations

import asyncio
import html
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from anyio.from_thread import start_blocking_portal
from fastapi import FastAPI

from matcher import Challenge, Team, Workspace
from matcher.errors import InputError
from matcher.ranking.grades import UNVERIFIED, Coverage
from matcher.records import Evidence
from matcher.report.run_file import write_run
from matcher.service.access import PUBLIC
from matcher.service.app import routes_of
from matcher.service.edge.turns import Turns
from matcher.service.errors import Denied
from matcher.service.showing import team_view
from matcher.service.views import CoverageView, MatchView, ProofView

from .service import ANY, Caller, make_app, make_workspace, service_of

WRITTEN = "甲. 夹杂物控制[J]. 钢铁, 57(3). 13900000001"
IDS = ("a/../b", "/x", "a//b", "a?b#c", "100%", "汉/字", "a b", "a;b", "a&b=c")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    folder = tmp_path_factory.mktemp("w")
    make_workspace(folder)
    workspace = Workspace(folder, encoder=None)
    workspace.put_challenges(
        [Challenge(challenge_id=i, title=f"轴承钢{i}", stage="发榜") for i in IDS]
    )
    workspace.put_teams([Team(team_id=i, team_name=f"队{i}", profile="轴承钢") for i in IDS])
    made = make_app(folder, requests_per_minute=1_000_000)
    service_of(made).live.reopen()
    return made


@pytest.mark.parametrize("token", ["汉字", "é", "\x00", "a\nb", "😀" * 300])
def test_a_form_token_of_any_characters_is_a_wrong_one(app: FastAPI, token: str) -> None:
    public = Caller(app)
    assert public.client.post("/sign-in", data={"csrf": token}).status_code == 403
    headers = {"X-CSRF-Token": token.encode().replace(b"\n", b"")}
    assert public.client.post("/sign-in", headers=headers).status_code == 403


@pytest.mark.parametrize("referer", ["http://[::1", "http://[x]/", "//[", "http://a:99999999/", ""])
def test_an_address_that_is_none_is_where_nobody_came_from(app: FastAPI, referer: str) -> None:
    staff = Caller(app, "staff")
    for path in ("/nothing", "/challenges/nothing"):
        assert staff.get(path, headers={"Referer": referer}).status_code == 404
    assert staff.post("/drafts/nothing", headers={"Referer": referer}).status_code in (404, 428)


@pytest.mark.parametrize("page", ["/challenges?size=100", "/teams?size=100"])
def test_every_link_of_a_list_leads_to_its_record(app: FastAPI, page: str) -> None:
    staff = Caller(app, "staff")
    links = set(re.findall(r'href="(/(?:challenges|teams)/[^"]*)"', staff.get(page).text))
    assert len(links) >= len(IDS)
    for link in links:
        assert "/../" not in link
        assert staff.get(html.unescape(link)).status_code == 200, link


@pytest.mark.parametrize("challenge_id", IDS)
def test_an_id_of_any_characters_has_an_address(app: FastAPI, challenge_id: str) -> None:
    staff = Caller(app, "staff")
    answer = staff.get(f"/api/v1/challenges/{quote(challenge_id, safe='')}")
    assert answer.json()["challenge_id"] == challenge_id


@pytest.mark.slow
def test_what_an_address_can_be_asked_is_told_truly(app: FastAPI) -> None:
    staff = Caller(app, "staff")
    for path in {route.path for route in routes_of(app) if "{" not in route.path}:
        methods = {m for r in routes_of(app) if r.path == path for m in r.methods or ()}
        whole = methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())
        told = staff.send("OPTIONS", path)
        allowed = set(told.headers["allow"].split(", "))
        assert told.status_code == 204
        # An id may be called as another address is: that one is answered, too.
        assert whole <= allowed, path
        for method in ("GET", "PUT", "PATCH", "DELETE", "TRACE"):
            answer = staff.send(method, path)
            assert (answer.status_code == 405) == (method not in allowed), (method, path)
    for method in ("GET", "OPTIONS", "PUT", "HEAD"):
        assert staff.send(method, "/api/v1/nothing").status_code == 404


@pytest.mark.parametrize("path", ["/sign-in", "/api/v1/challenges", "/static/service.css", "/x"])
def test_head_is_get_without_the_body(app: FastAPI, path: str) -> None:
    staff = Caller(app, "staff")
    whole, head = staff.get(path), staff.send("HEAD", path)
    assert (head.status_code, head.content) == (whole.status_code, b"")
    assert head.headers["content-type"] == whole.headers["content-type"]


def test_what_is_given_again_has_its_version(app: FastAPI) -> None:
    staff = Caller(app, "staff")
    fields = {"title": "轴承", "problem": "寿命短"}
    headers = {"Idempotency-Key": "一次".encode()}
    first = staff.post("/api/v1/drafts", json=fields, headers=headers)
    again = staff.post("/api/v1/drafts", json=fields, headers=headers)
    assert again.headers["idempotency-replayed"] == "true"
    for name in ("etag", "content-type", "location"):
        assert again.headers.get(name) == first.headers.get(name)
    draft = first.json()["draft_id"]
    kept = {"If-Match": again.headers["etag"]}
    assert staff.send("DELETE", f"/api/v1/drafts/{draft}", headers=kept).status_code == 204
    assert staff.send("DELETE", f"/api/v1/drafts/{draft}", headers=ANY).status_code == 404


@pytest.mark.parametrize("tag", ["a\nb", "\r", "", " ", "a\x00"])
def test_a_name_of_a_run_is_one_line(tag: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="运行名"):
        write_run([], tmp_path / "a.trec", "trec", tag)
    assert not list(tmp_path.iterdir())


def test_files_are_read_a_few_at_a_time_and_one_for_each_caller() -> None:
    ended_before: list[str] = []

    async def run() -> tuple[int, int, list[Any]]:
        turns, now, most, own_most = Turns(2, 8), {"a": 0, "b": 0}, 0, 0

        async def read(caller: str) -> None:
            nonlocal most, own_most
            async with turns.turn(caller):
                now[caller] += 1
                most, own_most = max(most, sum(now.values())), max(own_most, *now.values())
                await asyncio.sleep(0.01)
                now[caller] -= 1
                ended_before.append(caller)

        asked = [asyncio.create_task(read("a")) for _ in range(30)]
        await asyncio.sleep(0.005)
        await read("b")
        assert ended_before.count("a") < 9  # not behind all of the other's that wait
        return most, own_most, await asyncio.gather(*asked, return_exceptions=True)

    # In a thread of its own: this one may have a loop already, which the browser's tests leave.
    with start_blocking_portal() as portal:
        most, own_most, ended = portal.call(run)
    assert (most, own_most) == (2, 1)
    denied = [error for error in ended if isinstance(error, Denied)]
    assert len(denied) == 30 - 9
    assert {error.status for error in denied} == {429}


def matched(band: str, *shown: CoverageView, kind: str = "论文") -> MatchView:
    proof = ProofView(kind=kind, title="夹杂物控制", year=2021, terms=["夹杂物"], snippet="")
    return MatchView(rank=1, band=band, score=1.0, challenge_id="K1", team_id="T1",
                     terms=["夹杂物"], proof=[proof], coverage=list(shown))  # fmt: skip


def of(status: str, kind: str = "论文", note: str = "") -> CoverageView:
    return CoverageView.model_validate(
        {"label": "考核指标1", "text": "总氧≤6ppm", "status": Coverage(status), "note": note,
         "evidence_title": "某处", "evidence_kind": kind}
    )  # fmt: skip


def test_what_only_goes_the_same_way_is_not_told_as_evidence() -> None:
    near = of("部分", "方向", UNVERIFIED)
    one = matched("强", of("覆盖", "方向"), of("覆盖"), near, of("部分"), of("未见"))
    assert one.told.endswith(
        "5 条要求中 2 条有依据（1 条只凭自述）、1 条部分有依据、1 条只是方向相关、1 条未见。"
    )
    assert "没有一条要求依据齐全" in matched("强", near, of("部分")).told
    assert matched("弱", near, near).apart == matched("弱", of("未见")).apart == ""
    assert "先核对是不是同一个问题" in matched("弱", of("部分"), of("覆盖"), near).apart
    assert matched("强", of("覆盖"), kind="方向").told.startswith("自述的研究方向")


def test_a_piece_is_shown_with_where_it_stands_and_without_contacts() -> None:
    pieces = [
        Evidence(
            kind="论文",
            title="夹杂物控制",
            extra={"原文": "甲. 夹杂物控制[J]. 钢铁, 57(3). 13900000001"},
        ),
        Evidence(kind="专利", title="一种装置", extra={"专利号": "ZL2021", "备注": "内部"}),
        Evidence(kind="奖励", title="一等奖"),
    ]
    shown = team_view(Team(team_id="T", evidence=pieces), PUBLIC).pieces
    assert "钢铁, 57(3)" in shown[0].cited
    assert "13900000001" not in shown[0].cited
    assert [one.cited for one in shown[1:]] == ["专利号 ZL2021", ""]
