"""The report: one model, five faces, honoured decisions, a proof of its bytes."""

from __future__ import annotations

import csv
import json
import re
import subprocess
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from sqlite3 import connect
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter, range_boundaries

from matcher import Challenge, Evidence, Matcher, Outcome, Team
from matcher.corpora import read_outcomes
from matcher.encoding import Encoder
from matcher.errors import InputError, NotFoundError
from matcher.policy import shipped_pack
from matcher.ranking.calibration import (
    CHALLENGE_SIGNALS,
    Calibration,
    Check,
    Logistic,
    Told,
    load_calibration,
    text_mark,
)
from matcher.ranking.features import SIGNALS
from matcher.ranking.fused import FusedRanker
from matcher.ranking.grades import LIKELY, Coverage, Verdict
from matcher.ranking.learned import LinearRanker
from matcher.records import Source
from matcher.report import (
    PlanSettings,
    Report,
    ReportInputs,
    ReportSettings,
    build_report,
    manifest,
    output_files,
    write_report,
)
from matcher.report.brief import brief_of, fates_of, matters, needs_decision
from matcher.report.build import result_setting
from matcher.report.charts import png
from matcher.report.charts.drawing import flow_chart
from matcher.report.charts.flow import flow_of
from matcher.report.charts.plane import topic_chart
from matcher.report.charts.svg import svg
from matcher.report.close_calls import close_calls
from matcher.report.data_file import read_report, report_bytes
from matcher.report.demonstration import demonstration
from matcher.report.faces.page import page
from matcher.report.faces.workbook import workbook_pages
from matcher.report.grounds import grounds
from matcher.report.identity import identity_of, ranker_identity
from matcher.report.manifest import (
    check_files,
    check_inputs,
    check_report,
    manifest_of,
    read_manifest,
    write_manifest,
)
from matcher.report.model import Caution, EvidenceLine, FactLine, RequirementLine
from matcher.report.plan_lines import FlipLine, Rival
from matcher.report.profiles import PROFILES, profile_of
from matcher.report.ranked import demonstrated, ranked_challenge
from matcher.report.resume import KEPT_FILE, KEPT_SETTINGS, ResultKey, kept_results
from matcher.report.settling import settling
from matcher.report.sureness import checked
from matcher.report.tables import brief as brief_tables
from matcher.report.tables import challenges as of_challenges
from matcher.report.tables import whole, workbook_tables
from matcher.report.tables.table import PERCENT, Column, Table
from matcher.report.topics import topic_map
from matcher.resources import data_path

SETTINGS = ReportSettings(top=4, contenders=12, draws=2)
FORMS = {"联盟条件", "评估评分", "金额测算"}
SECRETS = ("欧阳暗号", "13900001234", "secret@example.com")
NASTY = "=1+1<script>alert(1)</script>\x07"


# Bounds such that the tiny encoder and the demonstration library give all bands and verdicts.
def logistic(names: Sequence[str], weights: dict[str, float], bias: float) -> Logistic:
    """Signals that are not named weigh nothing."""
    return Logistic(tuple(names), tuple(weights.get(name, 0.0) for name in names), bias)


CALIBRATION = Calibration(
    logistic(CHALLENGE_SIGNALS, {"title_terms_covered_best": 4.0}, -1.5),
    logistic(tuple(SIGNALS), {"title_terms_covered": 6.0}, -1.2),
    strong=0.55,
    medium=0.4,
    answerable=0.5,
    doubtful=0.25,
)


def contacts(record: dict[str, Any]) -> dict[str, Any]:
    names = ("contact_name", "contact_phone", "contact_email")
    return record | dict(zip(names, SECRETS, strict=True))


@pytest.fixture(scope="module")
def matcher(challenges: Sequence[Challenge], teams: Sequence[Team], encoder: Encoder) -> Matcher:
    """Ten challenges and eighty teams, with contacts and text that programs trip over."""
    wanted = [c.model_copy(update=contacts({})) for c in challenges[:9]]
    wanted.append(Challenge(challenge_id="=空", title=""))
    wanted[1] = wanted[1].model_copy(update={"title": wanted[1].title + NASTY})
    library = [t.model_copy(update=contacts({})) for t in teams[:80]]
    made = Matcher.from_records(wanted, library, encoder=encoder)
    return replace(made, calibration=CALIBRATION)


@pytest.fixture(scope="module")
def report(matcher: Matcher) -> Report:
    return build_report(ReportInputs(matcher, (), shipped_pack("liaoning-2021"), SETTINGS))


