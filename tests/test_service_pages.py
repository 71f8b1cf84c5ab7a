"""Pages as the server writes them: reachable, escaped, each with its JSON twin."""

from __future__ import annotations

import ast
import re
from datetime import date, datetime, tzinfo
from html import unescape
from pathlib import Path
from typing import Any, Self, TypeVar, get_args, get_origin
from urllib.parse import quote

import pytest
from fastapi import FastAPI

from matcher import Challenge, Evidence, Team, Workspace
from matcher.records import Indicator, Record
from matcher.service.access import ROLES
from matcher.service.pages.wording import ACTS, DETAILS
from matcher.text import dates

from .service import Caller, make_app, make_workspace, service_of

RecordT = TypeVar("RecordT", bound=Record)

NASTY = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    return make_app(tmp_path_factory.mktemp("pages"), public_lists=True)


@pytest.fixture(scope="module")
def callers(app: FastAPI) -> dict[str, Caller]:
    return {role: Caller(app, role) for role in ROLES}


def links(page: str) -> list[str]:
    found = re.findall(r'href="(/[^"]*)"', page)
    return [unescape(link) for link in found if not link.startswith("/static/")]


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_every_link_of_every_page_leads_somewhere(callers: dict[str, Caller], role: str) -> None:
    """From the first page on, nothing a role is shown ends in an error; twins give JSON."""
    caller, seen, waiting = callers[role], set(), ["/"]
    while waiting:
        path = waiting.pop()
        seen.add(path)
        answer = caller.get(path)
        wanted = (200, 303) if role == "public" or path == "/my-teams" else (200,)
        assert answer.status_code in wanted, path
        if "/export?" in path or "/templates/" in path:
            assert "attachment" in answer.headers["content-disposition"]
        elif path.startswith("/api/"):
            assert answer.headers["content-type"] == "application/json", path
        elif answer.headers.get("content-type", "").startswith("text/html"):
            waiting += [link for link in links(answer.text) if link not in {*seen, *waiting}]
    assert len(seen) > 3


@pytest.mark.slow
def test_an_empty_workspace_has_no_broken_page(tmp_path: Path) -> None:
    Workspace(tmp_path, encoder=None).make()
    app = make_app(tmp_path)
    for role in ("enterprise", "university", "staff"):
        caller, seen, waiting = Caller(app, role), set(), ["/"]
        if role == "enterprise":
            made = caller.post("/drafts", data={"title": "轴承钢", "then": "teams"})
            waiting.append(made.headers["location"])
        while waiting:
            path = waiting.pop()
            seen.add(path)
            answer = caller.get(path)
            assert answer.status_code in (200, 303) or "/export?" in path, (role, path)
            if not path.startswith("/api/"):
                waiting += [link for link in links(answer.text) if link not in {*seen, *waiting}]


@pytest.mark.slow
def test_numbers_with_slashes_and_marks_have_pages_and_twins(tmp_path: Path) -> None:
    """Departments number their lists 2026/07 and 辽科〔2026〕7号 #3."""
    odd = "辽科〔2026〕7/3号?#%&+"
    workspace = make_workspace(tmp_path)
    workspace.put_challenges([Challenge(challenge_id=odd, title="轴承钢夹杂物", stage="发榜")])
    workspace.put_teams([Team(team_id=odd, org_name="某某大学", profile="轴承钢夹杂物控制")])
    staff = Caller(make_app(tmp_path), "staff")
    there = quote(odd)
    for path in (f"/challenges/{there}", f"/challenges/{there}/teams", f"/teams/{there}",
                 f"/teams/{there}/challenges", f"/staff/review/{there}"):  # fmt: skip
        page = staff.get(path)
        assert page.status_code == 200, path
        assert "轴承钢夹杂物" in page.text
        for link in links(page.text):
            assert staff.get(link).status_code in (200, 303), (path, link)
    decision = {"team_id": odd, "decision": "人工推荐", "reason": "已有合作"}
    made = staff.post(f"/staff/review/{there}", data=decision)
    assert made.status_code == 303
    assert "已有合作" in staff.get(made.headers["location"]).text
    taken = staff.post(f"/staff/review/{there}/withdrawal", data={"team_id": odd})
    assert taken.status_code == 303


def test_a_page_shows_what_its_twin_gives(callers: dict[str, Caller]) -> None:
    caller = callers["enterprise"]
    page = caller.get("/challenges?q=&province=%E8%BE%BD%E5%AE%81&stage=&sort=id").text
    twin = next(link for link in links(page) if link.startswith("/api/"))
    given = caller.get(twin).json()
    assert [item["title"] for item in given["items"]] == ["高端轴承钢洁净度"]
    assert "高端轴承钢洁净度" in page
    assert "光刻胶树脂合成" not in page


