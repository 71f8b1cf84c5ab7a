"""matcher duplicates and merge: found, written as a table, decided by a person, merged."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from matcher.corpora import apply_decisions, read_decisions
from matcher.corpora.duplicates.merging import HEADER
from matcher.errors import InputError, NotFoundError
from matcher.records import Challenge, Evidence, Outcome, Team
from matcher.workspace import Workspace

from .conftest import Cli

PLACE = ("--encoder", "none", "-w", "w")
OLD = Team(
    team_id="T1", team_name="轧制技术国家重点实验室", org_name="东北大学", leader_name="王工",
    profile="=旧简介", research_directions=("热轧",), evidence=(Evidence(title="超级钢"),),
)  # fmt: skip
NEW = Team(
    team_id="T2", team_name="轧制技术全国重点实验室", org_name="东北大学", leader_name="李工",
    profile="新简介", research_directions=("冷轧",), evidence=(Evidence(title="超快冷"),),
    contact_phone="13800000000",
)  # fmt: skip
POSTED = Challenge(challenge_id="A", title="高温合金涡轮叶片精密铸造", demand_org="某公司")
AGAIN = Challenge(challenge_id="B", title="高温合金涡轮叶片精密铸造技术", demand_org="某公司")


@pytest.fixture
def workspace(cli: Cli) -> Workspace:
    opened = Workspace("w", encoder=None)
    opened.put_challenges([POSTED, AGAIN])
    opened.put_teams([OLD, NEW])
    opened.put_outcomes(
        [Outcome(challenge_id="B", team_id="T2", stage="揭榜", when=date(2026, 1, 2))]
    )
    return opened


def fill(path: Path, answers: dict[tuple[str, str], str]) -> None:
    """Write answers into the column 取, by kind and item."""
    book = openpyxl.load_workbook(path)
    for row in book["重复"].iter_rows(min_row=2):
        answer = answers.get((row[1].value, row[4].value))
        if answer is not None:
            row[7].value = answer
    book.save(path)


def test_a_person_decides_field_by_field(cli: Cli, workspace: Workspace) -> None:
    done = cli("duplicates", "-o", "重复.xlsx", "-w", "w")
    assert done.code == 0, done.err
    assert "轧制技术全国重点实验室" in done.out
    assert "13800000000" not in done.out + done.err
    page = openpyxl.load_workbook("重复.xlsx")["重复"]
    assert tuple(cell.value for cell in page[1]) == HEADER
    assert page.data_validations.dataValidation
    shown = {(row[1], row[4]): row[7] for row in page.iter_rows(min_row=2, values_only=True)}
    assert shown["团队", "是否同一项"] == "是"
    assert (shown["团队", "负责人"], shown["团队", "研究方向"]) == ("第二条", "合在一起")
    assert not shown["榜单", "是否同一项"]
    fill(
        Path("重复.xlsx"),
        {("团队", "负责人"): "第一条", ("团队", "简介"): "第一条", ("榜单", "是否同一项"): "是"},
    )
    before = dict(workspace.teams())
    assert "T2 并入 T1" in cli("merge", "重复.xlsx", "--check", "-w", "w").out
    assert dict(workspace.teams()) == before
    assert cli("merge", "重复.xlsx", *PLACE).code == 0
    (team,) = Workspace("w", encoder=None).teams().values()
    assert (team.team_id, team.leader_name, team.profile) == ("T1", "王工", "=旧简介")
    assert team.team_name == NEW.team_name
    assert team.contact_phone == "13800000000"
    assert team.research_directions == ("热轧", "冷轧")
    assert [piece.title for piece in team.evidence] == ["超级钢", "超快冷"]
    (challenge,) = Workspace("w", encoder=None).challenges().values()
    assert (challenge.challenge_id, challenge.title) == ("A", AGAIN.title)
    outcomes = Workspace("w", encoder=None).outcomes("A")
    assert [(one.team_id, one.stage) for one in outcomes] == [("T1", "揭榜")]
    assert cli("duplicates", "-w", "w").out.strip() == "没有发现重复。"


def test_an_untouched_table_merges_only_what_is_sure(cli: Cli, workspace: Workspace) -> None:
    assert cli("duplicates", "-o", "重复.xlsx", "-w", "w").code == 0
    assert cli("merge", "重复.xlsx", *PLACE).code == 0
    assert set(workspace.challenges()) == {"A", "B"}
    assert set(workspace.teams()) == {"T1"}


def test_what_is_filled_in_wrongly_is_told(cli: Cli, workspace: Workspace) -> None:
    cli("duplicates", "-o", "重复.xlsx", "-w", "w")
    fill(Path("重复.xlsx"), {("团队", "负责人"): "都要"})
    cli("merge", "重复.xlsx", *PLACE).refused("「取」", "都要", "第一条")
    fill(Path("重复.xlsx"), {("团队", "负责人"): "第一条"})
    workspace.delete_teams(["T2"])
    cli("merge", "重复.xlsx", *PLACE).refused("T2", "matcher duplicates")
    Path("a.csv").write_text("编号,名称\n1,甲\n", encoding="utf-8")
    with pytest.raises(InputError, match="不是查重的表"):
        read_decisions("a.csv")


def test_what_was_merged_is_followed() -> None:
    """B is A, C is B: all three become A."""
    from matcher.corpora import Decision

    records = {i: Challenge(challenge_id=i, title=f"叶片{i}") for i in "ABC"}
    merged = apply_decisions(
        [Decision("榜单", "A", "B", 2), Decision("榜单", "B", "C", 3)], records
    )
    assert [record.challenge_id for record in merged.records] == ["A"]
    assert merged.replaced == {"B": "A", "C": "A"}
    with pytest.raises(NotFoundError):
        apply_decisions([Decision("榜单", "A", "Z", 2)], records)