@pytest.fixture(scope="module")
def written(report: Report, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    files = output_files(tmp_path_factory.mktemp("会议"), ["xlsx", "docx", "html", "json", "csv"])
    write_report(report, files)
    return {path.suffix[1:]: path for path in files}


def text_of(kind: str, path: Path) -> str:
    if kind == "xlsx":
        book = openpyxl.load_workbook(path)
        return "\n".join(
            str(c.value) for sheet in book for row in sheet.iter_rows() for c in row if c.value
        )
    if kind == "docx":
        import docx

        document = docx.Document(str(path))
        cells = [c.text for t in document.tables for r in t.rows for c in r.cells]
        return "\n".join([*(p.text for p in document.paragraphs), *cells])
    return path.read_text(encoding="utf-8-sig")


def pairs(report: Report, role: str = "主") -> set[tuple[str, str]]:
    return {(x.challenge_id, x.team_id) for x in report.plan.lines if x.role == role}


def test_the_report_holds_every_challenge_with_verdict_band_and_proof(report: Report) -> None:
    assert len(report.cards) == 10
    assert {t.band for c in report.cards for t in c.teams} == {"强", "中", "弱"}
    for card in report.cards[:9]:
        assert [t.rank for t in card.teams] == [1, 2, 3, 4]
        assert all(t.evidence and t.requirements for t in card.teams)
    assert report.cards[9].failure
    assert report.cards[9].risk.level == "高"


def test_nobody_is_assigned_below_the_lowest_band(matcher: Matcher) -> None:
    strict = replace(SETTINGS, plan=PlanSettings(lowest_band="强"))
    made = build_report(ReportInputs(matcher, (), None, strict))
    assert made.plan.lines
    assert {x.band for x in made.plan.lines} == {"强"}
    assigned = {x.challenge_id for x in made.plan.lines}
    left = [c for c in made.cards if c.challenge_id not in assigned]
    assert left
    assert all(c.risk.level == "高" and c.risk.reason for c in left)


def test_the_plan_adds_up_calibrated_chances(report: Report) -> None:
    main = [x for x in report.plan.lines if x.role == "主"]
    assert report.plan.answered == len({x.challenge_id for x in main}) > 0
    assert report.plan.total_fit == pytest.approx(sum(x.fit for x in main), abs=1e-3)
    shown = {(c.challenge_id, t.team_id): t for c in report.cards for t in c.teams}
    for x in main:
        if (x.challenge_id, x.team_id) in shown:
            assert x.fit == shown[x.challenge_id, x.team_id].chance


@pytest.mark.slow
def test_without_calibration_bands_are_undecided_and_it_is_said_aloud(matcher: Matcher) -> None:
    bare = replace(matcher, calibration=None)
    made = build_report(ReportInputs(bare, (), None, SETTINGS))
    assert not made.plan.lines
    assert any("没有校准" in text for text in made.notes)
    free = replace(SETTINGS, plan=PlanSettings(lowest_band="未定"))
    assert build_report(ReportInputs(bare, (), None, free)).plan.answered == 9


def test_decisions_of_staff_are_honoured_and_shown(report: Report, matcher: Matcher) -> None:
    line = next(x for x in report.plan.lines if x.role == "主")
    spare = next(x for x in report.plan.lines if x.role == "备选")
    outcomes = (
        Outcome(challenge_id=line.challenge_id, team_id=line.team_id, stage="人工排除",
                reason="团队不愿承担", who="张"),
        Outcome(challenge_id=spare.challenge_id, team_id=spare.team_id, stage="人工推荐",
                reason="已有合作", when=date(2021, 3, 1)),
        Outcome(challenge_id=spare.challenge_id, team_id=spare.team_id, stage="人工排除",
                reason="误填", when=date(2021, 2, 1)),
        Outcome(challenge_id="没有的", team_id=spare.team_id, stage="人工推荐"),
    )  # fmt: skip
    made = build_report(ReportInputs(matcher, outcomes, None, SETTINGS))
    assert (line.challenge_id, line.team_id) not in pairs(made) | pairs(made, "备选")
    assert (spare.challenge_id, spare.team_id) in pairs(made)
    assert {(o.stage, o.honoured.split("：")[0]) for o in made.overrides} == {
        ("人工排除", "已排除"), ("人工排除", "已被之后的决定取代"), ("人工推荐", "已指派"),
        ("人工推荐", "未采纳"),
    }  # fmt: skip
    assert any("团队不愿承担" in c.text for c in made.conflicts)


@pytest.mark.slow
def test_a_pinned_team_no_ranking_reached_is_judged_and_shown(matcher: Matcher) -> None:
    first = next(iter(matcher.challenges))
    shallow = replace(SETTINGS, top=2, contenders=2)
    base = build_report(ReportInputs(matcher, (), None, shallow)).cards[0]
    far = next(t for t in matcher.teams if t not in {line.team_id for line in base.teams})
    pin = Outcome(challenge_id=first, team_id=far, stage="人工推荐", reason="熟悉")
    card = build_report(ReportInputs(matcher, (pin,), None, shallow)).cards[0]
    assert [t.team_id for t in card.teams] == [*(t.team_id for t in base.teams), far]
    assert card.teams[-1].override == "人工推荐：熟悉"
    everyone = matcher.find_teams(first, top=len(matcher.teams))
    alone = matcher.judge(first, [far])[0]
    same = next(m for m in everyone if m.team.team_id == far)
    assert (alone.score, alone.band) == (same.score, same.band)
    assert alone.chance == pytest.approx(same.chance, abs=1e-4)


def test_pins_that_contradict_each_other_are_said_aloud(report: Report, matcher: Matcher) -> None:
    shown: dict[str, list[str]] = {}
    for card in report.cards:
        for line in card.teams:
            if line.band != "弱":
                shown.setdefault(line.team_id, []).append(card.challenge_id)
    team, wanted = next((t, c) for t, c in shown.items() if len(c) > 1)
    outcomes = tuple(
        Outcome(challenge_id=c, team_id=team, stage="人工推荐", reason="试") for c in wanted[:2]
    )
    made = build_report(ReportInputs(matcher, outcomes, None, SETTINGS))
    assert "不能同时满足" in made.plan.infeasible
    assert all(o.honoured != "" for o in made.overrides)
    assert any("互相矛盾" in text for text in made.notes)


@pytest.mark.slow
def test_a_rule_that_bars_a_pair_keeps_it_out_with_its_source(
    report: Report, matcher: Matcher
) -> None:
    line = next(x for x in report.plan.lines if x.role == "主")
    posted = matcher.challenges[line.challenge_id].model_copy(update={"demand_org": line.org_name})
    ours = replace(matcher, challenges={**matcher.challenges, line.challenge_id: posted})
    made = build_report(ReportInputs(ours, (), shipped_pack("example-common"), SETTINGS))
    assert (line.challenge_id, line.team_id) not in pairs(made)
    barred = [c for c in made.conflicts if c.team_id == line.team_id and c.severity == "禁止"]
    assert barred
    assert barred[0].rule
    assert barred[0].source


def test_only_and_since_choose_challenges(matcher: Matcher) -> None:
    ids = list(matcher.challenges)[:3]
    closed = matcher.challenges[ids[0]].model_copy(update={"apply_deadline": date(2020, 1, 1)})
    ours = replace(matcher, challenges={**matcher.challenges, ids[0]: closed})
    only = replace(SETTINGS, only=tuple(ids), since=date(2021, 1, 1))
    made = build_report(ReportInputs(ours, (), None, only))
    assert [c.challenge_id for c in made.cards] == ids[1:]
    with pytest.raises(NotFoundError):
        build_report(ReportInputs(ours, (), None, replace(SETTINGS, only=("没有",))))
    with pytest.raises(InputError, match="没有可报告"):
        build_report(ReportInputs(ours, (), None, replace(only, only=(ids[0],))))


def test_demonstrated_values_stand_beside_targets() -> None:
    pieces = (Evidence(title="甲", indicators="总氧 4ppm; 电耗下降 21%"), Evidence(title="乙"))
    assert demonstrated("电耗下降20%以上", pieces) == "电耗下降 21%，达到（甲）"
    assert demonstrated("预警准确率≥90%", pieces) == "未记录"


def test_a_ranker_is_known_by_what_it_learned_not_by_where_it_lies() -> None:
    assert ranker_identity(FusedRanker()) == ranker_identity(FusedRanker())
    one, two = LinearRanker(("a",), (1.0,)), LinearRanker(("a",), (2.0,))
    assert ranker_identity(one) != ranker_identity(two)


@pytest.mark.parametrize("kind", ["xlsx", "docx", "html", "json", "csv"])
def test_no_face_shows_contacts(written: dict[str, Path], kind: str) -> None:
    shown = text_of(kind, written[kind])
    assert "GF2-001" in shown
    assert not any(secret in shown for secret in SECRETS)


@pytest.mark.slow
def test_the_same_inputs_give_the_same_bytes(
    report: Report, matcher: Matcher, written: dict[str, Path], tmp_path: Path
) -> None:
    again = build_report(ReportInputs(matcher, (), shipped_pack("liaoning-2021"), SETTINGS))
    assert again == report
    files = output_files(tmp_path / "再", list(written))
    write_report(again, files)
    for path in files:
        assert path.read_bytes() == written[path.suffix[1:]].read_bytes(), path


def test_json_reads_back_as_the_report(report: Report, written: dict[str, Path]) -> None:
    assert read_report(written["json"]) == report
    assert json.loads(report_bytes(report))["title"] == report.title


def test_csv_has_a_line_a_team_and_no_formula(report: Report, written: dict[str, Path]) -> None:
    with written["csv"].open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 9 * 4 + 1
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())


