"""Every page of every role: accessible by axe, quiet in the console, deaf to planted scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from matcher import Challenge
from matcher.records.alliance import Alliance, Grant
from matcher.report.handout import handout_of, handout_page
from tests.service import ENTERPRISE, STAFF, Caller, make_app, service_of

from .conftest import DESKTOP, PHONE, Site, axe_faults, follow, serving, unreadable_tables

if TYPE_CHECKING:
    from playwright.sync_api import Route

pytestmark = pytest.mark.browser

PAGES = {
    "public": ("/", "/sign-in", "/challenges", "/challenges/K1"),
    "enterprise": (
        "/inbox", "/inbox/settings",
        "/", "/ask", "/drafts", "/challenges?q=轴承&open=1", "/challenges/K1/teams",
        "/challenges/K1/comparison?team=T1&team=T2", "/challenges/K1/consortium", "/teams/T1",
        "/alliances", "/alliances/LM1", "/pairs",
    ),
    "university": (
        "/", "/my-teams", "/teams/T1/challenges", "/teams", "/account", "/queries",
        "/alliances", "/team-changes", "/evaluations/2021", "/evaluations/2021/LM1",
    ),
    "staff": (
        "/", "/staff", "/staff/imports", "/staff/review/K1", "/staff/assignment",
        "/staff/reports", "/staff/outcomes", "/staff/jobs", "/staff/status", "/staff/audit",
        "/staff/accounts", "/drafts", "/staff/registrations", "/staff/messages",
        "/staff/styles", "/staff/progress", "/staff/topics", "/challenges/K1", "/staff/namesakes",
        "/staff/deleted", "/staff/publishing", "/staff/corrections", "/team-changes", "/lists",
        "/alliances", "/alliances?form=new", "/alliances/LM1", "/alliances/LM1/editing",
        "/staff/alliances?year=2021", "/staff/evaluations/2021", "/pairs",
        "/staff/records/challenges/K1/history", "/staff/duplicates",
        "/staff/duplicates/two?kind=teams&first_id=T1&second_id=T3",
        "/staff/accounts/one/broker", "/staff/accounts/one/enterprise", "/staff/accounts/table",
    ),
    "broker": ("/", "/challenges", "/teams", "/pairs"),
    "expert": ("/", "/appraisals"),
    "local": ("/", "/staff/registrations", "/staff/accounts", "/drafts", "/pairs"),
}  # fmt: skip
ALLIANCE = Alliance(
    alliance_id="LM1", name="轴承钢联盟", lead_org=ENTERPRISE, members=("第三方研究所",),
    province="辽宁", city="鞍山", formed_on="2021-01-01", agreed_on="2021-01-05",
    registered_on="2021-03-01", technical_targets="寿命≥20年",
    grants=(Grant(year=2021, amount_wan=777, programme="试点示范"),),
)  # fmt: skip
NASTY = "\"'><img src=x onerror=alert(1)><script>alert(1)</script>"


SHIFTS = """() => new Promise(done => {
    let sum = 0;
    new PerformanceObserver(list => {
        for (const one of list.getEntries()) sum += one.hadRecentInput ? 0 : one.value;
    }).observe({type: "layout-shift", buffered: true});
    requestAnimationFrame(() => requestAnimationFrame(() => done(sum)));
})"""
PAINTED = """() => new Promise(done =>
    new PerformanceObserver(done).observe({type: "paint", buffered: true})).then(() => null)"""


# Only the colours differ, and they are the same on a phone.
COLOURS: tuple[dict[str, Any], ...] = (
    {"color_scheme": "dark", "contrast": "no-preference"},
    {"color_scheme": "light", "contrast": "more"},
    {"color_scheme": "dark", "contrast": "more"},
)
# What takes a while to rank is put below each team when it comes.
FILLED_LATER = {"/my-teams"}
USUAL: dict[str, Any] = {"color_scheme": "light", "contrast": "no-preference"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The small library with an alliance of it, which the university was asked to evaluate."""
    app = make_app(
        tmp_path_factory.mktemp("site"), public_lists=True, requests_per_minute=100_000,
        hosts=("testserver", "127.0.0.1"),
    )  # fmt: skip
    service = service_of(app)
    service.live.reopen()
    service.alliances.put([ALLIANCE], STAFF)
    asked = Caller(app, "staff").post(
        "/api/v1/evaluations/2021/evaluators", json={"name": "university"}
    )
    assert asked.status_code == 200, asked.text
    yield from serving(app)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("role", PAGES)
