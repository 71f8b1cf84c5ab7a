"""Three people at three browsers, from an empty workspace to a signed pair."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from matcher import Workspace
from tests.service import ENTERPRISE, PASSWORD, UNIVERSITY, make_app

from .conftest import PHONE, Fingers, Hands, Keys, Site, axe_faults, serving, unreadable_tables

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

LIST = (
    "榜单编号,项目名称,需求单位,主要问题,考核指标,揭榜截止\n"
    f"N1,轴承钢洁净度,{ENTERPRISE},夹杂物控制不好,总氧≤6ppm,2099-12-31\n"
)
TEAMS = (
    "团队编号,团队名称,单位,单位类型,简介,联系电话\n"
    f"A1,轴承钢团队,{UNIVERSITY},高校,轴承钢夹杂物控制,13800000001\n"
    f"A2,特殊钢团队,{UNIVERSITY},高校,特殊钢洁净度与夹杂物,13800000002\n"
)


PAGES = {
    "staff": ("/staff/publishing", "/challenges/N1", "/staff/challenges/N1/correction",
              "/pairs?challenge=N1", "/pairs/one?challenge_id=N1&team_id=A1",
              "/pairs/acceptance?challenge_id=N1&team_id=A2", "/team-changes"),
    "expert": ("/", "/appraisals", "/appraisals/one?challenge_id=N1&team_id=A2"),
    "enterprise": ("/pairs", "/pairs?challenge=N1", "/pairs/one?challenge_id=N1&team_id=A2",
                   "/pairs/contract?challenge_id=N1&team_id=A2"),
    "university": ("/pairs", "/pairs/one?challenge_id=N1&team_id=A1", "/challenges/N1",
                   "/pairs/bid?challenge_id=N1&team_id=A1", "/team-changes/new",
                   "/team-changes/teams/A1"),
}  # fmt: skip


@pytest.fixture(
    scope="module",
    params=[
        Hands,
        pytest.param(Keys, marks=pytest.mark.long),
        pytest.param(Fingers, marks=pytest.mark.long),
    ],
)
def hands(request: pytest.FixtureRequest) -> type[Hands]:
    """By mouse at a desk in every run; by keyboard alone and on a phone in the long one."""
    found: type[Hands] = request.param
    return found


@pytest.fixture(scope="module")
def server(hands: type[Hands], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service over a workspace that holds nothing yet."""
    folder = tmp_path_factory.mktemp("empty")
    Workspace(folder, encoder=None).make()
    yield from serving(make_app(folder, public_lists=True, requests_per_minute=100_000))


def arrive(site: Site, hands: type[Hands], name: str) -> Hands:
    """Somebody who has signed in."""
    who = hands(site.open("public", "/sign-in", hands.size, **hands.options))
    who.write("#name", name)
    who.write("#password", PASSWORD)
    who.press("main button[type=submit]")
    who.page.wait_for_url("**/")
    return who


def take_in(staff: Hands, path: Path) -> None:
    staff.page.goto("/staff/imports")
    staff.page.set_input_files("#file", path)  # the window of the system is not ours
    staff.press("text=上传并预览")
    staff.press("main button.main-act")
    staff.page.wait_for_selector("text=重新运行", timeout=60_000)


def at(who: Hands, team: str) -> None:
    who.page.goto(f"/pairs/one?challenge_id=N1&team_id={team}")


def go(who: Hands, move: str, reason: str = "") -> None:
    """Press the button of a move, unfolded and with its reason where it has one."""
    if reason:
        who.press(f"summary:text-is('{move}')")
        who.write("details[open] [name=reason]", reason)
    who.press(f"aside button:text-is('{move}') >> visible=true")
    assert who.page.locator(".fault").count() == 0, who.page.inner_text("main")


def bid(school: Hands, team: str) -> None:
    at(school, team)
    school.press("text=填写揭榜书")
    school.write("[name=statement]", "钙处理加电磁净化")
    school.write("[name=answers] >> nth=0", "总氧≤5ppm")
    school.write("[name=budget_wan]", "300")
    school.press("text=提交揭榜书")
    assert school.page.is_visible(".meta >> text=已揭榜")