def test_the_workbook_has_its_pages_links_filters_and_no_formula(written: dict[str, Path]) -> None:
    book = openpyxl.load_workbook(written["xlsx"])
    assert book.sheetnames == [
        "首页", "总览", "各需求排名", "要求对照", "指派方案", "会议审定", "稳定性", "流标风险",
        "冲突与提示", "人工决定", "联合体", "联盟条件", "评估评分", "金额测算", "支持计划",
        "按团队", "集中度", "供需分布", "规则与出处", "方法与清单",
    ]  # fmt: skip
    for sheet in book:
        assert sheet.freeze_panes
        assert sheet.auto_filter.ref
        assert sheet.print_title_rows == "$3:$3"
        formulas = {c.value for row in sheet.iter_rows() for c in row if c.data_type == "f"}
        assert not formulas or sheet.title in FORMS
        # What is worked out comes from this program; no text of a record is in it.
        assert all(re.match(r"=(IF|MAX)\(", f) and "alert" not in f for f in formulas)
    first = book["总览"]["A4"]
    page, cell = first.hyperlink.location.split("!")
    assert book[page.strip("'")][cell].value == first.value


def test_pages_print_in_letters_that_can_be_read(written: dict[str, Path]) -> None:
    for sheet in openpyxl.load_workbook(written["xlsx"]):
        letters = map(get_column_letter, range(1, sheet.max_column + 1))
        columns = [sheet.column_dimensions[letter] for letter in letters]
        wide = sum(column.width for column in columns if not column.hidden)
        room = {"9": 175, "8": 250}[str(sheet.page_setup.paperSize)]
        assert wide <= room, sheet.title


@pytest.mark.slow
def test_page_one_and_the_plan_print_and_the_rest_when_asked(
    report: Report, written: dict[str, Path], tmp_path: Path
) -> None:
    write_report(report, [tmp_path / "全部.xlsx"], PROFILES["full"])
    printed = {}
    for name, path in (("会议", written["xlsx"]), ("全部", tmp_path / "全部.xlsx")):
        book = openpyxl.load_workbook(path)
        areas = {s.title: range_boundaries(s.print_area.split("!")[-1]) for s in book}
        printed[name] = {t for t, (left, _, _, low) in areas.items() if (left, low) != (left, 1)}
        for title in set(areas) - printed[name]:
            left, top, right, low = areas[title]
            assert (left, top) == (right, low)
            assert book[title].cell(top, left).value is None
            assert "打印区域" in book[title]["A2"].value
    assert printed["会议"] == {"首页", "指派方案"}
    assert printed["全部"] == {page.name for page in workbook_pages(report)}
    plan = openpyxl.load_workbook(written["xlsx"])["指派方案"]
    shown = [r for r in range(4, plan.max_row + 1) if not plan.row_dimensions[r].hidden]
    assert {(plan.cell(r, 1).value, plan.cell(r, 4).value) for r in shown} == pairs(report)


def test_requirements_open_and_print_with_the_teams_a_meeting_speaks_of(
    report: Report, written: dict[str, Path]
) -> None:
    sheet = openpyxl.load_workbook(written["xlsx"])["要求对照"]
    headers = [cell.value for cell in sheet[3]]
    asked, team = headers.index("榜单编号"), headers.index("团队名称")
    seen = {
        (sheet.cell(row, asked + 1).value, sheet.cell(row, team + 1).value)
        for row in range(4, sheet.max_row + 1)
        if not sheet.row_dimensions[row].hidden
    }
    expected = {
        (card.challenge_id, line.team_name)
        for card in report.cards
        for line in card.teams
        if line.team_id in (card.assigned or [first.team_id for first in card.teams[:1]])
    }
    assert seen == expected
    assert sheet.max_row - 3 == sum(len(t.requirements) for c in report.cards for t in c.teams)
    (filtered,) = sheet.auto_filter.filterColumn
    assert headers[filtered.colId] == "先看"


def test_a_summary_needs_no_column_of_its_own_and_holds_no_number(matcher: Matcher) -> None:
    told = Challenge(challenge_id="A", title="轴承", tech_difficulties="寿命不足, 电 13900001234")
    ours = replace(matcher, challenges={"A": told})
    made = build_report(ReportInputs(ours, (), None, SETTINGS))
    assert made.cards[0].summary == "寿命不足, 电"
    assert SECRETS[1] not in report_bytes(made).decode()


def test_a_bounty_not_stated_is_not_called_negotiable(matcher: Matcher) -> None:
    ids = list(matcher.challenges)[:3]
    told = [{"bounty_wan": 300.0}, {"bounty_wan": None, "extra": {"榜额（原文）": "面议"}},
            {"bounty_wan": None, "extra": {}}]  # fmt: skip
    posted = {i: matcher.challenges[i].model_copy(update=u) for i, u in zip(ids, told, strict=True)}
    ours = replace(matcher, challenges=posted)
    made = build_report(ReportInputs(ours, (), None, replace(SETTINGS, draws=0)))
    assert [card.bounty for card in made.cards] == ["300 万元", "面议", "未填写"]
    assert "榜额 面议" in made.cards[1].facts_in_words
    assert "1 项没写榜额" in said_of(made, "尚未掌握")


