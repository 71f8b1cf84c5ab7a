"""A report held against an earlier one: what moved, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from matcher import Challenge, Evidence, Matcher, Outcome, Team
from matcher.errors import InputError
from matcher.procedure import Award
from matcher.ranking.calibration import CHALLENGE_SIGNALS, Calibration, Logistic
from matcher.ranking.features import SIGNALS
from matcher.report import (
    ReportInputs,
    ReportSettings,
    build_report,
    output_files,
    write_report,
)
from matcher.report.changes import Changes
from matcher.report.data_file import read_report
from matcher.report.faces.page import page
from matcher.report.manifest import manifest_of, read_manifest, standing_before, write_manifest
from matcher.report.standing import Standing

SETTINGS = ReportSettings(top=3, contenders=3, draws=0)
SUBJECTS = {
    "T1": "轴承钢夹杂物控制",
    "T2": "锂电池低温电解液",
    "T3": "轴承钢热处理",
    "T4": "数控机床",
}
WANTED = [
    Challenge(challenge_id="C1", title="高端轴承钢的夹杂物控制"),
    Challenge(challenge_id="C2", title="锂电池低温电解液"),
]


def weights(names: tuple[str, ...], name: str, bias: float) -> Logistic:
    return Logistic(names, tuple(6.0 if n == name else 0.0 for n in names), bias)


CALIBRATION = Calibration(
    weights(CHALLENGE_SIGNALS, "title_terms_covered_best", -2.0),
    weights(tuple(SIGNALS), "title_terms_covered", -2.0),
    strong=0.8, medium=0.4, answerable=0.5, doubtful=0.25,
)  # fmt: skip


def library(**more: Team) -> list[Team]:
    made = {i: Team(team_id=i, research_directions=[s]) for i, s in SUBJECTS.items()}
    return list((made | more).values())


def inputs(
    teams: list[Team] | None = None, wanted: list[Challenge] | None = None, *outcomes: Outcome
) -> ReportInputs:
    made = Matcher.from_records(wanted or WANTED, teams or library(), encoder=None)
    return ReportInputs(replace(made, calibration=CALIBRATION), outcomes, None, SETTINGS)


@pytest.fixture
def before() -> Standing:
    first = inputs()
    return replace(first.standing(build_report(first)), against="2026-03-01 的报告")


def compared(before: Standing, now: ReportInputs) -> Changes:
    found = build_report(replace(now, before=before)).changes
    assert found is not None
    return found


def why(changes: Changes, kind: str) -> list[str]:
    return [words for line in changes.lines if line.kind == kind for words in line.why]


def test_the_same_inputs_move_nothing(before: Standing) -> None:
    found = compared(before, inputs())
    assert (found.inputs, found.lines) == ((), ())
    assert found.told == "与 2026-03-01 的报告相比，指派、等级和名次都没有变。"


def with_evidence() -> ReportInputs:
    proof = Evidence(kind="论文", title="高端轴承钢的夹杂物控制")
    better = Team(team_id="T3", research_directions=[SUBJECTS["T3"]], evidence=[proof])
    return inputs(library(T3=better))


def with_newcomer() -> ReportInputs:
    return inputs(library(T5=Team(team_id="T5", research_directions=[WANTED[0].title])))


def with_other_text() -> ReportInputs:
    return inputs(None, [WANTED[0], WANTED[1].model_copy(update={"title": "数控机床"})])


def with_decision() -> ReportInputs:
    barred = Outcome(challenge_id="C1", team_id="T1", stage="人工排除", reason="有纠纷",
                     when=date(2026, 3, 2))  # fmt: skip
    return inputs(None, None, barred)


@pytest.mark.parametrize(
    ("now", "challenge", "reason", "input_words"),
    [
        (with_evidence, "C1", "T3：新增成果 1 条", "团队库有更改"),
        (with_newcomer, "C1", "T5：新入库，或资料有更新", "团队库有更改"),
        (with_other_text, "C2", "需求内容有更改", "榜单有更改"),
        (with_decision, "C1", "T1：人工排除（有纠纷，2026-03-02）", "有新的人工决定或结果"),
    ],
)
def test_a_moved_assignment_says_what_moved_it(
    before: Standing, now: Callable[[], ReportInputs], challenge: str, reason: str, input_words: str
) -> None:
    found = compared(before, now())
    moved = [line for line in found.lines if line.kind == "指派"]
    assert [line.challenge_id for line in moved] == [challenge]
    assert moved[0].why[0] == reason
    assert found.inputs == (input_words,)


def test_another_model_and_another_depth_are_named(before: Standing) -> None:
    now = inputs()
    stricter = replace(CALIBRATION, strong=0.995, medium=0.99)
    now = replace(
        now, matcher=replace(now.matcher, calibration=stricter),
        settings=replace(SETTINGS, contenders=4),
    )  # fmt: skip
    found = compared(before, now)
    assert found.inputs == ("校准换了", "报告的设置不同")
    assert {"校准换了", "报告的设置不同"} <= set(why(found, "等级"))


def test_challenges_that_came_and_went_are_listed(before: Standing) -> None:
    found = compared(before, inputs(None, [WANTED[0], Challenge(challenge_id="C9", title="机床")]))
    assert {("新增需求", "C9"), ("不再列入", "C2")} <= {
        (c.kind, c.challenge_id) for c in found.lines
    }


def test_places_are_counted_among_the_teams_of_both_lists(before: Standing) -> None:
    """A newcomer on top pushes nobody down in words: the order of the others is the same."""
    found = compared(before, with_newcomer())
    assert [c.kind for c in found.lines if c.challenge_id == "C1"] == ["指派", "第一名", "进出名单"]


def test_the_manifest_holds_what_a_later_report_needs(before: Standing, tmp_path: Path) -> None:
    first, now = inputs(), replace(with_evidence(), before=before)
    old, new = build_report(first), build_report(now)
    bare = manifest_of(old, first.identity, SETTINGS, "", [], 1.0)
    write_manifest(replace(bare, standing=first.standing(old)), tmp_path / "old.json")
    assert replace(standing_before(tmp_path / "old.json"), against=before.against) == before
    made = manifest_of(new, now.identity, SETTINGS, "", [], 1.0)
    write_manifest(replace(made, before=now.before), tmp_path / "new.json")
    assert read_manifest(tmp_path / "new.json").before == before
    write_manifest(bare, tmp_path / "bare.json")
    with pytest.raises(InputError, match="清单里没有排名"):
        standing_before(tmp_path / "bare.json")


def test_every_face_shows_what_moved(before: Standing, tmp_path: Path) -> None:
    made = build_report(replace(with_evidence(), before=before))
    files = [tmp_path / f"报告.{kind}" for kind in ("xlsx", "docx", "html", "json")]
    write_report(made, files)
    assert read_report(files[-1]).changes == made.changes
    sheet = openpyxl.load_workbook(files[0])["与上次比较"]
    assert [cell.value for cell in sheet[4]][:2] == ["指派", "C1"]
    text = page(made)
    assert text.count("T3：新增成果 1 条") >= 2
    assert 'data-kind="指派"' in text
    assert "与上次比较" not in page(replace(made, changes=None))


RACE = WANTED[1].model_copy(update={"eligibility_text": "采用赛马制"})


def test_what_is_given_away_leaves_the_plan_and_says_to_whom(
    before: Standing, tmp_path: Path
) -> None:
    """A challenge that lets several win stays; the team that has it is not proposed again."""
    planned = before.challenges["C1"].assigned[0]
    asked = inputs()
    awards = (Award("C1", planned, "已签约"), Award("别的榜单", planned, "已立项"))
    found = build_report(replace(asked, awards=awards, before=before))
    assert [card.challenge_id for card in found.cards] == ["C2"]
    assert found.plan.challenges == 1
    (given,) = found.awarded
    assert (given.challenge_id, given.team_id, given.state) == ("C1", planned, "已签约")
    assert found.changes is not None
    assert [line.why for line in found.changes.lines if line.kind == "不再列入"] == [
        (f"已立项：{given.words}",)
    ]
    assert "有新的立项" in found.changes.inputs
    assert asked.identity.awards == ""
    assert any("已立项" in words for words in found.notes)
    files = output_files(tmp_path, ["html", "xlsx"])
    write_report(found, files)
    assert "到哪一步" in files[0].read_text(encoding="utf-8")
    assert "已立项" in openpyxl.load_workbook(files[1]).sheetnames
    with pytest.raises(InputError, match="2 项都已立项"):
        build_report(replace(asked, awards=(*awards, Award("C2", planned, "已立项"))))


def test_where_several_may_win_the_one_that_has_it_is_not_proposed_again(before: Standing) -> None:
    first = before.challenges["C2"].assigned[0]
    asked = replace(inputs(wanted=[WANTED[0], RACE]), awards=(Award("C2", first, "已立项"),))
    found = build_report(asked)
    assert [card.challenge_id for card in found.cards] == ["C1", "C2"]
    assert first not in {x.team_id for x in found.plan.lines if x.challenge_id == "C2"}


def test_a_recommended_team_is_not_assigned_to_what_is_given_away() -> None:
    pin = Outcome(challenge_id="C1", team_id="T2", stage="人工推荐")
    asked = replace(inputs(None, None, pin), awards=(Award("C1", "T1", "已立项"),))
    assert [line.honoured for line in build_report(asked).overrides] == [
        "未采纳：这项难题已立项"
    ]  # fmt: skip


def test_a_team_that_came_to_nothing_gives_way_to_its_alternate() -> None:
    """Whoever declined, gave up or was not chosen is left out, and every page says so."""
    asked = with_newcomer()
    before = replace(asked.standing(build_report(asked)), against="2026-03-01 的报告")
    (out,), (alternate,) = before.challenges["C1"].assigned, before.challenges["C1"].alternates
    found = build_report(replace(asked, parted={("C1", out): "婉拒"}, before=before))
    (card, _) = found.cards
    assert (card.assigned, out in card.alternates) == ((alternate,), False)
    (line,) = (line for line in card.teams if line.team_id == out)  # it is still shown
    said = "与这项难题的对接已是“婉拒”，不再指派"
    assert said in [caution.text for caution in line.cautions]
    (conflict,) = (one for one in found.conflicts if one.is_parting)
    assert (conflict.team_id, conflict.text) == (out, said)
    assert found.changes is not None
    assert "有团队退出或落选" in found.changes.inputs
    (moved,) = (one for one in found.changes.lines if one.kind == "指派")
    assert any(why.endswith(said) for why in moved.why)
    assert asked.identity.parted == ""
    text = page(found)
    assert "退出或落选的团队" in text
    pin = Outcome(challenge_id="C1", team_id=out, stage="人工推荐")
    pinned = build_report(replace(asked, outcomes=(pin,), parted={("C1", out): "撤回"}))
    assert [o.honoured for o in pinned.overrides] == [
        "未采纳：与这项难题的对接已是“撤回”，不再指派"
    ]  # fmt: skip
