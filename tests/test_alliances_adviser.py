"""What is said of alliances and challenges: a table of records, and how it is asked."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import get_args

import pytest
from docx import Document
from openpyxl import load_workbook

from matcher import Challenge, Matcher, Team
from matcher.alliances import (
    Alliance,
    Organisations,
    account_year,
    advice_around_challenge,
    advice_for,
    advice_for_challenge,
    all_claims,
    carrier_of,
    sums_of,
)
from matcher.policy import Advice, Claim, PolicyPack, payer_level, shipped_pack, statement_of
from matcher.ranking.grades import Band
from matcher.records.alliance import MatchBand
from matcher.report.build import ReportInputs, build_report
from matcher.report.faces import write_report
from matcher.report.model import Report
from matcher.report.profiles import PROFILES
from matcher.report.tables.forms import programmes_in_short

Row = dict[str, str]
TABLE = Path(__file__).parent / "data" / "programmes" / "records.tsv"
ROWS = list(
    csv.DictReader(TABLE.open(encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE, restval="")
)
HAN = re.compile("[一-鿿]")
LIAONING = shipped_pack("liaoning-2021")
WHOLE = {
    "alliance_id": "A1", "lead_org": "甲公司", "lead_legal_person": "是", "province": "辽宁省",
    "operates_here": "是", "lead_rd_wan": 3000, "members": ["大连理工大学"],
    "agreed_on": "2021-01-05", "benefit_mechanism": "收益按投入分",
    "market_goal": "替代进口", "technical_targets": "疲劳寿命≥20年",
    "match_band": "强", "match_proof": ["轴承钢夹杂物控制"],
}  # fmt: skip


def told(advice: tuple[Advice, ...], pack: PolicyPack = LIAONING) -> list[str]:
    """The page as it is printed."""
    page = statement_of(pack, advice)
    lines = [
        line
        for one in page.programmes
        for line in (f"[{one.advice.verdict}] {one.advice.headline}", *one.lines)
    ]
    return [*page.summary, *page.later, *page.rooms, *page.common, *lines]


def steps_of(said: list[str]) -> list[str]:
    """What to do next on the first screen, without the programme it is for."""
    return [
        line.partition("：")[2] for line in said if line.startswith("下一步") and "；" not in line
    ]


@pytest.mark.parametrize("row", ROWS, ids=lambda r: f"{r['编号']}-{r['说明']}")
def test_records_are_told_what_they_may_ask_for(row: Row) -> None:
    written = json.loads(row["联盟"]) if row["联盟"] else []
    several = written if isinstance(written, list) else [written]
    alliances = [Alliance.model_validate(WHOLE | one) for one in several]
    posted = [Challenge.model_validate(json.loads(row["榜单"]))] if row["榜单"] else []
    pack = shipped_pack(row["规则包"] or "liaoning-2021")
    claims = all_claims(pack, alliances, posted)
    by_id = {c.challenge_id: c for c in posted}
    year = int(row["年度"] or 2021)
    if row["问"] in by_id:
        asked = by_id[row["问"]]
        advice = advice_for_challenge(pack, asked, year, claims, alliances)
        said = [*told(advice, pack), carrier_of(asked, alliances)[1]]
    else:
        said = told(advice_for(pack, alliances[0], year, claims, by_id), pack)
        said += [s.note for s in sums_of(pack, alliances[0], Organisations.of(alliances))]
    assert all(len(HAN.findall(step)) <= 40 for step in steps_of(said))
    text = "\n".join(said)
    for wanted in row["应有"].split("|"):
        assert wanted in text
    for unwanted in filter(None, row["应无"].split("|")):
        assert unwanted not in text


def test_what_is_left_of_a_shared_cap_is_told_once() -> None:
    one = Alliance.model_validate(WHOLE | {"given_wan": 800, "money_year": 2021})
    advice = advice_for(LIAONING, one, 2021, all_claims(LIAONING, [one], []))
    sharing = [a for a in advice if a.rooms]
    assert len(sharing) > 1
    assert "\n".join(told(advice)).count("2000 − 800（A1#1） = 1200") == 1
    assert all("2000 − 800" in a.formula for a in sharing)


def test_what_is_asked_for_comes_first_and_alone_in_full() -> None:
    asked = {"year": 2021, "amount_wan": 300, "payer": "省", "programme": "带土移植",
             "standing": "申请"}  # fmt: skip
    one = Alliance.model_validate(
        WHOLE | {"talents": 1, "talent_origin": "北京", "grants": [asked]}
    )
    page = statement_of(LIAONING, advice_for(LIAONING, one, 2021, all_claims(LIAONING, [one], [])))
    steps = [line for line in page.summary if line.startswith("下一步")]
    talent = ["“带土移植”引育计划" in line for line in steps]
    assert talent == sorted(talent, reverse=True)
    # 域外, who they are, who receives it, and the two things the clause leaves open of the sum.
    assert sum(talent) == len(steps) == 5
    later = [line for line in page.later if line.startswith("下一步")]
    assert len({line.partition("：")[0] for line in later}) == len(later) > 2
    assert not any("“带土移植”" in line for line in later)
    assert [told.advice.programme_id for told in page.in_full(every=False)] == ["talent-plan"]
    assert page.in_full(every=True) == page.programmes
    bare = Alliance.model_validate(WHOLE)
    none_asked = statement_of(LIAONING, advice_for(LIAONING, bare, 2021))
    assert none_asked.in_full(every=False) == none_asked.programmes


def test_the_page_of_a_challenge_begins_with_its_own_programmes() -> None:
    one = Alliance.model_validate(WHOLE | {"challenges": ["K1"]})
    posted = Challenge(challenge_id="K1", demand_org="甲公司", total_budget_wan=2000, stage="发榜")
    claims = all_claims(LIAONING, [one], [posted])
    around = advice_around_challenge(LIAONING, posted, 2021, claims, [one], {"K1": posted})
    lines = [x for x in statement_of(LIAONING, around).summary if x.startswith(("[", "下一步"))]
    assert "“揭榜挂帅”科技攻关计划" in lines[0]
    assert "课题视为" in lines[1]
    assert next(x for x in lines if x[0] != "[").startswith("下一步（“揭榜挂帅”")


def test_what_several_challenges_may_have_is_added_up() -> None:
    one = Alliance.model_validate(WHOLE | {"challenges": ["K1", "K2"]})
    posted = {
        number: Challenge(
            challenge_id=number, demand_org="甲公司", total_budget_wan=total, stage="签约立项"
        )
        for number, total in (("K1", 2800), ("K2", 5000))
    }
    summary = statement_of(LIAONING, advice_for(LIAONING, one, 2021, (), posted)).summary
    (line,) = (words for words in summary if words.startswith("“揭榜挂帅”科技攻关计划"))
    assert "2 项加起来不超过 840 + 1000 = 1840 万元" in line


@pytest.mark.parametrize(
    ("payer", "level"),
    [
        ("省科技厅", "省"), ("省级科技专项资金", "省"), ("辽宁省财政厅", "省"),
        ("沈阳市科技局", "市"),
        ("铁西区财政", "市"), ("大连", "市"), ("企业自筹", "企业"), ("盟主出资", "企业"),
        ("甲制造有限公司", "企业"), ("国家自然科学基金", "国家"), ("科技部", "国家"),
        ("某银行贷款", "其他"), ("吉林省科技厅", "其他"), ("省市两级", ""), ("财政", ""), ("", ""),
    ],
)  # fmt: skip
def test_whose_money_it_is_is_told_by_the_payer(payer: str, level: str) -> None:
    assert payer_level(payer, "辽宁") == level


def test_the_account_is_of_a_year_the_pack_speaks_of() -> None:
    claims = [Claim("甲公司", "A1#1", "联盟已得", 800, year) for year in (2021, 2023, 2030)]
    asked = account_year(LIAONING, 2024, claims, ["甲公司"])
    assert (asked.year, asked.why) == (2024, "今年，规则包在用")
    late = account_year(LIAONING, 2026, claims, ["甲公司"])
    assert (late.year, "2021–2025" in late.why, "最近一年" in late.why) == (2023, True, True)
    assert account_year(LIAONING, 2026, claims, ["乙公司"]).year == 2021
    assert account_year(LIAONING, 2019, (), ["乙公司"]).year == 2021
    assert account_year(shipped_pack("china-law"), 2026).year == 2026


@pytest.mark.parametrize(("year", "verdict", "why"), [
    (1999, "不符合", "那时还没有这个政策"), (2020, "不符合", "那时还没有这个政策"),
    (2026, "待核实", "没有写明以后是否有效"),
])  # fmt: skip
def test_a_year_the_pack_does_not_state_is_never_granted(year: int, verdict: str, why: str) -> None:
    one = Alliance.model_validate(
        WHOLE | {"agreed_on": "1998-01-05", "model_on": "1998-02-01", "challenges": ["K1"]}
    )
    posted = Challenge(challenge_id="K1", demand_org="甲公司", total_budget_wan=2000, stage="发榜")
    advice = advice_for(LIAONING, one, year, (), {"K1": posted})
    assert verdict in {a.verdict for a in advice}
    assert not {"可以申请", "可以提出"} & {a.verdict for a in advice}
    said = ["".join((*a.why_not, *a.to_check)) for a in advice]
    assert all(f"{year} 年不在规则包写明的年份内" in words and why in words for words in said)
    inside = advice_for(LIAONING, one, 2021, (), {"K1": posted})
    assert "可以申请" in {a.verdict for a in inside}
    later = advice_for(LIAONING, one, 2023, (), {"K1": posted})
    assert {a.verdict for a in later} <= {"待核实", "不符合"}
    assert all("政策到哪一年有效" in "".join(a.readings) for a in later)


def test_an_alliance_is_looked_at_as_of_the_year() -> None:
    days = {"agreed_on": "2023-01-05", "model_on": "2023-06-01", "ended_on": "2024-06-01"}
    one = Alliance.model_validate(WHOLE | days)

    def pilot(year: int) -> Advice:
        return advice_for(LIAONING, one, year)[0]

    assert pilot(2021).verdict == "不符合"
    early = "".join(pilot(2021).why_not)
    assert "认定日期 2023-06-01，2021 年还没有" in early
    assert "协议日期 2023-01-05，2021 年还没有" in early
    assert "结束" not in early
    assert pilot(2023).verdict == "待核实"  # the source does not say how long it holds
    assert [w.partition("（")[0] for w in pilot(2023).to_check] == ["2023 年政策是否仍有效"]
    # Of the year in which it ended the source says nothing; after it there is no alliance.
    assert pilot(2024).verdict == "待核实"
    assert "联盟还在运行（已于 2024-06-01 结束；条文没有写" in "".join(pilot(2024).to_check)
    assert "联盟还在运行（已于 2024-06-01 结束）" in "".join(pilot(2025).why_not)


def test_a_band_is_one_of_the_bands() -> None:
    assert set(get_args(MatchBand)) == {*map(str, Band), ""}
    with pytest.raises(ValueError, match="match_band"):
        Alliance(alliance_id="A", match_band="很强")  # type: ignore[arg-type]


def reported(*alliances: Alliance) -> Report:
    posted = [
        Challenge(
            challenge_id=f"K{n}", title="轴承钢洁净度", demand_org="甲公司", total_budget_wan=2000,
            apply_deadline="2021-06-30", stage="发榜",
        )
        for n in range(1, 4)
    ]  # fmt: skip
    teams = [Team(team_id="T1", research_directions=["轴承钢夹杂物控制"])]
    matcher = Matcher.from_records(posted, teams, encoder=None)
    return build_report(ReportInputs(matcher, (), LIAONING, alliances=alliances))


def test_a_report_says_what_each_challenge_may_ask_for(tmp_path: Path) -> None:
    grants = [{"year": 2021, "amount_wan": 1800, "payer": "省", "receiver": "盟主"}]
    grants += [
        {"year": 2021, "amount_wan": sum_, "payer": payer, "challenge_id": "K1", "standing": "申请"}
        for payer, sum_ in (("沈阳市财政", 400), ("企业自筹", 1400))
    ]
    one = Alliance.model_validate(WHOLE | {"challenges": ["K1"], "grants": grants})
    made = reported(one)
    lines = {(p.challenge_id, p.rule): p for p in made.programmes}
    first = lines["K1", "jiebang-plan"]
    assert (first.verdict, first.most_wan, first.year) == ("可以申请", 200, 2021)
    assert "写明承担它" in first.about
    bare = {p.challenge_id: p for p in reported().programmes if p.rule == "jiebang-plan"}
    assert (bare["K1"].verdict, bare["K1"].gaps) == (
        "待核实", ("需求单位是符合三项条件的联盟的盟主",),
    )  # fmt: skip
    write_report(made, [tmp_path / f"报告.{name}" for name in ("xlsx", "docx", "html")])
    sheet = load_workbook(tmp_path / "报告.xlsx")["支持计划"]
    assert "可以申请" in str(list(sheet.values))
    paper = Document(str(tmp_path / "报告.docx"))
    words = [p.text for p in paper.paragraphs]
    assert words.index("支持计划") > words.index("指派方案")  # never on page one
    assert "写明承担它" in (tmp_path / "报告.html").read_text()


def test_money_of_alliances_is_for_those_who_may_see_it() -> None:
    for name, profile in PROFILES.items():
        assert ("programmes" in profile.parts) == (name in ("meeting", "full")), name
        assert ("programmes" in profile.paper) == (name in ("meeting", "full")), name


def test_the_paper_puts_those_together_that_stand_alike() -> None:
    table = programmes_in_short(reported())
    assert [(g.programme, len(g.lines)) for g in table.rows] == [
        ("“揭榜挂帅”科技攻关计划", 3), ("课题视为省级科技计划项目", 3),
    ]  # fmt: skip


def test_alliances_are_part_of_what_a_report_is_proved_by() -> None:
    teams = [Team(team_id="T1", research_directions=["轴承钢"])]
    matcher = Matcher.from_records([Challenge(challenge_id="K", title="钢")], teams, encoder=None)
    one = Alliance(alliance_id="A1", lead_org="甲公司")
    bare = ReportInputs(matcher, (), LIAONING).identity
    with_one = ReportInputs(matcher, (), LIAONING, alliances=(one,)).identity
    assert (bare.alliances, with_one.alliances != "") == ("", True)
    assert (
        ReportInputs(matcher, (), None, alliances=(one,)).identity
        == ReportInputs(matcher, (), None).identity
    )