def test_staff_fill_forms_that_refuse_nonsense(report: Report, written: dict[str, Path]) -> None:
    book = openpyxl.load_workbook(written["xlsx"])
    checks = {s.title: s.data_validations.dataValidation for s in book if s.title in FORMS}
    assert {v.formula1 for v in checks["联盟条件"]} == {'"是,否,待核实"'}
    assert len(checks["联盟条件"]) == 9
    marks = checks["评估评分"]
    assert [(v.type, v.formula1, v.formula2) for v in marks] == [("decimal", "0.0", "10.0")] * 10
    answered = [c for c in report.cards if c.assigned]
    for name in ("联盟条件", "评估评分"):
        assert book[name].max_row == 3 + len(answered)
    decisions = book["人工决定"].data_validations.dataValidation
    assert [v.formula1 for v in decisions] == ['"人工推荐,人工排除"']


def test_conditions_say_what_records_say_and_leave_the_rest_open(report: Report) -> None:
    book = report.rulebook
    assert book is not None
    page = {p.name: p for p in workbook_pages(report)}["联盟条件"]
    known = {c.challenge_id: {f.key: f.holds for f in c.facts} for c in report.cards}
    for row in page.rows:
        first: Any = row[0]
        said = known[first.text]
        words = [{True: "是", False: "否", None: "待核实"}[said.get(i.key)] for i in book.items]
        assert list(row[4:13]) == words
        verdict: Any = row[13]
        assert verdict.value == ("不满足" if "否" in words else "待核实")
    teams = {t.team_id: t.org_type for t in report.teams}
    for card in report.cards:
        research = any(teams[t] in ("高校", "科研院所") for t in card.assigned)
        assert {f.key: f.holds for f in card.facts}.get("has_research_member", research) == research
        assert bool(card.facts) == bool(card.assigned)
    met = {i.key: (i.met, i.missing, i.unknown) for i in book.items}
    assert met["agreement_signed"] == (0, 0, report.plan.answered)
    assert all(sum(counts) == report.plan.answered for counts in met.values())


def test_every_rule_stands_in_the_report_with_its_source(report: Report) -> None:
    pack, book = shipped_pack("liaoning-2021"), report.rulebook
    assert book is not None
    assert [r.rule for r in book.rules] == [rule.id for _, rule in pack.rules()]
    assert all(r.source and r.text for r in book.rules)
    named = {a.rule for c in report.cards for a in c.amounts}
    named |= {f.rule for c in report.cards for f in c.findings}
    assert named <= {r.rule for r in book.rules}
    share = next(r for r in book.rules if r.rule == "provincial-share")
    assert share.figures == "总投入 × 30%, 上限 1000 万元"


@pytest.mark.slow
def test_decisions_go_out_and_come_back_as_outcomes(matcher: Matcher, tmp_path: Path) -> None:
    made = (
        Outcome(challenge_id="GF2-001", team_id="L0001", stage="人工推荐", reason="已有合作",
                who="张", when=date(2021, 3, 1)),
        Outcome(challenge_id="GF2-001", team_id="L0002", stage="人工排除"),
    )  # fmt: skip
    written = build_report(ReportInputs(matcher, made, None, SETTINGS))
    write_report(written, [tmp_path / "报告.xlsx"])
    reading = read_outcomes(tmp_path / "报告.xlsx")
    assert not reading.rejects
    back = [r.model_copy(update={"extra": {}, "source": None}) for r in reading.records]
    assert back == list(made)


def test_the_flow_draws_every_assignment_once(report: Report) -> None:
    flow = flow_of(report)
    assert flow is not None
    main = len(pairs(report))
    for nodes in (flow.fields, flow.orgs):
        assert sum(node.count for node in nodes) == main
        assert nodes[0].top >= 0
        for above, below in pairwise(nodes):
            assert above.top + above.count <= below.top
        assert nodes[-1].top + nodes[-1].count <= flow.height
    assert sum(band.count for band in flow.bands) == main
    drawn = flow_chart(flow)
    assert drawn is not None
    assert svg(drawn).count("<path") == len(flow.bands)
    assert flow_of(replace(report, plan=replace(report.plan, lines=()))) is None


def test_unstable_assignments_name_who_would_take_over(report: Report) -> None:
    firm = report.firmness
    assert firm is not None
    assert sum(n for _, n in firm.counts) == len(pairs(report))
    stays = {(x.challenge_id, x.team_id): x.stays for x in report.plan.lines}
    for flip in firm.flips:
        assert flip.stays == stays[flip.challenge_id, flip.team_id]
        assert flip.stays < 0.8
        assert sum(r.share for r in flip.rivals) <= 1 - flip.stays + 1e-9
        assert flip.team_id not in {r.team_id for r in flip.rivals}


def test_links_of_the_workbook_lead_to_their_rows(report: Report) -> None:
    pages = {p.name: p for p in workbook_pages(report)}
    for row in pages["指派方案"].rows:
        link: Any = row[3]
        target = pages[link.page].rows[link.row - 3]
        assert target[0] == link.text


@pytest.mark.slow
def test_a_column_is_declared_once_and_drawn_by_every_face(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_one_more(made: Callable[[Report], Table[Any]]) -> Callable[[Report], Table[Any]]:
        def wider(shown: Report) -> Table[Any]:
            more = Column[Any]("新列", lambda row: 0.25, PERCENT, 9, 2.0, html=True, csv=True)
            table = made(shown)
            return replace(table, columns=(*table.columns, more))

        return wider

    monkeypatch.setattr(whole, "method", with_one_more(whole.method))
    monkeypatch.setattr(of_challenges, "rankings", with_one_more(of_challenges.rankings))
    files = output_files(tmp_path, ["xlsx", "docx", "html", "csv"])
    write_report(report, files)
    for path in files:
        shown = text_of(path.suffix[1:], path)
        assert "新列" in shown, path
        assert ("0.25" if path.suffix in (".xlsx", ".csv") else "25%") in shown, path


def test_a_table_is_a_frame_with_numbers_as_numbers(report: Report) -> None:
    tables = {table.name: table for table in workbook_tables(report)}
    frame = tables["指派方案"].to_frame()
    assert frame["契合度(0–1)"].sum() == pytest.approx(sum(x.fit for x in report.plan.lines))
    assert list(frame["榜单编号"]) == [x.challenge_id for x in report.plan.lines]
    assert tables["各需求排名"].to_frame("csv").shape == (9 * 4 + 1, 25)


def test_the_page_asks_nothing_of_the_network_and_escapes_everything(report: Report) -> None:
    shown = page(report)
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)" in shown
    assert not re.findall(r"<(?:link|img|iframe|script)[^>]+(?:src|href)=", shown)
    assert "default-src 'none'" in shown
    assert "url(" not in shown
    anchors = set(re.findall(r' id="([^"]+)"', shown))
    assert set(re.findall(r'href="#([^"]+)"', shown)) <= anchors


