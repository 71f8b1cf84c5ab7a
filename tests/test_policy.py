"""Packs are data with sources; checks are blind to prestige; amounts are exact."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from matcher.errors import InputError, NotFoundError
from matcher.matches import Match
from matcher.policy import (
    READS,
    Context,
    PolicyPack,
    check_amount,
    check_pair,
    checklist,
    compare,
    funding_sheet,
    is_demand_side,
    known_facts,
    least_own_funds,
    least_paid,
    most_support,
    others,
    pair_facts,
    read_pack,
    score_sheet,
    shipped_pack,
    shipped_pack_ids,
    verified_share,
    yearly_room,
)
from matcher.records import Challenge, Evidence, Team
from matcher.resources import data_path

from .conftest import Cli

LIAONING, COMMON = shipped_pack("liaoning-2021"), shipped_pack("example-common")
PRESTIGE = {
    "leader_title", "team_name", "department", "members", "evidence", "profile", "facilities",
    "core_capabilities", "research_directions", "provenance", "extra",
}  # fmt: skip


def rule(pack: PolicyPack, rule_id: str) -> Any:
    return next(found for _, found in pack.rules() if found.id == rule_id)


def challenge(**fields: Any) -> Challenge:
    return Challenge(challenge_id="C", **fields)


def team(**fields: Any) -> Team:
    return Team(team_id="T", **{"credit_status": "正常", **fields})


def findings(pack: PolicyPack, posted: Challenge, bidder: Team, **context: Any) -> dict[str, str]:
    found = check_pair(pack, posted, bidder, Context(**context))
    return {f.rule_id: f.severity for f in found}


def test_shipped_packs_are_valid_and_every_rule_has_its_source() -> None:
    assert shipped_pack_ids() == (
        "china-law", "example-common", "liaoning-2021", "luoyang-2019", "shanghai-2024",
        "shantou-2022", "zhejiang-2021", "zhoushan-2019",
    )  # fmt: skip
    for pack in map(shipped_pack, shipped_pack_ids()):
        for _, found in pack.rules():
            assert pack.sources[found.source].name
            assert pack.sources[found.source].date.year >= 2015
        if pack is not COMMON and pack.pack.kind == "政策":
            assert verified_share(pack)[0] == verified_share(pack)[1] > 0
    assert (LIAONING.pack.kind, COMMON.pack.kind) == ("政策", "示例")
    assert len(LIAONING.evaluation.aspect) == 10
    assert len(LIAONING.condition) == 3
    with pytest.raises(NotFoundError):
        shipped_pack("火星-2021")


# ── eligibility and conflicts ──


class Watched:
    """A record that remembers which of its fields were read."""

    def __init__(self, record: Challenge | Team) -> None:
        self._record, self._read = record, set[str]()

    def __getattr__(self, name: str) -> Any:
        self._read.add(name)
        return getattr(self._record, name)


@pytest.mark.parametrize("pack", [LIAONING, COMMON], ids=lambda p: p.pack.id)
def test_no_rule_reads_prestige(pack: PolicyPack) -> None:
    """What a check reads is declared, and nothing declared tells rank, title or fame."""
    posted = challenge(demand_org="某厂", eligibility_text="限本省单位", province="辽宁")
    bidder = team(
        org_name="某校", leader_name="王", leader_title="院士", province="北京",
        affiliated_orgs=["甲"], active_challenges=5, credit_status="异常",
    )  # fmt: skip
    for check in pack.check:
        seen_challenge, seen_team = Watched(posted), Watched(bidder)
        only = pack.model_copy(update={"check": (check,)})
        check_pair(only, seen_challenge, seen_team)  # type: ignore[arg-type]
        reads_challenge, reads_team = READS[check.kind]
        assert seen_challenge._read <= reads_challenge
        assert seen_team._read <= reads_team
    for reads_challenge, reads_team in READS.values():
        assert not (reads_challenge | reads_team) & PRESTIGE


@pytest.mark.parametrize("pack", [LIAONING, COMMON], ids=lambda p: p.pack.id)
def test_fame_changes_no_finding(pack: PolicyPack) -> None:
    posted = challenge(demand_org="某厂", eligibility_text="限本省单位", province="辽宁")
    plain = team(org_name="某职业学院", leader_name="王", leader_title="讲师", province="北京")
    famous = team(
        org_name="清华大学", team_name="国家重点实验室", leader_name="王",
        leader_title="院士", province="北京",
    )  # fmt: skip
    assert check_pair(pack, posted, plain) == check_pair(pack, posted, famous)


@pytest.mark.parametrize(
    ("org", "extra", "expected"),
    [
        ("某某轴承（集团）有限公司", {}, {"demand-org": "禁止"}),
        ("甲所", {"org_aliases": ["某某轴承(集团)有限公司"]}, {"demand-org": "禁止"}),
        ("甲所", {"affiliated_orgs": ["某某轴承(集团)有限公司"]}, {"affiliated": "禁止"}),
        ("某某轴承(集团)有限公司研究院", {}, {"affiliated": "提示"}),
        ("某某", {}, {}),
        ("东北大学", {}, {}),
        ("", {}, {}),
    ],
)
def test_conflicts_with_the_demand_unit(
    org: str, extra: dict[str, Any], expected: dict[str, str]
) -> None:
    posted = challenge(demand_org="某某轴承(集团)有限公司")
    assert findings(COMMON, posted, team(org_name=org, **extra)) == expected


def test_known_aliases_join_names() -> None:
    posted, bidder = challenge(demand_org="中科院金属所"), team(org_name="中国科学院金属研究所")
    assert findings(COMMON, posted, bidder) == {}
    aliases = {"中科院金属所": "中国科学院金属研究所"}
    assert findings(COMMON, posted, bidder, aliases=aliases) == {"demand-org": "禁止"}


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("正常", {}),
        ("失信", {"credit": "禁止"}),
        ("异常", {"credit": "提示"}),
        ("未知", {"credit": "提示"}),
    ],
)
def test_credit(status: str, expected: dict[str, str]) -> None:
    assert findings(COMMON, challenge(), team(credit_status=status)) == expected


def test_leader_limit_counts_what_the_leader_holds_anywhere() -> None:
    bidder = team(org_name="甲", leader_name="王", active_challenges=1)
    assert findings(COMMON, challenge(), bidder) == {}
    assert findings(COMMON, challenge(), bidder, held={("甲", "王"): 2}) == {"leader": "禁止"}
    assert findings(COMMON, challenge(), team(active_challenges=9)) == {}


@pytest.mark.parametrize(
    ("text", "province", "expected"),
    [
        ("", "北京", {}),
        ("具有相关经验", "北京", {}),
        ("揭榜方须为辽宁省内注册的单位。", "北京", {"region-as-stated": "提示"}),
        ("揭榜方须为辽宁省内注册的单位。", "辽宁省", {}),
        ("揭榜方须为省内单位。", "", {"region-as-stated": "提示"}),
        ("省内外单位均可。", "北京", {}),
        ("面向全国, 不限于省内单位", "北京", {}),
    ],
)
def test_region_only_where_the_notice_states_it(
    text: str, province: str, expected: dict[str, str]
) -> None:
    posted = challenge(eligibility_text=text, province="辽宁")
    assert findings(LIAONING, posted, team(province=province)) == expected


def test_a_finding_carries_rule_and_source() -> None:
    posted = challenge(eligibility_text="限本省单位")
    (found,) = check_pair(LIAONING, posted, team(province="北京"))
    assert (found.rule_id, found.pack_id) == ("region-as-stated", "liaoning-2021")
    assert "限本省单位" in found.message
    assert "2021-03-03" in found.source


# ── amounts ──


@pytest.mark.parametrize(
    ("total", "most"),
    [
        (0, 0.0),
        (100, 30.0),
        (333.33, 99.99),
        (0.03, 0.0),
        (0.1, 0.03),
        (3333.33, 999.99),
        (3333.34, 1000.0),
        (99999, 1000.0),
        (1.1 + 2.2, 0.99),
    ],
)
def test_provincial_share_is_exact_and_capped(total: float, most: float) -> None:
    figure = most_support(LIAONING, rule(LIAONING, "provincial-share"), total)
    assert figure.value_wan == most
    assert figure.value_wan <= 1000
    assert "30%" in figure.working
    assert figure.source.startswith("辽宁日报《重金支持")


@pytest.mark.parametrize(
    ("received", "left"), [(0, 2000.0), (1999.99, 0.01), (2000, 0.0), (2500, 0.0)]
)
def test_yearly_cap_of_a_leader(received: float, left: float) -> None:
    assert yearly_room(LIAONING, rule(LIAONING, "leader-yearly"), received).value_wan == left


@pytest.mark.parametrize(
    ("rule_id", "amount", "within"),
    [
        ("pilot", 100, True), ("pilot", 300, True), ("pilot", 99.99, False),
        ("pilot", 300.01, False), ("talent", 100, True), ("talent", 1000, True),
        ("talent", 1000.01, False), ("talent", 0, False),
    ],
)  # fmt: skip
def test_ranges(rule_id: str, amount: float, within: bool) -> None:
    found = check_amount(LIAONING, rule(LIAONING, rule_id), amount)
    assert (found is None) == within


def test_least_amounts_are_rounded_up() -> None:
    assert least_paid(COMMON, rule(COMMON, "paid-to-team"), 33.33).value_wan == 13.34
    assert least_own_funds(COMMON, rule(COMMON, "own-funds"), 0.005).value_wan == 0.01


@pytest.mark.parametrize("amount", [-0.01, float("nan"), float("inf")])
def test_no_amount(amount: float) -> None:
    with pytest.raises(InputError, match="总投资不是金额"):
        most_support(LIAONING, rule(LIAONING, "provincial-share"), amount)


def test_funding_sheet_says_what_does_not_add_up() -> None:
    posted = challenge(total_budget_wan=2000, fiscal_support_wan=700)
    sheet = funding_sheet(LIAONING, posted, received_wan=1500, programmes=["pilot"])
    assert {f.name: f.value_wan for f in sheet.figures} == {
        "揭榜挂帅项目省级支持最多": 600.0,
        "单个盟主企业年度支持尚可": 500.0,
        "试点示范激励 (盟主运行经费)最少": 100.0,
        "试点示范激励 (盟主运行经费)最多": 300.0,
    }
    assert [f.rule_id for f in sheet.findings] == ["provincial-share", "leader-yearly"]
    assert all(f.source for f in (*sheet.figures, *sheet.findings))
    common = funding_sheet(COMMON, posted)
    assert {f.rule_id for f in common.findings} == {"municipal-share", "own-funds"}
    assert all("未填" in f.message for f in funding_sheet(COMMON, challenge()).findings)


# ── alliance and score sheet ──


def test_checklist_names_what_is_missing() -> None:
    posted = challenge(province="辽宁省", indicators_text="总氧≤15ppm")
    known = known_facts(LIAONING, posted, [team(org_type="企业")])
    facts = {key: fact.holds for key, fact in known.items()}
    assert facts == {
        "has_research_member": False,
        "technical_targets": True,
        "lead_in_province": True,
    }
    assert "企业" in known["has_research_member"].basis
    assert "has_research_member" not in known_facts(LIAONING, posted, [])
    members, agreement, goal = checklist(
        LIAONING, {**facts, "agreement_signed": True, "benefit_mechanism": True}
    )
    assert (members.met, members.missing) == (False, ("有高校或科研院所成员",))
    assert (agreement.met, agreement.missing) == (True, ())
    assert (goal.met, goal.unknown) == (None, ("有明确的市场目标",))
    assert known_facts(COMMON, posted, []) == {}
    with pytest.raises(InputError, match="没有问"):
        checklist(LIAONING, {"院士坐镇": True})


def test_score_sheet_is_filled_by_staff() -> None:
    sheet = score_sheet(LIAONING)
    assert [a.name for a in sheet.aspects] == [
        "建设方向", "利益机制", "创新目标", "创新能力", "人才团队引进",
        "资源集聚", "成果转化", "研发投入", "平台支撑", "综合实力",
    ]  # fmt: skip
    assert sheet.total is None
    half = sheet.filled({"direction": 7.5}, {"goals": "待补"})
    assert (half.aspects[0].score, half.aspects[2].note, half.total) == (7.5, "待补", None)
    assert sheet.filled({a.aspect_id: 0.1 for a in sheet.aspects}).total == 1.0
    with pytest.raises(InputError, match="direction 的 11 分"):
        sheet.filled({"direction": 11})
    with pytest.raises(InputError, match="没有“fame”"):
        sheet.filled({"fame": 1})


# ── packs that cannot be used ──

GOOD = data_path("corpora/policy/example-common.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("limit = 2", "limit = 0", ["check 第 4 条 (leader) limit = 0"]),
        ("limit = 2", "", ["check 第 4 条 (leader) limit: 缺少这个键"]),
        ("limit = 2", "limits = 2", ["limits: 不认识这个键"]),
        ('kind = "credit_record"', 'kind = "prestige"', ["check 第 3 条 (credit)", "prestige"]),
        ('barred = ["失信"]', 'barred = ["差"]', ["barred 第 1 条", "'差'"]),
        ("ratio = 2", 'ratio = "两倍"', ["funding 第 2 条 (own-funds) ratio = '两倍'"]),
        ('id = "leader"', 'id = "credit"', ["check credit：编号重复"]),
        ("[sources.template]", "[sources.other]", ["没有这个出处", "other"]),
        ('kind = "示例"', 'kind = "草稿"', ["pack kind = '草稿'"]),
        ("[pack]", "[pack", ["TOML"]),
    ],
)
def test_a_bad_pack_names_file_key_and_remedy(
    tmp_path: Path, old: str, new: str, words: list[str]
) -> None:
    file = tmp_path / "坏.toml"
    file.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_pack(file)
    message = str(caught.value)
    assert "坏.toml" in message
    assert caught.value.remedy
    for word in words:
        assert word in message


def test_a_range_the_wrong_way_round(tmp_path: Path) -> None:
    text = data_path("corpora/policy/liaoning-2021.toml").read_text(encoding="utf-8")
    file = tmp_path / "坏.toml"
    file.write_text(text.replace("max_wan = 300", "max_wan = 30"), encoding="utf-8")
    with pytest.raises(InputError, match="min_wan 100 大于 max_wan 30"):
        read_pack(file)
    with pytest.raises(InputError, match="打不开"):
        read_pack(tmp_path / "无.toml")


def pair_pack(rule: str) -> PolicyPack:
    text = (data_path("corpora/policy/example-common.toml").read_text(encoding="utf-8")).partition(
        "[[check]]"
    )[0]
    check = (
        f'[[check]]\nid = "x"\nseverity = "提示"\ntext = "见办法"\nsource = "template"\n{rule}\n'
    )
    return PolicyPack.model_validate(tomllib.loads(text + check))


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ('kind = "earlier_work"', "既往合作 1 项（预紧机构）"),
        ('kind = "earlier_work"\nrequired = true', ""),
        ('kind = "maturity_gap"\nlimit = 1', "差 2 级"),
        ('kind = "maturity_gap"\nlimit = 2', ""),
        ('kind = "conversion"\nleast = 2', "转化记录 1 项，少于 2 项"),
        ('kind = "conversion"', ""),
    ],
)
def test_facts_of_a_pair_are_conditions_and_no_score(rule: str, told: str) -> None:
    posted = challenge(demand_org="某某轴承有限公司", target_trl=8)
    piece = Evidence(kind="专利", title="预紧机构", partner_org="甲所、某某轴承有限公司",
                     amount_wan=30)  # fmt: skip
    bidder = team(org_name="某校", trl_range="3-6", evidence=(piece,))
    found = check_pair(pair_pack(rule), posted, bidder, Context(facts=pair_facts))
    assert [told in f.message for f in found] == ([True] if told else [])
    assert check_pair(pair_pack(rule), posted, bidder) == ()


def test_a_programme_names_an_amount_that_is_there(tmp_path: Path) -> None:
    text = data_path("corpora/policy/liaoning-2021.toml").read_text(encoding="utf-8")
    file = tmp_path / "坏.toml"
    file.write_text(text.replace('amount = "pilot"', 'amount = "pilo"'), encoding="utf-8")
    with pytest.raises(InputError, match=r"programme pilot-plan 的 amount = 'pilo'.*已有.*pilot"):
        read_pack(file)
    file.write_text(text.replace('amount = "pilot"\n', ""), encoding="utf-8")
    with pytest.raises(InputError, match="应写其一"):
        read_pack(file)
    file.write_text(text.replace("to_year = 2025", "to_year = 2019", 1), encoding="utf-8")
    with pytest.raises(InputError, match="from_year 2021 晚于 to_year 2019"):
        read_pack(file)


def test_what_the_report_of_2021_says_stands_in_the_pack() -> None:
    """Figures and words, held against the report by hand."""
    said: dict[str, Any] = {r.id: r for table, r in LIAONING.rules() if "aspect" not in table}
    assert LIAONING.sources["report"].date.isoformat() == "2021-03-03"
    assert all(LIAONING.sources[r.source].verified for r in said.values())
    assert (said["provincial-share"].share, said["provincial-share"].cap_wan) == (0.3, 1000)
    assert (said["pilot"].min_wan, said["pilot"].max_wan) == (100, 300)
    assert (said["talent"].min_wan, said["talent"].max_wan) == (100, 1000)
    assert said["leader-yearly"].cap_wan == 2000
    targets = {t.id: (t.from_year, t.to_year, t.value) for t in LIAONING.target}
    assert targets == {
        "model-alliances": (2021, 2025, 1000), "formed-alliances": (2021, 2025, 3000),
        "projects": (2021, 2025, 500), "technologies": (2021, 2025, 1000),
        "products": (2021, 2025, 500), "first-alliances": (2021, 2021, 200),
        "first-projects": (2021, 2021, 100), "first-funds": (2021, 2021, 50000),
    }  # fmt: skip
    assert [a.name for a in LIAONING.evaluation.aspect] == [
        "建设方向", "利益机制", "创新目标", "创新能力", "人才团队引进", "资源集聚", "成果转化",
        "研发投入", "平台支撑", "综合实力",
    ]  # fmt: skip
    for word in ("不论资质", "不设门槛", "选贤举能", "唯求实效"):
        assert word in said["no-threshold"].text
    assert sum(rule_id.startswith("task-") for rule_id in said) == 6


def test_an_income_share_says_nothing_of_a_grant() -> None:
    sheet = funding_sheet(shipped_pack("zhejiang-2021"), challenge(fiscal_support_wan=500))
    assert (sheet.figures, sheet.findings) == ((), ())


def test_two_packs_side_by_side() -> None:
    province, city = shipped_pack("zhejiang-2021"), shipped_pack("zhoushan-2019")
    found = {(d.table, d.left.rule_id or d.right.rule_id): d for d in compare(province, city)}
    licence = found["资金", "licence-reward"]
    assert (licence.left.figures, licence.right.figures, licence.same) == (
        "转让许可净收入 × 70%", "转让许可净收入 × 85%", False,
    )  # fmt: skip
    assert found["资金", "profit-reward"].same
    assert found["联盟条件", "firm-led"].right.rule_id == ""
    assert all(d.same for d in compare(province, province))


def test_packs_on_the_command_line(cli: Cli, tmp_path: Path) -> None:
    assert "liaoning-2021" in cli("policy", "list").out
    file = tmp_path / "本地.toml"
    file.write_text(GOOD, encoding="utf-8")
    assert "可以用" in cli("policy", "check", str(file)).out
    file.write_text(GOOD.replace("[pack]", "[pakc]"), encoding="utf-8")
    wrong = cli("policy", "check", str(file))
    assert wrong.code == 1
    assert "pakc: 不认识这个键" in wrong.err
    shown = cli("policy", "compare", "zhejiang-2021", "zhoushan-2019", "--json")
    assert '"转让许可净收入 × 85%"' in shown.out


@pytest.mark.parametrize(
    ("posted", "org", "own"),
    [
        ({"demand_org": "大连理工大学"}, "大工", True),
        ({"extra": {"单位": "大工"}}, "大连理工大学", True),
        ({"extra": {"申报单位（必填）": "某某轴承有限公司"}}, "某某轴承 有限公司", True),
        ({"extra": {"推荐单位": "大连理工大学"}}, "大工", False),
        ({"extra": {"合作单位": "大连理工大学"}}, "大工", False),
        ({"extra": {"单位": ""}}, "", False),
    ],
)
def test_nobody_is_offered_its_own_challenge(posted: dict[str, Any], org: str, own: bool) -> None:
    wanted = challenge(**posted)
    ours, theirs = team(org_name=org), Team(team_id="T9", org_name="别的大学")
    assert is_demand_side(wanted, ours) is own
    records = {one.team_id: one for one in (ours, theirs)}
    ranked = [
        Match(rank, wanted, team_id, 1.0, records=records)
        for rank, team_id in enumerate(records, 1)
    ]
    left = [(m.rank, m.team_id) for m in others(ranked)]
    assert left == ([(1, "T9")] if own else [(1, ours.team_id), (2, "T9")])
