"""Programmes and sums, held against cases worked out by hand from the texts of the rules."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from matcher.alliances.due import due_of
from matcher.errors import InputError
from matcher.policy import (
    Advice,
    Claim,
    Fact,
    Means,
    Room,
    accounts,
    advise,
    claims_of_list,
    group_sums,
    received_before,
    room_before,
    shipped_pack,
)
from matcher.policy.rules import YearlyCap
from matcher.records import Challenge, Outcome
from matcher.records.alliance import Alliance, Income
from matcher.text.amounts import parse_money

Row = dict[str, str]
CASES_FILE = Path(__file__).parent / "data" / "programmes" / "cases.tsv"
CASES = list(csv.DictReader(CASES_FILE.open(encoding="utf-8"), delimiter="\t"))
NONE = "无"
FAME = ("职称", "名气", "排名", "院士", "双一流")


def wan(text: str) -> float | None:
    money = parse_money(text) if text else None
    return money.high if money else None


def claims_of(row: Row) -> list[Claim]:
    made = []
    for written in filter(None, row["账目"].split("|")):
        origin, receiver, key, year, amount, *group = written.split("/")
        made.append(
            Claim(receiver, key, origin, wan(amount), int(year) if year else None, *group)  # type: ignore[arg-type]
        )
    return made


def cap_of(pack_id: str) -> YearlyCap:
    return next(r for r in shipped_pack(pack_id).funding if isinstance(r, YearlyCap))


def words(value: float | None) -> str:
    return NONE if value is None else f"{value:g}"


def facts_of(row: Row) -> dict[str, Fact]:
    return {one[:-1]: Fact(one[-1] == "+", "例") for one in row["事实"].split()}


def means_of(row: Row) -> Means:
    bases = dict(one.split("=") for one in row["基数"].split()) if row["基数"] else {}
    room: dict[str, Room] = {}
    if row["账目"]:
        rule = cap_of(row["规则包"])
        entry = room_before(rule, claims_of(row))["本项"]
        assert entry.room_wan is not None
        room = {rule.id: Room(entry.room_wan)}
    known = {base: amount for base, text in bases.items() if (amount := wan(text)) is not None}
    return Means(wan(row["总投入"]), wan(row["申请"]), known, room)  # type: ignore[arg-type]


def test_there_are_sixty_cases_and_more() -> None:
    assert len(CASES) >= 60
    assert len({row["编号"] for row in CASES}) == len(CASES)


def advice_on(row: Row) -> Advice:
    """By the facts and sums of a case; of a reward, by a row of 成果收益 that has them."""
    pack = shipped_pack(row["规则包"])
    programme = next(p for p in pack.programme if p.id == row["计划"])
    said = advise(pack, programme.subject, facts_of(row), means_of(row))
    if programme.receiver == "完成人":
        bases = dict(one.split("=") for one in row["基数"].split())
        cells = {"net_wan": bases.get("转让许可净收入"), "profit_wan": bases.get("营业利润")}
        sums = {name: wan(text) for name, text in cells.items() if text}
        way = "自行实施" if row["计划"] == "profit-plan" else "许可"
        none = "没有" if "no_own_rule+" in row["事实"] else ""
        income = Income.model_validate({"way": way, "agreed": none, **sums})
        one = Alliance(alliance_id="A", incomes=(income,))
        said = due_of(pack, one, 2024, facts_of(row), Means()).advice
    return next(a for a in said if a.programme_id == row["计划"])


@pytest.mark.parametrize(
    "row", [r for r in CASES if r["计划"] != "yearly"], ids=lambda r: f"{r['编号']}-{r['说明']}"
)
def test_a_programme_says_what_was_worked_out_by_hand(row: Row) -> None:
    advice = advice_on(row)
    for expected in row["应得"].split():
        name, value = expected.split("=")
        if name == "结论":
            assert advice.verdict == value
        elif name == "最多":
            assert words(advice.most_wan) == value, advice.formula
        elif name == "最少":
            assert words(advice.least_wan) == value, advice.formula
        elif name == "申请":
            assert (value in advice.asked) if value != NONE else not advice.asked
        else:
            assert value in advice.formula
    assert advice.formula
    assert advice.source


@pytest.mark.parametrize(
    "row", [r for r in CASES if r["计划"] == "yearly"], ids=lambda r: f"{r['编号']}-{r['说明']}"
)
def test_a_year_adds_up_as_by_hand(row: Row) -> None:
    claims = claims_of(row)
    made = []
    for account in accounts(cap_of(row["规则包"]), claims):
        fits = " ".join(f"{e.claim.key}={words(e.most_wan)}" for e in account.entries)
        year = NONE if account.year is None else str(account.year)
        made.append(
            f"{account.receiver}:{year} {fits} 余={words(account.left_wan)} 空={account.blank} "
            f"超={'是' if account.over else '否'}"
        )
        assert all(entry.formula for entry in account.entries)
    made += [f"集团:{g.group} 合计={g.claimed_wan:g}" for g in group_sums(claims)]
    assert ";".join(made) == row["应得"]


def test_the_formula_can_be_followed() -> None:
    claims = [Claim("甲公司", f"K{n}", "榜单", 1000, 2021) for n in (1, 2, 3)]
    last = accounts(cap_of("liaoning-2021"), claims)[0].entries[-1]
    assert last.formula == "2000 − 1000（K1） − 1000（K2） = 0；本项 1000，超出 1000"


def listed(number: int, **fields: object) -> Challenge:
    return Challenge.model_validate(
        {"challenge_id": f"E{number}", "demand_org": "同一盟主有限公司", **fields}
    )


def test_a_list_counts_what_stands_before_in_it() -> None:
    """Three of 1000 for one enterprise: the third finds nothing left."""
    posted = [listed(n, fiscal_support_wan=1000, apply_deadline="2026-11-28") for n in (1, 2, 3)]
    taken = received_before(shipped_pack("liaoning-2021"), claims_of_list(posted))
    assert taken == {"E1": 0, "E2": 1000, "E3": 2000}
    given = [Outcome(challenge_id="E3", team_id="T", stage="立项", when="2026-12-01")]
    taken = received_before(shipped_pack("liaoning-2021"), claims_of_list(posted, given))
    assert taken == {"E3": 0, "E1": 1000, "E2": 2000}


def test_a_challenge_without_deadline_is_of_the_year_of_its_list() -> None:
    posted = [listed(1, apply_deadline="2026-11-28"), listed(2), listed(3, demand_org="")]
    assert [(c.key, c.year, c.amount_wan) for c in claims_of_list(posted)] == [
        ("E1", 2026, None), ("E2", 2026, None),
    ]  # fmt: skip
    assert [c.year for c in claims_of_list([listed(2)])] == [None]


def test_an_amount_that_is_none_is_refused() -> None:
    known = {"conditions_met": Fact(True), "on_list": Fact(True)}
    with pytest.raises(InputError, match="总投入不是金额"):
        advise(shipped_pack("liaoning-2021"), "榜单项目", known, Means(total_wan=-1))
    with pytest.raises(InputError, match="总投入不是金额"):
        advise(shipped_pack("liaoning-2021"), "榜单项目", known, Means(total_wan=float("nan")))


def test_nothing_about_rank_or_fame_is_asked() -> None:
    for pack_id in ("liaoning-2021", "china-law", "zhejiang-2021", "luoyang-2019"):
        for programme in shipped_pack(pack_id).programme:
            for item in programme.items:
                assert not any(
                    word in item.text for word in ("职称", "名气", "排名", "院士", "双一流")
                )


def test_the_report_counts_what_the_list_gives_before() -> None:
    """The third of 1000 for one enterprise is over the cap of 2000 a year, and is told so."""
    from matcher import Matcher
    from matcher.records import Team
    from matcher.report.build import ReportInputs, build_report

    posted = [
        listed(n, title="轴承钢洁净度", fiscal_support_wan=1000, apply_deadline="2026-11-28")
        for n in (1, 2, 3)
    ]
    teams = [Team(team_id="T1", research_directions=["轴承钢夹杂物控制"])]
    matcher = Matcher.from_records(posted, teams, encoder=None)
    report = build_report(ReportInputs(matcher, (), shipped_pack("liaoning-2021")))
    cards = {card.challenge_id: card for card in report.cards}
    over = {key: any("年度支持" in f.text for f in card.findings) for key, card in cards.items()}
    assert over == {"E1": False, "E2": False, "E3": True}
    assert cards["E3"].received_wan == 2000