def test_a_filter_that_cannot_be_used_is_explained(callers: dict[str, Caller]) -> None:
    answer = callers["enterprise"].get("/challenges/K1/teams?since=去年")
    assert answer.status_code == 422
    assert "since：应为整数" in answer.text
    assert "处理" in answer.text


@pytest.mark.slow
def test_a_pasted_challenge_is_understood_corrected_and_kept(callers: dict[str, Caller]) -> None:
    caller = callers["enterprise"]
    text = "轴承钢夹杂物\n夹杂物控制不好\n考核指标: 总氧≤6ppm; 寿命提高50%以上"
    page = caller.post("/ask", data={"text": text}).text
    assert "识别出的指标（2）" in page
    assert "没有写完成时限" in page
    assert 'value="轴承钢夹杂物"' in page
    form = {"title": "轴承钢夹杂物", "indicators_text": "总氧≤6ppm", "bounty_wan": "五百"}
    refused = caller.post("/drafts", data=form)
    assert refused.status_code == 422
    assert "应为数字" in refused.text
    assert 'value="五百"' in refused.text
    made = caller.post("/drafts", data={**form, "bounty_wan": "500", "then": "teams"})
    assert made.status_code == 303
    teams = caller.get(made.headers["location"])
    assert "轴承钢团队" in teams.text
    draft = made.headers["location"].split("/")[2]
    assert callers["university"].get(f"/drafts/{draft}").status_code == 403
    new = {"title": "改过的题目", "keywords": "钢; 氧", "version": version(caller, draft)}
    changed = caller.post(f"/drafts/{draft}", data=new)
    assert changed.headers["location"] == f"/drafts/{draft}"
    shown = caller.get(f"/drafts/{draft}").text
    assert "改过的题目" in shown
    assert caller.get(f"/challenges/{draft}").headers["location"] == f"/drafts/{draft}"
    read = {"version": version(caller, draft)}
    assert caller.post(f"/drafts/{draft}/submission", data=read).status_code == 303
    staff = callers["staff"]
    read = {"version": version(staff, draft)}
    taken = staff.post(f"/drafts/{draft}/publication", data={**read, "challenge_id": "K1"})
    assert taken.status_code == 409
    assert "这个榜单编号已有" in taken.text
    out = staff.post(f"/drafts/{draft}/publication", data={**read, "challenge_id": "N1"})
    assert out.headers["location"] == "/challenges/N1"
    assert "改过的题目" in callers["public"].get("/challenges/N1").text


def version(caller: Caller, draft_id: str) -> str:
    """Which version the page of a draft shows."""
    page = caller.get(f"/drafts/{draft_id}").text
    (found,) = set(re.findall(r'name="version" value="(.*?)"', page))
    return str(found)


@pytest.mark.slow
def test_a_contact_in_a_pasted_text_is_no_target(callers: dict[str, Caller]) -> None:
    """Nor are amounts and dates: each goes to its box, and what is none stays a text."""
    text = (
        "轴承钢夹杂物\n夹杂物控制不好\n考核指标: 总氧≤6ppm\n榜额: 500万元\n"
        "揭榜截止: 2027年3月31日\n完成时限: 视情况而定\n联系人: 王工\n联系电话: 13912345678\n"
        "寿命提高50%以上"
    )
    page = callers["enterprise"].post("/ask", data={"text": text}).text
    assert "\n总氧≤6ppm\n寿命提高50%以上</textarea>" in page
    assert "识别出的指标（2）" in page
    for name, value in (("bounty_wan", "500"), ("apply_deadline", "2027-03-31"),
                        ("contact_name", "王工")):  # fmt: skip
        assert re.search(f'name="{name}"[^>]*value="{value}"', page), name
    assert re.search(r'name="problem".*?完成时限\(月\): 视情况而定</textarea>', page, re.S)


def test_a_file_with_an_amount_beyond_reason_is_understood(callers: dict[str, Caller]) -> None:
    content = "榜单编号,项目名称,榜额(万元)\n1,甲题,999999999999\n".encode()
    page = callers["enterprise"].post("/ask", files={"file": ("榜单.csv", content)})
    assert page.status_code == 200
    assert "甲题" in page.text


