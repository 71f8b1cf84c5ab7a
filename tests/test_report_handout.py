"""One challenge on one page: what is asked, what a team shows of it, nobody's telephone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi import FastAPI

from matcher import Challenge
from matcher.ranking.grades import Coverage
from matcher.report.handout import handout_of, handout_page

from .conftest import Cli
from .service import Caller, add_account, make_app
from .test_cli import SECRETS, files, imported  # noqa: F401


def test_the_page_says_what_is_asked_and_hides_whom_to_call() -> None:
    challenge = Challenge(
        challenge_id="甲<1>", title="轴承钢" * 40, problem="联系王工 13900001111, 寿命短。" * 60,
        indicators_text="；".join(f"指标{n}≥{n}" for n in range(1, 20)), bounty_wan=500,
    )  # fmt: skip
    made = handout_of(challenge)
    assert dict(made.facts)["榜额"] == "500 万元"
    assert (len(made.asked), made.more) == (10, 9)
    written = handout_page(made)
    assert "13900001111" not in written
    assert "甲&lt;1&gt;" in written
    assert "库内依据" not in written


def test_for_a_team_it_holds_each_requirement_against_what_the_team_shows(
    imported: Cli,  # noqa: F811
    tmp_path: Path,
) -> None:
    done = imported("brief", "C1", "-o", "简介.html", "--team", "L1", "--address", "https://x.cn/1")
    assert done.code == 0, done.err
    written = (tmp_path / "简介.html").read_text(encoding="utf-8")
    told = re.sub(r"<[^>]+>|\s+", " ", written)
    assert "致：东北大学 冶金实验室" in told
    assert "总氧≤5ppm" in told
    assert any(status in told for status in (Coverage.COVERED, Coverage.PARTLY))
    assert "https://x.cn/1" in told
    assert not any(secret in written for secret in SECRETS)
    assert "某研究所" not in written
    imported("brief", "C1", "-o", "简介.txt").refused("*.html")
    imported("brief", "C1", "-o", "简介.html", "--team", "没有").refused("没有")


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    return make_app(tmp_path)


def test_the_service_gives_it_to_whom_the_challenge_and_the_team_are_shown(app: FastAPI) -> None:
    enterprise, university = Caller(app, "enterprise"), Caller(app, "university")
    path = "/challenges/K1/brief"
    shown = enterprise.get(f"{path}?team=T1")
    assert shown.status_code == 200
    assert "轴承钢夹杂物与疲劳寿命" in shown.text or "轴承钢夹杂物控制" in shown.text
    assert "13900000001" not in shown.text
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    assert university.get(f"{path}?team=T1").status_code == 200
    # What another organisation's team shows of it is not theirs to read.
    assert university.get(f"{path}?team=T2").status_code == 404
    assert add_account(app, "别校", "university", "别的大学").get(path).status_code == 200
    assert university.get("/challenges/U2/brief").status_code == 404
    assert Caller(app).get(path).status_code == 303
