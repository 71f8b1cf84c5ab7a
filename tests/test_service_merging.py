"""Two records that are one: looked at, merged with all that was kept of either, or kept apart."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest
from fastapi import FastAPI

from matcher import Challenge, Outcome, Team
from matcher.cli import main
from matcher.records import Indicator
from matcher.records.alliance import Alliance, Grant
from matcher.service.store.database import Database

from .service import (
    ENTERPRISE,
    SIDES,
    STAFF,
    TEAM,
    UNIVERSITY,
    Caller,
    add_account,
    make_app,
    make_workspace,
    service_of,
)

API = "/api/v1"
TWO = {"kind": "challenges", "first_id": "K1", "second_id": "K9"}
TEAMS = {"kind": "teams", "first_id": "T1", "second_id": "T9"}
# Every table: where the number of a merged record becomes that of the one that stays, ...
FOLLOWING = frozenset({
    "records", "passages", "outcomes", "pairs", "secrets", "consents", "comments", "handlings",
    "corrections", "team_changes", "digested", "grants", "alliances", "kept_apart",
    "evaluators",
})  # fmt: skip
# ... where its own past stays under its number (of events, those of its pairs follow), ...
PAST = frozenset({
    "versions", "audit", "steps", "events", "challenge_states", "sightings", "messages",
    "deliveries", "replies", "jobs", "built_teams", "listed_people",
})  # fmt: skip
# ... and where no number of a record stands.
ELSEWHERE = frozenset({
    "meta", "accounts", "attempts", "sessions", "api_keys", "drafts", "uploads", "saved_queries",
    "achievements", "same_person", "taken_out", "person_questions", "bids", "bid_files",
    "follow_ups", "visits", "appraisals", "registrations", "password_links", "identities",
    "sign_in_flows", "hooks", "unsubscribed", "digests", "alliance_files", "alliance_marks",
    "step_files", "phrases", "sqlite_sequence",
})  # fmt: skip
NUMBERS = frozenset({"challenge_id", "team_id"})


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    workspace = make_workspace(tmp_path)
    workspace.put_challenges([
        Challenge(challenge_id="K9", title="高端轴承钢洁净度", demand_org=ENTERPRISE,
                  province="辽宁", problem="夹杂物", contact_phone="13900000002",
                  bounty_wan=500, stage="发榜"),
    ])  # fmt: skip
    workspace.put_teams([
        Team(team_id="T9", team_name="轴承钢团队", org_name=UNIVERSITY, profile="轴承钢",
             evidence=[{"kind": "专利", "title": "一种轴承钢", "year": 2022}]),
    ])  # fmt: skip
    workspace.put_outcomes([Outcome(challenge_id="K9", team_id="T2", stage="验收")])
    return make_app(tmp_path)


def post(caller: Caller, verb: str, two: dict[str, str], **more: Any) -> httpx.Response:
    return caller.post(f"{API}/duplicates/{verb}", json={**two, **more})


def listed(caller: Caller, kind: str) -> set[tuple[str, str]]:
    found = caller.get(f"{API}/duplicates", params={"kind": kind}).json()["items"]
    return {(one["first_id"], one["second_id"]) for one in found}


@pytest.mark.slow
def test_two_challenges_become_one_with_all_that_was_kept_of_either(app: FastAPI) -> None:
    staff, service = Caller(app, "staff"), service_of(app)
    assert listed(staff, "challenges") == {("K1", "K9")}
    service.pairs.move(("K9", "T1"), "揭榜", TEAM, SIDES)
    service.pairs.move(("K9", "T3"), "列入候选", STAFF, SIDES)
    service.pairs.move(("K1", "T3"), "列入候选", STAFF, SIDES)
    staff.post(f"{API}/challenges/K9/comments", json={"text": "两次收到"})
    seen = post(staff, "preview", TWO, choices={"problem": "first"}).json()
    kept = {one["field"]: one["kept"] for one in seen["fields"]}
    assert kept["problem"] == "轴承钢夹杂物控制不好, 疲劳寿命短"
    assert kept["bounty_wan"] == "500.0"
    assert (seen["pairs"], seen["outcomes"], seen["obstacle"]) == (1, 1, "")
    assert post(staff, "merge", TWO).status_code == 422  # no reason
    made = post(staff, "merge", TWO, reason="企业报了两次", choices={"problem": "first"})
    assert made.status_code == 200, made.text
    one = staff.get(f"{API}/challenges/K1").json()
    assert (one["bounty_wan"], one["problem"]) == (500, kept["problem"])
    assert staff.get(f"{API}/challenges/K9").status_code == 404
    moved = service.pairs.find(("K1", "T1"))
    assert moved is not None
    assert moved.state == "已揭榜"
    stages = {(o.challenge_id, o.team_id, o.stage) for o in service.live.connect().outcomes()}
    assert {("K1", "T1", "揭榜"), ("K1", "T2", "验收")} <= stages
    assert not any(challenge == "K9" and stage != "推荐" for challenge, _, stage in stages)
    assert staff.get(f"{API}/challenges/K1/handling").json()["comments"][0]["text"] == "两次收到"
    assert [s.move for s in service.states.history("K1")] == ["更正"]
    assert service.states.history("K9")[-1].reason == "并入高端轴承钢洁净度：企业报了两次"
    assert listed(staff, "challenges") == set()
    # What went can be put back; what went over with it stays where it is.
    back = {"version": 1, "reason": "看错了"}
    assert staff.post(f"{API}/records/challenges/K9/restoration", json=back).status_code == 200
    assert service.states.of("K9") == "待发布"


@pytest.mark.slow
def test_what_stays_is_not_written_over_and_the_public_change_is_shown_before(
    app: FastAPI,
) -> None:
    staff, service = Caller(app, "staff"), service_of(app)
    for move, by in (("揭榜", TEAM), ("进入评审", STAFF), ("立项", STAFF), ("签约", STAFF)):
        service.pairs.move(("K1", "T1"), move, by, SIDES)
    poorer = service.live.connect().challenges()["K9"].model_copy(
        update={"indicators_text": "希望:总氧能到15ppm以下吧",
                "indicators": (Indicator(name="总氧", operator="≤", value=15.0, unit="ppm"),),
                "extra": {"备注": "有", "来源": "补报"}}
    )  # fmt: skip
    service.put([("challenge", [poorer])], lambda: None)
    seen = post(staff, "preview", TWO).json()
    fields = {one["label"]: one for one in seen["fields"]}
    kept = {label: (one["kept"], one["changes"]) for label, one in fields.items()}
    assert kept["考核指标"] == ("总氧≤6ppm; 寿命提高50%以上", False)
    assert kept["背景及主要问题"] == ("轴承钢夹杂物控制不好, 疲劳寿命短", False)
    assert kept["榜额(万元)"] == ("500.0", True)
    assert (kept["备注"], kept["来源"]) == (("无", False), ("补报", True))
    assert (seen["public"], seen["contracts"]) == (["榜额(万元)", "来源"], ["轴承钢团队（已签约）"])
    page = staff.get("/staff/duplicates/two", params=TWO).text
    assert "公开页面上会变：榜额(万元)、来源" in page
    assert "[{" not in page
    assert "总氧 ≤ 15 ppm" in page
    assert post(staff, "merge", TWO, reason="补报的一份").status_code == 200
    assert service.states.history("K1")[-1].reason == "高端轴承钢洁净度并入：补报的一份"
    history = staff.get("/staff/records/challenges/K1/history").text
    assert "[{" not in history


@pytest.mark.slow
def test_what_is_under_way_of_both_cannot_be_one(app: FastAPI) -> None:
    staff, service = Caller(app, "staff"), service_of(app)
    for challenge_id in ("K1", "K9"):
        service.pairs.move((challenge_id, "T1"), "揭榜", TEAM, SIDES)
    assert "都在与同一方对接" in post(staff, "preview", TWO).json()["obstacle"]
    refused = post(staff, "merge", TWO, reason="重复")
    assert refused.status_code == 409
    assert staff.get(f"{API}/challenges/K9").status_code == 200
    same = post(staff, "preview", {**TWO, "second_id": "K1"})
    assert same.status_code == 422
    assert post(staff, "preview", {**TWO, "second_id": "没有"}).status_code == 404


@pytest.mark.slow
def test_two_teams_become_one_on_the_page(app: FastAPI) -> None:
    staff, service = Caller(app, "staff"), service_of(app)
    assert ("T1", "T9") in listed(staff, "teams")
    for move, act in (("揭榜", TEAM), ("进入评审", STAFF), ("立项", STAFF)):
        service.pairs.move(("K1", "T9"), move, act, SIDES)
    address = "/staff/duplicates/two?kind=teams&first_id=T1&second_id=T9"
    assert "合并后留下什么" in staff.get(address).text
    form = {"csrf": staff.token, **TEAMS, "then": "look", "choice-profile": "first"}
    assert staff.client.post("/staff/duplicates/two", data=form).status_code == 200
    form |= {"then": "merge", "reason": "同一个团队"}
    done = staff.client.post("/staff/duplicates/two", data=form)
    assert (done.status_code, done.headers["location"]) == (303, "/teams/T1")
    team = service.live.connect().teams()["T1"]
    assert [piece.title for piece in team.evidence] == ["轴承钢夹杂物与疲劳寿命", "一种轴承钢"]
    assert (team.profile, team.active_challenges) == ("", 1)  # the award came along
    assert service.pairs.find(("K1", "T1")) is not None
    told = Caller(app, "university").get(f"{API}/inbox").json()["items"]
    assert "团队并入另一个：轴承钢团队" in [one["title"] for one in told]


@pytest.mark.slow
def test_what_is_not_one_is_not_listed_again(app: FastAPI) -> None:
    staff = Caller(app, "staff")
    form = {"csrf": staff.token, **TWO}
    assert staff.client.post("/staff/duplicates/apart", data=form).status_code == 303
    assert listed(staff, "challenges") == set()
    assert staff.get("/staff/duplicates").status_code == 200
    for name in ("enterprise", "university", "local"):
        assert post(Caller(app, name), "merge", TWO, reason="x").status_code == 403


def columns(database: Database) -> dict[str, list[Any]]:
    """The columns of every table."""
    tables = database.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
    return {
        row["name"]: database.rows(f"PRAGMA table_info({row['name']})") for row in tables
        if not row["name"].startswith("sqlite_stat")
    }  # fmt: skip


def naming(database: Database, record_id: str) -> set[str]:
    """The tables in which a number stands, as a value or within one."""
    word = re.compile(rf"\b{record_id}\b")
    return {
        table for table in columns(database)
        if any(word.search(str(value)) for row in database.rows(f"SELECT * FROM {table}")
               for value in tuple(row))
    }  # fmt: skip


def fill(database: Database) -> None:
    """Put a row into every table that has a column for a number and none with these numbers."""
    held = naming(database, "K9") | naming(database, "T9")
    for table, described in columns(database).items():
        if table in held or not NUMBERS & {column["name"] for column in described}:
            continue
        numbers = {"challenge_id": "K9", "team_id": "T9"}
        values = [
            None if column["pk"] and column["type"] == "INTEGER"
            else numbers.get(column["name"], 0 if column["type"] in ("INTEGER", "REAL") else "")
            for column in described
        ]  # fmt: skip
        database.write(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})", values)


def merge_by_command(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fill in the table of duplicates and hand it back."""
    place = ["-w", str(folder), "--encoder", "none"]
    for words in (["duplicates", "-o", "表.xlsx", "-w", str(folder)], ["merge", "表.xlsx", *place]):
        monkeypatch.setattr(sys, "argv", ["matcher", *words])
        if words[0] == "merge":
            book = openpyxl.load_workbook("表.xlsx")
            for row in book["重复"].iter_rows(min_row=2):
                row[7].value = "是" if row[4].value == "是否同一项" else row[7].value
            book.save("表.xlsx")
        with pytest.raises(SystemExit) as leaving:
            main()
        assert not leaving.value.code