def test_an_uploaded_file_is_understood(callers: dict[str, Caller]) -> None:
    content = "榜单编号,项目名称,考核指标\n1,甲题,总氧≤6ppm\n2,乙题,寿命≥5000h\n".encode()
    page = callers["enterprise"].post("/ask", files={"file": ("榜单.csv", content)}).text
    assert "识别出 2 项难题" in page
    assert "甲题" in page
    assert "乙题" in page


def test_a_file_without_a_challenge_is_refused_with_the_remedy(callers: dict[str, Caller]) -> None:
    answer = callers["enterprise"].post("/ask", files={"file": ("空.csv", b"a,b\n")})
    assert answer.status_code == 422
    assert "处理" in answer.text


@pytest.mark.slow
def test_nothing_written_by_a_user_becomes_markup(app: FastAPI, callers: dict[str, Caller]) -> None:
    caller = callers["enterprise"]
    fields = ("title", "industry", "problem", "tech_difficulties", "research_content",
              "indicators_text", "existing_basis", "excluded_routes", "eligibility_text",
              "ip_terms", "keywords", "tech_domain", "cooperation_modes", "province", "city",
              "contact_name", "contact_phone", "contact_email")  # fmt: skip
    made = caller.post("/drafts", data={**dict.fromkeys(fields, NASTY), "bounty_wan": NASTY})
    pages = [made.text]
    made = caller.post("/drafts", data=dict.fromkeys(fields, NASTY))
    draft = made.headers["location"]
    number = draft.rsplit("/", 1)[1]
    pages += [caller.get(path).text for path in (draft, "/drafts", f"/challenges/{number}/teams")]
    pages.append(caller.post("/ask", data={"text": NASTY}).text)
    pages.append(caller.get(f"/challenges?q={NASTY}&province={NASTY}").text)
    pages.append(caller.get("/teams", params={"q": NASTY, "domain": NASTY}).text)
    staff = callers["staff"]
    read = {"version": version(caller, number)}
    assert caller.post(f"{draft}/submission", data=read).status_code == 303
    out = {"challenge_id": "XSS", "version": version(staff, number)}
    assert staff.post(f"{draft}/publication", data=out).status_code == 303
    pages += [callers["public"].get(p).text for p in ("/challenges", "/challenges/XSS")]
    for page in pages:
        assert "alert(1)" in page
        assert "<script>alert" not in page
        assert "<img" not in page
        assert not re.search(r"""=["'][^"'<>]*["']><img""", page)


@pytest.mark.slow
def test_records_full_of_markup_stay_text_on_every_page(tmp_path: Path) -> None:
    """Every text a file can bring in, and every text staff can write, on every page there is."""
    workspace = make_workspace(tmp_path)
    workspace.put_challenges([nasty(Challenge, challenge_id="N1", stage="发榜")])
    workspace.put_teams([nasty(Team, team_id="N1", org_type="高校", evidence=[nasty(Evidence)])])
    app = make_app(tmp_path)
    staff = Caller(app, "staff")
    decision = {"team_id": "N1", "decision": "人工推荐", "reason": NASTY}
    for path, form in (
        ("/staff/review/N1", decision),
        ("/staff/outcomes", {"challenge_id": "N1", "team_id": "N1", "stage": "立项",
                             "reason": NASTY}),
        ("/staff/accounts", {"name": NASTY, "role": "enterprise", "organisation": NASTY,
                             "password": "a long password"}),
        ("/queries", {"name": NASTY, "q": NASTY}),
        ("/account/keys", {"label": NASTY, "scopes": "read"}),
        ("/drafts", {"title": NASTY, "problem": NASTY}),
    ):  # fmt: skip
        assert staff.post(path, data=form).status_code in (200, 303), path
    upload = {"file": (f"{NASTY}.csv", f"榜单编号,项目名称,榜额\n9,{NASTY},{NASTY}\n".encode())}
    preview = staff.post("/staff/imports", files=upload).headers["location"]
    planted = ["/challenges/N1", "/challenges/N1/teams", "/teams/N1", "/teams/N1/challenges",
               "/staff/review/N1", "/staff/outcomes", "/staff/accounts", "/queries", "/account",
               "/drafts", "/staff/audit", "/challenges/N1/comparison?team=N1&team=T1",
               "/challenges/N1/consortium", preview]  # fmt: skip
    for path in planted:
        page = staff.get(path).text
        assert "alert(1)" in page, path
        assert "<script>alert" not in page, path
        assert "<img" not in page, path


