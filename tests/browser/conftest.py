"""A real headless Chromium before a real server, one of each for the tests of a module."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

import pytest
import uvicorn

from tests.service import PASSWORD, make_app

if TYPE_CHECKING:
    from fastapi import FastAPI
    from playwright.sync_api import Browser, Page

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DESKTOP, PHONE = (1366, 768), (390, 844)
SMALLEST = 24  # of what is touched, by WCAG 2.2


@dataclass
class Site:
    """A running service and what went wrong in the browser meanwhile."""

    address: str
    browser: Browser
    states: dict[str, Any] = field(default_factory=dict)
    opened: list[Page] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def open(self, role: str, path: str = "/", size: tuple[int, int] = DESKTOP, **options: Any
             ) -> Page:  # fmt: skip
        """A page as somebody sees it; console errors and requests elsewhere are noted."""
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="zh-CN",
            base_url=self.address, storage_state=self.states.get(role), **options,
        )  # fmt: skip
        page = context.new_page()
        page.set_default_timeout(30_000)  # a busy machine is no fault
        page.on("console", lambda m: self._note(page, m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self._note(page, str(error)))
        page.on("dialog", lambda dialog: dialog.accept())
        page.on("request", lambda request: self._watch(page, request.url))
        self.opened.append(page)
        if role != "public" and role not in self.states:
            page.goto("/sign-in")
            page.fill("#name", role)
            page.fill("#password", PASSWORD)
            page.click("main button")
            page.wait_for_url(f"{self.address}/")
            self.states[role] = context.storage_state()
        page.goto(path)
        return page

    def _note(self, page: Page, text: str) -> None:
        # The browser reports every refused form as an error of its own.
        if not any(f"status of {code}" in text for code in (409, 412, 422)):
            self.faults.append(f"{page.url}: {text}")

    def _watch(self, page: Page, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme in ("http", "https") and not address.startswith(self.address):
            self.faults.append(f"{page.url}: asked {address}")


def follow(page: Page, what: str) -> None:
    """Click on what leads to another page, and wait until that is there."""
    with page.expect_navigation():
        page.click(what)


def axe_faults(page: Page, only: list[str] = TAGS) -> list[tuple[str, str, list[str]]]:
    """What axe finds on a page, folded parts unfolded: rule, impact, where."""
    script = pytest.importorskip("axe_playwright_python.base").AXE_SCRIPT
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    if not page.evaluate("'axe' in window"):
        page.evaluate(script)
    # Half of the time goes into writing out what passed, if nobody says that only faults matter.
    options = {"runOnly": only, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(options).then(all => all.violations)", options)
    return [(f["id"], f["impact"], [n["html"][:200] for n in f["nodes"][:3]]) for f in found]


TABLES = """() => {
    const wrong = [];
    for (const box of document.querySelectorAll(".scroll")) {
        if (box.scrollWidth > box.clientWidth) wrong.push(box.ariaLabel);
        const heads = [...box.querySelectorAll("thead th")].map((th) => th.textContent.trim());
        for (const cell of box.querySelectorAll("td:not([colspan])"))
            if (!heads.includes(cell.dataset.head) ||
                !(cell.textContent.trim() || cell.querySelector("input:not([type=hidden])")))
                wrong.push(`${box.ariaLabel}: ${cell.textContent.trim()}`);
    }
    return wrong;
}"""


def unreadable_tables(page: Page) -> list[str]:
    """Tables that scroll sideways, and cells that say nothing or not what they are."""
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    found: list[str] = page.evaluate(TABLES)
    return found


FOCUS = """() => {
    const one = document.activeElement, style = getComputedStyle(one);
    const box = one.getBoundingClientRect();
    const before = window.lastFocus;
    window.lastFocus = one;
    return {
        name: one.ariaLabel || one.labels?.[0]?.textContent || one.textContent || "",
        ringed: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
        // A date has several stops within one box.
        inOrder: !before?.isConnected || one === before || one === document.body ||
            !!(before.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING),
    };
}"""


def tab_to(page: Page, name: str, most: int = 80) -> None:
    """Go on by the tabulator key to what bears a name; on the way every stop is ringed, on the
    screen, and comes after the one before it.
    """
    passed = []
    for _ in range(most):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        passed.append(focus["name"].strip())
        assert focus["ringed"], passed[-3:]
        assert focus["seen"], passed[-3:]
        assert focus["inOrder"], passed[-3:]
        if name in focus["name"]:
            return
    raise AssertionError(f"{name} is not among {passed}")


@dataclass
class Hands:
    """Somebody at a page with a mouse."""

    page: Page
    size: ClassVar[tuple[int, int]] = DESKTOP
    options: ClassVar[dict[str, Any]] = {}

    def press(self, what: str) -> None:
        """A button or link, which leads to a page, or the heading of something folded."""
        if self.page.locator(what).first.evaluate("e => e.tagName === 'SUMMARY'"):
            self.hit(what)
            return
        with self.page.expect_navigation():
            self.hit(what)

    def hit(self, what: str) -> None:
        """Press it, whatever comes of it."""
        self.page.click(what)

    def write(self, what: str, text: str) -> None:
        """Into a box."""
        self.page.fill(what, text)

    def tick(self, what: str) -> None:
        """A box to be ticked."""
        self.page.check(what)


class Keys(Hands):
    """Somebody with a keyboard alone: every stop is ringed and on the screen."""

    def hit(self, what: str) -> None:
        self._reach(what)
        self.page.keyboard.press("Enter")

    def write(self, what: str, text: str) -> None:
        self._reach(what)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def tick(self, what: str) -> None:
        self._reach(what)
        self.page.keyboard.press("Space")
        assert self.page.is_checked(what)

    def _reach(self, what: str, most: int = 150) -> None:
        wanted = self.page.locator(what).first
        wanted.wait_for()
        for _ in range(most):
            self.page.keyboard.press("Tab")
            focus = self.page.evaluate(FOCUS)
            if self.page.evaluate("document.activeElement === document.body"):
                continue  # past the last stop: the next is the first
            assert focus["ringed"], focus
            assert focus["seen"], focus
            if wanted.evaluate("e => e === document.activeElement"):
                return
        raise AssertionError(f"{what} is not reached on {self.page.url}")


class Fingers(Hands):
    """Somebody at a phone: nothing is cut off, and what is touched is large enough."""

    size = PHONE
    options: ClassVar[dict[str, Any]] = {"has_touch": True}

    def press(self, what: str) -> None:
        super().press(what)
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), what

    def hit(self, what: str) -> None:
        box = self.page.locator(what).first.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= SMALLEST, (what, box)
        self.page.tap(what)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not Path(CHROMIUM).exists():
        pytest.skip(f"no Chromium at {CHROMIUM}: apt-get install chromium fonts-noto-cjk")
    with api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


def serving(app: FastAPI) -> Iterator[str]:
    """The address of an application that runs for as long as somebody iterates."""
    running = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.02)
    yield f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    running.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service over the small library, on a port of its own."""
    folder = tmp_path_factory.mktemp("site")
    yield from serving(make_app(folder, public_lists=True, requests_per_minute=100_000))


@pytest.fixture(scope="module")
def module_site(server: str, browser: Browser) -> Site:
    return Site(server, browser)


@pytest.fixture
def site(module_site: Site) -> Iterator[Site]:
    """The site; a test that left an error in the console or asked another host fails."""
    module_site.faults.clear()
    yield module_site
    while module_site.opened:
        module_site.opened.pop().context.close()
    assert module_site.faults == []
