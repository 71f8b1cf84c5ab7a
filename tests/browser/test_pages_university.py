"""A university before its browser: its teams and the challenges they could take."""

from __future__ import annotations

import pytest

from .conftest import Site, follow

pytestmark = pytest.mark.browser


def test_from_the_first_page_to_a_challenge(site: Site) -> None:
    page = site.open("university")
    follow(page, "text=看我的团队能揭哪些榜")
    assert page.locator(".rows > li").count() == 2
    page.wait_for_selector(".best")
    assert page.inner_text(".rows > li:has-text('轴承钢团队') >> .best a >> nth=0") == (
        "高端轴承钢洁净度"
    )
    follow(page, ".rows > li:has-text('轴承钢团队') >> text=看能揭的榜")
    assert page.inner_text(".rows li:first-child h2") == "高端轴承钢洁净度"
    follow(page, "text=高端轴承钢洁净度")
    assert page.is_visible("text=总氧≤6ppm")
    assert not page.is_visible("text=13900000001")


def test_searching_the_whole_list(site: Site) -> None:
    page = site.open("university", "/challenges")
    page.fill("[name=q]", "光刻胶")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=*")
    assert page.locator(".rows > li").count() == 1
    assert page.is_visible("text=光刻胶树脂合成")


def test_a_search_is_kept_as_a_feed(site: Site) -> None:
    page = site.open("university", "/challenges?province=%E8%BE%BD%E5%AE%81")
    page.click("text=订阅这些条件")
    follow(page, "text=保存，得到订阅地址")
    feed = page.input_value("#feed")
    answer = page.request.get(feed)
    assert answer.headers["content-type"].startswith("application/atom+xml")
    assert "高端轴承钢洁净度" in answer.text()
    assert "光刻胶" not in answer.text()
    follow(page, "text=删除")
    assert page.is_visible("text=还没有")
    assert page.request.get(feed).status == 404


def test_the_first_challenges_of_each_team_are_there_without_a_script(site: Site) -> None:
    page = site.open("university", "/my-teams", java_script_enabled=False)
    follow(page, "text=看每个团队最适合的三项")
    assert page.locator(".best").count() == 2


def test_a_page_of_another_role_says_whose_it_is_not(site: Site) -> None:
    page = site.open("university")
    answer = page.goto("/staff")
    site.faults.clear()  # the browser notes the refusal
    assert answer is not None
    assert answer.status == 403
    assert page.is_visible("text=高校院所的账号不能用这一页")