def test_the_page_can_be_used_from_the_keyboard(report: Report) -> None:
    """What sorts, folds and leads on is a button, a summary or a link; nothing else is clicked."""
    shown = page(report)
    heads = re.findall(r"<th ([^>]*)>(.*?)</th>", shown)
    assert heads
    assert all('aria-sort="none"' in mark and "<button" in inside for mark, inside in heads)
    assert "onclick=" not in re.sub(r"<script>.*</script>", "", shown, flags=re.DOTALL)
    assert "ArrowRight" in shown
    assert "@media (max-width" in shown


def paragraphs(path: Path) -> list[str]:
    import docx

    return [p.text for p in docx.Document(str(path)).paragraphs]


def tables(path: Path) -> list[list[list[str]]]:
    import docx

    made = docx.Document(str(path)).tables
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in made]


def test_page_one_says_what_to_decide(report: Report, written: dict[str, Path]) -> None:
    brief = brief_of(report)
    assert {word: n for word, n, _ in brief.verdicts} == Counter(
        card.verdict for card in report.cards
    )
    pressing = {matter.what: len(matter.lines) for matter in matters(report)}
    assert report.firmness is not None
    assert pressing["须会议审定"] == len(report.firmness.open_calls)
    assert pressing["未指派"] == sum(c.risk.level == "高" for c in report.cards)
    assert sum(n for _, n in brief.plan) == len(report.cards)
    asked = {i for m in matters(report) for i in (line.challenge_id for line in m.lines)}
    assert {card.challenge_id for card in needs_decision(report)} == asked
    said = paragraphs(written["docx"])
    assert brief.asked in said[: 3 + len(report.notes)]
    steps, answers = tables(written["docx"])[0], tables(written["docx"])[1 + bool(brief.close)]
    assert [row[:2] for row in steps[1:]] == [[s.what, str(s.count)] for s in brief.steps]
    assert [row[0] for row in answers[1:]] == [a.question for a in brief.answers]


def test_nothing_goes_straight_on_whose_team_is_not_strong(report: Report) -> None:
    doubted = {
        card.challenge_id
        for card in report.cards
        if any(t.role == "主" and t.band != "强" for t in card.teams)
    }
    fates = {
        fate: {card.challenge_id for card in cards} for fate, cards in fates_of(report).items()
    }
    assert doubted
    assert doubted <= fates["须先核实"] | fates["须会议审定"]
    assert sum(map(len, fates.values())) == len(report.cards)
    bare = {c.challenge_id for c in report.cards for t in c.teams if t.role == "主" and t.only_says}
    assert fates["可先联系"].isdisjoint(bare)


def test_page_one_says_wherein_two_close_teams_differ(report: Report) -> None:
    main = [(card, t) for card in report.cards for t in card.teams if t.role == "主"]
    (first, planned), (second, other) = main[:2]
    bare = replace(
        other, province="辽宁", cautions=(Caution("只有自述", ""),),
        requirements=tuple(replace(r, status=Coverage.UNSEEN) for r in planned.requirements),
    )  # fmt: skip
    shown = replace(
        planned, province="北京", cautions=(),
        requirements=tuple(replace(r, status=Coverage.PARTLY) for r in planned.requirements),
    )  # fmt: skip
    n = len(planned.requirements)
    third = Rival("T0", "第三团队", bare.band, 0.5, 0.15)
    close = FlipLine(
        first.challenge_id, first.title, planned.team_id, planned.team_name, planned.band, 0.6, 0.4,
        (), (Rival(bare.team_id, bare.team_name, bare.band, 0.58, 0.3), third,
             replace(third, team_id="T9", team_name="第四团队", share=0.1)),
    )  # fmt: skip
    firmness = report.firmness
    assert firmness is not None
    made = replace(
        report, home="辽宁", firmness=replace(firmness, flips=(close,)),
        cards=tuple(replace(first, teams=(shown, bare)) if c is first else c for c in report.cards),
        teams=tuple(
            replace(t, capacity=1, province="辽宁" if t.team_id == bare.team_id else "北京")
            for t in report.teams
        ),
    )  # fmt: skip
    (call,) = close_calls(made)
    former, latter, *more = call.candidates
    assert (former.name, latter.name) == (planned.team_name, other.team_name)
    assert (former.fit, former.drawn, latter.fit, latter.drawn) == (0.6, 0.4, 0.58, 0.3)
    assert (former.shown, latter.shown) == ((0, n, 0), (0, 0, n))
    assert former.remarks == ()
    title = second.title if len(second.title) <= 10 else f"{second.title[:9]}…"
    undone = f"已拟给 {second.challenge_id} {title}"
    assert latter.remarks == ("在辽宁", "只有自述", undone)
    assert [one.name for one in more] == ["第三团队"]
    (short,) = brief_tables.choices(brief_of(made)).values("docx")
    assert short[3:] == (
        "0.60 对 0.58",
        f"选后者须为 {second.challenge_id} 另找团队；后者在省内；后者只有自述；共 3 个候选",
    )
    (row,) = brief_tables.close_calls(brief_of(made)).values("docx")
    assert str(row[3]) == "0.60 40%\n0.58 30%"
    assert str(row[5]) == f"后者在辽宁；后者只有自述；后者{undone}；也选到第三团队 15%"


def _requirement(label: str, status: Coverage, evidence: str = "", **more: str) -> RequirementLine:
    return RequirementLine(label, f"{label}的文字", status, evidence, **more)


