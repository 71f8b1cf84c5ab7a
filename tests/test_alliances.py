"""Alliances: lists in, states as a table, conditions from records, overlaps, sums, nothing lost."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from matcher import Challenge, Matcher, Team
from matcher.alliances import (
    ALLIANCE,
    Alliance,
    Grant,
    advice_for,
    advice_for_challenge,
    alliance_facts,
    check_conditions,
    claims_of_alliances,
    from_matches,
    held_against,
    members_of,
    overlaps,
    strange_programmes,
)
from matcher.corpora import read_any_of, write_template
from matcher.corpora.output.template import EXAMPLE_ALLIANCE
from matcher.errors import InputError, NotFoundError
from matcher.index.migrations import _BANDS, MIGRATIONS
from matcher.intake import Part, look
from matcher.policy import claims_of_list, rooms_of, shipped_pack
from matcher.records import Outcome
from matcher.records.alliance import Mark
from matcher.service.access import Principal
from matcher.service.errors import ChangedError, ConflictError
from matcher.service.store.alliances import Alliances
from matcher.service.store.audit import Audit
from matcher.service.store.database import Database
from matcher.service.store.steps import Act
from matcher.workspace import STORE_FILE, Change
from matcher.workspace import Workspace as Kept

from .conftest import Cli

LIAONING = shipped_pack("liaoning-2021")
STAFF = Principal("staff", 1, "科技厅")
LEAD = "瓦房店轴承集团有限责任公司"
FULL = Alliance(
    alliance_id="A1", name="轴承联盟", lead_org=LEAD, lead_legal_person="是", province="辽宁省",
    operates_here="是", lead_rd_wan=3000, members=("大工", "某银行"), agreed_on=date(2021, 1, 5),
    market_goal="替代进口", technical_targets="疲劳寿命≥20年", match_band="强",
    benefit_mechanism="收益按投入分",
    match_proof=("轴承钢夹杂物控制",),
)  # fmt: skip


def act(reason: str = "", role: str = "staff") -> Act:
    return Act(STAFF, role, reason)  # type: ignore[arg-type]


@pytest.fixture
def store(tmp_path: Path) -> Alliances:
    Kept(tmp_path, encoder=None).make()
    database = Database(tmp_path / STORE_FILE)
    return Alliances(database, Audit(database))


def listed(path: Path, *rows: list[object]) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["首批实质性产学研联盟名单"])
    head = ["序号", "联盟名称", "盟主", "合作高校院所", "领域", "所在市", "签约时间", "备案时间",
            "支持资金(万元)", "年度", "联系电话"]  # fmt: skip
    sheet.append(head)
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def seen(path: Path, kept: tuple[Alliance, ...] = ()) -> Part:
    """What an import of a list would do, held against the alliances that are kept."""
    workspace = Kept(path.parent, encoder=None)
    return look(workspace, read_any_of(path, "alliances"), alliances=kept).files[0].parts[0]


def bearing_book(folder: Path, sheets: dict[str, tuple[list[Any], ...]]) -> Path:
    """A workbook of one alliance, A1, and of these sheets."""
    alliances = (["联盟编号", "联盟名称", "盟主企业"], ["A1", "轴承联盟", LEAD])
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in {"联盟": alliances, **sheets}.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    book.save(folder / "联盟.xlsx")
    return folder / "联盟.xlsx"


def test_a_list_of_any_shape_comes_in(tmp_path: Path, store: Alliances) -> None:
    file = listed(
        tmp_path / "名单.xlsx",
        ["1", "高端轴承联盟", LEAD, "大连理工大学、中国科学院金属研究所", "装备制造", "大连",
         "2021年1月5日", "2021-03-01", "800万元", 2021, "13800138000"],
        ["2", "菱镁联盟", "某镁业有限公司", "东北大学", "新材料", "鞍山", *[None] * 5],
        ["3", "坏联盟", "某公司", "某大学", "新材料", "鞍山", "去年", None, "很多", 2021, None],
        ["合计", None, None, None, None, None, None, None, None, None, None],
    )  # fmt: skip
    found = seen(file, store.all())
    assert [a.alliance_id for a in found.records] == ["1", "2"]
    assert {r.column for r in found.reading.rejects} == {"签约时间", "支持资金(万元)"}
    assert all(r.row == 5 and r.expected for r in found.reading.rejects)
    store.put(found.records, act("导入"))
    assert store.states() == {"1": "已备案", "2": "组建中"}
    first, _ = store.find("1")
    assert [g.amount_wan for g in first.all_grants] == [800]
    assert store.find("2")[0].all_grants == ()  # 未填写, not 0
    assert [s.move for s in store.history("1")] == ["组建", "签订协议", "备案"]
    again = seen(file, store.all())
    assert (again.records, again.change) == ((), Change(0, 0, 2))


def test_a_list_over_what_is_kept_leaves_what_it_does_not_say(
    tmp_path: Path, store: Alliances
) -> None:
    store.put([FULL.model_copy(update={"alliance_id": "1"})], act())
    file = listed(
        tmp_path / "名单.xlsx", ["1", "新名称", LEAD, "大工", "装备", "大连", *[None] * 5]
    )
    found = seen(file, store.all())
    assert [a.name for a in found.records] == ["新名称"]
    assert found.change == Change(0, 1, 0)
    assert found.records[0].market_goal == "替代进口"


def test_what_may_be_there_already_is_told_and_never_merged() -> None:
    found = held_against([FULL.model_copy(update={"alliance_id": "B1"})], [FULL])
    assert found.suspects == {"B1": ("A1",)}
    assert [a.alliance_id for a in found.added] == ["B1"]
    both = [FULL.model_copy(update={"alliance_id": key}) for key in ("B1", "B2")]
    assert held_against(both, []).suspects == {"B1": ("B2",)}  # a pair is told once


def test_a_programme_nobody_knows_is_told_on_the_way_in() -> None:
    named = (("成果转化及中试基地后补助", "省"), ("某某振兴专项", "省"), ("重点研发", "科技部"))
    grants = tuple(Grant(programme=name, payer=payer) for name, payer in named)
    one = FULL.model_copy(update={"grants": grants})
    assert strange_programmes([one]) == {"某某振兴专项": (FULL.alliance_id,)}


def test_sums_come_nested_or_from_a_table_of_their_own(tmp_path: Path) -> None:
    """Grants of JSON lines and of the sheet 资金; a bad one is told and does not cost the rest."""
    lines = tmp_path / "联盟.jsonl"
    grants = [
        {"year": 2021, "amount_wan": 300, "payer": "省科技厅", "receiver": "盟主"},
        {"年度": 2021, "金额(万元)": "200万元", "出资方": "鞍山市"}, {"amount_wan": "很多"}, "一笔",
    ]  # fmt: skip
    one = {"alliance_id": "A1", "name": "轴承联盟", "lead_org": LEAD, "grants": grants}
    lines.write_text(json.dumps(one, ensure_ascii=False) + "\n")
    found = seen(lines)
    assert [(g.amount_wan, g.payer) for g in found.records[0].grants] == [
        (300, "省科技厅"), (200, "鞍山市"),
    ]  # fmt: skip
    assert {r.column for r in found.reading.rejects} == {"资金[3].amount_wan", "资金[4]"}

    sheets = {
        "资金": (
            ["联盟编号", "年度", "金额(万元)", "出资方", "收款单位"],
            ["A1", 2021, 300, "省科技厅", "盟主"],
            ["轴承联盟", 2022, None, "省科技厅", "大工"], ["A9", 2021, 100, "省", ""],
        ),
    }  # fmt: skip
    found = seen(bearing_book(tmp_path, sheets))
    assert [(g.year, g.amount_wan, g.receiver) for g in found.records[0].grants] == [
        (2021, 300, "盟主"), (2022, None, "大工"),
    ]  # fmt: skip
    assert [(r.sheet, r.value) for r in found.reading.rejects] == [("资金", "A9")]


def test_a_band_that_is_none_is_refused_on_the_way_in(tmp_path: Path) -> None:
    file = tmp_path / "联盟.csv"
    file.write_text(
        "联盟编号,联盟名称,盟主企业,匹配档次\nA1,轴承联盟,甲公司,强\nA2,菱镁联盟,乙公司,很强\n"
    )
    found = seen(file)
    assert [a.match_band for a in found.records] == ["强"]
    assert [(r.column, r.value) for r in found.reading.rejects] == [("匹配档次", "很强")]


def test_a_band_of_an_older_workspace_becomes_one_of_the_bands(tmp_path: Path) -> None:
    Kept(tmp_path, encoder=None).make()
    with closing(Database(tmp_path / STORE_FILE)) as database:
        with database.writing() as connection:
            for alliance_id, band in (("A", "很强"), ("B", "强")):
                content = {"alliance_id": alliance_id, "match_band": band, "note": "备注"}
                written = json.dumps(content, ensure_ascii=False)
                connection.execute(
                    "INSERT INTO alliances VALUES (?, ?, '组建中', '', '1')", (alliance_id, written)
                )
            connection.execute(_BANDS)
        kept = Alliances(database, Audit(database)).all()
    assert _BANDS in MIGRATIONS
    assert [(a.match_band, a.note) for a in kept] == [
        ("未定", "备注（匹配档次原写“很强”）"), ("强", "备注"),
    ]  # fmt: skip


def test_a_template_of_alliances_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "联盟模板.xlsx"
    write_template("alliances", path)
    found = seen(path).records[0]
    without = {"grants": (), "incomes": (), "source": None}
    assert found.model_copy(update=without) == EXAMPLE_ALLIANCE
    assert [(g.amount_wan, g.payer, g.receiver) for g in found.grants] == [
        (200, "省科技厅", "盟主")
    ]  # fmt: skip
    assert [(i.way, i.holder_kind, i.net_wan, i.agreed_percent) for i in found.incomes] == [
        ("许可", "政府设立的高校", 200, 75)
    ]  # fmt: skip


def test_incomes_come_nested_or_from_a_table_of_their_own(tmp_path: Path) -> None:
    """Shares as people write them, days as exactly as they are known; a bad row costs no other."""
    lines = tmp_path / "联盟.jsonl"
    incomes = [
        {"way": "许可", "net_wan": 200}, {"转化方式": "作价投资", "股份占公司(%)": "三成"},
        {"way": "卖掉"},
    ]  # fmt: skip
    one = {"alliance_id": "A1", "name": "轴承联盟", "lead_org": LEAD, "incomes": incomes,
           "grants": [{"amount_wan": 100}]}  # fmt: skip
    lines.write_text(json.dumps(one, ensure_ascii=False) + "\n")
    found = seen(lines)
    assert [(i.way, i.net_wan, i.equity_percent) for i in found.records[0].incomes] == [
        ("许可", 200, None), ("作价投资", None, 30),
    ]  # fmt: skip
    assert [g.amount_wan for g in found.records[0].grants] == [100]
    assert {r.column for r in found.reading.rejects} == {"成果收益[3].way"}

    sheets = {
        "资金": (["联盟编号", "年度", "金额(万元)"], ["A1", 2021, 300]),
        "成果收益": (
            ["联盟编号", "转化方式", "到账日期", "净收入(万元)", "约定奖励比例(%)",
             "已付奖励(万元)"],
            ["A1", "许可", "2021年5月", "240万元", "八成半", 0], ["A9", "许可", "", 1, "", ""],
        ),
    }  # fmt: skip
    found = seen(bearing_book(tmp_path, sheets))
    (income,) = found.records[0].incomes
    assert (income.received, income.net_wan, income.agreed_percent, income.paid_wan) == (
        "2021年5月", 240, 85, 0,
    )  # fmt: skip
    assert [g.amount_wan for g in found.records[0].grants] == [300]
    assert [(r.sheet, r.value) for r in found.reading.rejects] == [("成果收益", "A9")]


def test_an_alliance_holds_no_contacts() -> None:
    made = Alliance(alliance_id="A", note="联系 13800138000", projects=["电话 13800138000"])
    assert "138" not in made.model_dump_json()


def test_moves_are_a_table_and_each_is_kept(store: Alliances) -> None:
    store.put([Alliance(alliance_id="A", lead_org=LEAD)], act())
    with pytest.raises(ConflictError, match="现在是“组建中”，不能备案"):
        store.move("A", "备案", act(), date(2021, 3, 1))
    assert store.move("A", "签订协议", act(role="demand"), date(2021, 1, 5)) == "已签约"
    with pytest.raises(ConflictError, match="备案由管理人员办理"):
        store.move("A", "备案", act(role="demand"), date(2021, 3, 1))
    store.move("A", "备案", act(), date(2021, 3, 1))
    with pytest.raises(ConflictError, match="须写明理由"):
        store.move("A", "认定典型", act(), date(2021, 4, 1))
    store.move("A", "认定典型", act("评估第一"), date(2021, 4, 1))
    record, state = store.find("A")
    assert (state, record.agreed_on, record.model_on) == (
        "典型", date(2021, 1, 5), date(2021, 4, 1),
    )  # fmt: skip
    assert store.undo("A", act("弄错了")) == "已备案"
    assert store.find("A")[0].model_on is None
    assert [s.move for s in store.history("A")][-2:] == ["认定典型", "撤销"]
    with pytest.raises(NotFoundError):
        store.move("没有", "备案", act(), date(2021, 3, 1))


def test_every_state_is_reached_and_left_as_the_table_says() -> None:
    for state in ALLIANCE.states:
        reached = [m for m in ALLIANCE if m.target == state]
        assert reached, state
    assert {m.name for m in ALLIANCE.allowed("已结束", "staff")} == set()


def test_a_change_is_refused_to_whoever_has_read_another(store: Alliances) -> None:
    store.put([FULL], act())
    read = store.version("A1")
    store.change(FULL.model_copy(update={"note": "一"}), act(), read)
    with pytest.raises(ChangedError):
        store.change(FULL.model_copy(update={"note": "二"}), act(), read)
    assert store.find("A1")[0].note == "一"


def test_every_change_is_in_the_audit_and_stays_after_a_kill(
    tmp_path: Path, store: Alliances
) -> None:
    store.put([FULL], act())
    store.keep_file("A1", "协议.pdf", b"%PDF", act())
    mark = Mark(alliance_id="A1", indicator_id="direction-1", evaluator="专家甲", score=8)
    store.put_marks([mark], 2021, act())
    again = Database(tmp_path / STORE_FILE)  # what another process finds, nothing closed
    with closing(again):
        kept = Alliances(again, Audit(again))
        assert kept.find("A1")[0] == store.find("A1")[0]
        file_id, name, _ = kept.files("A1")[0]
        assert kept.file("A1", file_id) == (name, b"%PDF")
        assert kept.marks(2021) == (mark,)
        actions = {line.action for line in Audit(again).lines()[0]}
    assert actions == {"alliance.move", "alliance.file", "alliance.mark"}


def test_lists_are_of_whoever_belongs(store: Alliances) -> None:
    store.put([FULL, Alliance(alliance_id="B", lead_org="乙公司", members=["东北大学"])], act())
    for asked, expected in (("大连理工大学", ["A1"]), ("东北大学", ["B"]), ("大连理工", [])):
        assert [a.alliance_id for a, _ in store.page(1, 10, organisation=asked)[0]] == expected
    assert store.page(1, 1)[1] == 2
    assert store.page(1, 10, state="组建中")[1] == 1


# ── conditions ──


def statuses(record: Alliance) -> list[str]:
    return [c.status for c in check_conditions(LIAONING, alliance_facts(LIAONING, record))]


def test_the_three_conditions_are_met_missing_or_to_be_verified() -> None:
    assert statuses(FULL) == ["满足", "满足", "满足"]
    assert statuses(Alliance(alliance_id="X")) == ["待核实", "待核实", "待核实"]
    assert statuses(FULL.model_copy(update={"lead_org": "某大学"}))[0] == "缺"
    assert statuses(FULL.model_copy(update={"province": "吉林"}))[0] == "缺"
    assert statuses(FULL.model_copy(update={"operates_here": "未知"}))[0] == "待核实"
    assert statuses(FULL.model_copy(update={"lead_rd_wan": 0.0}))[0] == "缺"
    assert statuses(FULL.model_copy(update={"lead_rd_wan": None}))[0] == "待核实"
    assert statuses(FULL.model_copy(update={"members": ("某银行",)}))[0] == "缺"
    assert statuses(FULL.model_copy(update={"technical_targets": "水平先进"}))[2] == "待核实"


def test_what_is_not_met_is_asked_for_with_its_source() -> None:
    record = FULL.model_copy(update={"agreed_on": None})
    check = check_conditions(LIAONING, alliance_facts(LIAONING, record))[1]
    assert check.ask == ("请盟主提供已签署的合作协议和签署日期（联盟表「协议日期」栏）",)
    assert "2021-03-03" in check.source


@pytest.mark.parametrize("name", ["清华大学", "某职业技术学院"])
def test_advantage_is_shown_by_evidence_and_never_by_a_name(name: str) -> None:
    bare = FULL.model_copy(update={"members": (name,), "match_proof": (), "match_band": ""})
    assert alliance_facts(LIAONING, bare)["member_has_advantage"].holds is None
    shown = FULL.model_copy(update={"members": (name,)})
    assert alliance_facts(LIAONING, shown)["member_has_advantage"].holds is True
    weak = FULL.model_copy(update={"members": (name,), "match_band": "弱"})
    assert alliance_facts(LIAONING, weak)["member_has_advantage"].holds is None


def test_members_are_known_by_their_kind() -> None:
    assert [(m.kind, m.role) for m in members_of(FULL)] == [
        ("企业", "盟主"), ("高校", "成员"), ("金融", "成员"),
    ]  # fmt: skip


def test_overlaps_are_shown_largest_first() -> None:
    more = [FULL.model_copy(update={"alliance_id": f"A{n}", "name": f"{n}号"}) for n in (2, 3)]
    other = Alliance(alliance_id="B", lead_org="乙公司", members=("大连理工大学",))
    found = overlaps([FULL, *more, other])
    assert [(o.kind, len(o.alliances)) for o in found if o.kind != "疑似重复"] == [
        ("同一盟主", 3), ("同一高校院所", 4),
    ]  # fmt: skip
    assert sum(o.kind == "疑似重复" for o in found) == 3


# ── from a match, and its money ──


def test_a_match_becomes_an_alliance_in_a_step() -> None:
    posted = Challenge(
        challenge_id="K1", title="轴承钢洁净度", demand_org=LEAD, indicators_text="氧含量≤5ppm",
        province="辽宁",
    )  # fmt: skip
    team = Team(
        team_id="T1", org_name="大连理工大学", research_directions=["轴承钢夹杂物控制"],
        city="大连",
    )  # fmt: skip
    matcher = Matcher.from_records([posted], [team], encoder=None)
    made = from_matches(posted, matcher.find_teams("K1", 1), date(2021, 1, 1))
    assert (made.lead_org, made.members, made.challenges) == (LEAD, ("大连理工大学",), ("K1",))
    assert made.match_band
    with pytest.raises(InputError, match="没有需求单位"):
        from_matches(posted.model_copy(update={"demand_org": ""}), [], date(2021, 1, 1))
    with pytest.raises(InputError, match="没有团队加入"):
        from_matches(posted, [], date(2021, 1, 1))


def test_what_alliances_have_counts_before_what_a_list_asks() -> None:
    given = FULL.model_copy(update={"given_wan": 1500.0, "money_year": 2021})
    posted = [
        Challenge(
            challenge_id=f"K{n}", demand_org=LEAD, fiscal_support_wan=400, total_budget_wan=4000,
            apply_deadline="2021-06-30", stage="发榜",
        )
        for n in (1, 2)
    ]  # fmt: skip
    claims = (*claims_of_alliances(LIAONING, [given]), *claims_of_list(posted))
    first = advice_for_challenge(LIAONING, posted[0], 2021, claims)[0]
    assert (first.verdict, first.most_wan) == ("待核实", 1000)  # nobody gave the 400
    assert first.span == "500–1000"  # 2000 − 1500, or nothing of it: nobody says whose money
    assert first.rooms[0].endswith("；另有拟申请 400（K1）、400（K2），没有批准，没有从余额里减去")
    other = advice_for_challenge(LIAONING, posted[1], 2021, claims)[0]
    assert other.rooms == first.rooms  # one lead, one year, one account
    won = (*claims_of_alliances(LIAONING, [given]), *claims_of_list(
        posted, [Outcome(challenge_id="K2", team_id="T", stage="立项")]))  # fmt: skip
    left = advice_for_challenge(LIAONING, posted[0], 2021, won)[0]
    assert (left.span, "− 400（K2） = 100" in left.formula) == ("100–1000", True)
    assert advice_for_challenge(LIAONING, posted[0], 2022, claims)[0].most_wan == 1000
    model = given.model_copy(update={"model_on": date(2021, 4, 1)})
    assert advice_for(LIAONING, model, 2021, claims)[0].rooms == first.rooms
    known = {"money_payer": "省科技厅", "money_receiver": "盟主"}
    full = model.model_copy(update={"given_wan": 1950.0, **known})
    pilot = advice_for(LIAONING, full, 2021, claims_of_alliances(LIAONING, [full]))
    assert (pilot[0].verdict, pilot[0].most_wan) == ("不符合", 0)  # 2000 − 1950 is below 100
    assert "本年余额不够最低一档" in pilot[0].why_not[0]
    assert "2000 − 1950（" in rooms_of(pilot)[0]  # told to the one that is refused, too


def test_a_model_alliance_known_by_the_year_alone_keeps_its_words(tmp_path: Path) -> None:
    file = tmp_path / "联盟.csv"
    file.write_text(
        "联盟编号,联盟名称,盟主企业,协议日期,典型认定日期\n1,甲联盟,甲公司,,2021年\n2,乙联盟,乙公司,2021年,2021年4月\n",
        "utf-8",
    )
    found = seen(file)
    one, other = found.records
    assert one.model_on == other.agreed_on == date(2021, 12, 31)
    told = alliance_facts(LIAONING, one, {}, 2021)["is_model"]
    assert (told.holds, told.basis) == (True, "认定日期 2021年")
    told = alliance_facts(LIAONING, other, {}, 2021)["agreement_signed"]
    assert (told.holds, told.basis) == (True, "协议日期 2021年")


def test_a_year_alone_is_enough_for_when_it_was_formed(tmp_path: Path) -> None:
    file = tmp_path / "联盟.csv"
    file.write_text("联盟编号,联盟名称,盟主企业,组建日期\n1,甲联盟,甲公司,2021年\n", "utf-8")
    (one,) = seen(file).records
    assert (one.formed_on, one.extra["组建日期（原文）"]) == (date(2021, 12, 31), "2021年")


def test_alliances_on_the_command_line(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "工作区"
    Kept(folder, encoder=None).put_challenges(
        [Challenge(challenge_id="K1", title="轴承", demand_org=LEAD, total_budget_wan=2000)]
    )
    file = listed(tmp_path / "名单.xlsx", ["A1", "轴承联盟", LEAD, "大工", "装备", "大连",
                                          "2021-01-05", None, 800, 2021, None])  # fmt: skip
    where = ("--workspace", str(folder))
    looked = cli("alliances", "import", str(file), "--check", "--json", *where).json
    assert looked["parts"][0]["change"] == {"added": 1, "changed": 0, "unchanged": 0}
    assert "联盟：新增 1，更新 0，未变 0" in cli("alliances", "import", str(file), *where).out
    assert "已签约" in cli("alliances", "list", *where).out
    assert "已备案" in cli("alliances", "move", "A1", "备案", "--date", "2021-03-01", *where).out
    told = cli("alliances", "show", "A1", "--json", *where).json
    assert (told["state"], told["alliance"]["lead_org"]) == ("已备案", LEAD)
    shown = cli("alliances", "show", "A1", *where).out
    assert cli("show", "A1", *where).out == shown
    assert "轴承" in cli("show", "K1", *where).out
    assert "工作区里没有这个编号" in cli("show", "A9", *where).err
    assert "→ 请盟主写明注册地和实地经营地" in shown
    past = cli("history", "A1", *where).out
    assert ("组建" in past, "备案" in past) == (True, True)
    assert "1 个（已备案 1）" in cli("status", *where).out
    said = cli("programmes", "A1", "--year", "2021", *where).out
    assert "本年余额 2000 − 800（A1#1） = 1200" in said
    assert "2000 × 30% = 600" in cli("programmes", "K1", "--year", "2021", *where).out
    wrong = cli("alliances", "move", "A1", "备案", *where)
    assert (wrong.code, "不能备案" in wrong.err) == (1, True)
    assert "没有这个联盟或榜单" in cli("programmes", "X", *where).err
    assert "A1：按 2021 年计" in cli("programmes", "A1", *where).out  # 2026 is not the pack's


@pytest.mark.parametrize(
    ("origin", "outside"),
    [
        ("沈阳", None),
        ("深圳", None),
        ("辽宁大连", None),
        ("北京", None),
        ("德国", True),
        ("鞍钢", None),
    ],
)
def test_where_talent_comes_from_is_told_by_its_province(origin: str, outside: bool | None) -> None:
    one = FULL.model_copy(update={"talents": 1, "talent_origin": origin})
    assert alliance_facts(LIAONING, one, {})["talent_from_outside"].holds is outside