def nasty(record_type: type[RecordT], **given: Any) -> RecordT:
    """A record with markup in every text field."""
    filled: dict[str, Any] = {}
    for name, field in record_type.model_fields.items():
        if field.annotation is str and name not in given:
            filled[name] = NASTY
        elif get_origin(field.annotation) is tuple and get_args(field.annotation)[0] is not (
            Indicator
        ):
            filled[name] = [NASTY]
    filled.pop("evidence", None)
    return record_type.model_validate({**filled, "extra": {NASTY: NASTY}, **given})


def test_every_act_of_the_audit_log_has_words() -> None:
    service = Path(__file__).parents[1] / "matcher" / "service"
    calls = [
        call
        for module in service.rglob("*.py")
        for call in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and ast.unparse(call.func).endswith(("audit.write", "caller.note"))
    ]
    acts = {a.value for c in calls for a in c.args[:2] if isinstance(a, ast.Constant)} - {""}
    details = {keyword.arg for call in calls for keyword in call.keywords} - {None}
    assert len(acts) > 15
    assert acts <= ACTS.keys()
    assert details <= DETAILS.keys()


def test_no_page_needs_inline_script_or_style() -> None:
    folder = Path(__file__).parents[1] / "matcher" / "service" / "templates"
    for template in folder.glob("*.html"):
        text = template.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! src=)|javascript:", text), (
            template.name
        )


