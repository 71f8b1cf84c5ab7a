"""The main path of a university and of staff with the keyboard alone: focus seen, in order."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .conftest import Site, tab_to

pytestmark = pytest.mark.browser

if TYPE_CHECKING:
    from playwright.sync_api import Page


def enter(page: Page, name: str) -> None:
    """Tab to a link or button and press it; wait for the page it leads to."""
    tab_to(page, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.parametrize("role", ["enterprise", "university", "staff"])
def test_the_first_stop_skips_the_menu(site: Site, role: str) -> None:
    page = site.open(role, "/challenges")
    tab_to(page, "跳到正文", 1)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_university_gets_from_its_teams_to_a_challenge(site: Site) -> None:
    page = site.open("university")
    enter(page, "看我的团队能揭哪些榜")
    page.wait_for_selector(".best")
    enter(page, "看 轴承钢团队 能揭的榜")
    tab_to(page, "只看仍可揭榜的")
    with page.expect_navigation():
        page.keyboard.press("Space")
    assert not page.is_checked("[name=open]")
    tab_to(page, "逐条看要求")
    page.keyboard.press("Enter")
    assert page.is_visible("table.by-part >> nth=0")
    page.go_back()
    enter(page, "高端轴承钢洁净度")
    assert page.inner_text("h1") == "高端轴承钢洁净度"


def test_a_university_keeps_a_search_as_a_feed(site: Site) -> None:
    page = site.open("university", "/challenges")
    tab_to(page, "查找")
    page.keyboard.press("Tab")
    page.keyboard.type("光刻胶")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to(page, "订阅这些条件")
    page.keyboard.press("Enter")
    enter(page, "保存，得到订阅地址")
    assert "/feeds/" in page.input_value("#feed")
    page.on("dialog", lambda dialog: dialog.accept())
    enter(page, "删除")
    assert page.is_visible("text=还没有")


def test_staff_get_from_a_file_to_a_decision(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "榜单.csv"
    path.write_text("榜单编号,项目名称,主要问题\nZ7,高纯铟靶材,烧结密度低\n", encoding="utf-8")
    page = site.open("staff")
    enter(page, "工作台")
    enter(page, "导入文件")
    tab_to(page, "文件")
    page.set_input_files(":focus", path)  # the window of the system is not ours
    enter(page, "上传并预览")
    enter(page, "写入")
    page.wait_for_selector("text=重新运行", timeout=60_000)
    enter(page, "出报告")
    enter(page, "开始")
    page.wait_for_selector("text=重新运行", timeout=60_000)
    page.reload()  # the page has looked again by itself: begin at its top
    tab_to(page, "重新运行")
    page.goto("/staff/review")
    enter(page, "高端轴承钢洁净度")
    tab_to(page, "推荐或排除")
    page.keyboard.press("Enter")
    tab_to(page, "理由", 1)
    page.keyboard.type("已有合作")
    enter(page, "推荐")
    assert page.is_visible("#decided")
    enter(page, "收回对")
    assert not page.is_visible("#decided")