def test_every_page_is_whole_still_and_accessible(
    site: Site, role: str, size: tuple[int, int]
) -> None:
    """Each is visited once: nothing is cut off or moves, axe finds nothing by day and night, with
    much contrast or little, and on a phone tables are read without scrolling sideways.
    """
    found: list[object] = []
    page = site.open(role, "/sign-in", size)
    for path in PAGES[role]:
        answer = page.goto(path)
        assert answer is not None
        assert answer.ok, (path, answer.status)
        if path not in FILLED_LATER and (moved := page.evaluate(SHIFTS)):
            found.append((path, "moves", moved))
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append((path, "is cut off"))
        found += [(path, *fault) for fault in axe_faults(page)]
        if size == PHONE:
            found += [(path, table) for table in unreadable_tables(page)]
            continue
        for colours in COLOURS:
            page.emulate_media(**colours)
            found += [(path, colours, *f) for f in axe_faults(page, ["color-contrast"])]
        page.emulate_media(**USUAL)
    assert found == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_nothing_moves_once_it_is_seen(site: Site, size: tuple[int, int]) -> None:
    page = site.open("enterprise", "/", size)
    # The page is painted long before its script comes, as on a slow line.
    page.route("**/service.js*", _late)
    for path in ("/", "/challenges", "/challenges/K1/teams", "/teams", "/teams/T1"):
        page.goto(path, wait_until="load")
        assert page.evaluate(SHIFTS) == 0, path


def _late(route: Route) -> None:
    route.request.frame.evaluate(PAINTED)
    route.continue_()


def test_teams_side_by_side_on_a_phone_take_a_few_screens(site: Site) -> None:
    page = site.open("enterprise", "/challenges/K1/comparison?team=T1&team=T2&team=T3", PHONE)
    assert page.evaluate("document.documentElement.scrollHeight") < 2000
    assert page.locator("thead th:visible").count() >= 3


def test_the_ranked_page_leads_with_proof_and_takes_filters_off_one_by_one(site: Site) -> None:
    page = site.open("enterprise", "/challenges/K1/teams?province=辽宁&since=2015")
    chips = page.locator(".chips a")
    assert chips.all_inner_texts() == ["地区：辽宁 ×", "2015 年以后有成果 ×"]
    assert page.inner_text(".leading .told").startswith(
        "论文《轴承钢夹杂物与疲劳寿命》，2021，与需求共有"
    )
    with page.expect_navigation():
        chips.first.click()
    assert page.locator(".chips a").count() == 1
    assert "since=2015" in page.url
    assert "province" not in page.url
    page.goto("/challenges/K1/teams")
    signs = page.locator("table.matrix td").first.inner_text()
    assert signs.split()[-1] in ("覆盖", "部分", "未见")
    page.goto("/challenges/K1/teams?since=2090")
    assert page.is_visible("text=清除全部条件")


def test_scripts_in_a_text_stay_text(site: Site) -> None:
    page = site.open("enterprise", "/ask")
    page.on("dialog", lambda _: pytest.fail("a planted script ran"))
    page.fill("#text", NASTY)
    follow(page, "text=下一步：核对")
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    for box in page.locator("form[action='/drafts'] >> input[type=text], textarea").all():
        box.fill(NASTY)
    for name in ("duration_months", "target_trl", "bounty_wan", "total_budget_wan"):
        page.fill(f"[name={name}]", "")
    follow(page, "text=保存并查找团队")
    assert "onerror=alert(1)" in page.inner_text("h1")
    follow(page, "text=改需求")
    assert page.input_value("[name=title]") == NASTY
    page.goto(f"/challenges?q={NASTY}")
    assert page.locator("main img").count() == 0


A4_INSIDE = (688, 971)  # pixels between the margins
PRINTED = {
    "enterprise": ("/challenges/K1/teams", "/challenges/K1/comparison?team=T1&team=T2"),
    "university": ("/teams/T1", "/teams/T1/challenges"),
    "staff": ("/staff/review/K1", "/staff/audit"),
}


@pytest.mark.parametrize("role", PRINTED)
def test_on_paper_there_is_what_was_found_whole_and_nothing_to_click(site: Site, role: str) -> None:
    page = site.open(role, "/", A4_INSIDE)
    page.emulate_media(media="print")
    for path in PRINTED[role]:
        page.goto(path)
        assert page.is_visible("h1"), path
        for gone in (".top", ".sub", ".filters", ".compare-bar", ".foot", "button", "input"):
            assert not any(one.is_visible() for one in page.locator(gone).all()), (path, gone)
        for folded in page.locator("main details:not(.filters, .on-screen) > :last-child").all():
            assert folded.is_visible(), path
        cut = """[...document.querySelectorAll('html, .scroll')]
            .filter(e => e.scrollWidth > e.clientWidth + 1).length"""
        assert page.evaluate(cut) == 0, path
        assert page.pdf(prefer_css_page_size=True)[:5] == b"%PDF-"


def test_a_challenge_sent_to_a_team_is_one_page_on_any_paper_however_long(site: Site) -> None:
    page = site.open("enterprise", "/challenges/K1/brief?team=T1")
    assert axe_faults(page) == []
    longest = handout_of(
        Challenge(
            challenge_id="长", title="长" * 99, problem="问题" * 999, tech_domain=["领" * 30] * 9,
            indicators_text="；".join(f"{n} 号指标的说明{'很长' * 99}≥{n}" for n in range(40)),
            eligibility_text="条件" * 999, ip_terms="归属" * 99, demand_org="单" * 60,
        ),
        "团" * 60, address="https://jbgs.example.cn/challenges/" + "x" * 60,
    )  # fmt: skip
    page.set_content(handout_page(longest))
    pages = re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))
    assert len(pages) == 1
