"""A year against its plan, and the guards, held against counts made by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl

from matcher.alliances import Alliance, Grant, Records, Seen, YearReport, year_report
from matcher.policy import shipped_pack
from matcher.records import Challenge, Outcome
from matcher.report.faces.tables import write_tables
from matcher.report.tables.alliances import year_tables

PACK = shipped_pack("liaoning-2021")


def alliance(number: int, **fields: object) -> Alliance:
    return Alliance.model_validate({
        "alliance_id": f"A{number}", "lead_org": f"{number}号公司", "members": [f"{number}号大学"],
        "formed_on": "2021-02-01", "city": "大连", "tech_domain": ["装备"], **fields,
    })  # fmt: skip


def report(*alliances: Alliance, year: int = 2021, **more: object) -> YearReport:
    return year_report(PACK, Records(alliances, **more), year)  # type: ignore[arg-type]


def progress(found: YearReport) -> dict[str, tuple[float, int]]:
    return {p.target_id: (p.reached, p.blank) for p in found.progress}


def notes(found: YearReport) -> dict[str, str]:
    return {p.target_id: p.note for p in found.progress}


def guard(found: YearReport, name: str) -> Seen:
    return next(g for g in found.guards if g.name == name)


def test_targets_of_the_year_and_of_the_five_years() -> None:
    challenges = [
        Challenge(challenge_id="K1", apply_deadline="2021-06-30", stage="发榜",
                  fiscal_support_wan=600, demand_org="1号公司"),
        Challenge(challenge_id="K2", apply_deadline="2022-06-30", fiscal_support_wan=100,
                  demand_org="2号公司"),
        Challenge(challenge_id="K3", stage="需求征集"),
        Challenge(challenge_id="K4"),
    ]  # fmt: skip
    outcomes = [
        Outcome(challenge_id="K1", team_id="T", stage="验收", when="2021-12-01"),
        Outcome(challenge_id="K2", team_id="T", stage="立项", when="2022-12-01"),
    ]
    grant = Grant(year=2021, amount_wan=300, programme="试点示范激励计划")
    same = Grant(year=2021, amount_wan=600, challenge_id="K1", programme="“揭榜挂帅”")
    made = [
        alliance(1, registered_on="2021-03-01", model_on="2021-06-01", technologies=2, products=1,
                 grants=[grant, same]),
        alliance(2, formed_on="2022-01-01", technologies=0, model_on="2022-06-01"),
        alliance(3, formed_on=None),
    ]  # fmt: skip
    first = progress(report(*made, challenges=challenges, outcomes=outcomes))
    assert first["first-alliances"] == (1, 0)
    assert first["first-projects"] == (1, 1)  # K4 says no year
    assert first["first-funds"] == (900, 0)  # K1 counts once
    assert first["model-alliances"] == (1, 0)
    assert first["formed-alliances"] == (0, 1)  # the model is no second one
    assert first["technologies"] == (2, 1)
    later = report(*made, year=2022, challenges=challenges, outcomes=outcomes)
    assert progress(later)["model-alliances"] == (2, 0)
    assert progress(later)["projects"] == (2, 1)
    assert "first-funds" not in progress(later)
    assert [p.share for p in later.progress if p.target_id == "projects"] == [2 / 500]


def test_a_model_is_not_counted_among_the_others_too() -> None:
    made = [alliance(1, model_on="2022-06-01"), alliance(2), alliance(3, model_on="2021-06-01")]
    first, later = progress(report(*made)), progress(report(*made, year=2022))
    assert (first["model-alliances"][0], first["formed-alliances"][0]) == (1, 2)
    assert (later["model-alliances"][0], later["formed-alliances"][0]) == (2, 1)


def test_who_cannot_be_an_alliance_is_not_counted_as_one() -> None:
    made = [
        alliance(1), alliance(2, lead_org="某大学"), alliance(3, members=["某公司"]),
        alliance(4, province="吉林"), alliance(5, members=[]),
    ]  # fmt: skip
    found = report(*made)
    assert progress(found)["formed-alliances"] == (2, 0)  # a blank rules nobody out
    assert "不符合基本条件的 3 个不算" in notes(found)["formed-alliances"]


def test_the_first_list_is_the_one_that_was_made_public() -> None:
    days = {"registered_on": "2021-03-01"}
    by_day = report(alliance(1, **days), alliance(2, **days))
    assert progress(by_day)["first-alliances"] == (2, 0)
    assert "按备案日期" in notes(by_day)["first-alliances"]
    told = report(
        alliance(1, batch="首批", **days), alliance(2, batch="第二批"), alliance(3, **days)
    )
    assert progress(told)["first-alliances"] == (1, 1)


def test_money_whose_payer_nobody_says_is_told() -> None:
    grants = [Grant(year=2021, amount_wan=600), Grant(year=2021, payer="省科技厅")]
    found = report(alliance(1, grants=grants))
    assert progress(found)["first-funds"] == (600, 1)
    assert "600 万元没有写明出资方" in notes(found)["first-funds"]


def test_breakdowns_add_up() -> None:
    challenges = [
        Challenge(
            challenge_id="K1", apply_deadline="2021-06-30", city="大连", tech_domain=["装备"]
        ),
        Challenge(challenge_id="K2", apply_deadline="2021-06-30"),
    ]
    outcomes = [Outcome(challenge_id="K1", team_id="T", stage="揭榜")]
    made = [
        alliance(1, agreed_on="2021-03-01"),
        alliance(2, city="", given_wan=50, money_year=2021),
    ]
    found = report(*made, challenges=challenges, outcomes=outcomes)
    cities = {
        c.key: (c.formed, c.agreed, c.challenges, c.answered, c.given_wan) for c in found.by_city
    }
    assert cities == {"大连": (1, 1, 1, 1, 0.0), "未填写": (1, 0, 1, 0, 50.0)}
    assert sum(c.formed for c in found.by_field) == 2
    assert {c.key: c.challenges for c in found.by_year} == {"2021": 2}
    assert found.by_programme == {"未填写": 50.0}


def test_forced_matches_are_listed() -> None:
    found = report(alliance(1, match_band="弱"), alliance(2, match_band="强"), alliance(3))
    seen = guard(found, "拉郎配")
    assert (seen.raised, seen.shown) == (True, ("A1",))
    assert "没有匹配记录的 1 个" in seen.words
    assert not guard(report(alliance(2, match_band="强")), "拉郎配").raised


def test_rushing_in_is_many_of_a_month_with_thin_agreements() -> None:
    whole = {"agreed_on": "2021-02-01", "market_goal": "替代进口", "technical_targets": "≥1",
             "benefit_mechanism": "按比例"}  # fmt: skip
    rushed = [alliance(n) for n in range(3)] + [alliance(9, formed_on="2021-07-01", **whole)]
    seen = guard(report(*rushed), "一哄而上")
    assert seen.raised
    assert "2021-02 组建 3 个，占全年 75%，其中协议不全 3 个" in seen.words
    sound = [alliance(n, **whole) for n in range(3)]
    assert not guard(report(*sound), "一哄而上").raised


def test_closing_off_and_monopoly() -> None:
    inside = [alliance(n, member_cities=["大连"]) for n in range(3)]
    seen = guard(report(*inside), "地区分割")
    assert (seen.raised, seen.shown) == (True, ("A0", "A1", "A2"))
    open_ = [alliance(n, member_cities=["沈阳"]) for n in range(3)]
    assert not guard(report(*open_), "地区分割").raised
    one = [alliance(n, members=["甲大学"]) for n in range(3)]
    assert guard(report(*one), "垄断").shown == ("装备：甲大学 3/3",)
    assert not guard(report(*inside), "垄断").raised


def test_the_report_is_drawn_as_workbook_and_page(tmp_path: Path) -> None:
    found = report(alliance(1, name="<b>联盟</b>", city="<i>市"))
    write_tables("2021 年进度", year_tables(found), tmp_path / "年.xlsx")
    write_tables("2021 年进度", year_tables(found), tmp_path / "年.html")
    book = openpyxl.load_workbook(tmp_path / "年.xlsx")
    assert book.sheetnames == [
        "目标与进度",
        "防范",
        "按年度",
        "按市",
        "按领域",
        "按计划的资金",
        "按出资方的资金",
    ]
    page = (tmp_path / "年.html").read_text(encoding="utf-8")
    assert "&lt;i&gt;市" in page
    assert "<i>市" not in page
    assert "首批联盟" in page


def test_an_alliance_that_ended_before_counts_no_more() -> None:
    ended = alliance(1, ended_on=date(2020, 1, 1), technologies=5)
    assert progress(report(ended))["technologies"] == (0, 0)


def test_the_money_of_a_plan_is_that_of_its_payer() -> None:
    """5 亿 are of the province: what a city adds or the enterprise brings is told beside it."""
    grants = [
        {"year": 2021, "amount_wan": 300, "payer": "省科技厅", "programme": "试点示范"},
        {"year": 2021, "amount_wan": 200, "payer": "鞍山市", "programme": "试点示范"},
        {"year": 2021, "amount_wan": 900, "payer": "企业自筹"},
        {"year": 2021, "amount_wan": 50}, {"year": 2021, "amount_wan": 70, "payer": "国家"},
    ]  # fmt: skip
    one = Alliance(alliance_id="A", lead_org="甲公司", formed_on="2021-02-01", grants=grants)
    report = year_report(shipped_pack("liaoning-2021"), Records([one]), 2021)
    funds = next(p for p in report.progress if p.target_id == "first-funds")
    assert funds.reached == 350  # of nobody's that is told, too
    assert report.by_payer == {"企业自筹": 900, "国家": 70, "市": 200, "未填写": 50, "省": 300}
    assert report.by_programme == {"企业自筹": 900, "未填写": 120, "试点示范": 500}
    assert report.by_year[0].given_wan == 620


def test_a_year_without_new_alliances_is_told_as_one() -> None:
    seen = guard(report(alliance(1), year=2022), "一哄而上")
    assert (seen.raised, seen.words) == (False, "没有写明在这一年组建的联盟")


def test_models_that_do_not_fit_are_told() -> None:
    models = [
        alliance(1, model_on="2021-06-01", province="吉林省"),
        alliance(2, model_on="2021-06-01", ended_on="2021-09-01"),
        alliance(3, model_on="2021-06-01"),
    ]
    said = [note for note in notes(report(*models)).values() if "典型认定日期" in note]
    assert said
    assert all("其中 2 个盟主或成员不符合基本条件或已结束" in note for note in said)
