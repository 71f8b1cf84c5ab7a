"""What is asked is answered question by question, and nothing is told that no sentence says."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from matcher.alliances import Alliance, advice_for
from matcher.alliances.parts import Sentences, questions_in
from matcher.errors import InputError
from matcher.policy import PolicyPack, read_pack, shipped_pack, shipped_pack_ids, statement_of
from matcher.records.alliance import AgreedBy, HolderKind, Income

TABLE = Path(__file__).parent / "data" / "programmes" / "records.tsv"
LAW = shipped_pack("china-law")


def lines_of(pack: PolicyPack, alliance: Alliance, year: int = 2022) -> list[str]:
    page = statement_of(pack, advice_for(pack, alliance, year))
    return [line for line in page.summary if line.startswith("逐问")]


def test_every_single_question_gets_one_line() -> None:
    asked = "（1）三人至少应得多少、由谁付？（2）法律有没有规定按5:1分；专员能不能参与？"
    said = lines_of(LAW, Alliance(alliance_id="A", lead_org="甲公司", question=asked))
    assert [line.partition("：")[0] for line in said] == [
        "逐问 1“三人至少应得多少”", "逐问 2“由谁付”", "逐问 3“专员能不能参与”",
    ]  # fmt: skip
    assert questions_in("三人应得多少；由谁付") == ("三人应得多少", "由谁付")
    assert lines_of(LAW, Alliance(alliance_id="A", note="公司没有规定。由谁付？")) != []
    assert lines_of(LAW, Alliance(alliance_id="A", note="公司没有规定。")) == []


def test_what_no_sentence_says_is_never_told_as_said() -> None:
    (line,) = lines_of(LAW, Alliance(alliance_id="A", question="食堂几点钟开门？班车停哪里？"))[:1]
    assert "没有找到直接写它的一句" in line
    assert "（原文）" not in line
    assert "（大意）" not in line


@pytest.mark.parametrize(("question", "missing"), [
    ("法律有没有规定按5:1分", ("5:1",)),
    ("有没有规定按60%给", ("60%",)),
    ("按单位规定的60%给够不够", ()),  # the record's own, not one it takes for the law's
    ("有没有规定提取50%", ()),  # the law writes 百分之五十
    ("是不是规定营业利润的5%", ()),
    ("转化专员和经纪人能不能参与", ("专员",)),
    ("2022年4月转让的应得多少", ()),
    ("300万元应不应付", ()),  # a sum of the record's own, not one a law would write
    ("有没有规定给300万元", ("300万元",)),
])  # fmt: skip
def test_only_what_stands_nowhere_is_called_unwritten(
    question: str, missing: tuple[str, ...]
) -> None:
    assert Sentences(LAW).unwritten(question) == missing


@pytest.mark.parametrize("pack_id", shipped_pack_ids())
def test_quotations_are_the_source_word_for_word(pack_id: str) -> None:
    pack = shipped_pack(pack_id)
    whole = "".join(getattr(rule, "original", "") for _, rule in pack.rules())
    rows = csv.DictReader(
        TABLE.open(encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE, restval=""
    )
    asked = [
        json.loads(row["联盟"])["question"]
        for row in rows
        if '"question"' in row["联盟"] and row["联盟"].startswith("{")
    ]
    sentences = Sentences(pack)
    assert len(asked) > 30
    for question in (one for text in asked for one in questions_in(text)):
        for one in sentences.near(question, question):
            for quoted in re.findall("（(?:原文|据报道)）：“(.*)”$", one.told):
                assert quoted in whole
                assert quoted


def test_words_of_the_field_lead_to_the_sentence_and_nothing_else_does() -> None:
    asked = "转化专员能不能参与"
    bare = LAW.model_copy(update={"synonym": ()})
    assert "做出重要贡献的人员" in Sentences(LAW).near(asked)[0].told
    assert not any("做出重要贡献的人员”，完成的" in o.told for o in Sentences(bare).near(asked))


def test_a_synonym_must_lead_to_words_the_pack_has(tmp_path: Path) -> None:
    file = tmp_path / "p.toml"
    file.write_text(
        '[pack]\nid = "p"\nname = "某"\nkind = "示例"\nyear = 2021\n'
        '[sources.a]\nname = "甲"\ndate = 2021-01-01\n'
        '[[topic]]\nid = "t"\nwords = "谁"\ntext = "给完成人"\nsource = "a"\n'
        '[[synonym]]\nwords = "专员"\nmeans = "完成人，转移机构"\n',
        encoding="utf-8",
    )
    with pytest.raises(InputError, match="转移机构") as caught:
        read_pack(file)
    assert "完成人" not in str(caught.value).partition("means")[2]


@pytest.mark.parametrize(("kind", "agreed", "told"), [
    ("民营企业", "没有", False), ("民营企业", "单位规定", True), ("政府设立的高校", "没有", True),
])  # fmt: skip
def test_a_firm_without_a_rule_is_not_told_what_binds_the_states_own(
    kind: HolderKind, agreed: AgreedBy, told: bool
) -> None:
    row = Income(
        way="许可", holder="乙", holder_kind=kind, service="是", received="2022年", net_wan=240,
        agreed=agreed, agreed_percent=None if agreed == "没有" else 60,
    )  # fmt: skip
    said = advice_for(LAW, Alliance(alliance_id="A", lead_org="乙", incomes=[row]), 2022)
    page = statement_of(LAW, said)
    (basis,) = [line for line in page.summary if line.startswith("依据：第四十五条")]
    assert ("高等院校规定或者与科技人员约定" in basis) == told
    (licence,) = [one for one in said if one.answered]
    wages = any("工资总额" in words for words in licence.further)
    assert wages == (kind != "民营企业")


@pytest.mark.parametrize(("note", "told"), [
    ("学校已书面认定院长没有作出重要贡献", "没有份，见备注"),
    ("学校已认定院长作出了重要贡献", "有份，各人多少由单位规定或约定，见备注"),
    ("院长认为自己作出了重要贡献", ""),  # nobody has decided
    ("院长问学校是否认定他作出重要贡献", ""),
    ("院长只签过字；学校认定王某没有作出重要贡献", ""),  # of another
    ("学校认定未参加转化的院长作出重要贡献", ""),  # what is denied is something else
])  # fmt: skip
def test_what_a_unit_has_decided_of_somebody_is_applied_and_nothing_else(
    note: str, told: str
) -> None:
    (line,) = lines_of(LAW, Alliance(alliance_id="A", question="院长有没有份？", note=note))
    assert ("，见备注" in line) == bool(told)
    assert told in line


@pytest.mark.parametrize(("asked", "whole", "left"), [
    ("三年合计至少应给多少", True, True), ("还欠多少", False, True),
    ("合计还应补多少", False, True),
])  # fmt: skip
def test_all_that_is_due_is_not_told_as_what_is_left(asked: str, whole: bool, left: bool) -> None:
    rows = [
        Income(
            result="成果", way="自行实施", holder="甲公司", holder_kind="民营企业", service="是",
            started="2020-01-01", year=year, profit_wan=profit, agreed="没有", paid_wan=paid,
        )
        for year, profit, paid in ((2020, 400, 20), (2021, 600, 0), (2022, 800, 0))
    ]  # fmt: skip
    (line,) = lines_of(LAW, Alliance(alliance_id="A", question=f"{asked}？", incomes=rows))
    assert ("不低于 90 万元" in line) == whole
    assert ("还应补不少于 70 万元" in line) == left


@pytest.mark.parametrize(("note", "head"), [
    ("项目不涉及国家利益和社会公共利益。", "不能，不在第十二条第二款之内"),
    ("已认定属于涉及国家利益和社会公共利益的重大科技项目。", "合乎第十二条第二款的前提"),
    ("甲不涉及国家利益；乙涉及国家利益。", ""),  # of which of them is not told
    ("预算200万元。", ""),
])  # fmt: skip
def test_what_a_clause_is_limited_to_is_decided_by_the_record_alone(note: str, head: str) -> None:
    one = Alliance(alliance_id="A", question="项目能不能下指令性任务？", note=note)
    (line,) = lines_of(shipped_pack("shantou-2022"), one, 2022)
    assert ("备注写" in line) == bool(head)
    assert head in line
    assert "科技主管部门自己下达没有写可以" in line


@pytest.mark.parametrize(("mechanism", "told"), [
    ("协议写明许可净收入按大学40%、企业60%分配", True),
    ("拟按大学40%、企业60%分配许可净收入", False),  # nobody has agreed yet
    ("大学主张许可净收入按大学50%、企业50%分配", False),
    ("许可净收入按大学40%、企业50%分配", False),  # not the whole
    ("许可净收入按教授团队40%、学校60%分配", False),  # of persons
    ("销售收入按大学40%、企业60%分配", False),  # of another income
])  # fmt: skip
def test_what_partners_get_goes_by_what_they_agreed_on_alone(mechanism: str, told: bool) -> None:
    row = Income(
        way="许可", holder="某大学", holder_kind="政府设立的高校", service="是",
        year=2022, net_wan=200, own_percent=40,
    )  # fmt: skip
    one = Alliance(
        alliance_id="A", benefit_mechanism=mechanism, incomes=[row],
        question="大学应分多少？由谁付给大学？",
    )  # fmt: skip
    said = lines_of(LAW, one)
    assert ("大学 200 × 40% = 80 万元，企业 200 × 60% = 120 万元" in said[0]) == told
    assert ("一方按协议付" in said[1]) == told


@pytest.mark.parametrize(("note", "kind", "told"), [
    ("学校还要扣研发经费80万元，我认为不该扣", "china-law", ("180，不低于 90", "100，不低于 50")),
    ("研发经费80万元该不该扣有争议", "china-law",  # the cell may hold it, or not
     ("180，不低于 90", "100，不低于 50")),
    ("没有别的成本", "china-law", ("= 180 × 50% = 90",)),
    ("学校还要扣研发经费80万元，我认为不该扣", "zhejiang-2021", ("= 180 × 70% = 126",)),
])  # fmt: skip
def test_a_net_income_the_law_leaves_open_has_a_sum_by_each_reading(
    note: str, kind: str, told: tuple[str, ...]
) -> None:
    row = Income(
        way="许可", holder="某大学", holder_kind="政府设立的高校", service="是", signed="2022年",
        year=2022, price_wan=200, cost_wan=16, tax_wan=4, agreed="没有", note=note,
    )  # fmt: skip
    pack = shipped_pack(kind)
    page = statement_of(pack, advice_for(pack, Alliance(alliance_id="A", incomes=[row]), 2022))
    (head,) = [line for line in page.summary if line.startswith("结论（奖励")]
    assert all(words in head for words in told)
    assert ("每种算法" in head) == (len(told) > 1)


@pytest.mark.parametrize(("note", "plan", "told"), [
    ("乙，80万元，不属于“揭榜挂帅”科技攻关计划，也不属于重点科技攻关计划", "", "不视为：备注写"),
    ("乙，80万元，是省重点科技攻关计划的课题", "", "，视为省级"),
    ("乙，80万元，不属于重点科技攻关计划", "", "乙 是这两个计划的项目的话"),  # of one alone
    ("学校认为乙，80万元，不属于揭榜挂帅科技攻关计划，也不属于重点科技攻关计划", "",
     "乙 是这两个计划的项目的话"),
    ("甲和乙，一项不属于揭榜挂帅科技攻关计划，也不属于重点科技攻关计划", "",
     "乙 是这两个计划的项目的话"),
    ("乙，80万元，不属于揭榜挂帅科技攻关计划，也不属于重点科技攻关计划", "联盟重点科技攻关计划",
     "两处不一致"),
])  # fmt: skip
def test_a_contract_is_of_a_plan_or_of_none_by_what_the_record_says(
    note: str, plan: str, told: str
) -> None:
    grant = {
        "year": 2021, "amount_wan": 80, "payer": "甲公司", "receiver": "某大学",
        "standing": "已得", "challenge_id": "乙", "programme": plan,
    }  # fmt: skip
    one = Alliance.model_validate({
        "alliance_id": "A", "lead_org": "甲公司", "members": ["某大学"], "grants": [grant],
        "confirmed": ["乙"], "note": note, "question": "乙能否视为省级科技计划项目？",
    })  # fmt: skip
    pack = shipped_pack("liaoning-2021")
    page = statement_of(pack, advice_for(pack, one, 2021))
    (head,) = [line for line in page.summary if line.startswith("结论（课题）")]
    assert told in head
