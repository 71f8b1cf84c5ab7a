"""The two pictures of the README, taken of the demonstration: run ``make screenshots``.

    python -m benchmarks.screenshots output/demo docs/screenshots

Page one of the report, and the teams for one challenge on the pages of the service. The workspace
of the demonstration is copied, so that nothing of it changes.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import uvicorn
from PIL import Image
from playwright.sync_api import Page, ViewportSize, sync_playwright

from matcher.service.app import create_app
from matcher.service.settings import Settings

_CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
_SIZE: ViewportSize = {"width": 1366, "height": 768}
_CHALLENGE = "KB-18"
_COLOURS = 128


def take(demo: Path, target: Path) -> None:
    """Both pictures, as small PNG files."""
    target.mkdir(exist_ok=True)
    with sync_playwright() as playwright, _service(demo / "workspace") as (address, password):
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport=_SIZE, locale="zh-CN")
        page.goto((demo / "报告.html").resolve().as_uri())
        _keep(page, target / "report.png")
        page.goto(f"{address}/sign-in")
        page.fill("#name", "管理员")
        page.fill("#password", password)
        page.click("main button")
        page.goto(f"{address}/challenges/{_CHALLENGE}/teams", wait_until="load")
        _keep(page, target / "teams.png")
        browser.close()


def _keep(page: Page, path: Path) -> None:
    """What is on the screen, in as few colours as it needs."""
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(_COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


@contextmanager
def _service(workspace: Path) -> Iterator[tuple[str, str]]:
    """A service over a copy of a workspace: its address, and the password of 管理员."""
    password = secrets.token_urlsafe(16)
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copytree(workspace, Path(folder) / "workspace")
        app = create_app(Settings(workspace=copy, hosts=("127.0.0.1",), warm_rankings=0))
        app.state.service.accounts.add("管理员", "staff", "", password)
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.05)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", password
        server.should_exit = True
        thread.join()


if __name__ == "__main__":
    take(Path(sys.argv[1]), Path(sys.argv[2]))