@pytest.mark.slow
def test_a_deadline_ends_at_midnight_in_china(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Not at midnight where the server stands, eight hours later."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls.fromisoformat("2027-03-31T16:30:00+00:00").astimezone(tz)

    monkeypatch.setattr(dates, "datetime", Clock)
    workspace = make_workspace(tmp_path)
    workspace.put_challenges(
        [Challenge(challenge_id="D1", title="轴承钢", apply_deadline=date(2027, 3, 31))]
    )
    page = Caller(make_app(tmp_path), "enterprise").get("/challenges/D1").text
    assert "已结束" in page


def test_a_browser_keeps_answers_to_forms_but_no_secret(callers: dict[str, Caller]) -> None:
    """What is kept is found again by the button “back”."""
    caller = callers["enterprise"]
    kept = caller.post("/ask", data={"text": "轴承钢夹杂物"})
    assert kept.headers["cache-control"] == "private, no-cache"
    secret = caller.post("/account/keys", data={"label": "x", "scopes": "read"})
    assert "jbm_" in secret.text
    assert secret.headers["cache-control"] == "no-store"


def test_an_expired_form_says_so(callers: dict[str, Caller]) -> None:
    answer = callers["enterprise"].client.post("/ask", data={"text": "x", "csrf": "old"})
    assert answer.status_code == 403
    assert "<h1>页面已过期，请刷新后重新提交</h1>" in answer.text


def test_a_form_sent_after_the_session_has_ended_leads_back_to_itself(app: FastAPI) -> None:
    visitor = Caller(app)
    came_from = {"Referer": "http://testserver/staff/outcomes?challenge=K1"}
    answer = visitor.post("/staff/outcomes", data={"challenge_id": "K1"}, headers=came_from)
    assert answer.status_code == 401
    assert "没有保存" in answer.text
    assert 'href="/sign-in?next=/staff/outcomes%3Fchallenge%3DK1"' in answer.text
    assert "后退" in answer.text
    elsewhere = visitor.post("/staff/outcomes", headers={"Referer": "http://evil.cn/x"})
    assert 'href="/sign-in"' in elsewhere.text


def test_contacts_are_shown_to_their_own_organisation_only(callers: dict[str, Caller]) -> None:
    assert "13900000001" in callers["enterprise"].get("/challenges/K1").text
    for role in ("public", "university"):
        assert "13900000001" not in callers[role].get("/challenges/K1").text
    assert "13800000001" in callers["university"].get("/teams/T1").text
    assert "13800000001" not in callers["enterprise"].get("/teams/T1").text


def test_a_team_sees_the_challenges_it_fits(callers: dict[str, Caller]) -> None:
    page = callers["university"].get("/teams/T1/challenges").text
    assert page.index("高端轴承钢洁净度") < page.index("光刻胶树脂合成")
    assert "截止日期未填写" in page
    assert callers["university"].get("/teams/T2/challenges").status_code == 404


def test_teams_are_compared_and_joined(callers: dict[str, Caller]) -> None:
    caller = callers["enterprise"]
    page = caller.get("/challenges/K1/comparison?team=T1&team=T2").text
    assert "轴承钢团队" in page
    assert "光刻胶团队" in page
    assert caller.get("/challenges/K1/comparison").status_code == 422
    five = "&".join(f"team=T{n}" for n in range(5))
    assert "1 至 4 个" in caller.get(f"/challenges/K1/comparison?{five}").text
    joint = caller.get("/challenges/K1/consortium?size=2&research_member=1").text
    assert "轴承钢团队" in joint
    assert re.search(r"考核指标1</span> 总氧≤6ppm", joint)  # said, not only numbered
    ranked = caller.get("/challenges/K1/teams").text
    assert re.search(r'考核指标1 <span class="quiet">总氧≤6ppm', ranked)
    assert re.search(r"\d 条覆盖，\d 条部分，\d 条未见，共 \d 条", ranked)


@pytest.mark.slow
def test_an_amount_left_to_negotiation_is_not_one_left_out(tmp_path: Path) -> None:
    said = Challenge(challenge_id="M1", title="写明面议", problem="轴承钢", stage="发榜",
                     extra={"榜额（原文）": "面议", "联系人": "面议"})  # fmt: skip
    other = Challenge(challenge_id="M2", title="没有写", problem="轴承钢", stage="发榜",
                      extra={"总投入（原文）": "面议"})  # fmt: skip
    make_workspace(tmp_path).put_challenges([said, other])
    caller = Caller(make_app(tmp_path), "enterprise")
    shown = {
        line["challenge_id"]: line for line in caller.get("/api/v1/challenges").json()["items"]
    }
    assert [shown[i]["negotiable"] for i in ("M1", "M2")] == [True, False]
    assert "榜额</dt><dd>面议" in caller.get("/challenges/M1").text
    assert "榜额</dt><dd>未填写" in caller.get("/challenges/M2").text


def test_chinese_on_the_pages_has_full_width_punctuation() -> None:
    folder = Path(__file__).parents[1] / "matcher" / "service" / "templates"
    narrow = re.compile(r"[一-鿿”][,:;?!] ?(?=[一-鿿“{<])|[一-鿿] ?\((?=[一-鿿{])")
    for template in folder.glob("*.html"):
        text = re.sub(r"\{#.*?#\}", "", template.read_text(encoding="utf-8"), flags=re.S)
        assert narrow.findall(text) == [], template.name


def test_nobody_fits_is_not_headed_as_if_somebody_did(callers: dict[str, Caller]) -> None:
    page = callers["enterprise"].get("/challenges/K1/teams").text
    assert "<h1>“高端轴承钢洁净度”的候选团队</h1>" in page  # no model, so nothing is concluded


def test_each_part_stands_beside_what_teams_show_of_it(callers: dict[str, Caller]) -> None:
    """The title is no requirement: rows go by the name of a part, not by its place."""
    twin = callers["enterprise"].get("/api/v1/challenges/K1/comparison?team=T1&team=T2").json()
    shown = callers["enterprise"].get("/challenges/K1/comparison?team=T1&team=T2").text
    rows = re.findall(r'<tr><th scope="row">(\S+) <span.*?</tr>', shown, re.DOTALL)
    cells = [
        re.findall(r'<td data-head="[^"]*">.*?(覆盖|部分|未见)', row, re.DOTALL)
        for row in re.findall(r'<tr><th scope="row">\S+ <span.*?</tr>', shown, re.DOTALL)
    ]
    told = [team["coverage"] for team in twin["teams"]]
    assert rows == [part["label"] for part in told[0]]
    assert cells == [[answers[n]["status"] for answers in told] for n in range(len(rows))]


def test_a_team_s_page_draws_whom_it_worked_with(tmp_path: Path) -> None:
    """Partners of its pieces but its own organisation; a name leads to the library."""
    app = make_app(tmp_path)
    proof = (
        Evidence(kind="专利", title="甲", year=2020, partner_org="华钢集团、东方大学"),
        Evidence(kind="转化", title="乙", year=2022, partner_org="华钢集团"),
    )
    team = Team(team_id="P1", team_name="轧制组", org_name="东方大学", evidence=proof)
    service = service_of(app)
    service.live.connect().put_teams(
        [team, team.model_copy(update={"team_id": "P2", "evidence": ()})]
    )
    service.live.reopen()
    page = Caller(app, "staff").get("/teams/P1").text
    assert "合作过的单位（1）" in page
    assert 'aria-label="合作单位：华钢集团 2 项"' in page
    assert f'href="/teams?q={quote("华钢集团")}"' in page
    assert "2020–2022" in page
    assert "合作过的单位" not in Caller(app, "staff").get("/teams/P2").text
