"""A university before its browser: its teams and the challenges they could take."""

from __future__ import annotations

from .conftest import Site


def test_from_the_first_page_to_a_challenge(site: Site) -> None:
    page = site.open("university")
    page.click("text=看我的团队能揭哪些榜")
    assert page.locator(".rows > li").count() == 2
    page.click(".rows li:has-text('轴承钢团队') >> text=看能揭的榜")
    assert page.inner_text(".rows li:first-child h2") == "高端轴承钢洁净度"
    page.click("text=高端轴承钢洁净度")
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
    page.click("text=保存, 得到订阅地址")
    feed = page.input_value("#feed")
    answer = page.request.get(feed)
    assert answer.headers["content-type"].startswith("application/atom+xml")
    assert "高端轴承钢洁净度" in answer.text()
    assert "光刻胶" not in answer.text()
    page.click("text=删掉")
    assert page.is_visible("text=还没有")
    assert page.request.get(feed).status == 404