def test_a_close_call_says_what_to_ask_each_by_what_the_surest_clue_is(report: Report) -> None:
    team = next(team for card in report.cards for team in card.teams)
    problem = _requirement("问题", Coverage.PARTLY, f"[方向] 总装（{LIKELY}）")
    grinding = _requirement("攻关内容1", Coverage.PARTLY, "[方向] 磨削")
    target = _requirement("考核指标1", Coverage.PARTLY, "[论文] 圆度", demonstrated="未记录")
    bare = (
        replace(problem, status=Coverage.UNSEEN, evidence=""),
        replace(grinding, status=Coverage.UNSEEN, evidence=""),
        replace(target, status=Coverage.UNSEEN, evidence=""),
    )
    former = replace(team, requirements=(problem, bare[1], target))
    latter = replace(team, requirements=(bare[0], grinding, bare[2]))
    found = settling(former, latter)
    assert found is not None
    # Work that can be asked for, before targets; a problem as a whole last.
    assert found.differs == (
        "攻关内容1“攻关内容1的文字”：后者有线索“[方向] 磨削”，前者没有记录；"
        "另外记录较多的：前者 2 条"
    )
    assert (found.former, found.latter) == (
        "这条要求做过没有，有什么成果", "“[方向] 磨削”的材料",
    )  # fmt: skip
    likely = replace(grinding, evidence=f"[论文] 磨床（{LIKELY}）")
    surer = settling(replace(team, requirements=(likely,)), replace(team, requirements=(grinding,)))
    assert surer is not None
    assert surer.differs.endswith(f"前者有线索“[论文] 磨床（{LIKELY}）”，后者只有线索“[方向] 磨削”")
    assert surer.former == "“[论文] 磨床”的材料"
    shown = EvidenceLine("转化", "主轴承", 2022, ("轴承",), "", "")
    same = settling(
        replace(former, evidence=(shown,)), replace(former, evidence=(replace(shown, terms=()),))
    )
    assert same is not None
    assert "前者“[转化] 主轴承（2022）”，后者没有" in same.differs
    assert same.former == "考核指标1“考核指标1的文字”实测多少；“主轴承”的材料"
    none = settling(replace(former, evidence=()), replace(former, evidence=()))
    assert none is not None
    assert none.differs == "各条要求和登记成果都看不出差别"
    assert none.former == none.latter
    assert settling(former, None) is None


def test_close_calls_that_want_one_team_stand_side_by_side(report: Report) -> None:
    main = [line for line in report.plan.lines if line.role == "主"][:3]
    shared = main[2].team_id
    rivals = (shared, main[0].team_id, shared)
    flips = tuple(
        FlipLine(x.challenge_id, x.challenge_title, x.team_id, x.team_name, x.band, 0.6, 0.4, (),
                 (Rival(rival, rival, x.band, 0.5, 0.6),))
        for x, rival in zip(main, rivals, strict=True)
    )  # fmt: skip
    apart = replace(flips[1], rivals=())
    firmness = report.firmness
    assert firmness is not None
    teams = tuple(replace(team, capacity=1) for team in report.teams)
    firm = replace(firmness, flips=(flips[0], apart, flips[2]))
    calls = list(close_calls(replace(report, teams=teams, firmness=firm)))
    first, second, third = (line.challenge_id for line in main)
    org = main[2].org_name
    assert [(c.challenge_id, c.tied, c.follows) for c in calls] == [
        (first, ((third, org),), ""), (third, ((first, org),), first), (second, (), ""),
    ]  # fmt: skip
    # Both would turn to one team, so there is no other way to add up.
    assert calls[0].sums is None
    elsewhere = replace(flips[2], rivals=(replace(flips[2].rivals[0], team_id=main[1].team_id),))
    firm = replace(firmness, flips=(flips[0], elsewhere))
    # Where the other team is planned for something else, that one's loss is in no sum.
    calls = list(close_calls(replace(report, teams=teams, firmness=firm)))
    assert calls[0].displaced == (second,)
    assert f"合计 1.20 对 1.00（没有算 {second} 的损失）" in brief_tables._heed(calls[0])
    freed = tuple(replace(t, assigned=()) if t.team_id == main[1].team_id else t for t in teams)
    free_of = next(close_calls(replace(report, teams=freed, firmness=firm)))
    assert free_of.sums == (pytest.approx(1.2), pytest.approx(1.0))
    assert free_of.displaced == ()
    firm = replace(firmness, flips=(flips[0], apart, flips[2]))
    free = tuple(replace(team, capacity=None) for team in report.teams)
    assert not any(c.tied for c in close_calls(replace(report, teams=free, firmness=firm)))


def test_a_report_of_the_shipped_records_says_that_it_is(matcher: Matcher, report: Report) -> None:
    assert any("示范" in note and "榜单和团队库" in note for note in report.notes)
    asked, teams = matcher.challenges.values(), list(matcher.teams.values())
    own = [c.model_copy(update={"problem": f"{c.problem}甲"}) for c in asked]
    assert ["榜单" in note for note in demonstration(own, teams)] == [False]
    assert list(demonstration(own, [t.model_copy(update={"team_name": "甲"}) for t in teams])) == []


def test_page_one_bears_its_day_and_says_which_lists(matcher: Matcher, report: Report) -> None:
    assert brief_of(report).made.startswith("teams（")
    dated = replace(SETTINGS, draws=0, dated=date(2026, 3, 1))
    source = Source(file="C:\\榜单\\2026.xlsx", row=3)
    i, posted = next(iter(matcher.challenges.items()))
    listed = {i: posted.model_copy(update={"source": source})}
    made = build_report(ReportInputs(replace(matcher, challenges=listed), settings=dated))
    assert brief_of(made).made.startswith("2026 年 3 月 1 日　2026（1 项）")


def test_rules_that_had_nothing_to_go_by_are_not_called_kept(report: Report) -> None:
    book = report.rulebook
    assert book is not None
    silent = replace(book, rules=tuple(replace(rule, applies=0) for rule in book.rules))
    assert "没有可核对的" in said_of(replace(report, rulebook=silent), "规则核对")
    held = replace(book, rules=tuple(replace(rule, applies=1) for rule in book.rules))
    assert "没有发现问题" in said_of(replace(report, rulebook=held, conflicts=()), "规则核对")


def said_of(report: Report, question: str) -> str:
    """What page one answers."""
    answers = {answer.question: answer.lines for answer in brief_of(report).answers}
    return "\n".join(answers.get(question, ()))


def test_page_one_tells_who_judged_how_sure_it_is(report: Report) -> None:
    calibration = load_calibration(data_path("models/ranker/calibration-graded.json"))
    told = (Told("有合适团队", 68.2, 0.861, 0.139), Told("库内无合适团队", 5.0, 0.3, 0.48))
    check = replace(
        calibration.checks[0], strong_right=0.857, strong_unrelated=0.012, medium_right=0.48,
        verdicts=told,
    )  # fmt: skip
    told_of = replace(report, checked=checked(replace(calibration, checks=(check,))))
    words = said_of(told_of, "可信程度")
    main = Counter(line.band for line in report.plan.lines if line.role == "主")
    assert f"“强”拟了 {main['强']} 个，每 100 个约 86 个值得联系" in words
    assert f"“中”拟了 {main['中']} 个，每 100 个约 48 个值得联系" in words
    assert "不是评审专家" in words
    assert "没有在本榜单上另测" in words
    worth = round(0.857 * main["强"] + 0.48 * main["中"])
    assert f"推算约 {worth} 个值得联系" in brief_of(told_of).asked
    shares = {row[0]: row[3:] for row in whole.checked(told_of).values("docx")}
    assert shares["强"] == (0.857, 0.131, "配对，不计项")
    assert shares["有合适团队"] == (0.861, 0.139, "平均 68 项")
    assert shares["库内无合适团队"] == (0.3, 0.48, "平均 5 项，太少，只供参考")
    assert "3,684 对" in dict(grounds(told_of))["谁判、判了什么"]
    assert [told.verdict for told in calibration.checks[0].verdicts] == list(Verdict)[:3]