def test_from_an_empty_workspace_to_a_signed_pair(
    site: Site, hands: type[Hands], tmp_path: Path
) -> None:
    (tmp_path / "榜单.csv").write_text(LIST, encoding="utf-8")
    (tmp_path / "团队.csv").write_text(TEAMS, encoding="utf-8")
    staff, firm, school, expert = (
        arrive(site, hands, n) for n in ("staff", "enterprise", "university", "expert")
    )
    take_in(staff, tmp_path / "团队.csv")
    take_in(staff, tmp_path / "榜单.csv")
    _published(staff, school.page)
    _corrected_and_taken_down(staff, school.page)
    _invited(firm, school)
    _awarded_and_promoted(staff, school, expert)
    at(firm, "A2")
    assert "13800000002" in firm.page.inner_text("main")
    firm.press("aside a:text-is('签约')")
    firm.write("[name=targets] >> nth=0", "总氧≤5ppm")
    firm.press("text=登记签约")
    assert firm.page.is_visible(".meta >> text=已签约")
    at(school, "A2")
    assert "在研 1 项" in school.page.inner_text("main .meta")
    firm.page.goto("/pairs?challenge=N1")
    assert firm.page.locator("[aria-label='对接一览'] tbody tr").count() == 2
    if hands is Hands:
        _look_at_every_page(site)


def _published(staff: Hands, school: Page) -> None:
    school.goto("/challenges")
    assert school.is_visible("text=没有符合的难题")
    staff.page.goto("/staff/publishing")
    staff.tick("[value=N1]")
    staff.press("text=预览勾选的")
    assert "总氧≤6ppm" in staff.page.inner_text("main")
    staff.press("text=确认发布")
    assert staff.page.is_visible("text=已发布 1 项")
    school.goto("/challenges")
    assert school.is_visible("h2:has-text('轴承钢洁净度')")


def _corrected_and_taken_down(staff: Hands, school: Page) -> None:
    staff.page.goto("/staff/challenges/N1/correction")
    staff.write("[name=problem]", "夹杂物控制不好，寿命短")
    staff.write("[name=reason]", "企业补充")
    staff.press("text=更正并公开")
    staff.page.wait_for_url("**/challenges/N1")
    for move, reason in (("撤下", "企业要核对"), ("重新发布", "核对完毕")):
        go(staff, move, reason)
        assert school.request.get("/challenges/N1").ok == (move == "重新发布")


def _invited(firm: Hands, school: Hands) -> None:
    """Contacts are seen when both agree."""
    firm.page.goto("/challenges/N1/teams")
    firm.press("[aria-label='与 轴承钢团队 对接']")
    go(firm, "列入候选")
    firm.write("[name=message]", "请看看这个难题")
    go(firm, "发出邀请")
    assert "13800000001" not in firm.page.inner_text("main")
    school.page.goto("/pairs")
    assert school.page.is_visible(".tag >> text=新")
    school.press("th a >> nth=0")
    assert school.page.is_visible("text=请看看这个难题")
    go(school, "表示意向")
    go(school, "同意互换联系方式")
    firm.page.reload()
    go(firm, "同意互换联系方式")
    assert "13800000001" in firm.page.inner_text("main")


def _marked(staff: Hands, expert: Hands) -> None:
    """An expert with an account is asked, and marks."""
    staff.page.goto("/pairs?challenge=N1")
    staff.write("#e-name", "expert")
    staff.press("button:text-is('请他评')")
    expert.page.goto("/")
    expert.press("text=请我评的揭榜书")
    expert.press("th a:text-is('轴承钢团队')")
    assert "钙处理加电磁净化" in expert.page.inner_text("main")
    for n in range(4):
        expert.write(f"[name=scores] >> nth={n}", "75")
    expert.press("text=提交评分")
    assert expert.page.is_visible(".tag >> text=已评")


def _awarded_and_promoted(staff: Hands, school: Hands, expert: Hands) -> None:
    """Both bid and are evaluated; the first is awarded and gives up, the second is promoted."""
    for team in ("A1", "A2"):
        bid(school, team)
        at(staff, team)
        go(staff, "进入评审")
    at(staff, "A1")
    staff.press("summary:has-text('登记一位专家的评分')")
    staff.write("[name=expert]", "甲")
    for n in range(4):
        staff.write(f"[name=scores] >> nth={n}", "85")
    staff.press("button:text-is('登记评分')")
    _marked(staff, expert)
    at(staff, "A1")
    assert staff.page.is_visible("h2:has-text('平均 80')")  # of 85 and 75
    go(staff, "立项", "专家评分最高")
    at(staff, "A2")
    go(staff, "列为备选")
    at(school, "A1")
    go(school, "放弃立项", "骨干调走")
    at(staff, "A2")
    go(staff, "递补", "第一名放弃")


def _look_at_every_page(site: Site) -> None:
    """On a phone nothing is cut off, axe finds nothing, tables are cards."""
    for role, paths in PAGES.items():
        page = site.open(role, "/", PHONE)
        for path in paths:
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            assert axe_faults(page) == [], path
            assert unreadable_tables(page) == [], path
