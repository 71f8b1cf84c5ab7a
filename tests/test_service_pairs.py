"""A challenge and a team from found to signed, by the pages and the API of all three sides."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, get_args

import openpyxl
import pytest
from fastapi import FastAPI

from matcher import Challenge, Evidence, Team, Workspace
from matcher.cli import main
from matcher.index.backup import backup
from matcher.procedure import NOTHING, PAIR, Party
from matcher.service.app import routes_of
from matcher.service.desk.bids_beside import Verdict, held
from matcher.service.views import FacetView

from .service import (
    ENTERPRISE,
    OTHER_ENTERPRISE,
    UNIVERSITY,
    Caller,
    add_account,
    make_app,
    make_workspace,
    service_of,
)

API = "/api/v1"
BID = {"statement": "钙处理加电磁净化", "answers": ["总氧≤5ppm"], "budget_wan": 300, "months": 18}
ROLE: dict[Party, str] = {
    "demand": "enterprise", "team": "university", "broker": "broker", "staff": "staff",
}  # fmt: skip


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    workspace = make_workspace(tmp_path)
    workspace.put_teams([
        Team(team_id="T4", team_name="另一个团队", org_name=UNIVERSITY, profile="夹杂物",
             max_challenges=1, contact_phone="13800000004"),
        Team(team_id="T5", team_name="钢厂自己的", org_name=ENTERPRISE, profile="轴承钢"),
    ])  # fmt: skip
    return make_app(tmp_path)


class Side:
    """Somebody at one pair."""

    def __init__(self, app: FastAPI, name: str, team: str = "T1", challenge: str = "K1") -> None:
        self.caller = Caller(app, name)
        self.named = {"challenge_id": challenge, "team_id": team}

    def go(self, move: str, reason: str = "因为", **more: Any) -> Any:
        body = {**self.named, "move": move, "reason": reason, **more}
        return self.caller.post(f"{API}/pairs/move", json=body)

    def bid(self, **more: Any) -> Any:
        body = {**self.named, "bid": {**BID, **more}}
        return self.caller.post(f"{API}/pairs/bid", json=body)

    def undo(self, reason: str = "点错了") -> Any:
        body = {**self.named, "move": "撤销", "reason": reason}
        return self.caller.post(f"{API}/pairs/undo", json=body)

    def get(self) -> Any:
        return self.caller.get(f"{API}/pairs/one", params=self.named)

    @property
    def pair(self) -> Any:
        return self.get().json()["pair"]


def three(app: FastAPI, team: str = "T1") -> tuple[Side, Side, Side]:
    return Side(app, "enterprise", team), Side(app, "university", team), Side(app, "staff", team)


def carried(app: FastAPI, team_id: str) -> int:
    return service_of(app).live.connect().teams()[team_id].active_challenges


def _views(caller: Caller, paths: Iterable[str]) -> dict[str, str]:
    """What somebody sees at some addresses, but for keys made for each form."""
    found = {}
    for path in paths:
        named = {"challenge_id": "K1", "team_id": "T1"} if "/pairs/" in path else {}
        answer = caller.get(path, params=named)
        if answer.status_code == 200:
            found[path] = re.sub(r'name="(key|csrf)" value="[^"]*"', "", answer.text)
    return found


def _telling(caller: Caller) -> list[str]:
    """The addresses at which somebody sees anything of K1."""
    routes = [route for route in routes_of(caller.app) if "GET" in (route.methods or ())]
    paths = [re.sub(r"\{challenge_id[^}]*\}", "K1", route.path) for route in routes]
    paths = [re.sub(r"\{team_id[^}]*\}", "T1", path) for path in paths]
    found = _views(caller, (path for path in paths if "{" not in path))
    return [path for path, text in found.items() if "K1" in text]


def test_what_a_side_is_not_told_changes_nothing_it_sees(app: FastAPI) -> None:
    """Of all views of a pair, none shows a team that an enterprise shortlists it, or no longer."""
    demand, team, staff = three(app)
    steps: list[tuple[str, Callable[[], Any]]] = [
        ("列入候选", lambda: demand.go("列入候选")),
        ("移出候选", lambda: demand.go("移出候选")),
        ("撤销", staff.undo),
    ]  # fmt: skip
    paths = [*_telling(team.caller), "/pairs", f"{API}/pairs"]
    assert {"/pairs/one", f"{API}/pairs/one", "/challenges/K1"} <= {*paths}
    for answered in (False, True):
        if answered:
            demand.go("邀请")
            team.go("婉拒邀请")
        before = _views(team.caller, paths)
        for name, make in steps:
            assert make().status_code == 200
            after = _views(team.caller, paths)
            assert [path for path in paths if before[path] != after[path]] == [], name


@pytest.mark.slow
def test_from_a_shortlist_to_acceptance(app: FastAPI) -> None:
    demand, team, staff = three(app)
    assert demand.go("列入候选").json()["state"] == "候选"
    assert team.caller.get(f"{API}/pairs").json()["total"] == 0  # a shortlist is not shown
    assert demand.go("邀请", message="请来看", until="2099-01-01").status_code == 200
    (line,) = team.caller.get(f"{API}/pairs").json()["items"]
    assert (line["state"], line["until"], line["news"]) == ("已邀请", "2099-01-01", True)
    assert team.pair["steps"][-1]["message"] == "请来看"
    assert team.go("表示意向").status_code == 200
    assert demand.pair["team_contacts"] is None
    assert team.pair["demand_contacts"] is None
    demand.go("同意互换（需求方）")
    assert demand.pair["team_contacts"] is None
    team.go("也同意互换（揭榜方）")
    assert demand.pair["team_contacts"]["phone"] == "13800000001"
    assert team.pair["demand_contacts"]["phone"] == "13900000001"
    assert staff.undo().status_code == 409  # seen is seen
    assert team.bid().json()["state"] == "已揭榜"
    assert team.bid(statement="改了路线").json()["state"] == "已揭榜"
    bids = demand.get().json()["bids"]
    assert [bid["content"]["statement"] for bid in bids] == ["改了路线", "钙处理加电磁净化"]
    staff.go("进入评审")
    assert team.bid().status_code == 409
    for expert, conflict, scores in (
        ("甲", "", [90, 80, 70, 60]), ("乙", "", [80, 80, 80, 80]), ("丙", "曾是同事", []),
    ):  # fmt: skip
        body = {**staff.named, "expert": expert, "conflict": conflict, "scores": scores}
        assert staff.caller.post(f"{API}/pairs/appraisal", json=body).status_code == 204
    assert staff.get().json()["mean"] == 77.5
    assert demand.get().json()["appraisals"] == []
    demand.go("选定", "指标承诺最高")
    assert staff.go("立项", "会议决定").json()["load"].startswith("在研 1 项")
    assert carried(app, "T1") == 1
    demand.go("签约")
    assert staff.go("验收", "达到指标").json()["state"] == "已验收"
    assert carried(app, "T1") == 0
    stages = {o.stage for o in service_of(app).live.connect().outcomes("K1")}
    assert stages == {"推荐", "联系", "揭榜", "评榜", "立项", "验收"}


@pytest.mark.slow
def test_the_next_is_promoted_when_the_first_gives_up(app: FastAPI) -> None:
    first, second = three(app), three(app, "T4")
    for _, team, staff in (first, second):
        assert team.bid().status_code == 200
        staff.go("进入评审")
    first[2].go("立项", "第一名")
    second[2].go("列为备选")
    assert first[1].go("放弃立项", "").status_code == 409  # a reason is needed
    assert first[1].go("放弃立项", "骨干调走").json()["state"] == "已放弃立项"
    assert carried(app, "T1") == 0
    assert second[2].go("递补", "第一名放弃").json()["state"] == "已立项"
    assert carried(app, "T4") == 1
    full = Side(app, "university", "T4", "K2").bid()
    assert (full.status_code, "已承担满" in full.text) == (409, True)
    assert second[2].undo("递补早了").json()["state"] == "备选"
    assert carried(app, "T4") == 0


@pytest.mark.slow
def test_what_is_confidential_is_seen_after_agreeing_only(app: FastAPI, tmp_path: Path) -> None:
    demand, team, staff = three(app)
    secret = {"challenge_id": "K1", "detail": "炉号与配方", "terms": "不得外传"}
    assert demand.caller.send("PUT", f"{API}/pairs/secret", json=secret).status_code == 204
    other = Side(add_account(app, "别家", "enterprise", OTHER_ENTERPRISE).app, "别家")
    assert other.caller.send("PUT", f"{API}/pairs/secret", json=secret).status_code == 404
    assert team.get().json()["secret"] is None
    team.go("表示意向")
    shown = team.get()
    assert (shown.json()["secret"]["terms"], shown.json()["secret"]["detail"]) == ("不得外传", None)
    assert "炉号" not in shown.text + team.caller.get("/challenges/K1").text
    agree = {**team.named, "terms": "别的话"}
    assert team.caller.post(f"{API}/pairs/consent", json=agree).status_code == 409
    agree["terms"] = "不得外传"
    assert staff.caller.post(f"{API}/pairs/consent", json=agree).status_code == 409
    assert team.caller.post(f"{API}/pairs/consent", json=agree).status_code == 204
    assert team.get().json()["secret"]["detail"] == "炉号与配方"
    changed = {**secret, "terms": "不得外传，三年"}
    demand.caller.send("PUT", f"{API}/pairs/secret", json=changed)
    assert team.get().json()["secret"]["detail"] is None  # agreed to other terms
    (kept,) = demand.caller.get(f"{API}/pairs/one", params=team.named).json()["secret"]["consents"]
    assert (kept["terms"], kept["organisation"]) == ("不得外传", UNIVERSITY)
    backup(service_of(app).database.path, tmp_path / "copy")
    assert "不得外传".encode() in (tmp_path / "copy").read_bytes()


@pytest.mark.slow
def test_who_is_no_side_finds_nothing(app: FastAPI) -> None:
    demand, _, _ = three(app)
    demand.go("邀请")
    add_account(app, "别家", "enterprise", OTHER_ENTERPRISE)
    add_account(app, "别校", "university", "别的大学")
    for name in ("别家", "别校"):
        stranger = Side(app, name)
        assert stranger.get().status_code == stranger.go("表示意向").status_code == 404
        assert stranger.bid().status_code == 404
        assert stranger.caller.get(f"{API}/pairs").json()["total"] == 0
    own = Side(app, "enterprise", "T5")
    assert own.get().status_code == 404  # nobody takes a challenge of its own
    assert Side(app, "staff", "T5").go("邀请").status_code == 404
    # Also where the list says it in a column of its own.
    told = Challenge(
        challenge_id="K9", title="轴承钢", extra={"单位名称": ENTERPRISE}, stage="发榜"
    )
    service_of(app).live.connect().put_challenges([told])
    service_of(app).live.reopen()
    assert Side(app, "staff", "T5", "K9").get().status_code == 404
    assert Side(app, "staff", "T1", "K9").get().status_code == 200


@pytest.mark.slow
def test_an_invitation_before_the_list_is_out_shows_what_was_ticked(app: FastAPI) -> None:
    demand, team = (Side(app, name, "T3", "U1") for name in ("enterprise", "university"))
    assert team.get().status_code == 404
    demand.go("邀请", message="先看看", shown=["背景及主要问题"])
    pair = team.pair
    assert pair["texts"] == {"背景及主要问题": "靶材烧结密度低"}
    assert team.caller.get(f"{API}/challenges/U1").status_code == 404
    assert team.go("婉拒邀请", "方向不合").json()["state"] == "婉拒"


@pytest.mark.slow
def test_a_bid_with_files_by_the_page(app: FastAPI) -> None:
    _, team, staff = three(app)
    named = team.named
    page = team.caller.get("/pairs/bid", params=named)
    assert "总氧≤6ppm" in page.text
    fields = {**named, "csrf": team.caller.token, "statement": "方案", "answers": ["甲", "乙"]}
    empty = team.caller.client.post("/pairs/bid", data={**fields, "statement": ""})
    assert empty.status_code == 422
    assert 'value="甲"' in empty.text  # what was filled in is there
    made = team.caller.client.post(
        "/pairs/bid", data=fields, files=[("files", ("../方案.pdf", b"%PDF-1", "application/pdf"))]
    )
    assert made.status_code == 303
    shown = staff.caller.get("/pairs/one", params=named).text
    (file,) = re.findall(r'href="(/pairs/files/\w+\?[^"]*)">方案.pdf', shown)
    answer = staff.caller.get(file.replace("&amp;", "&"))
    assert (answer.content, "attachment" in answer.headers["content-disposition"]) == (
        b"%PDF-1", True,
    )  # fmt: skip
    add_account(app, "别校", "university", "别的大学")
    assert Caller(app, "别校").get(file.replace("&amp;", "&")).status_code == 404


@pytest.mark.slow
def test_a_bid_written_anew_keeps_its_files_unless_they_are_taken_out(app: FastAPI) -> None:
    _, team, staff = three(app)
    fields = {**team.named, "csrf": team.caller.token, "statement": "方案"}

    def send(*files: tuple[str, bytes], **more: Any) -> Any:
        sent = [("files", (name, content)) for name, content in files]
        return team.caller.client.post("/pairs/bid", data={**fields, **more}, files=sent)

    def held() -> list[list[str]]:
        return [[file["name"] for file in bid["files"]] for bid in team.get().json()["bids"]]

    refused = send(("方案.pdf", b"%PDF-1"), budget_wan="一百七十")
    assert refused.status_code == 422
    assert "请重新选：方案.pdf" in refused.text
    assert send(("方案.pdf", b"%PDF-1"), ("图.dwg", b"AC10")).status_code == 303
    page = team.caller.get("/pairs/bid", params=team.named).text
    assert "移去 方案.pdf" in page
    assert send(months="14").status_code == 303  # nothing chosen, nothing lost
    assert held()[0] == ["方案.pdf", "图.dwg"]
    newest = team.get().json()["bids"][0]["files"]
    assert send(("方案.pdf", b"%PDF-2"), removed=newest[1]["file_id"]).status_code == 303
    assert held() == [["方案.pdf"], ["方案.pdf", "图.dwg"], ["方案.pdf", "图.dwg"]]
    assert team.bid().status_code == 200  # by the API as well
    assert held()[0] == ["方案.pdf"]
    shown = staff.caller.get("/pairs/one", params=team.named).text
    assert re.findall("第 . 版", shown) == ["第 4 版", "第 3 版", "第 2 版", "第 1 版"]
    links = re.findall(r'href="(/pairs/files/[^"]*)">方案', shown)
    contents = [staff.caller.get(link.replace("&amp;", "&")).content for link in links]
    assert contents == [b"%PDF-2", b"%PDF-2", b"%PDF-1", b"%PDF-1"]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("装机.exe", b"MZ", "不是收的种类"),
        ("方案", b"x", "不是收的种类"),
        ("空.pdf", b"", "是空的"),
    ],
)
def test_what_is_no_paper_is_not_filed(
    app: FastAPI, name: str, content: bytes, told: str
) -> None:  # fmt: skip
    team = Side(app, "university")
    fields = {**team.named, "csrf": team.caller.token, "statement": "方案"}
    sent = [("files", (name, content))]
    answer = team.caller.client.post("/pairs/bid", data=fields, files=sent)
    assert answer.status_code == 422
    assert told in answer.text
    assert team.get().json()["bids"] == []


def test_days_to_come_back_on_are_ones_own(app: FastAPI) -> None:
    demand, team, _ = three(app)
    demand.go("邀请")
    body = {**demand.named, "due": "2099-02-03", "note": "打电话"}
    assert demand.caller.post(f"{API}/pairs/follow-up", json=body).status_code == 204
    (mine,) = demand.get().json()["follow_ups"]
    assert (mine["due"], mine["note"], mine["done"]) == ("2099-02-03", "打电话", False)
    assert team.get().json()["follow_ups"] == []
    done = {**demand.named, "done": mine["number"]}
    assert team.caller.post(f"{API}/pairs/follow-up", json=done).status_code == 404
    assert demand.caller.post(f"{API}/pairs/follow-up", json=done).status_code == 204
    assert demand.get().json()["follow_ups"][0]["done"] is True


@pytest.mark.slow
def test_a_challenge_that_is_closed_takes_no_bids(app: FastAPI) -> None:
    _, team, staff = three(app)
    staff.caller.post(f"{API}/challenges/K1/state", json={"move": "停止揭榜"})
    assert team.bid().status_code == 409
    assert "揭榜" not in [move["name"] for move in team.pair["moves"]]


def _shown(side: Side) -> Any:
    return side.caller.get(f"{API}/challenges/K1").json()


@pytest.fixture
def beside(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Any]:
    """What a command says of the workspace of the service."""

    def run(*words: str) -> Any:
        place = ("-w", str(service_of(app).settings.workspace), "--encoder", "none", "--json")
        monkeypatch.setattr(sys, "argv", ["matcher", *words, *place])
        with pytest.raises(SystemExit) as leaving:
            main()
        assert not leaving.value.code
        return json.loads(capsys.readouterr().out)

    return run


@pytest.mark.slow
def test_a_challenge_that_was_awarded_is_no_longer_open(
    app: FastAPI, beside: Callable[..., Any]
) -> None:
    (demand, first, staff), (_, second, other) = three(app), three(app, "T4")
    for team, desk in ((first, staff), (second, other)):
        team.bid()
        desk.go("进入评审")
    before = staff.caller.get("/api/v1/challenges", params={"open": True}).json()["total"]
    assert _shown(second)["open"] is True
    staff.go("立项", "第一名")
    after = staff.caller.get("/api/v1/challenges", params={"open": True}).json()["total"]
    assert (_shown(second)["open"], _shown(second)["stage"], before - after) == (
        False, "签约立项", 1,
    )  # fmt: skip
    # A second award is refused, by whichever way, and says what to do; it is not offered either.
    refused = other.go("立项", "第二名")
    assert (refused.status_code, "放弃立项" in refused.text) == (409, True)
    assert "立项" not in [move["name"] for move in other.pair["moves"]]
    other.go("列为备选")
    assert other.go("递补", "第二名").status_code == 409
    late = Side(app, "university", "T3")
    for answer in (late.go("表示意向"), late.bid(), Side(app, "staff", "T3").go("邀请")):
        assert (answer.status_code, "已有团队立项" in answer.text) == (409, True)
    assert late.pair["moves"] == []
    demand.go("签约")
    # The command line looks at it as well.
    plan = beside("assign", "--lowest-band", "未定")
    assert [(one["challenge_id"], one["team_id"]) for one in plan["awarded"]] == [("K1", "T1")]
    assert "K1" not in {line["challenge_id"] for line in plan["lines"]}
    assert "K1" not in {one["challenge_id"] for one in beside("challenges", "T4")}
    staff.go("验收", "达到指标")
    assert (_shown(second)["open"], _shown(second)["stage"]) == (False, "验收评价")
    assert other.go("递补", "第二名").status_code == 409


@pytest.mark.slow
def test_who_gave_up_gets_the_award_back_only_while_nobody_else_has_it(app: FastAPI) -> None:
    (_, first, staff), (_, second, other) = three(app), three(app, "T4")
    for team, desk in ((first, staff), (second, other)):
        team.bid()
        desk.go("进入评审")
    staff.go("立项")
    first.go("放弃立项")
    assert _shown(second)["open"] is True
    other.go("列为备选")
    other.go("递补")
    assert _shown(second)["open"] is False
    assert (staff.undo().status_code, staff.pair["state"]) == (409, "已放弃立项")
    other.undo()
    assert (staff.undo().json()["state"], _shown(second)["open"]) == ("已立项", False)


@pytest.mark.slow
def test_several_are_awarded_where_the_challenge_says_so(app: FastAPI) -> None:
    service = service_of(app)
    race = service.live.connect().challenges()["K1"]
    service.live.connect().put_challenges([race.model_copy(update={"eligibility_text": "赛马制"})])
    service.live.reopen()
    for team in ("T1", "T4"):
        _, bidder, staff = three(app, team)
        assert bidder.bid().status_code == 200
        staff.go("进入评审")
        assert staff.go("立项").json()["state"] == "已立项"
    assert _shown(staff)["open"] is True


@pytest.mark.slow
def test_a_reason_that_is_needed_is_asked_for(app: FastAPI) -> None:
    _, team, staff = three(app)
    team.bid()
    staff.go("进入评审")
    page = staff.caller.get("/pairs/one", params=staff.named).text
    boxes = re.findall(r'<textarea[^>]* name="reason"[^>]*>', page)
    assert boxes
    assert all(" required" in box for box in boxes)
    assert "写上理由" in staff.go("立项", " ").text


@pytest.mark.slow
def test_what_is_not_awaited_is_not_called_late(app: FastAPI) -> None:
    _, team, staff = three(app)
    team.bid()
    staff.go("进入评审")
    staff.go("立项", until="2099-01-01")
    assert "逾期未答" not in [move["name"] for move in staff.pair["moves"]]
    assert "2099-01-01" in staff.go("逾期未答").text
    service_of(app).database.write("UPDATE pairs SET until = '2026-01-02'")
    assert "逾期未答" in [move["name"] for move in staff.pair["moves"]]
    assert staff.go("逾期未答").json()["state"] == "逾期"


def _put(app: FastAPI, state: str) -> None:
    """The pair K1, T1 in a state, however it came there."""
    database = service_of(app).database
    database.write("DELETE FROM pairs")
    if state != NOTHING:
        database.write(
            """INSERT INTO pairs
            (challenge_id, team_id, state, place, told, created, updated, until)
            VALUES ('K1', 'T1', ?, 1, 'demand team', '2026-01-01T00:00:00+00:00',
            '2026-01-01T00:00:00+00:00', '2026-01-02')""",
            (state,),
        )


@pytest.mark.slow
def test_every_state_role_and_move_is_as_the_table_has_it(app: FastAPI) -> None:
    """The whole matrix by the verbs themselves: made where the table has it, refused elsewhere."""
    from matcher.errors import MatcherError
    from matcher.service.context import Caller as Asking
    from matcher.service.desk import bids, pairs

    service, named = service_of(app), {"challenge_id": "K1", "team_id": "T1"}
    broker = service.accounts.get("broker").account_id
    service.grants.add(broker, "challenge", "K1")
    service.grants.add(broker, "team", "T1")
    who = {party: service.accounts.get(name).principal for party, name in ROLE.items()}
    who["broker"] = replace(who["broker"], given=service.grants.of(broker))
    holes, count, moved = [], 0, False
    for state in (NOTHING, *PAIR.states):
        _put(app, state)
        for party, principal in who.items():
            caller = Asking(service, principal)
            for move in PAIR:
                if moved:
                    _put(app, state)
                try:
                    moved = True
                    if move.name in ("揭榜", "修改揭榜书"):
                        bid = bids.BidFields(statement="方案")
                        bids.place(caller, bids.BidAsked(**named, bid=bid))
                        made = service.pairs.history(("K1", "T1"))[-1].move == move.name
                    else:
                        asked = {**named, "move": move.name, "reason": "因为"}
                        pairs.move(caller, pairs.MoveAsked.model_validate(asked))
                        made = True
                except MatcherError:
                    made = moved = False
                fits = party in move.who and state in move.sources
                count += 1
                if made != fits:
                    holes.append((state, party, move.name, made))
    assert holes == []
    assert count == 22 * 4 * 33


def test_the_workspace_still_opens_without_the_service(app: FastAPI, tmp_path: Path) -> None:
    assert Workspace(tmp_path, encoder=None).status().teams == 5


def test_a_side_without_contacts_is_told_so_and_asked_for_them(app: FastAPI) -> None:
    nobody = Team(team_id="T6", team_name="没写电话的", org_name=UNIVERSITY, profile="夹杂物")
    service_of(app).live.connect().put_teams([nobody])
    service_of(app).live.reopen()
    demand, team, _ = three(app, "T6")

    def page(side: Side) -> str:
        return str(side.caller.get("/pairs/one", params=side.named).text)

    field = 'href="/team-changes/teams/T6#contact_name">填写联系方式'
    demand.go("邀请")
    team.go("表示意向")
    demand.go("同意互换（需求方）")
    assert "没有填联系方式" not in page(demand)  # not agreed yet, so not said
    asked = page(team)
    assert asked.count(field) == 2  # with its own contacts and where the button would be
    assert "互换联系方式之前，先" in asked
    assert 'id="contact_name"' in team.caller.get("/team-changes/teams/T6").text
    assert team.go("也同意互换（揭榜方）").status_code == 409  # nothing would be swapped
    assert "13900000001" not in page(team)
    reachable = nobody.model_copy(update={"contact_phone": "13800000006"})
    service_of(app).live.connect().put_teams([reachable])
    service_of(app).live.reopen()
    assert team.go("也同意互换（揭榜方）").status_code == 200
    assert "13800000006" in page(demand)
    assert field not in page(demand)
    assert "13900000001" in page(team)


@pytest.mark.slow
def test_interest_takes_one_press_by_the_best_fitting_team(app: FastAPI) -> None:
    """The form stands on the page of the challenge; of a shortlist the team is not told."""
    demand, school = Side(app, "enterprise"), Caller(app, "university")
    demand.go("列入候选")
    page = school.get("/challenges/K1").text
    box = page[page.index('id="bidders"') : page.index('id="terms"')]
    (first,) = re.findall(r'name="team_id" value="(\w+)"', box)
    others = re.findall(r"team_id=(\w+)", box.split("<details>")[1])
    assert (first, set(others)) == ("T1", {"T3", "T4"})
    assert "候选" not in box
    for path, known in (("/challenges/K1", box), ("/teams/T1/challenges", "")):
        form = dict(re.findall(r'name="(\w+)" value="([^"]*)"', known or school.get(path).text))
        assert form["move"] == "表示意向"
    assert school.client.post("/pairs/move", data={**form, "challenge_id": "K1"}).status_code == 303
    assert demand.pair["state"] == "有意向"
    assert "有意向" in school.get("/challenges/K1").text


@pytest.mark.slow
def test_bids_of_a_challenge_stand_side_by_side(app: FastAPI) -> None:
    """The last version of each; marks, without those who declared a conflict, for staff alone."""
    (demand, first, staff), (_, second, other) = three(app), three(app, "T4")
    first.bid()
    first.bid(budget_wan=280)
    second.bid(answers=["", "寿命提高60%"])
    for desk, scores in ((staff, 60.0), (other, 90.0)):
        desk.go("进入评审")
        for expert, conflict in (("甲", ""), ("乙", "同事")):
            body = {**desk.named, "expert": expert, "conflict": conflict,
                    "scores": [] if conflict else [scores] * 4}  # fmt: skip
            assert desk.caller.post(f"{API}/pairs/appraisal", json=body).status_code == 204
    path, of = f"{API}/pairs/bids", {"challenge": "K1"}
    best, next_one = staff.caller.get(path, params=of).json()
    assert (best["team_id"], best["mean"], best["experts"], best["conflicts"]) == ("T4", 90.0, 1, 1)
    assert [one["answer"] for one in best["promises"]] == ["寿命提高60%"]
    assert next_one["budget_wan"] == 280
    found = demand.caller.get(path, params=of).json()
    assert [one["mean"] for one in found] == [None, None]
    assert {one["conflicts"] for one in found} == {0}
    assert first.caller.get(path, params=of).status_code == 403
    assert Caller(app, "enterprise").get(path, params={"challenge": "K2"}).status_code == 404
    page = staff.caller.get("/pairs", params=of).text
    assert page.index("揭榜书对照（2 份）") < page.index("<strong>90.0</strong>（1 人）")
    assert "专家评分" not in demand.caller.get("/pairs", params=of).text


@pytest.mark.slow
def test_bids_are_held_against_each_requirement_on_a_page_and_in_a_workbook(app: FastAPI) -> None:
    (demand, first, staff), (_, second, _) = three(app), three(app, "T4")
    first.bid(answers=["", "总氧≤5ppm", "提高40%"])
    second.bid(answers=["改流程", "5 ppm"])
    of = {"challenge": "K1"}
    page = demand.caller.get("/pairs/bids", params=of).text
    counts = {words: page.count(f">{words}</span>") for words in get_args(Verdict) if words}
    assert counts == {"达到要求": 2, "低于要求": 1, "须核对": 0}
    assert page.count("没有写") == 2
    staffs = staff.caller.get("/pairs/bids", params=of).text
    assert ("专家评分" in staffs, "专家评分" in page) == (True, False)
    made = demand.caller.get(f"{API}/pairs/bids/file", params=of)
    sheet = openpyxl.load_workbook(io.BytesIO(made.content)).active
    assert sheet is not None
    cells = [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert cells[2][:2] == ["项目", "难题的要求"]
    lines = {row[0]: row[1:] for row in cells[3:]}
    assert lines["考核指标1"] == ["总氧≤6ppm", "总氧≤5ppm\n【达到要求】", "5 ppm\n【达到要求】"]
    assert lines["考核指标2"][1:] == ["提高40%\n【低于要求】", "没有写"]
    assert "专家平均分" not in lines
    for told in (page, staffs, str(cells)):
        assert not re.search("1[38]900000001", told)
    for path in ("/pairs/bids", f"{API}/pairs/bids/file"):
        assert first.caller.get(path, params=of).status_code == 403
        assert demand.caller.get(path, params={"challenge": "K2"}).status_code == 404


@pytest.mark.parametrize(
    ("asked", "promised", "verdict"),
    [
        ("辊子过钢量提高30%", "提高25%", "低于要求"),
        ("辊子过钢量提高30%", "承诺达到35%", "达到要求"),
        ("总氧≤15ppm", "12 ppm", "达到要求"),
        ("总氧≤15ppm", "总氧≤20ppm", "低于要求"),
        ("夹杂物A类≤1.0级", "A类≤0.5级", "达到要求"),
        ("能量密度≥300Wh/kg，循环1000次以上", "能量密度320Wh/kg", "须核对"),
        ("能量密度≥300Wh/kg，循环1000次以上", "能量密度320Wh/kg，循环800次", "低于要求"),
        ("成本下降10%", "12个月内完成", "须核对"),
        ("过钢量提高30%以上", "没有问题", "须核对"),
        ("寿命≥500h", "600", "须核对"),
    ],
)
def test_a_promise_is_held_against_its_requirement_by_its_numbers(
    asked: str, promised: str, verdict: str
) -> None:
    assert held(FacetView(label="考核指标1", text=asked), promised) == verdict
    assert held(FacetView(label="攻关内容1", text=asked), promised) == ""


def test_what_records_say_of_a_pair_stands_on_every_page_of_it(tmp_path: Path) -> None:
    """Earlier work, conversions, maturity: as the report has them; a filter on the last."""
    workspace = make_workspace(tmp_path)
    workspace.put_challenges([
        Challenge(challenge_id="K3", title="轴承钢夹杂物", problem="轴承钢夹杂物多",
                  demand_org=ENTERPRISE, stage="发榜", target_trl=8),
        Challenge(challenge_id="U3", title="靶材", problem="轴承钢夹杂物", demand_org=ENTERPRISE,
                  stage="需求征集", target_trl=9),
    ])  # fmt: skip
    joint = Evidence(
        kind="专利", title="钢包预紧机构", partner_org=ENTERPRISE, amount_wan=30, trl=6
    )
    workspace.put_teams([
        Team(team_id="T1", team_name="轴承钢团队", org_name=UNIVERSITY, profile="轴承钢夹杂物控制",
             evidence=[joint]),
    ])  # fmt: skip
    app = make_app(tmp_path)
    caller = Caller(app, "enterprise")
    told = {"既往合作": "1 项：钢包预紧机构", "转化记录": "1 项：钢包预紧机构",
            "成熟度": "6 级，比目标 8 级差 2 级"}  # fmt: skip
    named = "challenge_id=K3&team_id=T1"
    found = caller.get(f"{API}/challenges/K3/teams").json()["matches"]
    facts = {one["team_id"]: one["facts"] for one in found}
    assert facts["T1"]["told"] == told
    assert facts["T1"]["maturity_gap"] == 2
    assert facts["T2"]["told"] == {}
    assert caller.get(f"{API}/pairs/one?{named}").json()["pair"]["facts"]["told"] == told
    for page in ("/challenges/K3/teams", "/challenges/K3/comparison?team=T1&team=T2",
                 f"/pairs/one?{named}"):  # fmt: skip
        text = caller.get(page).text
        assert all(name in text and said in text for name, said in told.items()), page
    assert "没有查到" in caller.get("/challenges/K3/comparison?team=T1&team=T2").text
    (only,) = caller.get(f"{API}/challenges/K3/teams?trl=6").json()["matches"]
    assert only["team_id"] == "T1"
    assert caller.get(f"{API}/challenges/K3/teams?trl=7").json()["matches"] == []
    page = caller.get("/challenges/K3/teams?trl=6").text
    assert re.search(r'<a href="/challenges/K3/teams"[^>]*>[^<]*成熟度 6 级以上', page)
    # Of a challenge that is not published an invited team learns what the invitation shows.
    staff = Side(app, "enterprise", challenge="U3")
    assert staff.go("邀请", message="请看").status_code == 200
    seen = Caller(app, "university").get(f"{API}/pairs/one?challenge_id=U3&team_id=T1").json()
    assert seen["pair"]["facts"]["told"]["成熟度"] == "6 级"
    assert seen["pair"]["facts"]["target_trl"] is None


def test_what_was_typed_stands_there_again_when_a_move_is_refused(app: FastAPI) -> None:
    firm = Caller(app, "enterprise")
    form = {"challenge_id": "K1", "team_id": "T1", "move": "邀请", "message": "请看看，年内要中试",
            "until": "2020-01-01", "csrf": firm.token}  # fmt: skip
    page = firm.client.post("/pairs/move", data=form).text
    assert "答复的期限已过" in page
    assert "请看看，年内要中试</textarea>" in page
    assert 'value="2020-01-01"' in page


def test_after_the_last_day_nobody_is_invited_any_more(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    closed = workspace.challenges()["K1"].model_copy(update={"apply_deadline": date(2020, 1, 1)})
    workspace.put_challenges([closed])
    demand, team, _ = three(make_app(tmp_path))
    for side, move in ((demand, "邀请"), (team, "表示意向")):
        told = side.go(move)
        assert told.status_code == 409
        assert "已过揭榜截止日期" in told.json()["detail"]
    assert demand.go("列入候选").status_code == 200
    page = demand.caller.get("/pairs/one", params=demand.named).text
    assert "不再接受邀请、意向和揭榜" in page
    assert "发出邀请" not in page


def test_no_second_team_is_chosen_beside_an_awarded_one(app: FastAPI) -> None:
    (demand, first, staff), (_, second, beside) = three(app), three(app, "T4")
    other = Side(app, "enterprise", "T4")
    for side, over in ((first, staff), (second, beside)):
        assert side.bid().status_code == 200
        assert over.go("进入评审").status_code == 200
    assert staff.go("立项").status_code == 200
    told = other.go("选定")
    assert told.status_code == 409
    assert "不能再选定一家" in told.json()["detail"]
    assert "选定" not in [move["name"] for move in other.pair["moves"]]
    assert not any("选定" in one for one in beside.pair["others"])
    assert demand.pair["state"] == "已立项"


def test_a_team_that_bids_may_agree_to_exchange_contacts_with_it(app: FastAPI) -> None:
    demand, team, _ = three(app)
    team.go("表示意向")
    demand.go("同意互换（需求方）")
    page = team.caller.get("/pairs/bid", params=team.named).text
    assert "揭榜之后、立项之前不能再互换" in page
    body = {**team.named, "bid": BID, "agree": True}
    assert team.caller.post(f"{API}/pairs/bid", json=body).status_code == 200
    assert [step["move"] for step in demand.pair["steps"]][-2:] == ["也同意互换（揭榜方）", "揭榜"]
    assert demand.pair["team_contacts"]["phone"] == "13800000001"


def test_what_is_taken_down_is_not_offered_to_anybody(app: FastAPI) -> None:
    demand, _, staff = three(app)
    demand.go("列入候选")
    count = demand.caller.get(f"{API}/challenges?open=1").json()["total"]
    step = {"move": "撤下", "reason": "企业要核对"}
    assert staff.caller.post(f"{API}/challenges/K1/state", json=step).is_success
    assert demand.caller.get(f"{API}/challenges?open=1").json()["total"] == count - 1
    assert demand.pair["others"] == []
    page = demand.caller.get("/pairs/one", params=demand.named).text
    assert "这项难题现在是“撤榜”" in page
    titles = [one["title"] for one in demand.caller.get(f"{API}/todo").json()["items"]]
    assert "候选还没有邀请" not in titles


def test_a_withdrawn_bid_is_no_award_given_up(app: FastAPI) -> None:
    demand, team, _ = three(app)
    team.bid()
    team.go("撤回揭榜")
    titles = [one["title"] for one in demand.caller.get(f"{API}/todo").json()["items"]]
    assert "团队撤回了揭榜" in titles
    assert "团队放弃或退出" not in titles
    assert "还没有找团队" in titles  # nobody is left


def test_a_bid_whose_award_was_given_up_stays_on_record(app: FastAPI) -> None:
    demand, team, staff = three(app)
    team.bid()
    for side, move in ((staff, "进入评审"), (staff, "立项"), (team, "放弃立项")):
        assert side.go(move).status_code == 200
    told = demand.caller.get(f"{API}/pairs/bids?challenge=K1").json()
    assert [(one["team_id"], one["state"]) for one in told] == [("T1", "已放弃立项")]
    assert demand.get().json()["bids"][0]["content"]["statement"] == BID["statement"]
    assert "还没有找团队" in demand.caller.get("/").text  # and counts for no bid