@pytest.mark.slow
def test_no_place_that_keeps_the_number_of_a_record_is_forgotten(
    app: FastAPI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the schema: a new table has to be among those above, and is looked at by what it is."""
    monkeypatch.chdir(tmp_path)
    service, staff = service_of(app), Caller(app, "staff")
    database = service.database
    add_account(app, "乙", "broker", "")
    service.pairs.move(("K9", "T9"), "揭榜", TEAM, SIDES)
    by_hand = Outcome(challenge_id="K9", team_id="T9", stage="人工推荐")
    service.live.connect().put_outcomes([by_hand])
    given = (Grant(challenge_id="K9", amount_wan=10),)
    service.alliances.put(
        [Alliance(alliance_id="LM1", lead_org=ENTERPRISE, challenges=("K9", "K2"), grants=given)],
        STAFF,
    )
    for kind, value in (("challenge", "K9"), ("team", "T9")):
        account = service.accounts.get("乙").account_id
        database.write("INSERT INTO grants VALUES (?, ?, ?, '')", (account, kind, value))
    post(staff, "apart", {"kind": "challenges", "first_id": "K9", "second_id": "K2"})
    asked = {"challenge_id": "K9", "name": "乙"}
    assert staff.post(f"{API}/appraisals/experts", json=asked).status_code == 200
    fill(database)
    schema = set(columns(database))
    assert schema == FOLLOWING | PAST | ELSEWHERE, schema ^ (FOLLOWING | PAST | ELSEWHERE)
    before = naming(database, "K9") | naming(database, "T9")
    assert before >= FOLLOWING, FOLLOWING - before
    for table in ELSEWHERE:
        assert not NUMBERS & {column["name"] for column in columns(database)[table]}, table
    merge_by_command(tmp_path, monkeypatch)
    for old, new in (("K9", "K1"), ("T9", "T1")):
        assert not naming(database, old) & FOLLOWING, old
        assert naming(database, new) >= (naming(database, old) & FOLLOWING)
    assert service.pairs.find(("K1", "T1")) is not None
    steps = [step.number for step in service.pairs.history(("K1", "T1"))]
    told = database.rows("SELECT step FROM events WHERE challenge_id = 'K1' AND team_id = 'T1'")
    assert [row["step"] for row in told] == steps
    (alliance,) = service.alliances.all()
    assert alliance.challenges == ("K1", "K2")
    assert alliance.grants[0].challenge_id == "K1"
    outcomes = {(o.challenge_id, o.team_id, o.stage) for o in service.live.connect().outcomes()}
    assert {("K1", "T1", "揭榜"), ("K1", "T1", "人工推荐"), ("K1", "T2", "验收")} == outcomes
    # Both were told, and old links lead on.
    assert service.states.history("K9")[-1].account == "命令行"
    service.live.reopen()
    for old, now in (("/challenges/K9", "/challenges/K1"), ("/teams/T9", "/teams/T1"),
                     ("/pairs/one?challenge_id=K9&team_id=T9",
                      "/pairs/one?challenge_id=K1&team_id=T1")):  # fmt: skip
        assert staff.get(old).headers["location"] == now
    assert staff.get("/challenges/never").status_code == 404


@pytest.mark.slow
def test_a_command_follows_the_procedure_where_there_are_accounts(
    app: FastAPI,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    service, place = service_of(app), ["-w", str(tmp_path), "--encoder", "none"]

    def command(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["matcher", *words, *place])
        with pytest.raises(SystemExit):
            main()
        said = capsys.readouterr()
        return said.out + said.err

    service.pairs.move(("K2", "T2"), "揭榜", TEAM, SIDES)
    assert "还有对接在办" in command("delete", "K1", "T2")  # then nothing goes
    assert {"K1", "T2"} <= {*service.live.connect().challenges(), *service.live.connect().teams()}
    assert "已删除榜单项目 1 项、团队 1 个" in command("delete", "K1", "T3", "--reason", "重复录入")
    steps = service.states.history("K1")
    assert [(one.move, one.reason) for one in steps] == [("撤下", "重复录入"), ("删除", "重复录入")]
    assert service.audit.lines(account="命令行", action="challenge.move")[1] == 2
    told = Caller(app, "university").get(f"{API}/inbox").json()["items"]
    assert "团队删除：靶材团队" in [one["title"] for one in told]
    gone = Caller(app, "staff").get(f"{API}/records/deleted").json()["items"]
    assert {one["record_id"] for one in gone} == {"K1", "T3"}