def test_page_one_says_how_many_of_the_list_were_judged_themselves(report: Report) -> None:
    check = Check("判", 2, 0.9, 0.1, basis="两人判定", judged=(text_mark("轴承 钢"),))
    calibration = load_calibration(data_path("models/ranker/calibration-graded.json"))
    found = checked(
        replace(calibration, checks=(replace(check, strong_right=0.9),)), ["轴承钢", "别的"]
    )
    words = said_of(replace(report, checked=found), "可信程度")
    assert "本榜单 1 项参加过检验，另 1 项没有测过。" in words


def test_the_map_shows_where_demand_has_no_supply(matcher: Matcher, report: Report) -> None:
    found = report.topics
    assert found is not None
    assert {p.id for p in found.demand} == {card.challenge_id for card in report.cards}
    assert {p.id for p in found.supply} <= set(matcher.teams)
    assert sum(field.challenges for field in found.fields) == len(report.cards)
    assert sum(field.teams for field in found.fields) == len(found.supply)
    unmet = [c for c in report.cards if c.verdict in ("需扩大范围", "库内无合适团队")]
    assert sum(field.unmet for field in found.fields) == len(unmet)
    places = [(p.x, p.y) for p in (*found.demand, *found.supply)]
    assert {min(axis) for axis in zip(*places, strict=True)} == {0}
    assert {max(axis) for axis in zip(*places, strict=True)} == {1000}
    drawn = svg(topic_chart(found))
    assert drawn.count("<circle") + drawn.count("<rect") == len(places)
    assert drawn.count("<rect") == len(unmet)
    assert topic_map(matcher, report.cards[::-1]) == found
    assert topic_map(replace(matcher, encoder=None), report.cards) is None


@pytest.mark.parametrize("reader", PROFILES)
def test_a_page_for_any_reader_leads_nowhere_it_does_not_have(report: Report, reader: str) -> None:
    shown = page(report, PROFILES[reader])
    anchors = re.findall(r' id="([^"]+)"', shown)
    assert len(anchors) == len(set(anchors))
    assert set(re.findall(r'href="#([^"]+)"', shown)) <= set(anchors)
    assert shown.index('id="brief"') < shown.index("办什么") < shown.index('id="method"')
    assert ('id="teams"' in shown) == ("teams" in PROFILES[reader].parts)


@pytest.mark.parametrize(
    ("share", "unknown", "words"),
    [(1.0, 1, "4 个指派中 3 个两边省份可知，全在省外"), (0.0, 0, "全在省内"),
     (0.5, 0, "省内 2 个，省外 2 个"), (None, 4, "省份不全")],
)  # fmt: skip
def test_page_one_says_of_how_many_the_province_is_known(
    report: Report, share: float | None, unknown: int, words: str
) -> None:
    plan = replace(report.spread.plan, pairs=4, out_of_province=share, province_unknown=unknown)
    shown = replace(report, home="", spread=replace(report.spread, plan=plan))
    assert words in said_of(shown, "省内省外")


def test_page_one_counts_the_teams_of_the_province_once(report: Report) -> None:
    main = [line for line in report.plan.lines if line.role == "主"]
    own = sum(line.province == report.home for line in main)
    others = sum(line.province not in ("", report.home) for line in main)
    told = said_of(report, "省内省外")
    assert told.startswith(f"{report.home}的团队 {own} 个（")
    assert f"外省 {others} 个" in told


def test_page_one_says_by_which_rule_and_what_alliances_lack(report: Report) -> None:
    rule, book = said_of(report, "分配规则"), report.rulebook
    assert book is not None
    assert "先使得到团队的需求最多" in rule
    assert "没有设单位上限" in rule
    answered = [card for card in report.cards if card.assigned]
    first = replace(answered[0], facts=(FactLine(book.items[0].key, False, "记录"),))
    items = (replace(book.items[0], missing=1), *book.items[1:])
    cards = tuple(first if c is answered[0] else replace(c, facts=()) for c in report.cards)
    lacking = replace(report, cards=cards, rulebook=replace(book, items=items))
    told = f"各类合计 {len(answered)} 项，从记录看 1 项缺一条以上"
    assert told in said_of(lacking, "规则核对")
    assert f"缺的：{book.items[0].text} 1 项" in dict(grounds(lacking))["规则核对"]


def test_page_one_adds_up_the_institutes_of_one_house_and_leaves_no_equal_out(
    report: Report,
) -> None:
    names = ["甲大学", "乙大学", "中国科学院一所", "丙大学", "丁大学", "中国科学院二所"]
    rows = tuple((name, 3 - (n > 2) - (n > 4), 0.0) for n, name in enumerate(names))
    plan = replace(report.spread.plan, by_org=rows, pairs=14)
    shown = replace(report, spread=replace(report.spread, plan=plan))
    told = said_of(shown, "承担最多")
    assert "甲大学 3 项（21%）（并列共 3 个单位），其次丙大学、丁大学各 2 项。" in told
    assert "中国科学院系统 2 个单位合计 4 项（29%）" in told
    assert [name for name, _, _ in brief_of(shown).orgs] == names[:3]


def test_the_paper_lists_by_number_what_nobody_is_to_have(
    report: Report, written: dict[str, Path]
) -> None:
    said = "\n".join(paragraphs(written["docx"]))
    after = said[said.index("\n指派方案\n") : said.index("\n各项需求\n")]
    left = [card for card in report.cards if not card.assigned]
    assert left
    assert all(f"{card.challenge_id} {card.title}" in after for card in left)


@pytest.mark.slow
def test_the_reader_decides_how_deep_the_paper_goes(report: Report, tmp_path: Path) -> None:
    few = replace(PROFILES["meeting"], most_cards=3)
    write_report(report, [tmp_path / "a.docx"], few)
    write_report(report, [tmp_path / "b.docx"], PROFILES["full"])
    titles = {f"{card.challenge_id} {card.title}".replace("\x07", "") for card in report.cards}
    wanted = [card.challenge_id for card in needs_decision(report)[:3]]
    shown = [text.split()[0] for text in paragraphs(tmp_path / "a.docx") if text in titles]
    assert shown == wanted
    assert titles <= set(paragraphs(tmp_path / "b.docx"))
    assert "按团队" not in paragraphs(tmp_path / "a.docx")
    names = [p.name for p in workbook_pages(report, PROFILES["university"])]
    assert "按团队" in names
    assert "要求对照" not in names
    with pytest.raises(InputError, match="不认识的用途"):
        profile_of("会议")


