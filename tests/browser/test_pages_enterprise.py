"""An enterprise before its browser: from a pasted problem to teams side by side."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .conftest import PHONE, Site, follow

pytestmark = pytest.mark.browser

TEXT = "轴承钢夹杂物\n轴承钢夹杂物控制不好, 疲劳寿命短\n考核指标: 总氧≤6ppm; 寿命提高50%以上"


def test_from_a_pasted_problem_to_a_comparison(site: Site) -> None:
    page = site.open("enterprise")
    follow(page, "a:text('为难题找团队')")
    page.fill("#text", TEXT)
    follow(page, "text=下一步：核对")
    assert page.is_visible("text=识别出的指标（2）")
    page.fill("[name=keywords]", "夹杂物")
    follow(page, "text=保存并查找团队")
    assert page.inner_text("h1") == "“轴承钢夹杂物”的候选团队"
    assert page.inner_text(".rows li:first-child h2") == "轴承钢团队"
    page.check(".rows li:nth-child(1) [name=team]")
    assert page.is_disabled("text=并排比较")
    page.check(".rows li:nth-child(2) [name=team]")
    assert page.inner_text("[data-chosen]") == "已选 2 个，最多 4 个"
    follow(page, "text=并排比较")
    assert page.inner_text("h1") == "并排比较 2 个团队"
    page.go_back()
    follow(page, "text=联合体")
    assert page.is_visible("text=合起来覆盖")
    page.goto("/drafts")
    assert page.is_visible("text=轴承钢夹杂物")


def test_back_leads_to_what_was_filled_in(site: Site) -> None:
    page = site.open("enterprise", "/ask")
    page.fill("#text", TEXT)
    follow(page, "text=下一步：核对")
    page.fill("[name=title]", "改过的题目")
    follow(page, "text=保存并查找团队")
    page.go_back()
    assert page.input_value("[name=title]") == "改过的题目"
    follow(page, "text=保存并查找团队")
    page.goto("/drafts")
    assert page.locator("h2:has-text('改过的题目')").count() == 1


def test_back_leads_nowhere_after_signing_out(site: Site) -> None:
    states = dict(site.states)
    site.states.clear()  # a session of its own, to be ended
    page = site.open("enterprise", "/drafts")
    site.states.clear()
    site.states.update(states)
    follow(page, "text=退出")
    page.go_back()
    assert page.inner_text("h1") == "登录"


def test_an_uploaded_workbook_is_understood(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "榜单.csv"
    path.write_bytes("编号,项目名称,主要问题\n1,高纯铟靶材,靶材烧结密度低\n".encode("gb18030"))
    page = site.open("enterprise", "/ask")
    page.set_input_files("#file", path)
    follow(page, "text=下一步：核对")
    assert page.input_value("[name=title]") == "高纯铟靶材"


def test_a_wrong_amount_is_said_beside_its_field(site: Site) -> None:
    page = site.open("enterprise", "/ask")
    page.fill("#text", TEXT)
    follow(page, "text=下一步：核对")
    page.click("text=榜额、期限")
    page.fill("[name=bounty_wan]", "看情况")
    follow(page, "text=只保存")
    assert page.get_attribute("[name=bounty_wan]", "aria-invalid") == "true"
    assert page.is_visible("text=应为数字")
    page.fill("[name=bounty_wan]", "500")
    follow(page, "text=只保存")
    assert page.is_visible("text=草稿")


def test_a_filter_takes_effect_at_once(site: Site) -> None:
    page = site.open("enterprise", "/challenges/K1/teams")
    with page.expect_navigation():
        page.select_option("[name=province]", "江苏")
    assert page.locator(".rows > li").count() == 1
    assert page.inner_text(".rows h2") == "光刻胶团队"
    follow(page, "text=清除条件")
    assert page.locator(".rows > li").count() == 3


def test_reading_works_without_a_script(site: Site) -> None:
    page = site.open("enterprise", "/challenges/K1/teams", java_script_enabled=False)
    page.select_option("[name=province]", "江苏")
    follow(page, "button:text('筛选')")
    assert page.locator(".rows > li").count() == 1


def test_the_main_path_by_keyboard_only(site: Site) -> None:
    page = site.open("enterprise", "/ask")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("轴承钢夹杂物控制")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "下一步：核对"
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.focus("[name=title]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "候选团队" in page.inner_text("h1")


def test_filters_wait_behind_their_heading_on_a_phone(site: Site) -> None:
    page = site.open("enterprise", "/challenges/K1/teams", PHONE)
    assert not page.is_visible("[name=province]")
    page.click("summary:has-text('筛选')")
    assert page.is_visible("[name=province]")


def test_the_teams_are_taken_along_as_a_workbook(site: Site) -> None:
    page = site.open("enterprise", "/challenges/K1/teams?province=%E8%BE%BD%E5%AE%81")
    with page.expect_download() as made:
        page.click("text=导出 Excel")
    assert made.value.suggested_filename == "高端轴承钢洁净度.xlsx"
    assert Path(made.value.path()).stat().st_size > 5000


def test_handing_in_takes_along_what_was_not_saved(site: Site) -> None:
    page = site.open("enterprise", "/ask")
    page.fill("#text", "靶材开裂\n靶材烧结开裂")
    follow(page, "text=下一步：核对")
    follow(page, "text=保存并查找团队")
    follow(page, "text=下一步：核对并提交发榜")
    page.fill("[name=title]", "没有保存的题目")
    follow(page, "button:text-is('提交发榜')")
    assert page.inner_text("h1") == "没有保存的题目"
    assert page.is_visible(".tag:text-is('已提交')")


SAID = (
    "我们是示例泵业有限公司的，轴承老是抱死\n想找人做熔盐泵高温滑动轴承材料\n"
    "给300多万，2027年3月31日前报名"
)


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_the_words_of_the_source_come_back_in_one_click(site: Site, script: bool) -> None:
    page = site.open("enterprise", "/ask", java_script_enabled=script)
    page.fill("#text", SAID)
    follow(page, "text=下一步：核对")
    page.fill("[name=title]", "读错的题目")
    page.fill("[name=apply_deadline]", "2027-06-30")
    page.press("[name=title]", "End")
    for name, said in (
        ("title", "想找人做熔盐泵高温滑动轴承材料"),
        ("apply_deadline", "2027年3月31日前报名"),
    ):
        page.focus(f"[name=put][value={name}]")
        if script:
            page.keyboard.press("Enter")
        else:
            with page.expect_navigation():
                page.keyboard.press("Enter")
        assert page.input_value(f"[name={name}]") == said
        told = (page.get_attribute(f"[name={name}]", "aria-describedby") or "").split()
        assert page.inner_text(f"[id='{told[-1]}']") in (f"来文：“{said}”", "与来文相同")
    if script:
        assert page.evaluate("document.activeElement.name") == "apply_deadline"
    assert page.locator("button:visible", has_text=re.compile(r"^$")).count() == 0
    # Enter in a box saves, as it did before there were such buttons.
    page.press("[name=title]", "Enter")
    page.wait_for_url("**/teams")
    draft = page.url.removesuffix("/teams").rpartition("/")[2]
    page.goto(f"/drafts/{draft}")
    assert page.input_value("[name=apply_deadline]") == "2027-03-31"
