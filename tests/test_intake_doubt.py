"""Files that may be one thing as well as the other: whoever imports is asked, and is believed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from matcher.corpora import ReadOptions, read_any
from matcher.errors import InDoubtError

from .conftest import Cli
from .service import Caller, make_app

LIST = (
    "名称,技术领域,合作方式\n"
    "高温合金叶片精密铸造,新材料,联合攻关\n"
    "水下焊接机器人,装备制造,委托开发\n"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "清单.csv"
    made.write_text(LIST, encoding="utf-8")
    return made


def test_a_table_that_may_be_either_is_asked_about(path: Path) -> None:
    with pytest.raises(InDoubtError) as doubt:
        read_any(path)
    assert doubt.value.choices == ("challenges", "teams")
    for told in ("看不准这是榜单还是团队", "--as challenges 按榜单读", "--as teams 按团队读"):
        assert told in str(doubt.value)
    challenges, teams = read_any(path, "challenges").challenges, read_any(path, "teams").teams
    assert challenges is not None
    assert teams is not None
    assert [c.title for c in challenges.records] == ["高温合金叶片精密铸造", "水下焊接机器人"]
    assert [t.team_name for t in teams.records] == ["高温合金叶片精密铸造", "水下焊接机器人"]


@pytest.mark.parametrize("told", ["考核指标", "需求单位", "研究方向", "负责人"])
def test_a_header_that_tells_ends_the_doubt(told: str, tmp_path: Path) -> None:
    path = tmp_path / "清单.csv"
    path.write_text(f"名称,技术领域,合作方式,{told}\n甲,新材料,联合攻关,乙\n", encoding="utf-8")
    assert len(read_any(path).readings) == 1


def test_the_command_line_names_the_option_that_chooses(path: Path, cli: Cli) -> None:
    asked = cli("import", path, "--check")
    assert asked.code == 1
    assert "--as challenges" in asked.err
    assert cli("import", path, "--as", "teams", "--check").code == 0


def test_one_organisation_for_a_whole_file(path: Path) -> None:
    options = ReadOptions(organisation="示例重工有限公司")
    challenges = read_any(path, "challenges", options=options).challenges
    teams = read_any(path, "teams", options=options).teams
    assert challenges is not None
    assert teams is not None
    assert {c.demand_org for c in challenges.records} == {"示例重工有限公司"}
    assert {(t.org_name, t.org_type) for t in teams.records} == {("示例重工有限公司", "企业")}


def test_what_a_row_says_of_its_organisation_stays(tmp_path: Path) -> None:
    path = tmp_path / "榜单.csv"
    path.write_text("项目名称,需求单位\n叶片,甲公司\n轴承,\n", encoding="utf-8")
    found = read_any(path, options=ReadOptions(organisation="乙公司")).challenges
    assert found is not None
    assert [c.demand_org for c in found.records] == ["甲公司", "乙公司"]


def test_the_page_asks_with_two_buttons_and_reads_as_chosen(path: Path, tmp_path: Path) -> None:
    staff = Caller(make_app(tmp_path / "服务"), "staff")
    files = {"file": ("清单.csv", path.read_bytes())}
    sent = staff.post("/staff/imports", files=files)
    assert sent.status_code == 303, sent.text
    where = sent.headers["location"]
    page = staff.get(where).text
    assert re.findall(r'name="kind" value="(\w+)"', page) == ["challenges", "teams"]
    assert "看不准这是榜单还是团队" in page
    chosen = staff.get(f"{where}?kind=teams").text
    assert '<input type="hidden" name="kind" value="teams">' in chosen
    assert "高温合金叶片精密铸造" in chosen
    seen = staff.get(f"/api/v1/imports/{where.rpartition('/')[2]}").json()
    assert seen["choices"] == ["challenges", "teams"]
    form = {"kind": "teams", "organisation": "示例大学"}
    done = staff.post(f"{where}/commitment", data=form)
    assert done.status_code == 303