@pytest.mark.slow
def test_a_department_brings_its_own_paper(report: Report, tmp_path: Path) -> None:
    import docx
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt

    own = docx.Document()
    own.sections[0].header.paragraphs[0].text = "某省科学技术厅"
    own.add_paragraph("内部资料")
    own.styles.add_style("报告表格", WD_STYLE_TYPE.PARAGRAPH).font.size = Pt(6)
    own.save(str(tmp_path / "单位.docx"))
    write_report(report, [tmp_path / "a.docx"], PROFILES["meeting"], tmp_path / "单位.docx")
    made = docx.Document(str(tmp_path / "a.docx"))
    assert made.sections[0].header.paragraphs[0].text == "某省科学技术厅"
    assert [p.text for p in made.paragraphs][:2] == ["内部资料", report.title]
    cell = made.tables[0].rows[1].cells[0].paragraphs[0]
    assert cell.style.name == "报告表格"
    assert cell.style.font.size == Pt(6)
    (tmp_path / "坏.docx").write_bytes(b"not a document")
    with pytest.raises(InputError, match="模板无法打开"):
        write_report(report, [tmp_path / "b.docx"], PROFILES["meeting"], tmp_path / "坏.docx")
    assert not (tmp_path / "b.docx").exists()


@pytest.mark.slow
def test_without_a_chinese_font_the_paper_has_tables_and_says_so(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import docx

    monkeypatch.setattr(png, "chinese_font", lambda: None)
    monkeypatch.setattr("matcher.report.faces.paper.chinese_font", lambda: None)
    write_report(report, [tmp_path / "a.docx"])
    document = docx.Document(str(tmp_path / "a.docx"))
    assert not document.inline_shapes
    assert any("没有中文字体" in p.text for p in document.paragraphs)


@pytest.mark.slow
def test_a_broken_run_goes_on_where_it_stopped(
    report: Report, matcher: Matcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs = ReportInputs(matcher, (), shipped_pack("liaoning-2021"), SETTINGS)

    def stop(done: int, total: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with kept_results(tmp_path) as kept, pytest.raises(KeyboardInterrupt):
        build_report(inputs, kept, stop)
    asked: list[str] = []
    match = Matcher.match

    def counted(self: Matcher, ids: Sequence[str], **options: Any) -> Any:
        asked.extend(ids)
        return match(self, ids, **options)

    monkeypatch.setattr(Matcher, "match", counted)
    with kept_results(tmp_path) as kept:
        assert build_report(inputs, kept) == report
        assert len(asked) == 10 - 4
        asked.clear()
        deeper = replace(inputs, settings=replace(SETTINGS, top=5))
        build_report(deeper, kept)
        assert len(asked) == 10


@pytest.mark.slow
def test_kept_results_do_not_grow_for_ever(matcher: Matcher, tmp_path: Path) -> None:
    few = tuple(list(matcher.challenges)[:3])
    inputs = ReportInputs(matcher, (), None, replace(SETTINGS, only=few, draws=0))

    def rows() -> int:
        with connect(tmp_path / KEPT_FILE) as file:
            return int(file.execute("SELECT COUNT(*) FROM results").fetchone()[0])

    with kept_results(tmp_path) as kept:
        for depth in range(2, 2 + KEPT_SETTINGS + 2):
            build_report(replace(inputs, settings=replace(inputs.settings, top=depth)), kept)
        assert rows() == 3 * KEPT_SETTINGS
        first = matcher.challenges[few[0]].model_copy(update={"problem": "改过的问题"})
        changed = replace(matcher, challenges={**matcher.challenges, few[0]: first})
        last = replace(inputs.settings, top=1 + KEPT_SETTINGS + 2)
        build_report(ReportInputs(changed, (), None, last), kept)
        assert rows() == 3 * KEPT_SETTINGS


def test_a_broken_run_survives_another_report(matcher: Matcher, tmp_path: Path) -> None:
    inputs = ReportInputs(matcher, (), None, replace(SETTINGS, draws=0))
    setting = result_setting(inputs)
    with kept_results(tmp_path) as kept:
        one = ranked_challenge(matcher.rank(next(iter(matcher.challenges))), 4, 0)
        kept.put(ResultKey(setting, one.challenge_id, "甲"), one)
        build_report(replace(inputs, settings=replace(inputs.settings, top=2)), kept)
        assert kept.get(ResultKey(setting, one.challenge_id, "甲")) == one
        assert kept.get(ResultKey(setting, one.challenge_id, "乙")) is None


def test_the_manifest_names_the_commit_it_runs_from(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    repository = Path(manifest.__file__).resolve().parents[2]
    if (repository / ".git").exists():
        assert re.fullmatch(r"[0-9a-f]{40,64}(\+改动)?", manifest.commit())
    # Installed inside somebody else's repository, that one's commit says nothing.
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    (tmp_path / "matcher" / "report").mkdir(parents=True)
    monkeypatch.setattr(manifest, "__file__", str(tmp_path / "matcher/report/manifest.py"))
    assert manifest.commit() == ""


@pytest.mark.slow
def test_the_manifest_proves_the_report_or_says_what_differs(
    report: Report, matcher: Matcher, written: dict[str, Path], tmp_path: Path
) -> None:
    inputs = ReportInputs(matcher, (), shipped_pack("liaoning-2021"), SETTINGS)
    files = [written["json"], written["xlsx"]]
    made = manifest_of(report, inputs.identity, SETTINGS, "liaoning-2021", files, 1.0)
    write_manifest(made, tmp_path / "m.json")
    read = read_manifest(tmp_path / "m.json")
    assert read.report_settings == SETTINGS
    assert all(c.holds for c in check_inputs(read, inputs.identity))
    assert all(c.holds for c in check_files(read, written["json"].parent))
    assert check_report(read, build_report(inputs)).holds
    fewer = identity_of(matcher, list(matcher.challenges.values())[:2], (), None)
    wrong = {c.what for c in check_inputs(read, fewer) if not c.holds}
    assert wrong == {"榜单内容", "规则包"}
    assert not check_report(read, replace(report, title="别的")).holds
    assert [c.holds for c in check_files(read, tmp_path)] == [False, False]
    (tmp_path / "m.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match="清单"):
        read_manifest(tmp_path / "m.json")
