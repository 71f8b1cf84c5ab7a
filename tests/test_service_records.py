"""What each principal sees: own unpublished challenges, own contacts, own drafts, nobody else's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from matcher import Challenge, Team
from matcher.ranking.learned import LinearRanker, save_ranker
from matcher.service.live.catalogue import team_catalogue

from .service import (
    ANY,
    CHALLENGES,
    OTHER_ENTERPRISE,
    TEAMS,
    Caller,
    add_account,
    make_app,
    make_workspace,
    service_of,
)

API = "/api/v1"
PHONES = {r.contact_phone for r in (*CHALLENGES, *TEAMS) if r.contact_phone} | {"13900000009"}
FIELDS = {"title": "海上风电齿轮箱轴承", "problem": "轴承钢夹杂物多, 疲劳寿命不足",
          "indicators_text": "总氧≤6ppm", "contact_phone": "13900000003"}  # fmt: skip


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    return make_app(tmp_path_factory.mktemp("w"), public_lists=True)


@pytest.fixture(scope="module")
def callers(app: FastAPI) -> dict[str, Caller]:
    names = ("public", "enterprise", "university", "staff")
    made = {name: Caller(app, name) for name in names}
    return made | {"other": add_account(app, "other", "enterprise", OTHER_ENTERPRISE)}


def phones(text: str) -> set[str]:
    return {phone for phone in PHONES if phone in text}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("public", {"K1", "K2"}),
        ("university", {"K1", "K2"}),
        ("enterprise", {"K1", "K2", "U1"}),
        ("other", {"K1", "K2", "U2"}),
        ("staff", {"K1", "K2", "U1", "U2"}),
    ],
)
def test_unpublished_challenges_are_seen_by_their_owner_and_staff_only(
    callers: dict[str, Caller], name: str, seen: set[str]
) -> None:
    listed = callers[name].get(f"{API}/challenges").json()
    assert {line["challenge_id"] for line in listed["items"]} == seen
    assert listed["total"] == len(seen)
    for challenge in CHALLENGES:
        status = callers[name].get(f"{API}/challenges/{challenge.challenge_id}").status_code
        assert status == (200 if challenge.challenge_id in seen else 404)
    for guess in ("U1", "U2"):  # neither by search nor by filters
        found = callers[name].get(f"{API}/challenges", params={"q": "靶材"}).json()["items"]
        assert guess in seen or guess not in str(found)


@pytest.mark.parametrize(
    ("name", "challenges", "teams"),
    [
        ("public", set(), set()),
        ("university", set(), {"13800000001"}),
        ("enterprise", {"13900000001", "13900000009"}, set()),
        ("other", {"13900000002"}, set()),
        ("staff", {"13900000001", "13900000002", "13900000009"}, {"13800000001", "13800000002"}),
    ],
)
def test_contacts_are_seen_by_their_own_organisation_and_staff_only(
    callers: dict[str, Caller], name: str, challenges: set[str], teams: set[str]
) -> None:
    somebody = callers[name]
    paths = [f"{API}/challenges/{i}" for i in ("K1", "K2")]
    assert phones("".join(somebody.get(p).text for p in paths)) == challenges
    paths = [f"{API}/teams/{i}" for i in ("T1", "T2")]
    assert phones("".join(somebody.get(p).text for p in paths)) == teams
    lists = [f"{API}/challenges", f"{API}/teams", f"{API}/challenges/K1/teams",
             f"{API}/teams/T1/challenges", f"{API}/challenges/K1/comparison?team=T1"]  # fmt: skip
    assert phones("".join(somebody.get(p).text for p in lists)) == set()


def test_the_teams_for_a_challenge_come_with_their_proof(callers: dict[str, Caller]) -> None:
    found = callers["enterprise"].get(f"{API}/challenges/K1/teams").json()
    assert found["verdict"] == "未定"  # no encoder, no bands
    first = found["matches"][0]
    assert first["team"]["team_id"] == "T1"
    assert first["proof"][0]["title"] == "轴承钢夹杂物与疲劳寿命"
    assert {c["label"] for c in first["coverage"]} >= {"问题", "考核指标1"}
    assert sum(p["value"] for p in first["parts"]) == pytest.approx(first["score"], abs=1e-3)


def test_filters_hold(callers: dict[str, Caller]) -> None:
    path = f"{API}/challenges/K1/teams"
    found = callers["staff"].get(path, params={"province": "江苏", "org_type": "科研院所"}).json()
    assert [m["team_id"] for m in found["matches"]] == ["T2"]
    assert found["candidates"] == 1
    assert callers["staff"].get(path, params={"org_type": "公司"}).status_code == 422
    assert callers["staff"].get(path, params={"unknown": "1"}).status_code == 422


def test_a_university_ranks_challenges_for_its_own_teams_only(callers: dict[str, Caller]) -> None:
    own = callers["university"].get(f"{API}/teams/T1/challenges").json()
    assert own["matches"][0]["challenge"]["challenge_id"] == "K1"
    assert {m["challenge_id"] for m in own["matches"]} <= {"K1", "K2"}
    assert callers["university"].get(f"{API}/teams/T2/challenges").status_code == 404
    staff = callers["staff"].get(f"{API}/teams/T2/challenges").json()
    assert {m["challenge_id"] for m in staff["matches"]} == {"K1", "K2", "U1", "U2"}


def test_comparing_and_consortia(callers: dict[str, Caller]) -> None:
    path = f"{API}/challenges/K1/comparison"
    found = callers["staff"].get(path, params={"team": ["T2", "T1", "T1"]}).json()
    assert [t["team_id"] for t in found["teams"]] == ["T1", "T2"]
    many = {"team": [f"T{n}" for n in range(5)]}
    assert callers["staff"].get(path, params=many).status_code == 422
    assert callers["staff"].get(path, params={"team": "没有"}).status_code == 404
    made = callers["staff"].get(f"{API}/challenges/K1/consortium").json()
    assert made["members"][0]["team"]["team_id"] == "T1"
    assert 0 < made["coverage"] <= 1


def test_pasted_text_is_understood_and_matched(callers: dict[str, Caller]) -> None:
    text = "轴承钢洁净度\n轴承钢夹杂物多, 疲劳寿命短"
    answer = callers["enterprise"].post(f"{API}/challenges/reading", json={"text": text})
    (understood,) = answer.json()["challenges"]
    assert understood["fields"]["title"] == "轴承钢洁净度"
    assert [f["label"] for f in understood["facets"]] == ["题目", "问题"]
    assert "夹杂" in "".join(understood["terms"])
    found = callers["enterprise"].post(f"{API}/challenges/teams", json=understood["fields"])
    assert found.json()["matches"][0]["team_id"] == "T1"
    empty = callers["enterprise"].post(f"{API}/challenges/reading", json={"text": " \n "})
    assert (empty.status_code, empty.json()["remedy"]) == (422, "粘贴技术需求的文字，或上传文件")


def test_an_uploaded_file_is_understood(callers: dict[str, Caller]) -> None:
    content = "榜单编号,项目名称,考核指标,联系电话\n1,轴承钢洁净度,总氧≤6ppm,13900000004\n,,,\n"
    files = {"file": ("../../榜单.csv", content.encode(), "text/csv")}
    answer = callers["enterprise"].post(f"{API}/challenges/reading/file", files=files)
    (understood,) = answer.json()["challenges"]
    assert understood["fields"]["title"] == "轴承钢洁净度"
    assert understood["indicators"][0]["value"] == 6
    diagnosis = understood["diagnosis"]
    assert [p["name"] for p in diagnosis["parts"] if p["found"]] == ["指标"]
    assert "no_budget" in [found["code"] for found in diagnosis["findings"]]
    assert "13900000004" not in answer.text.replace('"contact_phone":"13900000004"', "")
    bad = {"file": ("x.exe", b"MZ\x00\x00" * 100, "application/octet-stream")}
    answer = callers["enterprise"].post(f"{API}/challenges/reading/file", files=bad)
    assert answer.status_code == 422
    assert "/tmp" not in answer.text


def draft(somebody: Caller, **fields: Any) -> str:
    answer = somebody.post(f"{API}/drafts", json={**FIELDS, **fields})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["draft_id"])


def test_a_draft_is_its_organisations_alone(app: FastAPI, callers: dict[str, Caller]) -> None:
    mine = draft(callers["enterprise"], demand_org=OTHER_ENTERPRISE)
    shown = callers["enterprise"].get(f"{API}/drafts/{mine}").json()
    assert shown["fields"]["demand_org"] == "某某钢铁集团有限公司"  # not in another's name
    matches = callers["enterprise"].get(f"{API}/challenges/{mine}/teams").json()["matches"]
    assert matches[0]["team_id"] == "T1"
    for path in (f"drafts/{mine}", f"challenges/{mine}", f"challenges/{mine}/teams",
                 f"drafts/{mine}/challenge", f"challenges/{mine}/consortium"):  # fmt: skip
        assert callers["other"].get(f"{API}/{path}").status_code == 404
        assert callers["public"].get(f"{API}/{path}").status_code in (401, 404)
    for method, path in (("PUT", f"drafts/{mine}"), ("DELETE", f"drafts/{mine}"),
                         ("POST", f"drafts/{mine}/submission")):  # fmt: skip
        answer = callers["other"].send(method, f"{API}/{path}", json=FIELDS, headers=ANY)
        assert answer.status_code == 404
    assert mine not in callers["other"].get(f"{API}/drafts").text
    assert mine not in callers["staff"].get(f"{API}/drafts").text  # it was not submitted
    actions = [line.action for line in service_of(app).audit.lines(size=1)[0]]
    assert actions == ["draft.create"]  # nothing of the others came through


def test_an_organisation_is_not_offered_its_own_challenge(app: FastAPI) -> None:
    service = service_of(app)
    workspace = service.live.connect()
    ours = Challenge(challenge_id="K7", title="轴承钢夹杂物控制", stage="发榜",
                     extra={"单位名称": "某某大学"})  # fmt: skip
    workspace.put_challenges([ours])
    service.live.reopen()
    staff, university = Caller(app, "staff"), Caller(app, "university")
    found = staff.get(f"{API}/challenges/K7/teams").json()["matches"]
    assert [(m["rank"], m["team_id"]) for m in found] == [(1, "T2")]  # T1 and T3 are theirs
    listed = university.get(f"{API}/teams/T1/challenges").json()["matches"]
    assert "K1" in {m["challenge_id"] for m in listed}
    assert "K7" not in {m["challenge_id"] for m in listed}


@pytest.mark.slow
def test_a_draft_is_published_by_staff_and_then_on_the_list(tmp_path: Path) -> None:
    make_workspace(tmp_path)
    app = make_app(tmp_path)
    enterprise, staff = Caller(app, "enterprise"), Caller(app, "staff")
    mine = draft(enterprise)
    there = f"{API}/drafts/{mine}"
    assert enterprise.post(f"{there}/submission", headers=ANY).json()["state"] == "已提交"
    path, number = f"{there}/publication", {"challenge_id": "N1"}
    assert enterprise.post(path, json=number, headers=ANY).status_code == 403
    assert staff.post(path, json={"challenge_id": "K1"}, headers=ANY).status_code == 409
    assert staff.post(path, json=number, headers=ANY).json() == number
    listed = Caller(app, "university").get(f"{API}/challenges/N1").json()
    assert (listed["title"], listed["contacts"]) == (FIELDS["title"], None)
    assert enterprise.send("PUT", there, json=FIELDS, headers=ANY).status_code == 409
    actions = [line.action for line in service_of(app).audit.lines()[0]]
    assert [action for action in actions if action != "sign-in"] == [
        *["challenge.move"] * 3, "draft.publish", "draft.submit", "challenge.move", "draft.create",
    ]  # fmt: skip


@pytest.mark.slow
def test_the_service_goes_on_when_another_process_changes_the_workspace(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    app = make_app(tmp_path)
    staff = Caller(app, "staff")
    assert staff.get(f"{API}/challenges/K1/teams").json()["matches"][0]["team_id"] == "T1"
    workspace.delete_teams(["T1"])
    answer = staff.get(f"{API}/challenges/K1/teams?top=3")
    assert answer.status_code == 200
    assert "T1" not in {m["team_id"] for m in answer.json()["matches"]}


@pytest.mark.slow
def test_the_service_takes_the_ranker_that_the_workspace_was_told_to_use(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "w")
    app = make_app(tmp_path / "w")
    staff = Caller(app, "staff")
    path = f"{API}/challenges/K1/teams"
    before = staff.get(path).json()["matches"]
    save_ranker(LinearRanker(("fused",), (100.0,)), tmp_path / "百倍.json")
    workspace.use_ranker(str(tmp_path / "百倍.json"))
    service_of(app).live.reopen()
    after = staff.get(path).json()["matches"]
    assert [m["team_id"] for m in after] == [m["team_id"] for m in before]
    assert after[0]["score"] > 10 * before[0]["score"] > 0
    workspace.change_back()
    service_of(app).live.reopen()
    assert staff.get(path).json()["matches"] == before


@pytest.mark.slow
def test_reopening_reads_only_the_teams_that_changed(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    live = service_of(make_app(tmp_path)).live
    before = live.reopen().teams
    workspace.put_teams([Team(team_id="T2", team_name="改名团队", profile="光刻胶")])
    workspace.delete_teams(["T3"])
    workspace.put_teams([Team(team_id="T0", team_name="新团队", profile="靶材")])
    after = live.reopen().teams
    assert [line.team_name for line in after.lines] == ["新团队", "轴承钢团队", "改名团队"]
    assert after.lines[1] is before.lines[0]
    assert [line.team_id for line in after.find("改名", lambda _: True)] == ["T2"]
    assert after == team_catalogue(workspace.teams(), workspace.hashes("team"))
    workspace.delete_teams(["T0", "T1", "T2"])
    assert live.reopen().teams.find("", lambda _: True) == []


def test_a_team_deleted_while_the_list_is_made_is_left_out(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    hashes = workspace.hashes("team")
    workspace.delete_teams(["T1"])
    assert [x.team_id for x in team_catalogue(workspace.teams(), hashes).lines] == ["T2", "T3"]
