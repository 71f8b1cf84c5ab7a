"""Staff before their browser: files in, a report out, decisions, outcomes, accounts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .conftest import PHONE, Site, axe_faults, follow, unreadable_tables

pytestmark = pytest.mark.browser

if TYPE_CHECKING:
    from playwright.sync_api import Page


def wait_for_the_job(page: Page) -> None:
    """The page looks again by itself until the job is over."""
    page.wait_for_selector("text=重新运行", timeout=60_000)


def test_a_file_is_previewed_then_taken_in(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "榜单.csv"
    path.write_text(
        "榜单编号,项目名称,主要问题,榜额(万元)\nZ1,高纯铟靶材,烧结密度低,500\nZ2,,,\n合计,,,500\n",
        encoding="utf-8",
    )
    page = site.open("staff")
    follow(page, "a:text-is('工作台')")
    follow(page, "main >> text=导入文件")
    page.set_input_files("#file", path)
    follow(page, "text=上传并预览")
    assert page.is_visible("text=不能用的行")
    assert page.is_visible("text=缺少必填项")
    page.click("summary:text('列对应关系')")
    assert page.is_visible("td:text('榜额(万元)')")
    with page.expect_download() as rejects:
        page.click("text=下载拒收清单")
    assert rejects.value.suggested_filename == "拒收.xlsx"
    follow(page, "button:text-is('只写入能用的行')")
    wait_for_the_job(page)
    assert page.is_visible("text=榜单：新增 1，更新 0，未变 0")
    page.goto("/challenges/Z1")
    assert page.is_visible("text=高纯铟靶材")


def test_a_report_is_made_reviewed_and_downloaded(site: Site) -> None:
    page = site.open("staff", "/staff/review")
    assert page.is_visible("text=还没有报告")
    follow(page, "text=先出一份")
    page.select_option("[name=lowest_band]", "弱")
    follow(page, "form[action='/staff/reports'] button")
    wait_for_the_job(page)
    with page.expect_download() as report:
        page.click("text=报告.xlsx")
    assert report.value.suggested_filename == "报告.xlsx"
    assert Path(report.value.path()).stat().st_size > 5000
    follow(page, "a:text-is('推荐、排除团队') >> nth=-1")
    follow(page, "text=高端轴承钢洁净度")
    page.click("li:has-text('轴承钢团队') >> summary:text('推荐或排除')")
    page.fill(
        "li:has-text('轴承钢团队') >> form[action^='/staff/review/'] [name=reason]", "已有合作"
    )
    follow(page, "li:has-text('轴承钢团队') >> button:text('推荐')")
    assert page.inner_text("#decided + ul").startswith("人工推荐 轴承钢团队：已有合作")
    page.fill("#other ~ form >> [name=team_id]", "T9")
    page.fill("#other-reason", "不存在")
    follow(page, "#other ~ form >> button:text('排除')")
    assert page.is_visible("text=没有认出是哪个团队")
    page.goto("/staff/review/K1")
    follow(page, "text=收回")
    assert not page.is_visible("#decided")
    for path in ("/staff/assignment", "/staff/review"):
        page.goto(path)
        assert page.is_visible("tbody")
        assert axe_faults(page) == []
        phone = site.open("staff", path, PHONE)
        assert unreadable_tables(phone) == []
        assert axe_faults(phone) == []
    follow(page, "text=的报告")
    assert page.is_visible("text=流标风险高")
    assert axe_faults(page) == []


def test_an_outcome_is_recorded(site: Site) -> None:
    page = site.open("staff", "/staff/outcomes")
    page.fill("#challenge_id", "K2")
    page.fill("#team_id", "T2")
    page.select_option("#stage", "立项")
    page.select_option("#grade", "3")
    follow(page, "button:text-is('登记')")
    assert page.inner_text("tbody tr").split("\t")[:4] == [
        "光刻胶树脂合成",
        "光刻胶团队",
        "立项",
        "3",
    ]


def test_an_account_is_opened_and_closed(site: Site) -> None:
    page = site.open("staff", "/staff/accounts")
    page.fill("#name", "新企业")
    page.fill("[name=password] >> nth=-1", "a long password")
    with page.expect_navigation():
        page.click("text=新增 >> nth=-1")
    assert page.is_visible("text=没有写单位")
    assert page.input_value("#name") == "新企业"
    page.fill("#organisation", "新企业有限公司")
    page.fill("#password", "a long password")
    with page.expect_navigation():
        page.click("button:text-is('新增')")
    assert page.is_visible("th:has-text('新企业')")
    with page.expect_navigation():
        page.click("[aria-label='停用 新企业']")
    assert page.is_visible("[aria-label='启用 新企业']")
    page.goto("/staff/audit?action=account.disable")
    assert page.is_visible("td:text('停用账号')")
    assert page.is_visible("td:text('新企业')")


def test_a_key_is_told_once(site: Site) -> None:
    page = site.open("staff", "/account")
    page.fill("#label", "数据交换")
    follow(page, "text=新建密钥")
    assert page.input_value("#secret").startswith("jbm_")
    page.goto("/account")
    assert page.locator("#secret").count() == 0
    follow(page, "text=撤销")
    assert page.is_visible("td:has-text('撤销')")
