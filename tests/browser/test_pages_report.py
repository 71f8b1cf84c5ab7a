"""The report as a page: projected one challenge a screen, and read on paper."""

from __future__ import annotations

import re

import pytest

from matcher.report import ReportInputs, ReportSettings, build_report
from matcher.report.faces.page import page as report_page
from tests.service import make_workspace

from .conftest import DESKTOP, Site, axe_faults

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the file."""
    folder = tmp_path_factory.mktemp("report")
    inputs = ReportInputs(make_workspace(folder).matcher(), settings=ReportSettings(draws=0))
    (folder / "报告.html").write_text(report_page(build_report(inputs)), encoding="utf-8")
    return (folder / "报告.html").as_uri()


def test_the_report_is_projected_one_challenge_a_screen_by_keys_alone(
    site: Site, report: str
) -> None:
    page = site.open("public", "/", DESKTOP)
    page.goto(report)
    page.focus("#project")
    page.keyboard.press("Enter")
    shown = page.locator("details.card:visible")
    position = page.locator(".show output")
    assert (shown.count(), position.inner_text()) == (1, "1 / 4")
    first = shown.get_attribute("id")
    page.keyboard.press("ArrowRight")
    assert (shown.count(), position.inner_text()) == (1, "2 / 4")
    assert shown.get_attribute("id") != first
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert axe_faults(page, ["wcag2a", "wcag2aa"]) == []
    for key, where in (("End", "4 / 4"), (" ", "4 / 4"), ("PageUp", "3 / 4"), ("Home", "1 / 4")):
        page.keyboard.press(key)
        assert position.inner_text() == where, key
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "project"
    assert page.is_visible("nav")
    assert shown.count() == 4


def test_on_paper_the_report_is_what_is_open_and_page_one_is_one_page(
    site: Site, report: str
) -> None:
    page = site.open("public", "/", (1046, 700))
    page.goto(report)
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator("main > section:visible").get_attribute("id") == "brief"
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 1
    for gone in ("nav", ".tools", ".show"):
        assert not any(one.is_visible() for one in page.locator(gone).all()), gone
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") in (
        "rgb(255, 255, 255)", "rgba(0, 0, 0, 0)",
    )  # fmt: skip
